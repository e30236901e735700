// The competitive path against theory: static markets, the continuous limit of banking, the rolling horizon, and
// every bound and term of supply on markets worked out by hand. Random markets: tests/property/test_competitive_path.cpp.
#include "sim/competitive_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tantu {
namespace {

std::shared_ptr<const CostCurve> curve(std::vector<CurveSegment> segments) { return std::make_shared<const CostCurve>(std::move(segments)); }
/// MAC = c (u - e): everything is abated at the price c u.
std::shared_ptr<const CostCurve> linear(double c, double u) { return curve({{0, c * u, u}}); }

PathPeriod period(double time, double need, double supply, std::vector<SupplyTerm> terms = {}) {
  PathPeriod p;
  p.time = time;
  p.need = need;
  p.supply = supply;
  p.terms = std::move(terms);
  return p;
}
std::vector<double> prices(const PathResult& r) {
  std::vector<double> list;
  for (const auto& p : r.periods) list.push_back(p.price);
  return list;
}
std::vector<double> banks(const PathResult& r) {
  std::vector<double> list;
  for (const auto& p : r.periods) list.push_back(p.bank);
  return list;
}
using testing::DoubleNear;
using testing::ElementsAre;

TEST(CompetitivePath, StaticMarketWithLinearCurves) {
  // p* = (sum u - A) / sum 1/c (Montgomery 1972).
  struct Firm { double c, u; };
  const std::vector<Firm> firms{{0.02, 3000}, {0.05, 1500}, {0.01, 8000}, {0.2, 400}, {0.08, 900}};
  std::vector<SupplyTerm> terms;
  double u = 0, flat = 0;
  for (const Firm& f : firms) {
    terms.push_back({linear(f.c, f.u), 1, 1, 0});
    u += f.u;
    flat += 1 / f.c;
  }
  for (const double cap : {13000.0, 12000.0, 11000.0}) {
    PathProblem problem;
    problem.periods = {period(0, u, cap, terms)};
    EXPECT_NEAR(competitive_path(problem).periods[0].price, (u - cap) / flat, 1e-9) << "cap " << cap;
  }
}

TEST(CompetitivePath, AStepSetsThePriceExactly) {
  const auto steps = curve({{20, 20, 100}, {50, 50, 100}});
  const auto price = [&](double missing) {
    PathProblem problem;
    problem.periods = {period(0, 1000, 1000 - missing, {{steps, 1, 1, 0}})};
    return pooled_path(problem).periods[0];
  };
  EXPECT_EQ(price(0).price, 0);
  EXPECT_EQ(price(1).price, 20);
  EXPECT_EQ(price(1).supplied, 1) << "the step is used in part";
  EXPECT_EQ(price(100).price, 20) << "the least price at which supply covers need";
  EXPECT_EQ(price(101).price, 50);
  EXPECT_EQ(price(200).price, 50);
  EXPECT_EQ(price(201).price, PathProblem{}.choke);
  EXPECT_NEAR(price(201).shortage, 1, 1e-9);
}

/// MAC = c (u - e), u = 1900 Mt, c = 0.0732 EUR/t per Mt, cap 1893 - 38.26 t.
constexpr double slope = 0.0732, baseline = 1900, cap = 1893, decline = 38.26;

PathProblem declining_cap(int periods, int per_year, double rate, double bank) {
  PathProblem problem;
  problem.rate = rate;
  problem.bank = bank;
  const auto mac = linear(slope, baseline);
  for (int k = 0; k < periods; ++k) {
    const double length = 1.0 / per_year, from = k * length;
    // A year counts its cap at its start; months take the mean over the month.
    const double mean = per_year == 1 ? cap - decline * from : cap - decline * (from + length / 2);
    const double time = per_year == 1 ? from : from + length / 2;
    problem.periods.push_back(period(time, baseline * length, std::max(0.0, mean) * length, {{mac, length, 1, 0}}));
  }
  return problem;
}

TEST(CompetitivePath, BankingInTheContinuousLimit) {
  // Rubin (1996), Schennach (2000): with r = 5% the bank lasts 31.56 years, the price goes from 18.35 to 88.91, the
  // largest bank is 1,285 Mt. Interest compounds continuously there.
  const double rate = std::exp(0.05) - 1;
  const PathProblem problem = declining_cap(45 * 12, 12, rate, 0);
  const PathResult path = competitive_path(problem);
  const double first = path.periods[0].price / std::exp(0.05 * problem.periods[0].time);
  EXPECT_NEAR(first, 18.35, 0.005 * 18.35);
  std::size_t end = 0;
  while (path.periods[end].bank > 1e-6) ++end;
  EXPECT_NEAR((static_cast<double>(end) + 1) / 12, 31.56, 0.005 * 31.56);
  EXPECT_NEAR(path.periods[end].price, 88.91, 0.005 * 88.91);
  double most = 0;
  for (const auto& p : path.periods) most = std::max(most, p.bank);
  EXPECT_NEAR(most, 1285, 0.005 * 1285);
  for (std::size_t y = 1; y <= end; ++y)
    ASSERT_NEAR(path.periods[y].price / path.periods[y - 1].price, std::exp(0.05 / 12), 1e-12) << "month " << y << ": the price grows at exactly r";
  for (std::size_t y = end + 1; y < path.periods.size(); ++y)
    ASSERT_LT(path.periods[y].price / path.periods[y - 1].price, std::exp(0.05 / 12)) << "month " << y << ": without a bank more slowly";
}

TEST(CompetitivePath, BankingInYearlySteps) {
  EXPECT_NEAR(competitive_path(declining_cap(60, 1, 0.05, 0)).periods[0].price, 18.68, 0.005);
}

/// An independent solver: Hildreth's dual coordinate ascent (Hildreth 1957, Naval Res. Logist. Q. 4:79) for
///   min sum_k c d^k a_k^2 / 2   s.t.  sum_{k <= s} a_k >= missing_s for all s,  0 <= a_k <= u.
/// The first price is c a_0 / d^0, or what the duals say where a_0 stands at a bound.
double first_price_by_duals(int horizon, double rate, double bank) {
  const auto n = static_cast<std::size_t>(horizon);
  std::vector<double> weight(n), missing(n), most(n, 0.0), cover(n, 0.0), gain(n, 0.0), a(n, 0.0);
  double short_of = -bank, discount = 1;
  for (std::size_t k = 0; k < n; ++k) {
    weight[k] = slope * discount;
    discount /= 1 + rate;
    short_of += baseline - std::max(0.0, cap - decline * static_cast<double>(k));
    missing[k] = short_of;
  }
  // gain: duals of a >= 0, most: of a <= u, cover: of the cumulative constraints.
  const auto refresh = [&] {
    double sum = 0;
    for (std::size_t k = n; k-- > 0;) {
      sum += cover[k];
      a[k] = (sum + gain[k] - most[k]) / weight[k];
    }
  };
  std::vector<double> inverse(n);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) inverse[k] = sum += 1 / weight[k];
  for (int sweep = 0; sweep < 40000; ++sweep) {
    double change = 0;
    for (std::size_t s = 0; s < n; ++s) {
      refresh();
      double total = 0;
      for (std::size_t k = 0; k <= s; ++k) total += a[k];
      const double before = cover[s];
      cover[s] = std::max(0.0, cover[s] + (missing[s] - total) / inverse[s]);
      change = std::max(change, std::fabs(cover[s] - before));
      const double over = a[s] - baseline;
      const double old = most[s];
      most[s] = std::max(0.0, most[s] + over * weight[s]);
      change = std::max(change, std::fabs(most[s] - old));
    }
    if (change < 1e-12) break;
  }
  double price = 0;
  for (const double lambda : cover) price += lambda;
  return price;
}

