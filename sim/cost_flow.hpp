// The competitive path as a minimum-cost flow on the time-expanded network, for one market or several that are linked.
//
// A node for each market and period; allowances flow from a source into the nodes (steps of supply as parallel arcs at
// their discounted cost), along banking arcs into the next period, along linking arcs into another market, and out to
// cover need (Ford and Fulkerson 1958 for the expansion in time; the duals are the prices). Solved by Boost.Graph:
// successive shortest paths for the flow, Bellman-Ford on the residual network for the prices. The price of a node is
// the cost of the dearest unit that could be given back if a tonne less were needed there: the least price at which
// supply covers need, hence that of sim/competitive_path, to the tick.
//
// At a floor the authority takes any quantity: a need that may stay open at the floor's price.
// What it asks: steps only (`stepped` makes them), quantities in whole tonnes; steps that cost less than nothing are
// adopted beforehand (they count as supply), reserves that follow the bank are frozen into `supply`.
// Verified by tests/property/test_competitive_path.cpp and tests/unit/test_cost_flow.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/competitive_path.hpp"

namespace tantu {

/// Units of `from` are accepted in `to`, up to a quota in each period.
struct FlowLink {
  std::uint32_t from = 0, to = 0;   ///< markets
  std::vector<double> most;         ///< t by period; one entry holds for all
  double fee = 0;                   ///< currency per t that goes over it; at least a millionth, so that nothing moves for nothing
};

struct FlowResult {
  /// [market].periods; `supplied` and `bank` are those of one optimal flow (prices are unique, flows need not be).
  std::vector<PathResult> markets;
  std::vector<std::vector<double>> linked;  ///< [link][period], t
  double cost = 0;                          ///< discounted cost of all supply used, currency
};

/// All problems need the same number of periods and times and the same rate of interest. Throws std::invalid_argument
/// otherwise, and for a curve that is not made of steps.
FlowResult cost_flow(const std::vector<PathProblem>& markets, const std::vector<FlowLink>& links = {});

/// A curve with each straight piece cut into `pieces` steps of equal quantity, at the cost of their middles.
CostCurve stepped(const CostCurve& curve, int pieces);

}  // namespace tantu
