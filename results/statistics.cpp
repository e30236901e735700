#include "results/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/random.hpp"

namespace tantu {

namespace {
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
}

double mean(std::span<const double> x) {
  if (x.empty()) return nothing;
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

double standard_deviation(std::span<const double> x) {
  if (x.size() < 2) return nothing;
  const double m = mean(x);
  double sum = 0;
  for (const double v : x) sum += (v - m) * (v - m);
  return std::sqrt(sum / static_cast<double>(x.size() - 1));
}

double quantile(std::span<const double> x, double p) {
  if (x.empty()) return nothing;
  const double at = p * static_cast<double>(x.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), x.size() - 1);
  const double rest = at - static_cast<double>(below);
  return below + 1 < x.size() && rest > 0 ? x[below] + rest * (x[below + 1] - x[below]) : x[below];
}

std::vector<double> sorted(std::span<const double> x) {
  std::vector<double> out(x.begin(), x.end());
  std::sort(out.begin(), out.end());
  return out;
}

Interval bootstrap(std::size_t n, const std::function<double(std::span<const std::uint32_t>)>& statistic, const Bootstrap& b) {
  if (n < 2) return {nothing, nothing};
  // A stretch of the design's stream that no design uses: the entity is the resample, the day is before all days.
  const RandomKey key{b.seed, 0xFFFFFFFFu};
  std::vector<std::uint32_t> rows(n);
  std::vector<double> values;
  for (std::size_t r = 0; r < b.resamples; ++r) {
    for (std::size_t i = 0; i < n; i += 4) {
      const Draw d = draw(key, Stream::design, static_cast<std::uint32_t>(r), -1, static_cast<std::uint32_t>(i / 4));
      for (std::size_t j = i; j < std::min(i + 4, n); ++j) rows[j] = integer_below(d.word[j - i], static_cast<std::uint32_t>(n));
    }
    if (const double x = statistic(rows); std::isfinite(x)) values.push_back(x);
  }
  std::sort(values.begin(), values.end());
  return {quantile(values, (1 - b.level) / 2), quantile(values, (1 + b.level) / 2)};
}

Interval bootstrap_mean(std::span<const double> x, const Bootstrap& b) {
  return bootstrap(x.size(), [&](std::span<const std::uint32_t> rows) {
    double sum = 0;
    for (const std::uint32_t i : rows) sum += x[i];
    return sum / static_cast<double>(rows.size());
  }, b);
}

}  // namespace tantu
