// A tax beside the market, with numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

TEST(CarbonTax, IsPaidForThePastYearAndPaidBack) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}});
  m.add("carbon_tax", R"({"rate": {"given": {"2021": 50}}, "rebate": 0.5})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1, 1};
  m.store.year(2021).emissions = {800, 3000};
  m.store.running_year = 2022;
  EXPECT_EQ(m.market.tax(m.traits.sectors[0], day_of(2021, 6, 1)), 50);
  EXPECT_EQ(m.market.carbon_price(m.traits.sectors[0], day_of(2021, 6, 1)), 98) << "the close of 48 and the tax on top";
  m.announce(day_of(2021, 1, 1));
  m.announce(day_of(2022, 1, 3));
  EXPECT_EQ(m.store.year(2021).taxed[0], Cash{800 * 5000});
  EXPECT_EQ(m.cash("tax"), 3800 * 5000 / 2);
  EXPECT_EQ(m.store.year(2022).supported[1], Cash{3 * 3800 * 5000 / 8}) << "by baseline emissions, not by what was emitted";
}

}  // namespace
}  // namespace tantu
