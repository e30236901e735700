#include "scenarios/replay.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "results/flow_files.hpp"
#include "results/quality_files.hpp"
#include "scenarios/book_comparison.hpp"
#include "scenarios/decimal.hpp"
#include "scenarios/exchange_rules.hpp"
#include "scenarios/positions.hpp"
#include "scenarios/read_ahead.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

namespace {

Price reference_of(const std::string& text, int decimals) {
  const Decimal price = parse_decimal(text, decimals);
  const std::string place = "--reference-price";
  if (price.fault == DecimalFault::not_a_number) throw InputError(place, "", '"' + shown(text) + "\" is not a number");
  if (price.fault == DecimalFault::too_fine) throw InputError(place, "", fmt::format("{} has more than {} decimals", shown(text), decimals));
  if (price.fault == DecimalFault::too_large || price.count <= 0 || price.count >= std::int64_t{1} << 31)
    throw InputError(place, "", shown(text) + " is not a price above 0");
  return Price{price.count};
}

/// The first rule that needs a reference price; null: none does.
const char* rule_of_reference(const ExchangeRules& r) {
  if (r.price_limit > 0) return "price_limit";
  if (r.price_away > 0) return "price_away";
  if (r.static_collar > 0) return "static_collar";
  if (r.dynamic_collar > 0) return "dynamic_collar";
  if (r.block_least > Tonnes{} && r.block_limit > 0) return "block_limit";
  if (r.negotiated_least > Tonnes{} && r.negotiated_limit > 0) return "negotiated_limit";
  if (r.one_way_least > Tonnes{} && r.one_way_limit > 0) return "one_way_limit";
  for (const SessionPart& part : r.timetable)
    if (part.phase == SessionPhase::call) return "timetable";
  return nullptr;
}

/// What the rules ask for; each that is absent is an error that names it.
SessionInputs inputs_of(const ReplayOptions& options, const ReplayRules& rules) {
  SessionInputs inputs;
  const std::string file = shown(options.rules, 300);
  if (!options.reference_price.empty()) inputs.reference = reference_of(options.reference_price, rules.decimals);
  else if (rules.reference) inputs.reference = *rules.reference;
  else if (const char* rule = rule_of_reference(rules.exchange))
    throw InputError(file, std::string("/") + rule, "needs a reference price: give --reference-price or opening_reference");

  const ExchangeRules& r = rules.exchange;
  const char* needing = !r.short_sale                  ? "short_sale"
                        : !r.resale_same_day           ? "resale_same_day"
                        : r.credit                     ? "credit"
                        : r.position_limit > Tonnes{}  ? "position_limit_t"
                        : r.group_limit > Tonnes{}     ? "group_limit_t"
                        : r.maker_spread > 0           ? "maker/spread" : nullptr;
  if (!options.positions.empty())
    read_positions(options.positions, rules.decimals, r.credit.has_value(), inputs);
  else if (needing)
    throw InputError(file, std::string("/") + needing, "needs what the accounts hold: give --positions");
  return inputs;
}

}  // namespace

