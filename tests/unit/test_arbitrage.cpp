// One price across linked markets is not imposed: it emerges, to within costs, where somebody trades in both, and only as far
// as the link lets allowances through. The preset link-two-markets, whose prices alone are 30 and 10 EUR/t; several seeds.
#include <gtest/gtest.h>

#include <cmath>

#include "results/recorder.hpp"
#include "scenarios/compose.hpp"

namespace {

using namespace tantu;

constexpr int seeds = 10;
/// The arbitrageurs' least gain on either side of their middle, and one per cent for what the books' spreads hide.
constexpr double cost = 0.01, tolerance = 2 * cost + 0.01;

/// Mean closes of the two markets over some days, and what the north has received at the end, Mt; over all seeds.
struct Closes {
  double north = 0, south = 0, brought = 0;
  double gap() const { return (north - south) / (0.5 * (north + south)); }
};

Closes closes(std::vector<std::string> changes, int runs = seeds, Day from = day_of(2023, 3, 1), Day until = day_of(2023, 12, 29)) {
  changes.push_back("run.last_day=" + to_string(until));
  changes.push_back("");
  Closes mean;
  int days = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    changes.back() = "run.seed=" + std::to_string(seed);
    Simulation simulation(compose(load_scenario("link-two-markets", changes)));
    Recorder recorder({});
    Workers workers;
    while (!simulation.finished()) simulation.live_one_day(recorder, workers);
    for (std::size_t d = 0; d < recorder.days()[0].size(); ++d) {
      const DayRow &north = recorder.days()[0][d], &south = recorder.days()[1][d];
      if (north.day < from || north.day > until) continue;
      mean.north += to_currency(north.session.close, north.price_scale);
      mean.south += to_currency(south.session.close, south.price_scale);
      ++days;
    }
    if (!simulation.links().empty()) mean.brought += static_cast<double>((simulation.links()[0].received - simulation.links()[0].received_home).count) / (1e6 * runs);
  }
  return {mean.north / days, mean.south / days, mean.brought};
}

std::string seen(const Closes& c) { return "north " + std::to_string(c.north) + ", south " + std::to_string(c.south); }

const std::string nobody_carries = "agents.traders={}", no_accounts = "links.0.firms_share=0";

TEST(Arbitrage, MakesOnePriceOfTwoToWithinCosts) {
  const Closes both = closes({});
  EXPECT_LT(std::fabs(both.gap()), tolerance) << seen(both);
  EXPECT_NEAR(0.5 * (both.north + both.south), 15, 0.75) << "the competitive path of both together; " << seen(both);
  // Two years, each with the south's million tonnes; the obligations of the second fall due after the run.
  const Closes bridged = closes({no_accounts}, 3, day_of(2024, 5, 1), day_of(2024, 12, 31));
  EXPECT_LT(std::fabs(bridged.gap()), tolerance) << "without firms that have accounts in both markets; " << seen(bridged);
  EXPECT_GT(bridged.brought, 1) << "the arbitrageurs carry what the path says, a million tonnes a year, not a token";
  EXPECT_LT(bridged.brought, 2.3);
}

TEST(Arbitrage, WithoutALinkOrAnybodyWhoUsesItPricesStayApart) {
  // What all know of a link holds prices together while nobody must deliver; the north's first deadline after it parts them.
  const Closes unlinked = closes({"links=[]"}, 2), unused = closes({nobody_carries, no_accounts}, 3, day_of(2024, 5, 1), day_of(2024, 12, 31));
  EXPECT_GT(unlinked.gap(), 0.9) << "30 and 10; " << seen(unlinked);
  EXPECT_GT(unused.gap(), 0.3) << "all know of the link, but what they know brings nobody an allowance; " << seen(unused);
}

TEST(Arbitrage, AOneWayLinkBoundsOnePriceByTheOther) {
  const std::string one_way = "links.0.direction=one_way";
  const Closes open = closes({one_way}, 3), shut = closes({one_way, "links.0.from=north", "links.0.to=south"}, 2);
  EXPECT_LT(std::fabs(open.gap()), tolerance) << "from where they are cheap; " << seen(open);
  EXPECT_GT(shut.gap(), 0.9) << "from where they are dear: the north may be dearer, not cheaper; " << seen(shut);
}

TEST(Arbitrage, PricesPartWhereAQuotaIsUsedUp) {
  const Closes bounded = closes({"links.0.quota_mt=0.3"}, 3);
  EXPECT_GT(bounded.gap(), 0.5) << "the path of 0.3 Mt: 25.5 and 11.5; " << seen(bounded);
  EXPECT_LT(bounded.north, 29) << "what came counts; " << seen(bounded);
}

TEST(Arbitrage, LeavesWhatATransferCosts) {
  const Closes dear = closes({"links.0.fee_per_t=3"}, 3);
  EXPECT_GT(dear.north - dear.south, 1.0) << seen(dear);
  EXPECT_LT(dear.north - dear.south, 3 + tolerance * 15) << seen(dear);
}

TEST(LinkedOutlook, IsThatOfFirmsUnsureOfGrowthInAllMarketsTogether) {
  // Both markets are given 2% more than they emit. What is certain is worth nothing; that both might grow is worth something,
  // and the same in both.
  const auto anchors = [](const std::string& uncertainty) {
    Simulation simulation(compose(load_scenario("link-two-markets", {"markets.north.policies.cap.path_mt.2021=10.2", "markets.south.policies.cap.path_mt.2021=10.2",
                                                                    "links.0.announced=2021-01-01", "links.0.first_day=2021-01-01", "agents.firms.anchor.outlook_uncertainty=" + uncertainty})));
    Recorder recorder({});
    Workers workers;
    for (int day = 0; day < 3; ++day) simulation.live_one_day(recorder, workers);
    return std::pair(simulation.markets()[0].board().anchor, simulation.markets()[1].board().anchor);
  };
  const auto sure = anchors("0"), unsure = anchors("0.1");
  EXPECT_LE(sure.first, 0.02);
  EXPECT_LE(sure.second, 0.02);
  EXPECT_GT(unsure.first, 0.5);
  EXPECT_NEAR(unsure.first, unsure.second, 0.05 * unsure.first);
}

TEST(Arbitrage, ALinkCountsFromTheDayOnWhichItIsPublic) {
  // Announced a year ahead, the south keeps for the north what it would have sold: its price rises at once.
  const Day from = day_of(2022, 3, 1), until = day_of(2022, 10, 31);
  const Closes surprise = closes({}, 2, from, until), known = closes({"links.0.announced=2022-01-03"}, 2, from, until);
  EXPECT_NEAR(surprise.south, 10, 0.6) << "nobody knows; " << seen(surprise);
  EXPECT_GT(known.south, surprise.south + 1) << seen(known);
}

}  // namespace
