// One market's exchange: limits, close, cover, replacement, blocks and orders of several days, with sessions
// worked by hand. Matching itself: tests/unit/test_order_book.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/state.hpp"
#include "tests/unit/trading_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

// Four accounts that hold 1,000 t each. Opens at 48.00 unless the test says otherwise.
struct Floor : TradingFloor {
  explicit Floor(std::int64_t reference = 4800) : TradingFloor(5, 1000, reference, {}) {}
  void open() { TradingFloor::open(nullptr); }
  void withdraw(Account a) {
    MarketCustody accounts = custody();
    exchange.withdraw(a, accounts, &tape);
  }
  void close() {
    TradingFloor::close(nullptr);
    while (weekday_of(today) > 4) today = today + 1;
  }
  Rejection buy(Account a, std::int64_t price, std::int64_t t) { return send(a, Side::buy, price, t); }
  Rejection sell(Account a, std::int64_t price, std::int64_t t) { return send(a, Side::sell, price, t); }
  Rejection send(Account a, Side side, std::int64_t price, std::int64_t t) {
    OrderRequest request{side, Price{price}, Tonnes{t}};
    request.replaces = true;  // as firms do
    return TradingFloor::send(a, request).rejection;
  }
  std::int64_t frozen_cash(Account a) const { return clearing.frozen(a).count; }
  std::int64_t frozen(Account a) const {
    ExchangeRules any_resale = rules;
    any_resale.resale_same_day = true;
    return held(a) - exchange.free(registry, a, any_resale).count;
  }
  std::int64_t free(Account a) const { return exchange.free(registry, a, rules).count; }
  void expect_nothing_frozen(const std::string& when) const {
    for (Account a = 0; a < 5; ++a) {
      EXPECT_EQ(frozen(a), 0) << "allowances of account " << a << " " << when;
      EXPECT_EQ(frozen_cash(a), 0) << "cash of account " << a << " " << when;
    }
    expect_books_close(when);
  }
};

// ---- price limits ----

TEST(PriceLimits, TenPercentAroundTheReferenceRoundedInward) {
  struct Case { std::int64_t reference, low, high; };
  for (const Case& c : {Case{4800, 4320, 5280},    // 43.20 and 52.80: on the tick, nothing to round
                        Case{5123, 4611, 5635},    // 46.107 up, 56.353 down
                        Case{5279, 4752, 5806},    // 47.511 up, 58.069 down
                        Case{9, 9, 9},             // 0.081 up, 0.099 down: no other price is within
                        Case{10, 9, 11},
                        Case{1, 1, 1}}) {
    EXPECT_EQ(lower_limit(Price{c.reference}, 0.10, Price{1}).count, c.low) << "10% below " << c.reference;
    EXPECT_EQ(upper_limit(Price{c.reference}, 0.10, Price{1}).count, c.high) << "10% above " << c.reference;
  }
  // A tick of 0.05 and 30%: 33.63 .. 62.47 holds the multiples 33.65 .. 62.45 (reference 48.05, which is 961 x 0.05).
  EXPECT_EQ(lower_limit(Price{4805}, 0.30, Price{5}), Price{3365});
  EXPECT_EQ(upper_limit(Price{4805}, 0.30, Price{5}), Price{6245});
}

