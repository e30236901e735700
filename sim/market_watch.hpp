// What those who watch a market see of it: orders that come to rest, trades, orders that leave, and the book at rest
// after each message. MarketWatch makes it of the tape of an exchange (sim/exchange.hpp) and its book, the same way in
// a run and in a replay; market quality and surveillance watch.
//
// Days stand alone, so that a run that is taken up again sees what it would have seen: what rests over the night
// enters anew with the first message of the day.
//
// Memory grows with the orders that rest. A message that the exchange rejects is seen by nobody.
//
// The best ten prices of a side are read again only where they may have changed: those at which orders traded, came or
// went; all of them where the tape does not tell (MarketWatch::doubt).
//
// Verified by tests/oracle/test_market_watch.cpp: what is told of the book is what the book holds, over every rule.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "sim/exchange.hpp"
#include "sim/order_book.hpp"
#include "sim/order_ids.hpp"

namespace tantu {

/// When something happened: the clock where there is one, and the number of the message, counted over all days.
struct Moment {
  std::int32_t day = 0;
  std::int64_t time = -1;      ///< nanoseconds after midnight; -1: no clock
  std::uint64_t message = 0;
  bool has_clock() const { return time >= 0; }
};

/// A span that is measured by the clock where there is one, else in messages.
struct Span {
  double seconds = 0;
  std::uint64_t messages = 0;
  /// Whether it has gone by between two moments; over the end of a day by the clock of both days.
  bool passed(const Moment& from, const Moment& to) const {
    if (from.has_clock() && to.has_clock()) return elapsed(from, to) >= seconds;
    return to.message - from.message >= messages;
  }
  /// Seconds, without a clock messages.
  static double elapsed(const Moment& from, const Moment& to) {
    if (!from.has_clock() || !to.has_clock()) return static_cast<double>(to.message - from.message);
    return 86'400.0 * (to.day - from.day) + static_cast<double>(to.time - from.time) * 1e-9;
  }
};

struct alignas(64) WatchedOrder {  // a line of the cache
  std::uint64_t id = 0;
  std::uint32_t account = 0;  ///< as the tape names it
  Side side = Side::buy;
  Price price;
  Tonnes open;       ///< hidden part included
  Moment entered;    ///< when it came to rest, or the first message of the day
  std::uint32_t slot = 0;  ///< a number above 0 that is its own while it rests: others may keep columns by it
};

/// The book at rest, as an exchange shows it.
struct BookState {
  explicit BookState(const Exchange& exchange)
      : book(exchange.book()), limit_low(exchange.limit_low()), limit_high(exchange.limit_high()), prevented(exchange.self_trades_prevented()) {}
  const OrderBook& book;
  Price limit_low, limit_high;  ///< of the day; 0: none
  Tonnes prevented;             ///< so far by self-trade prevention, which no tape tells
};

/// One side of the book at rest, as far as it is looked at.
class SideView {
 public:
  static constexpr std::array<std::size_t, 3> levels{1, 5, 10};
  std::optional<Price> best() const { return prices_ == 0 ? std::nullopt : std::optional{price_[0]}; }
  /// Tonnes shown at the best levels[i] prices.
  Tonnes shown(std::size_t i) const { return sums_[i]; }

  void read(const OrderBook& book, Side side);
  /// The same where orders have changed at these prices alone.
  void read(const OrderBook& book, Side side, std::span<const Price> changed);
  /// Whether a change at this price would be seen.
  bool reaches(Side side, Price price) const {
    return prices_ < most || (side == Side::buy ? price >= price_.back() : price <= price_.back());
  }

