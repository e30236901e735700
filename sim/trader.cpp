#include "sim/trader.hpp"

#include <algorithm>

namespace tantu {

Tonnes BookView::shown_at_best(Side side) const {
  Tonnes shown;
  exchange().book().for_each_level(side, 1, [&](const PriceLevel& level) { shown = level.shown; });
  return shown;
}

double BookView::middle() const {
  const auto best_bid = bid(), best_ask = ask();
  const auto last = static_cast<double>(close().count);
  if (best_bid && best_ask) return 0.5 * static_cast<double>(best_bid->count + best_ask->count);
  if (best_bid) return std::max(last, static_cast<double>(best_bid->count));
  if (best_ask) return std::min(last, static_cast<double>(best_ask->count));
  return last;
}

double BookView::anchor() const {
  return std::max((board().anchor > 0 ? board().anchor : board().average) / price_scale(), 1.0);
}

int BookView::days_to_deadline() const {
  const ComplianceCycle* due = market_.due_cycle(seat_.listing);
  if (!due) return -1;
  const Calendar& calendar = market_.rules().calendar;
  return std::max(0, calendar.ordinal(due->deadline) - calendar.ordinal(board().today));
}

void TraderDesk::cancel_all(const TraderView& view, std::size_t seat) {
  std::vector<std::uint64_t> orders;
  view.books[seat].for_each_order([&](const RestingOrder& order) { orders.push_back(order.id); });
  for (const std::uint64_t order : orders) cancel(seat, order);
}

Cash profit(const Market& market, const TraderSeat& seat, const TraderAccount& traded) {
  const Listing& listing = market.listings[seat.listing];
  const ListingRules& rules = market.rules().listings[seat.listing];
  const Tonnes held = rules.instrument.holding(market.registry, seat.account) - traded.moved;
  return market.clearing.balance(seat.account) - traded.remitted - seat.cash + listing.board.close * held - rules.opening_reference * seat.allowances;
}

}  // namespace tantu
