#include "sim/exchange.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace tantu {

Price lower_limit(Price reference, double share, Price tick) {
  const double exact = static_cast<double>(reference.count) * (1 - share);
  // The tolerance undoes the rounding of the product, not of the regulation: 48.00 x 0.90 is 43.20.
  auto ticks = static_cast<std::int64_t>(std::ceil(exact / static_cast<double>(tick.count) - 1e-9));
  return Price{std::max<std::int64_t>(ticks, 1) * tick.count};
}

Price upper_limit(Price reference, double share, Price tick) {
  const double exact = static_cast<double>(reference.count) * (1 + share);
  const auto ticks = static_cast<std::int64_t>(std::floor(exact / static_cast<double>(tick.count) + 1e-9));
  return Price{std::max<std::int64_t>(ticks, 1) * tick.count};
}

Exchange::Exchange(std::uint32_t accounts, Price opening_reference)
    : reference_(opening_reference),
      order_of_(accounts),
      frozen_(accounts),
      bought_today_(accounts),
      active_on_(accounts, -1),
      block_reference_(opening_reference) {}

void Exchange::touch(Account account) {
  if (active_on_[account] == today_) return;
  active_on_[account] = today_;
  touched_.push_back(account);
  ++totals_.active_accounts;
}

void Exchange::unfreeze(Account account, Side side, Price price, Tonnes quantity, Clearing& clearing) {
  if (side == Side::sell) frozen_[account] -= quantity;
  else clearing.release(account, price * quantity);
}

void Exchange::open(Day today, const ExchangeRules& rules, Clearing& clearing) {
  for (const Account account : touched_) bought_today_[account] = Tonnes{};
  touched_.clear();
  today_ = today.number;
  ++session_;
  sequence_ = 0;
  open_ = true;
  block_reference_ = reference_;
  totals_ = SessionTotals{};
  if (rules.price_limit > 0) {
    totals_.limit_low = lower_limit(reference_, rules.price_limit, rules.tick);
    totals_.limit_high = upper_limit(reference_, rules.price_limit, rules.tick);
    // What rests from earlier days outside today's limits leaves: it could not be sent today either.
    book_.set_band(totals_.limit_low, totals_.limit_high, [&](const RestingOrder& order) {
      unfreeze(order.account, order.side, order.price, order.shown + order.hidden, clearing);
      order_of_[order.account] = {};
      return OutsideBand::cancel;
    });
  }
}

Rejection Exchange::submit(Account account, const OrderRequest& request, const ExchangeRules& rules,
                           Registry& registry, Clearing& clearing, Tape* tape) {
  ++sequence_;
  const auto answer = [&](Rejection why, std::uint64_t order = 0) {
    if (why != Rejection::none) ++totals_.rejected;
    if (tape) tape->order({today_, sequence_, order, account, request.side, false, why, request.price, request.quantity});
    return why;
  };
  if (!open_) return answer(Rejection::not_open);
  if (request.quantity <= Tonnes{}) return answer(Rejection::bad_quantity);
  if (rules.listed_most > Tonnes{} && request.quantity > rules.listed_most) return answer(Rejection::too_large);
  if (request.price <= Price{} || request.price.count % rules.tick.count != 0) return answer(Rejection::off_tick);
  if (rules.price_limit > 0 && (request.price < totals_.limit_low || request.price > totals_.limit_high))
    return answer(Rejection::outside_limits);
  // A new order replaces the account's old one, so what that one froze counts as free.
  Resting& old = order_of_[account];
  const bool rests = old.handle && book_.rests(old.handle);
  if (request.side == Side::sell) {
    const Tonnes back = rests && old.side == Side::sell ? old.open : Tonnes{};
    if (request.quantity > free(registry, account, rules) + back) return answer(Rejection::not_covered_allowances);
  } else {
    const Cash back = rests && old.side == Side::buy ? old.price * old.open : Cash{};
    if (!clearing.covers(account, request.price * request.quantity - back, rules.credit)) return answer(Rejection::not_covered_cash);
  }
  if (rests) withdraw(account, clearing, tape);

  touch(account);
  ++totals_.orders;
  const std::uint64_t id = next_order_++;
  if (request.side == Side::sell) frozen_[account] += request.quantity;
  else clearing.freeze(account, request.price * request.quantity);
  answer(Rejection::none, id);

  const NewOrder order{id, account, request.side, OrderType::limit, request.price, request.quantity, Tonnes{},
                       rules.order_days <= 1 ? good_for_day : session_ + rules.order_days - 1};
  const auto on_fill = [&](const Fill& fill) {
    const bool buying = fill.incoming_side == Side::buy;
    Trade trade{today_, sequence_, TradeKind::listed, fill.incoming_side,
                buying ? fill.incoming_account : fill.resting_account,
                buying ? fill.resting_account : fill.incoming_account,
                buying ? fill.incoming_id : fill.resting_id, buying ? fill.resting_id : fill.incoming_id,
                fill.price, fill.quantity};
    Resting& resting = order_of_[fill.resting_account];
    resting.open = fill.resting_open;
    unfreeze(fill.resting_account, opposite(fill.incoming_side), fill.price, fill.quantity, clearing);
    unfreeze(account, request.side, request.price, fill.quantity, clearing);
    touch(fill.resting_account);
    settle(trade, registry, clearing);
    if (totals_.listed_trades == 0) totals_.open = totals_.high = totals_.low = fill.price;
    totals_.high = std::max(totals_.high, fill.price);
    totals_.low = std::min(totals_.low, fill.price);
    totals_.last = fill.price;
    totals_.listed += fill.quantity;
    totals_.listed_turnover += fill.price * fill.quantity;
    ++totals_.listed_trades;
    if (rules.price_limit > 0 && (fill.price == totals_.limit_low || fill.price == totals_.limit_high)) ++totals_.trades_at_limit;
    if (tape) tape->trade(trade);
  };
  const Placement placement = book_.submit(order, on_fill);
  if (placement.outcome == Outcome::rested) {
    order_of_[account] = {placement.order, request.price, request.side, placement.open, id};
  } else {
    const Tonnes rest = request.quantity - placement.filled;
    if (rest > Tonnes{}) unfreeze(account, request.side, request.price, rest, clearing);
    order_of_[account] = {};
  }
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  if (bid && ask) {
    totals_.spread_sum += static_cast<double>((*ask - *bid).count);
    ++totals_.spread_count;
  }
  return Rejection::none;
}

