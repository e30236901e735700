#include "agents/bidding.hpp"

#include <algorithm>
#include <cmath>

#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

namespace {

/// What the firm will lack in a year like `year` at today's abatement, t.
double yearly_gap(const StrategyView& view, std::uint32_t row, int year, int known_year) {
  const Sector& sector = view.traits.sectors[view.traits.sector[row]];
  const auto at = [&](const std::vector<double>& path) {
    return path[static_cast<std::size_t>(std::clamp(year - view.firms.first_year, 0, static_cast<int>(path.size()) - 1))];
  };
  const Rows one{row, row + 1};
  const double activity = at(sector.activity_path);
  const double emissions = activity * view.traits.emissions[row] * at(sector.intensity_path) * (1 - view.firms.abated_share[row]);
  double allocation = 0, obligation = 0;
  view.market.allocate(view.traits, one, std::min(year, known_year), &activity, &allocation);
  allocation *= expected_allocation_factor(sector, view.firms.first_year, year, known_year, view.traits.cut[row]);
  view.market.oblige(view.traits, one, std::min(year, known_year), &emissions, &allocation, &obligation);
  return std::max(0.0, obligation - allocation);
}

}  // namespace

void bid_at_auction(const BiddingParameters& b, const PositionParameters& position, const PositionModel& model, const StrategyView& view,
                    const AuctionNotice& notice, Rows block, std::vector<AuctionBid>& bids) {
  const Market& market = view.market;
  const DayFacts facts = model.day_facts(view);
  const double scale = market.rules().price_scale;
  const double ceiling = view.board().ceiling;
  const int year = year_of(view.today);
  const double ahead = 1 - elapsed_share(view.today, year);
  for (std::uint32_t row = block.first; row < block.last; ++row) {
    if (!view.firms.covered[row] || view.today <= view.firms.barred_until[row] || view.traits.closing[row] <= view.today) continue;
    const Position p = model.assess(view, facts, row);
    double wanted = 0, price = p.buy_at;
    double bank = 0;
    const double gap = notice.shortfall_only ? 0 : yearly_gap(view, row, year, facts.known_year);
    const double left = std::max(1, notice.left_this_year);
    if (notice.shortfall_only) {
      wanted = p.lacking;
    } else if (notice.vintage > year) {
      // Of use in later years only: the advance share of a year's gap, at a price that bears interest until then.
      wanted = b.advance * gap / left;
      price = p.value * elementary::power(1 + market.rules().interest_rate, year - notice.vintage);
    } else {
      // The rest of the year's gap, less what is left over so far, spread over the auctions to come; what is needed
      // at a deadline is needed now.
      const double lacking = std::max(0.0, gap * ahead + p.need - p.surplus);
      wanted = std::max(lacking / left, p.lacking * p.urgency);
      price = std::max(p.buy_at, p.need > 0 ? 0.0 : p.value);
      if (view.traits.style[row] != Style::compliance_only)
        bank = (view.traits.style[row] == Style::hedger ? position.hedger_bank : position.active_bank) * view.traits.emissions[row];
    }
    if (wanted < 1 && bank < 1) continue;
    double room = static_cast<double>(market.room(market.account(row)).count);
    const std::uint32_t order = draw(view.key, Stream::auction, view.traits.entity[row], view.today.number, static_cast<std::uint32_t>(notice.tag)).word[0];
    const auto add = [&](double at, double quantity) {
      const double bounded = std::min(at, ceiling);
      const auto tonnes = static_cast<std::int64_t>(std::min(quantity, room));
      const auto ticks = static_cast<std::int64_t>(std::floor(bounded / scale + 1e-9));
      if (tonnes < 1 || ticks < 1) return;
      room -= static_cast<double>(tonnes);
      bids.push_back({market.account(row), Price{ticks}, Tonnes{tonnes}, order, true});
    };
    const auto steps = static_cast<int>(b.steps);
    for (int k = 0; k < steps; ++k) add(price * (1 - b.shading * k / std::max(1, steps - 1)), std::max(1.0, std::round(wanted / steps)) * (wanted >= 1));
    // A bank is bought below the value: the whole of it at a tenth less.
    for (int k = 1; k <= steps && bank >= 1; ++k) add(p.value * (1 - 0.1 * k / steps), std::max(0.0, bank - p.surplus) / steps);
  }
}

}  // namespace tantu
