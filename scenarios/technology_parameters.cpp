#include "scenarios/technology_parameters.hpp"

#include <algorithm>

namespace tantu {

template <>
const Table& table<MeasureParameters>() {
  using P = MeasureParameters;
  static const Table t{"measure", "One way to abate.",
      {field<&P::name>("name", "", "what is done").required(),
       choice<&P::kind>("kind", {"operational", "investment"}, "reversible by the day, or decided once and effective after its lead time"),
       field<&P::potential>("potential", "1", in(0, 1), "share of the emissions left after other measures").required(),
       field<&P::cost_per_t>("cost_per_t", "currency per t", "median annualised cost; firms whose cost is not above 0 have done it already").required(),
       field<&P::cost_spread>("cost_spread", "1", in(0, 3), "s.d. of the log of firms' costs (cost above 0, no absolute spread)"),
       field<&P::cost_spread_absolute>("cost_spread_absolute", "currency per t", at_least(0), "s.d. of firms' costs; takes the place of cost_spread"),
       field<&P::capex_share>("capex_share", "1", in(0, 1), "share of the cost that is capital, an annuity over the lifetime"),
       field<&P::lifetime_years>("lifetime_years", "years", above(0), "how long an investment works; then it can be made again"),
       field<&P::lead_time_years>("lead_time_years", "years", in(0, 50), "from decision to effect"),
       field<&P::learning>("learning", "1 per year", in(0, 0.5), "yearly fall of the cost"),
       field<&P::route>("route", "", "of investments with the same route a firm has one at most, e.g. blast furnace or electric arc; empty: beside all others"),
       field<&P::capital_cost>("capital_cost", "1 per year", in(0, 1), "cost of capital of this measure, e.g. of public money; null: that of the firms")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.cost_per_t <= 0 && p.cost_spread > 0)
          problems.push_back({"/cost_spread", "needs a cost above 0; use cost_spread_absolute"});
        if (!p.route.empty() && p.kind != MeasureKind::investment)
          problems.push_back({"/route", "is for investments; what is reversible is chosen by the day"});
      })};
  return t;
}

template <>
const Table& table<CurveParameters>() {
  using P = CurveParameters;
  static const Table t{"curve", "A smooth marginal abatement cost curve over the abated share a of a firm's emissions.",
      {choice<&P::shape>("shape", {"none", "linear", "power", "exponential"}, "c a, c a^n or c (e^(n a) - 1)"),
       field<&P::price_per_t>("price_per_t", "currency per t", above(0), "c"),
       field<&P::exponent>("exponent", "1", above(0), "n"),
       field<&P::most>("most", "1", in(0, 1), "largest share that can be abated"),
       field<&P::cost_spread>("cost_spread", "1", in(0, 3), "s.d. of the log of firms' c")}};
  return t;
}

template <>
const Table& table<TechnologyParameters>() {
  using P = TechnologyParameters;
  static const Table t{"technology", "What a sector's firms can do about their emissions.",
      {field<&P::catalogue>("catalogue", "", "takes the measures of a technology of the shipped catalogue (scenarios/presets/technologies.csv), before its own"),
       field<&P::currency_per_usd>("currency_per_usd", "currency per USD", above(0), "what a dollar of the catalogue's costs is"),
       field<&P::measures>("measures", "", "steps; at most 32"),
       field<&P::curve>("curve", "", "a smooth curve on what is left")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.measures.size() > most_measures) problems.push_back({"/measures", "has more than 32 measures"});
        for (std::size_t i = 0; i < p.measures.size(); ++i)
          if (std::any_of(p.measures.begin(), p.measures.begin() + static_cast<std::ptrdiff_t>(i), [&](const MeasureParameters& m) { return m.name == p.measures[i].name; }))
            problems.push_back({"/measures/" + std::to_string(i) + "/name", "stands twice; results tell measures apart by their names"});
      })};
  return t;
}

}  // namespace tantu
