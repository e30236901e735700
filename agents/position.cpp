#include "agents/position.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agents/alternative.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"
#include "sim/vectorised.hpp"

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
    if (market.trades_offsets()) {
      f.offset_books = true;
      f.offset_share = market.offset_share(due->last_year);
    }
    if (view.today <= due->true_up) f.offset_use = position_.counts_on_offsets * market.expected_offsets(due->last_year, f.price);
  } else {
    // No cycle is left: nothing is owed, and what is held is free.
    f.first_year = f.settles_from = f.due_from = 1;
    f.last_year = 0;
    f.cycle_last_year = std::numeric_limits<int>::max() - 1;
  }
  f.open_from = std::max(f.settles_from, view.firms.first_year);
  f.open_until = f.running ? std::max(f.last_year, year_of(view.today)) : f.last_year;
  f.hedged_from = std::max(f.last_year, year_of(view.today)) + 1;
  return f;
}

namespace {
inline double value_at(const DayFacts& f, double clip, double fundamental_weight, double opinion, double trend_weight, double noise) {
  const double lean = fundamental_weight * (f.log_anchor + opinion) + trend_weight * f.trend;
  const double value = f.price * elementary::exp(std::clamp(lean, -clip, clip) + noise);
  return std::max(f.tick, std::clamp(value, f.floor, f.ceiling));
}

TANTU_VECTORISED
void fill_values(const DayFacts& facts, double clip, std::size_t firms, const PositionModel::ValueColumns& of, double* __restrict value) {
  const DayFacts f = facts;
  for (std::size_t i = 0; i < firms; ++i) value[i] = value_at(f, clip, of.fundamental_weight[i], of.opinion[i], of.trend_weight[i], of.noise[i]);
}
}  // namespace

void PositionModel::values_of(const DayFacts& f, std::size_t firms, const ValueColumns& columns, double* value) const {
  fill_values(f, value_.clip, firms, columns, value);
}

double PositionModel::value_of(const DayFacts& f, double fundamental_weight, double opinion, double trend_weight, double noise) const {
  return value_at(f, value_.clip, fundamental_weight, opinion, trend_weight, noise);
}

double PositionModel::value_of(const StrategyView& view, const DayFacts& f, std::uint32_t row) const {
  const FirmTraits& t = view.traits;
  return value_of(f, t.fundamental_weight[row], t.opinion[row], t.trend_weight[row], view.firms.value_noise[row]);
}

double PositionModel::urgency_of(const DayFacts& f, double tau, bool early) const {
  return urgency_at(early ? f.tau_early : f.tau, tau);
}

double affordable(const CreditParameters& credit, const StrategyView& view, std::uint32_t row) {
  if (credit.per_t <= 0) return std::numeric_limits<double>::infinity();
  const Market& market = view.market;
  const Account account = market.account(row);
  return to_currency(market.clearing.balance(account) - market.clearing.frozen(account), market.rules().price_scale) + credit.per_t * view.traits.emissions[row];
}

