// What a run costs: composing it, a day, a firm-day, an arrival, an order, the results; and how that grows
// with the number of firms. One thread. script/bench prints it and times whole processes beside it.
#include <benchmark/benchmark.h>

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <limits>

#include "results/run_file.hpp"
#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// The national market with `firms` firms of the same mean size, over a window of 2021.
std::shared_ptr<const SimulationSetup> market_of(std::int64_t firms, const std::string& first, const std::string& last) {
  return national_setup({"sectors.power.firms=" + std::to_string(firms), "sectors.power.emissions_mt=" + std::to_string(2.08 * static_cast<double>(firms)),
                         "run.first_day=" + first, "run.last_day=" + last});
}

/// Counts what happens in the sessions.
class Counter final : public Sink {
 public:
  void day(const Simulation& simulation, std::uint32_t market) override {
    ++days;
    arrivals += static_cast<double>(simulation.arrivals(market, 0));
    orders += static_cast<double>(simulation.markets()[market].exchange().totals().orders);
  }
  double days = 0, arrivals = 0, orders = 0;
};

void run_days(benchmark::State& state, const SimulationSetup& setup, const Simulation& start) {
  Counter counter;
  Workers workers;
  double seconds = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Simulation simulation = start;
    state.ResumeTiming();
    const auto began = std::chrono::steady_clock::now();
    live_to_the_end(simulation, counter, workers);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  }
  const double firm_days = counter.days * setup.traits.size();
  state.counters["firms"] = setup.traits.size();
  state.counters["ns/firm-day"] = 1e9 * seconds / firm_days;
  state.counters["ns/arrival"] = 1e9 * seconds / std::max(1.0, counter.arrivals);
  state.counters["ns/order"] = 1e9 * seconds / std::max(1.0, counter.orders);
  state.counters["arrivals/day"] = counter.arrivals / counter.days;
}

/// Three quiet weeks: most firms only emit.
void QuietDays(benchmark::State& state) {
  const auto setup = market_of(state.range(0), "2021-08-02", "2021-08-20");
  run_days(state, *setup, Simulation(setup));
}
BENCHMARK(QuietDays)->Arg(1000)->Arg(2225)->Arg(5000)->Arg(10000)->Arg(20000)->Arg(50000)->Unit(benchmark::kMillisecond);

/// The last two weeks before the deadline: most firms that need allowances come to market.
void RushDays(benchmark::State& state) {
  const auto setup = market_of(state.range(0), "2021-12-20", "2021-12-31");
  run_days(state, *setup, Simulation(setup));
}
BENCHMARK(RushDays)->Arg(1000)->Arg(2225)->Arg(5000)->Arg(10000)->Arg(20000)->Arg(50000)->Unit(benchmark::kMillisecond);

