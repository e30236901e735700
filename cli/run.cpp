// tantu run: one run of a scenario, results to HDF5.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/version.hpp"
#include "results/manifest.hpp"
#include "results/output_file.hpp"
#include "results/run_file.hpp"
#include "results/summary.hpp"
#include "scenarios/compose.hpp"
#include "scenarios/saved_state.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

struct Options {
  std::string scenario, output, until, save_state, from_state;
  std::vector<std::string> set, record;
  std::optional<std::uint64_t> seed;
  int threads = 1, gzip = 4;
  bool force = false;
};

/// A bar on standard error, where that is a terminal.
class ProgressBar {
 public:
  explicit ProgressBar(int total) : total_(total), on_(isatty(STDERR_FILENO) != 0) {}
  ~ProgressBar() { if (drawn_) fmt::print(stderr, "\r{:60}\r", ""); }
  void show(int done, Day day) {
    if (!on_ || done * 40 / total_ == shown_) return;
    shown_ = done * 40 / total_;
    drawn_ = true;
    fmt::print(stderr, "\r{} [{:<40}] {:3}%", to_string(day), std::string(static_cast<std::size_t>(shown_), '#'), done * 100 / total_);
    std::fflush(stderr);
  }

 private:
  int total_, shown_ = -1;
  bool on_, drawn_ = false;
};

RecordWishes wishes_of(const RecordParameters& record, const std::vector<std::string>& asked) {
  RecordWishes wishes{record.daily, record.firms, record.trades, record.orders, record.quality};
  for (const std::string& name : asked) {
    if (name == "daily") wishes.daily = true;
    else if (name == "firms") wishes.firms = true;
    else if (name == "trades") wishes.trades = true;
    else if (name == "orders") wishes.orders = true;
    else if (name == "quality") wishes.quality = true;
    else throw InputError("--record: \"" + name + "\" is not one of daily, firms, trades, orders, quality");
  }
  return wishes;
}

/// The day of --until: state is saved after the last trading day up to it.
Day day_until(const Options& options, const RunParameters& run) {
  if (options.until.empty() != options.save_state.empty()) throw InputError("tantu run: --until and --save-state belong together");
  if (options.until.empty()) return never;
  const auto day = parse_day(options.until);
  if (!day) throw InputError("--until: \"" + options.until + "\" is not a date (YYYY-MM-DD)");
  if (*day < run.first_day || *day >= run.last_day)
    throw InputError(fmt::format("--until: {} is not in the run, {} to the day before {}", options.until, to_string(run.first_day), to_string(run.last_day)));
  return *day;
}

Day next_trading_day(const Simulation& simulation) {
  Day next = never;
  for (const Market& market : simulation.markets()) next = std::min(next, market.rules().calendar.first_on_or_after(simulation.today() + 1));
  return next;
}

