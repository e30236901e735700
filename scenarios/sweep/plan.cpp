#include "scenarios/sweep/plan.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/overrides.hpp"
#include "scenarios/presets.hpp"
#include "scenarios/sweep/designs.hpp"
#include "scenarios/sweep/factor_values.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/technology_catalogue.hpp"
#include "scenarios/table_writer.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

/// A number as JSON in the shortest form; whole numbers as integers, which every parameter takes.
std::string number_text(double x) {
  if (x == std::trunc(x) && std::fabs(x) < 9e15) return std::to_string(static_cast<std::int64_t>(x));
  return Json(x).dump();
}

std::string label_of(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::optional<double> parse_number(const std::string& text) {
  double x = 0;
  const char* begin = text.data() + (text.starts_with("+") ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), x);
  return error == std::errc{} && end == text.data() + text.size() && std::isfinite(x) ? std::optional(x) : std::nullopt;
}

std::string coordinate_name(std::string_view text) {
  std::string name;
  for (const char c : text) name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') name = "_" + name;
  return name;
}

/// Makes the plan; keeps what messages need.
class Planner {
 public:
  Planner(const Sweep& sweep, const LoadedScenario& base, const std::string& name, const std::string& folder)
      : sweep_(sweep), base_(base), name_(name), folder_(folder) {}

  void plan(std::vector<PlannedFactor>& factors, std::vector<double>& matrix, std::size_t& points) {
    declared_ = sweep_.factors;
    if (sweep_.design.kind == DesignKind::attribution) declare_differences();
    Samples samples;
    if (sweep_.design.kind == DesignKind::samples) samples = read_samples();
    for (std::size_t f = 0; f < declared_.size(); ++f) factors.push_back(planned(f));
    refuse_same_names(factors);
    refuse_overlaps(factors);
    switch (sweep_.design.kind) {
      case DesignKind::grid: case DesignKind::attribution: grid(factors, matrix); break;
      case DesignKind::list: list(factors, matrix); break;
      case DesignKind::samples: take_samples(samples, factors, matrix); break;
      default: unit_design(factors, matrix); break;
    }
    points = factors.empty() ? (sweep_.design.kind == DesignKind::grid ? 1 : 0) : matrix.size() / factors.size();
    if (points == 0) refuse("/design", "has no points; give it factors with values");
    if (points > most_runs / static_cast<std::size_t>(sweep_.replications))
      refuse("/replications", fmt::format("{} points x {} replications are more than {} runs", points, sweep_.replications, most_runs));
    check_numbers(factors, matrix, points, samples);
  }

 private:
  [[noreturn]] void refuse(const std::string& pointer, const std::string& message) const { throw InputError(name_, pointer, message); }
  std::string place(std::size_t f) const {
    return sweep_.design.kind == DesignKind::attribution ? name_ + ":/design/to" : fmt::format("{}:/factors/{}", name_, f);
  }

  /// Reads the scenario with one value changed: what is wrong with it is said at `origin`.
  void try_value(std::size_t f, const std::string& json, const std::string& origin) const {
    Document document = base_.document;
    apply_override(document, table<Scenario>(), declared_[f].path, json, origin);
    read<Scenario>(document);
  }

