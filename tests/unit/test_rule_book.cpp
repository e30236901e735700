// The yardstick reads the whole rule book: what each instrument does to the competitive path of a market whose prices
// can be worked out on paper. A hundred Mt are emitted a year; at a price of p firms abate p Mt; interest is zero.
#include "sim/yardstick.hpp"
#include "sim/linked_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/compose.hpp"
#include "scenarios/presets.hpp"

namespace tantu {
namespace {

/// `policies`: members of the scenario's object besides those that every market has.
std::string market(const std::string& cap, const std::string& policies = "", const std::string& more = "") {
  std::string cycles;
  for (int year = 2021; year <= 2024; ++year) {
    const std::string y = std::to_string(year), next = std::to_string(year + 1);
    cycles += std::string(year == 2021 ? "" : ", ") + R"({"first_year": )" + y + R"(, "last_year": )" + y + R"(, "announcement": "2020-12-01", "pre_allocation": ")" + y +
              R"(-01-01", "verification": ")" + next + R"(-03-31", "true_up": ")" + next + R"(-03-31", "deadline": ")" + next + R"(-04-29"})";
  }
  return R"({
    "name": "rule-book", "description": "Prices known from the rules.", "currency": "EUR",
    "exchange": { "opening_reference": 20, "price_limit": 0, "block_least_t": 0, "listed_most_t": 0, "resale_same_day": true, "reference_without_trade": "quote" },
    "policies": {
      "cap": { "kind": "cap", "basis": "mass", "path_mt": )" + cap + R"( },
      "allocation": { "kind": "historical_allocation" },
      "verification": { "kind": "verification", "error_spread": 0 },
      "pre_allocation": { "kind": "pre_allocation", "share": 1 },
      "true_up": { "kind": "true_up" },
      "compliance": { "kind": "compliance", "cycles": [ )" + cycles + R"( ] },
      "penalty": { "kind": "penalty", "per_tonne": 1000, "debt_carried": false })" + (policies.empty() ? "" : ", " + policies) + R"( },
    "sectors": { "industry": { "activity_unit": "t", "technology": "linear", "firms": 10, "emissions_mt": 100, "size_spread": 0 } },
    "technologies": { "linear": { "curve": { "shape": "linear", "price_per_t": 100, "cost_spread": 0 } } },
    "agents": { "firms": { "anchor": { "horizon_years": 1, "interest_rate": 0, "fit_costs_to_opening": false, "most_times_average": 100 }, "position": { "cut_mean": 0, "cut_spread": 0 } } },
    "shocks": { "sector_spread": 0, "firm_spread": 0 },)" + more + R"(
    "run": { "first_day": "2021-01-01", "last_day": "2024-12-31", "first_year": 2020, "seed": 1 }
  })";
}

Simulation opened(const std::string& scenario) { return Simulation(compose(load_scenario_text(scenario, "rule-book"))); }
Yardstick path_of(const std::string& scenario) { return yardstick(opened(scenario), 0); }

const char* const sixty = R"({"2021": 60})";
const std::string auction = R"("auction": {"kind": "auction", "basis": "volume", "volume_mt": {"2021": 20})";

TEST(RuleBook, AuctionsAreSupply) {
  EXPECT_NEAR(path_of(market(sixty)).price(0), 40, 1e-6);
  const Yardstick y = path_of(market(sixty, auction + "}"));
  for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(y.price(k), 20, 1e-6) << y.years[k];
}

TEST(RuleBook, AReservePriceHoldsAnAuctionBack) {
  const Yardstick y = path_of(market(sixty, auction + R"(, "reserve_price": {"given": {"2021": 30}}})"));
  for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(y.price(k), 30, 1e-9) << y.years[k];
  double sold = 0;
  for (std::size_t k = 0; k < y.years.size(); ++k) sold += y.taken(k, SupplySource::auction);
  EXPECT_NEAR(sold, 5 * 10e6, 10) << "half of each auction; 30 Mt are abated";
  EXPECT_NEAR(y.taken(0, SupplySource::abatement), 30e6, 10);
}

TEST(RuleBook, WhatAuctionsKeepIsOfferedAgain) {
  const std::string no_banking = R"(, "banking": {"kind": "banking", "rule": "none"})";
  const auto second = [&](const char* unsold) {
    return path_of(market(R"({"2021": 90, "2022": 60})", auction + R"(, "reserve_price": {"given": {"2021": 5}}, "unsold": ")" + unsold + "\"}" + no_banking));
  };
  EXPECT_NEAR(second("cancel").price(0), 5, 1e-9);
  EXPECT_NEAR(second("cancel").price(1), 20, 1e-6);
  EXPECT_NEAR(second("keep").price(1), 5, 1e-6) << "15 of the 20 Mt of 2021 come with those of 2022";
  EXPECT_NEAR(second("keep").price(2), 20, 1e-6);
  EXPECT_LE(second("keep").residual, 0.5);
}

