#include "scenarios/scenario.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "agents/catalog.hpp"
#include "policies/catalog.hpp"
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
}  // namespace

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
const Table& table<CalendarParameters>() {
  using P = CalendarParameters;
  static const Table t{"calendar", "Trading days: weekdays less holidays.",
      {field<&P::holidays>("holidays", "", "weekdays without trading")}};
  return t;
}

template <>
const Table& table<UnitParameters>() {
  using P = UnitParameters;
  static const Table t{"unit", "What is traded and in which steps its price is kept.",
      {field<&P::name>("name", "", "name of one allowance"),
       choice<&P::measure>("measure", {"tonne", "short_ton"}, "what it is a right to emit; emissions, caps and costs of the market are per this unit"),
       field<&P::price_scale>("price_scale", "currency", in(1e-4, 1e6), "smallest step of prices and cash in the books; the tick is a multiple of it")}};
  return t;
}

template <>
const Table& table<MarketParameters>() {
  using P = MarketParameters;
  static const Table t{"market", "One market: its calendar, exchange and policies.",
      {field<&P::currency>("currency", "", "ISO code"),
       field<&P::unit>("unit", "", "the allowance"),
       field<&P::calendar>("calendar", "", "trading days"),
       field<&P::exchange>("exchange", "", "rules of trading"),
       field<&P::instruments>("instruments", "", "allowances by vintage that have a book and a price of their own, by name; none: all allowances are one instrument"),
       plugins<&P::policies>("policies", policy_kinds, "policy instruments by name; each has a `kind`")}};
  return t;
}

template <>
const Table& table<ClassParameters>() {
  using P = ClassParameters;
  static const Table t{"class", "A class of installations within a sector.",
      {field<&P::share>("share", "1", in(0, 1), "of the sector's firms"),
       field<&P::size_factor>("size_factor", "1", above(0), "size of its firms relative to the sector's"),
       field<&P::intensity>("intensity", "t CO2 per unit of output", above(0), "mean emission intensity, weighted by emissions"),
       field<&P::intensity_spread>("intensity_spread", "t CO2 per unit of output", at_least(0), "s.d. over firms")}};
  return t;
}

template <>
const Table& table<SeasonParameters>() {
  using P = SeasonParameters;
  static const Table t{"season", "Seasonality of output, of yearly mean one.",
      {field<&P::yearly_amplitude>("yearly_amplitude", "1", in(0, 0.9), "of the yearly wave"),
       field<&P::yearly_peak_day>("yearly_peak_day", "day of year", in(0, 366), "its peak"),
       field<&P::half_yearly_amplitude>("half_yearly_amplitude", "1", in(0, 0.9), "of the half-yearly wave"),
       field<&P::half_yearly_peak_day>("half_yearly_peak_day", "day of year", in(0, 366), "one of its peaks")}};
  return t;
}

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

template <>
const Table& table<WeightParameters>() {
  using P = WeightParameters;
  static const Table t{"weight", "A relative weight.",
      {field<&P::weight>("weight", "1", above(0), "chance relative to the others").required()}};
  return t;
}

