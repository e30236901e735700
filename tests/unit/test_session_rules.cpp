// The rules of the session one by one, each with a session worked by hand. Prices in hundredths, times in seconds
// after midnight.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/call_price.hpp"
#include "sim/state.hpp"
#include "tests/unit/trading_floor.hpp"

namespace tantu {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t at(int hour, int minute, int seconds = 0) { return (hour * 3600 + minute * 60 + seconds) * second; }

using namespace tests;

/// Accounts 1 to 5 with 10,000 t each; 0 is the exchange's. All rules off but those that a test turns on.
struct Floor : TradingFloor {
  explicit Floor(const ExchangeRules& given, std::int64_t reference = 5000) : TradingFloor(6, 10'000, reference, given) {}
  void open() { TradingFloor::open(&tape); }
  void close() { TradingFloor::close(&tape); }
  void clock(std::int64_t now) {
    MarketCustody accounts = custody();
    exchange.advance(now, rules, accounts, &tape);
  }
  OrderAnswer order(Account a, Side side, std::int64_t price, std::int64_t t, OrderType type = OrderType::limit) {
    return send(a, {side, Price{price}, Tonnes{t}, type});
  }
  Rejection buy(Account a, std::int64_t price, std::int64_t t) { return order(a, Side::buy, price, t).rejection; }
  Rejection sell(Account a, std::int64_t price, std::int64_t t) { return order(a, Side::sell, price, t).rejection; }
  Rejection cancel(Account a, std::uint64_t id) {
    MarketCustody accounts = custody();
    return exchange.cancel(a, id, rules, accounts, &tape);
  }
  OrderAnswer replace(Account a, std::uint64_t id, std::int64_t price, std::int64_t t) {
    MarketCustody accounts = custody();
    return exchange.replace(a, id, Price{price}, Tonnes{t}, rules, accounts, &tape);
  }
};

ExchangeRules no_rules() {
  ExchangeRules rules = open_rules();
  rules.short_sale = rules.negative_prices = false;  // a run delivers
  return rules;
}

ExchangeRules with_timetable(std::vector<SessionPart> parts) {
  ExchangeRules rules = no_rules();
  rules.timetable = std::move(parts);
  return rules;
}

// ---- several orders of an account ----

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

// ---- calls ----

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

// ---- interruptions and halts ----

TEST(SessionRules, AStaticCollarInterruptsWithACall) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(15, 0)}});
  rules.static_collar = 0.05;  // 47.50 to 52.50 around 50.00
  rules.interruption = 120 * second;
  Floor f(rules);
  f.open();
  f.clock(at(10, 0));
  f.sell(1, 5200, 10);
  f.sell(2, 5300, 10);
  f.buy(3, 5400, 30);  // 10 at 52.00; the next would trade at 53.00
  EXPECT_EQ(f.tape.trades, (Trades{{3, 1, 5200, 10}}));
  EXPECT_TRUE(f.exchange.is_interrupted());
  EXPECT_EQ(f.exchange.totals().interruptions, 1);
  EXPECT_EQ(f.clearing.frozen(3), Cash{5400 * 20}) << "the rest waits";
  f.sell(4, 5350, 20);
  f.clock(at(10, 1, 59));
  EXPECT_EQ(f.tape.trades.size(), 1u);
  f.clock(at(10, 2));
  // D = 20 up to 54.00; S = 10 from 53.00, 30 from 53.50: 20 t from 53.50 on, 10 of sellers left everywhere: the lowest.
  EXPECT_EQ(f.tape.trades, (Trades{{3, 1, 5200, 10}, {3, 2, 5350, 10}, {3, 4, 5350, 10}}));
  EXPECT_FALSE(f.exchange.is_interrupted());
  // The call's price is the new static reference: 50.825 to 56.175, rounded inward.
  f.buy(5, 5600, 10);
  EXPECT_EQ(f.tape.trades.back(), std::make_tuple(5u, 4u, std::int64_t{5350}, std::int64_t{10}));
  f.sell(1, 5620, 10);
  f.buy(5, 5620, 10);
  EXPECT_TRUE(f.exchange.is_interrupted()) << "56.20 is above 56.17";
  f.close();
  EXPECT_EQ(f.tape.trades.back(), std::make_tuple(5u, 1u, std::int64_t{5620}, std::int64_t{10})) << "at the close the call trades";
  f.expect_books_close();
}

