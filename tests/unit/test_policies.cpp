// Policies together: the catalog, a whole cycle in order with numbers worked in the text, and what is reported of each.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "policies/catalog.hpp"
#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

TEST(PolicyCatalog, EachKindIsFoundOnceAndActsInItsPhase) {
  std::set<std::string> kinds;
  for (const PolicyKind& kind : policy_catalog()) {
    const std::string name(kind.entry.kind);
    EXPECT_TRUE(kinds.insert(name).second) << name << " is in the catalog twice";
    EXPECT_EQ(find_policy(name), &kind);
    EXPECT_EQ(kind.entry.table().name, name) << "a policy's table has the name of its kind";
  }
  EXPECT_EQ(find_policy("benchmark"), nullptr);
  TinyMarket m(2019, 2020, {{{"coal", 1, 1}}});
  for (const char* kind : {"coverage", "cap", "gap_relief", "verification", "pre_allocation", "true_up", "penalty", "banking", "historical_allocation"}) {
    m.add(kind);
    EXPECT_EQ(m.rules->policies.back().policy->phase(), find_policy(kind)->phase) << kind;
  }
}

TEST(Policies, AWholeCycleInOrder) {
  // Firm 0 emits more than it is given, firm 1 less and sells 100 t; firm 2 is too small.
  TinyMarket m(2018, 2022, {{{"coal", 1000, 1.0}}, {{"coal", 1000, 0.7}}, {{"coal", 10, 1.0}}});
  m.add("coverage", R"({"threshold_t": 100, "review": "2021-09-01"})");
  m.add("benchmark_allocation", coal_877);
  m.add("gap_relief");
  m.add("verification", R"({"error_spread": 0})");
  m.add("pre_allocation", R"({"basis_year": {"2020": 2018}})");
  m.add("true_up");
  m.add("compliance", two_year_cycles);
  m.add("penalty", R"({"fine": 30000})");
  m.add("banking", R"({"rule": "none"})");
  m.start();
  for (const int year : {2018, 2019, 2020}) {
    m.store.year(year).activity = {1, 1, 1};
    m.store.year(year).emissions = {1000, 700, 10};
  }
  m.announce(day_of(2021, 7, 5));
  EXPECT_EQ(m.held(2), 12) << "6.139 t, rounded to 6, for each of two years";
  m.comply(day_of(2021, 7, 5));
  m.announce(day_of(2021, 9, 1));
  EXPECT_EQ(m.held(2), 0);
  m.market.registry.deliver(m.market.account(1), m.market.account(0), Tonnes{100});
  m.market.clearing.pay(m.market.account(0), m.market.account(1), Price{4800} * Tonnes{100});
  m.comply(true_up_day);
  EXPECT_EQ(m.held(0), 2 * 877 + 100);
  EXPECT_EQ(m.held(1), 2 * 877 - 100);
  m.comply(deadline);
  // Firm 0 owes 1,000 a year (877 + 200 is more) and has 1,854: 146 are missing. Firm 1 owes 1,400 of 1,654.
  EXPECT_EQ(m.store.year(2019).surrendered[0], Tonnes{1000});
  EXPECT_EQ(m.store.year(2020).shortfall[0], Tonnes{146});
  EXPECT_EQ(m.store.debt[0], Tonnes{146});
  EXPECT_EQ(m.market.clearing.balance(m.market.account(0)), Cash{-480'000 - 3'000'000});
  EXPECT_EQ(m.store.year(2020).shortfall[1], Tonnes{0});
  EXPECT_EQ(m.held(1), 0) << "254 t are left over and die";
  EXPECT_EQ(m.market.registry.totals(m.unit(2019)).expired + m.market.registry.totals(m.unit(2020)).expired, Tonnes{254});
}

TEST(Policies, BookedTonnesAreReportedByInstrument) {
  BeforeTrueUp m;
  m.comply(true_up_day);
  const auto moved = [&](std::int32_t policy, Effect::Kind kind) {
    for (const Moved& entry : m.market.moved)
      if (entry.policy == policy && entry.kind == kind && entry.year == 2019) return entry.tonnes.count;
    return std::int64_t{-1};
  };
  EXPECT_EQ(moved(2, Effect::Kind::issue), 438) << "by the third policy, the true-up";
  EXPECT_EQ(moved(2, Effect::Kind::take_back), 175);
  EXPECT_EQ(moved(1, Effect::Kind::issue), -1) << "an allocation rule alone moves nothing";
}

}  // namespace
}  // namespace tantu
