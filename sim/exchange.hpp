// The exchange of one instrument: a session over one order book, in a run as in a replay of recorded orders.
//
// What it does with a message follows from ExchangeRules (sim/exchange_rules.hpp), its clock (`advance`) and what
// it has done before; who owns what it asks of a Custody (sim/custody.hpp). Each message is either taken or
// rejected for one reason, and a rejected one changes nothing but the counts of messages. The reasons are looked for in this order: closed,
// halted; the order to be replaced or cancelled does not rest; market orders; what a call takes; quantity, lot, largest order;
// price range, tick, daily limits, distance from the last price; value; an account where a rule asks for one;
// message rate, ratio of orders to trades; allowances, position and group limits; cash; an order with this id rests already.
//
// Means. A sell order must be covered by the account's allowances less what its resting sell orders may deliver
// less (resale barred) what it bought today; a buy order by cash and credit less what its resting buy orders may
// cost, a market order by what it would pay now. Cash of a sale is usable at once. Fills move allowances, cash and
// fees at once, exactly.
//
// The day. The reference is the previous close: the volume-weighted average of the day's listed trades, its last
// trade or the price of its last call; a day without trades keeps it or moves it to the best quote that waits. At
// the close orders for the day leave; at the next opening what rests outside the new limits.
//
// Call. Orders are collected and trade at its end at the one price with the largest volume, then the least
// imbalance, then where all imbalances are of buyers the highest, of sellers the lowest, else the price nearest to
// the reference (sim/call_price.hpp). Two orders of one account lose there what they would trade, where self-trades
// are prevented.
//
// Interruption. An order trades up to the collars; where it would trade beyond them, what is left of a limit order
// waits and a call begins, which lasts `interruption` or to the end of the part of the day, and whose price is the
// new static reference. The dynamic collar lies around the last trade before the order.
//
// Verified by tests/unit/test_exchange.cpp and those with a session_floor.hpp (sessions worked by hand),
// tests/oracle/test_exchange.cpp (against a slow book), tests/unit/test_replay.cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "sim/custody.hpp"
#include "sim/date.hpp"
#include "sim/exchange_rules.hpp"
#include "sim/order.hpp"
#include "sim/order_book.hpp"
#include "sim/registry.hpp"

