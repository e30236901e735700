#include "sim/exchange_rates.hpp"

#include <gtest/gtest.h>

namespace {

using namespace tantu;

const ExchangeRates rates({{"EUR", "CHF", {{day_of(2020, 1, 1), 1.08}, {day_of(2021, 1, 4), 1.10}}},
                           {"GBP", "EUR", {{day_of(2020, 1, 1), 1.25}}},
                           {"USD", "CNY", {{day_of(2020, 1, 1), 6.5}}}});

TEST(ExchangeRates, HoldFromTheirDayUntilTheNext) {
  EXPECT_EQ(rates.rate("EUR", "CHF", day_of(2020, 12, 31)), 1.08) << "the second step begins on 4 January 2021";
  EXPECT_EQ(rates.rate("EUR", "CHF", day_of(2021, 1, 4)), 1.10) << "a step holds on its own day";
  EXPECT_EQ(rates.rate("EUR", "CHF", day_of(2019, 1, 1)), 1.08) << "before its path a rate is that of the first step";
}

TEST(ExchangeRates, TurnRoundAndFollowFromOthers) {
  EXPECT_EQ(rates.rate("CHF", "EUR", day_of(2020, 6, 1)), 1 / 1.08);
  EXPECT_EQ(rates.rate("GBP", "CHF", day_of(2020, 6, 1)), 1.25 * 1.08) << "through the euro";
  EXPECT_DOUBLE_EQ(*rates.rate("CHF", "GBP", day_of(2020, 6, 1)), 1 / (1.25 * 1.08));
  EXPECT_EQ(rates.rate("CNY", "CNY", day_of(2020, 6, 1)), 1.0);
}

TEST(ExchangeRates, AreMissingWhereNothingConnectsTheCurrencies) {
  EXPECT_FALSE(rates.rate("EUR", "CNY", day_of(2020, 6, 1))) << "no pair leads from EUR or CHF or GBP to USD or CNY";
  EXPECT_FALSE(rates.rate("EUR", "JPY", day_of(2020, 6, 1)));
}

}  // namespace
