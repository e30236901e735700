// The reserve ruled by the allowances in circulation, against the volumes that the European Commission
// published each May (communications of 2018 to 2026): where those are published to the allowance, exactly.
#include "policies/stability_reserve.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sim/history.hpp"

namespace tantu {
namespace {

constexpr int january_2019 = month_number(2019, 1);

ReserveFormParameters form_of_2018() { return {.from_year = 2017, .intake_rate = 0.24, .release_mt = 200}; }
ReserveFormParameters form_of_2023() { return {.from_year = 2023, .intake_rate = 0.24, .buffer_to_mt = 1096, .release_mt = 100}; }

std::int64_t intake(const ReserveFormParameters& form, int year, std::int64_t tnac) {
  return reserve_intake(form, Tonnes{tnac}, reserve_months(year, january_2019).size()).count;
}

TEST(StabilityReserve, WithholdsWhatWasPublished) {
  // The TNAC of 2018 and 2022, 2025 and their volumes are published to the allowance.
  EXPECT_EQ(intake(form_of_2018(), 2018, 1'654'909'824), 397'178'358);
  EXPECT_EQ(intake(form_of_2018(), 2022, 1'134'794'738), 272'350'737);
  EXPECT_EQ(intake(form_of_2023(), 2025, 1'023'494'202), 190'494'202) << "in the buffer zone: what exceeds 833 Mt";
  // Published rounded; to the allowance by the rule.
  EXPECT_EQ(intake(form_of_2018(), 2017, 1'654'574'598), 264'731'936) << "January to August 2019: 8 of 12 months";
  EXPECT_EQ(intake(form_of_2018(), 2019, 1'385'496'166), 332'519'080);
  EXPECT_EQ(intake(form_of_2018(), 2020, 1'578'518'114), 378'844'347);
  EXPECT_EQ(intake(form_of_2018(), 2021, 1'449'214'182), 347'811'404);
  EXPECT_EQ(intake(form_of_2023(), 2023, 1'111'736'535), 266'816'768);
  EXPECT_EQ(intake(form_of_2023(), 2024, 1'148'049'585), 275'531'900);
  EXPECT_EQ(intake(form_of_2018(), 2016, 1'693'904'897), 0) << "its months end before the reserve works";
}

TEST(StabilityReserve, ThresholdsAreExclusive) {
  const ReserveFormParameters first{.from_year = 2017, .intake_rate = 0.12, .release_mt = 100};  // as decided in 2015
  EXPECT_EQ(intake(first, 2020, 833'000'000), 0);
  EXPECT_EQ(intake(first, 2020, 833'000'001), 99'960'000);
  EXPECT_EQ(intake(form_of_2023(), 2025, 1'096'000'000), 263'000'000);
  EXPECT_EQ(intake(form_of_2023(), 2025, 1'096'000'001), 263'040'000);
  const auto release = [](std::int64_t tnac, std::int64_t stock) { return reserve_release(form_of_2018(), Tonnes{tnac}, Tonnes{stock}, 12).count; };
  EXPECT_EQ(release(400'000'000, 1'000'000'000), 0);
  EXPECT_EQ(release(399'999'999, 1'000'000'000), 200'000'000);
  EXPECT_EQ(release(399'999'999, 150'000'000), 150'000'000) << "no more than it holds";
  EXPECT_EQ(release(-5'000'000, 1'000'000'000), 200'000'000) << "a market that is short";
}

TEST(StabilityReserve, MonthsAddUpToTheYear) {
  for (const std::int64_t total : {272'350'737, 11, 0, 397'178'358})
    for (const int months : {8, 12}) {
      std::int64_t sum = 0;
      for (int i = 0; i < months; ++i) {
        const std::int64_t part = month_share(Tonnes{total}, i, months).count;
        EXPECT_LE(std::abs(part * months - total), months) << total;
        sum += part;
      }
      EXPECT_EQ(sum, total);
    }
  const ReserveMonths m = reserve_months(2022, january_2019);
  EXPECT_EQ(m.first, month_number(2023, 9));
  EXPECT_EQ(m.last, month_number(2024, 8));
}

}  // namespace
}  // namespace tantu
