// Recorded order flow from a CSV file: events of the project's own format or LOBSTER messages. docs/replay.md
// has both formats in prose.
//
// A malformed line (wrong columns, not a number, unknown type, time going back, cut, too long) ends the
// reading with the InputError "flow.csv:17: ...", or is counted and left out (BadLines::skip). What an
// exchange may say about an order that can be read is not looked at here.
//
// Memory does not grow with the file. Verified by tests/unit/test_replay.cpp, tests/oracle/test_replay.cpp and
// tests/fuzz/fuzz_replay.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "scenarios/line_reader.hpp"
#include "sim/order_flow.hpp"

namespace tantu {

enum class FlowFormat : std::uint8_t { tantu, lobster };
enum class BadLines : std::uint8_t { refuse, skip };

class OrderFlowReader {
 public:
  /// `name` is how messages call the file; prices are read in units of 10^-decimals of currency.
  /// Throws InputError for a wrong header.
  OrderFlowReader(ByteSource& source, std::string name, FlowFormat format, int decimals, BadLines bad_lines);

  /// The next few events in their order, none at the end. What they refer to is valid until the next call.
  std::span<const FlowEvent> next();

  /// Malformed lines left out, and the message of the first ("line 17: ...").
  std::uint64_t malformed() const { return malformed_; }
  const std::string& first_malformed() const { return first_malformed_; }
  /// LOBSTER messages that ask nothing of the visible book: hidden executions (5) and crosses (6).
  std::uint64_t skipped() const { return skipped_; }

 private:
  enum Column : std::uint8_t { seq, time, type, order, account, side, price, qty, date, display, tif, other, columns };
  static constexpr std::array<std::string_view, columns> column_names{
      "seq", "time", "type", "order", "account", "side", "price", "qty", "date", "display", "tif", "other"};

  void read_header();
  bool parse(std::string_view line, FlowEvent& event);
  bool parse_lobster(std::string_view line, FlowEvent& event);
  bool read_time(std::string_view text, FlowEvent& event);
  bool read_price(std::string_view text, FlowEvent& event);
  bool read_quantity(std::string_view name, std::string_view text, Tonnes& quantity);
  /// Counts or refuses the current line; `message` is asked for its text only where it is wanted. Always false.
  template <class Message>
  bool bad(Message&& message);

  LineReader lines_;
  std::string name_;
  FlowFormat format_;
  int decimals_;
  BadLines bad_lines_;
  std::array<FlowEvent, 64> events_;
  std::array<std::string_view, columns> field_;      // of the current line, as they stand in it
  std::array<std::uint8_t, columns> position_{};     // column -> its place in the line; `columns`: absent
  std::size_t wanted_ = 8;                           // columns of a line
  std::int64_t last_time_ = -1;
  std::size_t time_places_ = 0;                      // decimals of the time read last
  std::int32_t day_ = 0;
  std::string day_text_;
  std::uint64_t malformed_ = 0, skipped_ = 0;
  std::string first_malformed_;
};

}  // namespace tantu
