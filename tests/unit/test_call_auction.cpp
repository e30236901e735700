// Call auctions: the price by tables worked by hand, the calls of a session's timetable, and the close. Prices in hundredths.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/call_price.hpp"
#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

struct CallCase {
  std::string what;
  std::vector<std::pair<std::int64_t, std::int64_t>> bids, asks;  // price, quantity
  std::int64_t reference, price, volume, imbalance;
};

TEST(CallAuction, HandWorkedTables) {
  const std::vector<CallCase> cases = {
      // At 5000: D = 100 + 50 = 150, S = 80 + 40 = 120, volume 120. At 4990: D 150, S 80. At 5010: D 100, S 120: 100.
      {"largest volume", {{5010, 100}, {5000, 50}}, {{4990, 80}, {5000, 40}}, 4000, 5000, 120, 30},
      // One bid and one ask of 100: every price from 4990 to 5010 trades 100 and leaves nothing. The reference decides.
      {"reference between", {{5010, 100}}, {{4990, 100}}, 5003, 5003, 100, 0},
      {"reference below", {{5010, 100}}, {{4990, 100}}, 4000, 4990, 100, 0},
      {"reference above", {{5010, 100}}, {{4990, 100}}, 6000, 5010, 100, 0},
      // Volume is 100 from 4990 to 5010; D - S is 50 up to 5000 and 0 above: least imbalance from 5001 on.
      {"least imbalance", {{5010, 100}, {5000, 50}}, {{4990, 100}}, 4000, 5001, 100, 0},
      // Volume 100, imbalance 50 of buyers at every price from 4990 to 5010: the highest.
      {"pressure of buyers", {{5010, 150}}, {{4990, 100}}, 4000, 5010, 100, 50},
      // The same with 50 of sellers: the lowest.
      {"pressure of sellers", {{5010, 100}}, {{4990, 150}}, 6000, 4990, 100, -50},
      // D = 150 up to 5000, 100 above; S = 100 below 5000... at 5000 and below D - S = +30 or -30 do not occur with
      // one sign: bids 100 at 5010, 60 at 5000; asks 130 at 4990. D - S is 30 up to 5000 and -30 above, volume 130 up to
      // 5000 and 100 above: volume decides, buyers are left, hence the highest of 4990 to 5000.
      {"volume before imbalance", {{5010, 100}, {5000, 60}}, {{4990, 130}}, 4000, 5000, 130, 30},
  };
  for (const CallCase& c : cases) {
    OrderBook book(IdLookup::on);
    std::uint64_t id = 0;
    for (const auto& [price, quantity] : c.bids) book.collect({++id, 1, Side::buy, OrderType::limit, Price{price}, Tonnes{quantity}, {}, good_till_cancelled});
    for (const auto& [price, quantity] : c.asks) book.collect({++id, 2, Side::sell, OrderType::limit, Price{price}, Tonnes{quantity}, {}, good_till_cancelled});
    const auto found = call_price(book, Price{c.reference}, Price{1});
    ASSERT_TRUE(found) << c.what;
    EXPECT_EQ(found->price.count, c.price) << c.what;
    EXPECT_EQ(found->volume.count, c.volume) << c.what;
    EXPECT_EQ(found->imbalance.count, c.imbalance) << c.what;
    EXPECT_EQ(book.uncross(found->price, [](const AuctionFill&) {}), Tonnes{c.volume}) << c.what;
    EXPECT_FALSE(book.best_bid() && book.best_ask() && *book.best_bid() >= *book.best_ask()) << c.what << ": still crossed";
  }
  OrderBook apart(IdLookup::on);
  apart.collect({1, 1, Side::buy, OrderType::limit, Price{4990}, Tonnes{1}, {}, good_till_cancelled});
  apart.collect({2, 2, Side::sell, OrderType::limit, Price{5000}, Tonnes{1}, {}, good_till_cancelled});
  EXPECT_FALSE(call_price(apart, Price{5000}, Price{1})) << "nothing crosses";
}

TEST(CallAuction, TheReferenceIsRoundedToTheTick) {
  OrderBook book(IdLookup::on);
  book.collect({1, 1, Side::buy, OrderType::limit, Price{5100}, Tonnes{1}, {}, good_till_cancelled});
  book.collect({2, 2, Side::sell, OrderType::limit, Price{4900}, Tonnes{1}, {}, good_till_cancelled});
  EXPECT_EQ(call_price(book, Price{5012}, Price{25})->price, Price{5000});
  EXPECT_EQ(call_price(book, Price{5013}, Price{25})->price, Price{5025}) << "12.5 is half a tick: up";
}

