#include "sim/outlook.hpp"

#include <algorithm>

#include "sim/elementary.hpp"

namespace tantu {

double path_at(const std::vector<double>& path, int index) {
  return path[static_cast<std::size_t>(std::clamp(index, 0, static_cast<int>(path.size()) - 1))];
}

double elapsed_share(Day today, int year) {
  return std::min(1.0, static_cast<double>(today - first_day_of(year) + 1) / days_in_year(year));
}

double expected_allocation_factor(const Sector& sector, int first_year, int year, int known_year, double cut) {
  if (year <= known_year) return 1;
  const std::vector<double>& path = sector.intensity_path;
  return elementary::power(1 - cut, year - known_year) * path_at(path, year - first_year) / path_at(path, known_year - first_year);
}

bool takes_part(const Market& market, const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, Day today) {
  return firms.covered[row] || traits.moves_away(row) || !traits.is_open(row, today) || !market.covers(traits.sectors[traits.sector[row]], today);
}

double covered_share(const Market& market, const Sector& sector, Day first) {
  const Day end = first_day_of(year_of(first) + 1);
  const bool before = market.covers(sector, first), after = market.covers(sector, end - 1);
  if (before == after) return before ? 1 : 0;
  int days = 0;
  for (Day day = first; day < end; day = day + 1) days += market.covers(sector, day);
  return static_cast<double>(days) / static_cast<double>(end - first);
}

int first_unsettled_year(const MarketRules& rules, Day today) {
  for (const ComplianceCycle& cycle : rules.cycles)
    if (today <= cycle.deadline) return cycle.settles_from();
  return rules.cycles.empty() ? year_of(today) : rules.cycles.back().last_year + 1;
}

ExpectedYear expected_year(const Market& market, const FirmTraits& traits, int first_year, int year, int known_year, double cut,
                           std::span<const double> activity) {
  const Rows rows = market.rules().rows;
  const std::uint32_t n = rows.size();
  std::vector<double> emissions(n), allocation(n), obligation(n);
  for (std::uint32_t i = 0; i < n; ++i) {
    const Sector& sector = traits.sectors[traits.sector[rows.first + i]];
    emissions[i] = activity[i] * traits.emissions[rows.first + i] * path_at(sector.intensity_path, year - first_year);
  }
  market.allocate(traits, rows, std::min(year, known_year), activity.data(), allocation.data());
  if (year > known_year)
    for (const Sector& sector : traits.sectors) {
      if (sector.rows.first < rows.first || sector.rows.last > rows.last) continue;
      const double factor = expected_allocation_factor(sector, first_year, year, known_year, cut);
      for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) allocation[row - rows.first] *= factor;
    }
  market.oblige(traits, rows, std::min(year, known_year), emissions.data(), allocation.data(), obligation.data());
  ExpectedYear e;
  for (const Sector& sector : traits.sectors) {
    if (sector.rows.first < rows.first || sector.rows.last > rows.last) continue;
    ExpectedYear of;
    for (std::uint32_t i = sector.rows.first - rows.first; i < sector.rows.last - rows.first; ++i) {
      of.need += obligation[i];
      of.supply += allocation[i];
      of.emissions += emissions[i];
      of.gap += std::max(0.0, obligation[i] - allocation[i]);
    }
    if (of.need <= 0) continue;
    e.need += of.need;
    e.supply += of.supply;
    e.emissions += of.emissions;
    e.gap += of.gap;
  }
  return e;
}

double due_later(const MarketRules& rules, int year, const std::vector<std::pair<int, double>>& owed) {
  double later = 0;
  for (const auto& [of, tonnes] : owed) {
    double open = 1;  // of the year's obligation, after the deadlines that settle years up to `year`
    for (const ComplianceCycle& cycle : rules.cycles)
      if (cycle.last_year <= year && cycle.settles_from() <= of && of <= cycle.last_year) open = cycle.share < 1 && of >= cycle.first_year ? std::min(open, 1 - cycle.share) : 0;
    const bool settled_later = std::any_of(rules.cycles.begin(), rules.cycles.end(), [&, of = of](const ComplianceCycle& c) { return c.last_year > year && c.settles_from() <= of && of <= c.last_year; });
    if (settled_later) later += open * tonnes;
  }
  return later;
}

}  // namespace tantu
