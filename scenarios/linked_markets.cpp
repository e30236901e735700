#include "scenarios/linked_markets.hpp"

#include <algorithm>

#include "scenarios/population.hpp"

namespace tantu {

namespace {

/// A direction for each ratio at which vintages are exchanged.
void add_move(const Scenario& scenario, const MoveParameters& p, std::uint32_t from, std::uint32_t to, const std::vector<std::shared_ptr<MarketRules>>& markets, SimulationSetup& setup) {
  MoveRules move;
  move.from = from;
  move.to = to;
  move.date = p.date;
  for (const Sector& sector : setup.traits.sectors) {
    if (sector.name == p.sector) move.old_rows = sector.rows;
    if (sector.name == moved_sector(p)) move.new_rows = sector.rows;
  }
  move.settled = p.date - 1;
  for (const ComplianceCycle& cycle : markets[from]->cycles)
    if (cycle.first_year < year_of(p.date)) move.settled = std::max(move.settled, cycle.deadline);
  std::vector<std::pair<std::int32_t, double>> steps{{std::numeric_limits<std::int32_t>::min(), p.exchange_ratio}};
  for (const auto& [vintage, ratio] : p.vintage_ratios) steps.emplace_back(vintage, ratio);
  for (std::size_t k = 0; k < steps.size(); ++k) {
    LinkRules d;
    d.link = static_cast<std::uint32_t>(scenario.links.size() + setup.moves.size());
    d.from = from;
    d.to = to;
    d.accepted = steps[k].second > 0 ? Conversion::of_ratio(steps[k].second) : Conversion{0, 1};
    d.first_vintage = steps[k].first;
    if (k + 1 < steps.size()) d.last_vintage = steps[k + 1].first - 1;
    d.moves_firms = d.passes_on = true;
    move.directions.push_back(static_cast<std::uint32_t>(setup.links.size()));
    setup.links.push_back(d);
    move.debt_ratio = steps[k].second;
  }
  setup.moves.push_back(std::move(move));
}

}  // namespace

void add_links(const Scenario& scenario, SimulationSetup& setup, const std::vector<std::shared_ptr<MarketRules>>& markets) {
  const auto number = [&](const std::string& id) {
    return static_cast<std::uint32_t>(std::find_if(markets.begin(), markets.end(), [&](const auto& m) { return m->name == id; }) - markets.begin());
  };
  const FirmTraits& traits = setup.traits;
  for (std::uint32_t i = 0; i < scenario.links.size(); ++i) {
    const LinkParameters& p = scenario.links[i];
    const double ratio = exchange_ratio(scenario, p);
    const Conversion forth = Conversion::of_ratio(ratio * (1 - p.discount)), back = Conversion::of_ratio((1 - p.discount) / ratio);
    const auto add = [&](const std::string& from, const std::string& to, const Conversion& accepted) {
      LinkRules d;
      d.link = i;
      d.from = number(from);
      d.to = number(to);
      d.announced = p.announced.value_or(p.first_day);
      d.first_day = p.first_day;
      d.last_day = p.last_day;
      d.accepted = d.home = accepted;
      d.passes_on = p.passes_on;
      if (p.quota_mt) d.quota = whole_tonnes(*p.quota_mt * 1e6);
      d.quota_share = p.quota_share;
      d.quota_of = p.quota_of;
      d.fee = Cash{price_from_currency(p.fee_per_t, markets[d.to]->price_scale).count};
      setup.links.push_back(d);
    };
    add(p.from, p.to, forth);
    if (p.direction == LinkDirection::two_way) add(p.to, p.from, back);
  }
  // What comes home does so at the ratio at which it left.
  for (LinkRules& d : setup.links)
    for (const LinkRules& out : setup.links)
      if (out.from == d.to && out.to == d.from) d.home = out.accepted.inverse();
  for (const MoveParameters& p : scenario.moves) add_move(scenario, p, number(market_of(scenario, scenario.sectors.at(p.sector))), number(p.to), markets, setup);
  if (setup.links.empty()) return;
  // Accounts abroad: the same firms for all links of a market, by a draw of their own.
  constexpr std::uint32_t account_abroad = 900;
  for (std::uint32_t home = 0; home < markets.size(); ++home)
    for (std::uint32_t abroad = 0; abroad < markets.size(); ++abroad) {
      double share = 0;
      for (const LinkParameters& p : scenario.links)
        if ((number(p.from) == home && number(p.to) == abroad) || (number(p.from) == abroad && number(p.to) == home)) share = std::max(share, p.firms_share);
      if (share <= 0) continue;
      MarketRules& there = *markets[abroad];
      const Account first = Market::first_firm_account + there.rows.size() + static_cast<Account>(there.pools.size());
      ForeignAccounts accounts{home, abroad, {}};
      for (std::uint32_t row = markets[home]->rows.first; row < markets[home]->rows.last; ++row) {
        const bool has_one = draw(setup.key, Stream::population, traits.entity[row], 0, account_abroad).uniform(0) < share;
        accounts.account.push_back(has_one ? first + there.participants++ : no_account);
      }
      setup.foreign_accounts.push_back(std::move(accounts));
    }
  for (const auto& rules : markets) ++rules->participants;  // the correspondent, the last of them
}

}  // namespace tantu
