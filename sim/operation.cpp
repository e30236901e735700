#include "sim/operation.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "sim/elementary.hpp"
#include "sim/outlook.hpp"
#include "sim/vectorised.hpp"

namespace tantu {

namespace {

constexpr double far = std::numeric_limits<double>::infinity();

double season(const Sector& s, int day_of_year, int days) {
  constexpr double two_pi = 6.283185307179586;
  // cos by the half-angle identity would need more functions of our own; a short Fourier pair is enough,
  // and a Taylor cosine after range reduction is exact to 1e-12 here.
  const auto cosine = [](double turns) {
    turns -= static_cast<double>(static_cast<long long>(turns));
    if (turns < 0) turns += 1;
    const bool mirrored = turns > 0.5;
    double x = two_pi * (mirrored ? 1 - turns : turns);
    const bool negated = x > two_pi / 4;
    if (negated) x = two_pi / 2 - x;
    const double q = x * x;
    const double c = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90 * (1 - q / 132 * (1 - q / 182))))));
    return negated ? -c : c;
  };
  const double d = static_cast<double>(day_of_year), n = static_cast<double>(days);
  return 1 + s.yearly_amplitude * cosine((d - s.yearly_peak_day) / n) +
         s.half_yearly_amplitude * cosine(2 * (d - s.half_yearly_peak_day) / n);
}

/// A stretch of days within one year, with the share of a year's activity that falls into it.
struct Segment {
  int year = 0;
  double weight = 0;
};

/// (last, today] by years; at most two where called daily, more for the history.
template <class Use>
void for_each_segment(const Sector& sector, int first_year, Day last, Day today, Use use) {
  Day d = last + 1;
  while (d <= today) {
    const int year = year_of(d);
    const Day start = first_day_of(year), end = std::min(today, first_day_of(year + 1) - 1);
    const int days = days_in_year(year);
    double sum = 0;
    for (; d <= end; d = d + 1) sum += season(sector, d - start, days);
    use(Segment{year, sector.activity_path[static_cast<std::size_t>(year - first_year)] * sum / days});
  }
}

}  // namespace

double measure_cost(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, std::uint32_t j, int year) {
  const std::uint16_t s = traits.sector[row];
  const Measure& m = traits.sectors[s].technology.measures[j];
  double cost = traits.measure_cost[traits.measure_index(row, j)] * firms.cost_scale[s];
  if (m.learning > 0) cost *= elementary::pow(1 - m.learning, year - firms.first_year);
  return cost;
}

AbatementAt abatement_at(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, double price, int year,
                         std::span<double> parts) {
  const std::uint16_t s = traits.sector[row];
  const Sector& sector = traits.sectors[s];
  const auto count = static_cast<std::uint32_t>(sector.technology.measures.size());
  AbatementAt a;
  a.low = -far;
  a.high = far;
  double left = 1;
  std::fill(parts.begin(), parts.end(), 0.0);
  const auto apply = [&](std::uint32_t j, double cost) {
    const double part = left * sector.technology.measures[j].potential;
    if (!parts.empty()) parts[j] = part;
    a.rate += part * cost;
    left -= part;
  };
  // What has been built works first; then what pays today, cheapest first.
  for (std::uint32_t j = 0; j < count; ++j)
    if (firms.measure[traits.measure_index(row, j)] == MeasureState::effective)
      apply(j, measure_cost(traits, firms, row, j, year));
  struct Paying { double cost; std::uint32_t j; };
  std::array<Paying, most_measures> paying;
  std::size_t n = 0;
  for (std::uint32_t j = 0; j < count; ++j) {
    if (sector.technology.measures[j].kind != MeasureKind::operational) continue;
    // What is installed has been counted above; what is exhausted is part of the baseline.
    if (firms.measure[traits.measure_index(row, j)] != MeasureState::available) continue;
    const double cost = measure_cost(traits, firms, row, j, year);
    if (cost > price) {
      a.high = std::min(a.high, cost);
      continue;
    }
    a.low = std::max(a.low, cost);
    std::size_t at = n++;
    for (; at > 0 && paying[at - 1].cost > cost; --at) paying[at] = paying[at - 1];
    paying[at] = {cost, j};
  }
  for (std::size_t i = 0; i < n; ++i) apply(paying[i].j, paying[i].cost);
  if (sector.technology.curve.shape != CurveShape::none) {
    const double scale = firms.cost_scale[s] * traits.curve_scale[row];
    const double share = sector.technology.curve.share_at(price, scale);
    a.rate += left * sector.technology.curve.cost_of(share, scale);
    left *= 1 - share;
    a.low = price;
    a.high = price + 1e-9;
  }
  a.share = 1 - left;
  return a;
}

