// What the fees of an exchange make of a price, as those expect it who have not traded yet: the least of a fee, which a small
// trade meets, is left out.
#pragma once

#include <algorithm>

#include "sim/exchange_rules.hpp"

namespace tantu {

struct ExpectedFees {
  double share = 0;      ///< of the price
  double per_tonne = 0;  ///< currency

  /// `scale`: currency per tick of account.
  static ExpectedFees of_taker(const Fees& fees, double scale) { return {1e-9 * static_cast<double>(fees.taker), 1e-9 * static_cast<double>(fees.per_tonne) * scale}; }
  /// Of who does not know on which side of the book it will be: the dearer one.
  static ExpectedFees of_either(const Fees& fees, double scale) {
    return {1e-9 * static_cast<double>(std::max(fees.taker, fees.maker)), 1e-9 * static_cast<double>(fees.per_tonne) * scale};
  }

  /// What a buyer at `price` pays in all, what a seller keeps.
  double paid(double price) const { return price * (1 + share) + per_tonne; }
  double kept(double price) const { return price * (1 - share) - per_tonne; }
  /// The prices at which that is `net`.
  double bid(double net) const { return (net - per_tonne) / (1 + share); }
  double ask(double net) const { return (net + per_tonne) / (1 - share); }
};

}  // namespace tantu
