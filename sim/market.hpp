// A market is a value: registry, an exchange for each of its instruments, clearing, the state of its policies and
// what it publishes.
// What is fixed for a run (calendar, rules, policies) is a MarketRules, shared by all copies.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/calendar.hpp"
#include "sim/clearing.hpp"
#include "sim/equilibrium.hpp"
#include "sim/listing.hpp"
#include "sim/policy.hpp"
#include "sim/registry.hpp"
#include "sim/unit_measure.hpp"

namespace tantu {

struct MarketRules {
  std::string name, currency, unit;
  UnitMeasure measure = UnitMeasure::tonne;
  double price_scale = 0.01;            ///< currency per tick of account
  Calendar calendar;
  std::vector<ListingRules> listings{1};  ///< its instruments: allowances in order of vintages, at least one, then offsets
  std::uint32_t first_instrument = 0;   ///< number of the first of them in the run
  std::vector<NamedPolicy> policies;    ///< in order of phase, then of the catalog
  std::vector<ComplianceCycle> cycles;  ///< in order of deadline
  Rows rows;                            ///< its firms
  std::vector<std::string> pools;       ///< names of the authority's further accounts; Pool first_named_pool + index
  std::uint32_t participants = 0;       ///< accounts of others than its firms (traders, firms of linked markets, the correspondent), after all named ones
  std::uint32_t traders = 0;            ///< seats of traders, the first of the participants; where there are any, their owners' account follows
  Day opening;                          ///< first day of the run
  double interest_rate = 0.05;
  std::vector<std::pair<int, double>> initial_bank;  ///< (vintage, t): spread over its firms by emissions, before the opening

  double scale() const { return price_scale; }
};

/// Tonnes and cash that each policy has moved, by kind of effect, year and pools: "which instrument did what".
struct Moved {
  std::int32_t policy = 0;
  std::int32_t year = 0;
  Effect::Kind kind{};
  std::uint16_t from = 0, to = 0;      ///< pools, 1 + their number; 0: none
  Tonnes tonnes;
  Cash cash;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("policy", policy); v("year", year); v("kind", kind); v("from", from); v("to", to); v("tonnes", tonnes); v("cash", cash);
  }
};

/// What is publicly expected of the years ahead, without abatement: recomputed when rules or coverage change.
struct Outlook {
  std::int32_t first_year = 0, known_year = 0, covered = -1;
  std::int32_t output_reviews = 0;  ///< of the firms' output factors that it knows
  std::vector<double> need, supply, emissions;  ///< [year - first_year], t
  std::vector<double> gap;                      ///< obligations above the own allocation of firms that lack allowances, t
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("first_year", first_year); v("known_year", known_year); v("covered", covered); v("output_reviews", output_reviews);
    v("need", need); v("supply", supply); v("emissions", emissions);
    v("gap", gap);
  }
};

class Market {
 public:
  Market() = default;
  Market(std::shared_ptr<const MarketRules> rules, std::int32_t first_vintage, std::int32_t last_vintage);

  const MarketRules& rules() const { return *rules_; }
  Account account(std::uint32_t row) const { return first_firm_account + (row - rules_->rows.first); }
  std::uint32_t row(Account account) const { return account - first_firm_account + rules_->rows.first; }
  /// Takes the fees; the last of the accounts.
  Account exchange_account() const { return first_participant() + rules_->participants; }
  /// Where the cash of traders came from; after their seats, where there are any.
  Account owners_account() const { return first_participant() + rules_->traders; }
  /// The listing of the allowances that this year's emissions will be settled with: the market's price is its price.
  std::uint32_t front_listing() const { return front_; }
  const Listing& front() const { return listings[front_]; }
  Listing& front() { return listings[front_]; }
  const ListingRules& front_rules() const { return rules_->listings[front_]; }
  const Exchange& exchange() const { return front().exchange; }
  Exchange& exchange() { return front().exchange; }
  const MarketBoard& board() const { return front().board; }
  MarketBoard& board() { return front().board; }
  /// The listing that delivers allowances of a vintage, else the front.
  std::uint32_t listing_of(std::int32_t vintage) const;
  bool is_traded(std::uint32_t listing, Day day) const { return rules_->calendar.is_trading(day) && rules_->listings[listing].is_traded_on(day); }
  /// Who owns what, as the exchange of a listing sees it.
  MarketCustody custody(std::uint32_t listing) {
    const ListingRules& l = rules_->listings[listing];
    return {registry, clearing, exchange_account(), l.instrument, l.is_of_offsets() ? std::span<const Tonnes>{} : holding_limits};
  }
  bool is_firm(Account account) const { return account >= first_firm_account && account < first_pool_account(); }
  // Accounts: treasury, regulator, the firms, named pools, further participants, the exchange.
  Account first_pool_account() const { return first_firm_account + rules_->rows.size(); }
  /// Its other side is in other markets: cash that comes and goes over links. The last participant, where there are links.
  Account correspondent() const { return exchange_account() - 1; }
  Account first_participant() const { return first_pool_account() + static_cast<Account>(rules_->pools.size()); }
  Account account(Pool pool) const {
    const auto n = static_cast<std::uint16_t>(pool);
    return n < first_named_pool ? n : first_pool_account() + (n - first_named_pool);
  }
  /// True for the accounts of the authority: what they hold is not in the market.
  bool is_pool(Account account) const {
    return account < first_firm_account || (account >= first_pool_account() && account < first_participant());
  }
  std::string_view pool_name(Pool pool) const;
  /// What policy number `index` sees; -1: what anybody may see of the rules.
  PolicyView policy_view(const FirmTraits& traits, const FirmStore& firms, RandomKey key, std::int32_t index = -1) const;
  /// Books what a policy has decided. Returns false if nothing changed.
  void book(std::int32_t policy, const Effects& effects, const FirmTraits& traits, FirmStore& firms, Tape* tape);

