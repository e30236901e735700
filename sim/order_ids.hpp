// Orders by the ids that others gave them: any 64-bit number, found and removed in one cache line.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tantu {

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
        line.clear(slot);
        --used_;
        return;
      }
      line.unpass();
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
        line.clear(slot);
        --used_;
        for (std::uint32_t p = home(hash); p != l; p = (p + 1) & mask_) [[unlikely]] lines_[p].unpass();
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
  static constexpr std::uint16_t many = 0xffff;
  struct alignas(64) Line {
    std::array<std::uint16_t, slots> tag{};  // 0: free
    // Which slots are in use. The tags say it as well, but to read them all at once just after one was written (ids come
    // in sequence, to the same line) makes the processor wait.
    std::uint16_t used = 0;
    std::uint16_t passed = 0;                // how many ids belong here or before, and lie in a later line; from `many` on, for good
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
    std::uint32_t free_slot() const { return static_cast<std::uint32_t>(std::countr_one(used)); }
    void set(std::uint32_t slot, std::uint16_t with_tag, std::uint32_t index) {
      used |= static_cast<std::uint16_t>(1u << slot);
      tag[slot] = with_tag;
      order[slot] = index;
    }
    void clear(std::uint32_t slot) {
      used &= static_cast<std::uint16_t>(~(1u << slot));
      tag[slot] = 0;
      order[slot] = 0;
    }
    void pass() { passed += passed != many; }
    void unpass() { passed -= passed != many; }
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
      if (const std::uint32_t slot = line.free_slot(); slot < slots) [[likely]] return line.set(slot, tag_of(hash, id), order);
      line.pass();
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

}  // namespace tantu
