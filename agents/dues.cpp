#include "agents/dues.hpp"

#include <algorithm>
#include <array>

#include "agents/position.hpp"
#include "sim/operation.hpp"
#include "sim/outlook.hpp"

namespace tantu {

namespace {

/// Calls `use` with zeros for `columns` numbers a row: in place for the one row that is asked for where few are.
template <std::size_t columns, class Use>
void with_scratch(Rows rows, Use use) {
  if (rows.size() == 1) {
    std::array<double, columns> scratch{};
    use(scratch.data());
  } else {
    std::vector<double> scratch(columns * rows.size());
    use(scratch.data());
  }
}

}  // namespace

void dues_to_date(const StrategyView& view, const DayFacts& facts, Rows rows, int year, double* allocation, double* obligation) {
  const FirmTraits& traits = view.traits;
  const FirmYear& of = view.firms.year(year);
  const int rules_of = std::min(year, facts.known_year);
  const std::uint32_t n = rows.size();
  // A year's allocation counts as the year passes, whether it follows output or not.
  const double elapsed = elapsed_share(view.today, year);
  with_scratch<2>(rows, [&](double* activity) {
    double* emissions = activity + n;
    for (std::uint32_t i = 0; i < n; ++i) activity[i] = of.activity[rows.first + i] / elapsed;
    emissions_to_date(traits, view.firms, rows, year, emissions);
    for (std::uint32_t i = 0; i < n && of.verified.is_stored(); ++i)
      if (of.verified[rows.first + i] >= Tonnes{}) emissions[i] = static_cast<double>(of.verified[rows.first + i].count);
    view.market.allocate(traits, rows, rules_of, activity, allocation);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t row = rows.first + i;
      allocation[i] *= year <= facts.known_year ? elapsed
          : elapsed * expected_allocation_factor(traits.sectors[traits.sector[row]], view.firms.first_year, year, facts.known_year, traits.cut[row]);
    }
    view.market.oblige(traits, rows, rules_of, emissions, allocation, obligation);
  });
  for (std::uint32_t i = 0; i < n && of.obligation.is_stored(); ++i) {
    const std::uint32_t row = rows.first + i;
    if (of.obligation[row] < Tonnes{}) continue;
    allocation[i] = static_cast<double>(of.entitled[row].count);
    obligation[i] = static_cast<double>(of.obligation[row].count);
  }
}

void expected_gaps(const StrategyView& view, Rows rows, int year, int known_year, double* gap) {
  const FirmTraits& traits = view.traits;
  const int index = year - view.firms.first_year, rules_of = std::min(year, known_year);
  const std::uint32_t n = rows.size();
  with_scratch<4>(rows, [&](double* activity) {
    double *emissions = activity + n, *allocation = activity + 2 * n, *obligation = activity + 3 * n;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t row = rows.first + i;
      const Sector& sector = traits.sectors[traits.sector[row]];
      activity[i] = path_at(sector.activity_path, index) * view.firms.output_factor[row];
      emissions[i] = planned_emissions(traits, view.firms, row, year) * (1 - view.firms.abated_share[row]);
    }
    view.market.allocate(traits, rows, rules_of, activity, allocation);
    for (std::uint32_t i = 0; i < n && year > known_year; ++i) {
      const std::uint32_t row = rows.first + i;
      allocation[i] *= expected_allocation_factor(traits.sectors[traits.sector[row]], view.firms.first_year, year, known_year, traits.cut[row]);
    }
    view.market.oblige(traits, rows, rules_of, emissions, allocation, obligation);
    for (std::uint32_t i = 0; i < n; ++i) gap[i] = obligation[i] - allocation[i];
  });
}

double expected_gap(const StrategyView& view, std::uint32_t row, int year, int known_year) {
  double gap = 0;
  expected_gaps(view, {row, row + 1}, year, known_year, &gap);
  return gap;
}

BlockDues::BlockDues(const StrategyView& view, const DayFacts& facts, const PositionParameters& position, Rows block) : block_(block) {
  first_year_ = facts.open_from;
  const std::size_t n = block.size();
  const auto years = static_cast<std::size_t>(std::max(0, facts.open_until - facts.open_from + 1));
  allocation_.resize(years * n);
  obligation_.resize(years * n);
  for (std::size_t k = 0; k < years; ++k)
    dues_to_date(view, facts, block, facts.open_from + static_cast<int>(k), &allocation_[k * n], &obligation_[k * n]);
  gap_.resize(position.hedge_ahead.size() * n);
  for (std::size_t k = 0; k < position.hedge_ahead.size(); ++k)
    expected_gaps(view, block, facts.hedged_from + static_cast<int>(k), facts.known_year, &gap_[k * n]);
}

}  // namespace tantu
