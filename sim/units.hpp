// Exact quantities: tonnes, prices and cash are integers with types of their own, so that a
// tonne cannot be added to a price and conservation can be checked with ==.
//
//   Tonnes  whole tonnes of CO2 (one allowance)
//   Price   whole ticks of account per tonne; a tick of account is `unit.price_scale` of the
//           market's currency, 0.01 unless the scenario says otherwise
//   Cash    Price x Tonnes, hence whole ticks of account
//
// Range: |Tonnes| and |Price| stay below 2^53 and 2^31 in any accepted scenario; the product is
// checked. All conversions between these and floating point are in this file.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace tantu {

/// An integer with a unit. Arithmetic stays inside the unit; nothing converts implicitly.
template <class Unit>
struct Exact {
  std::int64_t count = 0;

  constexpr Exact() = default;
  constexpr explicit Exact(std::int64_t n) : count(n) {}

  friend constexpr auto operator<=>(Exact, Exact) = default;
  friend constexpr Exact operator+(Exact a, Exact b) { return Exact{a.count + b.count}; }
  friend constexpr Exact operator-(Exact a, Exact b) { return Exact{a.count - b.count}; }
  constexpr Exact operator-() const { return Exact{-count}; }
  constexpr Exact& operator+=(Exact b) { count += b.count; return *this; }
  constexpr Exact& operator-=(Exact b) { count -= b.count; return *this; }
  friend constexpr Exact operator*(Exact a, std::int64_t n) { return Exact{a.count * n}; }
};

using Tonnes = Exact<struct TonneUnit>;
using Price = Exact<struct PriceUnit>;
using Cash = Exact<struct CashUnit>;

/// What `quantity` costs at `price`. Throws std::overflow_error beyond 64 bits.
constexpr Cash operator*(Price price, Tonnes quantity) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(price.count, quantity.count, &product))
    throw std::overflow_error("price x tonnes does not fit 64 bits");
  return Cash{product};
}

/// Nearest integer, halves up (the rounding of regulations); the argument must lie within +-2^53.
inline std::int64_t nearest(double x) { return static_cast<std::int64_t>(std::floor(x + 0.5)); }

inline Tonnes whole_tonnes(double tonnes) { return Tonnes{nearest(tonnes)}; }

/// price in currency -> ticks of account; `scale` is currency per tick of account (e.g. 0.01).
inline Price price_from_currency(double currency, double scale) { return Price{nearest(currency / scale)}; }
inline double to_currency(Price price, double scale) { return static_cast<double>(price.count) * scale; }
inline double to_currency(Cash cash, double scale) { return static_cast<double>(cash.count) * scale; }

/// The highest price on the tick that is at most `currency` a tonne, and the lowest that is at least it. The tolerance undoes the
/// rounding of the quotient.
inline Price on_tick_at_most(double currency, Price tick, double scale) {
  return Price{static_cast<std::int64_t>(std::floor(currency / to_currency(tick, scale) + 1e-9)) * tick.count};
}
inline Price on_tick_at_least(double currency, Price tick, double scale) {
  return Price{static_cast<std::int64_t>(std::ceil(currency / to_currency(tick, scale) - 1e-9)) * tick.count};
}

/// Volume-weighted average price, rounded half up to a whole tick of account. Requires quantity > 0.
inline Price average_price(Cash turnover, Tonnes quantity) {
  const std::int64_t twice = 2 * turnover.count + quantity.count;
  const std::int64_t denominator = 2 * quantity.count;
  std::int64_t q = twice / denominator;
  if (twice % denominator < 0) --q;
  return Price{q};
}

}  // namespace tantu
