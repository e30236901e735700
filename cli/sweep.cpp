// tantu sweep: a design of experiments over a scenario, one dataset at the end.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/sweep_commands.hpp"
#include "cli/version.hpp"
#include "results/manifest.hpp"
#include "scenarios/sweep/execute.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string sweep, output, shard, from_state;
  std::vector<std::string> set;
  int jobs = 0, gzip = 4;
  double save_every = 5;
  bool resume = false, force = false, dry_run = false, fail_fast = false, keep_going = false;
};

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string size_text(double bytes) {
  if (bytes < 1e4) return fmt::format("{:.0f} bytes", bytes);
  if (bytes < 1e6) return fmt::format("{:.0f} kB", bytes / 1e3);
  if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.1f} GB", bytes / 1e9);
}

/// Rate and remaining time on standard error, where that is a terminal.
class SweepBar {
 public:
  SweepBar() : on_(isatty(STDERR_FILENO) != 0), began_(Clock::now()) {}
  ~SweepBar() { if (drawn_) fmt::print(stderr, "\r{:78}\r", ""); }
  void show(const SweepProgress& p) {
    const auto now = Clock::now();
    if (!on_ || (now - shown_ < std::chrono::milliseconds(100) && !p.writing)) return;
    shown_ = now;
    drawn_ = true;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = seconds > 0 ? static_cast<double>(p.done) / seconds : 0;
    const std::size_t finished = p.before + p.done;
    std::string text = fmt::format("{} of {} runs", finished, p.runs);
    if (p.failed) text += fmt::format(", {} failed", p.failed);
    if (p.writing) text += ", writing";
    else if (p.done > 0) text += fmt::format(", {:.{}f} runs/s, {} left", rate, rate < 10 ? 1 : 0, duration_text(static_cast<double>(p.runs - finished) / rate));
    const std::size_t filled = p.runs ? 20 * finished / p.runs : 20;
    fmt::print(stderr, "\r[{:<20}] {:<55}", std::string(filled, '#'), text);
    std::fflush(stderr);
  }

 private:
  bool on_, drawn_ = false;
  Clock::time_point began_, shown_;
};

int dry_run(const SweepPlan& plan, const SavedPast* past, std::size_t runs, int jobs) {
  const auto began = Clock::now();
  const RunCost cost = cost_of_first_run(plan, past);
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  fmt::print("{}: {} points x {} replication{} of {}\n", plan.sweep().name, plan.points(), plan.replications(), plan.replications() == 1 ? "" : "s", plan.base().scenario.name);
  for (std::size_t f = 0; f < plan.factors().size(); ++f) {
    const PlannedFactor& factor = plan.factors()[f];
    std::vector<std::string> seen;
    for (std::size_t p = 0; p < plan.points() && seen.size() < 7; ++p)
      if (const std::string text = plan.value_text(p, f); std::find(seen.begin(), seen.end(), text) == seen.end()) seen.push_back(text);
    std::string values;
    for (std::size_t i = 0; i < seen.size(); ++i) values += i == 6 ? ", ..." : (i ? ", " : "") + seen[i];
    fmt::print("  {:<20} {}: {}\n", factor.name, factor.path, values);
  }
  fmt::print("{} runs\n", runs);
  if (!cost.error.empty()) {
    fmt::print(stderr, "run 0: {}\n", cost.error);
    return 1;
  }
  fmt::print("at most {} on disk ({} a run before compression)\nabout {} with {} job{} ({:.3f} s a run, measured on the first)\n",
             size_text(static_cast<double>(runs) * static_cast<double>(cost.bytes) + static_cast<double>(cost.frame)), size_text(static_cast<double>(cost.bytes)),
             duration_text(static_cast<double>(runs) * seconds / jobs), jobs, jobs == 1 ? "" : "s", seconds);
  return 0;
}

