// What a sweep shows: its runs with their factors, the headline outcomes of each, and the spread of the price.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/report_parts.hpp"

namespace tantu {

namespace {

constexpr std::array headline{"close", "vwap", "mean_close", "volume", "emissions", "emissions_baseline", "bank", "compliance_rate", "abatement_cost",
                              "fines", "shortfall", "share_before_deadline", "equilibrium_price", "efficiency", "auction_revenue", "turnover", "trading_days"};
constexpr std::size_t most_values = 400'000;  ///< of all outcomes: what a page of three megabytes carries
constexpr std::size_t fan_days = 360;
constexpr std::array fan_shares{0.05, 0.25, 0.5, 0.75, 0.95};

/// Linear between order statistics (definition 7 of Hyndman and Fan 1996); NaN of nothing. `values` is sorted.
double quantile(const std::vector<double>& values, double share) {
  if (values.empty()) return std::nan("");
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

void write_runs(const ResultReader& file, std::size_t runs, JsonText& json) {
  json.key("runs").open('{').member("count", static_cast<std::int64_t>(runs));
  std::int64_t failed = 0;
  if (const auto values = read_values(file, "/runs/failed", runs))
    for (const double x : *values) failed += x == 1;
  json.member("failed", failed).key("factors").open('[');
  for (const Variable& v : file.variables("/runs")) {
    if (v.size() != runs || v.name == "run" || v.name == "failed" || v.name == "error" || v.name == "replication") continue;
    json.open('{').member("name", v.name).member("units", text_attribute(v.attributes, "units")).key("values");
    const std::string path = "/runs/" + v.name;
    if (v.type == ElementType::text) json.values(file.read<std::string>(path));
    else json.values(file.read_in_units(path), 8);
    json.close('}');
  }
  json.close(']').key("replication");
  if (const auto replication = read_values(file, "/runs/replication", runs)) json.values(*replication);
  else json.open('[').close(']');
  json.close('}');
}

void write_outcomes(const ResultReader& file, std::size_t runs, JsonText& json) {
  json.key("outcomes").open('{');
  const auto years = file.find("/yearly/year"), markets = file.find("/yearly/market");
  if (years && markets) {
    json.key("years").values(file.read_in_units("/yearly/year")).key("markets").values(file.read<std::string>("/yearly/market")).key("variables").open('{');
    std::size_t room = most_values;
    for (const char* name : headline) {
      const auto v = file.find(std::string("/yearly/") + name);
      const std::size_t size = runs * markets->size() * years->size();
      if (!v || v->size() != size || size > room) continue;
      room -= size;
      json.key(name).open('{').member("units", text_attribute(v->attributes, "units")).member("long_name", text_attribute(v->attributes, "long_name"));
      json.key("values").values(file.read_in_units(std::string("/yearly/") + name), 6).close('}');
    }
    json.close('}');
  }
  json.close('}');
}

/// Quantiles over runs of each day's close, and how often it lies at a floor or a ceiling where the rules have them.
void write_fan(const ResultReader& file, std::size_t runs, JsonText& json) {
  const auto days = file.find("/daily/day"), markets = file.find("/daily/market"), close = file.find("/daily/close");
  if (!days || !markets || !close || close->size() != runs * markets->size() * days->size() || days->size() == 0) return;
  const std::size_t n_days = days->size(), n_markets = markets->size(), stride = (n_days + fan_days - 1) / fan_days;
  const std::vector<double> labels = file.read_in_units("/daily/day"), closes = file.read_in_units("/daily/close");
  // What the rules set: how often the close lies at it, from below or above.
  struct Bound {
    const char* name;
    bool above;
    std::optional<std::vector<double>> values;
  };
  std::vector<Bound> bounds{{"price_floor", false, {}}, {"reserve_price", false, {}}, {"trigger_price", true, {}}, {"price_ceiling", true, {}}};
  for (Bound& b : bounds) b.values = read_values(file, fmt::format("/daily/{}", b.name), closes.size());
  std::erase_if(bounds, [](const Bound& b) { return !b.values || std::ranges::all_of(*b.values, [](double x) { return std::isnan(x); }); });
  std::vector<std::size_t> shown;
  for (std::size_t d = 0; d < n_days; d += stride) shown.push_back(std::min(d + stride, n_days) - 1);
  json.key("fan").open('{').key("days").open('[');
  for (const std::size_t d : shown) json.value(labels[d]);
  json.close(']').key("shares").values(fan_shares).key("markets").open('[');
  for (std::size_t m = 0; m < n_markets; ++m) {
    std::vector<std::vector<double>> bands(fan_shares.size());
    std::vector<std::vector<double>> reached(bounds.size());
    for (const std::size_t d : shown) {
      std::vector<double> values;
      std::vector<double> count(bounds.size());
      for (std::size_t r = 0; r < runs; ++r) {
        const std::size_t at = (r * n_markets + m) * n_days + d;
        if (std::isnan(closes[at])) continue;
        values.push_back(closes[at]);
        for (std::size_t b = 0; b < bounds.size(); ++b) {
          const double bound = (*bounds[b].values)[at];
          count[b] += bounds[b].above ? closes[at] >= bound * (1 - 1e-9) : closes[at] <= bound * (1 + 1e-9);
        }
      }
      std::sort(values.begin(), values.end());
      for (std::size_t q = 0; q < fan_shares.size(); ++q) bands[q].push_back(quantile(values, fan_shares[q]));
      const double n = values.empty() ? std::nan("") : static_cast<double>(values.size());
      for (std::size_t b = 0; b < bounds.size(); ++b) reached[b].push_back(count[b] / n);
    }
    json.open('{').key("bands").open('[');
    for (const auto& band : bands) json.values(band, 6);
    json.close(']');
    for (std::size_t b = 0; b < bounds.size(); ++b) json.key(fmt::format("at_{}", bounds[b].name)).values(reached[b], 4);
    json.close('}');
  }
  json.close(']').close('}');
}

/// "sectors": what compliance cost each sector in each run over all years, and what it emitted in years with trading.
void write_sectors(const ResultReader& file, std::size_t runs, JsonText& json) {
  const auto names = file.find("/sectors/sector"), years = file.find("/sectors/year"), days = file.find("/yearly/trading_days");
  if (!names || !years || !days || names->type != ElementType::text) return;
  const std::size_t n = names->size(), y = years->size(), size = runs * n * y;
  if (size > most_values || days->size() % (runs * y) != 0) return;
  const std::vector<double> trading = file.read_in_units("/yearly/trading_days");
  std::vector<double> cost(runs * n), emissions(runs * n);
  const auto add = [&](const char* name, double sign, bool lived_only, std::vector<double>& sum) {
    const auto values = read_values(file, std::string("/sectors/") + name, size);
    if (!values) return false;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t run = i / (n * y), year = i % y, markets = trading.size() / (runs * y);
      bool lived = !lived_only;
      for (std::size_t m = 0; m < markets && !lived; ++m) lived = trading[(run * markets + m) * y + year] > 0;
      if (lived && !std::isnan((*values)[i])) sum[i / y] += sign * (*values)[i];
    }
    return true;
  };
  if (!add("emissions", 1, true, emissions) || !add("abatement_cost", 1, false, cost) || !add("paid", 1, false, cost) || !add("received", -1, false, cost) || !add("fines", 1, false, cost)) return;
  json.key("sectors").open('{').key("names").values(file.read<std::string>("/sectors/sector")).key("cost").values(cost, 8).key("emissions").values(emissions, 8).close('}');
}

}  // namespace

bool is_sweep(const ResultReader& file) { return file.find("/runs/run").has_value(); }

void write_sweep(const ResultReader& file, JsonText& json) {
  const std::size_t runs = file.find("/runs/run")->size();
  const std::string plan = text_attribute(file.attributes(), "sweep");
  if (nlohmann::json::accept(plan)) json.key("sweep").document(plan);
  write_runs(file, runs, json);
  write_outcomes(file, runs, json);
  write_fan(file, runs, json);
  write_sectors(file, runs, json);
}

}  // namespace tantu
