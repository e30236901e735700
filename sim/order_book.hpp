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

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "sim/order.hpp"
#include "sim/units.hpp"

namespace tantu {

/// A set of small integers [0, size) that finds the next member by counting zeros: words of 64 bits,
/// above them words with a bit for each word that is not zero, and so on up to a single word.
class OccupiedLevels {
 public:
  /// Empties the set and makes room for [0, size). Requires size <= 2^24.
  void reset(std::uint32_t size);
  // Both go through all tiers, because where they could stop early is a coin toss to the processor.
  void insert(std::uint32_t i) {
    for (std::uint32_t tier = 0; tier < tiers_; ++tier, i >>= 6) words_[start_[tier] + (i >> 6)] |= bit(i);
  }
  void erase(std::uint32_t i) {
    std::uint64_t gone = 1;
    for (std::uint32_t tier = 0; tier < tiers_; ++tier, i >>= 6) {
      std::uint64_t& word = words_[start_[tier] + (i >> 6)];
      word &= ~(gone << (i & 63));
      gone = word == 0;
    }
  }
  static constexpr std::uint32_t none = 0xffffffff;
  /// The smallest member >= i, or none. Requires i < size.
  std::uint32_t at_or_after(std::uint32_t i) const {
    std::uint64_t rest = words_[i >> 6] & (~std::uint64_t{0} << (i & 63));
    std::uint32_t tier = 0;
    i >>= 6;
    while (rest == 0) {
      if (++tier >= tiers_) return none;
      // Everything up to and including this word is done: shift twice, since a shift by 64 is undefined.
      rest = words_[start_[tier] + (i >> 6)] & (~std::uint64_t{0} << (i & 63) << 1);
      i >>= 6;
    }
    i = i << 6 | static_cast<std::uint32_t>(std::countr_zero(rest));
    while (tier-- > 0) i = i << 6 | static_cast<std::uint32_t>(std::countr_zero(words_[start_[tier] + i]));
    return i;
  }
  friend bool operator==(const OccupiedLevels&, const OccupiedLevels&) = default;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& v) {
    v("words", self.words_);
    v("start", self.start_);
    v("tiers", self.tiers_);
  }

 private:
  static constexpr std::uint64_t bit(std::uint32_t i) { return std::uint64_t{1} << (i & 63); }
  std::vector<std::uint64_t> words_;
  std::array<std::uint32_t, 4> start_{};
  std::uint32_t tiers_ = 0;
};

/// A sorted map from 32-bit key to 32-bit value: a radix tree of six digits of six bits, its nodes in
/// a pool. For prices that may lie anywhere: no key costs more than six steps, whatever else is there.
class SparseLadder {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Entry {
    std::uint32_t key = 0;
    std::uint32_t value = none;
  };
  SparseLadder() : nodes_(1) {}
  bool empty() const { return nodes_[0].mask == 0; }
  /// The value under `key`, or none.
  std::uint32_t find(std::uint32_t key) const;
  /// Requires that `key` is absent. May allocate.
  void insert(std::uint32_t key, std::uint32_t value);
  /// Requires that `key` is present. Does not allocate.
  void erase(std::uint32_t key);
  /// The entry with the smallest key >= `key`; value none if there is none.
  Entry at_or_after(std::uint32_t key) const;
  friend bool operator==(const SparseLadder&, const SparseLadder&) = default;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& v) {
    v("nodes", self.nodes_);
    v("free_node", self.free_node_);
  }

 private:
  struct Node {
    std::uint64_t mask = 0;                  // which digits have a child
    std::array<std::uint32_t, 64> child{};   // index of a node, or in the last digit a value
    friend bool operator==(const Node&, const Node&) = default;
  };
  static constexpr int depth = 6;
  static constexpr std::uint32_t digit(std::uint32_t key, int level) { return key >> (6 * (depth - 1 - level)) & 63; }
  std::vector<Node> nodes_;
  std::uint32_t free_node_ = 0;  // list through child[0]; 0, the root, ends it
};

