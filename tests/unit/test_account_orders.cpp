// The orders of one account: several at once, replaced, of every type, in lots, and met by its own. Prices in hundredths.
#include <gtest/gtest.h>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(SessionRules, AnAccountHoldsBothSidesAndSeveralPrices) {
  Floor f(no_rules());
  f.open();
  const OrderAnswer bid = f.order(1, Side::buy, 4900, 100), lower = f.order(1, Side::buy, 4800, 100), ask = f.order(1, Side::sell, 5100, 300);
  EXPECT_EQ(f.exchange.book().size(), 3u);
  EXPECT_EQ(f.clearing.frozen(1), Cash{4900 * 100 + 4800 * 100});
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{9'700});
  EXPECT_EQ(f.cancel(2, lower.order), Rejection::unknown_order) << "another account's order";
  EXPECT_EQ(f.cancel(1, lower.order), Rejection::none);
  EXPECT_EQ(f.cancel(1, lower.order), Rejection::unknown_order);
  f.sell(2, 4900, 40);
  f.buy(3, 5100, 100);
  EXPECT_EQ(f.tape.trades, (Trades{{1, 2, 4900, 40}, {3, 1, 5100, 100}}));
  EXPECT_EQ(f.clearing.frozen(1), Cash{4900 * 60});
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{10'000 + 40 - 100 - 200}) << "200 t rest in the offer";
  EXPECT_EQ(f.replace(1, bid.order, 4950, 200).open, Tonnes{200});
  EXPECT_EQ(f.clearing.frozen(1), Cash{4950 * 200});
  EXPECT_EQ(f.replace(1, ask.order, 5100, 150).open, Tonnes{150});
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{9'940 - 150});
  OrderRequest fresh{Side::buy, Price{4700}, Tonnes{10}};
  fresh.replaces = true;
  f.send(1, fresh);
  EXPECT_EQ(f.exchange.book().size(), 1u) << "all that rested leaves for an order that replaces";
  EXPECT_EQ(f.clearing.frozen(1), Cash{47'000});
  f.expect_books_close();
}

TEST(SessionRules, AReplacementKeepsItsPlaceWhereTheQuantityAloneFalls) {
  Floor f(no_rules());
  f.open();
  const OrderAnswer first = f.order(1, Side::sell, 5000, 100);
  f.sell(2, 5000, 100);
  f.replace(1, first.order, 5000, 60);
  f.buy(3, 5000, 60);
  EXPECT_EQ(f.tape.trades, (Trades{{3, 1, 5000, 60}}));
  const OrderAnswer third = f.order(4, Side::sell, 5000, 10);
  EXPECT_EQ(f.replace(4, third.order, 5000, 20).rejection, Rejection::none) << "more: to the back of the queue";
  f.sell(5, 5000, 10);
  f.buy(3, 5000, 125);
  EXPECT_EQ(f.tape.trades, (Trades{{3, 1, 5000, 60}, {3, 2, 5000, 100}, {3, 4, 5000, 20}, {3, 5, 5000, 5}}));
}

TEST(SessionRules, MarketImmediateFillOrKillAndIcebergOrders) {
  Floor f(no_rules());
  f.open();
  f.send(1, {Side::sell, Price{5000}, Tonnes{100}, OrderType::limit, TimeInForce::by_rule, false, Tonnes{30}});  // shows 30
  f.sell(2, 5000, 50);
  EXPECT_EQ(f.exchange.book().level(Side::sell, Price{5000}).shown, Tonnes{80});
  EXPECT_EQ(f.order(3, Side::buy, 5000, 200, OrderType::fill_or_kill).filled, Tonnes{0}) << "150 t are there";
  // 30 of the iceberg, then 2's 50, then the iceberg's next 30, of which 10 are left.
  EXPECT_EQ(f.order(3, Side::buy, 0, 100, OrderType::market).filled, Tonnes{100});
  EXPECT_EQ(f.tape.trades, (Trades{{3, 1, 5000, 30}, {3, 2, 5000, 50}, {3, 1, 5000, 20}}));
  EXPECT_EQ(f.order(3, Side::buy, 5000, 200, OrderType::immediate_or_cancel).filled, Tonnes{50});
  EXPECT_TRUE(f.exchange.book().empty());
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{9'900});
  f.rules.market_orders = false;
  EXPECT_EQ(f.order(3, Side::buy, 0, 1, OrderType::market).rejection, Rejection::market_order);
}

TEST(SessionRules, LotsAndSelfTradesInARun) {
  ExchangeRules rules = no_rules();
  rules.lot = Tonnes{10};
  rules.self_trade = SelfTrade::cancel_oldest;
  Floor f(rules);
  f.open();
  EXPECT_EQ(f.sell(1, 5000, 15), Rejection::off_lot);
  f.sell(1, 5000, 50);
  f.sell(2, 5000, 50);
  f.buy(1, 5000, 30);
  EXPECT_EQ(f.tape.trades, (Trades{{1, 2, 5000, 30}})) << "1's own offer leaves, then 2 sells";
  EXPECT_EQ(f.exchange.free(f.registry, 1, f.rules), Tonnes{10'030});
  EXPECT_EQ(f.exchange.totals().self_trades_prevented, Tonnes{50});
}

}  // namespace
}  // namespace tantu
