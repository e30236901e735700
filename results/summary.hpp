// The table at the end of a run, for people.
#pragma once

#include <string>
#include <vector>

#include "results/recorder.hpp"
#include "sim/efficiency.hpp"

namespace tantu {

/// One block a market: a line a year with close, average price, volume, share of the volume in the two
/// months before a deadline, emissions, abatement, bank, compliance; below it what deserves a warning.
std::string summary_table(const Simulation& simulation, const Recorder& recorder, const std::vector<Efficiency>& efficiency);

}  // namespace tantu
