#include "sim/link.hpp"

#include <algorithm>
#include <limits>

namespace tantu {

namespace {
__extension__ typedef __int128 Wide;
constexpr Tonnes without_limit{std::numeric_limits<std::int64_t>::max() / 2};

bool adds_up(Tonnes sent, Tonnes received, std::int64_t remainder, const Conversion& c) {
  return static_cast<Wide>(sent.count) * c.numerator == static_cast<Wide>(received.count) * c.denominator + remainder;
}
}  // namespace

Tonnes Conversion::of(Tonnes sent) const { return Tonnes{static_cast<std::int64_t>(static_cast<Wide>(sent.count) * numerator / denominator)}; }

std::int64_t Conversion::remainder(Tonnes sent) const { return static_cast<std::int64_t>(static_cast<Wide>(sent.count) * numerator % denominator); }

Tonnes Conversion::most(Tonnes received) const {
  const Wide sent = ((static_cast<Wide>(received.count) + 1) * denominator - 1) / numerator;
  return Tonnes{static_cast<std::int64_t>(std::min<Wide>(sent, without_limit.count))};
}

Conversion Conversion::of_ratio(double ratio) {
  constexpr std::int64_t parts = 1'000'000;
  return {std::max<std::int64_t>(1, nearest(ratio * static_cast<double>(parts))), parts};
}

Tonnes LinkBooks::room(const LinkRules& rules, std::optional<std::uint32_t> firm) const {
  Tonnes most = limit < Tonnes{} ? without_limit : std::max(Tonnes{}, limit - used);
  if (rules.quota_share && rules.quota_of == QuotaOf::firm)
    most = firm ? std::min(most, std::max(Tonnes{}, firm_limit[*firm] - firm_used[*firm])) : Tonnes{};
  return most;
}

LinkFlow& LinkBooks::flow(std::int32_t year, std::int32_t sector) {
  for (LinkFlow& f : flows)
    if (f.year == year && f.sector == sector) return f;
  LinkFlow& f = flows.emplace_back();
  f.year = year;
  f.sector = sector;
  return f;
}

bool LinkBooks::closes(const LinkRules& rules) const {
  return adds_up(sent, received, remainder, rules.accepted) && adds_up(sent_home, received_home, remainder_home, rules.home);
}

}  // namespace tantu
