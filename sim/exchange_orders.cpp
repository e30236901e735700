// What an exchange does with a message: its checks, its matching, and what follows from both.
#include <algorithm>
#include <utility>

#include "sim/bounded_cash.hpp"
#include "sim/exchange.hpp"

namespace tantu {

namespace {

constexpr std::int64_t nanoseconds_of_second = 1'000'000'000;

// Orders of one account do not trade with each other; orders without an account are strangers.
template <class Base, class Withdrawn>
struct OwnOrdersRule : Base {
  static constexpr bool screens = true;
  Meeting on_meeting;
  Withdrawn withdrawn;
  OwnOrdersRule(Base base, Meeting what, Withdrawn callback)
      : Base(std::move(base)), on_meeting(what), withdrawn(std::move(callback)) {}
  Meeting meeting(std::uint32_t incoming, std::uint32_t resting) const {
    return incoming == resting && incoming != no_account ? on_meeting : Meeting::trade;
  }
};

constexpr Meeting meeting_of(SelfTrade rule) {
  switch (rule) {
    case SelfTrade::cancel_newest: return Meeting::withdraw_incoming;
    case SelfTrade::cancel_oldest: return Meeting::withdraw_resting;
    case SelfTrade::cancel_both: return Meeting::withdraw_both;
    case SelfTrade::decrement: return Meeting::decrement;
    case SelfTrade::allow: break;
  }
  return Meeting::trade;
}

constexpr Rejection rejection_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::duplicate_id: return Rejection::duplicate_id;
    case Outcome::unknown_order: return Rejection::unknown_order;
    case Outcome::bad_quantity: return Rejection::bad_quantity;
    case Outcome::bad_price: return Rejection::price_out_of_range;
    default: return Rejection::none;
  }
}

}  // namespace

/// Books each fill of a message.
struct Exchange::FillSink {
  Exchange& x;
  const ExchangeRules& rules;
  Custody& custody;
  Tape* tape;
  void operator()(const Fill& fill) const {
    Trade trade{x.today_, x.sequence_, TradeKind::listed, fill.incoming_side, fill.incoming_account, fill.resting_account,
                fill.incoming_id, fill.resting_id, fill.price, fill.quantity, x.now_, {}, {}, x.number_};
    const bool selling = fill.incoming_side == Side::sell;
    if (selling) {
      std::swap(trade.buyer, trade.seller);
      std::swap(trade.buy_order, trade.sell_order);
    }
    if (x.keeps_accounts_) {
      x.freeze(fill.resting_account, opposite(fill.incoming_side), fill.price, -fill.quantity, custody);
      x.see(fill.resting_account, custody, tape);
      x.touch(fill.resting_account);
      x.settle(trade, selling, !selling, rules, custody);
    }
    x.count_listed(trade, rules);
    if (tape) tape->trade(trade);
  }
};

// ---- checks ----

Rejection Exchange::check_quantity(Tonnes quantity, const ExchangeRules& rules) const {
  if (quantity <= Tonnes{}) return Rejection::bad_quantity;
  if (rules.lot.count != 1 && quantity.count % rules.lot.count != 0) return Rejection::off_lot;
  if (rules.listed_most > Tonnes{} && quantity > rules.listed_most) return Rejection::too_large;
  return Rejection::none;
}

Rejection Exchange::check_price(Price price, const ExchangeRules& rules) const {
  if (price >= clear_low_ && price <= clear_high_ && (rules.tick.count == 1 || price.count % rules.tick.count == 0)) [[likely]]
    return Rejection::none;
  constexpr std::int64_t widest = std::int64_t{1} << 31;
  if (price == off_every_tick) return Rejection::off_tick;
  if (price.count <= -widest || price.count >= widest) return Rejection::price_out_of_range;
  if (price.count % rules.tick.count != 0 || (!rules.negative_prices && price <= Price{})) return Rejection::off_tick;
  if (rules.price_limit > 0 && (price < totals_.limit_low || price > totals_.limit_high)) return Rejection::outside_limits;
  return Rejection::price_away;
}

Rejection Exchange::check_rate(Account account, const ExchangeRules& rules) {
  Standing& s = standing_[account];
  ++s.messages;
  if (rules.messages_per_second > 0) {
    const std::int64_t second = now_ / nanoseconds_of_second;
    if (s.second != second) s.in_second = 0;
    s.second = second;
    if (++s.in_second > rules.messages_per_second) return Rejection::throttled;
  }
  if (rules.order_to_trade > 0 && s.messages > rules.order_to_trade_free &&
      static_cast<double>(s.messages) > rules.order_to_trade * std::max(1u, s.trades))
    return Rejection::order_to_trade;
  return Rejection::none;
}

