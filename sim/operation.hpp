// Operation: what firms produce, emit and abate between two trading days.
//
//   activity = path(year) seasonality(day) exp(sector_shock + firm_shock - (s_s^2 + s_f^2)/2)
//   emissions = activity E intensity_path(year) (1 - abated_share)
//
// Both shocks are stationary AR(1) in logs; the mean of activity is its path. Runs over all calendar
// days since the last one and writes its own rows only.
#pragma once

#include <span>

#include "sim/day_ahead.hpp"
#include "sim/firm_store.hpp"
#include "sim/random.hpp"

namespace tantu {

/// The law of the shocks.
struct ShockRules {
  double persistence = 0.95;   ///< a week
  double sector_spread = 0.03; ///< stationary s.d. of the log
  double firm_spread = 0.06;
};

/// What a firm abates at a price: its measures that work and pay, its curve.
struct AbatementAt {
  double share = 0;  ///< of emissions
  double rate = 0;   ///< cost, currency per tonne of emissions before abatement
  double low = 0, high = 0;  ///< the same answer holds for prices in [low, high)
};
/// `parts`, if not empty, receives each measure's share of the emissions.
AbatementAt abatement_at(const FirmTraits&, const FirmStore&, std::uint32_t row, double price, int year,
                         std::span<double> parts = {});
/// Measures whose lead time is over start to work; then the firm abates what pays at `price`. Own row.
void update_abatement(const FirmTraits&, FirmStore&, std::uint32_t row, double price, Day today);

/// Cost of measure j for the firm in `year`, currency per tonne: its draw, the scenario's multiplier, learning.
double measure_cost(const FirmTraits&, const FirmStore&, std::uint32_t row, std::uint32_t j, int year);

/// Draws the shocks of the first day. Serial.
void start_operation(const FirmTraits&, FirmStore&, const ShockRules&, RandomKey, Day first);

/// Moves the shocks of the sectors. Serial, before `operate` of the same stretch.
void operate_sectors(const FirmTraits&, FirmStore&, const ShockRules&, RandomKey, Day last, Day today);

/// Lives through the calendar days (last, today] at yesterday's price for a block of one sector's rows. `ahead`: what has been
/// drawn for today already; may be null.
void operate(const FirmTraits&, FirmStore&, const ShockRules&, RandomKey, Rows block, Day last, Day today, double price, const DayAhead* ahead);

// Only activity is added up daily. Emissions, cost and what each measure has abated follow from it in
// proportion while the abated share stands, and are booked when it changes.

/// Books the firm's emissions, abatement cost and abatement by measure since its share last changed. Own
/// row; before `update_abatement`, at the turn of the year and at the end of the run.
void settle_abatement(const FirmTraits&, FirmStore&, std::uint32_t row, int year);

/// Emissions of `year` up to the last day lived through, t, booked or not.
double emissions_to_date(const FirmTraits&, const FirmStore&, std::uint32_t row, int year);
/// The same of many firms, by row of `rows`.
void emissions_to_date(const FirmTraits&, const FirmStore&, Rows rows, int year, double* emissions);
/// Emissions of the whole of `year` without abatement, as its paths and the firm's output have them today, t.
double planned_emissions(const FirmTraits&, const FirmStore&, std::uint32_t row, int year);
/// Emissions of `year` without abatement up to the last day lived through, t.
double baseline_to_date(const FirmTraits&, const FirmStore&, std::uint32_t row, int year);

/// Moves `abated_by_firm` into the totals of `year`. Serial; after `operate` has entered a new year (then
/// for the old one), and at the end of the run.
void collect_measures(const FirmTraits&, FirmStore&, int year);

}  // namespace tantu
