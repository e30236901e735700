// Whom an incoming order meets: price and time alone, or what a market's rule puts in their place. OrderBook takes one as
// an argument of submit and replace and asks it while it matches.
#pragma once

#include <cstdint>
#include <utility>

#include "sim/order.hpp"
#include "sim/units.hpp"

namespace tantu {

/// The plain rule and the base of other rules: the best price first, at one price the oldest order,
/// whoever owns it. A rule derives from this and declares again what it changes:
///   screens  true: `meeting(incoming account, resting account)` decides each encounter (const, same
///            answer when asked again), and `withdrawn(resting order before, quantity it loses)`
///            is called for what leaves the book without a trade
///   picks    true: `pick(price, orders)` in [0, orders) names the counterparty within a level by
///            its place in the queue
///   reach    how many opposite levels one order may trade with; 0 for all. A limit order that
///            would still cross after its reach does not rest: what is left is discarded.
struct PriceTimeRule {
  static constexpr bool screens = false;
  static constexpr bool picks = false;
  static constexpr int reach = 0;
};

/// Self-trade prevention: orders of one account do not trade with each other, `on_meeting` happens
/// instead. `Withdrawn` is called as void(const RestingOrder& before, Tonnes lost).
template <class Withdrawn>
struct SelfTradeRule : PriceTimeRule {
  static constexpr bool screens = true;
  Meeting on_meeting;
  Withdrawn withdrawn;
  SelfTradeRule(Meeting what, Withdrawn callback) : on_meeting(what), withdrawn(std::move(callback)) {}
  Meeting meeting(std::uint32_t incoming, std::uint32_t resting) const {
    return incoming == resting ? on_meeting : Meeting::trade;
  }
};

/// Listed agreement of the Chinese national market: the taker deals with the best five opposite
/// prices, price first, and with any counterparty at one price. `Draw` is called as
/// std::uint32_t(Price, std::uint32_t orders) and answers below `orders`, from a keyed draw.
template <class Draw>
struct ListedAgreementRule : PriceTimeRule {
  static constexpr bool picks = true;
  static constexpr int reach = 5;
  Draw pick;
  explicit ListedAgreementRule(Draw draw) : pick(std::move(draw)) {}
};

}  // namespace tantu
