// What money and tonnes of a results file are counted in. Markets may have currencies, units and price steps of their
// own; a file has one set of datasets for all of them:
//
// - units: the currency where there is one, else "currency" with an attribute that names each market's; tonnes
//   likewise ("t", "short_ton", else "unit");
// - integers of money: in the finest step of which every market's price step is a multiple, which is the scale factor.
// Verified by tests/unit/test_several_markets.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "results/dataset.hpp"
#include "sim/simulation.hpp"

namespace tantu {

class Denomination {
 public:
  explicit Denomination(const Simulation& simulation);

  const std::string& currency() const { return currency_; }
  /// The scale factor of integers of money.
  double scale() const { return scale_; }
  /// By which a market's ticks of account are multiplied to be in steps of `scale`.
  std::int64_t steps(std::size_t market) const { return steps_[market]; }
  /// Of a unit written with "currency" and "t", e.g. "currency t-1".
  Meaning meaning(std::string_view unit, std::string_view long_name) const;
  /// The same of integers of money.
  Meaning money(std::string_view unit, std::string_view long_name) const;

 private:
  std::string currency_, tonne_;
  std::string currencies_, tonnes_;  ///< by market; empty where there is one for all
  double scale_ = 0.01;
  std::vector<std::int64_t> steps_;
};

}  // namespace tantu
