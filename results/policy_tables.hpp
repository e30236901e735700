// What the rules did, as tables: /rules (tonnes and cash each instrument moved), /policies (what instruments
// report by day), /auctions. Axes and columns: docs/outputs.md.
#pragma once

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "sim/simulation.hpp"

namespace tantu {

void write_policies(Dataset& file, const Simulation& simulation, const Denomination& in);

}  // namespace tantu
