// Allocation by historical emissions ("grandfathering"): each firm's share of the cap is its share of
// baseline emissions, whatever it produces later. A firm that closes gets nothing for the years after.
#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct HistoricalAllocationParameters {
  double free_share = 1;
  std::vector<std::string> sectors;
  std::map<int, double> share;
  bool stops_on_closure = true;
};

template <>
const Table& table<HistoricalAllocationParameters>() {
  static const Table t{
      "historical_allocation",
      "Free allowances in proportion to baseline emissions, independent of later output. Needs a mass cap.",
      {field<&HistoricalAllocationParameters::free_share>("free_share", "1", in(0, 1), "share of the cap that is given away"),
       field<&HistoricalAllocationParameters::sectors>("sectors", "", "sectors it applies to; empty: all"),
       field<&HistoricalAllocationParameters::share>("share", "1, by year", in(0, 1.5), "of free_share that is given in a year; the last given one holds on"),
       field<&HistoricalAllocationParameters::stops_on_closure>("stops_on_closure", "", "nothing is given for years after a firm has closed")}};
  return t;
}

namespace {

class HistoricalAllocation final : public Policy {
 public:
  using Parameters = HistoricalAllocationParameters;
  static constexpr Phase acts_in = Phase::allocation;
  HistoricalAllocation(const Parameters& p, const PolicyContext& context) : p_(p), cap_(context.cap), applies_(sectors_named(context, p.sectors)) {
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row)
      if (applies_[context.traits.sector[row]]) total_ += context.traits.emissions[row];
  }
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits& traits, Rows rows, int year, const double*, double* allocation) const override {
    if (total_ <= 0) return;
    const double per_tonne = total(year) / total_;
    const Day first = first_day_of(year);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t row = rows.first + i;
      if (applies_[traits.sector[row]] && !(p_.stops_on_closure && traits.closing[row] <= first)) allocation[i] += per_tonne * traits.emissions[row];
    }
  }
  void allocate_on(const RuleQuestion&, int year, int, Allocations& allocations) const override {
    allocations[""] += total(year);
  }

 private:
  double total(int year) const { return p_.free_share * value_in(p_.share, year, 1) * cap_(year).value_or(total_); }
  Parameters p_;
  std::function<std::optional<double>(int)> cap_;
  std::vector<std::uint8_t> applies_;   // [sector]
  double total_ = 0;                    // baseline emissions, t
};

}  // namespace

PolicyKind historical_allocation_kind() { return policy_kind<HistoricalAllocation>("historical_allocation"); }

}  // namespace tantu
