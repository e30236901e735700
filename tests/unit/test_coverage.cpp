// Who is in the market and what counts: sectors that join, voluntary entry, the boundary of obligations, other gases,
// and who pays the verifier.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

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

TEST(Verifiers, PaidByTheFirmFlatter) {
  const auto verified = [](const char* parameters) {
    TinyMarket m(2020, 2025, {{{"coal", 1'000'000, 1}}});
    m.add("compliance", R"({"cycles": [{"first_year": 2021, "last_year": 2021, "announcement": "2020-06-30", "pre_allocation": "2021-01-04",
                            "verification": "2022-03-31", "true_up": "2022-04-30", "deadline": "2022-06-30"}]})");
    m.add("verification", parameters);
    m.rules->opening = day_of(2021, 1, 1);
    m.start();
    m.store.year(2021).activity = {1};
    m.store.year(2021).emissions = {1'000'000};
    m.store.running_year = 2022;
    m.comply(day_of(2022, 3, 31));
    return m.store.year(2021).verified[0].count;
  };
  EXPECT_EQ(verified(R"({"error_spread": 0, "firm_pays": false, "payer_bias": -0.01})"), 1'000'000);
  EXPECT_EQ(verified(R"({"error_spread": 0, "firm_pays": true, "payer_bias": -0.01})"), 990'050) << "exp(-0.01)";
}

}  // namespace
}  // namespace tantu