Rejection Exchange::check_means(Account account, Side side, std::optional<Price> price, Tonnes quantity, Tonnes old_quantity,
                                Cash old_cost, const ExchangeRules& rules, const Custody& custody) const {
  const Standing& s = standing_[account];
  if (side == Side::sell) {
    if (rules.short_sale && rules.resale_same_day) return Rejection::none;
    const Tonnes free = custody.allowances(account) - s.selling - (rules.resale_same_day ? Tonnes{} : s.bought_today);
    return quantity > free + old_quantity ? Rejection::not_covered_allowances : Rejection::none;
  }
  if (const Tonnes own = custody.most(account); rules.position_limit > Tonnes{} || own > Tonnes{}) {
    const Tonnes after = custody.allowances(account) + s.bidding + quantity - old_quantity;
    if ((rules.position_limit > Tonnes{} && after > rules.position_limit) || (own > Tonnes{} && after > own)) return Rejection::position_limit;
  }
  if (rules.group_limit > Tonnes{} && s.group != no_group) {
    if (custody.allowances(group_members_[s.group]) + group_bidding_[s.group] + quantity - old_quantity > rules.group_limit) return Rejection::group_limit;
  }
  if (!rules.credit) return Rejection::none;
  std::optional<Cash> cost = price ? value_of(*price, quantity) : cost_now(side, quantity);
  if (!cost) return Rejection::not_covered_cash;
  const Wide fee = rules.fees.any() ? rules.fees.of(*cost, quantity, false).count : 0;
  const Wide free = Wide{custody.balance(account).count} - custody.frozen(account).count + rules.credit->count;
  return Wide{cost->count} + fee - old_cost.count > free ? Rejection::not_covered_cash : Rejection::none;
}

std::optional<Cash> Exchange::cost_now(Side side, Tonnes quantity) const {
  Cash cost;
  bool fits = true;
  book_.for_each_level(opposite(side), book_.size(), [&](const PriceLevel& level) {
    const Tonnes here = std::min(quantity, level.shown + level.hidden);
    const auto part = value_of(level.price, here);
    fits = fits && part && !__builtin_add_overflow(cost.count, part->count, &cost.count);
    quantity -= here;
  });
  return fits ? std::optional{cost} : std::nullopt;
}

Rejection Exchange::check_request(Account account, const OrderRequest& request, const ExchangeRules& rules, const Custody& custody) {
  if (phase_ == SessionPhase::closed) return Rejection::not_open;
  if (halted_ != 0) return Rejection::halted;
  const bool market = request.type == OrderType::market;
  if (market && !rules.market_orders) return Rejection::market_order;
  if (phase_ == SessionPhase::call && request.type != OrderType::limit) return Rejection::in_call;
  if (const Rejection why = check_quantity(request.quantity, rules); why != Rejection::none) return why;
  if (!market) {
    if (const Rejection why = check_price(request.price, rules); why != Rejection::none) return why;
    if (request.price.count < band_low_ || request.price.count > band_high_) [[unlikely]] make_room(request.price);
  }
  if (rules.value_most > Cash{} || keeps_accounts_) {
    // Where accounts are kept, values have to fit their books.
    const auto value = value_of(market ? last_price() : request.price, request.quantity);
    if (!value || (rules.value_most > Cash{} && *value > rules.value_most)) return Rejection::too_dear;
  }
  if (!keeps_accounts_) return Rejection::none;
  if (account == no_account) return Rejection::no_account;
  if (const Rejection why = check_rate(account, rules); why != Rejection::none) return why;
  Tonnes old_quantity;
  Cash old_cost;
  if (request.replaces)
    for_each_order_of(account, [&](const RestingOrder& order) {
      if (order.side != request.side) return;
      old_quantity += order.shown + order.hidden;
      old_cost = saturated_sum(old_cost, order.price * (order.shown + order.hidden));
    });
  return check_means(account, request.side, market ? std::nullopt : std::optional{request.price}, request.quantity, old_quantity,
                     old_cost, rules, custody);
}

