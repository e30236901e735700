// The exchange of one market: a session that is stepped, over one order book.
//
// Rules (each a parameter of the scenario's `exchange`): tick, daily price limit around the reference
// price, largest listed order, block trades with their own least size and band, no resale on the day of
// purchase, cover by holdings and credit. The reference is the previous close: the volume-weighted
// average of the day's listed trades; a day without trades keeps it or moves it to the best quote.
// Orders freeze what they may need; fills move allowances and cash at once, exactly.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/clearing.hpp"
#include "sim/date.hpp"
#include "sim/order.hpp"
#include "sim/order_book.hpp"
#include "sim/registry.hpp"

namespace tantu {

enum class ReferenceWithoutTrade : std::uint8_t { keep, quote };

/// How a taker meets what rests: strict price and time, or the listed agreement of the Chinese national
/// market (the best five opposite prices, at one price any counterparty by a keyed draw).
enum class Matching : std::uint8_t { price_time, listed_agreement };

/// What happens when two orders of one account would trade.
enum class SelfTrade : std::uint8_t { allow, cancel_newest, cancel_oldest, cancel_both, decrement };

/// The rules of an exchange, prices in ticks of account.
struct ExchangeRules {
  Price tick{1};
  double price_limit = 0.10;            ///< share of the reference; 0: none
  Tonnes listed_most{99'999};           ///< largest listed order; 0: unlimited
  Tonnes block_least{100'000};          ///< smallest block trade; 0: no block market
  double block_limit = 0.30;            ///< share of the reference; 0: none
  bool resale_same_day = false;         ///< what is bought today may be sold today
  ReferenceWithoutTrade reference_without_trade = ReferenceWithoutTrade::keep;
  int order_days = 1;                   ///< an order rests this many trading days; 0: until cancelled
  std::optional<Cash> credit;           ///< how far a cash balance may go below zero; none: no limit

  // Applied by MatchingSession (sim/matching_session.hpp) only.
  Tonnes lot{1};                        ///< quantities are multiples of it
  Matching matching = Matching::price_time;
  SelfTrade self_trade = SelfTrade::allow;
  bool market_orders = true;
  bool short_sale = false;              ///< allowances may be sold that the account does not hold
};

/// No limits: every order on the tick is taken, rests until cancelled, and nobody's means are looked at.
inline ExchangeRules open_rules() {
  ExchangeRules rules;
  rules.price_limit = rules.block_limit = 0;
  rules.listed_most = rules.block_least = Tonnes{};
  rules.resale_same_day = rules.short_sale = true;
  rules.order_days = 0;
  return rules;
}

enum class Rejection : std::uint8_t {
  none, outside_limits, off_tick, bad_quantity, too_large, not_covered_allowances, not_covered_cash, too_small, not_open,
  duplicate_id, unknown_order, off_lot, market_order, no_account, price_out_of_range
};
inline constexpr std::array<std::string_view, 15> rejection_names{
    "none", "outside the price limits", "not on the tick", "quantity not above zero", "larger than a listed order may be",
    "more than the account may sell", "more than the account can pay", "smaller than a block trade must be", "the session is closed",
    "an order with this id rests already", "no order with this id rests", "not a multiple of the lot", "market orders are not allowed",
    "no account is named", "price beyond what the book can hold"};

enum class TradeKind : std::uint8_t { listed, block, group };

struct Trade {
  std::int32_t day = 0;
  std::uint32_t sequence = 0;      ///< number of the event of the day that caused it
  TradeKind kind = TradeKind::listed;
  Side aggressor = Side::buy;
  Account buyer = 0, seller = 0;
  std::uint64_t buy_order = 0, sell_order = 0;
  Price price;
  Tonnes quantity;
};

/// What was sent to the exchange: a new order or the cancellation of one.
struct OrderRecord {
  std::int32_t day = 0;
  std::uint32_t sequence = 0;
  std::uint64_t order = 0;
  Account account = 0;
  Side side = Side::buy;
  bool cancel = false;
  Rejection rejection = Rejection::none;
  Price price;
  Tonnes quantity;
};

/// Who hears of orders and trades as they happen; results/ implements it for the tape.
class Tape {
 public:
  virtual ~Tape() = default;
  virtual void order(const OrderRecord&) = 0;
  virtual void trade(const Trade&) = 0;
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
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("open", open); v("high", high); v("low", low); v("last", last); v("close", close); v("vwap_all", vwap_all);
    v("bid", bid); v("ask", ask); v("limit_low", limit_low); v("limit_high", limit_high); v("bid_depth", bid_depth);
    v("ask_depth", ask_depth); v("listed", listed); v("block", block); v("group", group);
    v("listed_turnover", listed_turnover); v("block_turnover", block_turnover); v("group_turnover", group_turnover);
    v("listed_trades", listed_trades); v("block_trades", block_trades); v("group_trades", group_trades);
    v("orders", orders); v("rejected", rejected); v("active_accounts", active_accounts);
    v("trades_at_limit", trades_at_limit); v("spread_sum", spread_sum); v("spread_count", spread_count);
  }
};

struct OrderRequest {
  Side side = Side::buy;
  Price price;
  Tonnes quantity;
};

class Exchange {
 public:
  Exchange() = default;
  Exchange(std::uint32_t accounts, Price opening_reference);

