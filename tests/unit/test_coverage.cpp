// Who is in the market and what counts: firms too small, sectors that join, voluntary entry, the boundary of obligations,
// other gases.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

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

TEST(Coverage, ASectorJoinsAtItsDate) {
  TinyMarket m(2020, 2025, {{{"coal", 50'000, 1}}, {{"coal", 50'000, 1}}});
  m.traits.closing[1] = day_of(2023, 1, 1);
  m.store.covered = {0, 0};
  m.add("coverage", R"({"review": "2020-01-01", "joins": {"power": {"from": "2024-03-01", "first_year": 2023}}, "boundary": {"power": {"factor": 1.1}}})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  EXPECT_FALSE(m.market.covers(m.traits.sectors[0], day_of(2024, 2, 29)));
  EXPECT_TRUE(m.market.covers(m.traits.sectors[0], day_of(2024, 3, 1)));
  m.announce(day_of(2024, 2, 29));
  EXPECT_EQ(m.store.covered[0], 0);
  m.announce(day_of(2024, 3, 1));
  EXPECT_EQ(m.store.covered[0], 1);
  EXPECT_EQ(m.store.covered[1], 0) << "it has closed";
  EXPECT_EQ(m.obligation(2022, {100, 100}, {0, 0})[0], 0) << "nothing is owed for years before";
  EXPECT_NEAR(m.obligation(2023, {100, 100}, {0, 0})[0], 110, 1e-9) << "other gases count";
}

TEST(Coverage, RefusesWhatCannotJoin) {
  TinyMarket m(2020, 2025, {{{"coal", 50'000, 1}}});
  EXPECT_THROW(m.add("coverage", R"({"joins": {"steel": {"from": "2024-03-01", "first_year": 2023}}})"), ParameterError);
  EXPECT_THROW(m.add("coverage", R"({"joins": {"power": {"from": "2024-03-01", "first_year": 2025}}})"), ParameterError);
}

// Aluminium: 1.6 t CO2 a tonne of metal with 0.04 kg CF4 and 0.004 kg C2F6, of which 0.025 and 0.0025 kg a tonne of CO2.
TEST(Coverage, CountsOtherGasesByTheirWarming) {
  TinyMarket m(2020, 2025, {{{"coal", 50'000, 1}}});
  m.add("coverage", R"({"review": "2020-01-01", "boundary": {"power": {"factor": 0.9, "gases": {"CF4": {"kg_per_t": 0.025, "warming": 6630}, "C2F6": {"kg_per_t": 0.0025, "warming": 11100}}}}})");
  m.start();
  // 1,000 t: 900 t within the boundary, 25 kg x 6,630 = 165.75 t and 2.5 kg x 11,100 = 27.75 t.
  EXPECT_NEAR(m.obligation(2022, {1000}, {0})[0], 900 + 165.75 + 27.75, 1e-9);
}

TEST(Coverage, OnlyThoseOptInWhoExpectToGain) {
  // Both are given 0.9 t a tonne of output; one emits 0.8, the other 1.
  TinyMarket m(2020, 2025, {{{"coal", 1000, 0.8}}, {{"coal", 1000, 1.0}}});
  m.store.covered = {0, 0};
  m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2020": 0.9}}}})");
  m.add("coverage", R"({"review": "2020-01-01", "joins": {"power": {"from": "2024-03-01", "first_year": 2023, "voluntary": true}}})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2023).activity = {1, 1};
  m.store.year(2023).emissions = {800, 1000};
  m.store.running_year = 2024;
  m.announce(day_of(2024, 3, 1));
  EXPECT_EQ(m.store.covered[0], 1) << "given 900 t for 800 t";
  EXPECT_EQ(m.store.covered[1], 0) << "given 900 t for 1,000 t";
}

}  // namespace
}  // namespace tantu
