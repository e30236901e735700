// Events a second of `tantu replay` from CSV, reading, matching and writing the trades included.
//
// The file is made before the clock starts, in the temporary folder, from one fixed seed: 2,000,000 events on
// 2,000 ticks, half passive limit orders, 35% cancels of random live orders, 15% marketable orders; about
// 32,000 orders rest. `cpu` is what a machine with nothing else to do would take; wall time holds the fsync of
// the trades file as well.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "scenarios/replay.hpp"
#include "tests/folder.hpp"
#include "tests/oracle/reference_book.hpp"
#include "tests/random.hpp"

namespace {

using namespace tantu;
namespace fs = std::filesystem;

constexpr std::int64_t event_count = 2'000'000;

using tantu::tests::Random;

struct Flow {
  Flow() { write(); }

  void write() const {
    constexpr std::int64_t ticks = 2000, resting = 32'000, lowest = 4000;
    Random random(20210716);
    reference::Book book(2 * resting);
    std::vector<std::uint64_t> live;  // may hold dead ids; those are dropped when drawn
    std::ofstream out(folder / "flow.csv", std::ios::binary);
    out << "seq,time,type,order,account,side,price,qty\n";
    std::uint64_t last_id = 0;
    for (std::int64_t seq = 1; seq <= event_count;) {
      const std::int64_t kind = seq <= resting ? 0 : random.below(100);
      const std::int64_t milliseconds = 34'200'000 + seq * 5;
      const std::string head = std::to_string(seq) + "," + std::to_string(milliseconds / 1000) + "." +
                               std::to_string(1000 + milliseconds % 1000).substr(1) + ",";
      if (kind >= 50 && kind < 85) {
        std::uint64_t id = 0;
        while (id == 0 && !live.empty()) {
          const auto i = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(live.size())));
          id = book.ids.contains(live[i]) ? live[i] : 0;
          live[i] = live.back();
          live.pop_back();
        }
        if (id == 0) continue;
        book.cancel(id);
        out << head << "X," << id << ",,,,\n";
      } else {
        NewOrder order;
        order.id = ++last_id;
        order.account = static_cast<std::uint32_t>(random.below(1000));
        order.side = random.below(2) == 0 ? Side::buy : Side::sell;
        order.quantity = Tonnes{(1 + random.below(100)) * (kind >= 85 && static_cast<std::int64_t>(book.ids.size()) > resting ? 2 : 1)};
        const std::int64_t bid = book.bids.empty() ? ticks / 2 - 1 : book.bids.begin()->first.count - lowest;
        const std::int64_t ask = book.asks.empty() ? ticks / 2 + 1 : book.asks.begin()->first.count - lowest;
        const std::int64_t opposite_best = order.side == Side::buy ? ask : ticks - 1 - bid;
        const std::int64_t edge = kind >= 85 ? std::min(opposite_best + 500, ticks - 1)
                                             : random.below(std::clamp<std::int64_t>(opposite_best, 1, ticks / 2 + 100));
        order.price = Price{lowest + (order.side == Side::buy ? edge : ticks - 1 - edge)};
        if (book.submit(order, [](const reference::Trade&) {}).outcome == Outcome::rested) live.push_back(order.id);
        out << head << "L," << order.id << ',' << order.account << ',' << (order.side == Side::buy ? "buy," : "sell,")
            << order.price.count / 100 << '.' << std::to_string(100 + order.price.count % 100).substr(1) << ',' << order.quantity.count << '\n';
      }
      ++seq;
    }
  }
  const tantu::tests::Folder made;
  const fs::path folder = made.path();
};

void replay_csv(benchmark::State& state) {
  static const Flow flow;
  ReplayOptions options;
  options.events = (flow.folder / "flow.csv").string();
  if (state.range(0) != 0) {
    options.trades = (flow.folder / "trades.csv").string();
    options.book = (flow.folder / "book.csv").string();
    options.overwrite = Overwrite::allow;
  }
  ReplayReport report;
  for (auto _ : state) report = replay(options);
  state.SetItemsProcessed(state.iterations() * event_count);
  state.counters["trades"] = static_cast<double>(report.counts.trades);
  state.counters["resting"] = static_cast<double>(report.resting);
}
BENCHMARK(replay_csv)->ArgName("write")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
