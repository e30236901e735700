// The competitive path: prices and banks of a market that covers its need at least cost.
//
// Minimise discounted cost subject to B_y = B_{y-1} + supply_y(p) - need_y within bounds. The price grows at the
// rate of interest r while the bank is inside its bounds; where it stands on its lower bound (no borrowing) it may
// grow more slowly or fall, where it stands on its upper bound (a holding limit, units that cannot be carried over)
// it may jump up (Rubin 1996, J. Environ. Econ. Manage. 31:269; Schennach 2000, J. Environ. Econ. Manage. 40:189).
// In prices discounted to today this is a monotone regression where only the lower bound binds, solved by pooling
// adjacent periods (Best and Chakravarti 1990, Math. Programming 47:425), and a taut string through the tube of banks
// otherwise (Davies and Kovac 2001, Ann. Statist. 29:1); both are exact for steps and straight pieces, up to the
// rounding of a double: the price is the least at which supply covers need. Where whole quantities meet a bound exactly, several
// prices do as well, and the least of them that fall and rise as they may is taken.
//
// Everything that answers to a price is a term of supply: abatement, offsets, tiers of a reserve, auctions with a
// reserve price. A floor takes any quantity at its price, a ceiling gives any.
// Pure functions, safe for many threads. Verified by tests/unit/test_competitive_path.cpp (theory),
// tests/property/test_competitive_path.cpp (random markets, the two algorithms, and sim/cost_flow against each other).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "sim/cost_curve.hpp"

namespace tantu {

/// A curve that supplies allowances or saves them: tonnes x curve.at(p / price) at price p.
struct SupplyTerm {
  std::shared_ptr<const CostCurve> curve;
  double tonnes = 1;  ///< scale of its quantities, > 0
  double price = 1;   ///< scale of its prices, > 0
  int kind = 0;       ///< the caller's mark
};

/// A year, a month or what is left of a year.
struct PathPeriod {
  double time = 0;    ///< years from now to the moment its price stands for; does not fall from period to period
  double need = 0;    ///< t to be covered without abatement
  double supply = 0;  ///< t of allowances, whatever the price
  std::vector<SupplyTerm> terms;
  double floor = 0;   ///< currency per t: the regulator takes any quantity at it; 0: none
  double ceiling = std::numeric_limits<double>::infinity();  ///< the regulator gives any quantity at it
  double bank_least = 0;                                       ///< at its end, t; negative: borrowing
  double bank_most = std::numeric_limits<double>::infinity();  ///< at its end, t

  /// What all terms of a kind give below and at a price of `price`.
  double supplied(double price) const;
  double supplied_below(double price) const;
};

struct PathProblem {
  std::vector<PathPeriod> periods;
  double bank = 0;       ///< before the first period, t
  double rate = 0.05;    ///< of interest, a year
  double choke = 1e5;    ///< currency per t: the highest price considered; what is missing at it is a shortage
};

struct PathResult {
  struct Period {
    double price = 0;      ///< currency per t, at the period's time
    double bank = 0;       ///< at its end, t
    double supplied = 0;   ///< by its terms, t
    double withheld = 0;   ///< taken by the regulator at the floor, t
    double released = 0;   ///< given by the regulator at the ceiling, t
    double shortage = 0;   ///< need that nothing covers at the choke price, t
    double expired = 0;    ///< above the upper bound of the bank at a price of nothing, t
  };
  std::vector<Period> periods;
  std::vector<std::uint32_t> stretches = {};  ///< first periods of the stretches that share a discounted price
};

/// For problems without upper bounds of the bank. Throws std::invalid_argument for one with, and for bounds that
/// contradict each other, times that fall and terms that are empty.
/// `like`: the path of a problem that differs little, if there is one: where its stretches still hold the answer is found
/// in a fraction of the time, and it is the same.
PathResult pooled_path(const PathProblem& problem, const PathResult* like = nullptr);
/// For all problems; pooled_path is faster where it applies.
PathResult taut_path(const PathProblem& problem, const PathResult* like = nullptr);
/// The faster one that applies.
PathResult competitive_path(const PathProblem& problem, const PathResult* like = nullptr);

}  // namespace tantu
