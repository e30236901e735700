#include "sim/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace tantu {

namespace {

[[noreturn]] void no_trading_day(const char* where, Day day, const Calendar& calendar) {
  throw std::out_of_range(fmt::format("calendar: no trading day {} {}; the calendar covers {} to {}", where, to_string(day),
                                      to_string(calendar.first_day()), to_string(calendar.last_day())));
}

}  // namespace

Calendar::Calendar(Day first, Day last, std::span<const Day> holidays) : first_(first) {
  if (last < first)
    throw std::invalid_argument(fmt::format("calendar: last day {} lies before first day {}", to_string(last), to_string(first)));
  std::vector<Day> closed(holidays.begin(), holidays.end());
  std::sort(closed.begin(), closed.end());
  // Day by day without a search: in a sweep of small runs their calendars would show.
  ordinals_.resize(static_cast<std::size_t>(last - first) + 1);
  days_.resize(ordinals_.size());
  auto next_closed = std::lower_bound(closed.begin(), closed.end(), first);
  int weekday = weekday_of(first);
  std::int32_t trading = 0;
  for (std::size_t i = 0; i < ordinals_.size(); ++i) {
    const Day day = first + static_cast<int>(i);
    bool trades = weekday < 5;
    for (; next_closed != closed.end() && *next_closed == day; ++next_closed) trades = false;
    if (trades) days_[static_cast<std::size_t>(trading++)] = day;
    ordinals_[i] = trading;
    weekday = weekday == 6 ? 0 : weekday + 1;
  }
  days_.resize(static_cast<std::size_t>(trading));
}

Calendar Calendar::union_of(std::span<const Calendar> calendars) {
  Calendar all;
  bool any = false;
  Day last;
  for (const Calendar& c : calendars) {
    if (c.ordinals_.empty()) continue;
    all.first_ = any ? std::min(all.first_, c.first_day()) : c.first_day();
    last = any ? std::max(last, c.last_day()) : c.last_day();
    any = true;
  }
  if (!any) return all;
  for (Day day = all.first_; day <= last; day = day + 1)
    all.append(std::any_of(calendars.begin(), calendars.end(),
                           [&](const Calendar& c) { return c.contains(day) && c.is_trading(day); }));
  return all;
}

void Calendar::append(bool trades) {
  if (trades) days_.push_back(first_ + static_cast<int>(ordinals_.size()));
  ordinals_.push_back(static_cast<std::int32_t>(days_.size()));
}

Day Calendar::first_day() const {
  if (ordinals_.empty()) throw std::out_of_range("calendar: it has no days");
  return first_;
}

Day Calendar::last_day() const { return first_day() + (static_cast<int>(ordinals_.size()) - 1); }

std::int32_t Calendar::at(Day day) const {
  if (!contains(day))
    throw std::out_of_range(fmt::format("calendar: {} lies outside {} to {}", to_string(day), to_string(first_day()), to_string(last_day())));
  return ordinals_[static_cast<std::size_t>(day - first_)];
}

std::int32_t Calendar::ordinal(Day day) const { return at(day); }

bool Calendar::is_trading(Day day) const {
  const std::int32_t upto = at(day);
  return upto > 0 && days_[static_cast<std::size_t>(upto) - 1] == day;
}

std::int32_t Calendar::trading_days(Day from, Day to) const {
  const std::int32_t upto = at(to), before = at(from) - (is_trading(from) ? 1 : 0);
  return to < from ? 0 : upto - before;
}

Day Calendar::next(Day day) const {
  const auto upto = static_cast<std::size_t>(at(day));
  if (upto == days_.size()) no_trading_day("after", day, *this);
  return days_[upto];
}

Day Calendar::first_on_or_after(Day day) const {
  const auto before = static_cast<std::size_t>(at(day)) - (is_trading(day) ? 1u : 0u);
  if (before == days_.size()) no_trading_day("on or after", day, *this);
  return days_[before];
}

Day Calendar::last_on_or_before(Day day) const {
  const auto upto = static_cast<std::size_t>(at(day));
  if (upto == 0) no_trading_day("on or before", day, *this);
  return days_[upto - 1];
}

}  // namespace tantu
