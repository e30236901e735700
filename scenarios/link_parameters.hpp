// What connects markets, as a user writes it: rates between their currencies, links over which allowances travel, and firms
// that move.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/date.hpp"
#include "sim/link.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct RateParameters {
  Day from;
  double rate = 1;
};

struct ExchangeRateParameters {
  std::string of, in;
  std::vector<RateParameters> path;
};

enum class LinkDirection { two_way, one_way };

struct LinkParameters {
  std::string from, to;
  LinkDirection direction = LinkDirection::two_way;
  std::optional<Day> announced;
  Day first_day = day_of(1990, 1, 1), last_day = day_of(2200, 12, 31);
  std::optional<double> quota_mt, quota_share;
  QuotaOf quota_of = QuotaOf::market;
  std::optional<double> exchange_ratio;
  double discount = 0;
  double fee_per_t = 0;
  double firms_share = 0.2;
  bool passes_on = false;
};

struct MoveParameters {
  std::string sector, to;
  Day date;
  double exchange_ratio = 1;
  std::map<int, double> vintage_ratios;
};

template <> const Table& table<ExchangeRateParameters>();
template <> const Table& table<LinkParameters>();
template <> const Table& table<MoveParameters>();

}  // namespace tantu
