#include "results/manifest.hpp"

#include <unistd.h>

#include <boost/version.hpp>
#include <ctime>
#include <nlohmann/json.hpp>
#include <oneapi/tbb/version.h>
#include <stdexcept>

#include "results/hdf5_file.hpp"
#include "results/output_file.hpp"

namespace tantu {
namespace {

std::string iso_8601(std::chrono::system_clock::time_point t) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(t));
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string host_name() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

}  // namespace

std::filesystem::path manifest_path(const std::filesystem::path& dataset) {
  std::filesystem::path stem = dataset;
  if (stem.extension() == ".h5") stem.replace_extension();
  return stem += ".manifest.json";
}

std::map<std::string, std::string> library_versions() {
  return {{"hdf5", hdf5_version()},
          {"tbb", TBB_runtime_version()},
          {"boost", std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + "." + std::to_string(BOOST_VERSION % 100)},
#if defined(__clang__)
          {"compiler", "clang " __clang_version__}};
#else
          {"compiler", "gcc " __VERSION__}};
#endif
}

std::string manifest_text(const Manifest& m) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(m.dataset, error);
  if (error) throw std::runtime_error(m.dataset.string() + ": cannot tell its size for the manifest: " + error.message());
  nlohmann::ordered_json j;
  j["schema_version"] = manifest_schema_version;
  j["dataset"] = {{"file", m.dataset.filename().string()}, {"bytes", bytes}};
  j["program"] = {{"version", m.program_version}, {"git_commit", m.git_commit}};
  j["command_line"] = m.command_line;
  j["host"] = host_name();
  j["started"] = iso_8601(m.started);
  j["finished"] = iso_8601(m.finished);
  j["duration_seconds"] = std::chrono::duration<double>(m.finished - m.started).count();
  j["threads"] = m.threads;
  j["gzip"] = m.gzip;
  j["libraries"] = library_versions();
  for (const auto& [key, value] : m.more) {
    if (j.contains(key)) throw std::logic_error("manifest: the key " + key + " is taken");
    j[key] = value;
  }
  // A command line may hold any bytes; a manifest is UTF-8.
  return j.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void write_manifest(const Manifest& m) { write_file(manifest_path(m.dataset), manifest_text(m), Overwrite::allow); }

}  // namespace tantu
