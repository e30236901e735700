// Recorded order flow through the matching engine: the whole of `tantu replay` but its words and its clock.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "results/output_file.hpp"
#include "scenarios/order_flow_reader.hpp"
#include "sim/matching_session.hpp"

namespace tantu {

struct ReplayOptions {
  std::string events;                  ///< CSV, the only one that must be given; the others are left out when empty
  std::string rules;                   ///< JSON, keys of a scenario's `exchange`
  std::string trades, book;            ///< CSV to write
  std::uint64_t book_every = 0;        ///< a state of the book after each so many events; 0: one at the end
  std::uint64_t book_depth = 0;        ///< levels a side; 0: all
  std::string positions;               ///< CSV: account,allowances[,cash]
  std::string reference_price;         ///< decimal, in currency
  std::string quality, alerts;         ///< CSV to write: measures of market quality, alerts of the surveillance
  double horizon = 300;                ///< seconds, of the realised spread and resilience
  std::string compare_book;            ///< recorded book to hold the replay against
  FlowFormat format = FlowFormat::tantu;
  BadLines bad_lines = BadLines::refuse;
  Overwrite overwrite = Overwrite::refuse;
  std::uint64_t seed = 1;              ///< of the draws of a listed agreement
  std::uint32_t replication = 0;       ///< the same
};

struct ReplayReport {
  SessionCounts counts;
  std::uint64_t malformed = 0;         ///< lines left out
  std::string first_malformed;         ///< "line 17: ..."
  std::uint64_t skipped = 0;           ///< LOBSTER messages that ask nothing of the visible book
  std::uint64_t resting = 0;           ///< orders at the end
  std::uint64_t compared = 0, differing = 0;  ///< lines of the recorded book
  std::vector<std::pair<std::string, std::string>> quality;  ///< measure and value with unit; empty where it was not asked for
  std::optional<std::uint64_t> alerts; ///< their number, where they were asked for
  std::string fees;                    ///< in currency; empty: none were paid
  /// Share of the continuous time in which each market maker met its obligation.
  struct Maker { std::uint32_t account; double presence; };
  std::vector<Maker> makers;
  std::string first_difference;        ///< "recorded.csv:12: ..."
};

/// Throws InputError for what is wrong with files, rules or options; then no file is left. Stops with an
/// exception when `interrupted` says so, asked every few events.
ReplayReport replay(const ReplayOptions& options, const std::function<bool()>& interrupted = {});

}  // namespace tantu