TEST(RuleBook, FloorAndCeilingBoundThePrice) {
  const auto price = [](const char* collar) { return path_of(market(R"({"2021": 80})", std::string(R"("collar": {"kind": "price_collar", )") + collar + "}")).price(1); };
  EXPECT_EQ(price(R"("floor": {"given": {"2021": 25}})"), 25);
  EXPECT_EQ(price(R"("ceiling": {"given": {"2021": 15}})"), 15);
  EXPECT_NEAR(price(R"("floor": {"given": {"2021": 10}}, "ceiling": {"given": {"2021": 30}})"), 20, 1e-6);
}

TEST(RuleBook, TiersOfAReserveComeAtTheirPrices) {
  const std::string tier = R"(, "reserve": {"kind": "containment_reserve", "yearly": true, "tiers": [{"price": {"given": {"2021": 18}, "decimals": 2}, "volume_mt": {"2021": 5}}]})";
  const Yardstick y = path_of(market(sixty, auction + "}" + tier));
  for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(y.price(k), 18, 1e-9) << y.years[k];
  double sold = 0;
  for (std::size_t k = 0; k < y.years.size(); ++k) sold += y.taken(k, SupplySource::reserve);
  EXPECT_NEAR(sold, 5 * 2e6, 10);
  // A stock is sold once: 12 Mt against 5 x 2 Mt is enough, 6 Mt is not.
  const auto stock = [&](const char* mt) {
    return path_of(market(sixty, auction + R"(}, "reserve": {"kind": "containment_reserve", "yearly": false, "tiers": [{"price": {"given": {"2021": 18}}, "volume_mt": {"2021": )" + mt + "}}]}"));
  };
  EXPECT_NEAR(stock("12").price(0), 18, 1e-6);
  EXPECT_NEAR(stock("6").price(0), 20 - 6.0 / 5, 1e-4);
}

TEST(RuleBook, VolumeThatIsWithheldBelowAPriceComesAtIt) {
  // 10% of 20 Mt below 25: at 20 + 2 = 22 they would still be missing.
  const std::string withhold = R"(, "reserve": {"kind": "containment_reserve", "tiers": [], "withhold_below": {"given": {"2021": 25}}, "withhold_share": {"2021": 0.1}})";
  EXPECT_NEAR(path_of(market(sixty, auction + "}" + withhold)).price(0), 22, 1e-6);
}

TEST(RuleBook, OffsetsMeetAShareOfWhatIsOwedAfterAbatement) {
  // p + 0.04 (100 - p) = 20
  const auto offsets = [](const char* type) { return std::string(R"("offsets": {"kind": "offsets", "share": {"2021": 0.04}, "types": {"credits": )") + type + "}}"; };
  const Yardstick y = path_of(market(R"({"2021": 80})", offsets(R"({"price_from": 5, "price_to": 5, "volume_mt": 50})")));
  EXPECT_LE(y.residual, 0.5);
  for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(y.price(k), 16 / 0.96, 1e-4) << y.years[k];
  EXPECT_NEAR(y.taken(1, SupplySource::offsets), 0.04 * (100 - 16 / 0.96) * 1e6, 20);
  // A supply of 1 Mt at 30: too dear. Of 1 Mt from 10 to 20: at p, p + (p - 10) / 10 = 20.
  EXPECT_NEAR(path_of(market(R"({"2021": 80})", offsets(R"({"price_from": 30, "price_to": 30, "volume_mt": 1})"))).price(0), 20, 1e-6);
  EXPECT_NEAR(path_of(market(R"({"2021": 80})", offsets(R"({"price_from": 10, "price_to": 20, "volume_mt": 1})"))).price(0), 21 / 1.1, 1e-6);
}

TEST(RuleBook, BorrowingIsLimited) {
  const char* const tight_first = R"({"2021": 60, "2022": 100})";
  const Yardstick none = path_of(market(tight_first));
  EXPECT_NEAR(none.price(0), 40, 1e-6);
  EXPECT_NEAR(none.price(1), 0, 1e-6);
  // A tenth of what is owed after abatement: b = 0.1 (60 + b).
  const Yardstick some = path_of(market(tight_first, R"("borrowing": {"kind": "borrowing", "share_of_obligation": 0.1})"));
  EXPECT_LE(some.residual, 0.5);
  EXPECT_NEAR(some.price(0), 40 - 6 / 0.9, 1e-4);
  EXPECT_NEAR(some.path.periods[0].bank, -6e6 / 0.9, 2);
}

