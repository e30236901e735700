// The fundamental anchor F: the competitive price over a rolling horizon, from public knowledge (bank,
// announced and expected supply, baseline, aggregate abatement curve with what is adopted or on its way).
#pragma once

#include <optional>

#include "agents/firm_behaviour.hpp"
#include "sim/equilibrium.hpp"
#include "sim/strategy.hpp"

namespace tantu {

class FundamentalAnchor {
 public:
  FundamentalAnchor(const AnchorParameters& anchor, double expected_cut, double stigma)
      : p_(anchor), cut_(expected_cut), stigma_(stigma) {}

  /// Refreshes `outlook` where rules or coverage have changed since it was made.
  void refresh(const StrategyView& view, Outlook& outlook) const;
  /// F today in currency per tonne, without the cap on multiples of the average price; 0 in a long market.
  /// `supplied_at`: the authority's supply that answers to the price is what it is at this one, growing with interest,
  /// and no floor or ceiling holds; then F is in proportion to abatement costs.
  RollingPrice price(const StrategyView& view, const Outlook& outlook, std::optional<double> supplied_at = {}) const;
  /// F of units that die at the deadline of `last`: what a missing tonne costs times the chance of a shortage.
  double expiring_price(const StrategyView& view, const ComplianceCycle& last) const;
  /// Holdings and claims less what is owed for output to date, all firms, t.
  double public_bank(const StrategyView& view) const;
  /// What all firms could abate from today on.
  void build_curve(const StrategyView& view, AggregateCurve& curve) const;
  const AnchorParameters& parameters() const { return p_; }

 private:
  AnchorParameters p_;
  double cut_, stigma_;
};

}  // namespace tantu
