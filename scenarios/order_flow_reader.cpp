#include "scenarios/order_flow_reader.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "scenarios/decimal.hpp"
#include "scenarios/digits.hpp"
#include "scenarios/wording.hpp"
#include "sim/date.hpp"

namespace tantu {

namespace {

constexpr std::int64_t most_tonnes = 1'000'000'000'000;
constexpr std::int64_t nanoseconds_of_day = 86'401'000'000'000;  // with a leap second
constexpr std::int64_t powers_of_ten[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

/// Digits only, below 2^64.
std::optional<std::uint64_t> long_number(std::string_view text) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  std::uint64_t n = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9 || __builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, digit, &n)) return std::nullopt;
  }
  return n;
}
inline std::optional<std::uint64_t> whole_number(std::string_view text) {
  const std::uint64_t n = short_number(text);
  return n != no_digits ? std::optional{n} : long_number(text);
}

/// parse_decimal(), at once where `text` is digits, a point and `places` <= decimals digits.
inline Decimal quick_decimal(std::string_view text, std::size_t places, int decimals) {
  if (places > 0 && text.size() > places + 1 && text[text.size() - places - 1] == '.') [[likely]] {
    const std::uint64_t whole = short_number(text.substr(0, text.size() - places - 1));
    const std::uint64_t part = short_number(text.substr(text.size() - places));
    if (whole != no_digits && part != no_digits) [[likely]]
      return {static_cast<std::int64_t>(whole) * powers_of_ten[decimals] +
              static_cast<std::int64_t>(part) * powers_of_ten[static_cast<std::size_t>(decimals) - places], DecimalFault::none};
  }
  return parse_decimal(text, decimals);
}

std::string quoted(std::string_view text) { return '"' + shown(text) + '"'; }

}  // namespace

OrderFlowReader::OrderFlowReader(ByteSource& source, std::string name, FlowFormat format, int decimals, BadLines bad_lines)
    : lines_(source), name_(std::move(name)), format_(format), decimals_(decimals), bad_lines_(bad_lines) {
  if (format_ == FlowFormat::lobster) wanted_ = 6;
  else read_header();
}

void OrderFlowReader::read_header() {
  constexpr std::string_view expected = "seq,time,type,order,account,side,price,qty";
  const auto refuse = [this](const std::string& message) { throw InputError(name_, "1", message); };
  std::string_view line;
  if (!lines_.next(line)) refuse(fmt::format("the file is empty; the header {} was expected", expected));
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  position_.fill(columns);
  std::size_t place = 0;
  for (std::string_view rest = line;; ++place) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = rest.substr(0, comma);
    const auto found = std::find(column_names.begin(), column_names.end(), word);
    if (lines_.fault() == LineFault::too_long || found == column_names.end())
      refuse(fmt::format("the header has a column {}; {}[,date][,display][,tif][,other] was expected", quoted(word), expected));
    auto& position = position_[static_cast<std::size_t>(found - column_names.begin())];
    if (position != columns) refuse(fmt::format("the header has the column {} twice", word));
    position = static_cast<std::uint8_t>(place);
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  wanted_ = place + 1;
  for (std::size_t column = 0; column <= qty; ++column)
    if (position_[column] == columns) refuse(fmt::format("the header has no column {}; {} was expected", column_names[column], expected));
  if (lines_.fault() == LineFault::cut) refuse("the file ends in the middle of the line: it has no line break");
}

template <class Message>
bool OrderFlowReader::bad(Message&& message) {
  if (bad_lines_ == BadLines::refuse) throw InputError(name_, std::to_string(lines_.number()), message());
  if (malformed_++ == 0) first_malformed_ = fmt::format("line {}: {}", lines_.number(), message());
  return false;
}

