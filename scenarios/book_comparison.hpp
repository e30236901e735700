// A replayed book held against a recorded one, line by line; the first line that differs is named.
//
// BookComparison reads the book CSV of results/flow_files.hpp. LobsterBook reads a LOBSTER order-book file (per
// message a row ask price, ask size, bid price, bid size, ... in units of 1/10,000; empty levels have size 0) and
// also seeds the replay with it. Its first row is the book after the first message, so the replay begins with
// that row and applies the messages from the second on. The quantity of a level that the row shows rests as one
// nameless order; a cancellation of an order that does not rest takes from it. Beyond the worst price that a
// full side of the first row shows, nothing is known of the book, and nothing is compared.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/line_reader.hpp"
#include "sim/matching_session.hpp"

namespace tantu {

class RecordedBook {
 public:
  explicit RecordedBook(const std::string& file);
  std::uint64_t compared() const { return compared_; }
  std::uint64_t differing() const { return differing_; }
  const std::string& first_difference() const { return first_difference_; }

 protected:
  void differs(const std::string& message);
  [[noreturn]] void refuse(const std::string& message) const;

  FileSource source_;
  LineReader lines_;
  std::string name_;
  std::uint64_t compared_ = 0, differing_ = 0;
  std::string first_difference_;
};

class BookComparison : public RecordedBook {
 public:
  /// Throws InputError for another header.
  explicit BookComparison(const std::string& file);
  /// The next rows of the replay.
  void compare(std::string_view rows);
  /// Lines that the replay has no rows for differ.
  void finish();

 private:
  bool ended_ = false;
};

/// The ids of nameless orders begin here; LOBSTER's own are far below.
inline constexpr std::uint64_t first_seeded_order = std::uint64_t{1} << 63;

class LobsterBook : public RecordedBook {
 public:
  LobsterBook(const std::string& file, int decimals);
  /// Applies the message (the first one seeds instead) and compares the row that belongs to it.
  void apply(FlowEvent event, MatchingSession& session, TradeListener* listener);
  void finish() {}

 private:
  struct Level {
    Price price;
    std::int64_t size;
  };
  bool read_row(std::uint64_t number);
  void compare(const MatchingSession& session);

  int decimals_;
  bool seeded_ = false, ended_ = false;
  std::array<std::vector<Level>, 2> row_;            // by side, best first, without empty levels
  std::size_t levels_ = 0;                           // a side of the file
  Price known_low_, known_high_;
  std::vector<PriceLevel> here_;
};

}  // namespace tantu
