// Trading days: on which days an exchange is open, and how many of them lie between two days.
//
// A value: copy, compare, send to another thread. Every question is answered in constant time from one
// number per calendar day (ten years take 30 kB). Every function that takes a day throws std::out_of_range,
// naming the day and the calendar's range, for a day outside [first_day(), last_day()].
// Verified by tests/unit/test_calendar.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/date.hpp"

namespace tantu {

class Calendar {
 public:
  /// No days at all: every question about a day throws.
  Calendar() = default;
  /// Trading days are the weekdays (Monday to Friday) of [first, last] less `holidays`, the days without trading.
  /// Holidays may come in any order, more than once, on weekends and outside the range. Throws
  /// std::invalid_argument if last < first.
  Calendar(Day first, Day last, std::span<const Day> holidays);

  /// Days on which at least one of the calendars trades, from the earliest first day to the latest last day.
  static Calendar union_of(std::span<const Calendar> calendars);

  /// The range for which the calendar knows; calendar days, trading or not. Throw std::out_of_range if empty.
  Day first_day() const;
  Day last_day() const;
  bool contains(Day day) const { return day >= first_ && day - first_ < static_cast<int>(ordinals_.size()); }

  bool is_trading(Day day) const;
  /// Number of trading days in [first_day(), day]. A difference counts trading days: ordinal(b) - ordinal(a) is
  /// how many there are after a up to and including b, the trading days left on a until a deadline b.
  std::int32_t ordinal(Day day) const;
  /// Number of trading days in [from, to]; 0 if to < from.
  std::int32_t trading_days(Day from, Day to) const;
  /// First trading day after `day`. Throws std::out_of_range if there is none any more.
  Day next(Day day) const;
  /// First trading day on `day` or after. Throws std::out_of_range if there is none.
  Day first_on_or_after(Day day) const;
  /// Last trading day on `day` or before. Throws std::out_of_range if there is none.
  Day last_on_or_before(Day day) const;

  /// All trading days, ascending; valid as long as the calendar.
  std::span<const Day> days() const { return days_; }

  friend bool operator==(const Calendar&, const Calendar&) = default;

 private:
  void append(bool trades);
  std::int32_t at(Day day) const;

  Day first_;
  std::vector<std::int32_t> ordinals_;  // by calendar day from first_
  std::vector<Day> days_;               // days_[ordinal - 1] is the trading day with that ordinal
};

}  // namespace tantu
