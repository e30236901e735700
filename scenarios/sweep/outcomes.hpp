// Outcomes of runs, read from results of any kind: single runs or sweeps, one file or several.
//
// A sample is what belongs together (a sweep, or single runs of one scenario under several seeds): runs with
// their factors, seed and replication, and for each outcome a value a run. An outcome is one number of a run:
// a variable of /summary or of a year of /yearly, in one market. Values are in units; missing is NaN.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tantu {

struct RunOutcome {
  std::string variable, units;
  std::string market;
  std::int32_t year = 0;  ///< 0: of the whole run
  /// "close 2025", with the market where there are several
  std::string name(bool with_market) const;
  friend auto operator<=>(const RunOutcome&, const RunOutcome&) = default;
};

struct Sample {
  std::string name;                                ///< of the scenario or sweep, or the file where those are equal
  std::string sweep;                               ///< the sweep as JSON; "" of single runs
  std::size_t points = 0, replications = 0;        ///< of the sweep
  std::int64_t first_run = 0;
  std::vector<std::string> factors;                ///< names
  std::vector<std::vector<std::string>> settings;  ///< [run][factor], as text
  std::vector<std::string> pair;                   ///< [run]: factors, seed and replication; equal ones are compared
  std::map<RunOutcome, std::vector<double>> values;   ///< [run]
  std::size_t failed = 0;
  std::size_t runs() const { return pair.size(); }
};

/// Reads files; single runs of one scenario become one sample where there are several scenarios. `variables`: names
/// of /yearly or /summary, as they are there. Throws InputError for a file without results and a name that none has.
std::vector<Sample> read_samples_of(const std::vector<std::string>& files, const std::vector<std::string>& variables);

/// The headline figures, where nobody asks for others.
std::vector<std::string> headline_variables();

}  // namespace tantu
