// Allocation by historical intensity: output times the firm's own baseline intensity, less a reduction.
//
//   A = output x I_0 x (1 - reduction(y))
//
// Beijing, Shanghai, Guangdong, Hubei, Tianjin and Fujian use it where a sector has no benchmark. On a
// history, I_0 is that of the entity's first year with both output and verified emissions.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct HistoricalIntensityParameters {
  std::vector<std::string> sectors;
  std::map<int, double> reduction;
};

template <>
const Table& table<HistoricalIntensityParameters>() {
  using P = HistoricalIntensityParameters;
  static const Table t{
      "historical_intensity_allocation",
      "Free allowances of output x the firm's own baseline intensity, less a reduction.",
      {field<&P::sectors>("sectors", "", "sectors it applies to; empty: all"),
       field<&P::reduction>("reduction", "1, by year", in(0, 1), "by which the intensity of a year lies below the baseline; the last given one holds on")}};
  return t;
}

namespace {

class HistoricalIntensityAllocation final : public Policy {
 public:
  using Parameters = HistoricalIntensityParameters;
  static constexpr Phase acts_in = Phase::allocation;
  HistoricalIntensityAllocation(const Parameters& p, const PolicyContext& context) : p_(p), applies_(sectors_named(context, p.sectors)) {}
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits& traits, Rows rows, int year, const double* activity, double* allocation) const override {
    const double share = 1 - value_in(p_.reduction, year, 0);
    for (std::uint32_t i = 0; i < rows.size(); ++i)
      if (applies_[traits.sector[rows.first + i]]) allocation[i] += activity[i] * traits.emissions[rows.first + i] * share;
  }

  void allocate_on(const RuleQuestion& question, int year, int output_year, Allocations& allocations) const override {
    const HistoryView& history = question.history;
    for (const HistoryRow& row : history.rows(Given::output)) {
      if (row.when != HistoryDate{output_year}) continue;
      std::optional<double> intensity;
      for (int y = history.first_year(); y <= output_year && !intensity; ++y) {
        const auto output = history.find(Given::output, {y}, row.entity), emissions = history.find(Given::verified_emissions, {y}, row.entity);
        if (output && emissions && *output > 0) intensity = *emissions / *output;
      }
      if (!intensity) history.refuse_missing(Given::verified_emissions, std::to_string(history.first_year()), "the historical intensity", row.entity);
      allocations[row.entity] += row.value * *intensity * (1 - value_in(p_.reduction, year, 0));
    }
  }

 private:
  Parameters p_;
  std::vector<std::uint8_t> applies_;   // [sector]
};

}  // namespace

PolicyKind historical_intensity_allocation_kind() { return policy_kind<HistoricalIntensityAllocation>("historical_intensity_allocation"); }

}  // namespace tantu
