// The commands of the program, one file each; commands.cpp lists them.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tantu {

/// A command adds its options to the application and returns what runs when it was chosen (exit status).
using Command = std::function<int()>;
Command add_run_command(CLI::App& app, std::vector<std::string> command_line);
Command add_replay_command(CLI::App& app);
Command add_report_command(CLI::App& app);
Command add_equilibrium_command(CLI::App& app);
Command add_rules_command(CLI::App& app);
Command add_export_command(CLI::App& app);
Command add_scenarios_command(CLI::App& app);
Command add_validate_command(CLI::App& app);
Command add_schema_command(CLI::App& app);

/// Throws InputError for what the user did wrong, other exceptions where the work failed.
int run_program(int argc, char** argv);

/// True once Ctrl-C (SIGINT) or SIGTERM has been received; `catch_interrupts` starts to listen. Work that
/// does not ask for 0.7 s after the signal is ended with `last_words`: the unfinished file is removed, the status is 1.
bool interrupted();
void catch_interrupts(const char* last_words = "tantu: interrupted; nothing is written\n");
/// The file to remove in that case, from now on; empty: none.
void note_unfinished(const std::string& path);

}  // namespace tantu
