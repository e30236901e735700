// Scenarios of one market each, put side by side.
#include <gtest/gtest.h>

#include "results/recorder.hpp"
#include "scenarios/compose.hpp"
#include "sim/input_error.hpp"

namespace {

using namespace tantu;

const std::string small = R"(, "sectors": {"power": {"firms": 20, "firms_below": 0, "firms_closing": 0, "emissions_mt": 30}}, "run": {"last_day": "2021-12-31"})";

LoadedScenario united(const std::string& more) { return load_scenario_text(R"({"name": "u", )" + more + "}", "u.json"); }

std::string refusal_of(const std::string& more) {
  try {
    united(more);
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing is refused";
}

TEST(Unite, EachMarketKeepsItsOwn) {
  const LoadedScenario loaded = united(R"("unite": {"national": "china-national", "guangdong": "guangdong", "hubei": "hubei"})");
  const Scenario& s = loaded.scenario;
  ASSERT_EQ(s.markets.size(), 3u);
  EXPECT_EQ(s.markets.at("guangdong").exchange.opening_reference, load_scenario("guangdong", {}).scenario.markets.begin()->second.exchange.opening_reference);
  EXPECT_TRUE(s.markets.at("national").policies.contains("coal_gap_relief"));
  EXPECT_FALSE(s.markets.at("guangdong").policies.contains("coal_gap_relief")) << "what a pilot deletes of its base stays deleted";
  EXPECT_EQ(s.sectors.at("power").market, "national");
  // Two have cement: ids get the market behind them, the rules go on calling it cement.
  ASSERT_TRUE(s.sectors.contains("cement@guangdong"));
  EXPECT_EQ(s.sectors.at("cement@guangdong").market, "guangdong");
  EXPECT_TRUE(s.technologies.contains(s.sectors.at("cement@guangdong").technology));
  EXPECT_EQ(s.initial.markets.at("guangdong").bank_mt, load_scenario("guangdong", {}).scenario.initial.bank_mt);
  EXPECT_FALSE(s.initial.markets.contains("national"));
  EXPECT_EQ(s.groups.at("Datang").market, "national") << "the national market's groups own no firms of the pilots";
  EXPECT_EQ(s.run.first_day, day_of(2021, 7, 16)) << "the days of the first one";
  const auto setup = compose(loaded);
  EXPECT_EQ(setup->markets.size(), 3u);
  for (const Sector& sector : setup->traits.sectors)
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last && sector.name != "power"; ++row) {
      ASSERT_LT(setup->traits.group[row], 0) << sector.name;
    }
}

TEST(Unite, AFileChangesWhatItUnites) {
  const LoadedScenario loaded = united(R"("unite": {"a": "two-firms", "b": "two-firms"}, "markets": {"b": {"currency": "EUR"}}, "exchange_rates": [{"of": "EUR", "in": "CNY", "path": [{"from": "2021-01-01", "rate": 7.7}]}], "links": [{"from": "a", "to": "b"}])");
  EXPECT_EQ(loaded.scenario.markets.at("a").currency, "CNY");
  EXPECT_EQ(loaded.scenario.markets.at("b").currency, "EUR");
  EXPECT_EQ(loaded.scenario.sectors.size(), 4u);
  EXPECT_EQ(loaded.scenario.agents.markets.at("b").firms.anchor.horizon_years, 3) << "behaviour comes with the market";
  EXPECT_EQ(compose(loaded)->links.size(), 2u);
}

TEST(Unite, FirmsTradeBlocksInTheirOwnMarketOnly) {
  // Whom a firm knows may be in another market. (With "a" first, those of "b" know firms whose rows come before theirs.)
  const LoadedScenario loaded = load_scenario_text(R"({"name": "u", "unite": {"a": "china-national", "b": "china-national"}, "run": {"last_day": "2021-12-31"}})", "u.json",
                                                   {"sectors.power@a.firms=150", "sectors.power@a.emissions_mt=300", "sectors.power@b.firms=150", "sectors.power@b.emissions_mt=300"});
  Simulation simulation(compose(loaded));
  Recorder recorder({});
  Workers workers;
  while (!simulation.finished()) simulation.live_one_day(recorder, workers);  // throws where a tonne or a cent is missing
  for (std::size_t m = 0; m < 2; ++m) {
    Tonnes blocks;
    for (const DayRow& day : recorder.days()[m]) blocks += day.session.block;
    EXPECT_GT(blocks, Tonnes{}) << "market " << m << " trades no blocks; the test shows nothing";
  }
}

TEST(Unite, IsRefusedWithItsPlaceAndReason) {
  EXPECT_EQ(refusal_of(R"("unite": {"a": "two-frims"})"), R"(u.json:/unite/a: "two-frims": no preset of this name; nearest: two-firms)");
  EXPECT_EQ(refusal_of(R"("unite": {"a": 3})"), "u.json:/unite/a: 3 is not the name of a preset or a file");
  EXPECT_EQ(refusal_of(R"("unite": {})"), "u.json:/unite: is empty; at least one scenario");
  EXPECT_EQ(refusal_of(R"("unite": {"a": "link-two-markets"})"), "u.json:/unite/a: link-two-markets has 2 markets; scenarios of one market can be united");
  EXPECT_EQ(refusal_of(R"("extends": "two-firms", "unite": {"a": "two-firms"})"), "u.json:/unite: stands beside markets of what this extends; unite that one as well");
}

}  // namespace
