// Days of the civil (proleptic Gregorian) calendar.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tantu {

/// A calendar day: days since 1970-01-01.
struct Day {
  std::int32_t number = 0;
  friend constexpr auto operator<=>(Day, Day) = default;
  friend constexpr Day operator+(Day d, int n) { return Day{d.number + n}; }
  friend constexpr Day operator-(Day d, int n) { return Day{d.number - n}; }
  friend constexpr int operator-(Day a, Day b) { return a.number - b.number; }
};

constexpr std::chrono::year_month_day civil(Day d) {
  return std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{d.number}}};
}
constexpr Day day_of(int year, unsigned month, unsigned day) {
  const std::chrono::sys_days s =
      std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  return Day{static_cast<std::int32_t>(s.time_since_epoch().count())};
}
constexpr int year_of(Day d) { return static_cast<int>(civil(d).year()); }
constexpr unsigned month_of(Day d) { return static_cast<unsigned>(civil(d).month()); }
constexpr Day first_day_of(int year) { return day_of(year, 1, 1); }
constexpr int days_in_year(int year) { return first_day_of(year + 1) - first_day_of(year); }
/// 0 = Monday ... 6 = Sunday.
constexpr int weekday_of(Day d) { return ((d.number % 7) + 10) % 7; }
/// Weeks since Monday 1969-12-29; changes every Monday. Days before that are not asked for.
constexpr std::int32_t week_of(Day d) { return (d.number + 3) / 7; }

/// "2021-07-16"; any year from 1600 to 9999.
std::string to_string(Day day);
/// Strict ISO "YYYY-MM-DD" of an existing day of the years 1600..9999, else nullopt.
std::optional<Day> parse_day(std::string_view text);

}  // namespace tantu
