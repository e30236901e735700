// What must hold for every order book after every sequence of orders, on random sequences that
// shrink to a small failing one.
#include "sim/order_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace tantu {
namespace {

// Orders are named by their place in the sequence, so that cancels hit what rests and shrinking works.
struct Step {
  enum class Kind { submit, cancel, replace } kind = Kind::submit;
  std::size_t target = 0;
  NewOrder order;
};

void showValue(const Step& s, std::ostream& out) {
  out << (s.kind == Step::Kind::submit ? "submit" : s.kind == Step::Kind::cancel ? "cancel" : "replace") << " target " << s.target << " type "
      << static_cast<int>(s.order.type) << (s.order.side == Side::buy ? " buy " : " sell ") << s.order.quantity.count << " at "
      << s.order.price.count << " showing " << s.order.display.count << " account " << s.order.account << "; ";
}

rc::Gen<Step> any_step() {
  const auto order = rc::gen::build<NewOrder>(
      rc::gen::set(&NewOrder::account, rc::gen::inRange<std::uint32_t>(0, 3)),
      rc::gen::set(&NewOrder::side, rc::gen::element(Side::buy, Side::sell)),
      rc::gen::set(&NewOrder::type, rc::gen::weightedElement<OrderType>({{6, OrderType::limit}, {1, OrderType::market},
                                                                         {1, OrderType::immediate_or_cancel}, {1, OrderType::fill_or_kill}})),
      rc::gen::set(&NewOrder::price, rc::gen::map(rc::gen::inRange<std::int64_t>(95, 106), [](std::int64_t p) { return Price{p}; })),
      rc::gen::set(&NewOrder::quantity, rc::gen::map(rc::gen::inRange<std::int64_t>(1, 30), [](std::int64_t q) { return Tonnes{q}; })),
      rc::gen::set(&NewOrder::display, rc::gen::map(rc::gen::weightedOneOf<std::int64_t>({{3, rc::gen::just<std::int64_t>(0)}, {1, rc::gen::inRange<std::int64_t>(1, 8)}}),
                                                    [](std::int64_t d) { return Tonnes{d}; })));
  return rc::gen::build<Step>(
      rc::gen::set(&Step::kind, rc::gen::weightedElement<Step::Kind>({{6, Step::Kind::submit}, {2, Step::Kind::cancel}, {2, Step::Kind::replace}})),
      rc::gen::set(&Step::target, rc::gen::inRange<std::size_t>(0, 40)), rc::gen::set(&Step::order, order));
}

struct Trade {
  std::uint64_t resting;
  Price price;
  Tonnes quantity;
};

// Plays steps on a book with a band in the middle of the prices (or none) and calls `after(step,
// trades, placement)` behind each one.
struct Play {
  OrderBook book{IdLookup::on};
  std::vector<Trade> trades;
  Placement placement;
  std::uint64_t next_id = 0;

  Play() { if (*rc::gen::arbitrary<bool>()) book.set_band(Price{98}, Price{102}); }

