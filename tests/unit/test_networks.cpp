#include "sim/networks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <stdexcept>
#include <vector>

#include "sim/parameters.hpp"

namespace {

using namespace tantu;
using testing::ElementsAre;
using testing::IsEmpty;

template <class Exception = std::invalid_argument, class Call>
void refuses(Call call, const char* message) {
  try {
    call();
    ADD_FAILURE() << "expected: " << message;
  } catch (const Exception& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(message));
  }
}

constexpr std::int32_t none = Ownership::independent;

// Group 0 owns group 2, which owns group 3; group 1 stands alone and group 4 owns nothing.
const std::vector<std::int32_t> owners{none, none, 0, 2, none};
const std::vector<std::int32_t> groups_of_firms{3, none, 1, 0, 2, 1, none};

TEST(Ownership, TopOfTheChainControls) {
  const Ownership ownership(owners, groups_of_firms);
  EXPECT_EQ(ownership.groups(), 5u);
  EXPECT_EQ(ownership.firms(), 7u);
  EXPECT_THAT(ownership.group_of_firms(), ElementsAre(0, none, 1, 0, 0, 1, none));
  EXPECT_EQ(ownership.group_of(4), 0);
  EXPECT_EQ(ownership.group_of(6), none);
  EXPECT_EQ(ownership.top_of(3), 0);
  EXPECT_EQ(ownership.top_of(1), 1);
}

TEST(Ownership, MembersIncludeThoseOfSubsidiaries) {
  const Ownership ownership(owners, groups_of_firms);
  EXPECT_THAT(ownership.members(0), ElementsAre(0, 3, 4));
  EXPECT_THAT(ownership.members(1), ElementsAre(2, 5));
  EXPECT_THAT(ownership.members(2), ElementsAre(0, 4));
  EXPECT_THAT(ownership.members(3), ElementsAre(0));
  EXPECT_THAT(ownership.members(4), IsEmpty());
}

TEST(Ownership, WhatDoesNotExistThrows) {
  const Ownership ownership(owners, groups_of_firms);
  EXPECT_THROW(ownership.group_of(7), std::out_of_range);
  EXPECT_THROW(ownership.top_of(5), std::out_of_range);
  refuses<std::out_of_range>([&] { (void)ownership.members(5); }, "no group 5 of 5");
  EXPECT_EQ(Ownership{}.firms(), 0u);
  EXPECT_THROW((void)Ownership{}.members(0), std::out_of_range);
}

TEST(Ownership, RefusesUnknownGroupsAndCircles) {
  const std::vector<std::int32_t> nobody, alone{none};
  refuses([&] { Ownership(alone, std::vector<std::int32_t>{0, 1}); }, "firm 1 belongs to group 1, but there are 1 groups");
  refuses([&] { Ownership(alone, std::vector<std::int32_t>{-2}); }, "firm 0 belongs to group -2");
  refuses([&] { Ownership(std::vector<std::int32_t>{none, 7}, nobody); }, "group 1 belongs to group 7, but there are 2 groups");
  refuses([&] { Ownership(std::vector<std::int32_t>{0}, nobody); }, "groups 0 -> 0 own each other");
  refuses([&] { Ownership(std::vector<std::int32_t>{none, 3, 1, 2, 2}, nobody); }, "groups 1 -> 2 -> 3 -> 1 own each other");
}

TEST(Ownership, ConcentrationIsTheHerfindahlIndexOfGroups) {
  const Ownership ownership(owners, groups_of_firms);
  // Group 0: 1 + 2 + 3 = 6; group 1: 1 + 1 = 2; two independent firms with 1 each; total 10.
  EXPECT_DOUBLE_EQ(ownership.concentration(std::vector<double>{1, 1, 1, 2, 3, 1, 1}), 0.36 + 0.04 + 0.01 + 0.01);
  EXPECT_DOUBLE_EQ(ownership.concentration(std::vector<double>{0, 5, 0, 0, 0, 0, 0}), 1.0);
  EXPECT_EQ(ownership.concentration(std::vector<double>(7)), 0.0);
  refuses([&] { (void)ownership.concentration(std::vector<double>(6)); }, "6 amounts for 7 firms");
}

using Pair = Counterparties::Pair;

