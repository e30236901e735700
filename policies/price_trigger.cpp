// Measures that an average price sets off: release from a reserve, withholding, a sale, purchases.
//
// The average over `months` whole calendar months (or `days` trading days) is compared with a given price or
// with `factor` times the average of the `reference_months` before, for `consecutive` months in a row:
//
//   United Kingdom, cost containment mechanism   1 month > 2 (2.5, 3) x 24 months, 3 months in a row
//   EU, Directive 2003/87/EC Art. 29a            6 months > 2.4 x the 24 months before them: 75 Mt
//   Korea, market stabilisation                  6 months > 3 x 24 months; 1 month > 2 x with twice the volume;
//                                                1 month < 0.6 x 24 months
//   Beijing, intervention band                   10 days above 150 or below 20
//
// Months are looked at on the first trading day of the next, days every day. After it has acted a measure
// rests for `rest_months`.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

enum class TriggerWhen : std::uint8_t { above, below };
enum class TriggerAction : std::uint8_t { release, withhold, sell, buy, announce_only };

struct PriceTriggerParameters {
  Day from = day_of(1990, 1, 1), until = day_of(2200, 12, 31);
  std::int64_t months = 1, days = 0;
  TriggerWhen when = TriggerWhen::above;
  PricePathParameters price;
  std::map<int, double> factor;
  std::int64_t reference_months = 24;
  bool reference_before = false;
  std::int64_t consecutive = 1;
  double volume_factor = 0;
  TriggerAction action = TriggerAction::release;
  double volume_mt = 0;
  double share_of_stock = 0;
  std::string pool = "containment";
  double stock_mt = 0;
  std::int64_t rest_months = 12;
  std::int64_t buying_days = 20;
};

