#include "agents/bidding.hpp"

#include <algorithm>
#include <cmath>

#include "sim/elementary.hpp"
#include "sim/operation.hpp"

namespace tantu {

void bid_at_auction(const BiddingParameters& b, const CreditParameters& credit, const PositionParameters& position, const PositionModel& model, const StrategyView& view,
                    const AuctionNotice& notice, Rows block, std::vector<AuctionBid>& bids) {
  const Market& market = view.market;
  const DayFacts facts = model.day_facts(view);
  const double scale = market.rules().price_scale;
  const double ceiling = view.board().ceiling;
  const int year = year_of(view.today);
  const double ahead = 1 - elapsed_share(view.today, year);
  const BlockDues dues(view, facts, position, block);
  std::vector<double> gaps(block.size()), next_gaps(block.size());
  if (!notice.shortfall_only) expected_gaps(view, block, year, facts.known_year, gaps.data());
  const bool bargains = !notice.shortfall_only && notice.vintage <= year && b.bargain > 0 && facts.tau >= 0 && facts.keeps_all;
  if (bargains) expected_gaps(view, block, year + 1, facts.known_year, next_gaps.data());
  for (std::uint32_t row = block.first; row < block.last; ++row) {
    if (!view.firms.covered[row] || view.today <= view.firms.barred_until[row] || view.traits.closing[row] <= view.today) continue;
    const Position p = model.assess(view, facts, row, model.balance(view, facts, row, &dues));
    double wanted = 0, price = p.buy_at;
    double bank = 0;
    const double gap = std::max(0.0, gaps[row - block.first]);
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
    // What costs less than it is worth is bought ahead, if it can be kept: without this an auction of a little more than is
    // needed would sell at any price.
    double bargain = 0;
    if (bargains) bargain = std::max(0.0, b.bargain * std::max(gap, next_gaps[row - block.first]) - p.surplus);
    if (wanted < 1 && bank < 1 && bargain < 1) continue;
    double room = static_cast<double>(market.room(market.account(row)).count);
    const std::uint32_t order = draw(view.key, Stream::auction, view.traits.entity[row], view.today.number, static_cast<std::uint32_t>(notice.tag)).word[0];
    double money = affordable(credit, view, row);
    const auto add = [&](double at, double quantity) {
      const double bounded = std::min(at, ceiling);
      const auto tonnes = static_cast<std::int64_t>(std::min({quantity, room, std::max(0.0, money / std::max(bounded, facts.tick))}));
      const auto ticks = static_cast<std::int64_t>(std::floor(bounded / scale + 1e-9));
      if (tonnes < 1 || ticks < 1) return;
      room -= static_cast<double>(tonnes);
      money -= bounded * static_cast<double>(tonnes);
      bids.push_back({market.account(row), Price{ticks}, Tonnes{tonnes}, order, true});
    };
    const auto steps = static_cast<int>(b.steps);
    for (int k = 0; k < steps; ++k) add(price * (1 - b.shading * k / std::max(1, steps - 1)), std::max(1.0, std::round(wanted / steps)) * (wanted >= 1));
    // A bank is bought below the value: the whole of it at a tenth less.
    for (int k = 1; k <= steps && bank >= 1; ++k) add(p.value * (1 - 0.1 * k / steps), std::max(0.0, bank - p.surplus) / steps);
    for (int k = 1; k <= steps && bargain >= 1; ++k) add(p.value * (1 - b.bargain_discount * k / steps), bargain / steps);
  }
}

}  // namespace tantu
