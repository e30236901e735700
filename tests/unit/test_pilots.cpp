// The Chinese pilots, each by the rule it is known for: what the rule does, and that it is this rule which does it.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "results/recorder.hpp"
#include "tests/unit/lived_preset.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

const Market& only_market(const Lived& lived) { return lived.simulation.markets()[0]; }

/// Of a sector's firms in a year: final allocation and activity, in the order of rows.
struct Given {
  std::vector<double> tonnes, activity, baseline;
  double sum() const {
    double all = 0;
    for (const double t : tonnes) all += t;
    return all;
  }
};
Given given(const Lived& lived, const std::string& sector_name, int year) {
  Given g;
  for (const Sector& sector : lived.setup->traits.sectors)
    if (sector.name == sector_name)
      for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) {
        g.tonnes.push_back(static_cast<double>(lived.simulation.firms().year(year).entitled[row].count));
        g.activity.push_back(lived.simulation.firms().year(year).activity[row]);
        g.baseline.push_back(lived.setup->traits.emissions[row]);
      }
  return g;
}

/// Credits used for obligations from one year on, as a share of them.
double credits_used(const Lived& lived, int year) {
  const FirmYear& y = lived.simulation.firms().year(year);
  double used = 0, due = 0;
  for (std::uint32_t row = 0; row < lived.setup->traits.emissions.size(); ++row) {
    used += static_cast<double>(y.retired[row].count);
    due += static_cast<double>(std::max<std::int64_t>(0, y.obligation[row].count));
  }
  return used / due;
}

// ---- What a missing tonne costs: the pilots differ in nothing more ----

struct Fine {
  const char* pilot;
  double fine, multiple, most_per_firm, owed_ratio;  ///< most_per_firm 0: no limit
};

class PilotFines : public testing::TestWithParam<Fine> {};

TEST_P(PilotFines, AreThoseOfThePilot) {
  const Fine expected = GetParam();
  const auto setup = compose(small(expected.pilot));
  const Simulation simulation(setup);
  const Market& market = simulation.markets()[0];
  const ShortfallTerms terms = market.shortfall_terms(market.rules().cycles[2].deadline);
  ASSERT_TRUE(terms.exists) << expected.pilot;
  EXPECT_DOUBLE_EQ(terms.fine, expected.fine) << "CNY, whatever is missing";
  EXPECT_DOUBLE_EQ(terms.multiple, expected.multiple) << "times the price";
  EXPECT_DOUBLE_EQ(terms.per_tonne, 0);
  EXPECT_DOUBLE_EQ(std::isinf(terms.most_per_firm) ? 0 : terms.most_per_firm, expected.most_per_firm) << "CNY a firm at most";
  EXPECT_DOUBLE_EQ(terms.owed_ratio, expected.owed_ratio) << "allowances owed for a missing one";
  EXPECT_TRUE(terms.debt_carried) << "what is missing is deducted later";
}

