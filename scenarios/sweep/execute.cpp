#include "scenarios/sweep/execute.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/layout.hpp"
#include "scenarios/sweep/blocks.hpp"
#include "scenarios/sweep/runner.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

/// What a folder of blocks says of itself; each part that differs has a word for it.
Json identity_of(const SweepPlan& plan, const SweepOptions& options) {
  const Shard shard = options.shard.value_or(Shard{});
  return {{"schema_version", 1},
          {"program", options.program.version + " (" + options.program.commit + ")"},
          {"scenario_sha256", plan.base().hash},
          {"sweep_sha256", plan.hash()},
          {"past_sha256", options.past ? options.past->hash() : std::string()},
          {"shard", fmt::format("{}/{}", shard.index, shard.of)}};
}

[[noreturn]] void refuse_other(const std::string& output, const Json& there, const Json& mine) {
  const auto differs = [&](const char* key) { return !there.contains(key) || there.at(key) != mine.at(key); };
  const char* what = differs("program") ? "the program has changed" : differs("scenario_sha256") ? "the scenario has changed" : differs("sweep_sha256") ? "the sweep has changed" : differs("past_sha256") ? "the saved state has changed" : "it is another shard";
  std::string detail;
  if (differs("program") && there.contains("program") && there.at("program").is_string())
    detail = fmt::format(" ({} then, {} now)", shown(there.at("program").get<std::string>()), mine.at("program").get<std::string>());
  throw InputError(output, "", fmt::format("cannot be resumed: {} since it was begun{}; start over with --force", what, detail));
}

/// Whether the finished file is that of this sweep.
bool is_of(const std::string& output, const Json& identity) {
  try {
    const auto attributes = ResultReader(output).attributes();
    const auto text = [&](const char* key) {
      const auto at = attributes.find(key);
      const auto* value = at == attributes.end() ? nullptr : std::get_if<std::string>(&at->second);
      return value ? *value : std::string();
    };
    return text("sweep_sha256") == identity.at("sweep_sha256") && text("shard") == identity.at("shard") &&
           text("source") + " (" + text("git_commit") + ")" == "tantu " + identity.at("program").get<std::string>();
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.index);
  const bool slash = first.ec == std::errc{} && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, shard.of) : first;
  if (!slash || second.ec != std::errc{} || second.ptr != end) throw InputError("--shard " + shown(text) + ": is not I/N, e.g. --shard 3/8");
  if (shard.of == 0 || shard.of > 1'000'000) throw InputError("--shard " + shown(text) + ": the number of shards is not in [1, 1000000]");
  if (shard.index == 0 || shard.index > shard.of) throw InputError(fmt::format("--shard {}: {} is not in [1, {}]", shown(text), shard.index, shard.of));
  return shard;
}

StackedRuns describe_runs(const SweepPlan& plan, std::size_t first, std::size_t last, const ProgramVersion& program, const SavedPast* past) {
  StackedRuns out;
  out.first_run = static_cast<std::int64_t>(first);
  const LoadedScenario& base = plan.base();
  out.attributes = {{"title", plan.sweep().name},
                    {"source", "tantu " + program.version},
                    {"git_commit", program.commit},
                    {"scenario", base.resolved},
                    {"scenario_sha256", base.hash},
                    {"sweep", plan.text()},
                    {"sweep_sha256", plan.hash()},
                    {"seed", static_cast<std::int64_t>(base.scenario.run.seed)},
                    {"points", static_cast<std::int64_t>(plan.points())},
                    {"replications", static_cast<std::int64_t>(plan.replications())}};
  if (past) {
    out.attributes.emplace_back("past_scenario_sha256", past->scenario_hash());
    out.attributes.emplace_back("past_until", to_string(past->day()));
  }
  const std::size_t n = last - first;
  for (std::size_t f = 0; f < plan.factors().size(); ++f) {
    const PlannedFactor& factor = plan.factors()[f];
    Meaning meaning{factor.is_numeric() ? "1" : "", "factor " + factor.path, 1, {{"path", factor.path}}};
    if (factor.is_numeric()) {
      std::vector<double> values(n);
      for (std::size_t i = 0; i < n; ++i) values[i] = plan.value(plan.point_of(first + i), f);
      out.columns.push_back({factor.name, std::move(values), std::move(meaning)});
    } else {
      std::vector<std::string> values(n);
      for (std::size_t i = 0; i < n; ++i) values[i] = plan.value_text(plan.point_of(first + i), f);
      out.columns.push_back({factor.name, std::move(values), std::move(meaning)});
    }
  }
  std::vector<std::int64_t> replication(n);
  for (std::size_t i = 0; i < n; ++i) replication[i] = plan.replication_of(first + i);
  out.columns.push_back({"replication", std::move(replication), {"1", "replication: equal numbers have equal random numbers"}});
  out.failed.resize(n);
  return out;
}

void refuse_taken_names(const SweepPlan& plan, const Layout& layout) {
  for (const PlannedFactor& factor : plan.factors())
    for (const LayoutGroup& group : layout.groups) {
      const bool taken = std::any_of(group.axes.begin(), group.axes.end(), [&](const LayoutAxis& a) { return a.name == factor.name; }) ||
                         std::any_of(group.variables.begin(), group.variables.end(), [&](const LayoutVariable& v) { return v.name == factor.name; });
      if (taken) throw InputError(fmt::format("{}/name: \"{}\" is what {}/{} is called in the results; give the factor another \"name\"", factor.place, factor.name, group.path, factor.name));
    }
}

