// Containment reserves: allowances that are sold only at trigger prices, and volume that is withheld below one.
//
// `with_auctions`: each tier is a step of every auction's supply at its trigger price (RGGI's cost
// containment reserve, one tier to 2026 and two from 2027; New Zealand's two tiers). What is withheld below
// withhold_below (RGGI's emissions containment reserve) is sold from that price on, else cancelled.
// `own_sales` (California's allowance price containment reserve, 17 CCR 95913): tiers are sold at their
// prices a while after an auction that settled at offered_at of the lowest tier or more, and always before
// a deadline.
//
// `yearly`: each year has its own volume and what is not sold lapses; else the volumes are added to a stock.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct TierParameters {
  PricePathParameters price;
  std::map<int, double> volume_mt, cap_share;
};

template <>
const Table& table<TierParameters>() {
  using P = TierParameters;
  static const Table t{
      "tier",
      "One tier of a containment reserve.",
      {field<&P::price>("price", "", "trigger price").required(),
       field<&P::volume_mt>("volume_mt", "Mt by year", at_least(0), "yearly: volume of a year, the last given one holds on; else what is added in that year"),
       field<&P::cap_share>("cap_share", "1, by year", in(0, 1), "the same as a share of the cap, if volume_mt is not given")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.volume_mt.empty() == p.cap_share.empty()) problems.push_back({"/volume_mt", "or cap_share: give one of them"});
      })};
  return t;
}

enum class ReserveSale : std::uint8_t { with_auctions, own_sales };

struct ContainmentReserveParameters {
  std::vector<TierParameters> tiers;
  ReserveSale sale = ReserveSale::with_auctions;
  bool yearly = true;
  double offered_at = 0.60;
  std::int64_t sale_after_days = 20, before_deadline_days = 20;
  PricePathParameters withhold_below;
  std::map<int, double> withhold_share;
};

template <>
const Table& table<ContainmentReserveParameters>() {
  using P = ContainmentReserveParameters;
  static const Table t{
      "containment_reserve",
      "Allowances sold at trigger prices only, and volume withheld below one.",
      {field<&P::tiers>("tiers", "", "in order of price"),
       choice<&P::sale>("sale", {"with_auctions", "own_sales"}, "tiers are added to auctions at their prices, or sold at their prices in sales of their own"),
       field<&P::yearly>("yearly", "", "what is not sold in a year lapses"),
       field<&P::offered_at>("offered_at", "1", at_least(0), "own_sales: held after an auction that settled at this share of the lowest tier's price or more"),
       field<&P::sale_after_days>("sale_after_days", "trading days", in(1, 250), "own_sales: how long after the auction"),
       field<&P::before_deadline_days>("before_deadline_days", "trading days", in(0, 250), "own_sales: how long before a deadline there is one in any case; 0: none"),
       field<&P::withhold_below>("withhold_below", "", "price below which volume is withheld; left out: none"),
       field<&P::withhold_share>("withhold_share", "1, by year", in(0, 1), "share of an auction's volume that is withheld; the last given one holds on")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.tiers.empty() && p.withhold_below.given.empty()) problems.push_back({"/tiers", "is empty and nothing is withheld; at least one tier"});
        if (p.tiers.size() > 8) problems.push_back({"/tiers", "has more than 8 tiers"});
        if (p.withhold_below.given.empty() != p.withhold_share.empty()) problems.push_back({"/withhold_share", "and withhold_below go together"});
        for (std::size_t k = 1; k < p.tiers.size(); ++k) {
          if (p.tiers[k].price.given.empty() || p.tiers[k - 1].price.given.empty()) continue;
          const int year = std::max(p.tiers[k].price.given.begin()->first, p.tiers[k - 1].price.given.begin()->first);
          if (*price_in(p.tiers[k].price, year) < *price_in(p.tiers[k - 1].price, year))
            problems.push_back({"/tiers/" + std::to_string(k) + "/price", "of " + std::to_string(year) + " is below that of the tier before it"});
        }
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"tier_price", "currency t-1", "trigger price of the first tier"},   {"tier_volume", "t", "stock of the first tier"},
    {"tier_price_2", "currency t-1", "trigger price of the second tier"}, {"tier_volume_2", "t", "stock of the second tier"},
    {"tier_price_3", "currency t-1", "trigger price of the third tier"},  {"tier_volume_3", "t", "stock of the third tier"},
    {"withheld", "t", "withheld from an auction below its trigger price"},
};
constexpr std::size_t withheld_series = 6;

