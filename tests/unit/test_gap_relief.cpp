// What a firm owes where relief limits it, with numbers worked in the text.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

TEST(GapRelief, LimitsWhatIsOwed) {
  // Firm 2 has a coal plant, but most of its emissions are from gas.
  TinyMarket m(2019, 2024, {{{"coal", 1000, 1}}, {{"gas", 1000, 1}}, {{"coal", 100, 1}, {"gas", 500, 1}}});
  m.add("gap_relief", R"({"share": 0.20, "first_year": 2019, "last_year": 2022, "classes": ["coal"]})");
  m.add("gap_relief", R"({"share": 0, "first_year": 2019, "last_year": 2024, "classes": ["gas"]})");
  m.start();
  expect_near(m.obligation(2019, {1000, 1000, 600}, {700, 700, 500}), {900, 700, 500}, "coal: 700 + 200; gas: what it was given");
  expect_near(m.obligation(2022, {1000, 1000, 600}, {850, 1200, 601}), {1000, 1000, 600}, "nobody owes more than it emits");
  expect_near(m.obligation(2023, {1000, 1000, 600}, {700, 700, 500}), {1000, 700, 500}, "2023: gas alone");
  expect_near(m.obligation(2018, {1000, 1000, 600}, {700, 700, 500}), {1000, 1000, 600}, "before the rule");
}

TEST(GapRelief, WithoutClassesIsForAll) {
  TinyMarket m(2019, 2019, {{{"coal", 1000, 1}}, {{"gas", 1000, 1}}});
  m.add("gap_relief");
  m.start();
  expect_near(m.obligation(2019, {1000, 1000}, {700, 100}), {900, 300}, "allocation + 20% of emissions");
}

}  // namespace
}  // namespace tantu
