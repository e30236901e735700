// Banking: what may be kept for later years.
//
//   unlimited  everything
//   untraded   after a cycle's deadline what a firm was given and never traded is cancelled: what it holds of
//              the cycle's vintages beyond its net purchases in the cycle's years and up to the deadline (Hubei)
//   life       units die `life_years` after the end of their vintage
//   none       what remains of a cycle's vintages after its deadline expires; with phase_ends only after the deadlines
//              of the cycles that end a phase (the EU's first phase ended with 2007)
//   net_sales  on the conversion date a firm keeps at most base_t + multiple x net sales of old vintages
//              (China: 10,000 t + 1.5 x net sales for vintages 2019-2024, after the 2025 deadline)
//   net_sales_yearly  the same after each deadline, with a multiple by year of the vintage and the net sales of the
//              calendar year of the deadline (Korea: 2 x net sales for 2021-22, once for 2023, 5 x from 2024)
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

enum class BankingRule : std::uint8_t { unlimited, none, net_sales, untraded, life, net_sales_yearly };

struct BankingParameters {
  BankingRule rule = BankingRule::unlimited;
  Day announcement = day_of(2024, 7, 2);
  Day conversion = day_of(2025, 12, 31);
  std::int64_t vintages_through = 2024;
  double base_t = 10'000;
  double multiple = 1.5;
  std::map<int, double> multiples;
  std::int64_t sales_from = 2024, sales_through = 2025;
  std::int64_t life_years = 3;
  std::int64_t leavers_years = 0;
  std::vector<std::int64_t> phase_ends;
};

template <>
const Table& table<BankingParameters>() {
  static const Table t{
      "banking",
      "Whether allowances may be kept for later years.",
      {choice<&BankingParameters::rule>("rule", {"unlimited", "none", "net_sales", "untraded", "life", "net_sales_yearly"}, "what may be kept"),
       field<&BankingParameters::announcement>("announcement", "", "net_sales: firms know the rule from this day"),
       field<&BankingParameters::conversion>("conversion", "", "net_sales: day after whose close the rest expires"),
       field<&BankingParameters::vintages_through>("vintages_through", "year", in(1990, 2200), "net_sales: last vintage it applies to"),
       field<&BankingParameters::base_t>("base_t", "t", at_least(0), "net_sales: what any firm may keep"),
       field<&BankingParameters::multiple>("multiple", "1", at_least(0), "net_sales: of net sales that may be kept besides"),
       field<&BankingParameters::multiples>("multiples", "1, by year", at_least(0), "net_sales_yearly: of net sales that may be kept of vintages up to a year, by that year; the last given one holds on, before the first all may be kept"),
       field<&BankingParameters::sales_from>("sales_from", "year", in(1990, 2200), "net_sales: first year whose sales count"),
       field<&BankingParameters::sales_through>("sales_through", "year", in(1990, 2200), "net_sales: last year whose sales count"),
       field<&BankingParameters::life_years>("life_years", "years", in(0, 100), "life: a vintage dies so many years after its own, at the end of the year"),
       field<&BankingParameters::leavers_years>("leavers_years", "years", in(0, 100), "what a firm holds that has left dies so many ends of a year later; 0: never"),
       field<&BankingParameters::phase_ends>("phase_ends", "year", in(1990, 2200), "none: last years of phases within which everything may be kept; empty: each cycle is a phase")},
      check_as<BankingParameters>([](const BankingParameters& p, std::vector<Problem>& problems) {
        if (p.rule == BankingRule::net_sales && p.conversion < p.announcement)
          problems.push_back({"/conversion", to_string(p.conversion) + " is before the announcement, " + to_string(p.announcement)});
        if ((p.rule == BankingRule::net_sales_yearly) == p.multiples.empty())
          problems.push_back({"/multiples", p.multiples.empty() ? "is empty; net_sales_yearly needs at least one year, e.g. {\"2021\": 2}" : "has no effect; leave it out or set rule to \"net_sales_yearly\""});
        if (p.sales_through < p.sales_from) problems.push_back({"/sales_through", "is before sales_from"});
      })};
  return t;
}

