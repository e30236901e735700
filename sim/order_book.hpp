// The order book of one instrument: strict price-time priority, trades at the resting order's price.
//
// A book is a value. It holds no pointers: orders lie in a pool and are named by 32-bit index, the
// queue of a level is a list of such indices, and `visit_state` shows every member, so that copy,
// save and hash derive from it. Two books with the same history compare equal.
//
// Prices inside the band (set_band) have a level of their own in an array, found by subtraction,
// and a bitmap of the occupied ones; prices beyond it, or all of them where there is no band, are
// in a radix tree over the price. Which of the two holds a price changes speed, never a result;
// the book does not refuse prices outside the band (that is a rule of the exchange).
//
// Allocation: only when an order comes to rest and the book holds more than it ever did (amortised
// doubling; reserve(n) for none at all), and in set_band. Matching and cancelling allocate nothing.
//
// Costs: submit of an order that rests at once, cancel, find and each fill are O(1) inside the band
// (finding the next occupied level reads at most four words of bitmap), beyond it bounded by the
// six steps of the tree. Replace is a cancel and a submit, or O(1) where priority is kept.
//
// Callbacks (sinks, policies) see the book consistent and may read it, but must neither change it
// nor throw. One thread at a time.
//
// Verified by tests/oracle/test_order_book.cpp (against a slow book), tests/property and tests/unit.
// Measured by tests/bench/bench_order_book.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/matching_rules.hpp"
#include "sim/occupied_levels.hpp"
#include "sim/order.hpp"
#include "sim/order_ids.hpp"
#include "sim/sparse_ladder.hpp"
#include "sim/units.hpp"

namespace tantu {

/// One trade of a call auction: both orders rested.
struct AuctionFill {
  RestingOrder buy;   // as they were before the trade
  RestingOrder sell;
  Price price;
  Tonnes quantity;
};

/// Whether a book can find orders by id. Without, ids are carried but never looked up or compared,
/// and cost nothing; orders are then reached by handle.
enum class IdLookup : std::uint8_t { off, on };

/// What set_band does with an order outside the new band.
enum class OutsideBand : std::uint8_t { keep, cancel };

class OrderBook {
 public:
  explicit OrderBook(IdLookup ids = IdLookup::off) : by_id_(ids == IdLookup::on) { orders_.resize(1); terms_.resize(1); }

  /// Room for n resting orders without another allocation (inside the band).
  void reserve(std::size_t n);

  // ---- sending orders ----

  /// Matches `order` and lets the rest wait where its type says so. `sink` is called as
  /// void(const Fill&) for each trade, in order. Outcomes: rested, filled, discarded, self_trade,
  /// killed, duplicate_id (with IdLookup::on), bad_quantity, bad_price.
  template <class Sink, class Rule = PriceTimeRule>
  Placement submit(const NewOrder& order, Sink&& sink, Rule&& rule = {});

  /// Lets a limit order rest without matching, as during the call of an auction; the book may be
  /// crossed until uncross(). `type` is ignored. Outcomes: rested, duplicate_id, bad_quantity, bad_price.
  Placement collect(const NewOrder& order);

  /// Trades all that crosses at one price, best price and oldest order first on both sides: bids at
  /// `price` or above with asks at `price` or below. `sink` is called as void(const AuctionFill&).
  template <class Sink>
  Tonnes uncross(Price price, Sink&& sink) {
    return uncross(price, sink, [](std::uint32_t, std::uint32_t) { return false; }, [](const AuctionFill&) {});
  }
  /// The same; where `own(buyer, seller)` says that two accounts are one, both orders lose what they would have traded,
  /// and `lost` is called with it instead of `sink`.
  template <class Sink, class Own, class Lost>
  Tonnes uncross(Price price, Sink&& sink, Own&& own, Lost&& lost);