TEST(PriceLimits, AreExactForEveryPriceOfTheRange) {
  // ceil(9 r / 10) and floor(11 r / 10) in integers; r up to where both limits still fit a price.
  const auto check = [](std::int64_t r) {
    ASSERT_EQ(lower_limit(Price{r}, 0.10, Price{1}).count, (9 * r + 9) / 10) << "reference " << r;
    ASSERT_EQ(upper_limit(Price{r}, 0.10, Price{1}).count, std::max<std::int64_t>(11 * r / 10, 1)) << "reference " << r;
    ASSERT_EQ(lower_limit(Price{r}, 0.30, Price{1}).count, (7 * r + 9) / 10) << "reference " << r;
    ASSERT_EQ(upper_limit(Price{r}, 0.30, Price{1}).count, std::max<std::int64_t>(13 * r / 10, 1)) << "reference " << r;
  };
  for (std::int64_t r = 1; r <= 20'000; ++r) check(r);
  for (std::int64_t r = 20'000; r < 1'600'000'000; r += r / 500 + 7) check(r);
}

TEST(Exchange, OrdersOutsideTheLimitsAreRefused) {
  Floor f;
  f.open();
  EXPECT_EQ(f.exchange.limit_low(), Price{4320});
  EXPECT_EQ(f.exchange.limit_high(), Price{5280});
  EXPECT_EQ(f.buy(1, 4319, 10), Rejection::outside_limits);
  EXPECT_EQ(f.buy(1, 4320, 10), Rejection::none);
  EXPECT_EQ(f.sell(2, 5281, 10), Rejection::outside_limits);
  EXPECT_EQ(f.sell(2, 5280, 10), Rejection::none);
  EXPECT_EQ(f.buy(3, 5280, 4), Rejection::none);
  EXPECT_EQ(f.exchange.totals().trades_at_limit, 1);
}

TEST(Exchange, WithoutALimitAnyPriceGoes) {
  Floor f;
  f.rules.price_limit = 0;
  f.open();
  EXPECT_EQ(f.exchange.limit_low(), Price{0}) << "0 says that there is none";
  EXPECT_EQ(f.buy(1, 1, 10), Rejection::none);
  EXPECT_EQ(f.sell(2, 1'000'000, 10), Rejection::none);
}

// ---- the close ----

TEST(Exchange, TheCloseIsTheVolumeWeightedAverageOfListedTrades) {
  Floor f;
  f.open();
  f.sell(1, 4800, 100);
  f.buy(2, 4800, 100);  // 100 t at 48.00
  f.sell(1, 4900, 50);
  f.buy(2, 4900, 50);   // 50 t at 49.00
  f.sell(1, 5001, 50);
  f.buy(2, 5001, 50);   // 50 t at 50.01
  EXPECT_EQ(f.exchange.reference(), Price{4800}) << "the reference holds for the whole session";
  f.close();
  // (480,000 + 245,000 + 250,050) / 200 = 4875.25
  EXPECT_EQ(f.exchange.totals().close, Price{4875});
  EXPECT_EQ(f.exchange.totals().listed_turnover, Cash{975'050});
  EXPECT_EQ(f.exchange.totals().open, Price{4800});
  EXPECT_EQ(f.exchange.totals().high, Price{5001});
  EXPECT_EQ(f.exchange.totals().low, Price{4800});
  EXPECT_EQ(f.exchange.totals().last, Price{5001});
  f.open();
  EXPECT_EQ(f.exchange.limit_low(), Price{4388});   // 43.875 up
  EXPECT_EQ(f.exchange.limit_high(), Price{5362});  // 53.625 down
}

TEST(Exchange, TheCloseRoundsHalvesUp) {
  Floor f;
  f.open();
  f.sell(1, 4800, 10);
  f.buy(2, 4800, 10);
  f.sell(1, 4801, 10);
  f.buy(2, 4801, 10);
  f.close();
  EXPECT_EQ(f.exchange.totals().close, Price{4801}) << "the average is 48.005";
}

TEST(Exchange, ADayWithoutTradesKeepsTheClose) {
  Floor f;
  f.open();
  f.buy(1, 4900, 10);
  f.sell(2, 5000, 10);
  f.close();
  EXPECT_EQ(f.exchange.totals().close, Price{4800});
  EXPECT_EQ(f.exchange.totals().bid, Price{4900});
  EXPECT_EQ(f.exchange.totals().ask, Price{5000});
  EXPECT_EQ(f.exchange.totals().bid_depth, Tonnes{10});
}

TEST(Exchange, QuoteMovesTheReferenceToTheSideThatWaits) {
  struct Case { std::int64_t bid, ask, close; };
  for (const Case& c : {Case{4900, 5000, 4900},    // all would pay more
                        Case{4500, 4600, 4600},    // all would take less
                        Case{4700, 4900, 4800},    // the reference lies between: it stays
                        Case{4900, 0, 4900}, Case{0, 4600, 4600}, Case{0, 4900, 4800}, Case{4700, 0, 4800}, Case{0, 0, 4800}}) {
    Floor f;
    f.rules.reference_without_trade = ReferenceWithoutTrade::quote;
    f.open();
    if (c.bid) f.buy(1, c.bid, 10);
    if (c.ask) f.sell(2, c.ask, 10);
    f.close();
    EXPECT_EQ(f.exchange.totals().close.count, c.close) << "bid " << c.bid << ", ask " << c.ask;
  }
  Floor f;
  f.rules.reference_without_trade = ReferenceWithoutTrade::quote;
  f.open();
  f.sell(1, 4700, 10);
  f.buy(2, 4700, 10);
  f.buy(3, 4900, 10);
  f.close();
  EXPECT_EQ(f.exchange.totals().close, Price{4700}) << "a trade counts, quotes do not";
}

// ---- refusals ----

TEST(Exchange, RefusesWithTheReasonAndChangesNothing) {
  Floor f;
  f.rules.tick = Price{5};
  f.rules.listed_most = Tonnes{500};
  f.rules.credit = Cash{1'000'000};
  EXPECT_EQ(f.buy(1, 4800, 10), Rejection::not_open);
  f.open();
  f.buy(1, 4700, 100);   // rests: 470,000 of the credit of 1,000,000 are frozen
  f.sell(2, 4900, 300);  // rests
  const Tonnes before = f.exchange.book().open_quantity(Side::buy) + f.exchange.book().open_quantity(Side::sell);
  struct Case { Account account; Side side; std::int64_t price, quantity; Rejection why; };
  for (const Case& c : {Case{1, Side::buy, 4800, 0, Rejection::bad_quantity}, Case{1, Side::buy, 4800, -5, Rejection::bad_quantity},
                        Case{1, Side::buy, 4800, 501, Rejection::too_large}, Case{1, Side::buy, 4801, 10, Rejection::off_tick},
                        Case{1, Side::buy, 0, 10, Rejection::off_tick}, Case{1, Side::buy, -5, 10, Rejection::off_tick},
                        Case{1, Side::buy, 4315, 10, Rejection::outside_limits}, Case{2, Side::sell, 5285, 10, Rejection::outside_limits},
                        // 1,000,000 / 4,800 = 208.3
                        Case{1, Side::buy, 4800, 209, Rejection::not_covered_cash}, Case{3, Side::buy, 4800, 209, Rejection::not_covered_cash},
                        Case{0, Side::sell, 4800, 1, Rejection::not_covered_allowances}}) {
    EXPECT_EQ(f.send(c.account, c.side, c.price, c.quantity), c.why)
        << "account " << c.account << (c.side == Side::buy ? " buys " : " sells ") << c.quantity << " at " << c.price << ": want \""
        << rejection_names[static_cast<std::size_t>(c.why)] << '"';
    EXPECT_EQ(f.frozen_cash(1), 470'000);
    EXPECT_EQ(f.frozen(2), 300);
    EXPECT_EQ(f.exchange.best_bid(), Price{4700}) << "the order that rested before has to stay";
    EXPECT_EQ(f.exchange.best_ask(), Price{4900});
    EXPECT_EQ(f.exchange.book().open_quantity(Side::buy) + f.exchange.book().open_quantity(Side::sell), before);
  }
  EXPECT_TRUE(f.tape.trades.empty());
  EXPECT_EQ(f.exchange.totals().orders, 2);
  EXPECT_EQ(f.exchange.totals().rejected, 11);
  EXPECT_EQ(f.exchange.totals().active_accounts, 2) << "a refused order makes nobody active";
  EXPECT_EQ(f.tape.orders.back().rejection, Rejection::not_covered_allowances);
  EXPECT_EQ(f.tape.orders.back().order, 0u) << "a refused order has no number";
}

TEST(Exchange, AnAccountOffersAtMostWhatItHolds) {
  Floor f;
  f.open();
  EXPECT_EQ(f.sell(1, 4900, 1001), Rejection::not_covered_allowances);
  EXPECT_EQ(f.sell(1, 4900, 1000), Rejection::none);
  EXPECT_EQ(f.free(1), 0);
}

TEST(Exchange, WhatIsBoughtTodayIsNotSoldToday) {
  Floor f;
  f.open();
  f.sell(2, 4800, 300);
  f.buy(1, 4800, 300);
  EXPECT_EQ(f.held(1), 1300);
  EXPECT_EQ(f.free(1), 1000);
  EXPECT_EQ(f.sell(1, 4900, 1001), Rejection::not_covered_allowances);
  EXPECT_EQ(f.sell(1, 4900, 1000), Rejection::none);
  f.close();
  f.open();
  EXPECT_EQ(f.free(1), 1300) << "the next day it may";
  EXPECT_EQ(f.sell(1, 4900, 1300), Rejection::none);
}

TEST(Exchange, ResaleOnTheSameDayWhereTheRulesAllowIt) {
  Floor f;
  f.rules.resale_same_day = true;
  f.open();
  f.sell(2, 4800, 300);
  f.buy(1, 4800, 300);
  EXPECT_EQ(f.sell(1, 4900, 1300), Rejection::none);
}

TEST(Exchange, CashFromSalesPaysAtOnce) {
  Floor f;
  f.rules.credit = Cash{480'000};
  f.open();
  EXPECT_EQ(f.buy(1, 4800, 101), Rejection::not_covered_cash) << "the credit pays for 100 t at 48.00";
  f.sell(1, 4800, 50);
  f.buy(2, 4800, 50);
  EXPECT_EQ(f.cash(1), 240'000);
  EXPECT_EQ(f.cash(2), -240'000);
  EXPECT_EQ(f.buy(1, 4800, 150), Rejection::none) << "100 t of credit and 50 t just sold";
}

// ---- one order for an account ----

TEST(Exchange, ANewOrderReplacesTheOldOne) {
  Floor f;
  f.open();
  f.buy(1, 4700, 100);
  EXPECT_EQ(f.frozen_cash(1), 470'000);
  f.buy(1, 4650, 40);
  EXPECT_EQ(f.frozen_cash(1), 186'000) << "of the new order alone";
  EXPECT_EQ(f.exchange.best_bid(), Price{4650});
  EXPECT_EQ(f.exchange.book().size(), 1u);
  ASSERT_EQ(f.tape.orders.size(), 3u);
  EXPECT_TRUE(f.tape.orders[1].cancel());
  EXPECT_EQ(f.tape.orders[1].order, f.tape.orders[0].order);
  EXPECT_EQ(f.tape.orders[1].quantity, Tonnes{100});
  f.sell(1, 4900, 600);  // the other side, too
  EXPECT_EQ(f.frozen_cash(1), 0);
  EXPECT_EQ(f.frozen(1), 600);
  EXPECT_EQ(f.exchange.best_bid(), std::nullopt);
  EXPECT_EQ(f.sell(1, 4950, 1000), Rejection::none) << "what the old order froze is free for the new one";
  EXPECT_EQ(f.frozen(1), 1000);
  EXPECT_EQ(f.exchange.book().size(), 1u);
}

TEST(Exchange, AnAccountNeverTradesWithItself) {
  Floor f;
  f.open();
  f.sell(1, 4700, 100);
  f.buy(1, 4800, 100);
  EXPECT_TRUE(f.tape.trades.empty());
  EXPECT_EQ(f.exchange.best_ask(), std::nullopt) << "the offer has left for the bid";
  EXPECT_EQ(f.exchange.best_bid(), Price{4800});
}

TEST(Exchange, CashFrozenByTheOldOrderCoversTheNewOne) {
  Floor f;
  f.rules.credit = Cash{480'000};
  f.open();
  EXPECT_EQ(f.buy(1, 4800, 100), Rejection::none);
  EXPECT_EQ(f.buy(1, 4400, 109), Rejection::none) << "479,600 of 480,000 once the old order is gone";
  EXPECT_EQ(f.frozen_cash(1), 479'600);
}

// ---- freezing ----

TEST(Exchange, FillsReleaseWhatTheyUse) {
  Floor f;
  f.open();
  f.sell(1, 4800, 100);
  f.buy(2, 4900, 130);  // 100 t trade at 48.00, 30 t wait at 49.00
  EXPECT_EQ(f.tape.trades, (Trades{{2, 1, 4800, 100}}));
  EXPECT_EQ(f.frozen(1), 0);
  EXPECT_EQ(f.frozen_cash(2), 30 * 4900) << "nothing of the better price stays frozen";
  EXPECT_EQ(f.cash(2), -480'000);
  f.sell(3, 4900, 10);
  EXPECT_EQ(f.frozen_cash(2), 20 * 4900);
  f.withdraw(2);
  f.expect_nothing_frozen("after the withdrawal of the rest");
  EXPECT_EQ(f.tape.orders.back().quantity, Tonnes{20});
  f.withdraw(2);
  f.expect_nothing_frozen("after a withdrawal of nothing");
}

TEST(Exchange, TheCloseReleasesEverythingOfTheDay) {
  Floor f;
  f.open();
  f.sell(1, 4900, 700);
  f.sell(2, 4850, 300);
  f.buy(3, 4850, 250);
  f.buy(4, 4700, 60);
  f.close();
  f.expect_nothing_frozen("after the close");
  EXPECT_TRUE(f.exchange.book().empty());
  f.open();
  EXPECT_EQ(f.sell(1, 4900, 1000), Rejection::none) << "yesterday's order does not count any more";
}

TEST(Exchange, ClearBookEmptiesItAndTellsTheTape) {
  Floor f;
  f.open();
  f.sell(1, 4900, 700);
  f.buy(2, 4700, 60);
  MarketCustody accounts(f.registry, f.clearing, 0);
  f.exchange.clear_book(accounts, &f.tape);
  f.expect_nothing_frozen("after clear_book");
  EXPECT_TRUE(f.exchange.book().empty());
  ASSERT_EQ(f.tape.orders.size(), 4u);
  EXPECT_TRUE(f.tape.orders[2].cancel() && f.tape.orders[3].cancel());
}

// ---- priority ----

TEST(Exchange, BestPriceFirstThenTheOldest) {
  Floor f;
  f.open();
  f.sell(1, 4850, 10);
  f.sell(2, 4820, 10);
  f.sell(3, 4820, 10);
  f.buy(4, 4850, 25);
  EXPECT_EQ(f.tape.trades, (Trades{{4, 2, 4820, 10}, {4, 3, 4820, 10}, {4, 1, 4850, 5}}));
  EXPECT_EQ(f.held(4), 1025);
  EXPECT_EQ(f.cash(4), -(20 * 4820 + 5 * 4850));
  EXPECT_EQ(f.exchange.totals().listed_trades, 3);
  EXPECT_EQ(f.exchange.totals().active_accounts, 4);
  f.sell(2, 4850, 10);
  f.sell(1, 4850, 5);  // replaces its own rest: back of the queue
  f.buy(3, 4850, 12);
  EXPECT_EQ(Trades(f.tape.trades.end() - 2, f.tape.trades.end()), (Trades{{3, 2, 4850, 10}, {3, 1, 4850, 2}}));
}

TEST(Exchange, NobodyPaysForWhatTheSellerHasNoMore) {
  Floor f;
  f.open();
  f.sell(1, 4800, 100);
  f.registry.cancel_up_to(1, Tonnes{950});  // behind the exchange's back: the book should have been cleared first
  EXPECT_THROW(f.buy(2, 4800, 100), std::logic_error) << "50 t were delivered for the price of 100";
}

// ---- blocks ----

TEST(Exchange, BlocksHaveTheirOwnLeastSizeBandAndCover) {
  Floor f;
  f.rules.block_least = Tonnes{500};
  f.rules.credit = Cash{3'000'000};
  f.open();
  f.close();
  EXPECT_EQ(f.block(1, 2, 4800, 499), Rejection::too_small);
  EXPECT_EQ(f.block(1, 2, 3359, 500), Rejection::outside_limits) << "30% below 48.00 is 33.60";
  EXPECT_EQ(f.block(1, 2, 6241, 500), Rejection::outside_limits) << "30% above is 62.40";
  EXPECT_EQ(f.block(1, 2, 4800, 1001), Rejection::not_covered_allowances);
  EXPECT_EQ(f.block(1, 2, 4800, 626), Rejection::not_covered_cash) << "3,000,000 pays for 625 t";
  EXPECT_TRUE(f.tape.trades.empty());
  EXPECT_EQ(f.block(1, 2, 3360, 500), Rejection::none);
  EXPECT_EQ(f.held(2), 1500);
  EXPECT_EQ(f.cash(1), 500 * 3360);
  EXPECT_EQ(f.block(2, 3, 4800, 1001), Rejection::not_covered_allowances) << "a block bought today is not sold today either";
  f.rules.tick = Price{5};
  EXPECT_EQ(f.block(3, 1, 4801, 500), Rejection::off_tick);
  f.rules.block_least = Tonnes{0};
  EXPECT_EQ(f.block(3, 1, 4800, 500), Rejection::not_taken) << "0: there is no block market";
}

TEST(Exchange, ABlockDoesNotMoveTheClose) {
  Floor f;
  f.rules.block_least = Tonnes{100};
  f.open();
  f.sell(1, 5000, 100);
  f.buy(2, 5000, 100);
  MarketCustody accounts(f.registry, f.clearing, 0);
  f.exchange.close(f.rules, accounts, nullptr);
  EXPECT_EQ(f.exchange.block_low(f.rules), Price{3360}) << "the band of blocks is around the previous close, 48.00";
  EXPECT_EQ(f.exchange.block_high(f.rules), Price{6240});
  EXPECT_EQ(f.block(3, 4, 4000, 300), Rejection::none);
  EXPECT_EQ(f.block(3, 2, 4400, 100, TradeKind::group), Rejection::none);
  f.exchange.finish_day();
  EXPECT_EQ(f.exchange.totals().close, Price{5000});
  EXPECT_EQ(f.exchange.reference(), Price{5000});
  EXPECT_EQ(f.exchange.totals().block, Tonnes{300});
  EXPECT_EQ(f.exchange.totals().group, Tonnes{100});
  EXPECT_EQ(f.exchange.totals().listed, Tonnes{100});
  // (100 x 50 + 300 x 40 + 100 x 44) / 500
  EXPECT_EQ(f.exchange.totals().vwap_all, Price{4280});
}

TEST(Exchange, ABlockCannotTakeWhatAnOrderOffers) {
  Floor f;
  f.rules.block_least = Tonnes{100};
  f.open();
  f.sell(1, 4900, 950);
  EXPECT_EQ(f.block(1, 2, 4800, 100), Rejection::not_covered_allowances) << "50 t are not in the order";
}

// ---- orders of several days ----

TEST(Exchange, OrdersRestTheirTradingDays) {
  for (const int days : {1, 2, 5})
    for (const int start : {0, 3}) {  // Monday; Thursday, so that a weekend lies between
      Floor f;
      f.rules.order_days = days;
      f.today = f.today + start;
      f.open();
      f.sell(1, 4900, 100);
      for (int day = 1; day <= days; ++day) {
        EXPECT_EQ(f.exchange.best_ask(), Price{4900}) << "on session " << day << " of " << days << ", first session " << start << " days after a Monday";
        EXPECT_EQ(f.frozen(1), 100);
        f.close();
        f.open();
      }
      EXPECT_EQ(f.exchange.best_ask(), std::nullopt) << "after " << days << " sessions, first session " << start << " days after a Monday";
      f.expect_nothing_frozen("after the order's last day");
    }
}

TEST(Exchange, RestingOrdersOutsideTheNewLimitsLeave) {
  Floor f;
  f.rules.order_days = 5;
  f.open();
  f.buy(1, 4400, 10);   // outside once the reference is 52.80: 47.52 .. 58.08
  f.sell(2, 5280, 20);  // inside
  f.sell(3, 5280, 10);
  f.buy(4, 5280, 15);   // 15 t of account 2 at the upper limit; its rest of 5 t and account 3 wait
  f.close();
  EXPECT_EQ(f.exchange.reference(), Price{5280});
  EXPECT_EQ(f.frozen_cash(1), 44'000);
  f.open();
  EXPECT_EQ(f.frozen_cash(1), 0);
  EXPECT_EQ(f.exchange.best_bid(), std::nullopt);
  EXPECT_EQ(f.frozen(2), 5);
  EXPECT_EQ(f.frozen(3), 10);
  f.buy(4, 5300, 7);
  EXPECT_EQ(Trades(f.tape.trades.end() - 2, f.tape.trades.end()), (Trades{{4, 2, 5280, 5}, {4, 3, 5280, 2}})) << "priority outlasts the night";
  EXPECT_EQ(f.buy(1, 4800, 10), Rejection::none) << "the account whose order left may send another";
}

// ---- a value ----

TEST(Exchange, SavedInTheMiddleOfASessionItGoesOnIdentically) {
  const auto morning = [](Floor& f) {
    f.rules.order_days = 5;
    f.open();
    f.sell(1, 4900, 100);
    f.close();
    f.open();
    f.sell(2, 4850, 60);
    f.buy(3, 4850, 20);
    f.buy(4, 4700, 30);
  };
  const auto afternoon = [](Floor& f) {
    f.buy(3, 4900, 120);   // 40 of account 2, 80 of account 1
    f.sell(4, 4900, 5);    // replaces its bid
    f.sell(3, 4900, 1000); // more than it may sell: 100 t were bought today
    f.close();
    f.open();
    f.sell(3, 4870, 1100);
    f.buy(2, 4950, 60);
    f.close();
  };
  Floor original;
  morning(original);
  StateWriter writer;
  original.visit_state(writer);
  const std::vector<std::byte> bytes = std::move(writer).take();

  Floor restored;
  StateReader reader(bytes);
  restored.visit_state(reader);
  EXPECT_TRUE(reader.finished());
  restored.rules = original.rules;
  restored.today = original.today;
  original.tape = {};
  EXPECT_EQ(state_hash(restored), state_hash(original)) << "before anything else happens";
  afternoon(original);
  afternoon(restored);
  EXPECT_FALSE(original.tape.trades.empty());
  EXPECT_EQ(restored.tape.trades, original.tape.trades);
  ASSERT_EQ(restored.tape.orders.size(), original.tape.orders.size());
  for (std::size_t i = 0; i < original.tape.orders.size(); ++i) {
    EXPECT_EQ(restored.tape.orders[i].order, original.tape.orders[i].order) << "record " << i;
    EXPECT_EQ(restored.tape.orders[i].rejection, original.tape.orders[i].rejection) << "record " << i;
  }
  EXPECT_EQ(state_hash(restored), state_hash(original)) << "after the same afternoon";
}

}  // namespace
}  // namespace tantu
