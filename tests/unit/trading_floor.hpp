// An exchange with its registry, its clearing and a few accounts, for sessions worked by hand: prices in hundredths, tonnes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "sim/exchange.hpp"

namespace tantu::tests {

using Trades = std::vector<std::tuple<Account, Account, std::int64_t, std::int64_t>>;  // buyer, seller, price, quantity

struct Listener final : Tape {
  void order(const OrderRecord& o) override { orders.push_back(o); }
  void trade(const Trade& t) override {
    trades.emplace_back(t.buyer, t.seller, t.price.count, t.quantity.count);
    last = t;
  }
  std::vector<OrderRecord> orders;
  Trades trades;
  Trade last;
};

/// Accounts from 1 on hold `each`; 0 takes no part, or is the exchange's. Trades from Monday, 19 July 2021.
struct TradingFloor {
  TradingFloor(std::uint32_t accounts, std::int64_t each, std::int64_t reference, const ExchangeRules& given)
      : rules(given), registry(accounts), clearing(accounts), exchange(accounts, Price{reference}) {
    const UnitIndex u = registry.unit({UnitType::allowance, 0, 2021});
    for (Account a = 1; a < accounts; ++a) registry.issue(a, u, Tonnes{each});
  }
  MarketCustody custody() { return {registry, clearing, 0}; }
  /// `told` hears what the exchange does of its own.
  void open(Tape* told) {
    MarketCustody accounts = custody();
    exchange.open(today, rules, accounts, told);
  }
  void close(Tape* told) {
    MarketCustody accounts = custody();
    exchange.close(rules, accounts, told);
    exchange.finish_day();
    today = today + 1;
  }
  OrderAnswer send(Account a, const OrderRequest& request) {
    MarketCustody accounts = custody();
    return exchange.submit(a, request, rules, accounts, &tape);
  }
  Rejection block(Account seller, Account buyer, std::int64_t price, std::int64_t t, TradeKind kind = TradeKind::block) {
    MarketCustody accounts = custody();
    return exchange.trade_block(seller, buyer, Price{price}, Tonnes{t}, kind, rules, accounts, &tape);
  }
  std::int64_t held(Account a) const { return registry.holding(a).count; }
  std::int64_t cash(Account a) const { return clearing.balance(a).count; }
  void expect_books_close(const std::string& when = "at the end") const {
    EXPECT_EQ(registry.imbalance(), std::nullopt) << when;
    EXPECT_EQ(clearing.total(), Cash{}) << when;
  }
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("exchange", exchange); v("registry", registry); v("clearing", clearing);
  }

  ExchangeRules rules;
  Registry registry;
  Clearing clearing;
  Exchange exchange;
  Day today = day_of(2021, 7, 19);
  Listener tape;
};

}  // namespace tantu::tests
