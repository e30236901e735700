// Statistics of samples of runs: means, quantiles, and intervals by the bootstrap.
//
// Intervals are percentile bootstrap (Efron 1979, Ann. Statist. 7, 1-26): the statistic of samples drawn with
// replacement, between its quantiles. Draws are keyed, so the same sample gives the same interval everywhere.
// Missing values (NaN) are the caller's to leave out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace tantu {

/// NaN of nothing.
double mean(std::span<const double> x);
/// Divided by n - 1; NaN of fewer than two.
double standard_deviation(std::span<const double> x);
/// Linear between order statistics (definition 7 of Hyndman and Fan 1996, that of R and NumPy). NaN of nothing.
double quantile(std::span<const double> sorted, double p);
std::vector<double> sorted(std::span<const double> x);

struct Interval {
  double low, high;
};

struct Bootstrap {
  double level = 0.9;            ///< share of the resamples that the interval holds
  std::size_t resamples = 1000;
  std::uint64_t seed = 1;
};

/// `statistic` gets n row numbers drawn from 0..n-1. NaN of fewer than two rows.
Interval bootstrap(std::size_t n, const std::function<double(std::span<const std::uint32_t>)>& statistic, const Bootstrap& = {});
Interval bootstrap_mean(std::span<const double> x, const Bootstrap& = {});

}  // namespace tantu