  PlannedFactor planned(std::size_t f) {
    const FactorParameters& p = declared_[f];
    PlannedFactor out;
    out.path = p.path;
    out.place = place(f);
    if (p.path.empty()) throw InputError(out.place + "/path: is empty; a path of the scenario was expected, e.g. run.seed");
    out.name = p.name.empty() ? coordinate_name(std::string_view(p.path).substr(p.path.rfind('.') + 1)) : p.name;
    if (out.name.empty() || out.name != coordinate_name(out.name) || out.name == "run" || out.name == "replication" || out.name == "failed" || out.name == "error")
      throw InputError(fmt::format("{}/name: \"{}\" is not a name of letters, digits and _ (nor run, replication, failed, error)", out.place, shown(p.name.empty() ? out.name : p.name)));
    {  // a path that does not exist, before any value
      Document document = base_.document;
      const std::string origin = out.place + "/path";
      apply_override(document, table<Scenario>(), p.path, "null", origin);
    }
    if (!p.levels.text.empty()) {
      const Json levels = Json::parse(p.levels.text);
      if (!levels.is_array()) throw InputError(out.place + "/levels: " + shown_value(levels) + " is not a list of values");
      if (levels.empty()) throw InputError(out.place + "/levels: is empty; give at least one value");
      std::vector<Json> values(levels.begin(), levels.end());
      const bool numeric = std::all_of(values.begin(), values.end(), [](const Json& v) { return v.is_number(); });
      for (std::size_t i = 0; i < values.size(); ++i) {
        try_value(f, values[i].dump(), fmt::format("{}/levels/{}", out.place, i));
        if (numeric) levels_.emplace_back(f, values[i].get<double>());
        else out.labels.push_back(label_of(values[i])), out.values.push_back(values[i].dump());
      }
    } else if (!p.alternatives.text.empty()) {
      const Json alternatives = Json::parse(p.alternatives.text);
      if (!alternatives.is_object()) throw InputError(out.place + "/alternatives: " + shown_value(alternatives) + " is not an object of values by name");
      if (alternatives.empty()) throw InputError(out.place + "/alternatives: is empty; give at least one");
      for (const auto& [id, value] : alternatives.items()) {
        try_value(f, value.dump(), sweep_.design.kind == DesignKind::attribution ? out.place : fmt::format("{}/alternatives/{}", out.place, shown(id)));
        out.labels.push_back(id);
        out.values.push_back(value.dump());
      }
    } else if (p.law == FactorLaw::levels && sweep_.design.kind != DesignKind::list && sweep_.design.kind != DesignKind::samples) {
      throw InputError(out.place + ": has no values; give levels, alternatives or a law");
    }
    if (p.law != FactorLaw::levels)
      for (const auto& [key, end] : {std::pair{"/least", p.least}, {"/most", p.most}})
        if (end) try_value(f, number_text(*end), out.place + key);
    return out;
  }

  std::vector<double> numbers_of(std::size_t f) const {
    std::vector<double> numbers;
    for (const auto& [factor, x] : levels_)
      if (factor == f) numbers.push_back(x);
    return numbers;
  }

