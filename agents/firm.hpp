// The compliance firm: covers its obligation at least cost (docs/model.md, Firms).
#pragma once

#include <memory>

#include "agents/firm_behaviour.hpp"
#include "sim/strategy.hpp"

namespace tantu {

std::shared_ptr<const Strategy> make_firm_strategy(const FirmBehaviour& behaviour);

/// Draws the traits of the firms in `rows` that depend on behaviour (urgency, caution, opinion, style,
/// weights, attention) from each firm's own stream. Columns must have the size of `traits.entity`.
void draw_traits(const FirmBehaviour& behaviour, RandomKey key, FirmTraits& traits, Rows rows);

}  // namespace tantu
