// Digits of a line of a file, eight at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace tantu {

/// A text of 1 to 8 digits as a number; anything else gives no_digits. Requires 8 readable bytes before the end
/// of `text` (LineReader keeps them before each line).
inline constexpr std::uint64_t no_digits = ~std::uint64_t{0};
inline std::uint64_t short_number(std::string_view text) {
  const std::size_t length = text.size();
  if (length - 1 > 7) return no_digits;
  if constexpr (std::endian::native != std::endian::little) {
    std::uint64_t n = 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return no_digits;
      n = 10 * n + static_cast<std::uint64_t>(c - '0');
    }
    return n;
  }
  std::uint64_t x;
  std::memcpy(&x, text.data() + length - 8, 8);
  // The first digit lies in the lowest byte. What stands before the text becomes zeros.
  const unsigned before = static_cast<unsigned>(8 - length) * 8;
  x = x >> before << before | (before == 0 ? 0 : 0x3030303030303030u >> (64 - before));
  constexpr std::uint64_t high = 0xf0f0f0f0f0f0f0f0u;
  if (((x & high) | ((x + 0x0606060606060606u) & high) >> 4) != 0x3333333333333333u) return no_digits;
  x = (x & 0x0f0f0f0f0f0f0f0fu) * 2561 >> 8;
  x = (x & 0x00ff00ff00ff00ffu) * 6553601 >> 16;
  return (x & 0x0000ffff0000ffffu) * 42949672960001 >> 32;
}

/// Cuts a line at its commas; at most `most` fields are kept. Returns their number. Requires 16 readable bytes
/// behind the line.
inline std::size_t split_at_commas(std::string_view line, std::string_view* field, std::size_t most) {
  const char* begin = line.data();
  const char* const end = begin + line.size();
  std::size_t n = 0;
  const auto cut = [&](const char* p) {
    if (n < most) field[n] = {begin, static_cast<std::size_t>(p - begin)};
    ++n;
    begin = p + 1;
  };
#ifdef __SSE2__
  const __m128i comma = _mm_set1_epi8(',');
  for (const char* p = begin; p < end; p += 16) {
    const __m128i here = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    auto hits = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(here, comma)));
    if (end - p < 16) hits &= (std::uint32_t{1} << (end - p)) - 1;
    for (; hits != 0; hits &= hits - 1) cut(p + std::countr_zero(hits));
  }
#else
  for (const char* p = begin; p != end; ++p)
    if (*p == ',') cut(p);
#endif
  cut(end);
  return n;
}

}  // namespace tantu
