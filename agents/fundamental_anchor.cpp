#include "agents/fundamental_anchor.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "agents/position.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

namespace {

/// Multiplies the values of a block's rows by a factor of their sector.
template <class Factor>
void scale_by_sector(const StrategyView& view, Rows rows, Factor factor, std::vector<double>& values) {
  for (const Sector& sector : view.traits.sectors) {
    const std::uint32_t first = std::max(sector.rows.first, rows.first), last = std::min(sector.rows.last, rows.last);
    if (first >= last) continue;
    const double f = factor(sector);
    for (std::uint32_t row = first; row < last; ++row) values[row - rows.first] *= f;
  }
}

/// Firms of a block: enough that what their blocks are to be added up is nothing beside it.
constexpr std::uint32_t grain = 2500;

int first_open_year(const StrategyView& view) { return std::max(first_unsettled_year(view.market.rules(), view.today), view.firms.first_year); }

/// The units that meet the same demand as those looked at: their own vintages where what is left of them dies, later ones too
/// where they are carried over.
Instrument reach_of(const StrategyView& view) {
  Instrument reach = view.listed().instrument;
  if (reach.is_every_allowance()) return reach;
  const CarryOver carry = view.market.carry_over(view.market.policy_view(view.traits, view.firms, view.key), view.market.rules().rows.first);
  if (!(carry.limits(reach.first_vintage) && carry.limit == 0)) reach.last_vintage = Instrument::last_of_all;
  return reach;
}

}  // namespace

void FundamentalAnchor::refresh(const StrategyView& view, Outlook& outlook) const {
  const Rows rows = view.market.rules().rows;
  const int year = year_of(view.today);
  const int known = view.board().known_year ? view.board().known_year : year;
  const int covered = std::accumulate(view.firms.covered.begin() + rows.first, view.firms.covered.begin() + rows.last, 0);
  if (outlook.first_year == year && outlook.known_year == known && outlook.covered == covered &&
      outlook.output_reviews == view.firms.output_reviews)
    return;
  outlook = {year, known, covered, view.firms.output_reviews, {}, {}, {}, {}};
  const auto years = static_cast<std::size_t>(p_.horizon_years) + 2;
  std::vector<double> activity(rows.size());
  for (std::size_t k = 0; k < years; ++k) {
    const int y = year + static_cast<int>(k);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t row = rows.first + i;
      const bool works = takes_part(view.market, view.traits, view.firms, row, view.today) && first_day_of(y) < view.traits.closing[row] && view.traits.is_open(row, first_day_of(y));
      activity[i] = works ? path_at(view.traits.sectors[view.traits.sector[row]].activity_path, y - view.firms.first_year) * view.firms.output_factor[row] : 0;
    }
    const ExpectedYear expected = expected_year(view.market, view.traits, view.firms.first_year, y, known, cut_, activity);
    outlook.need.push_back(expected.need);
    outlook.supply.push_back(expected.supply);
    outlook.emissions.push_back(expected.emissions);
    outlook.gap.push_back(expected.gap);
  }
}