/// Where the resting order with a given id lies: a hash table of cache lines, each with ten slots
/// that are compared at once, so that neither finding nor removing loops over neighbours (whose number
/// no processor can foresee). An id that finds its line full goes to the next one, and each line
/// counts the ids that passed over it: a search ends where none did, and there are no tombstones.
/// Four consecutive ids share a line, because most exchanges number their orders in sequence.
/// Holds no ids, only 16 bits of their hash; the caller confirms with the order itself, and tells the
/// id of an order (`id_of(index)`) where the table grows.
class OrderIds {
 public:
  /// Index of the order with this id, or 0. `has_id(index)` tells whether that order's id is the one sought.
  template <class HasId>
  std::uint32_t find(std::uint64_t id, HasId&& has_id) const {
    if (id > highest_ || used_ == 0) return 0;
    const std::uint64_t hash = hash_of(id);
    const std::uint16_t tag = tag_of(hash, id);
    for (std::uint32_t l = home(hash);; l = (l + 1) & mask_) {
      const Line& line = lines_[l];
      for (std::uint32_t hits = line.matches(tag); hits != 0; hits &= hits - 1) {
        const std::uint32_t order = line.order[std::countr_zero(hits)];
        if (has_id(order)) [[likely]] return order;
      }
      if (line.passed == 0) [[likely]] return 0;
    }
  }
  /// Requires that no order with this id is in, and order != 0. May allocate.
  template <class IdOf>
  void insert(std::uint64_t id, std::uint32_t order, IdOf&& id_of) {
    if (used_ >= capacity_) [[unlikely]] grow(used_ + 1, id_of);
    ++used_;
    if (id > highest_) highest_ = id;
    place(id, order);
  }
  /// Requires that (id, order) is in.
  void erase(std::uint64_t id, std::uint32_t order) {
    const std::uint64_t hash = hash_of(id);
    const std::uint16_t tag = tag_of(hash, id);
    for (std::uint32_t l = home(hash);; l = (l + 1) & mask_) {
      Line& line = lines_[l];
      for (std::uint32_t hits = line.matches(tag); hits != 0; hits &= hits - 1) {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(hits));
        if (line.order[slot] != order) [[unlikely]] continue;
        line.tag[slot] = 0;
        line.order[slot] = 0;
        --used_;
        return;
      }
      --line.passed;
    }
  }
  /// find and erase in one.
  template <class HasId>
  std::uint32_t extract(std::uint64_t id, HasId&& has_id) {
    if (id > highest_ || used_ == 0) return 0;
    const std::uint64_t hash = hash_of(id);
    const std::uint16_t tag = tag_of(hash, id);
    for (std::uint32_t l = home(hash);; l = (l + 1) & mask_) {
      Line& line = lines_[l];
      for (std::uint32_t hits = line.matches(tag); hits != 0; hits &= hits - 1) {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(hits));
        const std::uint32_t order = line.order[slot];
        if (!has_id(order)) [[unlikely]] continue;
        line.tag[slot] = 0;
        line.order[slot] = 0;
        --used_;
        for (std::uint32_t p = home(hash); p != l; p = (p + 1) & mask_) [[unlikely]] --lines_[p].passed;
        return order;
      }
      if (line.passed == 0) [[likely]] return 0;
    }
  }
  /// Room for this many ids without another allocation.
  template <class IdOf>
  void reserve(std::size_t orders, IdOf&& id_of) { if (orders > capacity_) grow(orders, id_of); }
  /// Asks the processor to bring the line of `id` near; changes nothing.
  void prefetch(std::uint64_t id) const { if (!lines_.empty()) __builtin_prefetch(&lines_[home(hash_of(id))], 1); }
  friend bool operator==(const OrderIds&, const OrderIds&) = default;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& v) {
    v("id_lines", self.lines_);
    v("id_shift", self.shift_);
    v("id_mask", self.mask_);
    v("ids_used", self.used_);
    v("ids_capacity", self.capacity_);
    v("highest_id", self.highest_);
  }

 private:
  static constexpr std::uint32_t slots = 10;
  struct alignas(64) Line {
    std::array<std::uint16_t, slots> tag{};  // 0: free
    std::uint32_t passed = 0;                // how many ids belong here or before, and lie in a later line
    std::array<std::uint32_t, slots> order{};
    // A bit for each slot with this tag.
    std::uint32_t matches(std::uint16_t sought) const {
#ifdef __SSE2__
      const __m128i wanted = _mm_set1_epi16(static_cast<short>(sought));
      const auto* tags = reinterpret_cast<const __m128i*>(this);
      const __m128i low = _mm_cmpeq_epi16(_mm_load_si128(tags), wanted), high = _mm_cmpeq_epi16(_mm_load_si128(tags + 1), wanted);
      return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high))) & ((1u << slots) - 1);
