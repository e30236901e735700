#include "results/trader_tables.hpp"

#include <algorithm>
#include <vector>

#include "results/write_output.hpp"

namespace tantu {

namespace {

struct SeatAt {
  const TraderSetup* trader;
  const TraderSeat* seat;
  std::size_t place;  ///< among the seats of its market
};

SeatYear difference(const SeatDay& before, const SeatDay& after) {
  const TraderAccount &a = before.traded, &b = after.traded;
  return {after.position, b.bought - a.bought, b.sold - a.sold, b.paid - a.paid, b.received - a.received, b.fees - a.fees,
          after.profit - before.profit, b.orders - a.orders, b.refused - a.refused, b.cancelled - a.cancelled};
}

}  // namespace

void write_traders(Dataset& file, const Simulation& simulation, const Recorder& recorder, const Denomination& in) {
  std::vector<SeatAt> seats;
  for (const TraderSetup& trader : simulation.setup().traders)
    for (const TraderSeat& seat : trader.seats)
      seats.push_back({&trader, &seat, seat.account - simulation.markets()[seat.market].first_participant()});
  if (seats.empty()) return;

  DatasetGroup& traders = file.group("/traders");
  std::vector<std::string> account, trader, kind, market;
  std::vector<std::int32_t> number, days;
  for (const SeatAt& s : seats) {
    account.push_back(s.seat->name);
    trader.push_back(s.trader->name);
    kind.push_back(s.trader->kind);
    market.push_back(simulation.markets()[s.seat->market].rules().name);
    number.push_back(static_cast<std::int32_t>(s.seat->account));
  }
  for (const auto& rows : recorder.days())
    for (const DayRow& row : rows) days.push_back(row.day.number);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  std::vector<std::int32_t> years;
  for (const std::int32_t day : days)
    if (years.empty() || years.back() != year_of(Day{day})) years.push_back(year_of(Day{day}));

  const std::vector<std::string> axis{"account"};
  traders.axis("account", account, {"", "account of a trader"});
  traders.axis("year", std::span<const std::int32_t>(years), {"", "calendar year"});
  traders.variable("trader", axis, std::span<const std::string>(trader), {"", "trader"});
  traders.variable("kind", axis, std::span<const std::string>(kind), {"", "kind of trader"});
  traders.variable("market", axis, std::span<const std::string>(market), {"", "market of the account"});
  traders.variable("number", axis, std::span<const std::int32_t>(number), {"", "number of the account in /trades, /orders and /alerts"});

  // Markets with calendars of their own share the union of the days; between its days an account stands as it stood.
  std::vector<const SeatDay*> by_day(seats.size() * days.size(), nullptr);
  std::vector<SeatYear> by_year(seats.size() * years.size());
  for (std::size_t s = 0; s < seats.size(); ++s) {
    const std::uint32_t m = seats[s].seat->market;
    const std::size_t width = simulation.trader_accounts(m).size();
    const std::vector<DayRow>& rows = recorder.days()[m];
    SeatDay opening;
    opening.position = seats[s].seat->allowances;
    opening.cash = seats[s].seat->cash;
    std::vector<SeatDay> ends(years.size() + 1, opening);
    for (std::size_t d = 0; d < rows.size(); ++d) {
      const SeatDay& now = recorder.seat_days()[m][d * width + seats[s].place];
      by_day[s * days.size() + static_cast<std::size_t>(std::lower_bound(days.begin(), days.end(), rows[d].day.number) - days.begin())] = &now;
      const auto y = static_cast<std::size_t>(std::lower_bound(years.begin(), years.end(), year_of(rows[d].day)) - years.begin());
      for (std::size_t later = y + 1; later < ends.size(); ++later) ends[later] = now;
    }
    for (std::size_t y = 0; y < years.size(); ++y) by_year[s * years.size() + y] = difference(ends[y], ends[y + 1]);
  }
  for (const auto& output : seat_year_outputs())
    write_output(traders, output, {"account", "year"}, by_year.size(), [&](std::size_t i) { return &by_year[i]; }, in, [&](std::size_t i) { return seats[i / years.size()].seat->market; });
  if (!recorder.wishes().daily) return;
  traders.day_axis("day", days, "trading day");
  for (const auto& output : seat_day_outputs())
    write_output(traders, output, {"account", "day"}, by_day.size(), [&](std::size_t i) { return by_day[i]; }, in, [&](std::size_t i) { return seats[i / days.size()].seat->market; });
}

}  // namespace tantu
