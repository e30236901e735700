// How far a market is from the efficient one, and why.
//
// A run is compared with the competitive path of the output that came about (sim/yardstick.hpp) and with firms that do
// not trade. All costs are discounted to the opening; a tonne emitted more or less in a year is worth that year's
// competitive price, which puts differences of emissions, closing banks and debts on one scale:
//
//   efficiency = (cost without trade - cost of the run) / (cost without trade - cost at the equilibrium)
//
// where each cost is abatement cost + what offsets cost + price x (emissions - offsets). 1: every tonne was abated where
// it is cheapest; 0: as if nobody had traded; below 0: worse. Without trade each firm covers what it lacks over the years
// of the run at its own least cost, up to the penalty, at which it then falls short; it has its part of what is auctioned
// and of the offsets of the path, by what it lacks and what it owes. Undefined where trade gains less than a thousandth
// of the cost without it. Offsets count for years whose deadline has passed. (Yardstick and its simplifications: a firm
// cannot do better than the equilibrium says, but for the last step used in part and output that strays from its sector's.)
// Verified by tests/unit/test_efficiency.cpp and tests/validation/test_static_market.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/yardstick.hpp"

namespace tantu {

/// A firm's, a sector's or a market's year against the yardstick. Costs undiscounted.
struct EfficiencyYear {
  double abatement = 0, cost = 0;                ///< of the run: t, currency
  double abatement_least = 0, cost_least = 0;    ///< at the equilibrium price
  double abatement_alone = 0, cost_alone = 0, shortfall_alone = 0;  ///< without trade
  double offsets = 0, offset_cost = 0;              ///< used for the year in the run
  double offsets_least = 0, offset_cost_least = 0;  ///< on the path
  EfficiencyYear& operator+=(const EfficiencyYear& other);
};

/// Firms of a size: quarters of all firms of the market by baseline emissions, the smallest first.
inline constexpr std::size_t size_classes = 4;

class Efficiency {
 public:
  /// Of a simulation at its end (after Simulation::finish), against a path of its own or the given one (of linked markets).
  Efficiency(const Simulation& simulation, std::uint32_t market) : Efficiency(simulation, market, yardstick(simulation, market)) {}
  Efficiency(const Simulation& simulation, std::uint32_t market, Yardstick path);

  const Yardstick& path() const { return yardstick_; }
  /// Years of the run, from the opening.
  int first_year() const { return first_year_; }
  int last_year() const { return last_year_; }
  /// Of the market or of one of its sectors in a year of the run. Throws std::logic_error for other rows: firms are added up as
  /// they come, since what each did in each year would be more memory than all else at the end of a run.
  EfficiencyYear total(Rows rows, int year) const;
  EfficiencyYear size_class(std::size_t quarter, int year) const { return classes_[quarter][index(year)]; }
  /// What all abatement of the run in a year would have cost at least, currency.
  double least_cost_of_same(int year) const;

  /// In all years of the run, or in one.
  std::optional<double> allocative_efficiency() const;
  std::optional<double> allocative_efficiency(int year) const;

 private:
  std::size_t years() const { return static_cast<std::size_t>(last_year_ - first_year_ + 1); }
  /// `alone`, `run` and `least` with abatement credited at the competitive price; `without_trade` without.
  struct Costs { double without_trade = 0, alone = 0, run = 0, least = 0; };
  Costs costs(int year) const;
  static std::optional<double> ratio(const Costs& costs);

  Rows rows_;
  Yardstick yardstick_;
  int first_year_ = 0, last_year_ = 0;
  std::vector<double> growth_;              ///< [year] of money since the opening
  double penalty_ = 0;                      ///< currency per missing t, without trade
  /// Of some firms together, by year of the run.
  using Sum = std::vector<EfficiencyYear>;
  std::size_t index(int year) const { return static_cast<std::size_t>(year - first_year_); }
  Sum market_;
  struct SectorSum {
    Rows rows;
    Sum years;
  };
  std::vector<SectorSum> sectors_;
  std::array<Sum, size_classes> classes_;
};

/// Of all markets, against one competitive path of them together.
std::vector<Efficiency> efficiencies(const Simulation& simulation);

}  // namespace tantu
