// Messages from outside a run (people, tests, a recorded inbox): sent at once, and noted with their place in the run so
// that the same inbox gives the same run.
#include <utility>

#include "sim/simulation.hpp"
#include "sim/year_books.hpp"

namespace tantu {

OrderAnswer Simulation::send(const InboxOrder& message, Sink& sink) {
  Market& market = markets_[message.market];
  const ExchangeRules& rules = market.rules().listings[message.listing].exchange;
  Exchange& exchange = market.listings[message.listing].exchange;
  YearBooks books(market, firms_.year(year_of(today_)), trader_accounts_[message.market], sink.wants_tape() ? &sink : nullptr);
  MarketCustody accounts = market.custody(message.listing);
  const OrderRequest& request = message.request;
  if (message.message != MessageKind::cancel && !is_admitted(message.market, message.account)) return {Rejection::not_admitted, 0, {}, {}};
  switch (message.message) {
    case MessageKind::cancel: return {exchange.cancel(message.account, request.id, rules, accounts, &books), request.id, {}, {}};
    case MessageKind::replace:
      return exchange.replace(message.account, request.id, request.price, request.quantity, rules, accounts, &books);
    case MessageKind::call_bids:
      return {exchange.call_bids(message.account, request.side, request.price, request.quantity, rules, accounts, &books), no_order, {}, {}};
    case MessageKind::bid: return {exchange.bid(message.account, no_order, request.price, request.quantity, rules, accounts, &books), no_order, {}, {}};
    case MessageKind::end_bids: exchange.end_bids(rules, accounts, &books); return {};
    case MessageKind::outside: {
      const bool selling = request.side == Side::sell;
      return {exchange.trade_block(selling ? message.account : message.other, selling ? message.other : message.account, request.price, request.quantity,
                                   message.kind, rules, accounts, &books), no_order, {}, {}};
    }
    default: return exchange.submit(message.account, request, rules, accounts, &books);
  }
}

OrderAnswer Simulation::record(InboxOrder message, Sink& sink) {
  message.day = today_.number;
  message.step = step_;
  inbox_.insert(inbox_.begin() + static_cast<std::ptrdiff_t>(next_inbox_), message);
  ++next_inbox_;
  const OrderAnswer answer = send(message, sink);
  sink.settled(*this, message.market, message.listing);
  return answer;
}

namespace {
InboxOrder message_to(std::uint32_t market, std::uint32_t listing, Account account, MessageKind kind, const OrderRequest& request = {}) {
  InboxOrder message;
  message.market = market;
  message.listing = listing;
  message.account = account;
  message.message = kind;
  message.request = request;
  return message;
}

OrderRequest terms(Price price, Tonnes quantity, Side side = Side::buy) {
  OrderRequest request;
  request.side = side;
  request.price = price;
  request.quantity = quantity;
  return request;
}
}  // namespace

OrderAnswer Simulation::submit(std::uint32_t m, Account account, const OrderRequest& request, Sink& sink, std::uint32_t listing) {
  return record(message_to(m, listing, account, MessageKind::order, request), sink);
}

OrderAnswer Simulation::cancel(std::uint32_t m, Account account, std::uint64_t order, Sink& sink, std::uint32_t listing) {
  InboxOrder message = message_to(m, listing, account, MessageKind::cancel);
  message.request.id = order;
  return record(message, sink);
}

OrderAnswer Simulation::replace(std::uint32_t m, Account account, std::uint64_t order, Price price, Tonnes quantity, Sink& sink, std::uint32_t listing) {
  InboxOrder message = message_to(m, listing, account, MessageKind::replace, terms(price, quantity));
  message.request.id = order;
  return record(message, sink);
}

Rejection Simulation::trade_outside(std::uint32_t m, Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind, Sink& sink, std::uint32_t listing) {
  InboxOrder message = message_to(m, listing, seller, MessageKind::outside, terms(price, quantity, Side::sell));
  message.other = buyer;
  message.kind = kind;
  return record(message, sink).rejection;
}

Rejection Simulation::call_bids(std::uint32_t m, Account caller, Side side, Price worst, Tonnes quantity, Sink& sink, std::uint32_t listing) {
  return record(message_to(m, listing, caller, MessageKind::call_bids, terms(worst, quantity, side)), sink).rejection;
}

Rejection Simulation::bid(std::uint32_t m, Account bidder, Price price, Tonnes quantity, Sink& sink, std::uint32_t listing) {
  return record(message_to(m, listing, bidder, MessageKind::bid, terms(price, quantity)), sink).rejection;
}

void Simulation::end_bids(std::uint32_t m, Sink& sink, std::uint32_t listing) { record(message_to(m, listing, 0, MessageKind::end_bids), sink); }

void Simulation::replay_inbox(std::vector<InboxOrder> inbox) {
  inbox_ = std::move(inbox);
  next_inbox_ = 0;
}

}  // namespace tantu
