// Linked markets whose prices can be worked out on paper.
#include "sim/linked_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tantu {
namespace {

/// A million t are missing `missing` times; at a price of p, p x `flat` million t are abated.
PathProblem market(double missing, double flat, int periods = 1) {
  PathProblem problem;
  problem.rate = 0;
  for (int y = 0; y < periods; ++y) {
    PathPeriod p;
    p.time = y;
    p.need = 100e6;
    p.supply = (100 - missing) * 1e6;
    p.terms = {{std::make_shared<const CostCurve>(std::vector<CurveSegment>{{0, 1000, flat * 1000e6}}), 1, 1, 0}};
    problem.periods.push_back(p);
  }
  return problem;
}
double price(const LinkedPaths& paths, std::size_t m, std::size_t y = 0) { return paths.markets[m].periods[y].price; }

TEST(LinkedPaths, OnePriceEmergesWithoutAQuota) {
  // 10 = p1, 60 = p2 / 1 alone; together p (1 + 1) = 70.
  const std::vector<PathProblem> two{market(10, 1), market(60, 1)};
  const LinkedPaths apart = linked_paths(two, {});
  EXPECT_NEAR(price(apart, 0), 10, 1e-9);
  EXPECT_NEAR(price(apart, 1), 60, 1e-9);
  const LinkedPaths paths = linked_paths(two, {{0, 1}});
  EXPECT_NEAR(price(paths, 0), 35, 1e-4);
  EXPECT_NEAR(price(paths, 1), 35, 1e-4);
  EXPECT_NEAR(paths.linked[0][0], 25e6, 100);
  // The other way nothing flows.
  EXPECT_NEAR(price(linked_paths(two, {{1, 0}}), 0), 10, 1e-4);
}

TEST(LinkedPaths, AQuotaHoldsPricesApart) {
  const LinkedPaths paths = linked_paths({market(10, 1), market(60, 1)}, {{0, 1, {15e6}}});
  EXPECT_NEAR(price(paths, 0), 25, 1e-4);
  EXPECT_NEAR(price(paths, 1), 45, 1e-4);
  EXPECT_EQ(paths.linked[0][0], 15e6);
}

TEST(LinkedPaths, RatioAndExchangeConvertUnitsAndMoney) {
  // A unit of the first meets half a tonne in the second, whose money is worth half as much: p1 x 2 = p2 / 2.
  // 10 + f = p1 and 60 - f / 2 = p2, so p2 = 4 p1: f = (60 - 40) / 4.5.
  const LinkedPaths paths = linked_paths({market(10, 1), market(60, 1)}, {{0, 1, {}, 0.5, 2}});
  const double f = 20 / 4.5;
  EXPECT_NEAR(price(paths, 0), 10 + f, 1e-4);
  EXPECT_NEAR(price(paths, 1), 60 - f / 2, 4e-4);
  EXPECT_NEAR(paths.linked[0][0], f * 1e6, 100);
}

TEST(LinkedPaths, WhatATransferCostsStaysBetweenThePrices) {
  // 10 + f = p1, 60 - f = p2 and p1 + 20 = p2.
  const LinkedPaths paths = linked_paths({market(10, 1), market(60, 1)}, {{0, 1, {}, 1, 1, 20}});
  EXPECT_NEAR(price(paths, 0), 25, 1e-4);
  EXPECT_NEAR(price(paths, 1), 45, 1e-4);
  EXPECT_NEAR(paths.linked[0][0], 15e6, 100);
  // Two currencies and units of two sizes: (p2 - 4) / 2 = 2 p1, 10 + f = p1 and 60 - f / 2 = p2.
  const LinkedPaths converted = linked_paths({market(10, 1), market(60, 1)}, {{0, 1, {}, 0.5, 2, 4}});
  EXPECT_NEAR(converted.linked[0][0], (56 - 40) / 4.5 * 1e6, 100);
}

TEST(LinkedPaths, NothingMovesForNothing) {
  // Ten years, linked both ways; one has most of its allowances early. Whatever goes to and fro would do no harm, and
  // none does.
  PathProblem early = market(10, 1, 10), late = market(10, 1, 10);
  for (std::size_t y = 0; y < 10; ++y) {
    early.periods[y].supply = (y < 5 ? 130 : 50) * 1e6;
    late.periods[y].supply = (y < 5 ? 95 : 85) * 1e6;
  }
  const LinkedPaths paths = linked_paths({early, late}, {{0, 1}, {1, 0}});
  double there = 0, back = 0;
  for (const double moved : paths.linked[0]) there += moved;
  for (const double moved : paths.linked[1]) back += moved;
  EXPECT_EQ(std::min(there, back), 0) << there << " and " << back;
}

TEST(LinkedPaths, QuotasCountByPeriodAndBanksReachAcross) {
  // Two years, no interest. What may come in the first year only is banked where it arrives; where it comes from nothing
  // can be borrowed, so that year is dear there.
  const LinkedPaths paths = linked_paths({market(10, 1, 2), market(60, 1, 2)}, {{0, 1, {20e6, 0}}});
  EXPECT_NEAR(price(paths, 0, 0), 30, 1e-4);
  EXPECT_NEAR(price(paths, 0, 1), 10, 1e-4);
  for (std::size_t y = 0; y < 2; ++y) EXPECT_NEAR(price(paths, 1, y), 50, 1e-4) << y;
  EXPECT_NEAR(paths.markets[1].periods[0].bank, 10e6, 100);
}

TEST(LinkedPaths, MarketsThatNothingLinksStayExact) {
  const std::vector<PathProblem> three{market(10, 1), market(60, 1), market(33, 1)};
  const LinkedPaths paths = linked_paths(three, {{0, 1}});
  EXPECT_EQ(price(paths, 2), competitive_path(three[2]).periods[0].price);
}

TEST(LinkedPaths, RefuseWhatContradictsItself) {
  const std::vector<PathProblem> two{market(10, 1), market(60, 1)};
  const auto why = [&](const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links) {
    try {
      linked_paths(markets, links);
      return std::string("not refused");
    } catch (const std::invalid_argument& e) {
      return std::string(e.what());
    }
  };
  using testing::HasSubstr;
  EXPECT_THAT(why(two, {{0, 2}}), HasSubstr("link 0 joins market 0 with 2, of 2"));
  EXPECT_THAT(why(two, {{0, 0}}), HasSubstr("link 0"));
  EXPECT_THAT(why(two, {{0, 1, {}, 0.5}, {1, 0, {}, 1}}), HasSubstr("the ratio of link 1, 1, does not agree")) << "two units for one, and back";
  EXPECT_THAT(why(two, {{0, 1, {}, 1, 0}}), HasSubstr("rate of exchange of 0"));
  EXPECT_THAT(why(two, {{0, 1, {1, 2, 3}}}), HasSubstr("3 quotas for 1 periods"));
  EXPECT_THAT(why({market(10, 1), market(60, 1, 2)}, {{0, 1}}), HasSubstr("differs from the first"));
}

}  // namespace
}  // namespace tantu
