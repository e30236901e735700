// What accounts own in a replay, from a CSV file `account,allowances[,cash][,date][,group][,maker]`: whole tonnes,
// currency, a day like 2021-07-16 (from whose beginning on the account owns that; empty: before all), the number of
// a group of accounts (empty: none), and 1 for accounts with the obligations of a market maker.
#pragma once

#include <string>

#include "sim/matching_session.hpp"

namespace tantu {

/// Fills statements, groups and makers. Cash is read in units of 10^-decimals of currency. Throws InputError
/// "positions.csv:3: ...", also where `needs_cash` and there is no such column.
void read_positions(const std::string& file, int decimals, bool needs_cash, SessionInputs& inputs);

}  // namespace tantu
