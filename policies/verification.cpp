// Verification: third parties verify a cycle's emissions, with a measurement error, in whole tonnes.
#include "policies/catalog.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct VerificationParameters {
  double error_spread = 0.005;
  double bias = 0;
};

template <>
const Table& table<VerificationParameters>() {
  static const Table t{
      "verification",
      "Emissions of a cycle are verified on its verification date; obligations rest on what was verified.",
      {field<&VerificationParameters::error_spread>("error_spread", "1", in(0, 0.5), "s.d. of the log error of a firm's yearly report"),
       field<&VerificationParameters::bias>("bias", "1", in(-0.5, 0.5), "mean log error; below zero where reports flatter")}};
  return t;
}

namespace {

class Verification final : public Policy {
 public:
  using Parameters = VerificationParameters;
  static constexpr Phase acts_in = Phase::verification;
  Verification(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (!view.closes(cycle.verification) || !state.first_time(c)) continue;
      for (int year = cycle.first_year; year <= cycle.last_year; ++year)
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
          if (!view.firms.covered[row]) continue;
          double error = p_.bias;
          if (p_.error_spread > 0)
            error += p_.error_spread * draw(view.key, Stream::audit, view.traits.entity[row], year).normal(0);
          effects.push_back({Effect::Kind::verify, row, year,
                             whole_tonnes(emissions_to_date(view.traits, view.firms, row, year) * elementary::exp(error)), {}});
        }
    }
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind verification_kind() { return policy_kind<Verification>("verification"); }

}  // namespace tantu
