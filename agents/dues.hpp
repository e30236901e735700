// What firms are given and owe for a year, as they expect it while it is not fixed: the part of a position that the rules
// answer. They are asked for many firms at once, which costs little more than asking for one.
#pragma once

#include <vector>

#include "agents/firm_behaviour.hpp"
#include "sim/strategy.hpp"

namespace tantu {

struct DayFacts;

/// Free allocation and obligation for `year` on activity to date, t, by row of `rows`. Once the obligation is fixed: both as
/// they are.
void dues_to_date(const StrategyView& view, const DayFacts& facts, Rows rows, int year, double* allocation, double* obligation);

/// What firms will lack in a year like `year` at today's abatement, t, by row of `rows`; below zero: have left over.
void expected_gaps(const StrategyView& view, Rows rows, int year, int known_year, double* gap);
double expected_gap(const StrategyView& view, std::uint32_t row, int year, int known_year);

/// Both for a block of firms, for all years that the balance of one of them asks for.
class BlockDues final : public PlanNotes {
 public:
  BlockDues(const StrategyView& view, const DayFacts& facts, const PositionParameters& position, Rows block);
  bool holds(std::uint32_t row) const { return row >= block_.first && row < block_.last; }
  double allocation(std::uint32_t row, int year) const { return at(allocation_, row, year - first_year_); }
  double obligation(std::uint32_t row, int year) const { return at(obligation_, row, year - first_year_); }
  /// `ahead` counts the years of `hedge_ahead`.
  double gap(std::uint32_t row, std::size_t ahead) const { return at(gap_, row, static_cast<int>(ahead)); }

 private:
  double at(const std::vector<double>& values, std::uint32_t row, int index) const {
    return values[static_cast<std::size_t>(index) * block_.size() + (row - block_.first)];
  }
  Rows block_;
  int first_year_ = 0;
  std::vector<double> allocation_, obligation_, gap_;  ///< [year][row of the block]
};

/// What blocks of firms have worked out for themselves in a session's plan, found by row.
class DuesOfSession {
 public:
  DuesOfSession(const StrategyView& view, const BlockNotes& notes) : first_(view.market.rules().rows.first), notes_(notes) {}
  /// Null where it has not been worked out.
  const BlockDues* of(std::uint32_t row) const {
    const std::size_t block = (row - first_) / firms_of_a_block;
    return block < notes_.size() ? static_cast<const BlockDues*>(notes_[block].get()) : nullptr;
  }

 private:
  std::uint32_t first_;
  const BlockNotes& notes_;
};

}  // namespace tantu
