// Events a second of the order book and, in the same run, of the slow reference book.
//
//   deep   2,000 ticks, about 32,000 resting orders      thin   about 5,000 resting orders
//
// Both: 2,000,000 events, half of them passive limit orders, 35% cancels of random live orders by
// id, 15% marketable orders. The streams are made before the clock starts, from one fixed seed, by
// playing them through the reference book; they begin with the orders that fill the book. Every
// timed pass starts from an empty, reserved book, and its trades are checked against the others'.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "sim/market_quality.hpp"
#include "sim/matching_session.hpp"
#include "sim/order_book.hpp"
#include "sim/surveillance.hpp"
#include "tests/oracle/reference_book.hpp"
#include "tests/random.hpp"

namespace {

using namespace tantu;

struct Event {
  std::uint64_t id;
  std::int32_t price;
  std::int32_t quantity;
  std::uint32_t account;
  Side side;
  bool cancel;
};

// Trades folded into one number; any difference in price, quantity, order or sequence shows.
struct Tape {
  std::uint64_t trades = 0;
  std::uint64_t sum = 0;
  void add(std::uint64_t id, Price price, std::int64_t quantity) {
    ++trades;
    sum = (sum ^ (id + static_cast<std::uint64_t>(price.count) * 1000003u + static_cast<std::uint64_t>(quantity))) * 0x100000001b3u;
  }
  friend bool operator==(const Tape&, const Tape&) = default;
};

using tantu::tests::Random;

struct Stream {
  std::vector<Event> events;
  std::size_t most_resting = 0;
  std::size_t mean_resting = 0;
  Tape tape;
};

NewOrder limit_order(const Event& e) {
  return {e.id, e.account, e.side, OrderType::limit, Price{e.price}, Tonnes{e.quantity}, {}, good_till_cancelled};
}

// `shuffled_ids` gives ids without order, as exchanges that number across instruments do.
Stream make_stream(std::size_t resting, bool shuffled_ids) {
  constexpr std::size_t count = 2'000'000;
  constexpr std::int64_t ticks = 2000;
  Random random(20210716);
  Stream stream;
  stream.events.reserve(count + resting);
  reference::Book book(2 * resting);
  std::vector<std::uint64_t> live;  // may hold dead ids; those are dropped when drawn
  std::uint64_t last_id = 0;
  double resting_sum = 0;
  while (stream.events.size() < count + resting) {
    const bool filling = stream.events.size() < resting;
    const std::int64_t kind = filling ? 0 : random.below(100);
    Event e{};
    e.side = random.below(2) == 0 ? Side::buy : Side::sell;
    e.account = static_cast<std::uint32_t>(random.below(1000));
    e.quantity = static_cast<std::int32_t>(1 + random.below(100));
    if (kind >= 50 && kind < 85) {
      while (!live.empty()) {
        const auto i = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(live.size())));
        e.id = live[i];
        live[i] = live.back();
        live.pop_back();
        if (book.ids.contains(e.id)) break;
        e.id = 0;
      }
      if (e.id == 0) continue;
      e.cancel = true;
      book.cancel(e.id);
    } else {
      ++last_id;
      e.id = shuffled_ids ? Random(last_id).next() : last_id;
      const std::int64_t bid = book.bids.empty() ? ticks / 2 - 1 : book.bids.begin()->first.count;
      const std::int64_t ask = book.asks.empty() ? ticks / 2 + 1 : book.asks.begin()->first.count;
      // Prices from the outer edge of the order's side, mirrored for asks. Passive: anywhere between
      // that edge and the opposite best price, not far past the middle, which keeps both sides
      // alive. Marketable: through the best price, larger when the book is fuller than wanted.
      const std::int64_t opposite_best = e.side == Side::buy ? ask : ticks - 1 - bid;
      const std::int64_t price = kind >= 85 ? std::min(opposite_best + 500, ticks - 1)
                                            : random.below(std::clamp<std::int64_t>(opposite_best, 1, ticks / 2 + 100));
      e.price = static_cast<std::int32_t>(e.side == Side::buy ? price : ticks - 1 - price);
      if (kind >= 85 && book.ids.size() > resting) e.quantity *= 2;
      const auto answer = book.submit(limit_order(e), [&](const reference::Trade& t) {
        stream.tape.add(t.resting_id, t.price, t.quantity);
      });
      if (answer.outcome == Outcome::rested) live.push_back(e.id);
    }
    stream.events.push_back(e);
    stream.most_resting = std::max(stream.most_resting, book.ids.size());
    if (!filling) resting_sum += static_cast<double>(book.ids.size());
  }
  stream.mean_resting = static_cast<std::size_t>(resting_sum / count);
  return stream;
}

