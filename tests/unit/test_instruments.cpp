// Reserves, triggers, offsets, borrowing, taxes, revenue, joining sectors, audits and penalties on a market of a few
// firms: numbers worked in the text, conservation checked whenever something is booked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "scenarios/compose.hpp"
#include "sim/input_error.hpp"
#include "tests/unit/columns.hpp"
#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

Pool pool(TinyMarket& m, const char* name) { return pool_of(m.rules->pools, name); }
std::int64_t stock(TinyMarket& m, const char* name) { return m.market.registry.holding(m.market.account(pool(m, name))).count; }
std::int64_t cash(TinyMarket& m, const char* name) { return m.market.clearing.balance(m.market.account(pool(m, name))).count; }
std::int64_t balance(TinyMarket& m, std::uint32_t row) { return m.market.clearing.balance(m.market.account(row)).count; }

/// A year's weekdays at one close.
void closes(TinyMarket& m, Day from, Day until, std::int64_t ticks, std::int64_t volume = 100) {
  for (Day day = m.rules->calendar.first_on_or_after(from); day <= until; day = m.rules->calendar.next(day)) m.market.prices.add(day, Price{ticks}, Tonnes{volume});
}

/// The values that the first policy of a kind has reported in a series.
std::vector<double> reported(const TinyMarket& m, const std::string& kind, const std::string& series) {
  std::vector<double> values;
  for (std::size_t p = 0; p < m.rules->policies.size(); ++p) {
    if (m.rules->policies[p].kind != kind) continue;
    const auto names = m.rules->policies[p].policy->series();
    for (const PolicyState::Point& point : m.market.policy_states[p].points)
      if (names[static_cast<std::size_t>(point.series)].name == series) values.push_back(point.value);
  }
  return values;
}

// ---- the market stability reserve ----

constexpr const char* yearly_cycles = R"({"cycles": [
  {"first_year": 2021, "last_year": 2021, "announcement": "2020-01-01", "pre_allocation": "2021-02-01", "verification": "2022-03-31", "true_up": "2022-04-15", "deadline": "2022-04-30"},
  {"first_year": 2022, "last_year": 2022, "announcement": "2020-01-01", "pre_allocation": "2022-02-01", "verification": "2023-03-31", "true_up": "2023-04-15", "deadline": "2023-04-30"},
  {"first_year": 2023, "last_year": 2023, "announcement": "2020-01-01", "pre_allocation": "2023-02-01", "verification": "2024-03-31", "true_up": "2024-04-15", "deadline": "2024-04-30"}]})";

struct Stability : TinyMarket {
  explicit Stability(const std::string& parameters) : TinyMarket(2020, 2025, {{{"coal", 60, 1}}}) {
    add("compliance", yearly_cycles);
    add("market_stability_reserve", parameters);
    add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.012}, "calendar": {"per_year": 12}})");
    rules->opening = day_of(2021, 1, 1);
    start();
  }
  void live(Day from, Day until) {
    for (Day day = rules->calendar.first_on_or_after(from); day <= until; day = rules->calendar.next(day)) {
      announce(day);
      comply(day);
    }
  }
};

