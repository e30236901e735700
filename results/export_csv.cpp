// CSV for pandas, R and Excel: a folder with a file for each group and set of axes, and datapackage.json
// (Frictionless Data Package) that says what each column is, in which unit.
//
// A row is a combination of labels, of a sweep with the factors beside the run; a column is a variable, in its
// unit; prices and cash have the decimals of their scale. An empty cell is a missing value.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/export.hpp"
#include "sim/date.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string attribute(const Variable& v, const char* name) {
  const auto at = v.attributes.find(name);
  const auto* text = at == v.attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
  return text ? *text : std::string();
}

bool is_day(const Variable& v) { return attribute(v, "units").starts_with("days since 1970-01-01"); }
bool is_whole(ElementType type) { return type == ElementType::uint8 || type == ElementType::int32 || type == ElementType::int64; }

/// The decimals of 0.01, 0.1, 1; -1 where the scale is none of these.
int decimals_of(double scale) {
  double power = 1;
  for (int d = 0; d <= 9; ++d, power *= 10)
    if (std::fabs(scale * power - 1) < 1e-9) return d;
  return -1;
}

/// `rows` cells of a variable along its leading axis from `first`.
class Cells {
 public:
  Cells(const ResultReader& file, const std::string& path, const Variable& v) : file_(file), path_(path), v_(v) {}

  void load(std::size_t first, std::size_t count) {
    if (v_.type == ElementType::text) text_ = v_.shape.empty() ? file_.read<std::string>(path_) : file_.read<std::string>(path_, first, count);
    else if (is_whole(v_.type)) whole_ = v_.shape.empty() ? file_.read<std::int64_t>(path_) : file_.read<std::int64_t>(path_, first, count);
    else real_ = v_.shape.empty() ? file_.read<double>(path_) : file_.read<double>(path_, first, count);
  }

  std::string at(std::size_t i) const {
    if (v_.type == ElementType::text) return cell(text_[i]);
    if (is_whole(v_.type)) {
      if (whole_[i] == missing<std::int64_t>()) return "";
      if (is_day(v_)) return to_string(Day{static_cast<std::int32_t>(whole_[i])});
      const double scale = v_.scale_factor();
      const int decimals = decimals_of(scale);
      if (decimals == 0) return std::to_string(whole_[i]);
      if (decimals > 0) return fmt::format("{:.{}f}", static_cast<double>(whole_[i]) * scale, decimals);
      return fmt::format("{}", static_cast<double>(whole_[i]) * scale);
    }
    return std::isfinite(real_[i]) ? fmt::format("{}", real_[i]) : "";
  }

 private:
  const ResultReader& file_;
  std::string path_;
  const Variable& v_;
  std::vector<std::string> text_;
  std::vector<std::int64_t> whole_;
  std::vector<double> real_;
};

Json field_of(const Variable& v) {
  Json f;
  f["name"] = v.name;
  f["type"] = v.type == ElementType::text ? "string" : is_day(v) ? "date" : is_whole(v.type) && v.scale_factor() == 1 ? "integer" : "number";
  if (const std::string text = attribute(v, "long_name"); !text.empty()) f["title"] = text;
  if (const std::string units = attribute(v, "units"); !units.empty() && !is_day(v)) f["unit"] = units;
  return f;
}

class Package {
 public:
  Package(const ExportTask& task, fs::path folder) : task_(task), folder_(std::move(folder)) {}

