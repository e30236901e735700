// Ways to give allowances away, with numbers worked in the text (examples, unless a source is named).
#include <gtest/gtest.h>

#include "policies/correction_factors.hpp"
#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

constexpr const char* cycle = R"({"cycles": [{"first_year": 2024, "last_year": 2024, "announcement": "2024-01-01", "pre_allocation": "2024-02-01",
  "verification": "2025-06-30", "true_up": "2025-09-30", "deadline": "2025-12-31"}]})";

TEST(CorrectionFactors, LoadFactorIsContinuous) {
  EXPECT_EQ(load_factor(0.9), 1);
  EXPECT_EQ(load_factor(0.85), 1);
  EXPECT_NEAR(load_factor(0.80), 1.007, 1e-12);
  EXPECT_NEAR(load_factor(0.7999999), 1.007, 1e-6);
  EXPECT_NEAR(load_factor(0.75), 1.015, 1e-12);
  EXPECT_NEAR(load_factor(0.7499999), 1.015, 1e-6);
  EXPECT_NEAR(load_factor(0.70), 1.030225, 1e-12) << "1.015 squared";
}

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

TEST(BenchmarkFactors, MultiplyTheBenchmarkAndHeatIsAdded) {
  TinyMarket m(2019, 2034, {{{"coal", 1000, 0.9}}});
  m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2019": 0.877}, "air_cooled_share": 0.5, "heat_ratio": 0.1, "load": {"2019": 0.75},
    "heat_per_output_gj": 2, "heat_benchmark": {"2019": 0.126}}}})");
  m.start();
  // 877 x 1.025 x (1 - 0.022) x 1.015 + 2000 x 0.126
  EXPECT_NEAR(m.allocation(2019, {1})[0], 877 * 1.025 * 0.978 * 1.015 + 252, 1e-9);
}

// Factors of the border adjustment: 97.5% in 2026 and nothing in 2034.
TEST(BenchmarkFactors, LeakageFactorFadesOut) {
  TinyMarket m(2025, 2034, {{{"clinker", 1000, 0.8}}});
  m.add("benchmark_allocation", R"({"classes": {"clinker": {"benchmark": {"2021": 0.693}, "leakage_factor": {"2021": 1, "2026": 0.975, "2034": 0}}}})");
  m.start();
  EXPECT_NEAR(m.allocation(2025, {1})[0], 693, 1e-9);
  EXPECT_NEAR(m.allocation(2026, {1})[0], 675.675, 1e-9);
  EXPECT_EQ(m.allocation(2034, {1})[0], 0);
}

TEST(BenchmarkFactors, NewCapacityGetsTheAdvancedBenchmark) {
  TinyMarket m(2023, 2025, {{{"coal", 1000, 0.9}}});
  m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2023": 0.8}, "new_capacity_share": {"2024": 0.25}, "advanced_benchmark": {"2023": 0.7}}}})");
  m.start();
  EXPECT_NEAR(m.allocation(2023, {1})[0], 800, 1e-9);
  EXPECT_NEAR(m.allocation(2024, {1})[0], 775, 1e-9) << "750 x 0.8 + 250 x 0.7";
}

// Regulation (EU) 2021/447 from the benchmarks of 2013-20: reference x (1 - 15 x rate), the rate within 0.2% and 1.6% a year.
// Published values where the rate was at a bound, which the rule reproduces.
TEST(BenchmarkFactors, FollowAnEarlierBenchmarkByRule) {
  const auto benchmark = [](double reference, double rate, int decimals = 3) {
    TinyMarket m(2020, 2027, {{{"x", 1, 0.8}}});
    m.add("benchmark_allocation", R"({"classes": {"x": {"benchmark": {"2013": )" + std::to_string(reference) + R"(}, "update": {"reference": )" + std::to_string(reference) +
                                      R"(, "rate": {"2021": )" + std::to_string(rate) + R"(}, "least": {"2021": 0.002, "2026": 0.003}, "most": {"2021": 0.016, "2026": 0.025},
        "years": {"2021": 15, "2026": 20}, "decimals": )" + std::to_string(decimals) + "}}}}");
    m.start();
    return std::vector<double>{m.allocation(2020, {1})[0], m.allocation(2021, {1})[0], m.allocation(2026, {1})[0]};
  };
  const auto hot_metal = benchmark(1.328, 0.0005);
  EXPECT_NEAR(hot_metal[0], 1.328, 1e-9) << "before the first rate";
  EXPECT_NEAR(hot_metal[1], 1.288, 1e-9) << "3% less at the lowest rate";
  EXPECT_NEAR(hot_metal[2], 1.248, 1e-9) << "from 2026 on 20 years at 0.3% at least: 1.24832";
  EXPECT_NEAR(benchmark(0.283, 0.05)[1], 0.215, 1e-9) << "carbon steel from electric furnaces, 24% less at the highest rate";
  EXPECT_NEAR(benchmark(0.286, 0.05)[1], 0.217, 1e-9) << "coke";
  EXPECT_NEAR(benchmark(0.954, 0.05)[1], 0.725, 1e-9) << "lime";
  EXPECT_NEAR(benchmark(1.619, 0.0005)[1], 1.570, 1e-9) << "ammonia";
  EXPECT_NEAR(benchmark(0.702, 0.0005)[1], 0.681, 1e-9) << "steam cracking";
  EXPECT_NEAR(benchmark(62.3, 0.05, 1)[1], 47.3, 1e-9) << "heat, t/TJ";
  EXPECT_NEAR(benchmark(56.1, 0.05, 1)[1], 42.6, 1e-9) << "fuel, t/TJ";
}