namespace {
/// What a block of firms adds to the public bank, t.
struct BankPart {
  double bank = 0;
  std::vector<double> open;  ///< what is owed of each year that is not settled
};

BankPart bank_of(const StrategyView& view, const Instrument& reach, double expected_cut, Rows rows) {
  const Market& market = view.market;
  const std::uint32_t n = rows.size();
  const bool settles_debt = view.due_cycle() == market.due_cycle();
  BankPart part;
  double& bank = part.bank;
  for (std::uint32_t row = rows.first; row < rows.last; ++row)
    if (view.firms.covered[row]) {
      const Tonnes held = reach.holding(market.registry, market.account(row));
      bank += static_cast<double>((settles_debt ? held - view.firms.debt[row] : held).count);
    }
  const int known = view.board().known_year ? view.board().known_year : year_of(view.today);
  // Credits that firms hold will meet what is owed up to the limit.
  std::vector<double> credits;
  if (market.trades_offsets())
    for (std::uint32_t row = rows.first; row < rows.last; ++row) {
      credits.push_back(0);
      for (const Tonnes held : market.credits(market.account(row))) credits.back() += static_cast<double>(held.count);
    }
  std::vector<double> activity(n), emissions(n), allocation(n), obligation(n);
  std::vector<std::int64_t> met(n);
  for (int y = first_open_year(view); y <= year_of(view.today); ++y) {
    if (!reach.is_of(y)) continue;
    const FirmYear& year = view.firms.year(y);
    const double elapsed = elapsed_share(view.today, y);
    emissions_to_date(view.traits, view.firms, rows, y, emissions.data());
    if (year.verified.is_stored())
      for (std::uint32_t i = 0; i < n; ++i)
        if (year.verified[rows.first + i] >= Tonnes{}) emissions[i] = static_cast<double>(year.verified[rows.first + i].count);
    for (std::uint32_t i = 0; i < n; ++i) {
      const bool covered = view.firms.covered[rows.first + i] != 0;
      activity[i] = covered ? year.activity[rows.first + i] / elapsed : 0;
      emissions[i] = covered ? emissions[i] : 0;
    }
    market.allocate(view.traits, rows, std::min(y, known), activity.data(), allocation.data());
    scale_by_sector(view, rows, [&](const Sector& s) { return elapsed * expected_allocation_factor(s, view.firms.first_year, y, known, expected_cut); }, allocation);
    market.oblige(view.traits, rows, std::min(y, known), emissions.data(), allocation.data(), obligation.data());
    std::fill(met.begin(), met.end(), 0);
    for (const FirmColumn<Tonnes>* column : {&year.surrendered, &year.retired, &year.shortfall})
      for (std::uint32_t i = 0; i < n && column->is_stored(); ++i) met[i] += (*column)[rows.first + i].count;
    double& open = part.open.emplace_back(0);
    for (std::uint32_t i = 0; i < n; ++i)
      if (view.firms.covered[rows.first + i]) {
        double due = std::max(0.0, obligation[i] - static_cast<double>(met[i]));
        if (!credits.empty()) {
          const double used = std::min({credits[i], due, market.offset_share(y) * obligation[i]});
          credits[i] -= used;
          due -= used;
        }
        bank += allocation[i] - static_cast<double>(year.allocated[rows.first + i].count) - due;
        open += due;
      }
  }
  // What has been issued of years to come is in the supply of those years.
  for (int y = year_of(view.today) + 1; y <= view.firms.last_year(); ++y)
    if (const FirmColumn<Tonnes>& allocated = view.firms.year(y).allocated; reach.is_of(y) && allocated.is_stored())
      for (std::uint32_t row = rows.first; row < rows.last; ++row)
        if (view.firms.covered[row]) bank -= static_cast<double>(allocated[row].count);
  return part;
}
}  // namespace

double FundamentalAnchor::public_bank(const StrategyView& view, Workers& workers, std::vector<std::pair<int, double>>* owed) const {
  const Market& market = view.market;
  const Rows rows = market.rules().rows;
  const Instrument reach = reach_of(view);
  std::vector<BankPart> parts((rows.size() + grain - 1) / grain);
  workers.for_blocks(rows, grain, [&](std::size_t b, Rows block) { parts[b] = bank_of(view, reach, cut_, block); });
  double bank = 0;
  for (std::uint32_t k = 0; k < market.rules().participants; ++k)  // what others hold can be bought from them
    bank += static_cast<double>(reach.holding(market.registry, market.first_participant() + k).count);
  for (const BankPart& part : parts) bank += part.bank;
  if (!owed || parts.empty()) return bank;
  std::size_t k = 0;
  for (int y = first_open_year(view); y < year_of(view.today); ++y)
    if (reach.is_of(y)) {
      double open = 0;
      for (const BankPart& part : parts) open += part.open[k];
      owed->emplace_back(y, open);
      ++k;
    }
  return bank;
}

