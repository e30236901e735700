// A slow, obvious order book: what sim/order_book.hpp is held against, in results and in speed.
// A sorted map of prices, a list of orders at each, a hash map from id to list element. It shares
// no header with the fast book but the types.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/order.hpp"
#include "sim/units.hpp"

namespace tantu::reference {

struct Order {
  std::uint64_t id;
  std::uint32_t account;
  Side side;
  Price price;
  std::int64_t shown, hidden, display;
  std::int32_t good_till;
  std::int64_t open() const { return shown + hidden; }
};

struct Trade {
  std::uint64_t resting_id, incoming_id;
  std::uint32_t resting_account, incoming_account;
  Side incoming_side;
  Price price;
  std::int64_t quantity, resting_open, incoming_open;
  friend bool operator==(const Trade&, const Trade&) = default;
};

struct Answer {
  Outcome outcome;
  std::int64_t filled = 0, open = 0;
  friend bool operator==(const Answer&, const Answer&) = default;
};

class Book {
 public:
  using Queue = std::list<Order>;
  std::map<Price, Queue, std::greater<>> bids;
  std::map<Price, Queue> asks;
  std::unordered_map<std::uint64_t, Queue::iterator> ids;

  // Rules beyond price and time.
  std::optional<Meeting> self_trade;                             // none: accounts do not matter
  std::function<std::uint32_t(Price, std::uint32_t)> pick;       // listed agreement, five levels
  std::function<void(std::uint64_t, std::int64_t)> withdrawn = [](auto, auto) {};

  explicit Book(std::size_t expected_orders) { ids.reserve(expected_orders); }

  template <class OnTrade>
  Answer submit(const NewOrder& n, OnTrade&& on_trade) {
    if (n.quantity.count <= 0 || n.display.count < 0) return {Outcome::bad_quantity};
    if (n.type != OrderType::market && !acceptable(n.price)) return {Outcome::bad_price};
    if (ids.contains(n.id)) return {Outcome::duplicate_id};
    return n.side == Side::buy ? enter(bids, asks, n, on_trade) : enter(asks, bids, n, on_trade);
  }
  Outcome cancel(std::uint64_t id) {
    const auto found = ids.find(id);
    if (found == ids.end()) return Outcome::unknown_order;
    erase(found->second);
    return Outcome::cancelled;
  }
  template <class OnTrade>
  Answer replace(std::uint64_t id, Price price, Tonnes quantity, OnTrade&& on_trade) {
    const auto found = ids.find(id);
    if (found == ids.end()) return {Outcome::unknown_order};
    if (quantity.count <= 0) return {Outcome::bad_quantity};
    if (!acceptable(price)) return {Outcome::bad_price};
    Order& order = *found->second;
    if (price == order.price && quantity.count <= order.open()) {
      reduce(order, quantity.count);
      return {Outcome::rested, 0, quantity.count};
    }
    const NewOrder again{id, order.account, order.side, OrderType::limit, price, quantity, Tonnes{order.display}, order.good_till};
    erase(found->second);
    return submit(again, on_trade);
  }
  /// Ids removed, in the order of removal: bids, then asks, best price first, oldest first.
  std::vector<std::uint64_t> expire(std::int32_t day) {
    std::vector<std::uint64_t> gone;
    const auto scan = [&](const auto& side) {
      for (const auto& [price, queue] : side)
        for (const Order& order : queue)
          if (order.good_till <= day) gone.push_back(order.id);
    };
    scan(bids);
    scan(asks);
    for (const std::uint64_t id : gone) cancel(id);
    return gone;
  }

 private:
  static bool acceptable(Price price) { return std::abs(price.count) < (std::int64_t{1} << 31); }
  static void reduce(Order& order, std::int64_t open) {
    order.shown = std::min(order.shown, open);
    order.hidden = open - order.shown;
  }
  void erase(Queue::iterator order) {
    ids.erase(order->id);
    if (order->side == Side::buy) erase_from(bids, order); else erase_from(asks, order);
  }
  template <class OneSide>
  void erase_from(OneSide& side, Queue::iterator order) {
    const auto level = side.find(order->price);
    level->second.erase(order);
    if (level->second.empty()) side.erase(level);
  }

