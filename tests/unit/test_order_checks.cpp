// What an order must pass before it trades: limits of position, group, size, price and cash, and how many messages an
// account may send. Prices in hundredths.
#include <gtest/gtest.h>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(SessionRules, PositionAndGroupLimits) {
  ExchangeRules rules = no_rules();
  rules.position_limit = Tonnes{10'100};
  rules.group_limit = Tonnes{20'150};
  Floor f(rules);
  f.exchange.join_group(1, 0);
  f.exchange.join_group(2, 0);
  f.open();
  EXPECT_EQ(f.buy(3, 4900, 101), Rejection::position_limit) << "10,000 held";
  EXPECT_EQ(f.buy(3, 4900, 60), Rejection::none);
  EXPECT_EQ(f.buy(3, 4800, 41), Rejection::position_limit) << "60 bid for already";
  EXPECT_EQ(f.buy(3, 4800, 40), Rejection::none);
  EXPECT_EQ(f.buy(1, 4900, 100), Rejection::none);
  EXPECT_EQ(f.buy(2, 4900, 51), Rejection::group_limit) << "20,000 held, 100 bid for by 1";
  EXPECT_EQ(f.buy(2, 4900, 50), Rejection::none);
  EXPECT_EQ(f.block(4, 1, 4900, 10, TradeKind::negotiated), Rejection::not_taken);
}

TEST(SessionRules, FatFingersOfSizeAndPrice) {
  ExchangeRules rules = no_rules();
  rules.value_most = Cash{5'000'000};  // 50,000.00
  rules.price_away = 0.50;
  Floor f(rules);
  f.open();
  EXPECT_EQ(f.buy(1, 5000, 1001), Rejection::too_dear) << "50,050.00";
  EXPECT_EQ(f.buy(1, 5000, 1000), Rejection::none);
  EXPECT_EQ(f.buy(1, 7501, 1), Rejection::price_away) << "more than half above 50.00";
  EXPECT_EQ(f.buy(1, 2499, 1), Rejection::price_away);
  f.sell(2, 7500, 10);
  f.buy(3, 7500, 10);  // trades at 50.00 with 1
  f.sell(2, 7500, 10);
  EXPECT_EQ(f.tape.trades.size(), 1u);
  EXPECT_EQ(f.order(3, Side::buy, 0, 1001, OrderType::market).rejection, Rejection::too_dear) << "at the last price";
}

TEST(SessionRules, CashCoversOrdersAndTheirFees) {
  ExchangeRules rules = no_rules();
  rules.credit = Cash{500'000};
  rules.fees.taker = 1'000'000;  // a thousandth
  Floor f(rules);
  f.open();
  EXPECT_EQ(f.buy(1, 5000, 100), Rejection::not_covered_cash) << "5,000.00 and 5.00 of fees";
  EXPECT_EQ(f.buy(1, 5000, 99), Rejection::none);
}

TEST(SessionRules, ThrottleAndOrderToTradeRatio) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(15, 0)}});
  rules.messages_per_second = 2;
  Floor f(rules);
  f.open();
  f.clock(at(10, 0));
  EXPECT_EQ(f.buy(1, 4000, 1), Rejection::none);
  EXPECT_EQ(f.buy(1, 4000, 1), Rejection::none);
  EXPECT_EQ(f.buy(1, 4000, 1), Rejection::throttled);
  EXPECT_EQ(f.buy(2, 4000, 1), Rejection::none) << "another account";
  f.clock(at(10, 0, 1));
  EXPECT_EQ(f.buy(1, 4000, 1), Rejection::none) << "the next second";

  ExchangeRules ratio = no_rules();
  ratio.order_to_trade = 3;
  ratio.order_to_trade_free = 4;
  Floor g(ratio);
  g.open();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(g.buy(1, 4000, 1), Rejection::none);
  EXPECT_EQ(g.buy(1, 4000, 1), Rejection::order_to_trade) << "the fifth message, no trade: 3 are allowed, 4 are free";
  g.sell(2, 4000, 2);  // two trades of 1: six messages are allowed, and this is the sixth
  EXPECT_EQ(g.buy(1, 4000, 1), Rejection::none);
  EXPECT_EQ(g.buy(1, 4000, 1), Rejection::order_to_trade);
  g.close();
  g.open();
  EXPECT_EQ(g.buy(1, 4000, 1), Rejection::none) << "every day begins anew";
}

}  // namespace
}  // namespace tantu
