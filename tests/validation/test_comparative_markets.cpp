// Comparative statics of whole markets: firms that trade in the order book under one rule and under another, the same
// random numbers in both. What theory says of the competitive path alone: tests/property/test_comparative_statics.cpp.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <vector>

#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// A figure of the small market (tests/small_market.hpp) with a patch, for five seeds.
template <class Figure>
std::vector<double> over_seeds(const std::string& patch, Figure&& figure) {
  std::vector<double> figures;
  for (int seed = 1; seed <= 5; ++seed) {
    nlohmann::json scenario = small_market(patch);
    scenario["run"]["seed"] = seed;
    figures.push_back(figure(SmallRun(scenario)));
  }
  return figures;
}

/// Each seed by itself, since the random numbers are the same.
void expect_below(const std::vector<double>& less, const std::vector<double>& more, double by, const char* what) {
  for (std::size_t k = 0; k < less.size(); ++k) EXPECT_LT(less[k], more[k] * (1 - by)) << what << ", seed " << k + 1;
}

double listed_volume(const SmallRun& run) {
  double sum = 0;
  for (const Trade& trade : run.recorder.trades())
    if (trade.kind == TradeKind::listed) sum += static_cast<double>(trade.quantity.count);
  return sum;
}

double mean_close(const SmallRun& run) {
  double sum = 0, days = 0;
  for (const DayRow& day : run.recorder.days()[0]) {
    sum += 0.01 * static_cast<double>(day.session.close.count);
    ++days;
  }
  return sum / days;
}

TEST(ComparativeMarkets, DearerTradingMeansLessVolume) {
  // Stavins (1995): what trading costs comes between the buyer's and the seller's limit.
  const auto with_fee = [](double taker) {
    return over_seeds(fmt::format(R"({{ "exchange": {{ "fees": {{ "taker": {0}, "maker": {0} }} }} }})", taker), listed_volume);
  };
  const std::vector<double> free = with_fee(0), dear = with_fee(0.04), dearer = with_fee(0.1);
  expect_below(dear, free, 0.05, "a fee of 4% of each side");
  expect_below(dearer, dear, 0.05, "a fee of 10% of each side");
}

TEST(ComparativeMarkets, AFeeByTheTonneMeansLessVolumeToo) {
  const auto with_fee = [](double per_t) { return over_seeds(fmt::format(R"({{ "exchange": {{ "fees": {{ "per_t": {} }} }} }})", per_t), listed_volume); };
  expect_below(with_fee(2), with_fee(0), 0.05, "2 a tonne of each side");
}

/// Firms whose output reacts, at a price that a narrow collar holds, so that nothing but the way of allocating differs.
std::string reacting(const std::string& allocation, const std::string& more = "") {
  return R"({ "sectors": { "works": { "product_price": 100, "elasticity": 1.5 } }, "policies": {
    "collar": { "kind": "price_collar", "floor": { "given": { "2021": 29.9 } }, "ceiling": { "given": { "2021": 30.1 } } }, "allocation": )" + allocation + more + "} }";
}

TEST(ComparativeMarkets, ALumpSumDoesNotMoveOutputAllocationByOutputDoes) {
  // Montgomery (1972): who is given what does not matter to what is produced, unless more output brings more of it.
  const std::vector<double> lump = over_seeds(reacting(R"({ "free_share": 1 })"), output);
  const std::vector<double> half = over_seeds(reacting(R"({ "free_share": 0.5 })", R"(, "auction": { "kind": "auction", "share": { "2021": 0.5 } })"), output);
  const std::vector<double> by_output =
      over_seeds(reacting(R"({ "kind": "benchmark_allocation", "free_share": null, "classes": { "all": { "benchmark": { "2021": 0.9 } } } })"), output);
  for (std::size_t k = 0; k < lump.size(); ++k) {
    EXPECT_LT(lump[k], 0.8) << "the carbon cost is in the price of the product, seed " << k + 1;
    EXPECT_NEAR(half[k], lump[k], 0.005) << "half of the lump sum, the rest is sold, seed " << k + 1;
    EXPECT_GT(by_output[k], lump[k] + 0.05) << "what one more unit of output brings lowers its cost, seed " << k + 1;
  }
}

TEST(ComparativeMarkets, ATighterCapIsDearer) {
  const std::vector<double> loose = over_seeds("{}", mean_close), tight = over_seeds(R"({ "policies": { "cap": { "path_mt": { "2021": 15 } } } })", mean_close);
  expect_below(loose, tight, 0.1, "18 Mt against 15 Mt");
}

TEST(ComparativeMarkets, AFineThatEndsTheObligationBoundsThePrice) {
  const auto highest = [](const SmallRun& run) {
    double most = 0;
    for (const DayRow& day : run.recorder.days()[0]) most = std::max(most, 0.01 * static_cast<double>(day.session.close.count));
    return most;
  };
  const auto with_fine = [&](double fine) {
    return over_seeds(fmt::format(R"({{ "policies": {{ "cap": {{ "path_mt": {{ "2021": 13 }} }}, "penalty": {{ "per_tonne": {}, "debt_carried": false }} }} }})", fine), highest);
  };
  const std::vector<double> low = with_fine(25), high = with_fine(60);
  for (const double price : low) EXPECT_LE(price, 25 * 1.05) << "nobody pays more than the fine";
  expect_below(low, high, 0.05, "a fine of 25 against 60");
}

}  // namespace
