// Cap: how many allowances a year has.
//
// `intensity`: as many as benchmark x output adds up to; the mass follows activity (China 2019-).
// `mass`: a path in tonnes: given years, then a yearly reduction. A linear reduction takes the same
// amount each year (EU: 2.2% of the 2008-12 average), a geometric one the same share.
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/elementary.hpp"

namespace tantu {

enum class CapBasis : std::uint8_t { intensity, mass };
enum class Decline : std::uint8_t { linear, geometric };

struct CapParameters {
  CapBasis basis = CapBasis::intensity;
  std::map<int, double> path_mt;
  double reduction = 0;
  Decline decline = Decline::linear;
};

template <>
const Table& table<CapParameters>() {
  static const Table t{
      "cap",
      "The number of allowances of each year: the sum of benchmark x output, or a mass.",
      {choice<&CapParameters::basis>("basis", {"intensity", "mass"}, "what limits allowances: benchmarks alone, or a mass of CO2"),
       field<&CapParameters::path_mt>("path_mt", "Mt CO2 by year", at_least(0), "mass by year; a year that is not given follows from the last given one before it"),
       field<&CapParameters::reduction>("reduction", "1 per year", in(0, 1), "yearly reduction after the last given year"),
       choice<&CapParameters::decline>("decline", {"linear", "geometric"}, "reduction of the last given amount, or of the year before")},
      check_as<CapParameters>([](const CapParameters& p, std::vector<Problem>& problems) {
        if (p.basis == CapBasis::mass && p.path_mt.empty())
          problems.push_back({"/path_mt", "is empty; a mass cap needs at least one year, e.g. {\"2021\": 100}"});
        if (p.basis == CapBasis::intensity && !p.path_mt.empty())
          problems.push_back({"/path_mt", "has no effect with basis \"intensity\"; leave it out or set basis to \"mass\""});
      })};
  return t;
}

namespace {

class Cap final : public Policy {
 public:
  using Parameters = CapParameters;
  static constexpr Phase acts_in = Phase::cap;
  Cap(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  std::optional<double> cap(int year) const override {
    if (p_.basis == CapBasis::intensity) return std::nullopt;
    auto given = p_.path_mt.upper_bound(year);
    if (given == p_.path_mt.begin()) return given->second * 1e6;
    --given;
    const int past = year - given->first;
    const double share = p_.decline == Decline::linear ? 1 - p_.reduction * past : elementary::power(1 - p_.reduction, past);
    return std::max(0.0, given->second * share) * 1e6;
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind cap_kind() { return policy_kind<Cap>("cap"); }

}  // namespace tantu