  void step(Step s) {
    trades.clear();
    const auto sink = [this](const Fill& f) { trades.push_back({f.resting_id, f.price, f.quantity}); };
    const std::uint64_t target = next_id == 0 ? 0 : s.target % next_id;
    switch (s.kind) {
      case Step::Kind::submit:
        s.order.id = next_id++;
        placement = book.submit(s.order, sink);
        break;
      case Step::Kind::cancel: placement = {book.cancel(target), {}, {}, {}}; break;
      case Step::Kind::replace: placement = book.replace(target, s.order.price, s.order.quantity, sink); break;
    }
  }
};

std::vector<Step> any_steps() { return *rc::gen::container<std::vector<Step>>(any_step()); }

Tonnes both_sides(const OrderBook& book) { return book.open_quantity(Side::buy) + book.open_quantity(Side::sell); }

// Sent = resting + twice traded + discarded or cancelled, step by step: a trade takes its quantity
// from both sides, and only a cancel or a type that does not rest loses quantity otherwise.
RC_GTEST_PROP(OrderBookProperty, QuantityIsConserved, ()) {
  Play play;
  for (const Step& s : any_steps()) {
    const Tonnes before = both_sides(play.book);
    const std::uint64_t target = play.next_id == 0 ? 0 : s.target % play.next_id;
    const auto old = play.book.find(target);
    play.step(s);
    Tonnes traded;
    for (const Trade& t : play.trades) {
      RC_ASSERT(t.quantity > Tonnes{0});
      traded += t.quantity;
    }
    RC_ASSERT(play.placement.filled == traded);
    Tonnes expected = before - traded;
    if (s.kind == Step::Kind::submit) {
      if (play.placement.outcome == Outcome::rested) RC_ASSERT(play.placement.open == s.order.quantity - traded);
      if (play.placement.outcome == Outcome::filled) RC_ASSERT(traded == s.order.quantity);
      expected += play.placement.open;
    } else if (old) {
      expected = expected - (old->shown + old->hidden) + play.placement.open;
      if (s.kind == Step::Kind::replace) RC_ASSERT(play.placement.open + traded == s.order.quantity);
    }
    RC_ASSERT(both_sides(play.book) == expected);
  }
}

RC_GTEST_PROP(OrderBookProperty, NeverCrossedAfterMatching, ()) {
  Play play;
  for (const Step& s : any_steps()) {
    play.step(s);
    // Price by price, not from what the book takes for its best.
    std::optional<Price> highest_bid, lowest_ask;
    for (Price p{90}; p < Price{110}; p += Price{1}) {
      if (play.book.level(Side::buy, p).orders > 0) highest_bid = p;
      if (play.book.level(Side::sell, p).orders > 0 && !lowest_ask) lowest_ask = p;
    }
    if (highest_bid && lowest_ask) RC_ASSERT(*highest_bid < *lowest_ask);
    RC_ASSERT(play.book.best_bid() == highest_bid);
    RC_ASSERT(play.book.best_ask() == lowest_ask);
  }
}

RC_GTEST_PROP(OrderBookProperty, TradesWithinTheLimitAndNeverPastABetterPrice, ()) {
  Play play;
  for (const Step& s : any_steps()) {
    const OrderBook before = play.book;
    play.step(s);
    if (s.kind != Step::Kind::submit) continue;
    const bool buys = s.order.side == Side::buy;
    std::optional<Price> last;
    for (const Trade& t : play.trades) {
      RC_ASSERT(t.price == before.find(t.resting)->price);
      if (s.order.type != OrderType::market) RC_ASSERT((buys ? t.price <= s.order.price : t.price >= s.order.price));
      if (last) RC_ASSERT((buys ? *last <= t.price : *last >= t.price));
      last = t.price;
    }
    if (!play.trades.empty()) RC_ASSERT(play.trades.front().price == *before.best(opposite(s.order.side)));
  }
}

// At one price the orders that stood there trade in the sequence in which they stood; only the
// renewed parts of icebergs come again, behind all of them.
RC_GTEST_PROP(OrderBookProperty, FirstInFirstOutWithinALevel, ()) {
  Play play;
  for (const Step& s : any_steps()) {
    const OrderBook before = play.book;
    play.step(s);
    std::map<Price, std::vector<Trade>> by_price;
    for (const Trade& t : play.trades) by_price[t.price].push_back(t);
    for (const auto& [at, made] : by_price) {
      const Price price = at;
      const std::vector<Trade>& trades = made;  // a lambda may not capture a structured binding (clang 14)
      const Side side = before.find(trades.front().resting)->side;
      std::size_t n = 0;
      before.for_each_order(side, price, [&](const RestingOrder& o) {
        if (n >= trades.size()) return;
        RC_ASSERT(trades[n].resting == o.id);
        if (n + 1 < trades.size()) RC_ASSERT(trades[n].quantity == o.shown);
        ++n;
      });
    }
  }
}

RC_GTEST_PROP(OrderBookProperty, CancelAfterFillIsHarmless, ()) {
  Play play;
  std::vector<std::pair<OrderHandle, std::uint64_t>> handles;
  for (const Step& s : any_steps()) {
    play.step(s);
    if (play.placement.order && s.kind == Step::Kind::submit) handles.emplace_back(play.placement.order, play.next_id - 1);
    for (const Trade& t : play.trades) {
      if (play.book.find(t.resting)) continue;
      const OrderBook before = play.book;
      RC_ASSERT(play.book.cancel(t.resting) == Outcome::unknown_order);
      RC_ASSERT(play.book.replace(t.resting, Price{100}, Tonnes{1}, [](const Fill&) {}).outcome == Outcome::unknown_order);
      RC_ASSERT(play.book == before);
    }
    const OrderBook before = play.book;
    for (const auto& [handle, id] : handles)
      if (!before.find(id)) RC_ASSERT(play.book.cancel(handle) == Outcome::unknown_order);
    RC_ASSERT(play.book == before);
  }
}

RC_GTEST_PROP(OrderBookProperty, ReplaceKeepsPriorityOnlyWhenTheQuantityAloneFalls, ()) {
  Play play;
  const auto place = [&](std::uint64_t id) {
    const RestingOrder order = *play.book.find(id);
    std::size_t n = 0, found = 0, orders = 0;
    play.book.for_each_order(order.side, order.price, [&](const RestingOrder& o) {
      if (o.id == id) found = n;
      ++n;
      ++orders;
    });
    return std::pair{found, orders - 1};
  };
  for (const Step& s : any_steps()) {
    const std::uint64_t target = play.next_id == 0 ? 0 : s.target % play.next_id;
    const auto old = play.book.find(target);
    const auto old_place = old ? place(target) : std::pair<std::size_t, std::size_t>{};
    play.step(s);
    if (s.kind != Step::Kind::replace || !old || play.placement.outcome != Outcome::rested) continue;
    const bool kept = s.order.price == old->price && s.order.quantity <= old->shown + old->hidden;
    const auto [now, last] = place(target);
    if (kept) {
      RC_ASSERT(now == old_place.first);
      RC_ASSERT(play.trades.empty());
    } else {
      RC_ASSERT(now == last);
    }
    RC_ASSERT(play.book.find(target)->handle == old->handle);
  }
}

RC_GTEST_PROP(OrderBookProperty, FillOrKillIsAllOrNothing, ()) {
  Play play;
  for (Step s : any_steps()) {
    if (*rc::gen::inRange(0, 3) == 0) s.order.type = OrderType::fill_or_kill;
    const OrderBook before = play.book;
    play.step(s);
    if (s.kind != Step::Kind::submit || s.order.type != OrderType::fill_or_kill) continue;
    Tonnes within;
    before.for_each_level(opposite(s.order.side), before.size(), [&](const PriceLevel& l) {
      if (s.order.side == Side::buy ? l.price <= s.order.price : l.price >= s.order.price) within += l.shown + l.hidden;
    });
    if (within >= s.order.quantity) {
      RC_ASSERT(play.placement.outcome == Outcome::filled);
      RC_ASSERT(play.placement.filled == s.order.quantity);
    } else {
      RC_ASSERT(play.placement.outcome == Outcome::killed);
      RC_ASSERT(play.trades.empty());
      RC_ASSERT(play.book == before);
    }
  }
}

// Two orders of one account never trade with each other, whatever is done about it.
RC_GTEST_PROP(OrderBookProperty, SelfTradeRuleHolds, ()) {
  OrderBook book;
  const Meeting meeting = *rc::gen::element(Meeting::withdraw_incoming, Meeting::withdraw_resting, Meeting::withdraw_both, Meeting::decrement);
  SelfTradeRule rule(meeting, [](const RestingOrder&, Tonnes lost) { RC_ASSERT(lost > Tonnes{0}); });
  for (const Step& s : any_steps()) {
    book.submit(s.order, [](const Fill& f) { RC_ASSERT(f.resting_account != f.incoming_account); }, rule);
    if (book.best_bid() && book.best_ask()) RC_ASSERT(*book.best_bid() < *book.best_ask());
  }
}

}  // namespace
}  // namespace tantu