  Price reference() const { return reference_; }
  Price limit_low() const { return totals_.limit_low; }
  Price limit_high() const { return totals_.limit_high; }
  bool is_open() const { return open_; }
  const SessionTotals& totals() const { return totals_; }
  const OrderBook& book() const { return book_; }
  std::optional<Price> best_bid() const { return book_.best_bid(); }
  std::optional<Price> best_ask() const { return book_.best_ask(); }
  std::uint32_t sequence() const { return sequence_; }

  /// Quantity that the account may offer: holdings less frozen, less what it bought today (if resale is barred).
  Tonnes free(const Registry& registry, Account account, const ExchangeRules& rules) const {
    return registry.holding(account) - frozen_[account] - (rules.resale_same_day ? Tonnes{} : bought_today_[account]);
  }

  void open(Day today, const ExchangeRules& rules, Clearing& clearing);
  /// Sends a limit order; a resting order of the same account is replaced by it. Fills settle at once.
  Rejection submit(Account account, const OrderRequest& request, const ExchangeRules& rules, Registry& registry,
                   Clearing& clearing, Tape* tape);
  /// Withdraws the account's resting order, if it has one.
  void withdraw(Account account, Clearing& clearing, Tape* tape);
  /// A trade between two named accounts outside the book. `kind` is block or group.
  Rejection trade_block(Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind,
                        const ExchangeRules& rules, Registry& registry, Clearing& clearing, Tape* tape);
  /// Ends the session: day orders leave, the close and the next reference are fixed.
  void close(const ExchangeRules& rules, Clearing& clearing);
  /// Fixes the figures that include trades after the close.
  void finish_day();
  /// Cancels everything that rests (units change their nature).
  void clear_book(Clearing& clearing, Tape* tape);
  void set_reference(Price price) { reference_ = price; }

  Price block_low(const ExchangeRules& rules) const;
  Price block_high(const ExchangeRules& rules) const;

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("book", book_);
    v("reference", reference_);
    v("open", open_);
    v("today", today_);
    v("session", session_);
    v("sequence", sequence_);
    v("next_order", next_order_);
    v("totals", totals_);
    v("order_of", order_of_);
    v("frozen", frozen_);
    v("bought_today", bought_today_);
    v("touched", touched_);
    v("active_on", active_on_);
    v("block_reference", block_reference_);
  }

 private:
  struct Resting {
    OrderHandle handle;
    Price price;
    Side side = Side::buy;
    Tonnes open;
    std::uint64_t id = 0;
    template <class Visitor>
    void visit_state(Visitor& v) {
      v("handle", handle); v("price", price); v("side", side); v("open", open); v("id", id);
    }
  };
  void touch(Account account);
  void unfreeze(Account account, Side side, Price price, Tonnes quantity, Clearing& clearing);
  void settle(const Trade& trade, Registry& registry, Clearing& clearing);

  OrderBook book_;
  Price reference_;
  bool open_ = false;
  std::int32_t today_ = 0;
  std::int32_t session_ = 0;             ///< number of sessions so far: orders rest for sessions, not for calendar days
  std::uint32_t sequence_ = 0;
  std::uint64_t next_order_ = 1;
  SessionTotals totals_;
  std::vector<Resting> order_of_;        ///< [account]: an account has at most one resting order
  std::vector<Tonnes> frozen_;           ///< [account], allowances in resting sell orders
  std::vector<Tonnes> bought_today_;     ///< [account]
  std::vector<Account> touched_;         ///< accounts with something to reset at the next opening
  std::vector<std::int32_t> active_on_;  ///< [account]: last day with an order or trade
  Price block_reference_;                ///< reference of the block band: the previous close
};

/// The price limits around a reference: rounded inward to the tick.
Price lower_limit(Price reference, double share, Price tick);
Price upper_limit(Price reference, double share, Price tick);

}  // namespace tantu
