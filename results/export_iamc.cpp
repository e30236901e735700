// The template of the Integrated Assessment Modeling Consortium, as pyam reads it: one CSV with the columns
// model, scenario, region, variable, unit and a column a year.
//
//   Price|Carbon                           mean of the year's closes                      CURRENCY/t CO2
//   Emissions|CO2, Emissions|CO2|SECTOR    emissions before verification                  Mt CO2/yr
//   Policy Cost|Area under MAC Curve       cost of abatement                              million CURRENCY/yr
//
// The region is the market; short tons are converted. A run of a sweep is a scenario of its own, named by its factors and replication.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/export.hpp"
#include "sim/input_error.hpp"
#include "sim/unit_measure.hpp"

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
  // What each market counts in: the template knows tonnes only, and a currency a row.
  std::vector<std::string> currencies(markets.size(), std::get<std::string>(file.find("/yearly/abatement_cost")->attributes.at("units")));
  std::vector<double> tonnes(markets.size(), 1);
  std::vector<std::size_t> market_of_sector(sectors.size(), 0);
  if (const auto scenario = nlohmann::json::parse(text("scenario"), nullptr, false); scenario.is_object() && scenario.contains("markets")) {
    for (std::size_t m = 0; m < markets.size(); ++m) {
      if (!scenario.at("markets").contains(markets[m])) continue;
      const auto& market = scenario.at("markets").at(markets[m]);
      currencies[m] = market.value("currency", currencies[m]);
      if (market.contains("unit") && market.at("unit").value("measure", "tonne") == "short_ton") tonnes[m] = tonnes_in(UnitMeasure::short_ton);
    }
    for (std::size_t s = 0; s < sectors.size() && scenario.contains("sectors"); ++s) {
      if (!scenario.at("sectors").contains(sectors[s])) continue;
      const auto at = std::find(markets.begin(), markets.end(), scenario.at("sectors").at(sectors[s]).value("market", ""));
      if (at != markets.end()) market_of_sector[s] = static_cast<std::size_t>(at - markets.begin());
    }
  }

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
  const auto add = [&](const std::string& path, const std::vector<std::string>& entities, const auto& region, const auto& variable, const auto& unit, const auto& divisor) {
    const std::vector<double> x = file.read_in_units(path);
    for (std::size_t s = 0; s < scenarios.size(); ++s)
      for (std::size_t e = 0; e < entities.size(); ++e) {
        std::string line;
        bool any = false;
        for (std::size_t y = 0; y < years.size(); ++y) {
          const double value = x[(s * entities.size() + e) * years.size() + y] / divisor(e);
          any |= std::isfinite(value);
          line += std::isfinite(value) ? fmt::format(",{}", value) : ",";
        }
        if (!any) continue;
        lines += fmt::format("{},{},{},{},{}{}\n", cell(text("source")), cell(scenarios[s]), cell(region(e)), cell(variable(e)), cell(unit(e)), line);
        ++rows;
      }
  };
  const auto of_market = [&](std::size_t e) { return markets[e]; };
  const auto named = [](std::string name) { return [name](std::size_t) { return name; }; };
  add("/yearly/mean_close", markets, of_market, named("Price|Carbon"), [&](std::size_t m) { return currencies[m] + "/t CO2"; }, [&](std::size_t m) { return tonnes[m]; });
  add("/yearly/emissions", markets, of_market, named("Emissions|CO2"), named("Mt CO2/yr"), [&](std::size_t m) { return 1e6 / tonnes[m]; });
  add("/sectors/emissions", sectors, [&](std::size_t e) { return markets[market_of_sector[e]]; },
      [&](std::size_t e) { return "Emissions|CO2|" + capitalised(sectors[e]); }, named("Mt CO2/yr"), [&](std::size_t e) { return 1e6 / tonnes[market_of_sector[e]]; });
  add("/yearly/abatement_cost", markets, of_market, named("Policy Cost|Area under MAC Curve"), [&](std::size_t m) { return "million " + currencies[m] + "/yr"; }, [](std::size_t) { return 1e6; });
  out.write(lines);
  out.commit();
  return fmt::format("{}: {} rows\n", task.target.string(), rows);
}

}  // namespace tantu
