// Every kind of trader there is: one line in catalog.cpp, one file each beside it.
//
// A kind's parameter struct has a member `TraderMeans means`; trader_fields() puts its fields before the kind's own,
// so that a scenario writes them side by side.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/parameters.hpp"
#include "sim/trader.hpp"

namespace tantu {

/// What every trader has.
struct TraderMeans {
  std::string market = {};       ///< id; empty: the first one
  std::string instrument = {};   ///< of the market; empty: its first one
  std::int64_t count = 1;        ///< traders of these parameters
  double cash = 10e6;            ///< currency, of each account
  std::int64_t allowances = 0;   ///< t, of each account
  double credit = 0;             ///< currency
  std::int64_t turns = 8;        ///< times a day
  std::optional<Day> admitted = {};  ///< to the exchange; none: from the beginning
};

template <class P>
std::vector<Field> trader_fields(std::vector<Field> own) {
  using M = TraderMeans;
  std::vector<Field> fields = {
      field_within<&P::means, &M::market>("market", "", anything(), "id of the market; empty: the first"),
      field_within<&P::means, &M::instrument>("instrument", "", anything(), "name of the market's instrument; empty: its first one"),
      field_within<&P::means, &M::count>("count", "", in(1, 1000), "traders of these parameters"),
      field_within<&P::means, &M::cash>("cash", "currency", in(0, 1e13), "of each account at the start"),
      field_within<&P::means, &M::allowances>("allowances", "t", in(0, 1e10), "of each account at the start; issued beside the cap"),
      field_within<&P::means, &M::credit>("credit", "currency", in(0, 1e13), "how far the cash of an account may fall below zero"),
      field_within<&P::means, &M::turns>("turns", "per trading day", in(1, 1000), "times a day that it acts"),
      field_within<&P::means, &M::admitted>("admitted", "", anything(), "first day on which the exchange takes its orders, as of an institution that is admitted later; null: from the beginning")};
  for (Field& f : own) fields.push_back(std::move(f));
  return fields;
}

struct TraderKind {
  KindEntry entry;
  const TraderMeans& (*means)(const void* parameters);
  std::shared_ptr<const Trader> (*make)(const void* parameters);
};

std::span<const TraderKind> trader_catalog();
std::span<const KindEntry> trader_kinds();
/// Requires a kind of the catalog.
const TraderKind& trader_kind(std::string_view kind);

/// The catalog line of a trader class that is made from its parameters.
template <class T>
TraderKind trader_kind_of(std::string_view kind) {
  using P = typename T::Parameters;
  return {kind_entry<P>(kind), [](const void* p) -> const TraderMeans& { return static_cast<const P*>(p)->means; },
          [](const void* p) -> std::shared_ptr<const Trader> { return std::make_shared<T>(*static_cast<const P*>(p)); }};
}

// One per file of this folder.
TraderKind market_maker_kind();
TraderKind trend_speculator_kind();
TraderKind value_speculator_kind();
TraderKind long_only_fund_kind();
TraderKind zero_intelligence_kind();
TraderKind arbitrageur_kind();
TraderKind spoofer_kind();
TraderKind corner_kind();
TraderKind wash_trader_kind();
TraderKind project_developer_kind();

}  // namespace tantu
