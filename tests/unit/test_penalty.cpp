// What a shortfall costs: forms of the penalty with worked numbers (examples, unless a rule is named).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

// Firm 0 misses 40 t for 2019 and 60 t for 2020; firm 1 nothing. The month before averaged 55.50.
struct Shortfall : TinyMarket {
  explicit Shortfall(const std::vector<std::string>& penalties) : TinyMarket(2018, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}}) {
    add("compliance", two_year_cycles);
    for (const std::string& p : penalties) add("penalty", p);
    start();
    store.year(2019).shortfall[0] = Tonnes{40};
    store.year(2020).shortfall[0] = Tonnes{60};
    market.board().month_average = Price{5550};
  }
};

TEST(Penalty, AFixedFineIsPaidOnceForACycle) {
  Shortfall m({R"({"fine": 30000})"});
  m.comply(deadline - 1);
  EXPECT_EQ(m.treasury(), Cash{0});
  m.comply(deadline);
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{-3'000'000}) << "30,000 in ticks of 0.01";
  EXPECT_EQ(m.treasury(), Cash{3'000'000});
  EXPECT_EQ(m.market.clearing.balance(m.market.account(1)), Cash{0});
  EXPECT_EQ(m.store.year(2020).fined[0], Cash{3'000'000});
  EXPECT_EQ(m.store.debt[0], Tonnes{100}) << "and the 100 t are still owed";
  m.comply(deadline + 3);
  EXPECT_EQ(m.treasury(), Cash{3'000'000}) << "once";
}

TEST(Penalty, AMultipleOfThePreviousMonthsAverage) {
  Shortfall m({R"({"price_multiple": 5, "debt_carried": false})"});
  m.comply(deadline);
  EXPECT_EQ(m.treasury(), Cash{2'775'000});  // 5 x 55.50 x 100 t = 27,750
  EXPECT_EQ(m.store.debt[0], Tonnes{0}) << "the fine extinguishes the obligation";
}

TEST(Penalty, APriceForATonneIsRoundedHalfUpOnce) {
  Shortfall m({R"({"per_tonne": 0.00125, "debt_carried": false})"});
  m.comply(deadline);
  EXPECT_EQ(m.treasury(), Cash{13});  // 0.125 is 12.5 ticks
}

TEST(Penalty, InstancesApplyToTheirDeadlines) {
  const std::string before = R"({"fine": 30000, "until": "2021-12-30"})", from = R"({"price_multiple": 5, "from": "2021-12-31", "debt_carried": false})";
  Shortfall m({before, from});
  m.comply(deadline);
  EXPECT_EQ(m.treasury(), Cash{2'775'000});
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
  const ShortfallTerms old_terms = m.market.shortfall_terms(day_of(2021, 12, 30)), new_terms = m.market.shortfall_terms(deadline);
  EXPECT_TRUE(old_terms.exists && new_terms.exists);
  EXPECT_EQ(old_terms.fine, 30000);
  EXPECT_EQ(old_terms.multiple, 0);
  EXPECT_TRUE(old_terms.debt_carried);
  EXPECT_EQ(new_terms.fine, 0);
  EXPECT_EQ(new_terms.multiple, 5);
  EXPECT_FALSE(new_terms.debt_carried);
  EXPECT_FALSE(Shortfall({}).market.shortfall_terms(deadline).exists);
}

TEST(Penalty, MayBeCappedAndBarFromTrading) {
  TinyMarket m(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 1000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("penalty", R"({"price_multiple": 3, "most_per_tonne": 100, "most_per_firm": 5000, "bar_days": 90, "debt_carried": false})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.market.board().month_average = Price{4000};
  set(m.store.year(2021).verified, {Tonnes{10}, Tonnes{1000}});
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{100'000}) << "3 x 40 is more than 100 a tonne";
  EXPECT_EQ(m.store.year(2021).fined[1], Cash{500'000}) << "and 5,000 is the most";
  EXPECT_EQ(m.store.barred_until[0], day_of(2022, 4, 29) + 90);
  EXPECT_EQ(m.store.debt[0], Tonnes{0});
}

// ---- forms that differ by system ----

constexpr const char* cycle_of_2013 = R"({"cycles": [{"first_year": 2013, "last_year": 2013, "announcement": "2013-01-01", "pre_allocation": "2013-02-01",
  "verification": "2014-03-31", "true_up": "2014-03-31", "deadline": "2014-04-30"}]})";

struct Settled {
  std::int64_t fine = 0, debt = 0;   ///< cents, t
};

/// One firm misses 10 t of the year 2013; allowances cost 20.
Settled settle(const std::string& penalty) {
  TinyMarket m(2012, 2014, {{{"a", 1000, 1}}});
  m.add("compliance", cycle_of_2013);
  m.add("penalty", penalty);
  m.start();
  m.market.board().month_average = Price{2000};
  m.store.year(2013).shortfall[0] = Tonnes{10};
  m.store.year(2013).obligation[0] = Tonnes{0};
  m.comply(day_of(2014, 4, 30));
  return {m.store.year(2013).fined[0].count, m.store.debt[0].count};
}

// EUR 100 from 2008 and the debt, raised by consumer prices from 2013 on; 1.5% is an example.
TEST(PenaltyForms, EuropeRaisesItsRate) {
  const Settled s = settle(R"({"rate": {"given": {"2005": 40, "2012": 100}, "inflation": true, "assumed_inflation": {"2013": 0.015}}})");
  EXPECT_EQ(s.fine, 10 * 101'50);
  EXPECT_EQ(s.debt, 10);
}

// Four allowances for each that is late (California), three (RGGI).
TEST(PenaltyForms, SeveralAllowancesForOne) {
  const Settled s = settle(R"({"owed_ratio": 4})");
  EXPECT_EQ(s.fine, 0);
  EXPECT_EQ(s.debt, 40);
  const Settled none = settle(R"({"per_tonne": 1, "debt_carried": false})");
  EXPECT_EQ(none.debt, 0);
}

// Three times the average price, at most an amount a tonne (Korea: KRW 100,000), or an amount a firm (Hubei, Fujian).
TEST(PenaltyForms, AreLimited) {
  EXPECT_EQ(settle(R"({"price_multiple": 3})").fine, 600'00);
  EXPECT_EQ(settle(R"({"price_multiple": 3, "most_per_tonne": 50})").fine, 500'00);
  EXPECT_EQ(settle(R"({"price_multiple": 3, "most_per_firm": 450})").fine, 450'00);
  EXPECT_EQ(settle(R"({"price_multiple": 3, "most_per_firm": 700})").fine, 600'00);
}

}  // namespace
}  // namespace tantu
