// Compliance cycles for the tests of policies, and a market on the eve of a true-up.
#pragma once

#include <string>

#include "tests/unit/columns.hpp"
#include "tests/unit/tiny_market.hpp"

namespace tantu {

/// As in life: 2019-20 settled on 2021-12-31, a Friday, and 2021-22 on 2023-12-31, a Sunday.
inline constexpr const char* two_year_cycles = R"({"cycles": [
  {"first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-07-03", "verification": "2021-06-30",
   "true_up": "2021-09-30", "deadline": "2021-12-31"},
  {"first_year": 2021, "last_year": 2022, "announcement": "2022-11-03", "pre_allocation": "2023-01-02", "verification": "2023-06-30",
   "true_up": "2023-09-30", "deadline": "2023-12-31"}]})";
inline constexpr Day true_up_day = day_of(2021, 9, 30);  // a Thursday
inline constexpr Day deadline = day_of(2021, 12, 31);

/// 2021 to 2023, each settled on the 30 April after it.
inline constexpr const char* yearly_cycles = R"({"cycles": [
  {"first_year": 2021, "last_year": 2021, "announcement": "2020-01-01", "pre_allocation": "2021-02-01", "verification": "2022-03-31", "true_up": "2022-04-15", "deadline": "2022-04-30"},
  {"first_year": 2022, "last_year": 2022, "announcement": "2020-01-01", "pre_allocation": "2022-02-01", "verification": "2023-03-31", "true_up": "2023-04-15", "deadline": "2023-04-30"},
  {"first_year": 2023, "last_year": 2023, "announcement": "2020-01-01", "pre_allocation": "2023-02-01", "verification": "2024-03-31", "true_up": "2024-04-15", "deadline": "2024-04-30"}]})";

inline constexpr const char* coal_877 = R"({"classes": {"coal": {"benchmark": {"2019": 0.877}}}})";

// Two coal firms that were given 614 t for 2019 and for 2020; verified output of 2019 is 1.2 and 0.5.
struct BeforeTrueUp : TinyMarket {
  explicit BeforeTrueUp(const std::string& parameters = "{}") : TinyMarket(2018, 2022, {{{"coal", 1000, 0.9}}, {{"coal", 1000, 0.9}}}) {
    add("compliance", two_year_cycles);
    add("benchmark_allocation", coal_877);
    add("true_up", parameters);
    start();
    for (const std::uint32_t row : {0u, 1u})
      for (const int year : {2019, 2020}) {
        give(row, year, 614);
        store.year(year).allocated[row] = Tonnes{614};
      }
    store.year(2019).activity = {1.2, 0.5};
    store.year(2020).activity = {0.7, 0.7};  // 613.9: nothing to correct
  }
};

}  // namespace tantu
