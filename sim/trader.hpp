// The interface of those who trade without an obligation: market makers, speculators, funds, manipulators.
//
// A trader is immutable and shared; what it remembers is a TraderState, what it has traded a TraderAccount, both
// owned by the simulation. It has one or more seats: accounts, each at one exchange. On a trading day of its first
// seat's market it acts at moments of its own among the firms' arrivals, each time once, one after the other: it
// sees what is public and its own accounts (BookView), and sends messages to the same exchange as the firms
// (TraderDesk). Its draws are keyed by its entity, so that another trader changes nobody's.
//
// Means: a seat starts with cash and allowances, and its cash may not fall below -credit. Nobody sells short.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/link.hpp"
#include "sim/market.hpp"

namespace tantu {

/// An account of a trader, and the rules that its orders obey: those of the exchange with its own credit.
struct TraderSeat {
  std::string name;
  std::uint32_t market = 0, listing = 0;  ///< whose book
  Account account = 0;
  Cash cash;                ///< at the start
  Tonnes allowances;        ///< at the start
  Day admitted{std::numeric_limits<std::int32_t>::min()};  ///< first day on which the exchange takes its orders
  ExchangeRules rules;
};

/// What a trader remembers. Each kind says what its numbers mean; all start at zero.
struct TraderState {
  std::deque<double> numbers;
  std::vector<std::uint64_t> orders;
  /// numbers[i], which is made zero first where it does not exist. A reference to it stays good when others come to be.
  double& number(std::size_t i) {
    if (numbers.size() <= i) numbers.resize(i + 1, 0.0);
    return numbers[i];
  }
  template <class Visitor>
  void visit_state(Visitor& v) { v("numbers", numbers); v("orders", orders); }
};

/// What a seat has traded since the start.
struct TraderAccount {
  Tonnes bought, sold;
  Cash paid, received, fees;
  Tonnes moved;               ///< in over links less out, between the trader's own seats
  Cash remitted;              ///< likewise
  std::int64_t orders = 0, refused = 0, cancelled = 0;
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("bought", bought); v("sold", sold); v("paid", paid); v("received", received); v("fees", fees);
    v("moved", moved); v("remitted", remitted); v("orders", orders); v("refused", refused); v("cancelled", cancelled);
  }
};

/// A moment of the day at which a trader acts.
struct TraderTurn {
  double at = 0;               ///< share of the day's arrivals that have come before
  std::uint32_t trader = 0;
  std::uint32_t number = 0;    ///< of the trader's turns today, from 0
  template <class Visitor>
  void visit_state(Visitor& v) { v("at", at); v("trader", trader); v("number", number); }
};

/// One book as a trader sees it: what is public, and its own seat. Prices in ticks of account unless `currency`
/// is in the name.
class BookView {
 public:
  BookView(const Market& market, const TraderSeat& seat, const TraderAccount& traded) : market_(market), seat_(seat), traded_(traded) {}

  // what is public
  const ExchangeRules& rules() const { return seat_.rules; }
  bool is_continuous() const { return exchange().phase() == SessionPhase::continuous && !exchange().is_halted(); }
  std::optional<Price> bid() const { return exchange().best_bid(); }
  std::optional<Price> ask() const { return exchange().best_ask(); }
  /// What is shown at the best price of a side.
  Tonnes shown_at_best(Side side) const;
  /// Today's limits; without limits from one tick to what the book can hold.
  Price lowest() const { return rules().price_limit > 0 ? exchange().limit_low() : rules().tick; }
  Price highest() const { return rules().price_limit > 0 ? exchange().limit_high() : Price{(1 << 30) / rules().tick.count * rules().tick.count}; }
  Price close() const { return board().close; }
  /// The middle of the best quotes; beside one quote the close, moved to the quote where it crosses it.
  double middle() const;
  /// F of the market in ticks of account; its 120-day average before there is one.
  double anchor() const;
  double price_scale() const { return market_.rules().price_scale; }
  const PriceHistory& prices() const { return market_.listings.size() > 1 ? market_.listings[seat_.listing].prices : market_.prices; }
  Day today() const { return board().today; }
  /// Trading days to the next surrender deadline; -1: none.
  int days_to_deadline() const;
  /// What developing credits costs, of a book of offsets; currency per tonne.
  OffsetCosts offset_costs() const { return market_.offset_costs(seat_.listing); }