namespace {

/// Columns of balances under way.
struct YearColumns {
  Positions::Column allocation, obligation, met, claimed;
};

/// Adds what one year is to balances. `factor`: of the obligation that offsets do not meet. `share`: of it that falls due now;
/// below zero: nothing does.
TANTU_VECTORISED
void add_year(std::size_t firms, double factor, double share, const YearColumns& year, double* __restrict net, double* __restrict due, double* __restrict owed) {
  for (std::size_t k = 0; k < firms; ++k) {
    const double obligation = year.obligation[k] * factor, met = year.met[k];
    const double claim = year.allocation[k] - year.claimed[k];
    due[k] += share < 0 ? 0.0 : std::max(0.0, share * obligation - met) - claim;
    const double open = std::max(0.0, obligation - met);
    net[k] += claim - open;
    owed[k] += open;
  }
}

TANTU_VECTORISED
void close_balance(std::size_t firms, const DayFacts& facts, const double* __restrict usable, const double* __restrict due, const double* __restrict caution, Positions& p) {
  const bool apart = !facts.later_vintages && facts.tau >= 0, running = facts.running;
  const double uncertainty = facts.uncertainty;
  const double *net = p.net.data(), *obligation = p.obligation.data();
  double *lacking = p.lacking.data(), *urgency = p.urgency.data(), *need = p.need.data(), *surplus = p.surplus.data();
  for (std::size_t k = 0; k < firms; ++k) {
    const double spare = usable[k] - due[k], lacks = std::max(0.0, -spare);
    const double band = caution[k] * uncertainty * obligation[k], held = net[k];
    const double u = urgency_given(running, urgency[k], lacks), inside = band * (1 - u);
    const double needs = std::max(0.0, -held - inside), spares = std::max(0.0, held - band);
    // Where they may not be surrendered for it, what later years will leave over does not help at this deadline, and who sells
    // gives the oldest first.
    const double needs_now = std::max(needs, lacks - inside), above = std::max(0.0, spare - band), spares_now = std::min(spares, above);
    lacking[k] = lacks;
    urgency[k] = u;
    need[k] = apart ? needs_now : needs;
    surplus[k] = apart ? spares_now : spares;
  }
}

/// Columns of what a balance is worth: the seller's markup, the largest bank wanted, t, and the way out for a missing tonne
/// other than the market.
struct WorthColumns {
  Positions::Column hoard, bank, way_out;
};

TANTU_VECTORISED
void find_penalties(std::size_t firms, const DayFacts& facts, double stigma, const Positions& p, WorthColumns& of) {
  const DayFacts f = facts;
  for (std::size_t k = 0; k < firms; ++k)
    of.way_out[k] = p.need[k] > 0 ? way_out_by_penalty(stigma, f, p.need[k], p.value[k]) : std::min(p.value[k], f.ceiling);
}

TANTU_VECTORISED
void find_worth(std::size_t firms, const DayFacts& facts, const WorthColumns& of, Positions& p) {
  const DayFacts f = facts;
  for (std::size_t k = 0; k < firms; ++k) {
    const double value = p.value[k];
    // V^(1-u^2) Alt^(u^2)
    const double u2 = p.urgency[k] * p.urgency[k];
    const double pressed = value * elementary::exp(u2 * elementary::log(of.way_out[k] / value));
    p.buy_at[k] = std::min(of.way_out[k], u2 > 1e-12 ? pressed : value);
    // To whom an allowance is worth no more than the floor, the authority's bid is as good as any.
    p.sell_at[k] = (f.floor > 0) & (value <= f.floor) ? f.floor : std::min(value * (1 + of.hoard[k]), f.ceiling);
    const double target = std::max(0.0, of.bank[k] * std::clamp((value / f.price - 1) / 0.10, -1.0, 1.0));
    p.bank_buy[k] = p.need[k] <= 0 ? std::max(0.0, target - p.surplus[k]) : 0;
  }
}

}  // namespace

void PositionModel::balance(const StrategyView& view, const DayFacts& f, const BlockDues* dues, Positions& p) const {
  const Market& market = view.market;
  const FirmTraits& traits = view.traits;
  const FirmStore& firms = view.firms;
  const std::size_t n = p.size;
  const auto for_each = [&](auto&& act) { for (std::size_t k = 0; k < n; ++k) act(k, p.row[k]); };
  const Instrument& instrument = view.listed().instrument;
  Positions::Column held, due, caution;
  for_each([&](std::size_t k, std::uint32_t row) {
    const Tonnes holding = view.holding(market.account(row));
    held[k] = static_cast<double>((f.settles_debt ? holding - firms.debt[row] : holding).count);
    p.net[k] = held[k];
    p.obligation[k] = due[k] = 0;
    caution[k] = traits.caution[row];
  });
  // Allowances of later years are there for later obligations.
  const int kept_from = (f.tau < 0 && !f.running ? f.cycle_last_year : f.open_until) + 1;
  for (int y = std::max(kept_from, firms.first_year); y <= std::min(firms.last_year(), instrument.last_vintage); ++y)
    if (const FirmColumn<Tonnes>& allocated = firms.year(y).allocated; allocated.is_stored())
      for_each([&](std::size_t k, std::uint32_t row) { p.net[k] -= static_cast<double>(allocated[row].count); });
  Positions::Column credits;
  if (f.offset_books)
    for_each([&](std::size_t k, std::uint32_t row) {
      credits[k] = 0;
      for (const Tonnes of_type : market.credits(market.account(row))) credits[k] += static_cast<double>(of_type.count);
    });
  YearColumns of;
  for (int y = f.open_from; y <= f.open_until; ++y) {
    const FirmYear& year = firms.year(y);
    for_each([&](std::size_t k, std::uint32_t row) {
      if (dues && dues->holds(row)) {
        of.allocation[k] = dues->allocation(row, y);
        of.obligation[k] = dues->obligation(row, y);
      } else {
        dues_to_date(view, f, {row, row + 1}, y, &of.allocation[k], &of.obligation[k]);
      }
    });
    // What has been surrendered or met with offsets is not asked for again. An interim deadline asks for a share now, but
    // the rest is owed all the same. What has been missed is a debt already, or forgiven.
    const auto sum = [&](Positions::Column& into, std::initializer_list<const FirmColumn<Tonnes>*> columns, std::int64_t sign_of_rest) {
      std::array<std::int64_t, Positions::most> tonnes;
      for (std::size_t k = 0; k < n; ++k) tonnes[k] = 0;
      std::int64_t sign = 1;
      for (const FirmColumn<Tonnes>* column : columns) {
        if (column->is_stored()) for_each([&](std::size_t k, std::uint32_t row) { tonnes[k] += sign * (*column)[row].count; });
        sign = sign_of_rest;
      }
      for (std::size_t k = 0; k < n; ++k) into[k] = static_cast<double>(tonnes[k]);
    };
    sum(of.met, {&year.surrendered, &year.retired, &year.shortfall}, 1);
    sum(of.claimed, {&year.allocated, &year.borrowed}, -1);
    const bool of_cycle = y >= f.first_year && y <= f.last_year;
    double owed = of_cycle ? 1 - f.offset_use : 1;
    if (of_cycle && f.offset_books) {
      // Credits that it holds count up to their limit, before the true-up those that it will have bought by then.
      for (std::size_t k = 0; k < n; ++k) {
        const double held_credits = std::min(credits[k], f.offset_share * of.obligation[k]);
        credits[k] -= held_credits;
        of.obligation[k] -= std::max(held_credits, f.offset_use * of.obligation[k]);
      }
      owed = 1;
    }
    add_year(n, owed, y >= f.due_from && y <= f.last_year ? f.share : -1, of,
             p.net.data(), due.data(), p.obligation.data());
  }
  // A hedger has bought part of what later years will lack already, or sold part of what they will leave over.
  for (std::size_t ahead = 0; ahead < position_.hedge_ahead.size(); ++ahead)
    for_each([&](std::size_t k, std::uint32_t row) {
      if (traits.style[row] != Style::hedger) return;
      p.net[k] -= position_.hedge_ahead[ahead] * (dues && dues->holds(row) ? dues->gap(row, ahead) : expected_gap(view, row, f.hedged_from + static_cast<int>(ahead), f.known_year));
    });
  if (!f.later_vintages) {
    const FirmYear& last = firms.year(std::min(f.cycle_last_year, firms.last_year()));
    for_each([&](std::size_t k, std::uint32_t row) {
      held[k] = std::min(held[k], static_cast<double>(instrument.usable(market.registry, market.account(row), f.cycle_last_year, last.borrowed[row]).count));
    });
  }
  close_balance(n, f, held.data(), due.data(), caution.data(), p);
}

