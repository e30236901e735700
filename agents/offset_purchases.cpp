#include "agents/offset_purchases.hpp"

#include <algorithm>

#include "agents/attendance.hpp"
#include "agents/dues.hpp"
#include "sim/elementary.hpp"

namespace tantu {

namespace {

/// What the firm owes for years that are not settled, as far as it is known or has been emitted by today.
void open_obligations(const StrategyView& view, const DayFacts& facts, std::uint32_t row, std::vector<OpenObligation>& open) {
  open.clear();
  const Market& market = view.market;
  for (const ComplianceCycle& cycle : market.rules().cycles) {
    if (cycle.deadline < view.today) continue;
    for (int y = std::max(cycle.first_year, view.firms.first_year); y <= std::min(cycle.last_year, year_of(view.today)); ++y) {
      double allocation = 0, obligation = 0;
      dues_to_date(view, facts, {row, row + 1}, y, &allocation, &obligation);
      open.push_back({y, cycle.deadline, obligation, static_cast<double>(view.firms.year(y).retired[row].count)});
    }
  }
}

}  // namespace

void OffsetPurchases::plan(const StrategyView& view, Rows block, std::vector<Intent>& intents) const {
  const Market& market = view.market;
  const FirmTraits& traits = view.traits;
  const ComplianceCycle* due = view.due_cycle();
  StrategyView of_allowances = view;
  of_allowances.listing = due ? market.listing_of(due->last_year) : market.front_listing();
  const DayFacts facts = model_.day_facts(of_allowances);
  const double scale = market.rules().price_scale;
  const double tick = to_currency(view.exchange_rules().tick, scale);
  const double allowance = std::max(facts.tick, to_currency(of_allowances.board().close, scale)), credit = std::max(tick, to_currency(view.board().close, scale));
  const auto type = static_cast<std::size_t>(view.listed().instrument.origin);
  const double most_urgent = urgency_at(facts.tau < 0 ? -1 : facts.tau_early, traits.most_tau);
  const double bound = any_of(traits.most_attention, std::max(participation_.need, participation_.surplus) * most_urgent, participation_.gain_seller, 0);
  std::vector<OpenObligation> open;
  for (std::uint32_t row = block.first; row < block.last; ++row) {
    const double uniform = uniform_from_bits(view.firms.arrival_word[row]);
    if (uniform > bound || !view.firms.covered[row] || view.today <= view.firms.barred_until[row]) continue;
    open_obligations(view, facts, row, open);
    const std::vector<Tonnes> held = market.credits(market.account(row));
    const double room = market.offset_room(open, held, type);
    const double urgency = model_.urgency_of(facts, traits.tau[row], traits.early[row] != 0);
    Intent intent;
    intent.row = row;
    intent.urgency = urgency;
    intent.pressed = 1;
    double gain = 0, weight = participation_.need;
    if (room >= 1) {
      // As long as there is time by its own view; at the deadline a credit saves what an allowance costs.
      const double value = model_.value_of(view, facts, row);
      const double lean = elementary::log(value / allowance) * (1 - urgency * urgency);
      intent.side = Side::buy;
      intent.wanted = room;
      intent.reservation = lean < 0 ? allowance * elementary::exp(lean) : allowance;
      gain = intent.reservation / credit - 1;
    } else if (room <= -1 && held[type] > Tonnes{}) {
      // Beyond all open obligations a credit is good for later ones, unless none of them takes the type.
      const OpenObligation later{facts.cycle_last_year + 1, market.rules().cycles.back().deadline, 1e15, 0};
      const bool kept = market.offset_room({&later, 1}, std::vector<Tonnes>(held.size()), type) > 0;
      intent.side = Side::sell;
      intent.wanted = std::min(-room, static_cast<double>(held[type].count));
      intent.reservation = std::max(tick, credit * (kept ? 1 + traits.hoard[row] : 1 - urgency));
      gain = credit / intent.reservation - 1;
      weight = kept ? 0 : participation_.surplus;
    } else {
      continue;
    }
    if (uniform > any_of(traits.attention[row], weight * urgency, participation_.gain_seller * std::clamp(gain / order_.gain_scale, 0.0, 1.0), 0)) continue;
    intents.push_back(intent);
  }
}

}  // namespace tantu