namespace tantu {

/// The clock of a session that has none.
inline constexpr std::int64_t no_time = -1;

struct Trade {
  std::int32_t day = 0;
  std::uint32_t sequence = 0;      ///< number of the message of the day that caused it; in a call the last one before
  TradeKind kind = TradeKind::listed;
  Side aggressor = Side::buy;      ///< without meaning in a call
  Account buyer = 0, seller = 0;
  std::uint64_t buy_order = 0, sell_order = 0;
  Price price;
  Tonnes quantity;
  std::int64_t time = no_time;
  Cash buyer_fee{}, seller_fee{};
  std::uint32_t instrument = 0;    ///< number of the exchange's instrument
};

/// What a message to the exchange, or a decision of its own, asked for.
/// `outside`: a trade between two named accounts, which the tape tells as a trade alone. `lapse`: what leaves an order untraded
/// because it met one of its own account, or because a listed agreement reaches no further; with the number of its cause.
enum class MessageKind : std::uint8_t { order, cancel, replace, halt, resume, opening, closing, call_bids, bid, end_bids, outside, lapse };

/// One line of the tape. Of a replacement, price and quantity are the new ones.
struct OrderRecord {
  std::int32_t day = 0;
  std::uint32_t sequence = 0;
  std::uint64_t order = 0;
  Account account = 0;
  Side side = Side::buy;
  MessageKind message = MessageKind::order;
  Rejection rejection = Rejection::none;
  Price price;
  Tonnes quantity;
  OrderType type = OrderType::limit;
  TimeInForce time_in_force = TimeInForce::by_rule;
  Tonnes display{};
  std::int64_t time = no_time;
  std::uint32_t instrument = 0;
  bool cancel() const { return message == MessageKind::cancel; }
};

/// What an account owned before its first message of the day.
struct PositionRecord {
  std::int32_t day = 0;
  Account account = 0;
  Tonnes allowances;
  Cash cash;
  std::uint32_t instrument = 0;
};

/// Who hears of orders and trades as they happen; results/ implements it for the tape.
class Tape {
 public:
  virtual ~Tape() = default;
  virtual void order(const OrderRecord&) = 0;
  virtual void trade(const Trade&) = 0;
  virtual void position(const PositionRecord&) {}
  /// False: order and position are never called, which saves their making.
  bool hears_orders = true;
};

/// What a session adds up to, published after the close.
struct SessionTotals {
  Price open, high, low, last, close, vwap_all;
  Price bid, ask;              ///< best quotes at the close; 0 where there is none
  Price limit_low, limit_high; ///< the day's limits; 0 where there are none
  Tonnes bid_depth, ask_depth; ///< resting at the close, all prices
  Tonnes listed, block, group;
  Cash listed_turnover, block_turnover, group_turnover;
  std::int64_t listed_trades = 0, block_trades = 0, group_trades = 0;
  std::int64_t orders = 0, rejected = 0, active_accounts = 0;
  std::int64_t trades_at_limit = 0;
  double spread_sum = 0;       ///< of (ask - bid) in ticks after each order while both sides were quoted
  std::int64_t spread_count = 0;
  Tonnes call, negotiated, one_way;      ///< `call` is part of `listed`
  Cash negotiated_turnover, one_way_turnover;
  std::int64_t negotiated_trades = 0, one_way_trades = 0;
  std::int64_t halts = 0, interruptions = 0, messages = 0;
  Tonnes self_trades_prevented;
  Cash fees;
  std::int64_t maker_present = 0, maker_time = 0;  ///< summed over makers, units of the clock
  /// Adds volumes, turnovers and counts of another book of the same day, not its prices and quotes.
  void add_activity(const SessionTotals& other);
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("open", open); v("high", high); v("low", low); v("last", last); v("close", close); v("vwap_all", vwap_all);
    v("bid", bid); v("ask", ask); v("limit_low", limit_low); v("limit_high", limit_high); v("bid_depth", bid_depth);
    v("ask_depth", ask_depth); v("listed", listed); v("block", block); v("group", group);
    v("listed_turnover", listed_turnover); v("block_turnover", block_turnover); v("group_turnover", group_turnover);
    v("listed_trades", listed_trades); v("block_trades", block_trades); v("group_trades", group_trades);
    v("orders", orders); v("rejected", rejected); v("active_accounts", active_accounts);
    v("trades_at_limit", trades_at_limit); v("spread_sum", spread_sum); v("spread_count", spread_count); v("call", call);
    v("negotiated", negotiated); v("one_way", one_way); v("negotiated_turnover", negotiated_turnover);
    v("one_way_turnover", one_way_turnover); v("negotiated_trades", negotiated_trades); v("one_way_trades", one_way_trades);
    v("halts", halts); v("interruptions", interruptions); v("messages", messages);
    v("self_trades_prevented", self_trades_prevented); v("fees", fees); v("maker_present", maker_present);
    v("maker_time", maker_time);
  }
};

struct OrderRequest {
  Side side = Side::buy;
  Price price;
  Tonnes quantity;
  OrderType type = OrderType::limit;
  TimeInForce time_in_force = TimeInForce::by_rule;
  bool replaces = false;         ///< all that rests of the account leaves for it
  Tonnes display{};              ///< of an iceberg; 0: all is shown
  std::uint64_t id = no_order;   ///< no_order: the exchange numbers it
};
/// The price of a request whose price is of no tick of account at all.
inline constexpr Price off_every_tick{std::numeric_limits<std::int64_t>::min()};

/// What became of a request.
struct OrderAnswer {
  Rejection rejection = Rejection::none;
  std::uint64_t order = no_order;  ///< its number, where it was taken
  Tonnes filled{}, open{};         ///< traded at once, now resting
};

/// How a market maker has met its obligation, in units of the clock (messages where there is none).
struct MakerPresence {
  Account account = 0;
  std::int32_t quotes = 0;         ///< 1: its quotes meet the obligation now
  std::int64_t present = 0, total = 0;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("account", account); v("quotes", quotes); v("present", present); v("total", total);
  }
};

class Exchange {
 public:
  Exchange() = default;
  /// Trades `instrument`. Accounts 0 .. accounts-1. `keeps_accounts` false: orders are strangers' and nothing is asked or settled.
  /// `number` tells its instrument on the tape from others of the run.
  Exchange(std::uint32_t accounts, Price opening_reference, bool keeps_accounts = true,
           const Instrument& instrument = {}, std::uint32_t number = 0);

  const Instrument& instrument() const { return instrument_; }

