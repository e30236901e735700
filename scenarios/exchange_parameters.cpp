#include "scenarios/exchange_parameters.hpp"

#include <fmt/format.h>

#include "scenarios/wording.hpp"

namespace tantu {

std::optional<std::int64_t> time_of_day(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  std::int64_t part[3] = {0, 0, 0};
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9') return std::nullopt;
    if (i % 3 != 2) part[i / 3] = 10 * part[i / 3] + (text[i] - '0');
  }
  const std::int64_t seconds = 3600 * part[0] + 60 * part[1] + part[2];
  if (part[1] > 59 || part[2] > 59 || seconds > 86'400) return std::nullopt;
  return seconds * 1'000'000'000;
}

namespace {

struct Hours {
  std::int64_t from = 0, until = 0;
};
/// Checks that two times are times, the first before the second.
std::optional<Hours> check_hours(const std::string& from, const std::string& until, const std::string& at_from, const std::string& at_until, std::vector<Problem>& problems) {
  const auto first = time_of_day(from), last = time_of_day(until);
  if (!first) problems.push_back({at_from, fmt::format("\"{}\" is not a time of day like \"09:30\"", shown(from))});
  if (!last) problems.push_back({at_until, fmt::format("\"{}\" is not a time of day like \"15:00\"", shown(until))});
  if (!first || !last) return std::nullopt;
  if (*last <= *first) problems.push_back({at_until, until + " is not after `" + at_from.substr(at_from.rfind('/') + 1) + "`, " + from});
  return Hours{*first, *last};
}

/// The same of an entry that must not begin before `earliest`; returns its end.
template <class Entry>
std::int64_t check_times(const Entry& entry, const std::string& place, std::int64_t earliest, std::vector<Problem>& problems) {
  const auto hours = check_hours(entry.from, entry.until, place + "/from", place + "/until", problems);
  if (!hours) return earliest;
  if (hours->from < earliest) problems.push_back({place + "/from", entry.from + " is before the end of the part before"});
  return hours->until;
}

}  // namespace

template <>
const Table& table<SessionPartParameters>() {
  using P = SessionPartParameters;
  static const Table t{"session_part", "A part of every trading day.",
      {choice<&P::phase>("phase", {"closed", "call", "continuous"}, "call: orders are collected and trade at its end at one price; continuous: they trade as they come; closed: cancellations only"),
       field<&P::from>("from", "", "time of day, 09:30 or 09:30:15").required(),
       field<&P::until>("until", "", "time of day; what lies between two parts is a break").required()}};
  return t;
}

template <>
const Table& table<HaltParameters>() {
  using P = HaltParameters;
  static const Table t{"halt", "A time in which nothing but cancellations is taken.",
      {field<&P::day>("day", "", "on this day alone; null: every day"),
       field<&P::from>("from", "", "time of day").required(),
       field<&P::until>("until", "", "time of day").required()}};
  return t;
}

template <>
const Table& table<FeeParameters>() {
  using P = FeeParameters;
  static const Table t{"fees", "What each side of a trade pays to the exchange, rounded half up once to the price scale.",
      {field<&P::taker>("taker", "1", in(-0.1, 0.1), "share of the value, of the side whose order came last, and of both sides outside the book"),
       field<&P::maker>("maker", "1", in(-0.1, 0.1), "share of the value, of a side whose order rested, in a call of both; below 0 a rebate"),
       field<&P::per_t>("per_t", "currency per t", in(0, 1e6), "on top"),
       field<&P::least>("least", "currency", in(0, 1e9), "least fee of one side of a trade")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.taker + p.maker < 0) problems.push_back({"/maker", "is a larger rebate than the taker's fee; the exchange would pay for every trade"});
      })};
  return t;
}

template <>
const Table& table<MakerParameters>() {
  using P = MakerParameters;
  static const Table t{"maker", "What market makers are obliged to; how far they are is measured.",
      {field<&P::spread>("spread", "1", in(0, 1), "widest two-sided quote, as a share of its middle; 0: no obligation"),
       field<&P::size_t_>("size_t", "t", in(1, 1e12), "least quantity shown on either side, at the prices of that quote or better"),
       field<&P::presence>("presence", "1", in(0, 1), "share of the continuous time in which both hold"),
       field<&P::accounts>("accounts", "", "in a run: the accounts that are obliged; firms as population.installations_csv names them, else SECTOR-N with N from 1")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (!p.accounts.empty() && p.spread <= 0) problems.push_back({"/spread", "is 0, which obliges nobody; give the widest quote of the accounts named"});
      })};
  return t;
}