namespace {

class Banking final : public Policy {
 public:
  using Parameters = BankingParameters;
  static constexpr Phase acts_in = Phase::banking;
  Banking(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  void carry_over(const PolicyView& view, std::uint32_t row, CarryOver& terms) const override {
    if (p_.rule == BankingRule::none) {
      for (const ComplianceCycle& cycle : view.cycles)
        if (ends_phase(cycle) && view.today <= cycle.deadline) {
          terms = {true, cycle.deadline, 0, 0, cycle.last_year};
          return;
        }
    }
    // Net purchases are kept; each tonne sold has been traded.
    if (p_.rule == BankingRule::untraded)
      for (const ComplianceCycle& cycle : view.cycles)
        if (view.today <= cycle.deadline) {
          // Never nothing: what is bought from now on is kept, so that these are not units that all die at the deadline.
          terms = {true, cycle.deadline, std::max(0.5, static_cast<double>(net_purchases(view, cycle, row).count)), 0};
          return;
        }
    if (p_.rule == BankingRule::net_sales_yearly)
      for (const ComplianceCycle& cycle : view.cycles)
        if (view.today <= cycle.deadline && limits(cycle.last_year)) {
          terms = {true, cycle.deadline, yearly_limit(view, cycle, row), view.today >= first_day_of(year_of(cycle.deadline)) ? value_in(p_.multiples, cycle.last_year, 0) : 0};
          return;
        }
    if (p_.rule == BankingRule::net_sales && view.today >= p_.announcement && view.today <= p_.conversion)
      terms = {true, p_.conversion, limit(view, row), view.today >= first_day_of(static_cast<int>(p_.sales_from)) ? p_.multiple : 0};
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    if (p_.rule == BankingRule::none)
      for (std::size_t c = 0; c < view.cycles.size(); ++c)
        if (ends_phase(view.cycles[c]) && view.closes(view.cycles[c].deadline) && state.first_time(c))
          view.for_each_holder([&](std::uint32_t row) {
            if (const Tonnes rest = holding(view, row, view.cycles[c].last_year); rest > Tonnes{})
              effects.push_back({Effect::Kind::expire, row, view.cycles[c].last_year, rest, {}});
          });
    if (p_.rule == BankingRule::untraded)
      for (std::size_t c = 0; c < view.cycles.size(); ++c)
        if (view.closes(view.cycles[c].deadline) && state.first_time(c))
          for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row)
            if (const Tonnes rest = holding(view, row, view.cycles[c].last_year) - net_purchases(view, view.cycles[c], row); rest > Tonnes{})
              effects.push_back({Effect::Kind::void_, row, view.cycles[c].last_year, rest, {}});
    if (p_.rule == BankingRule::net_sales_yearly)
      for (std::size_t c = 0; c < view.cycles.size(); ++c)
        if (limits(view.cycles[c].last_year) && view.closes(view.cycles[c].deadline) && state.first_time(c))
          for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row)
            if (const Tonnes rest = holding(view, row, view.cycles[c].last_year) - whole_tonnes(yearly_limit(view, view.cycles[c], row)); rest > Tonnes{})
              effects.push_back({Effect::Kind::expire, row, view.cycles[c].last_year, rest, {}});
    const int year = year_of(view.today);
    if (year_of(view.next) != year) {
      if (p_.rule == BankingRule::life)
        view.for_each_holder([&](std::uint32_t row) {
          if (const Tonnes old = holding(view, row, year - static_cast<int>(p_.life_years)); old > Tonnes{})
            effects.push_back({Effect::Kind::expire, row, year - static_cast<int>(p_.life_years), old, {}});
        });
      if (p_.leavers_years > 0) {
        state.numbers.resize(view.rows.size(), 0.0);
        for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
          double& ends = state.numbers[row - view.rows.first];
          ends = view.firms.covered[row] ? 0 : ends + 1;
          const Tonnes rest = view.registry.holding(view.account(row));
          if (ends >= static_cast<double>(p_.leavers_years) && rest > Tonnes{}) effects.push_back({Effect::Kind::expire, row, 9999, rest, {}});
        }
      }
    }
    if (p_.rule == BankingRule::net_sales && view.closes(p_.conversion) && state.first_time(0))
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
        const Tonnes rest = holding(view, row, static_cast<int>(p_.vintages_through)) - whole_tonnes(limit(view, row));
        if (rest > Tonnes{}) effects.push_back({Effect::Kind::expire, row, static_cast<int>(p_.vintages_through), rest, {}});
      }
  }

  /// What each entity with holdings may keep and what dies: on the conversion date, or year by year.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (p_.rule == BankingRule::net_sales_yearly && (question.asks(Answer::holding_limit) || question.asks(Answer::cancelled)))
      for (const HistoryRow& row : question.history.rows(Given::holdings)) {
        if (row.when.month != 0 || !limits(row.when.year)) continue;
        const double net = question.history.need(Given::net_sales, row.when, "the carry-over of " + std::to_string(row.when.year), row.entity);
        const auto kept = static_cast<double>(nearest(p_.base_t + value_in(p_.multiples, row.when.year, 0) * std::max(net, 0.0)));
        answers.put(Answer::holding_limit, row.when, kept, row.entity);
        answers.put(Answer::cancelled, row.when, std::max(0.0, static_cast<double>(nearest(row.value)) - kept), row.entity);
      }
    if (p_.rule != BankingRule::net_sales || (!question.asks(Answer::holding_limit) && !question.asks(Answer::cancelled))) return;
    const HistoryView& history = question.history;
    for (const HistoryRow& row : history.rows(Given::holdings)) {
      if (row.when.year != year_of(p_.conversion)) continue;
      double net = 0;
      for (int year = static_cast<int>(p_.sales_from); year <= p_.sales_through; ++year)
        if (history.covers(year)) net += history.need(Given::net_sales, {year}, "the carry-over of " + to_string(p_.conversion), row.entity);
      const auto kept = static_cast<double>(nearest(p_.base_t + p_.multiple * std::max(net, 0.0)));
      answers.put(Answer::holding_limit, moment_of(p_.conversion), kept, row.entity);
      answers.put(Answer::cancelled, moment_of(p_.conversion), std::max(0.0, static_cast<double>(nearest(row.value)) - kept), row.entity);
    }
  }

 private:
  bool limits(int year) const { return !p_.multiples.empty() && year >= p_.multiples.begin()->first; }
  double yearly_limit(const PolicyView& view, const ComplianceCycle& cycle, std::uint32_t row) const {
    const FirmYear& y = view.firms.year(std::clamp(year_of(cycle.deadline), view.firms.first_year, view.firms.last_year()));
    const Tonnes net = y.sold[row] - y.bought[row];
    return p_.base_t + value_in(p_.multiples, cycle.last_year, 0) * static_cast<double>(std::max(net, Tonnes{}).count);
  }
  bool ends_phase(const ComplianceCycle& cycle) const {
    return p_.phase_ends.empty() || std::any_of(p_.phase_ends.begin(), p_.phase_ends.end(), [&](std::int64_t year) { return cycle.first_year <= year && year <= cycle.last_year; });
  }
  static Tonnes net_purchases(const PolicyView& view, const ComplianceCycle& cycle, std::uint32_t row) {
    Tonnes net{};
    for (int y = std::max(cycle.first_year, view.firms.first_year); y <= std::min(year_of(cycle.deadline), view.firms.last_year()); ++y)
      net += view.firms.year(y).bought[row] - view.firms.year(y).sold[row];
    return std::max(net, Tonnes{});
  }
  static Tonnes holding(const PolicyView& view, std::uint32_t row, int through) {
    Tonnes sum{};
    for (UnitIndex u = 0; u < view.registry.units().size(); ++u)
      if (view.registry.units()[u].type == UnitType::allowance && view.registry.units()[u].vintage <= through) sum += view.registry.holding(view.account(row), u);
    return sum;
  }
  double limit(const PolicyView& view, std::uint32_t row) const {
    Tonnes net{};
    for (int y = std::max<int>(static_cast<int>(p_.sales_from), view.firms.first_year);
         y <= std::min<int>(static_cast<int>(p_.sales_through), view.firms.last_year()); ++y)
      net += view.firms.year(y).sold[row] - view.firms.year(y).bought[row];
    return p_.base_t + p_.multiple * static_cast<double>(std::max(net, Tonnes{}).count);
  }
  Parameters p_;
};

}  // namespace

PolicyKind banking_kind() { return policy_kind<Banking>("banking"); }

}  // namespace tantu
