#include "scenarios/sweep/sensitivity.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tantu {

SobolIndices sobol_indices(std::span<const double> y, std::size_t k, bool second_order, const Bootstrap& options) {
  const std::size_t rows = second_order ? 2 * k + 2 : k + 2;
  std::vector<std::uint32_t> whole;
  for (std::size_t i = 0; (i + 1) * rows <= y.size(); ++i)
    if (std::all_of(y.begin() + static_cast<std::ptrdiff_t>(i * rows), y.begin() + static_cast<std::ptrdiff_t>((i + 1) * rows), [](double v) { return std::isfinite(v); }))
      whole.push_back(static_cast<std::uint32_t>(i));
  // Centred: the estimators do not depend on the mean, their error does.
  double centre = 0;
  for (const std::uint32_t i : whole) centre += y[i * rows] + y[(i + 1) * rows - 1];
  centre /= 2 * static_cast<double>(whole.size());
  const auto at = [&](std::uint32_t i, std::size_t row) { return y[whole[i] * rows + row] - centre; };
  const auto variance = [&](std::span<const std::uint32_t> points) {
    double sum = 0, squares = 0;
    for (const std::uint32_t i : points)
      for (const double v : {at(i, 0), at(i, rows - 1)}) sum += v, squares += v * v;
    const double n = 2 * static_cast<double>(points.size());
    return squares / n - sum / n * (sum / n);
  };
  const auto first = [&](std::span<const std::uint32_t> points, std::size_t f) {
    double sum = 0;
    for (const std::uint32_t i : points) sum += at(i, rows - 1) * (at(i, 1 + f) - at(i, 0));
    return sum / static_cast<double>(points.size()) / variance(points);
  };
  const auto total = [&](std::span<const std::uint32_t> points, std::size_t f) {
    double sum = 0;
    for (const std::uint32_t i : points) sum += (at(i, 0) - at(i, 1 + f)) * (at(i, 0) - at(i, 1 + f));
    return sum / static_cast<double>(points.size()) / 2 / variance(points);
  };
  std::vector<std::uint32_t> all(whole.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  SobolIndices out;
  for (std::size_t f = 0; f < k; ++f) {
    out.first.push_back(first(all, f));
    out.total.push_back(total(all, f));
    out.first_in.push_back(bootstrap(all.size(), [&](auto points) { return first(points, f); }, options));
    out.total_in.push_back(bootstrap(all.size(), [&](auto points) { return total(points, f); }, options));
  }
  return out;
}

MorrisMeasures morris_measures(std::span<const double> y, std::span<const double> x, std::size_t k, const Bootstrap& options) {
  std::vector<std::vector<double>> effects(k);
  for (std::size_t from = 0; from + k + 1 <= y.size(); from += k + 1) {
    if (std::any_of(y.begin() + static_cast<std::ptrdiff_t>(from), y.begin() + static_cast<std::ptrdiff_t>(from + k + 1), [](double v) { return !std::isfinite(v); })) continue;
    for (std::size_t i = from; i < from + k; ++i)
      for (std::size_t f = 0; f < k; ++f)
        if (const double step = x[(i + 1) * k + f] - x[i * k + f]; step != 0) effects[f].push_back((y[i + 1] - y[i]) / step);
  }
  MorrisMeasures out;
  for (const std::vector<double>& e : effects) {
    std::vector<double> sizes;
    for (const double v : e) sizes.push_back(std::fabs(v));
    out.mean.push_back(mean(e));
    out.size.push_back(mean(sizes));
    out.deviation.push_back(standard_deviation(e));
    out.size_in.push_back(bootstrap_mean(sizes, options));
  }
  return out;
}

std::vector<double> shapley(std::span<const double> value, std::size_t k) {
  // weight[s]: s! (k - s - 1)! / k!, by the size of the set that a factor joins.
  std::vector<double> weight(k);
  for (std::size_t s = 0; s < k; ++s) {
    double choose = 1;  // k - 1 over s
    for (std::size_t i = 1; i <= s; ++i) choose = choose * static_cast<double>(k - i) / static_cast<double>(i);
    weight[s] = 1 / (static_cast<double>(k) * choose);
  }
  std::vector<double> share(k, 0.0);
  for (std::size_t set = 0; set < std::size_t{1} << k; ++set)
    for (std::size_t f = 0; f < k; ++f)
      if (!(set >> f & 1)) share[f] += weight[static_cast<std::size_t>(std::popcount(set))] * (value[set | std::size_t{1} << f] - value[set]);
  return share;
}

}  // namespace tantu