TEST(RuleBook, YearsThatFallDueTogetherShareAPrice) {
  std::string scenario = market(R"({"2021": 60, "2022": 100})");
  const std::string first = scenario.substr(scenario.find(R"({"first_year": 2021)"), scenario.find(R"({"first_year": 2023)") - scenario.find(R"({"first_year": 2021)"));
  scenario.replace(scenario.find(first), first.size(), R"({"first_year": 2021, "last_year": 2022, "announcement": "2020-12-01", "pre_allocation": "2021-01-01", "verification": "2023-03-31", "true_up": "2023-03-31", "deadline": "2023-04-29"}, )");
  const Yardstick y = path_of(scenario);
  EXPECT_NEAR(y.price(0), 20, 1e-6);
  EXPECT_NEAR(y.price(1), 20, 1e-6);
  EXPECT_NEAR(y.path.periods[0].bank, -20e6, 2);
}

TEST(RuleBook, AStabilityReserveFollowsTheBankOfThePath) {
  // A bank of 60 Mt; a quarter of what is in circulation above 5 Mt is withheld, from September on for twelve months.
  const std::string reserve = auction + R"(}, "reserve": {"kind": "market_stability_reserve", "works_from": "2019-01-01", "tnac_mt": {"2019": 60, "2020": 60},
    "forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 5, "release_below_mt": 0, "release_mt": 0}]})";
  const std::string bank = R"("initial": {"bank_mt": {"2020": 60}},)";
  const Yardstick without = path_of(market(sixty, auction + "}", bank)), with = path_of(market(sixty, reserve, bank));
  EXPECT_LE(with.residual, 0.5) << with.rounds << " rounds";
  EXPECT_GT(with.price(0), without.price(0) + 1) << "what is withheld is missing";
  const auto bank_after = [&](std::size_t k) { return with.path.periods[k].bank; };
  EXPECT_NEAR(with.supply[0].reserve, -0.24 * 60e6, 2);
  EXPECT_NEAR(with.supply[1].reserve, -0.24 * (8 * 60e6 + 4 * bank_after(0)) / 12, 2);
  EXPECT_NEAR(with.supply[2].reserve, -0.24 * (8 * bank_after(0) + 4 * bank_after(1)) / 12, 2);
}

TEST(RuleBook, AStabilityReserveReturnsNoMoreThanItHolds) {
  const std::string reserve = auction + R"(}, "reserve": {"kind": "market_stability_reserve", "works_from": "2019-01-01", "stock_mt": 12, "tnac_mt": {"2019": 0, "2020": 0},
    "forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 100, "release_below_mt": 100, "release_mt": 9}]})";
  const Yardstick y = path_of(market(sixty, reserve));
  EXPECT_NEAR(y.supply[0].reserve, 9e6, 2);
  EXPECT_NEAR(y.supply[1].reserve, 3e6, 2);
  EXPECT_NEAR(y.supply[2].reserve, 0, 2);
}

TEST(RuleBook, ASectorThatJoinsCountsFromItsFirstYear) {
  std::string scenario = market(R"({"2021": 80})", R"("coverage": {"kind": "coverage", "threshold_t": 0, "review": "2021-01-01", "joins": {"later": {"from": "2023-01-01", "first_year": 2023}}},
    "second": {"kind": "historical_intensity_allocation", "sectors": ["later"]})");
  const std::string sectors = R"("sectors": {)";
  scenario.replace(scenario.find(sectors), sectors.size(), sectors + R"("later": { "activity_unit": "t", "technology": "linear", "firms": 5, "emissions_mt": 50, "size_spread": 0 }, )");
  scenario.replace(scenario.find(R"("historical_allocation" })"), 25, R"("historical_allocation", "sectors": ["industry"] })");
  const Yardstick y = path_of(scenario);
  EXPECT_NEAR(y.problem.periods[1].need, 100e6, 10);
  EXPECT_NEAR(y.problem.periods[2].need, 150e6, 10);
  EXPECT_NEAR(y.problem.periods[1].supplied(10), 10e6, 10) << "only those in the market abate";
  EXPECT_NEAR(y.problem.periods[2].supplied(10), 15e6, 10);
}

