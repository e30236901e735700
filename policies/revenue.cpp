// Revenue: what becomes of the money from auctions, reserves and taxes.
//
// On the first trading day of a month the cash of the named accounts is shared among its uses, in whole
// ticks: rebates to firms (in proportion to baseline emissions, to last year's output, or alike), support of
// abatement (in proportion to last year's abatement), the rest to the general budget. Who pays and who is
// paid is in the results by firm, sector and region.
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/operation.hpp"

namespace tantu {

enum class RevenueUse : std::uint8_t { rebate, support };
enum class RebateBy : std::uint8_t { emissions, output, alike };

struct RevenueUseParameters {
  RevenueUse use = RevenueUse::rebate;
  double share = 0;
  RebateBy by = RebateBy::emissions;
  std::vector<std::string> sectors;
};

template <>
const Table& table<RevenueUseParameters>() {
  using P = RevenueUseParameters;
  static const Table t{
      "revenue_use",
      "One use of revenue.",
      {choice<&P::use>("use", {"rebate", "support"}, "paid back to firms, or to those who abate"),
       field<&P::share>("share", "1", in(0, 1), "of the revenue").required(),
       choice<&P::by>("by", {"emissions", "output", "alike"}, "rebate: in proportion to baseline emissions, to last year's output x baseline emissions, or the same to each firm"),
       field<&P::sectors>("sectors", "", "only firms of these; empty: all")}};
  return t;
}

struct RevenueParameters {
  std::vector<std::string> from{"auction"};
  std::map<std::string, RevenueUseParameters> uses;
};

template <>
const Table& table<RevenueParameters>() {
  using P = RevenueParameters;
  static const Table t{
      "revenue",
      "What becomes of the authority's revenue; what has no use goes to the general budget.",
      {field<&P::from>("from", "", "accounts whose cash is used: auction, containment, price_ceiling, tax, treasury (fines)"),
       field<&P::uses>("uses", "", "uses by name")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        double sum = 0;
        for (const auto& [name, use] : p.uses) sum += use.share;
        if (sum > 1 + 1e-12) problems.push_back({"/uses", "add up to more than the whole revenue"});
        if (p.from.empty()) problems.push_back({"/from", "is empty; at least one account"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"revenue", "currency", "used in the month"},
    {"to_firms", "currency", "of it paid to firms"},
};

class Revenue final : public Policy {
 public:
  using Parameters = RevenueParameters;
  static constexpr Phase acts_in = Phase::revenue;
  Revenue(const Parameters& p, const PolicyContext& context) : p_(p), budget_(context.pool("budget")), scale_(context.price_scale) {
    for (const std::string& name : p.from) from_.push_back(context.pool(name));
    for (const auto& [name, use] : p.uses) {
      std::vector<std::uint8_t>& mine = applies_.emplace_back(context.traits.sectors.size(), use.sectors.empty() ? 1 : 0);
      for (std::size_t i = 0; i < use.sectors.size(); ++i) mine[require_sector(context, use.sectors[i], {"uses", name, "sectors", std::to_string(i)})] = 1;
    }
  }
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const Day month = first_of_month(view.today);
    if (state.number(0) == month.number) return;
    state.number(0) = month.number;
    Cash all{}, spent{};
    for (const Pool from : from_) {
      const Cash cash = view.cash(from);
      if (cash <= Cash{}) continue;
      Cash left = cash;
      std::size_t k = 0;
      for (const auto& [name, use] : p_.uses) {
        const Cash part = std::min(left, Cash{static_cast<std::int64_t>(use.share * static_cast<double>(cash.count))});
        left -= spend(view, use, applies_[k++], from, part, effects);
      }
      all += cash;
      spent += cash - left;
      Effect e{Effect::Kind::transfer, 0, year_of(view.today), {}, left};
      e.from = from;
      e.to = budget_;
      if (left > Cash{}) effects.push_back(e);
    }
    if (all == Cash{}) return;
    state.report(0, view.today, to_currency(all, scale_));
    state.report(1, view.today, to_currency(spent, scale_));
  }

 private:
  Cash spend(const PolicyView& view, const RevenueUseParameters& use, const std::vector<std::uint8_t>& applies, Pool from, Cash cash, Effects& effects) const {
    const int last = std::clamp(year_of(view.today) - 1, view.firms.first_year, view.firms.last_year());
    const std::uint32_t n = view.rows.size();
    // Shares in whole ticks by the same rule as lots of an auction; weights are whole numbers.
    std::vector<Tonnes> weights(n);
    std::vector<std::uint32_t> order(n);
    std::int64_t total = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t row = view.rows.first + i;
      order[i] = i;
      if (!applies[view.traits.sector[row]] || !view.firms.covered[row] || view.traits.closing[row] <= view.today) continue;
      double weight = 1;
      if (use.use == RevenueUse::support) weight = baseline_to_date(view.traits, view.firms, row, last) - emissions_to_date(view.traits, view.firms, row, last);
      else if (use.by == RebateBy::emissions) weight = view.traits.emissions[row];
      else if (use.by == RebateBy::output) weight = view.traits.emissions[row] * view.firms.year(last).activity[row];
      weights[i] = whole_tonnes(std::max(0.0, weight));
      total += weights[i].count;
    }
    if (total == 0 || cash <= Cash{}) return {};
    const std::vector<std::int64_t> shares = in_proportion(cash.count, weights, total);
    Cash spent{};
    for (std::uint32_t i = 0; i < n; ++i) {
      if (shares[i] == 0) continue;
      Effect e{Effect::Kind::spend, view.rows.first + i, year_of(view.today), {}, Cash{shares[i]}};
      e.from = from;
      effects.push_back(e);
      spent += Cash{shares[i]};
    }
    return spent;
  }
  /// Rounded down, cumulatively: shares add up to `amount` exactly.
  static std::vector<std::int64_t> in_proportion(std::int64_t amount, const std::vector<Tonnes>& weights, std::int64_t total) {
    __extension__ using Wide = __int128;
    std::vector<std::int64_t> shares;
    Wide upto = 0;
    std::int64_t given = 0;
    for (const Tonnes w : weights) {
      upto += w.count;
      const auto now = static_cast<std::int64_t>(upto * amount / total);
      shares.push_back(now - given);
      given = now;
    }
    return shares;
  }

  Parameters p_;
  Pool budget_;
  double scale_;
  std::vector<Pool> from_;
  std::vector<std::vector<std::uint8_t>> applies_;  ///< [use][sector]
};

}  // namespace

PolicyKind revenue_kind() { return policy_kind<Revenue>("revenue"); }

}  // namespace tantu
