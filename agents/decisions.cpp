#include "agents/decisions.hpp"

#include <algorithm>

#include "agents/attendance.hpp"
#include "sim/vectorised.hpp"

namespace tantu {

TANTU_VECTORISED
void decide(const DecisionTerms& terms, const Positions& p, Decisions& d) {
  const double part_need = terms.part.need, part_surplus = terms.part.surplus, seller = terms.part.gain_seller, buyer = terms.part.gain_buyer;
  const double price = terms.price, tick = terms.tick, floor = terms.floor, scale = terms.gain_scale;
  const ExpectedFees fees = terms.fees;
  const std::size_t firms = p.size;
  for (std::size_t k = 0; k < firms; ++k) {
    const double need = p.need[k], dying = p.dying[k], bank = p.bank_buy[k], surplus = p.surplus[k], value = p.value[k];
    const double urgency = p.urgency[k], dying_urgency = p.dying_urgency[k], buy_at = p.buy_at[k], sell_at = p.sell_at[k];
    const double attention = d.attention[k], uniform = d.uniform[k];
    const bool needs = need >= 1, dies = !needs & (dying >= 1), banks = !needs & !dies & (bank >= 1);
    const bool spares = !needs & !dies & !banks & (surplus >= 1), sells = dies | spares;
    const double bid = fees.bid(needs ? buy_at : value);
    // What dies at a deadline is worth less by the day.
    const double fading = std::max(tick, value * (1 - dying_urgency));
    const double ask = fees.ask(dies ? fading : sell_at);
    const double selling = price / ask - 1, buying = bid / price - 1;
    const double gain = (sells ? selling : buying) / scale;
    const double clipped = std::clamp(gain, 0.0, 1.0), in_need = part_need * urgency, in_time = part_surplus * dying_urgency;
    const double chance = any_of(attention, needs ? in_need : 0, (sells ? seller : buyer) * clipped, dies ? in_time : 0);
    const bool acts = needs | banks | (sells & (gain > -1));
    d.comes[k] = acts & (uniform <= chance) ? 1 : 0;
    d.sells[k] = sells ? 1 : 0;
    // Above a floor that is worth more than the allowance, waiting gains nothing.
    const bool floored = spares & (floor > 0) & (value <= floor);
    d.pressed[k] = needs | dies | floored ? 1 : 0;
    const double kept = floored ? 1 : 0, fades = dies ? dying_urgency : kept;
    d.urgency[k] = needs ? urgency : fades;
    d.reservation[k] = sells ? ask : bid;
    const double offered = std::clamp(0.3 + 0.7 * gain, 0.05, 1.0), sold = (dies ? dying : surplus) * offered, banked = banks ? bank : sold;
    d.wanted[k] = needs ? need : banked;
  }
}

}  // namespace tantu
