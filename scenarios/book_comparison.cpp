#include "scenarios/book_comparison.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/csv_text.hpp"
#include "results/flow_files.hpp"
#include "scenarios/decimal.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

namespace {

constexpr std::size_t at(Side side) { return static_cast<std::size_t>(side); }

std::string price_text(Price price, int decimals) {
  CsvText text;
  text.make_room(64);
  text.put_decimal(price.count, decimals);
  return std::string(text.text());
}

/// Whether two rows say the same: 48.5 is 48.50.
bool same_row(std::string_view a, std::string_view b) {
  if (a == b) return true;
  for (;;) {
    const std::size_t end_a = std::min(a.find(','), a.size()), end_b = std::min(b.find(','), b.size());
    const std::string_view word_a = a.substr(0, end_a), word_b = b.substr(0, end_b);
    if (word_a != word_b) {
      const Decimal x = parse_decimal(word_a, 8), y = parse_decimal(word_b, 8);
      if (x.fault != DecimalFault::none || y.fault != DecimalFault::none || x.count != y.count) return false;
    }
    if (end_a == a.size() || end_b == b.size()) return end_a == a.size() && end_b == b.size();
    a.remove_prefix(end_a + 1);
    b.remove_prefix(end_b + 1);
  }
}

}  // namespace

RecordedBook::RecordedBook(const std::string& file) : source_(file), lines_(source_), name_(shown(file, 300)) {}

void RecordedBook::differs(const std::string& message) {
  if (differing_++ == 0) first_difference_ = fmt::format("{}:{}: {}", name_, lines_.number(), message);
}

void RecordedBook::refuse(const std::string& message) const { throw InputError(name_, std::to_string(lines_.number()), message); }

BookComparison::BookComparison(const std::string& file) : RecordedBook(file) {
  std::string_view line;
  if (!lines_.next(line) || line != book_header)
    throw InputError(name_, "1", fmt::format("the header is \"{}\"; {} was expected", shown(line), book_header));
}

void BookComparison::compare(std::string_view rows) {
  while (!rows.empty()) {
    const std::size_t end = rows.find('\n');
    const std::string_view ours = rows.substr(0, end);
    rows.remove_prefix(end + 1);
    ++compared_;
    std::string_view line;
    if (ended_ || !lines_.next(line)) {
      if (!ended_) differs(fmt::format("the file ends after this line; the replay goes on with \"{}\"", ours));
      else ++differing_;
      ended_ = true;
    } else if (!same_row(line, ours)) {
      differs(fmt::format("is \"{}\"; the replay has \"{}\"", shown(line, 120), ours));
    }
  }
}

void BookComparison::finish() {
  std::string_view line;
  while (!ended_ && lines_.next(line)) {
    ++compared_;
    differs(fmt::format("is \"{}\"; the replay has no more lines", shown(line, 120)));
  }
}

LobsterBook::LobsterBook(const std::string& file, int decimals) : RecordedBook(file), decimals_(decimals) {}

/// Reads on to the row with this number; false once the file has ended.
bool LobsterBook::read_row(std::uint64_t number) {
  std::string_view line;
  while (!ended_ && lines_.number() < number) ended_ = !lines_.next(line);
  if (ended_) return false;
  if (lines_.fault() == LineFault::too_long) refuse("is too long");
  if (lines_.fault() == LineFault::cut) refuse("the file ends in the middle of the line: it has no line break");
  std::int64_t scale = 1, step = 1;
  for (int i = 4; i < decimals_; ++i) scale *= 10;
  for (int i = decimals_; i < 4; ++i) step *= 10;
  for (auto& side : row_) side.clear();
  std::size_t n = 0;
  Decimal price;
  for (std::string_view rest = line;; ++n) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const Decimal x = parse_decimal(rest.substr(0, comma), 0);
    if (x.fault != DecimalFault::none) refuse(fmt::format("\"{}\" is not a whole number", shown(rest.substr(0, comma))));
    if (n % 2 == 0) {
      price = x;
    } else if (x.count > 0) {
      if (price.count % step != 0) refuse(fmt::format("price {} is finer than the tick; give a finer tick in the rules", price.count));
      row_[at(n % 4 == 1 ? Side::sell : Side::buy)].push_back({Price{price.count / step * scale}, x.count});
    }
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  if ((n + 1) % 4 != 0) refuse(fmt::format("has {} columns; four a level were expected", n + 1));
  levels_ = (n + 1) / 4;
  return true;
}

void LobsterBook::apply(FlowEvent event, MatchingSession& session, TradeListener* listener) {
  const auto nameless = [](Side side, Price price) {
    return first_seeded_order | static_cast<std::uint64_t>(side) << 62 | static_cast<std::uint64_t>(price.count + (std::int64_t{1} << 40));
  };
  if (!seeded_) {
    seeded_ = true;
    const std::uint64_t row = event.sequence;
    event.kind = EventKind::nothing;
    session.apply(event, listener);
    if (!read_row(row)) refuse("has no row for the first message");
    constexpr std::int64_t widest = std::int64_t{1} << 31;
    known_low_ = Price{-widest};
    known_high_ = Price{widest};
    for (const Side side : {Side::buy, Side::sell}) {
      for (const Level& level : row_[at(side)])
        session.seed({nameless(side, level.price), no_account, side, OrderType::limit, level.price, Tonnes{level.size}, {}, good_till_cancelled});
      if (row_[at(side)].size() == levels_) (side == Side::buy ? known_low_ : known_high_) = row_[at(side)].back().price;
    }
    return;
  }
  if ((event.kind == EventKind::cancel || event.kind == EventKind::reduce) && !session.book().find(event.order) &&
      event.price_state == PriceState::exact) {
    event.order = nameless(event.side, event.price);
    event.kind = EventKind::reduce;
  }
  session.apply(event, listener);
  if (!read_row(event.sequence)) {
    if (differing_ == 0) differs("the file ends after this line; there are more messages");
    return;
  }
  ++compared_;
  compare(session);
}

void LobsterBook::compare(const MatchingSession& session) {
  for (const Side side : {Side::buy, Side::sell}) {
    here_.clear();
    session.book().for_each_level(side, levels_, [&](const PriceLevel& level) { here_.push_back(level); });
    const auto known = [&](Price price) { return side == Side::buy ? price >= known_low_ : price <= known_high_; };
    for (std::size_t i = 0; i < levels_; ++i) {
      const bool theirs = i < row_[at(side)].size() && known(row_[at(side)][i].price);
      const bool ours = i < here_.size() && known(here_[i].price);
      if (!theirs && !ours) break;
      const Level level = theirs ? row_[at(side)][i] : Level{};
      if (theirs && ours && level.price == here_[i].price && level.size == here_[i].shown.count) continue;
      const auto text = [&](bool there, Price price, std::int64_t size) {
        return there ? fmt::format("{} at {}", size, price_text(price, decimals_)) : std::string("nothing");
      };
      differs(fmt::format("{} level {} is {}; the replay has {}", side == Side::buy ? "bid" : "ask", i + 1,
                          text(theirs, level.price, level.size),
                          text(ours, ours ? here_[i].price : Price{}, ours ? here_[i].shown.count : 0)));
      return;
    }
  }
}

}  // namespace tantu