std::span<const FlowEvent> OrderFlowReader::next() {
  std::size_t n = 0;
  std::string_view line;
  // Events refer to the text of their lines: only the first of a batch may make the buffer read on.
  while (n < events_.size() && (n == 0 ? lines_.next(line) : lines_.next_here(line))) {
    FlowEvent& event = events_[n];
    event = FlowEvent{};
    if (lines_.fault() != LineFault::none) [[unlikely]] {
      bad([&]() -> std::string {
        return lines_.fault() == LineFault::cut ? "the file ends in the middle of the line: it has no line break"
                                                : fmt::format("is longer than {} characters", LineReader::longest_line);
      });
      continue;
    }
    n += format_ == FlowFormat::tantu ? parse(line, event) : parse_lobster(line, event);
  }
  return {events_.data(), n};
}

bool OrderFlowReader::read_time(std::string_view text, FlowEvent& event) {
  // Most lines have as many decimals as the one before.
  if (text.size() <= time_places_ || text[text.size() - time_places_ - 1] != '.') [[unlikely]] {
    const std::size_t point = text.find('.');
    time_places_ = point == std::string_view::npos ? 0 : text.size() - point - 1;
    if (time_places_ > 9) time_places_ = 0;
  }
  const Decimal seconds = quick_decimal(text, time_places_, 9);
  if (seconds.fault == DecimalFault::not_a_number) [[unlikely]]
    return bad([&] { return fmt::format("time {} is not a number", quoted(text)); });
  if (seconds.fault == DecimalFault::too_large || seconds.count < 0 || seconds.count >= nanoseconds_of_day) [[unlikely]]
    return bad([&] { return fmt::format("time {} is not in seconds after midnight, 0 to 86400", quoted(text)); });
  if (seconds.count < last_time_) [[unlikely]]
    return bad([&] { return fmt::format("time {} goes back: an earlier line has {}.{:09}", quoted(text),
                                        last_time_ / powers_of_ten[9], last_time_ % powers_of_ten[9]); });
  event.nanoseconds = seconds.count;
  event.time = text;
  return true;
}

bool OrderFlowReader::read_price(std::string_view text, FlowEvent& event) {
  const Decimal amount = quick_decimal(text, static_cast<std::size_t>(decimals_), decimals_);
  if (amount.fault == DecimalFault::not_a_number) [[unlikely]]
    return bad([&] { return fmt::format("price {} is not a number", quoted(text)); });
  event.price = Price{amount.count};
  event.price_state = amount.fault == DecimalFault::none ? PriceState::exact
                      : amount.fault == DecimalFault::too_fine ? PriceState::too_fine : PriceState::too_large;
  return true;
}

bool OrderFlowReader::read_quantity(std::string_view name, std::string_view text, Tonnes& quantity) {
  const auto n = whole_number(text);
  if (n && *n <= static_cast<std::uint64_t>(most_tonnes)) [[likely]] {
    quantity = Tonnes{static_cast<std::int64_t>(*n)};
    return true;
  }
  return bad([&] {
    const DecimalFault fault = parse_decimal(text, 0).fault;
    if (text.empty()) return fmt::format("{} is missing", name);
    if (fault == DecimalFault::not_a_number) return fmt::format("{} {} is not a number", name, quoted(text));
    if (text[0] == '-') return fmt::format("{} {} is negative", name, quoted(text));
    if (!n && fault == DecimalFault::too_fine) return fmt::format("{} {} is not a whole number", name, quoted(text));
    if (!n && text.find('.') != std::string_view::npos) return fmt::format("{} {} is not written as a whole number", name, quoted(text));
    return fmt::format("{} {} is more than {} tonnes", name, quoted(text), most_tonnes);
  });
}

