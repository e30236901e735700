// What the parts of a scenario must not say of each other: a sector of a market that there is not, links in a circle, groups
// that own more than there is. What one part alone must keep to stands in its table.
#pragma once

#include <vector>

#include "sim/parameters.hpp"

namespace tantu {

struct Scenario;

/// Appends what is found, with places below the scenario.
void check_consistency(const Scenario& scenario, std::vector<Problem>& problems);

}  // namespace tantu
