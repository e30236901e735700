// tantu report: a result as one page that opens offline.
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "results/output_file.hpp"
#include "results/report.hpp"
#include "results/report_page.hpp"
#include "scenarios/sweep/comparison.hpp"

namespace tantu {

namespace {

/// What a sweep's design says of it; nothing of a single run.
std::vector<ReportTable> tables_of(const std::string& result) { return holds_sweep(result) ? compare({result}, {}) : std::vector<ReportTable>{}; }

}  // namespace

Command add_report_command(CLI::App& app) {
  auto* sub = app.add_subcommand("report", "Make one self-contained page of pictures from a result; it opens offline in any browser (docs/report.md).\n"
                                           "Example: tantu report china-national-1.h5 -o report.html --lang zh");
  struct Options { std::vector<std::string> results; std::string output = "report.html", language; bool force = false; };
  auto o = std::make_shared<Options>();
  sub->add_option("RESULT", o->results, "a result of tantu run or tantu sweep (HDF5); several are shown side by side, each against the first")->required()->expected(1, 6);
  sub->add_option("-o,--output", o->output, "the page; report.html in this folder if not given");
  sub->add_option("--lang", o->language, "en or zh, the language it opens in; the reader's own if not given. The page has both")->check(CLI::IsMember({"en", "zh"}));
  sub->add_flag("--force", o->force, "overwrite an existing file");
  return [o] {
    const Report report = o->results.size() > 1 ? compare_reports(o->results, compare(o->results, {})) : read_report(o->results.front(), tables_of(o->results.front()));
    const std::string page = report_page(report.title, o->language, report.json);
    write_file(o->output, page, o->force ? Overwrite::allow : Overwrite::refuse);
    fmt::print("{} written, {:.2f} MB\n", o->output, static_cast<double>(page.size()) / 1e6);
    return 0;
  };
}

}  // namespace tantu
