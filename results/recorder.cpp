#include "results/recorder.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <type_traits>

#include "sim/input_error.hpp"

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
  for (const std::uint64_t n : {std::uint64_t{wishes_.trades}, std::uint64_t{wishes_.orders}, std::uint64_t{days_.size()}})
    bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  for (const std::vector<DayRow>& days : days_) put(bytes, days);
  put(bytes, trades_);
  put(bytes, orders_);
  return bytes;
}

void Recorder::restore(std::string_view bytes, const std::string& file) {
  const bool trades = take(bytes) != 0, orders = take(bytes) != 0;
  if (wishes_.trades && !trades) throw InputError(file, "", "its past did not record trades; save it with --record trades");
  if (wishes_.orders && !orders) throw InputError(file, "", "its past did not record orders; save it with --record orders");
  days_.resize(take(bytes));
  for (std::vector<DayRow>& days : days_) take(bytes, days);
  take(bytes, trades_);
  take(bytes, orders_);
  if (!wishes_.trades) trades_.clear();
  if (!wishes_.orders) orders_.clear();
}

}  // namespace tantu
