#include "scenarios/overrides.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

/// What stands at a path, as far as tables can say.
struct Spot {
  enum class What { object, field, element, kind, new_plugin } what = What::object;
  const Table* table = nullptr;  ///< object: its keys
  bool has_kind = false;         ///< object: a plug-in, which has `kind` beside the keys of the table
  const Field* field = nullptr;  ///< the field that holds it; null for the root
  bool is_member = false;        ///< object: one of the objects of a list or map, not a field itself
};

const Json* member(const Json* node, const std::string& key) {
  if (!node) return nullptr;
  if (node->is_object()) {
    const auto at = node->find(key);
    return at == node->end() ? nullptr : &*at;
  }
  if (node->is_array() && !key.empty() && key.size() <= 9 && key.find_first_not_of("0123456789") == std::string::npos &&
      (key == "0" || key[0] != '0')) {
    const std::size_t index = std::stoul(key);
    return index < node->size() ? &(*node)[index] : nullptr;
  }
  return nullptr;
}

const KindEntry* kind_of(const Field& f, const Json* instance) {
  const Json* kind = member(instance, "kind");
  if (!kind || !kind->is_string()) return nullptr;
  const auto catalog = f.catalog();
  const auto at = std::find_if(catalog.begin(), catalog.end(), [&](const KindEntry& e) { return e.kind == kind->get_ref<const std::string&>(); });
  return at == catalog.end() ? nullptr : &*at;
}

std::optional<Spot> object_at(const Field& f, const Json* instance) {
  if (f.type != FieldType::plugins) return Spot{Spot::What::object, &f.table(), false, &f, true};
  if (const KindEntry* entry = kind_of(f, instance)) return Spot{Spot::What::object, &entry->table(), true, &f, true};
  return Spot{Spot::What::new_plugin, nullptr, true, &f, true};
}

/// One segment further, or nothing where there is no such path. `node` is what the document has at `spot`.
std::optional<Spot> step(const Spot& spot, const Json* node, const std::string& segment, bool is_last) {
  switch (spot.what) {
    case Spot::What::object: {
      if (spot.has_kind && segment == "kind") return Spot{Spot::What::kind, nullptr, false, spot.field};
      const auto& fields = spot.table->fields;
      const auto f = std::find_if(fields.begin(), fields.end(), [&](const Field& x) { return x.name == segment; });
      if (f == fields.end()) return std::nullopt;
      if (f->type == FieldType::object) return Spot{Spot::What::object, &f->table(), false, &*f};
      return Spot{Spot::What::field, nullptr, false, &*f};
    }
    case Spot::What::field: {
      const Json* inside = member(node, segment);
      switch (spot.field->type) {
        case FieldType::year_numbers: return parse_year(segment) ? std::optional(Spot{Spot::What::element, nullptr, false, spot.field}) : std::nullopt;
        case FieldType::integers: case FieldType::numbers: case FieldType::texts: case FieldType::dates:
          return inside ? std::optional(Spot{Spot::What::element, nullptr, false, spot.field}) : std::nullopt;
        case FieldType::objects: return inside ? object_at(*spot.field, inside) : std::nullopt;
        // An id that is not there yet may be set as a whole; below it there is nothing to set.
        case FieldType::mapping: return inside || (is_last && is_id(segment)) ? object_at(*spot.field, inside) : std::nullopt;
        case FieldType::plugins: return inside || is_id(segment) ? object_at(*spot.field, inside) : std::nullopt;
        default: return std::nullopt;
      }
    }
    case Spot::What::new_plugin: return segment == "kind" ? std::optional(Spot{Spot::What::kind, nullptr, false, spot.field}) : std::nullopt;
    case Spot::What::element: case Spot::What::kind: return std::nullopt;
  }
  return std::nullopt;
}

