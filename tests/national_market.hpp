// The national market made small, for tests that need a whole simulation in milliseconds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "results/recorder.hpp"
#include "scenarios/compose.hpp"
#include "sim/state.hpp"

namespace tantu::tests {

/// 150 firms (and a few that leave) until the end of 2021, with what `changes` say (as --set).
inline std::vector<std::string> small_national(std::vector<std::string> changes = {}) {
  std::vector<std::string> all{"sectors.power.firms=150", "sectors.power.firms_below=5", "sectors.power.firms_closing=5",
                               "sectors.power.emissions_mt=312", "run.last_day=2021-12-31"};
  all.insert(all.end(), changes.begin(), changes.end());
  return all;
}

inline std::shared_ptr<const SimulationSetup> national_setup(const std::vector<std::string>& changes) {
  return compose(load_scenario("china-national", changes));
}

inline void live_until(Simulation& simulation, Day last, Sink& sink, Workers& workers) {
  while (!simulation.finished() && simulation.today() < last) simulation.live_one_day(sink, workers);
}

inline void live_to_the_end(Simulation& simulation, Sink& sink, Workers& workers) {
  while (!simulation.finished()) simulation.live_one_day(sink, workers);
}

}  // namespace tantu::tests
