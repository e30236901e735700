// The competitive paths of several markets that accept each other's units.
//
// A link lets units of one market meet obligations in another, up to a quota in each period, at an exchange ratio and
// a rate of exchange. One price emerges where the quota does not bind, but for what a transfer costs:
// p_from x rate = ratio x (p_to - fee) while units go that way; where it binds, the price stays lower where units come from.
// Of the ways to the same prices the one with the fewest transfers is taken. Markets that nothing links are paths of their own (sim/competitive_path.hpp).
//
// Linked ones are a minimum-cost flow (sim/cost_flow.hpp) in the units and the currency of the first market of each
// connected component (Boost.Graph), whose steps are narrowed around the prices found until they are finer than a
// thousandth of a tick: prices to 1e-5 of the first market's currency, quantities to a tonne of its units.
// Verified by tests/unit/test_linked_path.cpp and tests/property/test_competitive_path.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/competitive_path.hpp"

namespace tantu {

/// Units of `from` are accepted in `to`.
struct MarketLink {
  std::uint32_t from = 0, to = 0;  ///< markets
  std::vector<double> most = {};   ///< t of `from` by period; one entry holds for all; empty: without limit
  double ratio = 1;                ///< t of an obligation in `to` that a unit of `from` meets
  double exchange = 1;             ///< currency of `to` for one unit of the currency of `from`
  double fee = 0;                  ///< currency of `to` for a unit that arrives
};

struct LinkedPaths {
  std::vector<PathResult> markets;
  std::vector<std::vector<double>> linked;  ///< [link][period], t of `from`
};

/// `finest`: of the prices, in the currency of the first market of each component.
/// Problems of linked markets need the same number of periods and times and the same rate of interest. Throws
/// std::invalid_argument otherwise, for links that name no market or one only, and for ratios or rates of exchange that
/// make something out of nothing around a circle.
/// `like`: the paths of problems that differ little, if there are any; it makes the search shorter.
LinkedPaths linked_paths(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links, double finest = 1e-5, const LinkedPaths* like = nullptr);

/// Where links without limit or fee lead from every market to every other and back, all are one market: its path, whose prices
/// are exact, in the units and the currency of the first. None where they are not. Throws as linked_paths does.
std::optional<PathResult> united_path(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links);
/// A price of the first market in the units and the currency of another. Requires markets that are one.
double price_in(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links, std::size_t market, double price_of_first);

/// The same where ratios may lose something around a circle: units that are worth less on either side of a border go one way
/// at most, where they are worth more, and the other way is taken out of `links`. Returns why no link is left where that is
/// not enough; then the paths are those of the markets apart.
std::string linked_paths_one_way(const std::vector<PathProblem>& markets, std::vector<MarketLink>& links, LinkedPaths& paths, double finest = 1e-5);

}  // namespace tantu
