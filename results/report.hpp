// Reports: what a result becomes for a reader. The file's datasets, thinned for display, and what has to be worked out
// from its firms and tapes, as JSON in a page (report_page.hpp). The page turns them into words and pictures.
#pragma once

#include <string>
#include <vector>

namespace tantu {

struct Report {
  std::string title;  ///< the scenario's name
  std::string json;   ///< {"kind": "run" or "sweep", "provenance", "scenario", ...}, docs/report.md
};

/// A table of a comparison, as `tantu compare` prints it: numbers are text as they are shown, "-" where there is none.
struct ReportTable {
  std::string title, note;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Throws InputError "FILE: ..." for what is not a result of tantu, whatever it is. `tables`: of a sweep, what
/// `tantu compare` says of it.
Report read_report(const std::string& path, const std::vector<ReportTable>& tables = {});
/// Whether the file holds many runs. Throws as read_report does.
bool holds_sweep(const std::string& path);

/// {"kind": "compare", "runs": [reports], "tables"}: each file beside the first.
Report compare_reports(const std::vector<std::string>& paths, const std::vector<ReportTable>& tables);

}  // namespace tantu
