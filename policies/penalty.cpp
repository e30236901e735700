// Penalty: what a shortfall costs, and whether the missing allowances are still owed.
//
// China: CNY 20,000-30,000 a firm and the shortfall deducted from the next allocation (Order 19, 2021);
// 5 to 10 times the average price of the month before the deadline x shortfall, still owed if not made
// good (Regulation 775, from 2024-05-01). Several instances with disjoint dates may stand side by side.
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
  bool debt_carried = true;
};

template <>
const Table& table<PenaltyParameters>() {
  static const Table t{
      "penalty",
      "The price of allowances that are missing at a deadline: fine + (per_tonne + price_multiple x average price) x shortfall.",
      {field<&PenaltyParameters::from>("from", "", "deadlines from this day on"),
       field<&PenaltyParameters::until>("until", "", "deadlines up to this day"),
       field<&PenaltyParameters::fine>("fine", "currency", at_least(0), "for each firm that falls short"),
       field<&PenaltyParameters::price_multiple>("price_multiple", "1", in(0, 100), "times the average close of the month before the deadline"),
       field<&PenaltyParameters::per_tonne>("per_tonne", "currency per t", at_least(0), "for each missing tonne"),
       field<&PenaltyParameters::debt_carried>("debt_carried", "", "the missing allowances are still owed")},
      check_as<PenaltyParameters>([](const PenaltyParameters& p, std::vector<Problem>& problems) {
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
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
    terms.per_tonne += p_.per_tonne;
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
        const double rate = p_.per_tonne + p_.price_multiple * to_currency(view.month_average, view.price_scale);
        // Rounded half up once, when it is booked.
        const Cash fine{nearest((p_.fine + rate * static_cast<double>(missing.count)) / view.price_scale)};
        if (fine > Cash{}) effects.push_back({Effect::Kind::fine, row, cycle.last_year, missing, fine});
        if (p_.debt_carried) effects.push_back({Effect::Kind::owe, row, cycle.last_year, missing, {}});
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
      double rate = p_.per_tonne;
      if (p_.price_multiple > 0) {
        const int month = month_number(year_of(deadline), static_cast<int>(month_of(deadline))) - 1;
        if (!history.covers(month / 12)) continue;
        const double average = history.need_mean(Given::price, month, month, "the penalty on " + to_string(deadline));
        rate += p_.price_multiple * to_currency(price_from_currency(average, question.price_scale), question.price_scale);
      }
      answers.add(Answer::penalty, moment_of(deadline), in_decimals(rate > 0 ? rate : p_.fine, 2));
    }
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind penalty_kind() { return policy_kind<Penalty>("penalty"); }

}  // namespace tantu
