// The cheapest way out of a need: worked out for firms whose costs are known.
#include "agents/alternative.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// Forty firms alike in cost; the small market on its first day, with nothing abated yet.
struct Opening {
  explicit Opening(const std::string& technology) : simulation(setup_of(small_market(R"({ "technologies": { "works": )" + technology + " } }"))) {}
  StrategyView on(Day today) const {
    const SimulationSetup& s = simulation.setup();
    return {simulation.markets()[0], s.traits, simulation.firms(), s.counterparties, s.ownership, s.key, today, today - 1};
  }
  double ahead(Day today) const { return simulation.setup().traits.emissions[0] * (1 - elapsed_share(today, year_of(today))); }
  Simulation simulation;
  PositionParameters position;
  PositionModel model{position, ValueParameters{}};
};

const std::string steps = R"({ "curve": null, "measures": [ { "name": "a", "potential": 0.1, "cost_per_t": 30 }, { "name": "b", "potential": 0.2, "cost_per_t": 50 } ] })";
const Day summer = day_of(2021, 7, 1);

TEST(OwnAbatement, CostsWhatItsLastStepDoes) {
  const Opening market(steps);
  const StrategyView view = market.on(summer);
  const DayFacts facts = market.model.day_facts(view);
  const double ahead = market.ahead(summer);
  const auto price = [&](double share) { return own_abatement_price(view, facts, 0, share * ahead, 400); };
  EXPECT_EQ(price(0.05), 30);
  EXPECT_EQ(price(0.0999), 30);
  EXPECT_EQ(price(0.11), 50) << "0.9 x 0.2 = 0.18 of what is emitted until the end of the year costs 50";
  EXPECT_EQ(price(0.2799), 50);
  EXPECT_EQ(price(0.29), 400) << "more it cannot abate";
}

TEST(OwnAbatement, FollowsASmoothCurve) {
  const Opening market(R"({ "curve": { "shape": "linear", "price_per_t": 100, "cost_spread": 0 } })");
  const StrategyView view = market.on(summer);
  const DayFacts facts = market.model.day_facts(view);
  // Nothing is abated yet, so that the price itself, 20, would bring a fifth.
  EXPECT_NEAR(own_abatement_price(view, facts, 0, 0.25 * market.ahead(summer), 400), 25, 0.02);
  EXPECT_NEAR(own_abatement_price(view, facts, 0, 0.1 * market.ahead(summer), 400), 20, 0.01);
}

TEST(CheapestWayOut, IsThePenaltyWithTheDebtOrOwnAbatementWhileItCounts) {
  const Opening market(steps);
  // Whose urgency is 1 pays for an allowance what the way out costs.
  const auto out = [&](Day today, double share, bool own) {
    const StrategyView view = market.on(today);
    PositionParameters position = market.position;
    position.own_abatement = own;
    Balance balance;
    balance.urgency = 1;
    balance.need = share * market.ahead(summer) * elapsed_share(summer, 2021);  // to date; as much again by the end of the year
    const PositionModel model(position, ValueParameters{});
    return model.assess(view, model.day_facts(view), 0, balance).buy_at;
  };
  const StrategyView opening = market.on(summer);
  const DayFacts facts = market.model.day_facts(opening);
  // A fine of 100 a tonne, and the tonne owed still.
  const double penalty = 100 + 1.5 * std::min(market.model.value_of(opening, facts, 0), 1.3 * facts.average);
  EXPECT_NEAR(out(summer, 0.05, false), penalty, 1e-9);
  EXPECT_NEAR(out(summer, 0.05, true), 30, 1e-9);
  EXPECT_NEAR(out(summer, 0.19, true), 50, 1e-9) << "0.19 of a year's half is lacking for the first half and 0.19 in the end; 0.1 would cost 30";
  EXPECT_NEAR(out(summer, 0.5, true), penalty, 1e-9) << "half of the year it cannot abate";
  EXPECT_NEAR(out(day_of(2022, 2, 1), 0.05, true), penalty, 1e-9) << "what is abated in 2022 is no help for 2021";
}

}  // namespace
