// Firms that move from one market to another, on the first of January of a year: what they emit from that day on counts in
// the new market, what they emitted before is settled in the old one, and then their allowances, cash and debts follow.
//
// A firm that moves has a row in each market, with the same draws, so that it is the same firm: its output stops in one on
// the day on which it begins in the other, what it has built goes with it, and each year is owed in one market only. Its
// allowances are exchanged by vintage at the ratios of the scenario; for what is left, a fraction or a vintage for which
// nothing is given, it gets nothing: they are cancelled in the old market. Over each direction, with ==:
//
//   sent x numerator = received x denominator + remainder,     held before = sent + lapsed
//
// Verified by tests/unit/test_firm_moves.cpp and tests/property/test_linked_markets.cpp.
#include <algorithm>

#include "sim/simulation.hpp"

namespace tantu {

void Simulation::move_firms(Sink& sink) {
  for (std::size_t k = 0; k < setup_->moves.size(); ++k) {
    const MoveRules& move = setup_->moves[k];
    if (!(moved_[k] & 1) && today_ >= move.date) {
      moved_[k] |= 1;
      begin_anew(move);
    }
    if (!(moved_[k] & 2) && today_ >= move.date && today_ > move.settled) {
      moved_[k] |= 2;
      bring_holdings(move, sink);
    }
  }
}

void Simulation::begin_anew(const MoveRules& move) {
  const FirmTraits& traits = setup_->traits;
  for (std::uint32_t i = 0; i < move.old_rows.size(); ++i) {
    const std::uint32_t from = move.old_rows.first + i, to = move.new_rows.first + i;
    firms_.covered[to] = firms_.covered[from];
    firms_.barred_until[to] = firms_.barred_until[from];
    firms_.failed_on[to] = firms_.failed_on[from];
    firms_.shock[to] = firms_.shock[from];
    // What it did before is known in the new market: allocation may rest on it.
    for (int y = firms_.first_year; y < year_of(move.date); ++y) {
      firms_.year(y).activity[to] = firms_.year(y).activity[from];
      firms_.year(y).emissions[to] = emissions_to_date(traits, firms_, from, y);
    }
    const auto measures = static_cast<std::uint32_t>(traits.sectors[traits.sector[from]].technology.measures.size());
    for (std::uint32_t j = 0; j < measures; ++j) {
      const std::uint32_t before = traits.measure_index(from, j), after = traits.measure_index(to, j);
      firms_.measure[after] = firms_.measure[before];
      firms_.measure_effective[after] = firms_.measure_effective[before];
    }
    firms_.changes_on[to] = firms_.changes_on[from];
    firms_.price_low[to] = 1;  // an empty interval: what it abates is found anew
    firms_.price_high[to] = 0;
  }
}

void Simulation::bring_holdings(const MoveRules& move, Sink& sink) {
  Market &before = markets_[move.from], &after = markets_[move.to];
  Tape* tape = sink.wants_tape() ? &sink : nullptr;
  for (std::uint32_t i = 0; i < move.old_rows.size(); ++i) {
    const std::uint32_t from = move.old_rows.first + i, to = move.new_rows.first + i;
    const Account here = before.account(from), there = after.account(to);
    for (std::uint32_t k = 0; k < before.listings.size(); ++k) {
      MarketCustody custody = before.custody(k);
      before.listings[k].exchange.withdraw(here, custody, tape);
    }
    for (const std::uint32_t d : move.directions) {
      const LinkRules& rules = setup_->links[d];
      if (rules.accepted.numerator > 0) transfer(d, here, there, before.registry.holding(here), from);
      Tonnes lapsed;
      for (UnitIndex u = 0; u < before.registry.units().size(); ++u) {
        const Unit& unit = before.registry.units()[u];
        if (unit.type != UnitType::allowance || unit.vintage < rules.first_vintage || unit.vintage > rules.last_vintage) continue;
        const Tonnes left = before.registry.holding(here, u);
        if (left <= Tonnes{}) continue;
        before.registry.cancel(here, u, left);
        lapsed += left;
      }
      if (lapsed > Tonnes{}) links_[d].flow(year_of(today_), setup_->traits.sector[from]).lapsed += lapsed;
    }
    if (const Cash cash = before.clearing.balance(here); cash != Cash{}) remit(move.from, here, move.to, there, cash);
    // A debt is worth what an allowance of its day is; a fraction is in the firm's favour.
    if (firms_.debt[from] > Tonnes{}) {
      firms_.debt[to] += Conversion::of_ratio(move.debt_ratio).of(firms_.debt[from]);
      firms_.debt[from] = Tonnes{};
    }
    firms_.covered[from] = 0;
  }
  for (std::uint32_t k = 0; k < before.listings.size(); ++k) sink.settled(*this, move.from, k);
}

}  // namespace tantu
