#include "results/stacked_file.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tantu {

namespace {

constexpr std::size_t window_bytes = std::size_t{4} << 20;
constexpr std::size_t most_window = 1024;

ArrayView view_of_bytes(ElementType type, const char* bytes, std::size_t n) {
  switch (type) {
    case ElementType::uint8: return std::span(reinterpret_cast<const std::uint8_t*>(bytes), n);
    case ElementType::int32: return std::span(reinterpret_cast<const std::int32_t*>(bytes), n);
    case ElementType::int64: return std::span(reinterpret_cast<const std::int64_t*>(bytes), n);
    case ElementType::float32: return std::span(reinterpret_cast<const float*>(bytes), n);
    case ElementType::float64: return std::span(reinterpret_cast<const double*>(bytes), n);
    case ElementType::text: break;
  }
  throw std::logic_error("text is not stacked");
}

void write_columns(ResultGroup& group, const StackedRuns& runs) {
  std::vector<std::int64_t> labels(runs.failed.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = runs.first_run + static_cast<std::int64_t>(i);
  group.axis("run", std::span<const std::int64_t>(labels), {"1", "number of the run"});
  for (const RunColumn& column : runs.columns) group.variable(column.name, {"run"}, view_of(column.values), column.meaning);
}

/// Root attributes, /runs, and every group with its axes; `each` makes a variable over them.
template <class Each>
void write_frame(ResultFile& file, const StackedRuns& runs, const Layout& layout, Each each) {
  ResultGroup root = file.root();
  for (const auto& [name, value] : runs.attributes) root.attribute(name, value);
  ResultGroup about = file.group("/runs");
  write_columns(about, runs);
  // CF names the coordinates that are not axes; xarray then shows factors beside every variable.
  std::string coordinates;
  for (const RunColumn& column : runs.columns) coordinates += (coordinates.empty() ? "" : " ") + column.name;
  const auto beside = [&](Meaning meaning) {
    if (!coordinates.empty()) meaning.more.emplace_back("coordinates", coordinates);
    return meaning;
  };
  about.variable("failed", {"run"}, std::span<const std::uint8_t>(runs.failed), beside({"1", "1 if the run failed; its values are then missing"}));
  about.variable("error", {"run"}, std::span<const std::string>(errors_of(runs)), beside({"", "why it failed"}));
  for (const LayoutGroup& from : layout.groups) {
    ResultGroup group = file.group(from.path);
    write_columns(group, runs);
    for (const LayoutAxis& axis : from.axes) group.axis(axis.name, view_of(axis.labels), axis.meaning);
    for (const LayoutVariable& v : from.variables) {
      std::vector<std::string> axes{"run"};
      axes.insert(axes.end(), v.axes.begin(), v.axes.end());
      each(group, from, v, axes, beside(v.meaning));
    }
  }
}

}  // namespace

std::vector<std::string> errors_of(const StackedRuns& runs) {
  std::vector<std::string> all(runs.failed.size());
  for (const auto& [run, error] : runs.error) all[run] = error;
  return all;
}

std::size_t window_of(const Layout& layout, std::size_t runs) {
  const std::size_t fitting = std::max<std::size_t>(1, window_bytes / std::max<std::size_t>(1, layout.bytes));
  return std::max<std::size_t>(1, std::min({fitting, runs, most_window}));
}

void write_stacked(const std::string& path, const StackedRuns& runs, RunValues& values, Storage storage, const std::function<bool()>& go_on) {
  const Layout& layout = values.layout();
  const std::size_t n = runs.failed.size(), window = window_of(layout, n);
  ResultFile file(path, storage);
  struct Target { const LayoutVariable* variable; BlockVariable blocks; std::size_t row_bytes; };
  std::vector<Target> targets;
  write_frame(file, runs, layout, [&](ResultGroup& group, const LayoutGroup&, const LayoutVariable& v, const std::vector<std::string>& axes, const Meaning& meaning) {
    targets.push_back({&v, group.blocks(v.name, axes, v.type, meaning, window), v.values * bytes_of(v.type)});
  });

  std::vector<char> rows(window * layout.bytes), column;
  for (std::size_t first = 0; first < n; first += window) {
    if (!go_on()) throw std::runtime_error("interrupted");
    const std::size_t count = std::min(window, n - first);
    values.read(first, count, rows.data());
    for (Target& target : targets) {
      if (target.row_bytes == 0) continue;
      column.resize(count * target.row_bytes);
      for (std::size_t i = 0; i < count; ++i)
        std::memcpy(column.data() + i * target.row_bytes, rows.data() + i * layout.bytes + target.variable->offset, target.row_bytes);
      target.blocks.append(view_of_bytes(target.variable->type, column.data(), count * target.variable->values));
    }
  }
  file.close();
}

void write_virtual(const std::string& path, const StackedRuns& runs, const Layout& layout, const std::vector<StackedPart>& parts) {
  ResultFile file(path);
  const auto named = [](const auto& all, const std::string& name) { return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; }); };
  const auto at = [](const Layout& all, const std::string& path) { return std::find_if(all.groups.begin(), all.groups.end(), [&](const LayoutGroup& g) { return g.path == path; }); };
  write_frame(file, runs, layout, [&](ResultGroup& group, const LayoutGroup& whole, const LayoutVariable& v, const std::vector<std::string>& axes, const Meaning& meaning) {
    std::vector<VirtualSource> sources;
    for (const StackedPart& part : parts) {
      const auto theirs = at(*part.layout, whole.path);
      if (theirs == part.layout->groups.end() || named(theirs->variables, v.name) == theirs->variables.end()) continue;
      VirtualSource& source = sources.emplace_back(VirtualSource{part.file, part.first, part.count, {}});
      for (const std::string& axis : v.axes) source.places.push_back(places_of(named(theirs->axes, axis)->labels, named(whole.axes, axis)->labels));
    }
    group.virtual_variable(v.name, axes, v.type, meaning, sources);
  });
  file.close();
}

}  // namespace tantu
