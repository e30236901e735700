// Clearing: cash accounts, settled exactly. Cash is never created: the sum over all accounts, the
// treasury (fines, auction revenue) and the exchange (fees) included, is zero after every movement.
#pragma once

#include <optional>
#include <vector>

#include "sim/registry.hpp"
#include "sim/units.hpp"

namespace tantu {

class Clearing {
 public:
  /// One cash account for each registry account, all at zero; a balance below zero is borrowed money.
  explicit Clearing(std::uint32_t accounts = 0) : balance_(accounts), frozen_(accounts) {}

  Account open_account() {
    balance_.emplace_back();
    frozen_.emplace_back();
    return static_cast<Account>(balance_.size() - 1);
  }
  Cash balance(Account account) const { return balance_[account]; }
  Cash frozen(Account account) const { return frozen_[account]; }

  /// Hints that the account's cash is set aside or given back soon.
  void prefetch(Account account) const { __builtin_prefetch(&frozen_[account], 1); }

  void pay(Account from, Account to, Cash amount) {
    balance_[from] -= amount;
    balance_[to] += amount;
  }
  /// Sets aside cash for an order, whatever the balance; `covers` asks first.
  void freeze(Account account, Cash amount) { frozen_[account] += amount; }
  void release(Account account, Cash amount) { frozen_[account] -= amount; }
  /// True if balance + credit - frozen pays for `amount`; no credit limit means always.
  bool covers(Account account, Cash amount, std::optional<Cash> credit) const {
    return !credit || balance_[account] + *credit - frozen_[account] >= amount;
  }
  /// Sum of all balances; zero unless the program is wrong.
  Cash total() const {
    Cash sum{};
    for (const Cash c : balance_) sum += c;
    return sum;
  }

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("balance", balance_);
    v("frozen", frozen_);
  }

 private:
  std::vector<Cash> balance_;
  std::vector<Cash> frozen_;
};

}  // namespace tantu
