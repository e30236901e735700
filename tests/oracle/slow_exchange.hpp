// A slow, obvious exchange: every rule of the session as it is documented, on the reference book. It keeps no sums:
// what an account offers, bids for and has frozen is added up from the book, the day is lived through second by
// second, and the price of a call is looked for among all prices. It shares no header with the fast one but the
// types.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "sim/exchange_rules.hpp"
#include "sim/random.hpp"
#include "tests/oracle/reference_book.hpp"

namespace tantu::reference {

/// kind, buyer, seller, buy order, sell order, price, quantity, fees of buyer and seller
using Deal = std::tuple<TradeKind, std::uint32_t, std::uint32_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;

/// The best price of a call by trying each from the lowest ask to the highest bid; none where nothing crosses.
inline std::optional<std::int64_t> price_of_call(const Book& book, std::int64_t reference, std::int64_t tick) {
  if (book.bids.empty() || book.asks.empty()) return std::nullopt;
  struct Candidate { std::int64_t price, volume, imbalance; };
  std::vector<Candidate> all;
  for (std::int64_t p = book.asks.begin()->first.count; p <= book.bids.begin()->first.count; p += tick) {
    std::int64_t demand = 0, supply = 0;
    for (const auto& [price, queue] : book.bids)
      for (const Order& o : queue) demand += price.count >= p ? o.open() : 0;
    for (const auto& [price, queue] : book.asks)
      for (const Order& o : queue) supply += price.count <= p ? o.open() : 0;
    all.push_back({p, std::min(demand, supply), demand - supply});
  }
  if (all.empty()) return std::nullopt;
  std::int64_t most = 0;
  for (const Candidate& c : all) most = std::max(most, c.volume);
  std::erase_if(all, [&](const Candidate& c) { return c.volume < most; });
  std::int64_t least = std::abs(all.front().imbalance);
  for (const Candidate& c : all) least = std::min(least, std::abs(c.imbalance));
  std::erase_if(all, [&](const Candidate& c) { return std::abs(c.imbalance) > least; });
  if (std::all_of(all.begin(), all.end(), [](const Candidate& c) { return c.imbalance > 0; })) return all.back().price;
  if (std::all_of(all.begin(), all.end(), [](const Candidate& c) { return c.imbalance < 0; })) return all.front().price;
  // The reference on the tick, halves up; among the prices left the one nearest to it.
  const std::int64_t wanted = (2 * reference + tick) / (2 * tick) * tick;
  return std::min_element(all.begin(), all.end(), [&](const Candidate& a, const Candidate& b) {
    return std::abs(a.price - wanted) < std::abs(b.price - wanted);
  })->price;
}

class SlowExchange {
 public:
  struct Owner { std::int64_t group = -1, held = 0, cash = 0, bought = 0, messages = 0, trades = 0; std::map<std::int64_t, std::int64_t> by_second; };
  ExchangeRules rules;
  Book book{4096};
  std::map<std::uint32_t, Owner> owners;
  std::vector<Deal> deals;
  std::int64_t reference = 0, fees = 0, prevented = 0;

  SlowExchange(const ExchangeRules& given, std::int64_t opening) : rules(given), reference(opening) {
    switch (rules.self_trade) {
      case SelfTrade::cancel_newest: book.self_trade = Meeting::withdraw_incoming; break;
      case SelfTrade::cancel_oldest: book.self_trade = Meeting::withdraw_resting; break;
      case SelfTrade::cancel_both: book.self_trade = Meeting::withdraw_both; break;
      case SelfTrade::decrement: book.self_trade = Meeting::decrement; break;
      case SelfTrade::allow: break;
    }
    book.withdrawn = [this](std::uint64_t, std::int64_t lost) { prevented += lost; };
  }

  void open(std::int32_t day) {
    day_ = day;
    ++session_;
    now_ = -1;
    for (auto& [name, owner] : owners) {
      owner.bought = owner.messages = owner.trades = 0;
    }
    last_ = static_ = away_from_ = reference;
    turnover_ = volume_ = last_call_ = 0;
    if (rules.price_limit > 0) {
      low_ = static_cast<std::int64_t>(std::ceil(static_cast<double>(reference) * (1 - rules.price_limit) / static_cast<double>(rules.tick.count) - 1e-9)) * rules.tick.count;
      high_ = static_cast<std::int64_t>(std::floor(static_cast<double>(reference) * (1 + rules.price_limit) / static_cast<double>(rules.tick.count) + 1e-9)) * rules.tick.count;
      std::vector<std::uint64_t> gone;
      for_each_order([&](const Order& o) { if (o.price.count < low_ || o.price.count > high_) gone.push_back(o.id); });
      for (const std::uint64_t id : gone) book.cancel(id);
    }
    phase_ = SessionPhase::closed;
    interrupted_until_ = -1;
    if (rules.timetable.empty()) begin_continuous();
  }

