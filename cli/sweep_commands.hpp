// The commands of sweeps and comparisons; commands.cpp lists them.
#pragma once

#include "cli/commands.hpp"

namespace tantu {

Command add_sweep_command(CLI::App& app, std::vector<std::string> command_line);
Command add_merge_command(CLI::App& app, std::vector<std::string> command_line);
Command add_compare_command(CLI::App& app);

}  // namespace tantu
