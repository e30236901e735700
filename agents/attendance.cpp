#include "agents/attendance.hpp"

#include <algorithm>
#include <array>

#include "sim/vectorised.hpp"

namespace tantu {

namespace {

/// Firms of a chunk side by side: columns of all firms where they lie, or copies of those that are left.
struct BoundColumns {
  static constexpr std::size_t most = 256;
  using Column = std::array<double, most>;
  const double *attention, *fundamental_weight, *opinion, *trend_weight, *noise, *hoard, *tau;
  Column uniform, days, value, urgency;
  std::array<std::uint8_t, most> looks;
  std::array<Column, 7> copies;
};

struct BoundTerms {
  const ParticipationParameters& part;
  double price, tick, gain_scale;
  double days_to_death;  ///< below zero: nothing dies
};

TANTU_VECTORISED
void fill_uniforms(std::size_t firms, const std::uint32_t* __restrict word, double* __restrict uniform) {
  for (std::size_t i = 0; i < firms; ++i) uniform[i] = uniform_from_bits(word[i]);
}

/// Fills `urgency` and `looks`.
TANTU_VECTORISED
void bound_chances(const BoundTerms& terms, std::size_t firms, BoundColumns& of) {
  const double seller = terms.part.gain_seller, buyer = terms.part.gain_buyer, need = terms.part.need, surplus = terms.part.surplus;
  const double price = terms.price, tick = terms.tick, scale = terms.gain_scale, death = terms.days_to_death;
  std::array<double, BoundColumns::most> dying{};
  for (std::size_t i = 0; i < firms; ++i) of.urgency[i] = urgency_at(of.days[i], of.tau[i]);
  if (death >= 0)
    for (std::size_t i = 0; i < firms; ++i) dying[i] = urgency_at(death, of.tau[i]);
  for (std::size_t i = 0; i < firms; ++i) {
    const double keeps = 1 + of.hoard[i];
    const double asks = of.value[i] * (death < 0 ? keeps : std::min(keeps, 1 - dying[i]));
    const double gain = (price / std::max(asks, tick) - 1) / scale;
    const double reason = std::max(seller * std::clamp(gain, 0.0, 1.0), buyer);
    // Who comes without a reason comes with any.
    of.looks[i] = (of.uniform[i] <= of.attention[i]) | (of.uniform[i] <= any_of(of.attention[i], need * of.urgency[i], reason, surplus * dying[i]));
  }
}

}  // namespace

void Attendance::find(const StrategyView& view, const DayFacts& facts, Rows block, const FirmStore& own, std::vector<Looker>& looking) const {
  // Bounds that grow dearer to compute: first one for all firms of the day, then with the firm's urgency and a seller's gain.
  const FirmTraits& traits = view.traits;
  const ParticipationParameters& part = participation_;
  const CarryOver carry = view.market.carry_over(view.market.policy_view(traits, view.firms, view.key), block.first);
  const double days_to_death = carry.limits(view.listed().instrument.first_vintage) ? std::max(0, view.market.rules().calendar.ordinal(carry.conversion) -
                                                           view.market.rules().calendar.ordinal(view.today)) : -1;
  const double most_urgent = urgency_at(facts.tau < 0 ? -1 : facts.tau_early, traits.most_tau), most_dying = urgency_at(days_to_death, traits.most_tau);
  const double bound = any_of(traits.most_attention, part.need * most_urgent, std::max(part.gain_seller, part.gain_buyer), part.surplus * most_dying);
  const std::array<double, 2> days_left{facts.tau, facts.tau_early};
  constexpr std::uint32_t chunk = BoundColumns::most;
  looking.reserve(looking.size() + block.size() + chunk);
  std::array<std::uint32_t, chunk> row;
  std::array<std::uint8_t, chunk> passes;
  BoundColumns of;
  for (std::uint32_t at = block.first; at < block.last; at += chunk) {
    const std::uint32_t size = std::min(chunk, block.last - at);
    fill_uniforms(size, &view.firms.arrival_word[at], of.uniform.data());
    std::uint32_t n = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
      passes[i] = (of.uniform[i] <= bound) & (view.firms.covered[at + i] != 0) & (view.today > view.firms.barred_until[at + i]);
      row[n] = at + i;
      n += passes[i];
    }
    if (n == 0) continue;
    // Where most are left, all are worked out where they lie: copying them out would cost more.
    const bool all = 4 * n > 3 * size;
    const auto column = [&](const std::vector<double>& values, std::size_t copy) -> const double* {
      if (all) return &values[at];
      for (std::uint32_t k = 0; k < n; ++k) of.copies[copy][k] = values[row[k]];
      return of.copies[copy].data();
    };
    const std::uint32_t left = all ? size : n;
    for (std::uint32_t k = 0; k < size && all; ++k) row[k] = at + k;
    for (std::uint32_t k = 0; k < n && !all; ++k) {
      of.uniform[k] = of.uniform[row[k] - at];
      passes[k] = 1;
    }
    of.attention = column(traits.attention, 0);
    of.fundamental_weight = column(traits.fundamental_weight, 1);
    of.opinion = column(traits.opinion, 2);
    of.trend_weight = column(traits.trend_weight, 3);
    of.noise = column(own.value_noise, 4);
    of.hoard = column(traits.hoard, 5);
    of.tau = column(traits.tau, 6);
    for (std::uint32_t k = 0; k < left; ++k) of.days[k] = days_left[traits.early[row[k]] != 0];
    model_.values_of(facts, left, {of.fundamental_weight, of.opinion, of.trend_weight, of.noise}, of.value.data());
    bound_chances({part, facts.price, facts.tick, gain_scale_, days_to_death}, left, of);
    // Each is written, and stays if it looks: which one does nobody foresees.
    const std::size_t before = looking.size();
    looking.resize(before + left);
    Looker* next = &looking[before];
    for (std::uint32_t k = 0; k < left; ++k) {
      *next = {row[k], of.uniform[k], of.value[k], of.urgency[k]};
      next += of.looks[k] & passes[k];
    }
    looking.resize(static_cast<std::size_t>(next - looking.data()));
  }
}

}  // namespace tantu
