#include "results/policy_tables.hpp"

#include <string>
#include <vector>

namespace tantu {

namespace {

/// A column of a table of numbers or texts, filled row by row.
template <class T>
struct Values {
  std::vector<T> values;
  void write(DatasetGroup& group, const char* name, const char* axis, const Meaning& meaning) const {
    group.variable(name, {axis}, std::span<const T>(values), meaning);
  }
};

std::string instrument_of(const Simulation& simulation, const Market& market, std::int32_t policy) {
  return (simulation.markets().size() > 1 ? market.rules().name + "." : "") + market.rules().policies[static_cast<std::size_t>(policy)].instance;
}

void write_rules(DatasetGroup& rules, const Simulation& simulation, const Denomination& in) {
  Values<std::string> instrument, kind, from, to;
  Values<std::int32_t> label, year;
  Values<std::int64_t> tonnes, cash;
  for (std::size_t number = 0; number < simulation.markets().size(); ++number) {
    const Market& market = simulation.markets()[number];
    const auto pool = [&](std::uint16_t n) { return n == 0 ? std::string() : std::string(market.pool_name(Pool{static_cast<std::uint16_t>(n - 1)})); };
    for (const Moved& m : market.moved) {
      label.values.push_back(static_cast<std::int32_t>(label.values.size()));
      instrument.values.push_back(instrument_of(simulation, market, m.policy));
      kind.values.push_back(std::string(name_of(m.kind)));
      year.values.push_back(m.year);
      from.values.push_back(pool(m.from));
      to.values.push_back(pool(m.to));
      tonnes.values.push_back(m.tonnes.count);
      cash.values.push_back(m.cash.count * in.steps(number));
    }
  }
  rules.of_one_run();
  rules.axis("effect", std::span<const std::int32_t>(label.values), {"", "number of the effect"});
  instrument.write(rules, "instrument", "effect", {"", "policy instrument"});
  kind.write(rules, "kind", "effect", {"", "what it did"});
  year.write(rules, "year", "effect", {"", "year or vintage concerned; 0: the oldest first"});
  from.write(rules, "from", "effect", {"", "account of the authority that gave; empty: none"});
  to.write(rules, "to", "effect", {"", "account of the authority that received; empty: none"});
  tonnes.write(rules, "tonnes", "effect", in.meaning("t", "tonnes moved"));
  cash.write(rules, "cash", "effect", in.money("currency", "cash moved"));
}

void write_series(DatasetGroup& policies, const Simulation& simulation) {
  Values<std::int32_t> label, day;
  Values<std::string> market_name, instrument, series, unit;
  Values<double> value;
  for (const Market& market : simulation.markets())
    for (std::size_t p = 0; p < market.policy_states.size(); ++p) {
      const NamedPolicy& named = market.rules().policies[p];
      const auto names = named.policy->series();
      for (const PolicyState::Point& point : market.policy_states[p].points) {
        const SeriesName& name = names[static_cast<std::size_t>(point.series)];
        label.values.push_back(static_cast<std::int32_t>(label.values.size()));
        market_name.values.push_back(market.rules().name);
        instrument.values.push_back(named.instance);
        series.values.emplace_back(name.name);
        unit.values.emplace_back(name.unit);
        day.values.push_back(point.day.number);
        value.values.push_back(point.value);
      }
    }
  policies.of_one_run();
  policies.axis("observation", std::span<const std::int32_t>(label.values), {"", "number of the observation"});
  market_name.write(policies, "market", "observation", {"", "market"});
  instrument.write(policies, "instrument", "observation", {"", "policy instrument"});
  series.write(policies, "series", "observation", {"", "what is reported"});
  unit.write(policies, "unit", "observation", {"", "its unit"});
  day.write(policies, "day", "observation", {"days since 1970-01-01", "day of the report"});
  value.write(policies, "value", "observation", {"", "value in the series' unit"});
}

void write_auctions(DatasetGroup& auctions, const Simulation& simulation, const Denomination& in) {
  Values<std::int32_t> label, day, vintage, reserve, price, marginal, bidders, winners, declined;
  Values<std::string> market_name, instrument;
  Values<std::int64_t> offered, demanded, sold, contained, revenue;
  for (std::size_t number = 0; number < simulation.markets().size(); ++number) {
    const Market& market = simulation.markets()[number];
    const std::int64_t steps = in.steps(number);
    const auto ticks = [&](Price p) { return static_cast<std::int32_t>(p.count * steps); };
    for (const AuctionRecord& a : market.auctions) {
      label.values.push_back(static_cast<std::int32_t>(label.values.size()));
      market_name.values.push_back(market.rules().name);
      instrument.values.push_back(market.rules().policies[static_cast<std::size_t>(a.policy)].instance);
      day.values.push_back(a.day.number);
      vintage.values.push_back(a.vintage);
      reserve.values.push_back(ticks(a.reserve));
      price.values.push_back(a.sold > Tonnes{} ? ticks(a.price) : missing<std::int32_t>());
      marginal.values.push_back(a.sold > Tonnes{} ? ticks(a.marginal) : missing<std::int32_t>());
      offered.values.push_back(a.offered.count);
      demanded.values.push_back(a.demanded.count);
      sold.values.push_back(a.sold.count);
      contained.values.push_back(a.contained.count);
      revenue.values.push_back(a.revenue.count * steps);
      bidders.values.push_back(a.bidders);
      winners.values.push_back(a.winners);
      declined.values.push_back(a.declined);
    }
  }
  auctions.of_one_run();
  auctions.axis("auction", std::span<const std::int32_t>(label.values), {"", "number of the auction"});
  market_name.write(auctions, "market", "auction", {"", "market"});
  instrument.write(auctions, "instrument", "auction", {"", "policy instrument that called it"});
  day.write(auctions, "day", "auction", {"days since 1970-01-01", "day of the auction"});
  vintage.write(auctions, "vintage", "auction", {"", "vintage sold"});
  reserve.write(auctions, "reserve_price", "auction", in.money("currency t-1", "lowest price at which anything is offered"));
  price.write(auctions, "price", "auction", in.money("currency t-1", "uniform price, else the average; missing: nothing sold"));
  marginal.write(auctions, "marginal_price", "auction", in.money("currency t-1", "lowest winning price"));
  offered.write(auctions, "offered", "auction", in.meaning("t", "offered, containment steps included"));
  demanded.write(auctions, "demanded", "auction", in.meaning("t", "admissible bids at the reserve price or more"));
  sold.write(auctions, "sold", "auction", in.meaning("t", "sold"));
  contained.write(auctions, "contained", "auction", in.meaning("t", "sold from containment reserves"));
  revenue.write(auctions, "revenue", "auction", in.money("currency", "revenue"));
  bidders.write(auctions, "bidders", "auction", {"1", "accounts with an admissible bid"});
  winners.write(auctions, "winners", "auction", {"1", "accounts that bought"});
  declined.write(auctions, "declined", "auction", {"1", "1: called off after bids were made"});
}

}  // namespace

void write_policies(Dataset& file, const Simulation& simulation, const Denomination& in) {
  write_rules(file.group("/rules"), simulation, in);
  write_series(file.group("/policies"), simulation);
  write_auctions(file.group("/auctions"), simulation, in);
}

}  // namespace tantu
