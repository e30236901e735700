#include "sim/listing.hpp"

#include <algorithm>

#include "sim/elementary.hpp"

namespace tantu {

void MarketBoard::begin(Price reference, double price_scale) {
  close = average_120 = month_average = reference;
  average = to_currency(reference, price_scale);
}

void MarketBoard::turn_month(double price_scale) {
  const int now = year_of(today) * 12 + static_cast<int>(month_of(today));
  if (now == month) return;
  if (month_days > 0) month_average = price_from_currency(month_sum / month_days, price_scale);
  month = now;
  month_sum = 0;
  month_days = 0;
}

void MarketBoard::add_day(const SessionTotals& totals, double price_scale) {
  const double before = to_currency(close, price_scale), now = to_currency(totals.close, price_scale);
  trend = std::clamp(0.95 * trend + elementary::log(now / before), -0.15, 0.15);
  average += (now - average) / 120;
  average_120 = std::max(Price{1}, price_from_currency(average, price_scale));
  month_sum += now;
  ++month_days;
  close = totals.close;
  days_without_trade = totals.listed > Tonnes{} ? 0 : days_without_trade + 1;
}

}  // namespace tantu
