// Every preset, made small: it is read, runs to its end with every tonne and cent accounted for at the end of each
// day, obligations are met within [0, 100]%, and prices keep what the rules promise of them.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "policies/catalog.hpp"
#include "results/recorder.hpp"
#include "scenarios/compose.hpp"
#include "scenarios/presets.hpp"
#include "sim/simulation.hpp"
#include "tests/unit/lived_preset.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Preset& preset : presets()) all.emplace_back(preset.name);
  return all;
}

class EveryPreset : public testing::TestWithParam<std::string> {};

TEST_P(EveryPreset, RunsToItsEndAndKeepsItsPromises) {
  // Heard by the recorder of a real run: with orders and trades, days, firms and the quality of each book.
  Recorder recorder({.daily = true, .firms = true, .trades = true, .orders = true, .quality = true});
  const Lived lived = live(small(GetParam(), {}, 24), std::move(recorder));
  ASSERT_EQ(recorder.days().size(), lived.simulation.markets().size()) << GetParam() << ": days of each market are recorded";
  for (std::size_t m = 0; m < lived.simulation.markets().size(); ++m) {
    const Market& market = lived.simulation.markets()[m];
    const std::string where = GetParam() + "/" + market.rules().name + ": ";
    const Settled s = settled(lived.simulation, market);
    ASSERT_FALSE(recorder.days()[m].empty()) << where << "no day is recorded";
    EXPECT_EQ(recorder.days()[m].back().day, market.rules().calendar.last_on_or_before(lived.simulation.today())) << where << "the last trading day has a row";
    EXPECT_GT(s.due.count, 0) << where << "nothing fell due";
    EXPECT_LE(s.met.count, s.due.count) << where << "more was surrendered than was due";
    // What is missing at one deadline is owed as a debt or gone; it is never asked for twice.
    EXPECT_EQ((s.met + s.missing).count, s.due.count) << where << "due is met or missing, nothing else";
    EXPECT_GE(s.rate(), 0.97) << where << "firms that can buy comply";
    EXPECT_GT(lived.closes.at(market.rules().name).first, 0) << where << "a price fell to nothing";
    for (const AuctionRecord& a : market.auctions) {
      EXPECT_LE(a.sold.count, a.offered.count) << where << "an auction sold more than it offered on " << to_string(a.day);
      if (a.price > Price{}) { EXPECT_GE(a.price.count, a.reserve.count) << where << "an auction sold below its reserve price on " << to_string(a.day); }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, EveryPreset, testing::ValuesIn(names()), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(SourcesOfPresets, DescribeEachInALine) {
  for (const std::string& name : names()) {
    const std::string line = preset_description(name);
    EXPECT_GT(line.size(), 20u) << name << ": `tantu scenarios` has no line for it";
    EXPECT_EQ(line.find('\n'), std::string::npos) << name << ": one line";
    EXPECT_EQ(line, load_scenario(name, {}).scenario.description) << name << ": the line is that of the scenario";
  }
}

TEST(SourcesOfPresets, SayHowSureTheyAre) {
  for (const std::string& name : names()) {
    const Scenario scenario = load_scenario(name, {}).scenario;
    EXPECT_FALSE(scenario.sources.empty()) << name;
    EXPECT_FALSE(scenario.description.empty()) << name;
    for (const SourceParameters& source : scenario.sources) {
      EXPECT_FALSE(source.source.empty()) << name << ": " << source.what << " has no source";
      EXPECT_FALSE(source.sure.empty()) << name << ": " << source.what << " does not say how sure it is";
    }
  }
}

// ---- The rule by which each market is known, at work in its preset (pilots: test_pilots.cpp) ----

TEST(RealMarkets, EuropesReserveFillsAndIsInvalidated) {
  const Lived lived = live(small("eu-ets"));
  const Market& market = lived.simulation.markets()[0];
  EXPECT_GT(moved_by_all(market, Effect::Kind::expire, 2005, 2007), 0) << "what was left of 2005-07 died in 2008";
  EXPECT_GT(last_report(market, "reserve_intake"), 0) << "the reserve takes in what auctions would have sold";
  EXPECT_GT(last_report(market, "invalidated"), 0) << "and what it holds above its limit dies";
  EXPECT_EQ(moved(market, "auction", Effect::Kind::create, 2014, 2014), 1'166'241'438 - 400'000'000) << "57% of the cap of 2014 less the 400 Mt held back";
}

TEST(RealMarkets, CaliforniaSellsForItsUtilitiesAndAdvanceVintages) {
  const Lived lived = live(small("california-quebec", {"run.last_day=2016-12-30"}));
  const Market& market = lived.simulation.markets()[0];
  EXPECT_EQ(moved(market, "electricity_consignment", Effect::Kind::create, 2013, 2013), 100'440'000) << "54% of 186 Mt";
  EXPECT_GT(last_report(market, "proceeds"), 0) << "their owners are paid";
  EXPECT_TRUE(std::any_of(market.auctions.begin(), market.auctions.end(), [](const AuctionRecord& a) { return a.tag == 1 && a.vintage == year_of(a.day) + 3; }))
      << "an advance auction sells the vintage three years on";
  EXPECT_EQ(market.auctions.front().reserve, Price{1071}) << "the floor of 2013";
}

TEST(RealMarkets, RggiAddsAReserveToEachAuction) {
  const Lived lived = live(small("rggi", {"run.last_day=2021-12-31"}));
  const Market& market = lived.simulation.markets()[0];
  const auto of = [&](int year) {
    for (const AuctionRecord& a : market.auctions)
      if (year_of(a.day) == year) return a;
    return AuctionRecord{};
  };
  EXPECT_EQ(of(2014).offered.count, 82'792'336 / 4 + 5'000'000) << "a quarter of the budget, and 5 million at 4 dollars";
  EXPECT_EQ(of(2021).reserve, Price{238});
  const Lived without = live(small("rggi", {"run.last_day=2014-12-31", "policies.containment=null"}));
  EXPECT_EQ(without.simulation.markets()[0].auctions.front().offered.count, 82'792'336 / 4);
}

TEST(RealMarkets, TheUnitedKingdomSpreadsWhatIsUnsold) {
  // Nobody bids 500 pounds: every auction stays unsold and a quarter of its own volume is added to the next.
  const Lived lived = live(small("uk-ets", {R"(policies.auction.reserve_price.given={"2021": 500})", "run.last_day=2021-09-30"}));
  const std::vector<AuctionRecord>& auctions = lived.simulation.markets()[0].auctions;
  ASSERT_GE(auctions.size(), 3u);
  EXPECT_EQ(auctions[0].sold, Tonnes{});
  EXPECT_NEAR(static_cast<double>(auctions[1].offered.count) / static_cast<double>(auctions[0].offered.count), 1.25, 0.001);
}

TEST(RealMarkets, KoreaLetsWhatExceedsNetSalesDie) {
  const Lived lived = live(small("k-ets"));
  const Market& market = lived.simulation.markets()[0];
  EXPECT_EQ(moved_by_all(market, Effect::Kind::expire, 2015, 2017), 0) << "in the first phase all may be kept";
  EXPECT_GT(moved(market, "banking", Effect::Kind::expire, 2018), 0);
  EXPECT_EQ(moved(market, "auction", Effect::Kind::create, 2019, 2019), 17'628'000) << "3% of 587.6 Mt";
}

TEST(RealMarkets, NewZealandSellsAllOrNothing) {
  const Lived lived = live(small("nz-ets", {R"(policies.auction.reserve_price.given={"2021": 900})", "run.last_day=2021-12-31"}));
  const Market& market = lived.simulation.markets()[0];
  ASSERT_EQ(market.auctions.size(), 4u);
  for (const AuctionRecord& a : market.auctions) EXPECT_TRUE(a.declined) << to_string(a.day);
  EXPECT_EQ(moved(market, "auction", Effect::Kind::cancel), 19'000'000) << "what is unsold does not outlive the year";
}

TEST(RealMarkets, TokyoSettlesFiveYearsAtOnce) {
  const Lived lived = live(small("tokyo", {"run.last_day=2016-12-30"}));
  const Market& market = lived.simulation.markets()[0];
  const FirmStore& firms = lived.simulation.firms();
  for (int year = 2010; year <= 2014; ++year) EXPECT_GT(firms.year(year).obligation[market.rules().rows.first].count, 0) << year;
  EXPECT_EQ(firms.year(2015).obligation[market.rules().rows.first].count, -1) << "the second period is not settled before 2022";
  EXPECT_EQ(market.rules().cycles.front().deadline, day_of(2016, 9, 30));
}

TEST(RealMarkets, ChinasNewSectorsEnterWithNeitherSurplusNorGap) {
  const Lived lived = live(small("china-expansion"));
  const FirmTraits& traits = lived.setup->traits;
  const FirmYear& year = lived.simulation.firms().year(2024);
  int firms = 0;
  for (const Sector& sector : traits.sectors) {
    if (sector.name == "power") continue;
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row, ++firms) {
      EXPECT_EQ(year.entitled[row], year.verified[row]) << sector.name;
      EXPECT_EQ(year.obligation[row], year.verified[row]) << sector.name;
      EXPECT_LE(lived.simulation.firms().year(2023).obligation[row].count, 0) << sector.name << " owes nothing before it joins";
    }
  }
  EXPECT_EQ(firms, 36);
}

TEST(RealMarkets, TaxAndMarketDivideTheSectors) {
  const Lived lived = live(small("tax-and-market"));
  const FirmYear& year = lived.simulation.firms().year(2023);
  for (const Sector& sector : lived.setup->traits.sectors) {
    const bool traded = sector.name == "power" || sector.name == "steel";
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) {
      if (lived.setup->traits.closing[row] != never) continue;
      EXPECT_EQ(year.taxed[row] > Cash{}, !traded) << sector.name;
      if (!traded) { EXPECT_LE(year.obligation[row].count, 0) << sector.name; }
      EXPECT_EQ(lived.simulation.firms().covered[row] != 0, traded) << sector.name;
    }
  }
}

TEST(RealMarkets, TwoFirmsFindThePriceOnPaper) {
  // Costs of 50 a and 150 a CNY/t and 0.4 Mt to abate: 50 x 0.3 = 150 x 0.1 = 15 CNY/t.
  for (const int seed : {1, 2, 3}) {
    const Lived lived = live(load_scenario("two-firms", {"run.seed=" + std::to_string(seed)}));
    const Market& market = lived.simulation.markets()[0];
    EXPECT_NEAR(to_currency(market.board().close, market.rules().price_scale), 15, 1.5) << "seed " << seed;
    EXPECT_GT(moved_by_all(market, Effect::Kind::surrender), 0) << "seed " << seed;
  }
}

TEST(RealMarkets, WhatCannotBeKeptIsWorthNothing) {
  const Lived lived = live(load_scenario("no-banking", {}));
  const Market& market = lived.simulation.markets()[0];
  EXPECT_GT(moved(market, "banking", Effect::Kind::expire), 500'000) << "most of the 4% too much dies after the deadline";
  EXPECT_LT(lived.closes.at("main").first, 0.1) << "and is offered at any price before";
  const Lived kept = live(load_scenario("no-banking", {"policies.banking=null"}));
  EXPECT_EQ(moved_by_all(kept.simulation.markets()[0], Effect::Kind::expire), 0);
}

TEST(RealMarkets, TheAuthorityBuysInTheRecessionAndSellsInTheBoom) {
  const Lived lived = live(load_scenario("floor-and-ceiling", {}));
  const Market& market = lived.simulation.markets()[0];
  EXPECT_GT(moved(market, "collar", Effect::Kind::bought), 0) << "at the floor";
  EXPECT_GT(moved(market, "collar", Effect::Kind::supplied), 0) << "at the ceiling";
  EXPECT_GE(lived.closes.at("main").first, 20);
  EXPECT_LE(lived.closes.at("main").second, 60);
}

TEST(RealMarkets, AReserveLowersTheBank) {
  const auto bank = [](const std::vector<std::string>& changes) {
    std::vector<std::string> all{"run.last_day=2023-12-29"};
    all.insert(all.end(), changes.begin(), changes.end());
    const Lived lived = live(load_scenario("stability-reserve", all));
    const Market& market = lived.simulation.markets()[0];
    std::int64_t sum = 0;
    for (std::uint32_t row = market.rules().rows.first; row < market.rules().rows.last; ++row) sum += market.registry.holding(market.account(row)).count;
    return sum;
  };
  EXPECT_LT(bank({}), bank({"policies.reserve=null"}) - 10'000'000) << "what is withheld is not in the market";
}

TEST(RealMarkets, GivenOrSoldTheRevenueIsAnothers) {
  const Lived lived = live(load_scenario("free-or-auctioned", {}));
  Tonnes given{}, won{};
  const FirmYear& year = lived.simulation.firms().year(2022);
  for (const Market& market : lived.simulation.markets())
    for (std::uint32_t row = market.rules().rows.first; row < market.rules().rows.last; ++row) (market.rules().name == "free" ? given : won) += year.allocated[row] + year.won[row];
  EXPECT_NEAR(static_cast<double>(given.count), 25'500'000, 30) << "each firm's part is rounded";
  EXPECT_GT(won.count, 22'000'000);
}

TEST(RealMarkets, OutputFallsWhereBuyersCanTurnAbroadUnlessAllowancesFollowIt) {
  // Output of 2023 of the exposed and the sheltered trade, and what both abate in it.
  struct Seen { double exposed, sheltered, abated; };
  const auto seen = [](const std::vector<std::string>& changes) {
    const Lived lived = live(load_scenario("exposed-and-sheltered", changes));
    const FirmTraits& traits = lived.simulation.setup().traits;
    const FirmStore& firms = lived.simulation.firms();
    double output[2] = {}, emissions[2] = {}, abated = 0;
    for (std::uint32_t row = 0; row < traits.size(); ++row) {
      const std::size_t k = traits.sectors[traits.sector[row]].name == "exposed" ? 0 : 1;
      output[k] += traits.emissions[row] * firms.year(2023).activity[row];
      emissions[k] += traits.emissions[row];
      abated += baseline_to_date(traits, firms, row, 2023) - emissions_to_date(traits, firms, row, 2023);
    }
    return Seen{output[0] / emissions[0], output[1] / emissions[1], abated};
  };
  // At 22 the carbon cost of a unit is 22 (1 - a) and 11 a of abatement, a = 22 / 150: 20.4 of 400, by which the price rises;
  // (1 + 20.4 / 400)^-2 = 0.905 and ^-0.2 = 0.990. Prices before the deadline are higher.
  const Seen lump = seen({}), by_output = seen({R"(policies.allocation={"kind": "benchmark_allocation", "classes": {"all": {"benchmark": {"2021": 1}}}})"});
  EXPECT_NEAR(lump.exposed, 0.893, 0.015);
  EXPECT_NEAR(lump.sheltered, 0.984, 0.01);
  EXPECT_GT(by_output.exposed, 0.965) << "what one more unit brings in allowances lowers its cost";
  EXPECT_GT(by_output.sheltered, 0.98);
  EXPECT_GT(by_output.abated, 1.25 * lump.abated) << "the cap is the same: what output does not give, abatement must";
}

}  // namespace
