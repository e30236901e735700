#include "results/run_file.hpp"

#include <algorithm>
#include <limits>

#include "results/curve_record.hpp"
#include "results/denomination.hpp"
#include "results/link_tables.hpp"
#include "results/outputs.hpp"
#include "results/network_tables.hpp"
#include "results/policy_tables.hpp"
#include "results/trader_tables.hpp"
#include "results/write_output.hpp"

namespace tantu {

Dataset run_dataset(const Simulation& simulation, const Recorder& recorder, const Provenance& provenance) {
  return run_dataset(simulation, recorder, provenance, efficiencies(simulation));
}

Dataset run_dataset(const Simulation& simulation, const Recorder& recorder, const Provenance& provenance, const std::vector<Efficiency>& efficiency) {
  const SimulationSetup& setup = simulation.setup();
  const FirmTraits& traits = setup.traits;
  const auto& markets = simulation.markets();
  std::vector<std::string> market_names;
  std::vector<std::string> instruments;
  for (const Market& market : markets) {
    market_names.push_back(market.rules().name);
    for (const ListingRules& listing : market.rules().listings)
      instruments.push_back(listing.name.empty() ? market.rules().name : markets.size() == 1 ? listing.name : market.rules().name + "/" + listing.name);
  }
  const Denomination in(simulation);
  const std::string& currency = in.currency();
  const double scale = in.scale();
  const auto market_of = [&](const Sector& sector) {
    std::size_t m = 0;
    while (m + 1 < markets.size() && sector.rows.first >= markets[m].rules().rows.last) ++m;
    return m;
  };

  std::vector<std::vector<YearTotals>> years(markets.size());
  for (std::uint32_t m = 0; m < markets.size(); ++m) years[m] = market_years(simulation, m, recorder.days()[m], &efficiency[m]);
  std::vector<std::int32_t> year_labels;
  for (const YearTotals& y : years[0]) year_labels.push_back(y.year);
  const std::size_t n_years = year_labels.size();

  Dataset file;
  DatasetGroup& root = file.root();
  root.attribute("title", provenance.scenario_name);
  root.attribute("source", "tantu " + provenance.program_version);
  root.attribute("git_commit", provenance.git_commit);
  root.attribute("scenario", provenance.scenario_json);
  root.attribute("scenario_sha256", provenance.scenario_hash);
  root.attribute("seed", static_cast<std::int64_t>(provenance.seed));
  root.attribute("replication", static_cast<std::int64_t>(provenance.replication));

  {
    DatasetGroup& summary = file.group("/summary");
    summary.axis("market", market_names, {"", "market"});
    const std::vector<std::string> axes{"market"};
    std::vector<std::string> currencies, units;
    for (const Market& market : markets) {
      currencies.push_back(market.rules().currency);
      units.emplace_back(symbol_of(market.rules().measure));
    }
    summary.variable("currency", axes, std::span<const std::string>(currencies), {"", "currency of prices and cash"});
    summary.variable("unit", axes, std::span<const std::string>(units), {"", "what allowances, emissions and volumes are counted in"});
    std::vector<std::int32_t> close;
    std::vector<std::int64_t> volume;
    std::vector<double> vwap, emissions, abatement, compliance, multiplier;
    for (std::size_t m = 0; m < markets.size(); ++m) {
      Tonnes v{}, due{}, missing_tonnes{};
      Cash turnover{};
      double e = 0, b = 0;
      Price last{};
      for (const YearTotals& y : years[m]) {
        v += y.volume();
        turnover += y.turnover;
        due += y.due;
        missing_tonnes += y.missing;
        if (y.trading_days == 0) continue;
        e += y.emissions;
        b += y.baseline;
        last = y.close;
      }
      close.push_back(static_cast<std::int32_t>(last.count * in.steps(m)));
      volume.push_back(v.count);
      vwap.push_back(v > Tonnes{} ? to_currency(turnover, markets[m].rules().price_scale) / static_cast<double>(v.count) : missing<double>());
      emissions.push_back(e);
      abatement.push_back(b - e);
      compliance.push_back(due > Tonnes{} ? 1 - static_cast<double>(missing_tonnes.count) / static_cast<double>(due.count) : missing<double>());
      multiplier.push_back(markets[m].board().multiplier_attained ? markets[m].board().cost_multiplier : missing<double>());
    }
    summary.variable("close", axes, std::span<const std::int32_t>(close), in.money("currency t-1", "last close"));
    summary.variable("vwap", axes, std::span<const double>(vwap), in.meaning("currency t-1", "volume-weighted average price of all trades"));
    summary.variable("volume", axes, std::span<const std::int64_t>(volume), in.meaning("t", "volume of all trades"));
    summary.variable("emissions", axes, std::span<const double>(emissions), in.meaning("t", "emissions in the years with trading"));
    summary.variable("abatement", axes, std::span<const double>(abatement), in.meaning("t", "emissions abated in the years with trading"));
    summary.variable("compliance_rate", axes, std::span<const double>(compliance), {"1", "share of all obligations due that was surrendered"});
    std::vector<double> realised, by_size, by_size_least;
    for (std::size_t m = 0; m < markets.size(); ++m) {
      realised.push_back(efficiency[m].allocative_efficiency().value_or(missing<double>()));
      for (std::size_t q = 0; q < size_classes; ++q)
        for (const std::int32_t year : year_labels) {
          const bool counted = year >= efficiency[m].first_year() && year <= efficiency[m].last_year();
          const EfficiencyYear sum = counted ? efficiency[m].size_class(q, year) : EfficiencyYear{};
          by_size.push_back(counted ? sum.abatement : missing<double>());
          by_size_least.push_back(counted ? sum.abatement_least : missing<double>());
        }
    }
    summary.axis("size", std::vector<std::string>{"smallest quarter", "second", "third", "largest quarter"}, {"", "firms by baseline emissions"});
    summary.axis("year", std::span<const std::int32_t>(year_labels), {"", "calendar year"});
    summary.variable("efficiency", axes, std::span<const double>(realised), {"1", "share of the gain from trade that the run realises (sim/efficiency.hpp)"});
    summary.variable("abatement_by_size", {"market", "size", "year"}, std::span<const double>(by_size), in.meaning("t", "emissions abated by firms of a size"));
    summary.variable("abatement_by_size_least_cost", {"market", "size", "year"}, std::span<const double>(by_size_least), in.meaning("t", "what they would abate at the competitive price"));
    summary.variable("cost_multiplier", axes, std::span<const double>(multiplier), {"1", "multiplier on abatement costs that makes the anchor the opening price; missing: none does"});
  }

  if (recorder.wishes().daily) {
    DatasetGroup& daily = file.group("/daily");
    daily.axis("market", market_names, {"", "market"});
    // Markets with calendars of their own share the union of the days.
    std::vector<std::int32_t> days;
    for (const auto& rows : recorder.days())
      for (const DayRow& row : rows) days.push_back(row.day.number);
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end()), days.end());
    daily.day_axis("day", days, "trading day");
    std::vector<const DayRow*> grid(markets.size() * days.size(), nullptr);
    for (std::size_t m = 0; m < markets.size(); ++m)
      for (const DayRow& row : recorder.days()[m]) {
        const auto d = static_cast<std::size_t>(std::lower_bound(days.begin(), days.end(), row.day.number) - days.begin());
        grid[m * days.size() + d] = &row;
      }
    for (const auto& output : daily_outputs())
      write_output(daily, output, {"market", "day"}, grid.size(), [&](std::size_t i) { return grid[i]; }, in, [&](std::size_t i) { return i / days.size(); });

