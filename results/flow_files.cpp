#include "results/flow_files.hpp"

namespace tantu {

namespace {

constexpr std::size_t block = std::size_t{1} << 16;

constexpr std::string_view word(Side side) { return side == Side::buy ? "buy" : "sell"; }

/// Seconds after midnight, with as many decimals as are not zero.
void put_time(CsvText& rows, std::int64_t nanoseconds) {
  int decimals = 9;
  for (; decimals > 0 && nanoseconds % 10 == 0; --decimals) nanoseconds /= 10;
  rows.put_decimal(nanoseconds, decimals);
}

void write_rest(OutputFile& file, CsvText& rows) {
  file.write(rows.text());
  rows.clear();
}

}  // namespace

TradesFile::TradesFile(const std::filesystem::path& target, Overwrite overwrite, int decimals, std::uint64_t first_nameless)
    : file_(target, overwrite), decimals_(decimals), first_nameless_(first_nameless) {
  rows_.make_room(256);
  rows_.put(trades_header).put('\n');
}

void TradesFile::trade(const FlowEvent& cause, const FlowTrade& t) {
  rows_.make_room(256 + cause.time.size());
  rows_.put(cause.sequence).put(',');
  if (t.kind != TradeKind::call) rows_.put(cause.time);
  else if (t.nanoseconds >= 0) put_time(rows_, t.nanoseconds);
  rows_.put(',').put_decimal(t.price.count, decimals_).put(',');
  rows_.put(static_cast<std::uint64_t>(t.quantity.count)).put(',');
  if (t.buy_order < first_nameless_) rows_.put(t.buy_order);
  rows_.put(',');
  if (t.sell_order < first_nameless_) rows_.put(t.sell_order);
  rows_.put(',');
  if (t.buy_account != no_account) rows_.put(std::uint64_t{t.buy_account});
  rows_.put(',');
  if (t.sell_account != no_account) rows_.put(std::uint64_t{t.sell_account});
  rows_.put(',');
  if (t.kind == TradeKind::listed) rows_.put(word(t.aggressor));
  rows_.put('\n');
  if (rows_.size() >= block) write_rest(file_, rows_);
}

void TradesFile::commit() {
  write_rest(file_, rows_);
  file_.commit();
}

void put_book(CsvText& rows, std::uint64_t sequence, const OrderBook& book, std::size_t depth, int decimals) {
  for (const Side side : {Side::buy, Side::sell}) {
    std::uint64_t number = 0;
    book.for_each_level(side, depth, [&](const PriceLevel& level) {
      rows.make_room(256);
      rows.put(sequence).put(',').put(word(side)).put(',').put(++number).put(',').put_decimal(level.price.count, decimals);
      rows.put(',').put(static_cast<std::uint64_t>(level.shown.count)).put(',').put(std::uint64_t{level.orders}).put('\n');
    });
  }
}

BookFile::BookFile(const std::filesystem::path& target, Overwrite overwrite) : file_(target, overwrite) {
  rows_.make_room(256);
  rows_.put(book_header).put('\n');
}

void BookFile::write(std::string_view rows) {
  rows_.make_room(rows.size());
  rows_.put(rows);
  if (rows_.size() >= block) write_rest(file_, rows_);
}

void BookFile::commit() {
  write_rest(file_, rows_);
  file_.commit();
}

}  // namespace tantu