int sweep(const Options& o, const std::vector<std::string>& command_line) {
  const auto started = std::chrono::system_clock::now();
  const SweepPlan plan = load_sweep(o.sweep, o.set);
  SweepOptions options;
  if (!o.shard.empty()) options.shard = parse_shard(o.shard);
  options.jobs = o.jobs > 0 ? o.jobs : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Shard shard = options.shard.value_or(Shard{});
  if (!o.from_state.empty()) options.past = std::make_shared<const SavedPast>(o.from_state, ProgramVersion{program_version, git_commit});
  if (o.dry_run) return dry_run(plan, options.past.get(), shard.last(plan.runs()) - shard.first(plan.runs()), options.jobs);
  options.output = !o.output.empty() ? o.output : plan.sweep().name + (shard.of > 1 ? fmt::format("-{}-of-{}", shard.index, shard.of) : "") + ".h5";
  options.resume = o.resume;
  options.force = o.force;
  options.keep_going = !o.fail_fast;
  options.gzip = o.gzip;
  options.save_every = o.save_every;
  options.program = {program_version, git_commit};
  options.go_on = [] { return !interrupted(); };
  const auto began = Clock::now();
  options.seconds = [began] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  SweepReport report;
  {
    SweepBar bar;
    options.progress = [&](const SweepProgress& p) { bar.show(p); };
    report = execute(plan, options);
  }
  write_manifest({.dataset = options.output, .program_version = program_version, .git_commit = git_commit, .command_line = command_line,
                  .started = started, .finished = std::chrono::system_clock::now(), .threads = options.jobs, .gzip = o.gzip,
                  .more = {{"sweep_sha256", plan.hash()}, {"scenario_sha256", plan.base().hash}, {"shard", fmt::format("{}/{}", shard.index, shard.of)},
                           {"runs", std::to_string(report.runs)}, {"failed", std::to_string(report.failed)}}});
  if (report.was_complete) {
    fmt::print("{} is complete already, {} runs, {} failed\n", options.output, report.runs, report.failed);
    return report.failed == 0 ? 0 : 1;
  }
  const double seconds = options.seconds();
  fmt::print("{}: {} runs, {} computed now, {} failed; {} written in {:.2f} s, {:.0f} runs/s\n", plan.sweep().name, report.runs, report.computed, report.failed,
             options.output, seconds, static_cast<double>(report.computed) / std::max(seconds, 1e-9));
  if (report.failed == 0) return 0;
  std::fflush(stdout);
  fmt::print(stderr, "{} of {} runs failed; {}\n", report.failed, report.runs, report.first_error);
  return 1;
}

}  // namespace

Command add_sweep_command(CLI::App& app, std::vector<std::string> command_line) {
  auto* sub = app.add_subcommand("sweep", "A design of experiments over a scenario: many runs in parallel, one dataset (docs/sweeps.md).\n"
                                          "Example: tantu sweep banking.json --jobs 8 -o banking.h5");
  auto o = std::make_shared<Options>();
  sub->add_option("SWEEP", o->sweep, "JSON file: scenario, factors, design (tantu schema --as sweep)")->required();
  sub->add_option("-o,--output", o->output, "the dataset; NAME.h5 in this folder if not given");
  sub->add_option("-j,--jobs", o->jobs, "runs at a time; the number of processors if not given; never changes a result")->check(CLI::Range(1, 1024));
  sub->add_flag("-n,--dry-run", o->dry_run, "only say how many runs, how much disk and about how long");
  sub->add_flag("--resume", o->resume, "go on with a sweep that was interrupted");
  sub->add_option("--shard", o->shard, "I/N: only the I-th of N equal parts, for several machines; put together by tantu merge");
  sub->add_option("--from-state", o->from_state, "all runs go on from this saved state (tantu run --until), their factors act from then on");
  sub->add_option("--set", o->set, "path.to.key=value of the scenario, before the factors; repeated")->allow_extra_args(false);
  auto* keep = sub->add_flag("--keep-going", o->keep_going, "record a run that fails and go on (what it does anyway)");
  sub->add_flag("--fail-fast", o->fail_fast, "stop at the first run that fails")->excludes(keep);
  sub->add_flag("--force", o->force, "overwrite existing results and start over");
  sub->add_option("--save-every", o->save_every, "seconds that a finished run waits at most until it is safe from a kill, 5 if not given; never changes a result")->check(CLI::Range(0.0, 3600.0));
  sub->add_option("--gzip", o->gzip, "compression of the results, 0 to 9; never changes a value")->check(CLI::Range(0, 9));
  return [o, command_line = std::move(command_line)] {
    catch_interrupts("tantu: interrupted; finished runs are kept; go on with --resume\n");
    return sweep(*o, command_line);
  };
}

}  // namespace tantu
