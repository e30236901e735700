// The price of a call auction.
//
// Among the multiples of the tick: the one with the largest volume min(D, S), D what bids at it or above would
// buy and S what asks at it or below would sell, hidden parts included; among those the least imbalance |D - S|;
// among those, where all imbalances are of buyers (D > S) the highest price, where all are of sellers the lowest,
// else the price nearest to the reference. (Niemeyer & Sandas 1995 describe the order of these rules; ASX and Xetra
// use it.)
//
// Verified against exhaustive search over all prices in tests/oracle/test_exchange.cpp.
#pragma once

#include <optional>

#include "sim/order_book.hpp"

namespace tantu {

struct CallPrice {
  Price price;
  Tonnes volume;
  Tonnes imbalance;  ///< D - S: above zero buyers are left
};

/// Nullopt where nothing would trade.
std::optional<CallPrice> call_price(const OrderBook& book, Price reference, Price tick);

}  // namespace tantu
