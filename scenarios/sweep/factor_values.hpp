// Laws of factors over (0, 1), and samples that were made elsewhere.
#pragma once

#include <string>
#include <vector>

#include "scenarios/sweep/sweep.hpp"

namespace tantu {

/// The value of a law at u in (0, 1): its quantile. `at_ends`: u may be 0 or 1 (Morris); laws without ends are
/// then read at 0.005 + 0.99 u. Requires a law other than levels.
double law_value(const FactorParameters& factor, double u, bool at_ends);

/// A CSV of samples: a header of names and a row a point; cells as text, without quotes and spaces around;
/// empty lines do not count.
struct Samples {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;  ///< of the file, by row
};
/// Throws InputError "samples.csv:17: ..." for rows of another length, empty cells and NaN.
Samples parse_samples(const std::string& text, const std::string& name);

}  // namespace tantu
