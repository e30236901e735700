#include "sim/elementary.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace {

using namespace tantu;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Distance from `want` in units of the last place of a double of its size.
double ulps(double got, long double want) {
  const double size = std::fabs(static_cast<double>(want));
  const double unit = std::nextafter(size, infinity) - size;
  return static_cast<double>(std::fabs(got - want) / unit);
}

/// FNV-1a over the bits of a sequence of doubles.
class BitHash {
 public:
  void add(double x) {
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    for (int byte = 0; byte < 8; ++byte, bits >>= 8) hash_ = (hash_ ^ (bits & 0xff)) * 0x100000001b3u;
  }
  std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325u;
};

TEST(Elementary, ExpAgreesWithTheCLibraryWithinOneUlp) {
  for (int i = -7080000; i <= 7097000; i += 7) {
    const double x = i * 1e-4;
    ASSERT_LT(ulps(elementary::exp(x), std::exp(static_cast<long double>(x))), 1.0) << "x = " << x;
  }
}

TEST(Elementary, ExpAtItsEdges) {
  EXPECT_EQ(elementary::exp(0.0), 1.0);
  EXPECT_EQ(elementary::exp(-0.0), 1.0);
  EXPECT_EQ(elementary::exp(infinity), infinity);
  EXPECT_EQ(elementary::exp(-infinity), 0.0);
  EXPECT_EQ(elementary::exp(709.79), infinity);
  EXPECT_LT(elementary::exp(709.78), infinity);
  EXPECT_EQ(elementary::exp(-745.14), 0.0);
  EXPECT_EQ(elementary::exp(-745.13), 0x1p-1074);
  EXPECT_NEAR(elementary::exp(-720.0) / std::exp(-720.0), 1.0, 1e-10);  // a subnormal of 35 bits
  EXPECT_TRUE(std::isnan(elementary::exp(std::nan(""))));
  static_assert(elementary::exp(1.0) > 2.718281828459045 - 1e-15 && elementary::exp(1.0) < 2.718281828459045 + 1e-15);
}

TEST(Elementary, LogAgreesWithTheCLibraryWithinOneUlp) {
  for (int i = -10200; i <= 10230; ++i) {
    const double x = std::exp2(i * 0.1) * (1.0 + (i & 255) / 997.0);
    ASSERT_LT(ulps(elementary::log(x), std::log(static_cast<long double>(x))), 1.0) << "x = " << x;
  }
  for (int i = 1; i <= 200000; ++i) {
    const double x = i * 1e-5;  // through 1, where the result passes zero
    ASSERT_LT(ulps(elementary::log(x), std::log(static_cast<long double>(x))), 1.0) << "x = " << x;
  }
}

TEST(Elementary, LogAtItsEdges) {
  EXPECT_EQ(elementary::log(1.0), 0.0);
  EXPECT_EQ(elementary::log(0.0), -infinity);
  EXPECT_EQ(elementary::log(-0.0), -infinity);
  EXPECT_EQ(elementary::log(infinity), infinity);
  EXPECT_TRUE(std::isnan(elementary::log(-1.0)));
  EXPECT_TRUE(std::isnan(elementary::log(-infinity)));
  EXPECT_TRUE(std::isnan(elementary::log(std::nan(""))));
  EXPECT_LT(ulps(elementary::log(0x1p-1074), std::log(0x1p-1074L)), 1.0);
  EXPECT_LT(ulps(elementary::log(0x1.8p-1030), std::log(0x1.8p-1030L)), 1.0);
  EXPECT_LT(ulps(elementary::log(std::numeric_limits<double>::max()), std::log(static_cast<long double>(std::numeric_limits<double>::max()))), 1.0);
}

TEST(Elementary, PowAgreesWithTheCLibrary) {
  for (double x : {1e-6, 0.03, 0.5, 0.999, 1.0, 1.05, 2.0, 48.5, 1e4, 1e9})
    for (double y : {-30.0, -2.5, -1.0, -0.1, 0.0, 0.15, 0.5, 1.0, 2.0, 12.25}) {
      const double want = std::pow(x, y);
      const double tolerance = (1.0 + std::fabs(y * std::log(x))) * 2.3e-16;
      EXPECT_NEAR(elementary::pow(x, y) / want, 1.0, tolerance) << x << " ^ " << y;
    }
}

TEST(Elementary, PowAtItsEdges) {
  EXPECT_EQ(elementary::pow(0.0, 0.0), 1.0);
  EXPECT_EQ(elementary::pow(-3.0, 0.0), 1.0);
  EXPECT_EQ(elementary::pow(1.0, infinity), 1.0);
  EXPECT_EQ(elementary::pow(0.0, 2.0), 0.0);
  EXPECT_EQ(elementary::pow(0.0, -2.0), infinity);
  EXPECT_EQ(elementary::pow(infinity, 0.5), infinity);
  EXPECT_EQ(elementary::pow(1e200, 2.0), infinity);
  EXPECT_TRUE(std::isnan(elementary::pow(-2.0, 2.0)));
  EXPECT_TRUE(std::isnan(elementary::pow(std::nan(""), 2.0)));
}