TEST(CompetitivePath, TheRollingHorizonTable) {
  // docs/model.md, The yardstick. From the formula of section 4 there, from an independent quadratic programme, and
  // from the path: the first price for a horizon of H years, 1,655 Mt in the bank.
  struct Row { int horizon; double at_3, at_8; };
  for (const Row& row : {Row{1, 0, 0}, Row{5, 0, 0}, Row{10, 0.87, 0.69}, Row{12, 4.92, 3.68}, Row{15, 9.71, 6.65}, Row{60, 29.70, 10.04}})
    for (const auto& [rate, want] : {std::pair{0.03, row.at_3}, std::pair{0.08, row.at_8}}) {
      const double path = competitive_path(declining_cap(row.horizon, 1, rate, 1655)).periods[0].price;
      EXPECT_NEAR(path, want, 0.005) << "H = " << row.horizon << ", r = " << rate;
      const double duals = first_price_by_duals(row.horizon, rate, 1655);
      EXPECT_NEAR(path, duals, 1e-3 * (1 + duals)) << "H = " << row.horizon << ", r = " << rate;
    }
}

TEST(CompetitivePath, TheBankCarriesAnEarlySurplusAtTheRateOfInterest) {
  const auto mac = linear(0.1, 1000);
  PathProblem problem;
  problem.rate = 0.10;
  problem.periods = {period(0, 1000, 900, {{mac, 1, 1, 0}}), period(1, 1000, 500, {{mac, 1, 1, 0}})};
  const PathResult path = pooled_path(problem);
  EXPECT_THAT(prices(path), ElementsAre(DoubleNear(60 / 2.1, 1e-9), DoubleNear(66 / 2.1, 1e-9)));
  EXPECT_THAT(banks(path), ElementsAre(DoubleNear(600 / 2.1 - 100, 1e-9), DoubleNear(0, 1e-9)));
  // The other way round nothing can be borrowed.
  std::swap(problem.periods[0].supply, problem.periods[1].supply);
  EXPECT_THAT(prices(pooled_path(problem)), ElementsAre(DoubleNear(50, 1e-9), DoubleNear(10, 1e-9)));
  // With 200 t that may be borrowed they come closer; with enough, the price grows at the rate again.
  problem.periods[0].bank_least = -200;
  EXPECT_THAT(prices(pooled_path(problem)), ElementsAre(DoubleNear(30, 1e-9), DoubleNear(30, 1e-9)));
  problem.periods[0].bank_least = -1e6;
  EXPECT_THAT(prices(pooled_path(problem)), ElementsAre(DoubleNear(60 / 2.1, 1e-9), DoubleNear(66 / 2.1, 1e-9)));
}

