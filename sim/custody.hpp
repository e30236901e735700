// Who owns what, as an exchange sees it: in a run the registry and the clearing house, in a replay the means that
// were given with the recorded orders. The exchange asks before it takes an order and settles each trade at once.
#pragma once

#include <span>
#include <stdexcept>

#include "sim/clearing.hpp"
#include "sim/instrument.hpp"
#include "sim/registry.hpp"
#include "sim/units.hpp"

namespace tantu {

/// What one trade moves. Fees go to the exchange.
struct Settlement {
  Account buyer = 0, seller = 0;
  Price price;
  Tonnes quantity;
  Cash buyer_fee, seller_fee;
};

class Custody {
 public:
  virtual ~Custody() = default;
  /// What the account can deliver, its resting orders included.
  virtual Tonnes allowances(Account account) const = 0;
  /// What all of them can deliver together.
  virtual Tonnes allowances(std::span<const Account> accounts) const {
    Tonnes sum;
    for (const Account account : accounts) sum += allowances(account);
    return sum;
  }
  /// Cash; below zero is borrowed.
  virtual Cash balance(Account account) const = 0;
  /// What of it is set aside for resting orders.
  virtual Cash frozen(Account account) const = 0;
  /// Most allowances that the account may hold; 0: it has no limit of its own.
  virtual Tonnes most(Account) const { return {}; }
  /// Sets cash aside for a resting order; an amount below zero gives it back.
  virtual void freeze(Account account, Cash amount) = 0;
  /// Requires that the seller can deliver.
  virtual void settle(const Settlement& s) = 0;
};

/// The accounts of a run, as far as they can deliver an instrument: delivery and payment at once, exactly.
class MarketCustody final : public Custody {
 public:
  MarketCustody(Registry& registry, Clearing& clearing, Account exchange, const Instrument& instrument = {}, std::span<const Tonnes> most = {})
      : registry_(registry), clearing_(clearing), exchange_(exchange), instrument_(instrument), most_(most) {}
  using Custody::allowances;
  Tonnes allowances(Account account) const override { return instrument_.holding(registry_, account); }
  Cash balance(Account account) const override { return clearing_.balance(account); }
  Cash frozen(Account account) const override { return clearing_.frozen(account); }
  Tonnes most(Account account) const override { return account < most_.size() ? most_[account] : Tonnes{}; }
  void freeze(Account account, Cash amount) override { clearing_.freeze(account, amount); }
  void settle(const Settlement& s) override {
    const auto delivers = [&](const Unit& unit) { return instrument_.delivers(unit); };
    if (registry_.deliver_if(s.seller, s.buyer, s.quantity, delivers) != s.quantity)
      throw std::logic_error("a trade sells allowances that the seller does not hold");
    clearing_.pay(s.buyer, s.seller, s.price * s.quantity);
    if (s.buyer_fee != Cash{}) clearing_.pay(s.buyer, exchange_, s.buyer_fee);
    if (s.seller_fee != Cash{}) clearing_.pay(s.seller, exchange_, s.seller_fee);
  }

 private:
  Registry& registry_;
  Clearing& clearing_;
  Account exchange_;
  Instrument instrument_;
  std::span<const Tonnes> most_;  ///< [account]
};

}  // namespace tantu
