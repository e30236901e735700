// One-way calls: a single seller (or buyer) names a quantity and the worst price it takes, others bid, and when
// the call ends the best bids trade, at one price the oldest first. Winners pay their own bid or all the worst
// accepted one (one_way_pricing). Prices lie within one_way_limit around the previous close.
#include <algorithm>

#include "sim/bounded_cash.hpp"
#include "sim/exchange.hpp"

namespace tantu {

Rejection Exchange::call_bids(Account caller, Side side, Price limit, Tonnes quantity, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  const auto check = [&]() -> Rejection {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted_ != 0) return Rejection::halted;
    if (rules.one_way_least == Tonnes{} || one_way_runs_) return Rejection::not_taken;
    if (quantity <= Tonnes{}) return Rejection::bad_quantity;
    if (quantity < rules.one_way_least) return Rejection::too_small;
    if (limit.count % rules.tick.count != 0) return Rejection::off_tick;
    if (limit < band_low(rules, rules.one_way_limit) || limit > band_high(rules, rules.one_way_limit)) return Rejection::outside_limits;
    if (!value_of(limit, quantity)) return Rejection::too_dear;
    if (!keeps_accounts_) return Rejection::none;
    if (caller == no_account) return Rejection::no_account;
    see(caller, custody, tape);
    return check_means(caller, side, limit, quantity, {}, {}, rules, custody);
  };
  const Rejection why = check();
  if (tape && tape->hears_orders)
    tape->order({today_, sequence_, 0, caller, side, MessageKind::call_bids, why, limit, quantity, OrderType::limit, TimeInForce::by_rule, {}, now_, number_});
  if (why != Rejection::none) {
    ++totals_.rejected;
    return why;
  }
  one_way_runs_ = true;
  one_way_ = {0, limit, quantity, caller, static_cast<std::uint32_t>(side)};
  if (keeps_accounts_) {
    touch(caller);
    freeze(caller, side, limit, quantity, custody);
  }
  return Rejection::none;
}

Rejection Exchange::bid(Account bidder, std::uint64_t id, Price price, Tonnes quantity, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  const Side side = opposite(static_cast<Side>(one_way_.side));
  const auto check = [&]() -> Rejection {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted_ != 0) return Rejection::halted;
    if (!one_way_runs_) return Rejection::no_one_way_call;
    if (quantity <= Tonnes{}) return Rejection::bad_quantity;
    if (quantity.count % rules.lot.count != 0) return Rejection::off_lot;
    if (price.count % rules.tick.count != 0) return Rejection::off_tick;
    // A bid that the caller would not take is outside the limits as much as one outside the band.
    if (price < band_low(rules, rules.one_way_limit) || price > band_high(rules, rules.one_way_limit) ||
        (side == Side::buy ? price < one_way_.price : price > one_way_.price))
      return Rejection::outside_limits;
    if (bidder == one_way_.account && bidder != no_account) return Rejection::same_account;
    if (!value_of(price, quantity)) return Rejection::too_dear;
    if (!keeps_accounts_) return Rejection::none;
    if (bidder == no_account) return Rejection::no_account;
    see(bidder, custody, tape);
    return check_means(bidder, side, price, quantity, {}, {}, rules, custody);
  };
  const Rejection why = check();
  if (why == Rejection::none && id == no_order) id = next_order_++;
  if (tape && tape->hears_orders)
    tape->order({today_, sequence_, why == Rejection::none ? id : 0, bidder, side, MessageKind::bid, why, price, quantity,
                 OrderType::limit, TimeInForce::by_rule, {}, now_, number_});
  if (why != Rejection::none) {
    ++totals_.rejected;
    return why;
  }
  bids_.push_back({id, price, quantity, bidder, static_cast<std::uint32_t>(side)});
  if (keeps_accounts_) {
    touch(bidder);
    freeze(bidder, side, price, quantity, custody);
  }
  return Rejection::none;
}

void Exchange::end_bids(const ExchangeRules& rules, Custody& custody, Tape* tape) {
  if (!one_way_runs_) return;
  ++sequence_;
  tell(MessageKind::end_bids, tape);
  const Side caller_side = static_cast<Side>(one_way_.side);
  const bool selling = caller_side == Side::sell;
  // Nothing stays frozen; what trades is settled below.
  if (keeps_accounts_) {
    freeze(one_way_.account, caller_side, one_way_.price, -one_way_.quantity, custody);
    for (const Bid& b : bids_) freeze(b.account, opposite(caller_side), b.price, -b.quantity, custody);
  }
  std::stable_sort(bids_.begin(), bids_.end(), [&](const Bid& a, const Bid& b) { return selling ? a.price > b.price : a.price < b.price; });
  Tonnes left = one_way_.quantity;
  Price worst;
  for (const Bid& b : bids_) {
    if (left == Tonnes{}) break;
    left -= std::min(left, b.quantity);
    worst = b.price;
  }
  left = one_way_.quantity;
  for (const Bid& b : bids_) {
    if (left == Tonnes{}) break;
    const Tonnes quantity = std::min(left, b.quantity);
    left -= quantity;
    Trade trade{today_, sequence_, TradeKind::one_way, opposite(caller_side), selling ? b.account : one_way_.account,
                selling ? one_way_.account : b.account, selling ? b.id : no_order, selling ? no_order : b.id,
                rules.one_way_pricing == OneWayPricing::uniform ? worst : b.price, quantity, now_, {}, {}, number_};
    if (keeps_accounts_) settle(trade, false, false, rules, custody);
    totals_.one_way += quantity;
    totals_.one_way_turnover = saturated_sum(totals_.one_way_turnover, trade.price * quantity);
    ++totals_.one_way_trades;
    if (tape) tape->trade(trade);
  }
  one_way_runs_ = false;
  one_way_ = {};
  bids_.clear();
}

}  // namespace tantu
