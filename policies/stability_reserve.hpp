// The arithmetic of a stability reserve that is ruled by the number of allowances in circulation (TNAC).
//
//   TNAC > intake_above          intake_rate x TNAC is withheld from auctions
//   within a buffer zone         TNAC - intake_above is withheld instead, up to buffer_to
//   TNAC < release_below         release is auctioned from the reserve, as far as it holds that much
//
// The TNAC of year t is published in May of t+1; what follows from it is spread over the twelve months from
// September of t+1 to August of t+2, as far as the reserve works by then. Decision (EU) 2015/1814 (12%, 833
// and 400 Mt, 100 Mt), Directive (EU) 2018/410 (24% and 200 Mt until 2023, invalidation from 2023), Decision
// (EU) 2023/852 and Directive (EU) 2023/959 (buffer zone up to 1,096 Mt, invalidation above 400 Mt from 2024).
// Results are rounded to the nearest allowance. Verified by tests/unit/test_stability_reserve.cpp against
// the published volumes of 2017 to 2025.
#pragma once

#include "sim/parameters.hpp"
#include "sim/units.hpp"

namespace tantu {

struct ReserveFormParameters {
  std::int64_t from_year = 2017;      ///< first year whose TNAC it applies to
  double intake_rate = 0.24;
  double intake_above_mt = 833;
  double buffer_to_mt = 0;            ///< 0: no buffer zone
  double release_below_mt = 400;
  double release_mt = 100;
};
template <> const Table& table<ReserveFormParameters>();

struct ReserveMonths {
  int first = 0, last = -1;           ///< year * 12 + month - 1, both included
  int size() const { return last - first + 1; }
};

/// The months in which the TNAC of `year` acts, given the first month in which the reserve works.
ReserveMonths reserve_months(int tnac_year, int works_from);
/// What is withheld over `months` of twelve.
Tonnes reserve_intake(const ReserveFormParameters& form, Tonnes tnac, int months);
/// What is released over `months` of twelve, at most `stock`.
Tonnes reserve_release(const ReserveFormParameters& form, Tonnes tnac, Tonnes stock, int months);
/// The part of `total` that falls on the i-th (from 0) of `months` months: whole allowances that add up to it.
Tonnes month_share(Tonnes total, int i, int months);

}  // namespace tantu
