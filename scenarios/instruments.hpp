// The instruments of a market as a user writes them, and what becomes of them: which vintages have a book of their
// own, from when to when it is open, and what its rules are where they are not those of the market.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/exchange_parameters.hpp"
#include "scenarios/exchange_rules.hpp"
#include "sim/date.hpp"
#include "sim/input_error.hpp"
#include "sim/listing.hpp"
#include "sim/parameters.hpp"

namespace tantu {

class Document;

struct InstrumentParameters {
  std::optional<std::int64_t> first_vintage, last_vintage;
  std::optional<Day> from, until;
  ExchangeParameters exchange;
};

template <> const Table& table<InstrumentParameters>();

/// The rules of an instrument are those of its market with what it writes itself: puts them into the document.
void complete_exchange_rules(Document& document);

/// A price of the scenario in ticks. Limits of twice a price must fit the book's 2^31 ticks.
Price opening_price(double currency, double price_scale, const std::function<InputError(const std::string&)>& refuse);

/// In order of vintages; never empty: without instruments one of all allowances under the market's rules.
/// `refuse(path below the market, message)` makes the error for a value. Throws where two deliver the same vintage.
using RefuseBelowMarket = std::function<InputError(const std::vector<std::string>&, const std::string&)>;
/// `account_named` is the account of a firm or trader of the market; none: there is none of that name.
using AccountNamed = std::function<std::optional<Account>(const std::string&)>;
std::vector<ListingRules> listings_of(const std::map<std::string, InstrumentParameters>& instruments, const ExchangeParameters& exchange,
                                      double price_scale, const AccountNamed& account_named, const RefuseBelowMarket& refuse);

}  // namespace tantu
