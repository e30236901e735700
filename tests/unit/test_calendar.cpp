#include "sim/calendar.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace {

using namespace tantu;

// Weekdays without trading on the Chinese national carbon market. Sources: the yearly notices of the General
// Office of the State Council on the arrangement of holidays for 2021 to 2025, and the closure notices of the
// exchange in Shanghai, which add 2024-02-09 (Spring Festival eve, not a statutory day off that year).
// Working weekends that make up for holidays are not trading days.
constexpr struct { int year; unsigned month, day; } chinese_holidays[] = {
    // 2021
    {2021, 1, 1}, {2021, 2, 11}, {2021, 2, 12}, {2021, 2, 15}, {2021, 2, 16}, {2021, 2, 17}, {2021, 4, 5},
    {2021, 5, 3}, {2021, 5, 4}, {2021, 5, 5}, {2021, 6, 14}, {2021, 9, 20}, {2021, 9, 21}, {2021, 10, 1},
    {2021, 10, 4}, {2021, 10, 5}, {2021, 10, 6}, {2021, 10, 7},
    // 2022
    {2022, 1, 3}, {2022, 1, 31}, {2022, 2, 1}, {2022, 2, 2}, {2022, 2, 3}, {2022, 2, 4}, {2022, 4, 4}, {2022, 4, 5},
    {2022, 5, 2}, {2022, 5, 3}, {2022, 5, 4}, {2022, 6, 3}, {2022, 9, 12}, {2022, 10, 3}, {2022, 10, 4},
    {2022, 10, 5}, {2022, 10, 6}, {2022, 10, 7},
    // 2023
    {2023, 1, 2}, {2023, 1, 23}, {2023, 1, 24}, {2023, 1, 25}, {2023, 1, 26}, {2023, 1, 27}, {2023, 4, 5},
    {2023, 5, 1}, {2023, 5, 2}, {2023, 5, 3}, {2023, 6, 22}, {2023, 6, 23}, {2023, 9, 29}, {2023, 10, 2},
    {2023, 10, 3}, {2023, 10, 4}, {2023, 10, 5}, {2023, 10, 6},
    // 2024
    {2024, 1, 1}, {2024, 2, 9}, {2024, 2, 12}, {2024, 2, 13}, {2024, 2, 14}, {2024, 2, 15}, {2024, 2, 16},
    {2024, 4, 4}, {2024, 4, 5}, {2024, 5, 1}, {2024, 5, 2}, {2024, 5, 3}, {2024, 6, 10}, {2024, 9, 16},
    {2024, 9, 17}, {2024, 10, 1}, {2024, 10, 2}, {2024, 10, 3}, {2024, 10, 4}, {2024, 10, 7},
    // 2025
    {2025, 1, 1}, {2025, 1, 28}, {2025, 1, 29}, {2025, 1, 30}, {2025, 1, 31}, {2025, 2, 3}, {2025, 2, 4},
    {2025, 4, 4}, {2025, 5, 1}, {2025, 5, 2}, {2025, 5, 5}, {2025, 6, 2}, {2025, 10, 1}, {2025, 10, 2},
    {2025, 10, 3}, {2025, 10, 6}, {2025, 10, 7}, {2025, 10, 8},
};

std::vector<Day> holidays() {
  std::vector<Day> days;
  for (const auto& d : chinese_holidays) days.push_back(day_of(d.year, d.month, d.day));
  return days;
}

Calendar china() { return Calendar(day_of(2021, 1, 1), day_of(2025, 12, 31), holidays()); }

template <class Exception, class Call>
void throws(Call call, const char* message) {
  try {
    call();
    ADD_FAILURE() << "expected: " << message;
  } catch (const Exception& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(message));
  }
}

TEST(Calendar, ChineseTableHoldsOnlyWeekdays) {
  for (Day day : holidays()) EXPECT_LT(weekday_of(day), 5) << to_string(day);
}

// What the market lived through: it opened on 2021-07-16.
TEST(Calendar, ChineseYearsHaveTheirTradingDays) {
  const Calendar calendar = china();
  EXPECT_EQ(calendar.trading_days(day_of(2021, 7, 16), day_of(2021, 12, 31)), 114);
  EXPECT_EQ(calendar.trading_days(first_day_of(2022), day_of(2022, 12, 31)), 242);
  EXPECT_EQ(calendar.trading_days(first_day_of(2023), day_of(2023, 12, 31)), 242);
  EXPECT_EQ(calendar.trading_days(first_day_of(2024), day_of(2024, 12, 31)), 242);
  EXPECT_EQ(calendar.trading_days(first_day_of(2025), day_of(2025, 12, 31)), 243);
}

TEST(Calendar, AgreesWithCountingDayByDay) {
  const Calendar calendar = china();
  const std::vector<Day> closed = holidays();
  const auto open = [&](Day day) { return weekday_of(day) < 5 && std::find(closed.begin(), closed.end(), day) == closed.end(); };
  std::int32_t count = 0;
  std::vector<Day> days;
  for (Day day = calendar.first_day(); day <= calendar.last_day(); day = day + 1) {
    if (open(day)) {
      ++count;
      days.push_back(day);
    }
    ASSERT_EQ(calendar.is_trading(day), open(day)) << to_string(day);
    ASSERT_EQ(calendar.ordinal(day), count) << to_string(day);
    ASSERT_EQ(calendar.trading_days(calendar.first_day(), day), count) << to_string(day);
    ASSERT_EQ(calendar.trading_days(day, day), open(day) ? 1 : 0) << to_string(day);
    if (day > day_of(2021, 1, 4) && day < day_of(2025, 12, 31)) {
      Day after = day + 1;
      while (!open(after)) after = after + 1;
      ASSERT_EQ(calendar.next(day), after) << to_string(day);
      ASSERT_EQ(calendar.first_on_or_after(day), open(day) ? day : after) << to_string(day);
      Day before = day;
      while (!open(before)) before = before - 1;
      ASSERT_EQ(calendar.last_on_or_before(day), before) << to_string(day);
    }
  }
  EXPECT_THAT(calendar.days(), testing::ElementsAreArray(days));
}

