// exp, log, pow, sqrt and the normal law, with the same last bit on every processor.
//
// The C library picks its code by processor (with and without FMA) and the results differ in the
// last bit; one bit is enough to break a golden file. Everything here is made of + - * /, the square
// root (all five correctly rounded by IEEE 754) and bit casts. It requires binary64 doubles, rounding
// to nearest, no contraction of a*b+c (-ffp-contract=off) and no -ffast-math; 64-bit x86 and ARM
// qualify. All but normal_from_bits is constexpr. exp and log are free of branches: a loop over an array
// vectorises with SSE2 where the compiler is told -fno-trapping-math (which changes no value), and takes
// 4 ns an element instead of 6. Which NaN comes out is not specified, that one comes out is.
//
//   exp              within 1 ulp; NaN -> NaN; > 709.78 -> +inf; below -745.13 -> 0; gradual underflow
//   log              within 1 ulp; +0 and -0 -> -inf; negative -> NaN; +inf -> +inf; subnormals are exact inputs
//   pow(x, y)        exp(y log x): relative error below (1 + |y log x|) 2.3e-16. x < 0 -> NaN except that
//                    pow(anything, 0) = pow(1, anything) = 1; pow(0, y) = 0 or +inf
//   power(x, n)      x^n by squaring, n any int: relative error about |n| 1.2e-16; for yearly discounting
//   normal_cdf       absolute error below 1e-15; relative error below 2e-8 in the lower tail (down to x = -37); NaN -> NaN
//   normal_quantile  relative error below 2e-15; 0 -> -inf, 1 -> +inf, outside [0, 1] and NaN -> NaN;
//                    odd to the bit around 1/2 wherever 1 - p is exact
//   normal_from_bits normal_quantile((k + 1/2) / 2^32) within 2e-11, at a few ns; strictly increasing in k,
//                    odd to the bit: normal_from_bits(~k) == -normal_from_bits(k); range +-6.34
//
// Sources: exp and log after fdlibm e_exp.c, e_log.c (Copyright (C) 1993 by Sun Microsystems, Inc. All
// rights reserved. Permission to use, copy, modify, and distribute this software is freely granted,
// provided that this notice is preserved). normal_quantile: Wichura (1988), Algorithm AS 241 (PPND16),
// Applied Statistics 37, 477-484. normal_cdf: Hart (1968) algorithm 5666 as given by West (2005),
// Better approximations to cumulative normal functions, Wilmott Magazine, 70-76.
// Verified by tests/unit/test_elementary.cpp: published values, the C library, symmetry, monotonicity, bits.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#ifdef __FAST_MATH__
#error "Tantu's results must not depend on the processor: do not compile with -ffast-math"
#endif