TEST(Elementary, PowerOfWholeNumbers) {
  EXPECT_EQ(elementary::power(1.05, 0), 1.0);
  EXPECT_EQ(elementary::power(2.0, 10), 1024.0);
  EXPECT_EQ(elementary::power(-2.0, 3), -8.0);
  EXPECT_EQ(elementary::power(2.0, -3), 0.125);
  EXPECT_EQ(elementary::power(1.0, std::numeric_limits<int>::min()), 1.0);
  for (int n = -60; n <= 60; ++n) EXPECT_NEAR(elementary::power(1.05, n) / std::pow(1.05, n), 1.0, 2e-14) << n;
}

TEST(Elementary, SquareRootIsCorrectlyRounded) {
  EXPECT_EQ(elementary::sqrt(2.0), 1.4142135623730951);
  EXPECT_EQ(elementary::sqrt(0.0), 0.0);
  EXPECT_TRUE(std::isnan(elementary::sqrt(-1.0)));
  // What the compiler computes is what the processor computes.
  static_assert(elementary::sqrt(2.0) == 1.4142135623730951 && elementary::sqrt(0x1p-1074) == 0x1p-537);
  std::mt19937_64 any(7);
  for (int i = 0; i < 100000; ++i) {
    const double x = std::bit_cast<double>(any() & 0x7fffffffffffffffu);
    if (std::isnan(x)) continue;
    ASSERT_EQ(elementary::detail::sqrt_by_digits(x), std::sqrt(x)) << std::hexfloat << x;
  }
}

// Zelen and Severo, in Abramowitz and Stegun (1964), table 26.1 (15 decimals).
TEST(Elementary, NormalCdfHasThePublishedValues) {
  EXPECT_NEAR(elementary::normal_cdf(0.0), 0.5, 1e-15);
  EXPECT_NEAR(elementary::normal_cdf(0.5), 0.691462461274013, 1e-15);
  EXPECT_NEAR(elementary::normal_cdf(1.0), 0.841344746068543, 1e-15);
  EXPECT_NEAR(elementary::normal_cdf(2.0), 0.977249868051821, 1e-15);
  EXPECT_NEAR(elementary::normal_cdf(3.0), 0.998650101968370, 1e-15);
}

TEST(Elementary, NormalCdfAgreesWithTheCLibrary) {
  for (int i = -40000; i <= 40000; ++i) {
    const double x = i * 1e-3;
    const long double want = 0.5L * std::erfc(-x / std::sqrt(2.0L));
    ASSERT_NEAR(elementary::normal_cdf(x), static_cast<double>(want), 1e-15) << "x = " << x;
    if (x < 0 && x > -37) { ASSERT_NEAR(static_cast<double>(elementary::normal_cdf(x) / want), 1.0, 2e-8) << "x = " << x; }
  }
  EXPECT_EQ(elementary::normal_cdf(-infinity), 0.0);
  EXPECT_EQ(elementary::normal_cdf(infinity), 1.0);
  EXPECT_TRUE(std::isnan(elementary::normal_cdf(std::nan(""))));
}

// The check values printed in Wichura (1988); 0.975 from any table.
TEST(Elementary, NormalQuantileHasThePublishedValues) {
  EXPECT_NEAR(elementary::normal_quantile(0.25), -6.744897501960817e-1, 1e-16);
  EXPECT_NEAR(elementary::normal_quantile(0.001), -3.090232306167814, 1e-15);
  EXPECT_NEAR(elementary::normal_quantile(1e-20), -9.262340089798408, 4e-15);
  EXPECT_NEAR(elementary::normal_quantile(0.975), 1.959963984540054, 1e-15);
  EXPECT_EQ(elementary::normal_quantile(0.5), 0.0);
  EXPECT_EQ(elementary::normal_quantile(0.0), -infinity);
  EXPECT_EQ(elementary::normal_quantile(1.0), infinity);
  for (double outside : {-0.1, 1.1, -infinity, infinity, std::nan("")})
    EXPECT_TRUE(std::isnan(elementary::normal_quantile(outside))) << outside;
}

TEST(Elementary, NormalQuantileInvertsTheCdf) {
  // One Newton step on the C library's cdf in extended precision measures the error.
  const auto error = [](double p) {
    const long double x = elementary::normal_quantile(p);
    const long double cdf = 0.5L * std::erfc(-x / std::sqrt(2.0L));
    const long double density = std::exp(-0.5L * x * x) / std::sqrt(2.0L * std::acos(-1.0L));
    return static_cast<double>(std::fabs((cdf - p) / density / x));
  };
  for (int i = 1; i < 100000; ++i) ASSERT_LT(error(i * 0.5e-5), 2e-15) << i;
  for (int i = 1; i < 3000; ++i) ASSERT_LT(error(std::pow(10.0, -0.1 * i)), 2e-15) << i;
}

