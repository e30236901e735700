// How instruments meet: a reserve before the auction, a floor against a reserve, offsets within the obligation, sales on
// others' account, an auction and the exchange of its day, a limit on what is held. Numbers are worked in the text.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "results/year_totals.hpp"
#include "scenarios/compose.hpp"
#include "sim/simulation.hpp"
#include "tests/unit/auction_days.hpp"

namespace tantu {
namespace {

const Day first_auction = day_of(2021, 2, 15);  // four a year: in the middle of each quarter

// ---- Consignment ----

struct Consigned : TinyMarket {
  // A cap of 200 t: 60 t belong to firms, 100 t are the authority's. Firms emit 90 and 30 t.
  Consigned() : TinyMarket(2020, 2024, {{{"coal", 90, 1}}, {{"coal", 30, 1}}}) {
    add("cap", R"({"basis": "mass", "path_mt": {"2020": 0.0002}})");
    add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.0001}, "reserve_price": {"given": {"2020": 10}}})");
    add("consignment", R"({"sectors": ["power"], "share": {"2021": 0.3}})");
    rules->opening = day_of(2021, 1, 1);
    start();
  }
};

TEST(Consignment, IsSoldFirstAndPaidToItsOwners) {
  Consigned m;
  m.announce(day_of(2021, 1, 4));
  EXPECT_EQ(m.stock("consignment"), 60) << "30% of 200 t";
  // A quarter of each is offered; 20 t are bid for: the owners' 15 t go first, then 5 t of the authority.
  const auto held = live(m, first_auction, {bid(m, 0, 1200, 20)});
  ASSERT_EQ(held.size(), 1u);
  EXPECT_EQ(held[0].offered.count, 15 + 25);
  EXPECT_EQ(held[0].sold.count, 20);
  EXPECT_EQ(held[0].contained.count, 15) << "from the owners' account";
  EXPECT_EQ(held[0].price, Price{1000}) << "undersold: the reserve price";
  EXPECT_EQ(m.stock("consignment"), 45);
  EXPECT_EQ(m.stock("auction"), 95);
  // 150.00 for the owners, by baseline emissions 90 : 30; firm 0 has paid 200.00.
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{11250 - 20000});
  EXPECT_EQ(m.market.clearing.balance(m.market.account(1)), Cash{3750});
}

TEST(Consignment, WhatIsNotSoldIsOfferedAgainOverTheTurnOfTheYear) {
  Consigned m;
  for (Day day = m.rules->calendar.first_on_or_after(day_of(2021, 1, 4)); day < day_of(2022, 2, 14); day = m.rules->calendar.next(day)) live(m, day);
  EXPECT_EQ(m.stock("consignment"), 120) << "60 t of 2021 and 60 t of 2022";
}

// ---- A floor against a reserve ----

// One staircase: 90 t from the reserve price of 2.00, the withheld 10 t from 6.00, 20 t of the containment reserve from 13.00.
TEST(Interactions, AReservePriceAWithheldTenthAndAContainmentReserveAreOneStaircase) {
  const auto sold = [](std::int64_t ticks, std::int64_t tonnes) {
    TinyMarket m(2020, 2024, {{{"coal", 500, 1}}});
    m.add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.0001}, "calendar": {"per_year": 1}, "reserve_price": {"given": {"2020": 2}}})");
    m.add("containment_reserve", R"({"tiers": [{"price": {"given": {"2020": 13}}, "volume_mt": {"2020": 0.00002}}], "withhold_below": {"given": {"2020": 6}}, "withhold_share": {"2020": 0.1}})");
    m.rules->opening = day_of(2021, 1, 1);
    m.start();
    m.announce(day_of(2021, 1, 4));
    return live(m, day_of(2021, 7, 2), {bid(m, 0, ticks, tonnes)}).at(0);
  };
  EXPECT_EQ(sold(199, 500).sold.count, 0) << "below the reserve price";
  EXPECT_EQ(sold(300, 500).sold.count, 90) << "a tenth is withheld below 6.00";
  EXPECT_EQ(sold(700, 500).sold.count, 100);
  EXPECT_EQ(sold(1400, 500).sold.count, 120);
  EXPECT_EQ(sold(1400, 500).contained.count, 20);
  EXPECT_EQ(sold(1400, 95).price, Price{600}) << "95 t need the withheld step, whose price they pay";
}

// ---- A reserve before the auction ----

