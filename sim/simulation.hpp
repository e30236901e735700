// A simulation: markets, firms and their relations, as one value. Copy it and both copies live on
// independently; save and load it and it goes on with the same bytes. What is fixed (who the firms are,
// rules, strategies) is shared by all copies and never changes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sim/exchange_rates.hpp"
#include "sim/link.hpp"
#include "sim/market.hpp"
#include "sim/networks.hpp"
#include "sim/operation.hpp"
#include "sim/strategy.hpp"
#include "sim/trader.hpp"
#include "sim/workers.hpp"

namespace tantu {

/// How far the competitive benchmark looks and what it expects of years without rules (sim/yardstick.hpp).
struct YardstickTerms {
  int last_year = 0;        ///< last year it covers
  double expected_cut = 0;  ///< yearly fall of the allocation ratio after the last compliance cycle
};

/// Accounts that firms of one market have in another.
struct ForeignAccounts {
  std::uint32_t home = 0, abroad = 0;
  std::vector<Account> account;  ///< [row - first row of home]; no_account: none
};

/// Firms of a sector that move to another market on 1 January of a year.
struct MoveRules {
  std::uint32_t from = 0, to = 0;
  Rows old_rows, new_rows;     ///< of the same firms, in order
  Day date;
  Day settled;                 ///< last deadline of the old market for years before; what they hold follows after it
  std::vector<std::uint32_t> directions;  ///< in SimulationSetup::links, one for each ratio at which vintages are exchanged
  double debt_ratio = 1;       ///< of the newest vintage
};

/// What a run is made of; composed by scenarios/.
struct SimulationSetup {
  RandomKey key;
  FirmTraits traits;
  std::vector<std::shared_ptr<const MarketRules>> markets;
  std::vector<std::shared_ptr<const Strategy>> strategies;  ///< [market]
  std::vector<TraderSetup> traders;                         ///< those without an obligation
  ExchangeRates rates;               ///< between the markets' currencies
  std::vector<LinkRules> links;      ///< directions in order of the scenario's list
  std::vector<MoveRules> moves;      ///< in order of the scenario's list
  std::vector<ForeignAccounts> foreign_accounts;
  Account account_abroad(std::uint32_t home, std::uint32_t abroad, std::uint32_t row) const {
    for (const ForeignAccounts& f : foreign_accounts)
      if (f.home == home && f.abroad == abroad) return f.account[row - markets[home]->rows.first];
    return no_account;
  }
  Ownership ownership;
  Counterparties counterparties;
  SupplyChain supply_chain;          ///< of all sectors, in their order
  ShockRules shocks;
  Day history_from;  ///< first day whose output counts, before the opening
  Day first_day;     ///< first calendar day of the run
  Day last_day;      ///< last calendar day of the run
  std::vector<MeasureState> initial_measures;        ///< as FirmTraits::measure_cost
  int first_year = 0, last_year = 0;                 ///< years for which there are rows and vintages
  YardstickTerms yardstick;
};

/// A message from outside, recorded with the moment at which it reached the exchange: replaying the
/// inbox reproduces the run. `step` counts the session's steps on that day.
struct InboxOrder {
  std::int32_t day = 0;
  std::uint32_t step = 0;
  std::uint32_t market = 0;
  std::uint32_t listing = 0;
  Account account = 0;
  MessageKind message = MessageKind::order;  ///< order, cancel, replace, call_bids, bid, end_bids, outside
  OrderRequest request;                      ///< `id`: of the order to be cancelled or replaced
  Account other = 0;                         ///< of a trade outside the book: the other side of `account`, which is on `request.side`
  TradeKind kind = TradeKind::negotiated;    ///< of a trade outside the book: block or negotiated
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("day", day); v("step", step); v("market", market); v("listing", listing); v("account", account); v("message", message); v("side", request.side);
    v("price", request.price); v("quantity", request.quantity); v("type", request.type);
    v("time_in_force", request.time_in_force); v("replaces", request.replaces); v("display", request.display); v("id", request.id);
    v("other", other); v("kind", kind);
  }
};

/// Who hears of what happens; results/ implements it. Everything passed is valid during the call only.
class Sink : public Tape {
 public:
  void order(const OrderRecord&) override {}
  void trade(const Trade&) override {}
  /// True if the tape is wanted; else order and trade are never called.
  virtual bool wants_tape() const { return false; }
  /// After each message to an exchange and each act of a market's rules: the books of the market are at rest. The tape
  /// so far is that of `listing`, or of all of the market's where the rules have acted.
  virtual void settled(const class Simulation&, std::uint32_t /*market*/, std::uint32_t /*listing*/) {}
  /// After each trading day of a market.
  virtual void day(const class Simulation&, std::uint32_t /*market*/) {}
};

