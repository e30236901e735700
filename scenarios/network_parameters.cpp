#include "scenarios/network_parameters.hpp"

namespace tantu {

template <>
const Table& table<GroupOwnership>() {
  using P = GroupOwnership;
  static const Table t{"group_ownership", "A corporate group.",
      {field<&P::share>("share", "1", in(0, 1), "share of firms that it owns directly").required(),
       field<&P::owner>("owner", "", "the group that owns it; empty: none. The topmost one nets for all below it"),
       field<&P::market>("market", "", "id of the market in which it owns firms; empty: in all")}};
  return t;
}

template <>
const Table& table<SupplyLinkParameters>() {
  using P = SupplyLinkParameters;
  static const Table t{"supply_link", "One sector's product goes into another's.",
      {field<&P::supplier>("supplier", "", "id of the sector that sells").required(),
       field<&P::buyer>("buyer", "", "id of the sector that buys").required(),
       field<&P::input>("input", "units of the supplier per unit of the buyer", at_least(0), "of the supplier's output in one unit of the buyer's").required(),
       field<&P::pass_through>("pass_through", "1", in(0, 2), "share of the supplier's carbon cost that its price carries")}};
  return t;
}

template <>
const Table& table<NetworkParameters>() {
  using P = NetworkParameters;
  using C = CounterpartyParameters;
  static const Table t{"network", "Relations between firms and between sectors.",
      {field_within<&P::counterparties, &C::known_counterparties>("known_counterparties", "firms", in(0, 10000), "mean number of firms outside its group that a firm knows, to trade a block with"),
       field_within<&P::counterparties, &C::same_region_share>("same_region_share", "1", in(0, 1), "probability that an acquaintance is sought in the firm's own region"),
       field_within<&P::counterparties, &C::known_group_members>("known_group_members", "firms", in(0, 10000), "in a group of at most this many others all know each other; in a larger one, the mean number known"),
       field<&P::supply_chain>("supply_chain", "", "which sector's product goes into which other's: carbon cost is passed on along it")}};
  return t;
}

}  // namespace tantu