namespace tantu::elementary {

static_assert(std::numeric_limits<double>::is_iec559 && std::numeric_limits<double>::digits == 53);

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

namespace detail {

constexpr std::uint64_t bits_of(double x) { return std::bit_cast<std::uint64_t>(x); }
constexpr double from_bits(std::uint64_t b) { return std::bit_cast<double>(b); }

/// The square root digit by digit, correctly rounded. For the compiler: clang evaluates no __builtin_sqrt.
constexpr double sqrt_by_digits(double x) {
  if (!(x > 0.0) || x == infinity) return x < 0.0 ? not_a_number : x;
  const bool tiny = x < 0x1p-1022;
  const std::uint64_t bits = bits_of(tiny ? x * 0x1p54 : x);
  int exponent = static_cast<int>(bits >> 52) - (tiny ? 1075 + 54 : 1075);
  std::uint64_t m = (bits & 0x000fffffffffffffu) | 0x0010000000000000u;  // x = m 2^exponent
  if (exponent & 1) {
    m <<= 1;
    --exponent;
  }
  // 54 digits of the root of m 2^54, two bits of it a step.
  std::uint64_t root = 0, rest = 0;
  for (int pair = 53; pair >= 0; --pair) {
    rest = rest << 2 | (pair >= 27 ? m >> (2 * (pair - 27)) & 3 : 0);
    const std::uint64_t trial = root << 2 | 1;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  // The last digit rounds. It is never exactly a half: an odd root has an odd square.
  const double rounded = static_cast<double>((root >> 1) + (root & 1));
  return rounded * from_bits(static_cast<std::uint64_t>((exponent - 54) / 2 + 1 + 1023) << 52);
}

/// Adding this to |x| < 2^51 rounds x to an integer that then stands in the low bits of the sum.
constexpr double shifter = 0x1.8p52;
/// ln 2 in two parts; the first has 32 significant bits, so its product with an exponent is exact.
constexpr double ln2_high = 6.93147180369123816490e-01;
constexpr double ln2_low = 1.90821492927058770002e-10;

}  // namespace detail

/// Correctly rounded; negative -> NaN.
constexpr double sqrt(double x) { return std::is_constant_evaluated() ? detail::sqrt_by_digits(x) : __builtin_sqrt(x); }

constexpr double exp(double x) {
  using namespace detail;
  // Clamped where the result is certainly infinite or zero; written so that a NaN passes.
  x = 710.0 < x ? 710.0 : x;
  x = -750.0 > x ? -750.0 : x;
  // x = n ln 2 + r, |r| <= ln 2 / 2
  const double shifted = x * 1.44269504088896338700e+00 + shifter;
  const double n = shifted - shifter;
  const double high = x - n * ln2_high;
  const double low = n * ln2_low;
  const double r = high - low;
  const double t = r * r;
  const double c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 +
                       t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 +
                       t * 4.13813679705723846039e-08))));
  const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
  // 2^n in two factors, since n alone may leave the range of exponents on the way to an infinity or
  // a subnormal. The first product is exact, so nothing is rounded twice.
  const std::uint64_t half = bits_of(n * 0.5 + shifter);
  const std::uint64_t rest = bits_of(shifted) - half;
  return y * from_bits((half + 1023) << 52) * from_bits((rest + 1023) << 52);
}

constexpr double log(double x) {
  using namespace detail;
  const bool tiny = x < 0x1p-1022;
  const std::uint64_t scaled = bits_of(tiny ? x * 0x1p54 : x);
  // x = 2^k m with m in [sqrt(1/2), sqrt(2))
  constexpr std::uint64_t one = 0x3ff0000000000000u, root_half = 0x3fe6a09e667f3bcdu;
  const std::uint64_t moved = scaled + (one - root_half);
  const double m = from_bits((moved & 0x000fffffffffffffu) + root_half);
  // An integer below 2^52 is converted by placing it in the fraction of 2^52.
  const double k = from_bits((moved >> 52) | 0x4330000000000000u) - (tiny ? 0x1p52 + 1077.0 : 0x1p52 + 1023.0);
  const double f = m - 1.0;
  const double half_square = 0.5 * f * f;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 +
                     w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  double y = s * (half_square + (even + odd)) + k * ln2_low - half_square + f + k * ln2_high;
  y = x == 0.0 ? -infinity : y;
  y = x < infinity ? y : x;  // +inf and NaN pass
  return x < 0.0 ? not_a_number : y;
}

constexpr double pow(double x, double y) {
  const double z = exp(y * log(x));
  return ((x == 1.0) | (y == 0.0)) ? 1.0 : z;
}

constexpr double power(double x, int n) {
  double result = 1.0;
  double square = x;
  for (unsigned left = n < 0 ? 0u - static_cast<unsigned>(n) : static_cast<unsigned>(n); left != 0; left >>= 1) {
    if (left & 1u) result *= square;
    square *= square;
  }
  return n < 0 ? 1.0 / result : result;
}

