// A scenario: everything a user may write, as plain structs, each with its table. What it means is in
// the tables' docs (docs/scenario-reference.md is made from them); what becomes of it is in compose.hpp.
#pragma once

#include <string>
#include <vector>

#include "agents/firm_behaviour.hpp"
#include "scenarios/exchange_parameters.hpp"
#include "scenarios/instruments.hpp"
#include "sim/abatement.hpp"
#include "sim/link.hpp"
#include "sim/networks.hpp"
#include "sim/parameters.hpp"
#include "sim/unit_measure.hpp"

namespace tantu {

struct SourceParameters {
  std::string what, source, sure;
};

struct CalendarParameters {
  std::vector<Day> holidays;
};

struct UnitParameters {
  std::string name = "allowance";
  UnitMeasure measure = UnitMeasure::tonne;
  double price_scale = 0.01;
};

struct MarketParameters {
  std::string currency = "CNY";
  UnitParameters unit;
  CalendarParameters calendar;
  ExchangeParameters exchange;
  std::map<std::string, InstrumentParameters> instruments;
  std::map<std::string, Plugin> policies;
};

struct ClassParameters {
  double share = 1;
  double size_factor = 1;
  double intensity = 1;
  double intensity_spread = 0;
};

struct SeasonParameters {
  double yearly_amplitude = 0, yearly_peak_day = 15;
  double half_yearly_amplitude = 0, half_yearly_peak_day = 15;
};

struct GroupOwnership {
  double share = 0;
  std::string owner, market;
};

struct WeightParameters {
  double weight = 1;
};

struct SectorParameters {
  std::string market;
  std::string activity_unit = "MWh";
  std::string technology;
  std::int64_t firms = 1;
  double emissions_mt = 1;
  double size_spread = 0;
  double truncated_below_t = 0;
  std::int64_t firms_below = 0;
  std::int64_t firms_closing = 0;
  std::optional<Day> closing_from, closing_until;
  std::map<std::string, ClassParameters> classes;
  std::map<std::string, WeightParameters> regions;
  std::map<int, double> output_path;
  double output_growth = 0;
  std::map<int, double> intensity_path;
  SeasonParameters season;
  double product_price = 0, elasticity = 0, pass_through = 1;
};

struct PopulationParameters {
  std::string installations_csv;
};

struct MeasureParameters {
  std::string name;
  MeasureKind kind = MeasureKind::operational;
  double potential = 0;
  double cost_per_t = 0;
  double cost_spread = 0;
  double cost_spread_absolute = 0;
  double capex_share = 0;
  double lifetime_years = 20;
  double lead_time_years = 0;
  double learning = 0;
  std::string route;
  std::optional<double> capital_cost;
};

struct CurveParameters {
  CurveShape shape = CurveShape::none;
  double price_per_t = 100;
  double exponent = 2;
  double most = 1;
  double cost_spread = 0;
};

struct TechnologyParameters {
  std::string catalogue;
  double currency_per_usd = 1;
  std::vector<MeasureParameters> measures;
  CurveParameters curve;
};

struct MarketAgentsParameters {
  FirmBehaviour firms;
};

struct AgentsParameters {
  FirmBehaviour firms;
  std::map<std::string, Plugin> traders;
  std::map<std::string, MarketAgentsParameters> markets;
};

struct SupplyLinkParameters {
  std::string supplier, buyer;
  double pass_through = 1, input = 0;
};

struct NetworkParameters {
  CounterpartyParameters counterparties;
  std::vector<SupplyLinkParameters> supply_chain;
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

struct RateParameters {
  Day from;
  double rate = 1;
};

struct ExchangeRateParameters {
  std::string of, in;
  std::vector<RateParameters> path;
};

enum class LinkDirection { two_way, one_way };

struct LinkParameters {
  std::string from, to;
  LinkDirection direction = LinkDirection::two_way;
  std::optional<Day> announced;
  Day first_day = day_of(1990, 1, 1), last_day = day_of(2200, 12, 31);
  std::optional<double> quota_mt, quota_share;
  QuotaOf quota_of = QuotaOf::market;
  std::optional<double> exchange_ratio;
  double discount = 0;
  double fee_per_t = 0;
  double firms_share = 0.2;
  bool passes_on = false;
};

struct MoveParameters {
  std::string sector, to;
  Day date;
  double exchange_ratio = 1;
  std::map<int, double> vintage_ratios;
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
