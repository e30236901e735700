#include "sim/matching_session.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tantu {

namespace {

std::optional<Cash> product(Price price, Tonnes quantity) {
  std::int64_t cash = 0;
  if (__builtin_mul_overflow(price.count, quantity.count, &cash)) return std::nullopt;
  return Cash{cash};
}

// Orders of one account do not trade with each other; orders without an account are strangers.
template <class Base, class Withdrawn>
struct OwnOrdersRule : Base {
  static constexpr bool screens = true;
  Meeting on_meeting;
  Withdrawn withdrawn;
  OwnOrdersRule(Base base, Meeting what, Withdrawn callback)
      : Base(std::move(base)), on_meeting(what), withdrawn(std::move(callback)) {}
  Meeting meeting(std::uint32_t incoming, const RestingOrder& resting) const {
    return incoming == resting.account && incoming != no_account ? on_meeting : Meeting::trade;
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

constexpr OrderType type_of(EventKind kind) {
  switch (kind) {
    case EventKind::market: return OrderType::market;
    case EventKind::immediate_or_cancel: return OrderType::immediate_or_cancel;
    case EventKind::fill_or_kill: return OrderType::fill_or_kill;
    default: return OrderType::limit;
  }
}

}  // namespace

MatchingSession::MatchingSession(const ExchangeRules& rules, SessionInputs inputs)
    : rules_(rules),
      guards_allowances_(!rules.short_sale || !rules.resale_same_day),
      guards_cash_(rules.credit.has_value()),
      guards_(guards_allowances_ || guards_cash_),
      key_(inputs.key),
      reference_(inputs.reference) {
  if (rules.price_limit > 0 && reference_ <= Price{})
    throw std::invalid_argument("matching session: price limits need a reference price above zero");
  for (const auto& [account, means] : inputs.means) {
    Account& a = accounts_[account];
    a.allowances = means.allowances;
    a.cash = means.cash;
  }
}

template <class Action>
Placement MatchingSession::with_rule(Action&& action) {
  const auto guarded = [&](auto base) {
    if (rules_.self_trade == SelfTrade::allow) return action(base);
    const auto withdrawn = [this](const RestingOrder& before, Tonnes lost) {
      counts_.self_trades_prevented += lost;
      if (guards_) freeze(before.account, before.side, before.price, -lost);
    };
    return action(OwnOrdersRule(std::move(base), meeting_of(rules_.self_trade), withdrawn));
  };
  if (rules_.matching == Matching::price_time) return guarded(PriceTimeRule{});
  picks_ = 0;
  return guarded(ListedAgreementRule([this](Price, std::uint32_t orders) -> std::uint32_t {
    if (orders == 1) return 0;
    const Draw d = draw(key_, Stream::matching, static_cast<std::uint32_t>(counts_.events), session_, picks_++);
    return integer_below(d.word[0], orders);
  }));
}

Rejection MatchingSession::apply(const FlowEvent& event, TradeListener* listener) {
  if (event.day != day_ || session_ == 0) [[unlikely]] begin_day(event.day);
  ++counts_.events;
  Rejection answer = Rejection::none;
  switch (event.kind) {
    case EventKind::limit:
    case EventKind::market:
    case EventKind::immediate_or_cancel:
    case EventKind::fill_or_kill: answer = enter(event, listener); break;
    case EventKind::replace: answer = replace(event, listener); break;
    case EventKind::cancel:
    case EventKind::reduce: answer = withdraw(event); break;
    case EventKind::halt: halted_ = true; break;
    case EventKind::resume: halted_ = false; break;
    case EventKind::nothing: break;
  }
  if (answer != Rejection::none) ++counts_.rejected[static_cast<std::size_t>(answer)];
  return answer;
}

void MatchingSession::begin_day(std::int32_t day) {
  if (session_ > 0) end_day();
  day_ = day;
  ++session_;
  ++counts_.days;
  set_limits();
}

void MatchingSession::end_day() {
  const auto give_back = [this](const RestingOrder& order) {
    if (guards_) freeze(order.account, order.side, order.price, -(order.shown + order.hidden));
  };
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  if (day_volume_ > Tonnes{}) {
    // Rounded half up, as average_price() of sim/units.hpp.
    const Wide twice = 2 * day_turnover_ + day_volume_.count, denominator = 2 * Wide{day_volume_.count};
    Wide average = twice / denominator;
    if (twice % denominator < 0) --average;
    reference_ = Price{static_cast<std::int64_t>(average)};
  } else if (rules_.reference_without_trade == ReferenceWithoutTrade::quote) {
    if (bid && *bid > reference_) reference_ = *bid;
    else if (ask && *ask < reference_) reference_ = *ask;
  }
  day_turnover_ = 0;
  day_volume_ = Tonnes{};
  book_.expire_orders(session_, give_back);
  for (auto& [id, account] : accounts_) account.bought_today = Tonnes{};
}

void MatchingSession::set_limits() {
  if (rules_.price_limit <= 0) return;
  limit_low_ = lower_limit(reference_, rules_.price_limit, rules_.tick);
  limit_high_ = upper_limit(reference_, rules_.price_limit, rules_.tick);
  // A reference below the tick leaves no price between the limits; the nearest one is then both.
  if (limit_high_ < limit_low_) limit_high_ = limit_low_;
  book_.set_band(limit_low_, limit_high_, [this](const RestingOrder& order) {
    if (guards_) freeze(order.account, order.side, order.price, -(order.shown + order.hidden));
    return OutsideBand::cancel;
  });
  band_low_ = limit_low_.count;
  band_high_ = limit_high_.count;
}

Rejection MatchingSession::check_quantity(Tonnes quantity) const {
  if (quantity <= Tonnes{}) return Rejection::bad_quantity;
  if (rules_.lot.count != 1 && quantity.count % rules_.lot.count != 0) return Rejection::off_lot;
  if (rules_.listed_most > Tonnes{} && quantity > rules_.listed_most) return Rejection::too_large;
  return Rejection::none;
}

Rejection MatchingSession::check_price(Price price) const {
  constexpr std::int64_t widest = std::int64_t{1} << 31;
  if (price.count <= -widest || price.count >= widest) return Rejection::price_out_of_range;
  if (rules_.tick.count != 1 && price.count % rules_.tick.count != 0) return Rejection::off_tick;
  if (rules_.price_limit > 0 && (price < limit_low_ || price > limit_high_)) return Rejection::outside_limits;
  return Rejection::none;
}

Rejection MatchingSession::check_means(std::uint32_t account, Side side, std::optional<Price> price, Tonnes quantity,
                                       const RestingOrder* replaced) {
  if (account == no_account) return Rejection::no_account;
  const Account& a = accounts_[account];
  const Tonnes old = replaced ? replaced->shown + replaced->hidden : Tonnes{};
  if (side == Side::sell) {
    if (!guards_allowances_) return Rejection::none;
    const Tonnes free = a.allowances - a.selling - (rules_.resale_same_day ? Tonnes{} : a.bought_today);
    return quantity > free + old ? Rejection::not_covered_allowances : Rejection::none;
  }
  if (!guards_cash_) return Rejection::none;
  const std::optional<Cash> cost = price ? product(*price, quantity) : cost_now(side, quantity);
  const Cash back = replaced ? replaced->price * old : Cash{};
  return !cost || *cost - back > a.cash - a.buying + *rules_.credit ? Rejection::not_covered_cash : Rejection::none;
}

std::optional<Cash> MatchingSession::cost_now(Side side, Tonnes quantity) const {
  Cash cost;
  bool fits = true;
  book_.for_each_level(opposite(side), book_.size(), [&](const PriceLevel& level) {
    const Tonnes here = std::min(quantity, level.shown + level.hidden);
    const auto part = product(level.price, here);
    fits = fits && part && !__builtin_add_overflow(cost.count, part->count, &cost.count);
    quantity -= here;
  });
  return fits ? std::optional{cost} : std::nullopt;
}

void MatchingSession::freeze(std::uint32_t account, Side side, Price price, Tonnes quantity) {
  if (account == no_account) return;
  Account& a = accounts_[account];
  if (side == Side::sell) a.selling += quantity;
  else if (guards_cash_) a.buying += price * quantity;
}

void MatchingSession::settle(const Fill& fill) {
  const Side resting_side = opposite(fill.incoming_side);
  freeze(fill.resting_account, resting_side, fill.price, -fill.quantity);
  const bool buying = fill.incoming_side == Side::buy;
  const std::uint32_t buyer = buying ? fill.incoming_account : fill.resting_account;
  const std::uint32_t seller = buying ? fill.resting_account : fill.incoming_account;
  if (buyer != no_account) {
    Account& a = accounts_[buyer];
    a.allowances += fill.quantity;
    a.bought_today += fill.quantity;
    if (guards_cash_) a.cash -= fill.price * fill.quantity;
  }
  if (seller != no_account) {
    Account& a = accounts_[seller];
    a.allowances -= fill.quantity;
    if (guards_cash_) a.cash += fill.price * fill.quantity;
  }
}

// Keeps the prices that are sent inside the book's band: moved when an eighth of its width has missed it, so
// that filing the levels anew costs little per event.
void MatchingSession::make_room(Price price) {
  constexpr std::int64_t widest = 1 << 16, range = (std::int64_t{1} << 31) - 1;
  if (band_high_ >= band_low_ && ++misses_ < band_width_ / 8) return;
  misses_ = 0;
  if (band_high_ >= band_low_) band_width_ = std::min(2 * band_width_, widest);
  const auto bid = book_.best_bid(), ask = book_.best_ask();
  const std::int64_t middle = bid && ask ? (bid->count + ask->count) / 2 : price.count;
  band_low_ = std::max(middle - band_width_ / 2, -range);
  band_high_ = std::min(band_low_ + band_width_ - 1, range);
  book_.set_band(Price{band_low_}, Price{band_high_});
}

namespace {

/// Tells the session's listener of the fills of one event.
template <class Settle>
struct Reporter {
  const FlowEvent& cause;
  TradeListener* listener;
  SessionCounts& counts;
  Settle settle;
  Reporter(const FlowEvent& event, TradeListener* told, SessionCounts& sums, Settle each)
      : cause(event), listener(told), counts(sums), settle(std::move(each)) {}
  void operator()(const Fill& fill) {
    ++counts.trades;
    counts.volume += fill.quantity;
    settle(fill);
    if (listener == nullptr) return;
    FlowTrade trade{fill.incoming_id, fill.resting_id, fill.incoming_account, fill.resting_account,
                    fill.incoming_side, fill.price, fill.quantity};
    if (fill.incoming_side == Side::sell) {
      std::swap(trade.buy_order, trade.sell_order);
      std::swap(trade.buy_account, trade.sell_account);
    }
    listener->trade(cause, trade);
  }
};

Rejection rejection_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::duplicate_id: return Rejection::duplicate_id;
    case Outcome::unknown_order: return Rejection::unknown_order;
    case Outcome::bad_quantity: return Rejection::bad_quantity;
    case Outcome::bad_price: return Rejection::price_out_of_range;
    default: return Rejection::none;
  }
}

}  // namespace

