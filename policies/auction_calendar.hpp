// The days of auctions: given ones, or a number spread evenly over each year.
#pragma once

#include <vector>

#include "sim/calendar.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct AuctionCalendarParameters {
  std::int64_t per_year = 4;
  std::vector<Day> dates;
  Day from = day_of(1990, 1, 1), until = day_of(2200, 12, 31);
};
template <> const Table& table<AuctionCalendarParameters>();

/// Auction days of a year, ascending: trading days; a date without trading is moved to the next one.
std::vector<Day> auction_days(const AuctionCalendarParameters& p, const Calendar& calendar, int year);
bool is_auction_day(const AuctionCalendarParameters& p, const Calendar& calendar, Day day);
int auctions_in(const AuctionCalendarParameters& p, const Calendar& calendar, int year);
/// Auctions from `today`, included, to the end of its year.
int auctions_left(const AuctionCalendarParameters& p, const Calendar& calendar, Day today);

}  // namespace tantu
