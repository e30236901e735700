// The instruments of a market as a user writes them, and what becomes of them: which vintages or type of offset have a
// book of their own, from when to when it is open, and what its rules are where they are not those of the market.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/exchange_parameters.hpp"
#include "scenarios/exchange_rules.hpp"
#include "sim/date.hpp"
#include "sim/input_error.hpp"
#include "sim/listing.hpp"
#include "sim/parameters.hpp"
#include "sim/policy.hpp"

namespace tantu {

class Document;

struct InstrumentParameters {
  std::string offset;
  std::optional<std::int64_t> first_vintage, last_vintage;
  std::optional<Day> from, until;
  ExchangeParameters exchange;
};

template <> const Table& table<InstrumentParameters>();

/// The rules of an instrument are those of its market with what it writes itself: puts them into the document.
void complete_exchange_rules(Document& document);

/// A price of the scenario in ticks. Limits of twice a price must fit the book's 2^31 ticks.
Price opening_price(double currency, double price_scale, const std::function<InputError(const std::string&)>& refuse);

/// Allowances in order of vintages, then offsets; without instruments of allowances one of all under the market's rules.
/// `refuse(path below the market, message)` makes the error for a value. Throws where two deliver the same vintage.
using RefuseBelowMarket = std::function<InputError(const std::vector<std::string>&, const std::string&)>;
/// `account_named` is the account of a firm or trader of the market; none: there is none of that name.
using AccountNamed = std::function<std::optional<Account>(const std::string&)>;
std::vector<ListingRules> listings_of(const std::map<std::string, InstrumentParameters>& instruments, const ExchangeParameters& exchange,
                                      double price_scale, const AccountNamed& account_named, const RefuseBelowMarket& refuse);

/// Finds the types that instruments of offsets name among those of the market's policies.
void name_offset_types(std::vector<ListingRules>& listings, std::span<const NamedPolicy> policies, const RefuseBelowMarket& refuse);

}  // namespace tantu
