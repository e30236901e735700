// What those who watch are told of the best ten prices, against reading the book anew after every message: random sessions
// with every rule that changes a book behind the tape's back (self-trade prevention, calls, expiry, new limits) among others.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "sim/market_watch.hpp"
#include "sim/matching_session.hpp"
#include "tests/random.hpp"

namespace tantu {
namespace {

using tests::Random;

/// The same figures, the slow way.
std::vector<std::int64_t> read(const OrderBook& book) {
  std::vector<std::int64_t> figures;
  for (const Side side : {Side::buy, Side::sell}) {
    figures.push_back(book.best(side).value_or(Price{-1}).count);
    for (const std::size_t levels : SideView::levels) {
      Tonnes sum;
      book.for_each_level(side, levels, [&](const PriceLevel& level) { sum += level.shown; });
      figures.push_back(sum.count);
    }
  }
  return figures;
}

struct Looker final : Watcher {
  void settled(const DepthView& view, const Moment& now) override {
    std::vector<std::int64_t> told;
    for (const Side side : {Side::buy, Side::sell}) {
      told.push_back(view.side(side).best().value_or(Price{-1}).count);
      for (std::size_t i = 0; i < SideView::levels.size(); ++i) told.push_back(view.side(side).shown(i).count);
    }
    EXPECT_EQ(told, read(session->book())) << where << ", day " << now.day << ", message " << now.message;
    EXPECT_EQ(view.limit_low, session->limit_low());
    EXPECT_EQ(view.limit_high, session->limit_high());
    EXPECT_TRUE(view.changed || told == before) << where << ", message " << now.message;
    before = told;
    ++states;
    unchanged += !view.changed;
  }
  const MatchingSession* session = nullptr;
  std::string where;
  std::vector<std::int64_t> before;
  std::size_t states = 0, unchanged = 0;
};

struct Mix {
  std::string name;
  ExchangeRules rules;
  std::int64_t spread = 40;  // prices lie this far around 50.00
};
void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

class WatchOracle : public testing::TestWithParam<Mix> {};

TEST_P(WatchOracle, TellsWhatTheBookHolds) {
  const Mix& mix = GetParam();
  constexpr std::int64_t second = 1'000'000'000;
  std::size_t states = 0, unchanged = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    SessionInputs inputs;
    inputs.reference = Price{5000};
    for (std::uint32_t account = 0; account < 6; ++account) inputs.statements.push_back({Statement::before_all, account, Tonnes{100'000}, Cash{1'000'000'000}});
    Looker looker;
    MatchingSession session(mix.rules, std::move(inputs));
    MarketWatch watch({&looker});
    session.watch(&watch);
    looker.session = &session;
    looker.where = mix.name + ", seed " + std::to_string(seed);
    std::uint64_t last = 0;
    for (int day = 1; day <= 4; ++day) {
      std::int64_t now = 9 * 3600;
      for (int i = 0; i < 400; ++i) {
        FlowEvent event;
        event.day = day;
        event.nanoseconds = (now += random.below(40)) * second;
        event.account = random.chance(10) ? no_account : static_cast<std::uint32_t>(random.below(6));
        if (mix.rules.asks_for_accounts() && event.account == no_account) event.account = 0;
        event.side = random.chance(50) ? Side::buy : Side::sell;
        event.price = Price{5000 + (event.side == Side::buy ? -10 : 10) + random.below(2 * mix.spread + 1) - mix.spread};
        event.price_state = PriceState::exact;
        event.quantity = Tonnes{1 + random.below(60)};
        event.has_quantity = true;
        event.order = 1 + static_cast<std::uint64_t>(random.below(static_cast<std::int64_t>(last) + 1));
        const std::int64_t kind = random.below(100);
        if (kind < 55) {
          event.kind = EventKind::limit;
          event.order = random.chance(90) ? ++last : event.order;
          if (random.chance(20)) event.display = Tonnes{5};
          event.time_in_force = random.chance(30) ? TimeInForce::day : TimeInForce::by_rule;
        } else if (kind < 62) event.kind = EventKind::immediate_or_cancel, event.order = ++last;
        else if (kind < 66) event.kind = EventKind::market, event.order = ++last;
        else if (kind < 80) event.kind = EventKind::cancel;
        else if (kind < 92) event.kind = EventKind::replace;
        else if (kind < 97) event.kind = EventKind::reduce;
        else event.kind = session.exchange().is_halted() ? EventKind::resume : EventKind::halt;
        session.apply(event, nullptr);
      }
    }
    session.finish(nullptr);
    states += looker.states;
    unchanged += looker.unchanged;
    if (HasFailure()) return;
  }
  // Neither is anything told twice nor everything read again.
  EXPECT_GT(states, 10'000u);
  EXPECT_GT(unchanged, states / 50) << "of " << states << " states; most messages leave ten prices of a wide book as they are";
}

ExchangeRules with(void (*change)(ExchangeRules&)) {
  ExchangeRules rules = open_rules();
  change(rules);
  return rules;
}

INSTANTIATE_TEST_SUITE_P(
    Mixes, WatchOracle,
    testing::Values(Mix{"open", open_rules(), 60}, Mix{"thin", open_rules(), 4},
                    Mix{"newest goes", with([](ExchangeRules& r) { r.self_trade = SelfTrade::cancel_newest; })},
                    Mix{"oldest goes", with([](ExchangeRules& r) { r.self_trade = SelfTrade::cancel_oldest; })},
                    Mix{"both go", with([](ExchangeRules& r) { r.self_trade = SelfTrade::cancel_both; })},
                    Mix{"both lose", with([](ExchangeRules& r) { r.self_trade = SelfTrade::decrement; })},
                    Mix{"for the day, within limits", with([](ExchangeRules& r) { r.order_days = 1; r.price_limit = 0.01; })},
                    Mix{"for three days, limits that move", with([](ExchangeRules& r) { r.order_days = 3; r.price_limit = 0.01; r.close_by = CloseBy::last; })},
                    Mix{"listed agreement", with([](ExchangeRules& r) { r.matching = Matching::listed_agreement; })},
                    Mix{"interruptions", with([](ExchangeRules& r) {
                          r.static_collar = 0.006; r.dynamic_collar = 0.004; r.interruption = 120'000'000'000; r.self_trade = SelfTrade::cancel_oldest; })},
                    Mix{"calls", with([](ExchangeRules& r) {
                          constexpr std::int64_t hour = 3'600'000'000'000;
                          r.timetable = {{SessionPhase::call, 9 * hour, 9 * hour + hour / 2}, {SessionPhase::continuous, 9 * hour + hour / 2, 11 * hour},
                                         {SessionPhase::call, 11 * hour, 12 * hour}};
                          r.self_trade = SelfTrade::cancel_both; r.halts = {{ScheduledHalt::every_day, 10 * hour, 10 * hour + hour / 4}}; })},
                    Mix{"means", with([](ExchangeRules& r) {
                          r.short_sale = r.resale_same_day = false; r.credit = Cash{0}; r.fees.taker = 1'000'000; r.self_trade = SelfTrade::cancel_newest; })}),
    [](const auto& mix) {
      std::string name;
      for (const char c : mix.param.name)
        if (std::isalnum(static_cast<unsigned char>(c))) name += c;
      return name;
    });

}  // namespace
}  // namespace tantu
