// The yardstick of scenarios: markets whose competitive price is known, and what rules do to it.
#include "sim/yardstick.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/equilibrium_table.hpp"
#include "tests/national_market.hpp"

namespace tantu {
namespace {

using tests::national_setup;
using tests::small_national;

Yardstick yardstick_of(const std::string& scenario, const std::vector<std::string>& changes = {}) {
  return yardstick(Simulation(compose(load_scenario(scenario, changes))), 0);
}

TEST(Yardstick, TwoFirmsMeetAtFifteen) {
  // p/50 + p/150 = 0.4: the file's own head.
  const Simulation simulation(compose(load_scenario("two-firms")));
  const Yardstick y = yardstick(simulation, 0);
  ASSERT_EQ(y.years.front(), 2021);
  for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(y.price(k), 15, 1e-6) << y.years[k];
  EXPECT_NEAR(FirmOptions(simulation, 0).at(15, 2021, 0, 1).share, 0.3, 1e-9);
  EXPECT_NEAR(FirmOptions(simulation, 1).at(15, 2021, 0, 1).share, 0.1, 1e-9);
  EXPECT_NEAR(FirmOptions(simulation, 0).at(15, 2021, 0, 1).rate, 50 * 0.3 * 0.3 / 2, 1e-9);
  double marginal = 0;
  EXPECT_NEAR(FirmOptions(simulation, 1).least_cost(0.2, 2021, 0, 1, &marginal).rate, 150 * 0.2 * 0.2 / 2, 1e-6);
  EXPECT_NEAR(marginal, 30, 1e-6) << "alone, the dear firm would pay 30";
}

TEST(Yardstick, OutputThatReactsIsPartOfThePath) {
  // Two sectors of 10 Mt that abate p/150 of what they emit, at p^2/300 a tonne emitted before it; 16 Mt are given as a lump sum.
  // With e t a unit and a product price of 400 the output of one is f = (1 + e (p (1 - a) + p^2/300) / 400)^-elasticity, and the price
  // is the one at which 10 (f1 + f2) (1 - a) = 16.
  const std::vector<std::string> alike{"technologies.works.curve.cost_spread=0", "agents.firms.anchor.interest_rate=0"};
  const Simulation simulation(compose(load_scenario("exposed-and-sheltered", alike)));
  const FirmTraits& traits = simulation.setup().traits;
  const auto tonnes_a_unit = [&](std::uint32_t row) { return traits.emissions[row] / traits.installations[traits.first_installation[row]].activity; };
  const double e = tonnes_a_unit(0);
  for (std::uint32_t row = 1; row < traits.size(); ++row) ASSERT_NEAR(tonnes_a_unit(row), e, 1e-9 * e) << "firm " << row;
  const auto left = [&](double p) {
    const double a = p / 150, rise = e * (p * (1 - a) + p * p / 300) / 400;
    return 10 * (std::pow(1 + rise, -2) + std::pow(1 + rise, -0.2)) * (1 - a);
  };
  const auto price_at = [&](auto missing) {
    double low = 0, high = 150;
    for (int i = 0; i < 60; ++i) (missing(0.5 * (low + high)) > 0 ? low : high) = 0.5 * (low + high);
    return high;
  };
  const Yardstick lump = yardstick(simulation, 0);
  EXPECT_LE(lump.residual, 0.5);
  const double expected = price_at([&](double p) { return left(p) - 16; });
  EXPECT_LT(expected, 24) << "if output did not react it would be 30";
  for (std::size_t k = 1; k < lump.years.size(); ++k) EXPECT_NEAR(lump.price(k), expected, 1e-3) << lump.years[k];
  // Where output answers far more than abatement does, half a step would swing for ever.
  std::vector<std::string> nervous = alike;
  nervous.insert(nervous.end(), {"sectors.exposed.elasticity=10", "sectors.exposed.product_price=50"});
  const Yardstick settled = yardstick_of("exposed-and-sheltered", nervous);
  EXPECT_LE(settled.residual, 0.5) << "after " << settled.rounds << " rounds";
  EXPECT_LT(settled.rounds, 100);
  // Firms without elasticity: a fifth is abated, at 30.
  std::vector<std::string> rigid = alike;
  rigid.insert(rigid.end(), {"sectors.exposed.elasticity=0", "sectors.sheltered.elasticity=0"});
  EXPECT_NEAR(yardstick_of("exposed-and-sheltered", rigid).price(1), 30, 1e-3);
}

TEST(Yardstick, WhatCannotBeCarriedOverExpires) {
  const Yardstick y = yardstick_of("no-banking");
  EXPECT_EQ(y.price(0), 0);
  EXPECT_NEAR(y.path.periods[0].expired, 1.2e6, 0.1e6);
  EXPECT_EQ(y.path.periods[0].bank, 0);
  const Yardstick banked = yardstick_of("no-banking", {"policies.banking.rule=unlimited"});
  EXPECT_GT(banked.path.periods[0].bank, 1e6);
}

TEST(Yardstick, AFineThatEndsTheObligationBoundsThePrice) {
  // Half of what is emitted; the curve would ask 200 x 0.5 = 100, the fine is 40.
  const std::vector<std::string> tight{"policies.cap.path_mt.2005=15"};
  EXPECT_NEAR(yardstick_of("no-banking", tight).price(0), 40, 1e-9);
  std::vector<std::string> owed = tight;
  owed.push_back("policies.penalty.debt_carried=true");
  EXPECT_GT(yardstick_of("no-banking", owed).price(0), 60) << "a fine beside the obligation does not";
}

TEST(Yardstick, ATighterBenchmarkIsDearerAndMoreInterestCheaperAtFirst) {
  const double before = yardstick_of("china-national", small_national()).price(0);
  const double tighter = yardstick_of("china-national", small_national({"policies.allocation.classes.coal_above_300.benchmark.2024=0.77", "agents.firms.anchor.fit_costs_to_opening=true"})).price(0);
  EXPECT_GT(before, 0);
  EXPECT_NE(before, tighter);
  const auto first = [](const char* rate) {
    return yardstick_of("china-national", small_national({std::string("agents.firms.anchor.interest_rate=") + rate, "agents.firms.anchor.fit_costs_to_opening=false"})).price(0);
  };
  EXPECT_GT(first("0.03"), first("0.08"));
}

TEST(Yardstick, WithABankThePriceGrowsAtTheRateOfInterest) {
  const Yardstick y = yardstick_of("china-national", small_national());
  int banked = 0;
  for (std::size_t k = 0; k + 1 < y.years.size(); ++k) {
    if (y.path.periods[k].bank < 1) continue;
    ++banked;
    const double years = y.problem.periods[k + 1].time - y.problem.periods[k].time;
    EXPECT_NEAR(y.price(k + 1) / y.price(k), std::pow(1.05, years), 1e-9) << y.years[k];
  }
  EXPECT_GT(banked, 3);
}

TEST(Yardstick, TheAggregateCurveAddsUpTheFirms) {
  const Simulation simulation(compose(load_scenario("two-firms")));
  const CostCurve curve = aggregate_curve(simulation, 0, 0);
  EXPECT_NEAR(curve.at(15), 0.4e6, 1);
  EXPECT_NEAR(curve.total(), 2e6, 1);
  const std::string csv = curve_csv(simulation);
  EXPECT_THAT(csv, testing::StartsWith("market,years_ahead,price,abatement_t,cost\n"));
  EXPECT_THAT(equilibrium_csv(simulation), testing::HasSubstr("\n2022,price,15,main\n"));
}

}  // namespace
}  // namespace tantu
