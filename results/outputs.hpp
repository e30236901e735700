// Every output of a run, declared once: name, unit, long name, type and how to read it. The declaration
// makes the dataset, its attributes and docs/outputs.md. A new output is one line in outputs.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "results/recorder.hpp"
#include "results/year_totals.hpp"

namespace tantu {

enum class Stored : std::uint8_t {
  count,    ///< int32
  tonnes,   ///< int64, whole tonnes
  price,    ///< int32 ticks of account with a scale factor; unit is the currency per tonne
  cash,     ///< int64 ticks of account with a scale factor; unit is the currency
  number,   ///< float64
};

/// One output over rows of type Row. `read` gives ticks for prices and cash, the unit itself otherwise;
/// `none` (missing) where there is nothing to say.
template <class Row>
struct Output {
  std::string_view name, unit, long_name;
  Stored stored;
  double (*read)(const Row&);
};
inline constexpr double none = -9.2e18;  ///< stored as the fill value

/// A trader's account at the end of a year, and what it traded in it.
struct SeatYear {
  Tonnes position, bought, sold;
  Cash paid, received, fees, profit;
  std::int64_t orders = 0, refused = 0, cancelled = 0;
};

std::span<const Output<DayRow>> daily_outputs();
std::span<const Output<YearTotals>> yearly_outputs();
std::span<const Output<YearTotals>> sector_outputs();
std::span<const Output<FirmYearRow>> firm_outputs();
/// Of a trader's account by day, and by year.
std::span<const Output<SeatDay>> seat_day_outputs();
std::span<const Output<SeatYear>> seat_year_outputs();

/// Markdown of all outputs, for docs/outputs.md.
std::string outputs_page();

}  // namespace tantu
