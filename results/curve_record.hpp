// The aggregate abatement cost curve in the results: what all covered firms of a market could abate in a year at each
// price, and where the market stands on it can be read beside it (/yearly: emissions_baseline less emissions, close).
//
// The curve itself (sim/yardstick.hpp) has a point for each measure of each firm; the file keeps some two hundred, exact
// at each of them: most of them evenly by tonnes up to three times the highest price that the run or its competitive
// path saw, the rest evenly by tonnes beyond. The last is all there is.
#pragma once

#include <span>
#include <string>

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// `highest[m]`: the highest price seen in market m, currency per t. Writes price, at_once and in_time over market and
/// point into `group`; what is missing is the fill value.
void write_curve(DatasetGroup& group, const Simulation& simulation, std::span<const std::string> market_names, std::span<const double> highest,
                 const Denomination& in);

}  // namespace tantu