bool OrderFlowReader::parse(std::string_view line, FlowEvent& event) {
  if (const std::size_t n = split_at_commas(line, field_.data(), columns); n != wanted_) [[unlikely]]
    return bad([&] { return line.empty() ? std::string("is empty") : fmt::format("has {} column{}, not {}", n, n == 1 ? "" : "s", wanted_); });
  const auto field = [&](Column column) { return field_[position_[column]]; };
  const auto missing = [&](Column column) {
    return bad([&] { return fmt::format("{} is missing", column_names[column]); });
  };
  const auto no_number = [&](Column column, std::uint64_t most) {
    return bad([&] { return fmt::format("{} {} is not a whole number from 0 to {}", column_names[column], quoted(field(column)), most); });
  };

  if (const auto n = whole_number(field(seq))) event.sequence = *n;
  else return field(seq).empty() ? missing(seq) : no_number(seq, ~std::uint64_t{0});

  std::int32_t day = day_;
  std::int64_t earliest = last_time_;
  if (position_[date] != columns && field(date) != day_text_) [[unlikely]] {
    const auto parsed = parse_day(field(date));
    if (!parsed) return bad([&] { return fmt::format("date {} is not a day like 2021-07-16", quoted(field(date))); });
    day = parsed->number;
    if (!day_text_.empty() && day < day_)
      return bad([&] { return fmt::format("date {} goes back: an earlier line has {}", field(date), day_text_); });
    last_time_ = -1;
  }
  event.day = day;
  // A malformed line moves neither the time nor the day.
  const auto restore = [&] {
    last_time_ = earliest;
    return false;
  };
  if (const std::string_view text = field(time); !text.empty() && !read_time(text, event)) return restore();

  const std::string_view kind = field(type);
  switch (kind.size() == 1 ? kind[0] : '?') {
    case 'L': event.kind = EventKind::limit; break;
    case 'M': event.kind = EventKind::market; break;
    case 'I': event.kind = EventKind::immediate_or_cancel; break;
    case 'F': event.kind = EventKind::fill_or_kill; break;
    case 'X': event.kind = EventKind::cancel; break;
    case 'R': event.kind = EventKind::replace; break;
    case 'B': event.kind = EventKind::block; break;
    case 'N': event.kind = EventKind::negotiated; break;
    case 'H': event.kind = EventKind::halt; break;
    case 'G': event.kind = EventKind::resume; break;
    case 'A': event.kind = EventKind::call_bids; break;
    case 'O': event.kind = EventKind::bid; break;
    case 'E': event.kind = EventKind::end_bids; break;
    case 'D': event.kind = EventKind::nothing; break;
    default:
      bad([&] { return fmt::format("type {} is not one of L, M, I, F, X, R, B, N, A, O, E, H, G, D", quoted(kind)); });
      return restore();
  }
  const bool outside = event.kind == EventKind::block || event.kind == EventKind::negotiated;
  const bool one_way = event.kind == EventKind::call_bids || event.kind == EventKind::bid;
  const bool is_new = event.kind <= EventKind::fill_or_kill || outside || one_way;
  const bool names_order = event.kind <= EventKind::replace || event.kind == EventKind::bid;

  if (!names_order && field(order).empty()) {
    // Of the exchange, not of an order.
  } else if (const auto n = whole_number(field(order)); n && *n != no_order) event.order = *n;
  else return field(order).empty() ? missing(order) : no_number(order, no_order - 1), restore();

  if (const std::string_view text = field(account); !text.empty()) {
    const auto n = whole_number(text);
    if (!n || *n >= no_account) return no_number(account, no_account - 1), restore();
    event.account = static_cast<std::uint32_t>(*n);
  }
  if (position_[other] != columns && !field(other).empty()) {
    const auto n = whole_number(field(other));
    if (!n || *n >= no_account) return no_number(other, no_account - 1), restore();
    event.other = static_cast<std::uint32_t>(*n);
  } else if (outside) {
    return missing(other), restore();
  }

  if (const std::string_view text = field(side); text == "buy" || text == "B") event.side = Side::buy;
  else if (text == "sell" || text == "S") event.side = Side::sell;
  else if (text.empty()) { if (is_new) return missing(side), restore(); }
  else return bad([&] { return fmt::format("side {} is not buy or sell", quoted(text)); }), restore();

  if (const std::string_view text = field(price); !text.empty()) {
    if (!read_price(text, event)) return restore();
  } else if (is_new && event.kind != EventKind::market) {
    return missing(price), restore();
  }

  if (const std::string_view text = field(qty); !text.empty()) {
    if (!read_quantity("qty", text, event.quantity)) return restore();
    event.has_quantity = true;
  } else if (is_new) {
    return missing(qty), restore();
  }

  if (position_[display] != columns && !field(display).empty() && !read_quantity("display", field(display), event.display)) return restore();
  if (position_[tif] != columns) {
    if (const std::string_view text = field(tif); text == "day") event.time_in_force = TimeInForce::day;
    else if (text == "gtc") event.time_in_force = TimeInForce::until_cancelled;
    else if (!text.empty()) return bad([&] { return fmt::format("tif {} is not day or gtc", quoted(text)); }), restore();
  }

  if (event.nanoseconds >= 0) last_time_ = event.nanoseconds;
  if (day != day_ || (position_[date] != columns && day_text_.empty())) {
    day_ = day;
    day_text_ = field(date);
  }
  return true;
}

