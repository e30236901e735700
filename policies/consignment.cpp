// Consignment: allowances that belong to firms and must be sold at auction, on their owners' account.
//
// A share of the cap is created for the named sectors on a year's first trading day, in the account `consignment`;
// its owners never hold it (California's limited use holding account). Each auction offers it evenly over the
// auctions left in the year, from the auction's reserve price on and before the authority's own volume. Proceeds
// go to the owners in proportion to baseline emissions, to the last tick. What is not sold is offered again, over
// the turn of the year. For their obligations the owners buy like others.
// California, 17 CCR 95892: utilities consign all they are given for electricity, those of gas 25% in 2015 and 5
// points more each year up to 2020.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct ConsignmentParameters {
  std::vector<std::string> sectors;
  std::map<int, double> share;
};

template <>
const Table& table<ConsignmentParameters>() {
  using P = ConsignmentParameters;
  static const Table t{
      "consignment",
      "A share of the cap that is sold at auction for firms. Needs auctions.",
      {field<&P::sectors>("sectors", "", "sectors that own it").required(),
       field<&P::share>("share", "1, by year", in(0, 1), "share of the cap; the last given one holds on, before the first none").required()},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.sectors.empty()) problems.push_back({"/sectors", "is empty; at least one sector"});
        if (p.share.empty()) problems.push_back({"/share", "is empty; at least one year, e.g. {\"2013\": 0.5}"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"consigned", "t", "created for the year"},
    {"proceeds", "currency", "paid to owners after an auction"},
};

class Consignment final : public Policy {
 public:
  using Parameters = ConsignmentParameters;
  static constexpr Phase acts_in = Phase::auction;
  Consignment(const Parameters& p, const PolicyContext& context)
      : p_(p), pool_(context.pool("consignment")), cap_(context.cap), floor_(context.auction_floor), scale_(context.price_scale), first_year_(context.first_year),
        applies_(sectors_named(context, p.sectors)) {
    if (!context.cap(context.first_year)) throw ParameterError({"share"}, "needs a cap on the mass of allowances; set the cap's basis to \"mass\"");
  }
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const int year = year_of(view.today);
    if (year < first_year_ || !state.first_time(static_cast<std::size_t>(year - first_year_))) return;
    Effect e{Effect::Kind::create, 0, year, volume(year)};
    e.to = pool_;
    if (e.tonnes <= Tonnes{}) return;
    effects.push_back(e);
    state.report(0, view.today, static_cast<double>(e.tonnes.count));
  }

  void call_auctions(const PolicyView& view, PolicyState&, std::vector<AuctionNotice>& notices) const override {
    for (AuctionNotice& n : notices) {
      if (n.tag != 0 || n.supply.empty()) continue;
      const Tonnes part{view.stock(pool_).count / std::max(1, n.left_this_year)};
      // Before the authority's own at the same price: what an undersold auction leaves is the authority's.
      if (part > Tonnes{}) n.supply.insert(n.supply.begin(), {n.supply.front().from, part, pool_});
      break;
    }
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const Cash cash = view.cash(pool_);
    if (cash <= Cash{}) return;
    double weights = 0, upto = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) weights += weight(view, row);
    if (weights <= 0) return;
    // Rounded down cumulatively: shares add up to the last tick.
    std::int64_t paid = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (weight(view, row) <= 0) continue;
      upto += weight(view, row);
      const auto now = upto >= weights ? cash.count : static_cast<std::int64_t>(static_cast<double>(cash.count) * (upto / weights));
      Effect e{Effect::Kind::spend, row, year_of(view.today), {}, Cash{now - paid}};
      e.from = pool_;
      if (e.cash > Cash{}) effects.push_back(e);
      paid = now;
    }
    state.report(1, view.today, to_currency(cash, scale_));
  }

  /// Like the auctions' own volume: from their reserve price on. What stays unsold is kept, so it is offered once more.
  void expect(const PolicyView& view, const PolicyState& state, SupplyOutlook& outlook) const override {
    for (SupplyYear& y : outlook.years) {
      const auto mark = static_cast<std::size_t>(std::max(0, y.year - first_year_));
      const bool created = !outlook.at_opening && mark < state.done.size() && state.done[mark];
      const double tonnes = created && y.year == year_of(view.today) ? static_cast<double>(view.stock(pool_).count) : static_cast<double>(volume(y.year).count) * y.ahead;
      y.offers.push_back({SupplySource::auction, floor_(y.year), floor_(y.year), tonnes});
    }
  }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::auction_volume)) return;
    for (int year = question.history.first_year(); year <= question.history.last_year(); ++year)
      answers.add(Answer::auction_volume, {year}, static_cast<double>(volume(year).count));
  }

 private:
  Tonnes volume(int year) const { return whole_tonnes(value_in(p_.share, year, 0) * cap_(year).value_or(0)); }
  double weight(const PolicyView& view, std::uint32_t row) const {
    return applies_[view.traits.sector[row]] && view.firms.covered[row] ? view.traits.emissions[row] : 0;
  }
  Parameters p_;
  Pool pool_;
  std::function<std::optional<double>(int)> cap_;
  std::function<double(int)> floor_;
  double scale_;
  int first_year_;
  std::vector<std::uint8_t> applies_;  // [sector]
};

}  // namespace

PolicyKind consignment_kind() { return policy_kind<Consignment>("consignment"); }

}  // namespace tantu
