// Whatever is offered and bid: awards add up, nobody pays more than it bid, better bids are served first, and no
// winner is left out for a worse one.
#include "sim/auction.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace tantu {
namespace {

struct Case {
  std::vector<SupplyStep> supply;
  AuctionRules rules;
  std::vector<AuctionBid> bids;
};

Case any_case() {
  Case c;
  const int steps = *rc::gen::inRange(1, 4);
  std::int64_t price = *rc::gen::inRange(1, 20);
  for (int k = 0; k < steps; ++k) {
    c.supply.push_back({Price{price}, Tonnes{*rc::gen::inRange(0, 60)}, Pool{static_cast<std::uint16_t>(2 + k)}});
    price += *rc::gen::inRange(0, 12);
  }
  c.rules.kind = *rc::gen::element(AuctionKind::uniform, AuctionKind::pay_as_bid, AuctionKind::fixed_price);
  c.rules.ties = *rc::gen::element(TieRule::pro_rata, TieRule::by_order);
  c.rules.lot = Tonnes{*rc::gen::element(1, 1, 7)};
  c.rules.most_covered = Tonnes{*rc::gen::element(0, 0, 15)};
  const int bids = *rc::gen::inRange(0, 12);
  for (int i = 0; i < bids; ++i)
    c.bids.push_back({static_cast<Account>(*rc::gen::inRange(0, 6)), Price{*rc::gen::inRange(1, 50)}, Tonnes{*rc::gen::inRange(1, 30)},
                      static_cast<std::uint32_t>(*rc::gen::inRange(0, 4)), true});
  return c;
}

RC_GTEST_PROP(AuctionProperty, AwardsAreFairAndAddUp, ()) {
  const Case c = any_case();
  const AuctionResult r = clear_auction(c.supply, c.rules, c.bids);
  Tonnes sum{};
  Cash cash{};
  std::vector<Tonnes> given(c.bids.size()), of_step(c.supply.size());
  std::map<Account, Tonnes> of_account;
  for (const Award& a : r.awards) {
    RC_ASSERT(a.quantity > Tonnes{});
    RC_ASSERT(a.price <= c.bids[a.bid].price);
    RC_ASSERT(a.price >= c.supply[0].from);
    sum += a.quantity;
    cash += a.price * a.quantity;
    given[a.bid] += a.quantity;
    of_step[a.step] += a.quantity;
    of_account[c.bids[a.bid].account] += a.quantity;
  }
  RC_ASSERT(sum == r.sold);
  RC_ASSERT(cash == r.revenue);
  RC_ASSERT(of_step == r.sold_of_step);
  RC_ASSERT(r.sold <= r.demanded);
  for (std::size_t k = 0; k < c.supply.size(); ++k) RC_ASSERT(of_step[k] <= c.supply[k].quantity);
  for (std::size_t i = 0; i < c.bids.size(); ++i) {
    RC_ASSERT(given[i] <= c.bids[i].quantity);
    RC_ASSERT(given[i].count % c.rules.lot.count == 0);
  }
  if (c.rules.most_covered > Tonnes{})
    for (const auto& [account, tonnes] : of_account) RC_ASSERT(tonnes <= c.rules.most_covered);
  if (c.rules.kind == AuctionKind::uniform)
    for (const Award& a : r.awards) RC_ASSERT(a.price == r.price);
}

RC_GTEST_PROP(AuctionProperty, ABetterBidIsServedInFullBeforeAWorseOne, ()) {
  Case c = any_case();
  c.rules.most_covered = Tonnes{};
  c.rules.lot = Tonnes{1};
  if (c.rules.kind == AuctionKind::fixed_price) c.rules.kind = AuctionKind::uniform;
  const AuctionResult r = clear_auction(c.supply, c.rules, c.bids);
  std::vector<Tonnes> given(c.bids.size());
  for (const Award& a : r.awards) given[a.bid] += a.quantity;
  for (std::size_t i = 0; i < c.bids.size(); ++i)
    for (std::size_t j = 0; j < c.bids.size(); ++j)
      if (c.bids[i].price > c.bids[j].price && given[j] > Tonnes{}) RC_ASSERT(given[i] == c.bids[i].quantity);
  // Nobody is turned away while a step at or below its price has something left.
  for (std::size_t i = 0; i < c.bids.size(); ++i)
    if (given[i] < c.bids[i].quantity) {
      Tonnes offered{}, sold_to_better{};
      for (std::size_t k = 0; k < c.supply.size(); ++k)
        if (c.supply[k].from <= c.bids[i].price) offered += c.supply[k].quantity;
      for (std::size_t j = 0; j < c.bids.size(); ++j)
        if (c.bids[j].price >= c.bids[i].price) sold_to_better += given[j];
      RC_ASSERT(sold_to_better >= offered);
    }
}

RC_GTEST_PROP(AuctionProperty, RationingIsExact, ()) {
  const std::int64_t lot = *rc::gen::inRange(1, 6);
  const auto n = static_cast<std::size_t>(*rc::gen::inRange(0, 9));
  std::vector<Tonnes> wishes;
  std::vector<std::uint32_t> order;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    wishes.push_back(Tonnes{*rc::gen::inRange<std::int64_t>(0, 50) * lot});
    order.push_back(*rc::gen::inRange<std::uint32_t>(0, 4));
    total += wishes.back().count;
  }
  const Tonnes available{*rc::gen::inRange<std::int64_t>(0, 300)};
  const std::vector<Tonnes> shares = ration(available, wishes, order, Tonnes{lot});
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    RC_ASSERT(shares[i] >= Tonnes{} && shares[i] <= wishes[i]);
    sum += shares[i].count;
  }
  RC_ASSERT(sum == std::min(available.count, total) / lot * lot);
}

}  // namespace
}  // namespace tantu
