// Links between markets as a directed graph: an arc leads from the market that issues to the one that accepts. Two
// kinds of circles make links contradict one another:
//
// - one that holds a one-way link: what may only go one way would come back by the others;
// - one whose exchange ratios multiply to more than one: allowances would multiply on the way.
//
// Markets that accept each other make no circle of the first kind.
// Verified by tests/unit/test_link.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace tantu {

struct LinkArc {
  std::uint32_t from = 0, to = 0;
  double factor = 1;  ///< units of `to` for one of `from`; above 0
};

struct LinkCircle {
  std::vector<std::uint32_t> markets;  ///< the first one again at the end
  double product = 1;                  ///< what one unit becomes on the way round
  std::size_t arc = 0;                 ///< number of the last arc of the circle in the list
};

/// [market] number of the part to which arcs join it, whichever way they lead, in order of the first market of each.
std::vector<std::int32_t> link_components(std::uint32_t markets, const std::vector<LinkArc>& arcs);
/// A circle through a one-way arc, the one whose last arc comes first in the list; none: there is none.
std::optional<LinkCircle> one_way_circle(std::uint32_t markets, const std::vector<LinkArc>& arcs);
/// A circle whose product is above 1 by more than the rounding of ratios to millionths; none: there is none.
std::optional<LinkCircle> multiplying_circle(std::uint32_t markets, const std::vector<LinkArc>& arcs);

}  // namespace tantu
