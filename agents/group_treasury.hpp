// Netting inside corporate groups, and the group treasury (a carbon-asset company): it nets what its members need
// and can spare, and trades in the market what is left over, for all of them.
//
// The treasury trades through the account of the member with the largest emissions, its lead. It takes over whoever
// needs or can spare at least the smallest block; smaller quantities, which cannot be transferred, stay with the member.
// Bids at auctions are the members' own. Internal transfers are trades of kind `group` at a negotiated price, part of the
// block market; where an exchange has no block market but negotiated trades, they are of kind `negotiated`.
#pragma once

#include <functional>
#include <optional>

#include "agents/position.hpp"

namespace tantu {

class GroupTreasury {
 public:
  GroupTreasury(const GroupParameters& group, const PositionModel& model) : p_(group), model_(model) {}

  /// False where no group has a treasury.
  bool exists() const { return p_.treasury_share > 0; }
  /// What the firm has to trade for: its own balance, as a lead its group's; none where a treasury trades for it. `urgency`:
  /// the most that the firm's can be; `dues`: of a block of firms, if they have been worked out.
  std::optional<Balance> balance(const StrategyView& view, const DayFacts& facts, std::uint32_t row, Balance own, double urgency, const BlockDues* dues) const;
  std::optional<Balance> balance(const StrategyView& view, const DayFacts& facts, std::uint32_t row, const BlockDues* dues = nullptr) const {
    return balance(view, facts, row, model_.balance(view, facts, row, dues), model_.urgency_of(facts, view.traits.tau[row], view.traits.early[row] != 0), dues);
  }

  /// The day's netting of all groups. `price`: negotiated, from a uniform; none: no price is possible today.
  void net(const StrategyView& view, const DayFacts& facts, const DuesOfSession& dues, const std::function<std::optional<Price>(double uniform)>& price, BlockDesk& desk) const;

 private:
  bool has_treasury(const StrategyView& view, std::uint32_t group) const;
  static std::optional<std::uint32_t> lead(const StrategyView& view, std::uint32_t group);
  static bool takes_part(const StrategyView& view, std::uint32_t row);
  GroupParameters p_;
  PositionModel model_;
};

}  // namespace tantu
