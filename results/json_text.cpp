#include "results/json_text.hpp"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tantu {

namespace {
void append_safely(std::string& text, std::string_view json) {
  for (const char c : json) {
    if (c == '<') text += "\\u003c";
    else text += c;
  }
}
}  // namespace

void JsonText::separate() {
  if (!first_ && !after_key_) text_ += ',';
  first_ = after_key_ = false;
}

JsonText& JsonText::open(char bracket) {
  separate();
  text_ += bracket;
  first_ = true;
  return *this;
}

JsonText& JsonText::close(char bracket) {
  text_ += bracket;
  first_ = false;
  return *this;
}

JsonText& JsonText::key(std::string_view name) {
  value(name);
  text_ += ':';
  after_key_ = true;
  return *this;
}

JsonText& JsonText::value(std::string_view text) {
  separate();
  append_safely(text_, nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return *this;
}

JsonText& JsonText::value(std::int64_t number) {
  separate();
  fmt::format_to(std::back_inserter(text_), "{}", number);
  return *this;
}

JsonText& JsonText::value(bool yes) {
  separate();
  text_ += yes ? "true" : "false";
  return *this;
}

JsonText& JsonText::value(double number, int digits) {
  separate();
  if (std::isfinite(number)) fmt::format_to(std::back_inserter(text_), "{:.{}g}", number == 0 ? 0.0 : number, digits);
  else text_ += "null";
  return *this;
}

JsonText& JsonText::values(std::span<const double> numbers, int digits) {
  open('[');
  for (const double x : numbers) value(x, digits);
  return close(']');
}

JsonText& JsonText::values(std::span<const std::string> texts) {
  open('[');
  for (const std::string& text : texts) value(text);
  return close(']');
}

JsonText& JsonText::document(std::string_view json) {
  separate();
  append_safely(text_, json);
  return *this;
}

}  // namespace tantu
