#include "results/year_totals.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace tantu {

FirmYearRow firm_year(const Simulation& simulation, std::uint32_t row, int year) {
  const FirmYear& y = simulation.firms().year(year);
  FirmYearRow r;
  if (!simulation.setup().traits.is_member(row, year)) return r;
  r.activity = y.activity[row];
  r.baseline = baseline_to_date(simulation.setup().traits, simulation.firms(), row, year);
  r.emissions = emissions_to_date(simulation.setup().traits, simulation.firms(), row, year);
  r.abatement_cost = y.abatement_cost[row];
  r.verified = y.verified[row];
  r.allocated = y.allocated[row];
  r.entitled = y.entitled[row];
  r.obligation = y.obligation[row];
  r.surrendered = y.surrendered[row];
  r.shortfall = y.shortfall[row];
  r.bought = y.bought[row];
  r.sold = y.sold[row];
  r.paid = y.paid[row];
  r.received = y.received[row];
  r.fined = y.fined[row];
  r.won = y.won[row];
  r.won_for = y.won_for[row];
  r.retired = y.retired[row];
  r.credits_paid = y.credits_paid[row];
  r.taxed = y.taxed[row];
  r.supported = y.supported[row];
  r.forgiven = y.forgiven[row];
  r.written_off = y.written_off[row];
  return r;
}

namespace {

void add_firms(const Simulation& simulation, Rows rows, YearTotals& t) {
  for (std::uint32_t row = rows.first; row < rows.last; ++row) {
    const FirmYearRow f = firm_year(simulation, row, t.year);
    t.activity += f.activity;
    t.baseline += f.baseline;
    t.emissions += f.emissions;
    t.abatement_cost += f.abatement_cost;
    if (f.verified >= Tonnes{}) { t.verified += f.verified; t.verified_known = true; }
    t.allocated += f.allocated;
    if (f.entitled >= Tonnes{}) t.entitled += f.entitled;
    if (f.obligation >= Tonnes{}) {
      t.obligation += f.obligation;
      t.obliged = true;
      if (f.obligation > Tonnes{}) ++t.firms_obliged;
      if (f.obligation > Tonnes{} && f.shortfall == Tonnes{}) ++t.firms_compliant;
    }
    t.surrendered += f.surrendered;
    t.shortfall += f.shortfall;
    t.bought += f.bought;
    t.sold += f.sold;
    t.paid += f.paid;
    t.received += f.received;
    t.fined += f.fined;
    t.won += f.won;
    t.won_for += f.won_for;
    t.retired += f.retired;
    t.credits_paid += f.credits_paid;
    t.taxed += f.taxed;
    t.supported += f.supported;
    t.forgiven += f.forgiven;
    t.written_off += f.written_off;
    t.output += f.activity * simulation.setup().traits.emissions[row];
    const FirmTraits& traits = simulation.setup().traits;
    for (std::uint32_t k = traits.first_installation[row]; k < traits.first_installation[row + 1]; ++k) t.units += f.activity * traits.installations[k].activity;
    t.baseline_emissions += simulation.setup().traits.emissions[row];
    const Day failed = simulation.firms().failed_on[row];
    if (failed != never && year_of(failed) == t.year) ++t.failures;
    const double tonnes = static_cast<double>((f.bought + f.sold).count);
    t.quality.squared_tonnes += tonnes * tonnes;
    t.quality.account_tonnes += tonnes;
    if (f.bought + f.sold > Tonnes{}) ++t.firms_traded;
    if (simulation.firms().covered[row]) ++t.firms;
  }
}

/// What was due and given at a deadline, over all years of its cycle.
void add_settlement(const Simulation& simulation, Rows rows, const ComplianceCycle& cycle, YearTotals& t) {
  t.settled = true;
  for (std::uint32_t row = rows.first; row < rows.last; ++row) {
    Tonnes due{}, missing{};
    // At the last deadline of a period all of it counts, what interim deadlines asked for included.
    for (int y = cycle.due_from(); y <= cycle.last_year; ++y) {
      const FirmYear& f = simulation.firms().year(y);
      const Tonnes owed = std::max(f.obligation[row], Tonnes{});
      due += cycle.share < 1 ? whole_tonnes(cycle.share * static_cast<double>(owed.count)) : owed;
      missing += cycle.share < 1 ? f.early_shortfall[row] : f.shortfall[row];
    }
    t.due += due;
    t.missing += missing;
    if (due > Tonnes{}) ++t.firms_due;
    if (due > Tonnes{} && missing == Tonnes{}) ++t.firms_in_full;
  }
}

}  // namespace

namespace {
void compare(const Efficiency& efficiency, Rows rows, YearTotals& t) {
  t.compared = t.year >= efficiency.first_year() && t.year <= efficiency.last_year();
  if (!t.compared) return;
  t.against = efficiency.total(rows, t.year);
  t.equilibrium_price = efficiency.path().price_of_year(t.year);
}
}  // namespace

