// Indices against closed forms, shares against what defines them, intervals against their promise.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "results/statistics.hpp"
#include "scenarios/sweep/designs.hpp"
#include "scenarios/sweep/sensitivity.hpp"

namespace tantu {
namespace {

constexpr Bootstrap few{0.9, 50, 1};

template <class F>
std::vector<double> outcomes(const std::vector<double>& x, std::size_t k, F f) {
  std::vector<double> y;
  for (std::size_t i = 0; i < x.size(); i += k) y.push_back(f(&x[i]));
  return y;
}

// Ishigami and Homma (1990): sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 on (-pi, pi).
TEST(Sensitivity, SobolIndicesOfTheIshigamiFunction) {
  const double pi = std::numbers::pi, a = 7, b = 0.1;
  const double v1 = 0.5 * std::pow(1 + b * std::pow(pi, 4) / 5, 2), v2 = a * a / 8, v13 = b * b * std::pow(pi, 8) * (1.0 / 18 - 1.0 / 50), v = v1 + v2 + v13;
  const auto f = [&](const double* u) {
    const double x1 = -pi + 2 * pi * u[0], x2 = -pi + 2 * pi * u[1], x3 = -pi + 2 * pi * u[2];
    return std::sin(x1) + a * std::pow(std::sin(x2), 2) + b * std::pow(x3, 4) * std::sin(x1);
  };
  for (const bool second : {false, true}) {
    const SobolIndices s = sobol_indices(outcomes(saltelli(8192, 3, second), 3, f), 3, second, few);
    EXPECT_NEAR(s.first[0], v1 / v, 0.01);
    EXPECT_NEAR(s.first[1], v2 / v, 0.01);
    EXPECT_NEAR(s.first[2], 0, 0.01);
    EXPECT_NEAR(s.total[0], (v1 + v13) / v, 0.01);
    EXPECT_NEAR(s.total[1], v2 / v, 0.01);
    EXPECT_NEAR(s.total[2], v13 / v, 0.01);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_LT(s.first_in[i].low, s.first[i]);
      EXPECT_GT(s.first_in[i].high, s.first[i]);
      EXPECT_LT(s.total_in[i].high - s.total_in[i].low, 0.1);
    }
  }
}

// The g-function of Sobol' with the coefficients of Saltelli et al. (2010).
TEST(Sensitivity, SobolIndicesOfTheGFunction) {
  const std::vector<double> a{0, 1, 4.5, 9, 99, 99, 99, 99};
  double all = 1;
  std::vector<double> part;
  for (const double c : a) part.push_back(1 / (3 * (1 + c) * (1 + c))), all *= 1 + part.back();
  const auto f = [&](const double* u) {
    double y = 1;
    for (std::size_t i = 0; i < a.size(); ++i) y *= (std::fabs(4 * u[i] - 2) + a[i]) / (1 + a[i]);
    return y;
  };
  const SobolIndices s = sobol_indices(outcomes(saltelli(4096, 8, false), 8, f), 8, false, few);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(s.first[i], part[i] / (all - 1), 0.01) << i;
    EXPECT_NEAR(s.total[i], part[i] * all / (1 + part[i]) / (all - 1), 0.01) << i;
  }
}

TEST(Sensitivity, ABasePointWithAFailedRunIsLeftOut) {
  std::vector<double> y = outcomes(saltelli(1024, 2, false), 2, [](const double* u) { return u[0] + 3 * u[1]; });
  y[7] = std::nan("");
  const SobolIndices s = sobol_indices(y, 2, false, few);
  EXPECT_NEAR(s.first[0], 0.1, 0.01);
  EXPECT_NEAR(s.first[1], 0.9, 0.01);
}

// Of a linear function every elementary effect is the slope; of a product it is not.
TEST(Sensitivity, MorrisMeasuresOfALinearAndABentFunction) {
  const std::size_t k = 3;
  const std::vector<double> x = morris(40, k, 4, 1);
  const MorrisMeasures m = morris_measures(outcomes(x, k, [](const double* u) { return 2 * u[0] - 5 * u[1] + u[1] * u[2]; }), x, k, few);
  EXPECT_NEAR(m.mean[0], 2, 1e-9);
  EXPECT_NEAR(m.size[0], 2, 1e-9);
  EXPECT_NEAR(m.deviation[0], 0, 1e-9);
  EXPECT_LT(m.mean[1], 0);
  EXPECT_GT(m.size[1], 4);
  EXPECT_GT(m.deviation[2], 0.1);
}

// v = 10 a + 20 b + 6 a b: the joint part is shared equally; what does nothing gets nothing.
TEST(Sensitivity, ShapleySharesAddUpAndAreFair) {
  std::vector<double> v(8);
  for (std::size_t set = 0; set < 8; ++set) {
    const double a = set & 1, b = set >> 1 & 1;
    v[set] = 100 + 10 * a + 20 * b + 6 * a * b;
  }
  const std::vector<double> share = shapley(v, 3);
  EXPECT_NEAR(share[0], 13, 1e-12);
  EXPECT_NEAR(share[1], 23, 1e-12);
  EXPECT_NEAR(share[2], 0, 1e-12);
}

TEST(Statistics, QuantilesAreThoseOfR) {
  const std::vector<double> x{1, 2, 4, 8, 16};
  EXPECT_EQ(quantile(x, 0), 1);
  EXPECT_EQ(quantile(x, 0.5), 4);
  EXPECT_EQ(quantile(x, 1), 16);
  EXPECT_NEAR(quantile(x, 0.1), 1.4, 1e-12);
  EXPECT_NEAR(quantile(x, 0.9), 12.8, 1e-12);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

// The 90% interval of a mean of 60 numbers covers the true mean in about 90% of samples.
TEST(Statistics, BootstrapIntervalsCover) {
  int covered = 0;
  const int samples = 300;
  for (int s = 0; s < samples; ++s) {
    const std::vector<double> x = latin_hypercube(1, 60, static_cast<std::uint64_t>(s) + 100, false);
    const Interval in = bootstrap_mean(x, {0.9, 200, 1});
    covered += in.low <= 0.5 && 0.5 <= in.high;
  }
  EXPECT_NEAR(covered / double(samples), 0.9, 0.06);
}

}  // namespace
}  // namespace tantu