TEST(Elementary, NormalQuantileIsOddAndRises) {
  double before = -infinity;
  for (int i = 1; i < 65536; ++i) {
    const double p = i / 65536.0;
    const double x = elementary::normal_quantile(p);
    ASSERT_EQ(x, -elementary::normal_quantile(1.0 - p)) << p;
    ASSERT_GT(x, before) << p;
    before = x;
  }
}

TEST(Elementary, NormalFromBitsIsTheQuantile) {
  const auto check = [](std::uint32_t k) {
    const double want = elementary::normal_quantile((k + 0.5) / 4294967296.0);
    ASSERT_NEAR(elementary::normal_from_bits(k), want, 2e-11) << k;
    ASSERT_EQ(elementary::normal_from_bits(~k), -elementary::normal_from_bits(k)) << k;
  };
  for (std::uint32_t k = 0; k < 5000; ++k) check(k);
  for (std::uint64_t k = 0; k < (1ull << 32); k += 9973) check(static_cast<std::uint32_t>(k));
  check(0xffffffffu);
}

TEST(Elementary, NormalFromBitsRisesAcrossEveryPiece) {
  // The joints between polynomials are where a step down could hide: 16 in each octave of the tail.
  for (int octave = 0; octave < 31; ++octave)
    for (std::uint64_t piece = 0; piece < 16; ++piece) {
      const std::uint64_t joint = ((16 + piece) << octave) >> 4;
      for (std::int64_t k = static_cast<std::int64_t>(joint) - 20; k < static_cast<std::int64_t>(joint) + 20; ++k) {
        if (k < 0 || k >= 0xffffffff) continue;
        ASSERT_LT(elementary::normal_from_bits(static_cast<std::uint32_t>(k)),
                  elementary::normal_from_bits(static_cast<std::uint32_t>(k + 1))) << k;
      }
    }
  ASSERT_LT(elementary::normal_from_bits(0x7fffffffu), elementary::normal_from_bits(0x80000000u));
}

TEST(Elementary, NormalFromBitsHasMomentsOfANormal) {
  double sum = 0, squares = 0, fourth = 0;
  const int n = 1 << 20;
  for (int i = 0; i < n; ++i) {
    const double x = elementary::normal_from_bits(static_cast<std::uint32_t>(i) * 4096u + 2048u);
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  EXPECT_NEAR(sum / n, 0.0, 1e-5);
  EXPECT_NEAR(squares / n, 1.0, 1e-4);
  EXPECT_NEAR(fourth / n, 3.0, 5e-3);
}

// Every golden file rests on these bits. A change here is a change of every result: if it is meant,
// renew these hashes and the golden files together.
TEST(Elementary, BitsAreThoseOfTheGoldenRuns) {
  BitHash exp, log, pow, cdf, quantile, fast;
  for (int i = -30000; i <= 30000; ++i) {
    exp.add(elementary::exp(i * 0.0246));
    log.add(elementary::log(elementary::power(1.017, i) * (1.0 + (i & 1023) * 0.001)));
    pow.add(elementary::pow(1.0 + (i + 30001) * 0.01, 0.15));
    cdf.add(elementary::normal_cdf(i * 0.0003));
    quantile.add(elementary::normal_quantile((i + 30000.5) / 60001.0));
    quantile.add(elementary::normal_quantile(elementary::exp(-(i + 30001) * 0.01)));
    fast.add(elementary::normal_from_bits(static_cast<std::uint32_t>(i) * 2654435761u));
    fast.add(elementary::normal_from_bits(static_cast<std::uint32_t>(i + 30000)));
  }
  EXPECT_EQ(exp.value(), 0x65022a7e1b31ebc4u);
  EXPECT_EQ(log.value(), 0x923fbb246e1ef4c4u);
  EXPECT_EQ(pow.value(), 0x2c3cbe83789fb42bu);
  EXPECT_EQ(cdf.value(), 0xb3f924f93ae1ea44u);
  EXPECT_EQ(quantile.value(), 0xf17d43e6fe7d1f30u);
  EXPECT_EQ(fast.value(), 0xe3e2e551f2bd75fbu);
}

// A loop over an array may be vectorised; the bits must be those of one call at a time.
TEST(Elementary, LoopsGiveTheBitsOfSingleCalls) {
  std::vector<double> x(1001), y(1001), z(1001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = (static_cast<double>(i) - 300.0) * 1.07;
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = elementary::exp(x[i]);
  for (std::size_t i = 0; i < x.size(); ++i) z[i] = elementary::log(y[i]);
  for (std::size_t i = 0; i < x.size(); ++i) {
    volatile double one = x[i];
    ASSERT_EQ(y[i], elementary::exp(one));
    volatile double two = y[i];
    ASSERT_EQ(z[i], elementary::log(two));
  }
}

}  // namespace