SweepReport execute(const SweepPlan& plan, const SweepOptions& options) {
  const Shard shard = options.shard.value_or(Shard{});
  const std::size_t first = shard.first(plan.runs()), last = shard.last(plan.runs());
  const Json identity = identity_of(plan, options);
  const fs::path folder = options.output + ".parts";
  std::error_code ignored;
  SweepReport report;
  report.runs = last - first;
  if (options.resume && !options.force && fs::exists(options.output, ignored)) {
    if (!is_of(options.output, identity)) throw InputError(options.output, "", "exists and is not the dataset of this sweep; choose another name with -o or start over with --force");
    if (fs::exists(folder, ignored)) BlockFolder(folder, options.before).remove();
    report.was_complete = true;
    const ResultReader file(options.output);
    for (const std::uint8_t failed : file.read<std::uint8_t>("/runs/failed")) report.failed += failed;
    return report;
  }
  // An existing dataset is the plainer reason, and stays one when the folder is gone.
  if (!fs::exists(options.output, ignored) && fs::exists(folder, ignored) && !options.resume && !options.force)
    throw InputError(options.output, "", "an unfinished sweep lies in " + folder.string() + "; finish it with --resume or start over with --force");
  // The name is tried before any work; the lock of the folder keeps others away meanwhile.
  { const OutputFile probe(options.output, options.force ? Overwrite::allow : Overwrite::refuse); }

  BlockFolder blocks(folder, options.before);
  const std::string there = blocks.plan();
  if (options.force || there.empty()) {
    blocks.clear();
    blocks.write_plan(identity.dump(2) + "\n");
  } else if (const Json other = Json::parse(there, nullptr, false); other != identity) {
    refuse_other(options.output, other.is_object() ? other : Json::object(), identity);
  }

  BlockFolder::Found found = blocks.find();
  SweepProgress progress{report.runs, found.runs.size(), 0, 0, false};
  std::vector<std::size_t> pending;
  {
    std::size_t at = 0;
    for (std::size_t run = first; run < last; ++run) {
      if (at < found.runs.size() && found.runs[at].run == run) progress.failed += found.runs[at++].failed;
      else pending.push_back(run);
    }
    if (at != found.runs.size()) throw std::runtime_error(folder.string() + ": holds runs that are not of this shard");
  }
  const std::size_t found_before = found.runs.size();
  found = {};

  std::vector<RunRecord> gathered;
  std::size_t gathered_bytes = 0;
  double oldest = options.seconds();
  const auto flush = [&] {
    if (!gathered.empty()) blocks.write(gathered);
    gathered.clear();
    gathered_bytes = 0;
  };
  std::shared_ptr<const std::string> known_layout;
  // Also when no run comes for a while, or none any more because somebody has interrupted.
  const auto flush_if_due = [&] {
    if (gathered_bytes >= options.block_bytes || (!gathered.empty() && (options.seconds() - oldest >= options.save_every || !options.go_on()))) flush();
  };
  options.progress(progress);
  bool all = false;
  try {
    all = run_all(plan, pending, {options.jobs, options.keep_going, options.past.get(), options.go_on, flush_if_due}, [&](RunRecord record) {
      if (record.layout && record.layout != known_layout) {
        known_layout = record.layout;
        refuse_taken_names(plan, decode(*known_layout));
      }
      if (gathered.empty()) oldest = options.seconds();
      gathered_bytes += record.values.size() + record.error.size() + sizeof record;
      progress.failed += record.failed;
      gathered.push_back(std::move(record));
      ++progress.done;
      options.progress(progress);
      flush_if_due();
    });
  } catch (const InputError&) {
    if (found_before == 0) blocks.remove();  // nothing was kept
    throw;
  }
  flush();
  report.computed = progress.done;
  pending = {};
  found = blocks.find(report.runs);
  if (!all || found.runs.size() != report.runs) {
    const std::string why = !options.keep_going && progress.failed ? "a run failed" : "interrupted";
    throw SweepInterrupted(fmt::format("{} after {} of {} runs, which are kept; go on with --resume", why, found.runs.size(), report.runs));
  }

  progress.writing = true;
  options.progress(progress);
  StackedRuns runs = describe_runs(plan, first, last, options.program, options.past.get());
  runs.attributes.emplace_back("shard", fmt::format("{}/{}", shard.index, shard.of));
  for (std::size_t i = 0; i < found.runs.size(); ++i) {
    const BlockFolder::Stored& stored = found.runs[i];
    if (!stored.failed) continue;
    runs.failed[i] = 1;
    runs.error[i] = found.errors[stored.run];
    if (report.failed++ == 0) report.first_error = fmt::format("run {}: {}", stored.run, runs.error[i]);
  }
  OutputFile file(options.output, options.force ? Overwrite::allow : Overwrite::refuse, options.before);
  {
    BlockValues values(found);
    if (options.before) options.before(OutputStep::write);
    try {
      write_stacked(file.part().string(), runs, values, {options.gzip}, options.go_on);
    } catch (const std::runtime_error&) {
      if (!options.go_on()) throw SweepInterrupted(fmt::format("interrupted after all {} runs, which are kept; go on with --resume", report.runs));
      throw;
    }
  }
  file.commit();
  blocks.remove();
  return report;
}

RunCost cost_of_first_run(const SweepPlan& plan, const SavedPast* past) {
  RunCost cost;
  Layout layout;
  try {
    const auto dataset = simulate(plan.scenario_of(0), wishes_of(plan.sweep()), past, [] { return true; });
    layout = layout_of(*dataset);
    cost.bytes = layout.bytes;
    // What HDF5 keeps of a variable, its attributes and its index of chunks.
    for (const LayoutGroup& group : layout.groups) cost.frame += 4096 * (group.variables.size() + group.axes.size() + plan.factors().size() + 2);
  } catch (const std::exception& error) {
    cost.error = error.what();
  }
  refuse_taken_names(plan, layout);
  return cost;
}

}  // namespace tantu
