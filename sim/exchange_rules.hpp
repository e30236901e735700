// The rules of an exchange, each a parameter of the scenario's `exchange` and of a rules file of `tantu replay`,
// and the reasons for which a message is rejected. Types only; sim/exchange.hpp applies them.
//
// Prices are in ticks of account, times in nanoseconds after midnight. A limit, size or share of 0 is off.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/random.hpp"
#include "sim/units.hpp"

namespace tantu {

enum class ReferenceWithoutTrade : std::uint8_t { keep, quote };

/// How a taker meets what rests: strict price and time, or the listed agreement of the Chinese national
/// market (the best five opposite prices, at one price any counterparty by a keyed draw).
enum class Matching : std::uint8_t { price_time, listed_agreement };

/// What happens when two orders of one account would trade.
enum class SelfTrade : std::uint8_t { allow, cancel_newest, cancel_oldest, cancel_both, decrement };

/// What the next day's reference is made of: the day's average by volume, its last trade, or the price of its last call.
enum class CloseBy : std::uint8_t { average, last, call };

/// What the winners of a one-way call pay: their own bid, or all the worst accepted one.
enum class OneWayPricing : std::uint8_t { own_bid, uniform };

/// closed: cancellations only. call: orders are collected and trade at one price at its end. continuous: they
/// trade as they come.
enum class SessionPhase : std::uint8_t { closed, call, continuous };

/// A part of every trading day. What lies between parts is a break.
struct SessionPart {
  SessionPhase phase = SessionPhase::continuous;
  std::int64_t from = 0, until = 0;
};

/// Nothing but cancellations is taken from `from` to `until`, on one day or (day = every_day) on all.
struct ScheduledHalt {
  static constexpr std::int32_t every_day = std::numeric_limits<std::int32_t>::min();
  std::int32_t day = every_day;
  std::int64_t from = 0, until = 0;
};

/// Fees of one side of a trade: shares in parts of 10^9 of its value, `per_tonne` in parts of 10^9 of a tick of
/// account. Rounded half up once a trade and side.
struct Fees {
  std::int64_t taker = 0, maker = 0;  ///< shares of the value
  std::int64_t per_tonne = 0;
  Cash least;                         ///< of one side of a trade
  bool any() const { return taker != 0 || maker != 0 || per_tonne != 0 || least != Cash{}; }
  Cash of(Cash value, Tonnes quantity, bool resting) const;
};

struct ExchangeRules {
  // what may be sent
  Price tick{1};
  Tonnes lot{1};                        ///< quantities are multiples of it
  Tonnes listed_most{99'999};           ///< largest listed order
  Cash value_most;                      ///< largest value of an order
  double price_away = 0;                ///< largest distance from the last price, as a share
  bool market_orders = true;
  bool negative_prices = false;         ///< prices may be zero or below
  int order_days = 1;                   ///< an order rests this many trading days; 0: until cancelled

  // how it trades
  Matching matching = Matching::price_time;
  SelfTrade self_trade = SelfTrade::allow;
  RandomKey key{1, 0};                  ///< of the draws of a listed agreement

  // the day
  std::vector<SessionPart> timetable;   ///< in order; empty: continuous from the opening to the close
  std::vector<ScheduledHalt> halts;
  CloseBy close_by = CloseBy::average;
  ReferenceWithoutTrade reference_without_trade = ReferenceWithoutTrade::keep;

  // limits of price
  double price_limit = 0.10;            ///< share of the reference; orders beyond are rejected
  double static_collar = 0;             ///< share of the day's static reference; a trade beyond interrupts
  double dynamic_collar = 0;            ///< share of the last price; a trade beyond interrupts
  std::int64_t interruption = 300'000'000'000;  ///< how long the call lasts that an interruption is

  // outside the book
  Tonnes block_least{100'000};          ///< smallest block trade; 0: no block market
  double block_limit = 0.30;            ///< share of the reference
  std::int64_t block_from = 0, block_until = 0;  ///< when they are taken, both ends included; until 0: at any time
  Tonnes negotiated_least;              ///< smallest negotiated trade between named accounts; 0: none are taken
  double negotiated_limit = 0;          ///< share of the reference
  Tonnes one_way_least;                 ///< smallest one-way call; 0: none are taken
  double one_way_limit = 0;             ///< share of the reference
  OneWayPricing one_way_pricing = OneWayPricing::own_bid;

  // who may
  bool resale_same_day = false;         ///< what is bought today may be sold today
  bool short_sale = false;              ///< allowances may be sold that the account does not hold
  std::optional<Cash> credit;           ///< how far a cash balance may go below zero; none: no limit
  Tonnes position_limit;                ///< most that an account may hold and bid for
  Tonnes group_limit;                   ///< the same for a group of accounts
  std::int64_t messages_per_second = 0; ///< of an account; more are rejected
  double order_to_trade = 0;            ///< messages a trade of an account and day
  std::int64_t order_to_trade_free = 100;  ///< messages of a day before the ratio is looked at

  Fees fees;

  // obligations of market makers
  double maker_spread = 0;              ///< widest two-sided quote, as a share of its middle; 0: no obligation
  Tonnes maker_size{1};                 ///< least quantity quoted on either side
  double maker_presence = 0.8;          ///< share of the continuous time in which both hold

  /// Whether a rule asks who sends an order and what the account owns or did.
  bool asks_for_means() const { return !short_sale || !resale_same_day || position_limit != Tonnes{} || group_limit != Tonnes{}; }
  bool asks_for_accounts() const {
    return asks_for_means() || credit || messages_per_second != 0 || order_to_trade != 0 || fees.any() || maker_spread != 0;
  }
};

/// No limits: every order on the tick is taken, rests until cancelled, and nobody's means are looked at.
inline ExchangeRules open_rules() {
  ExchangeRules rules;
  rules.price_limit = rules.block_limit = 0;
  rules.listed_most = rules.block_least = Tonnes{};
  rules.resale_same_day = rules.short_sale = rules.negative_prices = true;
  rules.order_days = 0;
  return rules;
}

enum class Rejection : std::uint8_t {
  none, outside_limits, off_tick, bad_quantity, too_large, not_covered_allowances, not_covered_cash, too_small, not_open,
  duplicate_id, unknown_order, off_lot, market_order, no_account, price_out_of_range, halted, in_call, too_dear, price_away,
  position_limit, group_limit, throttled, order_to_trade, not_taken, same_account, no_one_way_call, not_admitted
};
inline constexpr std::array<std::string_view, 27> rejection_names{
    "none", "outside the price limits", "not on the tick", "quantity not above zero", "larger than a listed order may be",
    "more than the account may sell", "more than the account can pay", "smaller than a block trade must be", "the session is closed",
    "an order with this id rests already", "no order with this id rests", "not a multiple of the lot", "market orders are not allowed",
    "no account is named", "price beyond what the book can hold", "trading is halted", "only limit orders are taken in a call",
    "larger in value than an order may be", "too far from the last price", "more than an account may hold",
    "more than a group of accounts may hold", "more messages than a second may have", "more messages than the trades of the day allow",
    "trades of this kind are not taken", "buyer and seller are one account", "no one-way call is running",
    "the account is not admitted to trading yet"};

}  // namespace tantu
