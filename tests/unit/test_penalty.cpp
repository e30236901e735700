// What a shortfall costs: forms of the penalty with worked numbers (examples, unless a rule is named).
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

constexpr const char* cycles = R"({"cycles": [{"first_year": 2013, "last_year": 2013, "announcement": "2013-01-01", "pre_allocation": "2013-02-01",
  "verification": "2014-03-31", "true_up": "2014-03-31", "deadline": "2014-04-30"}]})";

struct Settled {
  std::int64_t fine = 0, debt = 0;   ///< cents, t
};

/// One firm misses 10 t of the year 2013; allowances cost 20.
Settled settle(const std::string& penalty) {
  TinyMarket m(2012, 2014, {{{"a", 1000, 1}}});
  m.add("compliance", cycles);
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