/// Adds the paths below `spot`, which is at `path`.
void list_paths(const Spot& spot, const Json* node, const std::string& path, std::vector<std::string>& out) {
  // Enough for every scenario; a document with a million ids shall not make an error message slow.
  constexpr std::size_t most = 20000;
  if (out.size() >= most) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  switch (spot.what) {
    case Spot::What::kind: case Spot::What::element: return;
    case Spot::What::new_plugin: out.push_back(prefix + "kind"); return;
    case Spot::What::object:
      if (spot.has_kind) out.push_back(prefix + "kind");
      for (const Field& f : spot.table->fields) {
        const std::string name(f.name), here = prefix + name;
        out.push_back(here);
        list_paths(*step(spot, node, name, false), member(node, name), here, out);
      }
      return;
    case Spot::What::field: {
      const FieldType type = spot.field->type;
      if (type == FieldType::year_numbers) out.push_back(prefix + "<year>");
      if (!node || !node->is_structured()) return;
      if (type == FieldType::mapping || type == FieldType::plugins) {
        if (!node->is_object()) return;
        for (const auto& [id, inside] : node->get_ref<const Json::object_t&>()) {
          if (!is_id(id)) continue;
          out.push_back(prefix + id);
          if (const auto object = object_at(*spot.field, &inside)) list_paths(*object, &inside, prefix + id, out);
        }
      } else if (type == FieldType::objects && node->is_array()) {
        for (std::size_t i = 0; i < node->size() && out.size() < most; ++i) {
          const std::string here = prefix + std::to_string(i);
          out.push_back(here);
          if (const auto object = object_at(*spot.field, &(*node)[i])) list_paths(*object, &(*node)[i], here, out);
        }
      }
      return;
    }
  }
}

/// The id of the only market, or nothing.
std::optional<std::string> only_market(const Json& root) {
  const Json* markets = member(&root, "markets");
  if (!markets) return "main";
  if (!markets->is_object() || markets->size() != 1) return std::nullopt;
  return markets->items().begin().key();
}

Spot root_spot(const Table& root) { return {Spot::What::object, &root, false, nullptr}; }

std::vector<std::string> paths_of(const Json& document, const Table& root, bool short_form) {
  std::vector<std::string> long_paths;
  list_paths(root_spot(root), &document, "", long_paths);
  const auto market = one_market_fields(root).empty() ? std::nullopt : only_market(document);
  if (!short_form || !market) return long_paths;
  const std::vector<const Field*> fields = one_market_fields(root);
  const std::string prefix = "markets." + *market + ".";
  std::vector<std::string> out;
  for (const std::string& path : long_paths) {
    const std::string rest = path.starts_with(prefix) ? path.substr(prefix.size()) : "";
    const bool is_short = std::any_of(fields.begin(), fields.end(), [&](const Field* f) { return f->name == rest.substr(0, rest.find('.')); });
    out.push_back(is_short ? rest : path);
  }
  return out;
}

std::string last_segment(const std::string& path) { return path.substr(path.rfind('.') + 1); }

/// The paths that `wanted` may have meant: spelt nearly so, or with the same or nearly the same last name.
std::string nearest_paths(const std::string& wanted, const std::vector<std::string>& known) {
  // First those with the same last name at another place, then slips of the keyboard in the whole, then in the last name.
  const std::string last = last_segment(wanted);
  std::vector<std::pair<std::size_t, std::string>> same, similar;
  if (wanted.size() <= 200 && last.size() >= 3) {
    for (const std::string& path : known) {
      const std::string name = last_segment(path);
      if (path.size() > 200) continue;
      const std::size_t distance = edit_distance(last, name);
      if (distance == 0) same.emplace_back(edit_distance(wanted, path), path);
      else if (distance <= std::max<std::size_t>(1, last.size() / 4)) similar.emplace_back(1000 * distance + edit_distance(wanted, path), path);
    }
  }
  const auto first_three = [](std::vector<std::pair<std::size_t, std::string>>& ranked) {
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (std::size_t i = 0; i < ranked.size() && i < 3; ++i) names.push_back(ranked[i].second);
    return names;
  };
  std::vector<std::string> names = first_three(same);
  if (names.empty()) names = nearest(wanted, known);
  if (names.empty()) names = first_three(similar);
  if (!names.empty()) return "; nearest: " + listed(names);
  // The longest part that is right, and what may follow it.
  std::string stem = wanted;
  while (!stem.empty()) {
    const auto dot = stem.rfind('.');
    stem = dot == std::string::npos ? "" : stem.substr(0, dot);
    const std::string prefix = stem.empty() ? "" : stem + ".";
    for (const std::string& path : known)
      if (path.starts_with(prefix) && path.find('.', prefix.size()) == std::string::npos) names.push_back(path);
    if (!names.empty()) break;
  }
  return "; known: " + listed(names, 20);
}

bool is_taken_as_text(const Spot& spot) {
  if (spot.what == Spot::What::kind) return true;
  const bool is_value = spot.what == Spot::What::field || spot.what == Spot::What::element;
  if (!is_value) return false;
  switch (spot.field->type) {
    case FieldType::text: case FieldType::date: case FieldType::choice: return true;
    case FieldType::texts: case FieldType::dates: return spot.what == Spot::What::element;
    default: return false;
  }
}

