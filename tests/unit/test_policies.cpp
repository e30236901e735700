// Every policy instrument on a market of a few firms, with numbers worked in the text. Conservation of
// allowances and cash is checked whenever effects are booked (tests/unit/tiny_market.hpp).
#include <gtest/gtest.h>

#include "policies/catalog.hpp"

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/columns.hpp"
#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

using Kind = Effect::Kind;
using Numbers = std::vector<double>;

/// The tonnes of the effects of one kind on one firm and year, added up.
std::int64_t tonnes_of(const Effects& effects, Kind kind, std::uint32_t row, int year) {
  std::int64_t sum = 0;
  for (const Effect& e : effects)
    if (e.kind == kind && e.row == row && e.year == year) sum += e.tonnes.count;
  return sum;
}

void expect_near(const Numbers& got, const Numbers& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-9) << what << ", firm " << i;
}

TEST(PolicyCatalog, EachKindIsFoundOnceAndActsInItsPhase) {
  std::set<std::string> kinds;
  for (const PolicyKind& kind : policy_catalog()) {
    const std::string name(kind.entry.kind);
    EXPECT_TRUE(kinds.insert(name).second) << name << " is in the catalog twice";
    EXPECT_EQ(find_policy(name), &kind);
    EXPECT_EQ(kind.entry.table().name, name) << "a policy's table has the name of its kind";
  }
  EXPECT_EQ(find_policy("benchmark"), nullptr);
  TinyMarket m(2019, 2020, {{{"coal", 1, 1}}});
  for (const char* kind : {"coverage", "cap", "gap_relief", "verification", "pre_allocation", "true_up", "penalty", "banking", "historical_allocation"}) {
    m.add(kind);
    EXPECT_EQ(m.rules->policies.back().policy->phase(), find_policy(kind)->phase) << kind;
  }
}

// ---- allocation ----

constexpr const char* benchmarks = R"({"classes": {"coal": {"benchmark": {"2019": 0.877, "2021": 0.820}},
                                                    "gas": {"benchmark": {"2019": 0.392}},
                                                    "cfb": {"benchmark": {"2019": 0.9}, "correction": 1.05}}})";

TEST(BenchmarkAllocation, IsOutputTimesBenchmarkOverAllPlants) {
  TinyMarket m(2019, 2023, {{{"coal", 1000, 0.95}, {"gas", 500, 0.40}}, {{"cfb", 2000, 1.0}}, {{"oil", 700, 0.8}}});
  m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2019": 0.877, "2021": 0.820}},
                                                 "gas": {"benchmark": {"2019": 0.392}},
                                                 "cfb": {"benchmark": {"2019": 0.9}, "correction": 1.05},
                                                 "oil": {"benchmark": {"2019": 0}}}})");
  m.start();
  // 1000 x 0.877 + 500 x 0.392 = 1073; 2000 x 0.9 x 1.05 = 1890; a benchmark of zero gives nothing.
  expect_near(m.allocation(2019, {1, 1, 1}), {1073, 1890, 0}, "2019");
  expect_near(m.allocation(2020, {1, 1, 1}), {1073, 1890, 0}, "2020 takes the benchmark of 2019");
  expect_near(m.allocation(2021, {1, 1, 1}), {1016, 1890, 0}, "2021: 820 + 196");
  expect_near(m.allocation(2023, {1, 1, 1}), {1016, 1890, 0}, "2023 takes the benchmark of 2021");
  expect_near(m.allocation(2019, {0.5, 1.2, 1}), {536.5, 2268, 0}, "in proportion to output");
}

TEST(BenchmarkAllocation, RefusesASectorWithAClassForgotten) {
  TinyMarket m(2019, 2019, {{{"coal", 1000, 0.95}}, {{"oil", 700, 0.8}}});
  try {
    m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2019": 0.877}}}})");
    FAIL() << "class \"oil\" has no benchmark and nobody says so";
  } catch (const ParameterError& error) {
    EXPECT_STREQ(error.what(), "class \"oil\" of sector \"power\" has no benchmark; add it to classes");
  }
}

TEST(BenchmarkAllocation, AShareMayBeKeptBack) {
  TinyMarket m(2019, 2019, {{{"coal", 1000, 0.95}}});
  m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2019": 0.877}}}, "free_share": 0.9})");
  m.start();
  expect_near(m.allocation(2019, {1}), {789.3}, "90% of 877");
}

