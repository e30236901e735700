#include "sim/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <stdexcept>
#include <vector>

namespace {

using namespace tantu;

constexpr RandomKey key{20210716, 3};

// The counter and key of a known answer, taken apart into the arguments of draw().
Draw philox(std::uint32_t c0, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, std::uint32_t k0, std::uint32_t k1) {
  return draw({static_cast<std::uint64_t>(k1) << 32 | k0, c3}, static_cast<Stream>(c2 >> 24), c0, static_cast<std::int32_t>(c1), c2 & 0xffffff);
}

// The three lines "philox4x32 10" of the file kat_vectors of Random123 (DEShawResearch/random123, tests/).
TEST(Random, DrawGivesTheKnownAnswersOfRandom123) {
  EXPECT_EQ(philox(0, 0, 0, 0, 0, 0), (Draw{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  EXPECT_EQ(philox(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff),
            (Draw{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
  EXPECT_EQ(philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0),
            (Draw{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}));
}

// The layout of key and counter and the numbers of the streams are fixed for ever; so are these words.
TEST(Random, LayoutAndStreamNumbersAreFixed) {
  EXPECT_EQ(draw(key, Stream::population, 0, 0), (Draw{{0x9cb8f7cc, 0xc68dd7c7, 0x381cb18a, 0xca7aa9c6}}));
  EXPECT_EQ(draw({0x0123456789abcdef, 7}, Stream::arrival, 2224, 18824, 5), (Draw{{0x27ae2cf4, 0x51a4c172, 0x1902ebda, 0xb70adf5a}}));
  EXPECT_EQ(draw(key, Stream::network, 0xffffffff, -1, 0xffffff), (Draw{{0x8b734c44, 0xe2c8d4eb, 0x38467f99, 0xc1dec88c}}));
  const std::vector<Stream> streams{
      Stream::population, Stream::sector_shock, Stream::firm_shock, Stream::value_noise, Stream::arrival,
      Stream::order_placement, Stream::audit, Stream::fraud, Stream::block, Stream::group, Stream::network,
      Stream::investment, Stream::auction, Stream::market_maker, Stream::speculator, Stream::arbitrageur,
      Stream::manipulator, Stream::news, Stream::policy, Stream::player, Stream::design};
  for (std::size_t i = 0; i < streams.size(); ++i) EXPECT_EQ(static_cast<std::size_t>(streams[i]), i + 1);
}

TEST(Random, EveryPartOfTheCounterAndKeyMatters) {
  std::set<std::uint32_t> seen;
  for (std::uint64_t seed : {1ull, 1ull << 40})
    for (std::uint32_t replication : {0u, 1u})
      for (Stream stream : {Stream::arrival, Stream::audit})
        for (std::uint32_t entity : {0u, 70000u})
          for (std::int32_t day : {0, 20000})
            for (std::uint32_t n : {0u, 1u}) seen.insert(draw({seed, replication}, stream, entity, day, n).word[0]);
  EXPECT_EQ(seen.size(), 64u);
}

TEST(Random, CountWithinTheDayStaysBelowItsLimit) {
  EXPECT_NO_THROW(draw(key, Stream::arrival, 0, 0, 0xffffff));
  EXPECT_THROW(draw(key, Stream::arrival, 0, 0, 0x1000000), std::out_of_range);
  std::uint32_t words[4];
  EXPECT_THROW(draw_block(key, Stream::arrival, 0, 1, 0, 0x1000000, words), std::out_of_range);
}

TEST(Random, BlocksEqualSingleDrawsBitForBit) {
  for (std::size_t count : {0u, 1u, 2u, 3u, 4u, 5u, 7u, 8u, 100u, 1003u}) {
    const std::uint32_t first = count == 100 ? 0xffffffe0u : 17u;  // once across the wrap of the ids
    std::vector<std::uint32_t> words(4 * count + 1, 0xdeadbeef);
    draw_block(key, Stream::firm_shock, first, count, -5, 2, words.data());
    std::vector<std::uint32_t> entities(count);
    for (std::size_t i = 0; i < count; ++i) entities[i] = static_cast<std::uint32_t>(i * i * 2654435761u);
    std::vector<std::uint32_t> listed(4 * count);
    draw_block(key, Stream::firm_shock, entities, -5, 2, listed.data());
    for (std::size_t i = 0; i < count; ++i) {
      const Draw one = draw(key, Stream::firm_shock, first + static_cast<std::uint32_t>(i), -5, 2);
      const Draw other = draw(key, Stream::firm_shock, entities[i], -5, 2);
      for (std::size_t w = 0; w < 4; ++w) {
        ASSERT_EQ(words[w * count + i], one.word[w]) << count << ' ' << i << ' ' << w;
        ASSERT_EQ(listed[w * count + i], other.word[w]) << count << ' ' << i << ' ' << w;
      }
    }
    EXPECT_EQ(words.back(), 0xdeadbeef);
  }
}

TEST(Random, UniformsLieStrictlyBetweenZeroAndOne) {
  EXPECT_EQ(uniform_from_bits(0u), 0x1p-33);
  EXPECT_EQ(uniform_from_bits(0xffffffffu), 1.0 - 0x1p-33);
  EXPECT_EQ(uniform_from_bits(0x80000000u), 0.5 + 0x1p-33);
  EXPECT_EQ(uniform_from_bits(0u, 0u), 0x1p-53);
  EXPECT_EQ(uniform_from_bits(0u, 0xfffu), 0x1p-53);
  EXPECT_EQ(uniform_from_bits(0u, 0x1000u), 0x1p-52 + 0x1p-53);
  EXPECT_EQ(uniform_from_bits(0xffffffffu, 0xffffffffu), 1.0 - 0x1p-53);
  const Draw d{{0x40000000, 0, 0xc0000000, 0}};
  EXPECT_NEAR(d.uniform(0), 0.25, 1e-9);
  EXPECT_NEAR(d.uniform(2), 0.75, 1e-9);
  EXPECT_NEAR(d.fine_uniform(0), 0.25, 1e-15);
  EXPECT_NEAR(d.fine_uniform(1), 0.75, 1e-15);
  EXPECT_NEAR(d.normal(2), 0.6744897501960817, 1e-9);
}

// Neighbours in every coordinate are what the model uses side by side; each family must look independent.
TEST(Random, NeighbouringDrawsAreUncorrelated) {
  const int n = 200000;
  const auto at = [](int i, int which) {
    const std::uint32_t u = static_cast<std::uint32_t>(i);
    switch (which) {
      case 0: return draw(key, Stream::arrival, u, 100).uniform(0);
      case 1: return draw(key, Stream::arrival, u + 1, 100).uniform(0);
      case 2: return draw(key, Stream::arrival, u, 101).uniform(0);
      case 3: return draw(key, Stream::order_placement, u, 100).uniform(0);
      case 4: return draw(key, Stream::arrival, u, 100, 1).uniform(0);
      case 5: return draw({key.seed, key.replication + 1}, Stream::arrival, u, 100).uniform(0);
      case 6: return draw({key.seed + 1, key.replication}, Stream::arrival, u, 100).uniform(0);
      default: return draw(key, Stream::arrival, u, 100).uniform(1);
    }
  };
  double sum = 0, squares = 0;
  std::vector<double> products(8);
  for (int i = 0; i < n; ++i) {
    const double x = at(i, 0) - 0.5;
    sum += x;
    squares += x * x;
    for (int which = 1; which < 8; ++which) products[static_cast<std::size_t>(which)] += x * (at(i, which) - 0.5);
  }
  // Four standard errors.
  EXPECT_NEAR(sum / n, 0.0, 4 * std::sqrt(1.0 / 12 / n));
  EXPECT_NEAR(squares / n, 1.0 / 12, 4 * std::sqrt(1.0 / 180 / n));
  for (int which = 1; which < 8; ++which) EXPECT_NEAR(products[static_cast<std::size_t>(which)] / n, 0.0, 4.0 / 12 / std::sqrt(n)) << which;
}

TEST(Samplers, UniformNormalLognormal) {
  EXPECT_EQ(uniform(0.25, 2.0, 6.0), 3.0);
  EXPECT_EQ(normal(-1.5, 10.0, 2.0), 7.0);
  EXPECT_EQ(lognormal(0.0, 6.0, 0.4), 6.0);
  EXPECT_NEAR(lognormal(1.0, 6.0, 0.4), 6.0 * std::exp(0.4), 1e-14);
}

TEST(Samplers, LognormalAboveIsTheConditionalLaw) {
  const double median = 6.0, sigma = 0.4;
  const auto cdf = [&](double x) { return elementary::normal_cdf(std::log(x / median) / sigma); };
  for (double least : {0.5, 3.0, 6.0, 9.0, 20.0}) {
    double before = least;
    for (int i = 1; i < 1000; ++i) {
      const double u = i / 1000.0;
      const double x = lognormal_above(u, median, sigma, least);
      ASSERT_GE(x, before) << least << ' ' << u;
      before = x;
      // P(X <= x | X >= least) = u
      ASSERT_NEAR((cdf(x) - cdf(least)) / (1.0 - cdf(least)), u, 1e-9) << least << ' ' << u;
    }
  }
  EXPECT_EQ(lognormal_above(0.5, median, sigma, 0.0), median);
  EXPECT_EQ(lognormal_above(0.5, median, sigma, -1.0), median);
  // 20 standard deviations out, where 1 - cdf is 0 in doubles, the tail still has its shape.
  const double far = median * std::exp(20 * sigma);
  EXPECT_GT(lognormal_above(0.01, median, sigma, far), far);
  EXPECT_NEAR(std::log(lognormal_above(0.5, median, sigma, far) / median) / sigma, 20.0345, 1e-3);
}

TEST(Samplers, ExponentialHasItsQuantiles) {
  EXPECT_NEAR(exponential(0.5, 3.0), 3.0 * std::log(2.0), 1e-15);
  EXPECT_NEAR(exponential(1.0 - std::exp(-2.0), 1.0), 2.0, 1e-14);
  EXPECT_GT(exponential(0x1p-33, 1.0), 0.0);
  EXPECT_LT(exponential(1.0 - 0x1p-33, 1.0), 23.0);
}

TEST(Samplers, IntegerBelowCoversItsRangeEvenly) {
  EXPECT_EQ(integer_below(0xffffffffu, 7), 6u);
  EXPECT_EQ(integer_below(0, 7), 0u);
  EXPECT_EQ(integer_below(0xffffffffu, 0xffffffffu), 0xfffffffeu);
  EXPECT_EQ(integer_below(123, 1), 0u);
  EXPECT_EQ(integer_below(123, 0), 0u);
  std::vector<int> seen(7);
  const int n = 70000;
  for (int i = 0; i < n; ++i) ++seen[integer_below(draw(key, Stream::block, static_cast<std::uint32_t>(i), 0).word[0], 7)];
  for (int count : seen) EXPECT_NEAR(count, n / 7, 4 * std::sqrt(n / 7.0));
}

TEST(Samplers, CategoricalFollowsItsWeights) {
  const std::vector<double> weights{0.0, 2.0, 0.0, 1.0, 5.0, 0.0};
  EXPECT_EQ(categorical(0x1p-33, weights), 1u);
  EXPECT_EQ(categorical(0.2499, weights), 1u);
  EXPECT_EQ(categorical(0.2501, weights), 3u);
  EXPECT_EQ(categorical(0.3749, weights), 3u);
  EXPECT_EQ(categorical(0.3751, weights), 4u);
  EXPECT_EQ(categorical(1.0 - 0x1p-53, weights), 4u);
  // Here u x sum rounds up to the sum, so that nothing of the walk is left for the last weight.
  EXPECT_EQ(categorical(1.0 - 0x1p-53, std::vector<double>{0.32, 0.52, 0.0}), 1u);
}

TEST(Samplers, CategoricalRefusesWeightsThatAreNoLaw) {
  const auto refuses = [](std::vector<double> weights, const char* message) {
    try {
      categorical(0.5, weights);
      ADD_FAILURE() << "accepted";
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(message));
    }
  };
  refuses({}, "no weight is positive");
  refuses({0.0, 0.0}, "no weight is positive");
  refuses({1.0, -0.5}, "weight 1 is -0.5");
  refuses({std::nan("")}, "weight 0");
  refuses({elementary::infinity}, "weight 0");
}

}  // namespace
