#include "sim/random.hpp"

#include <string>

namespace tantu {

namespace {

/// Ten rounds over many counters that differ in word 0. Written out as one loop of plain 32-bit words,
/// without a branch, so that the compiler does four entities at a time (pmuludq).
template <class EntityAt>
void rounds(RandomKey key, std::uint32_t stream, std::int32_t day, std::size_t count, EntityAt entity, std::uint32_t* words) {
  std::uint32_t* __restrict out0 = words;
  std::uint32_t* __restrict out1 = words + count;
  std::uint32_t* __restrict out2 = words + 2 * count;
  std::uint32_t* __restrict out3 = words + 3 * count;
  const std::uint32_t low = static_cast<std::uint32_t>(key.seed), high = static_cast<std::uint32_t>(key.seed >> 32);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t a = entity(i), b = static_cast<std::uint32_t>(day), c = stream, d = key.replication;
#pragma GCC unroll 10
    for (std::uint32_t round = 0; round < 10; ++round) {
      const std::uint64_t p = std::uint64_t{PHILOX_M4x32_0} * a;
      const std::uint64_t q = std::uint64_t{PHILOX_M4x32_1} * c;
      a = static_cast<std::uint32_t>(q >> 32) ^ b ^ (low + round * PHILOX_W32_0);
      c = static_cast<std::uint32_t>(p >> 32) ^ d ^ (high + round * PHILOX_W32_1);
      b = static_cast<std::uint32_t>(q);
      d = static_cast<std::uint32_t>(p);
    }
    out0[i] = a;
    out1[i] = b;
    out2[i] = c;
    out3[i] = d;
  }
}

}  // namespace

void draw_block(RandomKey key, Stream stream, std::uint32_t first_entity, std::size_t count, std::int32_t day, std::uint32_t n,
                std::uint32_t* words) {
  rounds(key, random_detail::stream_word(stream, n), day, count,
         [=](std::size_t i) { return first_entity + static_cast<std::uint32_t>(i); }, words);
}

void draw_block(RandomKey key, Stream stream, std::span<const std::uint32_t> entities, std::int32_t day, std::uint32_t n,
                std::uint32_t* words) {
  const std::uint32_t* ids = entities.data();
  rounds(key, random_detail::stream_word(stream, n), day, entities.size(), [=](std::size_t i) { return ids[i]; }, words);
}

double lognormal_above(double u, double median, double sigma, double least) {
  if (!(least > 0.0)) return lognormal(elementary::normal_quantile(u), median, sigma);
  // The upper tail is sampled as a lower tail, where small probabilities keep their digits.
  const double mass = elementary::normal_cdf(-elementary::log(least / median) / sigma);
  const double x = lognormal(-elementary::normal_quantile(mass * (1.0 - u)), median, sigma);
  return x < least ? least : x;
}

std::size_t categorical(double u, std::span<const double> weights) {
  double total = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] >= 0.0) || weights[i] == elementary::infinity)
      throw std::invalid_argument("categorical: weight " + std::to_string(i) + " is " + std::to_string(weights[i]) +
                                  ", but must be finite and not negative");
    total += weights[i];
  }
  if (!(total > 0.0)) throw std::invalid_argument("categorical: no weight is positive");
  double left = u * total;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] == 0.0) continue;
    last = i;
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return last;  // rounding left a crumb beyond the last weight
}

}  // namespace tantu
