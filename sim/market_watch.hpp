// What those who watch a market see of it: orders that come to rest, trades, orders that leave, and the book at rest
// after each message. MarketWatch makes it of the tape of an exchange (sim/exchange.hpp) and its book, the same way in
// a run and in a replay; market quality and surveillance watch.
//
// Days stand alone, so that a run that is taken up again sees what it would have seen: what rests over the night
// enters anew with the first message of the day.
//
// Memory grows with the orders that rest. A message that the exchange rejects is seen by nobody.
#pragma once

#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

#include "sim/exchange.hpp"
#include "sim/order_book.hpp"

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

struct WatchedOrder {
  std::uint64_t id = 0;
  std::uint32_t account = 0;  ///< as the tape names it
  Side side = Side::buy;
  Price price;
  Tonnes open;       ///< hidden part included
  Moment entered;    ///< when it came to rest, or the first message of the day
};

/// The book at rest, as far as it is looked at.
struct BookState {
  const OrderBook& book;
  Price limit_low, limit_high;  ///< of the day; 0: none
};

/// Who watches. Within a message: `sent`, then `traded`, then `entered` or `left`, then `settled`.
class Watcher {
 public:
  virtual ~Watcher() = default;
  /// A message that the exchange took: an order, cancellation or replacement.
  virtual void sent(const OrderRecord&, const Moment&) {}
  /// A trade in the book, in a call too. `resting`: the order that rested, before the trade; null in a call.
  virtual void traded(const Trade&, const WatchedOrder* /*resting*/, const Moment&) {}
  virtual void entered(const WatchedOrder&) {}
  /// `open` of what leaves without a trade: all of an order that is withdrawn or expires, a part where it is reduced.
  virtual void left(const WatchedOrder&, const Moment&) {}
  virtual void settled(const BookState&, const Moment&) {}
  /// The end of a day, after its last message.
  virtual void closed(const Moment&) {}
};

class MarketWatch final : public Tape {
 public:
  /// The watchers must outlive it.
  explicit MarketWatch(std::vector<Watcher*> watchers) : watchers_(std::move(watchers)) {}

  void order(const OrderRecord&) override;
  void trade(const Trade&) override;
  /// After each message, with the book as it then is.
  void settle(const BookState& state);
  /// After the last message of a day and what its end brings: orders that have gone are seen to leave.
  void close(const BookState& state);

  /// Takes up a book in which orders rest, between two days; the tape names accounts as the book does.
  void resume(const OrderBook& book);

  /// Orders that are known to rest.
  std::size_t size() const { return resting_.size(); }

 private:
  void look_at(std::uint64_t id, std::uint32_t account, const OrderBook& book);
  void leave(WatchedOrder order);
  void begin_day();

  std::vector<Watcher*> watchers_;
  std::unordered_map<std::uint64_t, WatchedOrder> resting_;
  struct Touched {
    std::uint64_t id;
    std::uint32_t account;
  };
  std::vector<Touched> touched_;        // by messages since the book was last at rest
  Moment now_;
  bool live_ = false;                   // a day is running
};

}  // namespace tantu
