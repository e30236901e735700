#include "agents/group_treasury.hpp"

#include <algorithm>
#include <vector>

#include "sim/elementary.hpp"

namespace tantu {

namespace {
/// Smallest transfer between two accounts that the exchange takes: a block, or where there are none a negotiated trade; 0: it takes neither.
Tonnes least_transfer(const ExchangeRules& rules) { return rules.block_least > Tonnes{} ? rules.block_least : rules.negotiated_least; }
/// As what it is recorded.
TradeKind kind_of_transfer(const ExchangeRules& rules) { return rules.block_least > Tonnes{} ? TradeKind::group : TradeKind::negotiated; }
}  // namespace

bool GroupTreasury::has_treasury(const StrategyView& view, std::uint32_t group) const {
  // The group's own draw of day 0, so that it stays what it is.
  return exists() && draw(view.key, Stream::group, stable_id(view.traits.groups[group]), 0).uniform(0) < p_.treasury_share;
}

bool GroupTreasury::takes_part(const StrategyView& view, std::uint32_t row) {
  const Rows rows = view.market.rules().rows;
  return row >= rows.first && row < rows.last && view.firms.covered[row] != 0;
}

std::optional<std::uint32_t> GroupTreasury::lead(const StrategyView& view, std::uint32_t group) {
  std::optional<std::uint32_t> best;
  for (const std::uint32_t row : view.ownership.members(group))
    if (takes_part(view, row) && (!best || view.traits.emissions[row] > view.traits.emissions[*best])) best = row;
  return best;
}

std::optional<Balance> GroupTreasury::balance(const StrategyView& view, const DayFacts& facts, std::uint32_t row, Balance own, double urgency, const BlockDues* dues) const {
  const std::int32_t group = view.ownership.group_of(row);
  if (group < 0 || !has_treasury(view, static_cast<std::uint32_t>(group))) return own;
  const auto leader = lead(view, static_cast<std::uint32_t>(group));
  const double least = std::max(1.0, static_cast<double>(least_transfer(view.exchange_rules()).count));
  const auto is_taken_over = [&](const Balance& b) { return std::max(b.need, b.surplus) >= least; };
  if (row != leader) return is_taken_over(own) ? std::nullopt : std::optional(own);
  double sum = own.surplus - own.need;
  for (const std::uint32_t member : view.ownership.members(static_cast<std::uint32_t>(group))) {
    if (member == row || !takes_part(view, member)) continue;
    const Balance b = model_.balance(view, facts, member, dues);
    if (!is_taken_over(b)) continue;
    sum += b.surplus - b.need;
    own.obligation += b.obligation;
    own.lacking += b.lacking;
  }
  own.need = std::max(0.0, -sum);
  own.surplus = std::max(0.0, sum);
  own.urgency = urgency_given(facts.running, urgency, own.lacking);
  return own;
}

void GroupTreasury::net(const StrategyView& view, const DayFacts& facts, const DuesOfSession& dues, const std::function<std::optional<Price>(double)>& price, BlockDesk& desk) const {
  const Market& market = view.market;
  const ExchangeRules& rules = view.exchange_rules();
  const double chance = p_.chance + (facts.tau < 0 ? 0 : p_.chance_at_deadline * elementary::exp(-facts.tau / p_.tau_days));
  for (std::uint32_t g = 0; g < view.ownership.groups(); ++g) {
    if (view.ownership.top_of(g) != static_cast<std::int32_t>(g)) continue;  // its owner nets for it
    const bool treasury = has_treasury(view, g);
    const Draw today = draw(view.key, Stream::group, stable_id(view.traits.groups[g]), view.today.number, view.draws());
    if (today.uniform(0) >= (treasury ? std::max(chance, p_.treasury_chance) : chance)) continue;
    struct Member { std::uint32_t row; double tonnes; };
    std::vector<Member> needs, spares;
    double need = 0, spare = 0;
    for (const std::uint32_t row : view.ownership.members(g)) {
      if (!takes_part(view, row)) continue;
      const Balance b = model_.balance(view, facts, row, dues.of(row));
      if (b.need > 0) { needs.push_back({row, b.need}); need += b.need; }
      const double free = std::min(b.surplus, static_cast<double>(view.free(market.account(row)).count));
      if (free > 0) { spares.push_back({row, free}); spare += free; }
    }
    const double net = (treasury ? 1 : p_.share) * std::min(need, spare);
    const auto at = price(today.uniform(1));
    if (!at || (net <= 0 && !treasury)) continue;
    // The largest first: internal transfers are as few and as large as can be.
    const auto larger = [](const Member& a, const Member& b) { return a.tonnes != b.tonnes ? a.tonnes > b.tonnes : a.row < b.row; };
    std::sort(needs.begin(), needs.end(), larger);
    std::sort(spares.begin(), spares.end(), larger);
    double left = net;
    std::size_t i = 0, j = 0;
    while (i < needs.size() && j < spares.size() && left >= 1) {
      const double part = std::min({needs[i].tonnes, spares[j].tonnes, left});
      const Tonnes quantity{static_cast<std::int64_t>(part)};
      if (quantity < least_transfer(rules)) break;
      if (desk.trade(spares[j].row, needs[i].row, *at, quantity, kind_of_transfer(rules)) != Rejection::none) break;
      left -= part;
      if ((needs[i].tonnes -= part) < 1) ++i;
      if ((spares[j].tonnes -= part) < 1) ++j;
    }
    // What the members can spare beyond that the treasury sells: it has to hold it.
    const auto leader = treasury && spare > need ? lead(view, g) : std::nullopt;
    for (; leader && j < spares.size(); ++j) {
      const Tonnes quantity{static_cast<std::int64_t>(spares[j].tonnes)};
      if (spares[j].row == *leader || quantity < least_transfer(rules) || quantity <= Tonnes{}) continue;
      desk.trade(spares[j].row, *leader, *at, quantity, kind_of_transfer(rules));
    }
  }
}

}  // namespace tantu