 private:
  static constexpr std::size_t most = levels.back();
  void put(std::size_t at, const PriceLevel& level);
  void fill(const OrderBook& book, Side side);
  std::array<Price, most> price_{};  // best first
  std::array<Tonnes, most> at_{};
  std::array<Tonnes, levels.size()> sums_{};
  std::size_t prices_ = 0;
};
struct DepthView {
  std::array<SideView, 2> sides;              ///< [Side]
  Price limit_low, limit_high;                ///< of the day; 0: none
  bool changed = true;                        ///< since the last message
  const SideView& side(Side s) const { return sides[static_cast<std::size_t>(s)]; }
};

/// Who watches. Within a message: `sent`, then `filled` and `traded`, then `entered` or `left`, then `settled`.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// A message that the exchange took: an order, cancellation or replacement.
  virtual void sent(const OrderRecord&, const Moment&) {}
  /// An order that rested is about to trade `quantity`, in a call too.
  virtual void filled(const WatchedOrder&, Tonnes /*quantity*/, const Moment&) {}
  /// A trade in the book, in a call too. `resting`: the order that rested, before the trade; null in a call.
  virtual void traded(const Trade&, const WatchedOrder* /*resting*/, const Moment&) {}
  virtual void entered(const WatchedOrder&) {}
  /// `open` of what leaves without a trade: all of an order that is withdrawn or expires, a part where it is reduced.
  virtual void left(const WatchedOrder&, const Moment&) {}
  virtual void settled(const DepthView&, const Moment&) {}
  /// The end of a day, after its last message.
  virtual void closed(const Moment&) {}
};

class MarketWatch final : public Tape {
 public:
  /// The watchers must outlive it.
  explicit MarketWatch(std::vector<Watcher*> watchers) : watchers_(std::move(watchers)) {}

  void order(const OrderRecord&) override;
  void trade(const Trade&) override;
  /// After each message, with the book as it then is. `open`: what then rests of the order of the message, from who knows it.
  void settle(const BookState& state, Tonnes open = not_known);
  static constexpr Tonnes not_known{-1};
  /// After the last message of a day and what its end brings: orders that have gone are seen to leave.
  void close(const BookState& state);

  /// Takes up a book in which orders rest, between two days; the tape names accounts as the book does.
  void resume(const OrderBook& book);

  /// Hints that messages on these ids come next; changes nothing but speed. `expect_order` best a few ids after `expect`.
  void expect(std::uint64_t id) const { ids_.prefetch(id); }
  void expect_order(std::uint64_t id) const { __builtin_prefetch(&orders_[ids_.find(id, [](std::uint32_t) { return true; })], 1); }

  /// Orders that are known to rest.
  std::size_t size() const { return orders_.size() - 1 - free_.size(); }

 private:
  struct Touched {
    std::uint64_t id;
    std::uint32_t account;
    bool fresh;  // a new order, which need not be known
    Side side;
    Price price;
  };
  /// What rests of an order.
  struct Rest {
    Side side = Side::buy;
    Price price;
    Tonnes open;                        // 0: it does not rest
  };
  static Rest find(const OrderBook& book, std::uint64_t id);
  void look_at(const Touched& touched, const Rest& rest);
  void leave(const WatchedOrder& order);
  void begin_day();
  void set_day(std::int32_t day);
  std::uint32_t find(std::uint64_t id) const { return ids_.find(id, [&](std::uint32_t slot) { return orders_[slot].id == id; }); }
  WatchedOrder& add(const WatchedOrder& order);
  void forget(std::uint32_t slot);
  std::vector<std::uint64_t> known_ids() const;
  /// What has to be read again of a side: a few prices, or all.
  struct Stale {
    std::array<Price, 6> prices{};
    std::size_t count = 0;
    bool all = true;
  };
  /// Something may have happened at a price; at any price of either side.
  void notice(Side side, Price price) {
    Stale& stale = stale_[static_cast<std::size_t>(side)];
    if (stale.all || !view_.side(side).reaches(side, price) || (stale.count > 0 && stale.prices[stale.count - 1] == price)) return;
    if (stale.count == stale.prices.size()) stale.all = true;
    else stale.prices[stale.count++] = price;
  }
  void doubt() { stale_[0].all = stale_[1].all = true; }
  void read(const BookState& state);

  std::vector<Watcher*> watchers_;
  std::vector<WatchedOrder> orders_{1};  // by slot; 0 is none
  std::vector<std::uint32_t> free_;      // slots
  OrderIds ids_;
  std::vector<Touched> touched_;         // by messages since the book was last at rest
  DepthView view_;
  std::array<Stale, 2> stale_;           // by side
  Tonnes prevented_;
  Moment now_;
  bool live_ = false;                    // a day is running
};

}  // namespace tantu
