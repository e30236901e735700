#include "sim/call_price.hpp"

#include <algorithm>
#include <vector>

namespace tantu {

std::optional<CallPrice> call_price(const OrderBook& book, Price reference, Price tick) {
  const auto bid = book.best_bid(), ask = book.best_ask();
  if (!bid || !ask || *bid < *ask) return std::nullopt;

  // D and S are steps: D changes just above a bid's price, S at an ask's. So every set of equal figures begins and
  // ends at one of these prices.
  struct Step {
    std::int64_t price;
    std::int64_t quantity;
  };
  std::vector<Step> bids, asks;
  std::vector<std::int64_t> candidates;
  const auto add = [&](std::int64_t price) {
    if (ask->count <= price && price <= bid->count) candidates.push_back(price);
  };
  book.for_each_level(Side::buy, book.size(), [&](const PriceLevel& level) {
    if (level.price < *ask) return;
    bids.push_back({level.price.count, (level.shown + level.hidden).count});
    add(level.price.count);
    add(level.price.count + tick.count);
  });
  book.for_each_level(Side::sell, book.size(), [&](const PriceLevel& level) {
    if (level.price > *bid) return;
    asks.push_back({level.price.count, (level.shown + level.hidden).count});
    add(level.price.count);
    add(level.price.count - tick.count);
  });
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());

  std::int64_t demand = 0, supply = 0;
  for (const Step& b : bids) demand += b.quantity;
  std::size_t next_ask = 0, last_bid = bids.size();
  struct Best {
    std::int64_t volume = -1, imbalance = 0;  // of the first; the others have the same |imbalance|
    std::int64_t low = 0, high = 0;
    bool buyers = true, sellers = true;
  } best;
  for (const std::int64_t price : candidates) {
    while (next_ask < asks.size() && asks[next_ask].price <= price) supply += asks[next_ask++].quantity;
    while (last_bid > 0 && bids[last_bid - 1].price < price) demand -= bids[--last_bid].quantity;
    const std::int64_t volume = std::min(demand, supply), imbalance = demand - supply;
    const std::int64_t size = std::abs(imbalance), least = std::abs(best.imbalance);
    if (volume > best.volume || (volume == best.volume && size < least))
      best = {volume, imbalance, price, price, imbalance > 0, imbalance < 0};
    else if (volume == best.volume && size == least) {
      best.high = price;
      best.buyers = best.buyers && imbalance > 0;
      best.sellers = best.sellers && imbalance < 0;
    }
  }
  // The prices from low to high are the best ones without a gap: D - S never rises.
  std::int64_t price = 0;
  if (best.buyers) price = best.high;
  else if (best.sellers) price = best.low;
  else {
    std::int64_t nearest = reference.count / tick.count * tick.count;
    if (2 * (reference.count - nearest) >= tick.count) nearest += tick.count;
    price = std::clamp(nearest, best.low, best.high);
  }
  std::int64_t d = 0, s = 0;
  for (const Step& b : bids) d += b.price >= price ? b.quantity : 0;
  for (const Step& a : asks) s += a.price <= price ? a.quantity : 0;
  return CallPrice{Price{price}, Tonnes{std::min(d, s)}, Tonnes{d - s}};
}

}  // namespace tantu
