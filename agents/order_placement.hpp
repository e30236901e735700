// How traders without an obligation put their wishes into orders: prices on the tick inside the day's limits,
// quantities in whole lots within their means; and when they act.
#pragma once

#include <optional>
#include <vector>

#include "sim/trader.hpp"

namespace tantu {

/// `ticks` (of account, any number) as a price on the tick, rounded so that it is not worse for the sender, inside
/// the day's limits.
Price price_on_tick(const BookView& book, Side side, double ticks);

/// What the seat can buy at `price`, or offer: at most `wanted`, the largest listed order and its means, in whole lots.
Tonnes within_means(const BookView& book, Side side, Price price, Tonnes wanted);

/// The order that moves the seat's holdings towards `target` by at most `most`, `away` (a share; below zero: on the
/// passive side) beyond the middle; it takes the place of what rests. None where nothing is to be done.
std::optional<OrderRequest> order_towards(const BookView& book, Tonnes target, Tonnes most, double away);

/// `turns` moments spread over the day: one in each of as many equal parts, at a point drawn for the trader and day.
void spread_over_day(const TraderView& view, Stream stream, std::int64_t turns, std::vector<double>& moments);

/// True on the first of the trader's turns of a day; `last_day` is a number of its state.
bool is_new_day(const TraderView& view, double& last_day);

}  // namespace tantu
