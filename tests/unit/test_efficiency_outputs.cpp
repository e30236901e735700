// What the results say of efficiency, worked out by hand for one year: 1,000 kt emitted without abatement, 300 kt abated at a cost
// of 4.5 M, where 250 kt at 2.5 M would be the least-cost part; 800 kt given free, 700 kt owed, a mean close of 20.
#include <gtest/gtest.h>

#include "results/outputs.hpp"
#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

YearTotals the_year() {
  YearTotals t;
  t.price_scale = 0.01;
  t.trading_days = 240;
  t.baseline = 1e6;
  t.emissions = 7e5;
  t.abatement_cost = 4.5e6;
  t.entitled = Tonnes{800'000};
  t.obligation = Tonnes{700'000};
  t.obliged = true;
  t.mean_close = 20;
  t.compared = true;
  t.equilibrium_price = 16;
  t.against.abatement = 3e5;
  t.against.cost = 4.5e6;
  t.against.abatement_least = 2.5e5;
  t.against.cost_least = 2.5e6;
  t.least_cost = 3.6e6;
  t.efficiency = 0.9;
  // Bought 50 kt at 21, sold 150 kt at 19, 10 kt of offsets at 5; no fine, a tax of 0.3 M, support of 0.1 M.
  t.paid = Cash{105'000'000};
  t.received = Cash{285'000'000};
  t.credits_paid = Cash{5'000'000};
  t.taxed = Cash{30'000'000};
  t.supported = Cash{10'000'000};
  t.units = 5e5;
  return t;
}

double read(std::span<const Output<YearTotals>> outputs, std::string_view name, const YearTotals& t) {
  for (const Output<YearTotals>& output : outputs)
    if (output.name == name) return output.read(t);
  ADD_FAILURE() << "there is no output " << name;
  return 0;
}

TEST(EfficiencyOutputs, AreTheseFigures) {
  const YearTotals t = the_year();
  for (const auto outputs : {sector_outputs(), yearly_outputs()}) {
    EXPECT_DOUBLE_EQ(read(outputs, "abatement", t), 3e5);
    EXPECT_DOUBLE_EQ(read(outputs, "abatement_least_cost", t), 2.5e5);
    EXPECT_DOUBLE_EQ(read(outputs, "abatement_excess", t), 5e4) << "too much";
    EXPECT_DOUBLE_EQ(read(outputs, "cost_per_tonne", t), 15);
    EXPECT_DOUBLE_EQ(read(outputs, "cost_per_tonne_least", t), 10);
    EXPECT_DOUBLE_EQ(read(outputs, "free_allocation_value", t), 16e6);
    EXPECT_DOUBLE_EQ(read(outputs, "allocation_rent", t), 1e5 * 20 - 4.5e6) << "below zero: abating cost more than what is left over is worth";
    EXPECT_DOUBLE_EQ(read(outputs, "equilibrium_price", t), 16);
  }
  EXPECT_DOUBLE_EQ(read(yearly_outputs(), "price_gap", t), 0.25);
  EXPECT_DOUBLE_EQ(read(yearly_outputs(), "least_cost_of_abatement", t), 3.6e6);
  EXPECT_DOUBLE_EQ(read(yearly_outputs(), "efficiency", t), 0.9);
  EXPECT_DOUBLE_EQ(read(sector_outputs(), "cost_per_output", t), (4.5e6 + 1.05e6 - 2.85e6 + 5e4 + 3e5 - 1e5) / 5e5);
}

TEST(EfficiencyOutputs, AreMissingWhereNothingCanBeSaid) {
  YearTotals t = the_year();
  t.compared = t.obliged = false;
  t.emissions = t.baseline;
  t.units = 0;
  for (const char* name : {"abatement_excess", "cost_per_tonne", "cost_per_tonne_least", "allocation_rent", "free_allocation_value", "cost_per_output"})
    EXPECT_EQ(read(sector_outputs(), name, t), none) << name;
}

TEST(EfficiencyOutputs, SayWhichSectorDoesTooMuchAndWhichTooLittle) {
  // Two sectors alike, MAC 100 a; one pays a tax of 10 a tonne besides the allowance. Its firms abate at the market's price and 10.
  const SmallRun run{std::string(R"({ "sectors": { "works": null, "taxed": { "activity_unit": "t", "technology": "works", "firms": 20, "emissions_mt": 10, "size_spread": 0 },
      "free": { "activity_unit": "t", "technology": "works", "firms": 20, "emissions_mt": 10, "size_spread": 0 } },
    "technologies": { "works": { "curve": { "shape": "linear", "price_per_t": 100, "cost_spread": 0 } } },
    "policies": { "tax": { "kind": "carbon_tax", "sectors": ["taxed"], "rate": { "given": { "2020": 10 } } } } })")};
  const Efficiency efficiency(run.simulation, 0);
  const auto& sectors = run.traits().sectors;
  ASSERT_EQ(sectors.size(), 2u);
  double excess[2] = {}, baseline[2] = {};
  for (std::size_t s = 0; s < 2; ++s) {
    const EfficiencyYear of = efficiency.total(sectors[s].rows, 2021);
    const std::size_t k = sectors[s].name == "taxed" ? 0 : 1;
    excess[k] = of.abatement - of.abatement_least;
    for (std::uint32_t row = sectors[s].rows.first; row < sectors[s].rows.last; ++row) baseline[k] += baseline_to_date(run.traits(), run.firms(), row, 2021);
  }
  // 306 days of 2021 at 10 more: a tenth of what is emitted on them.
  EXPECT_NEAR(excess[0] / baseline[0] - excess[1] / baseline[1], 0.1 * 306 / 365, 0.01);
}

}  // namespace