// 100 t a year in four auctions. 1,000 t in circulation of 2019: 24% a year are withheld, 20 t a month, before the auction of
// February is called: it offers a quarter of what is left.
TEST(Interactions, AStabilityReserveWithholdsBeforeTheAuctionIsCalled) {
  TinyMarket m(2019, 2024, {{{"coal", 500, 1}}});
  m.add("market_stability_reserve", R"({"works_from": "2019-01-01", "tnac_mt": {"2019": 0.001}, "forms": [{"from_year": 2018, "intake_rate": 0.24, "intake_above_mt": 0.0008, "release_below_mt": 0.0001}]})");
  m.add("auction", R"({"basis": "volume", "volume_mt": {"2019": 0.0001}})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  for (Day day = m.rules->calendar.first_on_or_after(day_of(2021, 1, 1)); day < first_auction; day = m.rules->calendar.next(day)) m.announce(day);
  EXPECT_EQ(m.stock("stability_reserve"), 40) << "January and February";
  EXPECT_EQ(live(m, first_auction).at(0).offered.count, 15) << "a quarter of the 60 t that are left";
}

// ---- Offsets within the obligation ----

// The firm owes 100 t, may meet 8 with offsets at 10.00 (an allowance costs 48.00) and holds 95 allowances: 8 and 92 are taken.
TEST(Interactions, OffsetsMeetAShareOfTheObligationAndAllowancesTheRest) {
  TinyMarket m(2021, 2024, {{{"coal", 100, 1}}});
  m.add("verification", R"({"error_spread": 0})");
  m.add("offsets", R"({"share": {"2021": 0.08}, "types": {"a": {"price_from": 10, "price_to": 10, "volume_mt": 1}}})");
  m.add("compliance", R"({"cycles": [{"first_year": 2021, "last_year": 2021, "announcement": "2021-01-01", "pre_allocation": "2021-01-01", "verification": "2022-03-31", "true_up": "2022-03-31", "deadline": "2022-04-29"}]})");
  m.start();
  m.store.years[0].activity[0] = 1;
  m.store.years[0].emissions[0] = 100;
  m.store.years[0].verified[0] = Tonnes{100};
  m.store.years[0].obligation[0] = Tonnes{100};
  m.give(0, 2021, 95);
  for (auto& state : m.market.policy_states) state.done.clear();
  for (Day day = m.rules->calendar.first_on_or_after(day_of(2022, 3, 31)); day <= day_of(2022, 4, 29); day = m.rules->calendar.next(day)) {
    m.store.years[0].verified[0] = Tonnes{100};
    m.comply(day);
  }
  EXPECT_EQ(m.store.years[0].retired[0].count, 8);
  EXPECT_EQ(m.store.years[0].surrendered[0].count, 92);
  EXPECT_EQ(m.store.years[0].shortfall[0].count, 0);
  EXPECT_EQ(m.held(0), 3);
}

// ---- Carrying over by net sales, year by year ----

TEST(Banking, NetSalesOfTheDeadlinesYearMakeRoom) {
  TinyMarket m(2021, 2025, {{{"coal", 100, 1}}, {{"coal", 100, 1}}});
  m.add("compliance", R"({"cycles": [
      {"first_year": 2021, "last_year": 2021, "announcement": "2021-01-01", "pre_allocation": "2021-01-01", "verification": "2022-03-31", "true_up": "2022-03-31", "deadline": "2022-06-30"},
      {"first_year": 2022, "last_year": 2022, "announcement": "2021-01-01", "pre_allocation": "2022-01-03", "verification": "2023-03-31", "true_up": "2023-03-31", "deadline": "2023-06-30"}]})");
  m.add("banking", R"({"rule": "net_sales_yearly", "base_t": 10, "multiples": {"2022": 2}})");
  m.start();
  m.give(0, 2021, 500);
  m.comply(day_of(2022, 6, 30));
  EXPECT_EQ(m.held(0), 500) << "of 2021 all may be kept";
  m.give(0, 2023, 40);
  m.store.years[2].sold[0] = Tonnes{100};
  m.store.years[2].bought[0] = Tonnes{30};
  m.give(1, 2022, 60);
  m.comply(day_of(2023, 6, 30));
  EXPECT_EQ(m.held(0), 150 + 40) << "10 t and 2 x 70 t of net sales; later vintages stay";
  EXPECT_EQ(m.held(1), 10) << "who has sold nothing keeps the base";
}

TEST(Banking, MayEndAtOneDeadlineAlone) {
  TinyMarket m(2005, 2009, {{{"coal", 100, 1}}});
  m.add("compliance", R"({"cycles": [
      {"first_year": 2005, "last_year": 2005, "announcement": "2005-01-01", "pre_allocation": "2005-01-01", "verification": "2006-03-31", "true_up": "2006-03-31", "deadline": "2006-04-28"},
      {"first_year": 2006, "last_year": 2007, "announcement": "2005-01-01", "pre_allocation": "2006-01-03", "verification": "2008-03-31", "true_up": "2008-03-31", "deadline": "2008-04-30"}]})");
  m.add("banking", R"({"rule": "none", "phase_ends": [2007]})");
  m.start();
  m.give(0, 2005, 7);
  m.comply(day_of(2006, 4, 28));
  EXPECT_EQ(m.held(0), 7);
  m.give(0, 2008, 5);
  m.comply(day_of(2008, 4, 30));
  EXPECT_EQ(m.held(0), 5) << "2005 does not outlive 2007, 2008 does";
}

// ---- Korea's auction floor ----