  void close() {
    live_until(86'400);
    end_bids();
    if (volume_ > 0) {
      if (rules.close_by == CloseBy::call && last_call_ > 0) reference = last_call_;
      else if (rules.close_by == CloseBy::average) reference = static_cast<std::int64_t>(std::floor(static_cast<double>(turnover_) / static_cast<double>(volume_) + 0.5));
      else reference = last_;
    } else if (rules.reference_without_trade == ReferenceWithoutTrade::quote) {
      if (!book.bids.empty() && book.bids.begin()->first.count > reference) reference = book.bids.begin()->first.count;
      else if (!book.asks.empty() && book.asks.begin()->first.count < reference) reference = book.asks.begin()->first.count;
    }
    book.expire(session_);
    phase_ = SessionPhase::closed;
  }

  /// Whole seconds after midnight.
  void advance(std::int64_t now) {
    live_until(now);
    now_ = now;
  }

  Rejection submit(std::uint32_t account, NewOrder order, TimeInForce tif) {
    const bool market = order.type == OrderType::market;
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted()) return Rejection::halted;
    if (market && !rules.market_orders) return Rejection::market_order;
    if (phase_ == SessionPhase::call && order.type != OrderType::limit) return Rejection::in_call;
    if (const Rejection why = quantity_wrong(order.quantity.count); why != Rejection::none) return why;
    if (!market)
      if (const Rejection why = price_wrong(order.price.count); why != Rejection::none) return why;
    if (rules.value_most > Cash{} && (market ? last_ : order.price.count) * order.quantity.count > rules.value_most.count) return Rejection::too_dear;
    if (const Rejection why = rate_wrong(account); why != Rejection::none) return why;
    if (const Rejection why = means_wrong(account, order.side, market ? std::nullopt : std::optional{order.price.count}, order.quantity.count, 0, 0); why != Rejection::none) return why;
    if (book.ids.contains(order.id)) return Rejection::duplicate_id;
    order.account = account;
    order.good_till = tif == TimeInForce::day ? session_ : tif == TimeInForce::by_rule && rules.order_days > 0 ? session_ + rules.order_days - 1 : good_till_cancelled;
    enter(order);
    return Rejection::none;
  }

  Rejection cancel(std::uint64_t id) { return book.cancel(id) == Outcome::cancelled ? Rejection::none : Rejection::unknown_order; }

  Rejection replace(std::uint64_t id, std::optional<std::int64_t> new_price, std::optional<std::int64_t> new_quantity) {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted()) return Rejection::halted;
    if (!book.ids.contains(id)) return Rejection::unknown_order;
    const Order old = *book.ids.at(id);
    const std::int64_t price = new_price.value_or(old.price.count), quantity = new_quantity.value_or(old.open());
    if (const Rejection why = quantity_wrong(quantity); why != Rejection::none) return why;
    if (new_price)
      if (const Rejection why = price_wrong(price); why != Rejection::none) return why;
    if (rules.value_most > Cash{} && price * quantity > rules.value_most.count) return Rejection::too_dear;
    if (const Rejection why = rate_wrong(old.account); why != Rejection::none) return why;
    if (const Rejection why = means_wrong(old.account, old.side, price, quantity, old.open(), old.price.count * old.open()); why != Rejection::none) return why;
    if (price == old.price.count && quantity <= old.open()) {
      book.replace(id, Price{price}, Tonnes{quantity}, [](const Trade&) {});
      return Rejection::none;
    }
    book.cancel(id);
    enter({id, old.account, old.side, OrderType::limit, Price{price}, Tonnes{quantity}, Tonnes{old.display}, old.good_till});
    return Rejection::none;
  }

  void halt() { halted_by_hand_ = true; }
  void resume() {
    halted_by_hand_ = false;
    go_on();
  }

