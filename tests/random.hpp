// Random cases for tests and benchmarks that are not rapidcheck's: the same everywhere for a seed. splitmix64 (Steele, Lea,
// Flood 2014, OOPSLA); the model draws with sim/random.hpp.
#pragma once

#include <cstdint>

namespace tantu::tests {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  /// 0 to n - 1.
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>((next() >> 11) % static_cast<std::uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

}  // namespace tantu::tests
