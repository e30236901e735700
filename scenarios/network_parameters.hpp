// Relations as a user writes them: who owns whom, who knows whom, whose product goes into whose.
#pragma once

#include <string>
#include <vector>

#include "sim/networks.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct GroupOwnership {
  double share = 0;
  std::string owner, market;
};

struct SupplyLinkParameters {
  std::string supplier, buyer;
  double pass_through = 1, input = 0;
};

struct NetworkParameters {
  CounterpartyParameters counterparties;
  std::vector<SupplyLinkParameters> supply_chain;
};

template <> const Table& table<GroupOwnership>();
template <> const Table& table<NetworkParameters>();

}  // namespace tantu
