// Random numbers without a generator: every draw is a pure function of who draws, what for, and when.
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC'11,
// doi:10.1145/2063384.2063405) encrypts a counter of 128 bits under a key of 64. The layout is
//
//   key      word 0  seed, low 32 bits          counter  word 0  entity (stable id, per market and sector)
//            word 1  seed, high 32 bits                  word 1  day (its 32 bits)
//                                                        word 2  stream << 24 | n
//                                                        word 3  replication
//
// and never changes: every golden file rests on it. No two different draws share a counter, so streams,
// days and firms are independent, adding a firm changes nobody else's draws, and any number of threads in
// any order gives the same numbers. The index of a run within a sweep is not part of it: replication r
// draws the same numbers at every design point (common random numbers). Where an entity needs more than
// four words a day in a stream, n counts the further blocks.
//
// Everything here is thread-safe and allocates nothing.
// Verified by tests/unit/test_random.cpp: Random123's known answers, own golden words, moments.
#pragma once

#include <Random123/philox.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>

#include "sim/elementary.hpp"

namespace tantu {

struct RandomKey {
  std::uint64_t seed;
  std::uint32_t replication;
};

/// What a draw is for. The numbers are part of the layout: add at the end, never renumber or reuse.
enum class Stream : std::uint8_t {
  population = 1,        ///< a firm's fixed properties
  sector_shock = 2,      ///< entity = sector
  firm_shock = 3,        ///< the first day's; later ones are word 3 of `arrival`
  value_noise = 4,       ///< eta of the value
  arrival = 5,           ///< a firm's day: word 0 comes to market?, 1 the round, 2 the order in it, 3 its output shock
  order_placement = 6,
  audit = 7,             ///< the verifier's measurement error and who is audited
  fraud = 8,
  block = 9,             ///< whether and with whom a block is traded
  group = 10,            ///< netting inside a corporate group; entity = group
  network = 11,          ///< acquaintance
  investment = 12,
  auction = 13,
  market_maker = 14,
  speculator = 15,
  arbitrageur = 16,
  manipulator = 17,
  news = 18,
  policy = 19,
  player = 20,
  design = 21,           ///< points of a sweep; entity = point
  matching = 22,         ///< whom a taker deals with at one price; entity = number of the event
};

/// uniform on (0, 1): (w + 1/2) / 2^32. Never 0 or 1.
constexpr double uniform_from_bits(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

/// uniform on (0, 1) with 52 bits: (52 highest bits of the two words + 1/2) / 2^52. Never 0 or 1.
constexpr double uniform_from_bits(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 20) | (low >> 12);
  return (static_cast<double>(static_cast<std::int64_t>(bits)) + 0.5) * 0x1p-52;
}

/// Four words, each an independent uniform, normal or choice. Using a word twice gives the same number twice.
struct Draw {
  std::uint32_t word[4];

  /// i in 0..3
  double uniform(int i) const { return uniform_from_bits(word[i]); }
  /// Standard normal, |z| < 6.34; i in 0..3
  double normal(int i) const { return elementary::normal_from_bits(word[i]); }
  /// 52 bits from words 2i and 2i + 1; i in 0..1
  double fine_uniform(int i) const { return uniform_from_bits(word[2 * i], word[2 * i + 1]); }

  friend bool operator==(const Draw&, const Draw&) = default;
};

namespace random_detail {

constexpr std::uint32_t stream_word(Stream stream, std::uint32_t n) {
  if (n >> 24 != 0) throw std::out_of_range("draw: n must be below 2^24");
  return static_cast<std::uint32_t>(stream) << 24 | n;
}
static_assert(sizeof(Stream) == 1);
static_assert(stream_word(Stream::network, 0xabcdef) == 0x0babcdef);
static_assert(uniform_from_bits(0) > 0 && uniform_from_bits(0xffffffffu) < 1);
static_assert(uniform_from_bits(0, 0) > 0 && uniform_from_bits(0xffffffffu, 0xffffffffu) < 1);

}  // namespace random_detail

/// Requires n < 2^24; throws std::out_of_range otherwise.
inline Draw draw(RandomKey key, Stream stream, std::uint32_t entity, std::int32_t day, std::uint32_t n = 0) {
  const philox4x32_ctr_t counter = {{entity, static_cast<std::uint32_t>(day), random_detail::stream_word(stream, n), key.replication}};
  const philox4x32_key_t seed = {{static_cast<std::uint32_t>(key.seed), static_cast<std::uint32_t>(key.seed >> 32)}};
  const philox4x32_ctr_t out = philox4x32_R(10, counter, seed);
  return {{out.v[0], out.v[1], out.v[2], out.v[3]}};
}

/// The draws of `count` consecutive entities from `first_entity`, bit for bit those of draw(), somewhat faster
/// (5 ns against 7). words holds 4 x count: word w of entity first_entity + i is words[w * count + i]. Entity ids wrap at
/// 2^32. Throws std::out_of_range as draw() does.
void draw_block(RandomKey key, Stream stream, std::uint32_t first_entity, std::size_t count, std::int32_t day, std::uint32_t n,
                std::uint32_t* words);
/// The same for any entities: word w of entities[i] is words[w * entities.size() + i]. words must not overlap entities.
void draw_block(RandomKey key, Stream stream, std::span<const std::uint32_t> entities, std::int32_t day, std::uint32_t n,
                std::uint32_t* words);

// Samplers. Each turns one uniform u in (0, 1) or standard normal z into a law; they rise in u and z, so that
// a common random number moves all design points the same way.

constexpr double uniform(double u, double least, double most) { return least + u * (most - least); }
constexpr double normal(double z, double mean, double deviation) { return mean + deviation * z; }
/// exp(N(log median, sigma^2)). Requires median > 0, sigma >= 0.
constexpr double lognormal(double z, double median, double sigma) { return median * elementary::exp(sigma * z); }
/// The lognormal given that it is at least `least` (by inversion, exact also far out in the tail). Requires
/// median > 0, sigma > 0, and log(least / median) <= 37 sigma; least <= 0 does not truncate.
double lognormal_above(double u, double median, double sigma, double least);
/// Requires mean > 0.
constexpr double exponential(double u, double mean) { return -mean * elementary::log(1.0 - u); }
/// An integer in [0, n): floor(word n / 2^32). A value's probability differs from 1/n by less than 2^-32,
/// relatively by n / 2^32. Requires n >= 1 (n = 0 gives 0).
constexpr std::uint32_t integer_below(std::uint32_t word, std::uint32_t n) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(word) * n) >> 32);
}
/// The index i with probability weights[i] / sum; a weight of 0 is never chosen. Throws std::invalid_argument if a
/// weight is negative or not finite, or if none is positive.
std::size_t categorical(double u, std::span<const double> weights);

}  // namespace tantu
