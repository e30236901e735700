// What becomes of what auctions bring in, with numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

TEST(Revenue, IsSharedAmongItsUsesToTheTick) {
  TinyMarket m(2020, 2022, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}, {{"coal", 3000, 1}}});
  m.add("revenue", R"({"from": ["auction"], "uses": {"back": {"use": "rebate", "share": 0.5, "by": "emissions"}, "green": {"use": "support", "share": 0.25}}})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2020).activity = {1, 1, 1};
  m.store.year(2020).emissions = {1000, 2900, 3000};
  m.store.running_year = 2021;
  m.market.clearing.pay(m.market.account(0), m.market.account(m.pool("auction")), Cash{1001});
  m.announce(day_of(2021, 1, 4));
  // Half of 1,001 is 500: 71, 215, 214 by 1 : 3 : 3; a quarter, 250, to the one that abated; the rest to the budget.
  EXPECT_EQ(m.store.year(2021).supported[0], Cash{71});
  EXPECT_EQ(m.store.year(2021).supported[1], Cash{214 + 250});
  EXPECT_EQ(m.store.year(2021).supported[2], Cash{215});
  EXPECT_EQ(m.cash("budget"), 251);
  EXPECT_EQ(m.cash("auction"), 0);
}

}  // namespace
}  // namespace tantu
