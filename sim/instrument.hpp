// What a book trades: the set of registry units that satisfies a trade in it. Allowances of all vintages unless the
// rules tell vintages or phases apart; offsets of one type have a book of their own price.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "sim/registry.hpp"

namespace tantu {

struct Instrument {
  static constexpr std::int32_t any_origin = -1;
  static constexpr std::int32_t first_of_all = std::numeric_limits<std::int32_t>::min(), last_of_all = std::numeric_limits<std::int32_t>::max();
  UnitType type = UnitType::allowance;
  std::int32_t origin = any_origin;  ///< of offsets the type, of allowances the market of issue
  std::int32_t first_vintage = first_of_all;
  std::int32_t last_vintage = last_of_all;

  bool delivers(const Unit& unit) const {
    return unit.type == type && (origin == any_origin || unit.origin == origin) && is_of(unit.vintage);
  }
  bool is_of(std::int32_t vintage) const { return first_vintage <= vintage && vintage <= last_vintage; }
  /// True for allowances of every vintage and origin: the one instrument of a market that tells none apart.
  bool is_every_allowance() const {
    return type == UnitType::allowance && origin == any_origin && first_vintage == first_of_all && last_vintage == last_of_all;
  }
  /// Whether no unit is delivered by both.
  bool is_apart_from(const Instrument& other) const {
    return type != other.type || (origin != any_origin && other.origin != any_origin && origin != other.origin) ||
           last_vintage < other.first_vintage || other.last_vintage < first_vintage;
  }
  /// Whether obligations of these years are settled in it: some of them are among its vintages.
  bool settles(std::int32_t first_year, std::int32_t last_year) const {
    return type == UnitType::offset || (last_year >= first_vintage && first_year <= last_vintage);
  }
  /// What the account could deliver.
  Tonnes holding(const Registry& registry, Account account) const {
    if (is_every_allowance()) return registry.holding(account);
    Tonnes sum;
    for (UnitIndex u = 0; u < registry.units().size(); ++u)
      if (delivers(registry.units()[u])) sum += registry.holding(account, u);
    return sum;
  }
  /// Of it what may be surrendered for years up to `last_year` where later vintages may not be: those, and of the next
  /// one what was borrowed.
  Tonnes usable(const Registry& registry, Account account, std::int32_t last_year, Tonnes borrowed) const {
    const auto of = [&](std::int32_t first, std::int32_t last) {
      return Instrument{type, origin, std::max(first_vintage, first), std::min(last_vintage, last)}.holding(registry, account);
    };
    return of(first_of_all, last_year) + std::min(borrowed, of(last_year + 1, last_year + 1));
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("type", type); v("origin", origin); v("first_vintage", first_vintage); v("last_vintage", last_vintage);
  }
};

}  // namespace tantu
