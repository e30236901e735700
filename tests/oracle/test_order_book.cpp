// The order book against the slow reference book: identical answers and trades at every event, and
// identical books every few thousand events and at the end. Each mix of events runs under several
// seeds; together more than 10 million events. A mismatch names seed, mix, event number, the event
// and both results.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "sim/order_book.hpp"
#include "tests/oracle/reference_book.hpp"
#include "tests/random.hpp"

namespace tantu {
namespace {

using tests::Random;

// Percentages of kinds of event; what is missing to 100 is passive-or-not limit orders.
struct Mix {
  std::string name;
  std::int64_t events;
  std::int64_t low = 1, high = 2000;   // prices drawn
  std::int64_t around = 0;             // limit orders this many ticks around a wandering middle; 0: anywhere
  int cancel = 35, replace = 5, market = 3, ioc = 4, fok = 3;
  int crossing = 10;                   // of the limit orders, priced to cross
  int iceberg = 0;                     // of the limit orders
  int unknown_ids = 5;                 // of the cancels and replaces
  int aim = 8;                         // tries of these at an id that rests
  int bad = 1;                         // of all events: bad quantity, duplicate id
  std::int64_t largest = 100;
  std::uint32_t accounts = 50;
  bool band = true;
  std::int64_t band_low = 1, band_high = 2000;
  std::int64_t floods = 0;             // every so many events an order that sweeps a side
  bool band_moves = false;             // a new band and an expiry now and then
  bool scattered_ids = false;
  std::optional<Meeting> self_trade{};
  bool listed = false;
};

void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

struct Event {
  enum class Kind { submit, cancel, replace, expire, band } kind = Kind::submit;
  NewOrder order;
  std::int32_t day = 0;
};

std::string describe(const Event& e) {
  std::ostringstream s;
  const NewOrder& o = e.order;
  static const char* const types[] = {"limit", "market", "immediate-or-cancel", "fill-or-kill"};
  switch (e.kind) {
    case Event::Kind::submit:
      s << types[static_cast<int>(o.type)] << (o.side == Side::buy ? " buy" : " sell") << " id " << o.id << " account " << o.account
        << " price " << o.price.count << " quantity " << o.quantity.count << " display " << o.display.count << " good till " << o.good_till;
      break;
    case Event::Kind::cancel: s << "cancel id " << o.id; break;
    case Event::Kind::replace: s << "replace id " << o.id << " price " << o.price.count << " quantity " << o.quantity.count; break;
    case Event::Kind::expire: s << "expire day " << e.day; break;
    case Event::Kind::band: s << "band " << o.price.count << ".." << o.price.count + o.quantity.count; break;
  }
  return s.str();
}

// What one event did: the answer, the trades, and what left without a trade.
struct Effect {
  Outcome outcome = Outcome::rested;
  std::int64_t filled = 0, open = 0;
  std::vector<reference::Trade> trades;
  std::vector<std::pair<std::uint64_t, std::int64_t>> withdrawn;
  friend bool operator==(const Effect&, const Effect&) = default;
};

std::string describe(const Effect& e) {
  std::ostringstream s;
  s << "outcome " << static_cast<int>(e.outcome) << " filled " << e.filled << " open " << e.open;
  for (const reference::Trade& t : e.trades)
    s << "\n    " << t.quantity << " at " << t.price.count << " resting " << t.resting_id << " of " << t.resting_account << " (left "
      << t.resting_open << ") incoming " << t.incoming_id << " of " << t.incoming_account << " (left " << t.incoming_open << ")";
  for (const auto& [id, lost] : e.withdrawn) s << "\n    withdrawn " << lost << " of order " << id;
  return s.str();
}

struct Row {
  std::uint64_t id;
  std::uint32_t account;
  Side side;
  std::int64_t price, shown, hidden, display;
  std::int32_t good_till;
  friend bool operator==(const Row&, const Row&) = default;
};
std::string describe(const std::vector<Row>& rows, std::size_t i) {
  if (i >= rows.size()) return "no order";
  const Row& r = rows[i];
  std::ostringstream s;
  s << (r.side == Side::buy ? "buy" : "sell") << " id " << r.id << " account " << r.account << " price " << r.price << " shown "
    << r.shown << " hidden " << r.hidden << " display " << r.display << " good till " << r.good_till;
  return s.str();
}

std::vector<Row> rows_of(const OrderBook& book) {
  std::vector<Row> rows;
  book.for_each([&](const RestingOrder& o) {
    rows.push_back({o.id, o.account, o.side, o.price.count, o.shown.count, o.hidden.count, o.display.count, o.good_till});
  });
  return rows;
}
std::vector<Row> rows_of(const reference::Book& book) {
  std::vector<Row> rows;
  const auto add = [&](const auto& side) {
    for (const auto& [price, queue] : side)
      for (const reference::Order& o : queue) rows.push_back({o.id, o.account, o.side, price.count, o.shown, o.hidden, o.display, o.good_till});
  };
  add(book.bids);
  add(book.asks);
  return rows;
}

// Everything the fast book says about itself must agree with the rows.
std::string inconsistency(const OrderBook& book, const std::vector<Row>& rows) {
  if (book.size() != rows.size()) return "size() is " + std::to_string(book.size()) + " of " + std::to_string(rows.size());
  for (const Side side : {Side::buy, Side::sell}) {
    std::vector<PriceLevel> levels, expected;
    book.for_each_level(side, rows.size(), [&](const PriceLevel& l) { levels.push_back(l); });
    Tonnes open;
    for (const Row& r : rows) {
      if (r.side != side) continue;
      if (expected.empty() || expected.back().price.count != r.price) expected.push_back({Price{r.price}, {}, {}, 0});
      expected.back().shown += Tonnes{r.shown};
      expected.back().hidden += Tonnes{r.hidden};
      ++expected.back().orders;
      open += Tonnes{r.shown + r.hidden};
    }
    if (levels != expected) return "the levels do not add up to their orders";
    if (book.open_quantity(side) != open) return "open_quantity() is wrong";
    if (book.best(side).has_value() != !expected.empty() || (!expected.empty() && *book.best(side) != expected.front().price))
      return "the best price is wrong";
    for (const PriceLevel& l : expected)
      if (book.level(side, l.price) != l) return "level() is wrong at " + std::to_string(l.price.count);
  }
  for (const Row& r : rows) {
    const auto found = book.find(r.id);
    if (!found || found->price.count != r.price || book.handle_of(r.id) != found->handle || !book.rests(found->handle))
      return "find() misses order " + std::to_string(r.id);
  }
  return "";
}

class Flow {
 public:
  Flow(const Mix& mix, std::uint64_t seed) : mix_(mix), random_(seed), middle_((mix.low + mix.high) / 2) {}

