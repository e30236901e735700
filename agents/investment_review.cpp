#include "agents/investment_review.hpp"

#include <algorithm>
#include <limits>

#include "sim/operation.hpp"

namespace tantu {

namespace {
__extension__ typedef unsigned __int128 Wide;
}

void InvestmentReview::hold(const StrategyView& view, const DayFacts& facts, Rows block, FirmStore& own) const {
  const FirmTraits& traits = view.traits;
  const auto period = static_cast<std::uint32_t>(parameters_.review_days);
  // The rest of a division by the period, exact for 32 bits and faster than dividing (Lemire, Kaser and Kurz 2019, Software: Practice
  // and Experience 49:953).
  const std::uint64_t inverse = std::numeric_limits<std::uint64_t>::max() / period + 1;
  const auto turn_of = [&](std::uint32_t entity) { return static_cast<std::uint32_t>(static_cast<Wide>(inverse * entity) * period >> 64); };
  for (Day day = std::max(view.yesterday + 1, view.today - static_cast<int>(period) + 1); day <= view.today; day = day + 1) {
    const auto turn = static_cast<std::uint32_t>(day.number) % period;
    for (std::uint32_t row = block.first; row < block.last; ++row)
      if (turn_of(traits.entity[row]) == turn) review(view, facts, row, own);
  }
}

void InvestmentReview::review(const StrategyView& view, const DayFacts& facts, std::uint32_t row, FirmStore& own) const {
  const FirmTraits& traits = view.traits;
  const Sector& sector = traits.sectors[traits.sector[row]];
  const double tax = view.market.tax(sector, view.today);
  if ((!own.covered[row] && tax <= 0) || traits.closing[row] <= view.today) return;
  const Technology& technology = sector.technology;
  const double value = own.covered[row] ? model_.value_of(facts, traits.fundamental_weight[row], traits.opinion[row], traits.trend_weight[row], own.value_noise[row]) : 0;
  const double outlook = parameters_.price_outlook * value + tax;
  const int year = year_of(view.today);
  for (std::uint32_t j = 0; j < technology.measures.size(); ++j) {
    const Measure& m = technology.measures[j];
    const std::uint32_t at = traits.measure_index(row, j);
    if (m.kind != MeasureKind::investment || own.measure[at] != MeasureState::available) continue;
    if (outlook < measure_cost(traits, own, row, j, year) * (1 + parameters_.hurdle)) continue;
    if (!m.route.empty() && taken(traits, own, technology, row, j, outlook, year)) continue;
    own.measure[at] = MeasureState::pipeline;
    own.measure_effective[at] = view.today + std::max(1, static_cast<int>(m.lead_time_years * 365.25));
    own.changes_on[row] = std::min(own.changes_on[row], own.measure_effective[at]);
  }
}

bool InvestmentReview::taken(const FirmTraits& traits, const FirmStore& own, const Technology& technology, std::uint32_t row, std::uint32_t j,
           double outlook, int year) const {
  const auto gain = [&](std::uint32_t k) {
    const double cost = measure_cost(traits, own, row, k, year);
    return outlook < cost * (1 + parameters_.hurdle) ? 0 : technology.measures[k].potential * (outlook - cost);
  };
  for (std::uint32_t k = 0; k < technology.measures.size(); ++k) {
    if (k == j || technology.measures[k].route != technology.measures[j].route) continue;
    const MeasureState state = own.measure[traits.measure_index(row, k)];
    if (state == MeasureState::pipeline || state == MeasureState::effective) return true;
    if (state == MeasureState::available && (gain(k) > gain(j) || (gain(k) == gain(j) && k < j))) return true;
  }
  return false;
}

}  // namespace tantu
