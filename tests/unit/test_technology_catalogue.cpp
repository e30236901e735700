// The shipped catalogue of technologies, and what routes, lifetimes and the cost of capital do to measures.
#include "scenarios/technology_catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "scenarios/compose.hpp"
#include "sim/input_error.hpp"
#include "sim/operation.hpp"
#include "sim/yardstick.hpp"
#include "tests/national_market.hpp"

namespace tantu {
namespace {

using testing::HasSubstr;

TEST(TechnologyCatalogue, HasTheSectorsAndSaneMeasures) {
  const std::vector<std::string> names = catalogue_technologies();
  const std::set<std::string> known(names.begin(), names.end());
  EXPECT_EQ(known.size(), names.size()) << "rows of a technology stand together";
  for (const char* name : {"coal_power", "gas_power", "cement", "steel", "aluminium", "petrochemicals", "chemicals", "paper", "aviation", "heat", "buildings", "road_transport"})
    EXPECT_TRUE(known.contains(name)) << name;
  for (const std::string& name : names)
    for (const MeasureParameters& m : catalogue_measures(name, 1)) {
      EXPECT_GT(m.potential, 0) << name << ": " << m.name;
      EXPECT_LE(m.potential, 1) << name << ": " << m.name;
      EXPECT_TRUE(m.cost_spread > 0 || m.cost_spread_absolute > 0) << name << ": " << m.name;
      EXPECT_TRUE(m.kind == MeasureKind::operational || m.capex_share > 0) << name << ": " << m.name;
    }
}

TEST(TechnologyCatalogue, SpreadsAreTheTailsOfTheRow) {
  const auto steel = catalogue_measures("steel", 1);
  const auto arc = std::find_if(steel.begin(), steel.end(), [](const auto& m) { return m.name == "scrap electric arc furnace"; });
  ASSERT_NE(arc, steel.end());
  EXPECT_NEAR(arc->cost_spread, std::log(150.0 / 40) / 3.2897, 1e-4);
  EXPECT_EQ(catalogue_measures("steel", 7)[0].cost_per_t, 7 * steel[0].cost_per_t);
}

std::vector<std::string> with_steel(std::vector<std::string> more = {}) {
  std::vector<std::string> changes = tests::small_national({R"(technologies.coal_and_gas_power={"catalogue": "steel", "currency_per_usd": 6.9})"});
  changes.insert(changes.end(), more.begin(), more.end());
  return changes;
}

TEST(TechnologyCatalogue, AScenarioNamesIt) {
  const LoadedScenario loaded = load_scenario("china-national", with_steel());
  EXPECT_GE(loaded.scenario.technologies.at("coal_and_gas_power").measures.size(), 7u);
  EXPECT_THAT(loaded.resolved, HasSubstr("scrap electric arc furnace")) << "the scenario as run names every measure";
  try {
    load_scenario("china-national", {R"(technologies.coal_and_gas_power={"catalogue": "steal"})"});
    FAIL() << "an unknown technology is accepted";
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), HasSubstr("there is no technology \"steal\" in the catalogue"));
    EXPECT_THAT(e.what(), HasSubstr("steel"));
  }
}

TEST(Routes, AFirmTakesOneOfThem) {
  // At a very high price every investment pays; of the route only one may be made.
  Simulation simulation(compose(load_scenario("china-national", with_steel({"exchange.opening_reference=3000", "agents.firms.anchor.fit_costs_to_opening=false"}))));
  Workers workers;
  Recorder recorder({});
  for (int day = 0; day < 90; ++day) simulation.live_one_day(recorder, workers);
  const FirmTraits& traits = simulation.setup().traits;
  int adopted = 0;
  for (std::uint32_t row = 0; row < traits.size(); ++row) {
    int on_route = 0;
    for (std::uint32_t j = 0; j < traits.sectors[0].technology.measures.size(); ++j) {
      const MeasureState state = simulation.firms().measure[traits.measure_index(row, j)];
      if (traits.sectors[0].technology.measures[j].route == "iron" && (state == MeasureState::pipeline || state == MeasureState::effective)) ++on_route;
    }
    EXPECT_LE(on_route, 1) << "firm " << row;
    adopted += on_route;
  }
  EXPECT_GT(adopted, 100);
  // The yardstick never abates more than all, whatever is combined.
  EXPECT_LE(FirmOptions(simulation, 0).at(1e6, 2021, 0, 30).share, 1 + 1e-12);
}

TEST(Lifetimes, AnInvestmentWearsOut) {
  const auto setup = compose(load_scenario("china-national", tests::small_national({R"(technologies.coal_and_gas_power={"measures": [{"name": "retrofit", "kind": "investment", "potential": 0.1, "cost_per_t": 10, "lifetime_years": 0.2}]})",
                                                                                    "agents.firms.anchor.fit_costs_to_opening=false"})));
  FirmStore firms = Simulation(setup).firms();
  const std::uint32_t at = setup->traits.measure_index(0, 0);
  firms.measure[at] = MeasureState::pipeline;
  firms.measure_effective[at] = day_of(2021, 8, 2);
  update_abatement(setup->traits, firms, 0, 50, day_of(2021, 8, 1));
  EXPECT_EQ(firms.abated_share[0], 0);
  update_abatement(setup->traits, firms, 0, 50, day_of(2021, 8, 2));
  EXPECT_NEAR(firms.abated_share[0], 0.1, 1e-12);
  EXPECT_EQ(firms.changes_on[0], day_of(2021, 8, 2) + 73) << "0.2 years later it is looked at again";
  update_abatement(setup->traits, firms, 0, 50, day_of(2021, 8, 2) + 73);
  EXPECT_EQ(firms.abated_share[0], 0);
  EXPECT_EQ(firms.measure[at], MeasureState::available);
}

TEST(CostOfCapital, IsAnAnnuityOfTheCapitalShare) {
  EXPECT_EQ(capital_factor(0.8, 20, 0.08, 0.08), 1);
  EXPECT_EQ(capital_factor(0, 20, 0.03, 0.08), 1);
  // a(8%, 20) = 0.101852, a(3%, 20) = 0.067216
  EXPECT_NEAR(capital_factor(1, 20, 0.03, 0.08), 0.067216 / 0.101852, 1e-4);
  EXPECT_NEAR(capital_factor(0.5, 20, 0.03, 0.08), 0.5 + 0.5 * 0.067216 / 0.101852, 1e-4);
  EXPECT_NEAR(capital_factor(1, 10, 0, 0.08), 0.1 / 0.149029, 1e-4) << "free money: the sum divided by the years";
  // Public money for all: the same measures cost less.
  const auto cost = [](const char* rate) { return compose(load_scenario("china-national", with_steel({std::string("agents.firms.investment.capital_cost=") + rate})))->traits.sectors[0].technology.measures[0].cost; };
  EXPECT_GT(std::fabs(cost("0.08")), std::fabs(cost("0.03")));
}

}  // namespace
}  // namespace tantu