  /// `book` only helps to aim cancels and replaces at orders that rest.
  Event next(std::int64_t number, const reference::Book& book) {
    Event e;
    if (mix_.band_moves && number % 5000 == 4999) {
      if (random_.chance(50)) {
        e.kind = Event::Kind::expire;
        e.day = random_.chance(30) ? good_for_day : ++day_;
      } else {
        e.kind = Event::Kind::band;
        e.order.price = Price{mix_.low + random_.below(mix_.high - mix_.low + 1)};
        e.order.quantity = Tonnes{random_.below(3) == 0 ? -1 : random_.below(mix_.high - e.order.price.count + 50)};
      }
      return e;
    }
    const std::int64_t kind = random_.below(100);
    NewOrder& o = e.order;
    o.side = random_.chance(50) ? Side::buy : Side::sell;
    if (kind < mix_.cancel + mix_.replace) {
      e.kind = kind < mix_.cancel ? Event::Kind::cancel : Event::Kind::replace;
      // Ids are drawn from all ever used, with a few more tries at one that rests: some are gone already.
      o.id = random_.chance(mix_.unknown_ids) || used_.empty() ? random_.next() 
                                                                   : used_[pick_used()];
      for (int i = 0; i < mix_.aim && !book.ids.contains(o.id) && !used_.empty() && !random_.chance(mix_.unknown_ids); ++i)
        o.id = used_[pick_used()];
      o.price = random_.chance(40) && e.kind == Event::Kind::replace ? price_of_[o.id % price_of_.size()] : price(o.side, 30);
      o.quantity = quantity();
      if (random_.chance(mix_.bad)) o.quantity = Tonnes{0};
      if (random_.chance(mix_.bad)) o.price = Price{std::int64_t{-1} << 31};
      return e;
    }
    o.id = mix_.scattered_ids ? random_.next() : ++last_id_;
    if (random_.chance(mix_.bad) && !used_.empty()) o.id = used_[pick_used()];
    o.account = static_cast<std::uint32_t>(random_.below(mix_.accounts));
    o.quantity = quantity();
    if (random_.chance(mix_.bad)) o.quantity = Tonnes{-random_.below(2)};
    const std::int64_t type = kind - mix_.cancel - mix_.replace;
    o.type = type < mix_.market ? OrderType::market
             : type < mix_.market + mix_.ioc ? OrderType::immediate_or_cancel
             : type < mix_.market + mix_.ioc + mix_.fok ? OrderType::fill_or_kill : OrderType::limit;
    o.price = price(o.side, o.type == OrderType::limit ? mix_.crossing : 80);
    if (o.type == OrderType::fill_or_kill) o.quantity = o.quantity * (1 + random_.below(5));
    if (random_.chance(mix_.iceberg)) {
      o.quantity = o.quantity * 5;
      o.display = Tonnes{1 + random_.below(mix_.largest)};
    }
    if (mix_.floods != 0 && number % mix_.floods == mix_.floods - 1) {
      o.type = random_.chance(50) ? OrderType::market : OrderType::limit;
      o.price = Price{o.side == Side::buy ? mix_.high : mix_.low};
      o.quantity = Tonnes{mix_.largest * 200};
    }
    if (mix_.band_moves) o.good_till = random_.chance(30) ? good_for_day : random_.chance(50) ? day_ + static_cast<std::int32_t>(random_.below(10)) : good_till_cancelled;
    if (random_.chance(mix_.bad)) o.price = Price{std::int64_t{1} << 31};
    used_.push_back(o.id);
    price_of_[o.id % price_of_.size()] = o.price;
    if (mix_.around != 0 && random_.chance(5)) {
      middle_ += random_.below(3) - 1;
      middle_ = std::clamp(middle_, mix_.low, mix_.high);
    }
    return e;
  }

