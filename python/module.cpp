// The part of the Python package `tantu` that is C++: runs, sweeps and the yardstick as arrays, without files.
//
// Everything comes back as plain structures (dicts, tuples, NumPy arrays) which tantu/__init__.py makes into
// xarray.Datasets. The interpreter lock is released while something is simulated; it is taken again a few times
// a second for progress and for Ctrl-C. Errors of the input are tantu.InputError, with the program's text.
#include <pybind11/functional.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "cli/version.hpp"
#include "results/equilibrium_table.hpp"
#include "results/run_file.hpp"
#include "results/stacked_file.hpp"
#include "scenarios/compose.hpp"
#include "scenarios/sweep/execute.hpp"
#include "scenarios/sweep/runner.hpp"
#include "sim/input_error.hpp"

namespace py = pybind11;

namespace tantu {
namespace {

using Clock = std::chrono::steady_clock;

/// Calls back into Python now and then; what that throws ends the work and is thrown at its end.
class Pulse {
 public:
  explicit Pulse(py::object progress) : progress_(std::move(progress)), owner_(std::this_thread::get_id()) {}

  /// From any thread, without the lock. False: stop.
  bool beat(std::size_t done, std::size_t of) {
    if (ended_) return false;
    // Only the thread that Python called may hear of signals.
    if (std::this_thread::get_id() != owner_) return true;
    const auto now = Clock::now();
    if (now - last_ < std::chrono::milliseconds(100)) return true;
    last_ = now;
    const py::gil_scoped_acquire lock;
    try {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      if (!progress_.is_none()) progress_(done, of);
    } catch (...) {
      error_ = std::current_exception();
      ended_ = true;
      return false;
    }
    return true;
  }
  /// With the lock.
  void end(std::size_t done, std::size_t of) {
    if (error_) std::rethrow_exception(error_);
    if (!progress_.is_none()) progress_(done, of);
  }

