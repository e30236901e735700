#include "policies/catalog.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "sim/market.hpp"

namespace tantu {

std::span<const PolicyKind> policy_catalog() {
  static const std::vector<PolicyKind> kinds = {
      coverage_kind(),
      cap_kind(),
      benchmark_allocation_kind(),
      historical_allocation_kind(),
      historical_intensity_allocation_kind(),
      regional_quota_kind(),
      gap_relief_kind(),
      carbon_tax_kind(),
      verification_kind(),
      pre_allocation_kind(),
      true_up_kind(),
      bounded_allocation_kind(),
      market_stability_reserve_kind(),
      price_trigger_kind(),
      auction_kind(),
      consignment_kind(),
      containment_reserve_kind(),
      price_collar_kind(),
      borrowing_kind(),
      offsets_kind(),
      compliance_kind(),
      penalty_kind(),
      insolvency_kind(),
      banking_kind(),
      holding_limit_kind(),
      revenue_kind(),
  };
  return kinds;
}

std::span<const KindEntry> policy_kinds() {
  static const std::vector<KindEntry> entries = [] {
    std::vector<KindEntry> list;
    for (const PolicyKind& kind : policy_catalog()) list.push_back(kind.entry);
    return list;
  }();
  return entries;
}

const PolicyKind* find_policy(std::string_view kind) {
  for (const PolicyKind& k : policy_catalog())
    if (k.entry.kind == kind) return &k;
  return nullptr;
}

PolicyContext context_of(MarketRules& rules, const FirmTraits& traits, int first_year) {
  MarketRules* stack = &rules;
  const FirmTraits* firms = &traits;
  std::vector<std::string> offset_books;
  for (const ListingRules& listing : rules.listings)
    if (listing.is_of_offsets()) offset_books.push_back(listing.offset);
  return {traits, rules.rows, rules.price_scale, first_year,
          [stack](int year) -> std::optional<double> {
            for (const NamedPolicy& p : stack->policies)
              if (const auto cap = p.policy->cap(year)) return cap;
            return std::nullopt;
          },
          [stack, firms](Rows rows, int year, const double* activity, double* allocation) {
            std::fill(allocation, allocation + rows.size(), 0.0);
            for (const NamedPolicy& p : stack->policies) p.policy->allocate(*firms, rows, year, activity, allocation);
            firms->keep_members(rows, year, allocation);
          },
          [stack, firms](Rows rows, int year, const double* emissions, const double* allocation, double* obligation) {
            std::copy(emissions, emissions + rows.size(), obligation);
            for (const NamedPolicy& p : stack->policies) p.policy->oblige(*firms, rows, year, emissions, allocation, obligation);
            firms->keep_members(rows, year, obligation);
          },
          [stack](std::string_view name) { return pool_of(stack->pools, name); },
          [stack](int year) {
            double floor = 0;
            for (const NamedPolicy& p : stack->policies) floor = std::max(floor, p.policy->auction_floor(year));
            return floor;
          },
          std::move(offset_books)};
}

Pool pool_of(std::vector<std::string>& names, std::string_view name) {
  if (name == "treasury") return Pool::treasury;
  auto known = std::find(names.begin(), names.end(), name);
  if (known == names.end()) known = names.insert(names.end(), std::string(name));
  return Pool{static_cast<std::uint16_t>(first_named_pool + (known - names.begin()))};
}

namespace {
/// By its id, or by what stands before "@" in it: the name that it had before scenarios were united.
bool is_called(const Sector& sector, std::string_view name) {
  return sector.name == name || std::string_view(sector.name).substr(0, sector.name.find('@')) == name;
}
}  // namespace

std::size_t require_sector(const PolicyContext& context, const std::string& name, std::vector<std::string> path) {
  std::string list;
  for (std::size_t s = 0; s < context.traits.sectors.size(); ++s) {
    const Sector& sector = context.traits.sectors[s];
    if (sector.rows.first >= context.rows.last || sector.rows.last <= context.rows.first) continue;
    if (is_called(sector, name)) return s;
    list += (list.empty() ? "" : ", ") + sector.name;
  }
  throw ParameterError(std::move(path), "is not a sector of the market; known: " + list);
}

void require_class(const PolicyContext& context, const std::string& name, std::vector<std::string> path) {
  std::set<std::string> known;
  for (const Sector& sector : context.traits.sectors)
    if (sector.rows.first < context.rows.last && sector.rows.last > context.rows.first) known.insert(sector.classes.begin(), sector.classes.end());
  if (known.contains(name)) return;
  std::string list;
  for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
  throw ParameterError(std::move(path), "is not a class of the market's sectors; known: " + list);
}

std::vector<std::uint8_t> sectors_named(const PolicyContext& context, const std::vector<std::string>& names) {
  const std::vector<Sector>& sectors = context.traits.sectors;
  std::vector<std::uint8_t> named(sectors.size(), names.empty() ? 1 : 0);
  for (std::size_t i = 0; i < names.size(); ++i) {
    bool found = false;
    std::string known;
    for (std::size_t s = 0; s < sectors.size(); ++s) {
      if (sectors[s].rows.first < context.rows.first || sectors[s].rows.last > context.rows.last) continue;
      known += (known.empty() ? "" : ", ") + sectors[s].name;
      if (!is_called(sectors[s], names[i])) continue;
      named[s] = 1;
      found = true;
    }
    if (!found) throw ParameterError({"sectors", std::to_string(i)}, "is not a sector of the market; known: " + known);
  }
  return named;
}

}  // namespace tantu