TEST(Counterparties, KeepTheGivenPairs) {
  const Counterparties known(5, std::vector<Pair>{{3, 1}, {0, 3}, {1, 3}, {3, 0}, {1, 0}});
  EXPECT_EQ(known.firms(), 5u);
  EXPECT_EQ(known.acquaintances(), 3u);
  EXPECT_THAT(known.neighbours(0), ElementsAre(1, 3));
  EXPECT_THAT(known.neighbours(1), ElementsAre(0, 3));
  EXPECT_THAT(known.neighbours(2), IsEmpty());
  EXPECT_THAT(known.neighbours(3), ElementsAre(0, 1));
  EXPECT_THAT(known.neighbours(4), IsEmpty());
  EXPECT_TRUE(known.know_each_other(3, 1));
  EXPECT_TRUE(known.know_each_other(1, 3));
  EXPECT_FALSE(known.know_each_other(1, 2));
  refuses<std::out_of_range>([&] { (void)known.neighbours(5); }, "no firm 5 of 5");
  refuses<std::out_of_range>([&] { (void)known.know_each_other(0, 5); }, "no firm 5 of 5");
  refuses([] { Counterparties(2, std::vector<Pair>{{0, 2}}); }, "0 - 2 among 2 firms");
  refuses([] { Counterparties(2, std::vector<Pair>{{1, 1}}); }, "firm 1 is its own counterparty");
  EXPECT_EQ(Counterparties{}.firms(), 0u);
  EXPECT_EQ(Counterparties(3, {}).acquaintances(), 0u);
}

TEST(Counterparties, MeasuresOfSmallGraphs) {
  // A triangle 0 1 2 with 3 hanging from 0, a pair 4 5 and 6 alone.
  const Counterparties known(7, std::vector<Pair>{{0, 1}, {1, 2}, {2, 0}, {0, 3}, {4, 5}});
  EXPECT_THAT(known.degree_distribution(), ElementsAre(1, 3, 2, 1));
  EXPECT_THAT(known.components(), ElementsAre(0, 0, 0, 0, 1, 1, 2));
  EXPECT_DOUBLE_EQ(known.mean_clustering(), (1.0 / 3 + 1 + 1 + 0) / 7);
  // Through 0 lead 3-1 and 3-2, of 15 pairs of others.
  EXPECT_THAT(known.betweenness(), ElementsAre(testing::DoubleEq(2.0 / 15), 0, 0, 0, 0, 0, 0));

  const Counterparties star(5, std::vector<Pair>{{2, 0}, {2, 1}, {2, 3}, {2, 4}});
  EXPECT_THAT(star.betweenness(), ElementsAre(0, 0, testing::DoubleEq(1.0), 0, 0));
  const Counterparties square(4, std::vector<Pair>{{0, 1}, {1, 2}, {2, 3}, {3, 0}});
  EXPECT_THAT(square.betweenness(), testing::Each(testing::DoubleEq(0.5 / 3)));
  EXPECT_EQ(square.mean_clustering(), 0.0);

  EXPECT_THAT(Counterparties{}.degree_distribution(), IsEmpty());
  EXPECT_THAT(Counterparties{}.components(), IsEmpty());
  EXPECT_EQ(Counterparties{}.mean_clustering(), 0.0);
  EXPECT_THAT(Counterparties{}.betweenness(), IsEmpty());
  EXPECT_THAT(Counterparties(2, std::vector<Pair>{{0, 1}}).betweenness(), ElementsAre(0, 0));
}

TEST(Counterparties, TheHubOfAStarIsTheMostCentral) {
  // PageRank with damping 0.85: hub = 0.03 + 0.85 x 4 leaf, leaf = 0.03 + 0.85 hub / 4.
  const std::vector<double> rank = Counterparties(5, std::vector<Pair>{{2, 0}, {2, 1}, {2, 3}, {2, 4}}).centrality();
  EXPECT_NEAR(rank[2], 0.4757, 0.005);
  for (const std::size_t leaf : {0, 1, 3, 4}) EXPECT_NEAR(rank[leaf], 0.1311, 0.005);
  // Nobody knows anybody: all alike.
  EXPECT_THAT(Counterparties(3, {}).centrality(), testing::Each(testing::DoubleNear(1.0 / 3, 1e-9)));
  EXPECT_THAT(Counterparties{}.centrality(), IsEmpty());
}