  void add_group(const std::string& group) {
    std::vector<Variable> variables = task_.results.variables(group);
    const auto path = [&](const std::string& name) { return group == "/" ? "/" + name : group + "/" + name; };
    std::vector<std::vector<std::string>> sets;
    for (const Variable& v : variables)
      if (!v.is_axis && v.columns.empty() && !(v.axes == std::vector<std::string>{"run"} && group != "/runs") && std::find(sets.begin(), sets.end(), v.axes) == sets.end()) sets.push_back(v.axes);
    std::vector<std::string> taken;
    for (const auto& axes : sets) {
      if (std::find(axes.begin(), axes.end(), "") != axes.end()) continue;
      std::string name = group == "/" ? "root" : group.substr(1);
      std::replace(name.begin(), name.end(), '/', '-');
      if (&axes != &sets.front())
        for (const std::string& axis : axes)
          if (axis != "run" && axis != "year" && axis != "market") name += "-" + axis;
      // Two sets of axes that differ in year and market alone.
      if (std::find(taken.begin(), taken.end(), name) != taken.end())
        for (const std::string& axis : axes)
          if (axis == "year" || axis == "market") name += "-" + axis;
      taken.push_back(name);
      std::vector<const Variable*> columns;
      for (const std::string& axis : axes) columns.push_back(find(variables, axis));
      const std::size_t labels = columns.size();
      if (!axes.empty() && axes[0] == "run" && axes.size() > 1)
        for (const Variable& v : variables)
          if (!v.is_axis && v.axes == std::vector<std::string>{"run"}) columns.push_back(&v);
      for (const Variable& v : variables)
        if (!v.is_axis && v.columns.empty() && v.axes == axes) columns.push_back(&v);
      write(name, axes, labels, columns, path);
    }
    for (const Variable& v : variables)
      if (!v.columns.empty()) write_table(group.substr(1), path(v.name), v);
  }

  void finish() {
    const auto attributes = task_.results.attributes();
    const auto text = [&](const char* key) {
      const auto at = attributes.find(key);
      const auto* value = at == attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
      return value ? *value : std::string();
    };
    Json package = {{"profile", "tabular-data-package"}, {"name", "tantu-results"}, {"title", text("title")}};
    package["description"] = fmt::format("{}, commit {}; scenario {}", text("source"), text("git_commit"), text("scenario_sha256"));
    package["resources"] = std::move(resources_);
    write_file(folder_ / "datapackage.json", package.dump(2) + "\n", Overwrite::allow);
  }

  std::size_t files() const { return files_; }