  void refuse_same_names(const std::vector<PlannedFactor>& factors) const {
    for (std::size_t i = 0; i < factors.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (factors[i].name == factors[j].name)
          throw InputError(fmt::format("{}/name: \"{}\" is the name of factor {} too; give each its own \"name\"", factors[i].place, factors[i].name, j));
  }

  /// The path in the long form, ending in '.', so that one that leads into another is its prefix.
  std::string long_path(const std::string& path) const {
    const Json& root = base_.document.root();
    const auto first = path.substr(0, path.find('.'));
    const auto& fields = one_market_fields(table<Scenario>());
    const bool is_short = std::any_of(fields.begin(), fields.end(), [&](const Field* f) { return f->name == first; });
    const bool has_one = root.contains("markets") && root.at("markets").is_object() && root.at("markets").size() == 1;
    return (is_short && has_one ? "markets." + root.at("markets").items().begin().key() + "." : std::string()) + path + ".";
  }

  void refuse_overlaps(const std::vector<PlannedFactor>& factors) const {
    for (std::size_t i = 0; i < factors.size(); ++i) {
      const std::string mine = long_path(factors[i].path);
      if (sweep_.replications > 1 && std::string("run.replication.").starts_with(mine))
        throw InputError(factors[i].place + "/path: replications set run.replication; keep one of them");
      for (std::size_t j = 0; j < i; ++j) {
        const std::string other = long_path(factors[j].path);
        if (mine.starts_with(other) || other.starts_with(mine))
          throw InputError(fmt::format("{}/path: \"{}\" overlaps with \"{}\" of factor {}", factors[i].place, shown(factors[i].path), shown(factors[j].path), j));
      }
    }
  }

  void grid(const std::vector<PlannedFactor>& factors, std::vector<double>& matrix) const {
    std::size_t points = 1;
    std::vector<std::vector<double>> values(factors.size());
    for (std::size_t f = 0; f < factors.size(); ++f) {
      if (declared_[f].law != FactorLaw::levels)
        throw InputError(factors[f].place + ": a grid needs levels; a law is for latin_hypercube, sobol, saltelli and morris");
      values[f] = numbers_of(f);
      for (std::size_t i = 0; i < factors[f].labels.size(); ++i) values[f].push_back(static_cast<double>(i));
      if (points > most_runs / values[f].size()) refuse("/design", fmt::format("the grid has more than {} points", most_runs));
      points *= values[f].size();
    }
    matrix.resize(points * factors.size());
    for (std::size_t i = 0; i < points; ++i)
      for (std::size_t f = factors.size(), rest = i; f-- > 0; rest /= values[f].size()) matrix[i * factors.size() + f] = values[f][rest % values[f].size()];
  }

  void unit_design(const std::vector<PlannedFactor>& factors, std::vector<double>& matrix) const {
    const DesignParameters& d = sweep_.design;
    const std::size_t k = factors.size(), n = static_cast<std::size_t>(d.points), skip = static_cast<std::size_t>(d.skip);
    if (k == 0) refuse("/factors", "are empty; this design needs at least one");
    const std::size_t rows = d.kind == DesignKind::saltelli ? n * (d.second_order ? 2 * k + 2 : k + 2) : d.kind == DesignKind::morris ? n * (k + 1) : n;
    if (rows > most_runs) refuse("/design/points", fmt::format("make {} points; at most {}", rows, most_runs));
    const std::size_t dimensions = d.kind == DesignKind::saltelli ? 2 * k : k;
    if ((d.kind == DesignKind::saltelli || d.kind == DesignKind::sobol) && dimensions > most_sobol_dimensions)
      refuse("/factors", fmt::format("are {}; this design takes at most {}", k, most_sobol_dimensions * k / dimensions));
    if (d.kind == DesignKind::latin_hypercube && n >= 1u << 24) refuse("/design/points", fmt::format("{} is not below 2^24", n));
    switch (d.kind) {
      case DesignKind::latin_hypercube: matrix = latin_hypercube(n, k, d.seed, d.centred); break;
      case DesignKind::sobol: matrix = sobol_points(n, k, skip); break;
      case DesignKind::saltelli: matrix = saltelli(n, k, d.second_order, skip); break;
      default: matrix = morris(n, k, static_cast<std::size_t>(d.grid_levels), d.seed); break;
    }
    for (std::size_t f = 0; f < k; ++f) {
      const std::vector<double> numbers = numbers_of(f);
      const std::size_t levels = std::max(numbers.size(), factors[f].labels.size());
      for (std::size_t i = f; i < matrix.size(); i += k) {
        const double u = matrix[i];
        if (levels == 0) {
          matrix[i] = law_value(declared_[f], u, d.kind == DesignKind::morris);
        } else {
          const std::size_t level = std::min(static_cast<std::size_t>(u * static_cast<double>(levels)), levels - 1);
          matrix[i] = numbers.empty() ? static_cast<double>(level) : numbers[level];
        }
      }
    }
  }

  /// One value of a point: a label that is known, or a value that becomes one.
  double take(std::size_t f, PlannedFactor& factor, const Json& value, const std::string& origin) const {
    if (!declared_[f].alternatives.text.empty() || (!declared_[f].levels.text.empty() && !factor.labels.empty())) {
      const auto at = std::find(factor.labels.begin(), factor.labels.end(), label_of(value));
      if (at == factor.labels.end()) throw InputError(fmt::format("{}: \"{}\" is not one of {}", origin, shown(label_of(value)), listed(factor.labels)));
      return static_cast<double>(at - factor.labels.begin());
    }
    if (value.is_number()) return value.get<double>();
    const std::string json = value.dump();
    const auto at = std::find(factor.values.begin(), factor.values.end(), json);
    if (at != factor.values.end()) return static_cast<double>(at - factor.values.begin());
    try_value(f, json, origin);
    factor.labels.push_back(label_of(value));
    factor.values.push_back(json);
    return static_cast<double>(factor.labels.size() - 1);
  }

  void list(std::vector<PlannedFactor>& factors, std::vector<double>& matrix) const {
    const Json points = Json::parse(sweep_.design.list.text);
    if (!points.is_array()) refuse("/design/list", shown_value(points) + " is not a list of points");
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::string at = fmt::format("/design/list/{}", i);
      if (!points[i].is_object()) refuse(at, shown_value(points[i]) + " is not an object of values by factor");
      std::vector<std::string> names;
      for (const PlannedFactor& factor : factors) names.push_back(factor.name);
      for (const auto& item : points[i].items())
        if (std::find(names.begin(), names.end(), item.key()) == names.end()) refuse(at + "/" + shown(item.key()), "no factor has this name; " + suggestion(item.key(), names));
    }
    for (std::size_t f = 0; f < factors.size(); ++f) {
      std::vector<Json> values;
      for (std::size_t i = 0; i < points.size(); ++i) {
        const auto value = points[i].find(factors[f].name);
        if (value == points[i].end()) refuse(fmt::format("/design/list/{}", i), fmt::format("has no value for the factor {}", factors[f].name));
        values.push_back(*value);
      }
      column(f, factors[f], values, [&](std::size_t i) { return fmt::format("{}:/design/list/{}/{}", name_, i, factors[f].name); }, matrix, factors.size(), f);
    }
  }