TEST(BenchmarkAllocation, AMassCapScalesAllAlike) {
  TinyMarket m(2019, 2021, {{{"coal", 1000, 0.95}, {"gas", 500, 0.40}}, {{"cfb", 2000, 1.0}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2019": 0.001, "2020": 1}})");
  m.add("benchmark_allocation", benchmarks);
  m.start();
  const double factor = 1000.0 / 2963;  // 1,000 t for an expected 1,073 + 1,890
  expect_near(m.allocation(2019, {1, 1}), {1073 * factor, 1890 * factor}, "a cap that binds");
  expect_near(m.allocation(2019, {0.5, 1}), {536.5 * factor, 1890 * factor}, "the factor is fixed before the year, whatever is produced");
  expect_near(m.allocation(2020, {1, 1}), {1073, 1890}, "a cap above the sum changes nothing");
}

TEST(Cap, FollowsItsPathThenItsReduction) {
  const auto cap = [](const std::string& parameters, int year) {
    TinyMarket m(2019, 2019, {{{"coal", 1, 1}}});
    m.add("cap", parameters);
    return m.rules->policies[0].policy->cap(year);
  };
  const std::string linear = R"({"basis": "mass", "path_mt": {"2020": 120, "2021": 100}, "reduction": 0.1})";
  EXPECT_EQ(cap(linear, 2018), 120e6) << "before the path: its first year";
  EXPECT_EQ(cap(linear, 2020), 120e6);
  EXPECT_EQ(cap(linear, 2021), 100e6);
  EXPECT_NEAR(*cap(linear, 2024), 70e6, 1e-3);  // 10 Mt less each year
  EXPECT_EQ(cap(linear, 2035), 0) << "never below zero";
  const std::string geometric = R"({"basis": "mass", "path_mt": {"2021": 100}, "reduction": 0.1, "decline": "geometric"})";
  EXPECT_NEAR(*cap(geometric, 2024), 72.9e6, 1e-3);  // 0.9^3
  EXPECT_EQ(cap(R"({"basis": "intensity"})", 2021), std::nullopt);
}

TEST(HistoricalAllocation, SharesTheCapByBaselineEmissions) {
  TinyMarket m(2019, 2020, {{{"coal", 900, 1}}, {{"coal", 100, 1}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2019": 0.0008, "2020": 0.0006}})");
  m.add("historical_allocation", R"({"free_share": 0.5})");
  m.start();
  expect_near(m.allocation(2019, {1, 1}), {360, 40}, "half of 800 t, 9 to 1");
  expect_near(m.allocation(2019, {0.2, 3}), {360, 40}, "whatever is produced");
  expect_near(m.allocation(2020, {1, 1}), {270, 30}, "half of 600 t");
}

TEST(HistoricalAllocation, WithoutACapIsWhatWasEmitted) {
  TinyMarket m(2019, 2020, {{{"coal", 900, 1}}, {{"coal", 100, 1}}});
  m.add("historical_allocation");
  m.start();
  expect_near(m.allocation(2019, {1, 1}), {900, 100}, "baseline emissions");
}

// ---- relief ----

TEST(GapRelief, LimitsWhatIsOwed) {
  // Firm 2 has a coal plant, but most of its emissions are from gas.
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}, {{"gas", 1000, 1}}, {{"coal", 100, 1}, {"gas", 500, 1}}});
  m.add("gap_relief", R"({"share": 0.20, "first_year": 2019, "last_year": 2022, "classes": ["coal"]})");
  m.add("gap_relief", R"({"share": 0, "first_year": 2019, "last_year": 2024, "classes": ["gas"]})");
  m.start();
  expect_near(m.obligation(2019, {1000, 1000, 600}, {700, 700, 500}), {900, 700, 500}, "coal: 700 + 200; gas: what it was given");
  expect_near(m.obligation(2022, {1000, 1000, 600}, {850, 1200, 601}), {1000, 1000, 600}, "nobody owes more than it emits");
  expect_near(m.obligation(2023, {1000, 1000, 600}, {700, 700, 500}), {1000, 700, 500}, "2023: gas alone");
  expect_near(m.obligation(2018, {1000, 1000, 600}, {700, 700, 500}), {1000, 1000, 600}, "before the rule");
}

TEST(GapRelief, WithoutClassesIsForAll) {
  TinyMarket m(2019, 2019, {{{"coal", 1000, 1}}, {{"gas", 1000, 1}}});
  m.add("gap_relief");
  m.start();
  expect_near(m.obligation(2019, {1000, 1000}, {700, 100}), {900, 300}, "allocation + 20% of emissions");
}

// ---- issue ----

/// Cycles as in life: 2019-20 settled on 2021-12-31, a Friday, and 2021-22 on 2023-12-31, a Sunday.
constexpr const char* cycles = R"({"cycles": [
  {"first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-07-03", "verification": "2021-06-30",
   "true_up": "2021-09-30", "deadline": "2021-12-31"},
  {"first_year": 2021, "last_year": 2022, "announcement": "2022-11-03", "pre_allocation": "2023-01-02", "verification": "2023-06-30",
   "true_up": "2023-09-30", "deadline": "2023-12-31"}]})";
