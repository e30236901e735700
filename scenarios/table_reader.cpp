#include "scenarios/table_reader.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/wording.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

const Place& Place::root() const {
  const Place* place = this;
  while (place->parent_) place = place->parent_;
  return *place;
}

Path Place::path() const {
  Path path;
  for (const Place* p = this; p->parent_; p = p->parent_) path.push_back(p->index_ ? std::to_string(*p->index_) : std::string(p->key_));
  std::reverse(path.begin(), path.end());
  return path;
}

std::string Place::text() const {
  const Path here = path();
  if (const Document* d = document()) return d->where(here);
  const std::string file(root().file_);
  return here.empty() ? file : file + ":" + pointer_text(here);
}

void Place::refuse(const std::string& message) const { throw InputError(text() + ": " + message); }

const Document* Place::document() const { return root().document_; }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::none_of(text.begin(), text.end(), [](char c) {
    return c == '.' || c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

std::optional<int> parse_year(std::string_view text) {
  if (text.size() != 4 || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const int year = std::stoi(std::string(text));
  return year >= 1600 ? std::optional(year) : std::nullopt;
}

bool is_within(double x, const Range& range) {
  return (range.open_below ? x > range.least : x >= range.least) && x <= range.most;
}

std::string range_text(const Range& range) {
  const bool has_least = std::isfinite(range.least), has_most = std::isfinite(range.most);
  if (has_least && has_most) return fmt::format("in {}{}, {}]", range.open_below ? '(' : '[', range.least, range.most);
  if (has_least) return fmt::format("{} {}", range.open_below ? "above" : "at least", range.least);
  if (has_most) return fmt::format("at most {}", range.most);
  return "";
}

namespace {

[[noreturn]] void refuse_value(const Json& json, std::string_view right, const Place& place) {
  place.refuse(fmt::format("{} is not {}", shown_value(json), right));
}

double read_number(const Json& json, const Range& range, const Place& place) {
  if (!json.is_number()) refuse_value(json, "a number", place);
  const double x = json.get<double>();
  if (!std::isfinite(x)) refuse_value(json, "a finite number", place);
  if (!is_within(x, range)) refuse_value(json, range_text(range), place);
  return x;
}

/// 2.0 is an integer, as in JSON Schema: programs that write JSON do not all keep the two apart.
template <class Integer>
Integer read_integer(const Json& json, const Range& range, const Place& place) {
  Integer n = 0;
  if (json.is_number_float()) {
    const double x = json.get<double>();
    if (!std::isfinite(x) || x != std::trunc(x)) refuse_value(json, "an integer", place);
    // Beyond 2^53 a double no longer says which integer was meant.
    if (std::fabs(x) > 9007199254740992.0) refuse_value(json, "an exact integer; write its digits", place);
    if (std::is_unsigned_v<Integer> && x < 0) refuse_value(json, "at least 0", place);
    n = static_cast<Integer>(x);
  } else if (json.is_number_unsigned()) {
    const auto u = json.get<std::uint64_t>();
    if (u > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()))
      refuse_value(json, fmt::format("at most {}", std::numeric_limits<Integer>::max()), place);
    n = static_cast<Integer>(u);
  } else if (json.is_number_integer()) {
    const auto i = json.get<std::int64_t>();
    if (std::is_unsigned_v<Integer> && i < 0) refuse_value(json, "at least 0", place);
    n = static_cast<Integer>(i);
  } else {
    refuse_value(json, "an integer", place);
  }
  if (!is_within(static_cast<double>(n), range)) refuse_value(json, range_text(range), place);
  return n;
}

const std::string& read_string(const Json& json, const Place& place) {
  if (!json.is_string()) refuse_value(json, "a string", place);
  return json.get_ref<const std::string&>();
}

Day read_date(const Json& json, const Place& place) {
  const auto day = json.is_string() ? parse_day(json.get_ref<const std::string&>()) : std::nullopt;
  if (!day) refuse_value(json, "a date (YYYY-MM-DD)", place);
  return *day;
}

template <class Element, class ReadElement>
void read_list(const Json& json, std::string_view right, void* member, const Place& place, ReadElement read_element) {
  if (!json.is_array()) refuse_value(json, right, place);
  auto& list = *static_cast<std::vector<Element>*>(member);
  list.clear();
  list.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) list.push_back(read_element(json[i], Place(place, i)));
}

void read_choice(const Json& json, const Field& f, void* member, const Place& place) {
  const std::vector<std::string> names(f.choices.begin(), f.choices.end());
  if (json.is_string()) {
    const auto& name = json.get_ref<const std::string&>();
    const auto at = std::find(names.begin(), names.end(), name);
    if (at != names.end()) {
      f.set_choice(member, static_cast<int>(at - names.begin()));
      return;
    }
  }
  refuse_value(json, "one of " + listed(names, 40), place);
}

void read_years(const Json& json, const Field& f, void* member, const Place& place) {
  if (!json.is_object()) refuse_value(json, R"(numbers by year, e.g. {"2021": 1})", place);
  auto& path = *static_cast<std::map<int, double>*>(member);
  path.clear();
  for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
    const Place here(place, key);
    const auto year = parse_year(key);
    if (!year) here.refuse(fmt::format("\"{}\" is not a year (1600 to 9999)", shown(key)));
    path[*year] = read_number(value, f.range, here);
  }
}

void check_id(const std::string& key, const Place& place) {
  if (!is_id(key))
    place.refuse(fmt::format("\"{}\" is not an id: 1 to 64 bytes without '.', '/' and control characters", shown(key)));
}

void read_members(const Json& json, const Table& table, void* object, const Place& place, bool has_kind);

void read_plugins(const Json& json, const Field& f, void* member, const Place& place) {
  if (!json.is_object()) refuse_value(json, "an object of objects that each have a kind", place);
  auto& instances = *static_cast<std::map<std::string, Plugin>*>(member);
  instances.clear();
  const auto catalog = f.catalog();
  for (const auto& [id, value] : json.get_ref<const Json::object_t&>()) {
    const Place here(place, id);
    check_id(id, here);
    if (!value.is_object()) refuse_value(value, "an object", here);
    std::vector<std::string> kinds;
    for (const KindEntry& entry : catalog) kinds.emplace_back(entry.kind);
    const auto kind = value.find("kind");
    if (kind == value.end()) here.refuse("\"kind\" is required; known: " + listed(kinds, 40));
    const Place at_kind(here, "kind");
    const std::string& name = read_string(*kind, at_kind);
    const auto entry = std::find_if(catalog.begin(), catalog.end(), [&](const KindEntry& e) { return e.kind == name; });
    if (entry == catalog.end()) at_kind.refuse(fmt::format("unknown kind \"{}\"; {}", shown(name), suggestion(name, kinds)));
    Plugin& plugin = instances[id];
    plugin.kind = name;
    plugin.parameters = entry->make_parameters();
    read_members(value, entry->table(), plugin.parameters.get(), here, true);
  }
}

void read_field(const Json& json, const Field& f, void* member, const Place& place) {
  switch (f.type) {
    case FieldType::boolean:
      if (!json.is_boolean()) refuse_value(json, "true or false", place);
      *static_cast<bool*>(member) = json.get<bool>();
      return;
    case FieldType::integer: *static_cast<std::int64_t*>(member) = read_integer<std::int64_t>(json, f.range, place); return;
    case FieldType::unsigned_integer: *static_cast<std::uint64_t*>(member) = read_integer<std::uint64_t>(json, f.range, place); return;
    case FieldType::number: *static_cast<double*>(member) = read_number(json, f.range, place); return;
    case FieldType::text: *static_cast<std::string*>(member) = read_string(json, place); return;
    case FieldType::date: *static_cast<Day*>(member) = read_date(json, place); return;
    case FieldType::choice: read_choice(json, f, member, place); return;
    case FieldType::integers:
      read_list<std::int64_t>(json, "a list of integers", member, place,
                              [&](const Json& j, const Place& p) { return read_integer<std::int64_t>(j, f.range, p); });
      return;
    case FieldType::numbers:
      read_list<double>(json, "a list of numbers", member, place, [&](const Json& j, const Place& p) { return read_number(j, f.range, p); });
      return;
    case FieldType::texts: read_list<std::string>(json, "a list of strings", member, place, read_string); return;
    case FieldType::dates: read_list<Day>(json, "a list of dates", member, place, read_date); return;
    case FieldType::year_numbers: read_years(json, f, member, place); return;
    case FieldType::optional_number: {
      auto& value = *static_cast<std::optional<double>*>(member);
      if (json.is_null()) value.reset();
      else value = read_number(json, f.range, place);
      return;
    }
    case FieldType::optional_integer: {
      auto& value = *static_cast<std::optional<std::int64_t>*>(member);
      if (json.is_null()) value.reset();
      else value = read_integer<std::int64_t>(json, f.range, place);
      return;
    }
    case FieldType::optional_date: {
      auto& value = *static_cast<std::optional<Day>*>(member);
      if (json.is_null()) value.reset();
      else value = read_date(json, place);
      return;
    }
    case FieldType::json: static_cast<CanonicalJson*>(member)->text = json.is_null() ? std::string() : json.dump(); return;
    case FieldType::object: read_object(json, f.table(), member, place); return;
    case FieldType::objects:
      if (!json.is_array()) refuse_value(json, "a list of objects", place);
      f.children.clear(member);
      for (std::size_t i = 0; i < json.size(); ++i) read_object(json[i], f.table(), f.children.add(member, ""), Place(place, i));
      return;
    case FieldType::mapping:
      if (!json.is_object()) refuse_value(json, "an object of objects", place);
      f.children.clear(member);
      for (const auto& [id, value] : json.get_ref<const Json::object_t&>()) {
        const Place here(place, id);
        check_id(id, here);
        read_object(value, f.table(), f.children.add(member, id), here);
      }
      return;
    case FieldType::plugins: read_plugins(json, f, member, place); return;
  }
}

/// Throws for the key at `place`, which the table does not have.
[[noreturn]] void refuse_key(const std::string& key, const Table& table, const Place& place, const Place& object, bool has_kind) {
  std::vector<std::string> known;
  for (const Field& f : table.fields) known.emplace_back(f.name);
  if (has_kind) known.emplace_back("kind");
  std::string message = "unknown key; " + suggestion(key, known);
  // A file with one market writes what belongs to it at the top.
  if (object.path().empty()) {
    for (const Field* f : one_market_fields(table)) known.emplace_back(f->name);
    if (!nearest(key, known).empty()) message = "unknown key; " + suggestion(key, known);
  }
  // The usual way to get here with a key that is spelt well: a file changes the kind of what it extends.
  if (const Document* d = place.document(); d && has_kind && d->apart(place.path(), Place(object, "kind").path()))
    message += fmt::format("; the kind was set elsewhere ({}): set this key to null there", Place(object, "kind").text());
  place.refuse(message);
}

void read_members(const Json& json, const Table& table, void* object, const Place& place, bool has_kind) {
  if (!json.is_object()) refuse_value(json, "an object", place);
  for (const auto& [key, value] : json.get_ref<const Json::object_t&>()) {
    if (has_kind && key == "kind") continue;
    const Place here(place, key);
    const auto f = std::find_if(table.fields.begin(), table.fields.end(), [&k = key](const Field& x) { return x.name == k; });
    if (f == table.fields.end()) refuse_key(key, table, here, place, has_kind);
    read_field(value, *f, f->locate(object), here);
  }
  for (const Field& f : table.fields) {
    if (json.contains(f.name)) continue;
    if (f.is_required) place.refuse(fmt::format("\"{}\" is required: {}", f.name, f.doc));
    // An object that is left out is an empty one: what is required inside is still missing.
    if (f.type == FieldType::object) read_object(Json::object(), f.table(), f.locate(object), Place(place, f.name));
  }
  if (!table.check) return;
  std::vector<Problem> problems;
  table.check(object, problems);
  if (problems.empty()) return;
  // A problem's place is a JSON pointer below the object; its tokens hold no escapes, being names of fields.
  Path path = place.path();
  std::string_view rest = problems.front().place;
  while (!rest.empty()) {
    rest.remove_prefix(rest.front() == '/');
    const std::size_t end = std::min(rest.find('/'), rest.size());
    path.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  std::string text;
  if (const Document* d = place.document()) text = d->where(path);
  else text = place.text() + (place.path().empty() && !problems.front().place.empty() ? ":" : "") + problems.front().place;
  throw InputError(text + ": " + problems.front().message);
}

}  // namespace

void read_object(const Json& json, const Table& table, void* object, const Place& place) {
  read_members(json, table, object, place, false);
}

}  // namespace tantu
