// Exchange rates between currencies, by date. A pair has a path of steps: each rate holds from its day until the
// next, the first one also before its day. Rates of other pairs follow through the pairs that connect them; pairs
// that close a circle would say the same thing twice and are refused where scenarios are read.
// Verified by tests/unit/test_exchange_rates.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/date.hpp"

namespace tantu {

class ExchangeRates {
 public:
  /// What one unit of currency `of` costs in currency `in`.
  struct Pair {
    std::string of, in;
    std::vector<std::pair<Day, double>> path;  ///< ascending days, rates above 0; not empty
  };

  ExchangeRates() = default;
  /// Requires pairs without circles.
  explicit ExchangeRates(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {}

  /// Units of `in` for one of `of` on a day; 1 for the same currency, none where no pairs connect them.
  std::optional<double> rate(std::string_view of, std::string_view in, Day day) const;
  bool connects(std::string_view of, std::string_view in) const { return rate(of, in, Day{0}).has_value(); }

 private:
  std::optional<double> search(std::string_view of, std::string_view in, Day day, std::size_t came_by) const;
  std::vector<Pair> pairs_;
};

}  // namespace tantu