namespace {
/// Adds what the firms of a block could abate from today on.
void add_firms(const StrategyView& view, Rows block, AggregateCurve& curve) {
  const FirmTraits& traits = view.traits;
  const int year = year_of(view.today);
  for (const Sector& sector : traits.sectors) {
    const Rows rows{std::max(sector.rows.first, block.first), std::min(sector.rows.last, block.last)};
    if (rows.first >= rows.last) continue;
    const auto count = static_cast<std::uint32_t>(sector.technology.measures.size());
    const SmoothCurve& smooth = sector.technology.curve;
    const double activity = path_at(sector.activity_path, year - view.firms.first_year) *
                            path_at(sector.intensity_path, year - view.firms.first_year);
    const double log_scale = elementary::log(view.firms.cost_scale[traits.sector[rows.first]]);
    struct Known {
      double potential = 0;
      double log_learned = 0;   // what learning has done to the logarithm of its cost
      std::size_t age = 0;
      std::uint32_t rivals = 0; // a bit for each other measure of its route
    };
    std::array<Known, most_measures> known;
    for (std::uint32_t j = 0; j < count; ++j) {
      const Measure& m = sector.technology.measures[j];
      const double log_learned = m.learning > 0 ? (year - view.firms.first_year) * elementary::log(1 - m.learning) : 0.0;
      known[j] = {m.potential, log_learned, AggregateCurve::age_of(m.kind == MeasureKind::investment ? m.lead_time_years : 0), 0};
      for (std::uint32_t k = 0; k < count && !m.route.empty(); ++k)
        if (k != j && sector.technology.measures[k].route == m.route) known[j].rivals |= 1u << k;
    }
    for (std::uint32_t row = rows.first; row < rows.last; ++row) {
      if (!view.firms.covered[row] || traits.closing[row] <= view.today) continue;
      const double tonnes = traits.emissions[row] * activity * view.firms.output_factor[row];
      double left = 1;
      const std::uint32_t first = traits.measure_index(row, 0);
      const MeasureState* state = view.firms.measure.data() + first;
      const double *cost = traits.measure_cost.data() + first, *log_cost = traits.log_measure_cost.data() + first;
      std::uint32_t built = 0, available = 0;
      for (std::uint32_t j = 0; j < count; ++j) {
        available |= (state[j] == MeasureState::available ? 1u : 0u) << j;
        if (state[j] != MeasureState::effective && state[j] != MeasureState::pipeline) continue;
        built |= 1u << j;
        const double part = left * known[j].potential;
        const double lead = state[j] == MeasureState::effective ? 0 : (view.firms.measure_effective[first + j] - view.today) / 365.25;
        curve.add_step_at(AggregateCurve::log_lowest, AggregateCurve::age_of(std::max(0.0, lead)), part * tonnes);
        left -= part;
      }
      for (std::uint32_t j = 0; j < count; ++j) {
        if (!(available >> j & 1)) continue;
        // Of a route not yet taken the cheapest counts.
        bool beaten = (known[j].rivals & built) != 0;
        for (std::uint32_t rivals = known[j].rivals & available; rivals != 0 && !beaten; rivals &= rivals - 1) {
          const auto k = static_cast<std::uint32_t>(std::countr_zero(rivals));
          beaten = cost[k] < cost[j] || (cost[k] == cost[j] && k < j);
        }
        if (beaten) continue;
        const double part = left * known[j].potential;
        curve.add_step_at(log_cost[j] + log_scale + known[j].log_learned, known[j].age, part * tonnes);
        left -= part;
      }
      if (smooth.shape != CurveShape::none) {
        const double scale = view.firms.cost_scale[traits.sector[row]] * traits.curve_scale[row];
        curve.add_smooth([&](double p) { return left * tonnes * smooth.share_at(p, scale); });
      }
    }
  }
}
}  // namespace

AggregateCurve FundamentalAnchor::curve(const StrategyView& view, Workers& workers) const {
  const Rows rows = view.market.rules().rows;
  std::vector<AggregateCurve> parts(std::max<std::size_t>(1, (rows.size() + grain - 1) / grain));
  workers.for_blocks(rows, grain, [&](std::size_t b, Rows block) { add_firms(view, block, parts[b]); });
  for (std::size_t b = 1; b < parts.size(); ++b) parts[0].add(parts[b]);
  parts[0].finish();
  return std::move(parts[0]);
}

AnchorPrice FundamentalAnchor::price(const StrategyView& view, const Outlook& outlook, Workers& workers, std::optional<double> supplied_at) const {
  return rolling_price(view, outlook, curve(view, workers), p_.horizon_years, p_.interest_rate, supplied_at, nullptr, workers);
}

PathProblem FundamentalAnchor::problem(const StrategyView& view, const Outlook& outlook, double horizon_years, double rate) const {
  Workers one;
  const AggregateCurve curve = this->curve(view, one);
  std::vector<Bucket> buckets;
  rolling_price(view, outlook, curve, horizon_years, rate, {}, &buckets, one);
  PathProblem problem;
  problem.bank = public_bank(view, one);
  problem.rate = rate;
  problem.choke = AggregateCurve::price_of(AggregateCurve::points - 1);
  std::shared_ptr<const CostCurve> saved;
  double age = -1;
  for (Bucket& b : buckets) {
    if (const double a = std::floor(b.start); a != age) {
      saved = std::make_shared<const CostCurve>(curve.curve_at(a));
      age = a;
    }
    PathPeriod& p = problem.periods.emplace_back();
    p.time = b.middle;
    p.need = b.need;
    p.supply = b.supply;
    p.floor = std::min(b.floor, b.ceiling);
    p.ceiling = b.ceiling;
    if (b.years * b.scale > 0 && saved->total() > 0) p.terms.push_back({saved, b.years * b.scale, 1, static_cast<int>(SupplySource::abatement)});
    if (!b.offers.empty()) p.terms.push_back({std::make_shared<const CostCurve>(std::move(b.offers)), 1, 1, static_cast<int>(SupplySource::auction)});
  }
  return problem;
}