  // The rules as pure questions over rows, all policies in order of phase.
  void allocate(const FirmTraits&, Rows, int year, const double* activity, double* allocation) const;
  void oblige(const FirmTraits&, Rows, int year, const double* emissions, const double* allocation, double* obligation) const;
  ShortfallTerms shortfall_terms(Day deadline) const;
  CarryOver carry_over(const PolicyView& view, std::uint32_t row) const;
  /// Has all policies answer; the outlook's years come with what is told them.
  void expect(const PolicyView& view, SupplyOutlook& outlook) const;
  PriceBounds price_bounds(Day day) const;
  /// The carbon price that a sector's emissions bear: the close while it is in the market, and the tax; currency.
  double tax(const Sector& sector, Day day) const;
  double carbon_price(const Sector& sector, Day day) const;
  bool covers(const Sector& sector, Day day) const;
  double offset_share(int year) const;
  double expected_offsets(int year, double price) const;
  bool trades_offsets() const { return rules_->listings.back().is_of_offsets(); }
  /// Credits of its offset books that the account holds, by type.
  std::vector<Tonnes> credits(Account account) const;
  double offset_room(std::span<const OpenObligation> open, std::span<const Tonnes> held, std::size_t type) const;
  OffsetCosts offset_costs(std::uint32_t listing) const;

  // The authority's side of a day, booked here.
  /// An auction offers at most what its pools hold: another one of the same day may have sold from them before it.
  void limit_to_holdings(AuctionNotice& notice) const;
  /// Books what an auction has awarded and publishes it.
  void settle_auction(const AuctionNotice& notice, std::span<const AuctionBid> bids, const AuctionResult& result, FirmStore& firms);
  /// The price of an auction that opens the day's session: what all know, and the exchange's reference.
  void open_at(std::uint32_t listing, Price price);
  /// What each account may hold as the rules stand today; none where no rule limits anybody.
  void limit_holdings(const PolicyView& view);
  /// What the account may still acquire.
  Tonnes room(Account account) const {
    const Tonnes most = account < holding_limits.size() ? holding_limits[account] : Tonnes{};
    return most > Tonnes{} ? std::max(Tonnes{}, most - registry.holding(account)) : Tonnes{std::numeric_limits<std::int64_t>::max()};
  }
  /// Sends the standing offers of today to the open exchange; `withdraw_quotes` takes back what nobody took.
  void place_quotes(const FirmTraits& traits, const FirmStore& firms, RandomKey key, Tape* tape);
  void withdraw_quotes(Tape* tape);
  /// The cycle settled in a listing's instrument that falls due next; null where none is left.
  const ComplianceCycle* due_cycle(std::uint32_t listing) const {
    const std::int32_t due = listings[listing].board.due;
    return due < 0 ? nullptr : &rules_->cycles[static_cast<std::size_t>(due)];
  }
  /// The cycle of the market that falls due next.
  const ComplianceCycle* due_cycle() const;
  /// The cycle with this deadline; null where there is none.
  const ComplianceCycle* cycle_due_on(Day deadline) const;
  /// Index of the first cycle from `from` on that is settled in the listing's instrument and not due before `today`.
  std::int32_t next_due(std::uint32_t listing, std::int32_t from, Day today) const;
  /// Before the first trading day, which is `first_day` or later.
  void begin_boards(Day first_day);
  /// Turns the boards to a trading day: dates, cycles that are due, rules that are known, months, the front.
  void turn_boards(Day today);

  Registry registry;
  Clearing clearing;
  std::vector<Listing> listings;        ///< [MarketRules::listings]
  Outlook outlook;
  std::vector<PolicyState> policy_states;
  std::vector<Moved> moved;
  PriceHistory prices;                  ///< closes of the front
  std::vector<AuctionRecord> auctions;
  std::vector<Tonnes> holding_limits;          ///< [account], 0: none; empty: nobody has one

  static constexpr Account treasury = 0;       ///< cash: fines, revenue
  static constexpr Account regulator = 1;      ///< allowances not yet given away
  static constexpr Account first_firm_account = 2;

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("registry", registry);
    v("clearing", clearing);
    v("listings", listings);
    v("front", front_);
    v("outlook", outlook);
    v("policy_states", policy_states);
    v("moved", moved);
    v("prices", prices);
    v("auctions", auctions);
    v("holding_limits", holding_limits);
    v("quotes", quotes_);
  }

 private:
  /// A standing offer as it was placed: what its pool held before tells what was traded.
  struct Placed {
    std::int32_t policy = 0;
    Account account = 0;
    Side side = Side::sell;
    std::uint16_t pool = 0;
    std::int32_t vintage = 0;
    std::uint32_t listing = 0;
    Tonnes created, before;
    Cash cash_before;
    template <class Visitor>
    void visit_state(Visitor& v) {
      v("policy", policy); v("account", account); v("side", side); v("pool", pool); v("vintage", vintage); v("listing", listing);
      v("created", created); v("before", before); v("cash_before", cash_before);
    }
  };
  UnitIndex allowance(int vintage) { return registry.unit({UnitType::allowance, 0, vintage, std::numeric_limits<std::int32_t>::max()}); }
  void record(std::int32_t policy, const Effect& effect, Tonnes tonnes, Cash cash);
  Tonnes book_between_pools(const Effect& effect);

  std::uint32_t front_ = 0;
  std::vector<Placed> quotes_;
  std::shared_ptr<const MarketRules> rules_;
};

}  // namespace tantu