TEST(MarketStabilityReserve, WithholdsAQuarterOfTheSurplusFromSeptemberOn) {
  // 24% of a TNAC of 10,000 t is 2,400 t: 200 t a month from September to August.
  Stability m(R"({"forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 0.008, "release_below_mt": 0.004, "release_mt": 0.001}]})");
  m.live(day_of(2021, 1, 1), day_of(2021, 12, 30));
  m.give(0, 2021, 10'060);
  m.store.year(2021).verified[0] = Tonnes{60};
  m.live(day_of(2021, 12, 31), day_of(2022, 8, 31));
  EXPECT_EQ(reported(m, "market_stability_reserve", "tnac"), (std::vector<double>{10'000})) << "10,060 held, 60 owed for 2021";
  EXPECT_EQ(stock(m, "stability_reserve"), 0) << "nothing before September";
  m.live(day_of(2022, 9, 1), day_of(2022, 9, 30));
  EXPECT_EQ(stock(m, "stability_reserve"), 200);
  m.live(day_of(2022, 10, 1), day_of(2022, 12, 30));
  EXPECT_EQ(stock(m, "stability_reserve"), 800);
}

TEST(MarketStabilityReserve, ReturnsWhatIsScarce) {
  Stability m(R"({"forms": [{"from_year": 2017, "intake_above_mt": 0.008, "release_below_mt": 0.004, "release_mt": 0.0012}], "stock_mt": 0.005,
                  "tnac_mt": {"2020": 0.003}})");
  m.live(day_of(2021, 1, 1), day_of(2021, 9, 1));
  EXPECT_EQ(stock(m, "stability_reserve"), 4900) << "1,200 t over twelve months";
  EXPECT_EQ(stock(m, "auction"), 12'100);
  m.live(day_of(2021, 9, 2), day_of(2021, 12, 30));
  EXPECT_EQ(stock(m, "stability_reserve"), 4600);
}

TEST(MarketStabilityReserve, ARunThatOpensInMidProgrammeGoesOnWithIt) {
  // EU 2021: the TNAC of 2019 rules to August 2021.
  Stability m(R"({"forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 0.008, "release_below_mt": 0, "release_mt": 0}], "tnac_mt": {"2019": 0.010, "2020": 0.001}})");
  m.live(day_of(2021, 1, 1), day_of(2021, 2, 28));
  EXPECT_EQ(stock(m, "stability_reserve"), 400);
}

TEST(MarketStabilityReserve, InvalidatesAboveALimit) {
  Stability m(R"({"forms": [{"from_year": 2017, "intake_above_mt": 0.008, "release_below_mt": 0, "release_mt": 0}], "stock_mt": 0.009, "invalidate_above_mt": {"2022": 0.0004}})");
  m.live(day_of(2021, 1, 1), day_of(2022, 1, 5));
  EXPECT_EQ(stock(m, "stability_reserve"), 400);
  EXPECT_EQ(reported(m, "market_stability_reserve", "invalidated"), (std::vector<double>{8600}));
}

// ---- triggers ----

struct Trigger : TinyMarket {
  explicit Trigger(const std::string& parameters) : TinyMarket(2020, 2025, {{{"coal", 60, 1}}}) {
    add("price_trigger", parameters);
    rules->opening = day_of(2021, 1, 1);
    start();
  }
};

TEST(PriceTrigger, ThreeMonthsAboveTwiceTheTwoYearAverage) {
  // United Kingdom: 2 x the average of 24 months, three months in a row.
  Trigger m(R"({"factor": {"2021": 2}, "reference_months": 24, "consecutive": 3, "pool": "new_entrants", "stock_mt": 0.001, "volume_mt": 0.0004})");
  closes(m, day_of(2021, 1, 1), day_of(2022, 12, 31), 2000);
  m.announce(day_of(2023, 1, 2));
  closes(m, day_of(2023, 1, 2), day_of(2023, 3, 31), 5000);
  m.announce(day_of(2023, 2, 1));
  m.announce(day_of(2023, 3, 1));
  EXPECT_EQ(stock(m, "auction"), 0) << "two months";
  m.announce(day_of(2023, 4, 3));
  EXPECT_EQ(stock(m, "auction"), 400);
  EXPECT_EQ(stock(m, "new_entrants"), 600);
  closes(m, day_of(2023, 4, 3), day_of(2023, 4, 30), 9000);
  m.announce(day_of(2023, 5, 1));
  EXPECT_EQ(stock(m, "auction"), 400) << "it rests for a year";
}

