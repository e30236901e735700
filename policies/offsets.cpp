// Offsets: credits from outside the covered firms that meet part of an obligation.
//
// Once a cycle's obligations are final, firms buy and use credits while they cost less than an allowance. A
// type has a supply curve, linear from price_from (nothing) to price_to (volume_mt a year, and no more), and
// clears at a price of its own: with D the tonnes that firms may use and P the last close,
//
//   S(P) >= D: quantity D at the price where S = D;   else: quantity S(P) at P, in proportion to limits
//
// Cheaper types first. Limits, each a share of the obligation: of all offsets by year, of a type, of all types
// of one origin (Guangdong: at most 30% of the use from elsewhere). A type may be a stock that runs out
// (credits from before a reform) and may be usable for a time only.
//
// Types with a book (an instrument of the scenario names them in `offset`) do not clear here. Their credits are issued
// to project developers day by day, volume_mt over a year, as long as a deadline to come takes them; firms buy them in
// the book (agents/offset_purchases.cpp), and at the deadline what they hold is retired up to the limits, before
// allowances are taken. Who holds more keeps it or sells it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct OffsetTypeParameters {
  double price_from = 0, price_to = 0, volume_mt = 0;
  double share = 1;
  std::string origin;
  double stock_mt = 0;
  std::int64_t vintage_age = 0;
  Day supply_from = day_of(1990, 1, 1);
  Day usable_from = day_of(1990, 1, 1), usable_until = day_of(2200, 12, 31);
};

template <>
const Table& table<OffsetTypeParameters>() {
  using P = OffsetTypeParameters;
  static const Table t{
      "offset_type",
      "One type of offset with its supply.",
      {field<&P::price_from>("price_from", "currency per t", at_least(0), "price below which there is none").required(),
       field<&P::price_to>("price_to", "currency per t", at_least(0), "price at which all of volume_mt is offered").required(),
       field<&P::volume_mt>("volume_mt", "Mt per year", at_least(0), "largest supply of a year").required(),
       field<&P::share>("share", "1", in(0, 1), "largest share of an obligation that this type may meet"),
       field<&P::origin>("origin", "", "where it comes from, as origin_share names it"),
       field<&P::stock_mt>("stock_mt", "Mt", at_least(0), "all there will ever be; 0: no such limit"),
       field<&P::vintage_age>("vintage_age", "years", in(0, 50), "how much older than the obligation's year its vintage is"),
       field<&P::supply_from>("supply_from", "", "first day on which its projects yield credits"),
       field<&P::usable_from>("usable_from", "", "for deadlines from this day on"),
       field<&P::usable_until>("usable_until", "", "for deadlines up to this day")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.price_to < p.price_from) problems.push_back({"/price_to", "is below price_from"});
        if (p.usable_until < p.usable_from) problems.push_back({"/usable_until", to_string(p.usable_until) + " is before usable_from, " + to_string(p.usable_from)});
      })};
  return t;
}

struct OriginShareParameters { double share = 1; };

template <>
const Table& table<OriginShareParameters>() {
  static const Table t{"origin_share", "A limit on all types of one origin.",
      {field<&OriginShareParameters::share>("share", "1", in(0, 1), "largest share of an obligation").required()}};
  return t;
}

struct OffsetsParameters {
  std::map<int, double> share;
  std::map<std::string, OffsetTypeParameters> types;
  std::map<std::string, OriginShareParameters> origin_share;
  std::int64_t vintage_age_most = 50;
};

template <>
const Table& table<OffsetsParameters>() {
  using P = OffsetsParameters;
  static const Table t{
      "offsets",
      "Credits from outside that meet a share of obligations.",
      {field<&P::share>("share", "1, by year", in(0, 1), "largest share of a year's obligation that all offsets may meet; the last given one holds on, before the first none").required(),
       field<&P::types>("types", "", "types by name").required(),
       field<&P::origin_share>("origin_share", "", "limits by origin"),
       field<&P::vintage_age_most>("vintage_age_most", "years", in(0, 50), "older vintages are not accepted")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.share.empty()) problems.push_back({"/share", "is empty; at least one year, e.g. {\"2021\": 0.05}"});
        if (p.types.empty()) problems.push_back({"/types", "is empty; at least one type"});
        for (const auto& [name, type] : p.types)
          if (!type.origin.empty() && !p.origin_share.empty() && !p.origin_share.contains(type.origin))
            problems.push_back({"/types/" + name + "/origin", "\"" + type.origin + "\" is not among origin_share"});
        for (const auto& [name, limit] : p.origin_share) {
          (void)limit;
          if (std::none_of(p.types.begin(), p.types.end(), [&, wanted = name](const auto& type) { return type.second.origin == wanted; }))
            problems.push_back({"/origin_share/" + name, "is the origin of no type"});
        }
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"offset_limit", "t", "offsets that all firms may use for a cycle"},
    {"offset_use", "t", "offsets that they use for it"},
    {"offset_price", "currency t-1", "average price of these"},
};

