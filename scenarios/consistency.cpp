#include "scenarios/consistency.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "scenarios/scenario.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/technology_catalogue.hpp"
#include "scenarios/wording.hpp"
#include "sim/exchange_rates.hpp"
#include "sim/link_graph.hpp"

namespace tantu {

namespace {

template <class Value>
std::vector<std::string> ids_of(const std::map<std::string, Value>& by_id) {
  std::vector<std::string> ids;
  for (const auto& [id, value] : by_id) {
    (void)value;
    ids.push_back(id);
  }
  return ids;
}

template <class Value>
std::string unknown(const char* what, const std::string& id, const std::map<std::string, Value>& known) {
  return fmt::format("there is no {} \"{}\"; {}", what, shown(id), suggestion(id, ids_of(known)));
}

void check_sectors(const Scenario& scenario, std::vector<Problem>& problems) {
  if (scenario.sectors.empty()) problems.push_back({"/sectors", "is empty; at least one sector"});
  std::int64_t firms = 0;
  for (const auto& [id, sector] : scenario.sectors) {
    const std::int64_t in_sector = sector.firms + sector.firms_below + sector.firms_closing;
    firms += in_sector;
    if (in_sector == 0 && scenario.population.installations_csv.empty())
      problems.push_back({"/sectors/" + id + "/firms", "is 0: the sector is empty; give it firms or leave it out"});
    if (!sector.market.empty() && !scenario.markets.contains(sector.market))
      problems.push_back({"/sectors/" + id + "/market", unknown("market", sector.market, scenario.markets)});
    if (sector.market.empty() && scenario.markets.size() > 1)
      problems.push_back({"/sectors/" + id + "/market", "is missing; with several markets a sector says which one it is in"});
    if (!sector.technology.empty() && !scenario.technologies.contains(sector.technology))
      problems.push_back({"/sectors/" + id + "/technology", unknown("technology", sector.technology, scenario.technologies)});
  }
  if (firms == 0 && scenario.population.installations_csv.empty() && !scenario.sectors.empty())
    problems.push_back({"/sectors", "have no firms; give `firms` above 0 or population.installations_csv"});
}

/// Pairs may connect all currencies but not close a circle: a rate that follows from others cannot be given again.
void check_exchange_rates(const Scenario& scenario, std::vector<Problem>& problems) {
  std::vector<ExchangeRates::Pair> before;
  for (std::size_t i = 0; i < scenario.exchange_rates.size(); ++i) {
    const ExchangeRateParameters& p = scenario.exchange_rates[i];
    if (ExchangeRates(before).connects(p.of, p.in))
      problems.push_back({"/exchange_rates/" + std::to_string(i), fmt::format("the rates before it give {} in {} already; leave one out", shown(p.of), shown(p.in))});
    else before.push_back({p.of, p.in, {{Day{0}, 1.0}}});
  }
}

/// Which currencies the rates connect; what a currency costs does not matter here.
ExchangeRates rates_of(const Scenario& scenario) {
  std::vector<ExchangeRates::Pair> pairs;
  for (const ExchangeRateParameters& p : scenario.exchange_rates) pairs.push_back({p.of, p.in, {{Day{0}, 1.0}}});
  return ExchangeRates(std::move(pairs));
}

std::vector<LinkArc> arcs_of(const Scenario& scenario, std::vector<std::size_t>& link_of) {
  const std::vector<std::string> ids = ids_of(scenario.markets);
  const auto number = [&](const std::string& id) { return static_cast<std::uint32_t>(std::find(ids.begin(), ids.end(), id) - ids.begin()); };
  std::vector<LinkArc> arcs;
  for (std::size_t i = 0; i < scenario.links.size(); ++i) {
    const LinkParameters& p = scenario.links[i];
    const double ratio = exchange_ratio(scenario, p);
    arcs.push_back({number(p.from), number(p.to), ratio * (1 - p.discount)});
    link_of.push_back(i);
    if (p.direction == LinkDirection::one_way) continue;
    arcs.push_back({number(p.to), number(p.from), (1 - p.discount) / ratio});
    link_of.push_back(i);
  }
  return arcs;
}

void check_links(const Scenario& scenario, std::vector<Problem>& problems) {
  const std::size_t before = problems.size();
  const auto place = [](std::size_t i, const char* key = "") { return "/links/" + std::to_string(i) + key; };
  const auto carries = [](const LinkParameters& p, const std::string& from, const std::string& to) {
    return (p.from == from && p.to == to) || (p.direction == LinkDirection::two_way && p.from == to && p.to == from);
  };
  const ExchangeRates rates = rates_of(scenario);
  for (std::size_t i = 0; i < scenario.links.size(); ++i) {
    const LinkParameters& p = scenario.links[i];
    for (const auto& [key, id] : {std::pair{"/from", p.from}, std::pair{"/to", p.to}})
      if (!scenario.markets.contains(id))
        problems.push_back({place(i, key), unknown("market", id, scenario.markets)});
    if (problems.size() > before) continue;
    if (p.from == p.to) {
      problems.push_back({place(i, "/to"), fmt::format("is {} itself; a market accepts its own allowances without a link", shown(p.to))});
      continue;
    }
    const std::string &here = scenario.markets.at(p.from).currency, &there = scenario.markets.at(p.to).currency;
    if (!rates.connects(here, there))
      problems.push_back({place(i), fmt::format("leads from {} to {}, and no exchange_rates connect {} with {}", shown(p.from), shown(p.to), shown(here), shown(there))});
    for (std::size_t k = 0; k < i; ++k) {
      const LinkParameters& q = scenario.links[k];
      const bool forth = carries(q, p.from, p.to), back = p.direction == LinkDirection::two_way && carries(q, p.to, p.from);
      if ((!forth && !back) || p.first_day > q.last_day || q.first_day > p.last_day) continue;
      problems.push_back({place(i), fmt::format("carries allowances from {} to {} on days on which links.{} does; end one before the other begins",
                                                shown(forth ? p.from : p.to), shown(forth ? p.to : p.from), k)});
    }
  }
  if (problems.size() > before) return;
  const std::vector<std::string> ids = ids_of(scenario.markets);
  const auto text = [&](const LinkCircle& circle) {
    std::string way;
    for (const std::uint32_t m : circle.markets) way += (way.empty() ? "" : " -> ") + shown(ids[m]);
    return way;
  };
  std::vector<std::size_t> link_of;
  const std::vector<LinkArc> arcs = arcs_of(scenario, link_of);
  const auto markets = static_cast<std::uint32_t>(ids.size());
  if (const auto circle = one_way_circle(markets, arcs))
    problems.push_back({place(link_of[circle->arc]), fmt::format("closes a circle, {}, by which allowances come back over one-way links; leave one of them out or make them two_way", text(*circle))});
  else if (const auto multiplies = multiplying_circle(markets, arcs))
    problems.push_back({place(link_of[multiplies->arc], "/exchange_ratio"), fmt::format("makes {:.6g} allowances of one on the way {}; ratios around a circle must not multiply to more than 1", multiplies->product, text(*multiplies))});
}

void check_moves(const Scenario& scenario, std::vector<Problem>& problems) {
  const ExchangeRates rates = rates_of(scenario);
  for (std::size_t i = 0; i < scenario.moves.size(); ++i) {
    const MoveParameters& p = scenario.moves[i];
    const std::string place = "/moves/" + std::to_string(i);
    const std::size_t before = problems.size();
    const auto sector = scenario.sectors.find(p.sector);
    if (sector == scenario.sectors.end()) problems.push_back({place + "/sector", unknown("sector", p.sector, scenario.sectors)});
    if (!scenario.markets.contains(p.to)) problems.push_back({place + "/to", unknown("market", p.to, scenario.markets)});
    for (std::size_t k = 0; k < i; ++k)
      if (scenario.moves[k].sector == p.sector) problems.push_back({place + "/sector", fmt::format("{} moves already, by moves.{}", shown(p.sector), k)});
    if (!scenario.population.installations_csv.empty()) problems.push_back({place, "needs firms that are drawn from sectors; those of population.installations_csv cannot move"});
    if (p.date <= scenario.run.first_day || p.date > scenario.run.last_day)
      problems.push_back({place + "/date", fmt::format("{} is not within the run, after {} and up to {}; firms that are in another market from the beginning belong to a sector of it",
                                                       to_string(p.date), to_string(scenario.run.first_day), to_string(scenario.run.last_day))});
    if (problems.size() > before) continue;
    const std::string& home = market_of(scenario, sector->second);
    if (home == p.to) problems.push_back({place + "/to", fmt::format("{} is the sector's market already", shown(p.to))});
    const std::string &here = scenario.markets.at(home).currency, &there = scenario.markets.at(p.to).currency;
    if (!rates.connects(here, there)) problems.push_back({place, fmt::format("leads from {} to {}, and no exchange_rates connect {} with {}", shown(home), shown(p.to), shown(here), shown(there))});
    if (scenario.sectors.contains(p.sector + "@" + p.to)) problems.push_back({place + "/sector", fmt::format("would be called {}, and a sector is called that already", shown(p.sector + "@" + p.to))});
  }
}

void check_named_markets(const Scenario& scenario, std::vector<Problem>& problems) {
  const auto check = [&](const std::string& place, const std::string& id) {
    if (!scenario.markets.contains(id)) problems.push_back({place, unknown("market", id, scenario.markets)});
  };
  for (const auto& entry : scenario.initial.markets) check("/initial/markets/" + entry.first, entry.first);
  for (const auto& entry : scenario.agents.markets) check("/agents/markets/" + entry.first, entry.first);
  for (const auto& [id, group] : scenario.groups)
    if (!group.market.empty()) check("/groups/" + id + "/market", group.market);
}

void check_initial(const Scenario& scenario, std::vector<Problem>& problems) {
  const InitialParameters& initial = scenario.initial;
  const auto apart = [&](bool given, const char* key) {
    if (given && scenario.markets.size() > 1)
      problems.push_back({std::string("/initial/") + key, fmt::format("does not say of which of the {} markets; write initial.markets.<id>.{}", scenario.markets.size(), key)});
    else if (given && !initial.markets.empty())
      problems.push_back({std::string("/initial/") + key, "stands beside initial.markets; keep one of them"});
  };
  apart(!initial.bank_mt.empty(), "bank_mt");
  apart(initial.price.has_value(), "price");
}

void check_groups(const Scenario& scenario, std::vector<Problem>& problems) {
  double everywhere = 0, most = 0;
  std::map<std::string, double> in_market;
  for (const auto& [name, group] : scenario.groups) {
    if (group.market.empty()) everywhere += group.share;
    else most = std::max(most, in_market[group.market] += group.share);
    if (!group.owner.empty() && !scenario.groups.contains(group.owner))
      problems.push_back({"/groups/" + name + "/owner", unknown("group", group.owner, scenario.groups)});
  }
  if (everywhere + most > 1) problems.push_back({"/groups", "own more than all firms; shares must add up to at most 1"});
}

void check_supply_chain(const Scenario& scenario, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < scenario.network.supply_chain.size(); ++i)
    for (const auto& [key, sector] : {std::pair{"supplier", &scenario.network.supply_chain[i].supplier}, std::pair{"buyer", &scenario.network.supply_chain[i].buyer}})
      if (!scenario.sectors.contains(*sector))
        problems.push_back({fmt::format("/network/supply_chain/{}/{}", i, key), unknown("sector", *sector, scenario.sectors)});
}

void check_installed(const Scenario& scenario, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < scenario.initial.measures.size(); ++i) {
    std::vector<std::string> known;
    for (const auto& [id, technology] : scenario.technologies)
      for (const MeasureParameters& m : technology.measures) known.push_back(m.name);
    for (const auto& [id, technology] : scenario.technologies)
      for (const MeasureParameters& m : catalogue_measures(technology.catalogue, 1)) known.push_back(m.name);
    if (std::find(known.begin(), known.end(), scenario.initial.measures[i].measure) == known.end())
      problems.push_back({"/initial/measures/" + std::to_string(i) + "/measure", fmt::format("no technology has a measure \"{}\"; {}", shown(scenario.initial.measures[i].measure), suggestion(scenario.initial.measures[i].measure, known))});
  }
}

}  // namespace

void check_consistency(const Scenario& scenario, std::vector<Problem>& problems) {
  // The name goes into the name of the results.
  if (!is_id(scenario.name)) problems.push_back({"/name", fmt::format("\"{}\" is not a short name: 1 to 64 bytes without '.', '/' and control characters", shown(scenario.name))});
  if (scenario.markets.empty()) problems.push_back({"/markets", "is empty; at least one market"});
  check_sectors(scenario, problems);
  check_exchange_rates(scenario, problems);
  check_named_markets(scenario, problems);
  check_initial(scenario, problems);
  check_links(scenario, problems);
  check_moves(scenario, problems);
  check_groups(scenario, problems);
  check_supply_chain(scenario, problems);
  check_installed(scenario, problems);
}

}  // namespace tantu