TEST(PriceTrigger, SixMonthsAgainstTheTwoYearsBeforeThem) {
  // Article 29a: 6 months above 2.4 x the 24 months before them; 49 > 48 = 2.4 x 20.
  Trigger m(R"({"months": 6, "factor": {"2021": 2.4}, "reference_months": 24, "reference_before": true, "pool": "stability_reserve", "stock_mt": 0.001, "volume_mt": 0.00075})");
  closes(m, day_of(2021, 1, 1), day_of(2022, 12, 31), 2000);
  closes(m, day_of(2023, 1, 1), day_of(2023, 6, 30), 4900);
  m.announce(day_of(2023, 7, 3));
  EXPECT_EQ(stock(m, "auction"), 750);
}

TEST(PriceTrigger, ABandOfTenDays) {
  // Beijing: ten days above 150 on average, the authority sells.
  Trigger m(R"({"days": 10, "price": {"given": {"2020": 150}}, "action": "sell", "pool": "intervention", "stock_mt": 0.001, "volume_mt": 0.0002})");
  closes(m, day_of(2021, 3, 1), day_of(2021, 3, 12), 15'000);
  m.announce(day_of(2021, 3, 15));
  std::vector<AuctionNotice> notices;
  m.rules->policies[0].policy->call_auctions(m.view(day_of(2021, 3, 15), 0), m.market.policy_states[0], notices);
  EXPECT_TRUE(notices.empty()) << "150 is not above 150";
  closes(m, day_of(2021, 3, 15), day_of(2021, 3, 15), 15'001);
  m.announce(day_of(2021, 3, 16));
  m.rules->policies[0].policy->call_auctions(m.view(day_of(2021, 3, 16), 0), m.market.policy_states[0], notices);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].offered(), Tonnes{200});
}

TEST(PriceTrigger, NeedsTheVolumeToo) {
  // Korea: a month above twice the average of two years with twice the volume.
  Trigger m(R"({"factor": {"2021": 2}, "reference_months": 24, "volume_factor": 2, "pool": "market_stabilisation", "stock_mt": 0.001, "share_of_stock": 0.25})");
  closes(m, day_of(2021, 1, 1), day_of(2022, 12, 31), 2000, 100);
  closes(m, day_of(2023, 1, 2), day_of(2023, 1, 31), 9000, 150);
  m.announce(day_of(2023, 2, 1));
  EXPECT_EQ(stock(m, "auction"), 0);
  closes(m, day_of(2023, 2, 1), day_of(2023, 2, 28), 9000, 900);
  m.announce(day_of(2023, 3, 1));
  EXPECT_EQ(stock(m, "auction"), 250);
}

// ---- offsets ----

struct WithOffsets : TinyMarket {
  explicit WithOffsets(const std::string& parameters) : TinyMarket(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}}) {
    add("offsets", parameters);
    add("compliance", yearly_cycles);
    rules->opening = day_of(2021, 1, 1);
    start();
    closes(*this, day_of(2022, 4, 1), day_of(2022, 4, 15), 6000);
    set(store.year(2021).verified, {Tonnes{1000}, Tonnes{3000}});
    comply(day_of(2022, 4, 15));
  }
};

TEST(Offsets, ClearAtThePriceAtWhichSupplyCoversTheLimit) {
  // 5% of 4,000 t: 200 t. Supply from 20 to 60 over 400 t: 200 t at 40, below the close of 60.
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"forestry": {"price_from": 20, "price_to": 60, "volume_mt": 0.0004}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{50});
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{150});
  EXPECT_EQ(m.store.year(2022).credits_paid[1], Cash{150 * 4000});
  EXPECT_EQ(cash(m, "offset_developers"), 200 * 4000);
  m.give(0, 2021, 950);
  m.give(1, 2021, 2849);
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2021).shortfall[1], Tonnes{1}) << "3,000 less 150 less 2,849";
}

TEST(Offsets, NobodyPaysMoreThanAnAllowance) {
  // At 60 supply is 400 (60 - 50) / (90 - 50) = 100 of the 200 that are wanted: shared 25 to 75.
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"forestry": {"price_from": 50, "price_to": 90, "volume_mt": 0.0004}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{25});
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{75});
  EXPECT_EQ(cash(m, "offset_developers"), 100 * 6000);
}

