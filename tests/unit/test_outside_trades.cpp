// What trades outside the book: blocks, negotiated trades and one-way calls for bids. Prices in hundredths.
#include <gtest/gtest.h>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(SessionRules, BlocksHaveHoursOfTheirOwn) {
  // Blocks from 13:00 to 15:00, both included; negotiated trades at any time.
  ExchangeRules rules = no_rules();
  rules.timetable = {{SessionPhase::continuous, at(9, 30), at(11, 30)}, {SessionPhase::continuous, at(13, 0), at(15, 0)}};
  rules.block_least = rules.negotiated_least = Tonnes{100};
  rules.block_from = at(13, 0);
  rules.block_until = at(15, 0);
  Floor f(rules);
  f.open();
  f.clock(at(10, 0));
  EXPECT_EQ(f.block(1, 2, 5000, 100), Rejection::not_open) << "at 10:00";
  EXPECT_EQ(f.block(1, 2, 5000, 100, TradeKind::negotiated), Rejection::none) << "at 10:00";
  f.clock(at(13, 0) - 1);
  EXPECT_EQ(f.block(1, 2, 5000, 100), Rejection::not_open) << "a nanosecond before 13:00";
  f.clock(at(13, 0));
  EXPECT_EQ(f.block(1, 2, 5000, 100), Rejection::none) << "at 13:00";
  f.close();
  EXPECT_EQ(f.block(1, 2, 5000, 100), Rejection::none) << "at the close, 15:00";
}

TEST(SessionRules, NegotiatedTradesHaveTheirOwnSizeAndBand) {
  ExchangeRules rules = no_rules();
  rules.negotiated_least = Tonnes{100};
  rules.negotiated_limit = 0.10;
  Floor f(rules);
  f.open();
  EXPECT_EQ(f.block(1, 2, 4500, 99, TradeKind::negotiated), Rejection::too_small);
  EXPECT_EQ(f.block(1, 2, 4499, 100, TradeKind::negotiated), Rejection::outside_limits) << "10% below 50.00 is 45.00";
  EXPECT_EQ(f.block(1, 1, 4500, 100, TradeKind::negotiated), Rejection::same_account);
  EXPECT_EQ(f.block(1, 2, 4500, 10'001, TradeKind::negotiated), Rejection::not_covered_allowances);
  EXPECT_EQ(f.block(1, 2, 4500, 100, TradeKind::block), Rejection::not_taken) << "there is no block market";
  EXPECT_EQ(f.block(1, 2, 4500, 100, TradeKind::negotiated), Rejection::none);
  EXPECT_EQ(f.held(2), 10'100);
  EXPECT_EQ(f.cash(1), 450'000);
  f.close();
  EXPECT_EQ(f.exchange.totals().negotiated, Tonnes{100});
  EXPECT_EQ(f.exchange.reference(), Price{5000}) << "it does not move the close";
}

TEST(SessionRules, AOneWayCallSellsToTheBestBids) {
  for (const OneWayPricing pricing : {OneWayPricing::own_bid, OneWayPricing::uniform}) {
    ExchangeRules rules = no_rules();
    rules.one_way_least = Tonnes{100};
    rules.one_way_limit = 0.20;  // 40.00 to 60.00
    rules.one_way_pricing = pricing;
    Floor f(rules);
    f.open();
    MarketCustody accounts(f.registry, f.clearing, 0);
    const auto bid = [&](Account a, std::int64_t price, std::int64_t t) { return f.exchange.bid(a, no_order, Price{price}, Tonnes{t}, f.rules, accounts, &f.tape); };
    EXPECT_EQ(bid(2, 5000, 10), Rejection::no_one_way_call);
    EXPECT_EQ(f.exchange.call_bids(1, Side::sell, Price{6001}, Tonnes{100}, f.rules, accounts, &f.tape), Rejection::outside_limits);
    EXPECT_EQ(f.exchange.call_bids(1, Side::sell, Price{4800}, Tonnes{99}, f.rules, accounts, &f.tape), Rejection::too_small);
    EXPECT_EQ(f.exchange.call_bids(1, Side::sell, Price{4800}, Tonnes{100}, f.rules, accounts, &f.tape), Rejection::none);
    EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{9'900}) << "what is offered is frozen";
    EXPECT_EQ(bid(2, 4799, 10), Rejection::outside_limits) << "the seller takes 48.00 or more";
    EXPECT_EQ(bid(1, 5000, 10), Rejection::same_account);
    bid(2, 5000, 40);
    bid(3, 5200, 30);
    bid(4, 5000, 50);
    bid(5, 4900, 50);
    f.exchange.end_bids(f.rules, accounts, &f.tape);
    // 100 t: 30 at 52.00, then 40 and 30 of 50 at 50.00 in order of time; the worst accepted bid is 50.00.
    const std::int64_t best = pricing == OneWayPricing::own_bid ? 5200 : 5000;
    EXPECT_EQ(f.tape.trades, (Trades{{3, 1, best, 30}, {2, 1, 5000, 40}, {4, 1, 5000, 30}}));
    for (Account a = 1; a < 6; ++a) EXPECT_EQ(f.clearing.frozen(a), Cash{});
    EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{9'900});
    EXPECT_EQ(f.exchange.totals().one_way, Tonnes{100});
    f.expect_books_close();
  }
}

TEST(SessionRules, AOneWayCallOfABuyerTakesTheCheapestAndEndsAtTheClose) {
  ExchangeRules rules = no_rules();
  rules.one_way_least = Tonnes{1};
  Floor f(rules);
  f.open();
  MarketCustody accounts(f.registry, f.clearing, 0);
  f.exchange.call_bids(1, Side::buy, Price{5000}, Tonnes{50}, f.rules, accounts, &f.tape);
  EXPECT_EQ(f.clearing.frozen(1), Cash{250'000});
  EXPECT_EQ(f.exchange.bid(2, no_order, Price{5001}, Tonnes{10}, f.rules, accounts, &f.tape), Rejection::outside_limits);
  f.exchange.bid(2, no_order, Price{4900}, Tonnes{30}, f.rules, accounts, &f.tape);
  f.exchange.bid(3, no_order, Price{4800}, Tonnes{30}, f.rules, accounts, &f.tape);
  f.close();
  EXPECT_EQ(f.tape.trades, (Trades{{1, 3, 4800, 30}, {1, 2, 4900, 20}}));
  EXPECT_EQ(f.clearing.frozen(1), Cash{});
}

}  // namespace
}  // namespace tantu