/// P(Z <= x) of a standard normal Z.
constexpr double normal_cdf(double x) {
  const double a = x < 0.0 ? -x : x;
  const double e = exp(-0.5 * a * a);
  double tail = 0.0;
  if (a < 7.07106781186547) {
    const double above = ((((((3.52624965998911e-02 * a + 0.700383064443688) * a + 6.37396220353165) * a +
                            33.912866078383) * a + 112.079291497871) * a + 221.213596169931) * a + 220.206867912376);
    const double below = (((((((8.83883476483184e-02 * a + 1.75566716318264) * a + 16.064177579207) * a +
                             86.7807322029461) * a + 296.564248779674) * a + 637.333633378831) * a +
                           793.826512519948) * a + 440.413735824752);
    tail = e * above / below;
  } else if (a < infinity) {
    tail = e / (a + 1.0 / (a + 2.0 / (a + 3.0 / (a + 4.0 / (a + 0.65))))) / 2.506628274631;
  } else if (x != x) {
    return x;
  }
  return x > 0.0 ? 1.0 - tail : tail;
}

/// The x with P(Z <= x) = p.
constexpr double normal_quantile(double p) {
  const double q = p - 0.5;
  if ((q < 0.0 ? -q : q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * (((((((2.5090809287301226727e+3 * r + 3.3430575583588128105e+4) * r + 6.7265770927008700853e+4) * r +
                    4.5921953931549871457e+4) * r + 1.3731693765509461125e+4) * r + 1.9715909503065514427e+3) * r +
                 1.3314166789178437745e+2) * r + 3.3871328727963666080e+0) /
           (((((((5.2264952788528545610e+3 * r + 2.8729085735721942674e+4) * r + 3.9307895800092710610e+4) * r +
                2.1213794301586595867e+4) * r + 5.3941960214247511077e+3) * r + 6.8718700749205790830e+2) * r +
             4.2313330701600911252e+1) * r + 1.0);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (!(tail > 0.0)) return tail == 0.0 ? (q < 0.0 ? -infinity : infinity) : not_a_number;
  double r = sqrt(-log(tail));
  double x = 0.0;
  if (r <= 5.0) {
    r -= 1.6;
    x = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r +
             1.27045825245236838258e+0) * r + 3.64784832476320460504e+0) * r + 5.76949722146069140550e+0) * r +
          4.63033784615654529590e+0) * r + 1.42343711074968357734e+0) /
        (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r +
             1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r + 1.67638483018380384940e+0) * r +
          2.05319162663775882187e+0) * r + 1.0);
  } else {
    r -= 5.0;
    x = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r +
             2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r + 1.78482653991729133580e+0) * r +
          5.46378491116411436990e+0) * r + 6.65790464350110377720e+0) /
        (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r +
             7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r +
          5.99832206555887937690e-1) * r + 1.0);
  }
  return q < 0.0 ? -x : x;
}

namespace detail {

/// The upper half of the quantile as polynomials of degree 5: 16 pieces in each of the 32 octaves of
/// the tail probability (h + 1/2) / 2^32, h < 2^31. A piece is a polynomial in the distance of the
/// tail's significand from the middle of the piece.
constexpr int pieces_per_octave = 16;
constexpr int piece_degree = 5;
using QuantilePiece = std::array<double, piece_degree + 1>;
extern const std::array<QuantilePiece, 32 * pieces_per_octave> quantile_pieces;

}  // namespace detail

/// A standard normal from 32 random bits.
inline double normal_from_bits(std::uint32_t k) {
  using namespace detail;
  const std::uint32_t upper = k >> 31;
  const std::uint32_t h = upper != 0 ? ~k : k;
  const std::uint64_t b = bits_of(static_cast<double>(static_cast<std::int64_t>(h)) + 0.5);
  constexpr int shift = 48;  // keeps the exponent and log2(pieces_per_octave) bits of the fraction
  const QuantilePiece& c = quantile_pieces[(b >> shift) - (bits_of(0.5) >> shift)];
  // The piece's own part of the significand, in [-1/32, 1/32).
  const double t = from_bits((b & 0x0000ffffffffffffu) | 0x3ff0000000000000u) - (1.0 + 0.5 / pieces_per_octave);
  const double x = c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))));
  return upper != 0 ? x : -x;
}

}  // namespace tantu::elementary
