// Quotas of regions: the published balances of thirty provinces, and the method on a table made for this test.
#include "policies/regional_quota.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

/// Published result for 2017, 1e8 t: group, quota, emissions, balance, class. Its indicators are not published.
struct Province {
  int group;
  const char* name;
  double quota, emissions, balance;
  const char* balance_class;
};
const std::vector<Province> provinces{
    {1, "Beijing", 7.885, 0.805, 7.080, "ample_surplus"}, {1, "Shanghai", 4.143, 2.612, 1.531, "moderate_surplus"},
    {2, "Hebei", 3.835, 8.747, -4.912, "severe_deficit"}, {2, "Zhejiang", 4.050, 4.586, -0.535, "slight_deficit"},
    {2, "Anhui", 4.514, 4.544, -0.030, "slight_deficit"}, {2, "Hubei", 6.098, 4.163, 1.935, "moderate_surplus"},
    {2, "Hunan", 1.738, 3.995, -2.258, "moderate_deficit"}, {3, "Jiangsu", 8.765, 8.667, 0.098, "slight_surplus"},
    {3, "Shandong", 2.819, 14.465, -11.646, "severe_deficit"}, {3, "Henan", 9.139, 6.302, 2.837, "moderate_surplus"},
    {3, "Guangdong", 7.109, 6.698, 0.410, "slight_surplus"}, {4, "Tianjin", 0.693, 1.733, -1.040, "moderate_deficit"},
    {4, "Shanxi", 0.591, 9.118, -8.528, "severe_deficit"}, {4, "Hainan", 1.619, 0.695, 0.924, "slight_surplus"},
    {4, "Chongqing", 1.210, 1.614, -0.404, "slight_deficit"}, {4, "Guizhou", 0.900, 3.106, -2.206, "moderate_deficit"},
    {4, "Gansu", 1.058, 2.172, -1.114, "moderate_deficit"}, {4, "Qinghai", 1.476, 0.642, 0.834, "slight_surplus"},
    {4, "Ningxia", 0.382, 2.570, -2.187, "moderate_deficit"}, {4, "Xinjiang", 0.669, 5.641, -4.972, "severe_deficit"},
    {5, "Inner Mongolia", 5.838, 8.636, -2.798, "moderate_deficit"}, {5, "Heilongjiang", 11.704, 4.058, 7.646, "ample_surplus"},
    {5, "Sichuan", 13.694, 3.551, 10.143, "ample_surplus"}, {5, "Yunnan", 14.209, 2.458, 11.751, "ample_surplus"},
    {6, "Liaoning", 3.008, 7.289, -4.280, "severe_deficit"}, {6, "Jilin", 3.921, 2.650, 1.271, "moderate_surplus"},
    {6, "Fujian", 1.994, 2.821, -0.827, "slight_deficit"}, {6, "Jiangxi", 4.855, 2.752, 2.103, "moderate_surplus"},
    {6, "Guangxi", 4.515, 2.790, 1.725, "moderate_surplus"}, {6, "Shaanxi", 2.470, 5.020, -2.550, "moderate_deficit"}};

TEST(RegionalQuota, BalancesAndClassesAreThePublishedOnes) {
  ASSERT_EQ(provinces.size(), 30u);
  for (const Province& p : provinces) {
    EXPECT_NEAR(p.quota - p.emissions, p.balance, 0.0011) << p.name << ": figures are rounded to 0.001";
    EXPECT_EQ(name_of(class_of_balance(p.balance, 1, 4)), p.balance_class) << p.name;
  }
}

TEST(RegionalQuota, GroupAndMemberSharesReproduceThePublishedQuotas) {
  std::vector<double> quotas;
  std::vector<int> groups;
  for (const Province& p : provinces) {
    quotas.push_back(p.quota);
    groups.push_back(p.group - 1);
  }
  const double total = std::accumulate(quotas.begin(), quotas.end(), 0.0);
  const QuotaShares shares = quota_shares(quotas, groups);
  // Sums of the published quotas: 12.028, 20.235, 27.832, 8.598, 45.445 and 20.763 of 134.901.
  const std::vector<double> of_group{12.028, 20.235, 27.832, 8.598, 45.445, 20.763};
  for (std::size_t g = 0; g < 6; ++g) EXPECT_NEAR(shares.of_group[g] * total, of_group[g], 0.001) << g;
  for (std::size_t i = 0; i < provinces.size(); ++i)
    EXPECT_NEAR(total * shares.of_group[static_cast<std::size_t>(groups[i])] * shares.of_member[i], provinces[i].quota, 0.001) << provinces[i].name;
}

// A table made for this test: two indicators, the second the same everywhere.
TEST(RegionalQuota, AnIndicatorWithoutDifferencesWeighsNothing) {
  const auto w = entropy_weights({{1, 5}, {2, 5}, {3, 5}});
  EXPECT_NEAR(w[0], 1, 1e-12);
  EXPECT_NEAR(w[1], 0, 1e-12);
  // Shares 1/4 and 3/4 have entropy 0.811278 bits of 1, shares 1/10 and 9/10 0.468996: weights in the ratio of the rest.
  const auto two = entropy_weights({{1, 1}, {3, 9}});
  EXPECT_NEAR(two[0], 0.188722 / (0.188722 + 0.531004), 1e-5);
}

TEST(RegionalQuota, GroupsAreThoseThatLieTogether) {
  const Indicators x{{0.9, 1}, {0.1, 0.05}, {1, 0.95}, {0, 0}, {0.5, 0.45}, {0.55, 0.5}};
  const auto score = scores(x, {0.5, 0.5});
  EXPECT_EQ(groups_of(x, score, 3), (std::vector<int>{0, 2, 0, 2, 1, 1}));
  const Indicators turned = scaled({{2, 10}, {4, 30}, {3, 20}}, {false, true});
  EXPECT_EQ(turned, (Indicators{{0, 1}, {1, 0}, {0.5, 0.5}}));
}

TEST(RegionalQuota, PotentialFollowsTheFirstComponent) {
  // The second indicator is twice the first, so one component explains everything.
  const auto p = reduction_potential({{1, 2}, {2, 4}, {3, 6}});
  EXPECT_NEAR(p[0], -std::sqrt(3.0), 1e-9) << "-1.224745 on each of two, along the diagonal: x sqrt 2";
  EXPECT_NEAR(p[1], 0, 1e-9);
  EXPECT_NEAR(p[2], std::sqrt(3.0), 1e-9);
}

TEST(RegionalQuota, SharesTheCapAmongRegionsAndFirms) {
  TinyMarket m(2020, 2021, {{{"a", 600, 1}}, {{"a", 200, 1}}, {{"a", 500, 1}}});
  m.traits.regions = {"east", "west"};
  m.traits.region = {0, 0, 1};
  m.add("cap", R"({"basis": "mass", "path_mt": {"2020": 0.001}})");
  // Scores: east 1, west 0.25 of one indicator that is scaled to [0, 1] over three regions.
  m.add("regional_quota", R"({"indicators": ["people"], "regions": {"east": {"values": [5]}, "west": {"values": [2]}, "north": {"values": [1]}}})");
  m.start();
  const auto a = m.allocation(2020, {1, 1, 1});
  EXPECT_NEAR(a[0], 800 * 0.75, 1e-9);
  EXPECT_NEAR(a[1], 800 * 0.25, 1e-9);
  EXPECT_NEAR(a[2], 200, 1e-9);
}

}  // namespace
}  // namespace tantu
