// The threads of one run. Work is cut into blocks of firms whose size does not depend on the number of threads, so that sums over
// blocks, added in their order, are the same bytes for any of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "sim/firm_store.hpp"

namespace tantu {

/// Runs a function over blocks of rows; own rows only, so the order cannot matter. One thread runs inline.
class Workers {
 public:
  explicit Workers(int threads = 1);
  ~Workers();
  Workers(Workers&&) noexcept;
  int threads() const { return threads_; }
  /// fn(block index, rows); blocks of at most `grain` rows in order of rows.
  void for_blocks(Rows rows, std::uint32_t grain, const std::function<void(std::size_t, Rows)>& fn);
  /// Lets another thread do `work` while this one goes on; with one thread it is not done at all. It holds all that it uses.
  void start(std::function<void()> work);
  /// Until what was started is done.
  void wait();

 private:
  int threads_;
  struct Arena;
  std::unique_ptr<Arena> arena_;
};

}  // namespace tantu
