// For how long a market maker quotes as it is obliged to. Prices in hundredths.
#include <gtest/gtest.h>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(SessionRules, HowFarAMarketMakerMeetsItsObligation) {
  ExchangeRules rules = with_timetable({{SessionPhase::continuous, at(9, 0), at(10, 0)}, {SessionPhase::continuous, at(13, 0), at(14, 0)}});
  rules.maker_spread = 0.02;  // 1.00 around 50.00
  rules.maker_size = Tonnes{100};
  Floor f(rules);
  f.exchange.appoint_maker(1);
  f.open();
  f.clock(at(9, 0));
  f.buy(1, 4950, 100);
  f.clock(at(9, 12));                                 // 12 minutes with a bid alone
  const OrderAnswer ask = f.order(1, Side::sell, 5050, 60);
  f.clock(at(9, 20));                                 // too small for 8 minutes
  f.sell(1, 5050, 40);
  f.clock(at(9, 50));                                 // 30 minutes as obliged
  f.buy(2, 5050, 10);                                 // 90 t are left: too small
  f.clock(at(13, 0));                                 // 10 minutes, and a break that does not count
  f.replace(1, ask.order, 5050, 60);                  // 50 to 60: 100 t again
  f.clock(at(13, 15));                                // 15 minutes as obliged
  f.sell(2, 4950, 1);                                 // the bid is too small
  f.close();
  const MakerPresence& maker = f.exchange.makers()[0];
  EXPECT_EQ(maker.total, 120 * 60 * second);
  EXPECT_EQ(maker.present, 45 * 60 * second);
  EXPECT_EQ(f.exchange.totals().maker_present, maker.present);
}

}  // namespace
}  // namespace tantu
