// A market of forty firms with costs of their own that are short of allowances, over a year and a deadline: small enough
// for tests that need whole runs, scarce enough that everyone has a reason to trade.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "results/recorder.hpp"
#include "scenarios/compose.hpp"
#include "tests/national_market.hpp"

namespace tantu::tests {

/// The scenario with a JSON merge patch (RFC 7396) on it.
inline nlohmann::json small_market(const std::string& patch = "{}") {
  auto scenario = nlohmann::json::parse(R"({
    "name": "small", "exchange": { "opening_reference": 20, "block_least_t": 0, "resale_same_day": true, "reference_without_trade": "quote" },
    "policies": {
      "cap": { "kind": "cap", "basis": "mass", "path_mt": { "2021": 18 } },
      "allocation": { "kind": "historical_allocation" },
      "verification": { "kind": "verification", "error_spread": 0 },
      "pre_allocation": { "kind": "pre_allocation", "share": 1 },
      "true_up": { "kind": "true_up" },
      "compliance": { "kind": "compliance", "cycles": [
        { "first_year": 2021, "last_year": 2021, "announcement": "2020-12-01", "pre_allocation": "2021-01-01", "verification": "2022-03-01", "true_up": "2022-03-01", "deadline": "2022-04-29" },
        { "first_year": 2022, "last_year": 2022, "announcement": "2020-12-01", "pre_allocation": "2022-02-28", "verification": "2023-03-31", "true_up": "2023-03-31", "deadline": "2023-04-28" } ] },
      "penalty": { "kind": "penalty", "per_tonne": 100, "debt_carried": true } },
    "sectors": { "works": { "activity_unit": "t", "technology": "works", "firms": 40, "emissions_mt": 20, "size_spread": 0.7 } },
    "technologies": { "works": { "curve": { "shape": "linear", "price_per_t": 100, "cost_spread": 0.6 } } },
    "agents": { "firms": {
      "participation": { "attention": 0.4, "size_exponent": 0 },
      "anchor": { "horizon_years": 2, "fit_costs_to_opening": false },
      "position": { "early_share": 0 } } },
    "run": { "first_day": "2021-03-01", "last_day": "2022-06-30", "first_year": 2020, "seed": 5 } })");
  scenario.merge_patch(nlohmann::json::parse(patch));
  return scenario;
}

inline std::shared_ptr<const SimulationSetup> setup_of(const nlohmann::json& scenario) {
  return compose(load_scenario_text(scenario.dump(), "small.json"));
}

/// What the program says of a scenario that it refuses.
inline std::string refusal_of(const nlohmann::json& scenario) {
  try {
    setup_of(scenario);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing";
}

/// A run to its end with all that was recorded.
struct SmallRun {
  explicit SmallRun(const std::string& patch = "{}") : SmallRun(small_market(patch)) {}
  explicit SmallRun(const nlohmann::json& scenario) : simulation(setup_of(scenario)) {
    Workers workers;
    live_to_the_end(simulation, recorder, workers);
    simulation.finish();
  }
  const Market& market(std::size_t m = 0) const { return simulation.markets()[m]; }
  const FirmStore& firms() const { return simulation.firms(); }
  const FirmTraits& traits() const { return simulation.setup().traits; }
  Simulation simulation;
  Recorder recorder{RecordWishes{true, true, true, true, true}};
};

/// Output of the last full month relative to what it would be without a carbon price, weighted by emissions.
inline double output(const SmallRun& run) {
  double sum = 0, all = 0;
  for (std::uint32_t row = 0; row < run.traits().size(); ++row) {
    sum += run.firms().output_factor[row] * run.traits().emissions[row];
    all += run.traits().emissions[row];
  }
  return sum / all;
}

}  // namespace tantu::tests
