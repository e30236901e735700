// What a book trades: the set of registry units that satisfies a trade in it. Allowances of all vintages unless the
// rules tell vintages or phases apart; offsets of one type have a book of their own price.
#pragma once

#include <cstdint>
#include <limits>

#include "sim/registry.hpp"

namespace tantu {

struct Instrument {
  static constexpr std::int32_t any_origin = -1;
  UnitType type = UnitType::allowance;
  std::int32_t origin = any_origin;  ///< of offsets the type, of allowances the market of issue
  std::int32_t first_vintage = std::numeric_limits<std::int32_t>::min();
  std::int32_t last_vintage = std::numeric_limits<std::int32_t>::max();

  bool delivers(const Unit& unit) const {
    return unit.type == type && (origin == any_origin || unit.origin == origin) && first_vintage <= unit.vintage && unit.vintage <= last_vintage;
  }
  /// What the account could deliver.
  Tonnes holding(const Registry& registry, Account account) const {
    Tonnes sum;
    for (UnitIndex u = 0; u < registry.units().size(); ++u)
      if (delivers(registry.units()[u])) sum += registry.holding(account, u);
    return sum;
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("type", type); v("origin", origin); v("first_vintage", first_vintage); v("last_vintage", last_vintage);
  }
};

}  // namespace tantu