 private:
  static const Variable* find(const std::vector<Variable>& variables, const std::string& name) {
    return &*std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.name == name; });
  }

  template <class PathOf>
  void write(const std::string& name, const std::vector<std::string>& axes, std::size_t labels, const std::vector<const Variable*>& columns, PathOf path) {
    OutputFile out(folder_ / (name + ".csv"), Overwrite::allow);
    std::vector<std::size_t> extent;
    for (std::size_t i = 0; i < labels; ++i) extent.push_back(columns[i]->size());
    std::size_t inner = 1;
    for (std::size_t i = 1; i < labels; ++i) inner *= extent[i];
    std::string line;
    Json fields = Json::array();
    for (const Variable* v : columns) {
      line += (line.empty() ? "" : ",") + cell(v->name);
      fields.push_back(field_of(*v));
    }
    out.write(line + "\n");
    std::vector<Cells> cells;
    for (const Variable* v : columns) cells.emplace_back(task_.results, path(v->name), *v);
    for (std::size_t i = 1; i < labels; ++i) cells[i].load(0, extent[i]);
    const std::size_t rows = labels == 0 ? 1 : extent[0], window = std::max<std::size_t>(1, 65536 / std::max<std::size_t>(1, inner));
    for (std::size_t first = 0; first < rows; first += window) {
      const std::size_t count = std::min(window, rows - first);
      if (labels > 0) cells[0].load(first, count);
      for (std::size_t c = labels; c < columns.size(); ++c) cells[c].load(first, count);
      std::string text;
      for (std::size_t r = 0; r < count * inner; ++r) {
        for (std::size_t c = 0; c < columns.size(); ++c) {
          if (c > 0) text += ',';
          std::size_t index = r;
          if (c < labels) {
            std::size_t below = 1;
            for (std::size_t a = c + 1; a < labels; ++a) below *= extent[a];
            index = r / below % (c == 0 ? count : extent[c]);
          } else if (columns[c]->axes.size() < axes.size()) {
            index = r / inner;
          }
          text += cells[c].at(index);
        }
        text += '\n';
      }
      out.write(text);
    }
    out.commit();
    add_resource(name, std::move(fields));
  }

  void write_table(const std::string& name, const std::string& path, const Variable& table) {
    std::vector<std::vector<std::int64_t>> whole(table.columns.size());
    std::vector<std::vector<double>> real(table.columns.size());
    std::string text;
    Json fields = Json::array();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      text += (c ? "," : "") + cell(column.name);
      if (is_whole(column.type)) whole[c] = task_.results.read_column<std::int64_t>(path, column.name);
      else real[c] = task_.results.read_column<double>(path, column.name);
      Json f = {{"name", column.name}, {"type", is_whole(column.type) && scale_of(table, column) == 1 ? "integer" : "number"}};
      if (const std::string title = attribute(table, (column.name + "_long_name").c_str()); !title.empty()) f["title"] = title;
      if (const std::string units = attribute(table, (column.name + "_units").c_str()); !units.empty()) f["unit"] = units;
      fields.push_back(std::move(f));
    }
    text += "\n";
    OutputFile out(folder_ / (name + ".csv"), Overwrite::allow);
    for (std::size_t r = 0; r < table.size(); ++r) {
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        if (c) text += ',';
        const double scale = scale_of(table, table.columns[c]);
        const int decimals = decimals_of(scale);
        if (!is_whole(table.columns[c].type)) text += std::isfinite(real[c][r]) ? fmt::format("{}", real[c][r]) : "";
        else if (whole[c][r] == missing<std::int64_t>()) continue;
        else if (decimals == 0) text += std::to_string(whole[c][r]);
        else text += fmt::format("{:.{}f}", static_cast<double>(whole[c][r]) * scale, decimals < 0 ? 9 : decimals);
      }
      text += '\n';
      if (text.size() > 1 << 20) out.write(std::exchange(text, {}));
    }
    out.write(text);
    out.commit();
    add_resource(name, std::move(fields));
  }

  static double scale_of(const Variable& table, const Column& column) {
    const auto at = table.attributes.find(column.name + "_scale_factor");
    const auto* x = at == table.attributes.end() ? nullptr : std::get_if<double>(&at->second);
    return x ? *x : 1;
  }

  void add_resource(const std::string& name, Json fields) {
    resources_.push_back({{"name", name}, {"path", name + ".csv"}, {"profile", "tabular-data-resource"}, {"encoding", "utf-8"},
                          {"schema", {{"fields", std::move(fields)}, {"missingValues", {""}}}}});
    ++files_;
  }

  const ExportTask& task_;
  fs::path folder_;
  Json resources_ = Json::array();
  std::size_t files_ = 0;
};

}  // namespace

std::string export_csv(const ExportTask& task) {
  const std::string name = task.target.string();
  std::error_code error;
  if (fs::exists(task.target, error) && task.overwrite == Overwrite::refuse)
    throw InputError(name, "", "exists already; choose another name with -o or overwrite it with --force");
  // A folder is complete under its name or not there, as a file is.
  const fs::path part = name + ".part";
  fs::remove_all(part, error);
  if (!fs::create_directory(part, error)) throw InputError(name, "", "cannot be made: " + error.message() + "; choose another place with -o");
  std::size_t files = 0;
  try {
    Package package(task, part);
    for (const std::string& group : task.results.groups()) package.add_group(group);
    package.finish();
    files = package.files();
    if (task.overwrite == Overwrite::allow) fs::remove_all(task.target, error);
    fs::rename(part, task.target);
  } catch (...) {
    fs::remove_all(part, error);
    throw;
  }
  return fmt::format("{}: {} tables and datapackage.json\n", name, files);
}

}  // namespace tantu