  Rejection trade_outside(TradeKind kind, std::uint32_t seller, std::uint32_t buyer, std::int64_t price, std::int64_t quantity) {
    const bool negotiated = kind == TradeKind::negotiated;
    const std::int64_t least = (negotiated ? rules.negotiated_least : rules.block_least).count;
    if (quantity <= 0) return Rejection::bad_quantity;
    if (least == 0) return Rejection::not_taken;
    if (!negotiated && rules.block_until > 0 && now_ >= 0 && (now_ * 1'000'000'000 < rules.block_from || now_ * 1'000'000'000 > rules.block_until)) return Rejection::not_open;
    if (quantity < least) return Rejection::too_small;
    if (price % rules.tick.count != 0) return Rejection::off_tick;
    if (out_of_band(price, negotiated ? rules.negotiated_limit : rules.block_limit)) return Rejection::outside_limits;
    if (seller == buyer) return Rejection::same_account;
    if (const Rejection why = means_wrong(seller, Side::sell, price, quantity, 0, 0); why != Rejection::none) return why;
    if (const Rejection why = means_wrong(buyer, Side::buy, price, quantity, 0, 0); why != Rejection::none) return why;
    pay(kind, buyer, seller, 0, 0, price, quantity, false, false);
    return Rejection::none;
  }