    // Where a market has one instrument, its days are those of the market.
    if (instruments.size() > markets.size()) {
      DatasetGroup& group = file.group("/instruments");
      group.axis("instrument", instruments, {"", "instrument"});
      group.day_axis("day", days, "trading day");
      std::vector<const DayRow*> rows(instruments.size() * days.size(), nullptr);
      std::vector<std::size_t> market_at;
      for (std::size_t m = 0; m < markets.size(); ++m)
        for (std::size_t k = 0; k < markets[m].listings.size(); ++k) {
          const std::size_t n = markets[m].rules().first_instrument + k;
          market_at.push_back(m);
          for (const DayRow& row : markets[m].listings.size() > 1 ? recorder.instrument_days()[n] : recorder.days()[m])
            rows[n * days.size() + static_cast<std::size_t>(std::lower_bound(days.begin(), days.end(), row.day.number) - days.begin())] = &row;
        }
      for (const auto& output : daily_outputs())
        write_output(group, output, {"instrument", "day"}, rows.size(), [&](std::size_t i) { return rows[i]; }, in, [&](std::size_t i) { return market_at[i / days.size()]; });
    }
  }

  {
    DatasetGroup& yearly = file.group("/yearly");
    yearly.axis("market", market_names, {"", "market"});
    yearly.axis("year", std::span<const std::int32_t>(year_labels), {"", "calendar year"});
    for (const auto& output : yearly_outputs())
      write_output(yearly, output, {"market", "year"}, markets.size() * n_years,
                   [&](std::size_t i) { return &years[i / n_years][i % n_years]; }, in, [&](std::size_t i) { return i / n_years; });
  }

  {
    DatasetGroup& sectors = file.group("/sectors");
    std::vector<std::string> sector_names, sector_markets, measure_names;
    std::vector<std::size_t> at;
    std::vector<std::vector<YearTotals>> totals;
    for (const Sector& sector : traits.sectors) {
      sector_names.push_back(sector.name);
      const std::size_t m = market_of(sector);
      at.push_back(m);
      sector_markets.push_back(market_names[m]);
      totals.push_back(sector_years(simulation, sector, years[m], &efficiency[m]));
      for (const Measure& measure : sector.technology.measures) measure_names.push_back(sector.name + ": " + measure.name);
    }
    sectors.axis("sector", sector_names, {"", "sector"});
    sectors.variable("market", {"sector"}, std::span<const std::string>(sector_markets), {"", "market of the sector"});
    sectors.axis("measure", measure_names, {"", "abatement measure"});
    sectors.axis("year", std::span<const std::int32_t>(year_labels), {"", "calendar year"});
    for (const auto& output : sector_outputs())
      write_output(sectors, output, {"sector", "year"}, sector_names.size() * n_years,
                   [&](std::size_t i) { return &totals[i / n_years][i % n_years]; }, in, [&](std::size_t i) { return at[i / n_years]; });
    std::vector<double> abated(measure_names.size() * n_years);
    for (std::size_t j = 0; j < measure_names.size(); ++j)
      for (std::size_t y = 0; y < n_years; ++y) abated[j * n_years + y] = simulation.firms().abated_by_measure[y][j];
    sectors.variable("abatement_by_measure", {"measure", "year"}, std::span<const double>(abated), in.meaning("t", "emissions abated by each measure"));
  }

  write_policies(file, simulation, in);
  write_links(file, simulation, in);
  write_traders(file, simulation, recorder, in);
  write_networks(file, simulation, year_labels, in);

  // The firms' options; like the firms themselves left out of most sweeps.
  if (recorder.wishes().firms) {
    std::vector<double> highest(markets.size());
    for (std::size_t m = 0; m < markets.size(); ++m)
      for (const YearTotals& y : years[m]) highest[m] = std::max({highest[m], to_currency(y.close, y.price_scale), y.equilibrium_price});
    write_curve(file.group("/curve"), simulation, market_names, highest, in);
  }

  if (recorder.wishes().firms) {
    DatasetGroup& firms = file.group("/firms");
    const std::uint32_t n = traits.size();
    std::vector<std::int32_t> label(n), sector(n), region(n), group(n);
    std::vector<std::uint8_t> style(n), covered(n);
    std::vector<std::string> names = traits.names;
    std::vector<double> emissions(traits.emissions);
    for (std::uint32_t i = 0; i < n; ++i) {
      label[i] = static_cast<std::int32_t>(i);
      sector[i] = traits.sector[i];
      region[i] = traits.region[i];
      group[i] = traits.group[i] < 0 ? missing<std::int32_t>() : traits.group[i];
      style[i] = static_cast<std::uint8_t>(traits.style[i]);
      covered[i] = simulation.firms().covered[i];
    }
    const auto listed = [](const std::vector<std::string>& list) {
      std::string text;
      for (std::size_t i = 0; i < list.size(); ++i) text += (i ? "; " : "") + std::to_string(i) + " " + list[i];
      return text;
    };
    std::vector<std::string> sector_names;
    for (const Sector& s : traits.sectors) sector_names.push_back(s.name);
    firms.axis("firm", std::span<const std::int32_t>(label), {"", "firm"});
    firms.axis("year", std::span<const std::int32_t>(year_labels), {"", "calendar year"});
    const std::vector<std::string> axis{"firm"};
    if (!names.empty()) firms.variable("name", axis, std::span<const std::string>(names), {"", "name"});
    firms.variable("sector", axis, std::span<const std::int32_t>(sector), {"", "sector", 1, {{"codes", listed(sector_names)}}});
    firms.variable("region", axis, std::span<const std::int32_t>(region), {"", "region", 1, {{"codes", listed(traits.regions)}}});
    firms.variable("group", axis, std::span<const std::int32_t>(group), {"", "corporate group; missing: independent", 1, {{"codes", listed(traits.groups)}}});
    firms.variable("style", axis, std::span<const std::uint8_t>(style), {"", "trading style", 1, {{"codes", "0 compliance only; 1 hedger; 2 active"}}});
    firms.variable("covered", axis, std::span<const std::uint8_t>(covered), {"", "1 if covered at the end of the run"});
    firms.variable("centrality", axis, std::span<const double>(setup.counterparties.centrality()), {"1", "PageRank among counterparties"});
    firms.variable("emissions_of_baseline_year", axis, std::span<const double>(emissions), in.meaning("t", "emissions of a year at output and intensity one"));
    std::vector<FirmYearRow> rows(static_cast<std::size_t>(n) * n_years);
    for (std::uint32_t i = 0; i < n; ++i)
      for (std::size_t y = 0; y < n_years; ++y) {
        rows[i * n_years + y] = firm_year(simulation, i, year_labels[y]);
        rows[i * n_years + y].holding = recorder.bank_of_firm(i, year_labels[y]).value_or(Tonnes{-1});
      }
    for (const auto& output : firm_outputs())
      write_output(firms, output, {"firm", "year"}, rows.size(), [&](std::size_t i) { return &rows[i]; }, in, [&](std::size_t i) { return market_of(traits.sectors[traits.sector[i / n_years]]); });
  }

  // How market makers have met their obligations, over the run.
  std::vector<std::string> makers;
  std::vector<double> presence, obliged;
  std::vector<std::uint8_t> met;
  for (const Market& market : markets)
    for (std::size_t k = 0; k < market.listings.size(); ++k) {
      const ListingRules& listed = market.rules().listings[k];
      for (const MakerPresence& maker : market.listings[k].exchange.makers()) {
        std::string name = instruments.size() == 1 ? "" : instruments[market.rules().first_instrument + k] + ": ";
        for (const auto& [account, called] : listed.makers)
          if (account == maker.account) name += called;
        makers.push_back(name);
        presence.push_back(maker.total > 0 ? static_cast<double>(maker.present) / static_cast<double>(maker.total) : none);
        obliged.push_back(listed.exchange.maker_presence);
        met.push_back(maker.total > 0 && presence.back() >= obliged.back());
      }
    }
  if (!makers.empty()) {
    DatasetGroup& group = file.group("/makers");
    group.axis("maker", makers, {"", "market maker"});
    group.variable("presence", {"maker"}, std::span<const double>(presence), {"1", "share of the continuous time in which its quotes met spread and size"});
    group.variable("presence_obliged", {"maker"}, std::span<const double>(obliged), {"1", "share in which they had to"});
    group.variable("obligation_met", {"maker"}, std::span<const std::uint8_t>(met), {"", "1 if it did"});
  }

  // A column that tells instruments apart, where there are several.
  const bool several = instruments.size() > 1;
  std::string codes;
  for (std::size_t i = 0; i < instruments.size(); ++i) codes += (i ? "; " : "") + std::to_string(i) + " " + instruments[i];
  const auto with_instrument = [&](std::vector<Column> columns) {
    if (several) columns.push_back({"instrument", ElementType::int32, {"1", "instrument", 1, {{"codes", codes}}}});
    return columns;
  };

  if (recorder.wishes().trades) {
    DatasetTable& tape = file.table("trades", with_instrument(
        {{"day", ElementType::int32, {"days since 1970-01-01", "day"}},
         {"sequence", ElementType::int32, {"1", "number of the event of the day that caused it"}},
         {"kind", ElementType::uint8, {"1", "0 listed, 1 block, 2 inside a group, 3 in a call, 4 negotiated, 5 in a one-way call"}},
         {"aggressor", ElementType::uint8, {"1", "0 buyer, 1 seller; of listed trades"}},
         {"price", ElementType::int32, {currency + " t-1", "price", scale}},
         {"quantity", ElementType::int64, {"t", "quantity"}},
         {"buyer", ElementType::int32, {"1", "account of the buyer"}},
         {"seller", ElementType::int32, {"1", "account of the seller"}},
         {"buy_order", ElementType::int64, {"1", "number of the buy order; 0: no order"}},
         {"sell_order", ElementType::int64, {"1", "number of the sell order; 0: no order"}},
         {"time", ElementType::int64, {"ns", "time of day; -1: the session has no clock"}},
         {"buyer_fee", ElementType::int64, {currency, "fee of the buyer", scale}},
         {"seller_fee", ElementType::int64, {currency, "fee of the seller", scale}}}),
        "every trade");
    const std::size_t n = recorder.trades().size();
    std::vector<std::int32_t> day(n), sequence(n), price(n), buyer(n), seller(n), instrument(n);
    std::vector<std::uint8_t> kind(n), aggressor(n);
    std::vector<std::int64_t> quantity(n), buy(n), sell(n), time(n), buyer_fee(n), seller_fee(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Trade& t = recorder.trades()[i];
      day[i] = t.day;
      sequence[i] = static_cast<std::int32_t>(t.sequence);
      kind[i] = static_cast<std::uint8_t>(t.kind);
      aggressor[i] = static_cast<std::uint8_t>(t.aggressor);
      price[i] = static_cast<std::int32_t>(t.price.count);
      quantity[i] = t.quantity.count;
      buyer[i] = static_cast<std::int32_t>(t.buyer);
      seller[i] = static_cast<std::int32_t>(t.seller);
      buy[i] = static_cast<std::int64_t>(t.buy_order);
      sell[i] = static_cast<std::int64_t>(t.sell_order);
      time[i] = t.time;
      buyer_fee[i] = t.buyer_fee.count;
      seller_fee[i] = t.seller_fee.count;
      instrument[i] = static_cast<std::int32_t>(t.instrument);
    }
    std::vector<ArrayView> columns{day, sequence, kind, aggressor, price, quantity, buyer, seller, buy, sell, time, buyer_fee, seller_fee};
    if (several) columns.emplace_back(instrument);
    tape.append(columns);
  }

  if (recorder.wishes().orders) {
    DatasetTable& tape = file.table("orders", with_instrument(
        {{"day", ElementType::int32, {"days since 1970-01-01", "day"}},
         {"sequence", ElementType::int32, {"1", "number of the event of the day"}},
         {"message", ElementType::uint8, {"1", "0 a new order, 1 withdrawal, 2 replacement, 3 halt, 4 resumption, 7 a one-way call begins, 8 a bid in it, 9 it ends, 11 what leaves an order untraded: it met one of its own account, or a listed agreement reaches no further"}},
         {"side", ElementType::uint8, {"1", "0 buy, 1 sell"}},
         {"rejection", ElementType::uint8, {"1", "0 accepted, else the reason (docs/file-formats.md)"}},
         {"price", ElementType::int32, {currency + " t-1", "limit price", scale}},
         {"quantity", ElementType::int64, {"t", "quantity"}},
         {"account", ElementType::int32, {"1", "account"}},
         {"order", ElementType::int64, {"1", "number of the order; 0: refused"}},
         {"type", ElementType::uint8, {"1", "0 limit, 1 market, 2 immediate or cancel, 3 fill or kill"}},
         {"time_in_force", ElementType::uint8, {"1", "0 as the rules say, 1 for the day, 2 until cancelled"}},
         {"display", ElementType::int64, {"t", "what an iceberg shows; 0: all"}},
         {"time", ElementType::int64, {"ns", "time of day; -1: the session has no clock"}}}),
        "every order, cancellation and refusal");
    const std::size_t n = recorder.orders().size();
    std::vector<std::int32_t> day(n), sequence(n), price(n), account(n), instrument(n);
    std::vector<std::uint8_t> message(n), side(n), rejection(n), type(n), time_in_force(n);
    std::vector<std::int64_t> quantity(n), order(n), display(n), time(n);
    for (std::size_t i = 0; i < n; ++i) {
      const OrderRecord& o = recorder.orders()[i];
      day[i] = o.day;
      sequence[i] = static_cast<std::int32_t>(o.sequence);
      message[i] = static_cast<std::uint8_t>(o.message);
      side[i] = static_cast<std::uint8_t>(o.side);
      rejection[i] = static_cast<std::uint8_t>(o.rejection);
      price[i] = static_cast<std::int32_t>(o.price.count);
      quantity[i] = o.quantity.count;
      account[i] = static_cast<std::int32_t>(o.account);
      order[i] = static_cast<std::int64_t>(o.order);
      type[i] = static_cast<std::uint8_t>(o.type);
      time_in_force[i] = static_cast<std::uint8_t>(o.time_in_force);
      display[i] = o.display.count;
      time[i] = o.time;
      instrument[i] = static_cast<std::int32_t>(o.instrument);
    }
    std::vector<ArrayView> columns{day, sequence, message, side, rejection, price, quantity, account, order, type, time_in_force, display, time};
    if (several) columns.emplace_back(instrument);
    tape.append(columns);

    DatasetTable& positions = file.table("positions", with_instrument(
        {{"day", ElementType::int32, {"days since 1970-01-01", "day"}},
         {"account", ElementType::int32, {"1", "account"}},
         {"allowances", ElementType::int64, {"t", "what it could deliver"}},
         {"cash", ElementType::int64, {currency, "its balance", scale}}}),
        "what accounts owned before their first message or trade of a day");
    std::vector<std::int32_t> seen_on, seen, seen_at;
    std::vector<std::int64_t> allowances, cash;
    for (const PositionRecord& p : recorder.positions()) {
      seen_on.push_back(p.day);
      seen.push_back(static_cast<std::int32_t>(p.account));
      seen_at.push_back(static_cast<std::int32_t>(p.instrument));
      allowances.push_back(p.allowances.count);
      cash.push_back(p.cash.count);
    }
    std::vector<ArrayView> owned{seen_on, seen, allowances, cash};
    if (several) owned.emplace_back(seen_at);
    positions.append(owned);
  }
  if (recorder.wishes().quality) {
    DatasetTable& table = file.table("alerts", with_instrument(
        {{"day", ElementType::int32, {"days since 1970-01-01", "day"}},
         {"market", ElementType::int32, {"1", "number of the market, from 0"}},
         {"kind", ElementType::uint8, {"1", "0 spoofing, 1 layering, 2 wash trades, 3 marking the close, 4 corner"}},
         {"account", ElementType::int32, {"1", "account"}},
         {"other", ElementType::int32, {"1", "account it traded with; -1: none"}},
         {"side", ElementType::uint8, {"1", "0 buy, 1 sell"}},
         {"quantity", ElementType::int64, {"t", "quantity"}},
         {"value", ElementType::float64, {"1", "the figure that set it off"}},
         {"threshold", ElementType::float64, {"1", "what it had to reach"}}}),
        "alerts of the surveillance (docs/market-quality.md)");
    std::vector<std::int32_t> day, number, account, other, instrument;
    std::vector<std::uint8_t> kind, side;
    std::vector<std::int64_t> quantity;
    std::vector<double> value, threshold;
    const auto alerts = recorder.alerts();
    for (std::size_t n = 0; n < alerts.size(); ++n)
      for (const Alert& a : alerts[n]) {
        std::size_t m = 0;
        while (m + 1 < markets.size() && markets[m + 1].rules().first_instrument <= n) ++m;
        day.push_back(a.at.day);
        number.push_back(static_cast<std::int32_t>(m));
        instrument.push_back(static_cast<std::int32_t>(n));
        kind.push_back(static_cast<std::uint8_t>(a.kind));
        account.push_back(static_cast<std::int32_t>(a.account));
        other.push_back(a.other == no_account ? -1 : static_cast<std::int32_t>(a.other));
        side.push_back(static_cast<std::uint8_t>(a.side));
        quantity.push_back(a.quantity.count);
        value.push_back(a.value);
        threshold.push_back(a.threshold);
      }
    std::vector<ArrayView> columns{day, number, kind, account, other, side, quantity, value, threshold};
    if (several) columns.emplace_back(instrument);
    table.append(columns);
  }
  return file;
}

void write_run(const std::string& path, const Simulation& simulation, const Recorder& recorder, const Provenance& provenance, Storage storage) {
  write_dataset(path, run_dataset(simulation, recorder, provenance), storage);
}

}  // namespace tantu
