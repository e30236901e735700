#include "scenarios/wording.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tantu {

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    // Overlong forms and the surrogates are no characters (RFC 3629).
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

namespace {

std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i])); };
  switch (character.size()) {
    case 1: return byte(0);
    case 2: return ((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F);
    case 3: return ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
    default: return ((byte(0) & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) | (byte(3) & 0x3F);
  }
}

/// Characters that would break the line, move the cursor or turn the direction of writing.
bool is_unprintable(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

std::string shown(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = utf8_length(text);
    std::string piece;
    if (length == 0) {
      piece = fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      length = 1;
    } else if (const std::uint32_t c = code_point(text.substr(0, length)); is_unprintable(c)) {
      piece = c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\r' ? "\\r" : fmt::format("\\u{:04x}", c);
    } else {
      piece = text.substr(0, length);
    }
    if (out.size() + piece.size() > most) return out + "...";
    out += piece;
    text.remove_prefix(length);
  }
  return out;
}

std::string shown_value(const nlohmann::ordered_json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return '"' + shown(value.get_ref<const std::string&>()) + '"';
  if (value.is_number_float()) return fmt::format("{}", value.get<double>());
  return value.dump();
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::vector<std::string> nearest(std::string_view name, std::span<const std::string> known) {
  // A name longer than any known one is no slip of the keyboard; the bound also keeps the cost of a
  // comparison small when a file is hostile.
  constexpr std::size_t longest = 200;
  struct Candidate {
    std::size_t distance;
    std::string_view name;
  };
  std::vector<Candidate> candidates;
  if (name.empty() || name.size() > longest) return {};
  for (const std::string& k : known) {
    if (k.size() > longest) continue;
    const std::size_t allowed = std::max<std::size_t>(name.size() < 4 ? 1 : 2, std::min(name.size(), k.size()) / 3);
    const std::size_t distance = edit_distance(name, k);
    const bool part = name.size() >= 3 && k.find(name) != std::string::npos;
    if (distance <= allowed) candidates.push_back({distance, k});
    else if (part) candidates.push_back({allowed + 1, k});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& x, const Candidate& y) { return x.distance < y.distance; });
  // Beside a hit that is one slip away, those three slips away only distract.
  std::vector<std::string> out;
  for (const Candidate& c : candidates) {
    if (out.size() == 3 || c.distance > candidates.front().distance + 1) break;
    out.emplace_back(c.name);
  }
  return out;
}

std::string listed(std::span<const std::string> names, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == most) return out + ", ...";
    out += (i ? ", " : "") + shown(names[i]);
  }
  return out;
}

std::string suggestion(std::string_view name, std::span<const std::string> known) {
  if (known.empty()) return "none are known";
  if (const auto near = nearest(name, known); !near.empty()) return "nearest: " + listed(near);
  return "known: " + listed(known);
}

}  // namespace tantu
