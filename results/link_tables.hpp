// What links between markets carried, as a table: /links, a row a direction, year and who. Axes and columns:
// docs/outputs.md.
#pragma once

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// Nothing where the run has no links.
void write_links(Dataset& file, const Simulation& simulation, const Denomination& in);

}  // namespace tantu