constexpr const char* coal_877 = R"({"classes": {"coal": {"benchmark": {"2019": 0.877}}}})";

TEST(PreAllocation, IssuesAShareOnTheOutputOfTheNamedYear) {
  TinyMarket m(2018, 2023, {{{"coal", 1000, 0.9}}, {{"coal", 10'000, 0.9}}, {{"coal", 500, 0.9}}});
  m.add("compliance", cycles);
  m.add("benchmark_allocation", coal_877);
  m.add("pre_allocation", R"({"share": 0.7, "basis_year": {"2019": 2018, "2020": 2018, "2021": 2021}})");
  m.start();
  m.store.year(2018).activity = {1, 1.1, 1};
  m.store.year(2019).activity = {5, 5, 5};
  m.store.year(2020).activity = {6, 6, 6};
  m.store.year(2021).activity = {0.8, 0.9, 1};
  m.store.covered[2] = 0;
  EXPECT_TRUE(m.announce(day_of(2021, 7, 2)).empty()) << "the day before";
  // 2021-07-03 is a Saturday: it happens on Monday.
  const Effects issued = m.announce(day_of(2021, 7, 5));
  EXPECT_EQ(issued.size(), 4u) << "two firms, two years; nothing for the firm that has left";
  EXPECT_EQ(m.held(0, 2019), 614);   // 0.7 x 877 = 613.9
  EXPECT_EQ(m.held(0, 2020), 614);   // on 2018, too
  EXPECT_EQ(m.held(1, 2019), 6753);  // 0.7 x 8,770 x 1.1 = 6,752.9
  EXPECT_EQ(m.held(2), 0);
  EXPECT_EQ(m.store.year(2019).allocated[1], Tonnes{6753});
  EXPECT_TRUE(m.announce(day_of(2021, 7, 6)).empty()) << "once";
  m.announce(day_of(2023, 1, 2));
  EXPECT_EQ(m.held(0, 2021), 491) << "0.7 x 877 x 0.8 = 491.1, on the output of 2021 itself";
  EXPECT_EQ(m.held(0, 2022), 491) << "a year that is not named takes the year before it: 2021";
}

// Two coal firms that were given 614 t for 2019 and for 2020; verified output of 2019 is 1.2 and 0.5.
struct BeforeTrueUp : TinyMarket {
  explicit BeforeTrueUp(const std::string& parameters = "{}") : TinyMarket(2018, 2022, {{{"coal", 1000, 0.9}}, {{"coal", 1000, 0.9}}}) {
    add("compliance", cycles);
    add("benchmark_allocation", coal_877);
    add("true_up", parameters);
    start();
    for (const std::uint32_t row : {0u, 1u})
      for (const int year : {2019, 2020}) {
        give(row, year, 614);
        store.year(year).allocated[row] = Tonnes{614};
      }
    store.year(2019).activity = {1.2, 0.5};
    store.year(2020).activity = {0.7, 0.7};  // 613.9: nothing to correct
  }
};
constexpr Day true_up_day = day_of(2021, 9, 30);  // a Thursday

TEST(TrueUp, IssuesWhatIsMissingAndTakesBackWhatIsTooMuch) {
  BeforeTrueUp m;
  EXPECT_EQ(tonnes_of(m.comply(true_up_day - 1), Kind::issue, 0, 2019), 0) << "the day before";
  const Effects effects = m.comply(true_up_day);
  // Firm 0: 877 x 1.2 = 1052.4, 438 more. Firm 1: 877 x 0.5 = 438.5, rounded half up to 439, 175 less.
  EXPECT_EQ(tonnes_of(effects, Kind::issue, 0, 2019), 438);
  EXPECT_EQ(tonnes_of(effects, Kind::take_back, 1, 2019), 175);
  EXPECT_EQ(m.held(0, 2019), 1052);
  EXPECT_EQ(m.held(1, 2019), 439);
  EXPECT_EQ(values(m.store.year(2019).entitled, 2), (std::vector<Tonnes>{Tonnes{1052}, Tonnes{439}}));
  EXPECT_EQ(values(m.store.year(2019).allocated, 2), (std::vector<Tonnes>{Tonnes{1052}, Tonnes{439}}));
  EXPECT_EQ(m.held(0, 2020), 614);
  EXPECT_EQ(m.store.debt[1], Tonnes{0});
  EXPECT_EQ(tonnes_of(m.comply(true_up_day + 1), Kind::issue, 0, 2019), 0) << "once";
}

TEST(TrueUp, TakesOtherVintagesAndThenADebtForWhatWasSold) {
  BeforeTrueUp m;
  m.market.registry.transfer(m.market.account(1), m.market.account(0), m.unit(2019), Tonnes{600});
  m.comply(true_up_day);
  EXPECT_EQ(m.held(1, 2019), 0) << "175 to give back: the 14 that are left of 2019,";
  EXPECT_EQ(m.held(1, 2020), 453) << "then 161 of 2020";
  EXPECT_EQ(m.store.debt[1], Tonnes{0});

  BeforeTrueUp sold;
  sold.market.registry.transfer(sold.market.account(1), sold.market.account(0), sold.unit(2019), Tonnes{600});
  sold.market.registry.transfer(sold.market.account(1), sold.market.account(0), sold.unit(2020), Tonnes{514});
  sold.comply(true_up_day);
  EXPECT_EQ(sold.held(1), 0) << "114 t were left of 1,228";
  EXPECT_EQ(sold.store.debt[1], Tonnes{61}) << "175 - 114 is owed";
  EXPECT_EQ(sold.store.year(2019).allocated[1], Tonnes{439});
}

TEST(TrueUp, MayLeaveWhatWasGivenTooMuch) {
  BeforeTrueUp m(R"({"take_back": false})");
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0, 2019), 1052);
  EXPECT_EQ(m.held(1, 2019), 614);
  EXPECT_EQ(m.store.year(2019).entitled[1], Tonnes{614});
}

TEST(TrueUp, WithoutPreAllocationIssuesAll) {
  TinyMarket m(2019, 2022, {{{"coal", 1000, 0.9}}});
  m.add("compliance", cycles);
  m.add("benchmark_allocation", coal_877);
  m.add("true_up");
  m.start();
  m.store.year(2019).activity = {1};
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0, 2019), 877);
}

