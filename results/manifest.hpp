// What belongs to the moment of a run, in OUT.manifest.json beside the dataset OUT.h5: when, where,
// how long, how fast, with which libraries. None of it goes into the dataset, so that equal input
// gives equal bytes.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tantu {

/// Raised when a key changes its meaning or goes away; new keys do not raise it.
inline constexpr int manifest_schema_version = 1;

struct Manifest {
  std::filesystem::path dataset;          ///< finished; its name and size are written
  std::string program_version, git_commit;
  std::vector<std::string> command_line;  ///< argv as given
  std::chrono::system_clock::time_point started, finished;
  int threads = 1;
  int gzip = 4;
  std::map<std::string, std::string> more = {};  ///< e.g. {"dataset_sha256", ...}; keys of the list below are refused
};

/// "out.h5" -> "out.manifest.json"; a name without .h5 keeps all of it.
std::filesystem::path manifest_path(const std::filesystem::path& dataset);

/// Versions of what the program is made of: HDF5 and TBB as loaded, Boost and the compiler as built.
std::map<std::string, std::string> library_versions();

/// The JSON text: schema_version, dataset {file, bytes}, program {version, git_commit},
/// command_line, host, started, finished (UTC, ISO 8601), duration_seconds, threads, gzip, libraries.
/// Throws std::runtime_error if the dataset is not there.
std::string manifest_text(const Manifest&);

/// Writes it in the place of an older one, complete or not at all (OutputFile).
void write_manifest(const Manifest&);

}  // namespace tantu
