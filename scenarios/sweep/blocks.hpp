// Finished runs of an unfinished sweep, in a folder OUT.parts beside the dataset-to-be.
//
//   plan.json          what sweep this is; a folder of another sweep is not taken up
//   block-000001.bin   some finished runs; written as .part, made durable, renamed: complete or absent
//   lock               held by the process that works on it
//
// A block: "TANTUBL1", the numbers of layouts and of runs; each layout's length and bytes; for each run its
// number, failed, layout (from 0), length of error, length of values (8 bytes each, as all numbers), then all
// errors, each run's values from a multiple of 8 bytes on, and at the end FNV-1a, by words of 8 bytes, of what is
// before. Blocks live as long as the sweep and are read by the program that wrote them, so numbers are in the
// machine's order.
//
// Errors: std::runtime_error where the disk fails. A damaged block is as good as absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "results/output_file.hpp"
#include "results/stacked_file.hpp"
#include "scenarios/sweep/runner.hpp"

namespace tantu {

class BlockFolder {
 public:
  /// Creates the folder if need be and locks it. InputError if another process holds it.
  BlockFolder(std::filesystem::path folder, OutputFile::BeforeStep before);
  ~BlockFolder();
  BlockFolder(const BlockFolder&) = delete;
  BlockFolder& operator=(const BlockFolder&) = delete;

  /// The text of plan.json; "" if there is none.
  std::string plan() const;
  void write_plan(const std::string& text);

  /// Makes runs durable as the next block.
  void write(const std::vector<RunRecord>& runs);
  /// Removes everything in it, and the folder.
  void remove();
  /// Removes blocks, plan and leftovers, not the folder.
  void clear();

  /// Sixteen bytes a run: of a sweep of millions all are in memory at the end.
  struct Stored {
    std::uint32_t run = 0, block = 0;
    std::uint32_t layout : 31 = 0;
    std::uint32_t failed : 1 = 0;  ///< why is in `errors`; without values
    std::uint32_t at = 0;          ///< of its values in the block, in units of 8 bytes
  };
  struct Found {
    std::vector<std::filesystem::path> blocks;
    std::vector<std::string> layouts;                     ///< encoded, each once
    std::vector<Stored> runs;                             ///< sorted by run, each once
    std::map<std::size_t, std::string> errors;            ///< by run
  };
  /// Reads what the complete blocks hold, `most` runs or so; removes damaged ones.
  Found find(std::size_t most = 0);

 private:
  std::filesystem::path folder_;
  OutputFile::BeforeStep before_;
  int lock_ = -1;
  std::uint64_t next_ = 1;
};

/// The values of runs that lie in blocks, for write_stacked.
class BlockValues final : public RunValues {
 public:
  /// Throws std::runtime_error where runs cannot be stacked (results/layout.hpp).
  explicit BlockValues(const BlockFolder::Found& found);
  ~BlockValues() override;
  BlockValues(const BlockValues&) = delete;
  BlockValues& operator=(const BlockValues&) = delete;
  const Layout& layout() const override { return layout_; }
  void read(std::size_t first, std::size_t count, char* to) override;

 private:
  int open_block(std::uint32_t block);
  const BlockFolder::Found& found_;
  Layout layout_;
  std::vector<std::size_t> bytes_;              ///< of a run's values, by layout
  std::vector<std::optional<Spread>> spreads_;  ///< by layout; none for one that no run has
  std::vector<char> missing_, row_;
  std::list<std::pair<std::uint32_t, int>> open_;  ///< few blocks at a time, the latest first
};

}  // namespace tantu