// Keeps the prices that are sent inside the book's band: moved when an eighth of its width has missed it, so
// that filing the levels anew costs little per message.
void Exchange::make_room(Price price) {
  constexpr std::int64_t most = 1 << 16, range = (std::int64_t{1} << 31) - 1;
  if (band_high_ >= band_low_ && ++misses_ < band_width_ / 8) return;
  misses_ = 0;
  if (band_high_ >= band_low_) band_width_ = std::min(2 * band_width_, most);
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  const std::int64_t middle = bid && ask ? (bid->count + ask->count) / 2 : price.count;
  band_low_ = std::max(middle - band_width_ / 2, -range);
  band_high_ = std::min(band_low_ + band_width_ - 1, range);
  book_.set_band(Price{band_low_}, Price{band_high_});
}

// ---- matching ----

template <class Action>
Placement Exchange::with_rule(std::uint64_t order, const ExchangeRules& rules, Custody& custody, Tape* tape, Action&& action) {
  const auto guarded = [&](auto base) {
    if (rules.self_trade == SelfTrade::allow) return action(base);
    const auto withdrawn = [&](const RestingOrder& before, Tonnes lost) {
      prevented_ += lost;
      totals_.self_trades_prevented += lost;
      tell_lapse(before.id, before.account, before.side, before.price, lost, tape);
      if (keeps_accounts_) freeze(before.account, before.side, before.price, -lost, custody);
    };
    return action(OwnOrdersRule(std::move(base), meeting_of(rules.self_trade), withdrawn));
  };
  if (rules.matching == Matching::price_time) return guarded(PriceTimeRule{});
  picks_ = 0;
  return guarded(ListedAgreementRule([&](Price, std::uint32_t orders) -> std::uint32_t {
    if (orders == 1) return 0;
    const Draw d = draw(rules.key, Stream::matching, static_cast<std::uint32_t>(order), today_, picks_++);
    return integer_below(d.word[0], orders);
  }));
}

Placement Exchange::enter(const NewOrder& order, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  if (phase_ == SessionPhase::call) return book_.collect(order);
  const bool collars = rules.static_collar > 0 || rules.dynamic_collar > 0;
  if (collars && (order.type == OrderType::market || (order.side == Side::buy ? order.price > collar_high_ : order.price < collar_low_)))
    return enter_within_collars(order, rules, custody, tape);
  const FillSink sink{*this, rules, custody, tape};
  return with_rule(order.id, rules, custody, tape, [&](auto&& rule) { return book_.submit(order, sink, rule); });
}

Placement Exchange::enter_within_collars(const NewOrder& order, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  const bool buying = order.side == Side::buy;
  NewOrder bounded = order;
  bounded.type = order.type == OrderType::fill_or_kill ? order.type : OrderType::immediate_or_cancel;
  bounded.price = buying ? collar_high_ : collar_low_;
  const Tonnes prevented = prevented_;
  const FillSink sink{*this, rules, custody, tape};
  Placement placed = with_rule(order.id, rules, custody, tape, [&](auto&& rule) { return book_.submit(bounded, sink, rule); });
  if (placed.outcome != Outcome::discarded || order.type == OrderType::fill_or_kill) return placed;
  Tonnes left = order.quantity - placed.filled;
  if (rules.self_trade == SelfTrade::decrement) left -= prevented_ - prevented;
  const auto best = book_.best(opposite(order.side));
  // More would trade within the collars: the reach of a listed agreement is used up, and what is left is discarded.
  if (best && (buying ? *best <= bounded.price : *best >= bounded.price)) return placed;
  if (best && (order.type == OrderType::market || (buying ? *best <= order.price : *best >= order.price))) interrupt(rules);
  if (order.type != OrderType::limit) return placed;
  NewOrder rest = order;
  rest.quantity = left;
  const Placement waiting = book_.collect(rest);
  placed.outcome = waiting.outcome;
  placed.order = waiting.order;
  placed.open = waiting.open;
  return placed;
}

void Exchange::sample_spread() {
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  if (!bid || !ask) return;
  totals_.spread_sum += static_cast<double>((*ask - *bid).count);
  ++totals_.spread_count;
}

/// What every message that was taken leaves to do.
void Exchange::end_message(const ExchangeRules& rules) {
  sample_spread();
  if ((rules.dynamic_collar > 0 || rules.price_away > 0) && last_price() != bounds_around_) set_bounds(rules);
  if (makers_changed_) look_at_quotes(rules);
}

// ---- messages ----