  template <class Own, class Opposite, class OnTrade>
  Answer enter(Own& own, Opposite& opposite, const NewOrder& n, OnTrade& on_trade) {
    const auto crosses = [&](Price resting) {
      return n.type == OrderType::market || (n.side == Side::buy ? resting <= n.price : resting >= n.price);
    };
    if (n.type == OrderType::fill_or_kill && !can_fill(opposite, n, crosses)) return {Outcome::killed};
    std::int64_t open = n.quantity.count, filled = 0;
    int levels = 0;
    for (auto level = opposite.begin(); open > 0 && level != opposite.end() && crosses(level->first);) {
      if (pick && levels++ == 5) return {Outcome::discarded, filled};
      Queue& queue = level->second;
      while (open > 0 && !queue.empty()) {
        auto resting = queue.begin();
        if (pick) std::advance(resting, pick(level->first, static_cast<std::uint32_t>(queue.size())));
        if (self_trade && resting->account == n.account) {
          const std::int64_t lost = *self_trade == Meeting::decrement ? std::min(open, resting->open()) : resting->open();
          const std::uint64_t id = resting->id;
          if (*self_trade != Meeting::withdraw_incoming) {
            if (lost == resting->open()) {
              ids.erase(id);
              queue.erase(resting);
            } else {
              reduce(*resting, resting->open() - lost);
            }
            withdrawn(id, lost);
          }
          if (*self_trade == Meeting::decrement) open -= lost;
          if (open == 0 || *self_trade == Meeting::withdraw_incoming || *self_trade == Meeting::withdraw_both) {
            if (queue.empty()) opposite.erase(level);
            return {Outcome::self_trade, filled};
          }
          continue;
        }
        const std::int64_t quantity = std::min(open, resting->shown);
        open -= quantity;
        filled += quantity;
        resting->shown -= quantity;
        on_trade(Trade{resting->id, n.id, resting->account, n.account, n.side, resting->price, quantity, resting->open(), open});
        if (resting->shown > 0) continue;
        if (resting->hidden > 0) {
          resting->shown = std::min(resting->display, resting->hidden);
          resting->hidden -= resting->shown;
          queue.splice(queue.end(), queue, resting);
        } else {
          ids.erase(resting->id);
          queue.erase(resting);
        }
      }
      if (queue.empty()) level = opposite.erase(level); else break;
    }
    if (open == 0) return {Outcome::filled, filled};
    if (n.type != OrderType::limit) return {Outcome::discarded, filled};
    const std::int64_t shown = n.display.count > 0 ? std::min(open, n.display.count) : open;
    Queue& queue = own[n.price];
    queue.push_back(Order{n.id, n.account, n.side, n.price, shown, open - shown, n.display.count, n.good_till});
    ids.emplace(n.id, std::prev(queue.end()));
    return {Outcome::rested, filled, open};
  }

  // Would the whole quantity trade? An order of the same account stops the count, unless such orders
  // are withdrawn from the book; at one level the hidden parts come after all that is shown.
  template <class Opposite, class Crosses>
  bool can_fill(const Opposite& opposite, const NewOrder& n, const Crosses& crosses) const {
    std::int64_t found = 0;
    int levels = 0;
    for (const auto& [price, queue] : opposite) {
      if (!crosses(price) || (pick && levels++ == 5)) break;
      std::int64_t hidden = 0;
      for (const Order& resting : queue) {
        if (self_trade && resting.account == n.account) {
          if (*self_trade == Meeting::withdraw_resting) continue;
          return found >= n.quantity.count;
        }
        found += resting.shown;
        hidden += resting.hidden;
      }
      found += hidden;
    }
    return found >= n.quantity.count;
  }
};

}  // namespace tantu::reference
