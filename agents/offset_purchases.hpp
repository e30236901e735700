// A firm in a book of offsets: it buys credits that cost less than an allowance as far as its limits leave room, and
// sells what it holds beyond its use (docs/model.md, Offsets with a book).
//
// What a credit is worth to it is what an allowance is, by its own value but no more than the last close: a credit
// saves one. Its room is that of all years that are not settled yet, to date. The registry takes what it holds at the
// deadline, so a purchase is a tonne less to buy or one more to sell in the book of allowances (PositionModel::balance).
#pragma once

#include <vector>

#include "agents/firm_behaviour.hpp"
#include "agents/position.hpp"

namespace tantu {

class OffsetPurchases {
 public:
  OffsetPurchases(const ParticipationParameters& participation, const OrderParameters& order, const PositionModel& model)
      : participation_(participation), order_(order), model_(model) {}

  /// Appends what the firms of a block want in the book of offsets that is looked at; reservation prices are before fees.
  void plan(const StrategyView& view, Rows block, std::vector<Intent>& intents) const;

 private:
  ParticipationParameters participation_;
  OrderParameters order_;
  PositionModel model_;
};

}  // namespace tantu
