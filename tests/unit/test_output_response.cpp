// Output answers to carbon costs, and carbon costs travel along the supply chain.
#include "sim/output_response.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

const char* lump_sum = R"({ "sectors": { "works": { "product_price": 100, "elasticity": 1.5 } } })";
const char* by_output = R"({ "sectors": { "works": { "product_price": 100, "elasticity": 1.5 } },
  "policies": { "allocation": { "kind": "benchmark_allocation", "classes": { "all": { "benchmark": { "2021": 0.9 } } } } } })";

TEST(OutputResponse, FallsWithThePriceOfTheProduct) {
  EXPECT_DOUBLE_EQ(output_factor(0, 3), 1);
  EXPECT_NEAR(output_factor(0.1, 1.5), std::pow(1.1, -1.5), 1e-12);
  EXPECT_NEAR(output_factor(-0.1, 2), std::pow(0.9, -2), 1e-12) << "a firm that is given more than it pays sells more";
  EXPECT_EQ(output_factor(1e9, 10), 0.05);
}

TEST(OutputResponse, IsNoneWithoutElasticity) {
  const SmallRun run;
  EXPECT_EQ(output(run), 1);
}

TEST(OutputResponse, ALumpSumLetsOutputFallAllocationByOutputKeepsItUp) {
  const SmallRun lump{std::string(lump_sum)}, benchmark{std::string(by_output)};
  EXPECT_LT(output(lump), 0.99) << "the whole carbon cost is in the price of the product";
  EXPECT_GT(output(benchmark), output(lump) + 0.005) << "what one more unit brings in allowances lowers its cost";
  EXPECT_GT(benchmark.firms().year(2022).activity[0], lump.firms().year(2022).activity[0]);
}

TEST(OutputResponse, TheFactorIsTheFormulaOfOneFirm) {
  const SmallRun run{std::string(R"({ "sectors": { "works": { "product_price": 80, "elasticity": 2, "pass_through": 0.5 } } })")};
  // The last review was on the first trading day of June 2022, at the last close of May, and measures do not change here but
  // with the price; so the factor of an untouched day is worked out from that close.
  double close = 0;
  for (const DayRow& day : run.recorder.days()[0])
    if (day.day < day_of(2022, 6, 1)) close = static_cast<double>(day.session.close.count) * 0.01;
  const std::uint32_t row = 7;
  const double share = std::min(1.0, close / (100 * run.firms().cost_scale[0] * run.traits().curve_scale[row]));
  // The abated share at the review was that of the last trading day of May, at the close before; a day's move is small.
  const double cost = close * (1 - share) + share * share / 2 * 100 * run.firms().cost_scale[0] * run.traits().curve_scale[row];
  EXPECT_NEAR(run.firms().output_factor[row], std::pow(1 + 0.5 * cost / 80, -2), 0.01);
}

TEST(SupplyChainInARun, CostTravelsFromPowerOverAluminiumToCars) {
  // By name aluminium and cars come before power: only the order of the graph lets the cost through.
  auto scenario = small_market(R"({ "network": { "supply_chain": [
      { "supplier": "aluminium", "buyer": "cars", "input": 0.2, "pass_through": 0.5 },
      { "supplier": "power", "buyer": "aluminium", "input": 13.5, "pass_through": 1 },
      { "supplier": "power", "buyer": "steel", "input": 0.5, "pass_through": 0.8 } ] } })");
  const auto works = scenario["sectors"]["works"];
  scenario["sectors"] = {{"aluminium", works}, {"cars", works}, {"power", works}, {"steel", works}};
  scenario["policies"]["cap"]["path_mt"]["2021"] = 72;
  const SmallRun run(scenario);
  const auto& own = run.firms().unit_cost_own[1];  // 2021
  const auto& all = run.firms().unit_cost[1];
  enum { aluminium, cars, power, steel };
  ASSERT_EQ(run.traits().sectors[power].name, "power");
  ASSERT_GT(own[power], 1.0);
  EXPECT_DOUBLE_EQ(all[power], own[power]);
  EXPECT_NEAR(all[steel], own[steel] + 0.4 * own[power], 1e-9 * all[steel]);
  EXPECT_NEAR(all[aluminium], own[aluminium] + 13.5 * own[power], 1e-9 * all[aluminium]);
  EXPECT_NEAR(all[cars], own[cars] + 0.1 * all[aluminium], 1e-9 * all[cars]) << "power's cost reaches cars through aluminium";
}

TEST(SupplyChainInARun, DearerInputsLowerTheBuyersOutput) {
  const auto output_of_steel = [](double input) {
    auto scenario = small_market();
    const auto works = scenario["sectors"]["works"];
    scenario["sectors"] = {{"power", works}, {"steel", works}};
    scenario["sectors"]["steel"]["product_price"] = 200;
    scenario["sectors"]["steel"]["elasticity"] = 1;
    scenario["policies"]["cap"]["path_mt"]["2021"] = 36;
    scenario["network"]["supply_chain"] = {{{"supplier", "power"}, {"buyer", "steel"}, {"input", input}}};
    const SmallRun run(scenario);
    const Rows steel = run.traits().sectors[1].rows;
    double sum = 0;
    for (std::uint32_t row = steel.first; row < steel.last; ++row) sum += run.firms().output_factor[row];
    return sum / steel.size();
  };
  EXPECT_LT(output_of_steel(2), output_of_steel(0) - 0.02);
}

TEST(Relations, CirclesAreRefusedWithPlaceAndReason) {
  auto circle = small_market(R"({ "network": { "supply_chain": [
      { "supplier": "power", "buyer": "steel", "input": 1 }, { "supplier": "steel", "buyer": "power", "input": 1 } ] } })");
  const auto works = circle["sectors"]["works"];
  circle["sectors"] = {{"power", works}, {"steel", works}};
  EXPECT_EQ(refusal_of(circle), "small.json:/network/supply_chain: supply chain: power -> steel -> power is a circle");
  circle["network"]["supply_chain"] = {{{"supplier", "pwer"}, {"buyer", "steel"}, {"input", 1}}};
  EXPECT_EQ(refusal_of(circle), "small.json:/network/supply_chain/0/supplier: there is no sector \"pwer\"; nearest: power");
  EXPECT_EQ(refusal_of(small_market(R"({ "groups": { "a": { "share": 0.2, "owner": "b" }, "b": { "share": 0.2, "owner": "c" }, "c": { "share": 0.1, "owner": "a" } } })")),
            "small.json:/groups: ownership: groups a -> c -> b -> a own each other in a circle");
  EXPECT_EQ(refusal_of(small_market(R"({ "groups": { "a": { "share": 0.2, "owner": "d" } } })")),
            "small.json:/groups/a/owner: there is no group \"d\"; nearest: a");
  EXPECT_EQ(refusal_of(small_market(R"({ "sectors": { "empty": { "firms": 0 } } })")),
            "small.json:/sectors/empty/firms: is 0: the sector is empty; give it firms or leave it out");
  EXPECT_EQ(refusal_of(small_market(R"({ "sectors": { "works": { "elasticity": 1 } } })")), "small.json:/sectors/works/elasticity: needs product_price above 0");
}

}  // namespace
