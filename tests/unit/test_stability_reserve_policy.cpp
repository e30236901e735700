// The market stability reserve in a market: what it withholds, returns and invalidates, worked in the text. Its formula
// against the published volumes: test_stability_reserve.cpp.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

struct Stability : TinyMarket {
  explicit Stability(const std::string& parameters) : TinyMarket(2020, 2025, {{{"coal", 60, 1}}}) {
    add("compliance", yearly_cycles);
    add("market_stability_reserve", parameters);
    add("auction", R"({"basis": "volume", "volume_mt": {"2020": 0.012}, "calendar": {"per_year": 12}})");
    rules->opening = day_of(2021, 1, 1);
    start();
  }
  void live(Day from, Day until) {
    for (Day day = rules->calendar.first_on_or_after(from); day <= until; day = rules->calendar.next(day)) {
      announce(day);
      comply(day);
    }
  }
};

TEST(MarketStabilityReserve, WithholdsAQuarterOfTheSurplusFromSeptemberOn) {
  // 24% of a TNAC of 10,000 t is 2,400 t: 200 t a month from September to August.
  Stability m(R"({"forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 0.008, "release_below_mt": 0.004, "release_mt": 0.001}]})");
  m.live(day_of(2021, 1, 1), day_of(2021, 12, 30));
  m.give(0, 2021, 10'060);
  m.store.year(2021).verified[0] = Tonnes{60};
  m.live(day_of(2021, 12, 31), day_of(2022, 8, 31));
  EXPECT_EQ(m.reported("market_stability_reserve", "tnac"), (std::vector<double>{10'000})) << "10,060 held, 60 owed for 2021";
  EXPECT_EQ(m.stock("stability_reserve"), 0) << "nothing before September";
  m.live(day_of(2022, 9, 1), day_of(2022, 9, 30));
  EXPECT_EQ(m.stock("stability_reserve"), 200);
  m.live(day_of(2022, 10, 1), day_of(2022, 12, 30));
  EXPECT_EQ(m.stock("stability_reserve"), 800);
}

TEST(MarketStabilityReserve, ReturnsWhatIsScarce) {
  Stability m(R"({"forms": [{"from_year": 2017, "intake_above_mt": 0.008, "release_below_mt": 0.004, "release_mt": 0.0012}], "stock_mt": 0.005,
                  "tnac_mt": {"2020": 0.003}})");
  m.live(day_of(2021, 1, 1), day_of(2021, 9, 1));
  EXPECT_EQ(m.stock("stability_reserve"), 4900) << "1,200 t over twelve months";
  EXPECT_EQ(m.stock("auction"), 12'100);
  m.live(day_of(2021, 9, 2), day_of(2021, 12, 30));
  EXPECT_EQ(m.stock("stability_reserve"), 4600);
}

TEST(MarketStabilityReserve, ARunThatOpensInMidProgrammeGoesOnWithIt) {
  // EU 2021: the TNAC of 2019 rules to August 2021.
  Stability m(R"({"forms": [{"from_year": 2017, "intake_rate": 0.24, "intake_above_mt": 0.008, "release_below_mt": 0, "release_mt": 0}], "tnac_mt": {"2019": 0.010, "2020": 0.001}})");
  m.live(day_of(2021, 1, 1), day_of(2021, 2, 28));
  EXPECT_EQ(m.stock("stability_reserve"), 400);
}

TEST(MarketStabilityReserve, InvalidatesAboveALimit) {
  Stability m(R"({"forms": [{"from_year": 2017, "intake_above_mt": 0.008, "release_below_mt": 0, "release_mt": 0}], "stock_mt": 0.009, "invalidate_above_mt": {"2022": 0.0004}})");
  m.live(day_of(2021, 1, 1), day_of(2022, 1, 5));
  EXPECT_EQ(m.stock("stability_reserve"), 400);
  EXPECT_EQ(m.reported("market_stability_reserve", "invalidated"), (std::vector<double>{8600}));
}

}  // namespace
}  // namespace tantu