class Simulation {
 public:
  explicit Simulation(std::shared_ptr<const SimulationSetup> setup);

  const SimulationSetup& setup() const { return *setup_; }
  bool finished() const { return today_ >= setup_->last_day || next_trading_day() > setup_->last_day; }
  Day today() const { return today_; }
  const FirmStore& firms() const { return firms_; }
  const std::vector<Market>& markets() const { return markets_; }
  /// Traders that came to the market today.
  std::size_t arrivals(std::size_t market, std::size_t listing) const { return intents_[book(market, listing)].size(); }
  /// What the market's seats of traders have traded, in the order of their accounts.
  const std::vector<TraderAccount>& trader_accounts(std::size_t market) const { return trader_accounts_[market]; }

  /// The next trading day, from announcements to the books' closing. Throws std::logic_error if a tonne
  /// or a cent is missing at the end of it.
  void live_one_day(Sink& sink, Workers& workers);
  /// Day after day to the last one. Asks `go_on` after each; false where it said no.
  bool live(Sink& sink, Workers& workers, const std::function<bool()>& go_on);
  /// The same in three parts, for a session that is watched or joined: `step` lets at most `arrivals`
  /// traders act in each instrument and returns false when all have.
  void begin_day(Sink& sink, Workers& workers);
  bool step(std::uint32_t arrivals, Sink& sink);
  void end_day(Sink& sink, Workers& workers);
  /// After the last day: closes the books of the running year.
  void finish();

  /// A message from outside for the running session; it is recorded in the inbox and sent at once.
  OrderAnswer submit(std::uint32_t market, Account account, const OrderRequest& request, Sink& sink, std::uint32_t listing = 0);
  OrderAnswer cancel(std::uint32_t market, Account account, std::uint64_t order, Sink& sink, std::uint32_t listing = 0);
  OrderAnswer replace(std::uint32_t market, Account account, std::uint64_t order, Price price, Tonnes quantity, Sink& sink, std::uint32_t listing = 0);
  /// A block or negotiated trade between two named accounts, as the market's rules allow.
  Rejection trade_outside(std::uint32_t market, Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind, Sink& sink, std::uint32_t listing = 0);
  /// One-way calls: a single seller or buyer calls bids, others answer, and it ends (at the close at the latest).
  Rejection call_bids(std::uint32_t market, Account caller, Side side, Price worst, Tonnes quantity, Sink& sink, std::uint32_t listing = 0);
  Rejection bid(std::uint32_t market, Account bidder, Price price, Tonnes quantity, Sink& sink, std::uint32_t listing = 0);
  void end_bids(std::uint32_t market, Sink& sink, std::uint32_t listing = 0);
  /// Orders recorded by another run of the same scenario, to be sent at the same moments.
  void replay_inbox(std::vector<InboxOrder> inbox);
  const std::vector<InboxOrder>& inbox() const { return inbox_; }

  // Links, by direction as in SimulationSetup::links.
  const std::vector<LinkBooks>& links() const { return links_; }

