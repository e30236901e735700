// The competitive path: of every preset as it opens, and of the national market by number of firms. Making a path includes
// adding up the curves of all firms, asking the policies and iterating what rests on the path.
#include <benchmark/benchmark.h>

#include "scenarios/presets.hpp"
#include "sim/yardstick.hpp"
#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

void make_paths(benchmark::State& state, const Simulation& simulation) {
  int rounds = 0;
  for (auto _ : state) {
    const std::vector<Yardstick> paths = yardsticks(simulation);
    benchmark::DoNotOptimize(paths.data());
    rounds = paths[0].rounds;
  }
  state.counters["rounds"] = rounds;
  state.counters["firms"] = simulation.setup().traits.size();
}

void CompetitivePath(benchmark::State& state) { make_paths(state, Simulation(national_setup({"sectors.power.firms=" + std::to_string(state.range(0))}))); }
BENCHMARK(CompetitivePath)->Arg(2162)->Arg(10000)->Unit(benchmark::kMillisecond);

const int of_presets = [] {
  for (const Preset& preset : presets())
    benchmark::RegisterBenchmark(("CompetitivePath/" + std::string(preset.name)).c_str(), [name = std::string(preset.name)](benchmark::State& state) {
      make_paths(state, Simulation(compose(load_scenario(name))));
    })->Unit(benchmark::kMillisecond);
  return 0;
}();

}  // namespace
