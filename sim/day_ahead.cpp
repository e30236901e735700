#include "sim/day_ahead.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "sim/elementary.hpp"

namespace tantu {

void draw_day(const FirmTraits& traits, RandomKey key, Rows rows, Day day, const DrawnDay& into) {
  constexpr std::uint32_t chunk = 256;
  std::array<std::uint32_t, 4 * chunk> words;
  for (std::uint32_t at = 0; at < rows.size(); at += chunk) {
    const std::uint32_t n = std::min(chunk, rows.size() - at);
    draw_block(key, Stream::arrival, std::span(&traits.entity[rows.first + at], n), day.number, 0, words.data());
    for (std::uint32_t i = 0; i < n; ++i) into.arrival[at + i] = words[i];
    for (std::uint32_t i = 0; i < n; ++i) into.normal[at + i] = elementary::normal_from_bits(words[3 * n + i]);
  }
}

void DayAhead::draw(const FirmTraits& traits, RandomKey key) {
  const std::uint32_t firms = traits.size();
  arrival_ = std::make_unique_for_overwrite<std::uint32_t[]>(firms);
  normal_ = std::make_unique_for_overwrite<double[]>(firms);
  draw_day(traits, key, {0, firms}, day_, {arrival_.get(), normal_.get()});
  drawn_.store(true, std::memory_order_release);
}

bool DayAhead::give(Rows rows, Day day, const DrawnDay& into) const {
  if (day != day_ || !drawn_.load(std::memory_order_acquire)) return false;
  std::copy_n(arrival_.get() + rows.first, rows.size(), into.arrival);
  std::copy_n(normal_.get() + rows.first, rows.size(), into.normal);
  return true;
}

}  // namespace tantu