TEST(CompetitivePath, WithoutCarryingOverEachYearHasItsOwnPrice) {
  const auto mac = linear(0.1, 1000);
  PathProblem problem;
  problem.periods = {period(0, 1000, 1100, {{mac, 1, 1, 0}}), period(1, 1000, 500, {{mac, 1, 1, 0}}), period(2, 1000, 900, {{mac, 1, 1, 0}})};
  for (auto& p : problem.periods) p.bank_most = 0;
  const PathResult path = competitive_path(problem);
  EXPECT_THAT(prices(path), ElementsAre(0, DoubleNear(50, 1e-9), DoubleNear(10, 1e-9)));
  EXPECT_NEAR(path.periods[0].expired, 100, 1e-9);
}

TEST(CompetitivePath, AHoldingLimitLetsThePriceJump) {
  // 300 t to spare in the first year, 600 t short in the second, at most 100 t carried over.
  const auto mac = linear(0.1, 1000);
  PathProblem problem;
  problem.rate = 0;
  problem.periods = {period(0, 1000, 1000, {{mac, 1, 1, 0}}), period(1, 1000, 400, {{mac, 1, 1, 0}})};
  problem.periods[0].bank_most = 100;
  EXPECT_THAT(prices(taut_path(problem)), ElementsAre(DoubleNear(10, 1e-9), DoubleNear(50, 1e-9)));
  problem.periods[0].bank_most = 1e6;
  EXPECT_THAT(prices(taut_path(problem)), ElementsAre(DoubleNear(30, 1e-9), DoubleNear(30, 1e-9)));
}