TEST(SessionRules, OpeningCallContinuousTradingBreakAndClosingCall) {
  ExchangeRules rules = with_timetable({{SessionPhase::call, at(9, 15), at(9, 25)}, {SessionPhase::continuous, at(9, 30), at(11, 30)},
                                        {SessionPhase::continuous, at(13, 0), at(14, 57)}, {SessionPhase::call, at(14, 57), at(15, 0)}});
  rules.close_by = CloseBy::call;
  Floor f(rules);
  f.open();
  f.clock(at(9, 0));
  EXPECT_EQ(f.buy(1, 5000, 10), Rejection::not_open) << "before the call";
  f.clock(at(9, 16));
  f.buy(1, 5010, 100);
  f.buy(2, 5000, 50);
  f.sell(3, 4990, 80);
  f.sell(4, 5000, 40);
  EXPECT_EQ(f.order(5, Side::buy, 5010, 5, OrderType::immediate_or_cancel).rejection, Rejection::in_call);
  EXPECT_EQ(f.order(5, Side::buy, 0, 5, OrderType::market).rejection, Rejection::in_call);
  EXPECT_TRUE(f.tape.trades.empty());
  f.clock(at(9, 26));  // the call has ended: 120 t at 50.00, as in the first table
  EXPECT_EQ(f.tape.trades, (Trades{{1, 3, 5000, 80}, {1, 4, 5000, 20}, {2, 4, 5000, 20}}));
  EXPECT_EQ(f.tape.last.time, at(9, 25));
  EXPECT_EQ(f.tape.last.kind, TradeKind::call);
  EXPECT_EQ(f.cash(1), -5000 * 100) << "all pay the call's price, not their limit";
  EXPECT_EQ(f.clearing.frozen(1), Cash{});
  EXPECT_EQ(f.clearing.frozen(2), Cash{5000 * 30}) << "30 t of the bid are left";
  EXPECT_EQ(f.sell(5, 5000, 10), Rejection::not_open) << "between the call and trading";
  f.clock(at(10, 0));
  f.sell(5, 5000, 10);
  EXPECT_EQ(f.tape.trades.back(), std::make_tuple(2u, 5u, std::int64_t{5000}, std::int64_t{10}));
  f.clock(at(12, 0));
  EXPECT_EQ(f.buy(1, 5000, 10), Rejection::not_open) << "the break at noon";
  f.clock(at(14, 58));
  EXPECT_EQ(f.buy(1, 5100, 20), Rejection::none);
  EXPECT_EQ(f.sell(3, 5050, 20), Rejection::none);
  const std::size_t before = f.tape.trades.size();
  EXPECT_EQ(before, 4u);
  f.close();
  // Every price from 50.50 to 51.00 trades 20 and leaves nothing; nearest to the last trade, 50.00: 50.50.
  EXPECT_EQ(f.tape.trades.back(), std::make_tuple(1u, 3u, std::int64_t{5050}, std::int64_t{20}));
  EXPECT_EQ(f.exchange.totals().close, Price{5050}) << "the price of the last call is the close";
  EXPECT_EQ(f.exchange.totals().call, Tonnes{140});
  EXPECT_EQ(f.exchange.totals().listed, Tonnes{150});
  f.expect_books_close();
}

TEST(SessionRules, TheCloseMayBeTheLastTrade) {
  for (const auto& [by, close] : {std::pair{CloseBy::average, 5025}, {CloseBy::last, 5050}, {CloseBy::call, 5050}}) {
    ExchangeRules rules = no_rules();
    rules.close_by = by;
    Floor f(rules);
    f.open();
    f.sell(1, 5000, 10);
    f.buy(2, 5000, 10);
    f.sell(1, 5050, 10);
    f.buy(2, 5050, 10);
    f.close();
    EXPECT_EQ(f.exchange.reference(), Price{close}) << "without a call the last trade stands for it";
  }
}

TEST(SessionRules, InACallAnAccountLosesWhatItWouldTradeWithItself) {
  ExchangeRules rules = with_timetable({{SessionPhase::call, at(9, 0), at(10, 0)}});
  rules.self_trade = SelfTrade::decrement;
  Floor f(rules);
  f.open();
  f.clock(at(9, 1));
  f.buy(1, 5000, 30);
  f.sell(1, 5000, 20);
  f.sell(2, 5000, 15);
  f.clock(at(10, 0));
  // 1's bid of 30 meets its own 20 first: both lose 20. Then 10 of it trade with 2.
  EXPECT_EQ(f.tape.trades, (Trades{{1, 2, 5000, 10}}));
  EXPECT_EQ(f.exchange.totals().self_trades_prevented, Tonnes{20});
  EXPECT_EQ(f.clearing.frozen(1), Cash{});
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{10'010});
}

}  // namespace
}  // namespace tantu
