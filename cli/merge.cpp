// tantu merge: shards of a sweep into one dataset.
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/sweep_commands.hpp"
#include "cli/version.hpp"
#include "results/manifest.hpp"
#include "scenarios/sweep/merge.hpp"

namespace tantu {

Command add_merge_command(CLI::App& app, std::vector<std::string> command_line) {
  auto* sub = app.add_subcommand("merge", "Shards of a sweep into one dataset, which reads through to them or stands alone (docs/sweeps.md).\n"
                                          "Example: tantu merge caps.h5 caps-*-of-8.h5");
  struct Options { std::string output; std::vector<std::string> shards; MergeOptions merge; bool force = false; };
  auto o = std::make_shared<Options>();
  sub->add_option("OUT", o->output, "the dataset to write")->required();
  sub->add_option("SHARD", o->shards, "what tantu sweep --shard I/N has written, with their manifests")->required();
  sub->add_flag("--standalone", o->merge.standalone, "copy all values, so that the shards may go");
  sub->add_flag("--force", o->force, "overwrite an existing file");
  sub->add_option("--gzip", o->merge.gzip, "compression of a standalone file, 0 to 9")->check(CLI::Range(0, 9));
  return [o, command_line = std::move(command_line)] {
    catch_interrupts();
    const auto started = std::chrono::system_clock::now();
    o->merge.overwrite = o->force ? Overwrite::allow : Overwrite::refuse;
    o->merge.go_on = [] { return !interrupted(); };
    const MergeReport report = merge(o->output, o->shards, o->merge);
    write_manifest({.dataset = o->output, .program_version = program_version, .git_commit = git_commit, .command_line = command_line,
                    .started = started, .finished = std::chrono::system_clock::now(), .gzip = o->merge.gzip,
                    .more = {{"sweep_sha256", report.sweep_hash}, {"scenario_sha256", report.scenario_hash}, {"shard", "1/1"},
                             {"runs", std::to_string(report.runs)}, {"failed", std::to_string(report.failed)}}});
    fmt::print("{}: {} runs of {} shards, {} failed\n", o->output, report.runs, o->shards.size(), report.failed);
    return report.failed == 0 ? 0 : 1;
  };
}

}  // namespace tantu
