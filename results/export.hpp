// What `tantu export` makes of a file of results. A new format is a file export_NAME.cpp and a line in export.cpp.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "results/hdf5_file.hpp"
#include "results/output_file.hpp"

namespace tantu {

struct ExportTask {
  const ResultReader& results;
  std::string name;              ///< of the file of results, for messages
  std::filesystem::path target;  ///< file or folder, as the format says
  Overwrite overwrite = Overwrite::refuse;
};

struct ExportFormat {
  std::string_view name;
  std::string_view what;         ///< for --help, in a few words
  std::string_view suffix;       ///< the target where none is given: the results' name without .h5, and this
  /// Writes the target, complete or not at all, and returns what to tell the user. Throws InputError where the
  /// results do not hold what the format needs.
  std::string (*write)(const ExportTask&);
};

std::span<const ExportFormat> export_formats();

/// Order flow for `tantu replay`: a folder with events.csv, the recorded trades as trades.csv, and rules.json.
std::string export_events(const ExportTask&);
/// A folder of CSVs with datapackage.json.
std::string export_csv(const ExportTask&);
/// The IAMC template, for pyam.
std::string export_iamc(const ExportTask&);

}  // namespace tantu
