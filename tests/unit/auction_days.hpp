// Days of auctions on a market of a few firms, without sessions.
#pragma once

#include <vector>

#include "tests/unit/tiny_market.hpp"

namespace tantu {

using Bids = std::vector<AuctionBid>;

/// A day without a session: announcements, auctions with these bids, what follows from them. Returns today's auctions.
inline std::vector<AuctionRecord> live(TinyMarket& m, Day day, const Bids& bids = {}) {
  m.announce(day);
  std::vector<AuctionNotice> notices;
  for (std::size_t p = 0; p < m.rules->policies.size(); ++p) {
    const std::size_t before = notices.size();
    m.rules->policies[p].policy->call_auctions(m.view(day, static_cast<std::int32_t>(p)), m.market.policy_states[p], notices);
    for (std::size_t n = before; n < notices.size(); ++n) notices[n].policy = static_cast<std::int32_t>(p);
  }
  const std::size_t before = m.market.auctions.size();
  for (AuctionNotice& n : notices) {
    m.market.limit_to_holdings(n);
    m.market.settle_auction(n, bids, clear_auction(n.supply, n.rules, bids), m.store);
    m.expect_conserved("an auction on " + to_string(day));
  }
  std::vector<AuctionRecord> held(m.market.auctions.begin() + static_cast<std::ptrdiff_t>(before), m.market.auctions.end());
  m.comply(day);
  return held;
}

/// Live through a span of trading days with the same bids on each.
inline std::vector<AuctionRecord> live(TinyMarket& m, Day from, Day until, const Bids& bids = {}) {
  std::vector<AuctionRecord> all;
  for (Day day = m.rules->calendar.first_on_or_after(from); day <= until; day = m.rules->calendar.next(day)) {
    const auto today = live(m, day, bids);
    all.insert(all.end(), today.begin(), today.end());
  }
  return all;
}

inline AuctionBid bid(TinyMarket& m, std::uint32_t row, std::int64_t ticks, std::int64_t tonnes) { return {m.market.account(row), Price{ticks}, Tonnes{tonnes}, row, true}; }

}  // namespace tantu
