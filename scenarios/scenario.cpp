#include "scenarios/scenario.hpp"

#include "agents/catalog.hpp"
#include "scenarios/consistency.hpp"

namespace tantu {

template <>
const Table& table<SourceParameters>() {
  using P = SourceParameters;
  static const Table t{"source", "Where a number comes from.",
      {field<&P::what>("what", "", "which numbers").required(),
       field<&P::source>("source", "", "publication, or how it was derived").required(),
       field<&P::sure>("sure", "", "how sure: verified, confirmed by arithmetic, high, medium, low, prior").required()}};
  return t;
}

template <>
const Table& table<MarketAgentsParameters>() {
  using P = MarketAgentsParameters;
  static const Table t{"market_agents", "Behaviour of the firms of one of several markets, in place of `agents.firms`.", {field<&P::firms>("firms", "", "compliance firms")}};
  return t;
}

template <>
const Table& table<AgentsParameters>() {
  using P = AgentsParameters;
  static const Table t{"agents", "Who trades and how.", {field<&P::firms>("firms", "", "compliance firms"),
       plugins<&P::traders>("traders", trader_kinds, "traders without an obligation, by name; each has a `kind`"),
       field<&P::markets>("markets", "", "behaviour that differs, by market")}};
  return t;
}

template <>
const Table& table<ShockParameters>() {
  using P = ShockParameters;
  static const Table t{"shocks", "Output shocks: stationary AR(1) in logs, mean-preserving.",
      {field<&P::persistence>("persistence", "1 per week", in(0, 0.9999), "of both shocks"),
       field<&P::sector_spread>("sector_spread", "1", in(0, 2), "stationary s.d., common to a sector"),
       field<&P::firm_spread>("firm_spread", "1", in(0, 2), "stationary s.d. of a firm's own")}};
  return t;
}

template <>
const Table& table<InstalledParameters>() {
  using P = InstalledParameters;
  static const Table t{"installed", "A measure that some firms have at the start.",
      {field<&P::measure>("measure", "", "its name in a technology").required(),
       field<&P::share>("share", "1", in(0, 1), "share of firms that have it")}};
  return t;
}

template <>
const Table& table<MarketInitialParameters>() {
  using P = MarketInitialParameters;
  static const Table t{"market_initial", "A warm start of one of several markets.",
      {field<&P::bank_mt>("bank_mt", "Mt CO2 by vintage", at_least(0), "allowances that its firms hold at the start, in proportion to emissions"),
       field<&P::price>("price", "currency per t", above(0), "last close; takes the place of the opening reference")}};
  return t;
}

template <>
const Table& table<InitialParameters>() {
  using P = InitialParameters;
  static const Table t{"initial", "A warm start.",
      {field<&P::bank_mt>("bank_mt", "Mt CO2 by vintage", at_least(0), "allowances that firms hold at the start, in proportion to emissions"),
       field<&P::price>("price", "currency per t", above(0), "last close; takes the place of the opening reference"),
       field<&P::markets>("markets", "", "bank and price by market; for scenarios with several"),
       field<&P::measures>("measures", "", "measures installed at the start")}};
  return t;
}

template <>
const Table& table<RunParameters>() {
  using P = RunParameters;
  static const Table t{"run", "What is simulated.",
      {field<&P::first_day>("first_day", "", "the market opens on the first trading day from here"),
       field<&P::last_day>("last_day", "", "last day"),
       field<&P::first_year>("first_year", "year", in(1990, 2200), "first year of output, before the opening: what early obligations and pre-allocations rest on"),
       field<&P::seed>("seed", "", "of all random draws"),
       field<&P::replication>("replication", "", in(0, 4294967295.0), "number of the repetition under one seed")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.last_day < p.first_day)
          problems.push_back({"/last_day", to_string(p.last_day) + " is before the first day, " + to_string(p.first_day)});
        if (p.first_year > year_of(p.first_day))
          problems.push_back({"/first_year", std::to_string(p.first_year) + " is after the year of the first day, " + std::to_string(year_of(p.first_day))});
        if (year_of(p.last_day) - p.first_year > 100) problems.push_back({"/last_day", "is more than 100 years after first_year"});
      })};
  return t;
}

template <>
const Table& table<RecordParameters>() {
  using P = RecordParameters;
  static const Table t{"record", "What goes into the results besides the summary and the yearly figures.",
      {field<&P::daily>("daily", "", "a row a day: prices, volumes, depth"),
       field<&P::firms>("firms", "", "a row per firm and year"),
       field<&P::trades>("trades", "", "every trade"),
       field<&P::orders>("orders", "", "every order and cancellation"),
       field<&P::quality>("quality", "", "measures of market quality a day and a year, and the alerts of the surveillance")}};
  return t;
}

const std::string& market_of(const Scenario& scenario, const SectorParameters& sector) {
  return sector.market.empty() ? scenario.markets.begin()->first : sector.market;
}

const FirmBehaviour& behaviour_of(const Scenario& scenario, const std::string& market) {
  const auto own = scenario.agents.markets.find(market);
  return own == scenario.agents.markets.end() ? scenario.agents.firms : own->second.firms;
}

double exchange_ratio(const Scenario& scenario, const LinkParameters& link) {
  return link.exchange_ratio.value_or(tonnes_in(scenario.markets.at(link.from).unit.measure) / tonnes_in(scenario.markets.at(link.to).unit.measure));
}

template <>
const Table& table<Scenario>() {
  using P = Scenario;
  static const Table t{"scenario", "A carbon market to simulate.",
      {field<&P::name>("name", "", "short name").required(),
       field<&P::description>("description", "", "one line that says what it is"),
       field<&P::sources>("sources", "", "where its numbers come from and how sure they are"),
       field<&P::markets>("markets", "", "markets by id; a file with one market may leave out this level").required(),
       field<&P::exchange_rates>("exchange_rates", "", "between the currencies of markets"),
       field<&P::moves>("moves", "", "firms that move from one market to another"),
       field<&P::links>("links", "", "which markets accept whose allowances"),
       field<&P::sectors>("sectors", "", "sectors by id").required(),
       field<&P::population>("population", "", "firms from a file"),
       field<&P::technologies>("technologies", "", "abatement technologies by id"),
       field<&P::agents>("agents", "", "behaviour"),
       field<&P::groups>("groups", "", "corporate groups by name, with the share of firms they own and who owns them"),
       field<&P::network>("network", "", "relations between firms and between sectors"),
       field<&P::shocks>("shocks", "", "output shocks"),
       field<&P::initial>("initial", "", "warm start"),
       field<&P::run>("run", "", "days and seed"),
       field<&P::record>("record", "", "what is recorded")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) { check_consistency(p, problems); })};
  return t;
}

}  // namespace tantu