OrderAnswer Exchange::submit(Account account, const OrderRequest& request, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  ++totals_.messages;
  if (!makers_.empty()) watch_makers();
  if (keeps_accounts_ && account != no_account) see(account, custody, tape);
  const bool told = tape && tape->hears_orders;
  const auto tell_order = [&](Rejection why, std::uint64_t order) {
    if (told)
      tape->order({today_, sequence_, order, account, request.side, MessageKind::order, why, request.price, request.quantity,
                   request.type, request.time_in_force, request.display, now_, number_});
  };
  Rejection why = check_request(account, request, rules, custody);
  // Where the tape hears of the order before its trades, it has to be known that the id is free.
  if (told && why == Rejection::none && request.id != no_order && book_.handle_of(request.id)) why = Rejection::duplicate_id;
  if (why != Rejection::none) {
    ++totals_.rejected;
    tell_order(why, request.id == no_order ? 0 : request.id);
    return {why, no_order, {}, {}};
  }
  if (request.replaces) withdraw(account, custody, tape);
  const std::uint64_t id = request.id == no_order ? next_order_++ : request.id;
  tell_order(Rejection::none, id);
  std::int32_t good_till = good_till_cancelled;
  if (request.time_in_force == TimeInForce::day) good_till = session_;
  else if (request.time_in_force == TimeInForce::by_rule && rules.order_days > 0) good_till = session_ + rules.order_days - 1;
  const NewOrder order{id, account, request.side, request.type, request.price, request.quantity, request.display, good_till};
  const Placement placed = enter(order, rules, custody, tape);
  why = rejection_of(placed.outcome);
  if (why != Rejection::none) {
    ++totals_.rejected;
    return {why, no_order, {}, {}};
  }
  ++totals_.orders;
  if (request.type == OrderType::limit) tell_lapse(id, account, request.side, request.price, request.quantity - placed.filled - placed.open, tape);
  if (keeps_accounts_) {
    touch(account);
    if (placed.outcome == Outcome::rested) {
      freeze(account, request.side, request.price, placed.open, custody);
      list(account, placed.order);
    }
  }
  end_message(rules);
  return {Rejection::none, id, placed.filled, placed.open};
}

/// What follows from a cancellation.
void Exchange::release(const RestingOrder& order, Custody& custody, Tape* tape) {
  const Tonnes open = order.shown + order.hidden;
  if (keeps_accounts_) freeze(order.account, order.side, order.price, -open, custody);
  if (tape && tape->hears_orders)
    tape->order({today_, sequence_, order.id, order.account, order.side, MessageKind::cancel, Rejection::none, order.price, open,
                 OrderType::limit, TimeInForce::by_rule, order.display, now_, number_});
}

Rejection Exchange::cancel(Account account, std::uint64_t id, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  ++totals_.messages;
  if (!makers_.empty()) watch_makers();
  if (!keeps_accounts_ && !(tape && tape->hears_orders)) return rejection_of(book_.cancel(id));
  if (keeps_accounts_ && account != no_account) {
    see(account, custody, tape);
    ++standing_[account].messages;
  }
  const auto own = [&]() -> std::optional<RestingOrder> {
    if (account == no_account) return book_.extract(id);
    const auto found = book_.find(id);
    if (!found || found->account != account) return std::nullopt;
    book_.cancel(found->handle);
    return found;
  };
  const auto order = own();
  if (!order) {
    ++totals_.rejected;
    if (tape && tape->hears_orders) {
      OrderRecord record;
      record.day = today_; record.sequence = sequence_; record.order = id; record.account = account;
      record.message = MessageKind::cancel; record.rejection = Rejection::unknown_order; record.time = now_; record.instrument = number_;
      tape->order(record);
    }
    return Rejection::unknown_order;
  }
  release(*order, custody, tape);
  if (makers_changed_) look_at_quotes(rules);
  return Rejection::none;
}

