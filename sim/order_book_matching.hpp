// What matching runs through, inline: the second half of sim/order_book.hpp, which includes it.
#pragma once

#include "sim/order_book.hpp"

namespace tantu {

inline OrderBook::Best OrderBook::after(Side side, std::int64_t key) const {
  const std::size_t s = at(side);
  Best next;
  if (width_ != 0) {
    std::int64_t offset = key + 1 - first_key_[s];
    if (offset < 0) offset = 0;
    if (offset < width_) {
      const std::uint32_t found = occupied_[s].at_or_after(static_cast<std::uint32_t>(offset));
      if (found != OccupiedLevels::none)
        next = {first_key_[s] + found, found + first_slot(side)};
    }
  }
  if (!ladders_[s].empty()) [[unlikely]] {
    if (key + 1 < price_limit) {
      const SparseLadder::Entry entry = ladders_[s].at_or_after(ladder_key(key + 1));
      if (entry.value != SparseLadder::none) {
        const std::int64_t sparse_key = static_cast<std::int64_t>(entry.key) - price_limit;
        if (sparse_key < next.key) next = {sparse_key, entry.value};
      }
    }
  }
  return next;
}

inline std::uint32_t OrderBook::level_for(Side side, std::int64_t key) {
  const std::size_t s = at(side);
  const std::int64_t offset = key - first_key_[s];
  std::uint32_t slot = 0;
  if (static_cast<std::uint64_t>(offset) < width_) [[likely]] {
    slot = static_cast<std::uint32_t>(offset) + first_slot(side);
    occupied_[s].insert(static_cast<std::uint32_t>(offset));  // often there already, but whether is a coin toss to the processor
  } else {
    slot = ladders_[s].find(ladder_key(key));
    if (slot == SparseLadder::none) slot = add_sparse_level(side, key);
  }
  if (key < best_[s].key) best_[s] = {key, slot};
  return slot;
}

inline void OrderBook::level_emptied(Side side, std::uint32_t slot) {
  const std::size_t s = at(side);
  const bool was_best = slot == best_[s].slot;
  const std::int64_t key = key_of(side, Price{levels_[slot].price});
  if (slot < 2 * width_) [[likely]]
    occupied_[s].erase(slot - first_slot(side));
  else
    drop_sparse_level(side, slot);
  if (was_best) {
    best_[s] = after(side, key);
    // The next to trade on this side; an empty side's slot 0 does no harm.
    if (best_[s].slot < levels_.size()) __builtin_prefetch(&orders_[levels_[best_[s].slot].head], 1);
  }
}

inline void OrderBook::append(std::uint32_t index, Side side, std::int64_t key) {
  const std::uint32_t slot = level_for(side, key);
  Level& level = levels_[slot];
  Order& order = orders_[index];
  order.place = place_of(side, slot);
  order.next = 0;
  order.previous = level.tail;
  orders_[level.tail].next = index;
  level.head = either(level.tail == 0, index, level.head);
  level.tail = index;
  level.shown += order.shown;
  ++level.orders;
  if (has_icebergs()) [[unlikely]] level.hidden += icebergs_[index].hidden;
}

inline void OrderBook::unlink(std::uint32_t index) {
  const Order& order = orders_[index];
  const std::uint32_t next = order.next, previous = order.previous, slot = slot_of(order);
  Level& level = levels_[slot];
  level.shown -= order.shown;
  orders_[previous].next = next;
  orders_[next].previous = previous;
  level.head = either(previous == 0, next, level.head);
  level.tail = either(next == 0, previous, level.tail);
  if (has_icebergs()) [[unlikely]] level.hidden -= icebergs_[index].hidden;
  if (--level.orders == 0) level_emptied(side_of(order), slot);
}

inline void OrderBook::give_back(std::uint32_t index) {
  Order& order = orders_[index];
  order.place = nowhere;
  order.next = free_order_;
  free_order_ = index;
  __builtin_prefetch(&terms_[index], 1);
  --resting_;
}

// Takes `quantity` <= shown from a resting order, with all that follows from it.
inline void OrderBook::take(std::uint32_t index, std::int64_t quantity) {
  Order& order = orders_[index];
  if (quantity < order.shown) {
    order.shown -= quantity;
    levels_[slot_of(order)].shown -= quantity;
  } else if (has_icebergs() && icebergs_[index].hidden != 0) [[unlikely]] {
    renew_iceberg(index);
  } else {
    remove(index);
  }
}

inline std::uint32_t OrderBook::rest(const NewOrder& order, std::int64_t quantity) {
  const std::uint32_t index = take_free_order();
  const std::int64_t shown = order.display.count == 0 && !has_icebergs() ? quantity : hide(index, order.display.count, quantity);
  Order& slot = orders_[index];
  slot.id = order.id;
  slot.shown = shown;
  slot.account = order.account;
  terms_[index].good_till = order.good_till;
  ++terms_[index].generation;
  ++resting_;
  append(index, order.side, key_of(order.side, order.price));
  if (by_id_) ids_.insert(order.id, index, ids_of_orders());
  return index;
}

template <class Sink, class Rule>
void OrderBook::match(Incoming& incoming, std::int64_t limit, Sink& sink, Rule& rule) {
  using Plan = std::remove_cvref_t<Rule>;
  const Side other = opposite(incoming.side);
  Best& best = best_[at(other)];
  [[maybe_unused]] int levels_met = 0;
  [[maybe_unused]] std::int64_t level_met = no_key;
  while (incoming.open > 0 && best.key <= limit) {
    if constexpr (Plan::reach != 0) {
      if (best.key != level_met) {
        if (levels_met == Plan::reach) {
          incoming.out_of_reach = true;
          return;
        }
        ++levels_met;
        level_met = best.key;
      }
    }
    const Level& level = levels_[best.slot];
    std::uint32_t index = level.head;
    const Price price = price_of(other, best.key);
    if constexpr (Plan::picks)
      for (std::uint32_t n = rule.pick(price, level.orders); n > 0; --n) index = orders_[index].next;
    if constexpr (Plan::screens) {
      const Meeting meeting = rule.meeting(incoming.account, orders_[index].account);
      if (meeting != Meeting::trade) [[unlikely]] {
        const RestingOrder resting = view(index);
        const Tonnes open = resting.shown + resting.hidden;
        if (meeting == Meeting::decrement) {
          const std::int64_t lost = incoming.open < open.count ? incoming.open : open.count;
          incoming.open -= lost;
          incoming.withdrawn = incoming.open == 0;
          if (lost == open.count) remove(index); else reduce(index, open.count - lost);
          rule.withdrawn(resting, Tonnes{lost});
        } else {
          if (meeting != Meeting::withdraw_incoming) {
            remove(index);
            rule.withdrawn(resting, open);
          }
          if (meeting != Meeting::withdraw_resting) incoming.withdrawn = true;
        }
        if (incoming.withdrawn) return;
        continue;
      }
    }
    const Order& order = orders_[index];
    const std::int64_t quantity = incoming.open < order.shown ? incoming.open : order.shown;
    incoming.open -= quantity;
    incoming.filled += quantity;
    const Fill fill{handle_at(index), order.id, incoming.id, order.account, incoming.account, incoming.side,
                    price, Tonnes{quantity}, Tonnes{order.shown - quantity + hidden_of(index)}, Tonnes{incoming.open}};
    take(index, quantity);
    sink(fill);
  }
}

template <class Rule>
bool OrderBook::can_fill(std::uint32_t account, Side other, std::int64_t limit, std::int64_t quantity,
                         const Rule& rule) const {
  using Plan = std::remove_cvref_t<Rule>;
  [[maybe_unused]] int levels_met = 0;
  for (Best b = best_[at(other)]; b.key <= limit; b = after(other, b.key)) {
    if constexpr (Plan::reach != 0)
      if (levels_met++ == Plan::reach) return false;
    const Level& level = levels_[b.slot];
    if constexpr (!Plan::screens) {
      quantity -= level.shown + level.hidden;
    } else {
      // Hidden quantity comes to the back of the level, behind every order that stands there now.
      std::int64_t hidden = 0;
      for (std::uint32_t i = level.head; i != 0 && quantity > 0; i = orders_[i].next) {
        const Meeting meeting = rule.meeting(account, orders_[i].account);
        if (meeting == Meeting::withdraw_resting) continue;
        if (meeting != Meeting::trade) return false;
        quantity -= orders_[i].shown;
        hidden += hidden_of(i);
      }
      quantity -= hidden;
    }
    if (quantity <= 0) return true;
  }
  return false;
}

template <class Sink, class Rule>
Placement OrderBook::submit(const NewOrder& order, Sink&& sink, Rule&& rule) {
  if (!in_range(order.quantity) || order.display.count < 0) [[unlikely]] return {Outcome::bad_quantity, {}, {}, {}};
  if (!in_range(order.price) && order.type != OrderType::market) [[unlikely]] return {Outcome::bad_price, {}, {}, {}};
  if (by_id_ && index_of(order.id) != 0) [[unlikely]] return {Outcome::duplicate_id, {}, {}, {}};
  const Side other = opposite(order.side);
  const std::int64_t limit = order.type == OrderType::market ? any_key : key_of(other, order.price);
  if (best_[at(other)].key > limit) {
    // Nothing to trade with.
    if (order.type == OrderType::limit) {
      const std::uint32_t index = rest(order, order.quantity.count);
      return {Outcome::rested, handle_at(index), {}, order.quantity};
    }
    return {order.type == OrderType::fill_or_kill ? Outcome::killed : Outcome::discarded, {}, {}, {}};
  }
  if (order.type == OrderType::fill_or_kill && !can_fill(order.account, other, limit, order.quantity.count, rule))
    return {Outcome::killed, {}, {}, {}};
  Incoming incoming{order.id, order.account, order.side, order.quantity.count};
  match(incoming, limit, sink, rule);
  Placement placement{Outcome::discarded, {}, Tonnes{incoming.filled}, {}};
  if (incoming.withdrawn) {
    placement.outcome = Outcome::self_trade;
  } else if (incoming.open == 0) {
    placement.outcome = Outcome::filled;
  } else if (order.type == OrderType::limit && !incoming.out_of_reach) {
    placement.outcome = Outcome::rested;
    placement.order = handle_at(rest(order, incoming.open));
    placement.open = Tonnes{incoming.open};
  }
  return placement;
}

template <class Sink, class Rule>
Placement OrderBook::replace_at(std::uint32_t index, Price price, Tonnes quantity, Sink& sink, Rule& rule) {
  if (index == 0) return {Outcome::unknown_order, {}, {}, {}};
  if (!in_range(quantity)) return {Outcome::bad_quantity, {}, {}, {}};
  if (!in_range(price)) return {Outcome::bad_price, {}, {}, {}};
  const Side side = side_of(orders_[index]);
  const std::int64_t open = orders_[index].shown + hidden_of(index);
  if (price.count == levels_[slot_of(orders_[index])].price && quantity.count <= open) {
    if (quantity.count < open) reduce(index, quantity.count);
    return {Outcome::rested, handle_at(index), {}, quantity};
  }
  // The order keeps its place in the pool while it is out of the queue, hence its handle and its id.
  unlink(index);
  Incoming incoming{orders_[index].id, orders_[index].account, side, quantity.count};
  match(incoming, key_of(opposite(side), price), sink, rule);
  Placement placement{Outcome::rested, {}, Tonnes{incoming.filled}, {}};
  if (incoming.withdrawn || incoming.open == 0 || incoming.out_of_reach) {
    placement.outcome = incoming.withdrawn ? Outcome::self_trade : incoming.open == 0 ? Outcome::filled : Outcome::discarded;
    release(index);
    return placement;
  }
  orders_[index].shown = incoming.open;
  if (has_icebergs()) {
    Iceberg& iceberg = icebergs_[index];
    if (iceberg.display != 0 && iceberg.display < incoming.open) orders_[index].shown = iceberg.display;
    iceberg.hidden = incoming.open - orders_[index].shown;
  }
  append(index, side, key_of(side, price));
  placement.order = handle_at(index);
  placement.open = Tonnes{incoming.open};
  return placement;
}

template <class Sink, class Own, class Lost>
Tonnes OrderBook::uncross(Price price, Sink&& sink, Own&& own, Lost&& lost) {
  Tonnes traded;
  const std::int64_t bid_limit = key_of(Side::buy, price), ask_limit = key_of(Side::sell, price);
  while (best_[0].key <= bid_limit && best_[1].key <= ask_limit) {
    const std::uint32_t bid = levels_[best_[0].slot].head, ask = levels_[best_[1].slot].head;
    const AuctionFill fill{view(bid), view(ask), price, Tonnes{std::min(orders_[bid].shown, orders_[ask].shown)}};
    take(bid, fill.quantity.count);
    take(ask, fill.quantity.count);
    if (own(fill.buy.account, fill.sell.account)) {
      lost(fill);
      continue;
    }
    traded += fill.quantity;
    sink(fill);
  }
  return traded;
}

template <class Condition, class Callback>
void OrderBook::remove_if(Condition&& condition, Callback&& callback) {
  for (const Side side : {Side::buy, Side::sell}) {
    for (Best b = best_[at(side)]; b.key != no_key; b = after(side, b.key)) {
      for (std::uint32_t i = levels_[b.slot].head, next = 0; i != 0; i = next) {
        next = orders_[i].next;
        __builtin_prefetch(&orders_[next], 1);
        const RestingOrder order = view(i);
        if (!condition(order)) continue;
        const bool last = levels_[b.slot].orders == 1;
        remove(i);
        callback(order);
        if (last) break;
      }
    }
  }
}

}  // namespace tantu