TEST(SessionRules, ADynamicCollarLiesAroundTheLastTrade) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(15, 0)}});
  rules.dynamic_collar = 0.02;  // 49.00 to 51.00 at first
  Floor f(rules);
  f.open();
  f.clock(at(10, 0));
  f.sell(1, 5100, 10);
  f.buy(2, 5100, 10);  // at the collar: trades; now 49.98 to 52.02
  f.sell(1, 5200, 10);
  f.buy(2, 5200, 10);
  EXPECT_EQ(f.tape.trades.size(), 2u);
  f.sell(1, 5400, 10);
  EXPECT_FALSE(f.exchange.is_interrupted());
  f.buy(2, 5350, 10);  // beyond the collar, but it meets nobody: it rests
  EXPECT_FALSE(f.exchange.is_interrupted());
  f.order(3, Side::buy, 0, 5, OrderType::market);  // would trade at 54.00
  EXPECT_TRUE(f.exchange.is_interrupted());
  EXPECT_EQ(f.tape.trades.size(), 2u) << "what is left of a market order is discarded";
  EXPECT_EQ(f.exchange.book().open_quantity(Side::buy), Tonnes{10});
}

TEST(SessionRules, HaltsByScheduleAndByMessage) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(15, 0)}});
  rules.halts = {{ScheduledHalt::every_day, at(10, 0), at(10, 30)}, {day_of(2021, 7, 20).number, at(11, 0), at(12, 0)}};
  Floor f(rules);
  f.open();
  f.clock(at(9, 30));
  const OrderAnswer resting = f.order(1, Side::buy, 4900, 10);
  f.clock(at(10, 5));
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::halted);
  EXPECT_EQ(f.replace(1, resting.order, 4950, 10).rejection, Rejection::halted);
  EXPECT_EQ(f.cancel(1, resting.order), Rejection::none) << "cancellations are taken";
  f.clock(at(10, 30));
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::none);
  f.clock(at(11, 30));
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::none) << "that halt is of the next day";
  MarketCustody accounts(f.registry, f.clearing, 0);
  f.exchange.halt(&f.tape);
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::halted);
  f.exchange.resume(f.rules, accounts, &f.tape);
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::none);
  EXPECT_EQ(f.exchange.totals().halts, 2);
  f.close();
  f.open();
  f.clock(at(11, 30));
  EXPECT_EQ(f.sell(2, 4900, 10), Rejection::halted);
}

// ---- outside the book ----

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

// ---- what leaves an order untraded ----

/// (order, quantity) of each lapse that the tape tells.
std::vector<std::pair<std::uint64_t, std::int64_t>> lapses(const Floor& f) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> found;
  for (const OrderRecord& o : f.tape.orders)
    if (o.message == MessageKind::lapse) found.emplace_back(o.order, o.quantity.count);
  return found;
}
using Lapses = std::vector<std::pair<std::uint64_t, std::int64_t>>;

TEST(SessionRules, TheTapeTellsWhatAListedAgreementDoesNotReach) {
  ExchangeRules rules = no_rules();
  rules.matching = Matching::listed_agreement;
  Floor f(rules);
  f.open();
  for (std::int64_t level = 0; level < 6; ++level) f.sell(1, 5000 + level, 10);
  // Of 100 t, 50 trade at the five best prices; a sixth would cross, so that the other 50 cannot rest.
  const OrderAnswer taken = f.order(2, Side::buy, 5100, 100);
  EXPECT_EQ(taken.filled, Tonnes{50});
  EXPECT_EQ(lapses(f), (Lapses{{taken.order, 50}}));
  const OrderAnswer rests = f.order(2, Side::buy, 4900, 30);
  EXPECT_EQ(f.replace(2, rests.order, 5100, 30).open, Tonnes{20}) << "the last 10 t on offer, and the rest waits";
  EXPECT_EQ(lapses(f).size(), 1u) << "what rests does not lapse";
}