class ContainmentReserve final : public Policy {
 public:
  using Parameters = ContainmentReserveParameters;
  static constexpr Phase acts_in = Phase::containment;
  ContainmentReserve(const Parameters& p, const PolicyContext& context)
      : p_(p), auction_(context.pool("auction")), cap_(context.cap), scale_(context.price_scale), first_year_(context.first_year) {
    for (std::size_t k = 0; k < p.tiers.size(); ++k) {
      pools_.push_back(context.pool(k == 0 ? std::string("containment") : "containment_" + std::to_string(k + 1)));
      if (!p.tiers[k].cap_share.empty() && !context.cap(context.first_year))
        throw ParameterError({"tiers", std::to_string(k), "cap_share"}, "needs a cap on the mass of allowances; give volume_mt, or set the cap's basis to \"mass\"");
    }
  }
  Phase phase() const override { return acts_in; }

  /// Tiers; the price below which volume is withheld is a floor.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    const HistoryView& history = question.history;
    for (int year = history.first_year(); year <= history.last_year(); ++year) {
      for (std::size_t k = 0; k < p_.tiers.size(); ++k) {
        const auto tier = static_cast<int>(k) + 1;
        const auto given = p_.tiers[k].price.given.begin();
        if (given == p_.tiers[k].price.given.end() || year < given->first) continue;
        if (question.asks(Answer::tier_price))
          if (const auto price = price_in(p_.tiers[k].price, year, history, "the price of a tier")) answers.put(Answer::tier_price, {year}, *price, {}, tier);
        if (question.asks(Answer::tier_volume))
          answers.put(Answer::tier_volume, {year}, static_cast<double>(volume(p_.tiers[k], year, p_.yearly).count), {}, tier);
      }
      if (question.asks(Answer::price_floor))
        if (const auto below = price_in(p_.withhold_below, year, history, "the price below which is withheld")) answers.put(Answer::price_floor, {year}, *below);
    }
  }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const int year = year_of(view.today);
    if (year < first_year_ || !state.first_time(static_cast<std::size_t>(year - first_year_))) return;
    for (std::size_t k = 0; k < p_.tiers.size(); ++k) {
      const Tonnes stock = view.stock(pools_[k]);
      const bool first = year == year_of(view.opening);
      Tonnes now = stock;
      if (p_.yearly) now = volume(p_.tiers[k], year, true);
      else
        for (int y = first ? first_year_ - 50 : year; y <= year; ++y) now += volume(p_.tiers[k], y, false);
      Effect e{now > stock ? Effect::Kind::create : Effect::Kind::cancel, 0, now > stock ? year : 0, now > stock ? now - stock : stock - now};
      e.from = e.to = pools_[k];
      if (e.tonnes > Tonnes{}) effects.push_back(e);
      if (k < 3) {
        if (const auto price = price_in(p_.tiers[k].price, year)) state.report(2 * k, view.today, *price);
        state.report(2 * k + 1, view.today, static_cast<double>(now.count));
      }
    }
  }

  void call_auctions(const PolicyView& view, PolicyState& state, std::vector<AuctionNotice>& notices) const override {
    const int year = year_of(view.today);
    state.number(withheld) = state.number(base) = 0;
    if (const auto below = price_in(p_.withhold_below, year))
      for (AuctionNotice& n : notices) {
        if (n.tag != 0 || n.supply.empty()) continue;
        const Price price = price_from_currency(*below, scale_);
        SupplyStep& first = n.supply.front();
        const Tonnes part = std::min(first.quantity, whole_tonnes(value_in(p_.withhold_share, year, 0) * static_cast<double>(first.quantity.count)));
        if (price <= first.from || part == Tonnes{}) break;
        first.quantity -= part;
        state.number(base) = static_cast<double>(first.quantity.count);
        state.number(withheld) = static_cast<double>(part.count);
        n.supply.push_back({price, part, first.source});
        break;
      }
    if (p_.sale == ReserveSale::with_auctions) {
      for (AuctionNotice& n : notices) {
        if (n.tag != 0 || n.supply.empty()) continue;
        add_tiers(view, year, n);
        break;
      }
    } else if (sale_day(view)) {
      AuctionNotice n;
      n.tag = 3;
      n.vintage = year;
      n.own = pools_[0];
      n.rules.kind = AuctionKind::fixed_price;
      add_tiers(view, year, n);
      if (!n.supply.empty()) notices.push_back(n);
    }
    for (AuctionNotice& n : notices)
      std::stable_sort(n.supply.begin(), n.supply.end(), [](const SupplyStep& a, const SupplyStep& b) { return a.from < b.from; });
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    if (state.numbers.empty() || state.number(withheld) <= 0) return;
    for (const AuctionRecord& a : view.auctions) {
      if (a.day != view.today || a.tag != 0) continue;
      const Tonnes own = a.sold - a.contained;
      const auto sold = std::clamp<std::int64_t>(own.count - static_cast<std::int64_t>(state.number(base)), 0, static_cast<std::int64_t>(state.number(withheld)));
      const Tonnes kept{static_cast<std::int64_t>(state.number(withheld)) - sold};
      state.report(withheld_series, view.today, static_cast<double>(kept.count));
      Effect e{Effect::Kind::cancel, 0, 0, kept};
      e.from = auction_;
      if (kept > Tonnes{}) effects.push_back(e);
      break;
    }
    state.number(withheld) = 0;
  }

  /// Tiers at their prices; what is withheld of auctions below a price is offered from that price on.
  void expect(const PolicyView& view, const PolicyState& state, SupplyOutlook& outlook) const override {
    for (std::size_t k = 0; k < outlook.years.size(); ++k) {
      SupplyYear& y = outlook.years[k];
      const bool created = !outlook.at_opening && y.year == year_of(view.today) && y.year >= first_year_ &&
                           static_cast<std::size_t>(y.year - first_year_) < state.done.size() && state.done[static_cast<std::size_t>(y.year - first_year_)];
      if (!p_.withhold_below.given.empty()) {
        const double below = price_in(p_.withhold_below, y.year).value_or(0);
        double volume = y.auctioned;
        for (const Offer& offer : y.offers)
          if (offer.source == SupplySource::auction && offer.low < below) volume += offer.tonnes;
        const double kept = below > 0 ? y.withhold(value_in(p_.withhold_share, y.year, 0) * volume) : 0;
        y.offers.push_back({SupplySource::auction, below, below, kept});
      }
      for (std::size_t t = 0; t < p_.tiers.size(); ++t) {
        double stock = 0;
        const auto price = price_in(p_.tiers[t].price, y.year);
        if (created) {
          stock = static_cast<double>(view.stock(pools_[t]).count);
        } else if (p_.yearly) {
          stock = static_cast<double>(volume(p_.tiers[t], y.year, true).count) * y.ahead;
        } else {
          const bool running = !outlook.at_opening && outlook.years.front().year <= year_of(view.today);
          if (running) stock = static_cast<double>(view.stock(pools_[t]).count);
          for (int added = running ? year_of(view.today) + 1 : first_year_ - 50; added <= y.year; ++added) stock += static_cast<double>(volume(p_.tiers[t], added, false).count);
          for (std::size_t sold = 0; sold < k; ++sold) stock -= outlook.taken(sold, view.index, t + (p_.withhold_below.given.empty() ? 0 : 1));
        }
        y.offers.push_back({SupplySource::reserve, price.value_or(0), price.value_or(0), price ? std::max(0.0, stock) : 0});
      }
    }
  }

 private:
  enum : std::size_t { base, withheld };

  Tonnes volume(const TierParameters& tier, int year, bool holds_on) const {
    const auto of = [&](const std::map<int, double>& path) {
      if (holds_on) return value_in(path, year, 0);
      const auto given = path.find(year);
      return given == path.end() ? 0.0 : given->second;
    };
    return whole_tonnes(tier.volume_mt.empty() ? of(tier.cap_share) * cap_(year).value_or(0) : of(tier.volume_mt) * 1e6);
  }
  void add_tiers(const PolicyView& view, int year, AuctionNotice& n) const {
    for (std::size_t k = 0; k < p_.tiers.size(); ++k) {
      const auto price = price_in(p_.tiers[k].price, year);
      const Tonnes stock = view.stock(pools_[k]);
      if (price && stock > Tonnes{}) n.supply.push_back({price_from_currency(*price, scale_), stock, pools_[k]});
    }
  }
  bool sale_day(const PolicyView& view) const {
    const auto lowest = p_.tiers.empty() ? std::nullopt : price_in(p_.tiers[0].price, year_of(view.today));
    if (!lowest) return false;
    const int today = view.calendar.ordinal(view.today);
    for (const ComplianceCycle& cycle : view.cycles)
      if (p_.before_deadline_days > 0 && view.calendar.contains(cycle.deadline) && view.calendar.ordinal(cycle.deadline) - today == p_.before_deadline_days) return true;
    for (auto a = view.auctions.rbegin(); a != view.auctions.rend(); ++a) {
      const auto past = today - view.calendar.ordinal(a->day);
      if (past > p_.sale_after_days) break;
      if (past == p_.sale_after_days && a->tag == 0 && to_currency(a->price, scale_) >= p_.offered_at * *lowest) return true;
    }
    return false;
  }

  Parameters p_;
  Pool auction_;
  std::vector<Pool> pools_;
  std::function<std::optional<double>(int)> cap_;
  double scale_;
  int first_year_;
};

}  // namespace

PolicyKind containment_reserve_kind() { return policy_kind<ContainmentReserve>("containment_reserve"); }

}  // namespace tantu
