// Coverage: which of the listed firms are in the market.
//
// On the review date a firm leaves if it has closed or if its emissions stayed below the threshold in
// every year considered; what it was given is taken back. (China: 26,000 t CO2e in any year of 2013-2019
// puts a firm on the list; of the 2,225 firms listed in December 2020, 2,162 settled cycle 1.)
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct CoverageParameters {
  double threshold_t = 26'000;
  Day review = day_of(2021, 9, 30);
  std::int64_t first_year = 2019, last_year = 2020;
};

template <>
const Table& table<CoverageParameters>() {
  static const Table t{
      "coverage",
      "Firms below a threshold, or closed, leave the market on a review date; their allowances are taken back.",
      {field<&CoverageParameters::threshold_t>("threshold_t", "t CO2 per year", at_least(0), "a firm with less in every year considered leaves"),
       field<&CoverageParameters::review>("review", "", "date of the review"),
       field<&CoverageParameters::first_year>("first_year", "year", in(1990, 2200), "first year considered"),
       field<&CoverageParameters::last_year>("last_year", "year", in(1990, 2200), "last year considered")},
      check_as<CoverageParameters>([](const CoverageParameters& p, std::vector<Problem>& problems) {
        if (p.last_year < p.first_year) problems.push_back({"/last_year", "is before first_year; a year from first_year on"});
      })};
  return t;
}

namespace {

class Coverage final : public Policy {
 public:
  using Parameters = CoverageParameters;
  static constexpr Phase acts_in = Phase::coverage;
  Coverage(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    if (view.today < p_.review || !state.first_time(0)) return;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      double most = 0;
      for (int y = std::max(static_cast<int>(p_.first_year), view.firms.first_year); y <= std::min<std::int64_t>(p_.last_year, view.firms.last_year()); ++y)
        most = std::max(most, emissions_to_date(view.traits, view.firms, row, y));
      if (most >= p_.threshold_t && view.traits.closing[row] > p_.review) continue;
      for (int y = view.firms.first_year; y <= view.firms.last_year(); ++y)
        if (const Tonnes given = view.firms.year(y).allocated[row]; given > Tonnes{})
          effects.push_back({Effect::Kind::take_back, row, y, given, {}});
      effects.push_back({Effect::Kind::leave, row, year_of(view.today), {}, {}});
    }
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind coverage_kind() { return policy_kind<Coverage>("coverage"); }

}  // namespace tantu
