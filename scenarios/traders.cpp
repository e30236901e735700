#include "scenarios/traders.hpp"

#include <algorithm>

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
    const std::vector<SeatWish> wanted = trader->seats({means.market.empty() ? names.front() : means.market, means.instrument});
    std::vector<std::pair<std::size_t, std::uint32_t>> places;  // market, listing
    for (const SeatWish& wish : wanted) {
      const auto m = std::find(names.begin(), names.end(), wish.market) - names.begin();
      if (static_cast<std::size_t>(m) == names.size()) throw refuse(fmt::format("there is no market \"{}\"; {}", shown(wish.market), suggestion(wish.market, names)));
      std::vector<std::string> instruments;
      for (const ListingRules& listing : markets[static_cast<std::size_t>(m)]->listings) instruments.push_back(listing.name);
      const auto k = wish.instrument.empty() ? instruments.begin() : std::find(instruments.begin(), instruments.end(), wish.instrument);
      if (k == instruments.end())
        throw refuse(fmt::format("market \"{}\" has no instrument \"{}\"; {}", wish.market, shown(wish.instrument), suggestion(wish.instrument, instruments)));
      places.emplace_back(static_cast<std::size_t>(m), static_cast<std::uint32_t>(k - instruments.begin()));
    }
    if (plugin.kind == "arbitrageur" && places[0] == places[1])
      throw refuse(fmt::format("\"other\" is its own market, \"{}\"; name a second one", shown(wanted.front().market)));
    const ListingRules& first = markets[places[0].first]->listings[places[0].second];
    if (trader->develops_offsets() && !first.is_of_offsets())
      throw refuse(fmt::format("\"{}\" is a book of allowances; name an instrument of offsets, to whose developers credits are issued", first.name.empty() ? "exchange" : first.name));
    for (std::int64_t n = 1; n <= means.count; ++n) {
      TraderSetup& t = setup.traders.emplace_back();
      t.name = means.count == 1 ? id : fmt::format("{} {}", id, n);
      t.kind = plugin.kind;
      t.entity = stable_id(fmt::format("trader {} {}", id, n));
      t.trader = trader;
      for (const auto& [m, listing] : places) {
        MarketRules& rules = *markets[m];
        TraderSeat& seat = t.seats.emplace_back();
        seat.name = wanted.size() == 1 ? t.name : fmt::format("{} / {}", t.name, t.seats.size());
        seat.market = static_cast<std::uint32_t>(m);
        seat.listing = listing;
        seat.account = Market::first_firm_account + rules.rows.size() + static_cast<Account>(rules.pools.size()) + seats[m]++;
        seat.cash = Cash{nearest(means.cash / rules.price_scale)};
        seat.allowances = Tonnes{means.allowances};
        if (means.admitted) seat.admitted = *means.admitted;
        seat.rules = rules.listings[listing].exchange;
        seat.rules.credit = Cash{nearest(means.credit / rules.price_scale)};
        if (trader->develops_offsets() && t.seats.size() == 1) rules.listings[listing].developers.push_back(seat.account);
        if (trader->makes_the_market()) rules.listings[listing].makers.emplace_back(seat.account, seat.name);
      }
    }
  }
  for (std::size_t m = 0; m < markets.size(); ++m) {
    for (const ListingRules& listing : markets[m]->listings)
      if (listing.is_of_offsets() && listing.developers.empty())
        throw InputError(loaded.document.where(Path{"markets", names[m], "instruments", listing.name}) +
                         ": has nobody who sells its credits; add a trader of the kind \"project_developer\" with this instrument");
    markets[m]->traders = seats[m];
    markets[m]->participants += seats[m] > 0 ? seats[m] + 1 : 0;
  }
}

}  // namespace tantu
