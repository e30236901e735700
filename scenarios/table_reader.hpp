// From a JSON object to a struct of parameters, through its Table.
//
// The one validator: what this accepts is a valid document, and the JSON Schema (schema.hpp) is checked
// against it. Verified by tests/unit/test_table_reader.cpp, each message word for word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "scenarios/document.hpp"
#include "sim/input_error.hpp"
#include "sim/parameters.hpp"

namespace tantu {

/// Where in which document a value stands. Lives on the stack while the document is walked: a child
/// refers to its parent, and nothing is put into words before something is wrong.
class Place {
 public:
  explicit Place(std::string_view file) : file_(file) {}
  explicit Place(const Document& document) : document_(&document) {}
  Place(const Place& parent, std::string_view key) : parent_(&parent), key_(key) {}
  Place(const Place& parent, std::size_t index) : parent_(&parent), index_(index) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  Path path() const;
  /// "my.json:/policies/auction/share"
  std::string text() const;
  /// Throws the InputError "my.json:/policies/auction/share: MESSAGE".
  [[noreturn]] void refuse(const std::string& message) const;
  /// The document walked; null for a Place that was made from a file's name.
  const Document* document() const;

 private:
  const Place& root() const;

  const Place* parent_ = nullptr;
  std::string_view key_;
  std::optional<std::size_t> index_;
  std::string_view file_;
  const Document* document_ = nullptr;
};

/// Reads `json` into `object`, a struct that `table` describes and that holds its default values.
/// A key that is absent leaves the default; a list, path by year or map that is present replaces the
/// default one. Throws the InputError of the first problem in the order of the document: unknown keys,
/// wrong types, values out of range; then required keys that are missing; then the rules of Table::check.
/// `object` is then left half read.
void read_object(const nlohmann::ordered_json& json, const Table& table, void* object, const Place& place);

template <class Struct>
Struct read(const nlohmann::ordered_json& json, const Place& place) {
  Struct object{};
  read_object(json, table<Struct>(), &object, place);
  return object;
}
/// The struct that a loaded document (presets.hpp) describes.
template <class Struct>
Struct read(const Document& document) {
  return read<Struct>(document.root(), Place(document));
}

/// Ids of markets, policies, groups: 1 to 64 bytes of text without '.' and '/' (they separate the parts
/// of paths) and without control characters.
bool is_id(std::string_view text);
/// Years as keys: "1600" to "9999".
std::optional<int> parse_year(std::string_view text);

/// "in [0, 1]", "at least 0", "above 0", "at most 5"; "" for a range without bounds.
std::string range_text(const Range& range);
/// Whether `x` is in `range`.
bool is_within(double x, const Range& range);

}  // namespace tantu
