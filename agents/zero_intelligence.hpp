// Zero-intelligence traders with a budget: orders at random prices that do not lose. The null model of a market, whose
// efficiency comes from the rules of the exchange alone (Gode, D. K., Sunder, S. 1993, Allocative efficiency of markets with
// zero-intelligence traders, J. Polit. Econ. 101:119).
// Verified by tests/validation/test_static_market.cpp.
#pragma once

#include <algorithm>

namespace tantu {

/// A bid between `least` and the reservation price, or an offer between it and `most`, uniform in `uniform` in (0, 1). A
/// reservation price outside [least, most] counts as the bound on its side.
inline double zero_intelligence_price(bool buying, double reservation, double least, double most, double uniform) {
  const double bound = std::clamp(reservation, least, most);
  return buying ? least + uniform * (bound - least) : bound + uniform * (most - bound);
}

}  // namespace tantu
