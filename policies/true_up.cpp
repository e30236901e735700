// True-up: on a cycle's true-up date allowances are corrected to verified output: more is issued, or what
// was issued too much is taken back (what the firm has sold by then, it owes).
#include "policies/catalog.hpp"

namespace tantu {

struct TrueUpParameters {
  bool take_back = true;
};

template <>
const Table& table<TrueUpParameters>() {
  static const Table t{
      "true_up",
      "Final free allocation on verified output, less what was pre-allocated.",
      {field<&TrueUpParameters::take_back>("take_back", "", "take back what was pre-allocated too much")}};
  return t;
}

namespace {

class TrueUp final : public Policy {
 public:
  using Parameters = TrueUpParameters;
  static constexpr Phase acts_in = Phase::issue;
  TrueUp(const Parameters& p, const PolicyContext& context) : p_(p), policies_(context.allocate) {}
  Phase phase() const override { return acts_in; }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (!view.closes(cycle.true_up) || !state.first_time(c)) continue;
      std::vector<double> allocation(view.rows.size());
      for (int year = cycle.first_year; year <= cycle.last_year; ++year) {
        const FirmYear& y = view.firms.year(year);
        policies_(view.rows, year, y.activity.data() + view.rows.first, allocation.data());
        for (std::uint32_t i = 0; i < view.rows.size(); ++i) {
          const std::uint32_t row = view.rows.first + i;
          if (!view.firms.covered[row]) continue;
          const Tonnes final = whole_tonnes(allocation[i]);
          const Tonnes more = final - y.allocated[row];
          if (more > Tonnes{}) effects.push_back({Effect::Kind::issue, row, year, more, {}});
          if (more < Tonnes{} && p_.take_back) effects.push_back({Effect::Kind::take_back, row, year, -more, {}});
          effects.push_back({Effect::Kind::entitle, row, year, more < Tonnes{} && !p_.take_back ? y.allocated[row] : final, {}});
        }
      }
    }
  }

 private:
  Parameters p_;
  AllocationRule policies_;
};

}  // namespace

PolicyKind true_up_kind() { return policy_kind<TrueUp>("true_up"); }

}  // namespace tantu