Rejection MatchingSession::enter(const FlowEvent& event, TradeListener* listener) {
  if (halted_) return Rejection::not_open;
  const bool market = event.kind == EventKind::market;
  if (market && !rules_.market_orders) return Rejection::market_order;
  if (const Rejection why = check_quantity(event.quantity); why != Rejection::none) return why;
  if (!market) {
    if (event.price_state == PriceState::too_large) return Rejection::price_out_of_range;
    if (event.price_state != PriceState::exact) return Rejection::off_tick;
    if (const Rejection why = check_price(event.price); why != Rejection::none) return why;
    if (event.price.count < band_low_ || event.price.count > band_high_) [[unlikely]] make_room(event.price);
  }
  if (guards_) {
    const auto price = market ? std::nullopt : std::optional{event.price};
    if (const Rejection why = check_means(event.account, event.side, price, event.quantity, nullptr); why != Rejection::none)
      return why;
  }
  std::int32_t good_till = good_till_cancelled;
  if (event.time_in_force == TimeInForce::day) good_till = session_;
  else if (event.time_in_force == TimeInForce::by_rule && rules_.order_days > 0) good_till = session_ + rules_.order_days - 1;
  const NewOrder order{event.order, event.account, event.side, type_of(event.kind), event.price, event.quantity, event.display, good_till};
  Reporter report{event, listener, counts_, [this](const Fill& fill) {
    day_volume_ += fill.quantity;
    day_turnover_ += Wide{fill.price.count} * fill.quantity.count;
    if (guards_) settle(fill);
  }};
  const Placement placed = with_rule([&](auto&& rule) { return book_.submit(order, report, rule); });
  if (guards_ && placed.outcome == Outcome::rested) freeze(event.account, event.side, event.price, placed.open);
  return rejection_of(placed.outcome);
}

