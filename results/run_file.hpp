// The dataset of one run (docs/file-formats.md): daily, yearly, by sector, by firm and year, tapes.
#pragma once

#include <string>
#include <vector>

#include "results/dataset.hpp"
#include "results/recorder.hpp"
#include "results/year_totals.hpp"

namespace tantu {

/// What identifies a run; goes into the root attributes. Nothing of the moment.
struct Provenance {
  std::string program_version, git_commit, scenario_name, scenario_json, scenario_hash;
  std::uint64_t seed = 0;
  std::uint32_t replication = 0;
};

Dataset run_dataset(const Simulation& simulation, const Recorder& recorder, const Provenance& provenance);
/// The same for one who has measured the markets already.
Dataset run_dataset(const Simulation& simulation, const Recorder& recorder, const Provenance& provenance, const std::vector<Efficiency>& efficiency);

/// Writes `path` (give it OutputFile::part()) and closes it. Throws std::runtime_error where the disk fails.
void write_run(const std::string& path, const Simulation& simulation, const Recorder& recorder, const Provenance& provenance, Storage storage);

}  // namespace tantu