TEST(CompetitivePath, AfterAFullBankThePriceDoesNotFall) {
  // 22 of the 23 t at 11 fill the first bank. In the second period 80 t at 0.01 fill the next one whatever the price is between
  // 0.01 and 12: who holds a full bank would not have bought at 11 what is worth 0.01 a year later.
  PathProblem problem;
  problem.rate = 0;
  problem.periods = {period(0, 0, 10, {{curve({{11, 11, 23}}), 1, 1, 0}}), period(1, 230, 191, {{curve({{0.01, 0.01, 80}, {12, 12, 1}}), 1, 1, 0}}), period(2, 213, 0)};
  problem.periods[0].bank_most = 32;
  problem.periods[1].bank_most = 73;
  problem.periods[2].ceiling = 40;
  const PathResult path = competitive_path(problem);
  EXPECT_THAT(prices(path), ElementsAre(11, 11, 40));
  EXPECT_THAT(banks(path), ElementsAre(32, 73, 0));
}

TEST(CompetitivePath, FloorAndCeiling) {
  const auto mac = linear(0.1, 1000);
  PathProblem problem;
  problem.rate = 0;
  problem.periods = {period(0, 1000, 900, {{mac, 1, 1, 0}})};
  problem.periods[0].floor = 25;
  PathResult path = competitive_path(problem);
  EXPECT_EQ(path.periods[0].price, 25);
  EXPECT_NEAR(path.periods[0].withheld, 150, 1e-9);
  problem.periods[0].supply = 300;
  problem.periods[0].ceiling = 40;
  path = competitive_path(problem);
  EXPECT_EQ(path.periods[0].price, 40);
  EXPECT_NEAR(path.periods[0].released, 300, 1e-9);
  EXPECT_EQ(path.periods[0].shortage, 0);
}

TEST(CompetitivePath, OffsetsAndReserveTiersAreSteps) {
  const auto mac = linear(0.1, 1000);
  const auto offsets = curve({{12, 12, 50}});
  const auto reserve = curve({{30, 30, 80}, {45, 45, 80}});
  const auto price = [&](double supply) {
    PathProblem problem;
    problem.periods = {period(0, 1000, supply, {{mac, 1, 1, 0}, {offsets, 1, 1, 1}, {reserve, 1, 1, 2}})};
    return competitive_path(problem).periods[0].price;
  };
  EXPECT_NEAR(price(900), 10, 1e-9);
  EXPECT_EQ(price(850), 12) << "30 of the 50 t of offsets";
  EXPECT_NEAR(price(800), 15, 1e-9) << "200 missing, 50 offset";
  EXPECT_EQ(price(600), 30) << "400 missing, 50 offset, 300 abated, 50 of the first tier";
  EXPECT_NEAR(price(500), 37, 1e-9);
  EXPECT_EQ(price(400), 45);
}

TEST(CompetitivePath, RefusesWhatContradictsItself) {
  PathProblem problem;
  problem.periods = {period(1, 10, 0), period(0, 10, 0)};
  EXPECT_THROW(competitive_path(problem), std::invalid_argument);
  problem.periods = {period(0, 10, 0)};
  problem.periods[0].bank_most = -1;
  EXPECT_THROW(competitive_path(problem), std::invalid_argument);
  problem.periods[0].bank_most = 0;
  EXPECT_THROW(pooled_path(problem), std::invalid_argument);
  EXPECT_THROW(CostCurve({{5, 4, 10}}), std::invalid_argument);
  EXPECT_THROW(CostCurve({{5, 5, -1}}), std::invalid_argument);
}

}  // namespace
}  // namespace tantu
