// tantu compare: results against one another, with intervals.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/sweep_commands.hpp"
#include "results/output_file.hpp"
#include "results/report_page.hpp"
#include "scenarios/sweep/comparison.hpp"

namespace tantu {

Command add_compare_command(CLI::App& app) {
  auto* sub = app.add_subcommand("compare", "Differences between results with confidence intervals; of one sweep its means, sensitivities and attribution (docs/sweeps.md).\n"
                                            "Example: tantu compare base.h5 reform.h5 -o compare.html --csv differences.csv");
  struct Options { std::vector<std::string> files; CompareOptions compare; std::string csv, page, language; bool force = false; };
  auto o = std::make_shared<Options>();
  sub->add_option("RESULT", o->files, "files of results; each is held against the first")->required();
  sub->add_option("--variable", o->compare.variables, "a variable of /yearly or /summary, repeated; the headline figures if not given")->allow_extra_args(false);
  sub->add_option("--level", o->compare.bootstrap.level, "what the intervals hold, 0.9 if not given")->check(CLI::Range(0.5, 0.999));
  sub->add_option("--resamples", o->compare.bootstrap.resamples, "of the bootstrap")->check(CLI::Range(std::size_t{10}, std::size_t{100'000}));
  sub->add_option("--floor", o->compare.floor, "also: how often the price sits at or below this price");
  sub->add_option("--ceiling", o->compare.ceiling, "also: how often it sits at or above this price");
  sub->add_option("--csv", o->csv, "write the tables to this CSV");
  sub->add_option("-o,--output", o->page, "write a page of pictures with the tables: the results side by side, or the one sweep (docs/report.md)");
  sub->add_option("--lang", o->language, "en or zh, the language in which the page opens; the reader's own if not given. It has both")->check(CLI::IsMember({"en", "zh"}));
  sub->add_flag("--force", o->force, "overwrite an existing file");
  return [o] {
    const std::vector<ComparedTable> tables = compare(o->files, o->compare);
    fmt::print("{}", text_of(tables));
    const Overwrite overwrite = o->force ? Overwrite::allow : Overwrite::refuse;
    if (!o->csv.empty()) write_file(o->csv, csv_of(tables), overwrite);
    if (!o->page.empty()) {
      const Report report = o->files.size() == 1 ? read_report(o->files.front(), tables) : compare_reports(o->files, tables);
      write_file(o->page, report_page(report.title, o->language, report.json), overwrite);
    }
    return 0;
  };
}

}  // namespace tantu
