// What is publicly known of a market: its bank to date, and what rules and paths of output say of the years ahead.
// Asked of the policies' pure questions, so that nobody keeps a second copy of a rule. Used by the fundamental anchor
// and by the yardstick.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "sim/market.hpp"

namespace tantu {

/// Entry `index` of a path by year; before and after its ends the first and the last hold.
double path_at(const std::vector<double>& path, int index);

/// The share of `year` that has passed by the end of `today`: 1 for years gone by, in (0, 1] for the running one.
double elapsed_share(Day today, int year);

/// What is expected of the allocation of `year` relative to the same output under the last known rules: the
/// allocation ratio falls by `cut` a year and intensity follows its path. 1 for years whose rules are known.
double expected_allocation_factor(const Sector& sector, int first_year, int year, int known_year, double cut);

/// True for a firm that is in the market, has moved away from it or will move to it, or whose sector will join it.
bool takes_part(const Market& market, const FirmTraits& traits, const FirmStore& firms, std::uint32_t row, Day today);

/// The share of the days from `first` to the end of its year on which the sector is in the market.
double covered_share(const Market& market, const Sector& sector, Day first);

/// First year whose obligations are not settled on `today`.
int first_unsettled_year(const MarketRules& rules, Day today);

/// What years up to `year` owe that falls due only together with later years, t: so much a bank may lack at its end, as
/// nobody surrenders before the deadline. `owed`: years with their obligations, t.
double due_later(const MarketRules& rules, int year, const std::vector<std::pair<int, double>>& owed);

/// All firms of a market in a year with the given output: index-years by row of the market. Rules of years after
/// `known_year` are those of `known_year` with `cut`. Sectors without obligations in the year are not in the market yet.
struct ExpectedYear {
  double need = 0;       ///< obligations without abatement, t
  double supply = 0;     ///< free allocation, t
  double emissions = 0;  ///< without abatement, t
  double gap = 0;        ///< obligations above the own allocation of the firms that lack allowances, t
};
ExpectedYear expected_year(const Market& market, const FirmTraits& traits, int first_year, int year, int known_year, double cut,
                           std::span<const double> activity);

}  // namespace tantu
