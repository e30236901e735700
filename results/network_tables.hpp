// Relations between agents as the results tell them: /network. Columns: docs/outputs.md.
#pragma once

#include <cstdint>
#include <vector>

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// `years` are the calendar years with output.
void write_networks(Dataset& file, const Simulation& simulation, const std::vector<std::int32_t>& years, const Denomination& in);

}  // namespace tantu
