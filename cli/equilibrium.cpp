// tantu equilibrium: the competitive benchmark of a scenario, without a run.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "results/equilibrium_table.hpp"
#include "results/output_file.hpp"
#include "scenarios/compose.hpp"

namespace tantu {

Command add_equilibrium_command(CLI::App& app) {
  auto* sub = app.add_subcommand("equilibrium", "The competitive path of a scenario: prices, banks and abatement at least cost (docs/model.md, The yardstick).\n"
                                                "Example: tantu equilibrium china-national -o E.csv --curve curve.csv");
  struct Options { std::string scenario, output, curve; std::vector<std::string> set; bool force = false; };
  auto o = std::make_shared<Options>();
  sub->add_option("SCENARIO", o->scenario, "a preset's name (tantu scenarios) or a file")->required();
  sub->add_option("-o,--output", o->output, "write the path to this CSV: year,variable,value,market");
  auto* curve = sub->add_option("--curve", o->curve, "the aggregate abatement curve, printed or written to this CSV")->expected(0, 1);
  sub->add_option("--set", o->set, "path.to.key=value, any path of the scenario, repeated")->allow_extra_args(false);
  sub->add_flag("--force", o->force, "overwrite existing files");
  return [o, curve] {
    catch_interrupts();
    const LoadedScenario loaded = load_scenario(o->scenario, o->set);
    const Simulation simulation(compose(loaded));
    const Overwrite overwrite = o->force ? Overwrite::allow : Overwrite::refuse;
    if (!o->output.empty()) write_file(o->output, equilibrium_csv(simulation), overwrite);
    if (curve->count() > 0 && !o->curve.empty()) write_file(o->curve, curve_csv(simulation), overwrite);
    fmt::print("{}", equilibrium_table(simulation));
    if (curve->count() > 0 && o->curve.empty()) fmt::print("\n{}", curve_table(simulation));
    std::fflush(stdout);
    return 0;
  };
}

}  // namespace tantu
