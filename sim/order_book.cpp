#include "sim/order_book.hpp"

#include <algorithm>
#include <stdexcept>

namespace tantu {

void OccupiedLevels::reset(std::uint32_t size) {
  tiers_ = 0;
  start_ = {};
  std::uint32_t words = 0, members = size;
  while (members > 0) {
    start_[tiers_++] = words;
    const std::uint32_t of_tier = (members + 63) / 64;
    words += of_tier;
    if (of_tier == 1) break;
    members = of_tier;
  }
  words_.assign(words, 0);
}

std::uint32_t SparseLadder::find(std::uint32_t key) const {
  std::uint32_t node = 0;
  for (int level = 0; level < depth; ++level) {
    const std::uint32_t d = digit(key, level);
    if ((nodes_[node].mask >> d & 1) == 0) return none;
    node = nodes_[node].child[d];
  }
  return node;
}

void SparseLadder::insert(std::uint32_t key, std::uint32_t value) {
  std::uint32_t node = 0;
  for (int level = 0; level < depth - 1; ++level) {
    const std::uint32_t d = digit(key, level);
    if ((nodes_[node].mask >> d & 1) == 0) {
      std::uint32_t fresh = free_node_;
      if (fresh != 0) {
        free_node_ = nodes_[fresh].child[0];
      } else {
        fresh = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
      }
      nodes_[fresh].mask = 0;
      nodes_[node].mask |= std::uint64_t{1} << d;
      nodes_[node].child[d] = fresh;
    }
    node = nodes_[node].child[d];
  }
  const std::uint32_t d = digit(key, depth - 1);
  nodes_[node].mask |= std::uint64_t{1} << d;
  nodes_[node].child[d] = value;
}

void SparseLadder::erase(std::uint32_t key) {
  std::array<std::uint32_t, depth> path{};
  for (int level = 0; level < depth - 1; ++level) path[level + 1] = nodes_[path[level]].child[digit(key, level)];
  for (int level = depth - 1;; --level) {
    Node& node = nodes_[path[level]];
    node.mask &= ~(std::uint64_t{1} << digit(key, level));
    if (node.mask != 0 || level == 0) return;
    node.child[0] = free_node_;
    free_node_ = path[level];
  }
}

SparseLadder::Entry SparseLadder::at_or_after(std::uint32_t key) const {
  std::array<std::uint32_t, depth> path{};
  int level = 0;
  while (level < depth - 1 && (nodes_[path[level]].mask >> digit(key, level) & 1) != 0) {
    path[level + 1] = nodes_[path[level]].child[digit(key, level)];
    ++level;
  }
  // Here the key's own path ends: go on with the next digit, or further up with the one after the
  // key's, and from there down the smallest digits.
  std::uint64_t rest = nodes_[path[level]].mask & (~std::uint64_t{0} << digit(key, level));
  while (rest == 0) {
    if (level == 0) return {};
    --level;
    rest = nodes_[path[level]].mask & (~std::uint64_t{0} << digit(key, level) << 1);
  }
  std::uint64_t prefix = level == 0 ? 0 : std::uint64_t{key} >> (6 * (depth - level));
  std::uint32_t node = path[level];
  for (;; ++level) {
    const auto d = static_cast<std::uint32_t>(std::countr_zero(rest));
    prefix = prefix << 6 | d;
    node = nodes_[node].child[d];
    if (level == depth - 1) return {static_cast<std::uint32_t>(prefix), node};
    rest = nodes_[node].mask;
  }
}

std::size_t OrderIds::lines_for(std::size_t orders) {
  const std::size_t size = std::bit_ceil(std::max<std::size_t>(2, (orders + mean_load - 1) / mean_load));
  if (size > (std::size_t{1} << 28)) throw std::length_error("order book: more than 2^30 resting orders");
  return size;
}

void OrderBook::reserve(std::size_t n) {
  orders_.reserve(n + 1);
  terms_.reserve(n + 1);
  if (!icebergs_.empty()) icebergs_.reserve(n + 1);
  if (by_id_) ids_.reserve(n, ids_of_orders());
}

std::uint32_t OrderBook::add_order() {
  const auto index = static_cast<std::uint32_t>(orders_.size());
  orders_.emplace_back();
  terms_.emplace_back();
  if (!icebergs_.empty()) icebergs_.emplace_back();
  return index;
}

std::uint32_t OrderBook::add_sparse_level(Side side, std::int64_t key) {
  std::uint32_t slot = free_level_;
  if (slot != nowhere) {
    free_level_ = levels_[slot].head;
  } else {
    slot = static_cast<std::uint32_t>(levels_.size());
    levels_.emplace_back();
  }
  levels_[slot] = Level{};
  levels_[slot].price = static_cast<std::int32_t>(price_of(side, key).count);
  ladders_[at(side)].insert(ladder_key(key), slot);
  return slot;
}

void OrderBook::drop_sparse_level(Side side, std::uint32_t slot) {
  ladders_[at(side)].erase(ladder_key(key_of(side, Price{levels_[slot].price})));
  levels_[slot].head = free_level_;
  free_level_ = slot;
}

// What an order shows that comes to rest in a book with icebergs; the rest of it hides.
std::int64_t OrderBook::hide(std::uint32_t index, std::int64_t display, std::int64_t quantity) {
  icebergs_.resize(orders_.size());
  const std::int64_t shown = display != 0 ? std::min(display, quantity) : quantity;
  icebergs_[index] = {display, quantity - shown};
  return shown;
}

// The shown part is used up: the next part comes out of hiding, at the back of the queue.
void OrderBook::renew_iceberg(std::uint32_t index) {
  Order& order = orders_[index];
  Iceberg& iceberg = icebergs_[index];
  Level& level = levels_[slot_of(order)];
  const std::int64_t fresh = std::min(iceberg.display, iceberg.hidden);
  level.shown += fresh - order.shown;
  level.hidden -= fresh;
  order.shown = fresh;
  iceberg.hidden -= fresh;
  if (level.tail == index) return;
  orders_[order.previous].next = order.next;
  orders_[order.next].previous = order.previous;
  level.head = order.previous == 0 ? order.next : level.head;
  order.previous = level.tail;
  order.next = 0;
  orders_[level.tail].next = index;
  level.tail = index;
}

// Lowers the open quantity in place, the hidden part first.
void OrderBook::reduce(std::uint32_t index, std::int64_t quantity) {
  Order& order = orders_[index];
  Level& level = levels_[slot_of(order)];
  const std::int64_t hidden = hidden_of(index);
  const std::int64_t new_shown = std::min(order.shown, quantity);
  const std::int64_t new_hidden = quantity - new_shown;
  level.shown += new_shown - order.shown;
  order.shown = new_shown;
  if (hidden != new_hidden) {
    level.hidden += new_hidden - hidden;
    icebergs_[index].hidden = new_hidden;
  }
}

Placement OrderBook::collect(const NewOrder& order) {
  if (!in_range(order.quantity) || order.display.count < 0) return {Outcome::bad_quantity, {}, {}, {}};
  if (!in_range(order.price)) return {Outcome::bad_price, {}, {}, {}};
  if (by_id_ && index_of(order.id) != 0) return {Outcome::duplicate_id, {}, {}, {}};
  return {Outcome::rested, handle_at(rest(order, order.quantity.count)), {}, order.quantity};
}

Tonnes OrderBook::open_quantity(Side side) const {
  Tonnes sum;
  for_each_level(side, resting_, [&](const PriceLevel& level) { sum += level.shown + level.hidden; });
  return sum;
}

PriceLevel OrderBook::level(Side side, Price price) const {
  const std::uint32_t slot = slot_of(side, key_of(side, price));
  if (slot == SparseLadder::none) return {price, {}, {}, 0};
  return {price, Tonnes{levels_[slot].shown}, Tonnes{levels_[slot].hidden}, levels_[slot].orders};
}

void OrderBook::refile(Price low, Price high) {
  constexpr std::int64_t widest = std::int64_t{1} << 20;
  const std::int64_t prices = high.count - low.count + 1;
  if (prices < 0 || (prices == 0 && low.count != 0) || !in_range(low) || !in_range(high))
    throw std::invalid_argument("order book: a price band needs low <= high, both within 2^31 ticks");

  // Whole levels move, their queues untouched; only the place written in each order changes.
  std::array<std::vector<Level>, 2> occupied;
  for (const Side side : {Side::buy, Side::sell})
    for (Best b = best_[at(side)]; b.key != no_key; b = after(side, b.key))
      occupied[at(side)].push_back(levels_[b.slot]);

  width_ = prices > widest ? 0 : static_cast<std::uint32_t>(prices);
  first_key_ = {key_of(Side::buy, high), key_of(Side::sell, low)};
  levels_.assign(2 * std::size_t{width_}, Level{});
  for (std::uint32_t i = 0; i < width_; ++i) {
    levels_[i].price = static_cast<std::int32_t>(high.count - i);
    levels_[width_ + i].price = static_cast<std::int32_t>(low.count + i);
  }
  free_level_ = nowhere;
  best_ = {};
  for (const Side side : {Side::buy, Side::sell}) {
    occupied_[at(side)].reset(width_);
    ladders_[at(side)] = SparseLadder{};
    for (const Level& level : occupied[at(side)]) {
      const std::uint32_t slot = level_for(side, key_of(side, Price{level.price}));
      levels_[slot] = level;
      for (std::uint32_t i = level.head; i != 0; i = orders_[i].next)
        orders_[i].place = place_of(side, slot);
    }
  }
}

}  // namespace tantu