TEST(Offsets, LimitsOfTypeAndOriginHold) {
  // 10% in all: 400 t. Local ones are dearer; others are limited to 30% of the 10%.
  WithOffsets m(R"({"share": {"2021": 0.10}, "origin_share": {"elsewhere": {"share": 0.03}, "local": {"share": 1}},
    "types": {"a": {"price_from": 10, "price_to": 10, "volume_mt": 1, "origin": "elsewhere", "share": 0.02},
              "b": {"price_from": 12, "price_to": 12, "volume_mt": 1, "origin": "elsewhere"},
              "c": {"price_from": 20, "price_to": 20, "volume_mt": 1, "origin": "local"}}})");
  m.comply(day_of(2022, 4, 18));
  // Firm 0: 20 t of a, 10 of b (30 from elsewhere), 70 of c.
  EXPECT_EQ(balance(m, 0), -(20 * 1000 + 10 * 1200 + 70 * 2000));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{100});
}

TEST(Offsets, AStockRunsOutAndATypeEnds) {
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"old": {"price_from": 10, "price_to": 10, "volume_mt": 1, "stock_mt": 0.00015},
                                                      "ended": {"price_from": 5, "price_to": 5, "volume_mt": 1, "usable_until": "2021-12-31"}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0] + m.store.year(2021).retired[1], Tonnes{150});
}

// ---- borrowing ----

TEST(Borrowing, AdvancesHalfOfALargeGap) {
  // China 2021-22: firms with a gap of 10% or more of the obligation, half of the gap.
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("borrowing", R"({"gap_least": 0.10, "share_of_gap": 0.5})");
  m.add("compliance", yearly_cycles);
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{1000}, Tonnes{1000}});
  m.comply(day_of(2022, 4, 15));
  m.give(0, 2021, 800);
  m.give(1, 2021, 901);
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.held(0, 2022), 100);
  EXPECT_EQ(m.held(1, 2022), 0) << "a gap of 9.9%";
  EXPECT_EQ(m.store.year(2022).allocated[0], Tonnes{100}) << "it is part of what will be allocated";
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2021).shortfall[1], Tonnes{99});
}

// ---- interim deadlines, vintages, penalties ----

TEST(Compliance, AnInterimDeadlineAsksForAShareAndTheLastForTheRest) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}});
  m.add("compliance", R"({"cycles": [
    {"first_year": 2021, "last_year": 2021, "announcement": "2020-01-01", "pre_allocation": "2021-02-01", "verification": "2022-03-31", "true_up": "2022-04-15", "deadline": "2022-11-01", "share": 0.3},
    {"first_year": 2022, "last_year": 2022, "announcement": "2020-01-01", "pre_allocation": "2022-02-01", "verification": "2023-03-31", "true_up": "2023-04-15", "deadline": "2023-11-01", "balance_from": 2021}]})");
  m.add("penalty", R"({"per_tonne": 10, "owed_ratio": 4})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{1000}});
  set(m.store.year(2022).verified, {Tonnes{500}});
  m.comply(day_of(2022, 4, 15));
  m.give(0, 2021, 280);
  m.comply(day_of(2022, 11, 1));
  EXPECT_EQ(m.store.year(2021).surrendered[0], Tonnes{280});
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{20}) << "30% of 1,000 were due";
  EXPECT_EQ(m.store.debt[0], Tonnes{80}) << "four for one";
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{20'000});
  m.comply(day_of(2023, 4, 17));
  m.give(0, 2022, 1280);
  m.comply(day_of(2023, 11, 1));
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  EXPECT_EQ(m.held(0), 0) << "80 of debt, 700 for 2021, 500 for 2022";
  EXPECT_EQ(m.store.year(2021).surrendered[0], Tonnes{980});
  EXPECT_EQ(m.store.year(2022).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2021).fined[0] + m.store.year(2022).fined[0], Cash{20'000}) << "a missing tonne is penalised once";
}

TEST(Compliance, LaterVintagesMayBeBarred) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}});
  std::string cycles(yearly_cycles);
  m.add("compliance", "{\"later_vintages\": false, " + cycles.substr(1));
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{100}});
  m.give(0, 2021, 60);
  m.give(0, 2022, 60);
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{40});
  EXPECT_EQ(m.held(0, 2022), 60);
}

