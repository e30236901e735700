// Borrowing: a firm that falls short gets part of its next allowances ahead of time.
//
// After a cycle's obligations are final, a firm whose gap is at least gap_least of its obligation is advanced
// min(share_of_gap x gap, share_of_obligation x obligation) of the next vintage; its next allocation is less
// by what it was advanced. (China 2021-22: gap of 10% or more, 50% of the gap; Korea: 10-15% of the obligation.)
#include <algorithm>

#include "policies/catalog.hpp"

namespace tantu {

struct BorrowingParameters {
  double gap_least = 0, share_of_gap = 1, share_of_obligation = 1;
  std::int64_t first_year = 1990, last_year = 2200;
};

template <>
const Table& table<BorrowingParameters>() {
  using P = BorrowingParameters;
  static const Table t{
      "borrowing",
      "Part of the next year's allowances ahead of time, for firms that fall short.",
      {field<&P::gap_least>("gap_least", "1", in(0, 1), "least gap, as a share of the obligation, with which a firm may borrow"),
       field<&P::share_of_gap>("share_of_gap", "1", in(0, 1), "most that is advanced, of the gap"),
       field<&P::share_of_obligation>("share_of_obligation", "1", in(0, 1), "most that is advanced, of the obligation"),
       field<&P::first_year>("first_year", "year", in(1990, 2200), "last year of a cycle from which on it applies"),
       field<&P::last_year>("last_year", "year", in(1990, 2200), "last year of a cycle up to which it applies")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.last_year < p.first_year) problems.push_back({"/last_year", "is before first_year"});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {{"borrowed", "t", "advanced to all firms for a cycle"}};

class Borrowing final : public Policy {
 public:
  using Parameters = BorrowingParameters;
  static constexpr Phase acts_in = Phase::offset;
  Borrowing(const Parameters& p, const PolicyContext&) : p_(p) {}
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  /// After the last year of a cycle, and every year beyond the cycles.
  void expect(const PolicyView& view, const PolicyState&, SupplyOutlook& outlook) const override {
    for (SupplyYear& y : outlook.years) {
      if (y.year < p_.first_year || y.year > p_.last_year) continue;
      const bool settled = std::any_of(view.cycles.begin(), view.cycles.end(), [&](const ComplianceCycle& c) { return c.last_year == y.year; }) ||
                           (!view.cycles.empty() && y.year > view.cycles.back().last_year);
      if (settled) y.borrowed += std::min(p_.share_of_gap * y.gap, p_.share_of_obligation * y.obligation);
    }
  }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      const ComplianceCycle& cycle = view.cycles[c];
      if (view.today <= cycle.true_up || view.today > cycle.deadline || !state.first_time(c)) continue;
      if (cycle.last_year < p_.first_year || cycle.last_year > p_.last_year || cycle.last_year + 1 > view.firms.last_year()) continue;
      double all = 0;
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
        if (!view.firms.covered[row]) continue;
        Tonnes due = view.firms.debt[row];
        for (int y = std::max(cycle.due_from(), view.firms.first_year); y <= cycle.last_year; ++y) {
          const FirmYear& f = view.firms.year(y);
          due += std::max(Tonnes{}, (cycle.share < 1 ? whole_tonnes(cycle.share * static_cast<double>(f.obligation[row].count)) : f.obligation[row]) - f.surrendered[row] - f.retired[row]);
        }
        const Tonnes gap = due - view.registry.holding(view.account(row));
        const auto obligation = static_cast<double>(due.count), missing = static_cast<double>(gap.count);
        if (gap <= Tonnes{} || missing < p_.gap_least * obligation) continue;
        const Tonnes advance{static_cast<std::int64_t>(std::min(p_.share_of_gap * missing, p_.share_of_obligation * obligation))};
        if (advance <= Tonnes{}) continue;
        effects.push_back({Effect::Kind::advance, row, cycle.last_year, advance});
        all += static_cast<double>(advance.count);
      }
      state.report(0, view.today, all);
    }
  }

 private:
  Parameters p_;
};

}  // namespace

PolicyKind borrowing_kind() { return policy_kind<Borrowing>("borrowing"); }

}  // namespace tantu
