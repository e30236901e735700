#include "sim/exchange_rates.hpp"

#include <algorithm>
#include <iterator>

namespace tantu {

namespace {
double on(const ExchangeRates::Pair& pair, Day day) {
  const auto after = std::upper_bound(pair.path.begin(), pair.path.end(), day, [](Day d, const auto& step) { return d < step.first; });
  return (after == pair.path.begin() ? after : std::prev(after))->second;
}
}  // namespace

std::optional<double> ExchangeRates::search(std::string_view of, std::string_view in, Day day, std::size_t came_by) const {
  if (of == in) return 1.0;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (i == came_by) continue;
    const Pair& pair = pairs_[i];
    if (pair.of == of) {
      if (const auto rest = search(pair.in, in, day, i)) return on(pair, day) * *rest;
    } else if (pair.in == of) {
      if (const auto rest = search(pair.of, in, day, i)) return *rest / on(pair, day);
    }
  }
  return std::nullopt;
}

std::optional<double> ExchangeRates::rate(std::string_view of, std::string_view in, Day day) const { return search(of, in, day, pairs_.size()); }

}  // namespace tantu
