#include "sim/market_watch.hpp"

#include <algorithm>

namespace tantu {

void SideView::put(std::size_t at, const PriceLevel& level) {
  price_[at] = level.price;
  at_[at] = level.shown;
}

void SideView::fill(const OrderBook& book, Side side) {
  while (prices_ < most) {
    const auto next = prices_ == 0 ? book.best_level(side) : book.level_after(side, price_[prices_ - 1]);
    if (!next) break;
    put(prices_++, *next);
  }
  sums_ = {};
  for (std::size_t i = 0; i < levels.size(); ++i)
    for (std::size_t at = 0; at < std::min(prices_, levels[i]); ++at) sums_[i] += at_[at];
}

void SideView::read(const OrderBook& book, Side side) {
  prices_ = 0;
  fill(book, side);
}

void SideView::read(const OrderBook& book, Side side, std::span<const Price> changed) {
  for (const Price price : changed) {
    const PriceLevel level = book.level(side, price);
    std::size_t at = 0;
    while (at < prices_ && (side == Side::buy ? price_[at] > price : price_[at] < price)) ++at;
    const bool known = at < prices_ && price_[at] == price;
    if (level.orders == 0) {
      if (!known) continue;
      --prices_;
      std::copy(price_.begin() + static_cast<std::ptrdiff_t>(at) + 1, price_.end(), price_.begin() + static_cast<std::ptrdiff_t>(at));
      std::copy(at_.begin() + static_cast<std::ptrdiff_t>(at) + 1, at_.end(), at_.begin() + static_cast<std::ptrdiff_t>(at));
      continue;
    }
    if (at == most) continue;
    if (!known) {
      std::copy_backward(price_.begin() + static_cast<std::ptrdiff_t>(at), price_.end() - 1, price_.end());
      std::copy_backward(at_.begin() + static_cast<std::ptrdiff_t>(at), at_.end() - 1, at_.end());
      prices_ = std::min(prices_ + 1, most);
    }
    put(at, level);
  }
  fill(book, side);
}

void MarketWatch::order(const OrderRecord& record) {
  if (record.rejection != Rejection::none || record.message > MessageKind::replace) return;
  set_day(record.day);
  now_.time = record.time;
  ++now_.message;
  if (!live_) begin_day();
  for (Watcher* watcher : watchers_) watcher->sent(record, now_);
  touched_.push_back({record.order, record.account, record.message == MessageKind::order, record.side, record.price});
}

void MarketWatch::trade(const Trade& trade) {
  if (trade.kind != TradeKind::listed && trade.kind != TradeKind::call) return;
  set_day(trade.day);
  now_.time = trade.time;
  if (!live_) begin_day();
  const bool call = trade.kind == TradeKind::call;
  if (call) doubt();
  else notice(opposite(trade.aggressor), trade.price);
  const bool bought = trade.aggressor == Side::buy;
  const std::uint32_t slots[2] = {call || !bought ? find(trade.buy_order) : 0, call || bought ? find(trade.sell_order) : 0};
  for (const std::uint32_t slot : slots)
    if (slot != 0)
      for (Watcher* watcher : watchers_) watcher->filled(orders_[slot], trade.quantity, now_);
  const std::uint32_t resting = call ? 0 : slots[0] + slots[1];
  for (Watcher* watcher : watchers_) watcher->traded(trade, resting != 0 ? &orders_[resting] : nullptr, now_);
  for (const std::uint32_t slot : slots)
    if (slot != 0 && (orders_[slot].open -= trade.quantity) <= Tonnes{}) forget(slot);
}

void MarketWatch::set_day(std::int32_t day) {
  if (now_.day != day) doubt();
  now_.day = day;
}

// In order of ids: slots have none that a book taken up again would have too.
std::vector<std::uint64_t> MarketWatch::known_ids() const {
  std::vector<std::uint64_t> ids;
  for (std::uint32_t slot = 1; slot < orders_.size(); ++slot)
    if (orders_[slot].slot != 0) ids.push_back(orders_[slot].id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

void MarketWatch::begin_day() {
  live_ = true;
  doubt();
  for (const std::uint64_t id : known_ids()) {
    WatchedOrder& order = orders_[find(id)];
    order.entered = now_;
    for (Watcher* watcher : watchers_) watcher->entered(order);
  }
}

WatchedOrder& MarketWatch::add(const WatchedOrder& order) {
  std::uint32_t slot = static_cast<std::uint32_t>(orders_.size());
  if (free_.empty()) {
    orders_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  orders_[slot] = order;
  orders_[slot].slot = slot;
  ids_.insert(order.id, slot, [&](std::uint32_t s) { return orders_[s].id; });
  return orders_[slot];
}

void MarketWatch::forget(std::uint32_t slot) {
  ids_.erase(orders_[slot].id, slot);
  orders_[slot].slot = 0;
  free_.push_back(slot);
}

void MarketWatch::resume(const OrderBook& book) {
  book.for_each([&](const RestingOrder& o) {
    if (const std::uint32_t known = find(o.id)) forget(known);
    add({o.id, o.account, o.side, o.price, o.shown + o.hidden, now_});
  });
}

void MarketWatch::leave(const WatchedOrder& order) {
  notice(order.side, order.price);
  for (Watcher* watcher : watchers_) watcher->left(order, now_);
}

MarketWatch::Rest MarketWatch::find(const OrderBook& book, std::uint64_t id) {
  const auto order = book.find(id);
  return order ? Rest{order->side, order->price, order->shown + order->hidden} : Rest{};
}

void MarketWatch::look_at(const Touched& touched, const Rest& rest) {
  if (const std::uint32_t known = find(touched.id); known != 0) {
    WatchedOrder& order = orders_[known];
    // One that went and came again, or changed its price, is another order to those who watch.
    if (rest.open > Tonnes{} && rest.price == order.price && rest.side == order.side && rest.open <= order.open) {
      if (rest.open < order.open) {
        WatchedOrder gone = order;
        gone.open = order.open - rest.open;
        order.open = rest.open;
        leave(gone);
      }
      return;
    }
    leave(order);
    forget(known);
  } else if (!touched.fresh) {
    doubt();
  }
  if (rest.open == Tonnes{}) return;
  const WatchedOrder& order = add({touched.id, touched.account, rest.side, rest.price, rest.open, now_});
  notice(order.side, order.price);
  for (Watcher* watcher : watchers_) watcher->entered(order);
}

void MarketWatch::read(const BookState& state) {
  if (state.prevented != prevented_) doubt();
  prevented_ = state.prevented;
  view_.changed = state.limit_low != view_.limit_low || state.limit_high != view_.limit_high;
  view_.limit_low = state.limit_low;
  view_.limit_high = state.limit_high;
  for (const Side side : {Side::buy, Side::sell}) {
    Stale& stale = stale_[static_cast<std::size_t>(side)];
    if (!stale.all && stale.count == 0) continue;
    SideView& view = view_.sides[static_cast<std::size_t>(side)];
    if (stale.all) view.read(state.book, side);
    else view.read(state.book, side, std::span(stale.prices).first(stale.count));
    stale.count = 0;
    stale.all = false;
    view_.changed = true;
  }
}

void MarketWatch::settle(const BookState& state, Tonnes open) {
  const bool known = open != not_known && touched_.size() == 1;
  for (const Touched& touched : touched_) look_at(touched, known ? Rest{touched.side, touched.price, open} : find(state.book, touched.id));
  touched_.clear();
  read(state);
  if (live_)
    for (Watcher* watcher : watchers_) watcher->settled(view_, now_);
}

void MarketWatch::close(const BookState& state) {
  doubt();  // orders for the day have left
  settle(state);
  // What expired, or was withdrawn because it met an order of its own account.
  for (const std::uint64_t id : known_ids())
    if (!state.book.handle_of(id)) look_at({id, no_account, false, Side::buy, {}}, {});
  if (live_)
    for (Watcher* watcher : watchers_) watcher->closed(now_);
  live_ = false;
}

}  // namespace tantu
