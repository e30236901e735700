#include "sim/workers.hpp"

#include <algorithm>

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

namespace tantu {

struct Workers::Arena {
  explicit Arena(int threads)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads)), arena(threads) {}
  tbb::global_control limit;  // more threads than processors are allowed too: results must not depend on them
  ~Arena() { wait(); }
  void wait() {
    arena.execute([this] { started.wait(); });
  }
  tbb::task_arena arena;
  tbb::task_group started;
};

Workers::Workers(int threads) : threads_(threads) {
  if (threads > 1) arena_ = std::make_unique<Arena>(threads);
}
Workers::~Workers() = default;
Workers::Workers(Workers&&) noexcept = default;

void Workers::start(std::function<void()> work) {
  if (!arena_) return;
  arena_->wait();
  arena_->arena.execute([&] { arena_->started.run(std::move(work)); });
}

void Workers::wait() {
  if (arena_) arena_->wait();
}

void Workers::for_blocks(Rows rows, std::uint32_t grain, const std::function<void(std::size_t, Rows)>& fn) {
  const std::size_t blocks = (rows.size() + grain - 1) / grain;
  const auto block = [&](std::size_t b) {
    const std::uint32_t first = rows.first + static_cast<std::uint32_t>(b) * grain;
    fn(b, Rows{first, std::min(first + grain, rows.last)});
  };
  if (!arena_ || blocks < 2) {
    for (std::size_t b = 0; b < blocks; ++b) block(b);
    return;
  }
  arena_->arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, blocks, 1), [&](const auto& range) {
      for (std::size_t b = range.begin(); b != range.end(); ++b) block(b);
    }, tbb::simple_partitioner());
  });
}

}  // namespace tantu