AnchorPrice FundamentalAnchor::rolling_price(const StrategyView& view, const Outlook& outlook, const AggregateCurve& curve, double horizon_years,
                                             double rate, std::optional<double> supplied_at, std::vector<Bucket>* assumed, Workers& workers) const {
  const int year = year_of(view.today);
  const double now = static_cast<double>(view.today - first_day_of(year)) / days_in_year(year);
  std::vector<Bucket> plain;
  std::vector<double> overdraft;  // what falls due only later: so far the bank may be below zero at the end of each
  SupplyOutlook rules;
  // The rest of this year, whole years, and a last part that completes the horizon.
  double start = 0;
  std::vector<std::pair<int, double>> owed;
  rules.circulation = public_bank(view, workers, &owed);
  const Instrument reach = reach_of(view);
  // The last day of a year before the opening is over: nothing of it can be bought, or covered by an auction, any more.
  const bool eve = view.today < view.market.rules().opening && year < year_of(view.market.rules().opening);
  for (std::size_t k = eve ? 1 : 0; start < horizon_years - 1e-9 && k < outlook.need.size(); ++k) {
    const double length = std::min(k == 0 ? 1 - now : 1.0, horizon_years - start);
    // Years that are settled in another instrument are no part of this one's price.
    if (!reach.is_of(year + static_cast<int>(k))) {
      start += length;
      continue;
    }
    const double scale = outlook.emissions[0] > 0 ? outlook.emissions[k] / outlook.emissions[0] : 0;
    const int y = year + static_cast<int>(k);
    const PriceBounds bounds = view.market.price_bounds(k == 0 ? view.today : day_of(y, 7, 1));
    plain.push_back({start + 0.5 * length, start, length, outlook.need[k] * length, outlook.supply[k] * length, scale, {}, bounds.floor, bounds.ceiling});
    owed.emplace_back(y, outlook.need[k]);
    overdraft.push_back(due_later(view.market.rules(), y, owed));
    rules.years.push_back({.year = y, .ahead = k == 0 ? 1 - now : 1.0, .obligation = outlook.need[k], .gap = outlook.gap[k], .circulation = rules.circulation});
    start += length;
  }
  const double choke = AggregateCurve::price_of(AggregateCurve::points - 1);
  const PolicyView look = view.market.policy_view(view.traits, view.firms, view.key);
  // Policies whose answers rest on the path are asked again with the banks that the last answer leads to.
  constexpr int rounds = 4;
  AnchorPrice result;
  RollingPrice& first = result.expected;
  for (int round = 0; round < rounds; ++round) {
    SupplyOutlook answer = rules;
    view.market.expect(look, answer);
    std::vector<Bucket> buckets = plain;
    for (std::size_t k = 0; k < buckets.size(); ++k) {
      const SupplyYear& y = answer.years[k];
      const double part = buckets[k].years / y.ahead;  // the last bucket may be part of a year
      buckets[k].supply += y.auctioned * part;
      for (const Offer& offer : y.offers)
        if (offer.tonnes > 0) buckets[k].offers.push_back({offer.low, offer.high, offer.tonnes * part});
      if (!supplied_at) continue;
      buckets[k].supply += CostCurve(std::move(buckets[k].offers)).at(*supplied_at * elementary::pow(1 + rate, buckets[k].middle));
      buckets[k] = {buckets[k].middle, buckets[k].start, buckets[k].years, buckets[k].need, buckets[k].supply, buckets[k].scale};
    }
    std::vector<double> lacking = overdraft;
    for (std::size_t k = 0; k < lacking.size(); ++k) lacking[k] += answer.years[k].borrowed;
    if (!lacking.empty()) lacking.back() = 0;  // nothing is left open at the horizon
    for (std::size_t k = 0; k < buckets.size(); ++k) buckets[k].supply += lacking[k] - (k > 0 ? lacking[k - 1] : 0.0);
    first = first_price(buckets, rules.circulation, rate, choke, curve);
    double moved = 0;
    for (std::size_t k = 0; k < buckets.size(); ++k) {
      const double change = first.banks[k] - lacking[k] - rules.years[k].circulation;
      rules.years[k].circulation += round == 0 ? change : 0.5 * change;
      moved = std::max(moved, answer.years[k].reserve != 0 ? std::abs(change) : 0.0);
    }
    if (moved < 1 || round == rounds - 1) {
      if (assumed) *assumed = std::move(buckets);
      else result.outlooks = outlooks_around(buckets, rules.circulation, choke, curve, first);
      break;
    }
  }
  return result;
}

