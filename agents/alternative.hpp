// The cheapest way out of a need other than the market.
//
// - The penalty: fine / need + per_tonne + multiple P120 + [debt carried] (1 + stigma) min(V, 1.3 P120), and its caps.
// - A tonne of the firm's own that is abated yet and still counts: while a year runs whose obligations the need is of, what
//   measures above today's price can save until its end, if that covers what will be lacking then, at the pace so far.
// - A price at which the authority sells without limit.
// Offsets count before there is a need (Policy::expected_offsets); what is still missing once obligations are final is borrowed
// where that is allowed (policies/borrowing.cpp), at the value of an allowance.
// Without any of them an allowance is worth its value. Verified by tests/unit/test_alternative.cpp.
#pragma once

#include <algorithm>

#include "agents/position.hpp"

namespace tantu {

/// What a tonne of a need costs that is not met, bounded by what the authority asks; without a penalty: V.
inline double way_out_by_penalty(double stigma, const DayFacts& f, double need, double value) {
  const ShortfallTerms& t = f.terms;
  const double owed = t.debt_carried ? t.owed_ratio * (1 + stigma) * std::min(value, 1.3 * f.average) : 0;
  const double rate = std::min(t.per_tonne + t.multiple * f.average, t.most_per_tonne);
  const double tonnes = std::max(need, 1.0);
  const double fine = std::min(t.fine / tonnes + rate, t.most_per_firm / tonnes);
  return std::min(t.exists ? std::max(f.tick, fine + owed) : value, f.ceiling);
}

/// `out`, or what the firm's own abatement costs while it counts and is cheaper; at least a tick.
double or_own_abatement(const StrategyView& view, const DayFacts& facts, std::uint32_t row, double need, double lacking, double out);

/// The least price at which the firm's own further abatement until the end of the running year covers `need`, below `most`;
/// `most` where none does.
double own_abatement_price(const StrategyView& view, const DayFacts& facts, std::uint32_t row, double need, double most);

}  // namespace tantu
