// Compliance: the cycles, what is owed for them, and surrender at the deadline.
//
// The obligation of a year is fixed on the true-up date from verified emissions (and relief). At the
// deadline the registry takes what an account holds, for old debts first, then for the years due in order;
// what is missing is the shortfall.
//
// A period of several years may have interim deadlines: a cycle for each year, of which all but the last ask
// for a share of their own year's obligation, the last for the rest of all; balance_from names the first year of
// the period in each of them (California: 30% each 1 November; RGGI: 50%).
#include <algorithm>
#include <map>
#include <set>

#include "policies/catalog.hpp"
#include "sim/history.hpp"
#include "sim/instrument.hpp"

namespace tantu {

struct CycleParameters {
  std::int64_t first_year = 0, last_year = 0;
  Day announcement, pre_allocation, verification, true_up, deadline;
  std::optional<Day> early;
  double share = 1;
  std::optional<std::int64_t> balance_from;
};

template <>
const Table& table<CycleParameters>() {
  static const Table t{
      "cycle",
      "Years that are settled together, and the days on which that happens.",
      {field<&CycleParameters::first_year>("first_year", "year", in(1990, 2200), "first year covered").required(),
       field<&CycleParameters::last_year>("last_year", "year", in(1990, 2200), "last year covered").required(),
       field<&CycleParameters::announcement>("announcement", "", "from this day the rules of its years are public; firms expect them before").required(),
       field<&CycleParameters::pre_allocation>("pre_allocation", "", "day of pre-allocation").required(),
       field<&CycleParameters::verification>("verification", "", "day on which emissions are verified").required(),
       field<&CycleParameters::true_up>("true_up", "", "day on which allocation and obligation become final").required(),
       field<&CycleParameters::early>("early", "", "date that the authority urges without legal effect; some firms keep it"),
       field<&CycleParameters::deadline>("deadline", "", "last day to surrender").required(),
       field<&CycleParameters::share>("share", "1", in(0, 1), "of the obligation of its years that falls due; an interim deadline asks for less than 1"),
       field<&CycleParameters::balance_from>("balance_from", "year", in(1990, 2200), "first year of its period: what earlier deadlines of the period left open falls due at the one whose share is 1")},
      check_as<CycleParameters>([](const CycleParameters& c, std::vector<Problem>& problems) {
        if (c.last_year < c.first_year) problems.push_back({"/last_year", "is before first_year"});
        if (year_of(c.verification) <= c.last_year)
          problems.push_back({"/verification", to_string(c.verification) + " lies within the cycle's years; a day after " + std::to_string(c.last_year) + "-12-31"});
        if (c.true_up < c.verification) problems.push_back({"/true_up", to_string(c.true_up) + " is before verification, " + to_string(c.verification)});
        if (c.deadline < c.true_up) problems.push_back({"/deadline", to_string(c.deadline) + " is before the true-up, " + to_string(c.true_up)});
        if (c.early && *c.early > c.deadline) problems.push_back({"/early", to_string(*c.early) + " is after the deadline, " + to_string(c.deadline)});
        if (c.balance_from && *c.balance_from > c.first_year) problems.push_back({"/balance_from", std::to_string(*c.balance_from) + " is after first_year, " + std::to_string(c.first_year)});
        if (c.pre_allocation > c.true_up) problems.push_back({"/pre_allocation", to_string(c.pre_allocation) + " is after the true-up, " + to_string(c.true_up)});
      })};
  return t;
}

struct ComplianceParameters {
  std::vector<CycleParameters> cycles;
  bool later_vintages = true;
};

template <>
const Table& table<ComplianceParameters>() {
  static const Table t{
      "compliance",
      "Compliance cycles; surrender is taken by the registry at the deadline.",
      {field<&ComplianceParameters::cycles>("cycles", "", "in order of their years").required(),
       field<&ComplianceParameters::later_vintages>("later_vintages", "", "allowances of vintages after the cycle's years may be surrendered for it")},
      check_as<ComplianceParameters>([](const ComplianceParameters& p, std::vector<Problem>& problems) {
        if (p.cycles.empty()) problems.push_back({"/cycles", "is empty; at least one cycle"});
        for (std::size_t i = 1; i < p.cycles.size(); ++i) {
          const std::string place = "/cycles/" + std::to_string(i);
          if (p.cycles[i].first_year != p.cycles[i - 1].last_year + 1)
            problems.push_back({place + "/first_year", std::to_string(p.cycles[i].first_year) + " does not follow the cycle before it; " + std::to_string(p.cycles[i - 1].last_year + 1)});
          if (p.cycles[i].deadline <= p.cycles[i - 1].deadline)
            problems.push_back({place + "/deadline", to_string(p.cycles[i].deadline) + " is not after the deadline of the cycle before it, " + to_string(p.cycles[i - 1].deadline)});
          if (p.cycles[i - 1].share < 1 && (!p.cycles[i].balance_from || *p.cycles[i].balance_from > p.cycles[i - 1].first_year))
            problems.push_back({place + "/balance_from", "does not settle what the interim deadline before it leaves open; " + std::to_string(p.cycles[i - 1].balance_from.value_or(p.cycles[i - 1].first_year))});
        }
        if (!p.cycles.empty() && p.cycles.back().share < 1)
          problems.push_back({"/cycles/" + std::to_string(p.cycles.size() - 1) + "/share", "is below 1 in the last cycle; what it leaves open is never settled"});
      })};
  return t;
}

namespace {

class Compliance final : public Policy {
 public:
  using Parameters = ComplianceParameters;
  static constexpr Phase acts_in = Phase::compliance;
  Compliance(const Parameters& p, const PolicyContext& context) : oblige_(context.oblige) {
    for (const CycleParameters& c : p.cycles)
      cycles_.push_back({static_cast<int>(c.first_year), static_cast<int>(c.last_year), c.announcement, c.pre_allocation,
                         c.verification, c.true_up, c.early.value_or(c.deadline), c.deadline, c.share,
                         static_cast<int>(c.balance_from.value_or(0)), p.later_vintages});
  }
  Phase phase() const override { return acts_in; }
  std::span<const ComplianceCycle> cycles() const override { return cycles_; }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (view.closes(cycle.true_up) && state.first_time(2 * c)) fix_obligations(view, cycle, effects);
      if (view.closes(cycle.deadline) && state.first_time(2 * c + 1)) surrender(view, cycle, effects);
    }
  }

  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::surrender_due)) return;
    const HistoryView& history = question.history;
    std::map<std::string, double> paid;  // of obligations that a later deadline settles, by entity
    for (const ComplianceCycle& cycle : cycles_) {
      if (cycle.settles_from() == cycle.first_year) paid.clear();
      if (!history.covers(cycle.settles_from()) || !history.covers(cycle.last_year)) continue;
      std::set<std::string> entities;
      for (const HistoryRow& row : history.rows(Given::verified_emissions))
        if (row.when.month == 0 && row.when.year >= cycle.settles_from() && row.when.year <= cycle.last_year) entities.insert(row.entity);
      double total = 0;
      for (const std::string& entity : entities) {
        double due = 0;
        // An interim deadline asks for a share of its own years, the last one for the rest of all.
        for (int year = cycle.due_from(); year <= cycle.last_year; ++year) {
          const auto owed = answers.find(Answer::obligation, {year}, entity);
          if (!owed) history.refuse_missing(Given::verified_emissions, std::to_string(year), "what is due on " + to_string(cycle.deadline), entity);
          due += cycle.share < 1 ? static_cast<double>(nearest(cycle.share * *owed)) : *owed;
        }
        if (cycle.share >= 1) due -= paid[entity];
        paid[entity] += due;
        total += due;
        answers.put(Answer::surrender_due, moment_of(cycle.deadline), due, entity);
      }
      if (!entities.empty()) answers.put(Answer::surrender_due, moment_of(cycle.deadline), total);
    }
  }

 private:
  void fix_obligations(const PolicyView& view, const ComplianceCycle& cycle, Effects& effects) const {
    const std::uint32_t n = view.rows.size();
    std::vector<double> emissions(n), allocation(n), obligation(n);
    for (int year = cycle.first_year; year <= cycle.last_year; ++year) {
      const FirmYear& y = view.firms.year(year);
      for (std::uint32_t i = 0; i < n; ++i) {
        const std::uint32_t row = view.rows.first + i;
        emissions[i] = static_cast<double>(std::max(y.verified[row], Tonnes{}).count);
        allocation[i] = static_cast<double>(std::max(y.entitled[row], Tonnes{}).count);
      }
      oblige_(view.rows, year, emissions.data(), allocation.data(), obligation.data());
      for (std::uint32_t i = 0; i < n; ++i)
        if (view.firms.covered[view.rows.first + i])
          effects.push_back({Effect::Kind::oblige, view.rows.first + i, year, whole_tonnes(std::max(0.0, obligation[i])), {}});
    }
  }

  void surrender(const PolicyView& view, const ComplianceCycle& cycle, Effects& effects) const {
    // A cycle whose true-up and deadline fall on one day has its obligations among the effects already.
    std::vector<Effect> fixed;
    for (const Effect& e : effects)
      if (e.kind == Effect::Kind::oblige) fixed.push_back(e);
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (!view.firms.covered[row]) continue;
      Tonnes holding = usable(view, cycle, row);
      if (const Tonnes paid = std::min(holding, view.firms.debt[row]); paid > Tonnes{}) {
        effects.push_back({Effect::Kind::repay, row, cycle.last_year, paid, {}});
        holding -= paid;
      }
      for (int year = std::max(cycle.due_from(), view.firms.first_year); year <= cycle.last_year; ++year) {
        const FirmYear& y = view.firms.year(year);
        Tonnes due = std::max(y.obligation[row], Tonnes{});
        for (const Effect& e : fixed)
          if (e.row == row && e.year == year) due = e.tonnes;
        if (cycle.share < 1) due = whole_tonnes(cycle.share * static_cast<double>(due.count));
        // Offsets count; what fell short before has been penalised and is owed as a debt, if at all.
        due = std::max(Tonnes{}, due - y.retired[row] - y.surrendered[row] - y.shortfall[row]);
        const Tonnes given = std::min(holding, due);
        if (given > Tonnes{}) effects.push_back({Effect::Kind::surrender, row, year, given, {}});
        holding -= given;
        if (due > given) effects.push_back({Effect::Kind::shortfall, row, year, due - given, {}});
      }
    }
  }

  /// What may be surrendered at the cycle's deadline.
  static Tonnes usable(const PolicyView& view, const ComplianceCycle& cycle, std::uint32_t row) {
    if (cycle.later_vintages) return view.registry.holding(view.account(row));
    return Instrument{}.usable(view.registry, view.account(row), cycle.last_year, view.firms.year(cycle.last_year).borrowed[row]);
  }

  ObligationRule oblige_;
  std::vector<ComplianceCycle> cycles_;
};

}  // namespace

PolicyKind compliance_kind() { return policy_kind<Compliance>("compliance"); }

}  // namespace tantu