  /// A factor's values at all points: numbers if all are, else names.
  template <class Origin>
  void column(std::size_t f, PlannedFactor& factor, const std::vector<Json>& values, Origin origin, std::vector<double>& matrix, std::size_t width, std::size_t at) const {
    matrix.resize(values.size() * width);
    const bool numeric = std::all_of(values.begin(), values.end(), [](const Json& v) { return v.is_number(); });
    // Of a column of numbers and one slip of the pen, the slip is what is wrong.
    if (!numeric && factor.labels.empty())
      for (std::size_t i = 0; i < values.size(); ++i)
        if (!values[i].is_number()) {
          try_value(f, values[i].dump(), origin(i));
          break;
        }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool as_name = !numeric && factor.labels.empty() && values[i].is_number();
      matrix[i * width + at] = take(f, factor, as_name ? Json(values[i].dump()) : values[i], origin(i));
    }
  }

  Samples read_samples() {
    const std::string& file = sweep_.design.samples_csv;
    const std::string path = (fs::path(folder_) / file).lexically_normal().string();
    Samples samples = parse_samples(read_text(path, path, std::size_t{1} << 30), path);
    // Without factors the columns are the paths.
    if (declared_.empty())
      for (const std::string& column : samples.columns) declared_.emplace_back().path = column;
    return samples;
  }

  void take_samples(const Samples& samples, std::vector<PlannedFactor>& factors, std::vector<double>& matrix) const {
    for (std::size_t f = 0; f < factors.size(); ++f) {
      auto column_at = std::find(samples.columns.begin(), samples.columns.end(), factors[f].name);
      if (column_at == samples.columns.end()) column_at = std::find(samples.columns.begin(), samples.columns.end(), factors[f].path);
      if (column_at == samples.columns.end())
        throw InputError(samples.name, "1", fmt::format("has no column for the factor {}; {}", factors[f].name, suggestion(factors[f].name, samples.columns)));
      const auto c = static_cast<std::size_t>(column_at - samples.columns.begin());
      std::vector<Json> values;
      for (const auto& row : samples.rows) {
        const auto number = parse_number(row[c]);
        values.push_back(number ? Json::parse(number_text(*number)) : Json(row[c]));
      }
      column(f, factors[f], values, [&](std::size_t i) { return fmt::format("{}:{}: column {}", samples.name, samples.lines[i], *column_at); }, matrix, factors.size(), f);
    }
  }

  /// The least and the largest value of each factor of numbers are read as the scenario will.
  void check_numbers(const std::vector<PlannedFactor>& factors, const std::vector<double>& matrix, std::size_t points, const Samples& samples) const {
    for (std::size_t f = 0; f < factors.size(); ++f) {
      if (!factors[f].is_numeric()) continue;
      std::size_t least = 0, most = 0;
      const auto at = [&](std::size_t i) { return matrix[i * factors.size() + f]; };
      for (std::size_t i = 1; i < points; ++i) {
        if (at(i) < at(least)) least = i;
        if (at(i) > at(most)) most = i;
      }
      for (const std::size_t i : {least, most}) {
        std::string origin = factors[f].place;
        if (sweep_.design.kind == DesignKind::list) origin = fmt::format("{}:/design/list/{}/{}", name_, i, factors[f].name);
        else if (sweep_.design.kind == DesignKind::samples) origin = fmt::format("{}:{}: column {}", samples.name, samples.lines[i], factors[f].name);
        else if (declared_[f].law != FactorLaw::levels) origin += i == least && declared_[f].least ? "/least" : i == most && declared_[f].most ? "/most" : "";
        try_value(f, number_text(at(i)), origin);
      }
    }
  }

  /// Design attribution: a factor for each instrument, and each other part of a market, that the patch changes.
  void declare_differences() {
    const std::string origin = name_ + ":/design/to";
    Json patch = Json::parse(sweep_.design.to.text);
    if (!patch.is_object()) throw InputError(origin + ": " + shown_value(patch) + " is not an object that changes the scenario");
    Document other = base_.document;
    other.add_file(std::move(patch), table<Scenario>(), origin, {false, folder_});
    read<Scenario>(other);
    const Json &from = base_.document.root(), &to = other.root();
    const auto part = [](const Json& object, const std::string& key) { return object.is_object() && object.contains(key) ? object.at(key) : Json(nullptr); };
    for (const auto& item : to.items())
      if (item.key() != "markets" && item.value() != part(from, item.key()))
        throw InputError(origin + "/" + item.key() + ": only policies and other parts of markets can be attributed to");
    const auto add = [&](const std::string& path, const std::string& name, const Json& a, const Json& b) {
      if (a == b) return;
      FactorParameters f;
      f.path = path;
      f.name = coordinate_name(name);
      f.alternatives.text = Json{{"from", a}, {"to", b}}.dump();
      declared_.push_back(std::move(f));
    };
    const bool several = to.at("markets").size() > 1;
    for (const auto& [id, market] : to.at("markets").items()) {
      const Json before = part(from.at("markets"), id);
      if (before.is_null()) throw InputError(origin + ":/markets/" + id + ": a market that the scenario does not have cannot be attributed to");
      std::vector<std::string> keys;
      const auto collect = [&](const Json& object, std::vector<std::string>& out) {
        if (object.is_object())
          for (const auto& item : object.items())
            if (std::find(out.begin(), out.end(), item.key()) == out.end()) out.push_back(item.key());
      };
      collect(before, keys);
      collect(market, keys);
      for (const std::string& key : keys) {
        if (key != "policies") {
          add("markets." + id + "." + key, (several ? id + "_" : "") + key, part(before, key), part(market, key));
          continue;
        }
        std::vector<std::string> instances;
        collect(part(before, key), instances);
        collect(part(market, key), instances);
        for (const std::string& instance : instances)
          add("markets." + id + ".policies." + instance, (several ? id + "_" : "") + instance, part(part(before, key), instance), part(part(market, key), instance));
      }
    }
    if (declared_.empty()) throw InputError(origin + ": changes nothing");
    if (declared_.size() > 16) throw InputError(fmt::format("{}: changes {} instruments; at most 16 can be combined", origin, declared_.size()));
  }

  const Sweep& sweep_;
  const LoadedScenario& base_;
  const std::string &name_, &folder_;
  std::vector<FactorParameters> declared_;
  std::vector<std::pair<std::size_t, double>> levels_;
};

