// What is issued before a year is verified, and what corrects it after; numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

TEST(PreAllocation, IssuesAShareOnTheOutputOfTheNamedYear) {
  TinyMarket m(2018, 2023, {{{"coal", 1000, 0.9}}, {{"coal", 10'000, 0.9}}, {{"coal", 500, 0.9}}});
  m.add("compliance", two_year_cycles);
  m.add("benchmark_allocation", coal_877);
  m.add("pre_allocation", R"({"share": 0.7, "basis_year": {"2019": 2018, "2020": 2018, "2021": 2021}})");
  m.start();
  m.store.year(2018).activity = {1, 1.1, 1};
  m.store.year(2019).activity = {5, 5, 5};
  m.store.year(2020).activity = {6, 6, 6};
  m.store.year(2021).activity = {0.8, 0.9, 1};
  m.store.covered[2] = 0;
  EXPECT_TRUE(m.announce(day_of(2021, 7, 2)).empty()) << "the day before";
  // 2021-07-03 is a Saturday: it happens on Monday.
  const Effects issued = m.announce(day_of(2021, 7, 5));
  EXPECT_EQ(issued.size(), 4u) << "two firms, two years; nothing for the firm that has left";
  EXPECT_EQ(m.held(0, 2019), 614);   // 0.7 x 877 = 613.9
  EXPECT_EQ(m.held(0, 2020), 614);   // on 2018, too
  EXPECT_EQ(m.held(1, 2019), 6753);  // 0.7 x 8,770 x 1.1 = 6,752.9
  EXPECT_EQ(m.held(2), 0);
  EXPECT_EQ(m.store.year(2019).allocated[1], Tonnes{6753});
  EXPECT_TRUE(m.announce(day_of(2021, 7, 6)).empty()) << "once";
  m.announce(day_of(2023, 1, 2));
  EXPECT_EQ(m.held(0, 2021), 491) << "0.7 x 877 x 0.8 = 491.1, on the output of 2021 itself";
  EXPECT_EQ(m.held(0, 2022), 491) << "a year that is not named takes the year before it: 2021";
}

TEST(TrueUp, IssuesWhatIsMissingAndTakesBackWhatIsTooMuch) {
  BeforeTrueUp m;
  EXPECT_EQ(tonnes_of(m.comply(true_up_day - 1), Effect::Kind::issue, 0, 2019), 0) << "the day before";
  const Effects effects = m.comply(true_up_day);
  // Firm 0: 877 x 1.2 = 1052.4, 438 more. Firm 1: 877 x 0.5 = 438.5, rounded half up to 439, 175 less.
  EXPECT_EQ(tonnes_of(effects, Effect::Kind::issue, 0, 2019), 438);
  EXPECT_EQ(tonnes_of(effects, Effect::Kind::take_back, 1, 2019), 175);
  EXPECT_EQ(m.held(0, 2019), 1052);
  EXPECT_EQ(m.held(1, 2019), 439);
  EXPECT_EQ(values(m.store.year(2019).entitled, 2), (std::vector<Tonnes>{Tonnes{1052}, Tonnes{439}}));
  EXPECT_EQ(values(m.store.year(2019).allocated, 2), (std::vector<Tonnes>{Tonnes{1052}, Tonnes{439}}));
  EXPECT_EQ(m.held(0, 2020), 614);
  EXPECT_EQ(m.store.debt[1], Tonnes{0});
  EXPECT_EQ(tonnes_of(m.comply(true_up_day + 1), Effect::Kind::issue, 0, 2019), 0) << "once";
}

TEST(TrueUp, TakesOtherVintagesAndThenADebtForWhatWasSold) {
  BeforeTrueUp m;
  m.market.registry.transfer(m.market.account(1), m.market.account(0), m.unit(2019), Tonnes{600});
  m.comply(true_up_day);
  EXPECT_EQ(m.held(1, 2019), 0) << "175 to give back: the 14 that are left of 2019,";
  EXPECT_EQ(m.held(1, 2020), 453) << "then 161 of 2020";
  EXPECT_EQ(m.store.debt[1], Tonnes{0});

  BeforeTrueUp sold;
  sold.market.registry.transfer(sold.market.account(1), sold.market.account(0), sold.unit(2019), Tonnes{600});
  sold.market.registry.transfer(sold.market.account(1), sold.market.account(0), sold.unit(2020), Tonnes{514});
  sold.comply(true_up_day);
  EXPECT_EQ(sold.held(1), 0) << "114 t were left of 1,228";
  EXPECT_EQ(sold.store.debt[1], Tonnes{61}) << "175 - 114 is owed";
  EXPECT_EQ(sold.store.year(2019).allocated[1], Tonnes{439});
}

TEST(TrueUp, MayLeaveWhatWasGivenTooMuch) {
  BeforeTrueUp m(R"({"take_back": false})");
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0, 2019), 1052);
  EXPECT_EQ(m.held(1, 2019), 614);
  EXPECT_EQ(m.store.year(2019).entitled[1], Tonnes{614});
}

TEST(TrueUp, WithoutPreAllocationIssuesAll) {
  TinyMarket m(2019, 2022, {{{"coal", 1000, 0.9}}});
  m.add("compliance", two_year_cycles);
  m.add("benchmark_allocation", coal_877);
  m.add("true_up");
  m.start();
  m.store.year(2019).activity = {1};
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0, 2019), 877);
}

}  // namespace
}  // namespace tantu
