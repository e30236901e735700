// A small world of parameter tables with every type of field, for the tests of reading and writing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/input_error.hpp"
#include "sim/parameters.hpp"

namespace reader_example {

using tantu::Day;

enum class Delivery { immediate, next_day };

struct CapParameters {
  double reduction = 0;
  Day start = tantu::day_of(2021, 1, 1);
  Day deadline = tantu::day_of(2021, 12, 31);
  std::map<int, double> path;
};
inline void check_cap(const CapParameters& p, std::vector<tantu::Problem>& problems) {
  if (p.deadline < p.start) problems.push_back({"/deadline", tantu::to_string(p.deadline) + " lies before start, " + tantu::to_string(p.start)});
}
struct AuctionParameters {
  double share = 0.5;
  std::int64_t rounds = 1;
  std::optional<double> floor_price = 10.0;
};
struct BankingParameters {};

struct Session {
  double daily_limit = 0.1;
  bool allows_resale = false;
  Delivery delivery = Delivery::immediate;
};
struct Market {
  std::string currency = "CNY";
  std::vector<Day> holidays{tantu::day_of(2021, 10, 1)};
  Session exchange;
  std::map<std::string, tantu::Plugin> policies;
};
struct Measure {
  std::string name;
  double cost = 1;
};
struct Run {
  std::uint64_t seed = 1;
  std::int64_t firms = 10;
  double tolerance = 1e-9;
};
struct Root {
  std::string name;
  std::string description;
  std::map<std::string, Market> markets;
  std::vector<Measure> measures;
  std::vector<std::int64_t> sizes;
  std::vector<double> weights;
  std::vector<std::string> tags;
  std::optional<std::int64_t> limit;
  std::optional<Day> stop;
  Run run;
};

}  // namespace reader_example

namespace tantu {

template <> inline const Table& table<reader_example::CapParameters>() {
  using P = reader_example::CapParameters;
  static const Table t{"cap", "The number of allowances of each year.",
    {field<&P::reduction>("reduction", "1", in(0, 1), "yearly reduction as a share"),
     field<&P::start>("start", "", "first day of the rule").required(),
     field<&P::deadline>("deadline", "", "last day of the rule"),
     field<&P::path>("path", "t", at_least(0), "allowances of given years")},
    check_as<P>([](const P& p, std::vector<Problem>& problems) { reader_example::check_cap(p, problems); })};
  return t;
}
template <> inline const Table& table<reader_example::AuctionParameters>() {
  using P = reader_example::AuctionParameters;
  static const Table t{"auction", "Sells allowances.",
    {field<&P::share>("share", "1", in(0, 1), "share of the cap that is sold"),
     field<&P::rounds>("rounds", "", in(1, 52), "auctions a year"),
     field<&P::floor_price>("floor_price", "CNY/t", above(0), "reserve price, none without")}};
  return t;
}
template <> inline const Table& table<reader_example::BankingParameters>() {
  static const Table t{"banking", "Allowances keep.", {}};
  return t;
}
}  // namespace tantu

namespace reader_example {

inline std::span<const tantu::KindEntry> catalog() {
  static const tantu::KindEntry entries[] = {tantu::kind_entry<CapParameters>("cap"), tantu::kind_entry<AuctionParameters>("auction"),
                                             tantu::kind_entry<BankingParameters>("banking")};
  return entries;
}

}  // namespace reader_example

namespace tantu {

template <> inline const Table& table<reader_example::Session>() {
  using P = reader_example::Session;
  static const Table t{"exchange", "The trading session.",
    {field<&P::daily_limit>("daily_limit", "1", Range{0, 1, true}, "largest change of the price in a day"),
     field<&P::allows_resale>("allows_resale", "", "whether allowances may be sold on the day they are bought"),
     choice<&P::delivery>("delivery", {"immediate", "next_day"}, "when allowances change hands")}};
  return t;
}
template <> inline const Table& table<reader_example::Market>() {
  using P = reader_example::Market;
  static const Table t{"market", "A carbon market.",
    {field<&P::currency>("currency", "", "ISO 4217 code"),
     field<&P::holidays>("holidays", "", "weekdays without trade"),
     field<&P::exchange>("exchange", "", "the trading session"),
     plugins<&P::policies>("policies", reader_example::catalog, "the rules of the market")}};
  return t;
}
template <> inline const Table& table<reader_example::Measure>() {
  using P = reader_example::Measure;
  static const Table t{"measure", "A way to abate.",
    {field<&P::name>("name", "", "what it is called").required(),
     field<&P::cost>("cost", "CNY/t", anything(), "cost of a tonne")}};
  return t;
}
template <> inline const Table& table<reader_example::Run>() {
  using P = reader_example::Run;
  static const Table t{"run", "What a run is.",
    {field<&P::seed>("seed", "", "seed of all draws").required(),
     field<&P::firms>("firms", "", at_least(1), "number of firms"),
     field<&P::tolerance>("tolerance", "1", above(0), "tolerance of the solver")}};
  return t;
}
template <> inline const Table& table<reader_example::Root>() {
  using P = reader_example::Root;
  static const Table t{"scenario", "Everything.",
    {field<&P::name>("name", "", "what it is called").required(),
     field<&P::description>("description", "", "a line about it"),
     field<&P::markets>("markets", "", "the markets by id"),
     field<&P::measures>("measures", "", "ways to abate"),
     field<&P::sizes>("sizes", "MW", in(0, 1000), "sizes of units"),
     field<&P::weights>("weights", "1", in(0, 1), "weights of units"),
     field<&P::tags>("tags", "", "words"),
     field<&P::limit>("limit", "t", at_least(0), "holding limit"),
     field<&P::stop>("stop", "", "day on which to stop"),
     field<&P::run>("run", "", "what a run is")}};
  return t;
}

}  // namespace tantu

namespace reader_example {

inline const tantu::Table& root_table() { return tantu::table<Root>(); }

/// The message of the InputError that `action` throws; "accepted" if it throws none.
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const tantu::InputError& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace reader_example
