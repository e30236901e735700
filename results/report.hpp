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

/// Throws InputError "FILE: ..." for what is not a result of tantu, whatever it is.
Report read_report(const std::string& path);

/// A table of a comparison, as `tantu compare` prints it.
struct ReportTable {
  std::string title, note;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// {"kind": "compare", "runs": [reports], "tables"}: each file beside the first.
Report compare_reports(const std::vector<std::string>& paths, const std::vector<ReportTable>& tables);

}  // namespace tantu
