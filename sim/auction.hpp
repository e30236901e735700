// A sealed-bid auction of allowances: a pure function from supply, rules and bids to awards and a price.
//
// Supply is a staircase: each step is offered from a price on, cheapest first. One step with the reserve
// price is the plain auction; a containment reserve adds a step at its trigger price, volume that is
// withheld below a price is a step at that price. With D(p) the tonnes bid at p or more, S_k what steps
// 0..k offer and t_k their prices, the highest step k with D(t_k) > S_{k-1} is the last that sells:
//
//   sold  = min(D(t_k), S_k)
//   price = the lowest winning bid if D(t_k) >= S_k, else t_k (an undersold auction clears at its reserve)
//
// Bids at the lowest winning price are rationed: in proportion, in whole lots, the largest remainders
// first; or in the order of a number that comes with the bid. Everything is exact: awards add up to what
// is sold, to the lot. Requires steps in ascending order of price; throws std::invalid_argument otherwise.
// Verified by tests/unit/test_auction.cpp (worked numbers) and tests/property/test_auction.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/date.hpp"
#include "sim/effect.hpp"
#include "sim/registry.hpp"
#include "sim/units.hpp"

namespace tantu {

enum class AuctionKind : std::uint8_t {
  uniform,      ///< all pay the lowest winning bid
  pay_as_bid,   ///< each pays its own bid
  fixed_price,  ///< each step is sold at its price, the cheapest first; bids say how much up to which price
};
enum class TieRule : std::uint8_t { pro_rata, by_order };

struct AuctionBid {
  Account account = 0;
  Price price;
  Tonnes quantity;
  std::uint32_t order = 0;   ///< precedence among bids at one price (by_order, and equal remainders): smaller first
  bool covered = true;       ///< by an entity with an obligation
};

struct SupplyStep {
  Price from;                ///< offered at this price or more
  Tonnes quantity;
  Pool source = Pool::regulator;
};

struct AuctionRules {
  AuctionKind kind = AuctionKind::uniform;
  TieRule ties = TieRule::pro_rata;
  Tonnes lot{1};
  Tonnes most_covered;       ///< largest purchase of one covered entity; 0: no limit
  Tonnes most_other;         ///< of any other bidder; 0: no limit
  Price confidential;        ///< the auction is declined where it would clear below; 0: none
  bool all_or_nothing = false; ///< it is declined where bids do not cover the first step's offer
};

struct Award {
  std::uint32_t bid = 0;     ///< index into the bids
  std::uint32_t step = 0;    ///< where it comes from
  Tonnes quantity;
  Price price;
};

struct AuctionResult {
  Price price;               ///< uniform: what all pay; else the average, half up; 0 where nothing is sold
  Price marginal;            ///< lowest price at which something is sold
  Tonnes offered;            ///< all steps
  Tonnes demanded;           ///< admissible bids at the first step's price or more
  Tonnes sold;
  Cash revenue;
  bool declined = false;
  std::uint32_t bidders = 0, winners = 0;
  std::vector<Tonnes> sold_of_step;
  std::vector<Award> awards; ///< by step, then in order of price and precedence
};

AuctionResult clear_auction(std::span<const SupplyStep> supply, const AuctionRules& rules, std::span<const AuctionBid> bids);

/// Shares `available` among wishes in proportion, in whole lots: largest remainder first, equal ones by `order`, then
/// position. No share exceeds its wish; shares add up to min(available, sum of wishes) rounded down to a lot.
std::vector<Tonnes> ration(Tonnes available, std::span<const Tonnes> wishes, std::span<const std::uint32_t> order, Tonnes lot);

/// What is called before an auction, by a policy; other policies may amend it before bids are made.
struct AuctionNotice {
  std::int32_t policy = 0;            ///< set by the market: who called it
  std::int32_t tag = 0;               ///< which of its auctions, as the policy numbers them
  int vintage = 0;
  Pool own = Pool::regulator;         ///< what comes from other pools is contained
  int left_this_year = 1;             ///< auctions of this kind to come in the calendar year, this one included
  bool opens_session = false;         ///< its price is where the day's session opens, if anything is sold
  bool shortfall_only = false;        ///< bids up to what a firm lacks for the obligations that fall due, no more
  AuctionRules rules;
  std::vector<SupplyStep> supply;
  Tonnes offered() const {
    Tonnes sum{};
    for (const SupplyStep& s : supply) sum += s.quantity;
    return sum;
  }
};

/// What is published of an auction.
struct AuctionRecord {
  Day day;
  std::int32_t policy = 0, tag = 0, vintage = 0;
  Price reserve, price, marginal;
  Tonnes offered, demanded, sold;
  Tonnes contained;                   ///< sold from other pools than the caller's own
  Cash revenue;
  std::int32_t bidders = 0, winners = 0;
  std::int32_t declined = 0;
  std::int32_t padding = 0;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("day", day); v("policy", policy); v("tag", tag); v("vintage", vintage); v("reserve", reserve); v("price", price);
    v("marginal", marginal); v("offered", offered); v("demanded", demanded); v("sold", sold); v("contained", contained);
    v("revenue", revenue); v("bidders", bidders); v("winners", winners); v("declined", declined);
  }
};

}  // namespace tantu
