// The first price of the competitive path: markets whose price is known in closed form. Its conditions on
// random markets: tests/property/test_equilibrium.cpp.
#include "sim/equilibrium.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tantu {
namespace {

constexpr double highest = 30'000;
// Between two points of the 2% grid a straight line is above e^x by at most 0.02^2 / 8 of it.
constexpr double grid_error = 1e-4;

/// A(p) = p / slope tonnes a year: the aggregate of a linear marginal cost.
AggregateCurve linear(double slope) {
  AggregateCurve curve;
  curve.add_smooth([slope](double p) { return p / slope; });
  curve.finish();
  return curve;
}
/// Years 0, 1, ... that need u and get supply[k]; whole years of discounting.
std::vector<Bucket> years(double u, const std::vector<double>& supply) {
  std::vector<Bucket> buckets;
  for (std::size_t k = 0; k < supply.size(); ++k) buckets.push_back({static_cast<double>(k), static_cast<double>(k), 1, u, supply[k], 1});
  return buckets;
}
/// model.md 4: p = max(0, max_s c [(s+1) u - B - sum a_k] / sum (1+r)^k).
double closed_form(double c, double u, double bank, double r, const std::vector<double>& supply) {
  double best = 0, short_of = -bank, growth = 0;
  for (std::size_t s = 0; s < supply.size(); ++s) {
    short_of += u - supply[s];
    growth += std::pow(1 + r, static_cast<double>(s));
    best = std::max(best, c * short_of / growth);
  }
  return best;
}

TEST(Equilibrium, ALongMarketHasNoPrice) {
  const AggregateCurve curve = linear(0.1);
  EXPECT_EQ(first_price(years(1000, {1000, 1000}), 0, 0.05, highest, curve).price, 0) << "just enough";
  EXPECT_EQ(first_price(years(1000, {500, 500}), 1000, 0.05, highest, curve).price, 0) << "the bank covers what is missing";
  EXPECT_GT(first_price(years(1000, {500, 500}), 999, 0.05, highest, curve).price, 0);
  EXPECT_EQ(first_price({}, 0, 0.05, highest, curve).price, 0);
}

TEST(Equilibrium, OneYearWithALinearCurve) {
  // 400 t are missing; 0.1 a tonne and tonne: 40.
  EXPECT_NEAR(first_price(years(1000, {600}), 0, 0.05, highest, linear(0.1)).price, 40, 40 * grid_error);
  EXPECT_NEAR(first_price(years(1000, {600}), 150, 0.05, highest, linear(0.1)).price, 25, 25 * grid_error);
  EXPECT_NEAR(first_price(years(1000, {600}), -100, 0.05, highest, linear(0.1)).price, 50, 50 * grid_error) << "debts raise it";
}

TEST(Equilibrium, AShorterBucketAbatesLessAndALargerBaselineMore) {
  EXPECT_NEAR(first_price({{0, 0, 0.5, 500, 400, 1}}, 0, 0.05, highest, linear(0.1)).price, 20, 20 * grid_error) << "half a year: 100 t = 0.5 p / 0.1";
  EXPECT_NEAR(first_price({{0, 0, 1, 1000, 600, 2}}, 0, 0.05, highest, linear(0.1)).price, 20, 20 * grid_error);
  EXPECT_NEAR(first_price({{2, 0, 1, 1000, 600, 1}}, 0, 0.05, highest, linear(0.1)).price, 40 / 1.1025, 40 * grid_error) << "today's price of 40 in two years";
}

TEST(Equilibrium, TwoYearsOnePriceWhenTheFirstIsRich) {
  // 100 t and 500 t are missing, interest 10%: together 600 = (p + 1.1 p) / 0.1.
  EXPECT_NEAR(first_price(years(1000, {900, 500}), 0, 0.10, highest, linear(0.1)).price, 600 * 0.1 / 2.1, 60 / 2.1 * grid_error);
  // 500 t, then 100 t: the first year is a stretch of its own, nothing is borrowed from the second.
  EXPECT_NEAR(first_price(years(1000, {500, 900}), 0, 0.10, highest, linear(0.1)).price, 50, 50 * grid_error);
}

TEST(Equilibrium, TheClosedFormOfTheRollingHorizon) {
  struct Case { double c, u, bank, r; std::vector<double> supply; };
  for (const Case& k : {Case{0.05, 1000, 0, 0.05, {950, 900, 850, 800, 750, 700}}, Case{0.05, 1000, 300, 0.05, {950, 900, 850, 800, 750, 700}},
                        Case{0.2, 500, 100, 0.03, {500, 500, 300, 450, 450}}, Case{0.2, 500, -50, 0.0, {480, 470, 460, 450, 440}},
                        Case{1.0, 100, 20, 0.08, {60, 110, 100, 90, 20, 100, 100}}, Case{0.02, 5000, 4000, 0.05, {3000, 3000, 5500, 5500}}}) {
    const double want = closed_form(k.c, k.u, k.bank, k.r, k.supply);
    ASSERT_LE(want * std::pow(1 + k.r, static_cast<double>(k.supply.size())), k.c * k.u) << "the closed form does not hold beyond the choke price";
    EXPECT_NEAR(first_price(years(k.u, k.supply), k.bank, k.r, highest, linear(k.c)).price, want, want * grid_error)
        << "slope " << k.c << ", baseline " << k.u << ", bank " << k.bank << ", interest " << k.r;
  }
}

TEST(Equilibrium, AStepSetsThePriceWhenItIsNeeded) {
  AggregateCurve curve;
  curve.add_step(20, 0, 100);
  curve.add_step(50, 0, 100);
  curve.finish();
  const auto price = [&](double missing) { return first_price(years(1000, {1000 - missing}), 0, 0.05, highest, curve).price; };
  EXPECT_NEAR(price(50), 20, 20 * 0.02) << "the first step covers 50 t";
  EXPECT_NEAR(price(99), 20, 20 * 0.02);
  EXPECT_NEAR(price(101), 50, 50 * 0.02) << "101 t need the second";
  EXPECT_NEAR(price(199), 50, 50 * 0.02);
  EXPECT_GT(price(199), price(101)) << "within a cell of the grid the step is spread";
  const RollingPrice short_of = first_price(years(1000, {799}), 0, 0.05, highest, curve);
  EXPECT_TRUE(short_of.choked) << "201 t are not to be had";
  EXPECT_NEAR(short_of.price, highest, 1e-6 * highest);
  EXPECT_FALSE(first_price(years(1000, {801}), 0, 0.05, highest, curve).choked);
}

TEST(Equilibrium, CurvesOfPartsAddUpToTheCurveOfAll) {
  // Two parts whose last lead times differ, one with a smooth share.
  AggregateCurve all, few, many;
  few.add_step(20, 0, 100);
  all.add_step(20, 0, 100);
  const auto smooth = [](double p) { return std::min(p, 50.0); };
  many.add_step(50, 3, 200);
  many.add_smooth(smooth);
  all.add_step(50, 3, 200);
  all.add_smooth(smooth);
  for (const bool few_first : {true, false}) {
    AggregateCurve sum = few_first ? few : many;
    sum.add(few_first ? many : few);
    sum.finish();
    AggregateCurve whole = all;
    whole.finish();
    for (const double price : {1.0, 19.0, 25.0, 60.0, 5000.0})
      for (const double age : {0.0, 2.0, 3.0, 11.0})
        EXPECT_EQ(sum.at(std::log(price), age), whole.at(std::log(price), age)) << "at " << price << " after " << age << " years, few first: " << few_first;
  }
}

TEST(Equilibrium, AMeasureCountsFromItsLeadTimeOn) {
  AggregateCurve curve;
  curve.add_step(20, 1.5, 300);
  curve.add_step(80, 0, 300);
  curve.finish();
  const double log_50 = std::log(50.0);
  EXPECT_EQ(curve.at(log_50, 0), 0);
  EXPECT_EQ(curve.at(log_50, 1), 0);
  EXPECT_EQ(curve.at(log_50, 2), 300);
  EXPECT_EQ(curve.at(log_50, 40), 300) << "ages beyond the last are the last";
  // 200 t are missing each year. In year 0 only the step at 80 can help; interest 0, so that one price holds.
  EXPECT_NEAR(first_price(years(1000, {800}), 0, 0, highest, curve).price, 80, 80 * 0.02);
  // With a bank for the first two years the cheap one is there in time.
  EXPECT_NEAR(first_price(years(1000, {800, 800, 800}), 400, 0, highest, curve).price, 20, 20 * 0.02);
}

TEST(Equilibrium, WhatWorksAlreadyLowersThePriceToNothing) {
  AggregateCurve curve;
  curve.add_step(AggregateCurve::lowest, 0, 300);  // built
  curve.add_step(40, 0, 300);
  curve.finish();
  EXPECT_EQ(first_price(years(1000, {700}), 0, 0.05, highest, curve).price, 0);
  EXPECT_NEAR(first_price(years(1000, {600}), 0, 0.05, highest, curve).price, 40, 40 * 0.02);
}

TEST(Equilibrium, NoBucketAbatesMoreThanItNeeds) {
  // The second year needs only 10 t, so that most of its abatement cannot help the third.
  AggregateCurve curve;
  curve.add_step(30, 0, 500);
  curve.finish();
  const RollingPrice p = first_price({{0, 0, 1, 1000, 600, 1}, {1, 1, 1, 10, 0, 1}, {2, 2, 1, 1000, 400, 1}}, 0, 0, highest, curve);
  // 400 + 10 + 600 t are missing, 500 + 10 + 500 can be abated: exactly enough, and only when all of the step runs.
  EXPECT_NEAR(p.price, 30, 30 * 0.02);
  EXPECT_TRUE(first_price({{0, 0, 1, 1000, 600, 1}, {1, 1, 1, 10, 0, 1}, {2, 2, 1, 1000, 399, 1}}, 0, 0, highest, curve).choked);
}

TEST(AggregateCurve, TheGridIsTwoPercentFine) {
  EXPECT_NEAR(AggregateCurve::price_of(0), 0.01, 1e-12);
  EXPECT_NEAR(AggregateCurve::price_of(50), 0.01 * std::exp(1.0), 1e-12);
  AggregateCurve curve = linear(1);
  for (double p = 0.02; p < 20'000; p *= 1.37) EXPECT_NEAR(curve.at(std::log(p), 0), p, p * grid_error) << "price " << p;
  EXPECT_NEAR(curve.at(std::log(0.001), 0), 0.01, 1e-9) << "below the grid: its first point";
  curve.clear();
  curve.finish();
  EXPECT_EQ(curve.at(std::log(50.0), 0), 0);
}

}  // namespace
}  // namespace tantu
