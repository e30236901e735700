// A price that a rule sets and raises year by year: floors, triggers, ceilings, rates of penalties.
//
//   p(y) = p(y-1) x (1 + growth(y) + inflation(y))
//
// from the last given year on, rounded to `decimals` places, halves up. Rules differ in what they compound:
// RGGI's triggers grow on the rounded amount of the year before (10.25, 10.51, 10.77 at 2.5%; 13.00, 13.91,
// 14.88, 15.92 at 7%), others on the exact one. California: 5% and inflation (17 CCR 95911). Inflation of a
// year leads from the amount of the year before to its own.
//
// Verified by tests/unit/test_price_path.cpp against the published series.
#pragma once

#include <functional>
#include <map>
#include <string_view>

#include "sim/history.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct PricePathParameters {
  std::map<int, double> given;
  std::map<int, double> growth;
  bool inflation = false;
  std::map<int, double> assumed_inflation;
  std::int64_t decimals = 2;
  bool compound_on_rounded = true;
};
template <> const Table& table<PricePathParameters>();

/// Rounded to `decimals` places, halves up as in decimal arithmetic (2.255 is a half although its double lies below):
/// the double nearest to the decimal number.
double in_decimals(double x, int decimals);

/// The amount of `year`; nothing was given up to it: none. `inflation(y)` is asked where the path is indexed.
std::optional<double> price_in(const PricePathParameters& path, int year, const std::function<double(int)>& inflation);
/// With the inflation that the scenario assumes.
std::optional<double> price_in(const PricePathParameters& path, int year);
/// With the inflation of a history, before and after its years that which is assumed; InputError where it lacks a year.
std::optional<double> price_in(const PricePathParameters& path, int year, const HistoryView& history, std::string_view what);

/// What is given for the last year up to `year`; `otherwise` before the first.
double value_in(const std::map<int, double>& path, int year, double otherwise);

}  // namespace tantu