  Price reference() const { return reference_; }
  Price limit_low() const { return totals_.limit_low; }
  Price limit_high() const { return totals_.limit_high; }
  bool is_open() const { return phase_ != SessionPhase::closed; }
  SessionPhase phase() const { return phase_; }
  bool is_halted() const { return halted_ > 0; }
  bool is_interrupted() const { return interruption_until_ != never_ends; }
  const SessionTotals& totals() const { return totals_; }
  const OrderBook& book() const { return book_; }
  std::optional<Price> best_bid() const { return book_.best_bid(); }
  std::optional<Price> best_ask() const { return book_.best_ask(); }
  std::uint32_t sequence() const { return sequence_; }
  std::int64_t now() const { return now_; }
  /// Quantity that self-trade prevention has withdrawn so far.
  Tonnes self_trades_prevented() const { return prevented_; }

  /// Quantity that the account may offer: holdings less frozen, less what it bought today (if resale is barred).
  Tonnes free(const Registry& registry, Account account, const ExchangeRules& rules) const {
    return instrument_.holding(registry, account) - standing_[account].selling - (rules.resale_same_day ? Tonnes{} : standing_[account].bought_today);
  }
  /// Its resting orders, oldest first; only of accounts whose orders are listed (all in a run, makers in a replay).
  template <class F>
  void for_each_order_of(Account account, F&& f) const {
    for (const OrderHandle handle : own_[account])
      if (const auto order = book_.find(handle)) f(*order);
  }

  /// Hints that a message of the account comes soon; nothing but speed. Best called for one account in this order, some
  /// messages apart, since each looks at what the one before has fetched.
  void prefetch(Account account) const {
    __builtin_prefetch(&standing_[account], 1);
    __builtin_prefetch(&own_[account], 1);
  }
  void prefetch_orders(Account account) const {
    if (!own_[account].empty()) __builtin_prefetch(&own_[account].back(), 1);
  }
  void prefetch_book(Account account) const {
    if (!own_[account].empty()) book_.prefetch(own_[account].back());
  }
  void prefetch_withdrawal(Account account) const {
    if (!own_[account].empty()) book_.prefetch_withdrawal(own_[account].back());
  }

  // ---- who takes part ----
  Account open_account();
  /// Puts an account under the obligations of a market maker.
  void appoint_maker(Account account);
  const std::vector<MakerPresence>& makers() const { return makers_; }
  /// Accounts of one group share `group_limit`.
  void join_group(Account account, std::uint32_t group);

