// The rules of an exchange, from what a user wrote: the `exchange` of a scenario, or a rules file with the same
// keys for `tantu replay`.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "scenarios/exchange_parameters.hpp"
#include "sim/exchange_rules.hpp"
#include "sim/input_error.hpp"

namespace tantu {

/// Makes the error for a key of the exchange, at the place where its value was given.
using RefuseKey = std::function<InputError(const std::string& key, const std::string& message)>;

/// Prices in units of `scale` of currency. Throws what `refuse` makes for a tick that is no multiple of it.
ExchangeRules exchange_rules(const ExchangeParameters& p, double scale, const RefuseKey& refuse);

/// What a replay works by.
struct ReplayRules {
  ExchangeRules exchange;
  int decimals = 2;                ///< prices are kept in units of 10^-decimals: those of the tick, at least two
  std::optional<Price> reference;  ///< opening_reference, where the file has it
};

/// Strict price-time priority on a tick of 0.01, no limits.
ReplayRules default_replay_rules();

/// Reads a rules file: an object with keys of `exchange`. Each that is absent leaves its rule off, as in
/// default_replay_rules(), not at the default of a scenario. Throws InputError.
ReplayRules load_replay_rules(const std::string& file);
ReplayRules read_replay_rules(const std::string& text, const std::string& name);

}  // namespace tantu
