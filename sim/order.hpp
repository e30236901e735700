// The words of an order book: what may be sent, what comes back. Types only, no behaviour; the
// book (sim/order_book.hpp) and the slow reference book of the tests share nothing else.
#pragma once

#include <cstdint>
#include <limits>

#include "sim/units.hpp"

namespace tantu {

enum class Side : std::uint8_t { buy = 0, sell = 1 };
constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }

enum class OrderType : std::uint8_t {
  limit,                // trades up to its price, the rest waits in the book
  market,               // trades at any price, what is left is discarded
  immediate_or_cancel,  // trades up to its price, what is left is discarded
  fill_or_kill          // trades its whole quantity up to its price, or nothing
};

/// The account of an order that names none, and the order of a message that names none.
inline constexpr std::uint32_t no_account = std::numeric_limits<std::uint32_t>::max();
inline constexpr std::uint64_t no_order = std::numeric_limits<std::uint64_t>::max();

/// How a trade came about: in the book as orders came, outside it between two named accounts (block, group for one
/// inside a corporate group, negotiated), in a call, in a one-way call.
enum class TradeKind : std::uint8_t { listed, block, group, call, negotiated, one_way };

/// How long a sender wants an order to rest; by_rule: as the rules of the exchange say.
enum class TimeInForce : std::uint8_t { by_rule, day, until_cancelled };

/// How long an order rests: the number of its last day (sim/date.hpp), or one of these two.
inline constexpr std::int32_t good_for_day = std::numeric_limits<std::int32_t>::min();
inline constexpr std::int32_t good_till_cancelled = std::numeric_limits<std::int32_t>::max();

/// An order as it is sent. `display` above zero makes it an iceberg: once it rests it shows at most
/// `display` tonnes at a time, and each renewal of what it shows goes to the back of its level.
/// A market order's price is ignored. `display` and `good_till` matter only to what comes to rest.
struct NewOrder {
  std::uint64_t id = 0;
  std::uint32_t account = 0;
  Side side = Side::buy;
  OrderType type = OrderType::limit;
  Price price;
  Tonnes quantity;
  Tonnes display;
  std::int32_t good_till = good_till_cancelled;
};

/// What became of an order, a cancellation or a replacement. From `duplicate_id` on, nothing changed.
enum class Outcome : std::uint8_t {
  rested,        // (what is left of) it waits in the book
  filled,        // nothing is left of it: traded, or lost in part to a self-trade decrement
  discarded,     // market, immediate-or-cancel: what was left is gone; also the end of a limited reach
  self_trade,    // what was left was withdrawn because it met an order of its own account
  cancelled,     // the answer to a successful cancel
  killed,        // fill-or-kill that could not fill: no trade
  duplicate_id,  // an order with this id rests already
  unknown_order, // no order rests under this id or handle: never seen, filled or gone
  bad_quantity,  // quantity not above zero, or beyond 2^53, or a negative display
  bad_price      // |price| is not below 2^31 ticks
};

/// What the matching of an incoming order does when it reaches a resting one.
enum class Meeting : std::uint8_t {
  trade,
  withdraw_incoming,  // what is left of the incoming order goes, the resting one stays
  withdraw_resting,   // the resting order goes, matching goes on
  withdraw_both,
  decrement           // both lose the smaller of the two open quantities, without a trade
};

/// Names a resting order without a search. Stays valid through partial fills and replacements and
/// turns stale, never into another order's name, when the order is gone.
struct OrderHandle {
  std::uint32_t index = 0;  // 0 names no order
  std::uint32_t generation = 0;
  friend constexpr bool operator==(OrderHandle, OrderHandle) = default;
  constexpr explicit operator bool() const { return index != 0; }
};

/// The answer to a new or replaced order.
struct Placement {
  Outcome outcome = Outcome::discarded;
  OrderHandle order;  // set when the order rests
  Tonnes filled;      // traded by this call
  Tonnes open;        // now resting, hidden part included
};

/// One trade between an order that rested and one that came in, at the resting order's price.
struct Fill {
  OrderHandle resting;
  std::uint64_t resting_id = 0;
  std::uint64_t incoming_id = 0;
  std::uint32_t resting_account = 0;
  std::uint32_t incoming_account = 0;
  Side incoming_side = Side::buy;
  Price price;
  Tonnes quantity;
  Tonnes resting_open;   // left of the resting order after the trade, hidden part included; 0: it is gone
  Tonnes incoming_open;  // left of the incoming order after the trade
};

/// A resting order as it is read from the book.
struct RestingOrder {
  OrderHandle handle;
  std::uint64_t id = 0;
  std::uint32_t account = 0;
  Side side = Side::buy;
  std::int32_t good_till = good_till_cancelled;
  Price price;
  Tonnes shown;    // in the queue at its level
  Tonnes hidden;   // behind it, icebergs only
  Tonnes display;  // an iceberg's peak, else 0
  friend constexpr bool operator==(const RestingOrder&, const RestingOrder&) = default;
};

/// One price of one side as it is read from the book.
struct PriceLevel {
  Price price;
  Tonnes shown;
  Tonnes hidden;
  std::uint32_t orders = 0;
  friend constexpr bool operator==(const PriceLevel&, const PriceLevel&) = default;
};

}  // namespace tantu
