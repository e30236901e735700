// A trading floor for the rules of the session, one by one: all are off but those that a test turns on. Prices in
// hundredths, times in nanoseconds after midnight.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tests/unit/trading_floor.hpp"

namespace tantu::tests {

inline constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t at(int hour, int minute, int seconds = 0) { return (hour * 3600 + minute * 60 + seconds) * second; }

/// Accounts 1 to 5 with 10,000 t each; 0 is the exchange's.
struct Floor : TradingFloor {
  explicit Floor(const ExchangeRules& given, std::int64_t reference = 5000) : TradingFloor(6, 10'000, reference, given) {}
  void open() { TradingFloor::open(&tape); }
  void close() { TradingFloor::close(&tape); }
  void clock(std::int64_t now) {
    MarketCustody accounts = custody();
    exchange.advance(now, rules, accounts, &tape);
  }
  OrderAnswer order(Account a, Side side, std::int64_t price, std::int64_t t, OrderType type = OrderType::limit) {
    return send(a, {side, Price{price}, Tonnes{t}, type});
  }
  Rejection buy(Account a, std::int64_t price, std::int64_t t) { return order(a, Side::buy, price, t).rejection; }
  Rejection sell(Account a, std::int64_t price, std::int64_t t) { return order(a, Side::sell, price, t).rejection; }
  Rejection cancel(Account a, std::uint64_t id) {
    MarketCustody accounts = custody();
    return exchange.cancel(a, id, rules, accounts, &tape);
  }
  OrderAnswer replace(Account a, std::uint64_t id, std::int64_t price, std::int64_t t) {
    MarketCustody accounts = custody();
    return exchange.replace(a, id, Price{price}, Tonnes{t}, rules, accounts, &tape);
  }
};

inline ExchangeRules no_rules() {
  ExchangeRules rules = open_rules();
  rules.short_sale = rules.negative_prices = false;  // a run delivers
  return rules;
}

inline ExchangeRules with_timetable(std::vector<SessionPart> parts) {
  ExchangeRules rules = no_rules();
  rules.timetable = std::move(parts);
  return rules;
}

}  // namespace tantu::tests