TEST(Penalty, MayBeCappedAndBarFromTrading) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("penalty", R"({"price_multiple": 3, "most_per_tonne": 100, "most_per_firm": 5000, "bar_days": 90, "debt_carried": false})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.market.board().month_average = Price{4000};
  set(m.store.year(2021).verified, {Tonnes{10}, Tonnes{1000}});
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{100'000}) << "3 x 40 is more than 100 a tonne";
  EXPECT_EQ(m.store.year(2021).fined[1], Cash{500'000}) << "and 5,000 is the most";
  EXPECT_EQ(m.store.barred_until[0], day_of(2022, 4, 29) + 90);
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
}

// ---- banking ----

TEST(Banking, WhatWasNeverTradedIsCancelled) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("banking", R"({"rule": "untraded"})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2021, 100);
  m.give(1, 2021, 100);
  m.store.year(2022).bought[1] = Tonnes{70};
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.held(0), 0);
  EXPECT_EQ(m.held(1), 70) << "net purchases are kept";
}

TEST(Banking, AVintageLivesForSomeYears) {
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}});
  m.add("banking", R"({"rule": "life", "life_years": 2})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2019, 10);
  m.give(0, 2020, 10);
  m.comply(day_of(2021, 12, 31));
  EXPECT_EQ(m.held(0, 2019), 0);
  EXPECT_EQ(m.held(0, 2020), 10);
}

TEST(Banking, WhatLeaversHoldDiesAfterTwoYears) {
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}});
  m.add("banking", R"({"leavers_years": 2})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2020, 10);
  m.store.covered[0] = 0;
  m.comply(day_of(2021, 12, 31));
  EXPECT_EQ(m.held(0), 10);
  m.comply(day_of(2022, 12, 30));
  EXPECT_EQ(m.held(0), 0);
}

