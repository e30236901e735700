#include "results/report.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/manifest.hpp"
#include "results/report_parts.hpp"
#include "sim/input_error.hpp"

namespace tantu {

std::string text_attribute(const std::map<std::string, AttributeValue>& attributes, const std::string& name) {
  const auto at = attributes.find(name);
  if (at == attributes.end()) return "";
  if (const auto* text = std::get_if<std::string>(&at->second)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&at->second)) return std::to_string(*number);
  return fmt::format("{}", std::get<double>(at->second));
}

std::vector<std::string> names_of_codes(const Variable& variable) {
  const std::string codes = text_attribute(variable.attributes, "codes");
  std::vector<std::string> names;
  // A name may hold "; " itself: the next entry begins with the next number.
  for (std::size_t at = 0; at < codes.size();) {
    const std::string mark = fmt::format("{} ", names.size());
    if (codes.compare(at, mark.size(), mark) != 0) break;
    at += mark.size();
    const std::size_t next = codes.find(fmt::format("; {} ", names.size() + 1), at);
    names.push_back(codes.substr(at, next == codes.npos ? codes.npos : next - at));
    at = next == codes.npos ? codes.size() : next + 2;
  }
  return names;
}

std::optional<std::vector<double>> read_values(const ResultReader& file, const std::string& path, std::size_t size) {
  const auto variable = file.find(path);
  if (!variable || !variable->columns.empty() || variable->type == ElementType::text || variable->size() != size) return std::nullopt;
  return file.read_in_units(path);
}

namespace {

/// When the run was made, if its manifest lies beside it. Who mails the page does not want the host in it.
void write_moment(const std::string& path, JsonText& json) {
  std::ifstream in(manifest_path(path), std::ios::binary);
  if (!in) return;
  const auto manifest = nlohmann::json::parse(in, nullptr, false);
  if (!manifest.is_object()) return;
  if (const auto at = manifest.find("finished"); at != manifest.end() && at->is_string()) json.member("finished", at->get<std::string>());
  if (const auto at = manifest.find("duration_seconds"); at != manifest.end() && at->is_number()) json.member("duration_seconds", at->get<double>());
}

void write_provenance(const std::string& path, const std::map<std::string, AttributeValue>& attributes, JsonText& json) {
  json.key("provenance").open('{');
  json.member("file", std::filesystem::path(path).filename().string());
  for (const char* name : {"title", "source", "git_commit", "scenario_sha256"}) json.member(name, text_attribute(attributes, name));
  for (const char* name : {"seed", "replication"}) json.member(name, text_attribute(attributes, name));
  write_moment(path, json);
  json.close('}');
}

/// Of the first market: depth is shown where there is one alone.
std::int64_t order_days_of(const nlohmann::ordered_json& scenario) {
  const auto markets = scenario.find("markets");
  if (markets == scenario.end() || !markets->is_object() || markets->empty()) return 1;
  const nlohmann::ordered_json days = markets->begin().value().value("/exchange/order_days"_json_pointer, nlohmann::ordered_json(1));
  return days.is_number_integer() ? days.get<std::int64_t>() : 1;
}

void write_tables(const std::vector<ReportTable>& tables, JsonText& json) {
  json.key("tables").open('[');
  for (const ReportTable& table : tables) {
    json.open('{').member("title", table.title).member("note", table.note).key("columns").values(table.columns).key("rows").open('[');
    for (const auto& row : table.rows) json.values(row);
    json.close(']').close('}');
  }
  json.close(']');
}

}  // namespace

bool holds_sweep(const std::string& path) { return is_sweep(ResultReader(path)); }

Report read_report(const std::string& path, const std::vector<ReportTable>& tables) {
  const ResultReader file(path);
  const auto attributes = file.attributes();
  const std::string scenario_text = text_attribute(attributes, "scenario");
  const auto scenario = nlohmann::ordered_json::parse(scenario_text, nullptr, false);
  const auto groups = file.groups();
  if (!scenario.is_object() || !text_attribute(attributes, "source").starts_with("tantu"))
    throw InputError(path + ": an HDF5 file, but not a result of tantu (no scenario in it); tantu run SCENARIO -o FILE.h5 makes one");
  const bool sweep = is_sweep(file);
  if (std::find(groups.begin(), groups.end(), "/yearly") == groups.end())
    throw InputError(path + ": a result without /yearly; a report needs it");
  JsonText json;
  json.open('{').member("kind", sweep ? "sweep" : "run");
  write_provenance(path, attributes, json);
  json.key("scenario").document(scenario.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  if (sweep) {
    write_sweep(file, json);
    write_tables(tables, json);
  } else {
    write_groups(file, json);
    write_firms(file, json);
    write_tape(file, order_days_of(scenario), json);
  }
  json.close('}');
  return {text_attribute(attributes, "title"), json.take()};
}

Report compare_reports(const std::vector<std::string>& paths, const std::vector<ReportTable>& tables) {
  JsonText json;
  std::string title;
  json.open('{').member("kind", "compare").key("runs").open('[');
  for (const std::string& path : paths) {
    const Report report = read_report(path);
    title += (title.empty() ? "" : " | ") + report.title;
    json.document(report.json);
  }
  json.close(']');
  write_tables(tables, json);
  json.close('}');
  return {title, json.take()};
}

}  // namespace tantu
