// Pre-allocation: part of a year's free allowances is issued early, on the output of an earlier year.
//
// China: 70% of output x benchmark; 2018 output for 2019-20, verified 2021 output for 2021-22.
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/history.hpp"

namespace tantu {

struct PreAllocationParameters {
  double share = 0.70;
  std::map<int, double> basis_year;
};

template <>
const Table& table<PreAllocationParameters>() {
  static const Table t{
      "pre_allocation",
      "A share of the free allocation is issued on a cycle's pre-allocation date, on the output of an earlier year.",
      {field<&PreAllocationParameters::share>("share", "1", in(0, 1), "of the allocation that is issued early"),
       field<&PreAllocationParameters::basis_year>("basis_year", "year by year", in(1990, 2200), "whose output is taken; a year that is not named takes the year before it")}};
  return t;
}

namespace {

class PreAllocation final : public Policy {
 public:
  using Parameters = PreAllocationParameters;
  static constexpr Phase acts_in = Phase::issue;
  PreAllocation(const Parameters& p, const PolicyContext& context) : p_(p), policies_(context.allocate) {}
  Phase phase() const override { return acts_in; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (view.today < cycle.pre_allocation || !state.first_time(c)) continue;
      std::vector<double> allocation(view.rows.size());
      for (int year = cycle.first_year; year <= cycle.last_year; ++year) {
        const FirmYear& output = view.firms.year(std::clamp(basis_of(year), view.firms.first_year, view.firms.last_year()));
        policies_(view.rows, year, output.activity.data() + view.rows.first, allocation.data());
        for (std::uint32_t i = 0; i < view.rows.size(); ++i)
          if (const Tonnes t = whole_tonnes(p_.share * allocation[i]); t > Tonnes{} && view.firms.covered[view.rows.first + i])
            effects.push_back({Effect::Kind::issue, view.rows.first + i, year, t, {}});
      }
    }
  }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::pre_allocation)) return;
    const HistoryView& history = question.history;
    for (int year = history.first_year(); year <= history.last_year(); ++year) {
      if (!history.covers(basis_of(year))) continue;
      double total = 0;
      const Allocations allocations = question.allocate(year, basis_of(year));
      for (const auto& [entity, tonnes] : allocations) {
        const auto early = static_cast<double>(nearest(p_.share * tonnes));
        total += early;
        answers.put(Answer::pre_allocation, {year}, early, entity);
      }
      if (!allocations.empty()) answers.put(Answer::pre_allocation, {year}, total);
    }
  }

 private:
  int basis_of(int year) const {
    const auto named = p_.basis_year.find(year);
    return named == p_.basis_year.end() ? year - 1 : static_cast<int>(named->second);
  }
  Parameters p_;
  AllocationRule policies_;
};

}  // namespace

PolicyKind pre_allocation_kind() { return policy_kind<PreAllocation>("pre_allocation"); }

}  // namespace tantu