namespace {
/// Whether the day closed where the rules hold the price: at the price of unlimited purchase or sale, else at the
/// reserve price of its auctions or the first tier of a containment reserve.
void count_bounds(const DayRow& d, double close, YearTotals& t) {
  const double floor = d.bounds.floor > 0 ? d.bounds.floor : d.reserve_price;
  const double ceiling = std::isfinite(d.bounds.ceiling) ? d.bounds.ceiling : d.trigger_price;
  if (floor <= 0 && ceiling <= 0) return;
  ++t.days_bounded;
  if (floor > 0 && close <= floor * (1 + 1e-9)) ++t.days_at_floor;
  else if (ceiling > 0 && close >= ceiling * (1 - 1e-9)) ++t.days_at_ceiling;
}
}  // namespace

std::vector<YearTotals> market_years(const Simulation& simulation, std::uint32_t m, const std::vector<DayRow>& days,
                                     const Efficiency* efficiency) {
  const Market& market = simulation.markets()[m];
  const MarketRules& rules = market.rules();
  std::vector<YearTotals> years;
  DayRow before;
  std::size_t at = 0;
  for (int year = simulation.firms().first_year; year <= year_of(simulation.today()); ++year) {
    YearTotals t;
    t.year = year;
    t.price_scale = rules.price_scale;
    Day deadline = never;
    for (const ComplianceCycle& cycle : rules.cycles)
      if (year_of(cycle.deadline) == t.year) deadline = cycle.deadline;
    Tonnes near{};
    std::map<unsigned, std::int64_t> months;
    double closes = 0, anchors = 0;
    for (; at < days.size() && year_of(days[at].day) == t.year; ++at) {
      const DayRow& d = days[at];
      const SessionTotals& s = d.session;
      t.listed += s.listed;
      t.block += s.block;
      t.group += s.group;
      t.turnover += s.listed_turnover + s.block_turnover + s.group_turnover;
      t.quality += d.quality;
      t.trades += s.listed_trades + s.block_trades + s.group_trades;
      t.orders += s.orders;
      t.rejected += s.rejected;
      ++t.trading_days;
      if (s.trades_at_limit > 0) ++t.limit_days;
      if (s.listed == Tonnes{}) ++t.days_without_trade;
      if (s.listed_trades > 0) {
        if (t.first_open == Price{}) t.first_open = s.open;
        t.high = std::max(t.high, s.high);
        t.low = t.low == Price{} ? s.low : std::min(t.low, s.low);
      }
      t.close = s.close;
      count_bounds(d, to_currency(s.close, rules.price_scale), t);
      closes += to_currency(s.close, rules.price_scale);
      anchors += d.anchor;
      const Tonnes volume = s.listed + s.block + s.group;
      months[month_of(d.day)] += volume.count;
      // The two calendar months that end with the deadline.
      if (deadline != never && d.day <= deadline && (year_of(d.day) * 12 + static_cast<int>(month_of(d.day))) + 2 > year_of(deadline) * 12 + static_cast<int>(month_of(deadline)))
        near += volume;
      t.bank = d.bank;
      t.pools = d.pools;
      t.issued = d.issued - before.issued;
      t.cancelled = d.cancelled - before.cancelled;
      t.expired = d.expired - before.expired;
      t.imported = d.received - before.received;
      t.exported = d.sent - before.sent;
      t.foreign_surrendered = d.foreign_surrendered - before.foreign_surrendered;
    }
    if (t.trading_days > 0) {
      before = days[at - 1];
      t.mean_close = closes / static_cast<double>(t.trading_days);
      t.mean_anchor = anchors / static_cast<double>(t.trading_days);
    }
    if (t.volume() > Tonnes{}) {
      std::int64_t best = 0;
      for (const auto& [month, tonnes] : months) { (void)month; best = std::max(best, tonnes); }
      t.best_month_share = static_cast<double>(best) / static_cast<double>(t.volume().count);
      if (deadline != never) t.deadline_share = static_cast<double>(near.count) / static_cast<double>(t.volume().count);
    }
    for (const ComplianceCycle& cycle : rules.cycles)
      if (year_of(cycle.deadline) == t.year && cycle.deadline <= simulation.today()) add_settlement(simulation, rules.rows, cycle, t);
    add_firms(simulation, rules.rows, t);
    if (efficiency) {
      compare(*efficiency, rules.rows, t);
      if (t.compared) {
        t.equilibrium_bank = efficiency->path().bank_of_year(t.year);
        t.least_cost = efficiency->least_cost_of_same(t.year);
        t.efficiency = efficiency->allocative_efficiency(t.year);
      }
    }
    years.push_back(t);
  }
  return years;
}

std::vector<YearTotals> sector_years(const Simulation& simulation, const Sector& sector, std::span<const YearTotals> market,
                                     const Efficiency* efficiency) {
  std::vector<YearTotals> years;
  for (const YearTotals& m : market) {
    YearTotals t;
    t.year = m.year;
    t.price_scale = m.price_scale;
    add_firms(simulation, sector.rows, t);
    t.mean_close = m.mean_close;
    if (efficiency) compare(*efficiency, sector.rows, t);
    years.push_back(t);
  }
  return years;
}

}  // namespace tantu
