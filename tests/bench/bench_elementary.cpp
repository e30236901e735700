// What the elementary functions and the draws cost; items per second are calls.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "sim/elementary.hpp"
#include "sim/random.hpp"

namespace {

using namespace tantu;

constexpr std::size_t count = 4096;
constexpr RandomKey key{20210716, 0};

std::vector<double> uniforms() {
  std::vector<double> u(count);
  for (std::size_t i = 0; i < count; ++i) u[i] = draw(key, Stream::design, static_cast<std::uint32_t>(i), 0).uniform(0);
  return u;
}

template <double (*Function)(double)>
void over_an_array(benchmark::State& state) {
  const std::vector<double> in = uniforms();
  std::vector<double> out(count);
  for (auto _ : state) {
    for (std::size_t i = 0; i < count; ++i) out[i] = Function(in[i]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}
BENCHMARK(over_an_array<elementary::exp>)->Name("elementary/exp");
BENCHMARK(over_an_array<elementary::log>)->Name("elementary/log");
BENCHMARK(over_an_array<elementary::normal_cdf>)->Name("elementary/normal_cdf");
BENCHMARK(over_an_array<elementary::normal_quantile>)->Name("elementary/normal_quantile");

void normal_from_bits(benchmark::State& state) {
  std::vector<std::uint32_t> words(4 * count);
  draw_block(key, Stream::design, 0, count, 0, 0, words.data());
  std::vector<double> out(words.size());
  for (auto _ : state) {
    for (std::size_t i = 0; i < words.size(); ++i) out[i] = elementary::normal_from_bits(words[i]);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * words.size()));
}
BENCHMARK(normal_from_bits)->Name("elementary/normal_from_bits");

void one_at_a_time(benchmark::State& state) {
  std::vector<Draw> out(count);
  std::int32_t day = 0;
  for (auto _ : state) {
    ++day;
    for (std::size_t i = 0; i < count; ++i) out[i] = draw(key, Stream::arrival, static_cast<std::uint32_t>(i), day);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}
BENCHMARK(one_at_a_time)->Name("random/draw");

void consecutive_block(benchmark::State& state) {
  std::vector<std::uint32_t> words(4 * count);
  std::int32_t day = 0;
  for (auto _ : state) {
    draw_block(key, Stream::arrival, 0, count, ++day, 0, words.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}
BENCHMARK(consecutive_block)->Name("random/draw_block of consecutive entities");

void listed_block(benchmark::State& state) {
  std::vector<std::uint32_t> words(4 * count), entities(count);
  for (std::size_t i = 0; i < count; ++i) entities[i] = static_cast<std::uint32_t>(i) * 2654435761u;
  std::int32_t day = 0;
  for (auto _ : state) {
    draw_block(key, Stream::arrival, entities, ++day, 0, words.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * count));
}
BENCHMARK(listed_block)->Name("random/draw_block of listed entities");

}  // namespace
