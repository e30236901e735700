#include "results/network_tables.hpp"

#include <algorithm>

#include "sim/link_graph.hpp"

namespace tantu {

namespace {

std::int32_t largest(const std::vector<std::int32_t>& component) {
  std::vector<std::int32_t> size(component.size() + 1);
  for (const std::int32_t c : component) ++size[static_cast<std::size_t>(c)];
  return *std::max_element(size.begin(), size.end());
}
std::int32_t count(const std::vector<std::int32_t>& component) { return component.empty() ? 0 : 1 + *std::max_element(component.begin(), component.end()); }

}  // namespace

void write_networks(Dataset& file, const Simulation& simulation, const std::vector<std::int32_t>& years, const Denomination& in) {
  const SimulationSetup& setup = simulation.setup();
  const Ownership& ownership = setup.ownership;
  const FirmStore& firms = simulation.firms();
  DatasetGroup& network = file.group("/network");

  // Three relations; a component of ownership is all that one owner controls.
  std::vector<std::int32_t> owned(setup.traits.size());
  std::int32_t owners = 0;
  std::vector<std::int32_t> owner_of_group(ownership.groups(), -1);
  for (std::size_t f = 0; f < owned.size(); ++f) {
    const std::int32_t top = ownership.group_of(f);
    std::int32_t& known = top < 0 ? owned[f] : owner_of_group[static_cast<std::size_t>(top)];
    if (top < 0 || known < 0) known = owners++;
    owned[f] = known;
  }
  const std::vector<std::int32_t> acquainted = setup.counterparties.components(), supplied = setup.supply_chain.components();
  const auto controlled = ownership.group_of_firms();
  const auto members = static_cast<std::int32_t>(controlled.size()) - static_cast<std::int32_t>(std::count(controlled.begin(), controlled.end(), Ownership::independent));
  // Where markets are linked: a fourth.
  std::vector<LinkArc> arcs;
  for (const LinkRules& link : setup.links)
    if (!link.moves_firms) arcs.push_back({link.from, link.to, link.accepted.factor()});
  std::vector<std::string> relations{"counterparties", "ownership", "supply chain"};
  std::vector<std::int32_t> nodes{static_cast<std::int32_t>(setup.counterparties.firms()), static_cast<std::int32_t>(ownership.firms()), static_cast<std::int32_t>(setup.supply_chain.sectors().size())};
  std::vector<std::int32_t> joins{static_cast<std::int32_t>(setup.counterparties.acquaintances()), members, static_cast<std::int32_t>(setup.supply_chain.links().size())};
  std::vector<std::int32_t> components{count(acquainted), owners, count(supplied)}, largest_ones{largest(acquainted), largest(owned), largest(supplied)};
  std::vector<double> clustering{setup.counterparties.mean_clustering(), missing<double>(), missing<double>()};
  if (!arcs.empty()) {
    const auto joined = link_components(static_cast<std::uint32_t>(simulation.markets().size()), arcs);
    relations.emplace_back("market links");
    nodes.push_back(static_cast<std::int32_t>(joined.size()));
    joins.push_back(static_cast<std::int32_t>(arcs.size()));
    components.push_back(count(joined));
    largest_ones.push_back(largest(joined));
    clustering.push_back(missing<double>());
  }
  network.axis("relation", relations, {"", "relation"});
  const std::vector<std::string> relation{"relation"};
  const auto write = [&](const char* name, const std::vector<std::int32_t>& values, const char* meaning) {
    network.variable(name, relation, std::span<const std::int32_t>(values), {"1", meaning});
  };
  write("nodes", nodes, arcs.empty() ? "firms, firms, sectors" : "firms, firms, sectors, markets");
  write("links", joins, arcs.empty() ? "pairs that know each other, firms that a group owns, links of the supply chain" : "pairs that know each other, firms that a group owns, links of the supply chain, directions in which a market accepts another's allowances");
  write("components", components, "parts that hang together; of ownership: controlling owners");
  write("largest_component", largest_ones, "nodes of the largest of them");
  network.variable("mean_clustering", relation, std::span<const double>(clustering),
                   {"1", "share of a firm's acquaintances that know each other, mean over firms"});

  std::vector<std::string> markets, sectors;
  for (const Market& market : simulation.markets()) markets.push_back(market.rules().name);
  for (const Sector& sector : setup.traits.sectors) sectors.push_back(sector.name);
  network.axis("market", markets, {"", "market"});
  network.axis("sector", sectors, {"", "sector"});
  network.axis("year", std::span<const std::int32_t>(years), {"", "calendar year"});

  std::vector<double> emissions, trade, holdings, own, passed;
  for (const Market& market : simulation.markets()) {
    const Rows rows = market.rules().rows;
    const auto index = [&](auto amount) {
      std::vector<double> of(setup.traits.size());
      for (std::uint32_t row = rows.first; row < rows.last; ++row) of[row] = amount(row);
      const double hhi = ownership.concentration(of);
      return hhi > 0 ? hhi : missing<double>();
    };
    for (const std::int32_t year : years) {
      const FirmYear& y = firms.year(year);
      emissions.push_back(index([&](std::uint32_t row) { return emissions_to_date(setup.traits, firms, row, year); }));
      trade.push_back(index([&](std::uint32_t row) { return static_cast<double>((y.bought[row] + y.sold[row]).count); }));
    }
    holdings.push_back(index([&](std::uint32_t row) { return static_cast<double>(market.registry.holding(market.account(row)).count); }));
  }
  network.variable("concentration_of_emissions", {"market", "year"}, std::span<const double>(emissions), {"1", "Herfindahl-Hirschman index of emissions over controlling owners"});
  network.variable("concentration_of_trade", {"market", "year"}, std::span<const double>(trade), {"1", "the same of what firms bought and sold"});
  network.variable("concentration_of_holdings", {"market"}, std::span<const double>(holdings), {"1", "the same of firms' holdings at the end"});

  for (std::size_t s = 0; s < sectors.size(); ++s)
    for (const std::int32_t year : years) {
      const auto y = static_cast<std::size_t>(year - firms.first_year);
      const double reviews = firms.unit_cost_reviews[y];
      own.push_back(reviews > 0 ? firms.unit_cost_own[y][s] / reviews : missing<double>());
      passed.push_back(reviews > 0 ? (firms.unit_cost[y][s] - firms.unit_cost_own[y][s]) / reviews : missing<double>());
    }
  network.variable("unit_cost", {"sector", "year"}, std::span<const double>(own), in.meaning("currency per unit of output", "carbon cost of a unit of output, mean over the year's reviews"));
  network.variable("unit_cost_of_inputs", {"sector", "year"}, std::span<const double>(passed), in.meaning("currency per unit of output", "what suppliers pass on of theirs"));
}

}  // namespace tantu
