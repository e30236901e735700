// Rows of CSV as text: integers and exact decimals put one behind the other into a buffer.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace tantu {

class CsvText {
 public:
  CsvText() = default;
  CsvText(const CsvText&) = delete;
  CsvText& operator=(const CsvText&) = delete;
  std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_.data()); }
  std::string_view text() const { return {bytes_.data(), size()}; }
  void clear() { end_ = bytes_.data(); }

  /// Required before the calls of put() that together add up to `n` bytes; a number counts as 21.
  void make_room(std::size_t n) {
    if (static_cast<std::size_t>(bytes_.data() + bytes_.size() - end_) >= n) [[likely]] return;
    const std::size_t held = size();
    bytes_.resize(2 * (held + n));
    end_ = bytes_.data() + held;
  }

  CsvText& put(std::string_view text) {
    if (!text.empty()) std::memcpy(end_, text.data(), text.size());  // an empty view may have no address
    end_ += text.size();
    return *this;
  }
  CsvText& put(char c) {
    *end_++ = c;
    return *this;
  }
  CsvText& put(std::uint64_t n) {
    end_ = std::to_chars(end_, end_ + 20, n).ptr;
    return *this;
  }
  /// `count` units of 10^-decimals, with exactly so many decimals: 4850 with two is 48.50. decimals <= 18.
  CsvText& put_decimal(std::int64_t count, int decimals) {
    if (count < 0) put('-');
    std::uint64_t n = count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
    char fraction[18];
    for (int i = decimals; i-- > 0; n /= 10) fraction[i] = static_cast<char>('0' + n % 10);
    put(n);
    if (decimals > 0) put('.').put(std::string_view(fraction, static_cast<std::size_t>(decimals)));
    return *this;
  }

 private:
  std::vector<char> bytes_ = std::vector<char>(std::size_t{1} << 17);
  char* end_ = bytes_.data();
};

}  // namespace tantu