TEST(Calendar, TradingDaysLeftAreADifferenceOfOrdinals) {
  const Calendar calendar = china();
  // From Friday to Monday, and from the day before the National Day to the first one after the holidays.
  EXPECT_EQ(calendar.ordinal(day_of(2021, 7, 19)) - calendar.ordinal(day_of(2021, 7, 16)), 1);
  EXPECT_EQ(calendar.ordinal(day_of(2021, 10, 8)) - calendar.ordinal(day_of(2021, 9, 30)), 1);
  EXPECT_EQ(calendar.trading_days(day_of(2021, 8, 19), day_of(2021, 7, 16)), 0);
}

TEST(Calendar, HolidaysMayComeInAnyOrderTwiceOnWeekendsAndFromOutside) {
  const Day first = day_of(2024, 2, 29), last = day_of(2024, 3, 6);  // Thursday to Wednesday
  const std::vector<Day> messy{day_of(2030, 1, 1), day_of(2024, 3, 5), day_of(2024, 3, 5), day_of(2024, 3, 4), day_of(2024, 3, 2)};
  const std::vector<Day> tidy{day_of(2024, 3, 4), day_of(2024, 3, 5)};
  EXPECT_EQ(Calendar(first, last, messy), Calendar(first, last, tidy));
  EXPECT_THAT(Calendar(first, last, messy).days(), testing::ElementsAre(first, day_of(2024, 3, 1), last));
}

TEST(Calendar, EndsAreNamed) {
  const Calendar calendar(day_of(2021, 7, 17), day_of(2021, 7, 25), {});  // Saturday to Sunday
  EXPECT_EQ(calendar.first_day(), day_of(2021, 7, 17));
  EXPECT_EQ(calendar.last_day(), day_of(2021, 7, 25));
  EXPECT_EQ(calendar.first_on_or_after(day_of(2021, 7, 17)), day_of(2021, 7, 19));
  EXPECT_EQ(calendar.last_on_or_before(day_of(2021, 7, 25)), day_of(2021, 7, 23));
  EXPECT_TRUE(calendar.contains(day_of(2021, 7, 17)));
  EXPECT_TRUE(calendar.contains(day_of(2021, 7, 25)));
  EXPECT_FALSE(calendar.contains(day_of(2021, 7, 16)));
  EXPECT_FALSE(calendar.contains(day_of(2021, 7, 26)));
  const char* outside = "lies outside 2021-07-17 to 2021-07-25";
  throws<std::out_of_range>([&] { calendar.is_trading(day_of(2021, 7, 16)); }, outside);
  throws<std::out_of_range>([&] { calendar.ordinal(day_of(2021, 7, 26)); }, outside);
  throws<std::out_of_range>([&] { calendar.next(day_of(2022, 7, 26)); }, outside);
  throws<std::out_of_range>([&] { calendar.trading_days(day_of(2021, 7, 16), day_of(2021, 7, 20)); }, "2021-07-16 lies outside");
  throws<std::out_of_range>([&] { calendar.trading_days(day_of(2021, 7, 20), day_of(2021, 7, 26)); }, "2021-07-26 lies outside");
  throws<std::out_of_range>([&] { calendar.next(day_of(2021, 7, 23)); }, "no trading day after 2021-07-23; the calendar covers 2021-07-17 to 2021-07-25");
  throws<std::out_of_range>([&] { calendar.first_on_or_after(day_of(2021, 7, 24)); }, "no trading day on or after 2021-07-24");
  throws<std::out_of_range>([&] { calendar.last_on_or_before(day_of(2021, 7, 18)); }, "no trading day on or before 2021-07-18");
  throws<std::invalid_argument>([] { Calendar(day_of(2021, 7, 2), day_of(2021, 7, 1), {}); }, "last day 2021-07-01 lies before first day 2021-07-02");
}

TEST(Calendar, AnEmptyOneKnowsNothing) {
  const Calendar none;
  EXPECT_TRUE(none.days().empty());
  EXPECT_FALSE(none.contains(Day{0}));
  throws<std::out_of_range>([&] { none.first_day(); }, "it has no days");
  throws<std::out_of_range>([&] { none.is_trading(Day{0}); }, "it has no days");
}

TEST(Calendar, UnionTradesWhereAnyTrades) {
  const std::vector<Day> may_day{day_of(2024, 5, 1)}, holiday_elsewhere{day_of(2024, 5, 1), day_of(2024, 5, 6)};
  const Calendar one(day_of(2024, 4, 29), day_of(2024, 5, 3), may_day);
  const Calendar other(day_of(2024, 5, 1), day_of(2024, 5, 8), holiday_elsewhere);
  const Calendar both = Calendar::union_of(std::vector{one, Calendar{}, other});
  EXPECT_THAT(both.days(), testing::ElementsAre(day_of(2024, 4, 29), day_of(2024, 4, 30), day_of(2024, 5, 2), day_of(2024, 5, 3),
                                                day_of(2024, 5, 7), day_of(2024, 5, 8)));
  EXPECT_EQ(both.first_day(), day_of(2024, 4, 29));
  EXPECT_EQ(both.last_day(), day_of(2024, 5, 8));
  EXPECT_EQ(Calendar::union_of(std::vector{other, one}), both);
  EXPECT_EQ(Calendar::union_of({}), Calendar{});
  EXPECT_EQ(Calendar::union_of(std::vector{china()}), china());
}

}  // namespace
