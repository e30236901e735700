#include "sim/market.hpp"

#include <algorithm>

namespace tantu {

Market::Market(std::shared_ptr<const MarketRules> rules, std::int32_t first_vintage, std::int32_t last_vintage)
    : registry(first_firm_account + rules->rows.size() + 1),
      clearing(first_firm_account + rules->rows.size() + 1),
      exchange(first_firm_account + rules->rows.size() + 1, rules->opening_reference),
      policy_states(rules->policies.size()),
      rules_(std::move(rules)) {
  for (std::int32_t vintage = first_vintage; vintage <= last_vintage; ++vintage)
    registry.unit({UnitType::allowance, 0, vintage, std::numeric_limits<std::int32_t>::max()});
  board.close = board.average_120 = board.month_average = rules_->opening_reference;
  board.average = to_currency(rules_->opening_reference, rules_->price_scale);
}

PolicyView Market::policy_view(const FirmTraits& traits, const FirmStore& firms, RandomKey key) const {
  return {board.today, board.next, rules_->calendar, traits, firms, registry, rules_->cycles, rules_->rows,
          first_firm_account, key, rules_->price_scale, board.average_120, board.month_average};
}

void Market::book(std::int32_t policy, const Effects& effects, const FirmTraits&, FirmStore& firms, Tape* tape) {
  if (effects.empty()) return;
  // Allowances in resting orders cannot be taken; units change hands here, so the book empties first.
  const bool moves = std::any_of(effects.begin(), effects.end(), [](const Effect& e) {
    return e.kind == Effect::Kind::take_back || e.kind == Effect::Kind::surrender ||
           e.kind == Effect::Kind::repay || e.kind == Effect::Kind::expire;
  });
  if (moves) {
    MarketCustody accounts = custody();
    exchange.clear_book(accounts, tape);
  }
  const auto record = [&](const Effect& e, Tonnes tonnes, Cash cash) {
    for (Moved& m : moved)
      if (m.policy == policy && m.year == e.year && m.kind == e.kind) {
        m.tonnes += tonnes;
        m.cash += cash;
        return;
      }
    moved.push_back({policy, e.year, e.kind, tonnes, cash});
  };
  for (const Effect& e : effects) {
    const Account account = this->account(e.row);
    const auto unit = [&] { return registry.unit({UnitType::allowance, 0, e.year, std::numeric_limits<std::int32_t>::max()}); };
    Tonnes moved_tonnes = e.tonnes;
    switch (e.kind) {
      case Effect::Kind::issue:
        registry.issue(account, unit(), e.tonnes);
        firms.year(e.year).allocated[e.row] += e.tonnes;
        break;
      case Effect::Kind::take_back: {
        // First the vintage itself, then whatever the firm holds; what it has sold already it owes.
        const UnitIndex u = unit();
        const Tonnes same = std::min(e.tonnes, registry.holding(account, u));
        registry.cancel(account, u, same);
        const Tonnes other = registry.cancel_up_to(account, e.tonnes - same);
        firms.debt[e.row] += e.tonnes - same - other;
        firms.year(e.year).allocated[e.row] -= e.tonnes;
        break;
      }
      case Effect::Kind::entitle: firms.year(e.year).entitled[e.row] = e.tonnes; break;
      case Effect::Kind::verify: firms.year(e.year).verified[e.row] = e.tonnes; break;
      case Effect::Kind::oblige: firms.year(e.year).obligation[e.row] = e.tonnes; break;
      case Effect::Kind::surrender:
        moved_tonnes = registry.surrender_up_to(account, e.tonnes);
        firms.year(e.year).surrendered[e.row] += moved_tonnes;
        break;
      case Effect::Kind::shortfall: firms.year(e.year).shortfall[e.row] += e.tonnes; break;
      case Effect::Kind::fine:
        clearing.pay(account, treasury, e.cash);
        firms.year(e.year).fined[e.row] += e.cash;
        break;
      case Effect::Kind::owe: firms.debt[e.row] += e.tonnes; break;
      case Effect::Kind::repay:
        moved_tonnes = registry.surrender_up_to(account, e.tonnes);
        firms.debt[e.row] -= moved_tonnes;
        break;
      case Effect::Kind::expire: {
        Tonnes left = e.tonnes;
        for (UnitIndex u = 0; u < registry.units().size() && left > Tonnes{}; ++u) {
          if (registry.units()[u].vintage > e.year) continue;
          const Tonnes part = std::min(left, registry.holding(account, u));
          registry.expire(account, u, part);
          left -= part;
        }
        moved_tonnes = e.tonnes - left;
        break;
      }
      case Effect::Kind::leave: firms.covered[e.row] = 0; break;
    }
    record(e, moved_tonnes, e.cash);
  }
}

void Market::allocate(const FirmTraits& traits, Rows rows, int year, const double* activity, double* allocation) const {
  std::fill(allocation, allocation + rows.size(), 0.0);
  for (const NamedPolicy& p : rules_->policies) p.policy->allocate(traits, rows, year, activity, allocation);
}

void Market::oblige(const FirmTraits& traits, Rows rows, int year, const double* emissions, const double* allocation,
                    double* obligation) const {
  std::copy(emissions, emissions + rows.size(), obligation);
  for (const NamedPolicy& p : rules_->policies) p.policy->oblige(traits, rows, year, emissions, allocation, obligation);
}

ShortfallTerms Market::shortfall_terms(Day deadline) const {
  ShortfallTerms terms;
  for (const NamedPolicy& p : rules_->policies) p.policy->price_shortfall(deadline, terms);
  return terms;
}

CarryOver Market::carry_over(const PolicyView& view, std::uint32_t row) const {
  CarryOver terms;
  for (const NamedPolicy& p : rules_->policies) p.policy->carry_over(view, row, terms);
  return terms;
}

}  // namespace tantu
