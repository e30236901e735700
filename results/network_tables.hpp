// Relations between agents as the results tell them: /network. Columns: docs/outputs.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/dataset.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// `years` are the calendar years with output; `currency` is that of the file.
void write_networks(Dataset& file, const Simulation& simulation, const std::vector<std::int32_t>& years, const std::string& currency);

}  // namespace tantu