TEST(SessionRules, TheTapeTellsWhatIsLostToAnOwnOrder) {
  // An offer of 60 t rests; 100 t are bid by the same account.
  const auto lost = [](SelfTrade rule) {
    ExchangeRules rules = no_rules();
    rules.self_trade = rule;
    Floor f(rules);
    f.open();
    f.sell(1, 5000, 60);   // order 1
    f.order(1, Side::buy, 5000, 100);  // order 2
    return lapses(f);
  };
  EXPECT_EQ(lost(SelfTrade::cancel_newest), (Lapses{{2, 100}}));
  EXPECT_EQ(lost(SelfTrade::cancel_oldest), (Lapses{{1, 60}}));
  EXPECT_EQ(lost(SelfTrade::cancel_both), (Lapses{{1, 60}, {2, 100}}));
  EXPECT_EQ(lost(SelfTrade::decrement), (Lapses{{1, 60}, {2, 60}})) << "40 t rest";
  EXPECT_EQ(lost(SelfTrade::allow), Lapses{});
}

TEST(SessionRules, TheTapeTellsWhatIsLostInACall) {
  ExchangeRules rules = with_timetable({{SessionPhase::call, at(9, 0), at(9, 10)}});
  rules.self_trade = SelfTrade::cancel_newest;
  Floor f(rules);
  f.open();
  f.clock(at(9, 0));
  f.sell(1, 5000, 60);
  f.buy(1, 5000, 100);
  f.clock(at(9, 10));
  EXPECT_EQ(f.tape.trades, Trades{});
  EXPECT_EQ(lapses(f), (Lapses{{2, 60}, {1, 60}}));
}

// ---- who may ----

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

TEST(SessionRules, FeesAreRoundedHalfUpOnceASide) {
  ExchangeRules rules = no_rules();
  rules.fees.taker = 500'000;   // 0.05%
  rules.fees.maker = -100'000;  // 0.01% back
  rules.fees.per_tonne = 250'000'000;  // 0.0025 a tonne
  Floor f(rules);
  f.open();
  f.sell(1, 5000, 30);
  f.buy(2, 5000, 30);
  // 150,000: taker 75 + 7.5 = 82.5, up to 83; maker -15 + 7.5 = -7.5, half up to -7.
  EXPECT_EQ(f.cash(2), -150'000 - 83);
  EXPECT_EQ(f.cash(1), 150'000 + 7);
  EXPECT_EQ(f.cash(0), 83 - 7) << "the exchange's account";
  EXPECT_EQ(f.exchange.totals().fees, Cash{76});
  f.rules.fees = {0, 0, 0, Cash{100}};
  f.sell(1, 5000, 1);
  f.buy(2, 5000, 1);
  EXPECT_EQ(f.cash(0), 76 + 200) << "the least fee, of either side";
  f.expect_books_close();
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

TEST(SessionRules, HowFarAMarketMakerMeetsItsObligation) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(10, 0)}, {SessionPhase::continuous, at(13, 0), at(14, 0)}});
  rules.maker_spread = 0.02;  // 1.00 around 50.00
  rules.maker_size = Tonnes{100};
  Floor f(rules);
  f.exchange.appoint_maker(1);
  f.open();
  f.clock(at(9, 0));
  f.buy(1, 4950, 100);
  f.clock(at(9, 12));                                 // 12 minutes with a bid alone
  const OrderAnswer ask = f.order(1, Side::sell, 5050, 60);
  f.clock(at(9, 20));                                 // too small for 8 minutes
  f.sell(1, 5050, 40);
  f.clock(at(9, 50));                                 // 30 minutes as obliged
  f.buy(2, 5050, 10);                                 // 90 t are left: too small
  f.clock(at(13, 0));                                 // 10 minutes, and a break that does not count
  f.replace(1, ask.order, 5050, 60);                  // 50 to 60: 100 t again
  f.clock(at(13, 15));                                // 15 minutes as obliged
  f.sell(2, 4950, 1);                                 // the bid is too small
  f.close();
  const MakerPresence& maker = f.exchange.makers()[0];
  EXPECT_EQ(maker.total, 120 * 60 * second);
  EXPECT_EQ(maker.present, 45 * 60 * second);
  EXPECT_EQ(f.exchange.totals().maker_present, maker.present);
}

// ---- instruments ----

