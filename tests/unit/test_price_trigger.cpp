// Prices that release or withhold allowances, with numbers worked in the text.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/tiny_market.hpp"

namespace tantu {
namespace {

struct Trigger : TinyMarket {
  explicit Trigger(const std::string& parameters) : TinyMarket(2020, 2025, {{{"coal", 60, 1}}}) {
    add("price_trigger", parameters);
    rules->opening = day_of(2021, 1, 1);
    start();
  }
};

TEST(PriceTrigger, ThreeMonthsAboveTwiceTheTwoYearAverage) {
  // United Kingdom: 2 x the average of 24 months, three months in a row.
  Trigger m(R"({"factor": {"2021": 2}, "reference_months": 24, "consecutive": 3, "pool": "new_entrants", "stock_mt": 0.001, "volume_mt": 0.0004})");
  m.closes(day_of(2021, 1, 1), day_of(2022, 12, 31), 2000);
  m.announce(day_of(2023, 1, 2));
  m.closes(day_of(2023, 1, 2), day_of(2023, 3, 31), 5000);
  m.announce(day_of(2023, 2, 1));
  m.announce(day_of(2023, 3, 1));
  EXPECT_EQ(m.stock("auction"), 0) << "two months";
  m.announce(day_of(2023, 4, 3));
  EXPECT_EQ(m.stock("auction"), 400);
  EXPECT_EQ(m.stock("new_entrants"), 600);
  m.closes(day_of(2023, 4, 3), day_of(2023, 4, 30), 9000);
  m.announce(day_of(2023, 5, 1));
  EXPECT_EQ(m.stock("auction"), 400) << "it rests for a year";
}

TEST(PriceTrigger, SixMonthsAgainstTheTwoYearsBeforeThem) {
  // Article 29a: 6 months above 2.4 x the 24 months before them; 49 > 48 = 2.4 x 20.
  Trigger m(R"({"months": 6, "factor": {"2021": 2.4}, "reference_months": 24, "reference_before": true, "pool": "stability_reserve", "stock_mt": 0.001, "volume_mt": 0.00075})");
  m.closes(day_of(2021, 1, 1), day_of(2022, 12, 31), 2000);
  m.closes(day_of(2023, 1, 1), day_of(2023, 6, 30), 4900);
  m.announce(day_of(2023, 7, 3));
  EXPECT_EQ(m.stock("auction"), 750);
}

TEST(PriceTrigger, ABandOfTenDays) {
  // Beijing: ten days above 150 on average, the authority sells.
  Trigger m(R"({"days": 10, "price": {"given": {"2020": 150}}, "action": "sell", "pool": "intervention", "stock_mt": 0.001, "volume_mt": 0.0002})");
  m.closes(day_of(2021, 3, 1), day_of(2021, 3, 12), 15'000);
  m.announce(day_of(2021, 3, 15));
  std::vector<AuctionNotice> notices;
  m.rules->policies[0].policy->call_auctions(m.view(day_of(2021, 3, 15), 0), m.market.policy_states[0], notices);
  EXPECT_TRUE(notices.empty()) << "150 is not above 150";
  m.closes(day_of(2021, 3, 15), day_of(2021, 3, 15), 15'001);
  m.announce(day_of(2021, 3, 16));
  m.rules->policies[0].policy->call_auctions(m.view(day_of(2021, 3, 16), 0), m.market.policy_states[0], notices);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].offered(), Tonnes{200});
}

TEST(PriceTrigger, NeedsTheVolumeToo) {
  // Korea: a month above twice the average of two years with twice the volume.
  Trigger m(R"({"factor": {"2021": 2}, "reference_months": 24, "volume_factor": 2, "pool": "market_stabilisation", "stock_mt": 0.001, "share_of_stock": 0.25})");
  m.closes(day_of(2021, 1, 1), day_of(2022, 12, 31), 2000, 100);
  m.closes(day_of(2023, 1, 2), day_of(2023, 1, 31), 9000, 150);
  m.announce(day_of(2023, 2, 1));
  EXPECT_EQ(m.stock("auction"), 0);
  m.closes(day_of(2023, 2, 1), day_of(2023, 2, 28), 9000, 900);
  m.announce(day_of(2023, 3, 1));
  EXPECT_EQ(m.stock("auction"), 250);
}

}  // namespace
}  // namespace tantu
