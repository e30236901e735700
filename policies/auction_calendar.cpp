#include "policies/auction_calendar.hpp"

#include <algorithm>

namespace tantu {

template <>
const Table& table<AuctionCalendarParameters>() {
  using P = AuctionCalendarParameters;
  static const Table t{
      "auction_calendar",
      "The days of auctions.",
      {field<&P::per_year>("per_year", "", in(0, 260), "auctions a year, spread evenly; unless dates are given"),
       field<&P::dates>("dates", "", "the days, where they are given; the next trading day where there is no trading"),
       field<&P::from>("from", "", "no auction before"),
       field<&P::until>("until", "", "no auction after")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.per_year == 0 && p.dates.empty()) problems.push_back({"/per_year", "is 0 and no dates are given; what is to be auctioned is never sold"});
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
        for (std::size_t i = 1; i < p.dates.size(); ++i)
          if (p.dates[i] <= p.dates[i - 1])
            problems.push_back({"/dates/" + std::to_string(i), to_string(p.dates[i]) + " is not after the date before it, " + to_string(p.dates[i - 1])});
      })};
  return t;
}

std::vector<Day> auction_days(const AuctionCalendarParameters& p, const Calendar& calendar, int year) {
  std::vector<Day> days;
  const auto add = [&](Day date) {
    if (!calendar.contains(date) || date < p.from || date > p.until) return;
    const Day day = calendar.first_on_or_after(date);
    if (year_of(day) == year && (days.empty() || days.back() < day)) days.push_back(day);
  };
  if (!p.dates.empty()) {
    for (const Day date : p.dates)
      if (year_of(date) == year) add(date);
  } else {
    // In the middle of each of the year's equal parts.
    const auto n = static_cast<int>(p.per_year);
    for (int i = 0; i < n; ++i) add(first_day_of(year) + (2 * i + 1) * days_in_year(year) / (2 * n));
  }
  return days;
}

bool is_auction_day(const AuctionCalendarParameters& p, const Calendar& calendar, Day day) {
  const std::vector<Day> days = auction_days(p, calendar, year_of(day));
  return std::binary_search(days.begin(), days.end(), day);
}

int auctions_in(const AuctionCalendarParameters& p, const Calendar& calendar, int year) {
  return static_cast<int>(auction_days(p, calendar, year).size());
}

int auctions_left(const AuctionCalendarParameters& p, const Calendar& calendar, Day today) {
  const std::vector<Day> days = auction_days(p, calendar, year_of(today));
  return static_cast<int>(days.end() - std::lower_bound(days.begin(), days.end(), today));
}

}  // namespace tantu
