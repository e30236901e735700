#include "policies/dependencies.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tantu {

std::optional<std::string_view> needed_by(std::string_view kind) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> needs{{
      {"market_stability_reserve", "auction"},  // withholds from auctions and returns to them
      {"containment_reserve", "auction"},
      {"consignment", "auction"},
  }};
  for (const auto& [who, what] : needs)
    if (who == kind) return what;
  return std::nullopt;
}

bool stands_alone(std::string_view kind) {
  static constexpr std::array<std::string_view, 6> alone{"cap", "verification", "pre_allocation", "true_up", "market_stability_reserve", "revenue"};
  return std::find(alone.begin(), alone.end(), kind) != alone.end();
}

}  // namespace tantu
