// What outcomes owe to factors: pure functions of outcomes in the order of a design (designs.hpp).
//
//   sobol_indices  first order: Saltelli et al. (2010), eq. (b) of their table 2, mean of B (AB_i - A) over the
//                  variance; total: Jansen (1999), mean of (A - AB_i)^2 / 2 over the variance
//   morris         Morris (1991), mean and deviation of elementary effects; mu* of Campolongo et al. (2007):
//                  the mean of their size. An effect is per unit of the factor's range
//   shapley        Shapley (1953): the mean contribution of a factor over all orders of adding the factors
//
// Intervals are bootstrapped over base points, trajectories or replications. Verified by
// tests/unit/test_sensitivity.cpp on the Ishigami and g-functions against their closed forms.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics.hpp"

namespace tantu {

struct SobolIndices {
  std::vector<double> first, total;             ///< by factor
  std::vector<Interval> first_in, total_in;
};
/// `y` as the rows of saltelli(n, factors, second_order). A base point with a missing outcome (NaN) is left out.
SobolIndices sobol_indices(std::span<const double> y, std::size_t factors, bool second_order, const Bootstrap& = {});

struct MorrisMeasures {
  std::vector<double> mean, size, deviation;    ///< mu, mu*, sigma, by factor
  std::vector<Interval> size_in;
};
/// `y` and `points` as the rows of morris(trajectories, factors, levels, seed). Trajectories with a NaN are left out.
MorrisMeasures morris_measures(std::span<const double> y, std::span<const double> points, std::size_t factors, const Bootstrap& = {});

/// `value` by set of factors: bit f of the index says that factor f is in it; 2^factors values. They add up to
/// value.back() - value.front().
std::vector<double> shapley(std::span<const double> value, std::size_t factors);

}  // namespace tantu
