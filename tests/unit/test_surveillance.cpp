// Alerts: each kind of conduct planted and seen, and silence on ordinary flow.
#include "sim/surveillance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/random.hpp"
#include "tests/unit/watched_session.hpp"

namespace tantu {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using tests::WatchedSession;

struct Watched {
  Surveillance surveillance;
  WatchedSession market{{&surveillance}};
  std::uint64_t id = 0;
  const std::vector<Alert>& alerts() const { return surveillance.alerts(); }
  /// A trade of two accounts at a price, through an order that rests.
  void trade(std::uint32_t seller, std::uint32_t buyer, std::int64_t price, std::int64_t quantity) {
    market.limit(++id, seller, Side::sell, price, quantity);
    market.at_once(++id, buyer, Side::buy, price, quantity);
  }
  /// Others' quotes: 100 t at 50.10 and at 49.90.
  void quotes() {
    market.limit(++id, 1, Side::sell, 5010, 100);
    market.limit(++id, 2, Side::buy, 4990, 100);
  }
};

TEST(Surveillance, LayersThatAreWithdrawnAfterATradeAgainstThem) {
  // 9 lays 900 t of bids over three prices, sells 50, and takes the bids away.
  Watched w;
  w.quotes();
  for (const int price : {4989, 4988, 4987}) w.market.limit(++w.id, 9, Side::buy, price, 300);
  w.market.at_once(++w.id, 9, Side::sell, 4990, 50);
  EXPECT_THAT(w.alerts(), IsEmpty());
  for (std::uint64_t layer = 3; layer <= 5; ++layer) w.market.cancel(layer);
  ASSERT_THAT(w.alerts(), SizeIs(1));
  EXPECT_EQ(w.alerts()[0].kind, AlertKind::layering);
  EXPECT_EQ(w.alerts()[0].account, 9u);
  EXPECT_EQ(w.alerts()[0].side, Side::buy);
  EXPECT_EQ(w.alerts()[0].quantity, Tonnes{900});
  EXPECT_DOUBLE_EQ(w.alerts()[0].value, 18);  // 900 against 50
}

TEST(Surveillance, OneLargeOrderThatIsWithdrawnIsSpoofing) {
  Watched w;
  w.quotes();
  w.market.limit(3, 9, Side::sell, 5011, 500);
  w.market.at_once(++w.id + 10, 9, Side::buy, 5010, 40);
  w.market.cancel(3);
  ASSERT_THAT(w.alerts(), SizeIs(1));
  EXPECT_EQ(w.alerts()[0].kind, AlertKind::spoofing);
  EXPECT_EQ(w.alerts()[0].side, Side::sell);
}

TEST(Surveillance, OrdersThatStayOrTradeOrAreSmallAreNoSpoofing) {
  Watched stays;
  stays.quotes();
  stays.market.limit(3, 9, Side::buy, 4989, 900);
  stays.market.at_once(4, 9, Side::sell, 4990, 50);
  stays.market.finish();
  EXPECT_THAT(stays.alerts(), IsEmpty());

  Watched traded;
  traded.quotes();
  traded.market.limit(3, 9, Side::buy, 4990, 900);
  traded.market.at_once(4, 9, Side::sell, 4990, 50);
  traded.market.at_once(5, 5, Side::sell, 4990, 300);  // takes from it
  traded.market.cancel(3);
  EXPECT_THAT(traded.alerts(), IsEmpty());

  Watched small;
  small.quotes();
  small.market.limit(3, 9, Side::buy, 4989, 150);
  small.market.at_once(4, 9, Side::sell, 4990, 50);    // three times the trade, not four
  small.market.cancel(3);
  EXPECT_THAT(small.alerts(), IsEmpty());
}

TEST(Surveillance, OrdersThatAreWithdrawnLaterAreNoSpoofing) {
  Watched w;
  w.quotes();
  w.market.limit(3, 9, Side::buy, 4989, 900);
  w.market.at_once(4, 9, Side::sell, 4990, 50);
  for (std::uint64_t id = 100; id < 149; ++id) w.market.limit(id, 7, Side::sell, 5050, 1);
  w.market.cancel(3);
  EXPECT_THAT(w.alerts(), IsEmpty());
}

TEST(Surveillance, AnAccountThatTradesWithItselfWashes) {
  Watched w;
  w.trade(5, 5, 5000, 10);
  ASSERT_THAT(w.alerts(), SizeIs(1));
  EXPECT_EQ(w.alerts()[0].kind, AlertKind::wash);
  EXPECT_EQ(w.alerts()[0].account, 5u);
}

TEST(Surveillance, APairThatTradesToAndFroWashes) {
  Watched w;
  for (int i = 0; i < 2; ++i) {
    w.trade(5, 6, 5000, 100);
    w.trade(6, 5, 5000, 98);
  }
  w.trade(5, 7, 5000, 10);
  w.market.finish();
  ASSERT_THAT(w.alerts(), SizeIs(1));
  EXPECT_EQ(w.alerts()[0].kind, AlertKind::wash);
  EXPECT_EQ(w.alerts()[0].account, 5u);
  EXPECT_EQ(w.alerts()[0].other, 6u);
  EXPECT_EQ(w.alerts()[0].quantity, Tonnes{396});
}

TEST(Surveillance, ARingOfThreeWashesInEitherDirection) {
  for (const bool reversed : {false, true}) {
    Watched w;
    for (int i = 0; i < 2; ++i) {
      w.trade(5, reversed ? 7 : 6, 5000, 100);
      w.trade(reversed ? 7 : 6, reversed ? 6 : 7, 5000, 100);
      w.trade(reversed ? 6 : 7, 5, 5000, 100);
    }
    w.market.finish();
    ASSERT_THAT(w.alerts(), SizeIs(1));
    EXPECT_EQ(w.alerts()[0].kind, AlertKind::wash);
    EXPECT_EQ(w.alerts()[0].quantity, Tonnes{200});
  }
}

TEST(Surveillance, AGroupThatTradesWithinItselfWashes) {
  Surveillance surveillance({}, {{5, 1}, {6, 1}, {7, 2}});
  WatchedSession market({&surveillance});
  std::uint64_t id = 0;
  const auto trade = [&](std::uint32_t seller, std::uint32_t buyer) {
    market.limit(++id, seller, Side::sell, 5000, 10);
    market.at_once(++id, buyer, Side::buy, 5000, 10);
  };
  for (int i = 0; i < 4; ++i) trade(5, 6);
  trade(6, 7);
  for (std::uint32_t i = 0; i < 95; ++i) trade(100 + i, 200 + i);  // strangers
  market.finish();
  // By chance members would meet in 4 x 5 / 100 = 0.2 of 100 trades, at most 0.2 + 3 x 0.45 = 1.5; they did in 4.
  ASSERT_THAT(surveillance.alerts(), SizeIs(1));
  EXPECT_DOUBLE_EQ(surveillance.alerts()[0].value, 80.0 / 90);  // members traded 90, inside 2 x 40
}

TEST(Surveillance, AGroupThatMeetsItselfByChanceWashesNothing) {
  // A group that is behind most of a thin day: it buys in 14 of 20 trades and sells in 14, so that members meet in
  // 14 x 14 / 20 = 9.8 by chance. In 10 they do: 2 x 100 of the 280 t that the group traded, more than half.
  Surveillance surveillance({}, {{5, 1}, {6, 1}, {7, 1}, {8, 1}});
  WatchedSession market({&surveillance});
  std::uint64_t id = 0;
  const auto trade = [&](std::uint32_t seller, std::uint32_t buyer) {
    market.limit(++id, seller, Side::sell, 5000, 10);
    market.at_once(++id, buyer, Side::buy, 5000, 10);
  };
  for (std::uint32_t i = 0; i < 10; ++i) trade(5 + i % 2, 7 + i % 2);
  for (std::uint32_t i = 0; i < 4; ++i) trade(100 + i, 7);
  for (std::uint32_t i = 0; i < 4; ++i) trade(5, 200 + i);
  for (std::uint32_t i = 0; i < 2; ++i) trade(300 + i, 400 + i);
  market.finish();
  EXPECT_THAT(surveillance.alerts(), IsEmpty());
}

TEST(Surveillance, PositionsThatChangeAreNoWash) {
  Watched w;
  for (int i = 0; i < 10; ++i) w.trade(5, 6, 5000, 100);
  w.market.finish();
  EXPECT_THAT(w.alerts(), IsEmpty());
}

/// A day of quiet trades between many, the last of them by whoever is asked.
void day_with_close(Watched& w, std::uint32_t last_buyer, std::int64_t step) {
  for (std::uint32_t i = 0; i < 63; ++i) w.trade(100 + i % 20, 200 + i % 30, 5000 + (i % 2), 10);
  for (std::int64_t i = 0; i < 7; ++i) w.trade(100 + static_cast<std::uint32_t>(i), last_buyer == 0 ? 300 + static_cast<std::uint32_t>(i) : last_buyer, 5000 + step * (i + 1), 10);
  w.market.finish();
}

TEST(Surveillance, OneBuyerWhoLiftsTheCloseMarksIt) {
  Watched w;
  day_with_close(w, 9, 25);
  ASSERT_THAT(w.alerts(), SizeIs(1));
  EXPECT_EQ(w.alerts()[0].kind, AlertKind::closing);
  EXPECT_EQ(w.alerts()[0].account, 9u);
  EXPECT_EQ(w.alerts()[0].side, Side::buy);
}

TEST(Surveillance, ACloseThatManyLiftOrThatHoldsStillIsNoMark) {
  Watched many, still;
  day_with_close(many, 0, 25);
  EXPECT_THAT(many.alerts(), IsEmpty());
  day_with_close(still, 9, 1);
  EXPECT_THAT(still.alerts(), IsEmpty());
}

TEST(Surveillance, ACornerIsWhoCanSqueezeTheOthers) {
  // 1 bought 60 t that it does not need, 2 has 20 to spare, 3 and 4 lack 50 together: without 1 they are short.
  std::vector<DeadlineHolding> holdings{{1, -1, Tonnes{100}, Tonnes{40}, Tonnes{60}}, {2, -1, Tonnes{70}, Tonnes{50}, Tonnes{20}},
                                        {3, -1, Tonnes{10}, Tonnes{40}, Tonnes{0}}, {4, -1, Tonnes{0}, Tonnes{20}, Tonnes{0}}};
  auto alerts = corners(holdings, {}, {});
  ASSERT_THAT(alerts, SizeIs(1));
  EXPECT_EQ(alerts[0].account, 1u);
  EXPECT_DOUBLE_EQ(alerts[0].value, 0.75);
  EXPECT_EQ(alerts[0].quantity, Tonnes{60});
  holdings[0].bought = Tonnes{20};                 // what it has was given to it
  EXPECT_THAT(corners(holdings, {}, {}), IsEmpty());
  holdings[0].bought = Tonnes{60};
  holdings[2].held = Tonnes{40};                   // the others lack 20, which 2 has
  EXPECT_THAT(corners(holdings, {}, {}), IsEmpty());
  holdings[2].held = Tonnes{10};
  for (DeadlineHolding& h : holdings)              // spread over a group it is one hand again
    if (h.account == 1) h = {1, 3, Tonnes{70}, Tonnes{40}, Tonnes{30}};
  holdings.push_back({5, 3, Tonnes{30}, Tonnes{0}, Tonnes{30}});
  EXPECT_THAT(corners(holdings, {}, {}), SizeIs(1));
}

TEST(Surveillance, OrdinaryFlowRaisesNoAlert) {
  // Orders around a price that wanders, a third withdrawn, whoever sends them; with few accounts and with many.
  for (const std::uint32_t accounts : {30u, 1000u}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      ExchangeRules rules = open_rules();
      rules.self_trade = SelfTrade::cancel_newest;
      Surveillance surveillance;
      WatchedSession market({&surveillance}, rules);
      std::int64_t middle = 5000;
      std::uint64_t id = 0;
      for (std::uint32_t n = 0; n < 8000; ++n) {
        const Draw d = draw({seed, 0}, Stream::matching, 0, 0, n);
        const auto below = [&](int word, std::uint32_t m) { return static_cast<std::int64_t>(integer_below(d.word[static_cast<std::size_t>(word)], m)); };
        if (n % 2000 == 1999) market.next_day();
        const std::int64_t kind = below(0, 100);
        const Side side = d.word[0] & 1 ? Side::buy : Side::sell;
        const std::int64_t sign = side == Side::buy ? -1 : 1;
        const std::uint32_t account = 1 + integer_below(d.word[1], accounts);
        const std::int64_t quantity = 1 + below(2, 100);
        if (kind < 3) middle += below(3, 3) - 1;
        if (kind < 50) market.limit(++id, account, side, middle + sign * (1 + below(3, 30)), quantity);
        else if (kind < 85) market.cancel(id - static_cast<std::uint64_t>(below(3, static_cast<std::uint32_t>(std::min<std::uint64_t>(id, 300)))));
        else market.at_once(++id, account, side, middle - sign * 40, quantity);
      }
      market.finish();
      EXPECT_GT(market.session.counts().trades, 500u);
      for (const Alert& a : surveillance.alerts())
        ADD_FAILURE() << accounts << " accounts, seed " << seed << ": " << alert_names[static_cast<std::size_t>(a.kind)] << " by " << a.account
                      << ", value " << a.value << ", quantity " << a.quantity.count;
    }
  }
}

}  // namespace
}  // namespace tantu