 private:
  std::size_t pick_used() {
    const auto size = static_cast<std::int64_t>(used_.size());
    const std::int64_t window = random_.chance(70) ? std::min<std::int64_t>(size, 2000) : size;
    return static_cast<std::size_t>(size - 1 - random_.below(window));
  }
  Tonnes quantity() { return Tonnes{1 + random_.below(mix_.largest)}; }
  Price price(Side side, int crossing) {
    if (mix_.around == 0) return Price{mix_.low + random_.below(mix_.high - mix_.low + 1)};
    const std::int64_t away = random_.chance(crossing) ? -random_.below(mix_.around / 4 + 1) : 1 + random_.below(mix_.around);
    return Price{std::clamp(side == Side::buy ? middle_ - away : middle_ + away, mix_.low, mix_.high)};
  }
  const Mix& mix_;
  Random random_;
  std::int64_t middle_;
  std::uint64_t last_id_ = 0;
  std::int32_t day_ = 0;
  std::vector<std::uint64_t> used_;
  std::vector<Price> price_of_ = std::vector<Price>(4096);
};

void run(const Mix& mix, std::uint64_t seed) {
  reference::Book slow(1 << 16);
  OrderBook fast(IdLookup::on);
  if (mix.band) fast.set_band(Price{mix.band_low}, Price{mix.band_high});
  Flow flow(mix, seed);

  // A draw keyed by the event and the price, as the exchange will make it, so that both books can
  // ask for the same one; `draws` tells apart successive trades at one price.
  std::int64_t number = 0;
  const auto draw = [&](std::int64_t& draws, Price price, std::uint32_t orders) {
    const std::uint64_t key = seed ^ static_cast<std::uint64_t>(number) << 20 ^ static_cast<std::uint64_t>(price.count) << 8;
    return static_cast<std::uint32_t>(Random(key + static_cast<std::uint64_t>(draws++)).below(orders));
  };
  std::int64_t slow_draws = 0, fast_draws = 0;
  Effect expected, got;
  slow.self_trade = mix.self_trade;
  slow.withdrawn = [&](std::uint64_t id, std::int64_t lost) { expected.withdrawn.emplace_back(id, lost); };
  if (mix.listed) slow.pick = [&](Price p, std::uint32_t n) { return draw(slow_draws, p, n); };
  const auto on_trade = [&](const reference::Trade& t) { expected.trades.push_back(t); };
  const auto sink = [&](const Fill& f) {
    got.trades.push_back({f.resting_id, f.incoming_id, f.resting_account, f.incoming_account, f.incoming_side, f.price,
                          f.quantity.count, f.resting_open.count, f.incoming_open.count});
    const auto left = fast.find(f.resting);
    ASSERT_EQ(left.has_value(), f.resting_open.count > 0) << "the handle in a fill names the order while it rests";
    if (left) { ASSERT_EQ(left->id, f.resting_id); }
  };
  const auto on_withdrawn = [&](const RestingOrder& o, Tonnes lost) { got.withdrawn.emplace_back(o.id, lost.count); };
  SelfTradeRule self_trade(mix.self_trade.value_or(Meeting::trade), on_withdrawn);
  const auto pick = [&](Price p, std::uint32_t n) { return draw(fast_draws, p, n); };
  ListedAgreementRule listed(pick);

  for (; number < mix.events; ++number) {
    const Event e = flow.next(number, slow);
    const NewOrder& o = e.order;
    expected = {};
    got = {};
    slow_draws = fast_draws = 0;
    reference::Answer answer{Outcome::rested};
    Placement placement{Outcome::rested, {}, {}, {}};
    switch (e.kind) {
      case Event::Kind::submit:
        answer = slow.submit(o, on_trade);
        placement = mix.self_trade ? fast.submit(o, sink, self_trade) : mix.listed ? fast.submit(o, sink, listed) : fast.submit(o, sink);
        break;
      case Event::Kind::cancel:
        answer.outcome = slow.cancel(o.id);
        // By id and by handle in turn.
        placement.outcome = number % 2 == 0 ? fast.cancel(o.id) : fast.cancel(fast.handle_of(o.id));
        break;
      case Event::Kind::replace: {
        answer = slow.replace(o.id, o.price, o.quantity, on_trade);
        const OrderHandle before = fast.handle_of(o.id);
        placement = mix.self_trade ? fast.replace(o.id, o.price, o.quantity, sink, self_trade)
                    : mix.listed ? fast.replace(before, o.price, o.quantity, sink, listed) : fast.replace(o.id, o.price, o.quantity, sink);
        if (placement.outcome == Outcome::rested) { ASSERT_EQ(placement.order, before); }
        break;
      }
      case Event::Kind::expire:
        for (const std::uint64_t id : slow.expire(e.day)) expected.withdrawn.emplace_back(id, 0);
        fast.expire_orders(e.day, [&](const RestingOrder& order) { got.withdrawn.emplace_back(order.id, 0); });
        break;
      case Event::Kind::band:
        // Moves orders between array and tree, which must not be seen from outside.
        if (o.quantity.count < 0) fast.clear_band(); else fast.set_band(o.price, o.price + Price{o.quantity.count});
        break;
    }
    expected.outcome = answer.outcome;
    expected.filled = answer.filled;
    expected.open = answer.open;
    got.outcome = placement.outcome;
    got.filled = placement.filled.count;
    got.open = placement.open.count;
    ASSERT_EQ(expected == got, true) << "seed " << seed << ", mix " << mix.name << ", event " << number << ": " << describe(e)
                                     << "\n  reference: " << describe(expected) << "\n  book:      " << describe(got);
    if (number % 20011 == 20010 || number + 1 == mix.events) {
      const std::vector<Row> want = rows_of(slow), have = rows_of(fast);
      for (std::size_t i = 0; i < std::max(want.size(), have.size()); ++i)
        ASSERT_EQ(i < want.size() && i < have.size() && want[i] == have[i], true)
            << "seed " << seed << ", mix " << mix.name << ", event " << number << ": " << describe(e) << "\n  resting order " << i
            << "\n  reference: " << describe(want, i) << "\n  book:      " << describe(have, i);
      const std::string wrong = inconsistency(fast, have);
      ASSERT_EQ(wrong, "") << "seed " << seed << ", mix " << mix.name << ", event " << number << ": " << describe(e);
      const OrderBook copy = fast;
      ASSERT_TRUE(copy == fast);
    }
  }
}

std::vector<Mix> mixes() {
  std::vector<Mix> all;
  const auto add = [&](Mix mix) { all.push_back(std::move(mix)); };
  add({.name = "deep", .events = 900'000, .around = 900, .cancel = 35, .replace = 3, .crossing = 8, .floods = 100'000});
  add({.name = "deep, scattered ids", .events = 300'000, .around = 900, .cancel = 35, .crossing = 8, .scattered_ids = true});
  add({.name = "deep, no band", .events = 400'000, .around = 900, .cancel = 35, .replace = 3, .crossing = 8, .band = false});
  add({.name = "thin", .events = 800'000, .around = 100, .cancel = 40, .market = 5, .ioc = 6, .crossing = 40});
  add({.name = "thin, no band, wide prices", .events = 400'000, .low = -2'000'000'000, .high = 2'000'000'000, .cancel = 40, .band = false});
  add({.name = "very thin", .events = 500'000, .around = 8, .cancel = 45, .market = 12, .ioc = 10, .crossing = 50});
  add({.name = "dead and unknown ids", .events = 400'000, .around = 100, .cancel = 55, .replace = 15, .crossing = 30, .unknown_ids = 50, .aim = 0, .bad = 10});
  add({.name = "replaces", .events = 400'000, .around = 100, .cancel = 15, .replace = 50, .crossing = 30, .iceberg = 10});
  add({.name = "crossing floods", .events = 400'000, .around = 300, .cancel = 20, .floods = 500});
  add({.name = "one price level", .events = 400'000, .low = 700, .high = 700, .cancel = 20});
  add({.name = "whole band", .events = 400'000, .cancel = 20});
  add({.name = "icebergs", .events = 400'000, .around = 50, .cancel = 35, .replace = 8, .market = 8, .fok = 8, .crossing = 40, .iceberg = 50, .floods = 2000});
  add({.name = "fill-or-kill, immediate, market", .events = 400'000, .around = 50, .cancel = 20, .market = 12, .ioc = 15, .fok = 20, .crossing = 30, .iceberg = 10});
  add({.name = "half outside the band", .events = 400'000, .around = 900, .cancel = 30, .crossing = 20, .iceberg = 5, .band_low = 800, .band_high = 1100, .floods = 3000});
  add({.name = "moving bands and expiry", .events = 400'000, .around = 900, .cancel = 30, .crossing = 20, .iceberg = 5, .floods = 7000, .band_moves = true});
  for (const Meeting meeting : {Meeting::withdraw_incoming, Meeting::withdraw_resting, Meeting::withdraw_both, Meeting::decrement})
    add({.name = "self-trade rule " + std::to_string(static_cast<int>(meeting)), .events = 150'000, .around = 50, .cancel = 30,
         .replace = 10, .fok = 8, .crossing = 40, .iceberg = 20, .accounts = 4, .floods = 1000, .self_trade = meeting});
  add({.name = "listed agreement", .events = 200'000, .around = 50, .cancel = 30, .replace = 10, .market = 0, .fok = 8, .crossing = 40, .iceberg = 10, .floods = 1000, .listed = true});
  return all;
}

class AgainstReference : public testing::TestWithParam<Mix> {};

TEST_P(AgainstReference, SameTradesAndSameBooks) {
  for (const std::uint64_t seed : {std::uint64_t{1}, std::uint64_t{20210716}})
    if (!HasFatalFailure()) run(GetParam(), seed);
}

INSTANTIATE_TEST_SUITE_P(OrderBook, AgainstReference, testing::ValuesIn(mixes()), [](const auto& info) {
  std::string name;
  for (const char c : info.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

TEST(OrderBookOracle, PlaysAtLeastTenMillionEvents) {
  std::int64_t events = 0;
  for (const Mix& mix : mixes()) events += 2 * mix.events;
  EXPECT_GE(events, 10'000'000);
}

}  // namespace
}  // namespace tantu
