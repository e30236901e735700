// The traders of a scenario (agents.traders) take their seats: part of compose.
#pragma once

#include <memory>
#include <vector>

#include "scenarios/compose.hpp"

namespace tantu {

/// Adds the traders to `setup` and their accounts to `markets`, whose rules are otherwise complete. Throws InputError
/// for a market that does not exist.
void seat_traders(const LoadedScenario& loaded, const std::vector<std::shared_ptr<MarketRules>>& markets, SimulationSetup& setup);

}  // namespace tantu
