// Firms review their investments in abatement: what an allowance is expected to be worth over a measure's life against its
// cost and a hurdle (docs/model.md, Investment).
#pragma once

#include "agents/firm_behaviour.hpp"
#include "agents/position.hpp"

namespace tantu {

class InvestmentReview {
 public:
  InvestmentReview(const InvestmentParameters& parameters, const PositionModel& model) : parameters_(parameters), model_(model) {}

  /// Each firm looks at its investments every `review_days`, on days spread over firms. Own rows.
  void hold(const StrategyView& view, const DayFacts& facts, Rows block, FirmStore& own) const;

 private:
  void review(const StrategyView& view, const DayFacts& facts, std::uint32_t row, FirmStore& own) const;
  /// True if the firm is on the route of measure j already, or would gain more from another investment of it.
  bool taken(const FirmTraits& traits, const FirmStore& own, const Technology& technology, std::uint32_t row, std::uint32_t j, double outlook, int year) const;
  InvestmentParameters parameters_;
  PositionModel model_;
};

}  // namespace tantu