std::string folder_of(const std::string& path) { return fs::path(path).parent_path().string(); }

}  // namespace

std::uint32_t SweepPlan::replication_of(std::size_t run) const {
  return static_cast<std::uint32_t>(static_cast<std::size_t>(base_.scenario.run.replication) + run % replications());
}

std::string SweepPlan::value_text(std::size_t point, std::size_t factor) const {
  const PlannedFactor& f = factors_[factor];
  return f.is_numeric() ? number_text(value(point, factor)) : f.labels[static_cast<std::size_t>(value(point, factor))];
}

LoadedScenario SweepPlan::scenario_of(std::size_t run) const {
  const std::size_t point = point_of(run);
  LoadedScenario loaded;
  loaded.document = base_.document;
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    const PlannedFactor& factor = factors_[f];
    const std::string json = factor.is_numeric() ? number_text(value(point, f)) : factor.values[static_cast<std::size_t>(value(point, f))];
    apply_override(loaded.document, table<Scenario>(), factor.path, json, factor.name + " = " + shown(value_text(point, f)));
  }
  if (replications() > 1) loaded.document.set({"run", "replication"}, replication_of(run), "replications");
  loaded.scenario = read<Scenario>(loaded.document);
  take_from_catalogue(loaded.scenario, loaded.document);
  if (loaded.scenario.population.installations_csv == base_.scenario.population.installations_csv) {
    loaded.companion = base_.companion;
    loaded.companion_name = base_.companion_name;
  } else if (!loaded.scenario.population.installations_csv.empty()) {
    Companion companion = read_companion(loaded.document, {"population", "installations_csv"}, loaded.scenario.population.installations_csv);
    loaded.companion = std::move(companion.text);
    loaded.companion_name = std::move(companion.name);
  }
  return loaded;
}

