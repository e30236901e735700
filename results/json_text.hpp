// JSON as text, written in order: what a page carries. Safe inside <script>: '<' is always \u003c, so that
// neither </script> nor <!-- can occur; bytes that are not UTF-8 become U+FFFD. Numbers that are not finite are null.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tantu {

class JsonText {
 public:
  JsonText& open(char bracket);   ///< '{' or '['
  JsonText& close(char bracket);  ///< '}' or ']'
  JsonText& key(std::string_view name);
  JsonText& value(std::string_view text);
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(const std::string& text) { return value(std::string_view(text)); }
  JsonText& value(std::int64_t number);
  JsonText& value(std::int32_t number) { return value(static_cast<std::int64_t>(number)); }
  JsonText& value(std::size_t number) { return value(static_cast<std::int64_t>(number)); }
  JsonText& value(bool yes);
  /// To `digits` significant digits: more is not seen on a page.
  JsonText& value(double number, int digits = 9);
  JsonText& values(std::span<const double> numbers, int digits = 9);
  JsonText& values(std::span<const std::string> texts);
  /// A JSON document as it is, its '<' made safe. Requires valid JSON.
  JsonText& document(std::string_view json);

  template <class T>
  JsonText& member(std::string_view name, const T& v) { return key(name).value(v); }

  std::string take() { return std::move(text_); }

 private:
  void separate();
  std::string text_;
  bool first_ = true, after_key_ = false;
};

}  // namespace tantu
