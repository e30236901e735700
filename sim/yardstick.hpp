// The yardstick: the competitive path of a market with its firms and rules, and what it means for each firm.
//
// A planner knows the rules of all years (beyond the last compliance cycle: those of its last year, with the yearly
// cut that firms expect), the output of the years gone by as it was, and of those to come its path. From the opening of
// the run on it covers need at least cost (sim/competitive_path.hpp). Periods: what is left of the opening year, then
// whole years. Made before a run it is the benchmark of the scenario, after it that of the output that came about.
//
// What it simplifies: an investment is a step that can be used from its lead time on, at its annualised cost; a firm's
// measures count in the order of their costs, each on what cheaper ones leave, and its smooth curve on what all of them
// leave; of the investments of a route the steps along their
// convex hull; relief for a gap counts at emissions without abatement; what firms may carry over by a rule that looks at their
// own sales is not bounded; an obligation that a fine replaces bounds the price at the fine a tonne.
// Verified by tests/unit/test_yardstick.cpp and tests/validation/test_static_market.cpp.
#pragma once

#include <string>
#include <vector>

#include "sim/competitive_path.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// What supplies: the marks of PathPeriod's terms.
enum SupplyKind : int { supplied_by_abatement, supplied_by_offsets, supplied_by_reserve };

struct Yardstick {
  std::vector<int> years;        ///< [period]
  std::vector<double> starts;    ///< [period] years from the opening
  PathProblem problem;
  ReservedPath solution;         ///< with what reserves have done; `residual` of their iteration

  double price(std::size_t period) const { return solution.path.periods[period].price; }
  /// Price of a year, currency per t; the first period's before the opening, none (-1) after the last.
  double price_of_year(int year) const;
  /// t at the end of a year of the path; 0 outside it.
  double bank_of_year(int year) const;
};

/// Of the state the simulation is in; `today` of a simulation that has not begun is the eve of its opening.
Yardstick yardstick(const Simulation& simulation, std::uint32_t market);

/// What firm `row` does in a period at a price: abated share of its emissions and cost per tonne of emissions before it.
struct FirmAbatement {
  double share = 0, rate = 0;
};
/// The choices a firm has, cheapest first; the same that make the market's curve.
class FirmOptions {
 public:
  FirmOptions(const Simulation& simulation, std::uint32_t row);
  /// `length`: of the period in years; `start`: from the opening.
  FirmAbatement at(double price, int year, double start, double length) const;
  /// Least cost of abating `share` of emissions in one period, at most what there is; the price of its last tonne in `marginal`.
  FirmAbatement least_cost(double share, int year, double start, double length, double* marginal) const;

 private:
  friend class CurveBuilder;
  struct Option {
    std::uint32_t measure = 0;
    double cost = 0;       ///< currency per t in the first year of the paths
    double part = 0;       ///< share of emissions
    double available = 0;  ///< years from the opening
    double learning = 0;
    bool built = false;    ///< works already: costs are sunk, but count
    bool hull = false;     ///< a step between alternatives of a route
  };
  double cost_in(const Option& option, int year) const;
  /// Replaces alternatives of a route by steps from one to the next that make sense at some price.
  void keep_hulls(const Technology& technology);

  std::vector<Option> options_;
  double left_ = 1;          ///< share of emissions that all options leave
  const SmoothCurve* curve_ = nullptr;
  double curve_scale_ = 1;
  int first_year_ = 0;
};

/// The aggregate abatement curve of a market, all firms, in tonnes of a year of baseline output: what can be done by
/// anyone `years_ahead` years after the opening. For printing; the path itself keeps sectors and lead times apart.
CostCurve aggregate_curve(const Simulation& simulation, std::uint32_t market, double years_ahead);

}  // namespace tantu
