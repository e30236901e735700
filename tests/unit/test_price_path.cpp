// Prices that rules raise: against the published series of RGGI and California.
#include "policies/price_path.hpp"

#include <gtest/gtest.h>

namespace tantu {
namespace {

void expect_series(const PricePathParameters& path, int first, const std::vector<double>& want) {
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_EQ(price_in(path, first + static_cast<int>(i)), want[i]) << first + static_cast<int>(i);
}

// RGGI, cost containment reserve triggers, published: 4, 6, 8, 10, then 2.5% a year on the rounded amount;
// 13.00 in 2021, then 7%. 17.03 and 18.22 follow by rule.
TEST(PricePath, RggiContainmentTriggersCompoundOnRoundedAmounts) {
  PricePathParameters path;
  path.given = {{2014, 4}, {2015, 6}, {2016, 8}, {2017, 10}, {2021, 13}};
  path.growth = {{2018, 0.025}, {2022, 0.07}};
  expect_series(path, 2014, {4, 6, 8, 10, 10.25, 10.51, 10.77, 13, 13.91, 14.88, 15.92, 17.03, 18.22});
  path.compound_on_rounded = false;
  EXPECT_EQ(price_in(path, 2023), 14.88);
  EXPECT_EQ(price_in(path, 2025), 17.04) << "on exact amounts: 13 x 1.07^4 = 17.0403";
  EXPECT_EQ(price_in(path, 2013), std::nullopt) << "before anything is given";
}

// RGGI, minimum reserve price: 2.00 (2014) and 2.5% a year; 2.20 x 1.025 = 2.255 is a half and goes up.
// 2.62 of 2025 is published.
TEST(PricePath, RggiReservePrice) {
  PricePathParameters path;
  path.given = {{2014, 2}};
  path.growth = {{2015, 0.025}};
  expect_series(path, 2014, {2, 2.05, 2.1, 2.15, 2.2, 2.26, 2.32, 2.38, 2.44, 2.5, 2.56, 2.62, 2.69});
}

// California: 5% and inflation. From 17.71 (2021) to 19.70 (2022), both published, inflation was 6.24% to two places.
TEST(PricePath, CaliforniaAddsInflation) {
  PricePathParameters path;
  path.given = {{2021, 17.71}};
  path.growth = {{2022, 0.05}};
  path.inflation = true;
  path.assumed_inflation = {{2022, 0.0624}, {2023, 0.02}};
  EXPECT_EQ(price_in(path, 2022), 19.70);
  EXPECT_EQ(price_in(path, 2023), 21.08) << "19.70 x 1.07 = 21.079";
  HistoryView history("h.csv", {{Given::inflation, {2022}, "", 0.0624, 2}});
  EXPECT_EQ(price_in(path, 2022, history, "the floor"), 19.70);
  EXPECT_EQ(price_in(path, 2023, history, "the floor"), 21.08) << "beyond the history the assumed inflation holds";
  try {
    price_in(path, 2022, HistoryView("h.csv", {{Given::price, {2022}, "", 20, 2}}), "the floor");
    FAIL() << "a year of the history without inflation was answered";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "h.csv: inflation of 2022 is missing; the floor needs it");
  }
}

TEST(PricePath, RoundsDecimalHalvesUp) {
  EXPECT_EQ(in_decimals(2.255, 2), 2.26);
  EXPECT_EQ(in_decimals(2.2549, 2), 2.25);
  EXPECT_EQ(in_decimals(10.50625, 2), 10.51);
  EXPECT_EQ(in_decimals(-1.005, 2), -1.0);
  EXPECT_EQ(in_decimals(12345.5, 0), 12346);
}

}  // namespace
}  // namespace tantu
