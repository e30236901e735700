#include "scenarios/schema.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/document.hpp"
#include "scenarios/table_writer.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

constexpr const char* date_pattern = "^(1[6-9]|[2-9][0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
constexpr const char* year_pattern = "^(1[6-9]|[2-9][0-9])[0-9]{2}$";
constexpr const char* id_pattern = "^[^./\\u0000-\\u001f\\u007f]{1,64}$";

/// A file is either whole, or a patch upon what it extends.
enum class Form { whole, patch };

Json bound(double x) { return x == std::trunc(x) && std::fabs(x) < 9e15 ? Json(static_cast<std::int64_t>(x)) : Json(x); }

Json number_type(const char* type, const Range& range) {
  Json s = {{"type", type}};
  if (std::isfinite(range.least)) s[range.open_below ? "exclusiveMinimum" : "minimum"] = bound(range.least);
  if (std::isfinite(range.most)) s["maximum"] = bound(range.most);
  return s;
}
Json date_type() { return {{"type", "string"}, {"format", "date"}, {"pattern", date_pattern}}; }
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

Json or_null(Json s) {
  if (s.contains("enum")) s["enum"].push_back(nullptr);
  // Conditions upon members hold for what has no members, so they must not see the null; nor must `format`,
  // which some validators apply to what is no string.
  if (s.contains("type") && !s.contains("allOf") && !s.contains("format")) s["type"] = Json::array({s["type"], "null"});
  else if (!s.contains("enum")) s = {{"anyOf", Json::array({std::move(s), {{"type", "null"}}})}};
  return s;
}

/// Whether a file must have the key: also where only something inside the object is required.
bool is_needed(const Field& f) {
  if (f.is_required || f.type != FieldType::object) return f.is_required;
  const auto& fields = f.table().fields;
  return std::any_of(fields.begin(), fields.end(), is_needed);
}

class SchemaWriter {
 public:
  Json document(const Table& root, void* scratch) {
    Json whole = root_object(root, scratch, Form::whole);
    Json patch = root_object(root, scratch, Form::patch);
    Json out = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", root.name}, {"description", root.doc}, {"type", "object"}};
    out["if"] = {{"anyOf", {{{"required", {"extends"}}}, {{"required", {"unite"}}}}}};
    out["then"] = {{"$ref", "#/definitions/patch"}};
    out["else"] = {{"$ref", "#/definitions/whole"}};
    out["definitions"] = {{"whole", std::move(whole)}, {"patch", std::move(patch)}};
    for (auto& [name, definition] : definitions_.get_ref<Json::object_t&>()) out["definitions"][name] = std::move(definition);
    return out;
  }

 private:
  Json root_object(const Table& root, void* scratch, Form form) {
    Json s = object(root, scratch, "", form);
    Json properties = {{"$schema", {{"type", "string"}, {"description", "the schema by which an editor checks this file"}}}};
    properties["unite"] = {{"type", "object"}, {"description", "scenarios of one market each that become markets of this one, by the id that each gets"}, {"additionalProperties", {{"type", "string"}}}};
    if (form == Form::patch)
      properties["extends"] = {{"type", "string"}, {"description", "preset or file that this one starts from; what is written here changes it, null deletes (RFC 7396)"}};
    for (auto& [key, value] : s["properties"].get_ref<Json::object_t&>()) properties[key] = std::move(value);

    const std::vector<const Field*> short_fields = one_market_fields(root);
    if (!short_fields.empty()) {
      const auto markets = std::find_if(root.fields.begin(), root.fields.end(), [](const Field& f) { return f.name == "markets"; });
      void* market = markets->children.add(markets->locate(scratch), "main");
      Json any_short = Json::array(), required = Json::array();
      for (const Field* f : short_fields) {
        const std::string name(f->name);
        properties[name] = field(*f, market, form);
        any_short.push_back({{"required", {name}}});
        if (is_needed(*f) && form == Form::whole) required.push_back(name);
      }
      markets->children.clear(markets->locate(scratch));
      // The short form of a single market and the long one exclude each other.
      Json then = {{"not", {{"required", {"markets"}}}}};
      if (!required.empty()) then["required"] = std::move(required);
      s["if"] = {{"anyOf", std::move(any_short)}};
      s["then"] = std::move(then);
      if (markets->is_required && form == Form::whole) {
        s["else"] = {{"required", {"markets"}}};
        Json& all = s["required"];
        all.erase(std::find(all.begin(), all.end(), "markets"));
        if (all.empty()) s.erase("required");
      }
    }
    s["properties"] = std::move(properties);
    return s;
  }

  Json object(const Table& table, void* scratch, const std::string& kind, Form form) {
    Json s = {{"type", "object"}, {"description", table.doc}, {"properties", Json::object()}};
    Json required = Json::array();
    if (!kind.empty()) {
      s["properties"]["kind"] = {{"const", kind}};
      if (form == Form::whole) required.push_back("kind");
    }
    for (const Field& f : table.fields) {
      s["properties"][std::string(f.name)] = field(f, scratch, form);
      if (is_needed(f) && form == Form::whole) required.push_back(f.name);
    }
    if (!required.empty()) s["required"] = std::move(required);
    s["additionalProperties"] = false;
    return s;
  }

