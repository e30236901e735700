// Whether and what firms trade, given their positions (docs/model.md, Quantity and Arrival).
#pragma once

#include "agents/firm_behaviour.hpp"
#include "agents/position.hpp"
#include "sim/expected_fees.hpp"

namespace tantu {

struct DecisionTerms {
  const ParticipationParameters& part;
  ExpectedFees fees;
  double price, tick, floor, gain_scale;
};

/// What firms look for in the market, side by side with their positions. What is true is 1, what is not 0.
struct Decisions {
  Positions::Column uniform, attention;           ///< given
  Positions::Column wanted, reservation, urgency;
  Positions::Column comes, sells, pressed;
};

/// A firm that needs allowances buys them, one whose surplus dies sells it, one below its target for a bank buys, one with a
/// surplus sells; the day's random word tells whether it comes today.
void decide(const DecisionTerms& terms, const Positions& p, Decisions& d);

}  // namespace tantu
