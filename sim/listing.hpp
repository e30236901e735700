// A listing: an instrument admitted to trading in a market, its exchange, and what everyone knows of its price.
//
// A market that tells no units apart has one listing, of allowances of every vintage. Where vintages or phases are
// apart each has a book of its own, so that they can have two prices at once (the EU's first and second phase in
// 2007 and 2008). Offsets of a type have a book where the scenario gives them one; project developers sell there, and
// firms buy what they may surrender in place of allowances. Listings of a market deliver no unit in common.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "sim/date.hpp"
#include "sim/exchange.hpp"
#include "sim/exchange_rules.hpp"
#include "sim/instrument.hpp"
#include "sim/price_history.hpp"

namespace tantu {

/// What is fixed for a run.
struct ListingRules {
  std::string name;              ///< "" where the market has one
  Instrument instrument;
  Day from{std::numeric_limits<std::int32_t>::min()}, until{std::numeric_limits<std::int32_t>::max()};  ///< first and last day of trading
  ExchangeRules exchange;
  Price opening_reference;
  std::vector<std::pair<Account, std::string>> makers;  ///< who is obliged to quote, with the names that the scenario gives
  std::string offset;                                   ///< type of offset that it delivers; "" of allowances
  std::vector<Account> developers;                      ///< to whom the credits of an offset type are issued
  bool is_of_offsets() const { return instrument.type == UnitType::offset; }
  bool is_traded_on(Day day) const { return from <= day && day <= until; }
};

/// What everyone can know of an instrument: yesterday's trading and today's announcements.
struct MarketBoard {
  Day today;
  Day next;                    ///< the trading day after
  Price close;                 ///< P: the last price that all know: the last close, or what an auction cleared at since
  Price average_120;           ///< P120 in ticks, rounded; the exact average is `average`
  double average = 0;          ///< P120, currency
  double trend = 0;            ///< T of the trend followers
  double anchor = 0;           ///< F, currency; 0 before the first is computed
  double cost_multiplier = 1;  ///< on all abatement costs, so that F at the opening is the opening price
  std::int32_t multiplier_attained = 0;  ///< 0: no multiplier makes F the opening price (a long market)
  std::int32_t due = -1;       ///< index of the cycle settled in this instrument that falls due next; -1: none left
  std::int32_t known_year = 0; ///< last year whose rules are public
  std::int32_t days_without_trade = 0;
  std::int32_t anchor_age = 0; ///< trading days since F was computed
  std::int32_t month = 0;      ///< year * 12 + month of the running month
  double month_sum = 0;        ///< of closes of the running month, currency
  std::int32_t month_days = 0;
  Price month_average;         ///< of the month before
  double floor = 0, ceiling = std::numeric_limits<double>::infinity();  ///< prices at which the authority buys or sells without limit, currency

  /// Nothing has been traded yet and `reference` is the last close.
  void begin(Price reference, double price_scale);
  /// The first trading day of a month ends the month before.
  void turn_month(double price_scale);
  /// After the close.
  void add_day(const SessionTotals& totals, double price_scale);

  template <class Visitor>
  void visit_state(Visitor& v) {
    v("today", today); v("next", next); v("close", close); v("average_120", average_120); v("average", average);
    v("trend", trend); v("anchor", anchor); v("cost_multiplier", cost_multiplier);
    v("multiplier_attained", multiplier_attained); v("due", due); v("known_year", known_year);
    v("days_without_trade", days_without_trade); v("anchor_age", anchor_age); v("month", month);
    v("month_sum", month_sum); v("month_days", month_days); v("month_average", month_average);
    v("floor", floor); v("ceiling", ceiling);
  }
};

struct Listing {
  Exchange exchange;
  MarketBoard board;
  PriceHistory prices;  ///< closes, where the market has several listings; those of the front are the market's too
  template <class Visitor>
  void visit_state(Visitor& v) {
    v("exchange", exchange);
    v("board", board);
    v("prices", prices);
  }
};

}  // namespace tantu
