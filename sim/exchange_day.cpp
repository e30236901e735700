// The day of an exchange: opening, parts and calls, interruptions and halts, close.
#include <algorithm>
#include <cmath>

#include "sim/call_price.hpp"
#include "sim/exchange.hpp"

namespace tantu {

namespace {
constexpr std::int64_t widest = (std::int64_t{1} << 31) - 1;  // prices that the book can hold
}  // namespace

void Exchange::tell(MessageKind what, Tape* tape) const {
  if (!tape || !tape->hears_orders) return;
  OrderRecord record;
  record.day = today_;
  record.sequence = sequence_;
  record.account = no_account;
  record.order = no_order;
  record.message = what;
  record.time = now_;
  record.instrument = number_;
  tape->order(record);
}

void Exchange::tell_lapse(std::uint64_t order, Account account, Side side, Price price, Tonnes lost, Tape* tape) const {
  if (lost <= Tonnes{} || !tape || !tape->hears_orders) return;
  tape->order({today_, sequence_, order, account, side, MessageKind::lapse, Rejection::none, price, lost,
               OrderType::limit, TimeInForce::by_rule, {}, now_, number_});
}

void Exchange::open(Day today, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  for (const Account account : touched_) standing_[account].bought_today = Tonnes{};
  touched_.clear();
  today_ = today.number;
  ++session_;
  sequence_ = 0;
  now_ = makers_at_ = no_time;
  session_reference_ = static_reference_ = reference_;
  call_price_ = {};
  turnover_ = 0;
  totals_ = SessionTotals{};
  tell(MessageKind::opening, tape);
  if (rules.price_limit > 0) {
    totals_.limit_low = lower_limit(reference_, rules.price_limit, rules.tick);
    // A reference below the tick leaves no price between the limits; the nearest one is then both.
    totals_.limit_high = std::max(totals_.limit_low, upper_limit(reference_, rules.price_limit, rules.tick));
    // What rests from earlier days outside today's limits leaves: it could not be sent today either.
    book_.set_band(totals_.limit_low, totals_.limit_high, [&](const RestingOrder& order) {
      if (keeps_accounts_) freeze(order.account, order.side, order.price, -(order.shown + order.hidden), custody);
      return OutsideBand::cancel;
    });
    band_low_ = totals_.limit_low.count;
    band_high_ = totals_.limit_high.count;
  }
  set_bounds(rules);
  plan_day(rules);
  if (rules.timetable.empty()) begin_continuous(rules, custody, tape);
  set_next_change();
}

void Exchange::plan_day(const ExchangeRules& rules) {
  agenda_.clear();
  next_entry_ = 0;
  for (const SessionPart& part : rules.timetable) {
    agenda_.push_back({part.from, part.phase == SessionPhase::call ? Entry::begin_call : Entry::begin_continuous});
    agenda_.push_back({part.until, Entry::end_of_part});
  }
  for (const ScheduledHalt& halt : rules.halts) {
    if (halt.day != ScheduledHalt::every_day && halt.day != today_) continue;
    agenda_.push_back({halt.from, Entry::halt});
    agenda_.push_back({halt.until, Entry::resume});
  }
  std::sort(agenda_.begin(), agenda_.end(), [](const Entry& a, const Entry& b) { return a.time != b.time ? a.time < b.time : a.what < b.what; });
}

void Exchange::set_next_change() {
  const std::int64_t due = next_entry_ < agenda_.size() ? agenda_[next_entry_].time : never_ends;
  next_change_ = std::min(due, interruption_until_);
}

void Exchange::live_through(std::int64_t now, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  for (;;) {
    const std::int64_t due = next_entry_ < agenda_.size() ? agenda_[next_entry_].time : never_ends;
    const std::int64_t next = std::min(due, interruption_until_);
    if (next > now) break;
    if (next != at_close) now_ = std::max(now_, next);
    watch_makers();
    if (interruption_until_ <= due) {
      interruption_until_ = never_ends;
      begin_continuous(rules, custody, tape);
      continue;
    }
    switch (agenda_[next_entry_++].what) {
      case Entry::end_of_part:
        interruption_until_ = never_ends;
        if (phase_ == SessionPhase::call && halted_ == 0) uncross(rules, custody, tape);
        phase_ = SessionPhase::closed;
        break;
      case Entry::halt:
        halted_ += 2;
        ++totals_.halts;
        break;
      case Entry::resume:
        halted_ -= 2;
        if (phase_ == SessionPhase::continuous) begin_continuous(rules, custody, tape);
        break;
      case Entry::begin_call: phase_ = SessionPhase::call; break;
      default: begin_continuous(rules, custody, tape); break;
    }
  }
  set_next_change();
}

// What a halt or an interruption has let cross trades first, at one price.
void Exchange::begin_continuous(const ExchangeRules& rules, Custody& custody, Tape* tape) {
  phase_ = SessionPhase::continuous;
  if (halted_ == 0) uncross(rules, custody, tape);
}

void Exchange::halt(Tape* tape) {
  ++sequence_;
  tell(MessageKind::halt, tape);
  watch_makers();
  if ((halted_ & 1) == 0) ++totals_.halts;
  halted_ |= 1;
}

void Exchange::resume(const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  tell(MessageKind::resume, tape);
  watch_makers();
  halted_ &= ~1;
  if (phase_ == SessionPhase::continuous) begin_continuous(rules, custody, tape);
}

void Exchange::interrupt(const ExchangeRules& rules) {
  phase_ = SessionPhase::call;
  interruption_until_ = now_ == no_time ? at_close : now_ + rules.interruption;
  ++totals_.interruptions;
  set_next_change();
}

void Exchange::uncross(const ExchangeRules& rules, Custody& custody, Tape* tape) {
  const auto at = call_price(book_, last_price(), rules.tick);
  if (!at) return;
  const auto leave = [&](const AuctionFill& fill) {
    freeze(fill.buy.account, Side::buy, fill.buy.price, -fill.quantity, custody);
    freeze(fill.sell.account, Side::sell, fill.sell.price, -fill.quantity, custody);
  };
  const auto sink = [&](const AuctionFill& fill) {
    Trade trade{today_, sequence_, TradeKind::call, Side::buy, fill.buy.account, fill.sell.account, fill.buy.id, fill.sell.id,
                fill.price, fill.quantity, now_, {}, {}, number_};
    if (keeps_accounts_) {
      leave(fill);
      see(trade.buyer, custody, tape);
      see(trade.seller, custody, tape);
      touch(trade.buyer);
      touch(trade.seller);
      settle(trade, true, true, rules, custody);
    }
    count_listed(trade, rules);
    totals_.call += fill.quantity;
    if (tape) tape->trade(trade);
  };
  const auto own = [&](Account buyer, Account seller) {
    return buyer == seller && buyer != no_account && rules.self_trade != SelfTrade::allow;
  };
  const auto lost = [&](const AuctionFill& fill) {
    prevented_ += fill.quantity;
    totals_.self_trades_prevented += fill.quantity;
    for (const RestingOrder* o : {&fill.buy, &fill.sell}) tell_lapse(o->id, o->account, o->side, o->price, fill.quantity, tape);
    if (keeps_accounts_) leave(fill);
  };
  if (book_.uncross(at->price, sink, own, lost) > Tonnes{}) call_price_ = static_reference_ = at->price;
  set_bounds(rules);
  if (makers_changed_) look_at_quotes(rules);
}

void Exchange::set_bounds(const ExchangeRules& rules) {
  std::int64_t low = rules.negative_prices ? -widest : 1, high = widest;
  if (rules.price_limit > 0) {
    low = totals_.limit_low.count;
    high = totals_.limit_high.count;
  }
  if (rules.price_away > 0) {
    low = std::max(low, lower_limit(last_price(), rules.price_away, rules.tick).count);
    high = std::min(high, upper_limit(last_price(), rules.price_away, rules.tick).count);
  }
  clear_low_ = Price{low};
  clear_high_ = Price{high};
  collar_low_ = Price{-widest};
  collar_high_ = Price{widest};
  const auto narrow = [&](Price around, double share) {
    if (share <= 0) return;
    collar_low_ = std::max(collar_low_, lower_limit(around, share, rules.tick));
    collar_high_ = std::min(collar_high_, upper_limit(around, share, rules.tick));
  };
  narrow(static_reference_, rules.static_collar);
  narrow(last_price(), rules.dynamic_collar);
  bounds_around_ = last_price();
}

void Exchange::close(const ExchangeRules& rules, Custody& custody, Tape* tape) {
  live_through(at_close, rules, custody, tape);
  end_bids(rules, custody, tape);
  watch_makers();
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  totals_.bid = bid.value_or(Price{});
  totals_.ask = ask.value_or(Price{});
  totals_.bid_depth = book_.open_quantity(Side::buy);
  totals_.ask_depth = book_.open_quantity(Side::sell);
  if (totals_.listed_trades > 0) {
    if (rules.close_by == CloseBy::call && call_price_ != Price{}) {
      reference_ = call_price_;
    } else if (rules.close_by != CloseBy::average) {
      reference_ = totals_.last;
    } else {
      // Rounded half up, as average_price() of sim/units.hpp.
      const Wide twice = 2 * turnover_ + totals_.listed.count, denominator = 2 * Wide{totals_.listed.count};
      Wide average = twice / denominator;
      if (twice % denominator < 0) --average;
      reference_ = Price{static_cast<std::int64_t>(average)};
    }
  } else if (rules.reference_without_trade == ReferenceWithoutTrade::quote) {
    // The side that waits shows where a trade could be had: move there rather than freeze.
    if (bid && *bid > reference_) reference_ = *bid;
    else if (ask && *ask < reference_) reference_ = *ask;
  }
  totals_.close = reference_;
  book_.expire_orders(session_, [&](const RestingOrder& order) {
    if (keeps_accounts_) freeze(order.account, order.side, order.price, -(order.shown + order.hidden), custody);
  });
  phase_ = SessionPhase::closed;
  if (makers_changed_) look_at_quotes(rules);
  tell(MessageKind::closing, tape);
}

void Exchange::finish_day() {
  const Tonnes all = totals_.listed + totals_.block + totals_.group + totals_.negotiated + totals_.one_way;
  if (all > Tonnes{})
    totals_.vwap_all = average_price(totals_.listed_turnover + totals_.block_turnover + totals_.group_turnover +
                                     totals_.negotiated_turnover + totals_.one_way_turnover, all);
}

std::int64_t Exchange::time_at(double share, const ExchangeRules& rules) {
  std::int64_t open = 0;
  for (const SessionPart& part : rules.timetable) open += part.until - part.from;
  if (open == 0) return no_time;
  auto elapsed = static_cast<std::int64_t>(share * static_cast<double>(open));
  for (const SessionPart& part : rules.timetable) {
    if (elapsed < part.until - part.from) return part.from + elapsed;
    elapsed -= part.until - part.from;
  }
  return rules.timetable.back().until - 1;
}

// Presence is counted while the book trades continuously, in units of the clock; without one, a message is one unit.
void Exchange::watch_makers() {
  if (makers_.empty()) return;
  const std::int64_t moment = now_ == no_time ? std::int64_t{sequence_} : now_;
  const std::int64_t passed = makers_at_ == no_time ? 0 : moment - makers_at_;
  makers_at_ = moment;
  if (phase_ != SessionPhase::continuous || halted_ != 0 || passed <= 0) return;
  for (MakerPresence& maker : makers_) {
    maker.total += passed;
    totals_.maker_time += passed;
    if (maker.quotes == 0) continue;
    maker.present += passed;
    totals_.maker_present += passed;
  }
}

// A quote is the tightest pair of prices at which the maker shows the least size on both sides, better prices
// included.
void Exchange::look_at_quotes(const ExchangeRules& rules) {
  makers_changed_ = false;
  for (MakerPresence& maker : makers_) {
    struct Shown { Price price; Tonnes quantity; };
    std::vector<Shown> sides[2];
    for_each_order_of(maker.account, [&](const RestingOrder& order) {
      sides[static_cast<std::size_t>(order.side)].push_back({order.price, order.shown});
    });
    std::sort(sides[0].begin(), sides[0].end(), [](const Shown& a, const Shown& b) { return a.price > b.price; });
    std::sort(sides[1].begin(), sides[1].end(), [](const Shown& a, const Shown& b) { return a.price < b.price; });
    const auto reached = [&](const std::vector<Shown>& side) -> std::optional<Price> {
      Tonnes sum;
      for (const Shown& s : side)
        if ((sum += s.quantity) >= rules.maker_size) return s.price;
      return std::nullopt;
    };
    const auto bid = reached(sides[0]), ask = reached(sides[1]);
    maker.quotes = bid && ask && static_cast<double>(ask->count - bid->count) <= rules.maker_spread * 0.5 * static_cast<double>(ask->count + bid->count) + 1e-9;
  }
}

}  // namespace tantu
