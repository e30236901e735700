// A common past: a run that was stopped on some day, saved, and gone on from with the same or with other rules.
//
// File: "TANTUST1", a JSON header (program, scenario as run, its hash, the day), the firms' CSV if there is one,
// the simulation's state (sim/state.hpp) and what was recorded, each with its length in front, and at the end
// SHA-256 of what is before. Only the build that wrote it reads it.
//
// Going on: policies and exchange rules may differ from then on, and the last day; everything else must be as it
// was (InputError names what differs). Instruments are recognised by name and kind; one that is new begins then,
// what one that is gone had moved is no longer listed in /rules. Nothing changed gives the bytes of a run that
// never stopped. Another replication has other random numbers from then on, and the same past.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "results/output_file.hpp"
#include "results/recorder.hpp"
#include "scenarios/compose.hpp"

namespace tantu {

struct ProgramVersion {
  std::string version, commit;
};

/// Saves a run after a day that is over.
void save_past(const std::string& path, const LoadedScenario& loaded, Simulation& simulation, const Recorder& recorder,
               const ProgramVersion& program, Overwrite overwrite);

class SavedPast {
 public:
  /// InputError for what is no such file, is damaged or was written by another program.
  SavedPast(const std::string& path, const ProgramVersion& program);

  Day day() const { return day_; }
  const std::string& scenario_name() const { return loaded_.scenario.name; }
  const std::string& scenario_hash() const { return loaded_.hash; }
  /// SHA-256 of the file.
  const std::string& hash() const { return hash_; }

  /// A simulation of `loaded` whose past this is; `recorder` gets what was recorded. Thread-safe.
  Simulation go_on(const LoadedScenario& loaded, Recorder& recorder) const;

 private:
  std::string path_, hash_, recorded_;
  LoadedScenario loaded_;
  std::shared_ptr<const SimulationSetup> setup_;
  std::string state_;
  Day day_;
};

}  // namespace tantu
