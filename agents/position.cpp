#include "agents/position.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agents/alternative.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

namespace {

/// The most that an allowance can be worth to anybody: where at every deadline to come a fine by the tonne ends the obligation,
/// the dearest of these fines; else without bound.
double dearest_way_out(const Market& market, Day today) {
  double most = 0;
  for (const ComplianceCycle& cycle : market.rules().cycles) {
    if (cycle.deadline < today) continue;
    const ShortfallTerms terms = market.shortfall_terms(cycle.deadline);
    if (!terms.exists || terms.debt_carried || terms.multiple > 0 || terms.fine > 0) return std::numeric_limits<double>::infinity();
    most = std::max(most, std::min(terms.per_tonne, terms.most_per_tonne));
  }
  return most > 0 ? most : std::numeric_limits<double>::infinity();
}

}  // namespace

DayFacts PositionModel::day_facts(const StrategyView& view) const {
  const Market& market = view.market;
  const MarketBoard& board = view.board();
  const double scale = market.rules().price_scale;
  DayFacts f;
  f.tick = to_currency(view.exchange_rules().tick, scale);
  f.price = std::max(f.tick, to_currency(board.close, scale));
  f.average = std::max(f.tick, to_currency(board.average_120, scale));
  f.anchor = std::max(f.tick, board.anchor);
  f.running = std::any_of(market.rules().policies.begin(), market.rules().policies.end(), [](const NamedPolicy& p) { return p.policy->phase() == Phase::auction; });
  // Where allowances are sold nobody believes a price far below the fundamental one: firms start from a third of that.
  if (f.running) f.price = std::max(f.price, f.anchor / 3);
  f.log_anchor = elementary::log(f.anchor / f.price);
  f.trend = value_.trend_strength * board.trend;
  f.ceiling = std::min(board.ceiling, std::max(f.tick, dearest_way_out(market, view.today)));
  f.floor = std::min(board.floor, f.ceiling);
  f.known_year = board.known_year ? board.known_year : year_of(view.today);
  f.settles_debt = view.due_cycle() == market.due_cycle();
  f.keeps_all = !market.carry_over(market.policy_view(view.traits, view.firms, view.key), market.rules().rows.first).limited;
  if (const ComplianceCycle* due = view.due_cycle()) {
    const Calendar& calendar = market.rules().calendar;
    const auto left = [&](Day date) { return std::max(0, calendar.ordinal(date) - calendar.ordinal(view.today)); };
    f.tau = left(due->deadline);
    f.tau_early = left(due->early);
    f.uncertainty = view.today < due->announcement ? position_.uncertainty_unannounced
                    : view.today <= due->true_up   ? position_.uncertainty_before_true_up
                                                   : 0;
    f.terms = market.shortfall_terms(due->deadline);
    f.first_year = due->first_year;
    f.settles_from = due->settles_from();
    f.due_from = due->due_from();
    f.share = due->share;
    f.last_year = std::min(due->last_year, year_of(view.today));
    f.cycle_last_year = due->last_year;
    f.later_vintages = due->later_vintages;
    f.running |= due->share < 1 || due->balance_from != 0;
    if (view.today <= due->true_up) f.offset_use = position_.counts_on_offsets * market.expected_offsets(due->last_year, f.price);
  } else {
    // No cycle is left: nothing is owed, and what is held is free.
    f.first_year = f.settles_from = f.due_from = 1;
    f.last_year = 0;
    f.cycle_last_year = std::numeric_limits<int>::max() - 1;
  }
  return f;
}

double PositionModel::value_of(const DayFacts& f, double fundamental_weight, double opinion, double trend_weight, double noise) const {
  const double lean = fundamental_weight * (f.log_anchor + opinion) + trend_weight * f.trend;
  const double value = f.price * elementary::exp(std::clamp(lean, -value_.clip, value_.clip) + noise);
  return std::max(f.tick, std::clamp(value, f.floor, f.ceiling));
}

double PositionModel::urgency_of(const DayFacts& f, double tau, bool early, double lacking) const {
  if (f.running && lacking <= 0) return 0;
  const double days = early ? f.tau_early : f.tau;
  return days < 0 ? 0 : elementary::exp(-days / tau);
}

