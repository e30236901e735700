// The rules as they show in a whole run: each test would fail if its rule were taken out.
// (tests/mutants holds such removals, and script/mutants shows it.)
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "sim/units.hpp"
#include "tests/national_market.hpp"
#include "tests/resuming.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// A run that ended on a given day, with its days and trades.
struct Lived {
  explicit Lived(const std::vector<std::string>& changes, std::optional<Day> until = std::nullopt)
      : simulation(national_setup(changes)), recorder({true, false, true, true}) {
    Workers workers;
    live_until(simulation, until.value_or(simulation.setup().last_day), recorder, workers);
  }
  const FirmYear& year(int y) const { return simulation.firms().year(y); }
  const Market& market() const { return simulation.markets()[0]; }
  const FirmTraits& traits() const { return simulation.setup().traits; }
  bool covered(std::uint32_t row) const { return simulation.firms().covered[row] != 0; }
  std::vector<std::uint32_t> firms() const {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < traits().size(); ++row)
      if (covered(row)) rows.push_back(row);
    return rows;
  }
  Simulation simulation;
  Recorder recorder;
};

const Lived& opening_year() {
  static const Lived lived(small_national());
  return lived;
}

TEST(MarketRules, TrueUpBringsAllowancesToWhatVerifiedOutputDeserves) {
  const Lived& lived = opening_year();
  int differ = 0;
  for (const std::uint32_t row : lived.firms())
    for (const int year : {2019, 2020}) {
      EXPECT_GE(lived.year(year).entitled[row], Tonnes{}) << "firm " << row << " has no final allocation for " << year;
      EXPECT_EQ(lived.year(year).allocated[row], lived.year(year).entitled[row]) << "firm " << row << ", " << year << ": issued is not what it deserves";
      differ += lived.year(year).allocated[row] != whole_tonnes(0.7 * static_cast<double>(lived.year(year).entitled[row].count));
    }
  EXPECT_GT(differ, 0);
}

TEST(MarketRules, AllocationRewardsOutputAndNotEmissions) {
  // One benchmark for all classes and years: allocation = benchmark x output, however much was abated.
  std::vector<std::string> changes = small_national({"run.last_day=2023-12-31", "initial.measures=[{\"measure\": \"turbine and flexibility retrofit\", \"share\": 0.5}]"});
  for (const char* name : {"coal_above_300", "coal_up_to_300", "unconventional_coal", "gas"})
    changes.push_back(std::string("policies.allocation.classes.") + name + ".benchmark={\"2018\": 0.75}");
  const Lived lived(changes);
  int abated = 0;
  for (const std::uint32_t row : lived.firms()) {
    const FirmYear& year = lived.year(2022);
    double output = 0;
    for (std::uint32_t k = lived.traits().first_installation[row]; k < lived.traits().first_installation[row + 1]; ++k)
      output += lived.traits().installations[k].activity;
    EXPECT_NEAR(static_cast<double>(year.entitled[row].count), 0.75 * output * year.activity[row], 0.5 + 1e-9 * output) << "firm " << row;
    abated += year.emissions[row] < 0.99 * baseline_to_date(lived.traits(), lived.simulation.firms(), row, 2022);
  }
  EXPECT_GT(abated, 10) << "hardly a firm abates; the test shows nothing";
}

TEST(MarketRules, ReliefBoundsWhatACoalFirmOwes) {
  // So small an allocation that every coal firm falls under the relief.
  const Lived lived(small_national({"policies.allocation.free_share=0.5"}));
  for (const std::uint32_t row : lived.firms()) {
    const FirmYear& y = lived.year(2020);
    const auto verified = static_cast<double>(y.verified[row].count), given = static_cast<double>(y.entitled[row].count);
    const double share = lived.traits().sectors[0].classes[lived.traits().installations[lived.traits().first_installation[row]].unit_class] == "gas" ? 0 : 0.2;
    EXPECT_NEAR(static_cast<double>(y.obligation[row].count), std::min(verified, given + share * verified), 1)
        << "firm " << row << ": verified " << verified << ", allocation " << given;
  }
}

TEST(MarketRules, TheRegistryTakesWhatIsDueAtTheDeadline) {
  const Lived& lived = opening_year();
  std::int64_t due = 0, given = 0;
  for (const std::uint32_t row : lived.firms())
    for (const int year : {2019, 2020}) {
      const FirmYear& y = lived.year(year);
      EXPECT_EQ(y.surrendered[row] + y.shortfall[row], y.obligation[row]) << "firm " << row << ", " << year;
      due += y.obligation[row].count;
      given += y.surrendered[row].count;
    }
  EXPECT_GT(due, 0);
  EXPECT_GT(given, due * 9 / 10);
  const DayRow& last = lived.recorder.days()[0].back();
  EXPECT_EQ(last.surrendered.count, given) << "the registry's account of what was surrendered";
}