  Rejection call_bids(std::uint32_t caller, Side side, std::int64_t limit, std::int64_t quantity) {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted()) return Rejection::halted;
    if (rules.one_way_least == Tonnes{} || one_way_) return Rejection::not_taken;
    if (quantity <= 0) return Rejection::bad_quantity;
    if (quantity < rules.one_way_least.count) return Rejection::too_small;
    if (limit % rules.tick.count != 0) return Rejection::off_tick;
    if (out_of_band(limit, rules.one_way_limit)) return Rejection::outside_limits;
    if (const Rejection why = means_wrong(caller, side, limit, quantity, 0, 0); why != Rejection::none) return why;
    one_way_ = Bid{caller, side, 0, limit, quantity};
    return Rejection::none;
  }
  Rejection bid(std::uint32_t bidder, std::uint64_t id, std::int64_t price, std::int64_t quantity) {
    if (phase_ == SessionPhase::closed) return Rejection::not_open;
    if (halted()) return Rejection::halted;
    if (!one_way_) return Rejection::no_one_way_call;
    if (quantity <= 0) return Rejection::bad_quantity;
    if (quantity % rules.lot.count != 0) return Rejection::off_lot;
    if (price % rules.tick.count != 0) return Rejection::off_tick;
    const Side side = opposite(one_way_->side);
    if (out_of_band(price, rules.one_way_limit) || (side == Side::buy ? price < one_way_->price : price > one_way_->price)) return Rejection::outside_limits;
    if (bidder == one_way_->account) return Rejection::same_account;
    if (const Rejection why = means_wrong(bidder, side, price, quantity, 0, 0); why != Rejection::none) return why;
    bids_.push_back({bidder, side, id, price, quantity});
    return Rejection::none;
  }
  /// The best bid, at one price the oldest, until the caller has what it wants; then all are paid their price or the worst taken.
  void end_bids() {
    if (!one_way_) return;
    const Bid call = *one_way_;
    std::vector<Bid> waiting = bids_, taken;
    one_way_.reset();
    bids_.clear();
    std::int64_t left = call.quantity;
    while (left > 0 && !waiting.empty()) {
      const auto best = std::min_element(waiting.begin(), waiting.end(), [&](const Bid& a, const Bid& b) {
        return call.side == Side::sell ? a.price > b.price : a.price < b.price;
      });
      Bid won = *best;
      waiting.erase(best);
      won.quantity = std::min(won.quantity, left);
      left -= won.quantity;
      taken.push_back(won);
    }
    for (const Bid& b : taken) {
      const std::int64_t price = rules.one_way_pricing == OneWayPricing::uniform ? taken.back().price : b.price;
      if (call.side == Side::sell) pay(TradeKind::one_way, b.account, call.account, b.id, no_order, price, b.quantity, false, false);
      else pay(TradeKind::one_way, call.account, b.account, no_order, b.id, price, b.quantity, false, false);
    }
  }

  template <class F>
  void for_each_order(F&& f) const {
    for (const auto& [price, queue] : book.bids)
      for (const Order& o : queue) f(o);
    for (const auto& [price, queue] : book.asks)
      for (const Order& o : queue) f(o);
  }

 private:
  struct Bid { std::uint32_t account; Side side; std::uint64_t id; std::int64_t price, quantity; };
  /// What is set aside for orders and bids: calls f(account, side, price, quantity).
  template <class F>
  void for_each_promise(F&& f) const {
    for_each_order([&](const Order& o) { f(o.account, o.side, o.price.count, o.open()); });
    if (one_way_) f(one_way_->account, one_way_->side, one_way_->price, one_way_->quantity);
    for (const Bid& b : bids_) f(b.account, b.side, b.price, b.quantity);
  }
  bool halted() const { return halted_by_hand_ || halts_running_ > 0; }
  void go_on() { if (phase_ == SessionPhase::continuous) begin_continuous(); }
  bool out_of_band(std::int64_t price, double share) const {
    if (share <= 0) return price < rules.tick.count;
    return price < below(reference, share) || price > above(reference, share);
  }
  std::int64_t resting(std::uint32_t account, Side side) const {
    std::int64_t sum = 0;
    for_each_promise([&](std::uint32_t who, Side of, std::int64_t, std::int64_t quantity) { if (who == account && of == side) sum += quantity; });
    return sum;
  }
  std::int64_t frozen(std::uint32_t account) const {
    std::int64_t sum = 0;
    for_each_promise([&](std::uint32_t who, Side of, std::int64_t price, std::int64_t quantity) { if (who == account && of == Side::buy) sum += price * quantity; });
    return sum;
  }
  Rejection quantity_wrong(std::int64_t quantity) const {
    if (quantity <= 0) return Rejection::bad_quantity;
    if (quantity % rules.lot.count != 0) return Rejection::off_lot;
    if (rules.listed_most > Tonnes{} && quantity > rules.listed_most.count) return Rejection::too_large;
    return Rejection::none;
  }
  std::int64_t below(std::int64_t around, double share) const {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(static_cast<double>(around) * (1 - share) / static_cast<double>(rules.tick.count) - 1e-9))) * rules.tick.count;
  }
  std::int64_t above(std::int64_t around, double share) const {
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(static_cast<double>(around) * (1 + share) / static_cast<double>(rules.tick.count) + 1e-9))) * rules.tick.count;
  }
  Rejection price_wrong(std::int64_t price) const {
    if (price % rules.tick.count != 0 || (price <= 0 && !rules.negative_prices)) return Rejection::off_tick;
    if (rules.price_limit > 0 && (price < low_ || price > high_)) return Rejection::outside_limits;
    if (rules.price_away > 0 && (price < below(away_from_, rules.price_away) || price > above(away_from_, rules.price_away))) return Rejection::price_away;
    return Rejection::none;
  }
  Rejection rate_wrong(std::uint32_t account) {
    Owner& owner = owners[account];
    ++owner.messages;
    if (rules.messages_per_second > 0 && ++owner.by_second[now_ + 86'400LL * 2 * session_] > rules.messages_per_second) return Rejection::throttled;
    if (rules.order_to_trade > 0 && owner.messages > rules.order_to_trade_free &&
        static_cast<double>(owner.messages) > rules.order_to_trade * static_cast<double>(std::max<std::int64_t>(1, owner.trades)))
      return Rejection::order_to_trade;
    return Rejection::none;
  }
  Rejection means_wrong(std::uint32_t account, Side side, std::optional<std::int64_t> price, std::int64_t quantity, std::int64_t old_quantity, std::int64_t old_cost) {
    const Owner& owner = owners[account];
    if (side == Side::sell) {
      if (rules.short_sale && rules.resale_same_day) return Rejection::none;
      const std::int64_t free = owner.held - resting(account, Side::sell) + old_quantity - (rules.resale_same_day ? 0 : owner.bought);
      return quantity > free ? Rejection::not_covered_allowances : Rejection::none;
    }
    if (rules.position_limit > Tonnes{} && owner.held + resting(account, Side::buy) - old_quantity + quantity > rules.position_limit.count) return Rejection::position_limit;
    if (rules.group_limit > Tonnes{} && owner.group >= 0) {
      std::int64_t together = quantity - old_quantity;
      for (const auto& [name, other] : owners)
        if (other.group == owner.group) together += other.held + resting(name, Side::buy);
      if (together > rules.group_limit.count) return Rejection::group_limit;
    }
    if (!rules.credit) return Rejection::none;
    std::int64_t cost = 0, left = quantity;
    if (price) cost = *price * quantity;
    else
      for (const auto& [p, queue] : book.asks)
        for (const Order& o : queue) {
          const std::int64_t here = std::min(left, o.open());
          cost += here * p.count;
          left -= here;
        }
    cost += fee(cost, quantity, false);
    return cost - old_cost > owner.cash - frozen(account) + rules.credit->count ? Rejection::not_covered_cash : Rejection::none;
  }
  std::int64_t fee(std::int64_t value, std::int64_t quantity, bool resting_side) const {
    if (!rules.fees.any()) return 0;
    const std::int64_t parts = value * (resting_side ? rules.fees.maker : rules.fees.taker) + quantity * rules.fees.per_tonne;
    std::int64_t whole = parts / 1'000'000'000, rest = parts % 1'000'000'000;
    if (rest < 0) { --whole; rest += 1'000'000'000; }
    const std::int64_t rounded = whole + (rest >= 500'000'000 ? 1 : 0);
    return rules.fees.least > Cash{} ? std::max(rules.fees.least.count, rounded) : rounded;
  }
  /// A trade in the book, which counts for the day's prices.
  void settle(TradeKind kind, std::uint32_t buyer, std::uint32_t seller, std::uint64_t buy, std::uint64_t sell, std::int64_t price, std::int64_t quantity, bool buyer_rests, bool seller_rests) {
    pay(kind, buyer, seller, buy, sell, price, quantity, buyer_rests, seller_rests);
    turnover_ += price * quantity;
    volume_ += quantity;
    last_ = price;
  }
  void pay(TradeKind kind, std::uint32_t buyer, std::uint32_t seller, std::uint64_t buy, std::uint64_t sell, std::int64_t price, std::int64_t quantity, bool buyer_rests, bool seller_rests) {
    const std::int64_t value = price * quantity, of_buyer = fee(value, quantity, buyer_rests), of_seller = fee(value, quantity, seller_rests);
    Owner& b = owners[buyer];
    b.held += quantity;
    b.bought += quantity;
    b.cash -= value + of_buyer;
    ++b.trades;
    Owner& s = owners[seller];
    s.held -= quantity;
    s.cash += value - of_seller;
    ++s.trades;
    fees += of_buyer + of_seller;
    deals.emplace_back(kind, buyer, seller, buy, sell, price, quantity, of_buyer, of_seller);
  }
  void rest(const NewOrder& n, std::int64_t open) {
    const std::int64_t shown = n.display.count > 0 ? std::min(open, n.display.count) : open;
    Book::Queue& queue = n.side == Side::buy ? book.bids[n.price] : book.asks[n.price];
    queue.push_back(Order{n.id, n.account, n.side, n.price, shown, open - shown, n.display.count, n.good_till});
    book.ids.emplace(n.id, std::prev(queue.end()));
  }
  Answer match(const NewOrder& order) {
    std::uint32_t draws = 0;
    if (rules.matching == Matching::listed_agreement)
      book.pick = [this, &draws, &order](Price, std::uint32_t orders) -> std::uint32_t {
        return orders == 1 ? 0 : integer_below(draw(rules.key, Stream::matching, static_cast<std::uint32_t>(order.id), day_, draws++).word[0], orders);
      };
    return book.submit(order, [&](const Trade& t) {
      const bool buying = t.incoming_side == Side::buy;
      settle(TradeKind::listed, buying ? t.incoming_account : t.resting_account, buying ? t.resting_account : t.incoming_account,
             buying ? t.incoming_id : t.resting_id, buying ? t.resting_id : t.incoming_id, t.price.count, t.quantity, !buying, buying);
    });
  }
  void enter(const NewOrder& order) {
    if (phase_ == SessionPhase::call) return rest(order, order.quantity.count);
    const bool buying = order.side == Side::buy;
    std::int64_t collar = buying ? std::int64_t{1} << 40 : -(std::int64_t{1} << 40);
    const auto narrow = [&](std::int64_t around, double share) {
      if (share > 0) collar = buying ? std::min(collar, above(around, share)) : std::max(collar, below(around, share));
    };
    narrow(static_, rules.static_collar);
    narrow(away_from_, rules.dynamic_collar);
    const bool collars = rules.static_collar > 0 || rules.dynamic_collar > 0;
    const bool beyond = collars && (order.type == OrderType::market || (buying ? order.price.count > collar : order.price.count < collar));
    if (!beyond) {
      match(order);
      away_from_ = last_;
      return;
    }
    NewOrder bounded = order;
    bounded.price = Price{collar};
    if (order.type != OrderType::fill_or_kill) bounded.type = OrderType::immediate_or_cancel;
    const std::int64_t lost_before = prevented;
    const Answer answer = match(bounded);
    away_from_ = last_;
    if (order.type == OrderType::fill_or_kill || answer.outcome != Outcome::discarded) return;
    std::int64_t left = order.quantity.count - answer.filled;
    if (rules.self_trade == SelfTrade::decrement) left -= prevented - lost_before;
    const auto meets = [&](std::int64_t price) {
      return buying ? !book.asks.empty() && book.asks.begin()->first.count <= price : !book.bids.empty() && book.bids.begin()->first.count >= price;
    };
    if (meets(collar)) return;
    const bool any = buying ? !book.asks.empty() : !book.bids.empty();
    if (order.type == OrderType::market ? any : meets(order.price.count)) {
      phase_ = SessionPhase::call;
      interrupted_until_ = now_ < 0 ? 86'400 : now_ + rules.interruption / 1'000'000'000;
    }
    if (order.type == OrderType::limit) rest(order, left);
  }
  void begin_continuous() {
    phase_ = SessionPhase::continuous;
    away_from_ = last_;
    if (!halted()) uncross();
  }
  void uncross() {
    const auto price = price_of_call(book, last_, rules.tick.count);
    if (price) {
      bool traded = false;
      while (!book.bids.empty() && !book.asks.empty() && book.bids.begin()->first.count >= *price && book.asks.begin()->first.count <= *price) {
        const Order bid = book.bids.begin()->second.front(), ask = book.asks.begin()->second.front();
        const std::int64_t quantity = std::min(bid.shown, ask.shown);
        use(book.bids, quantity);
        use(book.asks, quantity);
        if (rules.self_trade != SelfTrade::allow && bid.account == ask.account) {
          prevented += quantity;
          continue;
        }
        settle(TradeKind::call, bid.account, ask.account, bid.id, ask.id, *price, quantity, true, true);
        traded = true;
      }
      if (traded) last_call_ = static_ = *price;
    }
    away_from_ = last_;
  }
  template <class OneSide>
  void use(OneSide& side, std::int64_t quantity) {
    Book::Queue& queue = side.begin()->second;
    Order& o = queue.front();
    o.shown -= quantity;
    if (o.shown > 0) return;
    if (o.hidden > 0) {
      o.shown = std::min(o.display, o.hidden);
      o.hidden -= o.shown;
      queue.splice(queue.end(), queue, queue.begin());
      return;
    }
    book.ids.erase(o.id);
    queue.pop_front();
    if (queue.empty()) side.erase(side.begin());
  }
  void live_until(std::int64_t second) {
    for (std::int64_t t = std::max<std::int64_t>(now_, 0); t <= second; ++t) {
      if (phase_ == SessionPhase::call && interrupted_until_ == t) {
        interrupted_until_ = -1;
        now_ = t;
        begin_continuous();
      }
      const auto due = [&](std::int64_t at, int what) { return at == t * 1'000'000'000 && done_.emplace(session_, t, what).second; };
      for (const SessionPart& part : rules.timetable)
        if (due(part.until, 0)) {
          interrupted_until_ = -1;
          if (phase_ == SessionPhase::call && !halted()) uncross();
          phase_ = SessionPhase::closed;
        }
      const auto today = [&](const ScheduledHalt& halt) { return halt.day == ScheduledHalt::every_day || halt.day == day_; };
      for (const ScheduledHalt& halt : rules.halts)
        if (today(halt) && due(halt.from, 1)) ++halts_running_;
      for (const ScheduledHalt& halt : rules.halts)
        if (today(halt) && due(halt.until, 2)) {
          --halts_running_;
          go_on();
        }
      for (const SessionPart& part : rules.timetable)
        if (due(part.from, 3)) {
          if (part.phase == SessionPhase::call) phase_ = SessionPhase::call;
          else begin_continuous();
        }
    }
    if (second == 86'400 && interrupted_until_ >= 0) {
      interrupted_until_ = -1;
      begin_continuous();
    }
  }

  std::int32_t day_ = 0, session_ = 0;
  std::int64_t now_ = -1, interrupted_until_ = -1;
  std::int64_t low_ = 0, high_ = 0, last_ = 0, static_ = 0, away_from_ = 0, last_call_ = 0;
  std::int64_t turnover_ = 0, volume_ = 0;
  SessionPhase phase_ = SessionPhase::closed;
  bool halted_by_hand_ = false;
  int halts_running_ = 0;
  std::optional<Bid> one_way_;
  std::vector<Bid> bids_;
  std::set<std::tuple<std::int32_t, std::int64_t, int>> done_;  ///< session, second and kind of what has happened; one of a kind at a time
};

}  // namespace tantu::reference
