// Which allowances outlive a deadline, with numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

TEST(Banking, UnlimitedKeepsAll) {
  TinyMarket m(2019, 2023, {{{"coal", 1, 1}}});
  m.add("compliance", two_year_cycles);
  m.add("banking");
  m.start();
  m.give(0, 2019, 100);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 100);
  EXPECT_FALSE(m.market.carry_over(m.view(deadline), 0).limited);
}

TEST(Banking, NoneLetsACyclesVintagesDieAfterItsDeadline) {
  TinyMarket m(2019, 2023, {{{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("compliance", two_year_cycles);
  m.add("banking", R"({"rule": "none"})");
  m.start();
  for (const int vintage : {2019, 2020, 2021}) m.give(0, vintage, 100);
  m.store.year(2019).verified[0] = Tonnes{30};
  const CarryOver terms = m.market.carry_over(m.view(deadline), 0);
  EXPECT_TRUE(terms.limited);
  EXPECT_EQ(terms.conversion, deadline);
  EXPECT_EQ(terms.limit, 0);
  m.comply(deadline - 1);
  EXPECT_EQ(m.held(0), 300);
  m.comply(deadline);
  EXPECT_EQ(m.held(0, 2019), 0) << "30 surrendered first, 70 expired";
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).surrendered, Tonnes{30});
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).expired, Tonnes{70});
  EXPECT_EQ(m.held(0, 2020), 0);
  EXPECT_EQ(m.held(0, 2021), 100) << "a vintage of the next cycle";
  EXPECT_EQ(m.market.carry_over(m.view(deadline + 3), 0).conversion, day_of(2023, 12, 31));
}

TEST(Banking, NetSalesMakeRoomForMore) {
  // 10,000 t + 1.5 x net sales of 2024 and 2025.
  TinyMarket m(2023, 2025, {{{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("banking", R"({"rule": "net_sales"})");
  m.start();
  for (const std::uint32_t row : {0u, 1u}) {
    m.give(row, 2023, 20'000);
    m.give(row, 2024, 30'000);
    m.give(row, 2025, 7'000);
  }
  m.give(2, 2024, 9'999);
  m.store.year(2023).sold[0] = Tonnes{99'999};  // before the years that count
  m.store.year(2024).sold[0] = Tonnes{12'000};
  m.store.year(2025).sold[0] = Tonnes{8'000};
  m.store.year(2025).bought[0] = Tonnes{5'000};
  m.store.year(2024).bought[1] = Tonnes{40'000};
  const Day announced = day_of(2024, 7, 2), conversion = day_of(2025, 12, 31);
  EXPECT_FALSE(m.market.carry_over(m.view(announced - 1), 0).limited) << "nobody knows the rule yet";
  const CarryOver terms = m.market.carry_over(m.view(announced), 0);
  EXPECT_TRUE(terms.limited);
  EXPECT_EQ(terms.conversion, conversion);
  EXPECT_EQ(terms.limit, 32'500);  // 10,000 + 1.5 x 15,000
  EXPECT_EQ(terms.per_sale, 1.5);
  EXPECT_EQ(m.market.carry_over(m.view(announced), 1).limit, 10'000) << "a net buyer";
  m.comply(conversion - 1);
  EXPECT_EQ(m.held(0), 57'000);
  m.comply(conversion);
  EXPECT_EQ(m.held(0, 2023) + m.held(0, 2024), 32'500);
  EXPECT_EQ(m.held(0, 2023), 2'500) << "the 17,500 t that die are of the oldest vintage";
  EXPECT_EQ(m.held(0, 2025), 7'000) << "the new vintage stays";
  EXPECT_EQ(m.held(1), 17'000);
  EXPECT_EQ(m.held(2), 9'999) << "less than the base stays whole";
  EXPECT_FALSE(m.market.carry_over(m.view(conversion + 1), 0).limited) << "afterwards there is no limit";
}

TEST(Banking, WhatWasNeverTradedIsCancelled) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("banking", R"({"rule": "untraded"})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2021, 100);
  m.give(1, 2021, 100);
  m.store.year(2022).bought[1] = Tonnes{70};
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.held(0), 0);
  EXPECT_EQ(m.held(1), 70) << "net purchases are kept";
}

TEST(Banking, AVintageLivesForSomeYears) {
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}});
  m.add("banking", R"({"rule": "life", "life_years": 2})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2019, 10);
  m.give(0, 2020, 10);
  m.comply(day_of(2021, 12, 31));
  EXPECT_EQ(m.held(0, 2019), 0);
  EXPECT_EQ(m.held(0, 2020), 10);
}

TEST(Banking, WhatLeaversHoldDiesAfterTwoYears) {
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}});
  m.add("banking", R"({"leavers_years": 2})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.give(0, 2020, 10);
  m.store.covered[0] = 0;
  m.comply(day_of(2021, 12, 31));
  EXPECT_EQ(m.held(0), 10);
  m.comply(day_of(2022, 12, 30));
  EXPECT_EQ(m.held(0), 0);
}

}  // namespace
}  // namespace tantu