TEST(MarketRules, AShortfallIsFinedAndStillOwed) {
  // Firms that are given little and trade little; nobody may buy.
  const Lived lived(small_national({"policies.allocation.free_share=0.5", "exchange.credit=0"}));
  int short_firms = 0;
  Cash fines;
  for (const std::uint32_t row : lived.firms()) {
    const Tonnes missing = lived.year(2019).shortfall[row] + lived.year(2020).shortfall[row];
    const Cash fined = lived.year(2020).fined[row];
    EXPECT_EQ(fined, missing > Tonnes{} ? Cash{3'000'000} : Cash{}) << "firm " << row << " misses " << missing.count << " t; the fine is 30,000 CNY";
    EXPECT_EQ(lived.simulation.firms().debt[row], missing) << "firm " << row << ": what is missing is still owed";
    short_firms += missing > Tonnes{};
    fines += fined;
  }
  EXPECT_GT(short_firms, 10) << "hardly a firm falls short; the test shows nothing";
  EXPECT_EQ(lived.market().clearing.balance(Market::treasury), fines) << "the treasury's account";
}

TEST(MarketRules, WithoutBankingNothingOutlivesItsDeadline) {
  const Lived none(small_national({"policies.banking.rule=none"})), unlimited(small_national({"policies.banking.rule=unlimited"}));
  const auto old = [](const Lived& lived) {
    std::int64_t held = 0;
    const Registry& registry = lived.market().registry;
    for (UnitIndex u = 0; u < registry.units().size(); ++u)
      for (Account a = 0; registry.units()[u].vintage <= 2020 && a < registry.accounts(); ++a) held += registry.holding(a, u).count;
    return held;
  };
  EXPECT_EQ(old(none), 0) << "t of vintages 2019-20 are held after their deadline";
  EXPECT_GT(none.recorder.days()[0].back().expired.count, 0);
  EXPECT_GT(old(unlimited), 0) << "with banking they are kept";
}

TEST(MarketRules, LimitsLieTenPercentAroundTheCloseBefore) {
  Price before{4800};
  for (const DayRow& day : opening_year().recorder.days()[0]) {
    const auto p = static_cast<double>(before.count);
    EXPECT_EQ(day.session.limit_low.count, std::llround(std::ceil(0.9 * p - 1e-6))) << to_string(day.day) << ", close before " << before.count;
    EXPECT_EQ(day.session.limit_high.count, std::llround(std::floor(1.1 * p + 1e-6))) << to_string(day.day) << ", close before " << before.count;
    if (day.session.listed_trades > 0) {
      EXPECT_GE(day.session.low, day.session.limit_low) << to_string(day.day);
      EXPECT_LE(day.session.high, day.session.limit_high) << to_string(day.day);
    }
    before = day.session.close;
  }
}

TEST(MarketRules, CloseIsTheVolumeWeightedAverageOfListedTradesAndStaysWithoutOne) {
  std::map<std::int32_t, std::pair<std::int64_t, std::int64_t>> sums;  // cash, tonnes
  for (const Trade& trade : opening_year().recorder.trades())
    if (trade.kind == TradeKind::listed) {
      sums[trade.day].first += (trade.price * trade.quantity).count;
      sums[trade.day].second += trade.quantity.count;
    }
  Price before{4800};
  int several_prices = 0;
  for (const DayRow& day : opening_year().recorder.days()[0]) {
    if (!sums.contains(day.day.number)) {
      EXPECT_EQ(day.session.close, before) << to_string(day.day) << ": a day without a trade keeps the close";
    } else {
      const auto [cash, tonnes] = sums.at(day.day.number);
      EXPECT_EQ(day.session.close.count, static_cast<std::int64_t>(std::floor(static_cast<double>(cash) / static_cast<double>(tonnes) + 0.5))) << to_string(day.day);
      several_prices += day.session.last != day.session.close;
    }
    before = day.session.close;
  }
  EXPECT_GT(several_prices, 3) << "the last trade and the average hardly ever differ; the test shows nothing";
}