std::vector<double> FundamentalAnchor::outlooks() const {
  if (p_.outlook_uncertainty <= 0) return {0};
  // The first, third, fifth, seventh and ninth decile of a normal law of yearly growth.
  return {-1.2815515655446004, -0.52440051270804067, 0, 0.52440051270804067, 1.2815515655446004};
}

PathProblem FundamentalAnchor::at_outlook(PathProblem expected, double deviations) const {
  for (PathPeriod& p : expected.periods) {
    const double factor = growth_factor(deviations, p.time);
    p.need *= factor;
    std::erase_if(p.terms, [&](const SupplyTerm& t) { return factor <= 0 && t.kind == static_cast<int>(SupplySource::abatement); });
    for (SupplyTerm& t : p.terms)
      if (t.kind == static_cast<int>(SupplySource::abatement)) t.tonnes *= factor;
  }
  return expected;
}

double FundamentalAnchor::growth_factor(double deviations, double years) const { return std::max(0.0, 1 + p_.outlook_uncertainty * deviations * years); }

std::vector<double> FundamentalAnchor::outlooks_around(const std::vector<Bucket>& buckets, double bank, double choke, const AggregateCurve& curve,
                                                       const RollingPrice& expected) const {
  constexpr double endless = std::numeric_limits<double>::infinity();
  const double middle = expected.choked ? endless : expected.price;
  std::vector<double> prices;
  for (const double z : outlooks()) {
    if (z == 0.0) {
      prices.push_back(middle);
      continue;
    }
    std::vector<Bucket> other = buckets;
    for (Bucket& b : other) {
      const double factor = growth_factor(z, b.middle);
      b.need *= factor;
      b.scale *= factor;
    }
    const RollingPrice price = first_price(other, bank, p_.interest_rate, choke, curve);
    prices.push_back(price.choked ? endless : price.price);
  }
  return prices;
}

double AnchorPrice::mean(double most, double multiplier) const {
  double sum = 0;
  for (const double p : outlooks) sum += std::min(most, multiplier * p);
  return sum / static_cast<double>(outlooks.size());
}

std::optional<double> AnchorPrice::multiplier_for(double price, double most) const {
  if (outlooks.size() == 1) return outlooks[0] > 0 && !expected.choked ? std::optional(price / outlooks[0]) : std::nullopt;
  double low = 1e-6, high = 1e6;
  if (mean(most, low) > price || mean(most, high) < price) return std::nullopt;
  for (int i = 0; i < 60; ++i) {
    const double middle = std::sqrt(low * high);
    (mean(most, middle) < price ? low : high) = middle;
  }
  return high;
}

double FundamentalAnchor::expiring_price(const StrategyView& view, const ComplianceCycle& last, Workers& workers) const {
  const Market& market = view.market;
  const double scale = market.rules().price_scale;
  const double close = to_currency(view.board().close, scale), average = to_currency(view.board().average_120, scale);
  const ShortfallTerms terms = market.shortfall_terms(last.deadline);
  double alternative = close;
  if (terms.exists)
    alternative = terms.per_tonne + terms.multiple * average + (terms.debt_carried ? (1 + stigma_) * std::min(close, 1.3 * average) : 0);
  // The bank to date plus what the rest of its years will add. What is uncertain shrinks as the years
  // pass; a quarter of it stays until emissions are verified.
  const double bank = public_bank(view, workers);
  double ahead = 0, owed = 0;
  const int year = year_of(view.today);
  for (int y = year; y <= last.last_year; ++y) {
    if (!view.listed().instrument.is_of(y)) continue;
    const auto k = static_cast<std::size_t>(y - year);
    if (k >= market.outlook.need.size()) break;
    const double share = y == year ? 1 - static_cast<double>(view.today - first_day_of(year)) / days_in_year(year) : 1.0;
    ahead += share * (market.outlook.supply[k] - market.outlook.need[k]);
    owed += share * market.outlook.need[k];
  }
  const double base = market.outlook.emissions.empty() ? 1 : market.outlook.emissions[0];
  const double spread = 0.25 * p_.balance_uncertainty * base + p_.balance_uncertainty * owed;
  return alternative * elementary::normal_cdf(-(bank + ahead) / spread);
}

}  // namespace tantu