void update_abatement(const FirmTraits& traits, FirmStore& firms, std::uint32_t row, double price, Day today) {
  const std::uint32_t first = traits.measure_index(row, 0);
  const auto count = static_cast<std::uint32_t>(traits.sectors[traits.sector[row]].technology.measures.size());
  Day next = never;
  for (std::uint32_t j = first; j < first + count; ++j) {
    if (firms.measure[j] == MeasureState::effective && firms.measure_effective[j] != never) {
      // What is worn out can be built again.
      const double lifetime = traits.sectors[traits.sector[row]].technology.measures[j - first].lifetime_years;
      const Day end = firms.measure_effective[j] + static_cast<int>(std::min(lifetime, 1000.0) * 365.25);
      if (end <= today) {
        firms.measure[j] = MeasureState::available;
        firms.measure_effective[j] = never;
      } else {
        next = std::min(next, end);
      }
      continue;
    }
    if (firms.measure[j] != MeasureState::pipeline) continue;
    if (firms.measure_effective[j] <= today) {
      firms.measure[j] = MeasureState::effective;
      next = std::min(next, firms.measure_effective[j] + static_cast<int>(std::min(traits.sectors[traits.sector[row]].technology.measures[j - first].lifetime_years, 1000.0) * 365.25));
    } else next = std::min(next, firms.measure_effective[j]);
  }
  const AbatementAt a = abatement_at(traits, firms, row, price, year_of(today), std::span(firms.active_share).subspan(first, count));
  firms.abated_share[row] = a.share;
  firms.abatement_rate[row] = a.rate;
  firms.price_low[row] = a.low;
  firms.price_high[row] = a.high;
  firms.changes_on[row] = next;
}

void start_operation(const FirmTraits& traits, FirmStore& firms, const ShockRules& rules, RandomKey key, Day first) {
  for (std::uint32_t i = 0; i < traits.size(); ++i)
    firms.shock[i] = rules.firm_spread * draw(key, Stream::firm_shock, traits.entity[i], first.number).normal(0);
  for (std::size_t s = 0; s < traits.sectors.size(); ++s)
    firms.sector_shock[s] = rules.sector_spread * draw(key, Stream::sector_shock, traits.sectors[s].entity, first.number).normal(0);
}

void operate_sectors(const FirmTraits& traits, FirmStore& firms, const ShockRules& rules, RandomKey key, Day last, Day today) {
  const double keep = elementary::pow(rules.persistence, (today - last) / 7.0);
  const double fresh = rules.sector_spread * elementary::sqrt(1 - keep * keep);
  for (std::size_t s = 0; s < traits.sectors.size(); ++s)
    firms.sector_shock[s] = keep * firms.sector_shock[s] +
        fresh * draw(key, Stream::sector_shock, traits.sectors[s].entity, today.number).normal(0);
}

namespace {
/// Tonnes of one index-year of output without abatement.
double tonnes_per_activity(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, int year) {
  return traits.emissions[row] * traits.sectors[traits.sector[row]].intensity_path[static_cast<std::size_t>(year - firms.first_year)];
}
}  // namespace

void settle_abatement(const FirmTraits& traits, FirmStore& firms, std::uint32_t row, int year) {
  FirmYear& y = firms.year(year);
  const double activity = y.activity[row] - firms.activity_at_change[row];
  firms.activity_at_change[row] = y.activity[row];
  if (activity <= 0) return;
  const double tonnes = activity * tonnes_per_activity(traits, firms, row, year);
  y.emissions[row] += tonnes * (1 - firms.abated_share[row]);
  y.abatement_cost[row] += tonnes * firms.abatement_rate[row];
  if (firms.abated_share[row] <= 0) return;
  const std::uint32_t first = traits.measure_index(row, 0);
  for (std::uint32_t j = first; j < first + traits.sectors[traits.sector[row]].technology.measures.size(); ++j)
    firms.abated_by_firm[j] += tonnes * firms.active_share[j];
}

void emissions_to_date(const FirmTraits& traits, const FirmStore& firms, Rows rows, int year, double* emissions) {
  const FirmYear& y = firms.year(year);
  std::copy_n(y.emissions.begin() + rows.first, rows.size(), emissions);
  if (year != firms.running_year) return;
  // What has not been booked yet, by sectors.
  for (std::uint32_t row = rows.first; row < rows.last;) {
    const Sector& sector = traits.sectors[traits.sector[row]];
    const double intensity = sector.intensity_path[static_cast<std::size_t>(year - firms.first_year)];
    for (const std::uint32_t end = std::min(rows.last, sector.rows.last); row < end; ++row)
      emissions[row - rows.first] += (y.activity[row] - firms.activity_at_change[row]) * (1 - firms.abated_share[row]) * (traits.emissions[row] * intensity);
  }
}

double emissions_to_date(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, int year) {
  double emissions = 0;
  emissions_to_date(traits, firms, {row, row + 1}, year, &emissions);
  return emissions;
}