template <>
const Table& table<PriceTriggerParameters>() {
  using P = PriceTriggerParameters;
  static const Table t{
      "price_trigger",
      "A measure that an average price sets off.",
      {field<&P::from>("from", "", "first day"), field<&P::until>("until", "", "last day"),
       field<&P::months>("months", "", in(1, 60), "whole calendar months whose average is looked at"),
       field<&P::days>("days", "", in(0, 500), "trading days whose average is looked at instead; 0: months"),
       choice<&P::when>("when", {"above", "below"}, "side of the threshold that sets it off"),
       field<&P::price>("price", "", "threshold that is given; left out: factor x reference"),
       field<&P::factor>("factor", "1, by year", above(0), "times the reference average; the last given one holds on"),
       field<&P::reference_months>("reference_months", "months", in(1, 120), "months of the reference average"),
       field<&P::reference_before>("reference_before", "", "the reference ends before the months that are looked at begin; else it ends with the month before today's"),
       field<&P::consecutive>("consecutive", "months", in(1, 60), "in a row for which it must hold"),
       field<&P::volume_factor>("volume_factor", "1", at_least(0), "and the last month's volume must be this many times the monthly mean of the reference; 0: no such condition"),
       choice<&P::action>("action", {"release", "withhold", "sell", "buy", "announce_only"}, "release: from the account to the auctions; withhold: the other way; sell: at an auction the same day; buy: on the exchange at the threshold; or nothing"),
       field<&P::volume_mt>("volume_mt", "Mt", at_least(0), "how much"),
       field<&P::share_of_stock>("share_of_stock", "1", in(0, 1), "how much, as a share of what the account holds, if volume_mt is 0"),
       field<&P::pool>("pool", "", "the account of the authority"),
       field<&P::stock_mt>("stock_mt", "Mt", at_least(0), "what is put into it at the opening"),
       field<&P::rest_months>("rest_months", "months", in(0, 600), "after it has acted, for how long it does not"),
       field<&P::buying_days>("buying_days", "trading days", in(1, 500), "buy: for how long it offers to buy")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
        if (p.price.given.empty() == p.factor.empty()) problems.push_back({"/price", "or factor: give one of them"});
        if (p.days > 0 && p.consecutive > 1) problems.push_back({"/consecutive", "counts months; it must be 1 where days are looked at"});
        if (p.action == TriggerAction::buy && p.price.given.empty()) problems.push_back({"/action", "\"buy\" needs a given price"});
        if (p.action != TriggerAction::announce_only && p.volume_mt <= 0 && p.share_of_stock <= 0) problems.push_back({"/volume_mt", "is 0; give it or share_of_stock"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"average_price", "currency t-1", "average that is looked at"},
    {"threshold", "currency t-1", "what it is compared with"},
    {"set_off", "t", "volume that the measure moves"},
};

class PriceTrigger final : public Policy {
 public:
  using Parameters = PriceTriggerParameters;
  static constexpr Phase acts_in = Phase::reserve;
  PriceTrigger(const Parameters& p, const PolicyContext& context)
      : p_(p), auction_(context.pool("auction")), pool_(context.pool(p.pool)), buying_(context.pool("price_support")), scale_(context.price_scale) {}
  Phase phase() const override { return acts_in; }

  /// The threshold of each month whose reference lies in the history, as ceiling or floor, and what it sets off.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    const Answer bound = p_.when == TriggerWhen::above ? Answer::price_ceiling : Answer::price_floor;
    const bool gives = p_.action == TriggerAction::release || p_.action == TriggerAction::sell || (p_.action == TriggerAction::announce_only && p_.when == TriggerWhen::above);
    const Answer effect = gives ? Answer::reserve_release : Answer::reserve_intake;
    if (!question.asks(bound) && !question.asks(effect)) return;
    const HistoryView& history = question.history;
    const auto looked_at = p_.days > 0 ? 1 : static_cast<int>(p_.months), reference = static_cast<int>(p_.reference_months);
    int in_a_row = 0, rests_until = 0;
    // Looked at on the first day of `month`; its averages end with the month before.
    for (int month = month_number(history.first_year(), 1); month <= month_number(history.last_year(), 12); ++month) {
      const Day day = day_of(month / 12, static_cast<unsigned>(month % 12) + 1, 1);
      if (day < p_.from || day > p_.until) continue;
      std::optional<double> threshold = price_in(p_.price, month / 12, history, "a price trigger");
      const int last = p_.reference_before ? month - 1 - looked_at : month - 1;
      const double factor = value_in(p_.factor, month / 12, 0);
      if (!threshold) {
        if (factor <= 0 || !history.covers((last - reference + 1) / 12) || last - reference + 1 < 0) continue;
        threshold = factor * history.need_mean(Given::price, last - reference + 1, last, "a price trigger");
      }
      answers.put(bound, {month / 12, month % 12 + 1}, in_decimals(*threshold, 2));
      if (!history.covers((month - looked_at) / 12)) continue;
      const double average = history.need_mean(Given::price, month - looked_at, month - 1, "a price trigger");
      const bool holds = p_.when == TriggerWhen::above ? average > *threshold : average < *threshold;
      in_a_row = holds ? in_a_row + 1 : 0;
      if (in_a_row < p_.consecutive || month < rests_until) continue;
      in_a_row = 0;
      rests_until = month + static_cast<int>(p_.rest_months);
      answers.add(effect, {month / 12, month % 12 + 1}, p_.action == TriggerAction::announce_only ? 0 : static_cast<double>(nearest(p_.volume_mt * 1e6)));
    }
  }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    state.number(last_number);
    state.numbers[to_sell] = 0;
    Tonnes stock = view.stock(pool_);
    if (state.first_time(0) && p_.stock_mt > 0) {
      Effect e{Effect::Kind::create, 0, year_of(view.today), whole_tonnes(p_.stock_mt * 1e6)};
      stock += e.tonnes;
      e.to = pool_;
      effects.push_back(e);
    }
    if (state.numbers[days_to_buy] > 0) --state.numbers[days_to_buy];
    const Day month = first_of_month(view.today);
    if (view.today < p_.from || view.today > p_.until) return;
    if (p_.days == 0 && state.numbers[month_seen] == month.number) return;
    state.numbers[month_seen] = month.number;
    const auto [average, threshold] = compare(view);
    if (!average || !threshold) return;
    if (p_.days == 0) {
      state.report(0, view.today, *average * scale_);
      state.report(1, view.today, *threshold * scale_);
    }
    const bool holds = (p_.when == TriggerWhen::above ? *average > *threshold : *average < *threshold) && volume_holds(view);
    state.numbers[in_a_row] = holds ? state.numbers[in_a_row] + 1 : 0;
    const bool rests = state.numbers[acted] > 0 && view.today < first_of_month(Day{static_cast<std::int32_t>(state.numbers[acted])}, static_cast<int>(p_.rest_months));
    if (state.numbers[in_a_row] < static_cast<double>(p_.consecutive) || rests) return;
    state.numbers[acted] = view.today.number;
    act(view, stock, state, effects);
  }

  void call_auctions(const PolicyView& view, PolicyState& state, std::vector<AuctionNotice>& notices) const override {
    if (state.numbers.empty() || state.number(to_sell) <= 0) return;
    AuctionNotice n;
    n.tag = 4;
    n.own = pool_;
    n.vintage = year_of(view.today);
    n.supply.push_back({Price{1}, Tonnes{static_cast<std::int64_t>(state.number(to_sell))}, pool_});
    notices.push_back(n);
  }

  void quote(const PolicyView& view, const PolicyState& state, std::vector<Quote>& quotes) const override {
    if (p_.action != TriggerAction::buy || state.numbers.size() <= last_number || state.numbers[days_to_buy] <= 0) return;
    const auto price = price_in(p_.price, year_of(view.today));
    const Tonnes left{static_cast<std::int64_t>(state.numbers[to_buy])};
    if (price && left > Tonnes{}) quotes.push_back({buying_, Side::buy, price_from_currency(*price, scale_), left, 0});
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    if (p_.action != TriggerAction::buy) return;
    const Tonnes bought = view.stock(buying_);
    if (bought == Tonnes{}) return;
    state.number(to_buy) -= static_cast<double>(bought.count);
    move(effects, buying_, pool_, bought);
  }

 private:
  enum : std::size_t { month_seen, in_a_row, acted, to_sell, to_buy, days_to_buy, last_number };
  struct Compared { std::optional<double> average, threshold; };  ///< ticks

  Compared compare(const PolicyView& view) const {
    Compared c;
    const auto months = static_cast<int>(p_.months);
    c.average = p_.days > 0 ? view.prices.last(static_cast<std::size_t>(p_.days)) : view.prices.months(view.today, months);
    const int year = year_of(view.today);
    if (const auto given = price_in(p_.price, year)) c.threshold = *given / scale_;
    else if (const double factor = value_in(p_.factor, year, 0); factor > 0) {
      c.threshold = view.prices.months(view.today, static_cast<int>(p_.reference_months), p_.reference_before ? months : 0);
      if (c.threshold) c.threshold = *c.threshold * factor;
    }
    return c;
  }
  bool volume_holds(const PolicyView& view) const {
    if (p_.volume_factor <= 0) return true;
    const auto reference = static_cast<int>(p_.reference_months);
    const double last = static_cast<double>(view.prices.volume(first_of_month(view.today, -1), first_of_month(view.today)).count);
    const double mean = static_cast<double>(view.prices.volume(first_of_month(view.today, -reference), first_of_month(view.today)).count) / reference;
    return last > p_.volume_factor * mean;
  }
  void act(const PolicyView& view, Tonnes stock, PolicyState& state, Effects& effects) const {
    Tonnes volume = p_.volume_mt > 0 ? whole_tonnes(p_.volume_mt * 1e6) : whole_tonnes(p_.share_of_stock * static_cast<double>(stock.count));
    switch (p_.action) {
      case TriggerAction::release:
        volume = std::min(volume, stock);
        move(effects, pool_, auction_, volume);
        break;
      case TriggerAction::withhold:
        volume = std::min(volume, view.stock(auction_));
        move(effects, auction_, pool_, volume);
        break;
      case TriggerAction::sell:
        volume = std::min(volume, stock);
        state.numbers[to_sell] = static_cast<double>(volume.count);
        break;
      case TriggerAction::buy:
        state.numbers[to_buy] = static_cast<double>(volume.count);
        state.numbers[days_to_buy] = static_cast<double>(p_.buying_days);
        break;
      case TriggerAction::announce_only: volume = {}; break;
    }
    state.report(2, view.today, static_cast<double>(volume.count));
  }
  static void move(Effects& effects, Pool from, Pool to, Tonnes tonnes) {
    if (tonnes <= Tonnes{}) return;
    Effect e{Effect::Kind::move, 0, 0, tonnes};
    e.from = from;
    e.to = to;
    effects.push_back(e);
  }
  Parameters p_;
  Pool auction_, pool_, buying_;
  double scale_;
};

}  // namespace

PolicyKind price_trigger_kind() { return policy_kind<PriceTrigger>("price_trigger"); }

}  // namespace tantu