#else
      std::uint32_t bits = 0;
      for (std::uint32_t slot = 0; slot < slots; ++slot) bits |= static_cast<std::uint32_t>(tag[slot] == sought) << slot;
      return bits;
#endif
    }
    friend bool operator==(const Line&, const Line&) = default;
  };
  static_assert(sizeof(Line) == 64);
  // The product with 2^64/golden ratio spreads runs of consecutive numbers evenly; folding the upper
  // half in keeps ids that differ only there apart. Its uppermost bits say which line; the tag is 13
  // further bits, the last two of the id, and a one so that no tag is zero.
  static std::uint64_t hash_of(std::uint64_t id) { return (id >> 2 ^ id >> 34) * 0x9e3779b97f4a7c15u; }
  static std::uint16_t tag_of(std::uint64_t hash, std::uint64_t id) {
    return static_cast<std::uint16_t>((hash >> 16 & 0xfff8u) | (id & 3u) << 1 | 1u);
  }
  std::uint32_t home(std::uint64_t hash) const { return static_cast<std::uint32_t>(hash >> shift_); }
  void place(std::uint64_t id, std::uint32_t order) {
    const std::uint64_t hash = hash_of(id);
    for (std::uint32_t l = home(hash);; l = (l + 1) & mask_) {
      Line& line = lines_[l];
      const std::uint32_t free = line.matches(0);
      if (free != 0) [[likely]] {
        const auto slot = static_cast<std::uint32_t>(std::countr_zero(free));
        line.tag[slot] = tag_of(hash, id);
        line.order[slot] = order;
        return;
      }
      ++line.passed;
    }
  }
  /// Lines for this many ids.
  static std::size_t lines_for(std::size_t orders);
  template <class IdOf>
  void grow(std::size_t orders, IdOf&& id_of) {
    const std::size_t size = lines_for(orders);
    std::vector<Line> old(size);
    old.swap(lines_);
    mask_ = static_cast<std::uint32_t>(size - 1);
    shift_ = static_cast<std::uint32_t>(64 - std::countr_zero(size));
    capacity_ = mean_load * size;
    for (const Line& line : old)
      for (std::size_t slot = 0; slot < slots; ++slot)
        if (line.tag[slot] != 0) place(id_of(line.order[slot]), line.order[slot]);
  }
  // At most this many of the slots of a line are in use on average: with random ids one in fifty then
  // lies outside its own line.
  static constexpr std::size_t mean_load = 6;
  std::vector<Line> lines_;
  std::uint32_t shift_ = 0;  // from hash to number of line
  std::uint32_t mask_ = 0;
  std::uint64_t used_ = 0;
  std::uint64_t capacity_ = 0;  // ids in it before it grows
  std::uint64_t highest_ = 0;   // no resting id is above: new ids in sequence need no search
};

/// The plain rule and the base of other rules: the best price first, at one price the oldest order,
/// whoever owns it. A rule derives from this and declares again what it changes:
///   screens  true: `meeting(incoming account, resting order)` decides each encounter (const, same
///            answer when asked again), and `withdrawn(resting order before, quantity it loses)`
///            is called for what leaves the book without a trade
///   picks    true: `pick(price, orders)` in [0, orders) names the counterparty within a level by
///            its place in the queue
///   reach    how many opposite levels one order may trade with; 0 for all. A limit order that
///            would still cross after its reach does not rest: what is left is discarded.
struct PriceTimeRule {
  static constexpr bool screens = false;
  static constexpr bool picks = false;
  static constexpr int reach = 0;
};

