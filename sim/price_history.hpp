// The closes of a market, day by day: what rules that look back (averages of months, of the last days) read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/date.hpp"
#include "sim/units.hpp"

namespace tantu {

/// First day of the month that lies `months` (may be negative) after the month of `day`.
constexpr Day first_of_month(Day day, int months = 0) {
  const int index = year_of(day) * 12 + static_cast<int>(month_of(day)) - 1 + months;
  return day_of(index / 12, static_cast<unsigned>(index % 12) + 1, 1);
}

class PriceHistory {
 public:
  struct Entry {
    Day day;
    std::int32_t padding = 0;
    Price close;
    Tonnes volume;
    template <class Visitor>
    void visit_state(Visitor& v) { v("day", day); v("close", close); v("volume", volume); }
  };
  void add(Day day, Price close, Tonnes volume) { days_.push_back({day, 0, close, volume}); }
  const std::vector<Entry>& days() const { return days_; }

  /// Mean close over trading days in [from, before), in ticks, exact up to the division; none without a day.
  std::optional<double> average(Day from, Day before) const {
    std::int64_t sum = 0, n = 0;
    for (auto e = first(from); e != days_.end() && e->day < before; ++e, ++n) sum += e->close.count;
    if (n == 0) return std::nullopt;
    return static_cast<double>(sum) / static_cast<double>(n);
  }
  /// Mean close of the `months` whole calendar months that ended before the month of `today`, less `skip` of them;
  /// none before there is a day in the first of these months.
  std::optional<double> months(Day today, int months, int skip = 0) const {
    const Day from = first_of_month(today, -months - skip);
    if (days_.empty() || days_.front().day >= first_of_month(from, 1)) return std::nullopt;
    return average(from, first_of_month(today, -skip));
  }
  /// Mean close of the last n trading days; none before there are n.
  std::optional<double> last(std::size_t n) const {
    if (n == 0 || days_.size() < n) return std::nullopt;
    std::int64_t sum = 0;
    for (std::size_t i = days_.size() - n; i < days_.size(); ++i) sum += days_[i].close.count;
    return static_cast<double>(sum) / static_cast<double>(n);
  }
  Tonnes volume(Day from, Day before) const {
    Tonnes sum{};
    for (auto e = first(from); e != days_.end() && e->day < before; ++e) sum += e->volume;
    return sum;
  }

  template <class Visitor>
  void visit_state(Visitor& v) { v("days", days_); }

 private:
  std::vector<Entry>::const_iterator first(Day from) const {
    return std::lower_bound(days_.begin(), days_.end(), from, [](const Entry& e, Day day) { return e.day < day; });
  }
  std::vector<Entry> days_;
};

}  // namespace tantu
