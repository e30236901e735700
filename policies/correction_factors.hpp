// Correction factors of benchmarks for power units (China, allocation plans of 2019-20 and 2021-22).
//
//   cooling    1.00 for water, 1.05 for air
//   heat       1 - c x heat ratio; c = 0.22 for coal, 0.6 for gas
//   load F     1 from 85%; 1 + 0.0014 (85 - 100 F) from 80%; 1.007 + 0.0016 (80 - 100 F) from 75%;
//              1.015^(16 - 20 F) below
//
// The load factor is continuous at each step (1.007 at 80%, 1.015 at 75%). Verified by
// tests/unit/test_allocation_methods.cpp.
#pragma once

#include "sim/elementary.hpp"

namespace tantu {

inline double cooling_factor(double air_cooled_share) { return 1 + 0.05 * air_cooled_share; }
inline double heat_factor(double coefficient, double heat_ratio) { return 1 - coefficient * heat_ratio; }
inline double load_factor(double load) {
  if (load >= 0.85) return 1;
  if (load >= 0.80) return 1 + 0.0014 * (85 - 100 * load);
  if (load >= 0.75) return 1.007 + 0.0016 * (80 - 100 * load);
  return elementary::pow(1.015, 16 - 20 * load);
}

}  // namespace tantu