// ---- coverage ----

TEST(Coverage, TheSmallAndTheClosedLeaveAndGiveBack) {
  TinyMarket m(2019, 2021, {{{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("coverage", R"({"threshold_t": 1000, "review": "2021-10-02", "first_year": 2019, "last_year": 2020})");
  m.start();
  m.store.year(2019).emissions = {999.9, 10, 5000, 5000, 5000};
  m.store.year(2020).emissions = {500, 1000, 5000, 5000, 5000};
  m.store.year(2021).emissions = {9999, 9999, 9999, 9999, 9999};  // not considered
  m.traits.closing[2] = day_of(2021, 10, 2);                       // first day without output: the review day
  m.traits.closing[3] = day_of(2021, 10, 3);
  for (const std::uint32_t row : {0u, 1u, 2u, 3u}) {
    m.give(row, 2019, 100);
    m.store.year(2019).allocated[row] = Tonnes{100};
  }
  m.market.registry.transfer(m.market.account(2), m.market.account(4), m.unit(2019), Tonnes{30});
  EXPECT_TRUE(m.announce(day_of(2021, 10, 1)).empty());
  m.announce(day_of(2021, 10, 4));  // 2021-10-02 is a Saturday
  EXPECT_EQ(m.store.covered, (std::vector<std::uint8_t>{0, 1, 0, 1, 1}))
      << "below 1,000 t in both years: out; 1,000 t in one: in; closed: out; closes a day later: in; large: in";
  EXPECT_EQ(m.held(0), 0) << "what it was given goes back";
  EXPECT_EQ(m.held(1), 100);
  EXPECT_EQ(m.held(2), 0);
  EXPECT_EQ(m.store.debt[2], Tonnes{30}) << "what it had sold is owed";
  EXPECT_EQ(m.store.year(2019).allocated[2], Tonnes{0});
  EXPECT_TRUE(m.announce(day_of(2021, 10, 5)).empty()) << "once";
}

// ---- verification ----

TEST(Verification, WithoutErrorFindsTheEmissionsInWholeTonnes) {
  TinyMarket m(2019, 2022, {{{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("compliance", cycles);
  m.add("verification", R"({"error_spread": 0})");
  m.start();
  m.store.year(2019).emissions = {1234.5, 1234.49, 7};
  m.store.year(2020).emissions = {10, 20, 7};
  m.store.covered[2] = 0;
  EXPECT_EQ(m.store.year(2019).verified[0], Tonnes{-1}) << "-1 says that nothing has been verified yet";
  m.comply(day_of(2021, 6, 29));
  EXPECT_EQ(m.store.year(2019).verified[0], Tonnes{-1});
  m.comply(day_of(2021, 6, 30));
  EXPECT_EQ(values(m.store.year(2019).verified, 3), (std::vector<Tonnes>{Tonnes{1235}, Tonnes{1234}, Tonnes{-1}}));
  EXPECT_EQ(values(m.store.year(2020).verified, 3), (std::vector<Tonnes>{Tonnes{10}, Tonnes{20}, Tonnes{-1}}));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{-1}) << "a later cycle";
}

TEST(Verification, BiasAndErrorAreInTheLog) {
  const auto verified = [](const std::string& parameters, std::size_t firms) {
    TinyMarket m(2019, 2022, std::vector<std::vector<TinyMarket::Plant>>(firms, {{"coal", 1, 1}}));
    m.add("compliance", cycles);
    m.add("verification", parameters);
    m.start();
    for (const int year : {2019, 2020}) m.store.year(year).emissions.assign(firms, 1e6);
    m.comply(day_of(2021, 6, 30));
    return std::pair(values(m.store.year(2019).verified, firms), values(m.store.year(2020).verified, firms));
  };
  EXPECT_EQ(verified(R"({"error_spread": 0, "bias": -0.1})", 1).first[0], Tonnes{904'837});  // 1e6 e^-0.1 = 904,837.4
  const std::string spread = R"({"error_spread": 0.02})";
  const auto [first, second] = verified(spread, 2000);
  double sum = 0, squares = 0;
  for (const Tonnes t : first) {
    const double x = std::log(static_cast<double>(t.count) / 1e6);
    sum += x;
    squares += x * x;
  }
  // 2,000 draws: the mean is within 4 x 0.02 / sqrt(2000), the s.d. within 4 x 0.02 / sqrt(4000).
  EXPECT_NEAR(sum / 2000, 0, 0.0018);
  EXPECT_NEAR(std::sqrt(squares / 2000), 0.02, 0.0013);
  EXPECT_NE(first, second) << "each year has its own error";
  EXPECT_EQ(verified(spread, 2000).first, first) << "the same firms have the same errors again";
}

// ---- compliance ----

// One firm that owes `owed` for 2019 and 2020 each on the evening of 2021-12-31.
struct BeforeDeadline : TinyMarket {
  explicit BeforeDeadline(std::int64_t owed_2019, std::int64_t owed_2020) : TinyMarket(2018, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}}) {
    add("compliance", cycles);
    set(store.year(2019).verified, {Tonnes{owed_2019}, Tonnes{0}});
    set(store.year(2020).verified, {Tonnes{owed_2020}, Tonnes{0}});
  }
  void fix() { comply(true_up_day); }
};
constexpr Day deadline = day_of(2021, 12, 31);

TEST(Compliance, FixesTheObligationOnTheTrueUpDate) {
  BeforeDeadline m(1000, 500);
  m.add("gap_relief", R"({"share": 0.2, "classes": ["coal"]})");
  m.start();
  set(m.store.year(2019).entitled, {Tonnes{600}, Tonnes{0}});
  set(m.store.year(2020).entitled, {Tonnes{450}, Tonnes{0}});
  m.comply(true_up_day - 1);
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{-1});
  m.fix();
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{800}) << "600 + 20% of 1,000";
  EXPECT_EQ(m.store.year(2020).obligation[0], Tonnes{500});
}

TEST(Compliance, SurrendersTheOldestVintageForTheFirstYearFirst) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.give(0, 2020, 120);
  m.give(0, 2018, 20);
  m.give(0, 2021, 40);
  m.comply(deadline - 1);
  EXPECT_EQ(m.held(0), 180) << "the day before the deadline nothing is taken";
  m.comply(deadline);
  EXPECT_EQ(m.held(0, 2018), 0);
  EXPECT_EQ(m.held(0, 2020), 0);
  EXPECT_EQ(m.held(0, 2021), 30) << "150 are due: 20 of 2018, 120 of 2020, 10 of 2021";
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{50});
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.market.registry.totals(m.unit(2018)).surrendered, Tonnes{20});
  m.comply(deadline + 3);
  EXPECT_EQ(m.held(0), 30) << "once";
}

TEST(Compliance, WhatIsMissingIsTheShortfallOfTheLastYears) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 0);
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{10});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{40});
  EXPECT_EQ(m.store.debt[0], Tonnes{0}) << "whether it is still owed is for the penalty to say";
}