ReplayReport replay(const ReplayOptions& options, const std::function<bool()>& interrupted) {
  ReplayRules rules = options.rules.empty() ? default_replay_rules() : load_replay_rules(options.rules);
  rules.exchange.key = {options.seed, options.replication};
  SessionInputs inputs = inputs_of(options, rules);
  QualityRules quality_rules;
  quality_rules.horizon.seconds = options.horizon;
  MarketQuality quality(quality_rules);
  Surveillance surveillance({}, inputs.group_of);
  std::vector<Watcher*> watchers;
  if (!options.quality.empty()) watchers.push_back(&quality);
  if (!options.alerts.empty()) watchers.push_back(&surveillance);
  MarketWatch watch(watchers);
  std::optional<OutputFile> quality_file, alerts_file;
  if (!options.quality.empty()) quality_file.emplace(options.quality, options.overwrite);
  if (!options.alerts.empty()) alerts_file.emplace(options.alerts, options.overwrite);
  MatchingSession session(rules.exchange, std::move(inputs));
  if (!watchers.empty()) session.watch(&watch);
  const bool lobster = options.format == FlowFormat::lobster;
  FileSource source(options.events);
  OrderFlowReader reader(source, shown(options.events, 300), options.format, rules.decimals, options.bad_lines);

  std::optional<TradesFile> trades;
  if (!options.trades.empty()) trades.emplace(options.trades, options.overwrite, rules.decimals, lobster ? first_seeded_order : no_order);
  std::optional<BookFile> book;
  if (!options.book.empty()) book.emplace(options.book, options.overwrite);
  std::optional<BookComparison> recorded;
  std::optional<LobsterBook> lobster_book;
  if (!options.compare_book.empty()) {
    if (lobster) lobster_book.emplace(options.compare_book, rules.decimals);
    else recorded.emplace(options.compare_book);
  }

  const std::size_t depth = options.book_depth == 0 ? std::numeric_limits<std::size_t>::max() : options.book_depth;
  std::uint64_t last_sequence = 0, until_book = options.book_every;
  CsvText rows;
  const auto state_of_book = [&] {
    if (!book && !recorded) return;
    rows.clear();
    put_book(rows, last_sequence, session.book(), depth, rules.decimals);
    if (book) book->write(rows.text());
    if (recorded) recorded->compare(rows.text());
  };

  constexpr std::size_t expected_at_once = 64;
  std::optional<ReadAhead> ahead;
  ahead.emplace(reader);
  std::span<const FlowEvent> read;
  while (!read.empty() || !(read = ahead->next()).empty()) {
    if (interrupted && interrupted()) throw std::runtime_error("interrupted; nothing is written");
    const auto events = read.first(std::min(read.size(), expected_at_once));
    read = read.subspan(events.size());
    session.expect(events);
    for (const FlowEvent& event : events) {
      last_sequence = event.sequence;
      if (lobster_book) lobster_book->apply(event, session, trades ? &*trades : nullptr);
      else session.apply(event, trades ? &*trades : nullptr);
      if (options.book_every != 0 && --until_book == 0) {
        until_book = options.book_every;
        state_of_book();
      }
    }
  }
  ahead.reset();
  session.finish(trades ? &*trades : nullptr);
  if (options.book_every == 0) state_of_book();

  ReplayReport report{session.counts(), reader.malformed(), reader.first_malformed(), reader.skipped(), session.book().size(), 0, 0, {}, {}, {}, {}, {}};
  if (report.counts.fees != Cash{}) {
    CsvText text;
    report.fees = std::string(text.put_decimal(report.counts.fees.count, rules.decimals).text());
  }
  for (const MakerPresence& maker : session.exchange().makers())
    report.makers.push_back({session.name_of(maker.account), maker.total > 0 ? static_cast<double>(maker.present) / static_cast<double>(maker.total) : 0});
  const auto tell = [&](auto& comparison) {
    comparison.finish();
    report.compared = comparison.compared();
    report.differing = comparison.differing();
    report.first_difference = comparison.first_difference();
  };
  if (recorded) tell(*recorded);
  if (lobster_book) tell(*lobster_book);
  if (quality_file) {
    write_quality(*quality_file, quality.total(), rules.decimals);
    for (const QualityMeasure& m : quality_measures())
      report.quality.emplace_back(m.name, quality_text(m, quality.total(), rules.decimals) + (m.unit == "1" ? "" : " " + std::string(m.unit)));
  }
  if (alerts_file) {
    write_alerts(*alerts_file, surveillance.alerts());
    report.alerts = surveillance.alerts().size();
  }
  if (trades) trades->commit();
  if (book) book->commit();
  if (quality_file) quality_file->commit();
  if (alerts_file) alerts_file->commit();
  return report;
}

}  // namespace tantu