TEST(BenchmarkFactors, AGivenUniformCorrectionTakesThePlaceOfTheCap) {
  TinyMarket m(2013, 2020, {{{"steel", 1000, 1}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2013": 0.0005}})");
  m.add("benchmark_allocation", R"({"classes": {"steel": {"benchmark": {"2013": 1}}}, "uniform_correction": {"2013": 0.9427, "2020": 0.8244}})");
  m.start();
  EXPECT_NEAR(m.allocation(2013, {1})[0], 942.7, 1e-9);
  EXPECT_NEAR(m.allocation(2020, {1})[0], 824.4, 1e-9);
}

TEST(HistoricalAllocation, EndsWithClosure) {
  TinyMarket m(2019, 2022, {{{"a", 600, 1}}, {{"a", 400, 1}}});
  m.traits.closing[1] = day_of(2020, 6, 30);
  m.add("cap", R"({"basis": "mass", "path_mt": {"2019": 0.0008}})");
  m.add("historical_allocation", R"({"share": {"2019": 1, "2021": 0.5}})");
  m.start();
  EXPECT_NEAR(m.allocation(2020, {1, 1})[0], 480, 1e-9);
  EXPECT_NEAR(m.allocation(2020, {1, 1})[1], 320, 1e-9) << "it still worked at the beginning of 2020";
  EXPECT_NEAR(m.allocation(2021, {1, 1})[0], 240, 1e-9);
  EXPECT_EQ(m.allocation(2021, {1, 1})[1], 0);
}

TEST(HistoricalIntensity, FollowsOutputAtTheOwnBaseline) {
  TinyMarket m(2019, 2022, {{{"a", 1000, 0.9}}, {{"a", 1000, 0.5}}});
  m.add("historical_intensity_allocation", R"({"reduction": {"2020": 0.02}})");
  m.start();
  EXPECT_NEAR(m.allocation(2019, {1, 1})[0], 900, 1e-9);
  EXPECT_NEAR(m.allocation(2021, {1.1, 1})[0], 1.1 * 900 * 0.98, 1e-9);
  EXPECT_NEAR(m.allocation(2021, {1.1, 1})[1], 490, 1e-9) << "a clean firm is given little";
}

// Slope 0.15 and bound 3%, saturating at a deviation of 20%: parameters of the rule for 2025, not published here.
TEST(BoundedAllocation, PassesThroughAndIsThenBounded) {
  // Reference intensity 1: two firms of equal output at 0.9 and 1.1; a third at 1 in a class of its own.
  const auto final_of = [](int until, std::vector<std::int64_t> verified) {
    TinyMarket m(2024, 2025, {{{"a", 1000, 0.9}}, {{"a", 1000, 1.1}}, {{"b", 1000, 1}}});
    m.add("true_up");
    m.add("bounded_allocation", R"({"from_year": 2024, "pass_through_until": )" + std::to_string(until) + "}");
    m.add("compliance", cycle);
    m.start();
    FirmYear& y = m.store.year(2024);
    for (std::size_t i = 0; i < 3; ++i) y.activity[i] = 1, y.verified[i] = Tonnes{verified[i]};
    m.comply(day_of(2025, 9, 30));
    return std::vector<std::int64_t>{m.held(0), m.held(1), m.held(2)};
  };
  EXPECT_EQ(final_of(2024, {900, 1100, 950}), (std::vector<std::int64_t>{900, 1100, 950})) << "2024: what was verified, to the tonne";
  // 2025: 920 (1 + 0.15 x 0.08) = 931.04; 1080 (1 - 0.15 x 0.08) = 1067.04; 700 against 1000: 0.15 x 0.3 is bounded at 3%.
  EXPECT_EQ(final_of(2023, {920, 1080, 700}), (std::vector<std::int64_t>{931, 1067, 721}));
}

TEST(BoundedAllocation, TakesBackWhatWasExpectedTooMuch) {
  TinyMarket m(2024, 2025, {{{"a", 1000, 1}}});
  m.add("true_up");
  m.add("bounded_allocation");
  m.add("compliance", cycle);
  m.start();
  FirmYear& y = m.store.year(2024);
  y.activity[0] = 1;
  y.verified[0] = Tonnes{960};
  const Effects effects = m.comply(day_of(2025, 9, 30));
  EXPECT_EQ(tonnes_of(effects, Effect::Kind::issue, 0), 1000) << "on output, by the true-up";
  EXPECT_EQ(tonnes_of(effects, Effect::Kind::take_back, 0), 40);
  EXPECT_EQ(m.held(0), 960);
  EXPECT_EQ(m.store.year(2024).entitled[0], Tonnes{960});
}

TEST(Sectors, ThatDoNotExistAreRefused) {
  TinyMarket m(2024, 2025, {{{"a", 1000, 1}}});
  try {
    m.add("bounded_allocation", R"({"sectors": ["steel"]})");
    FAIL();
  } catch (const ParameterError& error) {
    EXPECT_STREQ(error.what(), "is not a sector of the market; known: power");
  }
}

}  // namespace
}  // namespace tantu
