// The rules of real markets on their own past: published inputs against published results, to the tonne and the cent.
//
// Asserted as facts are figures read in a published source, or confirmed by arithmetic against such figures; where a
// figure is recalled alone it stands in the preset's sources, not here. The presets' own numbers are used wherever
// they hold the rule, so that a change of a preset that breaks with the regulation fails here.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/presets.hpp"
#include "tests/unit/history_answers.hpp"

namespace {

using namespace tantu;
using tests::answers;

/// "year,variable,value" lines of one variable.
std::string rows(const std::string& variable, const std::map<int, double>& values) {
  std::ostringstream text;
  text.precision(15);
  for (const auto& [year, value] : values) text << year << ',' << variable << ',' << value << '\n';
  return text.str();
}
const std::string header = "year,variable,value\n";

/// A history that only says which years are asked about.
std::string years(int first, int last) { return header + rows("settlement_price", {{first, 1}, {last, 1}}); }

// ---- European Union ----

// Commission Decision 2013/448/EU: 2,084,301,856 in 2013; Decision (EU) 2020/1722: 1,571,583,007 in 2021, less
// 43,003,515 a year. The yearly amount of 2013-20, 38,264,246, leads to 1,816,452,134 in 2020 by subtraction.
TEST(RealHistories, EuropesCapToTheAllowance) {
  const auto a = answers("eu-ets", years(2013, 2025), "cap");
  EXPECT_EQ(a.at("2013,cap"), 2'084'301'856);
  EXPECT_EQ(a.at("2014,cap"), 2'046'037'610);
  EXPECT_EQ(a.at("2020,cap"), 1'816'452'134);
  EXPECT_EQ(a.at("2021,cap"), 1'571'583'007);
  EXPECT_EQ(a.at("2022,cap"), 1'528'579'492);
  EXPECT_EQ(a.at("2023,cap"), 1'485'575'977);
  EXPECT_NEAR(a.at("2024,cap"), 1'386'051'745, 10'000) << "-90 Mt, +78.4 Mt for shipping, 4.3%: confirmed within 10,000";
}

// Decision 2011/278/EU and Regulation (EU) 2021/447: hot metal 1.328, from 2021 1.288 t/t (3% less, by the rule at its lowest
// rate); the cross-sectoral correction of 2013, 94.27%. The border adjustment leaves nothing in 2034. Outputs are an example.
TEST(RealHistories, EuropesBenchmarksFollowTheirRule) {
  const auto a = answers("eu-ets", "year,variable,value,entity\n2013,output,1000000,A/hot_metal\n2021,output,1000000,A/hot_metal\n2034,output,1000000,A/hot_metal\n", "free_allocation");
  EXPECT_EQ(a.at("2013,free_allocation,A/hot_metal"), 1'251'906) << "1.328 x 0.9427";
  EXPECT_EQ(a.at("2021,free_allocation,A/hot_metal"), 1'288'000);
  EXPECT_EQ(a.at("2034,free_allocation,A/hot_metal"), 0);
}

// Communications of the Commission on the TNAC, May 2018 to 2026, and the volumes to be placed in the reserve. Those of
// 2017 are for eight months.
TEST(RealHistories, EuropesReserveTakesInWhatWasPublished) {
  const std::map<int, double> tnac{{2017, 1'654'574'598}, {2018, 1'654'909'824}, {2019, 1'385'496'166}, {2020, 1'578'518'114}, {2021, 1'449'214'182},
                                   {2022, 1'134'794'738}, {2023, 1'111'736'535}, {2024, 1'148'049'585}, {2025, 1'023'494'202}};
  std::string history = header + rows("tnac", tnac) + "2022,auction_sold,1\n";
  for (int year = 2017; year <= 2025; ++year) history += std::to_string(year) + ",verified_emissions,1\n";
  const auto a = answers("eu-ets", history, "tnac,reserve_intake");
  EXPECT_EQ(a.at("2017,reserve_intake"), 264'731'936) << "24% of 1,654,574,598 x 8/12";
  EXPECT_EQ(a.at("2018,reserve_intake"), 397'178'358);
  EXPECT_EQ(a.at("2019,reserve_intake"), 332'519'080);
  EXPECT_EQ(a.at("2020,reserve_intake"), 378'844'347);
  EXPECT_EQ(a.at("2022,reserve_intake"), 272'350'737);
  EXPECT_EQ(a.at("2024,reserve_intake"), 275'531'900);
  EXPECT_EQ(a.at("2025,reserve_intake"), 190'494'202) << "within the buffer zone: TNAC - 833 Mt";
  double window = 0;
  for (int month = 9; month <= 12; ++month) window += a.at("2019,reserve_intake," + std::to_string(month));
  for (int month = 1; month <= 8; ++month) window += a.at("2020,reserve_intake," + std::to_string(month));
  EXPECT_EQ(window, 397'178'358) << "September 2019 to August 2020, in whole allowances";
}

// Directive 2003/87/EC, Art. 16: EUR 100, raised by consumer prices for allowances from 2013 on.
TEST(RealHistories, EuropesPenaltyFollowsConsumerPrices) {
  const auto a = answers("eu-ets", header + rows("price", {{2012, 7}, {2013, 5}, {2014, 6}}) + rows("inflation", {{2012, 0.03}, {2013, 0.015}, {2014, 0.005}}), "penalty");
  EXPECT_EQ(a.at("2013,penalty,4,30"), 100) << "for 2012";
  EXPECT_EQ(a.at("2014,penalty,4,30"), 101.5) << "for 2013, with the year's inflation of 1.5% (an example)";
}

// ---- California and Quebec ----

// 17 CCR 95911 and notices of the Air Resources Board: the floor by year (2014-24 published).
TEST(RealHistories, CaliforniasFloorByYear) {
  const auto a = answers("california-quebec", years(2013, 2025) + rows("inflation", {}), "reserve_price");
  const std::map<int, double> published{{2014, 11.34}, {2015, 12.10}, {2016, 12.73}, {2017, 13.57}, {2018, 14.53}, {2019, 15.62}, {2020, 16.68}, {2021, 17.71}, {2022, 19.70}, {2023, 22.21}, {2024, 24.04}};
  for (const auto& [year, price] : published) EXPECT_EQ(a.at(std::to_string(year) + ",reserve_price"), price) << year;
}

// The same by the rule: 5% and inflation on the amount of the year before. What inflation the published amounts imply is
// found to lie where consumer prices were: 5.94% for 2022 (19.70 / 17.71 - 1.05 = 6.24%), 2.9% for 2014.
TEST(RealHistories, CaliforniasFloorByItsRule) {
  const std::vector<std::string> one_year{R"(policies.auction.reserve_price.given={"2021": 17.71})"};
  const auto a = answers("california-quebec", header + rows("settlement_price", {{2021, 1}}) + rows("inflation", {{2021, 0.01}, {2022, 0.0624}, {2023, 0.0774}}), "reserve_price", one_year);
  EXPECT_EQ(a.at("2022,reserve_price"), 19.70);
  EXPECT_EQ(a.at("2023,reserve_price"), 22.21);
}

// 17 CCR 95915: USD 65.00 in 2021 (published), by the escalator of the floor. The floor's published steps give the
// inflation: 65 x 1.11236 = 72.30; the published ceiling of 2022 is recalled at 72.29.
TEST(RealHistories, CaliforniasCeilingStartsAtSixtyFive) {
  EXPECT_EQ(answers("california-quebec", years(2021, 2021), "price_ceiling").at("2021,price_ceiling"), 65.00);
}

// Budgets of both jurisdictions (17 CCR 95841; Gazette officielle du Quebec) added up, and 8% and 4% offsets.
TEST(RealHistories, CaliforniasCapAndOffsets) {
  const auto a = answers("california-quebec", header + rows("verified_emissions", {{2013, 1e6}, {2014, 1e6}, {2015, 1e6}, {2016, 1e6}, {2017, 1e6}, {2018, 1e6}, {2019, 1e6}, {2020, 1e6}, {2021, 1e6}, {2022, 1e6}}),
                         "cap,offset_limit,surrender_due,obligation");
  EXPECT_EQ(a.at("2015,cap"), 459'800'000) << "394.5 + 65.3 Mt";
  EXPECT_EQ(a.at("2020,cap"), 388'940'000) << "334.2 + 54.74 Mt";
  EXPECT_EQ(a.at("2020,offset_limit"), 80'000);
  EXPECT_EQ(a.at("2021,offset_limit"), 40'000);
  // Surrender of the period 2015-17: 30% of 2015 and of 2016, then the rest of all three years.
  EXPECT_EQ(a.at("2016,surrender_due,11,1"), 300'000);
  EXPECT_EQ(a.at("2017,surrender_due,11,1"), 300'000);
  EXPECT_EQ(a.at("2018,surrender_due,11,1"), 2'400'000);
}

// ---- RGGI ----

// Model rule and auction notices: triggers compound on the rounded amount.
TEST(RealHistories, RggisTriggerPrices) {
  const auto a = answers("rggi", years(2014, 2027), "tier_price,reserve_price,price_floor");
  const std::map<int, double> containment{{2015, 6.0}, {2016, 8.0}, {2017, 10.0}, {2018, 10.25}, {2019, 10.51}, {2020, 10.77}, {2021, 13.00}, {2022, 13.91}, {2023, 14.88}, {2024, 15.92}, {2027, 19.50}};
  for (const auto& [year, price] : containment) EXPECT_EQ(a.at(std::to_string(year) + ",tier_price"), price) << year;
  EXPECT_EQ(a.at("2027,tier_price_2"), 29.25);
  const std::map<int, double> reserve{{2014, 2.00}, {2015, 2.05}, {2016, 2.10}, {2017, 2.15}, {2018, 2.20}, {2019, 2.26}, {2020, 2.32}, {2021, 2.38}, {2022, 2.44}, {2023, 2.50}, {2024, 2.56}, {2025, 2.62}, {2027, 9.00}};
  for (const auto& [year, price] : reserve) EXPECT_EQ(a.at(std::to_string(year) + ",reserve_price"), price) << year;
  EXPECT_EQ(a.at("2021,price_floor"), 6.00) << "below which a tenth is withheld";
  EXPECT_EQ(a.at("2022,price_floor"), 6.42);
}

// Adjusted budgets 2018-20: 82,235,598, 80,179,708 and 78,175,215 less 21,891,408 each (published).
TEST(RealHistories, RggisAdjustedCaps) {
  const auto a = answers("rggi", years(2014, 2027), "cap");
  EXPECT_EQ(a.at("2018,cap"), 82'235'598 - 21'891'408);
  EXPECT_EQ(a.at("2019,cap"), 80'179'708 - 21'891'408);
  EXPECT_EQ(a.at("2020,cap"), 78'175'215 - 21'891'408);
  EXPECT_EQ(a.at("2027,cap"), 69'800'000);
}

// ---- United Kingdom ----

// Notices of the Authority: the mechanism was triggered for December 2021 (three months, twice the two-year average:
// a threshold of 52.88) and nothing was released.
TEST(RealHistories, TheUnitedKingdomsMechanismIsTriggeredInDecember2021) {
  const std::string history = "year,variable,value,month\n2021,price,50.1,8\n2021,price,54.7,9\n2021,price,62.3,10\n2021,price,60.4,11\n";
  const auto a = answers("uk-ets", history, "price_ceiling,reserve_release,reserve_price");
  EXPECT_EQ(a.at("2021,price_ceiling,12"), 52.88);
  EXPECT_EQ(a.at("2021,reserve_release,12"), 0) << "triggered, and the Authority did nothing";
  EXPECT_EQ(a.at("2021,reserve_price"), 22);
}

TEST(RealHistories, TheUnitedKingdomAuctioned69MillionIn2024) {
  const auto a = answers("uk-ets", years(2023, 2024), "auction_volume");
  EXPECT_EQ(a.at("2024,auction_volume"), 69'000'000);
  EXPECT_NEAR(a.at("2024,auction_volume") / a.at("2023,auction_volume"), 1 - 0.124, 0.0005) << "12.4% less than in 2023";
}

// ---- Korea ----

// National allocation plans: caps by year; offsets 10%, from 2021 5%; auctions 3% from 2018; from 2021 10% of the
// sectors that pay, about 45% of the cap.
TEST(RealHistories, KoreasCapsAndShares) {
  const auto a = answers("k-ets", years(2015, 2025), "cap,auction_volume");
  const std::map<int, double> caps{{2015, 540.1}, {2016, 560.7}, {2017, 585.5}, {2018, 601.0}, {2019, 587.6}, {2020, 545.1}, {2021, 589.3}, {2023, 589.3}, {2024, 567.1}, {2025, 567.1}};
  for (const auto& [year, mt] : caps) EXPECT_EQ(a.at(std::to_string(year) + ",cap"), mt * 1e6) << year;
  EXPECT_EQ(a.at("2015,auction_volume"), 0);
  EXPECT_EQ(a.at("2019,auction_volume"), 17'628'000) << "3% of 587.6 Mt";
  EXPECT_EQ(a.at("2021,auction_volume"), 26'518'500) << "4.5% of 589.3 Mt";
}

// Allocation committee, 2018: the mean of three months', one month's and three days' averages. The prices are an example.
TEST(RealHistories, KoreasAuctionFloor) {
  const std::string history =
      "year,variable,value,month,day\n2019,price,20000,10,1\n2019,price,22000,11,1\n2019,price,24000,12,1\n"
      "2019,price,25000,12,27\n2019,price,26000,12,30\n2019,price,27000,12,31\n2020,price,1,12,31\n";
  // Three months: the mean of six days, 24,000; December: of four days, 25,500; three days: 26,000.
  EXPECT_EQ(answers("k-ets", history, "reserve_price").at("2020,reserve_price,1"), 25'167);
}

// Carrying over: five times net sales from 2024 on (published).
TEST(RealHistories, KoreaLetsFiveTimesNetSalesBeKept) {
  const auto a = answers("k-ets", "year,variable,value,entity\n2024,holdings,600000,A\n2024,net_sales,100000,A\n2024,holdings,20000,B\n2024,net_sales,-5,B\n", "holding_limit,cancelled");
  EXPECT_EQ(a.at("2024,holding_limit,A"), 525'000) << "25,000 and 5 x 100,000";
  EXPECT_EQ(a.at("2024,cancelled,A"), 75'000);
  EXPECT_EQ(a.at("2024,cancelled,B"), 0);
}

// ---- New Zealand ----

// Climate Change (Auctions, Limits, and Price Controls) Regulations: floor 20 and trigger 50 in 2021, 33.06 and 80.64 in
// 2023, floor 64 in 2024; 8 million in the reserve of 2023.
TEST(RealHistories, NewZealandsSettings) {
  const auto a = answers("nz-ets", years(2021, 2024), "reserve_price,tier_price,tier_volume");
  EXPECT_EQ(a.at("2021,reserve_price"), 20);
  EXPECT_EQ(a.at("2021,tier_price"), 50);
  EXPECT_EQ(a.at("2023,reserve_price"), 33.06);
  EXPECT_EQ(a.at("2023,tier_price"), 80.64);
  EXPECT_EQ(a.at("2023,tier_volume"), 8'000'000);
  EXPECT_EQ(a.at("2024,reserve_price"), 64);
}

// Section 134 of the Act: three times the price. The price is an example.
TEST(RealHistories, NewZealandsPenaltyIsThreeTimesThePrice) {
  EXPECT_EQ(answers("nz-ets", "year,variable,value,month\n2024,price,52.10,4\n", "penalty").at("2024,penalty,5,31"), 156.30);
}

// ---- Tokyo ----

// Reductions of 8% in the first and 17% in the second period on the baselines (published): the caps of the preset's
// offices, a tenth of works included, keep the step.
TEST(RealHistories, TokyosPeriodsStepDown) {
  const auto a = answers("tokyo", years(2010, 2020), "cap");
  EXPECT_NEAR(a.at("2010,cap") / 13.6e6, 0.92, 0.006) << "8% for buildings, 6% for works";
  EXPECT_NEAR(a.at("2015,cap") / 13.6e6, 0.83, 0.006) << "17% and 15%";
}

// ---- China: the expansion ----

// Allocation of 2024 is the verified emissions (published); the outputs are an example.
TEST(RealHistories, ChinasNewSectorsAreGivenTheirEmissionsOf2024) {
  const auto a = answers("china-expansion",
                         "year,variable,value,entity\n2024,output,1000000,A/clinker\n2024,verified_emissions,861234,A/clinker\n2024,output,1000000,B/clinker\n2024,verified_emissions,801000,B/clinker\n",
                         "free_allocation,obligation");
  EXPECT_EQ(a.at("2024,free_allocation,A/clinker"), 861'234);
  EXPECT_EQ(a.at("2024,free_allocation,B/clinker"), 801'000);
}

// ---- Every preset ----

// With prices, inflation and circulation as given, the rules of every preset answer: a cap, floors and triggers, what a missing
// tonne costs.
TEST(RealHistories, EveryPresetAnswers) {
  for (const Preset& preset : presets()) {
    const LoadedScenario loaded = load_scenario(std::string(preset.name), {});
    const auto setup = compose(loaded);
    std::vector<std::string> markets;
    for (const auto& rules : setup->markets) markets.push_back(rules->name);
    for (const std::string& market : markets) {
      const auto& rules = *setup->markets[static_cast<std::size_t>(std::find(markets.begin(), markets.end(), market) - markets.begin())];
      std::string text = "year,variable,value,market,month\n";
      for (int year = year_of(rules.opening) - 1; year <= year_of(rules.opening) + 4; ++year)
        for (const auto& [variable, value] : {std::pair{"inflation", "0.02"}, {"tnac", "900000000"}, {"auction_sold", "1000000"}})
          text += std::to_string(year) + ',' + variable + ',' + value + ',' + market + ",\n";
      for (int month = 0; month < 72; ++month)
        text += std::to_string(year_of(rules.opening) - 1 + month / 12) + ",price,20," + market + ',' + std::to_string(month % 12 + 1) + '\n';
      TextSource source(text);
      const auto asked = answers_named("cap,penalty,reserve_price,tier_price,price_floor,price_ceiling,auction_volume");
      std::string said = "answered";
      std::string answers;
      try {
        answers = answers_csv(answer(*setup, read_history(source, "h.csv", markets), asked),
                              asked, true);
      } catch (const InputError& error) {
        said = error.what();
      }
      EXPECT_EQ(said, "answered") << preset.name << '/' << market;
      EXPECT_GT(std::count(answers.begin(), answers.end(), '\n'), 1) << preset.name << '/' << market << " says nothing";
    }
  }
}

}  // namespace
