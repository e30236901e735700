// Insolvency: a firm that cannot pay what its obligations have cost fails.
//
// After a deadline's penalties a firm fails whose cash lies further below zero than `credit_per_t` a tonne of yearly
// baseline emissions. Its allowances go to its creditors, who hold them in an account of the authority, or are cancelled;
// what it owes in allowances is written off; its creditors lose what it owes in cash. Its plants close, or a new owner
// runs them on without the old debts (limited liability: what the environment loses is the debt written off).
#include <algorithm>

#include "policies/catalog.hpp"

namespace tantu {

enum class EstateRule : std::uint8_t { creditors, cancel };
enum class PlantsRule : std::uint8_t { close, continue_ };

struct InsolvencyParameters {
  double credit_per_t = 50;
  EstateRule allowances = EstateRule::creditors;
  PlantsRule plants = PlantsRule::close;
};

template <>
const Table& table<InsolvencyParameters>() {
  using P = InsolvencyParameters;
  static const Table t{
      "insolvency",
      "Firms that owe more than they are good for fail after a deadline.",
      {field<&P::credit_per_t>("credit_per_t", "currency per t", at_least(0), "how far below zero a firm's cash may lie, per tonne of yearly baseline emissions"),
       choice<&P::allowances>("allowances", {"creditors", "cancel"}, "what becomes of its allowances"),
       choice<&P::plants>("plants", {"close", "continue"}, "what becomes of its plants: they produce nothing any more and leave the market, or go on without the old debts")}};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"failures", "1", "firms that failed"},
    {"debt_written_off", "t", "allowances that they owed"},
    {"creditors_lost", "currency", "cash that they owed"},
};

class Insolvency final : public Policy {
 public:
  using Parameters = InsolvencyParameters;
  static constexpr Phase acts_in = Phase::penalty;
  Insolvency(const Parameters& p, const PolicyContext& context) : p_(p), creditors_(context.pool("creditors")) {}
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  void comply(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t c = 0; c < view.cycles.size(); ++c) {
      if (!view.closes(view.cycles[c].deadline) || !state.first_time(c)) continue;
      double failures = 0, debt = 0, lost = 0;
      for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
        const Cash balance = view.clearing.balance(view.account(row));
        if (!view.firms.covered[row] || to_currency(balance, view.price_scale) >= -p_.credit_per_t * view.traits.emissions[row]) continue;
        fail(view, row, balance, effects);
        failures += 1;
        debt += static_cast<double>(view.firms.debt[row].count);
        lost -= to_currency(balance, view.price_scale);
      }
      if (failures == 0) continue;
      state.report(0, view.today, failures);
      state.report(1, view.today, debt);
      state.report(2, view.today, lost);
    }
  }

 private:
  void fail(const PolicyView& view, std::uint32_t row, Cash balance, Effects& effects) const {
    const Tonnes held = view.registry.holding(view.account(row)), owed = view.firms.debt[row];
    if (held > Tonnes{}) {
      Effect estate{p_.allowances == EstateRule::creditors ? Effect::Kind::collect : Effect::Kind::void_, row, 9999, held};
      estate.to = creditors_;
      effects.push_back(estate);
    }
    if (owed > Tonnes{}) effects.push_back({Effect::Kind::forgive, row, year_of(view.today), owed});
    Effect loss{Effect::Kind::write_off, row, year_of(view.today), {}, -balance};
    loss.from = creditors_;
    effects.push_back(loss);
    const bool closes = p_.plants == PlantsRule::close;
    effects.push_back({Effect::Kind::fail, row, closes ? 1 : 0});
    if (closes) effects.push_back({Effect::Kind::leave, row, year_of(view.today)});
  }
  Parameters p_;
  Pool creditors_;
};

}  // namespace

PolicyKind insolvency_kind() { return policy_kind<Insolvency>("insolvency"); }

}  // namespace tantu
