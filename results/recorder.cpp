#include "results/recorder.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "sim/input_error.hpp"

namespace tantu {

struct Recorder::Watch {
  Watch(std::unordered_map<std::uint32_t, std::uint32_t> groups, std::vector<std::uint32_t> makers) : surveillance({}, std::move(groups), std::move(makers)) {}
  MarketQuality quality;
  Surveillance surveillance;
  MarketWatch market{{&quality, &surveillance}};
  bool settled_once = false;
};

Recorder::Recorder(RecordWishes wishes) : wishes_(wishes) {}
Recorder::~Recorder() = default;

namespace {
std::size_t instruments_of(const Simulation& simulation) {
  std::size_t n = 0;
  for (const Market& market : simulation.markets()) n += market.listings.size();
  return n;
}
std::size_t number_of(const Simulation& simulation, std::uint32_t m, std::uint32_t listing) {
  return simulation.markets()[m].rules().first_instrument + listing;
}
/// The market and the listing of an instrument of the run.
std::pair<std::uint32_t, std::uint32_t> place_of(const Simulation& simulation, std::size_t instrument) {
  std::uint32_t m = 0;
  while (m + 1 < simulation.markets().size() && instrument >= number_of(simulation, m + 1, 0)) ++m;
  return {m, static_cast<std::uint32_t>(instrument - number_of(simulation, m, 0))};
}
}  // namespace

Recorder::Watch& Recorder::watch(const Simulation& simulation, std::uint32_t m, std::uint32_t listing) {
  if (watches_.empty()) watches_.resize(instruments_of(simulation));
  const std::size_t number = number_of(simulation, m, listing);
  if (!watches_[number]) {
    const Market& market = simulation.markets()[m];
    const Rows rows = market.rules().rows;
    std::unordered_map<std::uint32_t, std::uint32_t> groups;
    for (std::uint32_t row = rows.first; row < rows.last; ++row)
      if (const std::int32_t group = simulation.setup().ownership.group_of(row); group >= 0) groups[market.account(row)] = static_cast<std::uint32_t>(group);
    std::vector<std::uint32_t> makers;
    for (const auto& maker : market.rules().listings[listing].makers) makers.push_back(maker.first);
    watches_[number] = std::make_unique<Watch>(std::move(groups), std::move(makers));
    // A run that goes on from a saved state has days of its past.
    const std::vector<DayRow>* past = market.listings.size() > 1 ? (number < instrument_days_.size() ? &instrument_days_[number] : nullptr)
                                                                 : (m < days_.size() ? &days_[m] : nullptr);
    if (past && !past->empty()) {
      watches_[number]->market.resume(market.listings[listing].exchange.book());
      for (const DayRow& day : *past)
        if (day.session.listed_trades > 0) watches_[number]->quality.resume(day.session.last);
    }
  }
  return *watches_[number];
}

namespace {
/// Who holds what of an instrument when a deadline nears; empty before the obligations are known.
std::vector<DeadlineHolding> deadline_holdings(const Simulation& simulation, const Market& market, std::uint32_t listing, const ComplianceCycle& due) {
  const FirmStore& firms = simulation.firms();
  const FirmYear& now = firms.year(year_of(simulation.today()));
  const Rows rows = market.rules().rows;
  const Instrument& instrument = market.rules().listings[listing].instrument;
  std::vector<DeadlineHolding> holdings;
  for (std::uint32_t row = rows.first; row < rows.last; ++row) {
    if (!firms.covered[row]) continue;
    DeadlineHolding h{market.account(row), simulation.setup().ownership.group_of(row), instrument.holding(market.registry, market.account(row)), firms.debt[row],
                      now.bought[row] - now.sold[row]};
    for (int year = due.first_year; year <= due.last_year; ++year) {
      if (firms.year(year).obligation[row] < Tonnes{}) return {};
      h.due += firms.year(year).obligation[row] - firms.year(year).surrendered[row];
    }
    holdings.push_back(h);
  }
  for (const TraderSetup& trader : simulation.setup().traders)
    for (const TraderSeat& seat : trader.seats)
      if (&simulation.markets()[seat.market] == &market) {
        const TraderAccount& traded = simulation.trader_accounts(seat.market)[seat.account - market.first_participant()];
        holdings.push_back({seat.account, -1, instrument.holding(market.registry, seat.account), Tonnes{}, traded.bought - traded.sold});
      }
  return holdings;
}
}  // namespace

void Recorder::tell(const Simulation& simulation, std::uint32_t m, std::uint32_t listing) {
  Watch& own = watch(simulation, m, listing);
  if (heard_.empty() && own.settled_once) return;
  // What was heard may be of any book: quotes of one market are placed before the next one opens.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> heard_of;
  for (const auto& heard : heard_) {
    const auto place = place_of(simulation, std::visit([](const auto& record) { return std::size_t{record.instrument}; }, heard));
    MarketWatch& w = watch(simulation, place.first, place.second).market;
    if (const OrderRecord* order = std::get_if<OrderRecord>(&heard)) w.order(*order);
    else w.trade(std::get<Trade>(heard));
    if (std::ranges::find(heard_of, place) == heard_of.end()) heard_of.push_back(place);
  }
  heard_.clear();
  const auto settle = [&](std::uint32_t market, std::uint32_t of) {
    watch(simulation, market, of).market.settle(BookState(simulation.markets()[market].listings[of].exchange));
  };
  for (const auto& [market, of] : heard_of)
    if (market != m || of != listing) settle(market, of);
  settle(m, listing);
  own.settled_once = true;
}

std::vector<std::vector<Alert>> Recorder::alerts() const {
  std::vector<std::vector<Alert>> all = past_alerts_;
  all.resize(std::max(all.size(), watches_.size()));
  for (std::size_t n = 0; n < watches_.size(); ++n)
    if (watches_[n]) all[n].insert(all[n].end(), watches_[n]->surveillance.alerts().begin(), watches_[n]->surveillance.alerts().end());
  return all;
}

void Recorder::look_for_corners(const Simulation& simulation, std::uint32_t m, std::uint32_t listing, const DayRow& row) {
  const ComplianceCycle* due = simulation.markets()[m].due_cycle(listing);
  // Who cannot have credits has allowances in their place: nobody can be cornered in them.
  if (simulation.markets()[m].rules().listings[listing].is_of_offsets()) return;
  if (!due || row.days_to_deadline > AlertRules{}.corner_days) return;
  const std::vector<Alert> found = corners(deadline_holdings(simulation, simulation.markets()[m], listing, *due), {}, {row.day.number, -1, 0});
  if (found.empty()) return;
  const auto known = alerts();
  for (const Alert& alert : found) {
    // Once an account and deadline: those of the deadline before are at least half a year old.
    const bool again = std::ranges::any_of(known[number_of(simulation, m, listing)], [&](const Alert& a) {
      return a.kind == AlertKind::corner && a.account == alert.account && due->deadline.number - a.at.day < 100;
    });
    if (!again) watch(simulation, m, listing).surveillance.add(alert);
  }
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

/// Where the units of an instrument are. Counted, not inferred from the totals: who has the file can check that every day closes.
void count_units(const Market& market, const Instrument& instrument, DayRow& row) {
  row.bank = row.pools = row.issued = row.surrendered = row.cancelled = row.expired = Tonnes{};
  row.sent = row.received = row.foreign = row.foreign_surrendered = Tonnes{};
  for (UnitIndex u = 0; u < market.registry.units().size(); ++u) {
    if (!instrument.delivers(market.registry.units()[u])) continue;
    const UnitTotals& t = market.registry.totals(u);
    row.issued += t.issued;
    row.surrendered += t.surrendered;
    row.cancelled += t.cancelled;
    row.expired += t.expired;
    row.sent += t.sent;
    row.received += t.received;
    if (market.registry.units()[u].type == UnitType::offset || market.registry.units()[u].origin == 0) continue;
    row.foreign += t.received - t.sent - t.surrendered - t.cancelled - t.expired;
    row.foreign_surrendered += t.surrendered;
  }
  const auto held = [&](Account from, Account to) {
    Tonnes sum;
    for (Account account = from; account < to; ++account) sum += instrument.holding(market.registry, account);
    return sum;
  };
  const Account firms = Market::first_firm_account, pools = market.first_pool_account(), others = market.first_participant();
  row.pools = held(0, firms) + held(pools, others);
  row.bank = held(firms, pools) + held(others, market.registry.accounts());
}
}  // namespace

DayRow Recorder::row_of(const Simulation& simulation, std::uint32_t m, std::uint32_t listing) {
  const Market& market = simulation.markets()[m];
  const Instrument& instrument = market.rules().listings[listing].instrument;
  const MarketBoard& board = market.listings[listing].board;
  DayRow row;
  row.day = simulation.today();
  row.session = market.listings[listing].exchange.totals();
  row.price_scale = market.rules().price_scale;
  row.anchor = board.anchor;
  row.bounds = market.price_bounds(row.day);
  row.reserve_price = last_reported(market, "reserve_price");
  row.trigger_price = last_reported(market, "tier_price");
  count_units(market, instrument, row);
  row.intents = static_cast<std::int64_t>(simulation.arrivals(m, listing));
  row.days_without_trade = board.days_without_trade;
  if (const ComplianceCycle* due = market.due_cycle(listing)) {
    const Calendar& calendar = market.rules().calendar;
    row.days_to_deadline = std::max(0, calendar.ordinal(due->deadline) - calendar.ordinal(row.day));
  }
  if (wishes_.quality) {
    if (!heard_.empty()) tell(simulation, m, listing);
    Watch& w = watch(simulation, m, listing);
    w.market.close(BookState(market.listings[listing].exchange));
    row.quality = w.quality.day();
    look_for_corners(simulation, m, listing, row);
  }
  return row;
}

void Recorder::add_seats(const Simulation& simulation, std::uint32_t m) {
  const Market& market = simulation.markets()[m];
  seat_days_.resize(std::max(seat_days_.size(), simulation.markets().size()));
  const std::vector<TraderAccount>& traded = simulation.trader_accounts(m);
  const std::size_t first = seat_days_[m].size();
  seat_days_[m].resize(first + traded.size());
  for (const TraderSetup& trader : simulation.setup().traders)
    for (const TraderSeat& seat : trader.seats)
      if (seat.market == m) {
        const std::size_t k = seat.account - market.first_participant();
        seat_days_[m][first + k] = {market.rules().listings[seat.listing].instrument.holding(market.registry, seat.account),
                                    market.clearing.balance(seat.account), profit(market, seat, traded[k]), traded[k]};
      }
}

std::optional<Tonnes> Recorder::bank_of_firm(std::uint32_t row, int year) const {
  const auto found = firm_banks_.find(year);
  return found != firm_banks_.end() && found->second[row] >= Tonnes{} ? std::optional(found->second[row]) : std::nullopt;
}

void Recorder::day(const Simulation& simulation, std::uint32_t m) {
  const Market& market = simulation.markets()[m];
  const int year = year_of(simulation.today());
  if (wishes_.firms && (simulation.finished() || year_of(market.rules().calendar.next(simulation.today())) != year)) {
    std::vector<Tonnes>& banks = firm_banks_[year];
    banks.resize(simulation.setup().traits.size(), Tonnes{-1});
    for (std::uint32_t row = market.rules().rows.first; row < market.rules().rows.last; ++row) banks[row] = market.registry.holding(market.account(row));
  }
  add_seats(simulation, m);
  if (days_.size() < simulation.markets().size()) days_.resize(simulation.markets().size());
  if (market.listings.size() == 1) {
    days_[m].push_back(row_of(simulation, m, 0));
    return;
  }
  instrument_days_.resize(instruments_of(simulation));
  DayRow all;
  const std::uint32_t front = market.front_listing();
  all.session.close = market.board().close;  // where the front is not traded yet
  for (std::uint32_t k = 0; k < market.listings.size(); ++k)
    if (market.is_traded(k, simulation.today())) {
      instrument_days_[number_of(simulation, m, k)].push_back(row_of(simulation, m, k));
      if (k == front) all = instrument_days_[number_of(simulation, m, k)].back();
    }
  all.day = simulation.today();
  all.price_scale = market.rules().price_scale;
  all.bounds = market.price_bounds(all.day);
  all.reserve_price = last_reported(market, "reserve_price");
  all.trigger_price = last_reported(market, "tier_price");
  count_units(market, {}, all);
  for (std::uint32_t k = 0; k < market.listings.size(); ++k)
    if (k != front && market.is_traded(k, simulation.today()) && !market.rules().listings[k].is_of_offsets()) {
      all.session.add_activity(market.listings[k].exchange.totals());
      all.intents += static_cast<std::int64_t>(simulation.arrivals(m, k));
    }
  days_[m].push_back(all);
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
  for (std::size_t m = 0; m < days_.size(); ++m) put(bytes, seat_days_[m]);
  const std::uint64_t instruments = instrument_days_.size();
  bytes.append(reinterpret_cast<const char*>(&instruments), sizeof instruments);
  for (const std::vector<DayRow>& days : instrument_days_) put(bytes, days);
  put(bytes, trades_);
  put(bytes, orders_);
  put(bytes, positions_);
  const std::uint64_t banked = firm_banks_.size();
  bytes.append(reinterpret_cast<const char*>(&banked), sizeof banked);
  for (const auto& [year, banks] : firm_banks_) {
    const auto of = static_cast<std::uint64_t>(year);
    bytes.append(reinterpret_cast<const char*>(&of), sizeof of);
    put(bytes, banks);
  }
  const auto all = alerts();
  const std::uint64_t watched = all.size();
  bytes.append(reinterpret_cast<const char*>(&watched), sizeof watched);
  for (const std::vector<Alert>& of_instrument : all) put(bytes, of_instrument);
  return bytes;
}

void Recorder::restore(std::string_view bytes, const std::string& file) {
  const bool trades = take(bytes) != 0, orders = take(bytes) != 0, quality = take(bytes) != 0;
  if (wishes_.trades && !trades) throw InputError(file, "", "its past did not record trades; save it with --record trades");
  if (wishes_.orders && !orders) throw InputError(file, "", "its past did not record orders; save it with --record orders");
  if (wishes_.quality && !quality) throw InputError(file, "", "its past did not record quality; save it with --record quality");
  days_.resize(take(bytes));
  for (std::vector<DayRow>& days : days_) take(bytes, days);
  seat_days_.resize(days_.size());
  for (std::vector<SeatDay>& days : seat_days_) take(bytes, days);
  instrument_days_.resize(take(bytes));
  for (std::vector<DayRow>& days : instrument_days_) take(bytes, days);
  take(bytes, trades_);
  take(bytes, orders_);
  take(bytes, positions_);
  for (std::uint64_t n = take(bytes); n > 0; --n) {
    std::vector<Tonnes>& banks = firm_banks_[static_cast<int>(take(bytes))];
    take(bytes, banks);
  }
  past_alerts_.resize(take(bytes));
  for (std::vector<Alert>& of_instrument : past_alerts_) take(bytes, of_instrument);
  if (!wishes_.trades) trades_.clear();
  if (!wishes_.orders) orders_.clear(), positions_.clear();
}

}  // namespace tantu