template <>
const Table& table<ExchangeParameters>() {
  using P = ExchangeParameters;
  static const Table t{"exchange", "The rules of the exchange.",
      {field<&P::opening_reference>("opening_reference", "currency per t", above(0), "reference price of the first day"),
       field<&P::tick>("tick", "currency per t", Range{0, 1e6, true}, "smallest price step of orders"),
       field<&P::lot_t>("lot_t", "t", in(1, 1e12), "quantities of orders are multiples of it, rounded to whole tonnes"),
       field<&P::listed_most_t>("listed_most_t", "t", in(0, 9e15), "largest listed order; 0: unlimited"),
       field<&P::value_most>("value_most", "currency", in(0, 9e13), "largest value of an order; 0: unlimited"),
       field<&P::price_away>("price_away", "1", in(0, 10), "largest distance of an order's price from the last price, as a share; 0: none"),
       field<&P::market_orders>("market_orders", "", "whether orders without a price are taken"),
       field<&P::negative_prices>("negative_prices", "", "whether prices may be zero or below"),
       field<&P::order_days>("order_days", "trading days", in(1, 365), "how long an order rests"),
       choice<&P::matching>("matching", {"price_time", "listed_agreement"}, "strict price and time priority, or the taker deals with the best five opposite prices and at one price with any counterparty, by a draw"),
       choice<&P::self_trade>("self_trade", {"allow", "cancel_newest", "cancel_oldest", "cancel_both", "decrement"}, "what happens when two orders of one account would trade"),
       field<&P::timetable>("timetable", "", "parts of the trading day, in order; none: continuous from the opening to the close. In a run the arrivals of the day are spread evenly over all parts"),
       field<&P::halts>("halts", "", "scheduled halts; need a timetable in a run"),
       choice<&P::close_by>("close_by", {"average", "last", "call"}, "the close, which is the next day's reference: the day's average of listed trades by volume, the last trade, or the price of the day's last call"),
       choice<&P::reference_without_trade>("reference_without_trade", {"keep", "quote"}, "after a day without a listed trade the reference stays, or moves to the best quote"),
       field<&P::price_limit>("price_limit", "1", in(0, 0.99), "daily limit around the previous close, as a share; orders beyond are rejected; 0: none"),
       field<&P::static_collar>("static_collar", "1", in(0, 0.99), "a trade further than this share from the opening reference, or from the last call's price, interrupts trading with a call; 0: none"),
       field<&P::dynamic_collar>("dynamic_collar", "1", in(0, 0.99), "the same around the last trade before the order"),
       field<&P::interruption_minutes>("interruption_minutes", "minutes", in(0, 1440), "how long the call of an interruption lasts; without a clock until the close"),
       field<&P::block_least_t>("block_least_t", "t", in(0, 9e15), "smallest block trade; 0: no block market"),
       field<&P::block_limit>("block_limit", "1", in(0, 0.99), "price band of block trades around the previous close, as a share; 0: none"),
       field<&P::block_from>("block_from", "", "time of day from which block trades are taken, by the clock of the timetable; empty: at any time"),
       field<&P::block_until>("block_until", "", "time of day until which block trades are taken; a run trades blocks when its timetable ends"),
       field<&P::negotiated_least_t>("negotiated_least_t", "t", in(0, 9e15), "smallest negotiated trade between two named accounts; 0: none are taken"),
       field<&P::negotiated_limit>("negotiated_limit", "1", in(0, 0.99), "their price band around the previous close, as a share; 0: none"),
       field<&P::one_way_least_t>("one_way_least_t", "t", in(0, 9e15), "smallest one-way call, in which a single seller or buyer calls bids; 0: none are taken"),
       field<&P::one_way_limit>("one_way_limit", "1", in(0, 0.99), "price band of one-way calls around the previous close, as a share; 0: none"),
       choice<&P::one_way_pricing>("one_way_pricing", {"own_bid", "uniform"}, "winners of a one-way call pay their own bid, or all the worst accepted one"),
       field<&P::resale_same_day>("resale_same_day", "", "whether allowances bought today may be sold today"),
       field<&P::short_sale>("short_sale", "", "whether allowances may be sold that the account does not hold"),
       field<&P::credit>("credit", "currency", at_least(0), "how far a firm's cash may fall below zero; null: no limit"),
       field<&P::position_limit_t>("position_limit_t", "t", in(0, 9e15), "most that an account may hold and bid for; 0: none"),
       field<&P::group_limit_t>("group_limit_t", "t", in(0, 9e15), "the same for a corporate group together; 0: none"),
       field<&P::messages_per_second>("messages_per_second", "", in(0, 1e6), "orders and replacements of an account in one second of the clock; more are rejected; 0: any number"),
       field<&P::order_to_trade>("order_to_trade", "1", in(0, 1e6), "messages a trade of an account and day; beyond it orders are rejected; 0: any number"),
       field<&P::order_to_trade_free>("order_to_trade_free", "", in(0, 1e9), "messages of an account and day before the ratio is looked at"),
       field<&P::fees>("fees", "", "of trades"),
       field<&P::maker>("maker", "", "obligations of market makers")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.tick > p.opening_reference) problems.push_back({"/tick", "is larger than the opening reference"});
        std::int64_t end = 0;
        for (std::size_t i = 0; i < p.timetable.size(); ++i)
          end = check_times(p.timetable[i], "/timetable/" + std::to_string(i), end, problems);
        if (p.block_from.empty() != p.block_until.empty())
          problems.push_back({p.block_from.empty() ? "/block_from" : "/block_until", "is missing; block hours have a beginning and an end"});
        else if (!p.block_from.empty())
          check_hours(p.block_from, p.block_until, "/block_from", "/block_until", problems);
        for (std::size_t i = 0; i < p.halts.size(); ++i) check_times(p.halts[i], "/halts/" + std::to_string(i), 0, problems);
      })};
  return t;
}

}  // namespace tantu