// Closes: October to November 20,000, December 26,000, the last three days 30,000: (22,000 + 26,000 + 30,000) / 3 with equal months.
TEST(AuctionPolicy, TheFloorFollowsThreeAverages) {
  TinyMarket m(2020, 2022, {{{"coal", 100, 1}}});
  m.rules->price_scale = 1;
  m.add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.0001}, "calendar": {"dates": ["2021-01-04"]}, "floor_by_averages": true})");
  m.rules->opening = day_of(2020, 1, 1);
  m.start();
  const auto close = [&](int month, unsigned day, std::int64_t price) { m.market.prices.add(day_of(2020, static_cast<unsigned>(month), day), Price{price}, {}); };
  close(10, 1, 20000), close(10, 2, 20000), close(11, 2, 20000), close(11, 3, 20000);
  close(12, 1, 14000), close(12, 29, 30000), close(12, 30, 30000), close(12, 31, 30000);
  m.announce(day_of(2021, 1, 4));
  const auto held = live(m, day_of(2021, 1, 4), {bid(m, 0, 40000, 10)});
  // Quarter: (4 x 20,000 + 104,000) / 8 = 23,000; December: 26,000; three days: 30,000.
  EXPECT_EQ(held.at(0).reserve, Price{26333});
}

// ---- An auction and the exchange of its day ----

std::vector<std::string> small_kingdom(std::vector<std::string> changes = {}) {
  std::vector<std::string> all{"sectors.power.firms=8", "sectors.industry.firms=8", "sectors.heat.firms=4", "sectors.aviation.firms=2", "run.last_day=2021-09-30"};
  all.insert(all.end(), changes.begin(), changes.end());
  return all;
}

TEST(Auctions, OpenTheSessionOfTheirDay) {
  int sold = 0;
  Simulation simulation(compose(load_scenario("uk-ets", small_kingdom())));
  Sink sink;
  Workers workers(1);
  while (!simulation.finished()) {
    simulation.begin_day(sink, workers);
    const Market& market = simulation.markets()[0];
    if (!market.auctions.empty() && market.auctions.back().day == simulation.today() && market.auctions.back().price > Price{}) {
      ++sold;
      EXPECT_EQ(market.board().close, market.auctions.back().price) << "what firms know on " << to_string(simulation.today());
    }
    while (simulation.step(1000, sink)) {}
    simulation.end_day(sink, workers);
  }
  EXPECT_GT(sold, 3);
}

TEST(Auctions, MayLeaveTheExchangeAlone) {
  Simulation simulation(compose(load_scenario("uk-ets", small_kingdom({"policies.auction.opens_session=false", "run.last_day=2021-05-24"}))));
  Sink sink;
  Workers workers(1);
  const Price before = simulation.markets()[0].board().close;
  simulation.begin_day(sink, workers);
  EXPECT_EQ(simulation.markets()[0].board().close, before);
}

// ---- A limit on what is held ----

TEST(HoldingLimit, TheExchangeRefusesAnOrderBeyondIt) {
  Simulation simulation(compose(load_scenario("two-firms", {R"(policies.limit={"kind": "holding_limit", "most_mt": {"2021": 0.9}, "own_emissions": 0})"})));
  Sink sink;
  Workers workers(1);
  simulation.begin_day(sink, workers);
  const Market& market = simulation.markets()[0];
  const Account account = market.account(0);
  const std::int64_t held = market.registry.holding(account).count;
  OrderRequest request;
  request.side = Side::buy;
  request.price = market.exchange().limit_low();
  request.quantity = Tonnes{900'001 - held};
  EXPECT_EQ(simulation.submit(0, account, request, sink).rejection, Rejection::position_limit);
  request.quantity = Tonnes{900'000 - held};
  EXPECT_EQ(simulation.submit(0, account, request, sink).rejection, Rejection::none);
}

// ---- Interim deadlines ----

// Nobody can buy (auctions sell nothing): every deadline is missed in full, the interim ones for a share; rates stay in [0, 1].
TEST(Compliance, RatesOfInterimDeadlinesCountWhatTheyAskedFor) {
  Simulation simulation(compose(load_scenario("rggi", {"sectors.power.firms=6", "initial.bank_mt=null", "run.last_day=2018-06-29", R"(policies.auction.reserve_price={"given": {"2014": 90}, "growth": {}})",
                                                       R"(policies.containment.tiers=[{"price": {"given": {"2014": 95}}, "volume_mt": {"2014": 1}}])", "policies.containment.withhold_below=null", "policies.containment.withhold_share=null",
                                                       "policies.offsets=null", R"(policies.penalty={"kind": "penalty", "debt_carried": false})"})));
  Sink sink;
  Workers workers(1);
  while (!simulation.finished()) simulation.live_one_day(sink, workers);
  for (const YearTotals& t : market_years(simulation, 0, {}, nullptr)) {
    if (!t.settled) continue;
    EXPECT_GE(t.missing.count, 0) << t.year;
    EXPECT_LE(t.missing.count, t.due.count) << t.year << ": more is missing than was due";
    EXPECT_GT(t.due.count, 0) << t.year;
    EXPECT_GT(t.missing.count, 0) << t.year << ": nobody can buy";
  }
}

}  // namespace
}  // namespace tantu
