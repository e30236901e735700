#include "scenarios/sweep/designs.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <stdexcept>

#include "scenarios/sweep/direction_numbers.hpp"
#include "sim/random.hpp"

namespace tantu {

namespace {

/// Fisher-Yates with keyed draws: word i of the design's stream decides place i.
std::vector<std::uint32_t> permutation(std::size_t n, RandomKey key, std::uint32_t entity, std::int32_t what) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0u);
  for (std::size_t i = n; i-- > 1;) {
    const Draw d = draw(key, Stream::design, entity, what, static_cast<std::uint32_t>(i));
    std::swap(order[i], order[integer_below(d.word[0], static_cast<std::uint32_t>(i + 1))]);
  }
  return order;
}

}  // namespace

std::vector<double> latin_hypercube(std::size_t points, std::size_t factors, std::uint64_t seed, bool centred) {
  if (points >> 24 != 0) throw std::invalid_argument("a Latin hypercube has fewer than 2^24 points");
  const RandomKey key{seed, 0};
  std::vector<double> x(points * factors);
  for (std::size_t f = 0; f < factors; ++f) {
    const auto entity = static_cast<std::uint32_t>(f);
    const std::vector<std::uint32_t> order = permutation(points, key, entity, 0);
    for (std::size_t i = 0; i < points; ++i) {
      const double within = centred ? 0.5 : draw(key, Stream::design, entity, 1, static_cast<std::uint32_t>(i)).fine_uniform(0);
      x[i * factors + f] = (order[i] + within) / static_cast<double>(points);
    }
  }
  return x;
}

std::vector<double> sobol_points(std::size_t points, std::size_t factors, std::size_t skip) {
  if (factors > most_sobol_dimensions) throw std::invalid_argument("a Sobol' sequence has at most 160 dimensions here");
  if (skip + points > 0xFFFFFFFFu) throw std::invalid_argument("a Sobol' sequence has fewer than 2^32 points");
  std::vector<std::array<std::uint32_t, 32>> v(factors);
  for (std::size_t d = 0; d < factors; ++d) {
    const DirectionNumbers& joe_kuo = direction_numbers(d);
    for (unsigned i = 0; i < 32; ++i) {
      const unsigned s = joe_kuo.degree;
      if (d == 0) v[d][i] = 1u << (31 - i);
      else if (i < s) v[d][i] = joe_kuo.initial[i] << (31 - i);
      else {
        v[d][i] = v[d][i - s] ^ (v[d][i - s] >> s);
        for (unsigned k = 1; k < s; ++k)
          if ((joe_kuo.polynomial >> (s - 1 - k)) & 1) v[d][i] ^= v[d][i - k];
      }
    }
  }
  std::vector<double> x(points * factors);
  for (std::size_t d = 0; d < factors; ++d) {
    std::uint32_t word = 0;
    const auto gray = static_cast<std::uint32_t>(skip ^ (skip >> 1));
    for (unsigned i = 0; i < 32; ++i)
      if ((gray >> i) & 1) word ^= v[d][i];
    for (std::size_t i = 0; i < points; ++i) {
      x[i * factors + d] = uniform_from_bits(word);
      word ^= v[d][static_cast<unsigned>(__builtin_ctzll(~static_cast<unsigned long long>(skip + i)))];
    }
  }
  return x;
}

std::vector<double> saltelli(std::size_t n, std::size_t k, bool second_order, std::size_t skip) {
  const std::vector<double> base = sobol_points(n, 2 * k, skip);
  std::vector<double> x;
  x.reserve(n * k * (second_order ? 2 * k + 2 : k + 2));
  for (std::size_t i = 0; i < n; ++i) {
    const double* a = &base[i * 2 * k];
    const double* b = a + k;
    const auto row = [&](const double* most, const double* one, std::size_t which) {
      for (std::size_t f = 0; f < k; ++f) x.push_back(f == which ? one[f] : most[f]);
    };
    row(a, a, k);
    for (std::size_t f = 0; f < k; ++f) row(a, b, f);
    if (second_order)
      for (std::size_t f = 0; f < k; ++f) row(b, a, f);
    row(b, b, k);
  }
  return x;
}

std::vector<double> morris(std::size_t trajectories, std::size_t k, std::size_t levels, std::uint64_t seed) {
  const RandomKey key{seed, 0};
  const auto half = static_cast<std::uint32_t>(levels / 2);
  std::vector<double> x;
  x.reserve(trajectories * (k + 1) * k);
  for (std::size_t t = 0; t < trajectories; ++t) {
    const auto entity = static_cast<std::uint32_t>(t);
    // A start on the lower half of the levels goes up by half of them; drawn downwards it is mirrored.
    std::vector<std::uint32_t> at(k), to(k);
    for (std::size_t f = 0; f < k; ++f) {
      const Draw d = draw(key, Stream::design, entity, 2, static_cast<std::uint32_t>(f));
      at[f] = integer_below(d.word[0], half);
      to[f] = at[f] + half;
      if (d.word[1] >> 31) std::swap(at[f], to[f]);
    }
    const auto row = [&] {
      for (std::size_t f = 0; f < k; ++f) x.push_back(static_cast<double>(at[f]) / static_cast<double>(levels - 1));
    };
    row();
    for (const std::uint32_t f : permutation(k, key, entity, 3)) {
      at[f] = to[f];
      row();
    }
  }
  return x;
}

}  // namespace tantu
