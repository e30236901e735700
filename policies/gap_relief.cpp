// Gap relief: what a firm owes is limited where its allocation falls far short of its emissions.
//
//   obligation = min(emissions, allocation + share x emissions)
//
// China 2019-22: share 0.20 for coal, 0 for gas (a gas unit never owes more than it is given); 2023-24:
// gas alone (allocation plans of 2020-12-30, 2023-03-13 and 2024-10-15).
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/history.hpp"

namespace tantu {

struct GapReliefParameters {
  double share = 0.20;
  std::int64_t first_year = 2019, last_year = 2022;
  std::vector<std::string> classes;
};

template <>
const Table& table<GapReliefParameters>() {
  static const Table t{
      "gap_relief",
      "A firm owes at most its allocation plus a share of its emissions.",
      {field<&GapReliefParameters::share>("share", "1", in(0, 1), "of emissions that may be missing"),
       field<&GapReliefParameters::first_year>("first_year", "year", in(1990, 2200), "first year of the rule"),
       field<&GapReliefParameters::last_year>("last_year", "year", in(1990, 2200), "last year of the rule"),
       field<&GapReliefParameters::classes>("classes", "", "only firms whose main installation is of one of these classes; empty: all")}};
  return t;
}

namespace {

class GapRelief final : public Policy {
 public:
  using Parameters = GapReliefParameters;
  static constexpr Phase acts_in = Phase::relief;
  GapRelief(const Parameters& p, const PolicyContext& context) : p_(p), first_row_(context.rows.first) {
    applies_.resize(context.rows.size(), p.classes.empty() ? 1 : 0);
    if (p.classes.empty()) return;
    for (std::size_t i = 0; i < p.classes.size(); ++i) require_class(context, p.classes[i], {"classes", std::to_string(i)});
    // A firm belongs to the class from which most of its emissions come.
    for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) {
      double most = -1;
      const std::string* name = nullptr;
      for (std::uint32_t k = context.traits.first_installation[row]; k < context.traits.first_installation[row + 1]; ++k) {
        const Installation& in = context.traits.installations[k];
        if (in.activity * in.intensity <= most) continue;
        most = in.activity * in.intensity;
        name = &context.traits.sectors[context.traits.sector[row]].classes[in.unit_class];
      }
      applies_[row - first_row_] = name && std::find(p.classes.begin(), p.classes.end(), *name) != p.classes.end();
    }
  }
  Phase phase() const override { return acts_in; }

  void oblige(const FirmTraits&, Rows rows, int year, const double* emissions, const double* allocation, double* obligation) const override {
    if (year < p_.first_year || year > p_.last_year) return;
    for (std::uint32_t i = 0; i < rows.size(); ++i)
      if (applies_[rows.first + i - first_row_])
        obligation[i] = std::min(obligation[i], allocation[i] + p_.share * emissions[i]);
  }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::obligation) && !question.asks(Answer::surrender_due)) return;
    for (const HistoryRow& row : question.history.rows(Given::verified_emissions)) {
      if (row.when.month != 0 || row.when.year < p_.first_year || row.when.year > p_.last_year) continue;
      if (!p_.classes.empty()) {
        if (row.entity.empty()) question.history.refuse(row, "verified_emissions needs an entity, a class or NAME/CLASS: the relief of a gap depends on it");
        if (std::find(p_.classes.begin(), p_.classes.end(), class_of(row.entity)) == p_.classes.end()) continue;
      }
      const auto given = answers.find(Answer::free_allocation, row.when, row.entity);
      if (!given) question.history.refuse_missing(Given::output, to_string(row.when), "the relief of a gap", row.entity);
      const double owed = answers.find(Answer::obligation, row.when, row.entity).value_or(row.value);
      answers.put(Answer::obligation, row.when, std::min(owed, static_cast<double>(nearest(*given + p_.share * row.value))), row.entity);
    }
  }

 private:
  Parameters p_;
  std::uint32_t first_row_;
  std::vector<std::uint8_t> applies_;
};

}  // namespace

PolicyKind gap_relief_kind() { return policy_kind<GapRelief>("gap_relief"); }

}  // namespace tantu
