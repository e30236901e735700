// What a replay leaves: trades and states of the book, as CSV, each file complete or absent (OutputFile).
//
//   trades  seq,time,price,qty,buy_order,sell_order,buy_account,sell_account,aggressor
//           one row a trade in their order; seq and time of the event that caused it; side words buy and sell;
//           an order or account that is not known is empty, and
//           so is the aggressor of a trade in a call or outside the book; time of a trade in a call: its end
//   book    seq,side,level,price,qty,orders
//           seq of the last event before; bids from the best (level 1), then asks; qty is what is shown, the
//           hidden part of icebergs is not
//
// Prices are written with as many decimals as they are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "results/csv_text.hpp"
#include "results/output_file.hpp"
#include "sim/order_book.hpp"
#include "sim/order_flow.hpp"

namespace tantu {

inline constexpr std::string_view trades_header = "seq,time,price,qty,buy_order,sell_order,buy_account,sell_account,aggressor";
inline constexpr std::string_view book_header = "seq,side,level,price,qty,orders";

class TradesFile final : public TradeListener {
 public:
  /// Orders from `first_nameless` on are written as empty.
  TradesFile(const std::filesystem::path& target, Overwrite overwrite, int decimals, std::uint64_t first_nameless);
  void trade(const FlowEvent& cause, const FlowTrade& trade) override;
  void commit();

 private:
  OutputFile file_;
  int decimals_;
  std::uint64_t first_nameless_;
  CsvText rows_;
};

/// Appends the rows of a book of at most `depth` levels a side.
void put_book(CsvText& rows, std::uint64_t sequence, const OrderBook& book, std::size_t depth, int decimals);

class BookFile {
 public:
  BookFile(const std::filesystem::path& target, Overwrite overwrite);
  void write(std::string_view rows);
  void commit();

 private:
  OutputFile file_;
  CsvText rows_;
};

}  // namespace tantu
