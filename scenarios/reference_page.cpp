#include "scenarios/reference_page.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "scenarios/table_writer.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += "\\|";
    else out += c == '\n' ? ' ' : c;
  }
  return out;
}

class PageWriter {
 public:
  std::string page(const Table& root, void* scratch, std::string_view title) {
    out_ = fmt::format("# {}\n\nWritten from the parameter tables of the program; changes are made there.\n", title);
    section(root, scratch, "", std::string(root.name), "", "");
    return out_;
  }

 private:
  /// What a heading is linked by: lower case, dashes for spaces, as the usual renderers make it.
  static std::string anchor(std::string_view heading) {
    std::string out;
    for (const char c : heading) {
      if (c == ' ') out += '-';
      else if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
      else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') out += c;
    }
    return out;
  }
  static std::string link(std::string_view heading) { return fmt::format("[{}](#{})", heading, anchor(heading)); }

  std::string heading_of(const Table& table, const std::string& wanted) {
    std::string& heading = headings_[&table];
    if (heading.empty()) {
      heading = wanted;
      for (int n = 2; !taken_.insert(heading).second; ++n) heading = wanted + " " + std::to_string(n);
    }
    return heading;
  }
  static std::string kind_heading(const Field& f, const KindEntry& entry) { return fmt::format("{} {}", f.name, entry.kind); }

  static bool is_nested(const Field& f) {
    return f.type == FieldType::object || f.type == FieldType::objects || f.type == FieldType::mapping || f.type == FieldType::plugins;
  }

  std::string type_text(const Field& f) {
    const auto nested = [&] { return link(heading_of(f.table(), std::string(f.table().name))); };
    switch (f.type) {
      case FieldType::boolean: return "true or false";
      case FieldType::integer: case FieldType::unsigned_integer: return "integer";
      case FieldType::number: return "number";
      case FieldType::text: return "string";
      case FieldType::date: return "date";
      case FieldType::choice: {
        std::string out = "one of ";
        for (std::size_t i = 0; i < f.choices.size(); ++i) out += fmt::format("{}`{}`", i ? ", " : "", f.choices[i]);
        return out;
      }
      case FieldType::integers: return "list of integers";
      case FieldType::numbers: return "list of numbers";
      case FieldType::texts: return "list of strings";
      case FieldType::dates: return "list of dates";
      case FieldType::year_numbers: return "numbers by year";
      case FieldType::optional_number: return "number or null";
      case FieldType::optional_integer: return "integer or null";
      case FieldType::optional_date: return "date or null";
      case FieldType::json: return "any value";
      case FieldType::object: return nested();
      case FieldType::objects: return "list of " + nested();
      case FieldType::mapping: return nested() + " by id";
      case FieldType::plugins: return link("kinds of " + std::string(f.name)) + " by id";
    }
    return "";
  }

  static std::string default_text(const Field& f, const void* owner) {
    if (f.is_required) return "required";
    if (f.type == FieldType::object) return "";
    const Json value = write_field(f, owner);
    if (value.is_null()) return "none";
    if (value.empty() || value == "") return "empty";
    // Maps and lists of objects show in their own sections what an element is.
    if (is_nested(f)) return "";
    return value.is_string() ? fmt::format("`{}`", value.get<std::string>()) : fmt::format("`{}`", canonical_text(value));
  }

  void section(const Table& table, void* scratch, const std::string& path, const std::string& heading, const std::string& kind, std::string_view short_path) {
    if (!written_.insert(&table).second) return;
    out_ += fmt::format("\n## {}\n\n", heading_of(table, heading));
    if (!table.doc.empty()) out_ += fmt::format("{}\n\n", table.doc);
    if (!path.empty()) {
      out_ += fmt::format("At `{}`", path);
      if (!short_path.empty()) out_ += fmt::format(", or with a single market `{}`", short_path);
      if (!kind.empty()) out_ += fmt::format(", with `\"kind\": \"{}\"`", kind);
      out_ += ".\n\n";
    }
    if (table.fields.empty()) {
      out_ += "No parameters.\n";
      return;
    }
    out_ += "| name | type | unit | range | default | meaning |\n|---|---|---|---|---|---|\n";
    for (const Field& f : table.fields)
      out_ += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", f.name, cell(type_text(f)), cell(f.unit), cell(range_text(f.range)),
                          cell(default_text(f, scratch)), cell(f.doc));
    for (const Field& f : table.fields)
      if (is_nested(f)) nested_sections(f, scratch, path.empty() ? std::string(f.name) : path + "." + std::string(f.name));
  }

  void nested_sections(const Field& f, void* owner, const std::string& path) {
    constexpr std::string_view market = "markets.<id>.";
    const auto short_of = [&](const std::string& p) { return p.starts_with(market) ? p.substr(market.size()) : std::string(); };
    if (f.type == FieldType::plugins) {
      const std::string list = "kinds of " + std::string(f.name);
      if (!taken_.insert(list).second) return;
      out_ += fmt::format("\n## {}\n\n{}\n\n| kind | meaning |\n|---|---|\n", list, f.doc);
      for (const KindEntry& entry : f.catalog())
        out_ += fmt::format("| {} | {} |\n", fmt::format("[{}](#{})", entry.kind, anchor(heading_of(entry.table(), kind_heading(f, entry)))), cell(entry.table().doc));
      for (const KindEntry& entry : f.catalog()) {
        const std::shared_ptr<void> parameters = entry.make_parameters();
        section(entry.table(), parameters.get(), path + ".<id>", kind_heading(f, entry), std::string(entry.kind), short_of(path + ".<id>"));
      }
      return;
    }
    const Table& table = f.table();
    if (f.type == FieldType::object) {
      section(table, f.locate(owner), path, std::string(table.name), "", short_of(path));
      return;
    }
    const bool is_list = f.type == FieldType::objects;
    const std::string here = path + (is_list ? ".<index>" : ".<id>");
    void* element = f.children.add(f.locate(owner), "\x01");
    section(table, element, here, std::string(table.name), "", short_of(here));
  }

  std::string out_;
  std::set<const Table*> written_;
  std::map<const Table*, std::string> headings_;
  std::set<std::string> taken_;
};

}  // namespace

std::string reference_page(const Table& root, void* scratch, std::string_view title) { return PageWriter().page(root, scratch, title); }

}  // namespace tantu
