#include "scenarios/csv_line.hpp"

#include "sim/input_error.hpp"

namespace tantu {

std::vector<std::string> csv_fields(std::string_view text, const std::string& name, std::size_t line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') { fields.back() += '"'; ++i; }
      else if (c == '"') quoted = false;
      else fields.back() += c;
    } else if (c == '"' && fields.back().empty()) quoted = true;
    else if (c == ',') fields.emplace_back();
    else fields.back() += c;
  }
  if (quoted) throw InputError(name, std::to_string(line), "a quote is opened and not closed on this line");
  return fields;
}

}  // namespace tantu