 private:
  py::object progress_;
  std::thread::id owner_;
  Clock::time_point last_ = Clock::now();
  std::exception_ptr error_;   // of the owner
  std::atomic<bool> ended_ = false;
};

py::object value_of(const AttributeValue& value) {
  return std::visit([](const auto& v) -> py::object { return py::cast(v); }, value);
}

py::dict attributes_of(const Attributes& attributes) {
  py::dict out;
  for (const auto& [name, value] : attributes) out[py::str(name)] = value_of(value);
  return out;
}

/// As a reader of the file sees it: units, long_name, scale_factor, _FillValue.
py::dict attributes_of(const Meaning& meaning, ElementType type, bool is_axis) {
  py::dict out;
  out["units"] = meaning.units;
  out["long_name"] = meaning.long_name;
  if (meaning.scale_factor != 1) out["scale_factor"] = meaning.scale_factor;
  for (const auto& [name, value] : meaning.more) out[py::str(name)] = value_of(value);
  if (!is_axis) switch (type) {
      case ElementType::uint8: out["_FillValue"] = py::array_t<std::uint8_t>(1, std::vector<std::uint8_t>{missing<std::uint8_t>()}.data())[py::int_(0)]; break;
      case ElementType::int32: out["_FillValue"] = py::array_t<std::int32_t>(1, std::vector<std::int32_t>{missing<std::int32_t>()}.data())[py::int_(0)]; break;
      case ElementType::int64: out["_FillValue"] = py::array_t<std::int64_t>(1, std::vector<std::int64_t>{missing<std::int64_t>()}.data())[py::int_(0)]; break;
      default: break;
    }
  return out;
}

py::object array_of(const Array& values, const std::vector<py::ssize_t>& shape) {
  return std::visit([&](const auto& v) -> py::object {
    using T = typename std::decay_t<decltype(v)>::value_type;
    if constexpr (std::is_same_v<T, std::string>) {
      return py::module_::import("numpy").attr("array")(py::cast(v), py::arg("dtype") = "object").attr("reshape")(py::cast(shape));
    } else {
      py::array_t<T> out(shape);
      std::copy(v.begin(), v.end(), out.mutable_data());
      return out;
    }
  }, values);
}

py::tuple variable(const std::vector<std::string>& axes, py::object values, py::dict attributes) {
  return py::make_tuple(py::cast(axes), std::move(values), std::move(attributes));
}

/// {"attrs": {...}, "groups": {"daily": {"attrs": {...}, "variables": {name: (axes, values, attrs)}}}}
py::dict structure(const Dataset& dataset) {
  py::dict groups;
  py::dict attrs;
  for (const DatasetGroup& group : dataset.groups()) {
    if (group.path() == "/") {
      attrs = attributes_of(group.attributes());
      continue;
    }
    py::dict variables;
    for (const DatasetVariable& v : group.variables()) {
      std::vector<py::ssize_t> shape;
      for (const std::string& axis : v.axes) shape.push_back(static_cast<py::ssize_t>(size_of(v.is_axis ? v.values : group.find(axis)->values)));
      variables[py::str(v.name)] = variable(v.axes, array_of(v.values, shape), attributes_of(v.meaning, element_type(v.values), v.is_axis));
    }
    py::dict one;
    one["attrs"] = attributes_of(group.attributes());
    one["variables"] = std::move(variables);
    groups[py::str(group.path().substr(1))] = std::move(one);
  }
  for (const DatasetTable& table : dataset.tables()) {
    py::dict variables;
    for (std::size_t c = 0; c < table.columns().size(); ++c) {
      const Column& column = table.columns()[c];
      variables[py::str(column.name)] = variable({"row"}, array_of(table.values()[c], {static_cast<py::ssize_t>(size_of(table.values()[c]))}),
                                                 attributes_of(column.meaning, column.type, true));
    }
    py::dict one;
    one["attrs"] = py::dict();
    one["variables"] = std::move(variables);
    groups[py::str(table.name())] = std::move(one);
  }
  py::dict out;
  out["attrs"] = std::move(attrs);
  out["groups"] = std::move(groups);
  return out;
}

/// What is asked for; market quality also where the scenario has it, as it is part of the daily and yearly figures.
RecordWishes wishes_of_names(const std::vector<std::string>& record, bool quality) {
  RecordWishes wishes{false, false, false, false, quality};
  for (const std::string& name : record) {
    if (name == "daily") wishes.daily = true;
    else if (name == "firms") wishes.firms = true;
    else if (name == "trades") wishes.trades = true;
    else if (name == "orders") wishes.orders = true;
    else if (name == "quality") wishes.quality = true;
    else throw InputError("record: \"" + name + "\" is not one of daily, firms, trades, orders, quality");
  }
  return wishes;
}

LoadedScenario load(const std::string& scenario, bool is_text, const std::vector<std::string>& overrides) {
  return is_text ? load_scenario_text(scenario, "scenario", overrides) : load_scenario(scenario, overrides);
}

py::dict run(const std::string& scenario, bool is_text, const std::vector<std::string>& overrides, const std::vector<std::string>& record, int threads, py::object progress) {
  std::unique_ptr<Dataset> dataset;
  Pulse pulse(std::move(progress));
  std::size_t days = 0;
  {
    const py::gil_scoped_release unlocked;
    const LoadedScenario loaded = load(scenario, is_text, overrides);
    Simulation simulation(compose(loaded));
    Recorder recorder(wishes_of_names(record, loaded.scenario.record.quality));
    Workers workers(threads);
    days = static_cast<std::size_t>(simulation.setup().last_day - simulation.setup().first_day + 1);
    if (simulation.live(recorder, workers, [&] { return pulse.beat(static_cast<std::size_t>(simulation.today() - simulation.setup().first_day + 1), days); })) {
      simulation.finish();
      dataset = std::make_unique<Dataset>(run_dataset(simulation, recorder,
                                                      {program_version, git_commit, loaded.scenario.name, loaded.resolved, loaded.hash, loaded.scenario.run.seed,
                                                       static_cast<std::uint32_t>(loaded.scenario.run.replication)}));
    }
  }
  pulse.end(days, days);
  return structure(*dataset);
}

/// The runs of a sweep that were computed, stacked.
py::dict stacked_structure(const StackedRuns& runs, const Layout& layout, const std::vector<RunRecord>& records, const std::map<std::string, Layout>& layouts) {
  const std::size_t n = records.size();
  std::vector<char> rows(n * layout.bytes);
  {
    const py::gil_scoped_release unlocked;
    std::map<std::string_view, Spread> spreads;
    const std::vector<char> nothing = missing_values(layout);
    for (std::size_t i = 0; i < n; ++i) {
      char* to = rows.data() + i * layout.bytes;
      if (records[i].failed) {
        std::copy(nothing.begin(), nothing.end(), to);
        continue;
      }
      auto at = spreads.find(*records[i].layout);
      if (at == spreads.end()) at = spreads.emplace(*records[i].layout, Spread(layouts.at(*records[i].layout), layout)).first;
      at->second(records[i].values.data(), to);
    }
  }
  const auto length = static_cast<py::ssize_t>(n);
  std::vector<std::int64_t> labels(n);
  for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<std::int64_t>(i);
  std::string coordinates;
  for (const RunColumn& column : runs.columns) coordinates += (coordinates.empty() ? "" : " ") + column.name;
  const auto with_columns = [&] {
    py::dict variables;
    variables["run"] = variable({"run"}, array_of(labels, {length}), attributes_of(Meaning{"1", "number of the run"}, ElementType::int64, true));
    for (const RunColumn& column : runs.columns)
      variables[py::str(column.name)] = variable({"run"}, array_of(column.values, {length}), attributes_of(column.meaning, element_type(column.values), true));
    return variables;
  };
  const auto group_of = [&](py::dict variables) {
    py::dict one, attrs;
    attrs["coordinates"] = coordinates;
    one["attrs"] = std::move(attrs);
    one["variables"] = std::move(variables);
    return one;
  };
  py::dict groups, about = with_columns();
  about["failed"] = variable({"run"}, array_of(runs.failed, {length}), attributes_of(Meaning{"1", "1 if the run failed; its values are then missing"}, ElementType::uint8, true));
  about["error"] = variable({"run"}, array_of(errors_of(runs), {length}), attributes_of(Meaning{"", "why it failed"}, ElementType::text, true));
  groups["runs"] = group_of(std::move(about));
  for (const LayoutGroup& group : layout.groups) {
    py::dict variables = with_columns();
    std::map<std::string, py::ssize_t> extent;
    for (const LayoutAxis& axis : group.axes) {
      extent[axis.name] = static_cast<py::ssize_t>(size_of(axis.labels));
      variables[py::str(axis.name)] = variable({axis.name}, array_of(axis.labels, {extent[axis.name]}), attributes_of(axis.meaning, element_type(axis.labels), true));
    }
    for (const LayoutVariable& v : group.variables) {
      std::vector<std::string> axes{"run"};
      std::vector<py::ssize_t> shape{length};
      for (const std::string& axis : v.axes) axes.push_back(axis), shape.push_back(extent[axis]);
      const auto fill = [&](auto t) -> py::object {
        py::array_t<decltype(t)> out(shape);
        char* to = reinterpret_cast<char*>(out.mutable_data());
        const std::size_t width = v.values * sizeof t;
        for (std::size_t i = 0; i < n; ++i) std::copy_n(rows.data() + i * layout.bytes + v.offset, width, to + i * width);
        return out;
      };
      py::object values;
      switch (v.type) {
        case ElementType::uint8: values = fill(std::uint8_t{}); break;
        case ElementType::int32: values = fill(std::int32_t{}); break;
        case ElementType::int64: values = fill(std::int64_t{}); break;
        case ElementType::float32: values = fill(float{}); break;
        case ElementType::float64: values = fill(double{}); break;
        case ElementType::text: continue;
      }
      variables[py::str(v.name)] = variable(axes, std::move(values), attributes_of(v.meaning, v.type, false));
    }
    groups[py::str(group.path.substr(1))] = group_of(std::move(variables));
  }
  py::dict out;
  out["attrs"] = attributes_of(runs.attributes);
  out["groups"] = std::move(groups);
  return out;
}

py::dict sweep(const std::string& sweep_text, bool is_text, const std::vector<std::string>& overrides, int jobs, py::object progress) {
  std::optional<SweepPlan> plan;
  std::vector<RunRecord> records;
  std::map<std::string, Layout> layouts;
  Layout layout;
  Pulse pulse(std::move(progress));
  {
    const py::gil_scoped_release unlocked;
    plan = is_text ? load_sweep_text(sweep_text, "sweep", "", overrides) : load_sweep(sweep_text, overrides);
    records.resize(plan->runs());
    std::vector<std::size_t> runs(plan->runs());
    for (std::size_t i = 0; i < runs.size(); ++i) runs[i] = i;
    std::atomic<std::size_t> done = 0;
    RunnerOptions options;
    options.jobs = jobs > 0 ? jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    options.go_on = [&] { return pulse.beat(done, runs.size()); };
    run_all(*plan, runs, options, [&](RunRecord record) {
      const std::size_t run = record.run;
      records[run] = std::move(record);
      ++done;
    });
    bool first = true;
    for (const RunRecord& record : records) {
      if (!record.layout || layouts.contains(*record.layout)) continue;
      const Layout mine = layouts.emplace(*record.layout, decode(*record.layout)).first->second;
      layout = first ? mine : unite(layout, mine);
      first = false;
    }
    refuse_taken_names(*plan, layout);
  }
  pulse.end(records.size(), records.size());
  StackedRuns about = describe_runs(*plan, 0, plan->runs(), {program_version, git_commit});
  for (std::size_t i = 0; i < records.size(); ++i) {
    about.failed[i] = records[i].failed;
    if (records[i].failed) about.error[i] = records[i].error;
  }
  return stacked_structure(about, layout, records, layouts);
}

/// CSV year,variable,value,market.
std::string equilibrium(const std::string& scenario, bool is_text, const std::vector<std::string>& overrides) {
  const py::gil_scoped_release unlocked;
  return equilibrium_csv(Simulation(compose(load(scenario, is_text, overrides))));
}

}  // namespace
}  // namespace tantu

PYBIND11_MODULE(_tantu, m) {
  using namespace tantu;
  m.doc() = "The simulator behind the package tantu.";
  static py::exception<InputError> input_error(m, "InputError", PyExc_ValueError);
  py::register_exception_translator([](std::exception_ptr p) {
    try {
      if (p) std::rethrow_exception(p);
    } catch (const InputError& error) {
      input_error(error.what());
    }
  });
  m.attr("__version__") = program_version;
  m.attr("commit") = git_commit;
  m.def("run", &run);
  m.def("sweep", &sweep);
  m.def("equilibrium", &equilibrium);
}
