// The rules of an exchange as a user writes them: the `exchange` of a market and, with the same keys, a rules file of
// `tantu replay`. The table is in exchange_parameters.cpp; what they mean to the exchange is in sim/exchange_rules.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/date.hpp"
#include "sim/exchange_rules.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct SessionPartParameters {
  SessionPhase phase = SessionPhase::continuous;
  std::string from, until;  ///< "09:30" or "09:30:15"
};

struct HaltParameters {
  std::optional<Day> day;
  std::string from, until;
};

struct FeeParameters {
  double taker = 0, maker = 0;
  double per_t = 0;
  double least = 0;
};

struct MakerParameters {
  double spread = 0;
  double size_t_ = 1;
  double presence = 0.8;
  std::vector<std::string> accounts;
};

struct ExchangeParameters {
  double opening_reference = 50;
  double tick = 0.01;
  double lot_t = 1;
  double listed_most_t = 99'999;
  double value_most = 0;
  double price_away = 0;
  bool market_orders = true;
  bool negative_prices = false;
  std::int64_t order_days = 1;
  Matching matching = Matching::price_time;
  SelfTrade self_trade = SelfTrade::allow;
  std::vector<SessionPartParameters> timetable;
  std::vector<HaltParameters> halts;
  CloseBy close_by = CloseBy::average;
  ReferenceWithoutTrade reference_without_trade = ReferenceWithoutTrade::keep;
  double price_limit = 0.10;
  double static_collar = 0;
  double dynamic_collar = 0;
  double interruption_minutes = 5;
  double block_least_t = 100'000;
  double block_limit = 0.30;
  std::string block_from, block_until;
  double negotiated_least_t = 0;
  double negotiated_limit = 0;
  double one_way_least_t = 0;
  double one_way_limit = 0;
  OneWayPricing one_way_pricing = OneWayPricing::own_bid;
  bool resale_same_day = false;
  bool short_sale = false;
  std::optional<double> credit;
  double position_limit_t = 0;
  double group_limit_t = 0;
  std::int64_t messages_per_second = 0;
  double order_to_trade = 0;
  std::int64_t order_to_trade_free = 100;
  FeeParameters fees;
  MakerParameters maker;
};

template <> const Table& table<ExchangeParameters>();

/// Nanoseconds after midnight of "09:30" or "09:30:15"; nullopt where it is not a time of day. "24:00" is the end.
std::optional<std::int64_t> time_of_day(std::string_view text);

}  // namespace tantu
