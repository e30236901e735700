// The competitive path of the national market: curves of all firms and the path itself.
#include <benchmark/benchmark.h>

#include "sim/yardstick.hpp"
#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

void CompetitivePath(benchmark::State& state) {
  const Simulation simulation(national_setup({"sectors.power.firms=" + std::to_string(state.range(0))}));
  for (auto _ : state) benchmark::DoNotOptimize(yardstick(simulation, 0));
}
BENCHMARK(CompetitivePath)->Arg(2162)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