template <>
const Table& table<SectorParameters>() {
  using P = SectorParameters;
  static const Table t{"sector", "Firms of one trade, drawn from distributions.",
      {field<&P::market>("market", "", "id of the market it is in; may be left out where there is one"),
       field<&P::activity_unit>("activity_unit", "", "unit of output"),
       field<&P::technology>("technology", "", "id of its abatement technology; empty: cannot abate"),
       field<&P::firms>("firms", "", in(0, 1'000'000), "number of firms above truncated_below_t"),
       field<&P::emissions_mt>("emissions_mt", "Mt CO2 per year", above(0), "of all firms above truncated_below_t at output and intensity one"),
       field<&P::size_spread>("size_spread", "1", in(0, 4), "s.d. of the log of firms' emissions"),
       field<&P::truncated_below_t>("truncated_below_t", "t CO2 per year", at_least(0), "no firm counted in `firms` is smaller"),
       field<&P::firms_below>("firms_below", "", in(0, 100'000), "further firms that are smaller"),
       field<&P::firms_closing>("firms_closing", "", in(0, 100'000), "further firms that close"),
       field<&P::closing_from>("closing_from", "", "first day on which they may close"),
       field<&P::closing_until>("closing_until", "", "last day on which they may close"),
       field<&P::classes>("classes", "", "classes of installations"),
       field<&P::regions>("regions", "", "regions by weight"),
       field<&P::output_path>("output_path", "1 by year", at_least(0), "output of a year relative to the baseline"),
       field<&P::output_growth>("output_growth", "1 per year", in(-0.5, 0.5), "growth after the last year of the path"),
       field<&P::intensity_path>("intensity_path", "1 by year", at_least(0), "intensity of a year relative to the baseline; the last given year holds on"),
       field<&P::season>("season", "", "seasonality of output"),
       field<&P::product_price>("product_price", "currency per unit of output", at_least(0), "price of its product without a carbon price; 0: output does not react to carbon costs"),
       field<&P::elasticity>("elasticity", "1", in(0, 10), "of the demand for a firm's product: output falls by this many per cent for each per cent that its price rises"),
       field<&P::pass_through>("pass_through", "1", in(0, 1), "share of carbon costs that the product's price carries")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        double share = 0;
        for (const auto& [name, c] : p.classes) share += c.share;
        if (!p.classes.empty() && (share < 0.999 || share > 1.001))
          problems.push_back({"/classes", fmt::format("shares add up to {:.6g}; they must add up to 1", share)});
        if (p.firms_closing > 0 && (!p.closing_from || !p.closing_until))
          problems.push_back({"/firms_closing", "needs closing_from and closing_until"});
        if (p.closing_from && p.closing_until && *p.closing_until < *p.closing_from)
          problems.push_back({"/closing_until", to_string(*p.closing_until) + " is before closing_from, " + to_string(*p.closing_from)});
        if (p.firms > 0 && p.emissions_mt * 1e6 <= p.truncated_below_t * static_cast<double>(p.firms))
          problems.push_back({"/emissions_mt", "is too little for " + std::to_string(p.firms) + " firms of at least truncated_below_t each"});
        if (p.elasticity > 0 && p.product_price <= 0)
          problems.push_back({"/elasticity", "needs product_price above 0"});
        if (p.firms_below > 0 && p.truncated_below_t <= 0)
          problems.push_back({"/firms_below", "needs truncated_below_t above 0"});
      })};
  return t;
}

template <>
const Table& table<PopulationParameters>() {
  using P = PopulationParameters;
  static const Table t{"population", "Firms read from a file instead of drawn.",
      {field<&P::installations_csv>("installations_csv", "", "CSV beside the scenario: firm,sector,region,group,class,activity,intensity[,closing]; empty: draw them from the sectors")}};
  return t;
}

template <>
const Table& table<MeasureParameters>() {
  using P = MeasureParameters;
  static const Table t{"measure", "One way to abate.",
      {field<&P::name>("name", "", "what is done").required(),
       choice<&P::kind>("kind", {"operational", "investment"}, "reversible by the day, or decided once and effective after its lead time"),
       field<&P::potential>("potential", "1", in(0, 1), "share of the emissions left after other measures").required(),
       field<&P::cost_per_t>("cost_per_t", "currency per t", "median annualised cost; firms whose cost is not above 0 have done it already").required(),
       field<&P::cost_spread>("cost_spread", "1", in(0, 3), "s.d. of the log of firms' costs (cost above 0, no absolute spread)"),
       field<&P::cost_spread_absolute>("cost_spread_absolute", "currency per t", at_least(0), "s.d. of firms' costs; takes the place of cost_spread"),
       field<&P::capex_share>("capex_share", "1", in(0, 1), "share of the cost that is capital, an annuity over the lifetime"),
       field<&P::lifetime_years>("lifetime_years", "years", above(0), "how long an investment works; then it can be made again"),
       field<&P::lead_time_years>("lead_time_years", "years", in(0, 50), "from decision to effect"),
       field<&P::learning>("learning", "1 per year", in(0, 0.5), "yearly fall of the cost"),
       field<&P::route>("route", "", "of investments with the same route a firm has one at most, e.g. blast furnace or electric arc; empty: beside all others"),
       field<&P::capital_cost>("capital_cost", "1 per year", in(0, 1), "cost of capital of this measure, e.g. of public money; null: that of the firms")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.cost_per_t <= 0 && p.cost_spread > 0)
          problems.push_back({"/cost_spread", "needs a cost above 0; use cost_spread_absolute"});
        if (!p.route.empty() && p.kind != MeasureKind::investment)
          problems.push_back({"/route", "is for investments; what is reversible is chosen by the day"});
      })};
  return t;
}

template <>
const Table& table<CurveParameters>() {
  using P = CurveParameters;
  static const Table t{"curve", "A smooth marginal abatement cost curve over the abated share a of a firm's emissions.",
      {choice<&P::shape>("shape", {"none", "linear", "power", "exponential"}, "c a, c a^n or c (e^(n a) - 1)"),
       field<&P::price_per_t>("price_per_t", "currency per t", above(0), "c"),
       field<&P::exponent>("exponent", "1", above(0), "n"),
       field<&P::most>("most", "1", in(0, 1), "largest share that can be abated"),
       field<&P::cost_spread>("cost_spread", "1", in(0, 3), "s.d. of the log of firms' c")}};
  return t;
}

template <>
const Table& table<TechnologyParameters>() {
  using P = TechnologyParameters;
  static const Table t{"technology", "What a sector's firms can do about their emissions.",
      {field<&P::catalogue>("catalogue", "", "takes the measures of a technology of the shipped catalogue (scenarios/presets/technologies.csv), before its own"),
       field<&P::currency_per_usd>("currency_per_usd", "currency per USD", above(0), "what a dollar of the catalogue's costs is"),
       field<&P::measures>("measures", "", "steps; at most 32"),
       field<&P::curve>("curve", "", "a smooth curve on what is left")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.measures.size() > most_measures) problems.push_back({"/measures", "has more than 32 measures"});
        for (std::size_t i = 0; i < p.measures.size(); ++i)
          if (std::any_of(p.measures.begin(), p.measures.begin() + static_cast<std::ptrdiff_t>(i), [&](const MeasureParameters& m) { return m.name == p.measures[i].name; }))
            problems.push_back({"/measures/" + std::to_string(i) + "/name", "stands twice; results tell measures apart by their names"});
      })};
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
const Table& table<RateParameters>() {
  using P = RateParameters;
  static const Table t{"rate", "A step of an exchange rate's path.",
      {field<&P::from>("from", "", "day from which it holds, until the next step; the first also before it").required(),
       field<&P::rate>("rate", "1", above(0), "what one unit of `of` costs in `in`").required()}};
  return t;
}