double expected_gap(const StrategyView& view, std::uint32_t row, int year, int known_year) {
  const Sector& sector = view.traits.sectors[view.traits.sector[row]];
  const int index = year - view.firms.first_year;
  const Rows one{row, row + 1};
  const double activity = path_at(sector.activity_path, index) * view.firms.output_factor[row];
  const double emissions = activity * view.traits.emissions[row] * path_at(sector.intensity_path, index) * (1 - view.firms.abated_share[row]);
  double allocation = 0, obligation = 0;
  view.market.allocate(view.traits, one, std::min(year, known_year), &activity, &allocation);
  allocation *= expected_allocation_factor(sector, view.firms.first_year, year, known_year, view.traits.cut[row]);
  view.market.oblige(view.traits, one, std::min(year, known_year), &emissions, &allocation, &obligation);
  return obligation - allocation;
}

double affordable(const CreditParameters& credit, const StrategyView& view, std::uint32_t row) {
  if (credit.per_t <= 0) return std::numeric_limits<double>::infinity();
  const Market& market = view.market;
  const Account account = market.account(row);
  return to_currency(market.clearing.balance(account) - market.clearing.frozen(account), market.rules().price_scale) + credit.per_t * view.traits.emissions[row];
}

Balance PositionModel::balance(const StrategyView& view, const DayFacts& f, std::uint32_t row) const {
  const Market& market = view.market;
  const FirmTraits& traits = view.traits;
  const FirmStore& firms = view.firms;
  Balance p;
  const Instrument& instrument = view.listed().instrument;
  const Tonnes holding = view.holding(market.account(row));
  double net = static_cast<double>((f.settles_debt ? holding - firms.debt[row] : holding).count);
  // Allowances of later years are there for later obligations.
  const int last_year = f.running ? std::max(f.last_year, year_of(view.today)) : f.last_year;
  const int kept_from = (f.tau < 0 && !f.running ? f.cycle_last_year : last_year) + 1;
  for (int y = std::max(kept_from, firms.first_year); y <= std::min(firms.last_year(), instrument.last_vintage); ++y) net -= static_cast<double>(firms.year(y).allocated[row].count);
  double due = 0;
  for (int y = std::max(f.settles_from, firms.first_year); y <= last_year; ++y) {
    const FirmYear& year = firms.year(y);
    double allocation = 0, obligation = 0;
    if (year.obligation[row] >= Tonnes{}) {
      allocation = static_cast<double>(year.entitled[row].count);
      obligation = static_cast<double>(year.obligation[row].count);
    } else {
      const Rows one{row, row + 1};
      const double emissions = year.verified[row] >= Tonnes{} ? static_cast<double>(year.verified[row].count) : emissions_to_date(traits, firms, row, y);
      // A year's allocation counts as the year passes, whether it follows output or not.
      const double elapsed = elapsed_share(view.today, y), activity = year.activity[row] / elapsed;
      market.allocate(traits, one, std::min(y, f.known_year), &activity, &allocation);
      allocation *= elapsed * expected_allocation_factor(traits.sectors[traits.sector[row]], firms.first_year, y, f.known_year, traits.cut[row]);
      market.oblige(traits, one, std::min(y, f.known_year), &emissions, &allocation, &obligation);
    }
    if (y >= f.first_year && y <= f.last_year) obligation *= 1 - f.offset_use;
    // What has been surrendered or met with offsets is not asked for again. An interim deadline asks for a share now, but
    // the rest is owed all the same. What has been missed is a debt already, or forgiven.
    const auto met = static_cast<double>((year.surrendered[row] + year.retired[row] + year.shortfall[row]).count);
    const double claim = allocation - static_cast<double>((year.allocated[row] - year.borrowed[row]).count);
    if (y >= f.due_from && y <= f.last_year) due += std::max(0.0, f.share * obligation - met) - claim;
    obligation = std::max(0.0, obligation - met);
    net += claim - obligation;
    p.obligation += obligation;
  }
  // A hedger has bought part of what later years will lack already, or sold part of what they will leave over.
  if (traits.style[row] == Style::hedger)
    for (std::size_t k = 0; k < position_.hedge_ahead.size(); ++k)
      net -= position_.hedge_ahead[k] * expected_gap(view, row, std::max(f.last_year, year_of(view.today)) + 1 + static_cast<int>(k), f.known_year);
  p.net = net;
  Tonnes usable = f.settles_debt ? holding - firms.debt[row] : holding;
  if (!f.later_vintages) usable = std::min(usable, instrument.usable(market.registry, market.account(row), f.cycle_last_year, firms.year(std::min(f.cycle_last_year, firms.last_year())).borrowed[row]));
  const double spare = static_cast<double>(usable.count) - due;
  p.lacking = std::max(0.0, -spare);
  const double caution = traits.caution[row] * f.uncertainty * p.obligation;
  p.urgency = urgency_of(f, traits.tau[row], traits.early[row] != 0, p.lacking);
  p.need = std::max(0.0, -net - caution * (1 - p.urgency));
  p.surplus = std::max(0.0, net - caution);
  if (!f.later_vintages && f.tau >= 0) {
    // What later years will leave over does not help at this deadline, and who sells gives the oldest first.
    p.need = std::max(p.need, p.lacking - caution * (1 - p.urgency));
    p.surplus = std::clamp(spare - caution, 0.0, p.surplus);
  }
  return p;
}

