// Sealed-bid auctions with numbers worked in the text.
#include "sim/auction.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace tantu {
namespace {

using Steps = std::vector<SupplyStep>;
using Bids = std::vector<AuctionBid>;

constexpr Pool base{2}, reserve{3};

/// Tonnes that each bid was given.
std::vector<std::int64_t> given(const AuctionResult& r, std::size_t bids) {
  std::vector<std::int64_t> tonnes(bids, 0);
  for (const Award& a : r.awards) tonnes[a.bid] += a.quantity.count;
  return tonnes;
}

TEST(Auction, AllPayTheLowestWinningBid) {
  // 100 t: 40 at 30, 50 at 25, 10 of the 30 at 20 win; the last price is 20 for all.
  const Bids bids{{10, Price{2500}, Tonnes{50}, 0}, {11, Price{3000}, Tonnes{40}, 0}, {12, Price{2000}, Tonnes{30}, 0}, {13, Price{1500}, Tonnes{99}, 0}};
  const AuctionResult r = clear_auction(Steps{{Price{1000}, Tonnes{100}, base}}, {}, bids);
  EXPECT_EQ(given(r, 4), (std::vector<std::int64_t>{50, 40, 10, 0}));
  EXPECT_EQ(r.price, Price{2000});
  EXPECT_EQ(r.sold, Tonnes{100});
  EXPECT_EQ(r.demanded, Tonnes{219});
  EXPECT_EQ(r.revenue, Cash{200'000});
  EXPECT_EQ(r.bidders, 4u);
  EXPECT_EQ(r.winners, 3u);
}

TEST(Auction, EachPaysItsOwnBid) {
  AuctionRules rules;
  rules.kind = AuctionKind::pay_as_bid;
  const Bids bids{{10, Price{2500}, Tonnes{50}, 0}, {11, Price{3000}, Tonnes{40}, 0}, {12, Price{2000}, Tonnes{30}, 0}};
  const AuctionResult r = clear_auction(Steps{{Price{1000}, Tonnes{100}, base}}, rules, bids);
  EXPECT_EQ(r.revenue, Cash{125'000 + 120'000 + 20'000});
  EXPECT_EQ(r.price, Price{2650}) << "the average";
  EXPECT_EQ(r.marginal, Price{2000});
}

TEST(Auction, UndersoldClearsAtTheReservePrice) {
  // California, May 2016: 67.68 Mt offered, 7.26 Mt sold, all at the floor of 12.73.
  const Bids bids{{10, Price{1400}, Tonnes{4'000'000}, 0}, {11, Price{1273}, Tonnes{3'260'000}, 0}, {12, Price{1272}, Tonnes{60'000'000}, 0}};
  const AuctionResult r = clear_auction(Steps{{Price{1273}, Tonnes{67'680'000}, base}}, {}, bids);
  EXPECT_EQ(r.sold, Tonnes{7'260'000});
  EXPECT_EQ(r.price, Price{1273});
  EXPECT_EQ(r.demanded, Tonnes{7'260'000}) << "bids below the reserve price are none";
}

TEST(Auction, TiesAreSharedInWholeLots) {
  // 10 lots of 1,000 t left for wishes of 7, 5 and 3 lots: 4.67, 3.33, 2 -> 4, 3, 2 and one more to the largest remainder.
  AuctionRules rules;
  rules.lot = Tonnes{1000};
  const Bids bids{{10, Price{2000}, Tonnes{7000}, 3}, {11, Price{2000}, Tonnes{5999}, 2}, {12, Price{2000}, Tonnes{3000}, 1}};
  const AuctionResult r = clear_auction(Steps{{Price{1000}, Tonnes{10'400}, base}}, rules, bids);
  EXPECT_EQ(given(r, 3), (std::vector<std::int64_t>{5000, 3000, 2000}));
  rules.ties = TieRule::by_order;
  EXPECT_EQ(given(clear_auction(Steps{{Price{1000}, Tonnes{10'400}, base}}, rules, bids), 3), (std::vector<std::int64_t>{2000, 5000, 3000}));
}

TEST(Auction, EqualRemaindersGoByPrecedence) {
  const std::vector<Tonnes> wishes{Tonnes{1}, Tonnes{1}, Tonnes{1}};
  const std::vector<std::uint32_t> order{9, 1, 5};
  EXPECT_EQ(ration(Tonnes{2}, wishes, order, Tonnes{1}), (std::vector<Tonnes>{Tonnes{0}, Tonnes{1}, Tonnes{1}}));
}

TEST(Auction, ContainmentAddsOnlyWhatIsWantedAtTheTrigger) {
  // RGGI: 15 Mt at 2.05 or more, 10 Mt more at 6.00 or more (as in September 2015: price 6.02, all of the reserve sold).
  const Steps supply{{Price{205}, Tonnes{15}, base}, {Price{600}, Tonnes{10}, reserve}};
  const auto price_of = [&](Bids bids) {
    const AuctionResult r = clear_auction(supply, {}, bids);
    return std::pair{r.price.count, r.sold_of_step[1].count};
  };
  using P = std::pair<std::int64_t, std::int64_t>;
  EXPECT_EQ(price_of({{1, Price{602}, Tonnes{26}, 0}}), (P{602, 10}));
  EXPECT_EQ(price_of({{1, Price{650}, Tonnes{12}, 0}, {2, Price{610}, Tonnes{8}, 0}, {3, Price{590}, Tonnes{90}, 0}}), (P{600, 5})) << "20 wanted at 6.00 or more: 5 from the reserve, at the trigger";
  EXPECT_EQ(price_of({{1, Price{650}, Tonnes{15}, 0}, {3, Price{590}, Tonnes{90}, 0}}), (P{650, 0})) << "what is wanted at 6.00 is there without the reserve";
  EXPECT_EQ(price_of({{1, Price{590}, Tonnes{90}, 0}}), (P{590, 0}));
}

TEST(Auction, WhatIsWithheldBelowAPriceIsAStepAtThatPrice) {
  // 20 t, of which 5 only at 7.00 or more.
  const Steps supply{{Price{238}, Tonnes{15}, base}, {Price{700}, Tonnes{5}, base}};
  AuctionResult r = clear_auction(supply, {}, Bids{{1, Price{500}, Tonnes{30}, 0}});
  EXPECT_EQ(r.sold, Tonnes{15});
  EXPECT_EQ(r.price, Price{500});
  r = clear_auction(supply, {}, Bids{{1, Price{900}, Tonnes{18}, 0}, {2, Price{500}, Tonnes{30}, 0}});
  EXPECT_EQ(r.sold, Tonnes{18}) << "the price is held at 7.00 by withholding 2";
  EXPECT_EQ(r.price, Price{700});
}

TEST(Auction, TiersAreSoldAtTheirOwnPrices) {
  AuctionRules rules;
  rules.kind = AuctionKind::fixed_price;
  const Steps tiers{{Price{4140}, Tonnes{10}, reserve}, {Price{5320}, Tonnes{10}, reserve}};
  // All want the first tier, two pay for the second.
  const Bids bids{{1, Price{6500}, Tonnes{12}, 0}, {2, Price{5320}, Tonnes{4}, 1}, {3, Price{4200}, Tonnes{4}, 2}};
  const AuctionResult r = clear_auction(tiers, rules, bids);
  EXPECT_EQ(given(r, 3), (std::vector<std::int64_t>{12, 4, 2})) << "first tier 6, 2, 2; second 6, 2 and nobody else";
  EXPECT_EQ(r.revenue, Cash{10 * 4140 + 8 * 5320});
}

TEST(Auction, NobodyBuysMoreThanTheLimit) {
  AuctionRules rules;
  rules.most_covered = Tonnes{25};
  rules.most_other = Tonnes{4};
  const Bids bids{{1, Price{3000}, Tonnes{20}, 0}, {1, Price{2900}, Tonnes{20}, 0}, {2, Price{2800}, Tonnes{50}, 0, false}, {3, Price{1000}, Tonnes{90}, 0}};
  const AuctionResult r = clear_auction(Steps{{Price{500}, Tonnes{100}, base}}, rules, bids);
  EXPECT_EQ(given(r, 4), (std::vector<std::int64_t>{20, 5, 4, 25})) << "a bidder's best bids count first";
  EXPECT_EQ(r.price, Price{500}) << "54 t are wanted of 100";
}

TEST(Auction, MayBeDeclined) {
  AuctionRules rules;
  rules.confidential = Price{6000};
  const Steps supply{{Price{1}, Tonnes{100}, base}};
  AuctionResult r = clear_auction(supply, rules, Bids{{1, Price{7000}, Tonnes{60}, 0}, {2, Price{5900}, Tonnes{60}, 0}});
  EXPECT_TRUE(r.declined) << "New Zealand: it would clear at 59.00, below the confidential 60.00";
  EXPECT_EQ(r.sold, Tonnes{});
  EXPECT_TRUE(r.awards.empty());
  r = clear_auction(supply, rules, Bids{{1, Price{7000}, Tonnes{60}, 0}, {2, Price{6000}, Tonnes{60}, 0}});
  EXPECT_FALSE(r.declined);
  EXPECT_EQ(r.price, Price{6000});
  rules = {};
  rules.all_or_nothing = true;
  EXPECT_TRUE(clear_auction(supply, rules, Bids{{1, Price{7000}, Tonnes{99}, 0}}).declined) << "bids do not cover what is offered";
  EXPECT_FALSE(clear_auction(supply, rules, Bids{{1, Price{7000}, Tonnes{100}, 0}}).declined);
}

TEST(Auction, WithoutBidsNothingIsSold) {
  const AuctionResult r = clear_auction(Steps{{Price{100}, Tonnes{10}, base}}, {}, {});
  EXPECT_EQ(r.sold, Tonnes{});
  EXPECT_EQ(r.price, Price{});
  EXPECT_EQ(r.offered, Tonnes{10});
  EXPECT_EQ(clear_auction({}, {}, {}).offered, Tonnes{});
}

TEST(Auction, RefusesStepsOutOfOrder) {
  EXPECT_THROW(clear_auction(Steps{{Price{200}, Tonnes{1}, base}, {Price{100}, Tonnes{1}, base}}, {}, {}), std::invalid_argument);
}

}  // namespace
}  // namespace tantu
