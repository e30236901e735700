// What an allowance is a right to emit: a tonne, or a short ton as in the Regional Greenhouse Gas Initiative. All
// tonnes of a market (emissions, caps, obligations, holdings, prices per unit) are in its measure; links between
// markets and results convert.
#pragma once

#include <cstdint>
#include <string_view>

namespace tantu {

enum class UnitMeasure : std::uint8_t { tonne, short_ton };

/// Tonnes in one unit. A short ton is 2,000 pounds of 0.45359237 kg (exact by definition, NIST Handbook 44 Appendix C).
constexpr double tonnes_in(UnitMeasure measure) { return measure == UnitMeasure::short_ton ? 0.90718474 : 1.0; }
/// The unit's symbol in UDUNITS.
constexpr std::string_view symbol_of(UnitMeasure measure) { return measure == UnitMeasure::short_ton ? "short_ton" : "t"; }

}  // namespace tantu
