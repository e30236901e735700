// A market as a user writes it: its unit, calendar, exchange, instruments and policies.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenarios/exchange_parameters.hpp"
#include "scenarios/instruments.hpp"
#include "sim/parameters.hpp"
#include "sim/unit_measure.hpp"

namespace tantu {

struct CalendarParameters {
  std::vector<Day> holidays;
};

struct UnitParameters {
  std::string name = "allowance";
  UnitMeasure measure = UnitMeasure::tonne;
  double price_scale = 0.01;
};

struct MarketParameters {
  std::string currency = "CNY";
  UnitParameters unit;
  CalendarParameters calendar;
  ExchangeParameters exchange;
  std::map<std::string, InstrumentParameters> instruments;
  std::map<std::string, Plugin> policies;
};

template <> const Table& table<MarketParameters>();

}  // namespace tantu
