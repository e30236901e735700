// Penalty: what a shortfall costs, and whether the missing allowances are still owed.
//
// China: CNY 20,000-30,000 a firm and the shortfall deducted from the next allocation (Order 19, 2021);
// 5 to 10 times the average price of the month before the deadline x shortfall, still owed if not made
// good (Regulation 775, from 2024-05-01). EU: EUR 40, from 2008 EUR 100 a tonne, raised by the harmonised
// consumer prices for allowances from 2013 on, and the debt. Korea: three times the average price, at most
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
  bool debt_carried = true;
  double owed_ratio = 1;
  std::optional<double> most_per_tonne, most_per_firm;
  std::int64_t average_months = 1;
  std::int64_t bar_days = 0;
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
       field<&PenaltyParameters::average_months>("average_months", "months", in(1, 60), "of the average close, before the deadline's month"),
       field<&PenaltyParameters::most_per_tonne>("most_per_tonne", "currency per t", at_least(0), "most that a missing tonne costs besides the fine"),
       field<&PenaltyParameters::most_per_firm>("most_per_firm", "currency", at_least(0), "most that a firm pays"),
       field<&PenaltyParameters::owed_ratio>("owed_ratio", "1", in(0, 20), "allowances still owed for each missing one, where the debt is carried over (RGGI 3, California 4)"),
       field<&PenaltyParameters::bar_days>("bar_days", "days", in(0, 3660), "for which a firm that falls short may not trade"),
       field<&PenaltyParameters::per_tonne>("per_tonne", "currency per t", at_least(0), "for each missing tonne"),
       field<&PenaltyParameters::rate>("rate", "", "the same by year, raised by a rule; the year is the last whose emissions are settled"),
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

  std::optional<std::pair<Day, Day>> window() const override { return std::pair{p_.from, p_.until}; }
  void price_shortfall(Day deadline, ShortfallTerms& terms) const override {
    if (deadline < p_.from || deadline > p_.until) return;
    terms.fine += p_.fine;
    terms.multiple += p_.price_multiple;
    terms.per_tonne += rate_of(year_of(deadline) - 1);
    terms.debt_carried |= p_.debt_carried;
    if (p_.debt_carried) terms.owed_ratio = std::max(terms.owed_ratio, p_.owed_ratio);
    if (p_.most_per_tonne) terms.most_per_tonne = std::min(terms.most_per_tonne, *p_.most_per_tonne);
    if (p_.most_per_firm) terms.most_per_firm = std::min(terms.most_per_firm, *p_.most_per_firm);
    terms.exists = true;
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (cycle.deadline < p_.from || cycle.deadline > p_.until) continue;
      if (!view.closes(cycle.deadline) || !state.first_time(c)) continue;
      double average = to_currency(view.month_average, view.price_scale);
      if (p_.average_months > 1)
        average = view.prices.months(view.today, static_cast<int>(p_.average_months)).value_or(static_cast<double>(view.month_average.count)) * view.price_scale;
      // Within a period with interim deadlines each missing tonne is penalised once.
      if (cycle.settles_from() == cycle.first_year) state.numbers.clear();
      state.numbers.resize(view.rows.size(), 0.0);
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
        Tonnes missing{};
        for (int year = std::max(cycle.settles_from(), view.firms.first_year); year <= cycle.last_year; ++year) missing += view.firms.year(year).shortfall[row];
        double& before = state.numbers[row - view.rows.first];
        missing -= Tonnes{static_cast<std::int64_t>(before)};
        before += static_cast<double>(missing.count);
        if (missing == Tonnes{}) continue;
        double rate = rate_of(cycle.last_year) + p_.price_multiple * average;
        if (p_.most_per_tonne) rate = std::min(rate, *p_.most_per_tonne);
        double amount = p_.fine + rate * static_cast<double>(missing.count);
        if (p_.most_per_firm) amount = std::min(amount, *p_.most_per_firm);
        // Rounded half up once, when it is booked.
        const Cash fine{nearest(amount / view.price_scale)};
        if (fine > Cash{}) effects.push_back({Effect::Kind::fine, row, cycle.last_year, missing, fine});
        if (p_.debt_carried)
          effects.push_back({Effect::Kind::owe, row, cycle.last_year, p_.owed_ratio == 1 ? missing : whole_tonnes(p_.owed_ratio * static_cast<double>(missing.count)), {}});
        if (p_.bar_days > 0) effects.push_back({Effect::Kind::bar, row, static_cast<int>(p_.bar_days)});
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
        const int month = month_number(year_of(deadline), static_cast<int>(month_of(deadline))) - 1, first = month + 1 - static_cast<int>(p_.average_months);
        if (!history.covers(first / 12)) continue;
        const double average = history.need_mean(Given::price, first, month, "the penalty on " + to_string(deadline));
        rate += p_.price_multiple * to_currency(price_from_currency(average, question.price_scale), question.price_scale);
      }
      answers.add(Answer::penalty, moment_of(deadline), in_decimals(rate > 0 ? std::min(rate, p_.most_per_tonne.value_or(rate)) : p_.fine, 2));
    }
  }

 private:
  double rate_of(int year) const { return p_.per_tonne + price_in(p_.rate, year).value_or(0); }
  Parameters p_;
};

}  // namespace

PolicyKind penalty_kind() { return policy_kind<Penalty>("penalty"); }

}  // namespace tantu