double planned_emissions(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, int year) {
  const Sector& sector = traits.sectors[traits.sector[row]];
  const int index = year - firms.first_year;
  return path_at(sector.activity_path, index) * firms.output_factor[row] * traits.emissions[row] * path_at(sector.intensity_path, index);
}

double baseline_to_date(const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, int year) {
  return firms.year(year).activity[row] * tonnes_per_activity(traits, firms, row, year);
}

namespace {
/// Shocks a step on, and the factors that they are to output: `level` holds normals before.
TANTU_VECTORISED
void move_shocks(std::size_t firms, double keep, double fresh, double centre, double* __restrict shock, double* __restrict level) {
  for (std::size_t i = 0; i < firms; ++i) {
    shock[i] = keep * shock[i] + fresh * level[i];
    level[i] = elementary::exp(shock[i] + centre);
  }
}
/// How many of `firms` abate otherwise at `price` on `today` than they have.
TANTU_VECTORISED
int count_changes(std::size_t firms, double price, std::int32_t today, const double* __restrict low, const double* __restrict high, const Day* __restrict changes_on) {
  int stay = 0;
  for (std::size_t i = 0; i < firms; ++i) stay += (price >= low[i]) & (price < high[i]) & (today < changes_on[i].number);
  return static_cast<int>(firms) - stay;
}
}  // namespace

void operate(const FirmTraits& traits, FirmStore& firms, const ShockRules& rules, RandomKey key, Rows block, Day last,
             Day today, double price, const DayAhead* ahead) {
  const std::uint16_t s = traits.sector[block.first];
  const Sector& sector = traits.sectors[s];
  const double keep = elementary::pow(rules.persistence, (today - last) / 7.0);
  const double fresh = rules.firm_spread * elementary::sqrt(1 - keep * keep);
  const double centre = firms.sector_shock[s] - 0.5 * (rules.sector_spread * rules.sector_spread + rules.firm_spread * rules.firm_spread);

  // Abatement follows yesterday's price; few firms change on any day.
  const int year_now = year_of(today);
  const bool new_year = year_of(last) != year_now;
  const bool has_old_year = year_of(last) >= firms.first_year;
  const bool all_stay = !new_year && count_changes(block.size(), price, today.number, &firms.price_low[block.first], &firms.price_high[block.first], &firms.changes_on[block.first]) == 0;
  for (std::uint32_t i = block.first; i < block.last && !all_stay; ++i) {
    if (price >= firms.price_low[i] && price < firms.price_high[i] && today < firms.changes_on[i] && !new_year) continue;
    if (has_old_year) settle_abatement(traits, firms, i, year_of(last));
    update_abatement(traits, firms, i, price, today);
  }

  constexpr std::uint32_t chunk = 256;
  std::array<double, chunk> level;
  for (std::uint32_t at = block.first; at < block.last; at += chunk) {
    const std::uint32_t n = std::min(chunk, block.last - at);
    const DrawnDay drawn{&firms.arrival_word[at], level.data()};
    if (!ahead || !ahead->give({at, at + n}, today, drawn)) draw_day(traits, key, {at, at + n}, today, drawn);
    move_shocks(n, keep, fresh, centre, &firms.shock[at], level.data());
    for (std::uint32_t i = 0; i < n; ++i)
      if (traits.closing[at + i] <= today) level[i] = 0;
    if (!traits.opening.empty())
      for (std::uint32_t i = 0; i < n; ++i)
        if (traits.opening[at + i] > today) level[i] = 0;
    if (firms.output_reacts)
      for (std::uint32_t i = 0; i < n; ++i) level[i] *= firms.output_factor[at + i];
    for_each_segment(sector, firms.first_year, last, today, [&](const Segment& segment) {
      double* activity = firms.year(segment.year).activity.data() + at;
      for (std::uint32_t i = 0; i < n; ++i) activity[i] += segment.weight * level[i];
    });
  }
  // The tail of the old year belongs to it; the caller collects it before the next change (collect_measures).
  if (new_year)
    for (std::uint32_t i = block.first; i < block.last; ++i) {
      if (has_old_year) settle_abatement(traits, firms, i, year_of(last));
      firms.activity_at_change[i] = 0;
    }
}

void collect_measures(const FirmTraits& traits, FirmStore& firms, int year) {
  std::vector<double>& totals = firms.abated_by_measure[static_cast<std::size_t>(year - firms.first_year)];
  std::size_t at = 0;
  for (const Sector& sector : traits.sectors) {
    const std::size_t count = sector.technology.measures.size();
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row)
      for (std::uint32_t j = 0; j < count; ++j) {
        double& tonnes = firms.abated_by_firm[traits.measure_index(row, j)];
        totals[at + j] += tonnes;
        tonnes = 0;
      }
    at += count;
  }
}

}  // namespace tantu