Rejection MatchingSession::replace(const FlowEvent& event, TradeListener* listener) {
  if (halted_) return Rejection::not_open;
  const OrderHandle handle = book_.handle_of(event.order);
  if (!handle) return Rejection::unknown_order;
  const RestingOrder old = *book_.find(handle);
  const Tonnes open = old.shown + old.hidden;
  const Tonnes quantity = event.has_quantity ? event.quantity : open;
  if (const Rejection why = check_quantity(quantity); why != Rejection::none) return why;
  Price price = old.price;
  if (event.price_state != PriceState::absent) {
    if (event.price_state == PriceState::too_large) return Rejection::price_out_of_range;
    if (event.price_state != PriceState::exact) return Rejection::off_tick;
    price = event.price;
    if (const Rejection why = check_price(price); why != Rejection::none) return why;
    if (price.count < band_low_ || price.count > band_high_) [[unlikely]] make_room(price);
  }
  if (guards_)
    if (const Rejection why = check_means(old.account, old.side, price, quantity, &old); why != Rejection::none) return why;
  if (guards_) freeze(old.account, old.side, old.price, -open);
  Reporter report{event, listener, counts_, [this](const Fill& fill) {
    day_volume_ += fill.quantity;
    day_turnover_ += Wide{fill.price.count} * fill.quantity.count;
    if (guards_) settle(fill);
  }};
  const Placement placed = with_rule([&](auto&& rule) { return book_.replace(handle, price, quantity, report, rule); });
  if (guards_ && placed.outcome == Outcome::rested) freeze(old.account, old.side, price, placed.open);
  return rejection_of(placed.outcome);
}

Rejection MatchingSession::withdraw(const FlowEvent& event) {
  if (!guards_ && event.kind == EventKind::cancel) return rejection_of(book_.cancel(event.order));
  const OrderHandle handle = book_.handle_of(event.order);
  if (!handle) return Rejection::unknown_order;
  const RestingOrder old = *book_.find(handle);
  const Tonnes open = old.shown + old.hidden;
  const bool all = event.kind == EventKind::cancel || event.quantity >= open;
  if (!all && event.quantity <= Tonnes{}) return Rejection::bad_quantity;
  if (guards_) freeze(old.account, old.side, old.price, all ? -open : -event.quantity);
  if (all) book_.cancel(handle);
  else book_.replace(handle, old.price, open - event.quantity, [](const Fill&) {});
  return Rejection::none;
}

}  // namespace tantu