Balance PositionModel::balance(const StrategyView& view, const DayFacts& f, std::uint32_t row, const BlockDues* dues) const {
  Positions one;
  one.size = 1;
  one.row[0] = row;
  one.urgency[0] = urgency_of(f, view.traits.tau[row], view.traits.early[row] != 0);
  balance(view, f, dues, one);
  return one.balance(0);
}

void PositionModel::assess(const StrategyView& view, const DayFacts& f, Positions& p) const {
  const Market& market = view.market;
  const FirmTraits& traits = view.traits;
  WorthColumns of;
  for (std::size_t k = 0; k < p.size; ++k) {
    const std::uint32_t row = p.row[k];
    const Style style = traits.style[row];
    of.hoard[k] = traits.hoard[row];
    of.bank[k] = (style == Style::hedger ? position_.hedger_bank : style == Style::active ? position_.active_bank : 0) * traits.emissions[row];
    p.dying[k] = p.dying_urgency[k] = 0;
  }
  find_penalties(p.size, f, position_.stigma, p, of);
  // What it would cost to abate as much is dear to find out, and of no consequence to whom the market is not worth its price.
  for (std::size_t k = 0; k < p.size && position_.own_abatement; ++k)
    if (p.need[k] > 0 && (p.urgency[k] * p.urgency[k] > 1e-12 || p.value[k] > f.price))
      of.way_out[k] = or_own_abatement(view, f, p.row[k], p.need[k], p.lacking[k], of.way_out[k]);
  find_worth(p.size, f, of, p);
  if (f.keeps_all) return;
  const PolicyView look = market.policy_view(traits, view.firms, view.key);
  const Calendar& calendar = market.rules().calendar;
  for (std::size_t k = 0; k < p.size; ++k) {
    const CarryOver carry = market.carry_over(look, p.row[k]);
    if (!carry.limits(view.listed().instrument.first_vintage) || p.surplus[k] <= carry.limit) continue;
    // Selling also makes room: a tonne sold leaves the surplus and raises the limit.
    p.dying[k] = (p.surplus[k] - carry.limit) / (1 + carry.per_sale);
    const int days = std::max(0, calendar.ordinal(carry.conversion) - calendar.ordinal(view.today));
    p.dying_urgency[k] = urgency_at(days, traits.tau[p.row[k]]);
  }
}

Position PositionModel::assess(const StrategyView& view, const DayFacts& f, std::uint32_t row, const Balance& balance) const {
  Positions one;
  one.size = 1;
  one.row[0] = row;
  one.set_balance(0, balance);
  one.value[0] = value_of(view, f, row);
  assess(view, f, one);
  return one.position(0);
}

}  // namespace tantu
