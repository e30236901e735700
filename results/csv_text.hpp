// Rows of CSV as text: integers and exact decimals put one behind the other into a buffer.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tantu {

class CsvText {
 public:
  CsvText() : bytes_(std::size_t{1} << 17, '\0') {}
  std::size_t size() const { return size_; }
  std::string_view text() const { return {bytes_.data(), size_}; }
  void clear() { size_ = 0; }

  CsvText& put(std::string_view text) {
    char* to = room(text.size());
    std::memcpy(to, text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  CsvText& put(char c) {
    *room(1) = c;
    ++size_;
    return *this;
  }
  CsvText& put(std::uint64_t n) {
    char* to = room(20);
    size_ += static_cast<std::size_t>(std::to_chars(to, to + 20, n).ptr - to);
    return *this;
  }
  CsvText& put(std::int64_t n) {
    char* to = room(21);
    size_ += static_cast<std::size_t>(std::to_chars(to, to + 21, n).ptr - to);
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
  char* room(std::size_t n) {
    if (size_ + n > bytes_.size()) [[unlikely]] bytes_.resize(2 * (size_ + n));
    return bytes_.data() + size_;
  }
  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace tantu
