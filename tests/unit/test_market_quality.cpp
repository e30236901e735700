// Market quality worked by hand. Prices are ticks of 0.01: 5000 is 50.00; m is the midpoint of the quotes.
#include "sim/market_quality.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/watched_session.hpp"

namespace tantu {
namespace {

using tests::WatchedSession;

std::optional<double> measure(std::string_view name, const QualitySums& sums) {
  for (const QualityMeasure& m : quality_measures())
    if (m.name == name) return m.value(sums, 0.01);
  throw std::logic_error("no such measure");
}

struct Watched {
  explicit Watched(const QualityRules& rules = {}, const ExchangeRules& exchange = open_rules(), Price reference = {})
      : quality(rules), market({&quality}, exchange, reference) {}
  double of(std::string_view name) { return measure(name, quality.total()).value_or(-99); }
  MarketQuality quality;
  WatchedSession market;
};

/// Six messages, each state of the book counting as one:
///   1 sell 50.10 x 100                       only asks
///   2 buy  49.90 x 100                       spread 20, best 100 + 100
///   3 sell 50.30 x 200                       spread 20, best 200, five levels 400
///   4 buys 60 at 50.10 at once               spread 20, best 100 + 40, five levels 340
///   5 buy  49.96 x 40                        spread 14, best 40 + 40, five levels 380
///   6 the bid of 2 is withdrawn              spread 14, best 80, five levels 280
void six_messages(WatchedSession& market) {
  market.limit(1, 1, Side::sell, 5010, 100);
  market.limit(2, 2, Side::buy, 4990, 100);
  market.limit(3, 3, Side::sell, 5030, 200);
  market.at_once(4, 4, Side::buy, 5010, 60);
  market.limit(5, 1, Side::buy, 4996, 40);
  market.cancel(2);
  market.finish();
}

TEST(MarketQuality, SpreadsAndDepthsByHand) {
  QualityRules rules;
  rules.horizon.messages = 2;
  Watched w(rules);
  six_messages(w.market);
  EXPECT_DOUBLE_EQ(w.of("spread_quoted"), 0.01 * (20 + 20 + 20 + 14 + 14) / 5);
  EXPECT_DOUBLE_EQ(w.of("depth_1"), (100 + 200 + 200 + 140 + 80 + 80) / 6.0);
  EXPECT_DOUBLE_EQ(w.of("depth_5"), (100 + 200 + 400 + 340 + 380 + 280) / 6.0);
  EXPECT_DOUBLE_EQ(w.of("depth_10"), w.of("depth_5"));
  // m was 50.00 before the trade at 50.10, and 50.03 after message 5, which is what there is two messages later.
  EXPECT_DOUBLE_EQ(w.of("spread_effective"), 0.20);
  EXPECT_DOUBLE_EQ(w.of("spread_realised"), 0.14);
}

TEST(MarketQuality, WhatBecomesOfOrdersByHand) {
  Watched w;
  six_messages(w.market);
  EXPECT_DOUBLE_EQ(w.of("order_to_trade"), 6);
  EXPECT_DOUBLE_EQ(w.of("fill_rate"), 60.0 / (100 + 100 + 200 + 40));
  EXPECT_DOUBLE_EQ(w.of("time_to_fill"), 3);        // rested since message 1, traded with message 4
  EXPECT_DOUBLE_EQ(w.of("concentration"), 0.5);     // two accounts, half each
  EXPECT_EQ(measure("resilience", w.quality.total()), std::nullopt);  // 60 of 300 is no large trade
  EXPECT_EQ(measure("kyle_lambda", w.quality.total()), std::nullopt);
}

TEST(MarketQuality, TimeWeighsWhereThereIsAClock) {
  // Spread 20 for 1 s, then 10 for 3 s; the horizon of 2 s after the trade at 10 ends with m = 50.05.
  QualityRules rules;
  rules.horizon.seconds = 2;
  Watched w(rules);
  w.market.limit(1, 1, Side::sell, 5010, 100, 7.0);
  w.market.limit(2, 2, Side::buy, 4990, 100, 9.0);
  w.market.at_once(3, 3, Side::buy, 5010, 50, 10.0);   // m 50.00 before
  w.market.limit(4, 2, Side::buy, 5000, 100, 10.0);    // m 50.05 from here on
  w.market.cancel(2, 13.0);
  w.market.finish();
  EXPECT_DOUBLE_EQ(w.of("spread_quoted"), 0.01 * (20 * 1 + 10 * 3) / 4);
  EXPECT_DOUBLE_EQ(w.of("spread_realised"), 0.10);     // 2 (50.10 - 50.05)
  EXPECT_DOUBLE_EQ(w.of("time_to_fill"), 3);           // from 7 s to 10 s
}

TEST(MarketQuality, ResilienceIsTheShareOfTheLostDepthThatIsBack) {
  // A taker eats 60 of 100; one message later 30 are offered again: half of what was lost.
  QualityRules rules;
  rules.horizon.messages = 2;
  Watched w(rules);
  w.market.limit(1, 1, Side::sell, 5010, 100);
  w.market.limit(2, 2, Side::buy, 4990, 100);
  w.market.at_once(3, 3, Side::buy, 5010, 60);
  w.market.limit(4, 1, Side::sell, 5012, 30);
  w.market.limit(5, 1, Side::sell, 5013, 500);
  w.market.finish();
  EXPECT_DOUBLE_EQ(w.of("resilience"), 0.5);
}

/// Four orders that trade, each moves a quote to the next price:
///   buys 10: ask 50.10 -> 50.20, m + 5 ticks      sells 10: bid 49.90 -> 49.80, m - 5
///   buys 10: ask 50.20 -> 50.40, m + 10           sells 10: bid 49.80 -> 49.60, m - 10
void four_trades(WatchedSession& market) {
  std::uint64_t id = 0;
  for (const int price : {5010, 5020, 5040}) market.limit(++id, 1, Side::sell, price, 10);
  for (const int price : {4990, 4980, 4960}) market.limit(++id, 2, Side::buy, price, 10);
  for (int round = 0; round < 2; ++round) {
    market.at_once(++id, 3, Side::buy, 6000, 10);
    market.at_once(++id, 4, Side::sell, 4000, 10);
  }
  market.finish();
}

TEST(MarketQuality, KyleLambdaIsTheSlopeOfTheMidpointOnSignedVolume) {
  // Points (tonnes, ticks): (10, 5), (-10, -5), (10, 10), (-10, -10): slope (50 + 50 + 100 + 100) / 400.
  QualityRules rules;
  rules.impact_orders = 1;
  Watched w(rules);
  four_trades(w.market);
  EXPECT_DOUBLE_EQ(w.of("kyle_lambda"), 0.01 * 0.75);
  // In stretches of two: (0, 0), (0, 0): nothing can be said.
  QualityRules pairs;
  pairs.impact_orders = 2;
  Watched v(pairs);
  four_trades(v.market);
  EXPECT_EQ(measure("kyle_lambda", v.quality.total()), std::nullopt);
}

TEST(MarketQuality, VarianceRatioByHand) {
  // Midpoints after the four trades: 50.05, 50.00, 50.10, 50.00; two-step returns overlap.
  QualityRules rules;
  rules.ratio_lags = 2;
  Watched w(rules);
  four_trades(w.market);
  const double m[] = {std::log(50.05), std::log(50.00), std::log(50.10), std::log(50.00)};
  double mean = (m[3] - m[0]) / 3, one = 0, two = 0;
  for (int i = 1; i < 4; ++i) one += std::pow(m[i] - m[i - 1] - mean, 2) / 3;
  for (int i = 2; i < 4; ++i) two += std::pow(m[i] - m[i - 2] - 2 * mean, 2) / 2;
  EXPECT_NEAR(w.of("variance_ratio"), two / (2 * one), 1e-9);
  EXPECT_LT(w.of("variance_ratio"), 0.5);  // to and fro
}

TEST(MarketQuality, AmihudIsTheMeanOverDaysOfReturnOverTurnover) {
  // 50.00 x 10 on the first day, 51.00 x 20 on the second.
  Watched w;
  w.market.limit(1, 1, Side::sell, 5000, 10);
  w.market.at_once(2, 2, Side::buy, 5000, 10);
  w.market.next_day();
  w.market.limit(3, 1, Side::sell, 5100, 20);
  w.market.at_once(4, 2, Side::buy, 5100, 20);
  w.market.finish();
  EXPECT_NEAR(w.of("amihud"), (0 + std::log(51.0 / 50.0) / (51.0 * 20)) / 2, 1e-15);
}

TEST(MarketQuality, TimeAtTheLimit) {
  // Around 50.00 the limits are 45.00 and 55.00: of three states one has a bid at the upper one.
  ExchangeRules rules = open_rules();
  rules.price_limit = 0.1;
  Watched w({}, rules, Price{5000});
  w.market.limit(1, 1, Side::buy, 5000, 10);
  w.market.limit(2, 1, Side::buy, 5500, 10);
  w.market.cancel(2);
  w.market.finish();
  EXPECT_DOUBLE_EQ(w.of("time_at_limit"), 1.0 / 3);
}

TEST(MarketQuality, DaysAddUp) {
  Watched w;
  six_messages(w.market);
  const QualitySums first = w.quality.day();
  Watched two;
  six_messages(two.market);
  two.market.next_day();
  two.market.limit(11, 1, Side::sell, 5010, 100);
  two.market.at_once(12, 5, Side::buy, 5010, 100);
  two.market.finish();
  QualitySums sum = first;
  sum += two.quality.day();
  EXPECT_DOUBLE_EQ(sum.trades, two.quality.total().trades);
  EXPECT_DOUBLE_EQ(sum.time, two.quality.total().time);
  EXPECT_DOUBLE_EQ(sum.rested, two.quality.total().rested);
}

TEST(MarketQuality, RejectedMessagesAreSeenByNobody) {
  Watched w;
  w.market.limit(1, 1, Side::sell, 5010, 100);
  w.market.cancel(7);
  w.market.limit(1, 1, Side::sell, 5020, 100);  // the id rests already
  w.market.limit(2, 1, Side::sell, 5020, -5);
  w.market.finish();
  EXPECT_DOUBLE_EQ(w.quality.total().messages, 1);
  EXPECT_DOUBLE_EQ(w.of("depth_10"), 100);
}

TEST(MarketWatch, RemembersOnlyWhatRests) {
  Watched w;
  for (std::uint64_t id = 1; id <= 10'000; ++id) {
    w.market.limit(id, 1, Side::sell, 5000 + static_cast<std::int64_t>(id % 7), 10);
    if (id % 2 == 0) w.market.cancel(id - 1);
    else w.market.at_once(1'000'000 + id, 2, Side::buy, 5000 + static_cast<std::int64_t>(id % 7), 10);
    ASSERT_EQ(w.market.watch.size(), w.market.session.book().size());
  }
}

}  // namespace
}  // namespace tantu
