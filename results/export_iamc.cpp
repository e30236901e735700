// The template of the Integrated Assessment Modeling Consortium, as pyam reads it: one CSV with the columns
// model, scenario, region, variable, unit and a column a year.
//
//   Price|Carbon                           mean of the year's closes                      CURRENCY/t CO2
//   Emissions|CO2, Emissions|CO2|SECTOR    emissions before verification                  Mt CO2/yr
//   Policy Cost|Area under MAC Curve       cost of abatement                              million CURRENCY/yr
//
// The region is the market. A run of a sweep is a scenario of its own, named by its factors and replication.
#include <cmath>

#include <fmt/format.h>

#include "results/export.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

std::string cell(const std::string& text) { return text.find_first_of(",\"\n") == std::string::npos ? text : "\"" + text + "\""; }

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::vector<std::string> labels(const ResultReader& file, const std::string& path) {
  const auto v = file.find(path);
  if (v && v->type == ElementType::text) return file.read<std::string>(path);
  std::vector<std::string> out;
  if (v) for (const double x : file.read_in_units(path)) out.push_back(fmt::format("{}", x));
  return out;
}

}  // namespace

std::string export_iamc(const ExportTask& task) {
  const ResultReader& file = task.results;
  if (!file.find("/yearly/mean_close") || !file.find("/sectors/emissions"))
    throw InputError(task.name, "/yearly", "is missing; the IAMC template needs yearly results of tantu run or tantu sweep");
  const auto attributes = file.attributes();
  const auto text = [&](const char* key) {
    const auto at = attributes.find(key);
    const auto* value = at == attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
    return value ? *value : std::string();
  };
  const std::vector<std::int32_t> years = file.read<std::int32_t>("/yearly/year");
  const std::vector<std::string> markets = labels(file, "/yearly/market"), sectors = labels(file, "/sectors/sector");
  const std::string currency = std::get<std::string>(file.find("/yearly/abatement_cost")->attributes.at("units"));

  std::vector<std::string> scenarios{text("title")};
  if (file.find("/runs/run")) {
    scenarios.assign(file.find("/runs/run")->size(), text("title"));
    for (const Variable& v : file.variables("/runs")) {
      if (v.is_axis || v.name == "failed" || v.name == "error") continue;
      const std::vector<std::string> values = labels(file, "/runs/" + v.name);
      for (std::size_t i = 0; i < scenarios.size(); ++i) scenarios[i] += "|" + v.name + "=" + values[i];
    }
  }

  OutputFile out(task.target, task.overwrite);
  std::string lines = "model,scenario,region,variable,unit";
  for (const std::int32_t year : years) lines += fmt::format(",{}", year);
  lines += "\n";
  std::size_t rows = 0;
  const auto add = [&](const std::string& path, const std::vector<std::string>& entities, const auto& region, const auto& variable, const std::string& unit, double divisor) {
    const std::vector<double> x = file.read_in_units(path);
    for (std::size_t s = 0; s < scenarios.size(); ++s)
      for (std::size_t e = 0; e < entities.size(); ++e) {
        std::string line;
        bool any = false;
        for (std::size_t y = 0; y < years.size(); ++y) {
          const double value = x[(s * entities.size() + e) * years.size() + y] / divisor;
          any |= std::isfinite(value);
          line += std::isfinite(value) ? fmt::format(",{}", value) : ",";
        }
        if (!any) continue;
        lines += fmt::format("{},{},{},{},{}{}\n", cell(text("source")), cell(scenarios[s]), cell(region(e)), cell(variable(e)), cell(unit), line);
        ++rows;
      }
  };
  const auto of_market = [&](std::size_t e) { return markets[e]; };
  const auto named = [](std::string name) { return [name](std::size_t) { return name; }; };
  add("/yearly/mean_close", markets, of_market, named("Price|Carbon"), currency + "/t CO2", 1);
  add("/yearly/emissions", markets, of_market, named("Emissions|CO2"), "Mt CO2/yr", 1e6);
  add("/sectors/emissions", sectors, [&](std::size_t) { return markets.size() == 1 ? markets[0] : std::string("all markets"); },
      [&](std::size_t e) { return "Emissions|CO2|" + capitalised(sectors[e]); }, "Mt CO2/yr", 1e6);
  add("/yearly/abatement_cost", markets, of_market, named("Policy Cost|Area under MAC Curve"), "million " + currency + "/yr", 1e6);
  out.write(lines);
  out.commit();
  return fmt::format("{}: {} rows\n", task.target.string(), rows);
}

}  // namespace tantu
