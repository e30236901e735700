#include "sim/matching_session.hpp"

#include <stdexcept>
#include <utility>

namespace tantu {

namespace {
// Why the price of an event outside the book cannot be taken as it was written.
Rejection inexact(const FlowEvent& event) {
  if (event.price_state == PriceState::too_fine) return Rejection::off_tick;
  return event.price_state == PriceState::exact ? Rejection::none : Rejection::price_out_of_range;
}
}  // namespace

MatchingSession::MatchingSession(const ExchangeRules& rules, SessionInputs inputs)
    : rules_(rules),
      keeps_(rules.asks_for_accounts()),
      exchange_(0, inputs.reference, keeps_),
      means_(rules.credit.has_value() || rules.fees.any()),
      inputs_(std::move(inputs)) {
  if (rules.price_limit > 0 && inputs_.reference <= Price{})
    throw std::invalid_argument("matching session: price limits need a reference price above zero");
  if (keeps_)
    for (const std::uint32_t maker : inputs_.makers) exchange_.appoint_maker(account_of(maker));
}

Account MatchingSession::account_of(std::uint32_t name) {
  if (!keeps_ || name == no_account) return name;
  const Account account = accounts_.of(name);
  if (account == opened_) [[unlikely]] {
    ++opened_;
    exchange_.open_account();
    means_.open_account();
    if (const auto group = inputs_.group_of.find(name); group != inputs_.group_of.end()) exchange_.join_group(account, group->second);
  }
  return account;
}

void MatchingSession::Reporter::order(const OrderRecord& record) {
  if (!session.keeps_) return session.watch_->order(record);
  OrderRecord named = record;
  named.account = session.name_of(record.account);
  session.watch_->order(named);
}

void MatchingSession::Reporter::trade(const Trade& trade) {
  if (session.watch_) {
    Trade named = trade;
    named.buyer = session.name_of(trade.buyer);
    named.seller = session.name_of(trade.seller);
    session.watch_->trade(named);
  }
  ++session.counts_.trades;
  session.counts_.volume += trade.quantity;
  session.counts_.fees += trade.buyer_fee + trade.seller_fee;
  if (listener == nullptr) return;
  FlowTrade told{trade.buy_order, trade.sell_order, session.name_of(trade.buyer), session.name_of(trade.seller),
                 trade.aggressor, trade.price, trade.quantity, trade.kind, trade.time};
  if (trade.kind == TradeKind::block || trade.kind == TradeKind::negotiated) told.buy_order = told.sell_order = no_order;
  listener->trade(*cause, told);
}

void MatchingSession::begin_day(std::int32_t day) {
  day_ = day;
  ++counts_.days;
  for (; next_statement_ < inputs_.statements.size() && inputs_.statements[next_statement_].day <= day; ++next_statement_) {
    const Statement& s = inputs_.statements[next_statement_];
    if (keeps_) means_.state(account_of(s.account), s.allowances, s.cash);
  }
  exchange_.open(Day{day}, rules_, means_, nullptr);
}

Rejection MatchingSession::apply(const FlowEvent& event, TradeListener* listener) {
  Reporter reporter(*this);
  reporter.listener = listener;
  if (event.day != day_ || counts_.days == 0) [[unlikely]] {
    if (counts_.days > 0) {
      reporter.cause = &last_;
      exchange_.close(rules_, means_, &reporter);
      if (watch_) watch_->close(state());
      counts_.interruptions += static_cast<std::uint64_t>(exchange_.totals().interruptions);
    }
    begin_day(event.day);
  }
  if (event.nanoseconds >= 0) {
    // What falls due before the event was caused by those before it.
    reporter.cause = &last_;
    exchange_.advance(event.nanoseconds, rules_, means_, &reporter);
  }
  reporter.cause = &event;
  ++counts_.events;
  const Account account = account_of(event.account);
  Rejection answer = Rejection::none;
  Tonnes open = MarketWatch::not_known;  // what then rests of the event's order
  switch (event.kind) {
    case EventKind::limit:
    case EventKind::market:
    case EventKind::immediate_or_cancel:
    case EventKind::fill_or_kill: {
      OrderRequest request;
      request.side = event.side;
      request.type = static_cast<OrderType>(event.kind);
      request.price = event.price_state == PriceState::too_fine ? off_every_tick : event.price;
      if (event.price_state == PriceState::too_large) request.price = Price{std::numeric_limits<std::int64_t>::max()};
      request.quantity = event.quantity;
      request.time_in_force = event.time_in_force;
      request.display = event.display;
      // An execution that LOBSTER records names the resting order only.
      constexpr std::uint64_t nameless = no_order - 1;
      request.id = event.order == no_order ? nameless : event.order;
      const OrderAnswer taken = exchange_.submit(account, request, rules_, means_, &reporter);
      answer = taken.rejection;
      open = taken.open;
      break;
    }
    case EventKind::replace: {
      std::optional<Price> price;
      if (event.price_state == PriceState::exact) price = event.price;
      else if (event.price_state == PriceState::too_fine) price = off_every_tick;
      else if (event.price_state == PriceState::too_large) price = Price{std::numeric_limits<std::int64_t>::max()};
      const OrderAnswer taken = exchange_.replace(no_account, event.order, price, event.has_quantity ? std::optional{event.quantity} : std::nullopt,
                                                  rules_, means_, &reporter);
      answer = taken.rejection;
      open = taken.open;
      break;
    }
    case EventKind::cancel:
      answer = exchange_.cancel(no_account, event.order, rules_, means_, &reporter);
      open = Tonnes{};
      break;
    case EventKind::reduce: answer = exchange_.reduce(event.order, event.quantity, rules_, means_, &reporter); break;
    case EventKind::halt: exchange_.halt(&reporter); break;
    case EventKind::resume: exchange_.resume(rules_, means_, &reporter); break;
    case EventKind::block:
    case EventKind::negotiated: {
      const Account other = account_of(event.other);
      const bool buying = event.side == Side::buy;
      answer = inexact(event);
      if (answer == Rejection::none)
        answer = exchange_.trade_block(buying ? other : account, buying ? account : other, event.price, event.quantity,
                                          event.kind == EventKind::block ? TradeKind::block : TradeKind::negotiated, rules_, means_, &reporter);
      break;
    }
    case EventKind::call_bids:
      answer = inexact(event);
      if (answer == Rejection::none) answer = exchange_.call_bids(account, event.side, event.price, event.quantity, rules_, means_, &reporter);
      break;
    case EventKind::bid:
      answer = inexact(event);
      if (answer == Rejection::none) answer = exchange_.bid(account, event.order, event.price, event.quantity, rules_, means_, &reporter);
      break;
    case EventKind::end_bids: exchange_.end_bids(rules_, means_, &reporter); break;
    case EventKind::nothing: break;
  }
  if (answer != Rejection::none) ++counts_.rejected[static_cast<std::size_t>(answer)];
  counts_.self_trades_prevented = exchange_.self_trades_prevented();
  last_.sequence = event.sequence;
  if (watch_) watch_->settle(state(), answer == Rejection::none ? open : MarketWatch::not_known);
  return answer;
}

// After it the session takes no more events.
void MatchingSession::finish(TradeListener* listener) {
  if (counts_.days == 0) return;
  Reporter reporter(*this);
  reporter.listener = listener;
  reporter.cause = &last_;
  exchange_.end_parts(rules_, means_, &reporter);
  if (watch_) watch_->close(state());
  counts_.interruptions += static_cast<std::uint64_t>(exchange_.totals().interruptions);
  counts_.self_trades_prevented = exchange_.self_trades_prevented();
}

}  // namespace tantu