int run(const Options& options, const std::vector<std::string>& command_line) {
  const auto started = std::chrono::system_clock::now();
  std::vector<std::string> overrides = options.set;
  if (options.seed) overrides.push_back("run.seed=" + std::to_string(*options.seed));
  const LoadedScenario loaded = load_scenario(options.scenario, overrides);
  Recorder recorder(wishes_of(loaded.scenario.record, options.record));
  const ProgramVersion program{program_version, git_commit};
  const Day until = day_until(options, loaded.scenario.run);
  std::optional<SavedPast> past;
  if (!options.from_state.empty()) past.emplace(options.from_state, program);
  const std::string target = options.output.empty() ? fmt::format("{}-{}.h5", loaded.scenario.name, loaded.scenario.run.seed) : options.output;
  std::optional<OutputFile> file;
  if (until == never) {
    file.emplace(target, options.force ? Overwrite::allow : Overwrite::refuse);
    note_unfinished(file->part().string());
  }

  Simulation simulation = past ? past->go_on(loaded, recorder) : Simulation(compose(loaded));
  const SimulationSetup* setup = &simulation.setup();
  Workers workers(options.threads);
  const int days = setup->last_day - setup->first_day + 1;
  {
    ProgressBar bar(days);
    // A state is saved after the last trading day up to its date.
    if (past && past->day() >= until) throw InputError("--until: " + options.until + " is not after the day of " + options.from_state + ", " + to_string(past->day()));
    const auto go_on = [&] {
      if (until != never && next_trading_day(simulation) > until) return false;
      bar.show(simulation.today() - setup->first_day + 1, simulation.today());
      return !interrupted();
    };
    const bool lived = simulation.live(recorder, workers, go_on);
    if (interrupted()) throw std::runtime_error("interrupted on " + to_string(simulation.today()) + "; nothing is written");
    if (!lived) {
      save_past(options.save_state, loaded, simulation, recorder, program, options.force ? Overwrite::allow : Overwrite::refuse);
      fmt::print("{}: {} firms, {} to {}; the state is in {}\n", loaded.scenario.name, setup->traits.size(), to_string(setup->first_day), to_string(simulation.today()), options.save_state);
      return 0;
    }
  }
  simulation.finish();
  const std::vector<Efficiency> efficiency = efficiencies(simulation);
  Dataset dataset = run_dataset(simulation, recorder,
                                {program_version, git_commit, loaded.scenario.name, loaded.resolved, loaded.hash, loaded.scenario.run.seed,
                                 static_cast<std::uint32_t>(loaded.scenario.run.replication)}, efficiency);
  if (past && past->scenario_hash() != loaded.hash) {
    dataset.root().attribute("past_scenario_sha256", past->scenario_hash());
    dataset.root().attribute("past_until", to_string(past->day()));
  }
  write_dataset(file->part().string(), dataset, {options.gzip});
  if (interrupted()) throw std::runtime_error("interrupted; nothing is written");
  file->commit();
  note_unfinished("");
  write_manifest({.dataset = target, .program_version = program_version, .git_commit = git_commit, .command_line = command_line,
                  .started = started, .finished = std::chrono::system_clock::now(), .threads = options.threads, .gzip = options.gzip});
  const double seconds = std::chrono::duration<double>(std::chrono::system_clock::now() - started).count();
  fmt::print("{}: {} firms, {} to {}, seed {}\n\n{}\n{} written in {:.2f} s\n", loaded.scenario.name, setup->traits.size(),
             to_string(setup->first_day), to_string(setup->last_day), loaded.scenario.run.seed, summary_table(simulation, recorder, efficiency), target, seconds);
  return 0;
}

}  // namespace

Command add_run_command(CLI::App& app, std::vector<std::string> command_line) {
  auto* sub = app.add_subcommand("run", "Simulate a scenario once; results to HDF5, a summary to the screen.\n"
                                        "Example: tantu run china-national --seed 7 --set policies.banking.rule=unlimited -o out.h5");
  auto o = std::make_shared<Options>();
  sub->add_option("SCENARIO", o->scenario, "a preset's name (tantu scenarios) or a file")->required();
  sub->add_option("-o,--output", o->output, "results; SCENARIO-SEED.h5 in this folder if not given");
  sub->add_option("--seed", o->seed, "seed of all random draws, instead of the scenario's")
      ->check([](const std::string& text) {
        std::uint64_t seed = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
        return error == std::errc{} && end == text.data() + text.size() ? std::string() : fmt::format("\"{}\" is not a whole number from 0 to 18446744073709551615", text);
      }, "", "");
  sub->add_option("--set", o->set, "path.to.key=value, any path of the scenario, repeated")->allow_extra_args(false);
  sub->add_option("--until", o->until, "stop after this day and save the state instead of results")->needs(sub->add_option("--save-state", o->save_state, "where to save it"));
  sub->add_option("--from-state", o->from_state, "go on from a saved state, with the policies, exchange rules and last day that SCENARIO and --set give from then on");
  sub->add_option("--record", o->record, "daily,firms,trades,orders,quality: besides what the scenario records")->delimiter(',')->allow_extra_args(false);
  sub->add_flag("--force", o->force, "overwrite an existing file");
  sub->add_option("--threads", o->threads, "threads of this run; never changes a result")->check(CLI::Range(1, 1024));
  sub->add_option("--gzip", o->gzip, "compression of the results, 0 to 9; never changes a value")->check(CLI::Range(0, 9));
  return [o, command_line = std::move(command_line)] {
    catch_interrupts();
    return run(*o, command_line);
  };
}

}  // namespace tantu
