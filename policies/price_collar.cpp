// A price floor and a ceiling that the authority backs without limit.
//
// On the exchange: every day it offers to buy any quantity at the floor and to sell any quantity at the
// ceiling; where the day's price limits lie beyond them, nobody can trade there and it does not appear.
// What it buys is cancelled or goes to a reserve; what it sells is created as it is sold (Pizer 2002,
// J. Public Econ. 85:409; Burtraw, Palmer, Kahn 2010, Energy Policy 38:4921).
//
// As price-ceiling units (California, 17 CCR 95915): on the last trading day before a deadline each firm may
// buy what it lacks for the obligations that fall due, and no more, once a reserve is empty.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

enum class CeilingSale : std::uint8_t { exchange, shortfall };
enum class Bought : std::uint8_t { cancel, reserve };

struct PriceCollarParameters {
  Day from = day_of(1990, 1, 1), until = day_of(2200, 12, 31);
  PricePathParameters floor, ceiling;
  Bought bought = Bought::cancel;
  std::string reserve = "containment";
  CeilingSale sale = CeilingSale::exchange;
  std::string after_reserve;
};

template <>
const Table& table<PriceCollarParameters>() {
  using P = PriceCollarParameters;
  static const Table t{
      "price_collar",
      "A hard price floor and a hard ceiling: the authority buys and sells without limit.",
      {field<&P::from>("from", "", "first day"), field<&P::until>("until", "", "last day"),
       field<&P::floor>("floor", "", "price at which any quantity is bought on the exchange; left out: no floor"),
       field<&P::ceiling>("ceiling", "", "price at which any quantity is sold; left out: no ceiling"),
       choice<&P::bought>("bought", {"cancel", "reserve"}, "what becomes of what is bought"),
       field<&P::reserve>("reserve", "", "reserve: the account that keeps it"),
       choice<&P::sale>("sale", {"exchange", "shortfall"}, "the ceiling is open to all on the exchange, or on the last day before a deadline to those who fall short"),
       field<&P::after_reserve>("after_reserve", "", "shortfall: only once this account is empty")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
        if (p.floor.given.empty() && p.ceiling.given.empty()) problems.push_back({"/floor", "and ceiling are both missing; give at least one"});
        for (int year = year_of(p.from); year <= std::min(year_of(p.until), 2200); ++year) {
          const auto low = price_in(p.floor, year), high = price_in(p.ceiling, year);
          if (!low || !high || *low < *high) continue;
          problems.push_back({"/floor", "of " + std::to_string(year) + " is not below the ceiling; the floor must stay below it"});
          break;
        }
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"price_floor", "currency t-1", "price at which any quantity is bought"},
    {"price_ceiling", "currency t-1", "price at which any quantity is sold"},
};

class PriceCollar final : public Policy {
 public:
  using Parameters = PriceCollarParameters;
  static constexpr Phase acts_in = Phase::containment;
  PriceCollar(const Parameters& p, const PolicyContext& context)
      : p_(p), floor_pool_(context.pool("price_floor")), ceiling_pool_(context.pool("price_ceiling")), reserve_(context.pool(p.reserve)),
        after_(p.after_reserve.empty() ? ceiling_pool_ : context.pool(p.after_reserve)), scale_(context.price_scale), first_year_(context.first_year) {}
  Phase phase() const override { return acts_in; }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    const HistoryView& history = question.history;
    for (int year = std::max(history.first_year(), year_of(p_.from)); year <= std::min(history.last_year(), year_of(p_.until)); ++year) {
      if (question.asks(Answer::price_floor))
        if (const auto floor = price_in(p_.floor, year, history, "the price floor")) answers.put(Answer::price_floor, {year}, *floor);
      if (question.asks(Answer::price_ceiling))
        if (const auto ceiling = price_in(p_.ceiling, year, history, "the price ceiling")) answers.put(Answer::price_ceiling, {year}, *ceiling);
    }
  }
  std::span<const SeriesName> series() const override { return series_names; }

  void price_bounds(Day day, PriceBounds& bounds) const override {
    if (day < p_.from || day > p_.until) return;
    if (const auto floor = price_in(p_.floor, year_of(day))) bounds.floor = std::max(bounds.floor, *floor);
    if (const auto ceiling = price_in(p_.ceiling, year_of(day))) bounds.ceiling = std::min(bounds.ceiling, *ceiling);
  }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const int year = year_of(view.today);
    if (view.today < p_.from || view.today > p_.until) return;
    if (state.first_time(static_cast<std::size_t>(std::max(0, year - first_year_)))) {
      if (const auto floor = price_in(p_.floor, year)) state.report(0, view.today, *floor);
      if (const auto ceiling = price_in(p_.ceiling, year)) state.report(1, view.today, *ceiling);
    }
    if (p_.sale != CeilingSale::shortfall || !price_in(p_.ceiling, year)) return;
    if (const ComplianceCycle* cycle = due_today(view); cycle && reserve_is_empty(view)) {
      Effect e{Effect::Kind::create, 0, year, shortfall(view, *cycle)};
      e.to = ceiling_pool_;
      if (e.tonnes > Tonnes{}) effects.push_back(e);
    }
  }

  void call_auctions(const PolicyView& view, PolicyState&, std::vector<AuctionNotice>& notices) const override {
    const auto ceiling = price_in(p_.ceiling, year_of(view.today));
    if (p_.sale != CeilingSale::shortfall || !ceiling || view.today < p_.from || view.today > p_.until || !due_today(view)) return;
    const Tonnes stock = view.stock(ceiling_pool_);
    if (stock == Tonnes{}) return;
    AuctionNotice n;
    n.tag = 2;
    n.own = ceiling_pool_;
    n.vintage = year_of(view.today);
    n.shortfall_only = true;
    n.rules.kind = AuctionKind::fixed_price;
    n.supply.push_back({price_from_currency(*ceiling, scale_), stock, ceiling_pool_});
    notices.push_back(n);
  }

  void quote(const PolicyView& view, const PolicyState&, std::vector<Quote>& quotes) const override {
    if (view.today < p_.from || view.today > p_.until) return;
    const int year = year_of(view.today);
    if (const auto floor = price_in(p_.floor, year)) quotes.push_back({floor_pool_, Side::buy, price_from_currency(*floor, scale_), {}, year});
    if (const auto ceiling = price_in(p_.ceiling, year); ceiling && p_.sale == CeilingSale::exchange)
      quotes.push_back({ceiling_pool_, Side::sell, price_from_currency(*ceiling, scale_), {}, year});
  }

  void comply(const PolicyView& view, PolicyState&, Effects& effects) const override {
    const auto empty = [&](Pool pool, Effect::Kind kind) {
      Effect e{kind, 0, 0, view.stock(pool)};
      e.from = pool;
      e.to = reserve_;
      if (e.tonnes > Tonnes{}) effects.push_back(e);
    };
    empty(floor_pool_, p_.bought == Bought::cancel ? Effect::Kind::cancel : Effect::Kind::move);
    if (p_.sale == CeilingSale::shortfall) empty(ceiling_pool_, Effect::Kind::cancel);
  }

 private:
  static const ComplianceCycle* due_today(const PolicyView& view) {
    for (const ComplianceCycle& cycle : view.cycles)
      if (view.today <= cycle.deadline && view.closes(cycle.deadline)) return &cycle;
    return nullptr;
  }
  bool reserve_is_empty(const PolicyView& view) const { return p_.after_reserve.empty() || view.stock(after_) == Tonnes{}; }
  static Tonnes shortfall(const PolicyView& view, const ComplianceCycle& cycle) {
    Tonnes sum{};
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      Tonnes due = view.firms.debt[row];
      for (int y = std::max(cycle.due_from(), view.firms.first_year); y <= std::min(cycle.last_year, view.firms.last_year()); ++y) {
        const FirmYear& f = view.firms.year(y);
        const Tonnes owed = cycle.share < 1 ? whole_tonnes(cycle.share * static_cast<double>(std::max(f.obligation[row], Tonnes{}).count)) : f.obligation[row];
        if (owed > Tonnes{}) due += std::max(Tonnes{}, owed - f.surrendered[row] - f.retired[row]);
      }
      sum += std::max(Tonnes{}, due - view.registry.holding(view.account(row)));
    }
    return sum;
  }
  Parameters p_;
  Pool floor_pool_, ceiling_pool_, reserve_, after_;
  double scale_;
  int first_year_;
};

}  // namespace

PolicyKind price_collar_kind() { return policy_kind<PriceCollar>("price_collar"); }

}  // namespace tantu