class Offsets final : public Policy {
 public:
  using Parameters = OffsetsParameters;
  static constexpr Phase acts_in = Phase::offset;
  Offsets(const Parameters& p, const PolicyContext& context) : p_(p), developers_(context.pool("offset_developers")), scale_(context.price_scale) {
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) emissions_ += context.traits.emissions[row];
    for (const auto& [name, type] : p.types) types_.push_back(&p_.types.at(name));
    by_price_.resize(types_.size());
    std::iota(by_price_.begin(), by_price_.end(), std::size_t{0});
    std::stable_sort(by_price_.begin(), by_price_.end(), [&](std::size_t a, std::size_t b) { return types_[a]->price_from < types_[b]->price_from; });
    for (const auto& [name, type] : p.types) {
      has_book_.push_back(std::find(context.offset_books.begin(), context.offset_books.end(), name) != context.offset_books.end());
      (has_book_.back() ? any_book_ : any_without_) = true;
    }
    // What firms have used by origin is known at the moment of use: a limit cannot be shared between two such moments.
    for (const auto& [name, type] : p.types)
      for (const auto& [other_name, other] : p.types)
        if (p.origin_share.contains(type.origin) && type.origin == other.origin && has_book(name) && !has_book(other_name))
          throw ParameterError({"types", other_name}, "has no book, but \"" + name + "\" of the same origin_share has one; give both a book or neither");
  }
  Phase phase() const override { return acts_in; }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::offset_limit)) return;
    std::map<int, double> total;
    for (const HistoryRow& row : question.history.rows(Given::verified_emissions)) {
      const double due = answers.find(Answer::obligation, row.when, row.entity).value_or(0);
      if (row.when.month != 0) continue;
      const double limit = std::floor(offset_share(row.when.year) * due + 1e-9);
      answers.put(Answer::offset_limit, row.when, limit, row.entity);
      total[row.when.year] += limit;
    }
    for (const auto& [year, limit] : total) answers.put(Answer::offset_limit, {year}, limit);
  }
  std::span<const SeriesName> series() const override { return series_names; }
  double offset_share(int year) const override { return value_in(p_.share, year, 0); }
  std::vector<std::string> offset_types() const override {
    std::vector<std::string> names;
    for (const auto& [name, type] : p_.types) { (void)type; names.push_back(name); }
    return names;
  }
  OffsetCosts offset_costs(std::size_t type) const override { return {types_[type]->price_from, types_[type]->price_to}; }
  double offset_room(std::span<const OpenObligation> open, std::span<const Tonnes> held, std::size_t k) const override {
    const OffsetTypeParameters& type = *types_[k];
    const auto has_limit = [&](std::size_t t) { return p_.origin_share.contains(type.origin) && types_[t]->origin == type.origin; };
    double of_all = 0, of_type = 0, of_origin = 0;
    for (const OpenObligation& o : open) {
      if (!is_usable(type, o.deadline)) continue;
      of_all += std::max(0.0, std::floor(offset_share(o.year) * o.tonnes + 1e-9) - o.met);
      of_type += std::floor(type.share * o.tonnes + 1e-9);
      if (has_limit(k)) of_origin += std::floor(p_.origin_share.at(type.origin).share * o.tonnes + 1e-9);
    }
    double all = 0, same_origin = 0;
    for (std::size_t t = 0; t < held.size(); ++t) {
      all += static_cast<double>(held[t].count);
      if (has_limit(t)) same_origin += static_cast<double>(held[t].count);
    }
    double room = std::min(of_all - all, of_type - static_cast<double>(held[k].count));
    if (has_limit(k)) room = std::min(room, of_origin - same_origin);
    return room;
  }
  /// All firms' limits against what supply offers at the price, in proportion.
  double expected_offsets(int year, double price) const override {
    double left = offset_share(year), used = 0;
    for (const std::size_t k : by_price_) {
      const OffsetTypeParameters& type = *types_[k];
      const Day deadline = first_day_of(year + 1);
      if (!is_usable(type, deadline)) continue;
      const double part = std::min({left, type.share, offered(type, price, supplied_share(type, year)) / std::max(1.0, emissions_)});
      left -= part;
      used += part;
    }
    return used;
  }

  /// Each type up to what the limits leave it, those that begin cheaper first.
  void expect(const PolicyView& view, const PolicyState& state, SupplyOutlook& outlook) const override {
    for (std::size_t k = 0; k < outlook.years.size(); ++k) {
      SupplyYear& y = outlook.years[k];
      Day deadline = day_of(y.year + 1, 12, 31);
      for (const ComplianceCycle& cycle : view.cycles)
        if (cycle.first_year <= y.year && y.year <= cycle.last_year) deadline = cycle.deadline;
      const double due = y.obligation * y.ahead;
      double left = offset_share(y.year) * due;
      std::map<std::string, double> left_of_origin;
      for (const auto& [origin, limit] : p_.origin_share) left_of_origin[origin] = limit.share * due;
      for (std::size_t n = 0; n < by_price_.size(); ++n) {
        const OffsetTypeParameters& type = *types_[by_price_[n]];
        const double volume = type.volume_mt * 1e6 * std::min(y.ahead, supplied_share(type, y.year));
        double most = std::min({volume, left, type.share * due});
        if (!is_usable(type, deadline)) most = 0;
        const auto origin = left_of_origin.find(type.origin);
        if (origin != left_of_origin.end()) most = std::min(most, origin->second);
        if (type.stock_mt > 0) {
          double stock = type.stock_mt * 1e6 - (outlook.at_opening ? 0 : left_market(view, state, by_price_[n]));
          for (std::size_t before = 0; before < k; ++before) stock -= outlook.taken(before, view.index, n);
          most = std::min(most, std::max(0.0, stock));
        }
        left -= most;
        if (origin != left_of_origin.end()) origin->second -= most;
        y.offers.push_back({SupplySource::offsets, type.price_from, volume > 0 ? type.price_from + (type.price_to - type.price_from) * most / volume : type.price_from, most});
      }
    }
  }

  /// Credits of types with a book come to be as the year passes.
  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    if (!any_book_) return;
    const int year = year_of(view.today);
    const auto years_lived = [&](Day day) { return year_of(day) + static_cast<double>(day - first_day_of(year_of(day))) / days_in_year(year_of(day)); };
    for (std::size_t k = 0; k < types_.size(); ++k) {
      const OffsetTypeParameters& type = *types_[k];
      if (!has_book_[k]) continue;
      const bool in_demand = std::any_of(view.cycles.begin(), view.cycles.end(), [&](const ComplianceCycle& c) { return view.today <= c.deadline && is_usable(type, c.deadline); });
      double& yielded = state.number(2 * types_.size() + k);
      double& until = state.number(types_.size() + k);        // the day through which projects have been credited, in years
      double& certified = state.number(k);
      if (until <= 0) until = years_lived(view.opening);
      const double now = years_lived(view.today + 1);
      if (in_demand) yielded += type.volume_mt * 1e6 * std::max(0.0, now - std::max(until, years_lived(type.supply_from)));
      until = now;
      if (type.stock_mt > 0) yielded = std::min(yielded, type.stock_mt * 1e6);
      const Tonnes fresh{static_cast<std::int64_t>(std::floor(yielded + 1e-6) - certified)};
      if (fresh <= Tonnes{}) continue;
      certified += static_cast<double>(fresh.count);
      Effect e{Effect::Kind::certify, 0, year - static_cast<int>(type.vintage_age), fresh};
      e.origin = static_cast<std::uint16_t>(k);
      effects.push_back(e);
    }
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (any_book_ && view.closes(cycle.deadline) && view.today > cycle.true_up && state.first_time(view.cycles.size() + c)) retire(view, state, cycle, effects);
      // Obligations are booked in a later phase of the true-up day, so offsets are bought from the next session on.
      if (!any_without_ || view.today <= cycle.true_up || view.today > cycle.deadline || !state.first_time(c)) continue;
      use(view, state, cycle, effects);
    }
  }

 private:
  bool has_book(const std::string& name) const {
    return has_book_[static_cast<std::size_t>(std::distance(p_.types.begin(), p_.types.find(name)))];
  }
  /// Of a year, the part in which its projects yield credits.
  static double supplied_share(const OffsetTypeParameters& type, int year) {
    const double days = static_cast<double>(first_day_of(year + 1) - std::max(type.supply_from, first_day_of(year))) / days_in_year(year);
    return std::clamp(days, 0.0, 1.0);
  }
  bool is_usable(const OffsetTypeParameters& type, Day deadline) const {
    return type.usable_from <= deadline && deadline <= type.usable_until && type.vintage_age <= p_.vintage_age_most;
  }
  /// Of a stock, what firms have used or, where it has a book, bought.
  double left_market(const PolicyView& view, const PolicyState& state, std::size_t k) const {
    if (!has_book_[k]) return k < state.numbers.size() ? state.numbers[k] : 0;
    Tonnes sum{};
    for (UnitIndex u = 0; u < view.registry.units().size(); ++u) {
      const Unit& unit = view.registry.units()[u];
      if (unit.type != UnitType::offset || unit.origin != k) continue;
      sum += view.registry.totals(u).surrendered;
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) sum += view.registry.holding(view.account(row), u);
    }
    return static_cast<double>(sum.count);
  }
  static Tonnes held(const PolicyView& view, std::uint32_t row, std::size_t k) {
    Tonnes sum{};
    for (UnitIndex u = 0; u < view.registry.units().size(); ++u)
      if (view.registry.units()[u].type == UnitType::offset && view.registry.units()[u].origin == k) sum += view.registry.holding(view.account(row), u);
    return sum;
  }
  static Tonnes share_of(Tonnes obligation, double share) {
    return Tonnes{static_cast<std::int64_t>(std::floor(share * static_cast<double>(std::max(Tonnes{}, obligation).count) + 1e-9))};
  }

  /// What firms hold of the types with a book, up to the limits and to what they still owe for the cycle's years.
  void retire(const PolicyView& view, PolicyState& state, const ComplianceCycle& cycle, Effects& effects) const {
    double limit_sum = 0, used_sum = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (!view.firms.covered[row]) continue;
      std::vector<Tonnes> holds(types_.size());
      for (std::size_t k = 0; k < types_.size(); ++k)
        if (has_book_[k]) holds[k] = held(view, row, k);
      for (int year = std::max(cycle.first_year, view.firms.first_year); year <= std::min(cycle.last_year, view.firms.last_year()); ++year) {
        const FirmYear& y = view.firms.year(year);
        const Tonnes owed = y.obligation[row];
        limit_sum += static_cast<double>(share_of(owed, offset_share(year)).count);
        Tonnes left = std::min(share_of(owed, offset_share(year)) - y.retired[row], owed - y.retired[row] - y.surrendered[row] - y.shortfall[row]);
        std::map<std::string, Tonnes> left_of_origin;
        for (const auto& [origin, limit] : p_.origin_share) left_of_origin[origin] = share_of(owed, limit.share);
        for (const std::size_t k : by_price_) {
          const OffsetTypeParameters& type = *types_[k];
          if (!has_book_[k] || !is_usable(type, cycle.deadline)) continue;
          const auto origin = left_of_origin.find(type.origin);
          Tonnes part = std::min({holds[k], left, share_of(owed, type.share)});
          if (origin != left_of_origin.end()) part = std::min(part, origin->second);
          if (part <= Tonnes{}) continue;
          Effect e{Effect::Kind::retire, row, year, part};
          e.origin = static_cast<std::uint16_t>(k);
          effects.push_back(e);
          holds[k] -= part;
          left -= part;
          if (origin != left_of_origin.end()) origin->second -= part;
          used_sum += static_cast<double>(part.count);
        }
      }
    }
    state.report(0, view.today, limit_sum);
    state.report(1, view.today, used_sum);
  }

  /// What supply offers at a price, and the price at which it offers a quantity; `years` years of it.
  static double offered(const OffsetTypeParameters& t, double price, double years) {
    const double volume = t.volume_mt * 1e6 * years;
    if (price < t.price_from || volume <= 0) return 0;
    if (t.price_to <= t.price_from) return volume;
    return volume * std::min(1.0, (price - t.price_from) / (t.price_to - t.price_from));
  }
  static double price_at(const OffsetTypeParameters& t, double quantity, double years) {
    return t.price_from + (t.price_to - t.price_from) * std::min(1.0, quantity / (t.volume_mt * 1e6 * years));
  }

  void use(const PolicyView& view, PolicyState& state, const ComplianceCycle& cycle, Effects& effects) const {
    const double close = view.prices.last(1).value_or(static_cast<double>(view.average_120.count)) * scale_;
    const std::uint32_t n = view.rows.size();
    double limit_sum = 0, used_sum = 0, paid = 0;
    for (int year = cycle.first_year; year <= cycle.last_year; ++year) {
      const FirmYear& y = view.firms.year(year);
      std::vector<Tonnes> left(n);                                   // of the limit on all offsets
      std::map<std::string, std::vector<Tonnes>> left_of_origin;
      const auto share_of = [&](std::uint32_t i, double share) { return Offsets::share_of(y.obligation[view.rows.first + i], share); };
      for (std::uint32_t i = 0; i < n; ++i) {
        if (view.firms.covered[view.rows.first + i]) left[i] = share_of(i, offset_share(year));
        limit_sum += static_cast<double>(left[i].count);
        // What firms hold of types with a book they will use at the deadline.
        for (std::size_t k = 0; k < types_.size(); ++k)
          if (has_book_[k]) left[i] = std::max(Tonnes{}, left[i] - held(view, view.rows.first + i, k));
      }
      for (const auto& [origin, limit] : p_.origin_share) {
        std::vector<Tonnes>& of = left_of_origin[origin];
        of.resize(n);
        for (std::uint32_t i = 0; i < n; ++i) of[i] = share_of(i, limit.share);
      }
      for (const std::size_t k : by_price_) {
        const OffsetTypeParameters& type = *types_[k];
        if (has_book_[k] || !is_usable(type, cycle.deadline)) continue;
        std::vector<Tonnes>* origin = left_of_origin.contains(type.origin) ? &left_of_origin.at(type.origin) : nullptr;
        std::vector<Tonnes> wishes(n);
        std::vector<std::uint32_t> order(n);
        Tonnes demand{};
        for (std::uint32_t i = 0; i < n; ++i) {
          wishes[i] = std::min(left[i], share_of(i, type.share));
          if (origin) wishes[i] = std::min(wishes[i], (*origin)[i]);
          order[i] = i;
          demand += wishes[i];
        }
        const double years = supplied_share(type, year);
        double most = offered(type, close, years);
        if (type.stock_mt > 0) most = std::min(most, type.stock_mt * 1e6 - state.number(k));
        const Tonnes quantity = std::min(demand, Tonnes{static_cast<std::int64_t>(std::floor(std::max(0.0, most) + 1e-6))});
        if (quantity == Tonnes{}) continue;
        const Price price = std::max(Price{1}, price_from_currency(std::min(close, price_at(type, static_cast<double>(quantity.count), years)), scale_));
        const std::vector<Tonnes> shares = ration(quantity, wishes, order, Tonnes{1});
        for (std::uint32_t i = 0; i < n; ++i) {
          if (shares[i] == Tonnes{}) continue;
          Effect credit{Effect::Kind::credit, view.rows.first + i, year - static_cast<int>(type.vintage_age), shares[i], price * shares[i]};
          credit.to = developers_;
          credit.origin = static_cast<std::uint16_t>(k);
          effects.push_back(credit);
          Effect retire{Effect::Kind::retire, view.rows.first + i, year, shares[i]};
          retire.origin = static_cast<std::uint16_t>(k);
          effects.push_back(retire);
          left[i] -= shares[i];
          if (origin) (*origin)[i] -= shares[i];
        }
        state.number(k) += static_cast<double>(quantity.count);
        used_sum += static_cast<double>(quantity.count);
        paid += to_currency(price, scale_) * static_cast<double>(quantity.count);
      }
    }
    state.report(0, view.today, limit_sum);
    state.report(1, view.today, used_sum);
    if (used_sum > 0) state.report(2, view.today, paid / used_sum);
  }

  Parameters p_;
  Pool developers_;
  double scale_;
  double emissions_ = 0;  ///< of all firms in a year, t
  std::vector<const OffsetTypeParameters*> types_;
  std::vector<std::size_t> by_price_;
  std::vector<bool> has_book_;  ///< [type]
  bool any_book_ = false, any_without_ = false;
};

}  // namespace

PolicyKind offsets_kind() { return policy_kind<Offsets>("offsets"); }

}  // namespace tantu
