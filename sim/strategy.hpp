// The interface of those who trade.
//
// A strategy is immutable and shared by all its traders. It plans for a block of firms at a time, in
// parallel, writing only their rows and its own list of intents; then each trader that comes to market
// acts once against the live book, one after the other in a keyed random order.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/competitive_path.hpp"
#include "sim/exchange.hpp"
#include "sim/firm_store.hpp"
#include "sim/market.hpp"
#include "sim/networks.hpp"
#include "sim/random.hpp"
#include "sim/workers.hpp"

namespace tantu {

/// What a trader that comes to market today wants: made in `plan`, used in `trade` and `negotiate`.
struct Intent {
  std::uint64_t arrival = 0;     ///< order of arrival: round, then a keyed random number
  std::uint32_t row = 0;
  Side side = Side::buy;
  std::uint8_t to_blocks = 0;    ///< goes to the block market instead of the book
  std::uint8_t pressed = 0;      ///< urgency lends its aggressiveness
  double wanted = 0;             ///< t
  double reservation = 0;        ///< R, currency per tonne
  double urgency = 0;            ///< u
  double noise = 0;              ///< e of the order's placement
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("arrival", arrival); v("row", row); v("side", side); v("to_blocks", to_blocks); v("pressed", pressed);
    v("wanted", wanted); v("reservation", reservation); v("urgency", urgency); v("noise", noise);
  }
};

/// Everything a strategy may look at.
struct StrategyView {
  const Market& market;
  const FirmTraits& traits;
  const FirmStore& firms;
  const Counterparties& counterparties;
  const Ownership& ownership;
  RandomKey key;
  Day today, yesterday;          ///< trading days
  std::uint32_t listing = 0;     ///< the instrument of the market that is looked at

  const ListingRules& listed() const { return market.rules().listings[listing]; }
  const Exchange& exchange() const { return market.listings[listing].exchange; }
  const ExchangeRules& exchange_rules() const { return listed().exchange; }
  const MarketBoard& board() const { return market.listings[listing].board; }
  const ComplianceCycle* due_cycle() const { return market.due_cycle(listing); }
  /// What an account holds of the instrument.
  Tonnes holding(Account account) const { return listed().instrument.holding(market.registry, account); }
  /// What it may offer of it now.
  Tonnes free(Account account) const { return exchange().free(market.registry, account, exchange_rules()); }
  /// Added to the number of a draw, so that what a trader does in one instrument is apart from what it does in another.
  std::uint32_t draws() const { return listing << 16; }
};

/// Trades between named accounts after the close, as the exchange's block rules allow.
class BlockDesk {
 public:
  virtual ~BlockDesk() = default;
  virtual Rejection trade(std::uint32_t seller_row, std::uint32_t buyer_row, Price price, Tonnes quantity, TradeKind kind) = 0;
};

/// One-way calls at the opening of a session, one after the other, as the exchange's rules allow.
class CallDesk {
 public:
  virtual ~CallDesk() = default;
  virtual Rejection call_bids(std::uint32_t row, Side side, Price worst, Tonnes quantity) = 0;
  virtual Rejection bid(std::uint32_t row, Price price, Tonnes quantity) = 0;
  virtual void end_bids() = 0;
};

/// Firms of a block that plan together: a size that keeps two cores busy with 2,225 firms and costs nothing with one.
constexpr std::uint32_t firms_of_a_block = 512;

/// What a strategy has worked out for a block of firms in `plan` and asks for again in the same session. No result depends on
/// it: a simulation that was loaded within a day has none.
class PlanNotes {
 public:
  virtual ~PlanNotes() = default;
};
using BlockNotes = std::vector<std::shared_ptr<const PlanNotes>>;  ///< [block of the market's firms]; may be empty, and so may each

class Strategy {
 public:
  virtual ~Strategy() = default;
  /// Fundamental anchor and whatever else is computed once for all traders of an instrument, before `plan`.
  virtual void update(const StrategyView&, MarketBoard&, Outlook&, Workers&) const {}
  /// For a market whose links are public: the path of the market by itself, as its firms expect it over `horizon_years` at a
  /// `rate` of interest, of which those of all linked markets make one (sim/linked_outlook.cpp). None: links do not count in it.
  virtual std::optional<PathProblem> expects(const StrategyView&, Outlook, double /*horizon_years*/, double /*rate*/) const { return std::nullopt; }
  virtual double horizon_years() const { return 0; }
  /// Equally likely outlooks on growth, in standard deviations from what is expected, and that path at one of them.
  virtual std::vector<double> outlooks() const { return {0}; }
  virtual PathProblem at_outlook(PathProblem expected, double /*deviations*/) const { return expected; }
  /// The prices today of the linked path at each outlook, currency per tonne, in place of what `update` found.
  virtual void expect_linked(const StrategyView&, std::span<const double> /*prices*/, MarketBoard&) const {}
  /// Serial, once a market, before the first day, looking at its front: may set the cost multiplier and what firms have done already.
  virtual void prepare(const StrategyView&, FirmStore&, MarketBoard&, Outlook&) const {}
  /// Once for each instrument that is traded today; what does not hang on an instrument is done with the front.
  virtual std::shared_ptr<const PlanNotes> plan(const StrategyView&, Rows block, FirmStore& own_rows, std::vector<Intent>& intents) const = 0;
  /// Appends the bids of a block's firms for an auction held today, before the session; parallel like `plan`.
  virtual void bid(const StrategyView&, const AuctionNotice&, Rows, std::vector<AuctionBid>&) const {}
  virtual std::optional<OrderRequest> trade(const StrategyView&, const Intent&) const = 0;
  /// Serial, at the opening of the session: who calls bids, and who answers; lowers what they still want of the session.
  virtual void hold_calls(const StrategyView&, std::vector<Intent>&, CallDesk&) const {}
  virtual void negotiate(const StrategyView&, const std::vector<Intent>&, const BlockNotes&, BlockDesk&) const {}
};

}  // namespace tantu