TEST(RuleBook, TheAnchorReadsTheSameRules) {
  // A horizon of a year from the eve of the opening: the same prices without a look at later years.
  const auto anchor = [](const std::string& scenario) { return opened(scenario).markets()[0].board().anchor; };
  EXPECT_NEAR(anchor(market(sixty)), 40, 0.5);
  EXPECT_NEAR(anchor(market(sixty, auction + "}")), 20, 0.5);
  EXPECT_NEAR(anchor(market(sixty, auction + R"(, "reserve_price": {"given": {"2021": 30}}})")), 30, 0.5);
  EXPECT_NEAR(anchor(market(R"({"2021": 80})", R"("collar": {"kind": "price_collar", "floor": {"given": {"2021": 25}}})")), 25, 0.5);
  EXPECT_NEAR(anchor(market(R"({"2021": 80})", R"("collar": {"kind": "price_collar", "ceiling": {"given": {"2021": 15}}})")), 15, 0.5);
  EXPECT_NEAR(anchor(market(R"({"2021": 80})", R"("offsets": {"kind": "offsets", "share": {"2021": 0.04}, "types": {"credits": {"price_from": 5, "price_to": 5, "volume_mt": 50}}})")), 16, 0.5);
}

TEST(RuleBook, LinkedMarketsAreSolvedTogether) {
  // link-two-markets, six years, no interest. Known from the first day the south banks for the link of 2023:
  // 6 x 10 p / 50 + 4 x 10 p / 150 = 6 x 2 + 4 x 2.
  const auto paths = [](const std::vector<std::string>& changes) { return yardsticks(Simulation(compose(load_scenario("link-two-markets", changes)))); };
  const std::vector<Yardstick> linked = paths({"links.0.announced=2021-01-01"});
  ASSERT_EQ(linked.size(), 2u);
  ASSERT_EQ(linked[0].years.size(), 6u);
  const double price = 20 / (1.2 + 0.8 / 3);
  EXPECT_NEAR(linked[0].price(0), 30, 1e-3) << "the north cannot borrow";
  for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(linked[1].price(k), price, 1e-3) << linked[1].years[k];
  for (std::size_t k = 2; k < 6; ++k) EXPECT_NEAR(linked[0].price(k), price, 1e-3) << linked[0].years[k];
  double imported = 0;
  for (std::size_t k = 0; k < 6; ++k) {
    imported += linked[0].imported[k];
    EXPECT_NEAR(linked[0].imported[k], -linked[1].imported[k], 1) << "one for one";
  }
  EXPECT_NEAR(imported, 4 * (2 - price / 15) * 1e6, 100);
  // As it is, nobody knows before its first day: 30 and 10 until then, 15 and 15 after it.
  const std::vector<Yardstick> surprise = paths({});
  for (std::size_t k = 0; k < 6; ++k) {
    EXPECT_NEAR(surprise[0].price(k), k < 2 ? 30 : 15, 1e-3) << surprise[0].years[k];
    EXPECT_NEAR(surprise[1].price(k), k < 2 ? 10 : 15, 1e-3) << surprise[1].years[k];
    EXPECT_NEAR(surprise[0].imported[k], k < 2 ? 0 : 1e6, 100) << surprise[0].years[k];
  }
  // Known a year ahead: 10 in 2021, then 5 x 10 p / 50 + 4 x 10 p / 150 = 18.
  const std::vector<Yardstick> ahead = paths({"links.0.announced=2022-01-03"});
  EXPECT_NEAR(ahead[1].price(0), 10, 1e-3);
  for (std::size_t k = 1; k < 6; ++k) EXPECT_NEAR(ahead[1].price(k), 18 / (1 + 0.8 / 3), 1e-3) << ahead[1].years[k];
  // What a transfer costs stays between the prices: p / 50 + (p + 3) / 150 = 0.4.
  const std::vector<Yardstick> fee = paths({"links.0.fee_per_t=3"});
  EXPECT_NEAR(fee[1].price(3), 14.25, 1e-3);
  EXPECT_NEAR(fee[0].price(3), 17.25, 1e-3);
  const std::vector<Yardstick> quota = paths({"links.0.quota_mt=0.3"});
  for (std::size_t k = 2; k < 6; ++k) EXPECT_NEAR(quota[0].price(k), 25.5, 1e-3) << "1.7 Mt are left to abate";
  const std::vector<Yardstick> share = paths({"links.0.quota_share=0.02"});
  for (std::size_t k = 2; k < 6; ++k) EXPECT_NEAR(share[0].price(k), 27, 1e-3) << "2% of 10 Mt come in, 1.8 Mt are left to abate";
  // Two units for one on either side: they go one way.
  const std::vector<Yardstick> discounted = paths({"links.0.discount=0.5"});
  EXPECT_EQ(discounted[0].links_left_out, "");
  EXPECT_NEAR(discounted[0].price(3), 2 * discounted[1].price(3), 1e-3);
}