  /// Outcomes: cancelled, unknown_order.
  Outcome cancel(OrderHandle handle) {
    if (!rests(handle)) return Outcome::unknown_order;
    remove(handle.index);
    return Outcome::cancelled;
  }
  Outcome cancel(std::uint64_t id) {
    const std::uint32_t index = extract_id(id);
    if (index == 0) return Outcome::unknown_order;
    unlink(index);
    give_back(index);
    return Outcome::cancelled;
  }
  /// Cancels an order and tells what it was.
  std::optional<RestingOrder> extract(std::uint64_t id) {
    const std::uint32_t index = extract_id(id);
    if (index == 0) return std::nullopt;
    const RestingOrder order = view(index);
    unlink(index);
    give_back(index);
    return order;
  }

  /// Gives a resting order a new price and a new open quantity (hidden part included). Priority is
  /// kept when only the quantity falls or nothing changes (a fall takes from the hidden part first);
  /// otherwise the order leaves and comes in again as a limit order, and may trade. Its handle stays
  /// valid while it rests. Outcomes: as submit of a limit order, unknown_order.
  template <class Sink, class Rule = PriceTimeRule>
  Placement replace(OrderHandle handle, Price price, Tonnes quantity, Sink&& sink, Rule&& rule = {}) {
    return replace_at(rests(handle) ? handle.index : 0, price, quantity, sink, rule);
  }
  template <class Sink, class Rule = PriceTimeRule>
  Placement replace(std::uint64_t id, Price price, Tonnes quantity, Sink&& sink, Rule&& rule = {}) {
    return replace_at(index_of(id), price, quantity, sink, rule);
  }

  /// Removes every order whose last day is `day` or before, good-for-day orders among them, bids
  /// first, best price first, oldest first; `callback` is called as void(const RestingOrder&) after each.
  template <class Callback>
  void expire_orders(std::int32_t day, Callback&& callback) {
    remove_if([day](const RestingOrder& order) { return order.good_till <= day; }, callback);
  }
  /// The same for good-for-day orders alone.
  template <class Callback>
  void expire_day_orders(Callback&& callback) { expire_orders(good_for_day, callback); }

  /// Removes every order of which `condition(const RestingOrder&)` holds, in the order of for_each.
  template <class Condition, class Callback>
  void remove_if(Condition&& condition, Callback&& callback);

  // ---- the band ----

  /// Gives each price in [low, high] a level in the array. Resting orders keep their handles and
  /// their priority. For each one outside, `outside(const RestingOrder&)` answers what to do.
  /// Throws std::invalid_argument if low > high or a price is not below 2^31. A band of more than
  /// 2^20 prices is served by the tree alone.
  template <class Outside>
  void set_band(Price low, Price high, Outside&& outside) {
    remove_if([&](const RestingOrder& order) {
      return (order.price < low || high < order.price) && outside(order) == OutsideBand::cancel;
    }, [](const RestingOrder&) {});
    refile(low, high);
  }
  void set_band(Price low, Price high) { refile(low, high); }
  void clear_band() { refile(Price{0}, Price{-1}); }

  // ---- reading ----

  std::optional<Price> best_bid() const { return best(Side::buy); }
  std::optional<Price> best_ask() const { return best(Side::sell); }
  std::optional<Price> best(Side side) const {
    const std::int64_t key = best_[at(side)].key;
    return key == no_key ? std::nullopt : std::optional{price_of(side, key)};
  }
  bool empty() const { return resting_ == 0; }
  /// Number of resting orders.
  std::size_t size() const { return resting_; }
  /// Open quantity of one side, hidden parts included. Walks the levels.
  Tonnes open_quantity(Side side) const;

  /// Quantity and number of orders at a price; zeros where there are none.
  PriceLevel level(Side side, Price price) const;

