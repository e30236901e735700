// What a year adds up to: for a market, a sector or a firm.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/recorder.hpp"
#include "sim/efficiency.hpp"

namespace tantu {

/// One firm's year.
struct FirmYearRow {
  double activity = 0, baseline = 0, emissions = 0, abatement_cost = 0;
  Tonnes verified{-1}, allocated, entitled{-1}, obligation{-1}, surrendered, shortfall, bought, sold, holding{-1};
  Cash paid, received, fined;
  Tonnes won, retired;
  Cash won_for, credits_paid, taxed, supported, written_off;
  Tonnes forgiven;
};

/// A market's or a sector's year. Volumes and prices are the market's; 0 or missing for sectors.
struct YearTotals {
  int year = 0;
  double price_scale = 0.01;
  double activity = 0, baseline = 0, emissions = 0, abatement_cost = 0;
  Tonnes verified, allocated, entitled, obligation, surrendered, shortfall, bought, sold;
  Tonnes issued, cancelled, expired;       ///< in the year (market)
  Tonnes imported, exported, foreign_surrendered;  ///< over links in the year (market)
  Cash paid, received, fined;
  Tonnes won, retired;
  Cash won_for, credits_paid, taxed, supported, written_off;
  Tonnes forgiven;
  double output = 0, baseline_emissions = 0; ///< index-years weighted by baseline emissions; these
  double units = 0;                        ///< output in the units of the installations
  std::int64_t failures = 0;
  std::int64_t firms = 0, firms_obliged = 0, firms_compliant = 0, firms_traded = 0;
  bool settled = false;                    ///< a deadline fell into the year; what was due then:
  Tonnes due, missing;
  std::int64_t firms_due = 0, firms_in_full = 0;
  bool verified_known = false, obliged = false;
  Tonnes listed, block, group;
  Cash turnover;
  std::int64_t trades = 0, orders = 0, rejected = 0, trading_days = 0, limit_days = 0, days_without_trade = 0;
  Price first_open, high, low, close;
  double mean_close = 0, mean_anchor = 0;  ///< currency
  std::int64_t days_bounded = 0, days_at_floor = 0, days_at_ceiling = 0;  ///< with a floor or ceiling; whose close lay there
  Tonnes bank, pools;                      ///< at the end
  QualitySums quality;                     ///< of the book; its concentration that of all trades of firms
  double deadline_share = -1;              ///< of the volume that falls in the last two months before a deadline; -1: none this year
  double best_month_share = 0;             ///< of the volume in the year's largest month
  bool compared = false;                   ///< with the yardstick: a year of the run
  EfficiencyYear against;                  ///< see sim/efficiency.hpp
  double equilibrium_price = 0;            ///< currency per t
  double equilibrium_bank = 0;             ///< t (market)
  double least_cost = 0;                   ///< of the year's abatement (market), currency
  std::optional<double> efficiency;        ///< (market)
  Tonnes volume() const { return listed + block + group; }
};

FirmYearRow firm_year(const Simulation& simulation, std::uint32_t row, int year);
/// All years with output, those before the opening included (they have no trading days).
std::vector<YearTotals> market_years(const Simulation& simulation, std::uint32_t market, const std::vector<DayRow>& days,
                                     const Efficiency* efficiency = nullptr);
/// The same years for one sector.
std::vector<YearTotals> sector_years(const Simulation& simulation, const Sector& sector, std::span<const YearTotals> market,
                                     const Efficiency* efficiency = nullptr);

}  // namespace tantu