TEST(RuleBook, EveryPresetHasAPath) {
  for (const Preset& preset : presets()) {
    SCOPED_TRACE(preset.name);
    const Simulation simulation(compose(load_scenario(std::string(preset.name))));
    for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) {
      const Yardstick y = yardstick(simulation, m);
      ASSERT_FALSE(y.years.empty());
      for (std::size_t k = 0; k < y.years.size(); ++k) {
        EXPECT_TRUE(std::isfinite(y.price(k)) && y.price(k) >= 0) << y.years[k];
        EXPECT_LT(y.price(k), y.problem.choke) << y.years[k] << ": even the dearest abatement does not suffice";
        EXPECT_GE(y.path.periods[k].bank, y.problem.periods[k].bank_least - 1) << y.years[k];
      }
      // As a minimum-cost flow (Boost.Graph), reserves as they are on the path: linked, with a quota of nothing, to a market of nothing.
      if (y.imported == std::vector<double>(y.years.size())) {
        PathProblem nothing{{}, 0, y.problem.rate, y.problem.choke};
        for (const PathPeriod& p : y.problem.periods) {
          PathPeriod& empty = nothing.periods.emplace_back();
          empty.time = p.time;
        }
        const LinkedPaths flow = linked_paths({y.problem, nothing}, {{0, 1, {0.0}}});
        const double tick = to_currency(simulation.markets()[m].rules().listings[0].exchange.tick, simulation.markets()[m].rules().price_scale);
        for (std::size_t k = 0; k < y.years.size(); ++k) EXPECT_NEAR(flow.markets[0].periods[k].price, y.price(k), 0.5 * tick) << y.years[k] << ": the flow and the path";
      }
      std::printf("%-20s %2zu periods, %3d rounds, %.0f t left, %.2f %s\n", std::string(preset.name).c_str(), y.years.size(), y.rounds, y.residual, y.price(0), simulation.markets()[m].rules().currency.c_str());
    }
  }
}

TEST(RuleBook, TheAnchorWeighsOutlooksOnGrowth) {
  const auto anchor = [](const std::string& cap, const char* growth) {
    auto scenario = nlohmann::json::parse(market(cap));
    scenario["agents"]["firms"]["anchor"]["outlook_uncertainty"] = nlohmann::json::parse(growth);
    return opened(scenario.dump()).markets()[0].board().anchor;
  };
  // 102 Mt for 100: long, and worth nothing where that is certain. With a s.d. of 10% a year the ninth and the seventh decile of
  // what is emitted, half a year ahead, are 106.41 and 102.62 Mt: 4.14 and 0.61 EUR/t. A fifth of their sum is 0.95.
  EXPECT_LE(anchor(R"({"2021": 102})", "0"), 0.01);
  EXPECT_NEAR(anchor(R"({"2021": 102})", "0.1"), 0.95, 0.05);
  EXPECT_NEAR(anchor(sixty, "0.0001"), 40, 0.5) << "hardly unsure is like certain";
}

TEST(RuleBook, TheAnchorKnowsYearsThatFallDueTogether) {
  const auto anchor = [](bool together) {
    auto scenario = nlohmann::json::parse(market(R"({"2021": 60, "2022": 100})"));
    scenario["agents"]["firms"]["anchor"]["horizon_years"] = 2;
    if (together) {
      auto& cycles = scenario["policies"]["compliance"]["cycles"];
      for (auto& cycle : cycles) cycle["pre_allocation"] = "2021-01-01";
      cycles[1]["first_year"] = 2021;
      cycles[3]["first_year"] = 2023;
      cycles[3]["pre_allocation"] = "2023-01-01";
      cycles.erase(2);
      cycles.erase(0);
    }
    return opened(scenario.dump()).markets()[0].board().anchor;
  };
  EXPECT_NEAR(anchor(false), 40, 0.5) << "what 2021 lacks cannot be taken from 2022";
  EXPECT_NEAR(anchor(true), 20, 0.5) << "40 Mt are abated in two years; nobody surrenders before both are over";
}

}  // namespace
}  // namespace tantu