constexpr RandomKey key{20210716, 0};

/// A market of firms with ids, groups (every fifth firm independent) and four regions.
struct Firms {
  std::vector<std::uint32_t> ids;
  std::vector<std::int32_t> groups, regions;

  void add(std::uint32_t id) {
    ids.push_back(id);
    groups.push_back(id % 5 == 0 ? none : static_cast<std::int32_t>(id % 7));
    regions.push_back(static_cast<std::int32_t>(id / 11 % 4) * 100);
  }
  explicit Firms(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) add(1000 + i);
  }
  Counterparties draw(const CounterpartyParameters& p = {}, RandomKey with = key) const { return {with, p, ids, groups, regions}; }
  std::set<Pair> pairs_by_id(const Counterparties& known) const {
    std::set<Pair> pairs;
    for (std::size_t f = 0; f < known.firms(); ++f)
      for (std::uint32_t other : known.neighbours(f))
        if (ids[f] < ids[other]) pairs.emplace(ids[f], ids[other]);
    return pairs;
  }
};

TEST(Counterparties, AcquaintanceIsSymmetricSortedAndNotWithOneself) {
  const Firms firms(300);
  const Counterparties known = firms.draw();
  ASSERT_EQ(known.firms(), 300u);
  for (std::uint32_t f = 0; f < 300; ++f) {
    const auto others = known.neighbours(f);
    EXPECT_TRUE(std::is_sorted(others.begin(), others.end()));
    EXPECT_EQ(std::adjacent_find(others.begin(), others.end()), others.end());
    for (std::uint32_t other : others) {
      EXPECT_NE(other, f);
      EXPECT_TRUE(known.know_each_other(other, f));
    }
  }
}

TEST(Counterparties, MeanNumberAndRegionFollowTheParameters) {
  Firms firms(2000);
  std::fill(firms.groups.begin(), firms.groups.end(), none);
  for (double share : {0.0, 0.5, 1.0})
    for (std::int64_t mean : {0, 1, 7, 12, 40}) {
      const Counterparties known = firms.draw({mean, share, 0});
      // A pair that chose each other counts once; at 40 of 500 in a region that is 2% of the choices.
      const double found = 2.0 * static_cast<double>(known.acquaintances()) / 2000;
      EXPECT_NEAR(found, static_cast<double>(mean), 0.05 * static_cast<double>(mean)) << share;
      EXPECT_EQ(known.acquaintances(), firms.draw({mean, share, 0}).acquaintances());
      if (mean == 0) continue;
      std::size_t same = 0;
      for (const auto& [a, b] : firms.pairs_by_id(known)) same += firms.regions[a - 1000] == firms.regions[b - 1000];
      // A quarter of the firms drawn from everywhere are of the same region by chance.
      EXPECT_NEAR(static_cast<double>(same) / static_cast<double>(known.acquaintances()), share + 0.25 * (1 - share), 0.05) << mean;
    }
}

TEST(Counterparties, NobodyIsMuchMorePopularThanChance) {
  Firms firms(2000);
  std::fill(firms.groups.begin(), firms.groups.end(), none);
  const Counterparties known = firms.draw();
  const std::vector<std::size_t> degrees = known.degree_distribution();
  for (std::size_t k = 0; k < 6; ++k) EXPECT_EQ(degrees[k], 0u) << k;  // everyone chose six
  EXPECT_LT(degrees.size(), 32u);
  const std::vector<std::int32_t> component = known.components();
  EXPECT_EQ(*std::max_element(component.begin(), component.end()), 0);
}

