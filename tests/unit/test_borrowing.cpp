// Allowances of the next year in advance, with numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

TEST(Borrowing, AdvancesHalfOfALargeGap) {
  // China 2021-22: firms with a gap of 10% or more of the obligation, half of the gap.
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("borrowing", R"({"gap_least": 0.10, "share_of_gap": 0.5})");
  m.add("compliance", yearly_cycles);
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{1000}, Tonnes{1000}});
  m.comply(day_of(2022, 4, 15));
  m.give(0, 2021, 800);
  m.give(1, 2021, 901);
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.held(0, 2022), 100);
  EXPECT_EQ(m.held(1, 2022), 0) << "a gap of 9.9%";
  EXPECT_EQ(m.store.year(2022).allocated[0], Tonnes{100}) << "it is part of what will be allocated";
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2021).shortfall[1], Tonnes{99});
}

}  // namespace
}  // namespace tantu