bool OrderFlowReader::parse_lobster(std::string_view line, FlowEvent& event) {
  if (const std::size_t n = split_at_commas(line, field_.data(), columns); n != wanted_) [[unlikely]]
    return bad([&] { return line.empty() ? std::string("is empty") : fmt::format("has {} column{}, not {}", n, n == 1 ? "" : "s", wanted_); });
  event.sequence = lines_.number();
  if (field_[0].empty()) return bad([] { return std::string("time is missing"); });
  if (!read_time(field_[0], event)) return false;
  const std::string_view kind = field_[1];
  const char type_digit = kind.size() == 1 ? kind[0] : '?';
  if (type_digit < '1' || type_digit > '7') return bad([&] { return fmt::format("type {} is not one of 1 to 7", quoted(kind)); });

  const Decimal id = parse_decimal(field_[2], 0), amount = parse_decimal(field_[4], 0);
  if (id.fault != DecimalFault::none)
    return bad([&] { return fmt::format("order id {} is not a whole number below 10^17", quoted(field_[2])); });
  if (!read_quantity("size", field_[3], event.quantity)) return false;
  event.has_quantity = true;
  if (amount.fault == DecimalFault::not_a_number || amount.fault == DecimalFault::too_fine)
    return bad([&] { return fmt::format("price {} is not a whole number", quoted(field_[4])); });
  if (field_[5] != "1" && field_[5] != "-1") return bad([&] { return fmt::format("direction {} is not 1 or -1", quoted(field_[5])); });
  event.side = field_[5] == "1" ? Side::buy : Side::sell;

  const bool halting = type_digit == '7';
  if (!halting && type_digit < '5') {
    if (id.count <= 0) return bad([&] { return fmt::format("order id {} is not above 0", quoted(field_[2])); });
    event.order = static_cast<std::uint64_t>(id.count);
    event.price_state = PriceState::exact;
    if (amount.fault == DecimalFault::too_large) event.price_state = PriceState::too_large;
    else if (decimals_ >= 4) {
      std::int64_t scaled = 0;
      if (__builtin_mul_overflow(amount.count, powers_of_ten[decimals_ - 4], &scaled)) event.price_state = PriceState::too_large;
      event.price = Price{scaled};
    } else {
      const std::int64_t step = powers_of_ten[4 - decimals_];
      if (amount.count % step != 0) event.price_state = PriceState::too_fine;
      event.price = Price{amount.count / step};
    }
  }
  switch (type_digit) {
    case '1': event.kind = EventKind::limit; break;
    case '2': event.kind = EventKind::reduce; break;
    case '3': event.kind = EventKind::cancel; break;
    case '4':
      event.kind = EventKind::immediate_or_cancel;
      event.side = opposite(event.side);
      event.order = no_order;
      break;
    case '7':
      if (amount.count == -1) event.kind = EventKind::halt;
      else if (amount.count == 1 || amount.count == 0) event.kind = EventKind::resume;
      else return bad([&] { return fmt::format("price {} of a halt is not -1, 0 or 1", quoted(field_[4])); });
      break;
    default: ++skipped_; break;
  }
  last_time_ = event.nanoseconds;
  return true;
}

}  // namespace tantu