  /// A reference to the definition of a table, which is made if it is not there yet.
  Json reference(const Table& table, void* scratch, const std::string& kind, Form form) {
    std::string& name = names_[{&table, kind, form}];
    if (name.empty()) {
      name = std::string(table.name.empty() ? "object" : table.name) + (form == Form::patch ? ".patch" : "");
      if (!kind.empty()) name = "kind." + kind + (form == Form::patch ? ".patch" : "");
      for (const std::string base = name; !taken_.insert(name).second;) name = base + "_" + std::to_string(++clashes_);
      const std::string mine = name;
      definitions_[mine] = nullptr;
      Json definition = object(table, scratch, kind, form);
      definitions_[mine] = std::move(definition);
      return {{"$ref", "#/definitions/" + mine}};
    }
    return {{"$ref", "#/definitions/" + name}};
  }

  Json plugin(const Field& f, Form form) {
    Json kinds = Json::array(), cases = Json::array(), known = Json::object();
    for (const KindEntry& entry : f.catalog()) {
      const std::shared_ptr<void> parameters = entry.make_parameters();
      const std::string kind(entry.kind);
      kinds.push_back(kind);
      cases.push_back({{"if", {{"required", {"kind"}}, {"properties", {{"kind", {{"const", kind}}}}}}},
                       {"then", reference(entry.table(), parameters.get(), kind, form)}});
      if (form == Form::whole) continue;
      for (const Field& p : entry.table().fields) {
        Json& forms = known[std::string(p.name)]["anyOf"];
        Json s = field(p, parameters.get(), form);
        if (std::find(forms.begin(), forms.end(), s) == forms.end()) forms.push_back(std::move(s));
      }
    }
    Json s = {{"type", "object"}, {"properties", {{"kind", {{"enum", std::move(kinds)}, {"description", "which rule this is"}}}}}};
    if (form == Form::whole) {
      s["required"] = {"kind"};
    } else {
      // A patch need not repeat the kind; then its keys are at least those of some kind.
      Json any = {{"properties", std::move(known)}, {"additionalProperties", false}};
      cases.push_back({{"if", {{"not", {{"required", {"kind"}}}}}}, {"then", std::move(any)}});
    }
    s["allOf"] = std::move(cases);
    return s;
  }

  Json type(const Field& f, void* owner, Form form) {
    const auto element = [&](Json s) { return form == Form::patch ? or_null(std::move(s)) : s; };
    Range unsigned_range = f.range;
    unsigned_range.least = std::max(unsigned_range.least, 0.0);
    switch (f.type) {
      case FieldType::boolean: return {{"type", "boolean"}};
      case FieldType::integer: return number_type("integer", f.range);
      case FieldType::unsigned_integer: return number_type("integer", unsigned_range);
      case FieldType::number: return number_type("number", f.range);
      case FieldType::text: return {{"type", "string"}};
      case FieldType::date: return date_type();
      case FieldType::choice: return {{"enum", f.choices}};
      case FieldType::integers: return list_of(number_type("integer", f.range));
      case FieldType::numbers: return list_of(number_type("number", f.range));
      case FieldType::texts: return list_of({{"type", "string"}});
      case FieldType::dates: return list_of(date_type());
      case FieldType::year_numbers:
        return {{"type", "object"}, {"propertyNames", {{"pattern", year_pattern}}}, {"additionalProperties", element(number_type("number", f.range))}};
      case FieldType::optional_number: return or_null(number_type("number", f.range));
      case FieldType::optional_integer: return or_null(number_type("integer", f.range));
      case FieldType::optional_date: return or_null(date_type());
      case FieldType::json: return Json::object();
      case FieldType::object: return {{"allOf", Json::array({reference(f.table(), f.locate(owner), "", form)})}};
      case FieldType::objects: {
        // A patch replaces lists whole, so their elements are whole in either form.
        void* element_defaults = f.children.add(f.locate(owner), "");
        Json s = list_of(reference(f.table(), element_defaults, "", Form::whole));
        f.children.clear(f.locate(owner));
        return s;
      }
      case FieldType::mapping: {
        void* element_defaults = f.children.add(f.locate(owner), "\x01");
        Json s = {{"type", "object"}, {"propertyNames", {{"pattern", id_pattern}}},
                  {"additionalProperties", element(reference(f.table(), element_defaults, "", form))}};
        f.children.clear(f.locate(owner));
        return s;
      }
      case FieldType::plugins:
        return {{"type", "object"}, {"propertyNames", {{"pattern", id_pattern}}}, {"additionalProperties", element(plugin(f, form))}};
    }
    return true;
  }

  Json field(const Field& f, void* owner, Form form) {
    // Before the type is made, which uses up the default value.
    const bool is_simple = f.type != FieldType::object && f.type != FieldType::objects && f.type != FieldType::mapping && f.type != FieldType::plugins;
    Json value = is_simple && !f.is_required ? write_field(f, owner) : Json(nullptr);
    Json s = type(f, owner, form);
    const bool is_optional = f.type == FieldType::optional_number || f.type == FieldType::optional_integer || f.type == FieldType::optional_date;
    if (form == Form::patch && !is_optional && f.type != FieldType::json) s = or_null(std::move(s));
    std::string description(f.doc);
    if (!f.unit.empty() && f.unit != "1") description += fmt::format(" ({})", f.unit);
    if (!description.empty()) s["description"] = std::move(description);
    if (!value.is_null()) s["default"] = std::move(value);
    return s;
  }

  Json definitions_ = Json::object();
  std::map<std::tuple<const Table*, std::string, Form>, std::string> names_;
  std::set<std::string> taken_{"whole", "patch"};
  int clashes_ = 1;
};

}  // namespace

Json schema_of(const Table& root, void* scratch) { return SchemaWriter().document(root, scratch); }

std::string schema_text(const Table& root, void* scratch) { return readable_text(schema_of(root, scratch)); }

}  // namespace tantu