  // its own seat
  Tonnes held() const { return instrument().holding(market_.registry, seat_.account); }
  /// What it may offer now.
  Tonnes free() const { return exchange().free(market_.registry, seat_.account, seat_.rules); }
  Cash cash() const { return market_.clearing.balance(seat_.account); }
  /// What it may still commit to bids.
  Cash spendable() const { return cash() + seat_.rules.credit.value_or(Cash{}) - market_.clearing.frozen(seat_.account); }
  Tonnes endowment() const { return seat_.allowances; }
  Cash starting_cash() const { return seat_.cash; }
  /// All that it has bought and sold so far.
  const TraderAccount& traded() const { return traded_; }
  template <class F>
  void for_each_order(F&& f) const { exchange().for_each_order_of(seat_.account, std::forward<F>(f)); }

 private:
  const Exchange& exchange() const { return market_.listings[seat_.listing].exchange; }
  const MarketBoard& board() const { return market_.listings[seat_.listing].board; }
  const Instrument& instrument() const { return market_.rules().listings[seat_.listing].instrument; }
  const Market& market_;
  const TraderSeat& seat_;
  const TraderAccount& traded_;
};

/// A link between the markets of two seats that is open today.
struct SeatLink {
  std::size_t from = 0, to = 0;  ///< seats
  std::uint32_t direction = 0;   ///< number in SimulationSetup::links
  double factor = 1;             ///< units of `to` for one of `from`
  double fee = 0;                ///< a unit of `to`, its ticks of account
  Tonnes room;                   ///< what the quota leaves, units of `to`
};

struct TraderView {
  std::span<const BookView> books;  ///< one a seat
  RandomKey key;
  std::uint32_t entity = 0;
  Day today;
  std::uint32_t turn = 0, turns = 1;  ///< of today
  std::span<const SeatLink> links{};
  std::span<const double> rates{};    ///< [seat] what a unit of its market's currency costs in the first seat's; 0: nothing connects them
  const BookView& book() const { return books.front(); }
};

/// Where a trader's messages go. An order that the seat cannot pay or deliver is refused like any other.
class TraderDesk {
 public:
  virtual ~TraderDesk() = default;
  virtual OrderAnswer submit(std::size_t seat, const OrderRequest&) = 0;
  virtual Rejection cancel(std::size_t seat, std::uint64_t order) = 0;
  /// Over a link, as far as the seat may deliver and the quota admits: returns what arrives.
  virtual Tonnes transfer(const SeatLink& link, Tonnes quantity) = 0;
  /// Cash between the markets of two seats that a link joins, whether it is open or not, at the day's exchange rate: returns
  /// what arrives, 0 without a link.
  virtual Cash remit(std::size_t from_seat, std::size_t to_seat, Cash amount) = 0;
  /// All that rests of the seat.
  void cancel_all(const TraderView& view, std::size_t seat);
};

/// Where a trader wants a seat, by name; an empty instrument is the market's first one.
struct SeatWish {
  std::string market, instrument;
};

class Trader {
 public:
  virtual ~Trader() = default;
  /// Its seats, given the one that the scenario names for it.
  virtual std::vector<SeatWish> seats(const SeatWish& first) const { return {first}; }
  /// Appends the moments of today at which it acts: shares of the day's arrivals in [0, 1], ascending.
  virtual void schedule(const TraderView&, std::vector<double>& moments) const = 0;
  virtual void act(const TraderView&, TraderState&, TraderDesk&) const = 0;
  /// Under the obligations of a market maker, where the exchange has any.
  virtual bool makes_the_market() const { return false; }
  /// True of those to whom the credits of an offset type are issued; their first seat is in its book.
  virtual bool develops_offsets() const { return false; }
};

/// A trader of a run; composed by scenarios/.
struct TraderSetup {
  std::string name, kind;
  std::uint32_t entity = 0;
  std::shared_ptr<const Trader> trader;
  std::vector<TraderSeat> seats;
};

/// What a seat has gained since its start: cash, and its change of allowances at the last close, without what came from
/// other seats of the trader.
Cash profit(const Market& market, const TraderSeat& seat, const TraderAccount& traded);

}  // namespace tantu