/// Self-trade prevention: orders of one account do not trade with each other, `on_meeting` happens
/// instead. `Withdrawn` is called as void(const RestingOrder& before, Tonnes lost).
template <class Withdrawn>
struct SelfTradeRule : PriceTimeRule {
  static constexpr bool screens = true;
  Meeting on_meeting;
  Withdrawn withdrawn;
  SelfTradeRule(Meeting what, Withdrawn callback) : on_meeting(what), withdrawn(std::move(callback)) {}
  Meeting meeting(std::uint32_t incoming_account, const RestingOrder& resting) const {
    return incoming_account == resting.account ? on_meeting : Meeting::trade;
  }
};

/// Listed agreement of the Chinese national market: the taker deals with the best five opposite
/// prices, price first, and with any counterparty at one price. `Draw` is called as
/// std::uint32_t(Price, std::uint32_t orders) and answers below `orders`, from a keyed draw.
template <class Draw>
struct ListedAgreementRule : PriceTimeRule {
  static constexpr bool picks = true;
  static constexpr int reach = 5;
  Draw pick;
  explicit ListedAgreementRule(Draw draw) : pick(std::move(draw)) {}
};

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
    const std::uint32_t index = ids_.extract(id, [this, id](std::uint32_t i) { return orders_[i].id == id; });
    if (index == 0) return Outcome::unknown_order;
    unlink(index);
    give_back(index);
    return Outcome::cancelled;
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
    __builtin_prefetch(&orders_[ids_.find(id, [](std::uint32_t) { return true; })], 1);
  }

  friend bool operator==(const OrderBook&, const OrderBook&) = default;

  /// Calls v("name", member) for each member of the state: trivially copyable structs without
  /// padding, arithmetic types and vectors of them. Setting all of them restores the book.
  template <class Visitor>
  void visit_state(Visitor&& v) { visit(*this, v); }
  template <class Visitor>
  void visit_state(Visitor&& v) const { visit(*this, v); }

 private:
  // Half a cache line an order, so that a step along a queue costs one line. What matching does not
  // need is in columns of its own.
  struct Order {
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
  struct Level {
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
  void grow_icebergs() { icebergs_.resize(orders_.size()); }

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

// ---- implementation: what matching runs through, inline ----

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
    occupied_[s].insert(static_cast<std::uint32_t>(offset));  // whether it is in or not: cheaper than to ask
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
  if (!icebergs_.empty()) [[unlikely]] level.hidden += icebergs_[index].hidden;
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
  if (!icebergs_.empty()) [[unlikely]] level.hidden -= icebergs_[index].hidden;
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
  } else if (!icebergs_.empty() && icebergs_[index].hidden != 0) [[unlikely]] {
    renew_iceberg(index);
  } else {
    remove(index);
  }
}

inline std::uint32_t OrderBook::rest(const NewOrder& order, std::int64_t quantity) {
  if (order.display.count != 0 && icebergs_.empty()) [[unlikely]] grow_icebergs();
  const std::uint32_t index = take_free_order();
  std::int64_t shown = quantity;
  if (!icebergs_.empty()) [[unlikely]] {
    if (order.display.count != 0 && order.display.count < shown) shown = order.display.count;
    icebergs_[index] = {order.display.count, quantity - shown};
  }
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
      const RestingOrder resting = view(index);
      const Meeting meeting = rule.meeting(incoming.account, resting);
      if (meeting != Meeting::trade) {
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
        const RestingOrder resting = view(i);
        const Meeting meeting = rule.meeting(account, resting);
        if (meeting == Meeting::withdraw_resting) continue;
        if (meeting != Meeting::trade) return false;
        quantity -= resting.shown.count;
        hidden += resting.hidden.count;
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
  if (!icebergs_.empty()) {
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
