#include "agents/order_placement.hpp"

#include <algorithm>
#include <cmath>

namespace tantu {

Price price_on_tick(const BookView& book, Side side, double ticks) {
  const std::int64_t tick = book.rules().tick.count;
  const double steps = ticks / static_cast<double>(tick);
  const double bounded = std::clamp(side == Side::buy ? std::floor(steps + 1e-9) : std::ceil(steps - 1e-9), 0.0, 2e9);
  return std::clamp(Price{static_cast<std::int64_t>(bounded) * tick}, book.lowest(), book.highest());
}

Tonnes within_means(const BookView& book, Side side, Price price, Tonnes wanted) {
  const ExchangeRules& rules = book.rules();
  Tonnes quantity = wanted;
  if (rules.listed_most > Tonnes{}) quantity = std::min(quantity, rules.listed_most);
  if (rules.position_limit > Tonnes{} && side == Side::buy) quantity = std::min(quantity, rules.position_limit - book.held());
  if (side == Side::sell) {
    quantity = std::min(quantity, book.free());
  } else {
    // Fees come on top; where they would not be covered a tonne less is asked for than the cash would buy.
    const double all = static_cast<double>(book.spendable().count) / static_cast<double>(std::max<std::int64_t>(price.count, 1));
    const double fees = static_cast<double>(rules.fees.taker + rules.fees.maker) * 1e-9;
    quantity = std::min(quantity, Tonnes{static_cast<std::int64_t>(std::clamp(all / (1 + fees), 0.0, 9e15))});
  }
  quantity = std::max(quantity, Tonnes{});
  return quantity - Tonnes{quantity.count % rules.lot.count};
}

std::optional<OrderRequest> order_towards(const BookView& book, Tonnes target, Tonnes most, double away) {
  const Tonnes missing = target - book.held();
  OrderRequest request;
  request.side = missing > Tonnes{} ? Side::buy : Side::sell;
  request.replaces = true;
  const bool buying = request.side == Side::buy;
  request.price = price_on_tick(book, request.side, book.middle() * (buying ? 1 + away : 1 - away));
  request.quantity = within_means(book, request.side, request.price, std::min(buying ? missing : -missing, most));
  if (request.quantity <= Tonnes{}) return std::nullopt;
  return request;
}

void spread_over_day(const TraderView& view, Stream stream, std::int64_t turns, std::vector<double>& moments) {
  const Draw d = draw(view.key, stream, view.entity, view.today.number, 0xff0000);
  for (std::int64_t k = 0; k < turns; ++k) moments.push_back((static_cast<double>(k) + d.uniform(static_cast<int>(k % 4))) / static_cast<double>(turns));
}

bool is_new_day(const TraderView& view, double& last_day) {
  const auto today = static_cast<double>(view.today.number);
  if (last_day == today) return false;
  last_day = today;
  return true;
}

}  // namespace tantu
