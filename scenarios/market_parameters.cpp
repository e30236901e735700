#include "scenarios/market_parameters.hpp"

#include "policies/catalog.hpp"

namespace tantu {

template <>
const Table& table<CalendarParameters>() {
  using P = CalendarParameters;
  static const Table t{"calendar", "Trading days: weekdays less holidays.",
      {field<&P::holidays>("holidays", "", "weekdays without trading")}};
  return t;
}

template <>
const Table& table<UnitParameters>() {
  using P = UnitParameters;
  static const Table t{"unit", "What is traded and in which steps its price is kept.",
      {field<&P::name>("name", "", "name of one allowance"),
       choice<&P::measure>("measure", {"tonne", "short_ton"}, "what it is a right to emit; emissions, caps and costs of the market are per this unit"),
       field<&P::price_scale>("price_scale", "currency", in(1e-4, 1e6), "smallest step of prices and cash in the books; the tick is a multiple of it")}};
  return t;
}

template <>
const Table& table<MarketParameters>() {
  using P = MarketParameters;
  static const Table t{"market", "One market: its calendar, exchange and policies.",
      {field<&P::currency>("currency", "", "ISO code"),
       field<&P::unit>("unit", "", "the allowance"),
       field<&P::calendar>("calendar", "", "trading days"),
       field<&P::exchange>("exchange", "", "rules of trading"),
       field<&P::instruments>("instruments", "", "allowances by vintage that have a book and a price of their own, by name; none: all allowances are one instrument"),
       plugins<&P::policies>("policies", policy_kinds, "policy instruments by name; each has a `kind`")}};
  return t;
}

}  // namespace tantu
