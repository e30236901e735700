// Every policy instrument there is: one line here, one file each beside it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "sim/parameters.hpp"
#include "sim/policy.hpp"

namespace tantu {

/// The scenario's whole policy stack as two pure questions (Market::allocate, Market::oblige), for policies
/// that act on what the others say. Answers only once all policies are made.
using AllocationRule = std::function<void(Rows, int year, const double* activity, double* allocation)>;
using ObligationRule = std::function<void(Rows, int year, const double* emissions, const double* allocation, double* obligation)>;

/// What a policy may look at when it is made, besides its parameters.
struct PolicyContext {
  const FirmTraits& traits;
  Rows rows;                                      ///< of its market
  double price_scale;                             ///< currency per tick of account
  int first_year;                                 ///< of the paths in `traits`
  std::function<std::optional<double>(int)> cap;  ///< of the policies made before it
  AllocationRule allocate;
  ObligationRule oblige;
  std::function<Pool(std::string_view name)> pool;  ///< the authority's account of that name, opened if it is new
  std::function<double(int year)> auction_floor;    ///< of the stack: lowest price at which auctions sell, currency
  std::vector<std::string> offset_books = {};       ///< types of offset that have a book
};

struct MarketRules;

/// What the policies of a market are told when they are made, one after the other: they ask one another through the
/// finished stack. `rules` and `traits` must outlive them.
PolicyContext context_of(MarketRules& rules, const FirmTraits& traits, int first_year);

/// The pool of that name in a market's list of names, added if it is new.
Pool pool_of(std::vector<std::string>& names, std::string_view name);

/// A parameter that contradicts the firms; thrown by the maker of a policy. `path` leads from the policy to it.
struct ParameterError : std::runtime_error {
  ParameterError(std::vector<std::string> at, const std::string& message) : std::runtime_error(message), path(std::move(at)) {}
  std::vector<std::string> path;
};

/// Throws ParameterError unless a sector of the market has the class.
void require_class(const PolicyContext& context, const std::string& name, std::vector<std::string> path);
/// The index of the market's sector of that name; throws ParameterError if there is none.
std::size_t require_sector(const PolicyContext& context, const std::string& name, std::vector<std::string> path);

/// [sector]: 1 for the named ones, for all where none is named. Throws ParameterError at "sectors" for a name that no
/// sector of the market has.
std::vector<std::uint8_t> sectors_named(const PolicyContext& context, const std::vector<std::string>& names);

struct PolicyKind {
  KindEntry entry;
  Phase phase;
  std::shared_ptr<const Policy> (*make)(const void* parameters, const PolicyContext&);
};

/// In the order in which policies of one phase act.
std::span<const PolicyKind> policy_catalog();
std::span<const KindEntry> policy_kinds();
const PolicyKind* find_policy(std::string_view kind);

/// The catalog line of a policy class that is made from (parameters, context) and names its phase.
template <class P>
PolicyKind policy_kind(std::string_view kind) {
  using Parameters = typename P::Parameters;
  return {kind_entry<Parameters>(kind), P::acts_in,
          [](const void* parameters, const PolicyContext& context) -> std::shared_ptr<const Policy> {
            return std::make_shared<P>(*static_cast<const Parameters*>(parameters), context);
          }};
}

// One per file of this folder.
PolicyKind coverage_kind();
PolicyKind cap_kind();
PolicyKind benchmark_allocation_kind();
PolicyKind historical_allocation_kind();
PolicyKind historical_intensity_allocation_kind();
PolicyKind regional_quota_kind();
PolicyKind gap_relief_kind();
PolicyKind verification_kind();
PolicyKind pre_allocation_kind();
PolicyKind true_up_kind();
PolicyKind bounded_allocation_kind();
PolicyKind carbon_tax_kind();
PolicyKind market_stability_reserve_kind();
PolicyKind price_trigger_kind();
PolicyKind auction_kind();
PolicyKind consignment_kind();
PolicyKind containment_reserve_kind();
PolicyKind price_collar_kind();
PolicyKind offsets_kind();
PolicyKind borrowing_kind();
PolicyKind holding_limit_kind();
PolicyKind revenue_kind();
PolicyKind compliance_kind();
PolicyKind penalty_kind();
PolicyKind insolvency_kind();
PolicyKind banking_kind();

}  // namespace tantu
