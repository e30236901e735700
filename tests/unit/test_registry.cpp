// The registry: movements by hand, what it refuses, and that a wrong total is found. Random sequences:
// tests/property/test_registry.cpp.
#include "sim/registry.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace tantu {
namespace {

constexpr Unit allowance(int vintage, int expires = 9999) { return {UnitType::allowance, 0, vintage, expires}; }

TEST(Registry, OpensAccountsBeforeAndAfterUnits) {
  Registry registry(1);
  const UnitIndex u = registry.unit(allowance(2021));
  const Account late = registry.open_account();
  EXPECT_EQ(late, 1u);
  EXPECT_EQ(registry.accounts(), 2u);
  registry.issue(late, u, Tonnes{5});
  EXPECT_EQ(registry.holding(late, u), Tonnes{5});
  EXPECT_EQ(registry.holding(late, registry.unit(allowance(2022))), Tonnes{0});
  EXPECT_EQ(registry.holding(0), Tonnes{0});
}

TEST(Registry, KnowsAUnitAgain) {
  Registry registry(1);
  const UnitIndex u = registry.unit(allowance(2021));
  EXPECT_EQ(registry.unit(allowance(2021)), u);
  EXPECT_NE(registry.unit({UnitType::offset, 0, 2021}), u);
  EXPECT_NE(registry.unit({UnitType::allowance, 1, 2021}), u) << "allowances of another market are another unit";
  EXPECT_EQ(registry.find(UnitType::allowance, 2021), u);
  EXPECT_EQ(registry.find(UnitType::allowance, 2020), std::nullopt);
}

TEST(Registry, MovesAndCountsWhereTonnesWent) {
  Registry registry(3);
  const UnitIndex u = registry.unit(allowance(2021));
  registry.issue(1, u, Tonnes{100});
  registry.transfer(1, 2, u, Tonnes{40});
  registry.surrender(1, u, Tonnes{30});
  registry.cancel(2, u, Tonnes{15});
  registry.expire(2, u, Tonnes{5});
  EXPECT_EQ(registry.holding(1, u), Tonnes{30});  // 100 - 40 - 30
  EXPECT_EQ(registry.holding(2, u), Tonnes{20});  // 40 - 15 - 5
  const UnitTotals& t = registry.totals(u);
  EXPECT_EQ(t.issued, Tonnes{100});
  EXPECT_EQ(t.surrendered, Tonnes{30});
  EXPECT_EQ(t.cancelled, Tonnes{15});
  EXPECT_EQ(t.expired, Tonnes{5});
  EXPECT_EQ(registry.imbalance(), std::nullopt);
}

TEST(Registry, HoldingAddsUpVintages) {
  Registry registry(2);
  registry.issue(1, registry.unit(allowance(2021)), Tonnes{7});
  registry.issue(1, registry.unit(allowance(2022)), Tonnes{11});
  EXPECT_EQ(registry.holding(1), Tonnes{18});
  registry.transfer(1, 0, registry.unit(allowance(2022)), Tonnes{10});
  EXPECT_EQ(registry.holding(1), Tonnes{8});
  EXPECT_EQ(registry.holding(0), Tonnes{10});
}

TEST(Registry, RefusesWhatIsNotThereAndChangesNothing) {
  Registry registry(2);
  const UnitIndex u = registry.unit(allowance(2021)), other = registry.unit(allowance(2022));
  registry.issue(0, u, Tonnes{10});
  registry.issue(0, other, Tonnes{10});
  EXPECT_THROW(registry.transfer(0, 1, u, Tonnes{11}), std::logic_error) << "11 t of a vintage of which the account holds 10";
  EXPECT_THROW(registry.surrender(0, u, Tonnes{11}), std::logic_error);
  EXPECT_THROW(registry.cancel(0, u, Tonnes{11}), std::logic_error);
  EXPECT_THROW(registry.expire(0, u, Tonnes{11}), std::logic_error);
  EXPECT_THROW(registry.issue(0, u, Tonnes{-1}), std::logic_error);
  EXPECT_THROW(registry.transfer(0, 1, u, Tonnes{-1}), std::logic_error) << "a negative transfer would take from the receiver";
  EXPECT_THROW(registry.surrender(0, u, Tonnes{-1}), std::logic_error);
  EXPECT_EQ(registry.holding(0, u), Tonnes{10});
  EXPECT_EQ(registry.holding(0), Tonnes{20});
  EXPECT_EQ(registry.holding(1), Tonnes{0});
  EXPECT_EQ(registry.totals(u).issued, Tonnes{10});
  EXPECT_EQ(registry.imbalance(), std::nullopt);
}

TEST(Registry, DeliversWhatExpiresFirstThenTheOldestVintage) {
  Registry registry(2);
  // Made known in another order than they are delivered in.
  const UnitIndex forever_2020 = registry.unit(allowance(2020));
  const UnitIndex soon_2022 = registry.unit(allowance(2022, 2023));
  const UnitIndex forever_2019 = registry.unit(allowance(2019));
  const UnitIndex soon_2021 = registry.unit(allowance(2021, 2023));
  for (const UnitIndex u : {forever_2020, soon_2022, forever_2019, soon_2021}) registry.issue(0, u, Tonnes{10});
  EXPECT_EQ(registry.deliver(0, 1, Tonnes{35}), Tonnes{35});
  EXPECT_EQ(registry.holding(1, soon_2021), Tonnes{10}) << "first: expires in 2023, the older vintage";
  EXPECT_EQ(registry.holding(1, soon_2022), Tonnes{10}) << "second: expires in 2023";
  EXPECT_EQ(registry.holding(1, forever_2019), Tonnes{10}) << "third: the older of those that stay";
  EXPECT_EQ(registry.holding(1, forever_2020), Tonnes{5}) << "what is still missing";
  EXPECT_EQ(registry.deliver(0, 1, Tonnes{35}), Tonnes{5}) << "delivers what there is and says how much";
  EXPECT_EQ(registry.imbalance(), std::nullopt);
}

TEST(Registry, SurrendersTheOldestUpToAVintage) {
  Registry registry(1);
  const UnitIndex y22 = registry.unit(allowance(2022)), y20 = registry.unit(allowance(2020)), y21 = registry.unit(allowance(2021));
  for (const UnitIndex u : {y20, y21, y22}) registry.issue(0, u, Tonnes{10});
  EXPECT_EQ(registry.surrender_up_to(0, Tonnes{12}), Tonnes{12});
  EXPECT_EQ(registry.holding(0, y20), Tonnes{0});
  EXPECT_EQ(registry.holding(0, y21), Tonnes{8});
  EXPECT_EQ(registry.surrender_up_to(0, Tonnes{100}, 2021), Tonnes{8}) << "vintage 2022 is too recent";
  EXPECT_EQ(registry.holding(0, y22), Tonnes{10});
  EXPECT_EQ(registry.cancel_up_to(0, Tonnes{100}), Tonnes{10});
  EXPECT_EQ(registry.totals(y22).cancelled, Tonnes{10});
  EXPECT_EQ(registry.totals(y22).surrendered, Tonnes{0});
  EXPECT_EQ(registry.imbalance(), std::nullopt);
}

/// Adds a tonne where none may be: reaches the members by the names under which they are saved.
struct Forger {
  std::string_view where;
  UnitIndex unit;
  template <class T>
  void operator()(std::string_view, T&) {}
  void operator()(std::string_view name, std::vector<Tonnes>& sums) {
    if (name == "held" && where == "held") sums[unit] += Tonnes{1};
  }
  void operator()(std::string_view name, std::vector<UnitTotals>& totals) {
    if (name != "totals") return;
    if (where == "issued") totals[unit].issued += Tonnes{1};
    if (where == "surrendered") totals[unit].surrendered += Tonnes{1};
    if (where == "cancelled") totals[unit].cancelled += Tonnes{1};
    if (where == "expired") totals[unit].expired += Tonnes{1};
    if (where == "received") totals[unit].received += Tonnes{1};
    if (where == "sent") totals[unit].sent += Tonnes{1};
  }
  void operator()(std::string_view name, std::vector<std::vector<Tonnes>>& holdings) {
    if (name != "holdings") return;
    if (where == "holdings") holdings[unit][1] += Tonnes{1};
    if (where == "negative") {
      holdings[unit][0] += Tonnes{1000};
      holdings[unit][1] -= Tonnes{1000};
    }
  }
};

TEST(Registry, ImbalanceNamesTheUnitWhoseTotalIsWrong) {
  for (const std::string_view where : {"issued", "surrendered", "cancelled", "expired", "received", "sent", "holdings", "negative", "held"})
    for (const UnitIndex unit : {0u, 1u, 2u}) {
      Registry registry(2);
      for (const int vintage : {2020, 2021, 2022}) registry.issue(0, registry.unit(allowance(vintage)), Tonnes{100});
      ASSERT_EQ(registry.imbalance(), std::nullopt);
      Forger forger{where, unit};
      registry.visit_state(forger);
      EXPECT_EQ(registry.imbalance(), unit) << "a tonne forged in " << where << " of unit " << unit;
    }
}

TEST(Registry, AUnitIsAddedUpAgainOnceItHasMoved) {
  const std::vector<std::pair<std::string_view, std::function<void(Registry&)>>> movements{
      {"issue", [](Registry& r) { r.issue(1, 1, Tonnes{5}); }},         {"transfer", [](Registry& r) { r.transfer(0, 1, 1, Tonnes{5}); }},
      {"surrender", [](Registry& r) { r.surrender(0, 1, Tonnes{5}); }}, {"cancel", [](Registry& r) { r.cancel(0, 1, Tonnes{5}); }},
      {"expire", [](Registry& r) { r.expire(0, 1, Tonnes{5}); }},       {"withdraw", [](Registry& r) { r.withdraw(0, 1, Tonnes{5}); }},
      {"send", [](Registry& r) { r.send(0, 1, Tonnes{5}); }},           {"receive", [](Registry& r) { r.receive(0, 1, Tonnes{5}); }}};
  for (const auto& [name, move] : movements) {
    Registry registry(2);
    for (const int vintage : {2020, 2021, 2022}) registry.issue(0, registry.unit(allowance(vintage)), Tonnes{100});
    ASSERT_EQ(registry.imbalance_of_moved(), std::nullopt);
    Forger forger{"holdings", 1};
    registry.visit_state(forger);
    EXPECT_EQ(registry.imbalance_of_moved(), std::nullopt) << "a unit that did not move was added up again";
    EXPECT_EQ(registry.imbalance(), 1u) << "all units are added up whether they moved or not";
    move(registry);
    EXPECT_EQ(registry.imbalance_of_moved(), 1u) << "a forged tonne stays hidden after: " << name;
    EXPECT_EQ(registry.imbalance_of_moved(), 1u) << "what does not close is found every day";
  }
}

}  // namespace
}  // namespace tantu
