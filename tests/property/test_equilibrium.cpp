// The conditions of the competitive path on random markets (Rubin 1996, Schennach 2000): at the first price
// some stretch of years that begins today just clears and none falls short; within the stretch the price
// grows at the rate of interest; after it no faster. Tighter supply never lowers the price.
#include "sim/equilibrium.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tantu {
namespace {

constexpr double highest = 30'000;

struct Market {
  std::vector<Bucket> years;
  double bank = 0, rate = 0, slope = 0;
  AggregateCurve curve;
  RollingPrice price() const { return first_price(years, bank, rate, highest, curve); }
  /// What is left at the end of each year if the price starts at p and grows at the rate.
  std::vector<double> balance(double p) const {
    std::vector<double> left;
    double b = bank;
    for (const Bucket& y : years) {
      b += y.supply - y.need + std::min(y.need, y.years * y.scale * curve.at(std::log(p) + y.middle * std::log(1 + rate), y.start));
      left.push_back(b);
    }
    return left;
  }
};

Market any_market(int least_years = 1) {
  const auto whole = [](int least, int most) { return static_cast<double>(*rc::gen::inRange(least, most)); };
  Market m;
  m.slope = whole(1, 100) / 100;
  m.rate = whole(0, 12) / 100;
  m.bank = whole(-300, 2000);
  const int n = *rc::gen::inRange(least_years, 9);
  for (int k = 0; k < n; ++k)
    m.years.push_back({static_cast<double>(k), static_cast<double>(k), 1, 1000, whole(500, 1200), 1});
  m.curve.add_smooth([&](double p) { return p / m.slope; });
  m.curve.finish();
  return m;
}

RC_GTEST_PROP(EquilibriumProperty, AStretchClearsAndNoneFallsShort, ()) {
  const Market m = any_market();
  const RollingPrice first = m.price();
  RC_PRE(!first.choked);
  if (first.price == 0) {
    // The lowest price of the grid abates 0.01 / slope a year, at most 1 t.
    for (const double left : m.balance(AggregateCurve::lowest)) RC_ASSERT(left >= -1e-6);
    return;
  }
  RC_PRE(first.price > 2 * AggregateCurve::lowest);
  const std::vector<double> left = m.balance(first.price);
  RC_ASSERT(*std::min_element(left.begin(), left.end()) >= -1e-6);
  RC_ASSERT(*std::min_element(left.begin(), left.end()) <= 1e-3);
}

RC_GTEST_PROP(EquilibriumProperty, AfterAStretchThePriceRisesNoFasterThanInterest, ()) {
  Market m = any_market();
  const RollingPrice first = m.price();
  RC_PRE(!first.choked && first.price > 2 * AggregateCurve::lowest);
  const std::vector<double> left = m.balance(first.price);
  const auto last = static_cast<std::size_t>(std::min_element(left.begin(), left.end()) - left.begin());
  Market rest = m;
  rest.bank = 0;
  rest.years.assign(m.years.begin() + static_cast<std::ptrdiff_t>(last) + 1, m.years.end());
  for (std::size_t k = 0; k < rest.years.size(); ++k) rest.years[k].middle = rest.years[k].start = static_cast<double>(k);
  const double grown = first.price * std::pow(1 + m.rate, static_cast<double>(last) + 1);
  RC_ASSERT(rest.price().price <= grown * (1 + 1e-3));
}

RC_GTEST_PROP(EquilibriumProperty, WhileTheBankIsPositiveThePriceGrowsAtTheRate, ()) {
  // Seen a year later, with the bank of then, a price inside the stretch has grown by the rate.
  // A rich first year before poor ones.
  Market m = any_market(3);
  m.bank = std::fabs(m.bank) / 4;
  m.years[0].supply = 1100;
  for (std::size_t k = 1; k < m.years.size(); ++k) m.years[k].supply = std::min(m.years[k].supply, 800.0);
  const RollingPrice first = m.price();
  RC_PRE(!first.choked && first.price > 2 * AggregateCurve::lowest);
  const std::vector<double> left = m.balance(first.price);
  RC_PRE(left[0] > 1);
  Market later = m;
  later.bank = left[0];
  later.years.assign(m.years.begin() + 1, m.years.end());
  for (std::size_t k = 0; k < later.years.size(); ++k) later.years[k].middle = later.years[k].start = static_cast<double>(k);
  RC_ASSERT(std::fabs(later.price().price / (first.price * (1 + m.rate)) - 1) < 1e-6);
}

RC_GTEST_PROP(EquilibriumProperty, TighterSupplyNeverLowersThePrice, ()) {
  const Market m = any_market();
  Market tighter = m;
  tighter.years[*rc::gen::inRange<std::size_t>(0, m.years.size())].supply -= *rc::gen::inRange(1, 400);
  RC_ASSERT(tighter.price().price >= m.price().price * (1 - 1e-9));
  Market poorer = m;
  poorer.bank -= *rc::gen::inRange(1, 400);
  RC_ASSERT(poorer.price().price >= m.price().price * (1 - 1e-9));
  // In a single year that is short it raises it.
  Market one = m;
  one.years.resize(1);
  const double before = one.price().price;
  RC_PRE(before > 2 * AggregateCurve::lowest && !one.price().choked);
  one.years[0].supply -= 10;
  RC_ASSERT(one.price().price > before);
}

RC_GTEST_PROP(EquilibriumProperty, AgreesWithTheClosedFormOfALinearCurve, ()) {
  const Market m = any_market();
  double want = 0, missing = -m.bank, growth = 0;
  for (std::size_t s = 0; s < m.years.size(); ++s) {
    missing += m.years[s].need - m.years[s].supply;
    growth += std::pow(1 + m.rate, static_cast<double>(s));
    want = std::max(want, m.slope * missing / growth);
  }
  RC_PRE(want > 0.05);
  RC_PRE(want * std::pow(1 + m.rate, static_cast<double>(m.years.size())) <= m.slope * 1000);
  RC_ASSERT(std::fabs(m.price().price / want - 1) < 1e-4);
}

}  // namespace
}  // namespace tantu
