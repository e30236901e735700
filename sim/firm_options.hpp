// What a firm can do about its emissions, cheapest first: the same choices that make the market's abatement curve.
//
// What the yardstick simplifies stands in sim/yardstick.hpp. Costs in currency per tonne, shares of the firm's emissions.
// Verified by tests/unit/test_yardstick.cpp.
#pragma once

#include <memory>
#include <vector>

#include "sim/cost_curve.hpp"
#include "sim/output_response.hpp"
#include "sim/simulation.hpp"

namespace tantu {

class FirmOptions {
 public:
  FirmOptions(const Simulation& simulation, std::uint32_t row);
  /// What the firm does in a period at a price. `length`: of the period in years; `start`: from the opening.
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

/// The options of all firms of a sector that can be used from the same time on and become cheaper alike: a curve that years share.
struct AbatementGroup {
  std::uint32_t sector = 0;
  double available = 0;  ///< years from the opening
  double learning = 0;   ///< by which its costs fall a year
  std::shared_ptr<const CostCurve> curve;  ///< t of a year of baseline output
};
/// Of the firms that are in the market or whose sector will join it.
std::vector<AbatementGroup> abatement_groups(const Simulation& simulation, const Market& market);

/// The share of a period in which something works that is there from `available` years on.
double usable(double available, double start, double length);

/// The aggregate abatement curve of a market, all firms, in tonnes of a year of baseline output: what can be done by
/// anyone `years_ahead` years after the opening. For printing; the path itself keeps sectors and lead times apart.
CostCurve aggregate_curve(const Simulation& simulation, std::uint32_t market, double years_ahead);

}  // namespace tantu
