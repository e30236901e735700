// What connects the markets of a run: directions of links, the accounts that firms hold abroad, firms that move.
#pragma once

#include <memory>
#include <vector>

#include "scenarios/scenario.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// Adds them to `setup`, whose traits are complete, and their accounts to `markets`, whose rows, pools, cycles and traders'
/// seats are. Requires a scenario that has passed its checks.
void add_links(const Scenario& scenario, SimulationSetup& setup, const std::vector<std::shared_ptr<MarketRules>>& markets);

}  // namespace tantu
