// A marginal cost curve: what becomes available at which price, exactly.
//
// The supply of abatement (or of offsets, or of a reserve) as a function of price that never falls: steps, straight
// pieces, and jumps where several measures cost the same. Unlike AggregateCurve (sim/equilibrium.hpp), which lives on
// a grid for speed, nothing is rounded: a step of 20.00 is used from 20.00 on.
// Prices in currency per tonne, quantities in tonnes. Immutable; copies may be read by many threads.
// Verified by tests/unit/test_cost_curve.cpp and tests/property/test_cost_curve.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/abatement.hpp"

namespace tantu {

/// `tonnes` that become available between two prices: all at once where both are equal (a step), evenly otherwise.
struct CurveSegment {
  double low = 0, high = 0;
  double tonnes = 0;
  friend bool operator==(const CurveSegment&, const CurveSegment&) = default;
};

class CostCurve {
 public:
  CostCurve() = default;
  /// Segments in any order. Throws std::invalid_argument for a segment that falls (high < low), holds less than
  /// nothing, or is not finite.
  explicit CostCurve(std::vector<CurveSegment> segments);

  /// All that costs at most `price`.
  double at(double price) const;
  /// All that costs less than `price`.
  double below(double price) const;
  double total() const { return points_.empty() ? 0 : points_.back().above; }
  /// The marginal cost of the last of `tonnes` (in order of cost); the lowest price for tonnes <= 0 and the highest
  /// beyond the total. Requires a curve that is not empty.
  double price_of(double tonnes) const;
  /// What the cheapest `tonnes` cost together; beyond the total: what all of it costs.
  double cost_of(double tonnes) const;
  /// What all that costs less than `price` costs together.
  double cost_below(double price) const;

  /// Prices at which the curve jumps or bends, rising.
  struct Point {
    double price = 0;
    double below = 0, above = 0;  ///< t that cost less than, and at most, `price`
    double slope = 0;             ///< t per currency/t from here to the next point
    double cost_below = 0;        ///< currency: what `below` costs together
  };
  std::span<const Point> points() const { return points_; }

 private:
  std::vector<Point> points_;
};

/// A firm's smooth curve over `tonnes` of emissions as segments: exact where it is linear, else in `pieces` straight
/// pieces of equal quantity. `scale` multiplies its costs.
std::vector<CurveSegment> segments_of(const SmoothCurve& curve, double scale, double tonnes, int pieces = 24);

}  // namespace tantu