const Stream& deep() { static const Stream s = make_stream(32'000, false); return s; }
const Stream& thin() { static const Stream s = make_stream(5'000, false); return s; }
const Stream& deep_shuffled() { static const Stream s = make_stream(32'000, true); return s; }

void report(benchmark::State& state, const Stream& stream) {
  state.SetItemsProcessed(static_cast<std::int64_t>(stream.events.size()) * state.iterations());
  state.counters["resting"] = static_cast<double>(stream.mean_resting);
  state.counters["trades"] = static_cast<double>(stream.tape.trades);
}

void check(const Tape& tape, const Stream& stream) {
  if (!(tape == stream.tape)) throw std::logic_error("the books disagree on the trades of this stream");
}

void reference_book(benchmark::State& state, const Stream& (*source)()) {
  const Stream& stream = source();
  for (auto _ : state) {
    state.PauseTiming();
    {
      reference::Book book(2 * stream.most_resting);
      Tape tape;
      state.ResumeTiming();
      for (const Event& e : stream.events) {
        if (e.cancel) book.cancel(e.id);
        else book.submit(limit_order(e), [&](const reference::Trade& t) { tape.add(t.resting_id, t.price, t.quantity); });
      }
      state.PauseTiming();
      check(tape, stream);
    }
    state.ResumeTiming();
  }
  report(state, stream);
}

struct Plan {
  bool band = true;
  std::size_t look_ahead = 0;  // events; a replay that reads in blocks knows what comes
};

void order_book(benchmark::State& state, const Stream& (*source)(), Plan plan) {
  const Stream& stream = source();
  for (auto _ : state) {
    state.PauseTiming();
    {
      OrderBook book(IdLookup::on);
      book.reserve(stream.most_resting);
      if (plan.band) book.set_band(Price{0}, Price{1999});
      Tape tape;
      const auto sink = [&](const Fill& f) { tape.add(f.resting_id, f.price, f.quantity.count); };
      const auto play = [&](const Event& e) {
        if (e.cancel) book.cancel(e.id);
        else book.submit(limit_order(e), sink);
      };
      const Event* const end = stream.events.data() + stream.events.size();
      state.ResumeTiming();
      const Event* e = stream.events.data();
      if (plan.look_ahead != 0)
        for (; e != end - plan.look_ahead; ++e) {
          book.prefetch(e[plan.look_ahead].id);
          play(*e);
        }
      for (; e != end; ++e) play(*e);
      state.PauseTiming();
      check(tape, stream);
    }
    state.ResumeTiming();
  }
  report(state, stream);
}

// The simulator's way: orders are cancelled by handle and no id is ever looked up. The handles are
// kept in an array by id, which is the caller's cost and is timed here.
void order_book_by_handle(benchmark::State& state, const Stream& (*source)()) {
  const Stream& stream = source();
  std::vector<OrderHandle> handles(stream.events.size() + 1);
  for (auto _ : state) {
    state.PauseTiming();
    {
      OrderBook book;
      book.reserve(stream.most_resting);
      book.set_band(Price{0}, Price{1999});
      Tape tape;
      state.ResumeTiming();
      for (const Event& e : stream.events) {
        if (e.cancel) book.cancel(handles[e.id]);
        else handles[e.id] = book.submit(limit_order(e), [&](const Fill& f) { tape.add(f.resting_id, f.price, f.quantity.count); }).order;
      }
      state.PauseTiming();
      check(tape, stream);
    }
    state.ResumeTiming();
  }
  report(state, stream);
}

/// Every rule of the session on, none of them so tight that the stream meets it often. Prices are 1,000 ticks higher,
/// so that all are above zero.
ExchangeRules all_rules() {
  ExchangeRules rules;
  rules.listed_most = Tonnes{1000};
  rules.value_most = Cash{10'000'000};
  rules.price_limit = rules.price_away = rules.static_collar = rules.dynamic_collar = 0.9;
  rules.order_days = 5;
  rules.self_trade = SelfTrade::cancel_newest;
  rules.credit = Cash{std::int64_t{1} << 50};
  rules.position_limit = rules.group_limit = Tonnes{std::int64_t{1} << 50};
  rules.messages_per_second = 1 << 30;
  rules.order_to_trade = 1000;
  rules.fees.taker = 100'000;
  return rules;
}

// The exchange around the book, as a replay runs it.
void session(benchmark::State& state, const Stream& (*source)(), const ExchangeRules& rules, bool looked_at) {
  const Stream& stream = source();
  std::vector<FlowEvent> events;
  for (const Event& e : stream.events) {
    FlowEvent event;
    event.kind = e.cancel ? EventKind::cancel : EventKind::limit;
    event.order = e.id;
    event.account = e.cancel ? no_account : e.account;
    event.side = e.side;
    event.price = Price{e.price + 1000};
    event.price_state = PriceState::exact;
    event.quantity = Tonnes{e.quantity};
    event.has_quantity = true;
    event.nanoseconds = static_cast<std::int64_t>(events.size()) * 10'000;
    events.push_back(event);
  }
  std::uint64_t trades = 0;
  for (auto _ : state) {
    state.PauseTiming();
    SessionInputs inputs;
    inputs.reference = Price{2000};
    for (std::uint32_t account = 0; account < 1000; ++account) {
      inputs.statements.push_back({Statement::before_all, account, Tonnes{std::int64_t{1} << 40}, {}});
      inputs.group_of[account] = account / 10;
    }
    MatchingSession exchange(rules, std::move(inputs));
    MarketQuality quality;
    Surveillance surveillance;
    MarketWatch watch({&quality, &surveillance});
    if (looked_at) exchange.watch(&watch);
    state.ResumeTiming();
    for (std::size_t first = 0; first < events.size(); first += 64) {  // as a replay does
      const auto block = std::span(events).subspan(first, std::min<std::size_t>(64, events.size() - first));
      exchange.expect(block);
      for (const FlowEvent& event : block) exchange.apply(event, nullptr);
    }
    state.PauseTiming();
    trades = exchange.counts().trades;
    state.ResumeTiming();
  }
  report(state, stream);
  state.counters["trades"] = static_cast<double>(trades);
}

BENCHMARK_CAPTURE(session, deep_open, deep, open_rules(), false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(session, deep_all_rules, deep, all_rules(), false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(session, deep_watched, deep, open_rules(), true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reference_book, deep, deep)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, deep, deep, Plan{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, deep_look_ahead, deep, Plan{true, 8})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, deep_shuffled_ids, deep_shuffled, Plan{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, deep_no_band, deep, Plan{false, 0})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book_by_handle, deep, deep)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reference_book, thin, thin)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, thin, thin, Plan{})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book, thin_no_band, thin, Plan{false, 0})->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(order_book_by_handle, thin, thin)->Unit(benchmark::kMillisecond);

}  // namespace
