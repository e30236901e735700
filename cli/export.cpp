// tantu export: results in another form.
#include <algorithm>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "results/export.hpp"

namespace tantu {

Command add_export_command(CLI::App& app) {
  auto* sub = app.add_subcommand("export", "Write results in another form.\n"
                                           "Example: tantu export china-national-1.h5 --format events -o flow");
  struct Options { std::string results, format, output; bool force = false; };
  auto o = std::make_shared<Options>();
  std::vector<std::string> names;
  std::string formats;
  for (const ExportFormat& format : export_formats()) {
    names.emplace_back(format.name);
    formats += fmt::format("{}{}: {}", formats.empty() ? "" : "; ", format.name, format.what);
  }
  sub->add_option("RESULT", o->results, "a file of results")->required();
  sub->add_option("--format", o->format, formats)->required()->check(CLI::IsMember(names));
  sub->add_option("-o,--output", o->output, "file or folder to write; beside the results if not given");
  sub->add_flag("--force", o->force, "overwrite existing files");
  return [o] {
    const auto format = std::ranges::find(export_formats(), std::string_view(o->format), &ExportFormat::name);
    std::filesystem::path target = o->output;
    if (target.empty()) target = std::filesystem::path(o->results).replace_extension().string() + std::string(format->suffix);
    const ResultReader results(o->results);
    fmt::print("{}", format->write({results, o->results, target, o->force ? Overwrite::allow : Overwrite::refuse}));
    return 0;
  };
}

}  // namespace tantu
