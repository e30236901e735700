// Whatever is moved in whatever order: no account falls below zero, every unit closes with ==, and what a
// movement cannot do it refuses without a trace.
#include "sim/registry.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace tantu {
namespace {

enum class Kind { issue, transfer, surrender, cancel, expire, deliver, surrender_up_to, cancel_up_to };

struct Movement {
  Kind kind;
  Account from, to;
  UnitIndex unit;
  std::int64_t quantity;
};

void showValue(const Movement& m, std::ostream& out) {
  constexpr std::array names{"issue", "transfer", "surrender", "cancel", "expire", "deliver", "surrender_up_to", "cancel_up_to"};
  out << names[static_cast<std::size_t>(m.kind)] << ' ' << m.quantity << " of unit " << m.unit << " from " << m.from << " to " << m.to << "; ";
}

rc::Gen<Movement> any_movement() {
  return rc::gen::build<Movement>(
      rc::gen::set(&Movement::kind, rc::gen::weightedElement<Kind>({{4, Kind::issue}, {3, Kind::transfer}, {1, Kind::surrender}, {1, Kind::cancel},
                                                                    {1, Kind::expire}, {2, Kind::deliver}, {1, Kind::surrender_up_to}, {1, Kind::cancel_up_to}})),
      rc::gen::set(&Movement::from, rc::gen::inRange<Account>(0, 4)), rc::gen::set(&Movement::to, rc::gen::inRange<Account>(0, 4)),
      rc::gen::set(&Movement::unit, rc::gen::inRange<UnitIndex>(0, 3)), rc::gen::set(&Movement::quantity, rc::gen::inRange<std::int64_t>(-2, 60)));
}

Registry three_vintages() {
  Registry registry(4);
  for (const int vintage : {2021, 2019, 2020}) registry.unit({UnitType::allowance, 0, vintage});
  return registry;
}

void make(Registry& registry, const Movement& m) {
  const Tonnes q{m.quantity};
  switch (m.kind) {
    case Kind::issue: registry.issue(m.to, m.unit, q); break;
    case Kind::transfer: registry.transfer(m.from, m.to, m.unit, q); break;
    case Kind::surrender: registry.surrender(m.from, m.unit, q); break;
    case Kind::cancel: registry.cancel(m.from, m.unit, q); break;
    case Kind::expire: registry.expire(m.from, m.unit, q); break;
    case Kind::deliver: registry.deliver(m.from, m.to, q); break;
    case Kind::surrender_up_to: registry.surrender_up_to(m.from, q); break;
    case Kind::cancel_up_to: registry.cancel_up_to(m.from, q); break;
  }
}

std::vector<Tonnes> all_holdings(const Registry& registry) {
  std::vector<Tonnes> all;
  for (UnitIndex u = 0; u < 3; ++u)
    for (Account a = 0; a < 4; ++a) all.push_back(registry.holding(a, u));
  return all;
}

RC_GTEST_PROP(RegistryProperty, ConservesAndNeverGoesNegative, ()) {
  Registry registry = three_vintages();
  std::array<std::int64_t, 3> issued{};
  for (const Movement& m : *rc::gen::container<std::vector<Movement>>(any_movement())) {
    const std::vector<Tonnes> before = all_holdings(registry);
    const std::int64_t held = registry.holding(m.from, m.unit).count;
    const bool takes = m.kind == Kind::transfer || m.kind == Kind::surrender || m.kind == Kind::cancel || m.kind == Kind::expire;
    bool refused = false;
    try {
      make(registry, m);
      if (m.kind == Kind::issue) issued[m.unit] += m.quantity;
    } catch (const std::logic_error&) {
      refused = true;
    }
    RC_ASSERT(refused == ((takes && (m.quantity < 0 || m.quantity > held)) || (m.kind == Kind::issue && m.quantity < 0)));
    if (refused) RC_ASSERT(all_holdings(registry) == before);
    RC_ASSERT(!registry.imbalance());
    for (const Tonnes t : all_holdings(registry)) RC_ASSERT(t >= Tonnes{});
    for (Account a = 0; a < 4; ++a)
      RC_ASSERT(registry.holding(a) == registry.holding(a, 0) + registry.holding(a, 1) + registry.holding(a, 2));
    for (UnitIndex u = 0; u < 3; ++u) RC_ASSERT(registry.totals(u).issued == Tonnes{issued[u]});
  }
}

RC_GTEST_PROP(RegistryProperty, TakesAYoungerVintageOnlyWhenTheOlderIsGone, ()) {
  Registry registry = three_vintages();  // in order of delivery: units 1, 2, 0
  for (UnitIndex u = 0; u < 3; ++u) registry.issue(0, u, Tonnes{*rc::gen::inRange<std::int64_t>(0, 50)});
  const Tonnes all = registry.holding(0), wanted{*rc::gen::inRange<std::int64_t>(0, 160)};
  RC_ASSERT(registry.deliver(0, 1, wanted) == std::min(all, wanted));
  if (registry.holding(1, 2) > Tonnes{}) RC_ASSERT(registry.holding(0, 1) == Tonnes{});
  if (registry.holding(1, 0) > Tonnes{}) RC_ASSERT(registry.holding(0, 1) + registry.holding(0, 2) == Tonnes{});
}

}  // namespace
}  // namespace tantu
