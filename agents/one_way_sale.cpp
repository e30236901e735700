#include "agents/one_way_sale.hpp"

#include <algorithm>
#include <map>

#include "sim/expected_fees.hpp"

namespace tantu {

void hold_one_way_sales(const OneWayParameters& one_way, const CreditParameters& credit, const PositionModel& model, const GroupTreasury& treasury,
                        const StrategyView& view, std::vector<Intent>& intents, CallDesk& desk) {
  const Market& market = view.market;
  const MarketRules& rules = market.rules();
  const ExchangeRules& exchange = view.exchange_rules();
  const auto fees = ExpectedFees::of_either(exchange.fees, rules.price_scale);
  const Price low = std::max(view.exchange().one_way_low(exchange), exchange.tick), high = view.exchange().one_way_high(exchange);
  const auto whole_lots = [&](double tonnes) {
    const auto t = static_cast<std::int64_t>(std::clamp(tonnes, 0.0, 9e15));
    return Tonnes{t - t % exchange.lot.count};
  };
  const auto holding = [&](std::uint32_t row) { return view.holding(market.account(row)); };
  for (Intent& caller : intents) {
    if (caller.side != Side::sell) continue;
    const Tonnes offered = std::min(whole_lots(caller.wanted), whole_lots(static_cast<double>(view.free(market.account(caller.row)).count)));
    if (offered < exchange.one_way_least || draw(view.key, Stream::block, view.traits.entity[caller.row], view.today.number, view.draws()).uniform(3) >= one_way.probability) continue;
    const Price worst = std::max(low, on_tick_at_least(caller.reservation, exchange.tick, rules.price_scale));
    if (worst > high || desk.call_bids(caller.row, Side::sell, worst, offered) != Rejection::none) continue;

    const DayFacts facts = model.day_facts(view);
    std::map<std::uint32_t, Tonnes> before;
    for (std::uint32_t row = rules.rows.first; row < rules.rows.last; ++row) {
      if (row == caller.row || !view.firms.covered[row] || view.today <= view.firms.barred_until[row]) continue;
      const auto balance = treasury.balance(view, facts, row);
      if (!balance || balance->need < 1) continue;
      double worth = fees.bid(model.assess(view, facts, row, *balance).buy_at);
      if (exchange.one_way_pricing == OneWayPricing::own_bid) worth *= 1 - one_way.shading;
      const Price price = std::min(high, on_tick_at_most(worth, exchange.tick, rules.price_scale));
      if (price < worst) continue;
      const double most = affordable(credit, view, row) / to_currency(price, rules.price_scale);
      const Tonnes quantity = whole_lots(std::min({balance->need, most, static_cast<double>(market.room(market.account(row)).count)}));
      if (quantity > Tonnes{} && desk.bid(row, price, quantity) == Rejection::none) before[row] = holding(row);
    }
    const Tonnes had = holding(caller.row);
    desk.end_bids();
    caller.wanted = std::max(0.0, caller.wanted - static_cast<double>((had - holding(caller.row)).count));
    for (Intent& winner : intents)
      if (const auto bid = before.find(winner.row); bid != before.end() && winner.side == Side::buy)
        winner.wanted = std::max(0.0, winner.wanted - static_cast<double>((holding(winner.row) - bid->second).count));
  }
}

}  // namespace tantu
