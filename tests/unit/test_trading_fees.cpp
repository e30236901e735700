// What a trade costs either side. Prices in hundredths.
#include <gtest/gtest.h>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(SessionRules, FeesAreRoundedHalfUpOnceASide) {
  ExchangeRules rules = no_rules();
  rules.fees.taker = 500'000;   // 0.05%
  rules.fees.maker = -100'000;  // 0.01% back
  rules.fees.per_tonne = 250'000'000;  // 0.0025 a tonne
  Floor f(rules);
  f.open();
  f.sell(1, 5000, 30);
  f.buy(2, 5000, 30);
  // 150,000: taker 75 + 7.5 = 82.5, up to 83; maker -15 + 7.5 = -7.5, half up to -7.
  EXPECT_EQ(f.cash(2), -150'000 - 83);
  EXPECT_EQ(f.cash(1), 150'000 + 7);
  EXPECT_EQ(f.cash(0), 83 - 7) << "the exchange's account";
  EXPECT_EQ(f.exchange.totals().fees, Cash{76});
  f.rules.fees = {0, 0, 0, Cash{100}};
  f.sell(1, 5000, 1);
  f.buy(2, 5000, 1);
  EXPECT_EQ(f.cash(0), 76 + 200) << "the least fee, of either side";
  f.expect_books_close();
}

}  // namespace
}  // namespace tantu
