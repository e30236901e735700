// How a compliance firm bids at an auction (docs/model.md, Auctions).
#pragma once

#include "agents/position.hpp"
#include "sim/auction.hpp"

namespace tantu {

/// The bids of a block's firms: a few steps down from the reservation price for this auction's part of what
/// the firm will lack, and a bank that is wanted the more the cheaper it is.
void bid_at_auction(const BiddingParameters& bidding, const CreditParameters& credit, const PositionParameters& position, const PositionModel& model, const StrategyView& view,
                    const AuctionNotice& notice, Rows block, std::vector<AuctionBid>& bids);

}  // namespace tantu
