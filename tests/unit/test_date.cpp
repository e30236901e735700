#include "sim/date.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace tantu;

TEST(Date, CountsDaysFromTheEpoch) {
  EXPECT_EQ(day_of(1970, 1, 1).number, 0);
  EXPECT_EQ(day_of(2000, 3, 1).number, 11017);  // Howard Hinnant, chrono-Compatible Low-Level Date Algorithms
  EXPECT_EQ(day_of(2021, 7, 16).number, 18824);
  EXPECT_EQ(day_of(1969, 12, 31).number, -1);
  EXPECT_EQ(day_of(2021, 7, 16) - day_of(2021, 7, 1), 15);
  EXPECT_EQ(day_of(2021, 12, 31) + 1, day_of(2022, 1, 1));
  EXPECT_EQ(day_of(2022, 1, 1) - 1, day_of(2021, 12, 31));
  EXPECT_LT(day_of(2021, 12, 31), day_of(2022, 1, 1));
}

TEST(Date, TextIsIsoAndComesBack) {
  EXPECT_EQ(to_string(day_of(2021, 7, 16)), "2021-07-16");
  EXPECT_EQ(to_string(day_of(1600, 1, 1)), "1600-01-01");
  EXPECT_EQ(to_string(day_of(9999, 12, 31)), "9999-12-31");
  EXPECT_EQ(parse_day("2021-07-16"), day_of(2021, 7, 16));
  EXPECT_EQ(parse_day("2024-02-29"), day_of(2024, 2, 29));
  EXPECT_EQ(parse_day("1600-01-01"), day_of(1600, 1, 1));
  for (Day day = day_of(1999, 12, 1); day < day_of(2001, 2, 1); day = day + 1) ASSERT_EQ(parse_day(to_string(day)), day);
}

TEST(Date, OtherTextIsRefused) {
  for (const char* text : {"", "2021", "2021-7-16", "2021-07-16 ", " 2021-07-16", "2021/07/16", "16-07-2021", "2021-00-10", "2021-13-01",
                           "2021-04-31", "2021-02-29", "2100-02-29", "2021-07-00", "2021-07-32", "1599-12-31", "0000-01-01", "2021-0a-01",
                           "-021-01-01", "+021-01-01", "2021-07-1 ", "2021-07--1"})
    EXPECT_EQ(parse_day(text), std::nullopt) << '"' << text << '"';
}

TEST(Date, YearAndMonthOfADay) {
  EXPECT_EQ(year_of(day_of(2021, 12, 31)), 2021);
  EXPECT_EQ(year_of(day_of(2022, 1, 1)), 2022);
  EXPECT_EQ(month_of(day_of(2022, 1, 31)), 1u);
  EXPECT_EQ(month_of(day_of(2022, 2, 1)), 2u);
  EXPECT_EQ(first_day_of(2024), day_of(2024, 1, 1));
}

TEST(Date, LeapYearsOfTheGregorianCalendar) {
  EXPECT_EQ(days_in_year(2023), 365);
  EXPECT_EQ(days_in_year(2024), 366);
  EXPECT_EQ(days_in_year(1900), 365);
  EXPECT_EQ(days_in_year(2000), 366);
  EXPECT_EQ(days_in_year(2100), 365);
}

TEST(Date, WeekdaysRunFromMonday) {
  EXPECT_EQ(weekday_of(day_of(2021, 7, 16)), 4);   // the Chinese market opened on a Friday
  EXPECT_EQ(weekday_of(day_of(1970, 1, 1)), 3);    // Thursday
  EXPECT_EQ(weekday_of(day_of(1969, 12, 29)), 0);  // Monday
  EXPECT_EQ(weekday_of(day_of(1600, 1, 1)), 5);    // Saturday
  for (Day day = day_of(1960, 1, 1); day < day_of(1980, 1, 1); day = day + 1)
    ASSERT_EQ(weekday_of(day + 1), (weekday_of(day) + 1) % 7) << to_string(day);
}

TEST(Date, WeeksChangeOnMondays) {
  EXPECT_EQ(week_of(day_of(1969, 12, 29)), 0);
  for (Day day = day_of(1969, 12, 29); day < day_of(1980, 1, 1); day = day + 1)
    ASSERT_EQ(week_of(day + 1) - week_of(day), weekday_of(day + 1) == 0 ? 1 : 0) << to_string(day);
}

}  // namespace