  /// Drops what is kept beside the state.
  void forget() {
    for (BlockNotes& notes : notes_) notes.clear();
    ahead_.reset();
  }

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("today", today_);
    v("firms", firms_);
    v("markets", markets_);
    v("intents", intents_);
    v("next_intent", next_intent_);
    v("step", step_);
    v("inbox", inbox_);
    v("next_inbox", next_inbox_);
    v("trader_states", trader_states_);
    v("trader_accounts", trader_accounts_);
    v("turns", turns_);
    v("next_turn", next_turn_);
    v("links", links_);
    v("remitted", remitted_);
    v("moved", moved_);
  }

 private:
  Day next_trading_day() const;
  bool trades_today(std::size_t market) const;
  std::size_t book(std::size_t market, std::size_t listing) const { return markets_[market].rules().first_instrument + listing; }
  StrategyView view(std::size_t market, std::size_t listing, Day yesterday) const;
  void live_through_history();
  void announce(std::size_t market, Sink& sink);
  void operate(Day last, Day today, Workers& workers);
  /// Begins to draw the words of the next trading day.
  void draw_ahead(Workers& workers);
  void plan(std::size_t market, std::size_t listing, Day yesterday, Workers& workers);
  void open_exchange(std::size_t market, std::size_t listing, Sink& sink);
  class Arrivals;
  bool let_one_act(std::size_t market, std::size_t listing, Sink& sink);
  struct Book { std::size_t market; std::uint32_t listing; };
  /// The one book that trades today if nobody but firms can act in it and no clock runs.
  std::optional<Book> only_book_of_firms() const;
  void hold_auctions(std::size_t market, Day yesterday, Workers& workers);
  void hold_calls(std::size_t market, std::uint32_t listing, Sink& sink);
  void send_due_inbox(Sink& sink);
  OrderAnswer send(const InboxOrder& message, Sink& sink);
  /// False for a seat of a trader that is admitted to the exchange later.
  bool is_admitted(std::uint32_t market, Account account) const;
  OrderAnswer record(InboxOrder message, Sink& sink);
  void comply(std::size_t market, Sink& sink);
  void publish(std::size_t market, std::size_t listing);
  // linked_outlook.cpp
  /// Where links of a market are public: its firms expect the path of all linked markets together.
  void expect_links(std::size_t market, Day yesterday);
  void check_conservation(std::size_t market, bool all_units);
  /// Moves the clock of a book's session to the next arrival's time.
  void tell_time(std::size_t market, std::uint32_t listing, Sink& sink);
  // simulation_traders.cpp
  void seat_traders();
  void plan_turns(std::size_t market, std::uint32_t listing);
  /// Lets the next trader of the book act if its moment has come.
  bool act_due_trader(std::size_t market, std::uint32_t listing, Sink& sink);
  friend class SeatDesk;

  // linked_trading.cpp
  void renew_quotas();
  /// Sends allowances over a direction, as far as the account holds them and the quota admits; returns what arrives.
  /// `firm_row`: the firm for which that is.
  Tonnes transfer(std::size_t direction, Account from, Account to, Tonnes quantity, std::optional<std::uint32_t> firm_row);
  /// What a unit of the currency of market `of` costs today in that of market `in`.
  double rate(std::size_t of, std::size_t in) const;
  /// Cash from an account of one market to an account of another, at the day's rate; returns what arrives.
  Cash remit(std::size_t from, Account payer, std::size_t to, Account payee, Cash amount);
  bool is_trading(std::size_t market) const;
  /// A firm with accounts in linked markets sends what of its order trades better there; lowers `request` by it.
  void trade_abroad(std::size_t home, std::uint32_t row, OrderRequest& request, Sink& sink);
  void buy_abroad(std::size_t direction, std::uint32_t row, Account account, OrderRequest& request, Sink& sink);
  void sell_abroad(std::size_t direction, std::uint32_t row, Account account, OrderRequest& request, Sink& sink);
  OrderAnswer take_abroad(std::size_t abroad, Account account, const OrderRequest& request, Sink& sink);
  void check_links() const;

  // firm_moves.cpp
  void move_firms(Sink& sink);
  void begin_anew(const MoveRules& move);
  void bring_holdings(const MoveRules& move, Sink& sink);

  std::shared_ptr<const SimulationSetup> setup_;
  Day today_, yesterday_;
  FirmStore firms_;
  std::vector<Market> markets_;
  std::vector<std::vector<Intent>> intents_;   ///< [instrument of the run], in order of arrival
  std::vector<std::uint32_t> next_intent_;     ///< [instrument of the run]
  std::uint32_t step_ = 0;
  std::vector<InboxOrder> inbox_;
  std::uint64_t next_inbox_ = 0;
  std::vector<TraderState> trader_states_;                   ///< [trader]
  std::vector<std::vector<TraderAccount>> trader_accounts_;  ///< [market][seat]
  std::vector<std::vector<TraderTurn>> turns_;               ///< [book], of today, in order
  std::vector<std::uint32_t> next_turn_;                     ///< [book]
  std::vector<LinkBooks> links_;               ///< [direction]
  std::vector<Cash> remitted_;                 ///< [market], out to other markets less in from them
  std::vector<std::uint8_t> moved_;            ///< [move] 1: the firms have begun in the new market, 2: what they hold has followed
  // No part of the state: they change no result. Forks read the same ones.
  std::vector<BlockNotes> notes_;              ///< [instrument of the run], from plan to close
  std::shared_ptr<DayAhead> ahead_;
};

/// Bytes from which `load_state` restores a simulation of the same setup.
std::vector<std::byte> save_state(Simulation& simulation);
/// Throws std::runtime_error where the bytes are not a state of this setup.
void load_state(Simulation& simulation, std::span<const std::byte> bytes);

}  // namespace tantu
