#include "results/recorder.hpp"

#include <algorithm>

namespace tantu {

void Recorder::day(const Simulation& simulation, std::uint32_t m) {
  const Market& market = simulation.markets()[m];
  if (days_.size() < simulation.markets().size()) days_.resize(simulation.markets().size());
  DayRow row;
  row.day = simulation.today();
  row.session = market.exchange.totals();
  row.price_scale = market.rules().price_scale;
  row.anchor = market.board.anchor;
  for (UnitIndex u = 0; u < market.registry.units().size(); ++u) {
    if (market.registry.units()[u].type != UnitType::allowance) continue;
    const UnitTotals& t = market.registry.totals(u);
    row.issued += t.issued;
    row.surrendered += t.surrendered;
    row.cancelled += t.cancelled;
    row.expired += t.expired;
  }
  // Counted, not inferred from the totals: who has the file can check that every day closes.
  for (Account account = 0; account < market.registry.accounts(); ++account)
    (market.is_pool(account) ? row.pools : row.bank) += market.registry.holding(account);
  row.intents = static_cast<std::int64_t>(simulation.arrivals(m));
  row.days_without_trade = market.board.days_without_trade;
  if (const ComplianceCycle* due = market.due_cycle()) {
    const Calendar& calendar = market.rules().calendar;
    row.days_to_deadline = std::max(0, calendar.ordinal(due->deadline) - calendar.ordinal(row.day));
  }
  days_[m].push_back(row);
}

}  // namespace tantu
