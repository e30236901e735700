// What `tantu compare` says: tables of means, bands, paired differences, sensitivity and attribution.
//
// Which tables there are follows from the files. One sweep: means with intervals at each point (up to fifty),
// bands over all runs, differences of each point from the first, and what its design is for: Sobol' indices,
// Morris measures, Shapley shares (a grid of two values a factor). Several files: each against the first, run by
// run with equal factors, seed and replication, so that common random numbers cancel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/report.hpp"
#include "results/statistics.hpp"
#include "scenarios/sweep/outcomes.hpp"

namespace tantu {

/// As it goes to the terminal, to CSV and into a page.
using ComparedTable = ReportTable;

struct CompareOptions {
  std::vector<std::string> variables;  ///< empty: the headline figures
  Bootstrap bootstrap;
  std::optional<double> floor, ceiling;  ///< prices of the bands below which and above which a close counts
};

std::vector<ComparedTable> compare(const std::vector<std::string>& files, const CompareOptions& options);

/// For a terminal: columns aligned.
std::string text_of(const std::vector<ComparedTable>& tables);
/// One CSV: `table` and then the union of all columns.
std::string csv_of(const std::vector<ComparedTable>& tables);

}  // namespace tantu
