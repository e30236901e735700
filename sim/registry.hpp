// The registry: who holds which allowances.
//
// A unit is (type, vintage): allowances of one vintage are one row of accounts. (Origin and market are
// fields of the unit too: linked markets and offsets need them to be told apart.) Every movement is a
// method that refuses what is not there, so that the books close exactly: for every unit
//
//   issued + received over links = held by all accounts + surrendered + cancelled + expired + sent over links
//
// checked with == after every day for the units that moved, and at the end of a run for all.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/units.hpp"

namespace tantu {

using Account = std::uint32_t;
using UnitIndex = std::uint32_t;

enum class UnitType : std::uint8_t { allowance, offset };

/// What can be held. `expires` is the last year in which it may be surrendered or traded.
struct Unit {
  UnitType type = UnitType::allowance;
  std::uint16_t origin = 0;   ///< offsets: index of the type; allowances: market of issue
  std::int32_t vintage = 0;   ///< year
  std::int32_t expires = std::numeric_limits<std::int32_t>::max();
  friend bool operator==(const Unit&, const Unit&) = default;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("type", type); v("origin", origin); v("vintage", vintage); v("expires", expires);
  }
};

/// Where the tonnes of a unit are, besides in accounts.
struct UnitTotals {
  Tonnes issued, surrendered, cancelled, expired, received, sent;
};

class Registry {
 public:
  /// Accounts 0 .. accounts-1, all empty.
  explicit Registry(std::uint32_t accounts = 0) : accounts_(accounts) {}

  std::uint32_t accounts() const { return accounts_; }
  /// Opens one more account and returns it.
  Account open_account();
  /// The unit's index, new if it is not known yet.
  UnitIndex unit(const Unit& unit);
  std::optional<UnitIndex> find(UnitType type, std::int32_t vintage, std::uint16_t origin = 0) const;
  std::span<const Unit> units() const { return units_; }
  const UnitTotals& totals(UnitIndex unit) const { return totals_[unit]; }

  Tonnes holding(Account account, UnitIndex unit) const { return holdings_[unit][account]; }
  /// Allowances that may still be used, over all vintages; offsets are not among them.
  Tonnes holding(Account account) const { return total_[account]; }

  /// Hints that the account's holding is asked for soon.
  void prefetch(Account account) const { __builtin_prefetch(total_.data() + account, 1); }

  // Movements. Each requires quantity >= 0 and throws std::logic_error where an account does not hold
  // what it gives: the callers ask first, so that a throw is a fault of the program and not of a firm.
  void issue(Account to, UnitIndex unit, Tonnes quantity);
  void transfer(Account from, Account to, UnitIndex unit, Tonnes quantity);
  void surrender(Account from, UnitIndex unit, Tonnes quantity);
  void cancel(Account from, UnitIndex unit, Tonnes quantity);
  void expire(Account from, UnitIndex unit, Tonnes quantity);
  /// Undoes part of an issue: units that were created for an offer and not taken never came to be.
  void withdraw(Account from, UnitIndex unit, Tonnes quantity);
  /// To and from the registry of a linked market.
  void send(Account from, UnitIndex unit, Tonnes quantity);
  void receive(Account to, UnitIndex unit, Tonnes quantity);

  // The same over whatever allowances an account holds (offsets are named, never taken along), taking first those that expire first, then the
  // oldest vintage. `most_recent` bounds the vintage. Return what was moved, at most `quantity`.
  Tonnes deliver(Account from, Account to, Tonnes quantity);
  /// The same, of units for which `condition(const Unit&)` holds.
  template <class Condition>
  Tonnes deliver_if(Account from, Account to, Tonnes quantity, Condition&& condition) {
    Tonnes moved{};
    const auto give = [&](UnitIndex unit) {
      if (moved >= quantity || !condition(units_[unit])) return;
      if (held_[unit] == Tonnes{}) return;
      const Tonnes part = std::min(quantity - moved, holdings_[unit][from]);
      if (part <= Tonnes{}) return;
      transfer(from, to, unit, part);
      moved += part;
    };
    for (const UnitIndex unit : order_) give(unit);
    if (moved < quantity)  // a book of offsets delivers them in the order in which they came to be
      for (UnitIndex unit = 0; unit < units_.size(); ++unit)
        if (units_[unit].type == UnitType::offset) give(unit);
    return moved;
  }
  Tonnes surrender_up_to(Account from, Tonnes quantity, std::int32_t most_recent = std::numeric_limits<std::int32_t>::max());
  Tonnes cancel_up_to(Account from, Tonnes quantity);

  /// Sum over units of issued + received - (held + surrendered + cancelled + expired + sent), unit by
  /// unit: the first unit that does not close, else nullopt. Adds up every account.
  std::optional<UnitIndex> imbalance() const;
  /// The same for the units that have moved since they were last found to close.
  std::optional<UnitIndex> imbalance_of_moved();

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("accounts", accounts_);
    v("units", units_);
    v("totals", totals_);
    v("holdings", holdings_);
    v("total", total_);
    v("order", order_);
    v("held", held_);
    v("moved", moved_);
  }

 private:
  bool closes(UnitIndex unit) const;
  void take(Account from, UnitIndex unit, Tonnes quantity);
  void put(Account to, UnitIndex unit, Tonnes quantity);
  template <class Move>
  Tonnes move_up_to(Account from, Tonnes quantity, std::int32_t most_recent, Move move);

  std::uint32_t accounts_ = 0;
  std::vector<Unit> units_;
  std::vector<UnitTotals> totals_;
  std::vector<std::vector<Tonnes>> holdings_;  ///< [unit][account]
  std::vector<Tonnes> total_;                  ///< [account], over all units
  std::vector<Tonnes> held_;                   ///< [unit], over all accounts: of old vintages there is mostly nothing left
  std::vector<UnitIndex> order_;               ///< units in order of delivery
  std::vector<std::uint8_t> moved_;            ///< [unit], since it was last found to close
};

}  // namespace tantu