TEST(Compliance, OldDebtsAreRepaidFirst) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.store.debt[0] = Tonnes{30};
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{80});  // 110 - 30
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{20});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{50});

  BeforeDeadline poor(100, 50);
  poor.start();
  poor.fix();
  poor.store.debt[0] = Tonnes{30};
  poor.give(0, 2020, 10);
  poor.comply(deadline);
  EXPECT_EQ(poor.store.debt[0], Tonnes{20});
  EXPECT_EQ(poor.store.year(2019).shortfall[0], Tonnes{100});
}

TEST(Compliance, AFirmThatHasLeftOwesNothing) {
  BeforeDeadline m(100, 50);
  m.start();
  m.store.covered[0] = 0;
  m.fix();
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 110);
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{-1});
}

TEST(Compliance, ADeadlineOnASundayActsAfterTheCloseOfFriday) {
  BeforeDeadline m(0, 0);
  m.start();
  m.fix();
  for (const int year : {2021, 2022}) set(m.store.year(year).verified, {Tonnes{10}, Tonnes{0}});
  m.comply(day_of(2023, 9, 29));  // the true-up of 2023-09-30, a Saturday
  EXPECT_EQ(m.store.year(2021).obligation[0], Tonnes{10});
  m.give(0, 2021, 20);
  m.comply(day_of(2023, 12, 28));
  EXPECT_EQ(m.held(0), 20) << "on Thursday there is still a day to trade";
  m.comply(day_of(2023, 12, 29));
  EXPECT_EQ(m.held(0), 0);
}

