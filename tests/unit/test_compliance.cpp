// Obligations, surrender and shortfall with numbers worked in the text; conservation is checked whenever effects are booked.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

// One firm that owes `owed` for 2019 and 2020 each on the evening of 2021-12-31.
struct BeforeDeadline : TinyMarket {
  explicit BeforeDeadline(std::int64_t owed_2019, std::int64_t owed_2020) : TinyMarket(2018, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}}) {
    add("compliance", two_year_cycles);
    set(store.year(2019).verified, {Tonnes{owed_2019}, Tonnes{0}});
    set(store.year(2020).verified, {Tonnes{owed_2020}, Tonnes{0}});
  }
  void fix() { comply(true_up_day); }
};

TEST(Compliance, FixesTheObligationOnTheTrueUpDate) {
  BeforeDeadline m(1000, 500);
  m.add("gap_relief", R"({"share": 0.2, "classes": ["coal"]})");
  m.start();
  set(m.store.year(2019).entitled, {Tonnes{600}, Tonnes{0}});
  set(m.store.year(2020).entitled, {Tonnes{450}, Tonnes{0}});
  m.comply(true_up_day - 1);
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{-1});
  m.fix();
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{800}) << "600 + 20% of 1,000";
  EXPECT_EQ(m.store.year(2020).obligation[0], Tonnes{500});
}

TEST(Compliance, SurrendersTheOldestVintageForTheFirstYearFirst) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.give(0, 2020, 120);
  m.give(0, 2018, 20);
  m.give(0, 2021, 40);
  m.comply(deadline - 1);
  EXPECT_EQ(m.held(0), 180) << "the day before the deadline nothing is taken";
  m.comply(deadline);
  EXPECT_EQ(m.held(0, 2018), 0);
  EXPECT_EQ(m.held(0, 2020), 0);
  EXPECT_EQ(m.held(0, 2021), 30) << "150 are due: 20 of 2018, 120 of 2020, 10 of 2021";
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{50});
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.market.registry.totals(m.unit(2018)).surrendered, Tonnes{20});
  m.comply(deadline + 3);
  EXPECT_EQ(m.held(0), 30) << "once";
}

TEST(Compliance, WhatIsMissingIsTheShortfallOfTheLastYears) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 0);
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{10});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{40});
  EXPECT_EQ(m.store.debt[0], Tonnes{0}) << "whether it is still owed is for the penalty to say";
}

TEST(Compliance, OldDebtsAreRepaidFirst) {
  BeforeDeadline m(100, 50);
  m.start();
  m.fix();
  m.store.debt[0] = Tonnes{30};
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{80});  // 110 - 30
  EXPECT_EQ(m.store.year(2019).shortfall[0], Tonnes{20});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{50});

  BeforeDeadline poor(100, 50);
  poor.start();
  poor.fix();
  poor.store.debt[0] = Tonnes{30};
  poor.give(0, 2020, 10);
  poor.comply(deadline);
  EXPECT_EQ(poor.store.debt[0], Tonnes{20});
  EXPECT_EQ(poor.store.year(2019).shortfall[0], Tonnes{100});
}

TEST(Compliance, AFirmThatHasLeftOwesNothing) {
  BeforeDeadline m(100, 50);
  m.start();
  m.store.covered[0] = 0;
  m.fix();
  m.give(0, 2020, 110);
  m.comply(deadline);
  EXPECT_EQ(m.held(0), 110);
  EXPECT_EQ(m.store.year(2019).obligation[0], Tonnes{-1});
}

TEST(Compliance, ADeadlineOnASundayActsAfterTheCloseOfFriday) {
  BeforeDeadline m(0, 0);
  m.start();
  m.fix();
  for (const int year : {2021, 2022}) set(m.store.year(year).verified, {Tonnes{10}, Tonnes{0}});
  m.comply(day_of(2023, 9, 29));  // the true-up of 2023-09-30, a Saturday
  EXPECT_EQ(m.store.year(2021).obligation[0], Tonnes{10});
  m.give(0, 2021, 20);
  m.comply(day_of(2023, 12, 28));
  EXPECT_EQ(m.held(0), 20) << "on Thursday there is still a day to trade";
  m.comply(day_of(2023, 12, 29));
  EXPECT_EQ(m.held(0), 0);
}

TEST(Compliance, TrueUpAndDeadlineMayFallOnOneDay) {
  TinyMarket m(2019, 2021, {{{"coal", 1000, 1}}});
  m.add("compliance", R"({"cycles": [{"first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-07-01",
                          "verification": "2021-12-31", "true_up": "2021-12-31", "deadline": "2021-12-31"}]})");
  m.start();
  set(m.store.year(2019).verified, {Tonnes{100}});
  set(m.store.year(2020).verified, {Tonnes{50}});
  m.give(0, 2019, 120);
  m.comply(deadline);
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{100});
  EXPECT_EQ(m.store.year(2020).surrendered[0], Tonnes{20});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{30});
}

TEST(Compliance, AnInterimDeadlineAsksForAShareAndTheLastForTheRest) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}});
  m.add("compliance", R"({"cycles": [
    {"first_year": 2021, "last_year": 2021, "announcement": "2020-01-01", "pre_allocation": "2021-02-01", "verification": "2022-03-31", "true_up": "2022-04-15", "deadline": "2022-11-01", "share": 0.3},
    {"first_year": 2022, "last_year": 2022, "announcement": "2020-01-01", "pre_allocation": "2022-02-01", "verification": "2023-03-31", "true_up": "2023-04-15", "deadline": "2023-11-01", "balance_from": 2021}]})");
  m.add("penalty", R"({"per_tonne": 10, "owed_ratio": 4})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{1000}});
  set(m.store.year(2022).verified, {Tonnes{500}});
  m.comply(day_of(2022, 4, 15));
  m.give(0, 2021, 280);
  m.comply(day_of(2022, 11, 1));
  EXPECT_EQ(m.store.year(2021).surrendered[0], Tonnes{280});
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{20}) << "30% of 1,000 were due";
  EXPECT_EQ(m.store.debt[0], Tonnes{80}) << "four for one";
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{20'000});
  m.comply(day_of(2023, 4, 17));
  m.give(0, 2022, 1280);
  m.comply(day_of(2023, 11, 1));
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  EXPECT_EQ(m.held(0), 0) << "80 of debt, 700 for 2021, 500 for 2022";
  EXPECT_EQ(m.store.year(2021).surrendered[0], Tonnes{980});
  EXPECT_EQ(m.store.year(2022).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2021).fined[0] + m.store.year(2022).fined[0], Cash{20'000}) << "a missing tonne is penalised once";
}

TEST(Compliance, LaterVintagesMayBeBarred) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}});
  m.add("compliance", "{\"later_vintages\": false, " + std::string(yearly_cycles).substr(1));
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  set(m.store.year(2021).verified, {Tonnes{100}});
  m.give(0, 2021, 60);
  m.give(0, 2022, 60);
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{40});
  EXPECT_EQ(m.held(0, 2022), 60);
}

}  // namespace
}  // namespace tantu
