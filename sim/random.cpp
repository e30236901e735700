#include "sim/random.hpp"

#include <string>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tantu {

namespace {

/// Ten rounds over many counters that differ in word 0. Written out as one loop of plain 32-bit words,
/// without a branch, so that the compiler does four entities at a time (pmuludq).
template <class EntityAt>
void rounds(RandomKey key, std::uint32_t stream, std::int32_t day, std::size_t first, std::size_t count, EntityAt entity, std::uint32_t* words) {
  std::uint32_t* __restrict out0 = words;
  std::uint32_t* __restrict out1 = words + count;
  std::uint32_t* __restrict out2 = words + 2 * count;
  std::uint32_t* __restrict out3 = words + 3 * count;
  const std::uint32_t low = static_cast<std::uint32_t>(key.seed), high = static_cast<std::uint32_t>(key.seed >> 32);
  for (std::size_t i = first; i < count; ++i) {
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

#if defined(__x86_64__)
/// The same for eight entities at a time where the processor has AVX2; the rest is left to `rounds`. Words are the lower halves
/// of 64-bit lanes: what multiplications leave in the upper halves is never looked at.
__attribute__((target("avx2"))) std::size_t wide_rounds(RandomKey key, std::uint32_t stream, std::int32_t day, std::span<const std::uint32_t> entities,
                                                        std::uint32_t* words) {
  const std::size_t count = entities.size();
  const std::uint32_t low = static_cast<std::uint32_t>(key.seed), high = static_cast<std::uint32_t>(key.seed >> 32);
  const __m256i first_factor = _mm256_set1_epi64x(PHILOX_M4x32_0), second_factor = _mm256_set1_epi64x(PHILOX_M4x32_1);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i state[2][4];
    for (std::size_t half = 0; half < 2; ++half) {
      state[half][0] = _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&entities[i + 4 * half])));
      state[half][1] = _mm256_set1_epi64x(static_cast<std::uint32_t>(day));
      state[half][2] = _mm256_set1_epi64x(stream);
      state[half][3] = _mm256_set1_epi64x(key.replication);
    }
#pragma GCC unroll 10
    for (std::uint32_t round = 0; round < 10; ++round) {
      const __m256i low_key = _mm256_set1_epi64x(low + round * PHILOX_W32_0), high_key = _mm256_set1_epi64x(high + round * PHILOX_W32_1);
      for (auto& s : state) {
        const __m256i p = _mm256_mul_epu32(s[0], first_factor), q = _mm256_mul_epu32(s[2], second_factor);
        s[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(q, 32), s[1]), low_key);
        s[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p, 32), s[3]), high_key);
        s[1] = q;
        s[3] = p;
      }
    }
    for (std::size_t w = 0; w < 4; ++w) {
      const __m256 mixed = _mm256_shuffle_ps(_mm256_castsi256_ps(state[0][w]), _mm256_castsi256_ps(state[1][w]), 0x88);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(words + w * count + i), _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xd8));
    }
  }
  return i;
}
const bool has_wide_rounds = __builtin_cpu_supports("avx2");
#endif

}  // namespace

void draw_block(RandomKey key, Stream stream, std::uint32_t first_entity, std::size_t count, std::int32_t day, std::uint32_t n,
                std::uint32_t* words) {
  rounds(key, random_detail::stream_word(stream, n), day, 0, count,
         [=](std::size_t i) { return first_entity + static_cast<std::uint32_t>(i); }, words);
}

void draw_block(RandomKey key, Stream stream, std::span<const std::uint32_t> entities, std::int32_t day, std::uint32_t n,
                std::uint32_t* words) {
  const std::uint32_t* ids = entities.data();
  std::size_t done = 0;
#if defined(__x86_64__)
  if (has_wide_rounds) done = wide_rounds(key, random_detail::stream_word(stream, n), day, entities, words);
#endif
  rounds(key, random_detail::stream_word(stream, n), day, done, entities.size(), [=](std::size_t i) { return ids[i]; }, words);
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
