// What accounts own before a replay, from a CSV file `account,allowances[,cash]`: whole tonnes, and currency.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "sim/matching_session.hpp"

namespace tantu {

/// Cash is read in units of 10^-decimals of currency. Throws InputError "positions.csv:3: ...", also where
/// `needs_cash` and there is no such column.
std::unordered_map<std::uint32_t, Means> read_positions(const std::string& file, int decimals, bool needs_cash);

}  // namespace tantu