TEST(Instruments, TwoPhasesHaveTwoPricesAtOnceAndOffsetsABookOfTheirOwn) {
  // 2007: allowances of the phase that ends are nearly worthless while those of the next one are dear.
  Registry registry(3);
  Clearing clearing(3);
  const UnitIndex first = registry.unit({UnitType::allowance, 0, 2007}), second = registry.unit({UnitType::allowance, 0, 2008}),
                  offset = registry.unit({UnitType::offset, 3, 2006}), other = registry.unit({UnitType::offset, 4, 2006});
  registry.issue(1, first, Tonnes{100});
  registry.issue(1, second, Tonnes{50});
  registry.issue(1, offset, Tonnes{20});
  registry.issue(1, other, Tonnes{5});
  const std::vector<Instrument> instruments = {
      {UnitType::allowance, Instrument::any_origin, 2005, 2007}, {UnitType::allowance, Instrument::any_origin, 2008, 2012}, {UnitType::offset, 3}};
  const ExchangeRules rules = no_rules();
  Listener tape;
  const std::int64_t price[] = {10, 2100, 1700}, held[] = {100, 50, 20};
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    Exchange exchange(3, Price{price[i]}, true, instruments[i]);
    MarketCustody accounts(registry, clearing, 0, exchange.instrument());
    exchange.open(day_of(2007, 6, 1), rules, accounts, &tape);
    EXPECT_EQ(exchange.free(registry, 1, rules), Tonnes{held[i]});
    EXPECT_EQ(exchange.submit(1, {Side::sell, Price{price[i]}, Tonnes{held[i] + 1}}, rules, accounts, &tape).rejection, Rejection::not_covered_allowances)
        << "units of other instruments do not cover it";
    exchange.submit(1, {Side::sell, Price{price[i]}, Tonnes{10}}, rules, accounts, &tape);
    exchange.submit(2, {Side::buy, Price{price[i]}, Tonnes{10}}, rules, accounts, &tape);
    exchange.close(rules, accounts, &tape);
    EXPECT_EQ(exchange.reference(), Price{price[i]});
  }
  EXPECT_EQ(tape.trades, (Trades{{2, 1, 10, 10}, {2, 1, 2100, 10}, {2, 1, 1700, 10}}));
  for (const UnitIndex u : {first, second, offset}) EXPECT_EQ(registry.holding(2, u), Tonnes{10});
  EXPECT_EQ(registry.holding(2, other), Tonnes{});
  EXPECT_EQ(registry.imbalance(), std::nullopt);
  EXPECT_EQ(clearing.total(), Cash{});
  Exchange all(3, Price{2000});
  MarketCustody accounts(registry, clearing, 0, all.instrument());
  EXPECT_EQ(all.free(registry, 1, rules), Tonnes{130}) << "allowances of all vintages, no offsets";
}

// ---- saved and forked ----

TEST(SessionRules, SavedInTheMiddleOfAnInterruptionItGoesOnIdentically) {
  ExchangeRules rules = with_timetable({{SessionPhase::call, at(9, 0), at(9, 30)}, {SessionPhase::continuous, at(9, 30), at(15, 0)}});
  rules.static_collar = 0.05;
  rules.dynamic_collar = 0.03;
  rules.fees.taker = 1'000'000;
  rules.maker_spread = 0.05;
  rules.one_way_least = Tonnes{1};
  const auto before = [&](Floor& f) {
    f.exchange.appoint_maker(1);
    f.open();
    f.clock(at(9, 10));
    f.buy(1, 5000, 100);
    f.sell(1, 5100, 100);
    f.sell(2, 4990, 30);
    f.clock(at(9, 40));
    MarketCustody accounts(f.registry, f.clearing, 0);
    f.exchange.call_bids(2, Side::sell, Price{4000}, Tonnes{50}, f.rules, accounts, &f.tape);
    f.exchange.bid(3, no_order, Price{4100}, Tonnes{20}, f.rules, accounts, &f.tape);
    f.buy(4, 5300, 300);
    f.sell(5, 5290, 20);
  };
  const auto after = [&](Floor& f) {
    f.clock(at(9, 44));
    f.sell(3, 5200, 40);
    f.clock(at(14, 0));
    f.buy(5, 5290, 5);
    f.close();
  };
  Floor straight(rules), stopped(rules), resumed(rules);
  before(straight);
  after(straight);
  before(stopped);
  StateWriter writer;
  stopped.visit_state(writer);
  const std::vector<std::byte> bytes = std::move(writer).take();
  StateReader reader(bytes);
  resumed.visit_state(reader);
  EXPECT_TRUE(reader.finished());
  resumed.today = stopped.today;
  resumed.tape.trades = stopped.tape.trades;
  after(resumed);
  EXPECT_EQ(resumed.tape.trades, straight.tape.trades);
  EXPECT_GT(straight.tape.trades.size(), 3u);
  EXPECT_EQ(state_hash(resumed), state_hash(straight));
}

}  // namespace
}  // namespace tantu
