// What the rules did, as tables: /rules (tonnes and cash each instrument moved), /policies (what instruments
// report by day), /auctions. Axes and columns: docs/outputs.md.
#pragma once

#include <string>

#include "results/dataset.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// `currency` and `scale` (currency per tick) are those of the file.
void write_policies(Dataset& file, const Simulation& simulation, const std::string& currency, double scale);

}  // namespace tantu
