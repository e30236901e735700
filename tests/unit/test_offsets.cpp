// Offsets without a book of their own, bought at the settlement; numbers worked in the text.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/compliance_cycles.hpp"

namespace tantu {
namespace {

struct WithOffsets : TinyMarket {
  explicit WithOffsets(const std::string& parameters) : TinyMarket(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}}) {
    add("offsets", parameters);
    add("compliance", yearly_cycles);
    rules->opening = day_of(2021, 1, 1);
    start();
    closes(day_of(2022, 4, 1), day_of(2022, 4, 15), 6000);
    set(store.year(2021).verified, {Tonnes{1000}, Tonnes{3000}});
    comply(day_of(2022, 4, 15));
  }
};

TEST(Offsets, ClearAtThePriceAtWhichSupplyCoversTheLimit) {
  // 5% of 4,000 t: 200 t. Supply from 20 to 60 over 400 t: 200 t at 40, below the close of 60.
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"forestry": {"price_from": 20, "price_to": 60, "volume_mt": 0.0004}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{50});
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{150});
  EXPECT_EQ(m.store.year(2022).credits_paid[1], Cash{150 * 4000});
  EXPECT_EQ(m.cash("offset_developers"), 200 * 4000);
  m.give(0, 2021, 950);
  m.give(1, 2021, 2849);
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).shortfall[0], Tonnes{0});
  EXPECT_EQ(m.store.year(2021).shortfall[1], Tonnes{1}) << "3,000 less 150 less 2,849";
}

TEST(Offsets, NobodyPaysMoreThanAnAllowance) {
  // At 60 supply is 400 (60 - 50) / (90 - 50) = 100 of the 200 that are wanted: shared 25 to 75.
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"forestry": {"price_from": 50, "price_to": 90, "volume_mt": 0.0004}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{25});
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{75});
  EXPECT_EQ(m.cash("offset_developers"), 100 * 6000);
}

TEST(Offsets, LimitsOfTypeAndOriginHold) {
  // 10% in all: 400 t. Local ones are dearer; others are limited to 30% of the 10%.
  WithOffsets m(R"({"share": {"2021": 0.10}, "origin_share": {"elsewhere": {"share": 0.03}, "local": {"share": 1}},
    "types": {"a": {"price_from": 10, "price_to": 10, "volume_mt": 1, "origin": "elsewhere", "share": 0.02},
              "b": {"price_from": 12, "price_to": 12, "volume_mt": 1, "origin": "elsewhere"},
              "c": {"price_from": 20, "price_to": 20, "volume_mt": 1, "origin": "local"}}})");
  m.comply(day_of(2022, 4, 18));
  // Firm 0: 20 t of a, 10 of b (30 from elsewhere), 70 of c.
  EXPECT_EQ(m.balance(0), -(20 * 1000 + 10 * 1200 + 70 * 2000));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{100});
}

TEST(Offsets, AStockRunsOutAndATypeEnds) {
  WithOffsets m(R"({"share": {"2021": 0.05}, "types": {"old": {"price_from": 10, "price_to": 10, "volume_mt": 1, "stock_mt": 0.00015},
                                                      "ended": {"price_from": 5, "price_to": 5, "volume_mt": 1, "usable_until": "2021-12-31"}}})");
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0] + m.store.year(2021).retired[1], Tonnes{150});
}

}  // namespace
}  // namespace tantu
