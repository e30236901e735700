// The runs of a plan, in parallel, each a task of its own; what they give goes through a bounded queue to one
// consumer on one thread. Memory is bounded by the number of workers, whatever the number of runs.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "results/recorder.hpp"
#include "scenarios/saved_state.hpp"
#include "scenarios/sweep/plan.hpp"

namespace tantu {

/// One run, finished or failed.
struct RunRecord {
  std::size_t run = 0;
  bool failed = false;
  std::string error;                          ///< why, in one line
  std::shared_ptr<const std::string> layout;  ///< encoded (results/layout.hpp); null for a run that failed
  std::vector<char> values;
};

/// Simulates a scenario to its end, from `past` if there is one. Null where `go_on` said no.
std::unique_ptr<Dataset> simulate(const LoadedScenario& loaded, RecordWishes wishes, const SavedPast* past, const std::function<bool()>& go_on);

/// What a sweep records.
RecordWishes wishes_of(const Sweep& sweep);

struct RunnerOptions {
  int jobs = 1;
  bool keep_going = true;        ///< after a run that failed
  const SavedPast* past = nullptr;  ///< of all runs
  std::function<bool()> go_on = [] { return true; };  ///< asked from all threads, every simulated day
  std::function<void()> idle = [] {};  ///< called from the thread of `take`, many times a second while it has nothing to take
};

/// Simulates `runs`, in about this order; `take` is called for each from one thread. Returns false if it ended
/// early because `go_on` said no or, without keep_going, a run failed. What `take` throws ends everything and is thrown.
bool run_all(const SweepPlan& plan, const std::vector<std::size_t>& runs, const RunnerOptions& options, const std::function<void(RunRecord)>& take);

}  // namespace tantu
