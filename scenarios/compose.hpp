// The composition root: a scenario becomes a simulation.
#pragma once

#include <memory>
#include <string>

#include "scenarios/document.hpp"
#include "scenarios/scenario.hpp"
#include "sim/simulation.hpp"

namespace tantu {

/// A scenario as read, with what identifies it.
struct LoadedScenario {
  Scenario scenario;
  Document document;      ///< says where each value was given
  std::string resolved;   ///< canonical JSON with every parameter
  std::string hash;       ///< SHA-256 of `resolved`
  std::string companion_name, companion;  ///< text of population.installations_csv, if any
};

/// Reads a preset or a file with `--set` assignments applied. Throws InputError.
LoadedScenario load_scenario(const std::string& name_or_path, const std::vector<std::string>& overrides = {});
LoadedScenario load_scenario_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides = {});

/// Everything fixed about a run. Throws InputError where parts of the scenario contradict one another.
std::shared_ptr<const SimulationSetup> compose(const LoadedScenario& loaded);

}  // namespace tantu