TEST(Compliance, TrueUpAndDeadlineMayFallOnOneDay) {
  TinyMarket m(2019, 2021, {{{"coal", 1000, 1}}});
  m.add("compliance", R"({"cycles": [{"first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-07-01",
                          "verification": "2021-12-31", "true_up": "2021-12-31", "deadline": "2021-12-31"}]})");
  m.start();
  set(m.store.year(2019).verified, {Tonnes{100}});
  set(m.store.year(2020).verified, {Tonnes{50}});
  m.give(0, 2019, 120);
  m.comply(deadline);
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{20});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{30});
}

// ---- penalty ----

// Firm 0 misses 40 t for 2019 and 60 t for 2020; firm 1 nothing. The month before averaged 55.50.
struct Shortfall : TinyMarket {
  explicit Shortfall(const std::vector<std::string>& penalties) : TinyMarket(2018, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}}) {
    add("compliance", cycles);
    for (const std::string& p : penalties) add("penalty", p);
    start();
    store.year(2019).shortfall[0] = Tonnes{40};
    store.year(2020).shortfall[0] = Tonnes{60};
    market.board().month_average = Price{5550};
  }
};

TEST(Penalty, AFixedFineIsPaidOnceForACycle) {
  Shortfall m({R"({"fine": 30000})"});
  m.comply(deadline - 1);
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{0});
  m.comply(deadline);
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{-3'000'000}) << "30,000 in ticks of 0.01";
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{3'000'000});
  EXPECT_EQ(m.market.clearing.balance(m.market.account(1)), Cash{0});
  EXPECT_EQ(m.store.year(2020).fined[0], Cash{3'000'000});
  EXPECT_EQ(m.store.debt[0], Tonnes{100}) << "and the 100 t are still owed";
  m.comply(deadline + 3);
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{3'000'000}) << "once";
}

