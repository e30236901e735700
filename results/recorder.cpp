#include "results/recorder.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#include "sim/input_error.hpp"

namespace tantu {

struct Recorder::Watch {
  explicit Watch(std::unordered_map<std::uint32_t, std::uint32_t> groups) : surveillance({}, std::move(groups)) {}
  MarketQuality quality;
  Surveillance surveillance;
  MarketWatch market{{&quality, &surveillance}};
};

Recorder::Recorder(RecordWishes wishes) : wishes_(wishes) {}
Recorder::~Recorder() = default;

Recorder::Watch& Recorder::watch(const Simulation& simulation, std::uint32_t m) {
  if (watches_.size() < simulation.markets().size()) watches_.resize(simulation.markets().size());
  if (!watches_[m]) {
    const Market& market = simulation.markets()[m];
    const Rows rows = market.rules().rows;
    std::unordered_map<std::uint32_t, std::uint32_t> groups;
    for (std::uint32_t row = rows.first; row < rows.last; ++row)
      if (const std::int16_t group = simulation.setup().traits.group[row]; group >= 0) groups[market.account(row)] = static_cast<std::uint32_t>(group);
    watches_[m] = std::make_unique<Watch>(std::move(groups));
    if (m < days_.size() && !days_[m].empty()) {
      watches_[m]->market.resume(market.exchange.book());
      for (const DayRow& day : days_[m])
        if (day.session.listed_trades > 0) watches_[m]->quality.resume(day.session.last);
    }
  }
  return *watches_[m];
}

namespace {
BookState state_of(const Exchange& exchange) { return {exchange.book(), exchange.limit_low(), exchange.limit_high()}; }

/// Who holds what when a deadline nears; empty before the obligations are known.
std::vector<DeadlineHolding> deadline_holdings(const Simulation& simulation, const Market& market, const ComplianceCycle& due) {
  const FirmStore& firms = simulation.firms();
  const FirmYear& now = firms.year(year_of(simulation.today()));
  const Rows rows = market.rules().rows;
  std::vector<DeadlineHolding> holdings;
  for (std::uint32_t row = rows.first; row < rows.last; ++row) {
    if (!firms.covered[row]) continue;
    DeadlineHolding h{market.account(row), simulation.setup().traits.group[row], market.registry.holding(market.account(row)), firms.debt[row],
                      now.bought[row] - now.sold[row]};
    for (int year = due.first_year; year <= due.last_year; ++year) {
      if (firms.year(year).obligation[row] < Tonnes{}) return {};
      h.due += firms.year(year).obligation[row] - firms.year(year).surrendered[row];
    }
    holdings.push_back(h);
  }
  return holdings;
}
}  // namespace

void Recorder::tell(const Simulation& simulation, std::uint32_t m) {
  Watch& w = watch(simulation, m);
  for (const auto& heard : heard_) {
    if (const OrderRecord* order = std::get_if<OrderRecord>(&heard)) w.market.order(*order);
    else w.market.trade(std::get<Trade>(heard));
  }
  heard_.clear();
  w.market.settle(state_of(simulation.markets()[m].exchange));
}

std::vector<std::vector<Alert>> Recorder::alerts() const {
  std::vector<std::vector<Alert>> all = past_alerts_;
  all.resize(std::max(all.size(), watches_.size()));
  for (std::size_t m = 0; m < watches_.size(); ++m)
    if (watches_[m]) all[m].insert(all[m].end(), watches_[m]->surveillance.alerts().begin(), watches_[m]->surveillance.alerts().end());
  return all;
}

namespace {

/// What the market's policies have last reported under the name of a series; the lowest where several do, 0 where none.
double last_reported(const Market& market, std::string_view name) {
  double lowest = 0;
  for (std::size_t p = 0; p < market.policy_states.size(); ++p) {
    const auto names = market.rules().policies[p].policy->series();
    const auto at = std::find_if(names.begin(), names.end(), [&](const SeriesName& s) { return s.name == name; });
    if (at == names.end()) continue;
    const auto& points = market.policy_states[p].points;
    const auto last = std::find_if(points.rbegin(), points.rend(), [&](const PolicyState::Point& point) { return point.series == at - names.begin(); });
    if (last != points.rend()) lowest = lowest > 0 ? std::min(lowest, last->value) : last->value;
  }
  return lowest;
}

}  // namespace

void Recorder::day(const Simulation& simulation, std::uint32_t m) {
  const Market& market = simulation.markets()[m];
  if (days_.size() < simulation.markets().size()) days_.resize(simulation.markets().size());
  DayRow row;
  row.day = simulation.today();
  row.session = market.exchange.totals();
  row.price_scale = market.rules().price_scale;
  row.anchor = market.board.anchor;
  row.bounds = market.price_bounds(row.day);
  row.reserve_price = last_reported(market, "reserve_price");
  row.trigger_price = last_reported(market, "tier_price");
  for (UnitIndex u = 0; u < market.registry.units().size(); ++u) {
    if (market.registry.units()[u].type != UnitType::allowance) continue;
    const UnitTotals& t = market.registry.totals(u);
    row.issued += t.issued;
    row.surrendered += t.surrendered;
    row.cancelled += t.cancelled;
    row.expired += t.expired;
    row.sent += t.sent;
    row.received += t.received;
    if (market.registry.units()[u].origin == 0) continue;
    row.foreign += t.received - t.sent - t.surrendered - t.cancelled - t.expired;
    row.foreign_surrendered += t.surrendered;
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
  if (wishes_.quality) {
    if (!heard_.empty()) tell(simulation, m);
    Watch& w = watch(simulation, m);
    w.market.close(state_of(market.exchange));
    row.quality = w.quality.day();
    if (const ComplianceCycle* due = market.due_cycle(); due && row.days_to_deadline <= AlertRules{}.corner_days) {
      const std::vector<Alert> found = corners(deadline_holdings(simulation, market, *due), {}, {row.day.number, -1, 0});
      const auto known = found.empty() ? std::vector<std::vector<Alert>>(m + 1) : alerts();
      for (const Alert& alert : found) {
        // Once an account and deadline: those of the deadline before are at least half a year old.
        const bool again = std::ranges::any_of(known[m], [&](const Alert& a) {
          return a.kind == AlertKind::corner && a.account == alert.account && due->deadline.number - a.at.day < 100;
        });
        if (!again) w.surveillance.add(alert);
      }
    }
  }
  days_[m].push_back(row);
}

namespace {
// Rows are kept as their bytes: only the same build reads them again.
template <class Row>
void put(std::string& bytes, const std::vector<Row>& rows) {
  static_assert(std::is_trivially_copyable_v<Row>);
  const std::uint64_t n = rows.size();
  bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  bytes.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
}
std::uint64_t take(std::string_view& bytes) {
  std::uint64_t n = 0;
  if (bytes.size() < sizeof n) throw std::runtime_error("what a saved state has recorded ends early");
  std::memcpy(&n, bytes.data(), sizeof n);
  bytes.remove_prefix(sizeof n);
  return n;
}
template <class Row>
void take(std::string_view& bytes, std::vector<Row>& rows) {
  const std::uint64_t n = take(bytes);
  if (n > bytes.size() / sizeof(Row)) throw std::runtime_error("what a saved state has recorded ends early");
  rows.resize(n);
  if (n > 0) std::memcpy(static_cast<void*>(rows.data()), bytes.data(), n * sizeof(Row));
  bytes.remove_prefix(n * sizeof(Row));
}
}  // namespace

std::string Recorder::saved() const {
  std::string bytes;
  for (const std::uint64_t n : {std::uint64_t{wishes_.trades}, std::uint64_t{wishes_.orders}, std::uint64_t{wishes_.quality}, std::uint64_t{days_.size()}})
    bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  for (const std::vector<DayRow>& days : days_) put(bytes, days);
  put(bytes, trades_);
  put(bytes, orders_);
  auto all = alerts();
  all.resize(days_.size());
  for (const std::vector<Alert>& of_market : all) put(bytes, of_market);
  return bytes;
}

void Recorder::restore(std::string_view bytes, const std::string& file) {
  const bool trades = take(bytes) != 0, orders = take(bytes) != 0, quality = take(bytes) != 0;
  if (wishes_.trades && !trades) throw InputError(file, "", "its past did not record trades; save it with --record trades");
  if (wishes_.orders && !orders) throw InputError(file, "", "its past did not record orders; save it with --record orders");
  if (wishes_.quality && !quality) throw InputError(file, "", "its past did not record quality; save it with --record quality");
  days_.resize(take(bytes));
  for (std::vector<DayRow>& days : days_) take(bytes, days);
  take(bytes, trades_);
  take(bytes, orders_);
  past_alerts_.resize(days_.size());
  for (std::vector<Alert>& of_market : past_alerts_) take(bytes, of_market);
  if (!wishes_.trades) trades_.clear();
  if (!wishes_.orders) orders_.clear();
}

}  // namespace tantu
