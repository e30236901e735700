// What traders without an obligation did: /traders, a row for each of their accounts. Columns: docs/outputs.md.
#pragma once

#include <string>

#include "results/dataset.hpp"
#include "results/recorder.hpp"

namespace tantu {

/// Nothing where there are no traders. `currency` and `scale` (currency per tick) are those of the file.
void write_traders(Dataset& file, const Simulation& simulation, const Recorder& recorder, const std::string& currency, double scale);

}  // namespace tantu
