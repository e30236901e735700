// Efficiency: a market whose costs with, without and with perfect trade are known.
#include "sim/efficiency.hpp"

#include <gtest/gtest.h>

#include "tests/national_market.hpp"

namespace tantu {
namespace {

Simulation lived(const std::string& scenario, const std::vector<std::string>& changes) {
  Simulation simulation(compose(load_scenario(scenario, changes)));
  Recorder recorder({});
  Workers workers;
  tests::live_to_the_end(simulation, recorder, workers);
  simulation.finish();
  return simulation;
}

TEST(Efficiency, TwoFirmsAgainstTheirKnownCosts) {
  // Alone each abates 0.2 of 1 Mt: 50 x 0.02 + 150 x 0.02 = 4 M; together 0.3 and 0.1: 2.25 + 0.75 = 3 M a year.
  const Simulation simulation = lived("two-firms", {"shocks.firm_spread=0"});
  const Efficiency efficiency(simulation, 0);
  ASSERT_EQ(efficiency.first_year(), 2021);
  // Firms alike in size: the first is the first quarter, the second the third.
  const EfficiencyYear cheap = efficiency.size_class(0, 2022), dear = efficiency.size_class(2, 2022);
  EXPECT_NEAR(cheap.cost_alone + dear.cost_alone, 4e6, 1e5) << "the last year lacks a few days";
  EXPECT_NEAR(cheap.cost_least, 2.25e6, 1e4);
  EXPECT_NEAR(dear.cost_least, 0.75e6, 1e4);
  EXPECT_NEAR(cheap.abatement_least, 0.3e6, 1e3);
  EXPECT_NEAR(dear.abatement_least, 0.1e6, 1e3);
  // Firms abate at the market's price, which is near 15.
  const auto total = efficiency.allocative_efficiency();
  ASSERT_TRUE(total);
  EXPECT_GT(*total, 0.8);
  EXPECT_LE(*total, 1 + 1e-9);
  EXPECT_EQ(efficiency.total({0, 2}, 2022).abatement, cheap.abatement + dear.abatement);
}

TEST(Efficiency, IsUndefinedWithoutAGainFromTrade) {
  const Simulation simulation = lived("two-firms", {"policies.cap.path_mt.2021=2.5"});
  EXPECT_FALSE(Efficiency(simulation, 0).allocative_efficiency()) << "more allowances than emissions: nothing to gain";
}

TEST(Efficiency, WhoCannotTradeHasAPartOfTheAuctions) {
  // Half of the cap is sold. Each firm lacks 0.6 Mt, alone it has half of the 0.8 Mt sold and abates 0.2 Mt as before.
  const Simulation simulation = lived("two-firms", {"shocks.firm_spread=0", "policies.allocation.free_share=0.5", "policies.auction.kind=auction", "policies.auction.share.2021=0.5"});
  const Efficiency efficiency(simulation, 0);
  EXPECT_NEAR(efficiency.path().price_of_year(2022), 15, 1e-6) << "the price does not depend on who is given what";
  EXPECT_NEAR(efficiency.total({0, 2}, 2022).cost_alone, 4e6, 2e5);
  const auto total = efficiency.allocative_efficiency();
  ASSERT_TRUE(total);
  EXPECT_LE(*total, 1 + 1e-9);  // how far the market gets is another matter: two bidders make no auction
}

TEST(Efficiency, OffsetsCountAtWhatTheyCost) {
  // A tenth of what is owed after abatement, at 2 CNY: p (1/50 + 1/150) (1 - 0.1) = 0.4 - 0.2.
  const Simulation simulation = lived("two-firms", {"shocks.firm_spread=0", R"(policies.offsets={"kind": "offsets", "share": {"2021": 0.1}, "types": {"credits": {"price_from": 2, "price_to": 2, "volume_mt": 5}}})"});
  const Efficiency efficiency(simulation, 0);
  const double price = efficiency.path().price_of_year(2022);
  EXPECT_NEAR(price, 0.2 / 0.9 / (1.0 / 50 + 1.0 / 150), 1e-3);
  const EfficiencyYear first = efficiency.total({0, 2}, 2021), last = efficiency.total({0, 2}, 2023);
  EXPECT_NEAR(first.offsets_least, 0.1 * (2 - price / 37.5) * 1e6, 1e3);
  EXPECT_NEAR(first.offset_cost_least, 2 * first.offsets_least, 1e3);
  EXPECT_GT(first.offsets, 0);
  EXPECT_NEAR(first.offset_cost, 2 * first.offsets, 0.05 * first.offsets);
  EXPECT_EQ(last.offsets_least, 0) << "the deadline of 2023 lies beyond the run";
  const auto total = efficiency.allocative_efficiency();
  ASSERT_TRUE(total);
  EXPECT_LE(*total, 1 + 1e-9);
}

TEST(Efficiency, NobodyDoesBetterThanTheYardstick) {
  const Simulation simulation = lived("china-national", tests::small_national());
  const Efficiency efficiency(simulation, 0);
  const auto total = efficiency.allocative_efficiency();
  ASSERT_TRUE(total);
  EXPECT_LE(*total, 1.001);
  double sizes = 0;
  for (std::size_t q = 0; q < size_classes; ++q) sizes += efficiency.size_class(q, 2021).abatement;
  EXPECT_NEAR(sizes, efficiency.total({0, simulation.setup().traits.size()}, 2021).abatement, 1e-3);
  EXPECT_LE(efficiency.least_cost_of_same(2021), efficiency.total({0, simulation.setup().traits.size()}, 2021).cost * 1.01 + 1);
}

}  // namespace
}  // namespace tantu
