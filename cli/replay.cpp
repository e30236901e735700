// tantu replay: recorded order flow through the matching engine.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "scenarios/replay.hpp"

namespace tantu {

namespace {

std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, 1, ',');
  return digits;
}

void print(const ReplayReport& report, double seconds) {
  const auto line = [](std::string_view what, const std::string& text) { fmt::print("{:<12} {}\n", what, text); };
  const SessionCounts& c = report.counts;
  line("events", grouped(c.events));
  line("trades", grouped(c.trades));
  line("volume", grouped(static_cast<std::uint64_t>(c.volume.count)) + " t");
  if (c.self_trades_prevented > Tonnes{})
    line("self-trade", grouped(static_cast<std::uint64_t>(c.self_trades_prevented.count)) + " t withdrawn");
  std::uint64_t rejected = 0;
  for (const std::uint64_t n : c.rejected) rejected += n;
  line("rejected", grouped(rejected));
  for (std::size_t why = 0; why < c.rejected.size(); ++why)
    if (c.rejected[why] > 0) fmt::print("  {:<42} {}\n", rejection_names[why], grouped(c.rejected[why]));
  if (report.malformed > 0) line("malformed", grouped(report.malformed) + " lines left out; " + report.first_malformed);
  if (report.skipped > 0) line("skipped", grouped(report.skipped) + " messages of hidden orders or crosses");
  for (const auto& [name, value] : report.quality) fmt::print("  {:<18} {}\n", name, value);
  if (report.alerts) line("alerts", grouped(*report.alerts));
  line("resting", grouped(report.resting) + " orders");
  if (c.days > 1) line("days", grouped(c.days));
  if (c.interruptions > 0) line("interruptions", grouped(c.interruptions));
  if (!report.fees.empty()) line("fees", report.fees);
  for (const ReplayReport::Maker& maker : report.makers) line("maker", fmt::format("{} present {:.1f}% of the time", maker.account, 100 * maker.presence));
  if (report.compared > 0 || report.differing > 0)
    line("compared", fmt::format("{} lines of the recorded book, {} differ", grouped(report.compared), grouped(report.differing)));
  line("speed", fmt::format("{} events/s, {:.2f} s", grouped(static_cast<std::uint64_t>(static_cast<double>(c.events) / std::max(seconds, 1e-9))), seconds));
}

}  // namespace

Command add_replay_command(CLI::App& app) {
  auto* sub = app.add_subcommand("replay", "Run recorded order flow through the matching engine under given exchange rules (docs/replay.md).\n"
                                           "Example: tantu replay flow.csv --rules rules.json --reference-price 48.00 --trades trades.csv --book book.csv");
  auto o = std::make_shared<ReplayOptions>();
  struct Words { std::string format = "tantu"; bool skip_bad = false, force = false; };
  auto w = std::make_shared<Words>();
  sub->add_option("EVENTS", o->events, "CSV seq,time,type,order,account,side,price,qty[,date][,display][,tif][,other], or LOBSTER messages")->required();
  sub->add_option("--rules", o->rules, "JSON with the keys of a scenario's `exchange`; without it strict price-time, tick 0.01, no limits");
  sub->add_option("--trades", o->trades, "write the trades to this CSV");
  sub->add_option("--book", o->book, "write the book to this CSV, at the end or --book-every");
  sub->add_option("--book-every", o->book_every, "a state of the book after each so many events")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 53));
  sub->add_option("--book-depth", o->book_depth, "levels a side; all of them if not given")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 31));
  sub->add_option("--positions", o->positions, "CSV account,allowances[,cash][,date][,group][,maker]: what accounts own, where a rule asks for it");
  sub->add_option("--reference-price", o->reference_price, "of the first day's price limits, instead of the rules' opening_reference");
  sub->add_option("--compare-book", o->compare_book, "hold the book against this recorded one and name the first line that differs; status 1 if one does");
  sub->add_option("--quality", o->quality, "print measures of market quality and write them to this CSV");
  sub->add_option("--alerts", o->alerts, "write the alerts of the surveillance to this CSV");
  sub->add_option("--horizon", o->horizon, "seconds to the realised spread and to resilience; 300 if not given")->check(CLI::PositiveNumber);
  sub->add_option("--format", w->format, "of EVENTS")->check(CLI::IsMember({"tantu", "lobster"}));
  sub->add_option("--seed", o->seed, "of the draws of a listed agreement; 1 if not given");
  sub->add_option("--replication", o->replication, "of the run whose draws are to be repeated; 0 if not given");
  sub->add_flag("--skip-bad", w->skip_bad, "count malformed lines and go on");
  sub->add_flag("--force", w->force, "overwrite existing files");
  return [o, w] {
    catch_interrupts();
    o->format = w->format == "lobster" ? FlowFormat::lobster : FlowFormat::tantu;
    o->bad_lines = w->skip_bad ? BadLines::skip : BadLines::refuse;
    o->overwrite = w->force ? Overwrite::allow : Overwrite::refuse;
    const auto started = std::chrono::steady_clock::now();
    const ReplayReport report = replay(*o, interrupted);
    print(report, std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    std::fflush(stdout);
    if (report.first_difference.empty()) return 0;
    fmt::print(stderr, "{}\n", report.first_difference);
    return 1;
  };
}

}  // namespace tantu