INSTANTIATE_TEST_SUITE_P(, PilotFines,
                         testing::Values(Fine{"beijing", 0, 4, 0, 1}, Fine{"shanghai", 75'000, 0, 0, 1}, Fine{"guangdong", 50'000, 0, 0, 2},
                                         Fine{"hubei", 0, 2, 150'000, 2}, Fine{"shenzhen", 0, 3, 0, 1}, Fine{"tianjin", 0, 0, 0, 1},
                                         Fine{"chongqing", 0, 0, 0, 1}, Fine{"fujian", 0, 2, 30'000, 2}),
                         [](const auto& info) { return info.param.pilot; });

// ---- The rule by which each is known ----

TEST(Pilots, BeijingBuysBelowTwentyYuan) {
  const Lived lived = live(small("beijing", {"exchange.opening_reference=16", "run.last_day=2022-03-31"}));
  EXPECT_GT(moved(only_market(lived), "support", Effect::Kind::bought), 0) << "ten days below 20 CNY: the authority bids 20 CNY on the exchange";
  const Lived without = live(small("beijing", {"exchange.opening_reference=16", "run.last_day=2022-03-31", "policies.support=null"}));
  EXPECT_EQ(moved_by_all(only_market(without), Effect::Kind::bought), 0);
}

TEST(Pilots, ShanghaiGivesServicesTheirHistoryAndAirlinesTheirOutput) {
  const Lived lived = live(small("shanghai", {"run.last_day=2023-12-29"}));
  const Given services = given(lived, "services", 2022), airlines = given(lived, "aviation", 2022);
  ASSERT_FALSE(services.tonnes.empty());
  for (std::size_t i = 0; i < services.tonnes.size(); ++i)
    EXPECT_NEAR(services.tonnes[i], 0.985 * services.baseline[i], 1) << "98.5% of what it emitted, whatever its output";
  for (std::size_t i = 0; i < airlines.tonnes.size(); ++i)
    EXPECT_NEAR(airlines.tonnes[i], (1 - 0.015) * airlines.activity[i] * airlines.baseline[i], 1) << "1.5% below its own intensity, times its output";
  const Lived without = live(small("shanghai", {"run.last_day=2023-12-29", "policies.services=null"}));
  EXPECT_EQ(given(without, "services", 2022).sum(), 0);
}

TEST(Pilots, GuangdongTakesThreePercentOfCreditsFromElsewhere) {
  // Credits from elsewhere as cheap and plentiful as can be, none of its own.
  const std::vector<std::string> plenty{"run.last_day=2023-12-29", "policies.offsets.types.ccer.volume_mt=500", "policies.offsets.types.ccer.price_from=1",
                                        "policies.offsets.types.ccer.price_to=2", "policies.offsets.types.local.volume_mt=0"};
  const Lived lived = live(small("guangdong", plenty));
  EXPECT_NEAR(credits_used(lived, 2022), 0.03, 0.0001) << "of 10% in all, 3% may come from elsewhere";
  std::vector<std::string> free = plenty;
  free.push_back("policies.offsets.origin_share=null");
  EXPECT_NEAR(credits_used(live(small("guangdong", free)), 2022), 0.10, 0.0001);
}

TEST(Pilots, GuangdongSellsAPartAtAFloorThatFollowsTheMarket) {
  const Lived lived = live(small("guangdong", {"run.last_day=2022-12-30"}));
  const std::vector<AuctionRecord>& auctions = only_market(lived).auctions;
  ASSERT_EQ(auctions.size(), 2u) << "two auctions a year";
  for (const AuctionRecord& a : auctions) {
    EXPECT_EQ(a.offered.count, 500'000);
    EXPECT_GT(a.reserve, Price{3000}) << "near the market's price of some 60 CNY";
  }
}

TEST(Pilots, HubeiCancelsWhatWasNeverTraded) {
  const Lived lived = live(small("hubei", {"run.last_day=2023-12-29"}));
  const std::int64_t cancelled = moved(only_market(lived), "banking", Effect::Kind::void_);
  EXPECT_GT(cancelled, 0) << "what a firm was given and kept dies after the deadline";
  EXPECT_LT(cancelled, 160'000'000 / 20) << "not what it bought, and not what it needs";
  EXPECT_GT(only_market(lived).board().anchor, 8) << "what is bought is kept: allowances are worth what later years make of them";
  const Lived without = live(small("hubei", {"run.last_day=2023-12-29", "policies.banking=null"}));
  EXPECT_EQ(moved_by_all(only_market(without), Effect::Kind::void_), 0);
}

TEST(Pilots, ShenzhenAsksForAFallingIntensity) {
  const Lived lived = live(small("shenzhen", {"run.last_day=2024-12-31"}));
  const Given before = given(lived, "manufacturing", 2022), after = given(lived, "manufacturing", 2023);
  ASSERT_FALSE(before.tonnes.empty());
  for (std::size_t i = 0; i < before.tonnes.size(); ++i) {
    EXPECT_NEAR(before.tonnes[i] / (before.activity[i] * before.baseline[i]), 0.95, 0.0005) << "5% below the intensity of 2020";
    EXPECT_NEAR(after.tonnes[i] / (after.activity[i] * after.baseline[i]), 0.935, 0.0005) << "then 6.5%";
  }
  const Lived without = live(small("shenzhen", {"run.last_day=2024-12-31", R"(policies.targets.reduction={"2020": 0})"}));
  const Given whole = given(without, "manufacturing", 2023);
  EXPECT_NEAR(whole.tonnes[0] / (whole.activity[0] * whole.baseline[0]), 1, 0.0005);
}

TEST(Pilots, TianjinForgivesAShortfallForADebt) {
  // Nobody comes to market, so that firms fall short.
  const std::vector<std::string> nobody{"run.last_day=2022-12-30", "agents.firms.participation.attention=0", "agents.firms.participation.need=0",
                                        "agents.firms.participation.gain_buyer=0", "policies.offsets=null"};
  const auto fines_and_debts = [](const Lived& lived) {
    Cash fines{};
    Tonnes debts{};
    for (const int year : {2021, 2022}) {
      const FirmYear& y = lived.simulation.firms().year(year);
      for (std::uint32_t row = 0; row < lived.setup->traits.emissions.size(); ++row) fines += y.fined[row];
    }
    for (const Tonnes& debt : lived.simulation.firms().debt) debts += debt;
    return std::pair(fines, debts);
  };
  const auto [fines, debts] = fines_and_debts(live(small("tianjin", nobody)));
  EXPECT_EQ(fines, Cash{}) << "there is no fine";
  EXPECT_GT(debts, Tonnes{}) << "but what is missing is owed";
  std::vector<std::string> without = nobody;
  without.push_back("policies.penalty=null");
  EXPECT_EQ(fines_and_debts(live(small("tianjin", without))).second, Tonnes{});
}

TEST(Pilots, ChongqingsCapFallsYearByYear) {
  const auto totals = [](const std::vector<std::string>& changes) {
    std::vector<std::string> all{"run.last_day=2024-12-31"};
    all.insert(all.end(), changes.begin(), changes.end());
    const Lived lived = live(small("chongqing", all));
    const auto all_of = [&](int year) { return given(lived, "cement", year).sum() + given(lived, "steel", year).sum() + given(lived, "chemicals_and_aluminium", year).sum(); };
    return std::pair(all_of(2022), all_of(2023));
  };
  const auto [before, after] = totals({});
  EXPECT_NEAR(after / before, 0.94 / 0.96, 1e-5) << "all is given, and 2% of the cap of 2020 less each year";
  const auto [level, same] = totals({"policies.cap.reduction=0"});
  EXPECT_NEAR(same / level, 1, 1e-5);
}

TEST(Pilots, FujianTakesForestsUpToATenth) {
  const std::vector<std::string> forests{"run.last_day=2023-12-29", "policies.offsets.types.forestry.volume_mt=500", "policies.offsets.types.forestry.price_from=1",
                                         "policies.offsets.types.forestry.price_to=2"};
  EXPECT_NEAR(credits_used(live(small("fujian", forests)), 2022), 0.10, 0.0001);
  EXPECT_EQ(credits_used(live(small("fujian", {"run.last_day=2023-12-29", "policies.offsets=null"})), 2022), 0);
}

TEST(Pilots, NineMarketsAreNineMarkets) {
  // Beijing's authority quotes before the other markets open: its orders are heard for its own book.
  Recorder recorder({.daily = true, .firms = true, .trades = true, .orders = true, .quality = true});
  const Lived lived = live(small("china-with-pilots", {"markets.beijing.exchange.opening_reference=16", "run.last_day=2022-03-31"}), std::move(recorder));
  ASSERT_EQ(lived.simulation.markets().size(), 9u);
  for (const Market& market : lived.simulation.markets()) {
    const std::string& name = market.rules().name;
    EXPECT_EQ(moved_by_all(market, Effect::Kind::bought) > 0, name == "beijing") << name << ": the band is Beijing's alone";
    for (UnitIndex u = 0; u < market.registry.units().size(); ++u) EXPECT_EQ(market.registry.units()[u].origin, 0) << name << ": nobody else's allowances";
    const auto setup = compose(small(name == "national" ? "china-national" : name));
    EXPECT_EQ(market.rules().rows.size(), setup->markets[0]->rows.size()) << name << ": the firms of the market by itself";
    EXPECT_EQ(market.rules().cycles.size(), setup->markets[0]->cycles.size()) << name << ": and its deadlines";
  }
  for (const Trade& trade : recorder.trades()) EXPECT_LT(trade.instrument, 9u);
}

}  // namespace