TEST(Penalty, AMultipleOfThePreviousMonthsAverage) {
  Shortfall m({R"({"price_multiple": 5, "debt_carried": false})"});
  m.comply(deadline);
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{2'775'000});  // 5 x 55.50 x 100 t = 27,750
  EXPECT_EQ(m.store.debt[0], Tonnes{0}) << "the fine extinguishes the obligation";
}

TEST(Penalty, APriceForATonneIsRoundedHalfUpOnce) {
  Shortfall m({R"({"per_tonne": 0.00125, "debt_carried": false})"});
  m.comply(deadline);
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{13});  // 0.125 is 12.5 ticks
}

TEST(Penalty, InstancesApplyToTheirDeadlines) {
  const std::string before = R"({"fine": 30000, "until": "2021-12-30"})", from = R"({"price_multiple": 5, "from": "2021-12-31", "debt_carried": false})";
  Shortfall m({before, from});
  m.comply(deadline);
  EXPECT_EQ(m.market.clearing.balance(Market::treasury), Cash{2'775'000});
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  const ShortfallTerms old_terms = m.market.shortfall_terms(day_of(2021, 12, 30)), new_terms = m.market.shortfall_terms(deadline);
  EXPECT_TRUE(old_terms.exists && new_terms.exists);
  EXPECT_EQ(old_terms.fine, 30000);
  EXPECT_EQ(old_terms.multiple, 0);
  EXPECT_TRUE(old_terms.debt_carried);
  EXPECT_EQ(new_terms.fine, 0);
  EXPECT_EQ(new_terms.multiple, 5);
  EXPECT_FALSE(new_terms.debt_carried);
  EXPECT_FALSE(Shortfall({}).market.shortfall_terms(deadline).exists);
}

// ---- banking ----

TEST(Banking, UnlimitedKeepsAll) {
  TinyMarket m(2019, 2023, {{{"coal", 1, 1}}});
  m.add("compliance", cycles);
  m.add("banking");
  m.start();
  m.give(0, 2019, 100);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 100);
  EXPECT_FALSE(m.market.carry_over(m.view(deadline), 0).limited);
}

TEST(Banking, NoneLetsACyclesVintagesDieAfterItsDeadline) {
  TinyMarket m(2019, 2023, {{{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("compliance", cycles);
  m.add("banking", R"({"rule": "none"})");
  m.start();
  for (const int vintage : {2019, 2020, 2021}) m.give(0, vintage, 100);
  m.store.year(2019).verified[0] = Tonnes{30};
  const CarryOver terms = m.market.carry_over(m.view(deadline), 0);
  EXPECT_TRUE(terms.limited);
  EXPECT_EQ(terms.conversion, deadline);
  EXPECT_EQ(terms.limit, 0);
  m.comply(deadline - 1);
  EXPECT_EQ(m.held(0), 300);
  m.comply(deadline);
  EXPECT_EQ(m.held(0, 2019), 0) << "30 surrendered first, 70 expired";
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).surrendered, Tonnes{30});
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).expired, Tonnes{70});
  EXPECT_EQ(m.held(0, 2020), 0);
  EXPECT_EQ(m.held(0, 2021), 100) << "a vintage of the next cycle";
  EXPECT_EQ(m.market.carry_over(m.view(deadline + 3), 0).conversion, day_of(2023, 12, 31));
}

