#include "sim/market_watch.hpp"

#include <algorithm>

namespace tantu {

void MarketWatch::order(const OrderRecord& record) {
  if (record.rejection != Rejection::none || record.message > MessageKind::replace) return;
  now_ = {record.day, record.time, now_.message + 1};
  if (!live_) begin_day();
  for (Watcher* watcher : watchers_) watcher->sent(record, now_);
  touched_.push_back({record.order, record.account});
}

void MarketWatch::trade(const Trade& trade) {
  if (trade.kind != TradeKind::listed && trade.kind != TradeKind::call) return;
  now_.day = trade.day;
  now_.time = trade.time;
  if (!live_) begin_day();
  const auto take = [&](std::uint64_t id) {
    const auto found = resting_.find(id);
    if (found != resting_.end() && (found->second.open -= trade.quantity) <= Tonnes{}) resting_.erase(found);
  };
  if (trade.kind == TradeKind::call) {
    for (Watcher* watcher : watchers_) watcher->traded(trade, nullptr, now_);
    take(trade.buy_order);
    take(trade.sell_order);
    return;
  }
  const auto resting = resting_.find(trade.aggressor == Side::buy ? trade.sell_order : trade.buy_order);
  const WatchedOrder* const order = resting == resting_.end() ? nullptr : &resting->second;
  for (Watcher* watcher : watchers_) watcher->traded(trade, order, now_);
  if (order) take(order->id);
}

void MarketWatch::begin_day() {
  live_ = true;
  std::vector<std::uint64_t> ids;  // in their order: the table has none
  for (const auto& [id, order] : resting_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const std::uint64_t id : ids) {
    WatchedOrder& order = resting_.at(id);
    order.entered = now_;
    for (Watcher* watcher : watchers_) watcher->entered(order);
  }
}

void MarketWatch::resume(const OrderBook& book) {
  book.for_each([&](const RestingOrder& o) {
    resting_.insert_or_assign(o.id, WatchedOrder{o.id, o.account, o.side, o.price, o.shown + o.hidden, now_});
  });
}

void MarketWatch::leave(WatchedOrder order) {
  for (Watcher* watcher : watchers_) watcher->left(order, now_);
}

void MarketWatch::look_at(std::uint64_t id, std::uint32_t account, const OrderBook& book) {
  const auto known = resting_.find(id);
  const auto rests = book.find(id);
  if (known != resting_.end()) {
    WatchedOrder& order = known->second;
    const Tonnes open = rests ? rests->shown + rests->hidden : Tonnes{};
    // One that went and came again, or changed its price, is another order to those who watch.
    const bool same = rests && rests->price == order.price && rests->side == order.side && open <= order.open;
    if (same) {
      if (open < order.open) {
        WatchedOrder gone = order;
        gone.open = order.open - open;
        order.open = open;
        leave(gone);
      }
      return;
    }
    const WatchedOrder gone = order;
    resting_.erase(known);
    leave(gone);
  }
  if (!rests) return;
  const WatchedOrder order{id, account, rests->side, rests->price, rests->shown + rests->hidden, now_};
  resting_.insert_or_assign(id, order);
  for (Watcher* watcher : watchers_) watcher->entered(order);
}

void MarketWatch::settle(const BookState& state) {
  for (const Touched& order : touched_) look_at(order.id, order.account, state.book);
  touched_.clear();
  if (live_)
    for (Watcher* watcher : watchers_) watcher->settled(state, now_);
}

void MarketWatch::close(const BookState& state) {
  settle(state);
  // What expired, or was withdrawn because it met an order of its own account. In order of ids: the table has none.
  std::vector<std::uint64_t> gone;
  for (const auto& [id, order] : resting_)
    if (!state.book.handle_of(id)) gone.push_back(id);
  std::sort(gone.begin(), gone.end());
  for (const std::uint64_t id : gone) look_at(id, no_account, state.book);
  if (live_)
    for (Watcher* watcher : watchers_) watcher->closed(now_);
  live_ = false;
}

}  // namespace tantu
