#include "scenarios/compose.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agents/firm.hpp"
#include "policies/catalog.hpp"
#include "policies/dependencies.hpp"
#include "scenarios/exchange_rules.hpp"
#include "scenarios/linked_markets.hpp"
#include "scenarios/overrides.hpp"
#include "scenarios/population.hpp"
#include "scenarios/presets.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/table_writer.hpp"
#include "scenarios/technology_catalogue.hpp"
#include "scenarios/traders.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

LoadedScenario finish_loading(Document document, const std::vector<std::string>& overrides) {
  for (const std::string& assignment : overrides) apply_override(document, table<Scenario>(), assignment);
  LoadedScenario loaded;
  loaded.scenario = read<Scenario>(document);
  if (std::any_of(loaded.scenario.markets.begin(), loaded.scenario.markets.end(), [](const auto& m) { return !m.second.instruments.empty(); })) {
    complete_exchange_rules(document);
    loaded.scenario = read<Scenario>(document);
  }
  take_from_catalogue(loaded.scenario, document);
  loaded.document = document;
  loaded.resolved = resolved_text(loaded.scenario);
  if (const std::string& file = loaded.scenario.population.installations_csv; !file.empty()) {
    Companion companion = read_companion(document, {"population", "installations_csv"}, file);
    loaded.companion_name = std::move(companion.name);
    loaded.companion = std::move(companion.text);
  }
  loaded.hash = sha256(loaded.resolved + loaded.companion);
  return loaded;
}

/// The user's fault, at the place where the value was given.
InputError refusal(const Document& document, const Path& path, const std::string& message) {
  return InputError(document.where(path) + ": " + message);
}

/// A market's warm start and where it stands in the scenario.
struct InitialOfMarket {
  std::map<int, double> bank_mt;
  std::optional<double> price;
  Path place;
};
InitialOfMarket initial_of(const Scenario& scenario, const std::string& market) {
  const InitialParameters& initial = scenario.initial;
  if (const auto own = initial.markets.find(market); own != initial.markets.end())
    return {own->second.bank_mt, own->second.price, {"initial", "markets", market}};
  return {initial.bank_mt, initial.price, {"initial"}};
}

/// The account of a firm by its name or, where firms are drawn, as "SECTOR-N" with N from 1.
std::optional<Account> account_named(const FirmTraits& traits, const MarketRules& rules, const std::string& name) {
  const auto account = [&](std::uint32_t row) { return Market::first_firm_account + (row - rules.rows.first); };
  for (std::uint32_t row = rules.rows.first; row < rules.rows.last && row < traits.names.size(); ++row)
    if (traits.names[row] == name) return account(row);
  const std::size_t dash = name.rfind('-');
  if (!traits.names.empty() || dash == name.npos) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(name.data() + dash + 1, name.data() + name.size(), number);
  if (failure != std::errc{} || end != name.data() + name.size() || number == 0) return std::nullopt;
  for (const Sector& sector : traits.sectors)
    if (sector.name == name.substr(0, dash) && sector.rows.first >= rules.rows.first && sector.rows.last <= rules.rows.last && number <= sector.rows.size())
      return account(sector.rows.first + number - 1);
  return std::nullopt;
}

/// Who owns whom, who knows whom, who supplies whom.
void connect(const LoadedScenario& loaded, SimulationSetup& setup) {
  const Scenario& scenario = loaded.scenario;
  const FirmTraits& traits = setup.traits;
  const std::vector<std::int32_t> groups(traits.group.begin(), traits.group.end());
  const std::vector<std::int32_t> regions(traits.region.begin(), traits.region.end());
  std::vector<std::int32_t> owners(traits.groups.size(), Ownership::independent);
  for (std::size_t g = 0; g < traits.groups.size(); ++g) {
    const auto named = scenario.groups.find(traits.groups[g]);
    if (named == scenario.groups.end() || named->second.owner.empty()) continue;
    const auto owner = std::find(traits.groups.begin(), traits.groups.end(), named->second.owner);
    if (owner != traits.groups.end()) owners[g] = static_cast<std::int32_t>(owner - traits.groups.begin());
  }
  try {
    setup.ownership = Ownership(owners, groups, traits.groups);
  } catch (const std::invalid_argument& error) {
    throw refusal(loaded.document, {"groups"}, error.what());
  }
  const auto controlling = setup.ownership.group_of_firms();
  // A firm that moves has two rows of one entity; acquaintance tells them apart.
  std::vector<std::uint32_t> acquainted = traits.entity;
  for (const MoveRules& move : setup.moves)
    for (std::uint32_t row = move.new_rows.first; row < move.new_rows.last; ++row) acquainted[row] ^= 0x80000000u;
  setup.counterparties = Counterparties(setup.key, scenario.network.counterparties, acquainted, controlling, regions);
  std::vector<std::string> sectors;
  for (const Sector& sector : traits.sectors) sectors.push_back(sector.name);
  std::vector<SupplyChain::Link> links;
  const auto index = [&](const std::string& name) { return static_cast<std::uint32_t>(std::find(sectors.begin(), sectors.end(), name) - sectors.begin()); };
  for (const SupplyLinkParameters& link : scenario.network.supply_chain) links.push_back({index(link.supplier), index(link.buyer), link.pass_through, link.input});
  try {
    setup.supply_chain = SupplyChain(sectors, links);
  } catch (const std::invalid_argument& error) {
    throw refusal(loaded.document, {"network", "supply_chain"}, error.what());
  }
}

}  // namespace

