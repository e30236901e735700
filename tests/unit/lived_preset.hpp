// Presets made small and lived to their end, and what their rules have moved.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/compose.hpp"
#include "sim/simulation.hpp"

namespace tantu::tests {

/// At most `most` firms a sector with the emissions of all of them: every rule acts as in the whole market.
inline LoadedScenario small(const std::string& name, const std::vector<std::string>& changes = {}, std::int64_t most = 12) {
  const LoadedScenario whole = load_scenario(name, {});
  std::vector<std::string> all;
  for (const auto& [id, sector] : whole.scenario.sectors) {
    all.push_back("sectors." + id + ".firms=" + std::to_string(std::min(most, sector.firms)));
    if (sector.firms_below > 0) all.push_back("sectors." + id + ".firms_below=1");
    if (sector.firms_closing > 0) all.push_back("sectors." + id + ".firms_closing=1");
  }
  all.insert(all.end(), changes.begin(), changes.end());
  return load_scenario(name, all);
}

struct Settled {
  Tonnes due, met, missing;
  double rate() const { return due == Tonnes{} ? 1 : static_cast<double>(met.count) / static_cast<double>(due.count); }
};

/// What was due and met for the years whose last deadline has passed.
inline Settled settled(const Simulation& simulation, const Market& market) {
  Settled s;
  const FirmStore& firms = simulation.firms();
  for (const ComplianceCycle& cycle : market.rules().cycles) {
    if (cycle.share < 1 || cycle.deadline > simulation.today()) continue;
    for (int year = std::max(cycle.settles_from(), firms.first_year); year <= cycle.last_year; ++year)
      for (std::uint32_t row = market.rules().rows.first; row < market.rules().rows.last; ++row) {
        const FirmYear& y = firms.year(year);
        s.due += std::max(y.obligation[row], Tonnes{});
        s.met += y.surrendered[row] + y.retired[row];
        s.missing += y.shortfall[row];
      }
  }
  return s;
}

struct Lived {
  std::shared_ptr<const SimulationSetup> setup;
  Simulation simulation;
  std::map<std::string, std::pair<double, double>> closes;  ///< market: lowest and highest close, currency
};

inline Lived live(const LoadedScenario& loaded, Sink&& sink = Sink{}) {
  const auto setup = compose(loaded);
  Lived lived{setup, Simulation(setup), {}};
  Workers workers(1);
  while (!lived.simulation.finished()) {
    lived.simulation.live_one_day(sink, workers);  // throws where a tonne or a cent is missing
    for (const Market& market : lived.simulation.markets()) {
      const double close = to_currency(market.board().close, market.rules().price_scale);
      auto [at, fresh] = lived.closes.try_emplace(market.rules().name, close, close);
      at->second = {std::min(at->second.first, close), std::max(at->second.second, close)};
    }
  }
  lived.simulation.finish();
  return lived;
}

/// What the policy `instance` has moved by effects of a kind, t; in years from `from` to `until`.
inline std::int64_t moved(const Market& market, const std::string& instance, Effect::Kind kind, int from = 0, int until = 9999) {
  std::int64_t sum = 0;
  for (const Moved& m : market.moved)
    if (market.rules().policies[static_cast<std::size_t>(m.policy)].instance == instance && m.kind == kind && m.year >= from && m.year <= until) sum += m.tonnes.count;
  return sum;
}
/// Everybody's, whatever the policy.
inline std::int64_t moved_by_all(const Market& market, Effect::Kind kind, int from = 0, int until = 9999) {
  std::int64_t sum = 0;
  for (const Moved& m : market.moved)
    if (m.kind == kind && m.year >= from && m.year <= until) sum += m.tonnes.count;
  return sum;
}
/// The last of what a policy has reported, by the name of the series; nothing was reported: -1.
inline double last_report(const Market& market, std::string_view series, Day until = day_of(2200, 1, 1)) {
  double value = -1;
  for (std::size_t p = 0; p < market.rules().policies.size(); ++p) {
    const auto names = market.rules().policies[p].policy->series();
    for (const PolicyState::Point& point : market.policy_states[p].points)
      if (names[static_cast<std::size_t>(point.series)].name == series && point.day <= until) value = point.value;
  }
  return value;
}

}  // namespace tantu::tests