template <>
const Table& table<ExchangeRateParameters>() {
  using P = ExchangeRateParameters;
  static const Table t{"exchange_rate", "What a currency costs in another.",
      {field<&P::of>("of", "", "currency that is bought").required(),
       field<&P::in>("in", "", "currency that it costs").required(),
       field<&P::path>("path", "", "rates by date").required()},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.of == p.in) problems.push_back({"/in", fmt::format("\"{}\" is the currency itself; another one", shown(p.in))});
        if (p.path.empty()) problems.push_back({"/path", "is empty; at least one rate"});
        for (std::size_t i = 1; i < p.path.size(); ++i)
          if (p.path[i].from <= p.path[i - 1].from)
            problems.push_back({"/path/" + std::to_string(i) + "/from", to_string(p.path[i].from) + " is not after the step before it, " + to_string(p.path[i - 1].from)});
      })};
  return t;
}

template <>
const Table& table<LinkParameters>() {
  using P = LinkParameters;
  static const Table t{"link", "A market that accepts the allowances of another.",
      {field<&P::from>("from", "", "market that issues them").required(),
       field<&P::to>("to", "", "market that accepts them").required(),
       choice<&P::direction>("direction", {"two_way", "one_way"}, "whether `from` accepts those of `to` as well"),
       field<&P::announced>("announced", "", "day from which firms reckon with it; null: first_day"),
       field<&P::first_day>("first_day", "", "day from which allowances may be transferred"),
       field<&P::last_day>("last_day", "", "last such day"),
       field<&P::quota_mt>("quota_mt", "Mt per calendar year", at_least(0), "most that may be brought in, in units of the market that accepts; null: no such limit"),
       field<&P::quota_share>("quota_share", "1", in(0, 1), "the same as a share of the obligations of the latest year that was settled at the beginning of the calendar year; null: no such limit"),
       choice<&P::quota_of>("quota_of", {"market", "firm"}, "whether quota_share is the market's, first come, first served, or each firm's own"),
       field<&P::exchange_ratio>("exchange_ratio", "1", in(1e-6, 1e6), "allowances of `to` for one of `from`; null: as their measures are, tonne for tonne"),
       field<&P::discount>("discount", "1", in(0, 0.99), "share of foreign allowances that does not count"),
       field<&P::fee_per_t>("fee_per_t", "currency per t", at_least(0), "what a transfer costs, paid to the treasury of the market that receives, in its currency"),
       field<&P::firms_share>("firms_share", "1", in(0, 1), "of the firms of both markets that have an account in the other one's registry and exchange"),
       field<&P::passes_on>("passes_on", "", "allowances that came to `from` over another link may travel on")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.last_day < p.first_day) problems.push_back({"/last_day", to_string(p.last_day) + " is before the first day, " + to_string(p.first_day)});
        if (p.announced && *p.announced > p.first_day)
          problems.push_back({"/announced", to_string(*p.announced) + " is after the first day, " + to_string(p.first_day)});
        if (p.quota_of == QuotaOf::firm && !p.quota_share) problems.push_back({"/quota_of", "\"firm\" needs a quota_share"});
      })};
  return t;
}

