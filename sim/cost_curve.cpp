#include "sim/cost_curve.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace tantu {

CostCurve::CostCurve(std::vector<CurveSegment> segments) {
  struct Change { double price, jump, slope; };
  std::vector<Change> changes;
  changes.reserve(segments.size());
  for (const CurveSegment& s : segments) {
    if (!std::isfinite(s.low) || !std::isfinite(s.high) || !std::isfinite(s.tonnes) || s.tonnes < 0 || s.high < s.low)
      throw std::invalid_argument(fmt::format("cost curve: {} t from {} to {}; prices must rise and quantities be finite and not negative",
                                              s.tonnes, s.low, s.high));
    if (s.tonnes == 0) continue;
    if (s.low == s.high) {
      changes.push_back({s.low, s.tonnes, 0});
    } else {
      const double slope = s.tonnes / (s.high - s.low);
      changes.push_back({s.low, 0, slope});
      changes.push_back({s.high, 0, -slope});
    }
  }
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.price != b.price ? a.price < b.price : a.jump != b.jump ? a.jump < b.jump : a.slope < b.slope;
  });
  double slope = 0;
  std::size_t open = 0;  // pieces under way: with none the slope is zero, not what is left of its sums
  for (std::size_t i = 0; i < changes.size();) {
    Point p;
    p.price = changes[i].price;
    if (!points_.empty()) {
      const Point& before = points_.back();
      const double width = p.price - before.price;
      p.below = before.above + before.slope * width;
      p.cost_below = before.cost_below + (before.above - before.below) * before.price +
                     before.slope * width * (before.price + width / 2);
    }
    p.above = p.below;
    for (; i < changes.size() && changes[i].price == p.price; ++i) {
      p.above += changes[i].jump;
      slope += changes[i].slope;
      if (changes[i].slope > 0) ++open;
      if (changes[i].slope < 0) --open;
    }
    p.slope = open == 0 ? 0 : std::max(0.0, slope);
    if (open == 0) slope = 0;
    points_.push_back(p);
  }
}

namespace {
/// The last point at or below `price`; none: end.
auto point_at(std::span<const CostCurve::Point> points, double price) {
  const auto next = std::upper_bound(points.begin(), points.end(), price, [](double p, const CostCurve::Point& q) { return p < q.price; });
  return next == points.begin() ? points.end() : next - 1;
}
}  // namespace

double CostCurve::at(double price) const {
  const std::span<const Point> all(points_);
  const auto p = point_at(all, price);
  return p == all.end() ? 0 : p->above + p->slope * (price - p->price);
}

double CostCurve::below(double price) const {
  const std::span<const Point> all(points_);
  const auto p = point_at(all, price);
  if (p == all.end()) return 0;
  return p->price == price ? p->below : p->above + p->slope * (price - p->price);
}

double CostCurve::cost_below(double price) const {
  const std::span<const Point> all(points_);
  const auto p = point_at(all, price);
  if (p == all.end()) return 0;
  const double width = price - p->price;
  if (width == 0) return p->cost_below;
  return p->cost_below + (p->above - p->below) * p->price + p->slope * width * (p->price + width / 2);
}

double CostCurve::price_of(double tonnes) const {
  if (points_.empty()) throw std::logic_error("cost curve: the marginal cost of an empty curve");
  if (tonnes <= 0) return points_.front().price;
  const auto p = std::lower_bound(points_.begin(), points_.end(), tonnes, [](const Point& q, double t) { return q.above < t; });
  if (p == points_.end()) return points_.back().price;
  if (tonnes > p->below || p == points_.begin()) return p->price;
  const Point& before = *(p - 1);
  return before.slope > 0 ? before.price + (tonnes - before.above) / before.slope : p->price;
}

double CostCurve::cost_of(double tonnes) const {
  if (points_.empty() || tonnes <= 0) return 0;
  tonnes = std::min(tonnes, total());
  const double price = price_of(tonnes);
  return cost_below(price) + (tonnes - below(price)) * price;
}

std::vector<CurveSegment> segments_of(const SmoothCurve& curve, double scale, double tonnes, int pieces) {
  if (curve.shape == CurveShape::none || curve.most <= 0 || tonnes <= 0) return {};
  if (curve.shape == CurveShape::linear) return {{0, curve.price * scale * curve.most, tonnes * curve.most}};
  std::vector<CurveSegment> segments;
  for (int i = 0; i < pieces; ++i) {
    const double from = curve.most * i / pieces, to = curve.most * (i + 1) / pieces;
    segments.push_back({curve.marginal_at(from, scale), curve.marginal_at(to, scale), tonnes * (to - from)});
  }
  return segments;
}

}  // namespace tantu
