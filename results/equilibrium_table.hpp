// The competitive benchmark as text: a table for people, CSV in the long form of histories for programs.
#pragma once

#include <set>
#include <string>

#include "sim/simulation.hpp"

namespace tantu {

/// A block a market: a line a year with price, need, supply, abatement, bank.
std::string equilibrium_table(const Simulation& simulation);
/// year,variable,value,market; variables are those of the table.
std::string equilibrium_csv(const Simulation& simulation);

/// The aggregate abatement curve: a line for each twentieth of what can be abated.
std::string curve_table(const Simulation& simulation);
/// market,years_ahead,price,abatement_t,cost: every point at which a curve jumps or bends, for what can be used at once
/// and after each lead time.
std::string curve_csv(const Simulation& simulation);

/// Lead times of a market's investments in years, after each of which more can be done; 0 first.
std::set<double> lead_times(const Simulation& simulation, const Market& market);

}  // namespace tantu
