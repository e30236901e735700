// Two markets of a few firms each for tests of what several markets do together: `north` abates dearly, `south`
// cheaply, each is given 80% of what it emits. Alone the north's price is 0.2 x 150 = 30, the south's 0.2 x 50 = 10;
// together p/50 + p/150 = 0.4 makes 15 for both.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/compose.hpp"

namespace tantu::tests {

/// With the top-level keys of `more` (JSON without its outer braces, ending with a comma) and `changes` as --set has them.
inline LoadedScenario two_markets(const std::string& more = "", const std::vector<std::string>& changes = {}) {
  const auto market = [](const std::string& currency, double opening) {
    return R"({"currency": ")" + currency + R"(",
      "exchange": {"opening_reference": )" + std::to_string(opening) + R"(, "block_least_t": 0, "listed_most_t": 0, "resale_same_day": true, "reference_without_trade": "quote"},
      "policies": {
        "cap": {"kind": "cap", "basis": "mass", "path_mt": {"2021": 8}},
        "allocation": {"kind": "historical_allocation"},
        "verification": {"kind": "verification", "error_spread": 0},
        "pre_allocation": {"kind": "pre_allocation", "share": 1},
        "true_up": {"kind": "true_up"},
        "penalty": {"kind": "penalty", "per_tonne": 100, "debt_carried": true},
        "compliance": {"kind": "compliance", "cycles": [
          {"first_year": 2021, "last_year": 2021, "announcement": "2020-12-01", "pre_allocation": "2021-01-01", "verification": "2022-03-31", "true_up": "2022-03-31", "deadline": "2022-04-29"},
          {"first_year": 2022, "last_year": 2022, "announcement": "2020-12-01", "pre_allocation": "2022-02-28", "verification": "2023-03-31", "true_up": "2023-03-31", "deadline": "2023-04-28"}]}}})";
  };
  const std::string text = R"({"name": "two-markets", )" + more + R"(
    "markets": {"north": )" + market("EUR", 30) + R"(, "south": )" + market("EUR", 10) + R"(},
    "sectors": {
      "dear": {"market": "north", "activity_unit": "t", "technology": "dear", "firms": 20, "emissions_mt": 10},
      "cheap": {"market": "south", "activity_unit": "t", "technology": "cheap", "firms": 20, "emissions_mt": 10}},
    "technologies": {
      "dear": {"curve": {"shape": "linear", "price_per_t": 150}},
      "cheap": {"curve": {"shape": "linear", "price_per_t": 50}}},
    "agents": {"firms": {
      "participation": {"attention": 0.3, "size_exponent": 0},
      "order": {"aggressiveness": 0.005, "noise": 0.01, "share": 0.25},
      "value": {"fundamentalist_share": 1, "trend_share": 0, "opinion_spread": 0.02, "noise_spread": 0.02},
      "anchor": {"horizon_years": 2, "refresh_days": 1, "interest_rate": 0, "fit_costs_to_opening": false},
      "position": {"caution_most": 0, "cut_mean": 0, "cut_spread": 0, "hoard_most": 0.01, "early_share": 0, "hedger_share": 0, "active_share": 0}}},
    "shocks": {"sector_spread": 0, "firm_spread": 0.02},
    "run": {"first_day": "2021-01-01", "last_day": "2022-12-30", "first_year": 2020, "seed": 1}})";
  return load_scenario_text(text, "two.json", changes);
}

}  // namespace tantu::tests
