// Policies that cannot apply are refused when the scenario is read, with the place and what would be right. A message
// that changes on purpose is changed here too: each is a sentence that somebody will read.
#include <gtest/gtest.h>

#include "scenarios/compose.hpp"
#include "sim/input_error.hpp"

namespace {

using namespace tantu;

/// What is said of the national market (small) with `changes`; "accepted" if nothing.
std::string said_of(const std::string& changes, const std::string& base = "china-national") {
  try {
    compose(load_scenario_text(R"({"extends": ")" + base + R"(", )" + changes + "}", "a.json", {}));
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}
std::string of_policy(const std::string& policy) { return said_of(R"("policies": {"x": )" + policy + "}"); }

const std::string sold = R"({"kind": "auction", "basis": "volume", "volume_mt": {"2021": 10})";

TEST(RefusedPolicies, AnAuctionThatIsNeverHeld) {
  EXPECT_EQ(of_policy(sold + R"(, "calendar": {"per_year": 0}})"), "a.json:/policies/x/calendar/per_year: is 0 and no dates are given; what is to be auctioned is never sold");
  EXPECT_EQ(of_policy(sold + "}"), "accepted");
}

TEST(RefusedPolicies, AShareOfACapThatThereIsNot) {
  EXPECT_EQ(of_policy(R"({"kind": "auction", "share": {"2021": 0.1}})"),
            R"(a.json:/policies/x/basis: needs a cap on the mass of allowances; set basis to "volume", or the cap's basis to "mass")");
  EXPECT_EQ(of_policy(R"({"kind": "auction", "share": {}})"), R"(a.json:/policies/x/share: is empty; basis "share_of_cap" needs at least one year, e.g. {"2021": 0.57})");
}

TEST(RefusedPolicies, WhatNeedsAuctionsWithoutThem) {
  EXPECT_EQ(of_policy(R"({"kind": "market_stability_reserve", "forms": [{"from_year": 2021}]})"),
            R"(a.json:/policies/x: is a market_stability_reserve in a market without one of the kind "auction"; add one)");
  EXPECT_EQ(of_policy(R"({"kind": "containment_reserve", "tiers": [{"price": {"given": {"2021": 50}}, "volume_mt": {"2021": 5}}]})"),
            R"(a.json:/policies/x: is a containment_reserve in a market without one of the kind "auction"; add one)");
  EXPECT_EQ(of_policy(R"({"kind": "consignment", "sectors": ["power"], "share": {"2021": 0.1}})"),
            R"(a.json:/policies/x: is a consignment in a market without one of the kind "auction"; add one)");
}

TEST(RefusedPolicies, AReserveWithoutTnac) {
  EXPECT_EQ(of_policy(R"({"kind": "market_stability_reserve", "forms": []})"),
            "a.json:/policies/x/forms: is empty; a reserve needs a rule for the allowances in circulation (TNAC)");
}

TEST(RefusedPolicies, AFloorAboveTheCeiling) {
  EXPECT_EQ(of_policy(R"({"kind": "price_collar", "floor": {"given": {"2021": 80}}, "ceiling": {"given": {"2021": 60}}})"),
            "a.json:/policies/x/floor: of 2021 is not below the ceiling; the floor must stay below it");
  EXPECT_EQ(said_of(R"("policies": {"low": {"kind": "price_collar", "floor": {"given": {"2023": 80}}}, "high": {"kind": "price_collar", "ceiling": {"given": {"2021": 60}}}})"),
            R"(a.json:/policies/low: has a floor of 80 in 2023, above the ceiling of 60 in "high"; lower it or raise the ceiling)");
  EXPECT_EQ(said_of(R"("policies": {"sale": )" + sold + R"(, "reserve_price": {"given": {"2021": 70}}}, "high": {"kind": "price_collar", "ceiling": {"given": {"2021": 60}}}})"),
            R"(a.json:/policies/sale: has an auction reserve price of 70 in 2021, above the ceiling of 60 in "high"; lower it or raise the ceiling)");
}

TEST(RefusedPolicies, ASectorThatJoinsBeforeItExists) {
  EXPECT_EQ(said_of(R"("policies": {"coverage": {"joins": {"power": {"from": "2023-01-02", "first_year": 2022}}}}, "sectors": {"power": {"output_path": {"2018": 0, "2019": 0, "2020": 0, "2021": 0, "2022": 0, "2023": 1, "2024": 1}}})"),
            "a.json:/policies/coverage/joins/power/first_year: 2022 is a year without output of the sector (sectors.power.output_path); a sector joins once it exists");
  EXPECT_EQ(said_of(R"("policies": {"coverage": {"joins": {"power": {"from": "2023-01-02", "first_year": 2024}}}})"),
            "a.json:/policies/coverage/joins/power/first_year: 2024 is after the sector joins, 2023-01-02");
  EXPECT_EQ(said_of(R"("policies": {"coverage": {"outside": ["power"], "joins": {"power": {"from": "2023-01-02", "first_year": 2022}}}})"),
            "a.json:/policies/coverage/joins/power: joins a market that outside keeps it out of; keep one");
}

TEST(RefusedPolicies, ASectorThatDoesNotExist) {
  EXPECT_EQ(said_of(R"("policies": {"coverage": {"joins": {"steel": {"from": "2024-01-01", "first_year": 2023}}}})"),
            "a.json:/policies/coverage/joins/steel: is not a sector of the market; known: power");
}

TEST(RefusedPolicies, WhatStandsTwice) {
  EXPECT_EQ(of_policy(R"({"kind": "cap"})"), R"(a.json:/policies/x: is a second cap beside "cap"; keep one)");
  EXPECT_EQ(of_policy(R"({"kind": "true_up"})"), R"(a.json:/policies/x: is a second true_up beside "true_up"; keep one)");
}

TEST(RefusedPolicies, WindowsThatOverlap) {
  EXPECT_EQ(of_policy(R"({"kind": "penalty", "from": "2024-06-01", "fine": 1})"),
            R"(a.json:/policies/x: its days from 2024-06-01 to 2200-12-31 overlap those of "regulation_775_penalty"; keep one at a time)");
  EXPECT_EQ(of_policy(R"({"kind": "penalty", "from": "2020-03-01", "until": "2020-04-01", "fine": 1})"),
            R"(a.json:/policies/x: its days from 2020-03-01 to 2020-04-01 overlap those of "order_19_penalty"; keep one at a time)");
}

TEST(RefusedPolicies, PeriodsThatOverlap) {
  EXPECT_EQ(said_of(R"("policies": {"compliance": {"cycles": [
      {"first_year": 2019, "last_year": 2021, "announcement": "2020-12-30", "pre_allocation": "2021-06-30", "verification": "2022-06-30", "true_up": "2022-09-30", "deadline": "2022-12-31"},
      {"first_year": 2021, "last_year": 2022, "announcement": "2020-12-30", "pre_allocation": "2021-06-30", "verification": "2023-06-30", "true_up": "2023-09-30", "deadline": "2023-12-31"}]}})"),
            "a.json:/policies/compliance/cycles/1/first_year: 2021 does not follow the cycle before it; 2022");
}

