// Allocation by historical emissions ("grandfathering"): each firm's share of the cap is its share of
// baseline emissions, whatever it produces later.
#include "policies/catalog.hpp"
#include "sim/history.hpp"

namespace tantu {

struct HistoricalAllocationParameters {
  double free_share = 1;
};

template <>
const Table& table<HistoricalAllocationParameters>() {
  static const Table t{
      "historical_allocation",
      "Free allowances in proportion to baseline emissions, independent of later output. Needs a mass cap.",
      {field<&HistoricalAllocationParameters::free_share>("free_share", "1", in(0, 1), "share of the cap that is given away")}};
  return t;
}

namespace {

class HistoricalAllocation final : public Policy {
 public:
  using Parameters = HistoricalAllocationParameters;
  static constexpr Phase acts_in = Phase::allocation;
  HistoricalAllocation(const Parameters& p, const PolicyContext& context) : p_(p), cap_(context.cap) {
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) total_ += context.traits.emissions[row];
  }
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits& traits, Rows rows, int year, const double*, double* allocation) const override {
    const double per_tonne = p_.free_share * cap_(year).value_or(total_) / total_;
    for (std::uint32_t i = 0; i < rows.size(); ++i) allocation[i] += per_tonne * traits.emissions[rows.first + i];
  }
  void allocate_on(const RuleQuestion&, int year, int, Allocations& allocations) const override {
    allocations[""] += p_.free_share * cap_(year).value_or(total_);
  }

 private:
  Parameters p_;
  std::function<std::optional<double>(int)> cap_;
  double total_ = 0;
};

}  // namespace

PolicyKind historical_allocation_kind() { return policy_kind<HistoricalAllocation>("historical_allocation"); }

}  // namespace tantu