SweepPlan plan_sweep(Sweep sweep, LoadedScenario base, const std::string& name, const std::string& folder) {
  SweepPlan plan;
  plan.sweep_ = std::move(sweep);
  plan.base_ = std::move(base);
  Planner(plan.sweep_, plan.base_, name, folder).plan(plan.factors_, plan.matrix_, plan.points_);
  plan.text_ = resolved_text(plan.sweep_);
  std::string all = plan.text_ + plan.base_.hash;
  for (const PlannedFactor& f : plan.factors_) {
    all += "\n" + f.name + " " + f.path;
    for (std::size_t i = 0; i < f.labels.size(); ++i) all += " " + f.labels[i] + "=" + f.values[i];
  }
  all.append(reinterpret_cast<const char*>(plan.matrix_.data()), plan.matrix_.size() * sizeof(double));
  plan.hash_ = sha256(all);
  return plan;
}

SweepPlan load_sweep_text(const std::string& text, const std::string& name, const std::string& folder, const std::vector<std::string>& set) {
  const Json json = [&] {
    Json parsed = parse_json(text, name);
    if (parsed.is_object()) parsed.erase("$schema");
    return parsed;
  }();
  Sweep sweep = read<Sweep>(json, Place(name));
  for (const std::string& assignment : set) sweep.set.push_back(assignment);
  const bool is_file = sweep.scenario.find('/') != std::string::npos || sweep.scenario.ends_with(".json");
  const std::string scenario = is_file ? (fs::path(folder) / sweep.scenario).lexically_normal().string() : sweep.scenario;
  if (sweep.scenario.empty()) throw InputError(name, "/scenario", "is empty; a preset or a file was expected");
  return plan_sweep(std::move(sweep), load_scenario(scenario, sweep.set), name, folder);
}

SweepPlan load_sweep(const std::string& path, const std::vector<std::string>& set) {
  return load_sweep_text(read_text(path, shown(path, 300)), shown(path, 300), folder_of(path), set);
}

}  // namespace tantu