TEST(Counterparties, SmallGroupsKnowEachOtherLargeOnesInPart) {
  Firms firms(400);
  std::fill(firms.groups.begin(), firms.groups.end(), none);
  std::fill(firms.groups.begin(), firms.groups.begin() + 13, 4);          // 13 members: all know 12
  std::fill(firms.groups.begin() + 13, firms.groups.begin() + 27, 2);     // 14 members: chosen
  std::fill(firms.groups.begin() + 100, firms.groups.begin() + 300, 0);   // 200 members: chosen
  const Counterparties known = firms.draw({0, 0.5, 12});
  for (std::uint32_t f = 0; f < 13; ++f) EXPECT_EQ(known.neighbours(f).size(), 12u) << f;
  for (std::uint32_t f = 13; f < 27; ++f) EXPECT_LE(known.neighbours(f).size(), 13u) << f;
  std::size_t of_large = 0;
  for (std::uint32_t f = 100; f < 300; ++f) of_large += known.neighbours(f).size();
  EXPECT_NEAR(static_cast<double>(of_large) / 200, 12.0, 0.7);
  for (std::uint32_t f = 0; f < 400; ++f)
    for (std::uint32_t other : known.neighbours(f)) EXPECT_EQ(firms.groups[f], firms.groups[other]) << f << ' ' << other;
  for (std::uint32_t f : {30u, 99u, 399u}) EXPECT_THAT(known.neighbours(f), IsEmpty());

  // Those outside the group are sought outside the group.
  const Counterparties outside = firms.draw({12, 0.5, 0});
  for (std::uint32_t f = 0; f < 400; ++f)
    for (std::uint32_t other : outside.neighbours(f)) EXPECT_TRUE(firms.groups[f] < 0 || firms.groups[f] != firms.groups[other]);
}

TEST(Counterparties, TinyMarketsMakeDoWithWhoThereIs) {
  for (std::uint32_t count : {0u, 1u, 2u, 5u}) {
    const Counterparties known = Firms(count).draw();
    EXPECT_EQ(known.firms(), count);
    for (std::uint32_t f = 0; f < count; ++f) EXPECT_LE(known.neighbours(f).size(), count - 1);
  }
  EXPECT_TRUE(Firms(2).draw().know_each_other(0, 1));
  // One group that holds everyone: nobody outside to be found.
  Firms firms(50);
  std::fill(firms.groups.begin(), firms.groups.end(), 3);
  EXPECT_EQ(firms.draw({12, 0.5, 0}).acquaintances(), 0u);
}

TEST(Counterparties, OrderOfTheFirmsDoesNotMatter) {
  Firms firms(200), reversed(0);
  for (std::size_t i = 200; i-- > 0;) reversed.add(firms.ids[i]);
  EXPECT_EQ(firms.pairs_by_id(firms.draw()), reversed.pairs_by_id(reversed.draw()));
}

TEST(Counterparties, ANewFirmLeavesNearlyAllOthersAsTheyWere) {
  Firms firms(1000);
  const std::set<Pair> before = firms.pairs_by_id(firms.draw());
  for (std::uint32_t newcomer : {5u, 2500u, 70003u, 4000000000u}) {
    Firms more = firms;
    more.add(newcomer);
    std::set<Pair> after = more.pairs_by_id(more.draw());
    std::erase_if(after, [&](const Pair& p) { return p.first == newcomer || p.second == newcomer; });
    std::vector<Pair> changed;
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(changed));
    // Its arcs take over some 6 of 6,000 choices outside its group and 6 of those inside.
    EXPECT_LT(changed.size(), 40u) << newcomer;
  }
}

TEST(Counterparties, EveryReplicationHasItsOwn) {
  const Firms firms(200);
  EXPECT_EQ(firms.draw({}, {1, 0}), firms.draw({}, {1, 0}));
  EXPECT_NE(firms.draw({}, {1, 0}), firms.draw({}, {1, 1}));
  EXPECT_NE(firms.draw({}, {1, 0}), firms.draw({}, {2, 0}));
}

// Golden runs rest on the drawn network; FNV-1a over its pairs.
TEST(Counterparties, DrawnNetworkIsThatOfTheGoldenRuns) {
  const Firms firms(500);
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const auto& [a, b] : firms.pairs_by_id(firms.draw()))
    for (std::uint32_t word : {a, b})
      for (int byte = 0; byte < 4; ++byte, word >>= 8) hash = (hash ^ (word & 0xff)) * 0x100000001b3u;
  EXPECT_EQ(hash, 0x333d7d673505118eu);
}

