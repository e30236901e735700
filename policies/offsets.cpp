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
          if (std::none_of(p.types.begin(), p.types.end(), [&](const auto& type) { return type.second.origin == name; }))
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
    for (const auto& [name, type] : p.types) types_.push_back(&p_.types.at(name));
    by_price_.resize(types_.size());
    std::iota(by_price_.begin(), by_price_.end(), std::size_t{0});
    std::stable_sort(by_price_.begin(), by_price_.end(), [&](std::size_t a, std::size_t b) { return types_[a]->price_from < types_[b]->price_from; });
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
        const double volume = type.volume_mt * 1e6 * y.ahead;
        double most = std::min({volume, left, type.share * due});
        if (deadline < type.usable_from || deadline > type.usable_until || type.vintage_age > p_.vintage_age_most) most = 0;
        const auto origin = left_of_origin.find(type.origin);
        if (origin != left_of_origin.end()) most = std::min(most, origin->second);
        if (type.stock_mt > 0) {
          double stock = type.stock_mt * 1e6 - (outlook.at_opening || state.numbers.size() <= by_price_[n] ? 0 : state.numbers[by_price_[n]]);
          for (std::size_t before = 0; before < k; ++before) stock -= outlook.taken(before, view.index, n);
          most = std::min(most, std::max(0.0, stock));
        }
        left -= most;
        if (origin != left_of_origin.end()) origin->second -= most;
        y.offers.push_back({SupplySource::offsets, type.price_from, volume > 0 ? type.price_from + (type.price_to - type.price_from) * most / volume : type.price_from, most});
      }
    }
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      // Obligations are booked in a later phase of the true-up day, so offsets are bought from the next session on.
      if (view.today <= cycle.true_up || view.today > cycle.deadline || !state.first_time(c)) continue;
      use(view, state, cycle, effects);
    }
  }

 private:
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
      const auto share_of = [&](std::uint32_t i, double share) {
        const Tonnes due = std::max(Tonnes{}, y.obligation[view.rows.first + i]);
        return Tonnes{static_cast<std::int64_t>(std::floor(share * static_cast<double>(due.count) + 1e-9))};
      };
      for (std::uint32_t i = 0; i < n; ++i) {
        if (view.firms.covered[view.rows.first + i]) left[i] = share_of(i, offset_share(year));
        limit_sum += static_cast<double>(left[i].count);
      }
      for (const auto& [origin, limit] : p_.origin_share) {
        std::vector<Tonnes>& of = left_of_origin[origin];
        of.resize(n);
        for (std::uint32_t i = 0; i < n; ++i) of[i] = share_of(i, limit.share);
      }
      for (const std::size_t k : by_price_) {
        const OffsetTypeParameters& type = *types_[k];
        if (cycle.deadline < type.usable_from || cycle.deadline > type.usable_until || type.vintage_age > p_.vintage_age_most) continue;
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
        double most = offered(type, close, 1);
        if (type.stock_mt > 0) most = std::min(most, type.stock_mt * 1e6 - state.number(k));
        const Tonnes quantity = std::min(demand, Tonnes{static_cast<std::int64_t>(std::floor(std::max(0.0, most) + 1e-6))});
        if (quantity == Tonnes{}) continue;
        const Price price = std::max(Price{1}, price_from_currency(std::min(close, price_at(type, static_cast<double>(quantity.count), 1)), scale_));
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
  std::vector<const OffsetTypeParameters*> types_;
  std::vector<std::size_t> by_price_;
};

}  // namespace

PolicyKind offsets_kind() { return policy_kind<Offsets>("offsets"); }

}  // namespace tantu