TEST(MarketRules, WhatWasBoughtTodayIsNotSoldToday) {
  const auto sell_at_once = [](const std::string& resale) {
    Simulation simulation(national_setup(small_national({"exchange.resale_same_day=" + resale})));
    Sink sink;
    Workers workers;
    live_until(simulation, day_of(2021, 11, 1), sink, workers);
    simulation.begin_day(sink, workers);
    while (simulation.step(100, sink)) {}
    const Market& market = simulation.markets()[0];
    const auto free = [&](Account a) { return market.exchange().free(market.registry, a, market.rules().listings[0].exchange); };
    Account seller = 0, buyer = 0;
    for (Account a = Market::first_firm_account; a < market.registry.accounts(); ++a)
      if (free(a) >= Tonnes{1000} && free(a) < Tonnes{90'000}) (seller ? buyer : seller) = a;
    EXPECT_NE(buyer, 0u) << "no two firms with something to sell";
    const Tonnes before = market.registry.holding(buyer), free_before = free(buyer);
    const Price price = market.exchange().limit_high();
    simulation.submit(0, buyer, {Side::buy, price, Tonnes{1000}}, sink);
    simulation.submit(0, seller, {Side::sell, price, Tonnes{1000}}, sink);
    EXPECT_GT(market.registry.holding(buyer), before) << "nothing was bought; the test shows nothing";
    return simulation.submit(0, buyer, {Side::sell, price, free_before + Tonnes{1}}, sink).rejection;
  };
  EXPECT_EQ(sell_at_once("false"), Rejection::not_covered_allowances);
  EXPECT_EQ(sell_at_once("true"), Rejection::none);
}

TEST(MarketRules, WithEveryRuleOfTheSessionARunTradesAndResumesIdentically) {
  const auto setup = national_setup(small_national({
      "run.last_day=2021-12-31", "exchange.matching=listed_agreement", "exchange.self_trade=cancel_oldest", "exchange.lot_t=10", "exchange.value_most=5e6",
      "exchange.price_away=0.09", "exchange.order_days=3", "exchange.close_by=call", "exchange.static_collar=0.05", "exchange.dynamic_collar=0.01",
      "exchange.timetable=[{\"phase\": \"call\", \"from\": \"09:15\", \"until\": \"09:25\"}, {\"from\": \"09:30\", \"until\": \"11:30\"},"
      " {\"from\": \"13:00\", \"until\": \"14:50\"}, {\"phase\": \"call\", \"from\": \"14:50\", \"until\": \"15:00\"}]",
      "exchange.halts=[{\"from\": \"10:00\", \"until\": \"10:10\"}]", "exchange.position_limit_t=60000000", "exchange.messages_per_second=50",
      "exchange.order_to_trade=100", "exchange.fees={\"taker\": 0.0005, \"maker\": 0.0001, \"least\": 0.5}", "exchange.credit=1e12"}));
  Simulation straight(setup);
  Recorder recorder({true, false, true, true});
  Workers one(1);
  live_to_the_end(straight, recorder, one);
  expect_resumes_as(straight, setup, day_of(2021, 12, 10));

  Tonnes call;
  Cash fees;
  std::int64_t interruptions = 0;
  for (const DayRow& day : recorder.days()[0]) {
    call += day.session.call;
    fees += day.session.fees;
    interruptions += day.session.interruptions;
  }
  EXPECT_GT(call, Tonnes{1000});
  EXPECT_GT(interruptions, 0);
  EXPECT_EQ(straight.markets()[0].clearing.balance(straight.markets()[0].exchange_account()), fees) << "the exchange's account holds the fees";
  for (const OrderRecord& order : recorder.orders()) EXPECT_TRUE(order.quantity.count % 10 == 0 || order.rejection != Rejection::none || order.cancel()) << order.quantity.count;
}

TEST(MarketRules, ShocksDoNotMoveTheMeanOfOutput) {
  // 3,000 firms whose output varies by a factor of two: the mean over them stays on the path.
  const auto setup = national_setup({"sectors.power.firms=3000", "sectors.power.emissions_mt=6000", "shocks.firm_spread=0.7", "shocks.sector_spread=0",
                                     "sectors.power.output_path={\"2018\": 1}", "sectors.power.output_growth=0", "run.last_day=2021-07-31"});
  const Simulation simulation(setup);
  double sum = 0;
  for (std::uint32_t row = 0; row < 3000; ++row) sum += simulation.firms().year(2020).activity[row];
  EXPECT_NEAR(sum / 3000, 1, 0.06) << "mean output of 2020 relative to the baseline; exp(0.7^2 / 2) would be 1.28";
}

TEST(MarketRules, FirmsBelowTheThresholdLeaveOnTheDayOfTheReview) {
  const Lived before(small_national(), day_of(2021, 9, 28)), after(small_national(), day_of(2021, 9, 30));
  const auto covered = [](const Lived& lived) { return lived.firms().size(); };
  EXPECT_EQ(covered(before), 160u);
  EXPECT_LT(covered(after), 157u);
  EXPECT_GE(covered(after), 150u);
}

}  // namespace
