// Cap: how many allowances a year has.
//
// `intensity`: as many as benchmark x output adds up to; the mass follows activity (China 2019-).
// `mass`: a path in tonnes: given years, then a yearly reduction. A linear reduction takes the same
// amount each year, a geometric one the same share. A linear factor takes that share of a reference amount,
// in whole tonnes, from the cap of the year before; adjustments (rebasing, a change of scope) are added:
//
//   cap(y) = cap(y-1) - factor(y) x reference(y) + adjustment(y)
//
// EU ETS: 1.74% of the average of 2008-12 from 2014, 2.2% from 2021, 4.3% from 2024 with -90 Mt and +78.4 Mt
// for shipping (Directive 2003/87/EC, Art. 9; amended by 2018/410 and 2023/959).
#include <algorithm>
#include <vector>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/elementary.hpp"

namespace tantu {

enum class CapBasis : std::uint8_t { intensity, mass };
enum class Decline : std::uint8_t { linear, geometric };

struct CapParameters {
  CapBasis basis = CapBasis::intensity;
  std::map<int, double> path_mt;
  double reduction = 0;
  Decline decline = Decline::linear;
  std::map<int, double> linear_factor, reference_mt, adjustment_mt;
};

template <>
const Table& table<CapParameters>() {
  static const Table t{
      "cap",
      "The number of allowances of each year: the sum of benchmark x output, or a mass.",
      {choice<&CapParameters::basis>("basis", {"intensity", "mass"}, "what limits allowances: benchmarks alone, or a mass of CO2"),
       field<&CapParameters::path_mt>("path_mt", "Mt CO2 by year", at_least(0), "mass by year; a year that is not given follows from the last given one before it"),
       field<&CapParameters::reduction>("reduction", "1 per year", in(0, 1), "yearly reduction after the last given year"),
       choice<&CapParameters::decline>("decline", {"linear", "geometric"}, "reduction of the last given amount, or of the year before"),
       field<&CapParameters::linear_factor>("linear_factor", "1 per year, by year", in(0, 1), "share of reference_mt by which the cap falls into a year; the last given one holds on; takes the place of reduction"),
       field<&CapParameters::reference_mt>("reference_mt", "Mt CO2 by year", above(0), "amount that linear_factor refers to; the last given one holds on"),
       field<&CapParameters::adjustment_mt>("adjustment_mt", "Mt CO2 by year", "added to the cap of a year and so to all after it: rebasing, change of scope")},
      check_as<CapParameters>([](const CapParameters& p, std::vector<Problem>& problems) {
        if (p.basis == CapBasis::mass && p.path_mt.empty())
          problems.push_back({"/path_mt", "is empty; a mass cap needs at least one year, e.g. {\"2021\": 100}"});
        if (p.basis == CapBasis::intensity && !p.path_mt.empty())
          problems.push_back({"/path_mt", "has no effect with basis \"intensity\"; leave it out or set basis to \"mass\""});
        if (!p.linear_factor.empty() && p.reduction > 0)
          problems.push_back({"/reduction", "and linear_factor both reduce the cap; keep one"});
        if (!p.linear_factor.empty() && (p.reference_mt.empty() || p.reference_mt.begin()->first > p.linear_factor.begin()->first))
          problems.push_back({"/reference_mt", "has no amount for " + std::to_string(p.linear_factor.begin()->first) + ", the first year of linear_factor"});
        if (p.linear_factor.empty() && !p.adjustment_mt.empty()) problems.push_back({"/adjustment_mt", "needs linear_factor"});
      })};
  return t;
}

namespace {

class Cap final : public Policy {
 public:
  using Parameters = CapParameters;
  static constexpr Phase acts_in = Phase::cap;
  Cap(const Parameters& p, const PolicyContext& context) : p_(p), first_(context.first_year) {
    // Asked many times a day for the same few years.
    if (p.basis == CapBasis::mass)
      for (int year = first_; year < first_ + 64; ++year) known_.push_back(by_rule(year));
  }
  Phase phase() const override { return acts_in; }

  std::optional<double> cap(int year) const override {
    if (p_.basis == CapBasis::intensity) return std::nullopt;
    const auto k = static_cast<std::size_t>(year - first_);
    return year >= first_ && k < known_.size() ? known_[k] : by_rule(year);
  }

 private:
  /// The mass of a year's allowances, t.
  double by_rule(int year) const {
    auto given = p_.path_mt.upper_bound(year);
    if (given == p_.path_mt.begin()) return given->second * 1e6;
    --given;
    if (!p_.linear_factor.empty()) {
      double cap = given->second * 1e6;
      for (int y = given->first + 1; y <= year; ++y) {
        const double factor = value_in(p_.linear_factor, y, 0);
        if (factor > 0) cap -= static_cast<double>(nearest(factor * value_in(p_.reference_mt, y, 0) * 1e6));
        if (const auto adjustment = p_.adjustment_mt.find(y); adjustment != p_.adjustment_mt.end()) cap += adjustment->second * 1e6;
      }
      return std::max(0.0, cap);
    }
    const int past = year - given->first;
    const double share = p_.decline == Decline::linear ? 1 - p_.reduction * past : elementary::power(1 - p_.reduction, past);
    return std::max(0.0, given->second * share) * 1e6;
  }

  Parameters p_;
  int first_;
  std::vector<double> known_;  ///< by year from first_ on
};

}  // namespace

PolicyKind cap_kind() { return policy_kind<Cap>("cap"); }

}  // namespace tantu
