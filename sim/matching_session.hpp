// The exchange that recorded order flow runs through: the events of a file as messages to an Exchange
// (sim/exchange.hpp, which says what becomes of each and for which reason it is rejected), and the books of those
// who sent them.
//
// The days of a flow are those of its events, its clock their times: what falls due before an event (the end of a
// call, a halt) happens before it. An event without a time happens at the time of the one before.
//
// Accounts are kept where a rule asks for them (ExchangeRules::asks_for_accounts). What they own is stated in
// advance: before the first event, and where statements have dates, anew before the first event of that day.
//
// Verified by tests/unit/test_replay.cpp and, against a slow reading, tests/oracle/test_replay.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "sim/account_numbers.hpp"
#include "sim/bounded_cash.hpp"
#include "sim/exchange.hpp"
#include "sim/market_watch.hpp"
#include "sim/order_flow.hpp"

namespace tantu {

/// What an account owns from the beginning of a day on.
struct Statement {
  static constexpr std::int32_t before_all = std::numeric_limits<std::int32_t>::min();
  std::int32_t day = before_all;
  std::uint32_t account = 0;
  Tonnes allowances;
  Cash cash;
};

struct SessionInputs {
  Price reference;                     ///< required where rules.price_limit > 0
  std::vector<Statement> statements;   ///< in order of days; an account without one owns nothing
  std::unordered_map<std::uint32_t, std::uint32_t> group_of;  ///< by account
  std::vector<std::uint32_t> makers;   ///< accounts with the obligations of market makers
};

struct SessionCounts {
  std::uint64_t events = 0, trades = 0;
  std::array<std::uint64_t, rejection_names.size()> rejected{};
  Tonnes volume;
  Tonnes self_trades_prevented;        ///< quantity withdrawn instead of traded
  std::uint64_t days = 0;
  std::uint64_t interruptions = 0;
  Cash fees;
};

class MatchingSession {
 public:
  MatchingSession(const ExchangeRules& rules, SessionInputs inputs);

  /// Applies one event; `listener` may be null. The days of events must not fall.
  Rejection apply(const FlowEvent& event, TradeListener* listener);
  /// After the last event: the calls of the day trade. Orders stay.
  void finish(TradeListener* listener);

  /// Who watches from now on; null: nobody. Must outlive the session.
  void watch(MarketWatch* watch) { watch_ = watch; }

  /// Lets an order rest that was there before the first event, unmatched and unchecked.
  void seed(const NewOrder& order) { exchange_.seed(order); }

  const OrderBook& book() const { return exchange_.book(); }
  const Exchange& exchange() const { return exchange_; }
  const SessionCounts& counts() const { return counts_; }
  Price reference() const { return exchange_.reference(); }
  Price limit_low() const { return exchange_.limit_low(); }
  Price limit_high() const { return exchange_.limit_high(); }
  /// The name of an account of the exchange in the flow.
  std::uint32_t name_of(Account account) const { return keeps_ && account != no_account ? accounts_.name(account) : account; }
  /// Hints that these events come next, in this order; changes nothing but speed.
  void expect(std::span<const FlowEvent> events) const {
    for (const FlowEvent& event : events) {
      book().prefetch(event.order);
      if (watch_) watch_->expect(event.order);
    }
    for (const FlowEvent& event : events) {
      if (event.kind < EventKind::cancel) continue;
      book().prefetch_order(event.order);
      if (watch_) watch_->expect_order(event.order);
    }
  }

 private:
  /// The books of those who sent the flow.
  class Means final : public Custody {
   public:
    explicit Means(bool cash) : cash_(cash) {}
    Tonnes allowances(Account account) const override { return owned_[account].allowances; }
    Tonnes allowances(std::span<const Account> accounts) const override {
      Tonnes sum;
      for (const Account account : accounts) sum += owned_[account].allowances;
      return sum;
    }
    Cash balance(Account account) const override { return owned_[account].cash; }
    Cash frozen(Account account) const override { return owned_[account].frozen; }
    void freeze(Account account, Cash amount) override { owned_[account].frozen = saturated_sum(owned_[account].frozen, amount); }
    void settle(const Settlement& s) override {
      owned_[s.buyer].allowances += s.quantity;
      owned_[s.seller].allowances -= s.quantity;
      if (!cash_) return;
      const Cash value = s.price * s.quantity;
      owned_[s.buyer].cash = saturated_sum(saturated_sum(owned_[s.buyer].cash, -value), -s.buyer_fee);
      owned_[s.seller].cash = saturated_sum(saturated_sum(owned_[s.seller].cash, value), -s.seller_fee);
    }
    void open_account() { owned_.emplace_back(); }
    void state(Account account, Tonnes allowances, Cash cash) {
      owned_[account].allowances = allowances;
      owned_[account].cash = cash;
    }

   private:
    struct Owned {
      Tonnes allowances;
      Cash cash, frozen;
    };
    bool cash_;
    std::vector<Owned> owned_;
  };
  /// Hands the trades of an event on.
  struct Reporter final : Tape {
    explicit Reporter(MatchingSession& of) : session(of) { hears_orders = of.watch_ != nullptr; }
    void order(const OrderRecord&) override;
    void trade(const Trade& trade) override;
    MatchingSession& session;
    TradeListener* listener = nullptr;
    const FlowEvent* cause = nullptr;
  };
  void begin_day(std::int32_t day);
  Account account_of(std::uint32_t name);
  Rejection act(const FlowEvent& event);
  BookState state() const { return BookState(exchange_); }

  ExchangeRules rules_;
  bool keeps_;
  Exchange exchange_;
  Means means_;
  SessionInputs inputs_;
  MarketWatch* watch_ = nullptr;
  std::size_t next_statement_ = 0;
  AccountNumbers accounts_;                                  // of the flow, as accounts of the exchange
  std::uint32_t opened_ = 0;                                 // so many of them
  FlowEvent last_;                                           // the last event, for trades of a call after it
  std::int32_t day_ = 0;
  SessionCounts counts_;
};

}  // namespace tantu