Json parse_value(std::string_view value, const Spot& spot, const std::string& origin) {
  const auto front = value.find_first_not_of(" \t\r\n");
  const bool looks_structured = front != std::string_view::npos && (value[front] == '{' || value[front] == '[');
  Json json;
  try {
    json = parse_json(value, origin);
  } catch (const InputError&) {
    if (looks_structured && !is_taken_as_text(spot)) throw;
    for (std::string_view rest = value; !rest.empty(); rest.remove_prefix(utf8_length(rest)))
      if (utf8_length(rest) == 0) throw InputError(origin + ": " + shown(value) + " is not UTF-8 text");
    return std::string(value);
  }
  // `--set name=2021` names it "2021".
  if (is_taken_as_text(spot) && !json.is_string()) return std::string(value);
  return json;
}

}  // namespace

std::vector<std::string> override_paths(const Document& document, const Table& root) { return paths_of(document.root(), root, true); }

void apply_override(Document& document, const Table& root, std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw InputError("--set " + shown(assignment) + ": a path and a value were expected, e.g. --set run.seed=1");
  const std::string_view path = assignment.substr(0, equals);
  apply_override(document, root, path, assignment.substr(equals + 1), "--set " + shown(path, 200));
}

void apply_override(Document& document, const Table& root, std::string_view path_text, std::string_view value, const std::string& origin) {
  Path path;
  for (std::size_t from = 0; from <= path_text.size();) {
    const std::size_t dot = std::min(path_text.find('.', from), path_text.size());
    path.emplace_back(path_text.substr(from, dot - from));
    from = dot + 1;
  }
  const bool names_market = path.front() == "markets";
  const auto no_such_path = [&] {
    return InputError(origin + ": no such path" + nearest_paths(std::string(path_text), paths_of(document.root(), root, !names_market)));
  };
  if (path.front() == "extends" || path.front() == "unite" || path.front() == "$schema")
    throw InputError(origin + ": belongs into a file and cannot be set");

  const std::vector<const Field*> short_fields = one_market_fields(root);
  if (std::any_of(short_fields.begin(), short_fields.end(), [&](const Field* f) { return f->name == path.front(); })) {
    const auto market = only_market(document.root());
    if (!market) {
      std::vector<std::string> ways;
      const Json& markets = document.root().at("markets");
      if (!markets.is_object() || markets.empty()) throw no_such_path();
      for (const auto& item : markets.items()) ways.push_back("markets." + item.key() + "." + std::string(path_text));
      throw InputError(fmt::format("{}: the scenario has {} markets; write {}{}", origin, ways.size(), shown(ways.front(), 200),
                                   ways.size() > 1 ? " or " + shown(ways[1], 200) : ""));
    }
    path.insert(path.begin(), {"markets", *market});
  }

  Spot spot = root_spot(root);
  const Json* node = &document.root();
  Path walked;
  for (std::size_t i = 0; i < path.size(); ++i) {
    // A document that is wrong on the way to the path is told about as such, by the reader's words.
    const bool is_right_shape = !node || node->is_object() || (node->is_array() && spot.what == Spot::What::field);
    if (!is_right_shape && spot.what != Spot::What::element && spot.what != Spot::What::kind && !node->is_null() &&
        !(spot.what == Spot::What::field && !step(spot, nullptr, path[i], true)))
      throw InputError(document.where(walked) + ": " + shown_value(*node) + " is not an object");
    // The market that the short form adds may be one that is not there yet.
    const bool is_added = i == 1 && path.size() > 2 && names_market == false && path[0] == "markets";
    const auto next = step(spot, node, path[i], i + 1 == path.size() || is_added);
    if (!next) throw no_such_path();
    spot = *next;
    node = member(node, path[i]);
    walked.push_back(path[i]);
  }

  Json json = parse_value(value, spot, origin);
  const bool is_optional = spot.what == Spot::What::field &&
                           (spot.field->type == FieldType::optional_number || spot.field->type == FieldType::optional_integer ||
                            spot.field->type == FieldType::optional_date);
  const bool is_in_list = (spot.what == Spot::What::element && spot.field->type != FieldType::year_numbers) ||
                          (spot.is_member && spot.field->type == FieldType::objects);
  if (json.is_null() && !is_optional && !is_in_list) document.erase(path, origin);
  else document.set(path, std::move(json), origin);
}

}  // namespace tantu
