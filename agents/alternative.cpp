#include "agents/alternative.hpp"

#include <algorithm>

#include "sim/operation.hpp"

namespace tantu {

double own_abatement_price(const StrategyView& view, const DayFacts& facts, std::uint32_t row, double need, double most) {
  const FirmTraits& traits = view.traits;
  const FirmStore& firms = view.firms;
  const int year = year_of(view.today);
  const double ahead = planned_emissions(traits, firms, row, year) * (1 - elapsed_share(view.today, year));
  const double done = firms.abated_share[row];
  if (ahead * (1 - done) < need) return most;
  const auto at = [&](double price) { return abatement_at(traits, firms, row, price, year); };
  const auto covers = [&](const AbatementAt& a) { return ahead * (a.share - done) >= need; };
  if (!covers(at(most))) return most;
  // From step to step; where the curve is smooth every price is one: there by halves.
  double low = facts.price;
  for (;;) {
    const AbatementAt a = at(low);
    if (covers(a)) return low;
    if (a.high >= most || a.high <= low + 0.5 * facts.tick) break;
    low = a.high;
  }
  double high = most;
  for (int i = 0; i < 16 && high - low > facts.tick; ++i) {
    const double middle = 0.5 * (low + high);
    (covers(at(middle)) ? high : low) = middle;
  }
  return high;
}

double or_own_abatement(const StrategyView& view, const DayFacts& facts, std::uint32_t row, double need, double lacking, double out) {
  // Until the year is over: afterwards nothing that is abated counts for it.
  const int year = year_of(view.today);
  const bool still_counts = facts.running ? lacking <= 0 : facts.tau >= 0 && facts.first_year <= year && year <= facts.cycle_last_year;
  if (!still_counts || out <= facts.price) return out;
  // The need is that of the days gone by; what is abated from now on has to make up for those to come as well.
  const int years = std::max(0, year - facts.first_year);
  const double gone = years + elapsed_share(view.today, year);
  if (gone <= 0) return out;
  return std::max(facts.tick, own_abatement_price(view, facts, row, need * (years + 1) / gone, out));
}

}  // namespace tantu
