// The competitive benchmark over a rolling horizon.
//
// Minimise discounted abatement cost subject to a bank that never falls below its lower bound. The price
// grows at the rate of interest while the bank is positive and never faster (Rubin 1996, J. Environ. Econ.
// Manage. 31:269; Schennach 2000, J. Environ. Econ. Manage. 40:189). With a constant lower bound the first
// price is therefore the largest, over all stretches that begin today, of the price that clears the
// stretch (pooling of adjacent years, stated for its first block).
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "sim/cost_curve.hpp"
#include "sim/elementary.hpp"

namespace tantu {

/// An aggregate abatement cost curve on a fixed logarithmic price grid, by when it can be used: what a
/// bucket `age` years from now can abate at price p, in tonnes per baseline year.
class AggregateCurve {
 public:
  static constexpr int ages = 12;           ///< lead times beyond are the last
  static constexpr double lowest = 0.01;    ///< currency per tonne; cheaper measures count from here
  static constexpr double log_lowest = elementary::log(lowest);
  static constexpr double step = 0.02;      ///< of ln price: 2% between grid points
  static constexpr std::size_t points = 750;///< up to about 32,000 currency per tonne

  AggregateCurve() : tonnes_(points, 0.0) {}
  void clear();
  /// A step: `tonnes` a year from price `cost` on, usable from `lead_years` on.
  void add_step(double cost, double lead_years, double tonnes);
  /// The same, given ln cost (-infinity where the cost is not above 0) and the age from which it is usable.
  void add_step_at(double log_cost, std::size_t age, double tonnes) {
    // A step between two grid points counts in full at the upper one; the interpolation spreads it over the cell. With
    // thousands of firms a 2% cell holds many steps.
    const double x = std::max(0.0, (log_cost - log_lowest) * (1 / step));
    if (x > static_cast<double>(points - 1) || age >= static_cast<std::size_t>(ages)) return;
    const std::size_t at = age * points + up(x);
    if (at >= tonnes_.size()) tonnes_.resize((age + 1) * points);
    tonnes_[at] += tonnes;
  }
  /// Buckets that start at or after the lead time can use it. Requires lead_years >= 0.
  static std::size_t age_of(double lead_years) { return up(std::min(lead_years, static_cast<double>(ages))); }
  /// Adds another curve; neither is finished.
  void add(const AggregateCurve& other);
  /// A smooth contribution, usable at once: `tonnes_at(p)` is called once for each grid point.
  template <class TonnesAt>
  void add_smooth(TonnesAt tonnes_at) {
    for (std::size_t i = 0; i < points; ++i) smooth_(i) += tonnes_at(price_of(i));
    has_smooth_ = true;
  }
  /// Turns steps into totals; required after the last addition and before `at`.
  void finish();
  /// Tonnes a year abated at a price of e^log_price, `age` years from now; linear between grid points.
  double at(double log_price, double age) const;

  /// The same at one age as a curve with straight pieces between the grid points; those below `lowest` cost nothing.
  CostCurve curve_at(double age) const;
  /// Of a grid point, currency per tonne.
  static double price_of(std::size_t point);

 private:
  double& smooth_(std::size_t point) {
    if (smooth_tonnes_.empty()) smooth_tonnes_.assign(points, 0.0);
    return smooth_tonnes_[point];
  }
  std::size_t used_ages() const { return tonnes_.size() / points; }
  static std::size_t up(double y) {
    const int whole = static_cast<int>(y);
    return static_cast<std::size_t>(whole + (whole < y));
  }
  std::vector<double> tonnes_;         ///< [age][point]; only ages that a step has needed: later ones are like the last
  std::vector<double> smooth_tonnes_;  ///< [point]
  bool has_smooth_ = false;
};

/// A stretch of time as the planner sees it.
struct Bucket {
  double middle = 0;  ///< years from now to its middle: discounting
  double start = 0;   ///< years from now to its start: which measures can work in it
  double years = 0;   ///< its length; weighs the abatement curve
  double need = 0;    ///< t to be covered without abatement
  double supply = 0;  ///< t of allowances
  double scale = 1;   ///< of the abatement curve (baseline relative to today's)
  std::vector<CurveSegment> offers = {};  ///< t that become available between two prices: offsets, auctions with a reserve price, tiers
  double floor = 0;                       ///< currency per t: the authority takes any quantity at it; 0: none
  double ceiling = std::numeric_limits<double>::infinity();  ///< it gives any quantity at it
};

struct RollingPrice {
  double price = 0;      ///< currency per tonne today; 0 if the market is long over the whole horizon
  bool choked = false;   ///< even at the highest price of the curve supply does not cover demand
  std::vector<double> banks;  ///< at the end of each bucket if the price grows at the rate of interest, t
};

/// First price of the competitive path. `bank` is the opening bank above its lower bound, t (may be
/// negative: debts); `rate` the yearly rate of interest; `choke` the highest price considered.
RollingPrice first_price(const std::vector<Bucket>& buckets, double bank, double rate, double choke,
                         const AggregateCurve& curve);

}  // namespace tantu
