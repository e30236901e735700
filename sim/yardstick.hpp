// The yardstick: the competitive path of a market with its firms and rules, and what it means for each firm.
//
// A planner knows the rules of all years (beyond the last compliance cycle: those of its last year, with the yearly
// cut that firms expect), the output of the years gone by as it was, and of those to come its path, of which a carbon price leaves
// what the demand for it says (sim/output_response.hpp; suppliers in other markets do not count). From the opening of
// the run on it covers need at least cost (sim/competitive_path.hpp). Periods: what is left of the opening year, then
// whole years. Made before a run it is the benchmark of the scenario, after it that of the output that came about.
//
// What it simplifies: an investment is a step that can be used from its lead time on, at its annualised cost; a firm's
// measures count in the order of their costs, each on what cheaper ones leave, and its smooth curve on what all of them
// leave; of the investments of a route the steps along their
// convex hull; relief for a gap counts at emissions without abatement; what firms may carry over by a rule that looks at their
// own sales is not bounded, nor what dies with age; an obligation that a fine replaces bounds the price at the fine a
// tonne; prices that the authority backs are those of the middle of a period; allowances of later years that may be
// surrendered early are not borrowed against, those of years that fall due together are.
//
// What the rules make available follows from the policies (Policy::expect). Where their answers rest on the path itself
// (a reserve on the allowances in circulation, offsets on obligations, later auctions on what earlier ones left unsold), or output
// answers to its prices, they are asked again with the path found, and what is assumed moves half way to the answer (output: by a secant), until both differ by half
// a tonne at most. Rules that jump at a threshold need not have such a point: `residual` says what is left.
// Verified by tests/unit/test_yardstick.cpp and tests/validation/test_static_market.cpp.
#pragma once

#include <string>
#include <vector>

#include "sim/competitive_path.hpp"
#include "sim/firm_options.hpp"
#include "sim/simulation.hpp"

namespace tantu {

struct Yardstick {
  std::vector<int> years;        ///< [period]
  std::vector<double> starts;    ///< [period] years from the opening
  PathProblem problem;           ///< with what the policies make available
  PathResult path;
  std::vector<SupplyYear> supply;  ///< [period] what they make available and what of it the path takes
  double residual = 0;           ///< largest difference between what was assumed of them and what they answer to the path, t
  int rounds = 0;
  std::vector<double> imported;  ///< [period] units that links bring in, less those that they take out, t
  std::string links_left_out;    ///< why links are no part of the path, where they are not

  double price(std::size_t period) const { return path.periods[period].price; }
  /// What the path takes of a source in a period, t.
  double taken(std::size_t period, SupplySource source) const;
  /// Price of a year, currency per t; the first period's before the opening, none (-1) after the last.
  double price_of_year(int year) const;
  /// t at the end of a year of the path; 0 outside it.
  double bank_of_year(int year) const;
};

/// Of all markets, with the links between them, each from the year on in which it is public (sim/linked_path.hpp; left out
/// are links whose ratios would make something of nothing, or lose it, around a circle).
/// Of the state the simulation is in; `today` of a simulation that has not begun is the eve of its opening.
std::vector<Yardstick> yardsticks(const Simulation& simulation);
/// Of one of them.
Yardstick yardstick(const Simulation& simulation, std::uint32_t market);

}  // namespace tantu