  /// The best price of a side; the next one behind a price.
  std::optional<PriceLevel> best_level(Side side) const { return level_if_any(best_[at(side)]); }
  std::optional<PriceLevel> level_after(Side side, Price price) const { return level_if_any(after(side, key_of(side, price))); }
  /// Calls `f(const PriceLevel&)` for the best `count` levels of a side, best first.
  template <class F>
  void for_each_level(Side side, std::size_t count, F&& f) const {
    for (Best b = best_[at(side)]; count-- > 0 && b.key != no_key; b = after(side, b.key)) f(level_at(b));
  }
  /// Calls `f(const RestingOrder&)` for the orders at a price, oldest first.
  template <class F>
  void for_each_order(Side side, Price price, F&& f) const {
    const std::uint32_t slot = slot_of(side, key_of(side, price));
    if (slot == SparseLadder::none) return;
    for (std::uint32_t i = levels_[slot].head; i != 0; i = orders_[i].next) f(view(i));
  }
  /// Calls `f(const RestingOrder&)` for every order: bids, then asks; best price first, oldest first.
  template <class F>
  void for_each(F&& f) const {
    for (const Side side : {Side::buy, Side::sell})
      for (Best b = best_[at(side)]; b.key != no_key; b = after(side, b.key))
        for (std::uint32_t i = levels_[b.slot].head; i != 0; i = orders_[i].next) f(view(i));
  }

  bool rests(OrderHandle handle) const {
    return handle.index < orders_.size() && orders_[handle.index].place != nowhere &&
           terms_[handle.index].generation == handle.generation && handle.index != 0;
  }
  std::optional<RestingOrder> find(OrderHandle handle) const {
    return rests(handle) ? std::optional{view(handle.index)} : std::nullopt;
  }
  /// With IdLookup::off every id is unknown.
  std::optional<RestingOrder> find(std::uint64_t id) const {
    const std::uint32_t index = index_of(id);
    return index != 0 ? std::optional{view(index)} : std::nullopt;
  }
  OrderHandle handle_of(std::uint64_t id) const {
    const std::uint32_t index = index_of(id);
    return index != 0 ? handle_at(index) : OrderHandle{};
  }
  /// Hints that an event on this id comes a few events from now; changes nothing but speed.
  void prefetch(std::uint64_t id) const { ids_.prefetch(id); }
  /// The same for the order itself; best called a few events after prefetch(id).
  void prefetch_order(std::uint64_t id) const {
    const std::uint32_t index = ids_.find(id, [](std::uint32_t) { return true; });
    __builtin_prefetch(&orders_[index], 1);
    __builtin_prefetch(&terms_[index], 1);
  }

  /// The same for an order whose handle is known, and later for what its withdrawal touches.
  void prefetch(OrderHandle handle) const {
    __builtin_prefetch(&orders_[handle.index], 1);
    __builtin_prefetch(&terms_[handle.index]);
  }
  void prefetch_withdrawal(OrderHandle handle) const {
    if (!rests(handle)) return;
    const Order& order = orders_[handle.index];
    ids_.prefetch(order.id);
    __builtin_prefetch(&levels_[slot_of(order)], 1);
    __builtin_prefetch(&orders_[order.next], 1);
    __builtin_prefetch(&orders_[order.previous], 1);
  }

  friend bool operator==(const OrderBook&, const OrderBook&) = default;

  /// Calls v("name", member) for each member of the state: trivially copyable structs without
  /// padding, arithmetic types and vectors of them. Setting all of them restores the book.
  template <class Visitor>
  void visit_state(Visitor&& v) { visit(*this, v); }
  template <class Visitor>
  void visit_state(Visitor&& v) const { visit(*this, v); }

 private:
  // Half a cache line an order and never across two, so that a step along a queue costs one line. What matching does not
  // need is in columns of its own.
  struct alignas(32) Order {
    std::uint64_t id = 0;
    std::int64_t shown = 0;         // tonnes in the queue
    std::uint32_t place = nowhere;  // slot of its level, side in the uppermost bit
    std::uint32_t account = 0;
    std::uint32_t next = 0;         // towards younger orders; 0 ends; in a free order the next free one
    std::uint32_t previous = 0;
    friend bool operator==(const Order&, const Order&) = default;
  };
  struct Terms {
    std::int32_t good_till = good_till_cancelled;
    std::uint32_t generation = 0;
    friend bool operator==(const Terms&, const Terms&) = default;
  };
  struct Iceberg {
    std::int64_t display = 0;
    std::int64_t hidden = 0;
    friend bool operator==(const Iceberg&, const Iceberg&) = default;
  };
  struct alignas(32) Level {
    std::int64_t shown = 0;
    std::int64_t hidden = 0;
    std::uint32_t head = 0;  // oldest; in a free level the next free one
    std::uint32_t tail = 0;
    std::uint32_t orders = 0;
    std::int32_t price = 0;
    friend bool operator==(const Level&, const Level&) = default;
  };
  static_assert(sizeof(Order) == 32 && sizeof(Level) == 32);
  // A key is a price seen from its side, so that on both sides the best price has the smallest key
  // and one code serves both: the ask's price, the bid's price negated.
  struct Best {
    std::int64_t key = no_key;
    std::uint64_t slot = 0;
    friend bool operator==(const Best&, const Best&) = default;
  };
  static constexpr std::int64_t no_key = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t any_key = no_key - 1;  // the limit of a market order
  static constexpr std::uint32_t nowhere = 0xffffffff;
  static constexpr std::int64_t price_limit = std::int64_t{1} << 31;
  static constexpr std::int64_t quantity_limit = std::int64_t{1} << 53;

