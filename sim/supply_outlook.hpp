// What the rules are expected to make available besides free allocation.
//
// The question that the firms' anchor and the yardstick ask every policy (Policy::expect): a row of years at once, so
// that a reserve can count what it will hold. Policies answer in the order auctions first, then by phase, and may take
// from what those before them have offered. Where an answer rests on the path of the market itself (allowances in
// circulation, what auctions left unsold), `before` holds the years as the last round of an iteration saw them.
// Tonnes are those of the part of each year that lies ahead; prices in currency per tonne.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tantu {

enum class SupplySource : std::uint8_t { abatement, offsets, auction, reserve };

/// Tonnes that become available evenly between two prices; all at once where both are equal.
struct Offer {
  SupplySource source = SupplySource::auction;
  double low = 0, high = 0;
  double tonnes = 0;
  std::int32_t policy = -1;  ///< whose it is; filled in by the market
  double taken = 0;          ///< of it on the path; filled in by who asks, for the next round
};

struct SupplyYear {
  int year = 0;
  double ahead = 1;  ///< share of the year that lies ahead

  // Told by who asks; of the whole year.
  double obligation = 0;   ///< t that firms owe for it, after abatement where that is known
  double gap = 0;          ///< t of it above the own free allocation of the firms that lack allowances
  double circulation = 0;  ///< t held outside the authority at its end, less what is owed for years up to it

  // Answered by the policies.
  double auctioned = 0;       ///< t whatever the price
  std::vector<Offer> offers = {};  ///< t that answer to the price; a policy makes the same number of them in every round
  double reserve = 0;         ///< of the above, t returned by reserves less t withheld by them
  double borrowed = 0;        ///< most that may be borrowed at its end from the year after, t

  /// Takes up to `tonnes` from what auctions offer, the cheapest first; returns what it took.
  double withhold(double tonnes) {
    double left = std::max(0.0, tonnes);
    const auto take = [&](double& from) {
      const double part = std::clamp(from, 0.0, left);
      from -= part;
      left -= part;
    };
    take(auctioned);
    for (Offer& offer : offers)
      if (offer.source == SupplySource::auction) take(offer.tonnes);
    return std::max(0.0, tonnes) - left;
  }
};

struct SupplyOutlook {
  bool at_opening = false;  ///< asked for the eve of the run's first day, whatever has happened since: the view's stocks say nothing
  double circulation = 0;   ///< before the first of the years, t
  std::vector<SupplyYear> years;
  const SupplyOutlook* before = nullptr;  ///< the round before; none in the first

  /// At the end of a year that is among the years or before them.
  double circulation_after(int year) const {
    for (const SupplyYear& y : years)
      if (y.year == year) return y.circulation;
    return circulation;
  }
  /// What the path of the round before took of a policy's `nth` offer of year `k`; 0 in the first round.
  double taken(std::size_t k, std::int32_t policy, std::size_t nth) const {
    if (!before) return 0;
    for (const Offer& offer : before->years[k].offers)
      if (offer.policy == policy && nth-- == 0) return offer.taken;
    return 0;
  }
};

}  // namespace tantu
