#include "scenarios/sweep/merge.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/manifest.hpp"
#include "results/stacked_file.hpp"
#include "scenarios/document.hpp"
#include "scenarios/sweep/execute.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

struct ShardFile {
  std::string path;
  std::map<std::string, AttributeValue> attributes;
  Shard shard;
  std::size_t first = 0, count = 0;
  Layout layout;
};

std::string text_of(const ShardFile& s, const char* name) {
  const auto at = s.attributes.find(name);
  const auto* text = at == s.attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
  if (!text) throw InputError(s.path, "", fmt::format("is not a shard of a sweep: it has no attribute {}", name));
  return *text;
}

template <class Read>
Array as_array(ElementType type, Read read) {
  switch (type) {
    case ElementType::uint8: return read(std::uint8_t{});
    case ElementType::int32: return read(std::int32_t{});
    case ElementType::int64: return read(std::int64_t{});
    case ElementType::float32: return read(float{});
    case ElementType::float64: return read(double{});
    case ElementType::text: return read(std::string{});
  }
  throw std::logic_error("an element of no type");
}

Array read_all(const ResultReader& file, const std::string& path, ElementType type) {
  return as_array(type, [&](auto t) -> Array { return file.read<decltype(t)>(path); });
}

/// The meaning as it was given, without what the file adds of itself.
Meaning meaning_of(const Variable& v) {
  Meaning m;
  const auto text = [&](const char* key) {
    const auto at = v.attributes.find(key);
    const auto* value = at == v.attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
    return value ? *value : std::string();
  };
  m.units = text("units");
  m.long_name = text("long_name");
  m.scale_factor = v.scale_factor();
  // The order in which a run's own dataset has them (results/dataset.cpp); the file's is that of names.
  static const std::set<std::string> own{"units", "long_name", "scale_factor", "coordinates", "_FillValue", "CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_nc3_strict"};
  for (const char* first : {"standard_name", "calendar", "axis"})
    if (const auto at = v.attributes.find(first); at != v.attributes.end()) m.more.emplace_back(first, at->second);
  for (const auto& [key, value] : v.attributes)
    if (!own.contains(key) && key != "standard_name" && key != "calendar" && key != "axis") m.more.emplace_back(key, value);
  return m;
}

/// The layout of a shard's runs, from its datasets.
Layout layout_of(const ResultReader& file) {
  Layout layout;
  for (const std::string& path : file.groups()) {
    if (path == "/" || path == "/runs") continue;
    LayoutGroup group{path, {}, {}};
    for (const Variable& v : file.variables(path)) {
      if (v.is_axis && v.name == "run") continue;
      if (v.is_axis) group.axes.push_back({v.name, read_all(file, path + "/" + v.name, v.type), meaning_of(v)});
      else if (v.axes.size() > 1 || v.attributes.contains("coordinates")) group.variables.push_back({v.name, {v.axes.begin() + 1, v.axes.end()}, v.type, meaning_of(v), 0, 1});
    }
    layout.groups.push_back(std::move(group));
  }
  return decode(encode(layout));
}

ShardFile open_shard(const std::string& path) {
  ShardFile s{path, {}, {}, 0, 0, {}};
  const std::string manifest = manifest_path(path).string();
  std::error_code none;
  const bool has_manifest = fs::exists(manifest, none);
  const Json json = has_manifest ? parse_json(read_text(manifest, manifest), manifest) : Json();
  // Before HDF5 looks at it, whose words for a file that is cut off help nobody.
  if (const auto bytes = fs::file_size(path, none); !none && has_manifest && json.contains("dataset") && json.at("dataset").contains("bytes") && json.at("dataset").at("bytes") != bytes)
    throw InputError(path, "", fmt::format("has {} bytes and its manifest says otherwise; it was copied in part or changed", bytes));
  const ResultReader file(path);
  s.attributes = file.attributes();
  s.shard = parse_shard(text_of(s, "shard"));
  if (!has_manifest) throw InputError(path, "", "has no manifest beside it (" + manifest + "); copy both");
  const auto says = [&](const char* key, const std::string& value) { return json.contains(key) && json.at(key) == value; };
  if (!says("sweep_sha256", text_of(s, "sweep_sha256")) || !says("shard", text_of(s, "shard"))) throw InputError(manifest, "", "is of another sweep or shard than " + path);
  if (!json.contains("dataset") || !json.at("dataset").contains("bytes")) throw InputError(manifest, "", "does not say how many bytes " + path + " has");
  const std::vector<std::int64_t> runs = file.read<std::int64_t>("/runs/run");
  s.count = runs.size();
  s.first = runs.empty() ? 0 : static_cast<std::size_t>(runs.front());
  s.layout = layout_of(file);
  return s;
}

std::size_t whole_runs(const ShardFile& s) {
  const auto number = [&](const char* key) {
    const auto at = s.attributes.find(key);
    const auto* n = at == s.attributes.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
    return n ? static_cast<std::size_t>(*n) : 0;
  };
  return number("points") * number("replications");
}

/// Values of runs out of the shards they lie in.
class ShardValues final : public RunValues {
 public:
  ShardValues(const std::vector<ShardFile>& shards, const std::vector<std::uint8_t>& failed) : shards_(shards), failed_(failed) {
    // A shard all of whose runs failed has no layout.
    bool first = true;
    for (const ShardFile& s : shards) {
      if (s.layout.groups.empty()) continue;
      layout_ = first ? s.layout : unite(layout_, s.layout);
      first = false;
    }
    for (const ShardFile& s : shards) spreads_.emplace_back(s.layout, layout_);
  }
  const Layout& layout() const override { return layout_; }

