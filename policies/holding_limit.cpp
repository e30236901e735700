// Holding limit: the most allowances that one firm may hold.
//
// A number; or by California's formula (17 CCR 95920) 0.1 x base + 0.025 x (budget - base) with base 25 Mt and
// the cap as the budget (5.945 Mt for 2013); a multiple of the firm's yearly emissions is always allowed (what
// it needs itself). Bids at auctions and blocks stop at it, and the exchange refuses an order to buy that would
// lead beyond it. What is found above it on the first trading day of a month (after a free allocation) is reported,
// or cancelled without being owed.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

enum class AboveLimit : std::uint8_t { report, cancel };

struct HoldingLimitParameters {
  std::map<int, double> most_mt;
  double base_mt = 25, base_share = 0.1, rest_share = 0.025;
  double own_emissions = 1;
  AboveLimit above = AboveLimit::report;
};

template <>
const Table& table<HoldingLimitParameters>() {
  using P = HoldingLimitParameters;
  static const Table t{
      "holding_limit",
      "The most allowances that a firm may hold.",
      {field<&P::most_mt>("most_mt", "Mt by year", above(0), "the limit; left out: base_share x base + rest_share x (cap - base)"),
       field<&P::base_mt>("base_mt", "Mt", at_least(0), "base of the formula"),
       field<&P::base_share>("base_share", "1", in(0, 1), "share of the base"),
       field<&P::rest_share>("rest_share", "1", in(0, 1), "share of what the cap exceeds the base by"),
       field<&P::own_emissions>("own_emissions", "years", at_least(0), "a firm's yearly baseline emissions that it may hold in any case"),
       choice<&P::above>("above", {"report", "cancel"}, "what happens to what is above it")}};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"holding_limit", "t", "limit of the year"},
    {"above_limit", "t", "held above it, all firms"},
};

class HoldingLimit final : public Policy {
 public:
  using Parameters = HoldingLimitParameters;
  static constexpr Phase acts_in = Phase::banking;
  HoldingLimit(const Parameters& p, const PolicyContext& context) : p_(p), cap_(context.cap) {
    if (p.most_mt.empty() && !context.cap(context.first_year))
      throw ParameterError({"most_mt"}, "is missing; without a cap on the mass of allowances the formula has no budget");
  }
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  void holding_limit(const PolicyView& view, std::uint32_t row, Tonnes& most) const override {
    most = std::min(most, std::max(limit(year_of(view.today)), whole_tonnes(p_.own_emissions * view.traits.emissions[row])));
  }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const Day month = first_of_month(view.today);
    if (state.number(0) == month.number) return;
    state.number(0) = month.number;
    if (month_of(view.today) == 1 || state.points.empty()) state.report(0, view.today, static_cast<double>(limit(year_of(view.today)).count));
    double above = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      Tonnes most{std::numeric_limits<std::int64_t>::max()};
      holding_limit(view, row, most);
      const Tonnes excess = view.registry.holding(view.account(row)) - most;
      if (excess <= Tonnes{}) continue;
      above += static_cast<double>(excess.count);
      if (p_.above == AboveLimit::cancel) effects.push_back({Effect::Kind::void_, row, 9999, excess});
    }
    if (above > 0) state.report(1, view.today, above);
  }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::holding_limit)) return;
    for (int year = question.history.first_year(); year <= question.history.last_year(); ++year)
      answers.put(Answer::holding_limit, {year}, static_cast<double>(limit(year).count));
  }

 private:
  Tonnes limit(int year) const {
    if (!p_.most_mt.empty()) return whole_tonnes(value_in(p_.most_mt, year, p_.most_mt.begin()->second) * 1e6);
    const double base = p_.base_mt * 1e6, budget = cap_(year).value_or(0);
    return whole_tonnes(p_.base_share * std::min(base, budget) + p_.rest_share * std::max(0.0, budget - base));
  }
  Parameters p_;
  std::function<std::optional<double>(int)> cap_;
};

}  // namespace

PolicyKind holding_limit_kind() { return policy_kind<HoldingLimit>("holding_limit"); }

}  // namespace tantu
