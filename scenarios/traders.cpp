#include "scenarios/traders.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "agents/catalog.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

void seat_traders(const LoadedScenario& loaded, const std::vector<std::shared_ptr<MarketRules>>& markets, SimulationSetup& setup) {
  std::vector<std::string> names;
  for (const auto& market : markets) names.push_back(market->name);
  std::vector<std::uint32_t> seats(markets.size());
  for (const auto& [id, plugin] : loaded.scenario.agents.traders) {
    const TraderKind& kind = trader_kind(plugin.kind);
    const TraderMeans& means = kind.means(plugin.parameters.get());
    const auto trader = kind.make(plugin.parameters.get());
    const auto refuse = [&, name = id](const std::string& message) { return InputError(loaded.document.where(Path{"agents", "traders", name}) + ": " + message); };
    const std::vector<std::string> wanted = trader->seats(means.market.empty() ? names.front() : means.market);
    for (const std::string& market : wanted)
      if (std::find(names.begin(), names.end(), market) == names.end())
        throw refuse(fmt::format("there is no market \"{}\"; {}", shown(market), suggestion(market, names)));
    if (std::set<std::string>(wanted.begin(), wanted.end()).size() < wanted.size() && plugin.kind == "arbitrageur")
      throw refuse(fmt::format("\"other\" is its own market, \"{}\"; name a second one", shown(wanted.front())));
    for (std::int64_t n = 1; n <= means.count; ++n) {
      TraderSetup& t = setup.traders.emplace_back();
      t.name = means.count == 1 ? id : fmt::format("{} {}", id, n);
      t.kind = plugin.kind;
      t.entity = stable_id(fmt::format("trader {} {}", id, n));
      t.trader = trader;
      for (const std::string& name : wanted) {
        const auto m = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
        const MarketRules& rules = *markets[m];
        TraderSeat& seat = t.seats.emplace_back();
        seat.name = wanted.size() == 1 ? t.name : fmt::format("{} / {}", t.name, t.seats.size());
        seat.market = static_cast<std::uint32_t>(m);
        seat.account = Market::first_firm_account + rules.rows.size() + static_cast<Account>(rules.pools.size()) + seats[m]++;
        seat.cash = Cash{nearest(means.cash / rules.price_scale)};
        seat.allowances = Tonnes{means.allowances};
        seat.rules = rules.listings.front().exchange;
        seat.rules.credit = Cash{nearest(means.credit / rules.price_scale)};
      }
    }
  }
  for (std::size_t m = 0; m < markets.size(); ++m) {
    markets[m]->traders = seats[m];
    markets[m]->participants += seats[m] > 0 ? seats[m] + 1 : 0;
  }
}

}  // namespace tantu