  // ---- the day ----
  void open(Day today, const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Moves the clock on to `now` (nanoseconds after midnight), through all that falls due on the way.
  void advance(std::int64_t now, const ExchangeRules& rules, Custody& custody, Tape* tape) {
    if (now >= next_change_) [[unlikely]] live_through(now, rules, custody, tape);
    now_ = now;
  }
  /// Lives through the rest of the day's timetable, as if its last part ended now.
  void end_parts(const ExchangeRules& rules, Custody& custody, Tape* tape) { live_through(at_close, rules, custody, tape); }
  /// Ends the session: calls trade, day orders leave, the close and the next reference are fixed.
  void close(const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Fixes the figures that include trades after the close.
  void finish_day();
  void halt(Tape* tape);
  void resume(const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Seconds after midnight of a share of the day's trading time, breaks left out; no_time without a timetable.
  static std::int64_t time_at(double share, const ExchangeRules& rules);

  // ---- messages ----
  OrderAnswer submit(Account account, const OrderRequest& request, const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// `account` no_account: whoever owns the order. Cancellations are taken at any time.
  Rejection cancel(Account account, std::uint64_t id, const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// New price or open quantity; what is absent stays. Priority is kept where the quantity alone falls.
  OrderAnswer replace(Account account, std::uint64_t id, std::optional<Price> price, std::optional<Tonnes> quantity,
                 const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Lowers the open quantity; an order with no more than that goes.
  Rejection reduce(std::uint64_t id, Tonnes by, const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Withdraws all that rests of an account.
  void withdraw(Account account, Custody& custody, Tape* tape);
  /// A trade between two named accounts outside the book. `kind` is block, group or negotiated.
  Rejection trade_block(Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind,
                        const ExchangeRules& rules, Custody& custody, Tape* tape);
  // ---- one-way calls (exchange_one_way.cpp): a single seller or buyer calls bids ----

  /// `limit` is the worst price that the caller takes. The bids that the call is answered with, best price and
  /// oldest first, trade when it ends; what the caller offers and what is bid is frozen until then.
  Rejection call_bids(Account caller, Side side, Price limit, Tonnes quantity, const ExchangeRules& rules, Custody& custody, Tape* tape);
  Rejection bid(Account bidder, std::uint64_t id, Price price, Tonnes quantity, const ExchangeRules& rules, Custody& custody, Tape* tape);
  /// Without effect where no call is running. At the close every call ends.
  void end_bids(const ExchangeRules& rules, Custody& custody, Tape* tape);

  /// Cancels everything that rests (units change their nature).
  void clear_book(Custody& custody, Tape* tape);
  /// Lets an order rest that was there before the first message, unmatched and unchecked.
  void seed(const NewOrder& order) { book_.collect(order); }
  void set_reference(Price price) { reference_ = price; }

  Price block_low(const ExchangeRules& rules) const { return band_low(rules, rules.block_limit); }
  Price block_high(const ExchangeRules& rules) const { return band_high(rules, rules.block_limit); }
  Price negotiated_low(const ExchangeRules& rules) const { return band_low(rules, rules.negotiated_limit); }
  Price negotiated_high(const ExchangeRules& rules) const { return band_high(rules, rules.negotiated_limit); }
  Price one_way_low(const ExchangeRules& rules) const { return band_low(rules, rules.one_way_limit); }
  Price one_way_high(const ExchangeRules& rules) const { return band_high(rules, rules.one_way_limit); }

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("book", book_);
    v("reference", reference_);
    v("session_reference", session_reference_);
    v("static_reference", static_reference_);
    v("call_price", call_price_);
    v("phase", phase_);
    v("halted", halted_);
    v("keeps_accounts", keeps_accounts_);
    v("today", today_);
    v("session", session_);
    v("sequence", sequence_);
    v("next_order", next_order_);
    v("now", now_);
    v("next_change", next_change_);
    v("interruption_until", interruption_until_);
    v("agenda", agenda_);
    v("next_entry", next_entry_);
    v("clear_low", clear_low_);
    v("clear_high", clear_high_);
    v("collar_low", collar_low_);
    v("collar_high", collar_high_);
    v("bounds_around", bounds_around_);
    v("band_low", band_low_);
    v("band_high", band_high_);
    v("band_width", band_width_);
    v("misses", misses_);
    v("totals", totals_);
    v("prevented", prevented_);
    v("standing", standing_);
    v("own", own_);
    v("touched", touched_);
    v("group_bidding", group_bidding_);
    v("group_members", group_members_);
    v("makers", makers_);
    v("makers_at", makers_at_);
    v("instrument", instrument_);
    v("number", number_);
    v("one_way_runs", one_way_runs_);
    v("one_way", one_way_);
    v("bids", bids_);
    v("makers_changed", makers_changed_);
    v("turnover", turnover_);
  }

 private:
  static constexpr std::int64_t never_ends = std::numeric_limits<std::int64_t>::max();
  static constexpr std::int64_t at_close = never_ends - 1;
  __extension__ typedef __int128 Wide;
  static constexpr std::uint32_t no_group = std::numeric_limits<std::uint32_t>::max();
  /// What the exchange knows of an account, besides what the custody says.
  struct alignas(64) Standing {
    Tonnes selling, bidding;             ///< in resting orders
    Tonnes bought_today;
    std::int32_t active_on = -1;         ///< last day with an order or trade
    std::int32_t seen_on = 0;            ///< last session with a message or trade
    std::uint32_t messages = 0, trades = 0;  ///< of the day
    std::int64_t second = no_time;       ///< the last one with a message
    std::uint32_t in_second = 0;
    std::uint32_t group = no_group;
    std::uint32_t maker = no_group;      ///< place in makers_
    std::uint32_t listed = 0;            ///< 1: own_ holds its orders
  };
  /// Something that falls due at a time of the day. In order of `what` where the times are equal.
  struct Entry {
    enum What : std::int64_t { end_of_part, halt, resume, begin_call, begin_continuous };
    std::int64_t time = 0;
    std::int64_t what = end_of_part;
  };

  /// An offer in a one-way call; the caller's as well.
  struct Bid {
    std::uint64_t id = 0;
    Price price;
    Tonnes quantity;
    std::uint32_t account = 0;
    std::uint32_t side = 0;
  };

  void touch(Account account);
  void freeze(Account account, Side side, Price price, Tonnes quantity, Custody& custody);
  void settle(Trade& trade, bool buyer_rests, bool seller_rests, const ExchangeRules& rules, Custody& custody);
  void list(Account account, OrderHandle handle);
  void count_listed(const Trade& trade, const ExchangeRules& rules);
  void see(Account account, const Custody& custody, Tape* tape);
  Price last_price() const { return totals_.listed_trades > 0 ? totals_.last : static_reference_; }

  // exchange_day.cpp
  void live_through(std::int64_t now, const ExchangeRules& rules, Custody& custody, Tape* tape);
  void plan_day(const ExchangeRules& rules);
  void set_next_change();
  void set_bounds(const ExchangeRules& rules);
  void begin_continuous(const ExchangeRules& rules, Custody& custody, Tape* tape);
  void uncross(const ExchangeRules& rules, Custody& custody, Tape* tape);
  void interrupt(const ExchangeRules& rules);
  void watch_makers();
  void look_at_quotes(const ExchangeRules& rules);
  Price band_low(const ExchangeRules& rules, double share) const;
  Price band_high(const ExchangeRules& rules, double share) const;
  void tell(MessageKind what, Tape* tape) const;
  void tell_lapse(std::uint64_t order, Account account, Side side, Price price, Tonnes lost, Tape* tape) const;

  // exchange_orders.cpp
  Rejection check_quantity(Tonnes quantity, const ExchangeRules& rules) const;
  Rejection check_price(Price price, const ExchangeRules& rules) const;
  Rejection check_rate(Account account, const ExchangeRules& rules);
  Rejection check_means(Account account, Side side, std::optional<Price> price, Tonnes quantity, Tonnes old_quantity,
                        Cash old_cost, const ExchangeRules& rules, const Custody& custody) const;
  Rejection check_request(Account account, const OrderRequest& request, const ExchangeRules& rules, const Custody& custody);
  std::optional<Cash> cost_now(Side side, Tonnes quantity) const;
  template <class Action>
  Placement with_rule(std::uint64_t order, const ExchangeRules& rules, Custody& custody, Tape* tape, Action&& action);
  struct FillSink;
  Placement enter(const NewOrder& order, const ExchangeRules& rules, Custody& custody, Tape* tape);
  Placement enter_within_collars(const NewOrder& order, const ExchangeRules& rules, Custody& custody, Tape* tape);
  void release(const RestingOrder& order, Custody& custody, Tape* tape);
  void end_message(const ExchangeRules& rules);
  void sample_spread();
  void make_room(Price price);

  Instrument instrument_;
  std::uint32_t number_ = 0;
  OrderBook book_{IdLookup::on};
  Price reference_, session_reference_;  ///< of the next opening; of the day, hence of the block band
  Price static_reference_;               ///< of the static collar: the opening reference, then each call's price
  Price call_price_;                     ///< of the day's last call with a trade; 0: none
  SessionPhase phase_ = SessionPhase::closed;
  std::int32_t halted_ = 0;              ///< halts that last
  bool keeps_accounts_ = true;
  std::int32_t today_ = 0;
  std::int32_t session_ = 0;             ///< number of sessions so far: orders rest for sessions, not for calendar days
  std::uint32_t sequence_ = 0;
  std::uint64_t next_order_ = 1;
  std::int64_t now_ = no_time;
  std::int64_t next_change_ = never_ends;         ///< when something falls due next
  std::int64_t interruption_until_ = never_ends;  ///< end of the running interruption; never_ends: there is none
  std::vector<Entry> agenda_;            ///< of the day, in order
  std::uint64_t next_entry_ = 0;
  // Prices that no rule of the day rejects, and those at which an order may trade without interrupting.
  Price clear_low_, clear_high_, collar_low_, collar_high_;
  Price bounds_around_;                  ///< the last price that these follow from
  // The dense band of the book follows the prices: it is speed, never a result.
  std::int64_t band_low_ = 0, band_high_ = -1, band_width_ = 2048, misses_ = 0;
  SessionTotals totals_;
  Tonnes prevented_;
  std::vector<Standing> standing_;       ///< [account]
  std::vector<std::vector<OrderHandle>> own_;  ///< [account], oldest first; names of orders that are gone are stale
  std::vector<Account> touched_;         ///< accounts with something to reset at the next opening
  std::vector<Tonnes> group_bidding_;    ///< [group], in resting bids
  std::vector<std::vector<Account>> group_members_;
  bool one_way_runs_ = false;
  Bid one_way_;                          ///< the caller's offer
  std::vector<Bid> bids_;                ///< in order of their coming
  std::vector<MakerPresence> makers_;
  std::int64_t makers_at_ = no_time;     ///< up to when presence is counted
  bool makers_changed_ = false;          ///< an order of theirs since their quotes were looked at
  Wide turnover_ = 0;                    ///< of listed trades of the day, which 64 bits may not hold in a replay
  std::uint32_t picks_ = 0;              ///< draws of the current message
};

/// The price limits around a reference: rounded inward to the tick, at least one tick.
Price lower_limit(Price reference, double share, Price tick);
Price upper_limit(Price reference, double share, Price tick);

}  // namespace tantu
