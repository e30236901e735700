// tantu rules: what the rules of a scenario would have done on a given history, without agents.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "results/output_file.hpp"
#include "scenarios/history.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

Command add_rules_command(CLI::App& app) {
  auto* sub = app.add_subcommand("rules", "Ask the rules of a scenario what they would have done on a given history, without agents (docs/rules.md).\n"
                                          "Example: tantu rules eu-ets --history history.csv -o answers.csv");
  struct Options { std::string scenario, history, output, only; std::vector<std::string> set; bool force = false; };
  auto o = std::make_shared<Options>();
  sub->add_option("SCENARIO", o->scenario, "a preset's name or a file")->required();
  sub->add_option("--history", o->history, "CSV year,variable,value[,market][,entity][,month][,day]")->required();
  sub->add_option("-o,--output", o->output, "write the answers to this CSV; standard output if not given");
  sub->add_option("--only", o->only, "names of answers, separated by commas: only these are asked for, and what only the others need may be missing");
  sub->add_option("--set", o->set, "path.to.key=value, repeated")->allow_extra_args(false);
  sub->add_flag("--force", o->force, "overwrite an existing file");
  return [o] {
    const std::uint32_t wanted = answers_named(o->only);
    const LoadedScenario loaded = load_scenario(o->scenario, o->set);
    const auto setup = compose(loaded);
    std::vector<std::string> markets;
    for (const auto& [id, market] : loaded.scenario.markets) {
      (void)market;
      markets.push_back(id);
    }
    FileSource source(o->history);
    const Histories histories = read_history(source, shown(o->history, 300), markets);
    const std::string text = answers_csv(answer(*setup, histories, wanted), wanted, markets.size() > 1);
    if (o->output.empty()) fmt::print("{}", text);
    else write_file(o->output, text, o->force ? Overwrite::allow : Overwrite::refuse);
    return 0;
  };
}

}  // namespace tantu
