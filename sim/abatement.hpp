// Abatement: what a firm can do about its emissions, at which cost.
//
// A technology is a list of measures and, for textbook markets, one smooth curve. Potentials are shares
// of what is left after cheaper measures, so they multiply and never add beyond one. Costs are
// annualised, in currency per tonne abated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/elementary.hpp"

namespace tantu {

enum class MeasureKind : std::uint8_t {
  operational,  ///< reversible: runs on days when it costs at most yesterday's price
  investment,   ///< irreversible: decided once, effective after its lead time
};

/// One measure of a technology's catalogue, at the sector's median cost.
struct Measure {
  std::string name;
  MeasureKind kind = MeasureKind::operational;
  double potential = 0;      ///< share of the emissions left, [0, 1]
  double cost = 0;           ///< currency per tonne
  double cost_spread = 0;    ///< s.d. of the log of firms' costs around the median
  double cost_spread_absolute = 0;  ///< s.d. of firms' costs, currency; above 0 it takes the place of cost_spread
  double capex_share = 0;    ///< share of the cost that is capital, [0, 1]
  double lifetime_years = 20;
  double lead_time_years = 0;
  double learning = 0;       ///< yearly fall of the cost as a share
  std::string route;         ///< a firm has one investment of a route at most; empty: beside all others
};

/// The cost of an investment at another cost of capital, relative to the cost given: its capital share is an annuity
/// over the lifetime, r / (1 - (1 + r)^-L), and was one at the rate `given`. 1 where the rates are equal.
inline double capital_factor(double capex_share, double lifetime_years, double rate, double given) {
  if (rate == given || capex_share <= 0) return 1;
  const auto annuity = [&](double r) { return r > 1e-9 ? r / (1 - elementary::pow(1 + r, -lifetime_years)) : 1 / lifetime_years; };
  return 1 - capex_share + capex_share * annuity(rate) / annuity(given);
}

enum class CurveShape : std::uint8_t { none, linear, power, exponential };

/// A smooth marginal abatement cost curve over the abated share a of a firm's emissions:
/// linear c a, power c a^n, exponential c (e^(n a) - 1); c is `price`, n `exponent`.
struct SmoothCurve {
  CurveShape shape = CurveShape::none;
  double price = 100;     ///< currency per tonne
  double exponent = 2;
  double most = 1;        ///< largest share that can be abated

  /// The share abated at price p, [0, most]; `scale` multiplies all costs.
  double share_at(double p, double scale) const {
    if (shape == CurveShape::none || p <= 0) return 0;
    const double x = p / (price * scale);
    double a = 0;
    if (shape == CurveShape::linear) a = x;
    if (shape == CurveShape::power) a = elementary::pow(x, 1 / exponent);
    if (shape == CurveShape::exponential) a = elementary::log(1 + x) / exponent;
    return std::min(a, most);
  }
  /// Cost of the share a, per tonne of emissions: the integral of the marginal cost from 0 to a.
  double cost_of(double a, double scale) const {
    const double c = price * scale;
    if (shape == CurveShape::linear) return c * a * a / 2;
    if (shape == CurveShape::power) return c * elementary::pow(a, exponent + 1) / (exponent + 1);
    if (shape == CurveShape::exponential) return c * ((elementary::exp(exponent * a) - 1) / exponent - a);
    return 0;
  }
  /// Marginal cost at the share a.
  double marginal_at(double a, double scale) const {
    const double c = price * scale;
    if (shape == CurveShape::linear) return c * a;
    if (shape == CurveShape::power) return a > 0 ? c * elementary::pow(a, exponent) : 0;
    if (shape == CurveShape::exponential) return c * (elementary::exp(exponent * a) - 1);
    return 0;
  }
};

inline constexpr std::size_t most_measures = 32;  ///< in one catalogue

/// What a firm can do: the catalogue its sector uses.
struct Technology {
  std::string name;
  std::vector<Measure> measures;
  SmoothCurve curve;
};

}  // namespace tantu