  static constexpr std::size_t at(Side side) { return static_cast<std::size_t>(side); }
  // The side of an order is a coin toss to the processor, so what depends on it is computed, not branched on.
  static constexpr std::int64_t sign(Side side) { return 2 * static_cast<std::int64_t>(side) - 1; }
  static constexpr std::int64_t key_of(Side side, Price price) { return sign(side) * price.count; }
  static constexpr Price price_of(Side side, std::int64_t key) { return Price{sign(side) * key}; }
  /// condition ? a : b, without a jump.
  static constexpr std::uint32_t either(bool condition, std::uint32_t a, std::uint32_t b) {
    const std::uint32_t all = 0u - static_cast<std::uint32_t>(condition);
    return (a & all) | (b & ~all);
  }
  std::uint32_t first_slot(Side side) const { return static_cast<std::uint32_t>(side) * width_; }
  static constexpr std::uint32_t place_of(Side side, std::uint32_t slot) { return slot | static_cast<std::uint32_t>(side) << 31; }
  static constexpr std::uint32_t ladder_key(std::int64_t key) { return static_cast<std::uint32_t>(key + price_limit); }
  static constexpr bool in_range(Price price) { return -price_limit < price.count && price.count < price_limit; }
  static constexpr bool in_range(Tonnes quantity) { return 0 < quantity.count && quantity.count <= quantity_limit; }
  static constexpr Side side_of(const Order& order) { return static_cast<Side>(order.place >> 31); }
  static constexpr std::uint32_t slot_of(const Order& order) { return order.place & 0x7fffffff; }

  std::uint32_t index_of(std::uint64_t id) const {
    return ids_.find(id, [this, id](std::uint32_t index) { return orders_[index].id == id; });
  }
  std::uint32_t extract_id(std::uint64_t id) {
    return ids_.extract(id, [this, id](std::uint32_t index) { return orders_[index].id == id; });
  }
  auto ids_of_orders() const {
    return [this](std::uint32_t index) { return orders_[index].id; };
  }
  OrderHandle handle_at(std::uint32_t index) const { return {index, terms_[index].generation}; }
  std::int64_t hidden_of(std::uint32_t index) const { return icebergs_.empty() ? 0 : icebergs_[index].hidden; }
  RestingOrder view(std::uint32_t index) const {
    const Order& order = orders_[index];
    return {handle_at(index), order.id, order.account, side_of(order), terms_[index].good_till,
            Price{levels_[slot_of(order)].price}, Tonnes{order.shown}, Tonnes{hidden_of(index)},
            Tonnes{icebergs_.empty() ? 0 : icebergs_[index].display}};
  }
  PriceLevel level_at(const Best& b) const {
    const Level& l = levels_[b.slot];
    return {Price{l.price}, Tonnes{l.shown}, Tonnes{l.hidden}, l.orders};
  }
  std::optional<PriceLevel> level_if_any(const Best& b) const { return b.key == no_key ? std::nullopt : std::optional{level_at(b)}; }

