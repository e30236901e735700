// How much one account may hold.
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

TEST(HoldingLimit, FollowsItsFormula) {
  // California 2013: 0.1 x 25 Mt + 0.025 x (162.8 - 25) Mt = 5.945 Mt.
  TinyMarket m(2013, 2013, {{{"coal", 1000, 1}}});
  m.add("cap", R"({"basis": "mass", "path_mt": {"2013": 162.8}})");
  m.add("holding_limit", R"({"above": "cancel"})");
  m.rules->opening = day_of(2013, 1, 1);
  m.start();
  Tonnes most{std::numeric_limits<std::int64_t>::max()};
  m.rules->policies[1].policy->holding_limit(m.view(day_of(2013, 1, 1)), 0, most);
  EXPECT_EQ(most, Tonnes{5'945'000});
  m.give(0, 2013, 5'945'010);
  m.announce(day_of(2013, 1, 1));
  EXPECT_EQ(m.held(0), 5'945'000);
}

}  // namespace
}  // namespace tantu