LoadedScenario load_scenario(const std::string& name_or_path, const std::vector<std::string>& overrides) {
  return finish_loading(load_document(name_or_path, table<Scenario>()), overrides);
}

LoadedScenario load_scenario_text(const std::string& text, const std::string& name, const std::vector<std::string>& overrides) {
  return finish_loading(load_text(text, name, table<Scenario>()), overrides);
}

std::shared_ptr<const SimulationSetup> compose(const LoadedScenario& loaded) {
  const Scenario& scenario = loaded.scenario;
  auto setup = std::make_shared<SimulationSetup>();
  setup->key = {scenario.run.seed, static_cast<std::uint32_t>(scenario.run.replication)};
  setup->first_day = scenario.run.first_day;
  setup->last_day = scenario.run.last_day;
  setup->first_year = static_cast<int>(scenario.run.first_year);
  setup->last_year = year_of(scenario.run.last_day);
  setup->history_from = first_day_of(setup->first_year);
  setup->shocks = {scenario.shocks.persistence, scenario.shocks.sector_spread, scenario.shocks.firm_spread};
  double horizon = 0;
  for (const auto& [id, market] : scenario.markets) { (void)market; horizon = std::max(horizon, static_cast<double>(behaviour_of(scenario, id).anchor.horizon_years)); }
  const auto ahead = static_cast<int>(horizon) + 2;
  const PathYears years{setup->first_year, setup->last_year + ahead};
  setup->yardstick = {setup->last_year + static_cast<int>(horizon), behaviour_of(scenario, scenario.markets.begin()->first).position.cut_mean};
  setup->traits = scenario.population.installations_csv.empty()
                      ? synthesise(scenario, setup->key, years)
                      : read_installations(scenario, loaded.companion, loaded.companion_name, setup->key, years);
  FirmTraits& traits = setup->traits;
  for (const Sector& sector : traits.sectors) draw_traits(behaviour_of(scenario, market_of(scenario, sector)), setup->key, traits, sector.rows);

  // Rows of years beyond the run are needed where an early issue falls into it.
  std::vector<std::shared_ptr<MarketRules>> markets;
  std::uint32_t row = 0, instruments = 0;
  for (const auto& [id, p] : scenario.markets) {
    auto rules = std::make_shared<MarketRules>();
    const Path place{"markets", id};
    rules->name = id;
    rules->currency = p.currency;
    rules->unit = p.unit.name;
    rules->measure = p.unit.measure;
    rules->price_scale = p.unit.price_scale;
    rules->opening = setup->first_day;
    rules->interest_rate = behaviour_of(scenario, id).anchor.interest_rate;
    rules->rows.first = row;
    for (const Sector& sector : traits.sectors) {
      if (market_of(scenario, sector) == id) row = sector.rows.last;
    }
    rules->rows.last = row;
    if (rules->rows.size() == 0) throw refusal(loaded.document, place, "has no firms; give it a sector with firms (sectors.<id>.market)");

    const RefuseBelowMarket refuse_below = [&](const Path& below, const std::string& message) {
      Path at = place;
      at.insert(at.end(), below.begin(), below.end());
      return refusal(loaded.document, at, message);
    };
    rules->listings = listings_of(p.instruments, p.exchange, p.unit.price_scale, [&](const std::string& name) { return account_named(traits, *rules, name); }, refuse_below);
    rules->first_instrument = instruments;
    const InitialOfMarket initial = initial_of(scenario, id);
    instruments += static_cast<std::uint32_t>(rules->listings.size());
    for (ListingRules& listing : rules->listings) {
      listing.exchange.key = setup->key;
      if (initial.price && listing.is_traded_on(setup->first_day) && !listing.is_of_offsets() && listing.instrument.is_of(year_of(setup->first_day)))
        listing.opening_reference = opening_price(*initial.price, p.unit.price_scale, [&](const std::string& message) {
          Path at = initial.place;
          at.push_back("price");
          return refusal(loaded.document, at, message);
        });
    }

    struct Instance { const PolicyKind* kind; std::size_t order; std::string name; const void* parameters; };
    std::vector<Instance> instances;
    for (const auto& [name, plugin] : p.policies) {
      const PolicyKind* kind = find_policy(plugin.kind);
      instances.push_back({kind, static_cast<std::size_t>(kind - policy_catalog().data()), name, plugin.parameters.get()});
    }
    for (const Instance& instance : instances) {
      const auto needed = needed_by(instance.kind->entry.kind);
      if (needed && std::none_of(instances.begin(), instances.end(), [&](const Instance& other) { return other.kind->entry.kind == *needed; }))
        throw refusal(loaded.document, {"markets", id, "policies", instance.name},
                      fmt::format("is a {} in a market without one of the kind \"{}\"; add one", instance.kind->entry.kind, *needed));
      for (const Instance& other : instances)
        if (&other < &instance && other.kind == instance.kind && stands_alone(instance.kind->entry.kind))
          throw refusal(loaded.document, {"markets", id, "policies", instance.name},
                        fmt::format("is a second {} beside \"{}\"; keep one", instance.kind->entry.kind, other.name));
    }
    std::stable_sort(instances.begin(), instances.end(), [](const Instance& a, const Instance& b) {
      return a.kind->phase != b.kind->phase ? a.kind->phase < b.kind->phase : a.order < b.order;
    });
    const PolicyContext context = context_of(*rules, traits, setup->first_year);
    for (const Instance& instance : instances) {
      try {
        rules->policies.push_back({instance.name, std::string(instance.kind->entry.kind), instance.kind->make(instance.parameters, context)});
      } catch (const ParameterError& error) {
        Path at{"markets", id, "policies", instance.name};
        at.insert(at.end(), error.path.begin(), error.path.end());
        throw refusal(loaded.document, at, error.what());
      }
    }
    name_offset_types(rules->listings, rules->policies, refuse_below);
    for (const NamedPolicy& policy : rules->policies) {
      if (policy.policy->cycles().empty()) continue;
      if (!rules->cycles.empty())
        throw refusal(loaded.document, {"markets", id, "policies", policy.instance}, "is a second policy with compliance cycles; keep one");
      for (const ComplianceCycle& cycle : policy.policy->cycles()) rules->cycles.push_back(cycle);
    }
    if (rules->cycles.empty())
      throw refusal(loaded.document, {"markets", id, "policies"}, "have no compliance cycles; add a policy of the kind \"compliance\"");
    for (const NamedPolicy& policy : rules->policies)
      for (const NamedPolicy& other : rules->policies) {
        const auto mine = policy.policy->window(), theirs = other.policy->window();
        if (&other == &policy || other.kind != policy.kind || !mine || !theirs || mine->first > theirs->second || mine->second < theirs->first) continue;
        // The one that begins later is the one to change.
        if (mine->first < theirs->first || (mine->first == theirs->first && policy.instance < other.instance)) continue;
        throw refusal(loaded.document, {"markets", id, "policies", policy.instance},
                      fmt::format("its days from {} to {} overlap those of \"{}\"; keep one at a time", to_string(mine->first), to_string(mine->second), other.instance));
      }
    for (int year = year_of(scenario.run.first_day); year <= year_of(scenario.run.last_day); ++year) {
      PriceBounds bounds;
      double floor = 0;
      const NamedPolicy *buys = nullptr, *sells = nullptr, *auctions = nullptr;
      for (const NamedPolicy& policy : rules->policies) {
        const PriceBounds before = bounds;
        policy.policy->price_bounds(std::clamp(day_of(year, 7, 1), scenario.run.first_day, scenario.run.last_day), bounds);
        if (bounds.floor > before.floor) buys = &policy;
        if (bounds.ceiling < before.ceiling) sells = &policy;
        if (policy.policy->auction_floor(year) > floor) {
          floor = policy.policy->auction_floor(year);
          auctions = &policy;
        }
      }
      const auto refuse_above = [&, market = id](const NamedPolicy& low, const std::string& what, double price) {
        return refusal(loaded.document, {"markets", market, "policies", low.instance},
                       fmt::format("has {} of {} in {}, above the ceiling of {} in \"{}\"; lower it or raise the ceiling", what, price, year, bounds.ceiling, sells->instance));
      };
      if (buys && sells && bounds.floor > bounds.ceiling) throw refuse_above(*buys, "a floor", bounds.floor);
      if (auctions && sells && floor > bounds.ceiling) throw refuse_above(*auctions, "an auction reserve price", floor);
    }
    Day last = scenario.run.last_day;
    for (const ComplianceCycle& cycle : rules->cycles) {
      last = std::max({last, cycle.deadline, cycle.early});
      if (cycle.pre_allocation <= scenario.run.last_day || cycle.announcement <= scenario.run.last_day)
        setup->last_year = std::max(setup->last_year, std::min(cycle.last_year, years.last));
      if (cycle.first_year < setup->first_year && cycle.deadline >= scenario.run.first_day)
        throw refusal(loaded.document, {"run", "first_year"}, fmt::format("{} is after {}, the first year that is settled in the run; {} or earlier",
                                                                      setup->first_year, cycle.first_year, cycle.first_year));
    }
    // The calendar outlasts the run: firms count the days to deadlines that lie beyond it.
    rules->calendar = Calendar(setup->first_day - 31, first_day_of(year_of(last) + 3), p.calendar.holidays);
    if (rules->calendar.first_on_or_after(setup->first_day) > setup->last_day)
      throw refusal(loaded.document, {"run", "last_day"}, "there is no trading day between the first and the last day");
    markets.push_back(rules);
  }
  seat_traders(loaded, markets, *setup);
  for (const std::shared_ptr<MarketRules>& rules : markets) {
    const InitialOfMarket initial = initial_of(scenario, rules->name);
    for (const auto& [vintage, mt] : initial.bank_mt) {
      rules->initial_bank.emplace_back(vintage, mt * 1e6);
      if (vintage >= setup->first_year && vintage <= setup->last_year) continue;
      Path at = initial.place;
      at.insert(at.end(), {"bank_mt", std::to_string(vintage)});
      throw refusal(loaded.document, at, fmt::format("is not a year of the run, {} to {}", setup->first_year, setup->last_year));
    }
  }
  std::vector<ExchangeRates::Pair> pairs;
  for (const ExchangeRateParameters& p : scenario.exchange_rates) {
    pairs.push_back({p.of, p.in, {}});
    for (const RateParameters& step : p.path) pairs.back().path.emplace_back(step.from, step.rate);
  }
  setup->rates = ExchangeRates(std::move(pairs));
  add_links(scenario, *setup, markets);
  setup->markets.assign(markets.begin(), markets.end());
  for (const auto& rules : markets) setup->strategies.push_back(make_firm_strategy(behaviour_of(scenario, rules->name)));

  setup->initial_measures.assign(traits.measure_cost.size(), MeasureState::available);
  for (std::size_t i = 0; i < traits.measure_cost.size(); ++i)
    if (traits.measure_cost[i] <= 0) setup->initial_measures[i] = MeasureState::exhausted;
  for (std::uint32_t k = 0; k < scenario.initial.measures.size(); ++k)
    for (const Sector& sector : traits.sectors)
      for (std::uint32_t j = 0; j < sector.technology.measures.size(); ++j)
        if (sector.technology.measures[j].name == scenario.initial.measures[k].measure)
          for (std::uint32_t firm = sector.rows.first; firm < sector.rows.last; ++firm)
            if (setup->initial_measures[traits.measure_index(firm, j)] == MeasureState::available &&
                draw(setup->key, Stream::population, traits.entity[firm], 0, 100 + k).uniform(0) < scenario.initial.measures[k].share)
              setup->initial_measures[traits.measure_index(firm, j)] = MeasureState::effective;

  connect(loaded, *setup);
  return setup;
}

}  // namespace tantu
