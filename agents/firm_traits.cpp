// What firms are like: drawn once, before the first day.
#include <algorithm>

#include "agents/firm.hpp"
#include "sim/elementary.hpp"

namespace tantu {

void draw_traits(const FirmBehaviour& b, RandomKey key, FirmTraits& traits, Rows rows) {
  // Each trait has a draw of its own (n), so that a new trait changes no other.
  enum Trait : std::uint32_t { style_of, tau_of, early_of, caution_of, opinion_of, hoard_of, type_of, cut_of };
  for (std::uint32_t i = rows.first; i < rows.last; ++i) {
    const auto get = [&](Trait t) { return draw(key, Stream::population, traits.entity[i], 0, 1000 + t); };
    const double style = get(style_of).uniform(0);
    traits.style[i] = style < b.position.hedger_share ? Style::hedger
                      : style < b.position.hedger_share + b.position.active_share ? Style::active : Style::compliance_only;
    traits.tau[i] = b.position.tau_median_days * elementary::exp(b.position.tau_spread * get(tau_of).normal(0));
    traits.early[i] = get(early_of).uniform(0) < b.position.early_share;
    traits.caution[i] = b.position.caution_most * get(caution_of).uniform(0);
    traits.opinion[i] = b.value.opinion_spread * get(opinion_of).normal(0);
    traits.hoard[i] = b.position.hoard_most * get(hoard_of).uniform(0);
    const double type = get(type_of).uniform(0);
    const bool fundamentalist = type < b.value.fundamentalist_share;
    const bool follower = !fundamentalist && type < b.value.fundamentalist_share + b.value.trend_share;
    traits.fundamental_weight[i] = fundamentalist ? b.value.fundamentalist_weight : follower ? b.value.trend_fundamental_weight : b.value.taker_weight;
    traits.trend_weight[i] = follower ? b.value.trend_weight : 0;
    traits.cut[i] = b.position.cut_mean + b.position.cut_spread * get(cut_of).normal(0);
    const double size = elementary::pow(traits.emissions[i] / (b.participation.size_reference_mt * 1e6), b.participation.size_exponent);
    const double factor = traits.style[i] == Style::hedger ? b.participation.hedger_factor
                          : traits.style[i] == Style::active ? b.participation.active_factor : 1;
    traits.attention[i] = std::min(b.participation.most, b.participation.attention * factor * size);
    traits.most_attention = std::max(traits.most_attention, traits.attention[i]);
    traits.most_tau = std::max(traits.most_tau, traits.tau[i]);
  }
}

}  // namespace tantu
