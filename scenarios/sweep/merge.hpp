// Shards of a sweep into one dataset: virtual, which reads through to the shards, or standalone.
//
// Each shard is checked before anything is written: its manifest beside it says its size and what sweep it is
// of, its root attributes say the same, and together the shards are all runs of one sweep, once each.
// Standalone, the merged file has the bytes of the sweep computed in one go. Virtual, it holds axes, factors
// and attributes itself and names the shards by their paths relative to its folder; they must stay there (a
// missing one reads as fill values), and must share their axes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/output_file.hpp"

namespace tantu {

struct MergeReport {
  std::size_t runs = 0, failed = 0;
  std::string sweep_hash, scenario_hash;
};

struct MergeOptions {
  bool standalone = false;
  Overwrite overwrite = Overwrite::refuse;
  int gzip = 4;
  std::function<bool()> go_on = [] { return true; };
};

/// InputError "SHARD: ..." for what does not belong together or is missing.
MergeReport merge(const std::string& output, const std::vector<std::string>& shards, const MergeOptions& options);

}  // namespace tantu
