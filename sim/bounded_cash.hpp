// Sums and products of cash that hostile input could drive beyond 64 bits. A run's scenario bounds its prices and tonnes
// (sim/units.hpp); a recorded order flow may hold anything.
#pragma once

#include <limits>
#include <optional>

#include "sim/units.hpp"

namespace tantu {

/// What `quantity` costs at `price`; none beyond 64 bits.
constexpr std::optional<Cash> value_of(Price price, Tonnes quantity) {
  std::int64_t cash = 0;
  if (__builtin_mul_overflow(price.count, quantity.count, &cash)) return std::nullopt;
  return Cash{cash};
}

/// a + b, or the largest (smallest) amount where it lies beyond 64 bits.
constexpr Cash saturated_sum(Cash a, Cash b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a.count, b.count, &sum))
    return Cash{a.count > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min()};
  return Cash{sum};
}

}  // namespace tantu