TEST(HoldingLimit, FollowsItsFormula) {
  // California 2013: 0.1 x 25 Mt + 0.025 x (162.8 - 25) Mt = 5.945 Mt.
  TinyMarket m(2013, 2013, {{{"coal", 1000, 1}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2013": 162.8}})");
  m.add("holding_limit", R"({"above": "cancel"})");
  m.rules->opening = day_of(2013, 1, 1);
  m.start();
  Tonnes most{std::numeric_limits<std::int64_t>::max()};
  m.rules->policies[1].policy->holding_limit(m.view(day_of(2013, 1, 1)), 0, most);
  EXPECT_EQ(most, Tonnes{5'945'000});
  m.give(0, 2013, 5'945'010);
  m.announce(day_of(2013, 1, 1));
  EXPECT_EQ(m.held(0), 5'945'000);
}

// ---- verification ----

TEST(Verification, AnAuditCorrectsWithoutAFine) {
  TinyMarket m(2020, 2023, {{{"coal", 100'000, 1}}, {{"coal", 5'000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("verification", R"({"error_spread": 0, "bias": -0.05, "audited": 1})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1, 1};
  m.store.year(2021).emissions = {100'000, 5'000};
  m.store.running_year = 2022;
  m.comply(day_of(2022, 3, 31));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{100'000}) << "off by 4,877 t: corrected";
  EXPECT_EQ(m.store.year(2021).verified[1], Tonnes{4'756}) << "5,000 e^-0.05; off by 5% and 244 t: it stands";
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{});
  EXPECT_EQ(reported(m, "verification", "corrected"), (std::vector<double>{1}));
}

TEST(Verification, OnlyFraudIsFined) {
  TinyMarket m(2020, 2023, {{{"coal", 100'000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("verification", R"({"error_spread": 0, "audited": 1, "fraud": 1, "hidden": 0.005, "fraud_fine": 500000})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1};
  m.store.year(2021).emissions = {100'000};
  m.store.running_year = 2022;
  m.comply(day_of(2022, 3, 31));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{100'000});
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{50'000'000});
}

// ---- tax and revenue ----

TEST(CarbonTax, IsPaidForThePastYearAndPaidBack) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}});
  m.add("carbon_tax", R"({"rate": {"given": {"2021": 50}}, "rebate": 0.5})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1, 1};
  m.store.year(2021).emissions = {800, 3000};
  m.store.running_year = 2022;
  EXPECT_EQ(m.market.tax(m.traits.sectors[0], day_of(2021, 6, 1)), 50);
  EXPECT_EQ(m.market.carbon_price(m.traits.sectors[0], day_of(2021, 6, 1)), 98) << "the close of 48 and the tax on top";
  m.announce(day_of(2021, 1, 1));
  m.announce(day_of(2022, 1, 3));
  EXPECT_EQ(m.store.year(2021).taxed[0], Cash{800 * 5000});
  EXPECT_EQ(cash(m, "tax"), 3800 * 5000 / 2);
  EXPECT_EQ(m.store.year(2022).supported[1], Cash{3 * 3800 * 5000 / 8}) << "by baseline emissions, not by what was emitted";
}

TEST(Revenue, IsSharedAmongItsUsesToTheTick) {
  TinyMarket m(2020, 2022, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}, {{"coal", 3000, 1}}});
  m.add("revenue", R"({"from": ["auction"], "uses": {"back": {"use": "rebate", "share": 0.5, "by": "emissions"}, "green": {"use": "support", "share": 0.25}}})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2020).activity = {1, 1, 1};
  m.store.year(2020).emissions = {1000, 2900, 3000};
  m.store.running_year = 2021;
  m.market.clearing.pay(m.market.account(0), m.market.account(pool(m, "auction")), Cash{1001});
  m.announce(day_of(2021, 1, 4));
  // Half of 1,001 is 500: 71, 215, 214 by 1 : 3 : 3; a quarter, 250, to the one that abated; the rest to the budget.
  EXPECT_EQ(m.store.year(2021).supported[0], Cash{71});
  EXPECT_EQ(m.store.year(2021).supported[1], Cash{214 + 250});
  EXPECT_EQ(m.store.year(2021).supported[2], Cash{215});
  EXPECT_EQ(cash(m, "budget"), 251);
  EXPECT_EQ(cash(m, "auction"), 0);
}

// ---- what is refused ----

/// What is said of a national market with these policies besides its own.
std::string refusal_of(const std::string& policies) {
  try {
    compose(load_scenario_text(R"({"extends": "china-national", "name": "x", "policies": {)" + policies + "}}", "x.json"));
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing";
}

TEST(Refusals, SayPlaceAndReason) {
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(refusal_of(R"("msr": {"kind": "market_stability_reserve", "forms": [{"from_year": 2017}]})"),
              AllOf(HasSubstr("/policies/msr: "), HasSubstr("without one of the kind \"auction\"; add one")));
  EXPECT_THAT(refusal_of(R"("sale": {"kind": "auction", "share": {"2021": 0.5}})"), AllOf(HasSubstr("/policies/sale/basis: "), HasSubstr("needs a cap")));
  EXPECT_THAT(refusal_of(R"("collar": {"kind": "price_collar", "floor": {"given": {"2021": 60}}, "ceiling": {"given": {"2021": 50}}})"),
              AllOf(HasSubstr("/policies/collar/floor: "), HasSubstr("the floor must stay below it")));
  EXPECT_THAT(refusal_of(R"("msr": {"kind": "market_stability_reserve", "forms": []})"), HasSubstr("/policies/msr/forms: is empty; a reserve needs a rule for the allowances in circulation (TNAC)"));
  EXPECT_THAT(refusal_of(R"("coverage": {"joins": {"steel": {"from": "2024-01-01", "first_year": 2023}}})"), AllOf(HasSubstr("/policies/coverage/joins/steel: "), HasSubstr("known: power")));
}

}  // namespace
}  // namespace tantu
