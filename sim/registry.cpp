#include "sim/registry.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace tantu {

Account Registry::open_account() {
  for (auto& row : holdings_) row.push_back(Tonnes{});
  if (total_.size() < accounts_) total_.resize(accounts_);
  total_.push_back(Tonnes{});
  return accounts_++;
}

UnitIndex Registry::unit(const Unit& unit) {
  const auto known = std::find(units_.begin(), units_.end(), unit);
  if (known != units_.end()) return static_cast<UnitIndex>(known - units_.begin());
  const auto index = static_cast<UnitIndex>(units_.size());
  units_.push_back(unit);
  totals_.emplace_back();
  held_.emplace_back();
  moved_.push_back(1);
  holdings_.emplace_back(accounts_);
  total_.resize(accounts_);
  if (unit.type == UnitType::allowance) order_.push_back(index);
  std::stable_sort(order_.begin(), order_.end(), [&](UnitIndex a, UnitIndex b) {
    return std::tie(units_[a].expires, units_[a].vintage, units_[a].type) <
           std::tie(units_[b].expires, units_[b].vintage, units_[b].type);
  });
  return index;
}

std::optional<UnitIndex> Registry::find(UnitType type, std::int32_t vintage, std::uint16_t origin) const {
  for (UnitIndex i = 0; i < units_.size(); ++i)
    if (units_[i].type == type && units_[i].vintage == vintage && units_[i].origin == origin) return i;
  return std::nullopt;
}

void Registry::issue(Account to, UnitIndex unit, Tonnes quantity) {
  if (quantity < Tonnes{}) throw std::logic_error("issue of a negative quantity");
  put(to, unit, quantity);
  totals_[unit].issued += quantity;
}

void Registry::put(Account to, UnitIndex unit, Tonnes quantity) {
  holdings_[unit][to] += quantity;
  held_[unit] += quantity;
  moved_[unit] = 1;
  if (units_[unit].type == UnitType::allowance) total_[to] += quantity;
}

void Registry::take(Account from, UnitIndex unit, Tonnes quantity) {
  if (quantity < Tonnes{}) throw std::logic_error("movement of a negative quantity");
  Tonnes& held = holdings_[unit][from];
  if (held < quantity) throw std::logic_error("an account gives allowances that it does not hold");
  held -= quantity;
  held_[unit] -= quantity;
  moved_[unit] = 1;
  if (units_[unit].type == UnitType::allowance) total_[from] -= quantity;
}

void Registry::transfer(Account from, Account to, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  put(to, unit, quantity);
}

void Registry::surrender(Account from, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  totals_[unit].surrendered += quantity;
}

void Registry::cancel(Account from, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  totals_[unit].cancelled += quantity;
}

void Registry::expire(Account from, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  totals_[unit].expired += quantity;
}

void Registry::withdraw(Account from, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  totals_[unit].issued -= quantity;
}

void Registry::send(Account from, UnitIndex unit, Tonnes quantity) {
  take(from, unit, quantity);
  totals_[unit].sent += quantity;
}

void Registry::receive(Account to, UnitIndex unit, Tonnes quantity) {
  if (quantity < Tonnes{}) throw std::logic_error("receipt of a negative quantity");
  put(to, unit, quantity);
  totals_[unit].received += quantity;
}

template <class Move>
Tonnes Registry::move_up_to(Account from, Tonnes quantity, std::int32_t most_recent, Move move) {
  Tonnes moved{};
  for (const UnitIndex unit : order_) {
    if (moved >= quantity) break;
    if (units_[unit].vintage > most_recent || held_[unit] == Tonnes{}) continue;
    const Tonnes part = std::min(quantity - moved, holdings_[unit][from]);
    if (part <= Tonnes{}) continue;
    move(unit, part);
    moved += part;
  }
  return moved;
}

Tonnes Registry::deliver(Account from, Account to, Tonnes quantity) {
  return move_up_to(from, quantity, std::numeric_limits<std::int32_t>::max(),
                    [&](UnitIndex unit, Tonnes part) { transfer(from, to, unit, part); });
}

Tonnes Registry::surrender_up_to(Account from, Tonnes quantity, std::int32_t most_recent) {
  return move_up_to(from, quantity, most_recent, [&](UnitIndex unit, Tonnes part) { surrender(from, unit, part); });
}

Tonnes Registry::cancel_up_to(Account from, Tonnes quantity) {
  return move_up_to(from, quantity, std::numeric_limits<std::int32_t>::max(),
                    [&](UnitIndex unit, Tonnes part) { cancel(from, unit, part); });
}

bool Registry::closes(UnitIndex unit) const {
  std::int64_t held = 0, signs = 0;
  for (const Tonnes t : holdings_[unit]) {
    held += t.count;
    signs |= t.count;  // negative as soon as one account is
  }
  const UnitTotals& t = totals_[unit];
  return signs >= 0 && held == held_[unit].count && t.issued + t.received == Tonnes{held} + t.surrendered + t.cancelled + t.expired + t.sent;
}

std::optional<UnitIndex> Registry::imbalance() const {
  for (UnitIndex unit = 0; unit < units_.size(); ++unit)
    if (!closes(unit)) return unit;
  return std::nullopt;
}

std::optional<UnitIndex> Registry::imbalance_of_moved() {
  for (UnitIndex unit = 0; unit < units_.size(); ++unit) {
    if (!moved_[unit]) continue;
    if (!closes(unit)) return unit;
    moved_[unit] = 0;
  }
  return std::nullopt;
}

}  // namespace tantu
