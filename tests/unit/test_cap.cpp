// The number of allowances of each year: by hand, and against the European Union's caps.
#include <gtest/gtest.h>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

std::int64_t cap_of(const std::string& parameters, int year) {
  TinyMarket m(2013, 2014, {{{"plant", 1, 1}}});
  m.add("cap", parameters);
  return nearest(m.rules->policies.back().policy->cap(year).value_or(-1));
}

TEST(Cap, FollowsItsPathThenItsReduction) {
  const auto cap = [](const std::string& parameters, int year) {
    TinyMarket m(2019, 2019, {{{"coal", 1, 1}}});
    m.add("cap", parameters);
    return m.rules->policies[0].policy->cap(year);
  };
  const std::string linear = R"({"basis": "mass", "path_mt": {"2020": 120, "2021": 100}, "reduction": 0.1})";
  EXPECT_EQ(cap(linear, 2018), 120e6) << "before the path: its first year";
  EXPECT_EQ(cap(linear, 2020), 120e6);
  EXPECT_EQ(cap(linear, 2021), 100e6);
  EXPECT_NEAR(*cap(linear, 2024), 70e6, 1e-3);  // 10 Mt less each year
  EXPECT_EQ(cap(linear, 2035), 0) << "never below zero";
  const std::string geometric = R"({"basis": "mass", "path_mt": {"2021": 100}, "reduction": 0.1, "decline": "geometric"})";
  EXPECT_NEAR(*cap(geometric, 2024), 72.9e6, 1e-3);  // 0.9^3
  EXPECT_EQ(cap(R"({"basis": "intensity"})", 2021), std::nullopt);
}

// 2013 and 2021, the yearly 43,003,515 and the changes of 2024 are published; the amounts of 2014-20 follow from 1.74% of
// 2,199,094,594, that of 2024 is known to 10,000 t.
constexpr const char* european = R"({"basis": "mass", "path_mt": {"2013": 2084.301856, "2021": 1571.583007},
  "linear_factor": {"2014": 0.0174, "2022": 0.022, "2024": 0.043, "2028": 0.044},
  "reference_mt": {"2014": 2199.094594, "2022": 1954.705227, "2024": 2044.749558},
  "adjustment_mt": {"2024": -11.6, "2026": -27}})";

TEST(Cap, FallsByALinearFactorOfAReference) {
  EXPECT_EQ(cap_of(european, 2013), 2'084'301'856);
  EXPECT_EQ(cap_of(european, 2014), 2'084'301'856 - 38'264'246);
  EXPECT_EQ(cap_of(european, 2020), 2'084'301'856 - 7 * 38'264'246);
  EXPECT_EQ(cap_of(european, 2021), 1'571'583'007);
  EXPECT_EQ(cap_of(european, 2022), 1'571'583'007 - 43'003'515);
  EXPECT_EQ(cap_of(european, 2023), 1'485'575'977);
}

TEST(Cap, IsRebasedAndTakesAChangeOfScope) {
  EXPECT_NEAR(static_cast<double>(cap_of(european, 2024)), 1'386'051'745, 10'000);
  EXPECT_EQ(cap_of(european, 2025), cap_of(european, 2024) - 87'924'231);
  EXPECT_EQ(cap_of(european, 2026), cap_of(european, 2025) - 87'924'231 - 27'000'000);
  EXPECT_EQ(cap_of(european, 2028), cap_of(european, 2027) - 89'968'981) << "4.4% of the same reference";
  EXPECT_EQ(cap_of(european, 2060), 0) << "never below nothing";
}

}  // namespace
}  // namespace tantu