void PositionModel::prefetch(const StrategyView& view, const DayFacts& f, std::uint32_t row) const {
  const auto fetch = [row](const auto& column) { __builtin_prefetch(column.data() + row); };
  const FirmTraits& t = view.traits;
  const FirmStore& firms = view.firms;
  for (const auto* column : {&t.emissions, &t.tau, &t.caution, &t.opinion, &t.hoard, &t.fundamental_weight, &t.trend_weight, &t.cut, &firms.value_noise,
                             &firms.abated_share, &firms.activity_at_change, &firms.output_factor})
    fetch(*column);
  fetch(t.entity);
  fetch(t.sector);
  fetch(t.style);
  fetch(t.early);
  fetch(firms.debt);
  view.market.registry.prefetch(view.market.account(row));
  const int last_year = f.running ? std::max(f.last_year, year_of(view.today)) : f.last_year;
  for (int y = std::max(f.settles_from, firms.first_year); y <= last_year; ++y) {
    const FirmYear& year = firms.year(y);
    fetch(year.activity);
    fetch(year.emissions);
    for (const auto* column : {&year.verified, &year.allocated, &year.entitled, &year.obligation, &year.surrendered, &year.shortfall, &year.retired, &year.borrowed})
      column->prefetch(row);
  }
}

Position PositionModel::assess(const StrategyView& view, const DayFacts& f, std::uint32_t row, const Balance& balance) const {
  const Market& market = view.market;
  const FirmTraits& traits = view.traits;
  const FirmStore& firms = view.firms;
  const Instrument& instrument = view.listed().instrument;
  Position p;
  static_cast<Balance&>(p) = balance;
  p.value = value_of(f, traits.fundamental_weight[row], traits.opinion[row], traits.trend_weight[row], firms.value_noise[row]);

  const double alternative = p.need > 0 ? cheapest_way_out(position_, view, f, row, p, p.value) : std::min(p.value, f.ceiling);
  const double u2 = p.urgency * p.urgency;
  // V^(1-u^2) Alt^(u^2)
  const double pressed = u2 > 1e-12 ? p.value * elementary::exp(u2 * elementary::log(alternative / p.value)) : p.value;
  p.buy_at = std::min(alternative, pressed);
  // To whom an allowance is worth no more than the floor, the authority's bid is as good as any.
  p.sell_at = f.floor > 0 && p.value <= f.floor ? f.floor : std::min(p.value * (1 + traits.hoard[row]), f.ceiling);

  const CarryOver carry = f.keeps_all ? CarryOver{} : market.carry_over(market.policy_view(traits, firms, view.key), row);
  if (carry.limits(instrument.first_vintage) && p.surplus > carry.limit) {
    // Selling also makes room: a tonne sold leaves the surplus and raises the limit.
    p.dying = (p.surplus - carry.limit) / (1 + carry.per_sale);
    const Calendar& calendar = market.rules().calendar;
    const int days = std::max(0, calendar.ordinal(carry.conversion) - calendar.ordinal(view.today));
    p.dying_urgency = elementary::exp(-days / traits.tau[row]);
  }
  if (traits.style[row] != Style::compliance_only) {
    const double kappa = traits.style[row] == Style::hedger ? position_.hedger_bank : position_.active_bank;
    const double target = std::max(0.0, kappa * traits.emissions[row] * std::clamp((p.value / f.price - 1) / 0.10, -1.0, 1.0));
    if (p.need <= 0) p.bank_buy = std::max(0.0, target - p.surplus);
  }
  return p;
}

}  // namespace tantu
