// Penalty: what a shortfall costs, and whether the missing allowances are still owed.
//
// China: CNY 20,000-30,000 a firm and the shortfall deducted from the next allocation (Order 19, 2021);
// 5 to 10 times the average price of the month before the deadline x shortfall, still owed if not made
// good (Regulation 775, from 2024-05-01). EU: EUR 40, from 2008 EUR 100 a tonne, raised by the harmonised
// consumer prices for allowances from 2013 on, and the debt. California owes four allowances for each that
// is late, RGGI three, Guangdong two: a multiple of the debt. Korea: three times the average price, at most
// KRW 100,000. Several instances with disjoint dates may stand side by side.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

struct PenaltyParameters {
  Day from = day_of(1990, 1, 1);
  Day until = day_of(2200, 12, 31);
  double fine = 0;
  double price_multiple = 0;
  double per_tonne = 0;
  PricePathParameters rate;
  std::optional<double> most_per_tonne, most_fine;
  bool debt_carried = true;
  double owed_per_tonne = 1;
};

template <>
const Table& table<PenaltyParameters>() {
  static const Table t{
      "penalty",
      "The price of allowances that are missing at a deadline: fine + (per_tonne + rate + price_multiple x average price) x shortfall.",
      {field<&PenaltyParameters::from>("from", "", "deadlines from this day on"),
       field<&PenaltyParameters::until>("until", "", "deadlines up to this day"),
       field<&PenaltyParameters::fine>("fine", "currency", at_least(0), "for each firm that falls short"),
       field<&PenaltyParameters::price_multiple>("price_multiple", "1", in(0, 100), "times the average close of the month before the deadline"),
       field<&PenaltyParameters::per_tonne>("per_tonne", "currency per t", at_least(0), "for each missing tonne"),
       field<&PenaltyParameters::rate>("rate", "", "the same by year, raised by a rule; the year is that of the deadline's last year of emissions"),
       field<&PenaltyParameters::most_per_tonne>("most_per_tonne", "currency per t", at_least(0), "limit on what a missing tonne costs; null: none"),
       field<&PenaltyParameters::most_fine>("most_fine", "currency", at_least(0), "limit on what a firm pays for a deadline; null: none"),
       field<&PenaltyParameters::debt_carried>("debt_carried", "", "the missing allowances are still owed"),
       field<&PenaltyParameters::owed_per_tonne>("owed_per_tonne", "1", in(1, 20), "allowances owed for each that is missing")},
      check_as<PenaltyParameters>([](const PenaltyParameters& p, std::vector<Problem>& problems) {
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
        if (p.owed_per_tonne > 1 && !p.debt_carried) problems.push_back({"/owed_per_tonne", "has no effect where the debt is not carried; set debt_carried to true"});
      })};
  return t;
}

namespace {

class Penalty final : public Policy {
 public:
  using Parameters = PenaltyParameters;
  static constexpr Phase acts_in = Phase::penalty;
  Penalty(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }

  void price_shortfall(Day deadline, ShortfallTerms& terms) const override {
    if (deadline < p_.from || deadline > p_.until) return;
    terms.fine += p_.fine;
    terms.multiple += p_.price_multiple;
    // Further allowances owed cost about the price each.
    terms.multiple += p_.owed_per_tonne - 1;
    terms.per_tonne += rate_of(year_of(deadline) - 1);
    terms.debt_carried |= p_.debt_carried;
    terms.exists = true;
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (cycle.deadline < p_.from || cycle.deadline > p_.until) continue;
      if (!view.closes(cycle.deadline) || !state.first_time(c)) continue;
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
        Tonnes missing{};
        for (int year = cycle.first_year; year <= cycle.last_year; ++year) missing += view.firms.year(year).shortfall[row];
        if (missing == Tonnes{}) continue;
        const double rate = limited(rate_of(cycle.last_year) + p_.price_multiple * to_currency(view.month_average, view.price_scale));
        // Rounded half up once, when it is booked.
        const double due = p_.fine + rate * static_cast<double>(missing.count);
        const Cash fine{nearest(std::min(due, p_.most_fine.value_or(due)) / view.price_scale)};
        if (fine > Cash{}) effects.push_back({Effect::Kind::fine, row, cycle.last_year, missing, fine});
        if (p_.debt_carried)
          effects.push_back({Effect::Kind::owe, row, cycle.last_year, whole_tonnes(p_.owed_per_tonne * static_cast<double>(missing.count)), {}});
      }
    }
  }

  /// Per missing tonne on each deadline among the years of the history; a fine whatever the quantity only where
  /// there is nothing else.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (!question.asks(Answer::penalty)) return;
    const HistoryView& history = question.history;
    for (const ComplianceCycle& cycle : question.cycles) {
      const Day deadline = cycle.deadline;
      if (deadline < p_.from || deadline > p_.until || !history.covers(year_of(deadline))) continue;
      double rate = p_.per_tonne + price_in(p_.rate, cycle.last_year, history, "the penalty on " + to_string(deadline)).value_or(0);
      if (p_.price_multiple > 0) {
        const int month = month_number(year_of(deadline), static_cast<int>(month_of(deadline))) - 1;
        if (!history.covers(month / 12)) continue;
        const double average = history.need_mean(Given::price, month, month, "the penalty on " + to_string(deadline));
        rate += p_.price_multiple * to_currency(price_from_currency(average, question.price_scale), question.price_scale);
      }
      answers.add(Answer::penalty, moment_of(deadline), in_decimals(rate > 0 ? limited(rate) : p_.fine, 2));
    }
  }

 private:
  double rate_of(int year) const { return p_.per_tonne + price_in(p_.rate, year).value_or(0); }
  double limited(double rate) const { return std::min(rate, p_.most_per_tonne.value_or(rate)); }
  Parameters p_;
};

}  // namespace

PolicyKind penalty_kind() { return policy_kind<Penalty>("penalty"); }

}  // namespace tantu