OrderAnswer Exchange::replace(Account account, std::uint64_t id, std::optional<Price> new_price, std::optional<Tonnes> new_quantity,
                         const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  ++totals_.messages;
  if (!makers_.empty()) watch_makers();
  const OrderHandle handle = book_.handle_of(id);
  RestingOrder old;
  if (handle) old = *book_.find(handle);
  if (keeps_accounts_) {
    if (account != no_account) see(account, custody, tape);
    else if (handle) see(old.account, custody, tape);
  }
  const Tonnes open = old.shown + old.hidden;
  const Tonnes quantity = new_quantity.value_or(open);
  const Price price = new_price.value_or(old.price);
  const auto check = [&]() -> Rejection {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted_ != 0) return Rejection::halted;
    if (!handle || (account != no_account && account != old.account)) return Rejection::unknown_order;
    if (const Rejection why = check_quantity(quantity, rules); why != Rejection::none) return why;
    if (new_price) {
      if (const Rejection why = check_price(price, rules); why != Rejection::none) return why;
      if (price.count < band_low_ || price.count > band_high_) [[unlikely]] make_room(price);
    }
    if (rules.value_most > Cash{} || keeps_accounts_) {
      const auto value = value_of(price, quantity);
      if (!value || (rules.value_most > Cash{} && *value > rules.value_most)) return Rejection::too_dear;
    }
    if (!keeps_accounts_) return Rejection::none;
    if (const Rejection why = check_rate(old.account, rules); why != Rejection::none) return why;
    return check_means(old.account, old.side, price, quantity, open, old.price * open, rules, custody);
  };
  const Rejection why = check();
  if (tape && tape->hears_orders)
    tape->order({today_, sequence_, id, handle ? old.account : account, old.side, MessageKind::replace, why, price, quantity,
                 OrderType::limit, TimeInForce::by_rule, old.display, now_, number_});
  if (why != Rejection::none) {
    ++totals_.rejected;
    return {why, no_order, {}, {}};
  }
  if (keeps_accounts_) freeze(old.account, old.side, old.price, -open, custody);
  Placement placed;
  const bool keeps_priority = price == old.price && quantity <= open;
  const bool collars = rules.static_collar > 0 || rules.dynamic_collar > 0;
  if (!keeps_priority && (phase_ == SessionPhase::call || collars)) {
    book_.cancel(handle);
    placed = enter({id, old.account, old.side, OrderType::limit, price, quantity, old.display, old.good_till}, rules, custody, tape);
  } else {
    const FillSink sink{*this, rules, custody, tape};
    placed = with_rule(id, rules, custody, tape, [&](auto&& rule) { return book_.replace(handle, price, quantity, sink, rule); });
  }
  const Rejection refused = rejection_of(placed.outcome);
  if (refused == Rejection::none) tell_lapse(id, old.account, old.side, price, quantity - placed.filled - placed.open, tape);
  if (keeps_accounts_ && refused == Rejection::none) {
    touch(old.account);
    if (placed.outcome == Outcome::rested) {
      freeze(old.account, old.side, price, placed.open, custody);
      if (placed.order != handle) list(old.account, placed.order);
    }
  }
  if (refused != Rejection::none) {
    if (keeps_accounts_) freeze(old.account, old.side, old.price, open, custody);
    ++totals_.rejected;
  }
  end_message(rules);
  return {refused, id, placed.filled, placed.open};
}

Rejection Exchange::reduce(std::uint64_t id, Tonnes by, const ExchangeRules& rules, Custody& custody, Tape* tape) {
  const auto order = book_.find(id);
  if (!order) return cancel(no_account, id, rules, custody, tape);
  const Tonnes open = order->shown + order->hidden;
  if (by >= open) return cancel(no_account, id, rules, custody, tape);
  if (by <= Tonnes{}) return Rejection::bad_quantity;
  ++sequence_;
  ++totals_.messages;
  if (keeps_accounts_) freeze(order->account, order->side, order->price, -by, custody);
  book_.replace(order->handle, order->price, open - by, [](const Fill&) {});
  if (tape && tape->hears_orders)
    tape->order({today_, sequence_, id, order->account, order->side, MessageKind::replace, Rejection::none, order->price, open - by,
                 OrderType::limit, TimeInForce::by_rule, order->display, now_, number_});
  return Rejection::none;
}

void Exchange::withdraw(Account account, Custody& custody, Tape* tape) {
  if (own_[account].empty()) return;
  for (const OrderHandle handle : own_[account])
    if (const auto order = book_.find(handle)) {
      book_.cancel(handle);
      release(*order, custody, tape);
    }
  own_[account].clear();
}

void Exchange::clear_book(Custody& custody, Tape* tape) {
  for (Account account = 0; account < own_.size(); ++account) withdraw(account, custody, tape);
  book_.remove_if([](const RestingOrder&) { return true; }, [&](const RestingOrder& order) {
    if (keeps_accounts_) freeze(order.account, order.side, order.price, -(order.shown + order.hidden), custody);
  });
}

}  // namespace tantu
