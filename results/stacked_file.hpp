// The dataset of a sweep: the datasets of its runs stacked along a leading axis `run`.
//
// Group /runs says what each run was: its factors, replication, whether it failed and why. Every other group
// has the same axis and, as coordinates along it, the factors and the replication; then the axes and variables
// of a single run with `run` in front. A run that failed is all fill values. Chunks lie along `run`, 64 KiB
// or a window of runs; memory is one window, whatever the number of runs. The bytes depend on the runs' values
// alone, not on how they were computed or come to be read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "results/layout.hpp"

namespace tantu {

/// What stands beside every run.
struct RunColumn {
  std::string name;
  Array values;  ///< one a run, numbers or text
  Meaning meaning;
};

struct StackedRuns {
  Attributes attributes;           ///< of the root
  std::int64_t first_run = 0;      ///< label of the first run; a shard begins further on
  std::vector<RunColumn> columns;  ///< coordinates: the factors, then the replication
  std::vector<std::uint8_t> failed;
  std::map<std::size_t, std::string> error;  ///< of those that failed, by place
};

/// Where the values of runs come from, in windows of rising numbers.
class RunValues {
 public:
  virtual ~RunValues() = default;
  virtual const Layout& layout() const = 0;
  /// Writes the values of `count` runs from the `first` (from 0) one behind the other, in layout().
  virtual void read(std::size_t first, std::size_t count, char* to) = 0;
};

/// StackedRuns::error as a column: "" for a run that has not failed.
std::vector<std::string> errors_of(const StackedRuns& runs);

/// How many runs are written at once.
std::size_t window_of(const Layout& layout, std::size_t runs);

/// Writes `path` (give it OutputFile::part()) and closes it. `go_on` is asked between windows; false ends with
/// std::runtime_error "interrupted".
void write_stacked(const std::string& path, const StackedRuns& runs, RunValues& values, Storage storage, const std::function<bool()>& go_on);

/// Another file of this kind, with some of the runs.
struct StackedPart {
  std::string file;                  ///< relative to the folder of the file that refers to it
  std::size_t first = 0, count = 0;  ///< its runs
  const Layout* layout = nullptr;
};

/// The same with values that stay in other files; `layout` unites theirs.
void write_virtual(const std::string& path, const StackedRuns& runs, const Layout& layout, const std::vector<StackedPart>& parts);

}  // namespace tantu
