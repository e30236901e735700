// tantu scenarios, validate, schema: what there is and whether a file is right.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "results/outputs.hpp"
#include "scenarios/compose.hpp"
#include "scenarios/presets.hpp"
#include "scenarios/reference_page.hpp"
#include "scenarios/schema.hpp"
#include "scenarios/sweep/sweep.hpp"

namespace tantu {

Command add_scenarios_command(CLI::App& app) {
  app.add_subcommand("scenarios", "List the scenarios inside the program, a line each.\nExample: tantu scenarios");
  return [] {
    for (const Preset& preset : presets()) fmt::print("{:<20} {}\n", preset.name, preset_description(preset.name));
    return 0;
  };
}

Command add_validate_command(CLI::App& app) {
  auto* sub = app.add_subcommand("validate", "Check a scenario file, what it extends and what it names.\nExample: tantu validate my.json");
  struct Options { std::string scenario; std::vector<std::string> set; };
  auto options = std::make_shared<Options>();
  sub->add_option("SCENARIO", options->scenario, "a preset's name or a file")->required();
  sub->add_option("--set", options->set, "path.to.key=value, repeated")->allow_extra_args(false);
  return [options] {
    const LoadedScenario loaded = load_scenario(options->scenario, options->set);
    const auto setup = compose(loaded);
    fmt::print("{}: right; {} firms, {} market{}, {} to {}\n", options->scenario, setup->traits.size(), setup->markets.size(),
               setup->markets.size() == 1 ? "" : "s", to_string(setup->first_day), to_string(setup->last_day));
    return 0;
  };
}

Command add_schema_command(CLI::App& app) {
  auto* sub = app.add_subcommand("schema", "Print the JSON Schema of scenario files, for editors.\nExample: tantu schema > tantu.schema.json");
  auto page = std::make_shared<std::string>("json");
  sub->add_option("--as", *page, "json: the schema; reference: the same as a page; outputs: the page of outputs; sweep: the schema of sweeps")
      ->check(CLI::IsMember({"json", "reference", "outputs", "sweep"}));
  return [page] {
    if (*page == "reference") fmt::print("{}", reference_page<Scenario>("Scenario reference"));
    else if (*page == "outputs") fmt::print("{}", outputs_page());
    else if (*page == "sweep") fmt::print("{}\n", schema_text<Sweep>());
    else fmt::print("{}\n", schema_text<Scenario>());
    return 0;
  };
}

}  // namespace tantu
