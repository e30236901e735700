// Allocation around verified emissions: what a firm is given follows its emissions, a bounded share more where it
// is cleaner than the reference and less where it is dirtier.
//
//   A = E (1 + clip(slope (I_ref - I) / I_ref, -bound, +bound))
//
// In pass-through years A = E: a sector's first year, without surplus or deficit. China, cement, steel and
// aluminium: 2024 passed through, from 2025 bounded (allocation plan for steel, cement and aluminium, 2025).
// Slope and bound are parameters: 0.15 and 3% saturate at a deviation of 20%.
//
// Before emissions are verified A is expected on output at the firm's baseline intensity; on the true-up date
// it is set by what was verified.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct BoundedAllocationParameters {
  std::vector<std::string> sectors;
  std::int64_t from_year = 2024;
  std::int64_t pass_through_until = 2024;
  double slope = 0.15;
  double bound = 0.03;
};

template <>
const Table& table<BoundedAllocationParameters>() {
  using P = BoundedAllocationParameters;
  static const Table t{
      "bounded_allocation",
      "Free allowances of verified emissions, a bounded share more or less by the firm's intensity against its class.",
      {field<&P::sectors>("sectors", "", "sectors it applies to; empty: all"),
       field<&P::from_year>("from_year", "year", in(1990, 2200), "first year of the rule"),
       field<&P::pass_through_until>("pass_through_until", "year", in(1990, 2200), "up to this year allowances are verified emissions, neither more nor less"),
       field<&P::slope>("slope", "1", in(0, 10), "share of emissions given more for a deviation of the intensity of 1"),
       field<&P::bound>("bound", "1", in(0, 1), "most that is given more or less, as a share of emissions")}};
  return t;
}

namespace {

class BoundedAllocation final : public Policy {
 public:
  using Parameters = BoundedAllocationParameters;
  // Behind the true-up, which it corrects: what is given depends on what was verified.
  static constexpr Phase acts_in = Phase::issue;

  BoundedAllocation(const Parameters& p, const PolicyContext& context) : p_(p), applies_(sectors_named(context, p.sectors)), first_row_(context.rows.first), first_year_(context.first_year) {
    // A class's reference is its mean intensity, weighted by output.
    reference_.resize(context.rows.size());
    for (const Sector& sector : context.traits.sectors) {
      std::vector<double> output(sector.classes.size()), emissions(sector.classes.size());
      const auto each = [&](auto visit) {
        for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row)
          for (std::uint32_t k = context.traits.first_installation[row]; k < context.traits.first_installation[row + 1]; ++k)
            visit(row, context.traits.installations[k]);
      };
      if (sector.rows.first < context.rows.first || sector.rows.last > context.rows.last) continue;
      each([&](std::uint32_t, const Installation& in) {
        output[in.unit_class] += in.activity;
        emissions[in.unit_class] += in.activity * in.intensity;
      });
      each([&](std::uint32_t row, const Installation& in) {
        if (output[in.unit_class] > 0) reference_[row - first_row_] += in.activity * emissions[in.unit_class] / output[in.unit_class];
      });
    }
  }
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits& traits, Rows rows, int year, const double* activity, double* allocation) const override {
    if (year < p_.from_year) return;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t row = rows.first + i;
      const Sector& sector = traits.sectors[traits.sector[row]];
      if (!applies_[traits.sector[row]]) continue;
      const auto y = std::clamp<std::ptrdiff_t>(year - first_year_, 0, static_cast<std::ptrdiff_t>(sector.intensity_path.size()) - 1);
      const double intensity = sector.intensity_path[static_cast<std::size_t>(y)];
      allocation[i] += given(year, activity[i] * traits.emissions[row] * intensity, activity[i] * reference_[row - first_row_] * intensity);
    }
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (!view.closes(cycle.true_up) || !state.first_time(c)) continue;
      for (int year = std::max(cycle.first_year, static_cast<int>(p_.from_year)); year <= cycle.last_year; ++year) {
        const FirmYear& y = view.firms.year(year);
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
          if (!applies_[view.traits.sector[row]] || !view.firms.covered[row] || y.verified[row] < Tonnes{}) continue;
          const Tonnes final = whole_tonnes(given(year, static_cast<double>(y.verified[row].count), y.activity[row] * reference_[row - first_row_]));
          const Tonnes more = final - y.allocated[row];
          if (more > Tonnes{}) effects.push_back({Effect::Kind::issue, row, year, more, {}});
          if (more < Tonnes{}) effects.push_back({Effect::Kind::take_back, row, year, -more, {}});
          effects.push_back({Effect::Kind::entitle, row, year, final, {}});
        }
      }
    }
  }

  /// On a history the reference of a class is its mean intensity over the entities that are given.
  void allocate_on(const RuleQuestion& question, int year, int output_year, Allocations& allocations) const override {
    if (year < p_.from_year || year != output_year) return;
    const HistoryView& history = question.history;
    std::map<std::string, double, std::less<>> output, emissions;
    for (const HistoryRow& row : history.rows(Given::verified_emissions)) {
      if (row.when != HistoryDate{year}) continue;
      const std::string of_class(class_of(row.entity));
      emissions[of_class] += row.value;
      if (year > p_.pass_through_until) output[of_class] += history.need(Given::output, {year}, "the bounded allocation", row.entity);
    }
    for (const HistoryRow& row : history.rows(Given::verified_emissions)) {
      if (row.when != HistoryDate{year}) continue;
      const std::string of_class(class_of(row.entity));
      const double reference = year > p_.pass_through_until && output[of_class] > 0
                                   ? history.need(Given::output, {year}, "the bounded allocation", row.entity) * emissions[of_class] / output[of_class]
                                   : row.value;
      allocations[row.entity] += given(year, row.value, reference);
    }
  }

 private:
  /// For emissions E where a firm of the reference intensity would have emitted `reference` with the same output.
  double given(int year, double emissions, double reference) const {
    if (year <= p_.pass_through_until || reference <= 0) return emissions;
    return emissions * (1 + std::clamp(p_.slope * (reference - emissions) / reference, -p_.bound, p_.bound));
  }

  Parameters p_;
  std::vector<std::uint8_t> applies_;   // [sector]
  std::uint32_t first_row_;
  int first_year_;                      // of the paths in the traits
  std::vector<double> reference_;       // [row]: t a year of index 1 at the intensity of its classes
};

}  // namespace

PolicyKind bounded_allocation_kind() { return policy_kind<BoundedAllocation>("bounded_allocation"); }

}  // namespace tantu
