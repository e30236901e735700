// A sweep from its plan to its dataset: runs, blocks on the way, one file at the end.
//
// While it works, finished runs lie in OUT.parts (blocks.hpp); when all are there, they are stacked in order of
// their numbers into OUT, which appears complete under its name or not at all, and the folder goes. Neither
// the number of workers nor an interruption nor what was resumed changes a byte of OUT.
//
// InputError, besides those of the plan: OUT exists; an unfinished sweep lies there and neither resume nor force
// was asked for; what lies there is of another sweep, scenario or program (it says which).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/output_file.hpp"
#include "results/stacked_file.hpp"
#include "scenarios/saved_state.hpp"
#include "scenarios/sweep/plan.hpp"

namespace tantu {

/// The i-th of n equal stretches of runs, i from 1.
struct Shard {
  std::size_t index = 1, of = 1;
  std::size_t first(std::size_t runs) const { return runs * (index - 1) / of; }
  std::size_t last(std::size_t runs) const { return runs * index / of; }
};
/// "3/8". Throws InputError "--shard 9/8: ...".
Shard parse_shard(const std::string& text);

struct SweepProgress {
  std::size_t runs = 0, before = 0, done = 0, failed = 0;  ///< in all; found when resuming; computed by now
  bool writing = false;                                    ///< all are there, the dataset is being written
};

struct SweepOptions {
  std::string output;
  int jobs = 1;
  bool resume = false, force = false, keep_going = true;
  std::optional<Shard> shard;
  int gzip = 4;
  double save_every = 5;                      ///< seconds that a finished run waits at most for others to be made durable with
  std::size_t block_bytes = std::size_t{1} << 20;  ///< of finished runs that are made durable without waiting
  std::shared_ptr<const SavedPast> past;  ///< of all runs; null: each lives its own
  ProgramVersion program;
  std::function<bool()> go_on = [] { return true; };
  std::function<double()> seconds = [] { return 0.0; };           ///< a clock, for the age of a block
  std::function<void(const SweepProgress&)> progress = [](const SweepProgress&) {};  ///< from one thread at a time
  OutputFile::BeforeStep before;                                   ///< for tests of failure
};

struct SweepReport {
  std::size_t runs = 0, computed = 0, failed = 0;
  bool was_complete = false;  ///< resumed after its end: nothing was left to do
  std::string first_error;    ///< "run 7: ..."
};

/// Thrown after an interruption, when finished runs are safe.
struct SweepInterrupted : std::runtime_error {
  using std::runtime_error::runtime_error;
};

SweepReport execute(const SweepPlan& plan, const SweepOptions& options);

/// The root attributes and columns of the runs [first, last) of a plan, nothing failed.
StackedRuns describe_runs(const SweepPlan& plan, std::size_t first, std::size_t last, const ProgramVersion& program, const SavedPast* past = nullptr);

/// Throws InputError "sweep.json:/factors/0/name: ..." where a factor is called as an axis or variable of the results is.
void refuse_taken_names(const SweepPlan& plan, const Layout& layout);

/// What one run costs: simulates the first. For --dry-run.
struct RunCost {
  std::size_t bytes = 0;      ///< of its values, uncompressed
  std::size_t frame = 0;      ///< of the file around them, about
  std::string error;          ///< if it failed
};
RunCost cost_of_first_run(const SweepPlan& plan, const SavedPast* past);

}  // namespace tantu
