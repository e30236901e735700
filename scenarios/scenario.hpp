// A scenario: everything a user may write, as plain structs, each with its table. What it means is in
// the tables' docs (docs/scenario-reference.md is made from them); what becomes of it is in compose.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agents/firm_behaviour.hpp"
#include "scenarios/link_parameters.hpp"
#include "scenarios/market_parameters.hpp"
#include "scenarios/network_parameters.hpp"
#include "scenarios/sector_parameters.hpp"
#include "scenarios/technology_parameters.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct SourceParameters {
  std::string what, source, sure;
};

struct MarketAgentsParameters {
  FirmBehaviour firms;
};

struct AgentsParameters {
  FirmBehaviour firms;
  std::map<std::string, Plugin> traders;
  std::map<std::string, MarketAgentsParameters> markets;
};

struct ShockParameters {
  double persistence = 0.95, sector_spread = 0.03, firm_spread = 0.06;
};

struct InstalledParameters {
  std::string measure;
  double share = 1;
};

struct MarketInitialParameters {
  std::map<int, double> bank_mt;
  std::optional<double> price;
};

struct InitialParameters {
  std::map<int, double> bank_mt;
  std::optional<double> price;
  std::map<std::string, MarketInitialParameters> markets;
  std::vector<InstalledParameters> measures;
};

struct RunParameters {
  Day first_day = day_of(2021, 7, 16), last_day = day_of(2025, 12, 31);
  std::int64_t first_year = 2018;
  std::uint64_t seed = 1;
  std::int64_t replication = 0;
};

struct RecordParameters {
  bool daily = true, firms = true, trades = false, orders = false, quality = true;
};

struct Scenario {
  std::string name, description;
  std::vector<SourceParameters> sources;
  std::map<std::string, MarketParameters> markets;
  std::vector<ExchangeRateParameters> exchange_rates;
  std::vector<LinkParameters> links;
  std::vector<MoveParameters> moves;
  std::map<std::string, SectorParameters> sectors;
  PopulationParameters population;
  std::map<std::string, TechnologyParameters> technologies;
  AgentsParameters agents;
  std::map<std::string, GroupOwnership> groups;
  NetworkParameters network;
  ShockParameters shocks;
  InitialParameters initial;
  RunParameters run;
  RecordParameters record;
};

/// The market of a sector; how the firms of a market behave.
const std::string& market_of(const Scenario& scenario, const SectorParameters& sector);
const FirmBehaviour& behaviour_of(const Scenario& scenario, const std::string& market);

/// Allowances of `to` for one of `from`, before the discount. Requires that the link's markets exist.
double exchange_ratio(const Scenario& scenario, const LinkParameters& link);

template <> const Table& table<Scenario>();

}  // namespace tantu
