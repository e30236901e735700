#include "agents/catalog.hpp"

#include <stdexcept>

namespace tantu {

std::span<const TraderKind> trader_catalog() {
  static const std::vector<TraderKind> kinds = {
      market_maker_kind(),
      trend_speculator_kind(),
      value_speculator_kind(),
      long_only_fund_kind(),
      zero_intelligence_kind(),
      arbitrageur_kind(),
      spoofer_kind(),
      corner_kind(),
      wash_trader_kind(),
      project_developer_kind(),
  };
  return kinds;
}

std::span<const KindEntry> trader_kinds() {
  static const std::vector<KindEntry> entries = [] {
    std::vector<KindEntry> list;
    for (const TraderKind& kind : trader_catalog()) list.push_back(kind.entry);
    return list;
  }();
  return entries;
}

const TraderKind& trader_kind(std::string_view kind) {
  for (const TraderKind& k : trader_catalog())
    if (k.entry.kind == kind) return k;
  throw std::logic_error("no such kind of trader");
}

}  // namespace tantu
