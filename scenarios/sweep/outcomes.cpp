#include "scenarios/sweep/outcomes.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "results/hdf5_file.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

std::string text_attribute(const std::map<std::string, AttributeValue>& attributes, const char* name) {
  const auto at = attributes.find(name);
  if (at == attributes.end()) return "";
  if (const auto* text = std::get_if<std::string>(&at->second)) return *text;
  if (const auto* whole = std::get_if<std::int64_t>(&at->second)) return std::to_string(*whole);
  return fmt::format("{}", std::get<double>(at->second));
}

std::string number_text(double x) { return fmt::format("{}", x); }

/// The labels along an axis as text.
std::vector<std::string> labels_of(const ResultReader& file, const std::string& path) {
  const auto v = file.find(path);
  if (!v) throw InputError("", path, "is missing");
  if (v->type == ElementType::text) return file.read<std::string>(path);
  std::vector<std::string> out;
  for (const double x : file.read_in_units(path)) out.push_back(number_text(x));
  return out;
}

/// Adds one variable: for each market and year an outcome.
bool add_variable(const ResultReader& file, const std::string& group, const std::string& name, std::size_t runs, Sample& sample) {
  const std::string path = group + "/" + name;
  const auto v = file.find(path);
  if (!v || v->is_axis || v->type == ElementType::text) return false;
  std::vector<std::string> axes = v->axes;
  const bool stacked = !axes.empty() && axes.front() == "run";
  if (stacked) axes.erase(axes.begin());
  if (axes.empty() || axes[0] != "market" || axes.size() > 2 || (axes.size() == 2 && axes[1] != "year")) return false;
  const auto units = v->attributes.find("units");
  RunOutcome outcome{name, units == v->attributes.end() ? "" : std::get<std::string>(units->second), "", 0};
  const std::vector<std::string> markets = labels_of(file, group + "/market");
  std::vector<std::int32_t> years{0};
  if (axes.size() == 2) years = file.read<std::int32_t>(group + "/year");
  const std::vector<double> x = file.read_in_units(path);
  for (std::size_t m = 0; m < markets.size(); ++m)
    for (std::size_t y = 0; y < years.size(); ++y) {
      outcome.market = markets[m];
      outcome.year = years[y];
      std::vector<double>& values = sample.values[outcome];
      values.resize(sample.runs(), std::nan(""));
      for (std::size_t r = 0; r < runs; ++r) values[sample.runs() - runs + r] = x[(r * markets.size() + m) * years.size() + y];
    }
  return true;
}

struct OneFile {
  std::string path, title;
  Sample sample;
};

OneFile read_one(const std::string& path, const std::vector<std::string>& variables, std::set<std::string>& found) {
  const ResultReader file(path);
  const auto attributes = file.attributes();
  OneFile one{path, text_attribute(attributes, "title"), {}};
  Sample& s = one.sample;
  s.sweep = text_attribute(attributes, "sweep");
  const std::string seed = text_attribute(attributes, "seed");
  if (!file.find("/yearly/year")) throw InputError(path, "", "has no yearly results; give results of tantu run or tantu sweep");
  if (s.sweep.empty()) {
    s.settings.emplace_back();
    s.pair.push_back(seed + "/" + text_attribute(attributes, "replication"));
  } else {
    s.points = static_cast<std::size_t>(std::stoull("0" + text_attribute(attributes, "points")));
    s.replications = static_cast<std::size_t>(std::stoull("0" + text_attribute(attributes, "replications")));
    const auto runs = file.read<std::int64_t>("/runs/run");
    s.first_run = runs.empty() ? 0 : runs.front();
    s.settings.resize(runs.size());
    s.pair.assign(runs.size(), "");
    for (const Variable& v : file.variables("/runs")) {
      if (v.is_axis || v.name == "failed" || v.name == "error") continue;
      const std::vector<std::string> text = labels_of(file, "/runs/" + v.name);
      if (v.name != "replication") s.factors.push_back(v.name);
      for (std::size_t i = 0; i < runs.size(); ++i) {
        if (v.name != "replication") s.settings[i].push_back(text[i]);
        s.pair[i] += v.name + "=" + text[i] + "/";
      }
    }
    for (std::string& pair : s.pair) pair += seed;
    for (const std::uint8_t failed : file.read<std::uint8_t>("/runs/failed")) s.failed += failed == 1;
  }
  for (const std::string& name : variables)
    for (const char* group : {"/yearly", "/summary"})
      if (add_variable(file, group, name, s.runs(), s)) found.insert(name);
  return one;
}

}  // namespace

std::string RunOutcome::name(bool with_market) const {
  std::string text = variable;
  if (with_market) text += " " + market;
  if (year) text += fmt::format(" {}", year);
  return text;
}

std::vector<std::string> headline_variables() { return {"close", "vwap", "volume", "emissions", "abatement", "abatement_cost", "bank", "compliance_rate", "share_at_floor", "share_at_ceiling"}; }

std::vector<Sample> read_samples_of(const std::vector<std::string>& files, const std::vector<std::string>& variables) {
  std::set<std::string> found, titles;
  std::vector<OneFile> read;
  for (const std::string& path : files) {
    read.push_back(read_one(path, variables, found));
    titles.insert(read.back().title);
  }
  for (const std::string& name : variables)
    if (!found.contains(name)) {
      std::vector<std::string> known;
      const ResultReader file(files.front());
      for (const char* group : {"/yearly", "/summary"})
        for (const Variable& v : file.variables(group))
          if (!v.is_axis && v.type != ElementType::text && std::find(known.begin(), known.end(), v.name) == known.end()) known.push_back(v.name);
      throw InputError(files.front(), "/yearly/" + name, "no such variable; " + suggestion(name, known));
    }
  const bool single = std::all_of(read.begin(), read.end(), [](const OneFile& f) { return f.sample.sweep.empty(); });
  std::vector<Sample> samples;
  for (OneFile& one : read) {
    const auto same = std::find_if(samples.begin(), samples.end(), [&](const Sample& s) { return s.name == one.title; });
    if (single && titles.size() > 1 && same != samples.end()) {
      // Another seed of a scenario that is there already.
      for (auto& [outcome, values] : same->values) values.push_back(std::nan(""));
      for (const auto& [outcome, values] : one.sample.values) {
        auto& mine = same->values[outcome];
        mine.resize(same->runs() + 1, std::nan(""));
        mine.back() = values.front();
      }
      same->settings.emplace_back();
      same->pair.push_back(one.sample.pair.front());
      continue;
    }
    one.sample.name = titles.size() == read.size() || (single && titles.size() > 1) ? one.title : std::filesystem::path(one.path).stem().string();
    samples.push_back(std::move(one.sample));
  }
  return samples;
}

}  // namespace tantu
