// Which price levels of a band are occupied: the next one is found by counting zeros.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace tantu {

/// A set of small integers [0, size) that finds the next member by counting zeros: words of 64 bits,
/// above them words with a bit for each word that is not zero, and so on up to a single word.
class OccupiedLevels {
 public:
  /// Empties the set and makes room for [0, size). Requires size <= 2^24.
  void reset(std::uint32_t size);
  // The tiers above change where a word was or becomes empty, which is rare in a book worth hurrying for and so foreseen.
  void insert(std::uint32_t i) {
    std::uint64_t& word = words_[i >> 6];
    const std::uint64_t before = word;
    word = before | bit(i);
    if (before == 0) [[unlikely]] insert_above(i >> 6);
  }
  void erase(std::uint32_t i) {
    std::uint64_t& word = words_[i >> 6];
    word &= ~bit(i);
    if (word == 0) [[unlikely]] erase_above(i >> 6);
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
  void insert_above(std::uint32_t i) {
    for (std::uint32_t tier = 1; tier < tiers_; ++tier, i >>= 6) words_[start_[tier] + (i >> 6)] |= bit(i);
  }
  void erase_above(std::uint32_t i) {
    for (std::uint32_t tier = 1; tier < tiers_; ++tier, i >>= 6)
      if ((words_[start_[tier] + (i >> 6)] &= ~bit(i)) != 0) return;
  }
  std::vector<std::uint64_t> words_;
  std::array<std::uint32_t, 4> start_{};
  std::uint32_t tiers_ = 0;
};

}  // namespace tantu
