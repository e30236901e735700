// Verification: third parties verify a cycle's emissions, with a measurement error, in whole tonnes.
//
// A verifier whom the firm pays flatters (Duflo, Greenstone, Pande, Ryan 2013, Q. J. Econ. 128:1499): a bias of
// its own. Some reports are audited; one that is off by more than 10% or 1,000 t is corrected to what the
// audit found and returned, without a fine. Fines are for fraud, drawn apart from errors: a fraudulent report
// hides a share of the emissions, and is found out where it is audited.
#include "policies/catalog.hpp"
#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct VerificationParameters {
  double error_spread = 0.005;
  double bias = 0;
  bool firm_pays = false;
  double payer_bias = -0.02;
  double audited = 0;
  double tolerance = 0.10, tolerance_t = 1000;
  double fraud = 0, hidden = 0.05, fraud_fine = 500'000;
};

template <>
const Table& table<VerificationParameters>() {
  static const Table t{
      "verification",
      "Emissions of a cycle are verified on its verification date; obligations rest on what was verified.",
      {field<&VerificationParameters::error_spread>("error_spread", "1", in(0, 0.5), "s.d. of the log error of a firm's yearly report"),
       field<&VerificationParameters::bias>("bias", "1", in(-0.5, 0.5), "mean log error; below zero where reports flatter"),
       field<&VerificationParameters::firm_pays>("firm_pays", "", "the firm chooses and pays its verifier; else the authority does"),
       field<&VerificationParameters::payer_bias>("payer_bias", "1", in(-0.5, 0.5), "firm_pays: added to the mean log error"),
       field<&VerificationParameters::audited>("audited", "1", in(0, 1), "share of reports that are audited; an audit finds the truth"),
       field<&VerificationParameters::tolerance>("tolerance", "1", in(0, 1), "an audited report off by more than this share of the truth is corrected"),
       field<&VerificationParameters::tolerance_t>("tolerance_t", "t", at_least(0), "or by more than this"),
       field<&VerificationParameters::fraud>("fraud", "1 per year", in(0, 1), "chance that a firm's report is fraudulent"),
       field<&VerificationParameters::hidden>("hidden", "1", in(0, 1), "share of emissions that a fraudulent report hides"),
       field<&VerificationParameters::fraud_fine>("fraud_fine", "currency", at_least(0), "fine for a fraud that is found out (China, Regulation 775: CNY 0.5 to 2 million)")}};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"audited", "1", "reports audited"},
    {"corrected", "1", "of them corrected"},
    {"corrected_by", "t", "sum of the corrections, upwards positive"},
    {"frauds_found", "1", "frauds found out"},
};

class Verification final : public Policy {
 public:
  using Parameters = VerificationParameters;
  static constexpr Phase acts_in = Phase::verification;
  Verification(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  std::span<const SeriesName> series() const override { return series_names; }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (!view.closes(cycle.verification) || !state.first_time(c)) continue;
      double audits = 0, corrected = 0, frauds = 0;
      std::int64_t corrected_by = 0;
      for (int year = cycle.first_year; year <= cycle.last_year; ++year)
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
          if (!view.firms.covered[row]) continue;
          double error = p_.bias + (p_.firm_pays ? p_.payer_bias : 0);
          if (p_.error_spread > 0)
            error += p_.error_spread * draw(view.key, Stream::audit, view.traits.entity[row], year).normal(0);
          const double truth = emissions_to_date(view.traits, view.firms, row, year);
          const bool fraud = p_.fraud > 0 && draw(view.key, Stream::fraud, view.traits.entity[row], year).uniform(0) < p_.fraud;
          Tonnes found = whole_tonnes(truth * elementary::exp(error) * (fraud ? 1 - p_.hidden : 1));
          if (p_.audited > 0 && draw(view.key, Stream::audit, view.traits.entity[row], year).uniform(1) < p_.audited) {
            ++audits;
            const double off = static_cast<double>(found.count) - truth;
            if (fraud || off > p_.tolerance * truth || -off > p_.tolerance * truth || off > p_.tolerance_t || -off > p_.tolerance_t) {
              const Tonnes right = whole_tonnes(truth);
              ++corrected;
              corrected_by += (right - found).count;
              found = right;
            }
            if (fraud) {
              ++frauds;
              const Cash fine{nearest(p_.fraud_fine / view.price_scale)};
              if (fine > Cash{}) effects.push_back({Effect::Kind::fine, row, year, {}, fine});
            }
          }
          effects.push_back({Effect::Kind::verify, row, year, found, {}});
        }
      if (p_.audited > 0) {
        state.report(0, view.today, audits);
        state.report(1, view.today, corrected);
        state.report(2, view.today, static_cast<double>(corrected_by));
        state.report(3, view.today, frauds);
      }
    }
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind verification_kind() { return policy_kind<Verification>("verification"); }

}  // namespace tantu