void Exchange::withdraw(Account account, Clearing& clearing, Tape* tape) {
  Resting& resting = order_of_[account];
  if (!resting.handle || !book_.rests(resting.handle)) {
    resting = {};
    return;
  }
  book_.cancel(resting.handle);
  unfreeze(account, resting.side, resting.price, resting.open, clearing);
  if (tape) tape->order({today_, sequence_, resting.id, account, resting.side, true, Rejection::none, resting.price, resting.open});
  resting = {};
}

void Exchange::settle(const Trade& trade, Registry& registry, Clearing& clearing) {
  if (registry.deliver(trade.seller, trade.buyer, trade.quantity) != trade.quantity)
    throw std::logic_error("a trade sells allowances that the seller does not hold");
  clearing.pay(trade.buyer, trade.seller, trade.price * trade.quantity);
  bought_today_[trade.buyer] += trade.quantity;
}

Price Exchange::block_low(const ExchangeRules& rules) const {
  return rules.block_limit > 0 ? lower_limit(block_reference_, rules.block_limit, rules.tick) : rules.tick;
}

Price Exchange::block_high(const ExchangeRules& rules) const {
  return rules.block_limit > 0 ? upper_limit(block_reference_, rules.block_limit, rules.tick)
                               : Price{std::numeric_limits<std::int32_t>::max() / rules.tick.count * rules.tick.count};
}

Rejection Exchange::trade_block(Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind,
                                const ExchangeRules& rules, Registry& registry, Clearing& clearing, Tape* tape) {
  ++sequence_;
  if (quantity < rules.block_least || rules.block_least == Tonnes{}) return Rejection::too_small;
  if (price.count % rules.tick.count != 0) return Rejection::off_tick;
  if (price < block_low(rules) || price > block_high(rules)) return Rejection::outside_limits;
  if (quantity > free(registry, seller, rules)) return Rejection::not_covered_allowances;
  if (!clearing.covers(buyer, price * quantity, rules.credit)) return Rejection::not_covered_cash;
  touch(seller);
  touch(buyer);
  const Trade trade{today_, sequence_, kind, Side::sell, buyer, seller, 0, 0, price, quantity};
  settle(trade, registry, clearing);
  if (kind == TradeKind::group) {
    totals_.group += quantity;
    totals_.group_turnover += price * quantity;
    ++totals_.group_trades;
  } else {
    totals_.block += quantity;
    totals_.block_turnover += price * quantity;
    ++totals_.block_trades;
  }
  if (tape) tape->trade(trade);
  return Rejection::none;
}

void Exchange::close(const ExchangeRules& rules, Clearing& clearing) {
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  totals_.bid = bid.value_or(Price{});
  totals_.ask = ask.value_or(Price{});
  totals_.bid_depth = book_.open_quantity(Side::buy);
  totals_.ask_depth = book_.open_quantity(Side::sell);
  if (totals_.listed_trades > 0) {
    reference_ = average_price(totals_.listed_turnover, totals_.listed);
  } else if (rules.reference_without_trade == ReferenceWithoutTrade::quote) {
    // The side that waits shows where a trade could be had: move there rather than freeze.
    if (bid && *bid > reference_) reference_ = *bid;
    if (ask && *ask < reference_) reference_ = *ask;
  }
  totals_.close = reference_;
  const auto gone = [&](const RestingOrder& order) {
    Resting& resting = order_of_[order.account];
    unfreeze(order.account, order.side, order.price, order.shown + order.hidden, clearing);
    resting = {};
  };
  book_.expire_orders(session_, gone);
  open_ = false;
}

void Exchange::finish_day() {
  const Tonnes all = totals_.listed + totals_.block + totals_.group;
  if (all > Tonnes{})
    totals_.vwap_all = average_price(totals_.listed_turnover + totals_.block_turnover + totals_.group_turnover, all);
}

void Exchange::clear_book(Clearing& clearing, Tape* tape) {
  for (Account account = 0; account < order_of_.size(); ++account)
    if (order_of_[account].handle) withdraw(account, clearing, tape);
}

}  // namespace tantu
