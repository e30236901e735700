// Reports: what a result becomes for a reader. The file's datasets, thinned for display, and what has to be worked out
// from its firms and tapes, as JSON in a page (report_page.hpp). The page turns them into words and pictures.
#pragma once

#include <string>

namespace tantu {

struct Report {
  std::string title;  ///< the scenario's name
  std::string json;   ///< {"kind": "run", "provenance", "scenario", "groups", "firms", "tape"}, docs/report.md
};

/// Throws InputError "FILE: ..." for what is not a result of tantu, whatever it is.
Report read_report(const std::string& path);

}  // namespace tantu