template <>
const Table& table<MoveParameters>() {
  using P = MoveParameters;
  static const Table t{"move", "Firms that leave their market for another one, with their allowances, cash and debts.",
      {field<&P::sector>("sector", "", "sector whose firms move; the rules of the new market know it by the same name").required(),
       field<&P::to>("to", "", "market to which they move").required(),
       field<&P::date>("date", "", "a 1 January: emissions from this day on count in the new market; what they hold follows once earlier years are settled in the old one").required(),
       field<&P::exchange_ratio>("exchange_ratio", "1", in(0, 1e6), "allowances of the new market for one of the old; 0: nothing is given for them, they are cancelled"),
       field<&P::vintage_ratios>("vintage_ratios", "1 by vintage", in(0, 1e6), "the same from a vintage on, until the next that is named; older ones at exchange_ratio")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (first_day_of(year_of(p.date)) != p.date)
          problems.push_back({"/date", to_string(p.date) + " is not a 1 January; obligations are those of years"});
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

namespace {

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
  std::vector<ExchangeRates::Pair> pairs;
  for (const ExchangeRateParameters& p : scenario.exchange_rates) pairs.push_back({p.of, p.in, {{Day{0}, 1.0}}});
  const ExchangeRates rates(std::move(pairs));
  for (std::size_t i = 0; i < scenario.links.size(); ++i) {
    const LinkParameters& p = scenario.links[i];
    for (const auto& [key, id] : {std::pair{"/from", p.from}, std::pair{"/to", p.to}})
      if (!scenario.markets.contains(id))
        problems.push_back({place(i, key), fmt::format("there is no market \"{}\"; {}", shown(id), suggestion(id, ids_of(scenario.markets)))});
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
  const auto ids = ids_of(scenario.markets);
  std::vector<ExchangeRates::Pair> pairs;
  for (const ExchangeRateParameters& p : scenario.exchange_rates) pairs.push_back({p.of, p.in, {{Day{0}, 1.0}}});
  const ExchangeRates rates(std::move(pairs));
  for (std::size_t i = 0; i < scenario.moves.size(); ++i) {
    const MoveParameters& p = scenario.moves[i];
    const std::string place = "/moves/" + std::to_string(i);
    const std::size_t before = problems.size();
    const auto sector = scenario.sectors.find(p.sector);
    if (sector == scenario.sectors.end()) problems.push_back({place + "/sector", fmt::format("there is no sector \"{}\"; {}", shown(p.sector), suggestion(p.sector, ids_of(scenario.sectors)))});
    if (!scenario.markets.contains(p.to)) problems.push_back({place + "/to", fmt::format("there is no market \"{}\"; {}", shown(p.to), suggestion(p.to, ids))});
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

void check_initial(const Scenario& scenario, std::vector<Problem>& problems) {
  const InitialParameters& initial = scenario.initial;
  for (const auto& [id, market] : initial.markets) {
    (void)market;
    if (!scenario.markets.contains(id))
      problems.push_back({"/initial/markets/" + id, fmt::format("there is no market \"{}\"; {}", shown(id), suggestion(id, ids_of(scenario.markets)))});
  }
  const auto apart = [&](bool given, const char* key) {
    if (given && scenario.markets.size() > 1)
      problems.push_back({std::string("/initial/") + key, fmt::format("does not say of which of the {} markets; write initial.markets.<id>.{}", scenario.markets.size(), key)});
    else if (given && !initial.markets.empty())
      problems.push_back({std::string("/initial/") + key, "stands beside initial.markets; keep one of them"});
  };
  for (const auto& [id, agents] : scenario.agents.markets) {
    (void)agents;
    if (!scenario.markets.contains(id))
      problems.push_back({"/agents/markets/" + id, fmt::format("there is no market \"{}\"; {}", shown(id), suggestion(id, ids_of(scenario.markets)))});
  }
  for (const auto& [id, group] : scenario.groups)
    if (!group.market.empty() && !scenario.markets.contains(group.market))
      problems.push_back({"/groups/" + id + "/market", fmt::format("there is no market \"{}\"; {}", shown(group.market), suggestion(group.market, ids_of(scenario.markets)))});
  apart(!initial.bank_mt.empty(), "bank_mt");
  apart(initial.price.has_value(), "price");
}

}  // namespace

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
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        // The name goes into the name of the results.
        if (!is_id(p.name)) problems.push_back({"/name", fmt::format("\"{}\" is not a short name: 1 to 64 bytes without '.', '/' and control characters", shown(p.name))});
        if (p.markets.empty()) problems.push_back({"/markets", "is empty; at least one market"});
        if (p.sectors.empty()) problems.push_back({"/sectors", "is empty; at least one sector"});
        std::int64_t firms = 0;
        for (const auto& [id, sector] : p.sectors) {
          const std::int64_t in_sector = sector.firms + sector.firms_below + sector.firms_closing;
          firms += in_sector;
          if (in_sector == 0 && p.population.installations_csv.empty())
            problems.push_back({"/sectors/" + id + "/firms", "is 0: the sector is empty; give it firms or leave it out"});
          if (!sector.market.empty() && !p.markets.contains(sector.market))
            problems.push_back({"/sectors/" + id + "/market", fmt::format("there is no market \"{}\"; {}", shown(sector.market), suggestion(sector.market, ids_of(p.markets)))});
          if (sector.market.empty() && p.markets.size() > 1)
            problems.push_back({"/sectors/" + id + "/market", "is missing; with several markets a sector says which one it is in"});
          if (!sector.technology.empty() && !p.technologies.contains(sector.technology))
            problems.push_back({"/sectors/" + id + "/technology", fmt::format("there is no technology \"{}\"; {}", shown(sector.technology), suggestion(sector.technology, ids_of(p.technologies)))});
        }
        if (firms == 0 && p.population.installations_csv.empty() && !p.sectors.empty())
          problems.push_back({"/sectors", "have no firms; give `firms` above 0 or population.installations_csv"});
        check_exchange_rates(p, problems);
        check_initial(p, problems);
        check_links(p, problems);
        check_moves(p, problems);
        double everywhere = 0, most = 0;
        std::map<std::string, double> in_market;
        for (const auto& [name, group] : p.groups) {
          if (group.market.empty()) everywhere += group.share;
          else most = std::max(most, in_market[group.market] += group.share);
          if (!group.owner.empty() && !p.groups.contains(group.owner))
            problems.push_back({"/groups/" + name + "/owner", fmt::format("there is no group \"{}\"; {}", shown(group.owner), suggestion(group.owner, ids_of(p.groups)))});
        }
        const std::vector<std::string> sector_ids = ids_of(p.sectors);
        for (std::size_t i = 0; i < p.network.supply_chain.size(); ++i)
          for (const auto& [key, sector] : {std::pair{"supplier", &p.network.supply_chain[i].supplier}, std::pair{"buyer", &p.network.supply_chain[i].buyer}})
            if (!p.sectors.contains(*sector))
              problems.push_back({fmt::format("/network/supply_chain/{}/{}", i, key), fmt::format("there is no sector \"{}\"; {}", shown(*sector), suggestion(*sector, sector_ids))});
        if (everywhere + most > 1) problems.push_back({"/groups", "own more than all firms; shares must add up to at most 1"});
        for (std::size_t i = 0; i < p.initial.measures.size(); ++i) {
          std::vector<std::string> known;
          for (const auto& [id, technology] : p.technologies)
            for (const MeasureParameters& m : technology.measures) known.push_back(m.name);
          for (const auto& [id, technology] : p.technologies)
            for (const MeasureParameters& m : catalogue_measures(technology.catalogue, 1)) known.push_back(m.name);
          if (std::find(known.begin(), known.end(), p.initial.measures[i].measure) == known.end())
            problems.push_back({"/initial/measures/" + std::to_string(i) + "/measure", fmt::format("no technology has a measure \"{}\"; {}", shown(p.initial.measures[i].measure), suggestion(p.initial.measures[i].measure, known))});
        }
      })};
  return t;
}

}  // namespace tantu
