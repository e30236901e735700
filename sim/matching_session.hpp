// The exchange that recorded order flow runs through: one order book under the rules of a session.
//
// Each event is either applied or rejected for one reason; a rejected event changes nothing. The reasons
// are looked for in this order: closed; the order to be replaced or cancelled does not rest; market orders;
// quantity, lot, largest order; price range, tick, daily limits; an account where a rule asks for one;
// allowances; cash; an order with this id rests already.
//
// Rules (ExchangeRules, sim/exchange.hpp): tick, lot, largest order, daily price limits around the reference,
// matching, self-trade prevention, market orders, short sale, resale on the day of purchase (T+1), credit,
// days that an order rests. Block trades are not part of an order flow.
//
// Means. Where short sale or resale is barred, a sell order must be covered by the account's allowances, less
// what its resting sell orders may deliver, less (resale barred) what it bought today. Where credit is limited,
// a buy order must be covered by cash and credit less what its resting buy orders may cost; a market order by
// what it would pay now. Cash of a sale is usable at once.
//
// The days of a flow are those of its events. At the end of one, orders for the day leave, what was bought may
// be resold, and the reference becomes the volume-weighted average of the day's trades (units.hpp); without a
// trade it stays or moves to the best quote of the side that waits (reference_without_trade). What then rests outside
// the new limits leaves.
//
// Verified by tests/unit/test_replay.cpp and, against a slow reading, tests/oracle/test_replay.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "sim/exchange.hpp"
#include "sim/order_book.hpp"
#include "sim/order_flow.hpp"
#include "sim/random.hpp"

namespace tantu {

/// What an account owns when the session begins.
struct Means {
  Tonnes allowances;
  Cash cash;
};

struct SessionInputs {
  Price reference;                                 ///< required where rules.price_limit > 0
  std::unordered_map<std::uint32_t, Means> means;  ///< by account; an account that is not in it owns nothing
  RandomKey key{1, 0};                             ///< of the draws of a listed agreement
};

struct SessionCounts {
  std::uint64_t events = 0, trades = 0;
  std::array<std::uint64_t, rejection_names.size()> rejected{};
  Tonnes volume;
  Tonnes self_trades_prevented;  ///< quantity withdrawn instead of traded
  std::uint64_t days = 0;
};

class MatchingSession {
 public:
  MatchingSession(const ExchangeRules& rules, SessionInputs inputs);

  /// Applies one event; `listener` may be null. The days of events must not fall.
  Rejection apply(const FlowEvent& event, TradeListener* listener);

  /// Lets an order rest that was there before the first event, unmatched and unchecked.
  void seed(const NewOrder& order) { book_.collect(order); }

  const OrderBook& book() const { return book_; }
  const SessionCounts& counts() const { return counts_; }
  Price reference() const { return reference_; }
  Price limit_low() const { return limit_low_; }
  Price limit_high() const { return limit_high_; }
  /// Hints that these events come next, in this order; changes nothing but speed.
  void expect(std::span<const FlowEvent> events) const {
    for (const FlowEvent& event : events) book_.prefetch(event.order);
    for (const FlowEvent& event : events)
      if (event.kind >= EventKind::cancel) book_.prefetch_order(event.order);
  }

 private:
  struct Account {
    Tonnes allowances, selling, bought_today;
    Cash cash, buying;
  };
  void begin_day(std::int32_t day);
  void end_day();
  void set_limits();
  Rejection enter(const FlowEvent& event, TradeListener* listener);
  Rejection replace(const FlowEvent& event, TradeListener* listener);
  Rejection withdraw(const FlowEvent& event);
  Rejection check_quantity(Tonnes quantity) const;
  Rejection check_price(Price price) const;
  Rejection check_means(std::uint32_t account, Side side, std::optional<Price> price, Tonnes quantity,
                        const RestingOrder* replaced);
  std::optional<Cash> cost_now(Side side, Tonnes quantity) const;
  /// Sets aside what a resting order may need; `quantity` below zero gives back.
  void freeze(std::uint32_t account, Side side, Price price, Tonnes quantity);
  void settle(const Fill& fill);
  void make_room(Price price);
  template <class Action>
  Placement with_rule(Action&& action);

  ExchangeRules rules_;
  bool guards_allowances_, guards_cash_, guards_;
  OrderBook book_{IdLookup::on};
  std::unordered_map<std::uint32_t, Account> accounts_;
  RandomKey key_;
  Price reference_, limit_low_, limit_high_;
  bool halted_ = false;
  std::int32_t day_ = 0;         // of the last event
  std::int32_t session_ = 0;     // number of trading days begun
  __extension__ typedef __int128 Wide;
  Wide day_turnover_ = 0;        // ticks of account x tonnes, which 64 bits may not hold
  Tonnes day_volume_;
  std::uint32_t picks_ = 0;      // draws of the current event
  // The band follows the prices: it is speed, never a result.
  std::int64_t band_low_ = 0, band_high_ = -1, band_width_ = 2048, misses_ = 0;
  SessionCounts counts_;
};

}  // namespace tantu
