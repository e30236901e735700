// What stops trading: collars that interrupt it with a call, and halts. Sessions worked by hand, prices in hundredths.
#include <gtest/gtest.h>

#include "sim/state.hpp"
#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

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
