// Decimal numbers in text, exactly: "48.50" with two decimals is the integer 4850.
#pragma once

#include <cstdint>
#include <string_view>

namespace tantu {

enum class DecimalFault : std::uint8_t { none, not_a_number, too_fine, too_large };

struct Decimal {
  std::int64_t count = 0;  ///< in units of 10^-decimals
  DecimalFault fault = DecimalFault::none;
};

/// Reads [-]digits[.digits] (at least one digit before the point, and one behind it if there is a point).
/// too_fine: digits other than 0 beyond `decimals`, which must be at most 9. too_large: |count| of 10^17 or more.
constexpr Decimal parse_decimal(std::string_view text, int decimals) {
  constexpr std::int64_t most = 100'000'000'000'000'000;
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  if (p == end) return {0, DecimalFault::not_a_number};
  std::int64_t count = 0;
  bool large = false, fine = false;
  const char* const whole = p;
  for (; p != end && *p != '.'; ++p) {
    const unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
    if (digit > 9) return {0, DecimalFault::not_a_number};
    count = 10 * count + digit;
    if (count >= most) [[unlikely]] large = true, count = most;
  }
  if (p == whole) return {0, DecimalFault::not_a_number};
  int left = decimals;
  if (p != end) {
    if (++p == end) return {0, DecimalFault::not_a_number};
    for (; p != end; ++p) {
      const unsigned digit = static_cast<unsigned char>(*p) - unsigned{'0'};
      if (digit > 9) return {0, DecimalFault::not_a_number};
      if (left > 0) count = 10 * count + digit, --left;
      else fine = fine || digit != 0;
      if (count >= most) [[unlikely]] large = true, count = most;
    }
  }
  for (; left > 0; --left) {
    count *= 10;
    if (count >= most) [[unlikely]] large = true, count = most;
  }
  if (large) return {0, DecimalFault::too_large};
  return {negative ? -count : count, fine ? DecimalFault::too_fine : DecimalFault::none};
}

}  // namespace tantu
