// One-way sales: a firm that can spare a large quantity calls bids for it at the opening of a session, and firms with a
// need answer (the third way to trade of the Chinese national market, after listed and block agreements; used rarely
// there, so that firms have it off by default).
//
// The caller names what it wants to sell and its reservation price, lifted into the band of such calls. Whoever needs
// allowances, whether it came to market today or not, since such calls are announced, bids for all it needs what they
// are worth to it; where winners pay their own bids, less `shading`. The exchange settles it (sim/exchange_one_way.cpp).
#pragma once

#include <vector>

#include "agents/group_treasury.hpp"
#include "agents/position.hpp"

namespace tantu {

/// Lowers what callers and winners still want.
void hold_one_way_sales(const OneWayParameters& one_way, const CreditParameters& credit, const PositionModel& model, const GroupTreasury& treasury,
                        const StrategyView& view, std::vector<Intent>& intents, CallDesk& desk);

}  // namespace tantu