/// Scenario to setup: reading, drawing the firms, making the rules.
void Compose(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(market_of(state.range(0), "2021-07-16", "2021-12-31"));
  state.counters["time/firm"] = benchmark::Counter(static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(Compose)->Arg(2225)->Arg(20000)->Unit(benchmark::kMillisecond);

/// Setup to the eve of the opening: three and a half years of output.
void LiveThroughHistory(benchmark::State& state) {
  const auto setup = market_of(state.range(0), "2021-07-16", "2021-12-31");
  for (auto _ : state) benchmark::DoNotOptimize(Simulation(setup).today());
}
BENCHMARK(LiveThroughHistory)->Arg(2225)->Arg(20000)->Unit(benchmark::kMillisecond);

/// china-national from the file to the last day, without results.
void WholeRun(benchmark::State& state) {
  const auto setup = national_setup({});
  Counter counter;
  Workers workers;
  for (auto _ : state) {
    Simulation simulation(setup);
    live_to_the_end(simulation, counter, workers);
    simulation.finish();
  }
  state.counters["firm-days/s"] = benchmark::Counter(counter.days * setup->traits.size(), benchmark::Counter::kIsRate);
  state.counters["orders/s"] = benchmark::Counter(counter.orders, benchmark::Counter::kIsRate);
}
BENCHMARK(WholeRun)->Unit(benchmark::kMillisecond);

/// Twelve sectors, `firms` firms, the first `years` of ten years, on average a firm in four in the market each day
/// (tests/bench/all_sectors.json), on one or two threads. What a run consists of apart: `plan` is announcements, output, the
/// anchor, decisions and auctions, `trade` the session, `settle` close, blocks, compliance and the check of the books, `record`
/// the recorder's part of each day, `write` the measures of the run and the file of its results.
void AllSectors(benchmark::State& state) {
  std::vector<std::string> changes{"run.last_day=" + std::to_string(2020 + state.range(1)) + "-12-31"};
  const double scale = static_cast<double>(state.range(0)) / 10'000;
  const std::string scenario = TANTU_SOURCE_DIR "/tests/bench/all_sectors.json";
  if (scale != 1) {
    const LoadedScenario whole = load_scenario(scenario);
    for (const auto& [id, sector] : whole.scenario.sectors) {
      changes.push_back("sectors." + id + ".firms=" + std::to_string(static_cast<std::int64_t>(scale * static_cast<double>(sector.firms))));
      changes.push_back("sectors." + id + ".emissions_mt=" + std::to_string(scale * sector.emissions_mt));
    }
    changes.push_back("policies.cap.path_mt.2020=" + std::to_string(scale * 8000));
  }
  const auto setup = compose(load_scenario(scenario, changes));
  double plan = 0, trade = 0, settle = 0, record = 0, write = 0, orders = 0, days = 0;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto seconds = [](auto from, auto to) { return std::chrono::duration<double>(to - from).count(); };
  /// Times the recorder, whose part lies inside that of the day.
  class Timed final : public Sink {
   public:
    void day(const Simulation& simulation, std::uint32_t market) override {
      const auto from = std::chrono::steady_clock::now();
      recorder.day(simulation, market);
      spent += std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
    }
    Recorder recorder{RecordWishes{true, false, false, false, false}};
    double spent = 0;
  };
  Workers workers(static_cast<int>(state.range(2)));
  const auto file = std::filesystem::temp_directory_path() / ("tantu-bench-all-" + std::to_string(getpid()) + ".h5");
  for (auto _ : state) {
    Simulation simulation(setup);
    Timed sink;
    while (!simulation.finished()) {
      const auto a = now();
      simulation.begin_day(sink, workers);
      const auto b = now();
      while (simulation.step(std::numeric_limits<std::uint32_t>::max(), sink)) {}
      const auto c = now();
      const double before = sink.spent;
      simulation.end_day(sink, workers);
      plan += seconds(a, b);
      trade += seconds(b, c);
      settle += seconds(c, now()) - (sink.spent - before);
      record += sink.spent - before;
      orders += static_cast<double>(simulation.markets()[0].exchange().totals().orders);
      ++days;
    }
    simulation.finish();
    const auto a = now();
    write_run(file.string(), simulation, sink.recorder, {"0", "0", "x", "{}", "0", 1, 0}, {});
    write += seconds(a, now());
  }
  std::filesystem::remove(file);
  const auto n = static_cast<double>(state.iterations());
  state.counters["firms"] = setup->traits.size();
  state.counters["firm-days"] = days / n * setup->traits.size();
  state.counters["orders"] = orders / n;
  state.counters["plan s"] = plan / n;
  state.counters["trade s"] = trade / n;
  state.counters["settle s"] = settle / n;
  state.counters["record s"] = record / n;
  state.counters["write s"] = write / n;
}
BENCHMARK(AllSectors)->ArgNames({"firms", "years", "threads"})->Args({10'000, 10, 1})->Args({10'000, 10, 2})->Args({10'000, 1, 1})->Args({50'000, 1, 1})
    ->Unit(benchmark::kMillisecond)->Iterations(1)->UseRealTime()->MeasureProcessCPUTime();

/// A fork: the price of "what if".
void Fork(benchmark::State& state) {
  Simulation simulation(national_setup({}));
  for (auto _ : state) {
    Simulation fork = simulation;
    benchmark::DoNotOptimize(fork.today());
  }
  state.counters["bytes"] = static_cast<double>(save_state(simulation).size());
  state.counters["bytes/firm"] = static_cast<double>(save_state(simulation).size()) / simulation.firms().covered.size();
}
BENCHMARK(Fork)->Unit(benchmark::kMicrosecond);

/// The file of results of china-national; 0: days and firms, 1: the tape of trades and orders too.
void WriteResults(benchmark::State& state) {
  const auto setup = national_setup({});
  Simulation simulation(setup);
  const bool tape = state.range(0) != 0;
  Recorder recorder({true, true, tape, tape});
  Workers workers;
  live_to_the_end(simulation, recorder, workers);
  simulation.finish();
  const auto file = std::filesystem::temp_directory_path() / ("tantu-bench-" + std::to_string(getpid()) + ".h5");
  for (auto _ : state) write_run(file.string(), simulation, recorder, {"0", "0", "x", "{}", "0", 1, 0}, {});
  state.counters["bytes"] = static_cast<double>(std::filesystem::file_size(file));
  std::filesystem::remove(file);
}
BENCHMARK(WriteResults)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
