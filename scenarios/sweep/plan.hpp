// What a sweep will do, run by run: the factors with their values, the points of the design, replications.
//
// Run i is replication i % replications of point i / replications. All points share the scenario's seed, and
// replication r of every point the same random numbers (common random numbers): the index of a run never
// enters a key.
//
// Everything that a user can get wrong in a sweep's file is found here, before the first run: InputError
// "sweep.json:/factors/0/path: ...". Contradictions that only some combinations have are found by their runs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/dataset.hpp"
#include "scenarios/compose.hpp"
#include "scenarios/sweep/sweep.hpp"

namespace tantu {

inline constexpr std::size_t most_runs = 100'000'000;

struct PlannedFactor {
  std::string name, path;
  std::string place;                ///< "sweep.json:/factors/0"
  std::vector<std::string> labels;  ///< of a factor of names; empty: its values are numbers
  std::vector<std::string> values;  ///< by label: the value as JSON
  bool is_numeric() const { return labels.empty(); }
};

class SweepPlan {
 public:
  const Sweep& sweep() const { return sweep_; }
  const LoadedScenario& base() const { return base_; }
  const std::vector<PlannedFactor>& factors() const { return factors_; }
  std::size_t points() const { return points_; }
  std::size_t replications() const { return static_cast<std::size_t>(sweep_.replications); }
  std::size_t runs() const { return points_ * replications(); }
  std::size_t point_of(std::size_t run) const { return run / replications(); }
  std::uint32_t replication_of(std::size_t run) const;

  /// The number itself, or the index of the label.
  double value(std::size_t point, std::size_t factor) const { return matrix_[point * factors_.size() + factor]; }
  /// "0.02", "unlimited"
  std::string value_text(std::size_t point, std::size_t factor) const;

  /// The scenario of a run. Throws InputError where this combination is refused. Thread-safe.
  LoadedScenario scenario_of(std::size_t run) const;

  /// The sweep as resolved, canonical JSON, and SHA-256 of it with its points: what identifies the design.
  const std::string& text() const { return text_; }
  const std::string& hash() const { return hash_; }

 private:
  friend SweepPlan plan_sweep(Sweep sweep, LoadedScenario base, const std::string& name, const std::string& folder);
  Sweep sweep_;
  LoadedScenario base_;
  std::vector<PlannedFactor> factors_;
  std::vector<double> matrix_;
  std::size_t points_ = 0;
  std::string text_, hash_;
};

/// `name` is how messages call the sweep, `folder` where its samples lie.
SweepPlan plan_sweep(Sweep sweep, LoadedScenario base, const std::string& name, const std::string& folder);
/// Reads sweep.json, the scenario it names and its samples. `set`: further assignments to the scenario.
SweepPlan load_sweep(const std::string& path, const std::vector<std::string>& set = {});
/// The same from a text; files are looked for in `folder`.
SweepPlan load_sweep_text(const std::string& text, const std::string& name, const std::string& folder, const std::vector<std::string>& set = {});

}  // namespace tantu