  void read(std::size_t first, std::size_t count, char* to) override {
    for (std::size_t i = 0; i < shards_.size(); ++i) {
      const ShardFile& s = shards_[i];
      const std::size_t from = std::max(first, s.first), until = std::min(first + count, s.first + s.count);
      if (from >= until) continue;
      if (!open_ || open_index_ != i) {
        open_.emplace(s.path);
        open_index_ = i;
      }
      rows_.resize((until - from) * s.layout.bytes);
      for (const LayoutGroup& group : s.layout.groups)
        for (const LayoutVariable& v : group.variables)
          as_array(v.type, [&](auto t) -> Array {
            using T = decltype(t);
            if constexpr (!std::is_same_v<T, std::string>) {
              const std::vector<T> values = open_->read<T>(group.path + "/" + v.name, from - s.first, until - from);
              for (std::size_t r = 0; r < until - from && v.values > 0; ++r)
                std::memcpy(rows_.data() + r * s.layout.bytes + v.offset, values.data() + r * v.values, v.values * sizeof(T));
            }
            return {};
          });
      for (std::size_t r = 0; r < until - from; ++r) spreads_[i](rows_.data() + r * s.layout.bytes, to + (from - first + r) * layout_.bytes);
    }
  }

 private:
  const std::vector<ShardFile>& shards_;
  const std::vector<std::uint8_t>& failed_;
  Layout layout_;
  std::vector<Spread> spreads_;
  std::optional<ResultReader> open_;
  std::size_t open_index_ = 0;
  std::vector<char> rows_;
};

/// The root attributes and columns of all shards.
StackedRuns stacked(const std::vector<ShardFile>& shards) {
  StackedRuns out;
  const ShardFile& any = shards.front();
  // In the order in which a sweep writes them (execute.cpp).
  for (const char* key : {"title", "source", "git_commit", "scenario", "scenario_sha256", "sweep", "sweep_sha256", "seed", "points", "replications", "past_scenario_sha256", "past_until"})
    if (const auto at = any.attributes.find(key); at != any.attributes.end()) out.attributes.emplace_back(key, at->second);
  out.attributes.emplace_back("shard", "1/1");
  for (const ShardFile& s : shards) {
    const ResultReader file(s.path);
    std::size_t column = 0;
    for (const Variable& v : file.variables("/runs")) {
      if (v.is_axis || v.name == "failed" || v.name == "error") continue;
      Array values = read_all(file, "/runs/" + v.name, v.type);
      if (&s == &any) {
        out.columns.push_back({v.name, std::move(values), meaning_of(v)});
      } else {
        std::visit([&](auto& mine) {
          const auto& more = std::get<std::decay_t<decltype(mine)>>(values);
          mine.insert(mine.end(), more.begin(), more.end());
        }, out.columns.at(column).values);
      }
      ++column;
    }
    const std::size_t before = out.failed.size();
    for (const std::uint8_t f : file.read<std::uint8_t>("/runs/failed")) out.failed.push_back(f);
    std::vector<std::string> errors = file.read<std::string>("/runs/error");
    for (std::size_t i = 0; i < errors.size(); ++i)
      if (!errors[i].empty()) out.error.emplace(before + i, std::move(errors[i]));
  }
  return out;
}

std::string missing_runs(std::size_t first, std::size_t last) {
  return first == last ? fmt::format("run {} is missing; give its shard", first) : fmt::format("runs {} to {} are missing; give their shards", first, last);
}

}  // namespace

MergeReport merge(const std::string& output, const std::vector<std::string>& paths, const MergeOptions& options) {
  { const OutputFile probe(output, options.overwrite); }  // the name is tried before any work
  std::vector<ShardFile> shards;
  for (const std::string& path : paths) shards.push_back(open_shard(path));
  const ShardFile& any = shards.front();
  for (const ShardFile& s : shards)
    for (const auto& [key, what] : {std::pair{"sweep_sha256", "sweep"}, {"scenario_sha256", "scenario"}, {"source", "version of the program"}, {"git_commit", "build of the program"}})
      if (text_of(s, key) != text_of(any, key)) throw InputError(s.path, "", fmt::format("is of another {} than {}", what, any.path));
  std::sort(shards.begin(), shards.end(), [](const ShardFile& a, const ShardFile& b) { return a.first != b.first ? a.first < b.first : a.count < b.count; });
  const std::size_t runs = whole_runs(any);
  std::size_t next = 0;
  for (const ShardFile& s : shards) {
    if (s.count == 0) continue;
    if (s.first < next) throw InputError(s.path, "", fmt::format("holds run {}, which another shard holds too", s.first));
    if (s.first > next) throw InputError(output, "", missing_runs(next, s.first - 1));
    next += s.count;
  }
  if (next != runs) throw InputError(output, "", missing_runs(next, runs - 1));

  const StackedRuns about = stacked(shards);
  MergeReport report{runs, 0, text_of(any, "sweep_sha256"), text_of(any, "scenario_sha256")};
  for (const std::uint8_t f : about.failed) report.failed += f;
  OutputFile file(output, options.overwrite);
  ShardValues values(shards, about.failed);
  if (options.standalone) {
    write_stacked(file.part().string(), about, values, {options.gzip}, options.go_on);
  } else {
    std::vector<StackedPart> parts;
    const fs::path folder = fs::absolute(output).parent_path();
    for (const ShardFile& s : shards) {
      if (s.count == 0 || s.layout.groups.empty()) continue;  // runs that failed are missing without a source
      parts.push_back({fs::proximate(fs::absolute(s.path), folder).string(), s.first, s.count, &s.layout});
    }
    write_virtual(file.part().string(), about, values.layout(), parts);
  }
  file.commit();
  return report;
}

}  // namespace tantu
