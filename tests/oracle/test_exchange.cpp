// The exchange against the slow one of slow_exchange.hpp: the same answers, trades, fees, books and references over
// random sessions with every rule on and off; and the price of a call against exhaustive search.
//
// TANTU_ORACLE_MESSAGES=N plays about N messages over all mixes instead of 640,000 (10,000,000 take some minutes).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/call_price.hpp"
#include "sim/exchange.hpp"
#include "tests/oracle/slow_exchange.hpp"
#include "tests/random.hpp"

namespace tantu {
namespace {

using tests::Random;

constexpr std::int64_t second = 1'000'000'000;

struct Mix {
  std::string name;
  ExchangeRules rules;
  std::int64_t spread = 40;  // prices lie this far around 50.00
};

void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

struct Deals final : Tape {
  Deals() { hears_orders = false; }
  void order(const OrderRecord&) override {}
  void trade(const Trade& t) override {
    deals.emplace_back(t.kind, t.buyer, t.seller, t.buy_order, t.sell_order, t.price.count, t.quantity.count, t.buyer_fee.count, t.seller_fee.count);
  }
  std::vector<reference::Deal> deals;
};

constexpr std::uint64_t days = 4, messages_of_a_day = 700;
std::uint64_t seeds_of_a_mix(std::uint64_t mixes) {
  const char* const asked = std::getenv("TANTU_ORACLE_MESSAGES");
  const std::uint64_t wanted = asked ? std::strtoull(asked, nullptr, 10) : 0;
  return std::max<std::uint64_t>(12, (wanted + mixes * days * messages_of_a_day - 1) / (mixes * days * messages_of_a_day));
}

class ExchangeOracle : public testing::TestWithParam<Mix> {};

TEST_P(ExchangeOracle, DoesWhatTheSlowExchangeDoes) {
  const ExchangeRules& rules = GetParam().rules;
  constexpr Account accounts = 7;
  constexpr std::int64_t held = 3000;
  const std::uint64_t seeds = seeds_of_a_mix(24);
  const bool outside = rules.block_least > Tonnes{} || rules.negotiated_least > Tonnes{} || rules.one_way_least > Tonnes{};
  std::size_t traded = 0, refused = 0, interrupted = 0;
  std::set<TradeKind> kinds;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Random random(seed);
    Registry registry(accounts);
    Clearing clearing(accounts);
    Exchange fast(accounts, Price{5000});
    reference::SlowExchange slow(rules, 5000);
    const UnitIndex unit = registry.unit({UnitType::allowance, 0, 2021});
    for (Account a = 1; a < accounts; ++a) {
      registry.issue(a, unit, Tonnes{held});
      slow.owners[a].held = held;
      slow.owners[a].group = (a - 1) / 2;
      fast.join_group(a, (a - 1) / 2);
    }
    MarketCustody custody(registry, clearing, 0);
    Deals deals;
    std::uint64_t next = 1;
    for (int day = 0; day < int{days}; ++day) {
      fast.open(Day{day}, rules, custody, &deals);
      slow.open(day);
      std::int64_t now = 9 * 3600 - 60;
      for (std::uint64_t i = 0; i < messages_of_a_day; ++i) {
        const std::string where = GetParam().name + ", seed " + std::to_string(seed) + ", day " + std::to_string(day) + ", message " + std::to_string(i);
        if (!rules.timetable.empty()) {
          now += random.below(7);
          fast.advance(now * second, rules, custody, &deals);
          slow.advance(now);
        }
        const Account account = 1 + static_cast<Account>(random.below(accounts - 1));
        const std::int64_t kind = random.below(100);
        std::int64_t price = 5000 + random.below(2 * GetParam().spread + 1) - GetParam().spread;
        if (random.chance(95)) price -= price % rules.tick.count;
        const std::int64_t quantity = (1 + random.below(30)) * (random.chance(95) ? rules.lot.count : 1);
        const std::uint64_t id = next - std::min<std::uint64_t>(next - 1, 1 + static_cast<std::uint64_t>(random.below(60)));
        Rejection got{}, wanted{};
        if (outside && random.chance(12)) {
          const Account other = 1 + static_cast<Account>(random.below(accounts - 1));
          const Side side = random.chance(50) ? Side::buy : Side::sell;
          const std::int64_t what = random.below(12);
          if (what < 4) {
            const TradeKind of = what < 2 ? TradeKind::block : TradeKind::negotiated;
            const std::int64_t many = 5 * quantity;
            got = fast.trade_block(account, other, Price{price}, Tonnes{many}, of, rules, custody, &deals);
            wanted = slow.trade_outside(of, account, other, price, many);
          } else if (what < 6) {
            got = fast.call_bids(account, side, Price{price}, Tonnes{5 * quantity}, rules, custody, &deals);
            wanted = slow.call_bids(account, side, price, 5 * quantity);
          } else if (what < 10) {
            got = fast.bid(account, next, Price{price}, Tonnes{quantity}, rules, custody, &deals);
            wanted = slow.bid(account, next, price, quantity);
            ++next;
          } else {
            fast.end_bids(rules, custody, &deals);
            slow.end_bids();
          }
        } else if (outside && random.chance(2)) {
          if (random.chance(40)) {
            fast.halt(&deals);
            slow.halt();
          } else {
            fast.resume(rules, custody, &deals);
            slow.resume();
          }
        } else if (kind < 70) {
          const auto type = static_cast<OrderType>(kind < 55 ? 0 : kind < 60 ? 1 : kind < 65 ? 2 : 3);
          const auto tif = static_cast<TimeInForce>(random.below(3));
          const Tonnes display{random.chance(20) ? 1 + random.below(10) : 0};
          const Side side = random.chance(50) ? Side::buy : Side::sell;
          const std::uint64_t number = random.chance(95) ? next++ : id;
          got = fast.submit(account, {side, Price{price}, Tonnes{quantity}, type, tif, false, display, number}, rules, custody, &deals).rejection;
          wanted = slow.submit(account, {number, account, side, type, Price{price}, Tonnes{quantity}, display, 0}, tif);
        } else if (kind < 85) {
          got = fast.cancel(no_account, id, rules, custody, &deals);
          wanted = slow.cancel(id);
        } else {
          const auto new_price = random.chance(60) ? std::optional{price} : std::nullopt;
          const auto new_quantity = random.chance(70) ? std::optional{quantity} : std::nullopt;
          got = fast.replace(no_account, id, new_price ? std::optional{Price{*new_price}} : std::nullopt,
                             new_quantity ? std::optional{Tonnes{*new_quantity}} : std::nullopt, rules, custody, &deals).rejection;
          wanted = slow.replace(id, new_price, new_quantity);
        }
        ASSERT_EQ(rejection_names[static_cast<std::size_t>(got)], rejection_names[static_cast<std::size_t>(wanted)]) << where;
        ASSERT_EQ(deals.deals.size(), slow.deals.size()) << where;
        if (!deals.deals.empty()) { ASSERT_EQ(deals.deals.back(), slow.deals.back()) << where; }
        refused += got != Rejection::none;
      }
      interrupted += static_cast<std::size_t>(fast.totals().interruptions);
      fast.close(rules, custody, &deals);
      slow.close();
      ASSERT_EQ(fast.reference().count, slow.reference) << GetParam().name << ", seed " << seed << ", day " << day;
    }
    ASSERT_EQ(deals.deals, slow.deals);
    ASSERT_EQ(fast.self_trades_prevented().count, slow.prevented);
    std::vector<std::pair<std::uint64_t, std::int64_t>> left, left_slowly;
    fast.book().for_each([&](const RestingOrder& o) { left.emplace_back(o.id, (o.shown + o.hidden).count); });
    slow.for_each_order([&](const reference::Order& o) { left_slowly.emplace_back(o.id, o.open()); });
    ASSERT_EQ(left, left_slowly);
    for (Account a = 1; a < accounts; ++a) {
      ASSERT_EQ(registry.holding(a).count, slow.owners[a].held) << "account " << a;
      ASSERT_EQ(clearing.balance(a).count, slow.owners[a].cash) << "account " << a;
      std::int64_t frozen = 0;
      slow.for_each_order([&](const reference::Order& o) { if (o.account == a && o.side == Side::buy) frozen += o.price.count * o.open(); });
      ASSERT_EQ(clearing.frozen(a).count, frozen) << "account " << a;
    }
    ASSERT_EQ(clearing.balance(0).count, slow.fees);
    ASSERT_EQ(clearing.total(), Cash{});
    ASSERT_EQ(registry.imbalance(), std::nullopt);
    traded += deals.deals.size();
    for (const reference::Deal& deal : deals.deals) kinds.insert(std::get<TradeKind>(deal));
  }
  EXPECT_GT(traded, 1000u);
  EXPECT_GT(refused, 100u);
  EXPECT_EQ(kinds.contains(TradeKind::block), rules.block_least > Tonnes{});
  EXPECT_EQ(kinds.contains(TradeKind::negotiated), rules.negotiated_least > Tonnes{});
  EXPECT_EQ(kinds.contains(TradeKind::one_way), rules.one_way_least > Tonnes{});
  if (rules.static_collar > 0 || rules.dynamic_collar > 0) { EXPECT_GT(interrupted, 20u); }
}

ExchangeRules off() {
  ExchangeRules rules = open_rules();
  rules.short_sale = rules.negative_prices = false;
  rules.order_days = 2;
  return rules;
}
ExchangeRules with(void (*change)(ExchangeRules&)) {
  ExchangeRules rules = off();
  change(rules);
  return rules;
}
constexpr std::int64_t hour = 3600 * second;
void calls(ExchangeRules& r) {
  r.timetable = {{SessionPhase::call, 9 * hour, 9 * hour + 300 * second}, {SessionPhase::continuous, 9 * hour + 300 * second, 9 * hour + 1200 * second},
                 {SessionPhase::continuous, 9 * hour + 1260 * second, 9 * hour + 1800 * second}, {SessionPhase::call, 9 * hour + 1800 * second, 9 * hour + 1900 * second}};
}
void outside_the_book(ExchangeRules& r) {
  r.block_least = Tonnes{60};
  r.block_limit = 0.006;
  r.negotiated_least = Tonnes{20};
  r.negotiated_limit = 0.008;
  r.one_way_least = Tonnes{40};
  r.one_way_limit = 0.005;
}
void all(ExchangeRules& r) {
  calls(r);
  r.tick = Price{5};
  r.lot = Tonnes{5};
  r.listed_most = Tonnes{140};
  r.value_most = Cash{600'000};
  r.price_away = 0.006;
  r.price_limit = 0.01;
  r.static_collar = 0.005;
  r.dynamic_collar = 0.003;
  r.interruption = 40 * second;
  r.self_trade = SelfTrade::decrement;
  r.resale_same_day = false;
  r.credit = Cash{8'000'000};
  r.position_limit = Tonnes{3500};
  r.group_limit = Tonnes{6400};
  outside_the_book(r);
  r.halts = {{ScheduledHalt::every_day, 9 * hour + 700 * second, 9 * hour + 800 * second}};
  r.messages_per_second = 2;
  r.order_to_trade = 4;
  r.order_to_trade_free = 20;
  r.fees = {500'000, -100'000, 250'000'000, Cash{3}};
  r.close_by = CloseBy::call;
  r.order_days = 1;
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ExchangeOracle,
    testing::Values(Mix{"Off", off()}, Mix{"Wide", off(), 1500}, Mix{"OnePrice", off(), 0},
                    Mix{"Calls", with(calls)},
                    Mix{"CallsOwnOrders", with([](ExchangeRules& r) { calls(r); r.self_trade = SelfTrade::cancel_both; })},
                    Mix{"Collars", with([](ExchangeRules& r) { calls(r); r.static_collar = 0.006; r.dynamic_collar = 0.003; r.interruption = 30 * second; })},
                    Mix{"CollarsWithoutAClock", with([](ExchangeRules& r) { r.static_collar = 0.005; })},
                    Mix{"CollarsDecrement", with([](ExchangeRules& r) { calls(r); r.dynamic_collar = 0.003; r.self_trade = SelfTrade::decrement; r.interruption = 20 * second; })},
                    Mix{"Limits", with([](ExchangeRules& r) { r.price_limit = 0.004; r.reference_without_trade = ReferenceWithoutTrade::quote; r.tick = Price{5}; r.lot = Tonnes{10}; })},
                    Mix{"Newest", with([](ExchangeRules& r) { r.self_trade = SelfTrade::cancel_newest; })},
                    Mix{"Oldest", with([](ExchangeRules& r) { r.self_trade = SelfTrade::cancel_oldest; })},
                    Mix{"Means", with([](ExchangeRules& r) { r.resale_same_day = false; r.credit = Cash{3'000'000}; r.position_limit = Tonnes{3200}; })},
                    Mix{"Groups", with([](ExchangeRules& r) { r.group_limit = Tonnes{6100}; r.position_limit = Tonnes{3300}; })},
                    Mix{"Outside", with([](ExchangeRules& r) { outside_the_book(r); })},
                    Mix{"OutsideMeans", with([](ExchangeRules& r) {
                          outside_the_book(r);
                          r.one_way_pricing = OneWayPricing::uniform;
                          r.credit = Cash{4'000'000};
                          r.group_limit = Tonnes{6300};
                          r.resale_same_day = false;
                        })},
                    Mix{"BlockHours", with([](ExchangeRules& r) {
                          calls(r);
                          outside_the_book(r);
                          r.block_from = 9 * hour + 1300 * second;
                          r.block_until = 9 * hour + 1500 * second;
                        })},
                    Mix{"Halts", with([](ExchangeRules& r) {
                          calls(r);
                          r.halts = {{ScheduledHalt::every_day, 9 * hour + 200 * second, 9 * hour + 400 * second},
                                     {2, 9 * hour + 1000 * second, 9 * hour + 1900 * second}};
                        })},
                    Mix{"Fees", with([](ExchangeRules& r) { r.fees = {1'500'000, 500'000, 0, Cash{10}}; r.credit = Cash{5'000'000}; })},
                    Mix{"Rates", with([](ExchangeRules& r) { calls(r); r.messages_per_second = 1; r.order_to_trade = 2; r.order_to_trade_free = 30; })},
                    Mix{"FatFingers", with([](ExchangeRules& r) { r.value_most = Cash{100'000}; r.price_away = 0.004; })},
                    Mix{"ListedAgreement", with([](ExchangeRules& r) { r.matching = Matching::listed_agreement; r.market_orders = false; })},
                    Mix{"ListedAgreementCollars", with([](ExchangeRules& r) { calls(r); r.matching = Matching::listed_agreement; r.static_collar = 0.005; r.interruption = 30 * second; })},
                    Mix{"All", with(all)},
                    Mix{"AllListedAgreement", with([](ExchangeRules& r) { all(r); r.matching = Matching::listed_agreement; })}),
    [](const auto& info) { return info.param.name; });

TEST(CallPriceOracle, IsTheBestOfAllPrices) {
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    Random random(seed);
    const std::int64_t tick = random.chance(70) ? 1 : 5, spread = 1 + random.below(20);
    OrderBook fast(IdLookup::on);
    reference::Book slow(64);
    const std::int64_t orders = 1 + random.below(14);
    for (std::int64_t i = 1; i <= orders; ++i) {
      const Side side = random.chance(50) ? Side::buy : Side::sell;
      const Price price{(1000 + random.below(2 * spread + 1) - spread) / tick * tick};
      const std::int64_t quantity = 1 + random.below(6);
      const Tonnes display{random.chance(20) ? 1 : 0};
      fast.collect({static_cast<std::uint64_t>(i), 1, side, OrderType::limit, price, Tonnes{quantity}, display, good_till_cancelled});
      reference::Book::Queue& queue = side == Side::buy ? slow.bids[price] : slow.asks[price];
      queue.push_back({static_cast<std::uint64_t>(i), 1, side, price, quantity, 0, 0, good_till_cancelled});
    }
    const std::int64_t reference = 1000 + random.below(61) - 30;
    const auto found = call_price(fast, Price{reference}, Price{tick});
    const auto best = reference::price_of_call(slow, reference, tick);
    ASSERT_EQ(found.has_value(), best.has_value()) << "seed " << seed;
    if (!found) continue;
    ASSERT_EQ(found->price.count, *best) << "seed " << seed;
    ASSERT_EQ(fast.uncross(found->price, [](const AuctionFill&) {}), found->volume) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tantu