TEST(Banking, NetSalesMakeRoomForMore) {
  // 10,000 t + 1.5 x net sales of 2024 and 2025.
  TinyMarket m(2023, 2025, {{{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("banking", R"({"rule": "net_sales"})");
  m.start();
  for (const std::uint32_t row : {0u, 1u}) {
    m.give(row, 2023, 20'000);
    m.give(row, 2024, 30'000);
    m.give(row, 2025, 7'000);
  }
  m.give(2, 2024, 9'999);
  m.store.year(2023).sold[0] = Tonnes{99'999};  // before the years that count
  m.store.year(2024).sold[0] = Tonnes{12'000};
  m.store.year(2025).sold[0] = Tonnes{8'000};
  m.store.year(2025).bought[0] = Tonnes{5'000};
  m.store.year(2024).bought[1] = Tonnes{40'000};
  const Day announced = day_of(2024, 7, 2), conversion = day_of(2025, 12, 31);
  EXPECT_FALSE(m.market.carry_over(m.view(announced - 1), 0).limited) << "nobody knows the rule yet";
  const CarryOver terms = m.market.carry_over(m.view(announced), 0);
  EXPECT_TRUE(terms.limited);
  EXPECT_EQ(terms.conversion, conversion);
  EXPECT_EQ(terms.limit, 32'500);  // 10,000 + 1.5 x 15,000
  EXPECT_EQ(terms.per_sale, 1.5);
  EXPECT_EQ(m.market.carry_over(m.view(announced), 1).limit, 10'000) << "a net buyer";
  m.comply(conversion - 1);
  EXPECT_EQ(m.held(0), 57'000);
  m.comply(conversion);
  EXPECT_EQ(m.held(0, 2023) + m.held(0, 2024), 32'500);
  EXPECT_EQ(m.held(0, 2023), 2'500) << "the 17,500 t that die are of the oldest vintage";
  EXPECT_EQ(m.held(0, 2025), 7'000) << "the new vintage stays";
  EXPECT_EQ(m.held(1), 17'000);
  EXPECT_EQ(m.held(2), 9'999) << "less than the base stays whole";
  EXPECT_FALSE(m.market.carry_over(m.view(conversion + 1), 0).limited) << "afterwards there is no limit";
}

// ---- together ----

TEST(Policies, AWholeCycleInOrder) {
  // Firm 0 emits more than it is given, firm 1 less and sells 100 t; firm 2 is too small.
  TinyMarket m(2018, 2022, {{{"coal", 1000, 1.0}}, {{"coal", 1000, 0.7}}, {{"coal", 10, 1.0}}});
  m.add("coverage", R"({"threshold_t": 100, "review": "2021-09-01"})");
  m.add("benchmark_allocation", coal_877);
  m.add("gap_relief");
  m.add("verification", R"({"error_spread": 0})");
  m.add("pre_allocation", R"({"basis_year": {"2020": 2018}})");
  m.add("true_up");
  m.add("compliance", cycles);
  m.add("penalty", R"({"fine": 30000})");
  m.add("banking", R"({"rule": "none"})");
  m.start();
  for (const int year : {2018, 2019, 2020}) {
    m.store.year(year).activity = {1, 1, 1};
    m.store.year(year).emissions = {1000, 700, 10};
  }
  m.announce(day_of(2021, 7, 5));
  EXPECT_EQ(m.held(2), 12) << "6.139 t, rounded to 6, for each of two years";
  m.comply(day_of(2021, 7, 5));
  m.announce(day_of(2021, 9, 1));
  EXPECT_EQ(m.held(2), 0);
  m.market.registry.deliver(m.market.account(1), m.market.account(0), Tonnes{100});
  m.market.clearing.pay(m.market.account(0), m.market.account(1), Price{4800} * Tonnes{100});
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0), 2 * 877 + 100);
  EXPECT_EQ(m.held(1), 2 * 877 - 100);
  m.comply(deadline);
  // Firm 0 owes 1,000 a year (877 + 200 is more) and has 1,854: 146 are missing. Firm 1 owes 1,400 of 1,654.
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{1000});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{146});
  EXPECT_EQ(m.store.debt[0], Tonnes{146});
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{-480'000 - 3'000'000});
  EXPECT_EQ(m.store.year(2020).shortfall[1], Tonnes{0});
  EXPECT_EQ(m.held(1), 0) << "254 t are left over and die";
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).expired + m.market.registry.totals(m.unit(2020)).expired, Tonnes{254});
}

TEST(Policies, BookedTonnesAreReportedByInstrument) {
  BeforeTrueUp m;
  m.comply(true_up_day);
  const auto moved = [&](std::int32_t policy, Kind kind) {
    for (const Moved& entry : m.market.moved)
      if (entry.policy == policy && entry.kind == kind && entry.year == 2019) return entry.tonnes.count;
    return std::int64_t{-1};
  };
  EXPECT_EQ(moved(2, Kind::issue), 438) << "by the third policy, the true-up";
  EXPECT_EQ(moved(2, Kind::take_back), 175);
  EXPECT_EQ(moved(1, Kind::issue), -1) << "an allocation rule alone moves nothing";
}

}  // namespace
}  // namespace tantu
