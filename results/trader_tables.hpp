// What traders without an obligation did: /traders, a row for each of their accounts. Columns: docs/outputs.md.
#pragma once

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "results/recorder.hpp"

namespace tantu {

/// Nothing where there are no traders.
void write_traders(Dataset& file, const Simulation& simulation, const Recorder& recorder, const Denomination& in);

}  // namespace tantu