TEST(Counterparties, RefuseUnequalLengthsAndRepeatedIds) {
  const std::vector<std::uint32_t> ids{7, 8, 7}, two{1, 2};
  const std::vector<std::int32_t> three(3, none);
  refuses([&] { Counterparties(key, {}, ids, three, three); }, "two firms have the id 7");
  refuses([&] { Counterparties(key, {}, two, three, three); }, "2 ids, 3 groups and 3 regions");
}

enum Sector : std::uint32_t { steel, power, aluminium, cars };
const std::vector<std::string> sector_names{"steel", "power", "aluminium", "cars"};

TEST(SupplyChain, CostsTravelFromSupplierToBuyer) {
  // Power goes into steel and aluminium, both into cars; the links come in no particular order.
  const SupplyChain chain(sector_names, {{aluminium, cars, 0.5, 0.2}, {power, steel, 0.8, 0.5}, {steel, cars, 1.0, 1.0}, {power, aluminium, 1.0, 13.5}});
  // power 10; steel 100 + 0.8 0.5 10 = 104; aluminium 20 + 13.5 10 = 155; cars 0 + 104 + 0.5 0.2 155 = 119.5
  EXPECT_THAT(chain.propagate(std::vector<double>{100, 10, 20, 0}),
              ElementsAre(testing::DoubleEq(104), 10, testing::DoubleEq(155), testing::DoubleEq(119.5)));
  EXPECT_THAT(chain.propagate(std::vector<double>(4)), testing::Each(0.0));
  refuses([&] { (void)chain.propagate(std::vector<double>(3)); }, "3 costs for 4 sectors");
}

TEST(SupplyChain, SuppliersComeBeforeTheirBuyersInAFixedOrder) {
  std::vector<SupplyChain::Link> links{{power, steel}, {power, aluminium}, {steel, cars}, {aluminium, cars}};
  const SupplyChain chain(sector_names, links);
  const auto place = [&](std::uint32_t sector) { return std::find(chain.order().begin(), chain.order().end(), sector) - chain.order().begin(); };
  ASSERT_EQ(chain.order().size(), 4u);
  for (const SupplyChain::Link& l : links) EXPECT_LT(place(l.supplier), place(l.buyer));
  std::reverse(links.begin(), links.end());
  EXPECT_EQ(SupplyChain(sector_names, links), chain);
  EXPECT_THAT(SupplyChain{}.order(), IsEmpty());
  EXPECT_THAT(SupplyChain{}.propagate({}), IsEmpty());
  EXPECT_EQ(SupplyChain(sector_names, {}).propagate(std::vector<double>{1, 2, 3, 4}), (std::vector<double>{1, 2, 3, 4}));
}

TEST(SupplyChain, CirclesAreNamed) {
  refuses([] { SupplyChain(sector_names, {{power, aluminium}, {aluminium, cars}, {cars, power}, {power, steel}}); },
          "supply chain: power -> aluminium -> cars -> power is a circle");
  refuses([] { SupplyChain(sector_names, {{cars, cars}}); }, "cars -> cars is a circle");
  // Two circles through power: the walk from steel closes the inner one, and steel is not named.
  refuses([] { SupplyChain(sector_names, {{steel, power}, {power, aluminium}, {aluminium, power}, {aluminium, cars}, {cars, steel}}); },
          "supply chain: power -> aluminium -> power is a circle");
  // A sector that only feeds a circle is not part of it.
  refuses([] { SupplyChain(sector_names, {{steel, power}, {power, aluminium}, {aluminium, power}}); }, "supply chain: power -> aluminium -> power is a circle");
}

TEST(SupplyChain, RefusesWhatItCannotMean) {
  refuses([] { SupplyChain(sector_names, {{power, 4}}); }, "link 1 -> 4 among 4 sectors");
  refuses([] { SupplyChain(sector_names, {{power, steel, -0.1}}); }, "power -> steel passes through -0.1");
  refuses([] { SupplyChain(sector_names, {{power, steel, std::nan("")}}); }, "power -> steel passes through nan");
  refuses([] { SupplyChain(sector_names, {{power, steel, 1, std::numeric_limits<double>::infinity()}}); }, "power -> steel has input inf");
  refuses([] { SupplyChain(sector_names, {{power, steel}, {cars, steel}, {power, steel, 0.5}}); }, "power -> steel occurs twice");
}

}  // namespace