  // The slot of the level at `key`, or none; in the array the level may be empty.
  std::uint32_t slot_of(Side side, std::int64_t key) const {
    const std::int64_t offset = key - first_key_[at(side)];
    if (static_cast<std::uint64_t>(offset) < width_)
      return static_cast<std::uint32_t>(offset) + first_slot(side);
    if (key <= -price_limit || key >= price_limit) return SparseLadder::none;
    return ladders_[at(side)].find(ladder_key(key));
  }
  // The best occupied level with a key above `key`.
  Best after(Side side, std::int64_t key) const;

  std::uint32_t level_for(Side side, std::int64_t key);
  void level_emptied(Side side, std::uint32_t slot);
  std::uint32_t add_sparse_level(Side side, std::int64_t key);
  void drop_sparse_level(Side side, std::uint32_t slot);
  void refile(Price low, Price high);
  bool has_icebergs() const { return !icebergs_.empty(); }
  std::int64_t hide(std::uint32_t index, std::int64_t display, std::int64_t quantity);

  std::uint32_t take_free_order() {
    const std::uint32_t index = free_order_;
    if (index != 0) [[likely]] {
      free_order_ = orders_[index].next;
      __builtin_prefetch(&terms_[free_order_], 1);  // the next order comes here
      return index;
    }
    return add_order();
  }
  std::uint32_t add_order();

  void append(std::uint32_t index, Side side, std::int64_t key);
  void unlink(std::uint32_t index);
  void give_back(std::uint32_t index);
  void release(std::uint32_t index) {
    if (by_id_) ids_.erase(orders_[index].id, index);
    give_back(index);
  }
  void remove(std::uint32_t index) {
    unlink(index);
    release(index);
  }
  void renew_iceberg(std::uint32_t index);
  void take(std::uint32_t index, std::int64_t quantity);
  void reduce(std::uint32_t index, std::int64_t quantity);
  std::uint32_t rest(const NewOrder& order, std::int64_t quantity);

  template <class Rule>
  bool can_fill(std::uint32_t account, Side opposite_side, std::int64_t limit, std::int64_t quantity, const Rule& rule) const;

  struct Incoming {
    std::uint64_t id;
    std::uint32_t account;
    Side side;
    std::int64_t open;
    std::int64_t filled = 0;
    bool withdrawn = false;      // by a meeting
    bool out_of_reach = false;   // more would cross, but the rule's reach is used up
  };
  template <class Sink, class Rule>
  void match(Incoming& incoming, std::int64_t limit, Sink& sink, Rule& rule);
  template <class Sink, class Rule>
  Placement replace_at(std::uint32_t index, Price price, Tonnes quantity, Sink& sink, Rule& rule);

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor& v) {
    v("orders", self.orders_);
    v("terms", self.terms_);
    v("icebergs", self.icebergs_);
    v("levels", self.levels_);
    v("first_key", self.first_key_);
    v("width", self.width_);
    v("free_order", self.free_order_);
    v("free_level", self.free_level_);
    v("resting", self.resting_);
    v("best", self.best_);
    OccupiedLevels::visit(self.occupied_[0], v);
    OccupiedLevels::visit(self.occupied_[1], v);
    SparseLadder::visit(self.ladders_[0], v);
    SparseLadder::visit(self.ladders_[1], v);
    OrderIds::visit(self.ids_, v);
    v("by_id", self.by_id_);
  }

  // Order 0 is no order. It ends every list, and takes the writes to the neighbours that the first
  // and the last of a queue do not have, which spares the branch.
  std::vector<Order> orders_;
  std::vector<Terms> terms_;        // as long as orders_
  std::vector<Iceberg> icebergs_;   // empty until the first iceberg, then as long as orders_
  std::vector<Level> levels_;       // bids of the band best first, asks of the band best first, then the sparse ones
  std::array<std::int64_t, 2> first_key_{};  // of the band, by side
  std::uint32_t width_ = 0;                  // of the band; 0: none
  std::uint32_t free_order_ = 0;
  std::uint32_t free_level_ = nowhere;
  std::uint64_t resting_ = 0;
  std::array<Best, 2> best_;
  std::array<OccupiedLevels, 2> occupied_;
  std::array<SparseLadder, 2> ladders_;
  OrderIds ids_;
  bool by_id_;
};

}  // namespace tantu

#include "sim/order_book_matching.hpp"