TEST(RefusedPolicies, AnInterimDeadlineThatNobodySettles) {
  EXPECT_EQ(said_of(R"("policies": {"compliance": {"cycles": [
      {"first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-06-30", "verification": "2021-06-30", "true_up": "2021-09-30", "deadline": "2021-12-31", "share": 0.3}]}})"),
            "a.json:/policies/compliance/cycles/0/share: is below 1 in the last cycle; what it leaves open is never settled");
}

TEST(RefusedPolicies, BanksThatDoNotFitTheRule) {
  EXPECT_EQ(said_of(R"("policies": {"banking": {"rule": "net_sales_yearly"}})"), R"(a.json:/policies/banking/multiples: is empty; net_sales_yearly needs at least one year, e.g. {"2021": 2})");
  EXPECT_EQ(said_of(R"("policies": {"banking": {"multiples": {"2021": 2}}})"), R"(a.json:/policies/banking/multiples: has no effect; leave it out or set rule to "net_sales_yearly")");
}

TEST(RefusedPolicies, ABenchmarkThatCannotBeUpdated) {
  EXPECT_EQ(said_of(R"("policies": {"allocation": {"classes": {"gas": {"update": {"rate": {"2021": 0.01}}}}}})"),
            "a.json:/policies/allocation/classes/gas/update/reference: is 0; the earlier benchmark is needed");
}

}  // namespace
