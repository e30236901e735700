// The fundamental anchor F: the competitive price over a rolling horizon, from public knowledge (bank,
// announced and expected supply, baseline, aggregate abatement curve with what is adopted or on its way).
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "agents/firm_behaviour.hpp"
#include "sim/competitive_path.hpp"
#include "sim/equilibrium.hpp"
#include "sim/strategy.hpp"

namespace tantu {

/// F before it is bounded: the price of each of several equally likely outlooks on what will be emitted, in rising order.
/// A market that is long on what it expects may still be short; that chance is worth something today.
struct AnchorPrice {
  RollingPrice expected;         ///< the one outlook that is expected
  std::vector<double> outlooks;  ///< currency per tonne; infinite where supply does not cover demand at any price

  /// Their mean if abatement costs are multiplied by `multiplier` and nobody believes in more than `most`.
  double mean(double most, double multiplier = 1) const;
  /// The multiplier at which the mean is `price`; nothing where none leads to it.
  std::optional<double> multiplier_for(double price, double most) const;
};

class FundamentalAnchor {
 public:
  FundamentalAnchor(const AnchorParameters& anchor, double expected_cut, double stigma)
      : p_(anchor), cut_(expected_cut), stigma_(stigma) {}

  /// Refreshes `outlook` where rules or coverage have changed since it was made.
  void refresh(const StrategyView& view, Outlook& outlook) const;
  /// F today in currency per tonne, without the cap on multiples of the average price; 0 in a long market.
  /// `supplied_at`: the authority's supply that answers to the price is what it is at this one, growing with interest,
  /// and no floor or ceiling holds; then F is in proportion to abatement costs.
  AnchorPrice price(const StrategyView& view, const Outlook& outlook, Workers& workers, std::optional<double> supplied_at = {}) const;
  /// The expected outlook as a problem over a horizon of its own, for the path of linked markets. What the rules make available
  /// is what they answer to the path of this market by itself.
  PathProblem problem(const StrategyView& view, const Outlook& outlook, double horizon_years, double rate) const;
  /// Equally likely outlooks on growth, in standard deviations: deciles of a normal law; the expected one alone where firms are sure.
  std::vector<double> outlooks() const;
  /// The same problem with more or less need; what can be abated grows with it.
  PathProblem at_outlook(PathProblem expected, double deviations) const;
  /// F of units that die at the deadline of `last`: what a missing tonne costs times the chance of a shortage.
  double expiring_price(const StrategyView& view, const ComplianceCycle& last, Workers& workers) const;
  /// Holdings and claims less what is owed for output to date, all firms, t.
  /// `owed`: to it are added the years before today's that are not settled, and what they owe.
  double public_bank(const StrategyView& view, Workers& workers, std::vector<std::pair<int, double>>* owed = nullptr) const;
  /// What all firms could abate from today on.
  AggregateCurve curve(const StrategyView& view, Workers& workers) const;
  const AnchorParameters& parameters() const { return p_; }

 private:
  /// `assumed`: the stretches with what the rules make available in the end, asked for in place of the outlooks; may be null.
  AnchorPrice rolling_price(const StrategyView& view, const Outlook& outlook, const AggregateCurve& curve, double horizon_years, double rate,
                            std::optional<double> supplied_at, std::vector<Bucket>* assumed, Workers& workers) const;
  /// The prices of equally likely outlooks: buckets as expected, and with more or less need. What can be abated grows with it.
  std::vector<double> outlooks_around(const std::vector<Bucket>& buckets, double bank, double choke, const AggregateCurve& curve, const RollingPrice& expected) const;

  double growth_factor(double deviations, double years) const;

  AnchorParameters p_;
  double cut_, stigma_;
};

}  // namespace tantu
