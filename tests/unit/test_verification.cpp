// What verification finds: errors, their bias, who pays for it, audits and fraud; numbers worked in the text.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

TEST(Verification, WithoutErrorFindsTheEmissionsInWholeTonnes) {
  TinyMarket m(2019, 2022, {{{"coal", 1, 1}}, {{"coal", 1, 1}}, {{"coal", 1, 1}}});
  m.add("compliance", two_year_cycles);
  m.add("verification", R"({"error_spread": 0})");
  m.start();
  m.store.year(2019).emissions = {1234.5, 1234.49, 7};
  m.store.year(2020).emissions = {10, 20, 7};
  m.store.covered[2] = 0;
  EXPECT_EQ(m.store.year(2019).verified[0], Tonnes{-1}) << "-1 says that nothing has been verified yet";
  m.comply(day_of(2021, 6, 29));
  EXPECT_EQ(m.store.year(2019).verified[0], Tonnes{-1});
  m.comply(day_of(2021, 6, 30));
  EXPECT_EQ(values(m.store.year(2019).verified, 3), (std::vector<Tonnes>{Tonnes{1235}, Tonnes{1234}, Tonnes{-1}}));
  EXPECT_EQ(values(m.store.year(2020).verified, 3), (std::vector<Tonnes>{Tonnes{10}, Tonnes{20}, Tonnes{-1}}));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{-1}) << "a later cycle";
}

TEST(Verification, BiasAndErrorAreInTheLog) {
  const auto verified = [](const std::string& parameters, std::size_t firms) {
    TinyMarket m(2019, 2022, std::vector<std::vector<TinyMarket::Plant>>(firms, {{"coal", 1, 1}}));
    m.add("compliance", two_year_cycles);
    m.add("verification", parameters);
    m.start();
    for (const int year : {2019, 2020}) m.store.year(year).emissions.assign(firms, 1e6);
    m.comply(day_of(2021, 6, 30));
    return std::pair(values(m.store.year(2019).verified, firms), values(m.store.year(2020).verified, firms));
  };
  EXPECT_EQ(verified(R"({"error_spread": 0, "bias": -0.1})", 1).first[0], Tonnes{904'837});  // 1e6 e^-0.1 = 904,837.4
  const std::string spread = R"({"error_spread": 0.02})";
  const auto [first, second] = verified(spread, 2000);
  double sum = 0, squares = 0;
  for (const Tonnes t : first) {
    const double x = std::log(static_cast<double>(t.count) / 1e6);
    sum += x;
    squares += x * x;
  }
  // 2,000 draws: the mean is within 4 x 0.02 / sqrt(2000), the s.d. within 4 x 0.02 / sqrt(4000).
  EXPECT_NEAR(sum / 2000, 0, 0.0018);
  EXPECT_NEAR(std::sqrt(squares / 2000), 0.02, 0.0013);
  EXPECT_NE(first, second) << "each year has its own error";
  EXPECT_EQ(verified(spread, 2000).first, first) << "the same firms have the same errors again";
}

TEST(Verifiers, PaidByTheFirmFlatter) {
  const auto verified = [](const char* parameters) {
    TinyMarket m(2020, 2025, {{{"coal", 1'000'000, 1}}});
    m.add("compliance", R"({"cycles": [{"first_year": 2021, "last_year": 2021, "announcement": "2020-06-30", "pre_allocation": "2021-01-04",
                            "verification": "2022-03-31", "true_up": "2022-04-30", "deadline": "2022-06-30"}]})");
    m.add("verification", parameters);
    m.rules->opening = day_of(2021, 1, 1);
    m.start();
    m.store.year(2021).activity = {1};
    m.store.year(2021).emissions = {1'000'000};
    m.store.running_year = 2022;
    m.comply(day_of(2022, 3, 31));
    return m.store.year(2021).verified[0].count;
  };
  EXPECT_EQ(verified(R"({"error_spread": 0, "firm_pays": false, "payer_bias": -0.01})"), 1'000'000);
  EXPECT_EQ(verified(R"({"error_spread": 0, "firm_pays": true, "payer_bias": -0.01})"), 990'050) << "exp(-0.01)";
}

TEST(Verification, AnAuditCorrectsWithoutAFine) {
  TinyMarket m(2020, 2023, {{{"coal", 100'000, 1}}, {{"coal", 5'000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("verification", R"({"error_spread": 0, "bias": -0.05, "audited": 1})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1, 1};
  m.store.year(2021).emissions = {100'000, 5'000};
  m.store.running_year = 2022;
  m.comply(day_of(2022, 3, 31));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{100'000}) << "off by 4,877 t: corrected";
  EXPECT_EQ(m.store.year(2021).verified[1], Tonnes{4'756}) << "5,000 e^-0.05; off by 5% and 244 t: it stands";
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{});
  EXPECT_EQ(m.reported("verification", "corrected"), (std::vector<double>{1}));
}

TEST(Verification, OnlyFraudIsFined) {
  TinyMarket m(2020, 2023, {{{"coal", 100'000, 1}}});
  m.add("compliance", yearly_cycles);
  m.add("verification", R"({"error_spread": 0, "audited": 1, "fraud": 1, "hidden": 0.005, "fraud_fine": 500000})");
  m.rules->opening = day_of(2021, 1, 1);
  m.start();
  m.store.year(2021).activity = {1};
  m.store.year(2021).emissions = {100'000};
  m.store.running_year = 2022;
  m.comply(day_of(2022, 3, 31));
  EXPECT_EQ(m.store.year(2021).verified[0], Tonnes{100'000});
  EXPECT_EQ(m.store.year(2021).fined[0], Cash{50'000'000});
}

}  // namespace
}  // namespace tantu
