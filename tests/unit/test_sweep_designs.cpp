// Designs against published points and against what defines them.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "scenarios/sweep/designs.hpp"

namespace tantu {
namespace {

// The first points of new-joe-kuo-6 as Joe and Kuo publish them (their program, 10 points in 3 dimensions).
TEST(SweepDesigns, SobolPointsAreThoseOfJoeAndKuo) {
  const double published[10][3] = {{0, 0, 0},           {0.5, 0.5, 0.5},       {0.75, 0.25, 0.25},   {0.25, 0.75, 0.75},     {0.375, 0.375, 0.625},
                                   {0.875, 0.875, 0.125}, {0.625, 0.125, 0.875}, {0.125, 0.625, 0.375}, {0.1875, 0.3125, 0.9375}, {0.6875, 0.8125, 0.4375}};
  const std::vector<double> x = sobol_points(10, 3);
  for (std::size_t i = 0; i < 10; ++i)
    for (std::size_t d = 0; d < 3; ++d) EXPECT_EQ(x[i * 3 + d] - 0x1p-33, published[i][d]) << "point " << i << ", dimension " << d;
}

// Point 1000 in dimensions 1, 8, 34, 102 and 160, as SciPy 1.10 gives it from the same table.
TEST(SweepDesigns, SobolPointsInHighDimensions) {
  const std::vector<double> x = sobol_points(1024, 160);
  const std::vector<std::pair<std::size_t, double>> known = {{0, 0.21972656}, {7, 0.89941406}, {33, 0.59277344}, {101, 0.54199219}, {159, 0.14550781}};
  for (const auto& [d, value] : known) EXPECT_NEAR(x[1000 * 160 + d], value, 1e-8) << "dimension " << d;
}

TEST(SweepDesigns, SkippingIsTheSameAsLeavingOut) {
  const std::vector<double> whole = sobol_points(40, 4), rest = sobol_points(29, 4, 11);
  EXPECT_EQ(std::vector<double>(whole.begin() + 11 * 4, whole.end()), rest);
}

// In any 2^k leading points each dimension has one point in each interval of length 2^-k.
TEST(SweepDesigns, SobolPointsAreBalancedInEveryDimension) {
  const std::vector<double> x = sobol_points(256, 160);
  for (std::size_t d = 0; d < 160; ++d) {
    std::set<int> cells;
    for (std::size_t i = 0; i < 256; ++i) cells.insert(static_cast<int>(x[i * 160 + d] * 256));
    EXPECT_EQ(cells.size(), 256u) << "dimension " << d;
  }
}

TEST(SweepDesigns, LatinHypercubeHasOnePointInEachStratum) {
  for (const bool centred : {false, true}) {
    const std::vector<double> x = latin_hypercube(37, 5, 7, centred);
    for (std::size_t f = 0; f < 5; ++f) {
      std::set<int> strata;
      for (std::size_t i = 0; i < 37; ++i) {
        const double u = x[i * 5 + f];
        strata.insert(static_cast<int>(u * 37));
        EXPECT_GT(u, 0);
        EXPECT_LT(u, 1);
        if (centred) EXPECT_NEAR(u * 37 - std::floor(u * 37), 0.5, 1e-9);
      }
      EXPECT_EQ(strata.size(), 37u);
    }
  }
  EXPECT_NE(latin_hypercube(37, 5, 7, false), latin_hypercube(37, 5, 8, false));
}

// The order of rows is SALib's: A, AB_1..AB_k, (BA_1..BA_k), B for each base point.
TEST(SweepDesigns, SaltelliRowsCrossTheTwoHalvesOfAPoint) {
  const std::size_t k = 3;
  const std::vector<double> base = sobol_points(2, 2 * k);
  for (const bool second : {false, true}) {
    const std::size_t rows = second ? 2 * k + 2 : k + 2;
    const std::vector<double> x = saltelli(2, k, second);
    ASSERT_EQ(x.size(), 2 * rows * k);
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t f = 0; f < k; ++f) {
          const double a = base[i * 2 * k + f], b = base[i * 2 * k + k + f], value = x[(i * rows + row) * k + f];
          if (row == 0) EXPECT_EQ(value, a);
          else if (row == rows - 1) EXPECT_EQ(value, b);
          else if (row <= k) EXPECT_EQ(value, f == row - 1 ? b : a);
          else EXPECT_EQ(value, f == row - 1 - k ? a : b);
        }
  }
}

TEST(SweepDesigns, MorrisMovesEachFactorOnceATrajectory) {
  const std::size_t k = 4, levels = 6;
  const double step = 6.0 / (2 * 5);
  const std::vector<double> x = morris(20, k, levels, 3);
  ASSERT_EQ(x.size(), 20 * (k + 1) * k);
  bool up = false, down = false;
  for (std::size_t t = 0; t < 20; ++t) {
    std::set<std::size_t> moved;
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t f = 0; f < k; ++f) {
        const double before = x[(t * (k + 1) + i) * k + f], after = x[(t * (k + 1) + i + 1) * k + f];
        EXPECT_NEAR(before * 5, std::round(before * 5), 1e-12);
        if (before == after) continue;
        EXPECT_NEAR(std::fabs(after - before), step, 1e-12);
        (after > before ? up : down) = true;
        EXPECT_TRUE(moved.insert(f).second);
      }
    EXPECT_EQ(moved.size(), k);
  }
  EXPECT_TRUE(up && down);
}

}  // namespace
}  // namespace tantu
