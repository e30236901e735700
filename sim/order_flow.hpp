// The words of recorded order flow: what was sent to an exchange, one event after the other, and what the
// exchange made of it. Types only; read by scenarios/order_flow_reader, applied by sim/matching_session.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "sim/order.hpp"
#include "sim/units.hpp"

namespace tantu {

enum class EventKind : std::uint8_t {
  limit, market, immediate_or_cancel, fill_or_kill,
  cancel,
  replace,
  reduce,  // lowers the open quantity by `quantity`; an order with no more than that goes
  halt,    // from here on nothing but cancellations is taken
  resume,
  block,       // a trade with another named account, outside the book
  negotiated,  // the same under the rules of negotiated trades
  call_bids,   // begins a one-way call: `price` is the worst that the caller takes
  bid,         // answers it
  end_bids,    // ends it
  nothing  // a message that asks nothing of the book, but begins its day
};

/// How the price of an event can be read in ticks of account.
enum class PriceState : std::uint8_t {
  exact,
  absent,
  too_fine,  // not a whole number of ticks of account, hence of no tick
  too_large
};

/// One event. `sequence` and `time` are the recorded ones; the exchange only repeats them.
struct FlowEvent {
  std::uint64_t sequence = 0;
  std::uint64_t order = no_order;
  std::int64_t nanoseconds = -1;  // after midnight; -1: not given
  std::string_view time;          // as recorded, valid until the reader goes on
  Price price;
  Tonnes quantity;                // of a replacement: the new open quantity
  Tonnes display;
  std::uint32_t account = no_account;
  std::uint32_t other = no_account;  // the other side of a block or negotiated trade
  std::int32_t day = 0;           // sim/date.hpp; 0 where no dates are given
  EventKind kind = EventKind::nothing;
  Side side = Side::buy;
  PriceState price_state = PriceState::absent;
  TimeInForce time_in_force = TimeInForce::by_rule;
  bool has_quantity = false;
};

/// A trade that an event caused, at the resting order's price. In a call that is the last event before its end.
struct FlowTrade {
  std::uint64_t buy_order = no_order, sell_order = no_order;
  std::uint32_t buy_account = no_account, sell_account = no_account;
  Side aggressor = Side::buy;
  Price price;
  Tonnes quantity;
  TradeKind kind = TradeKind::listed;
  std::int64_t nanoseconds = -1;  // of the end of the call that it was made in
};

/// Who hears of trades as they happen.
class TradeListener {
 public:
  virtual ~TradeListener() = default;
  virtual void trade(const FlowEvent& cause, const FlowTrade&) = 0;
};

}  // namespace tantu
