// `tantu rules`: the rules of the presets on given histories, against what regulators published. Figures are
// asserted where they are published; others are worked in the text and called examples.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/history_answers.hpp"

namespace {

using namespace tantu;

using tests::answers;
using tests::refusal_of_history;

const std::vector<std::string> few{"sectors.power.firms=20", "sectors.power.emissions_mt=40", "sectors.power.firms_below=0", "sectors.power.firms_closing=0"};

// ---- China ----

// Benchmarks of 2019-20: 0.877 (coal above 300 MW) and 0.392 (gas), published; outputs are examples.
TEST(RulesOnAHistory, ChinaAllocatesOutputTimesBenchmark) {
  const auto a = answers("china-national",
                         "year,variable,value,entity\n"
                         "2018,output,900000,coal_above_300\n2019,output,1000000,coal_above_300\n2020,output,1000001,coal_above_300\n"
                         "2018,output,500000,Plant A/gas\n2019,output,500000,Plant A/gas\n2020,output,400000,Plant A/gas\n"
                         "2019,verified_emissions,1200000,coal_above_300\n2020,verified_emissions,800000,coal_above_300\n"
                         "2019,verified_emissions,250000,Plant A/gas\n2020,verified_emissions,150000,Plant A/gas\n",
                         "", few);
  EXPECT_EQ(a.at("2019,free_allocation,coal_above_300"), 877'000);
  EXPECT_EQ(a.at("2020,free_allocation,coal_above_300"), 877'001) << "877,000.877 to the nearest tonne";
  EXPECT_EQ(a.at("2019,free_allocation,Plant A/gas"), 196'000);
  EXPECT_EQ(a.at("2019,free_allocation"), 1'073'000);
  EXPECT_EQ(a.at("2019,cap"), 1'073'000) << "without a mass the cap is what benchmarks add up to";
  EXPECT_EQ(a.at("2020,pre_allocation,coal_above_300"), 552'510) << "70% on the output of 2018";
  // Coal owes at most its allocation and 20% of its emissions: 877,000 + 240,000; gas at most its allocation.
  EXPECT_EQ(a.at("2019,obligation,coal_above_300"), 1'117'000);
  EXPECT_EQ(a.at("2020,obligation,coal_above_300"), 800'000);
  EXPECT_EQ(a.at("2019,obligation,Plant A/gas"), 196'000);
  EXPECT_EQ(a.at("2020,obligation,Plant A/gas"), 150'000);
  EXPECT_EQ(a.at("2021,surrender_due,12,31"), 1'117'000 + 800'000 + 196'000 + 150'000);
}

TEST(RulesOnAHistory, ChinaFinesByThePriceOfTheMonthBefore) {
  const auto a = answers("china-national", "year,variable,value,month,day\n2024,price,100,11,1\n2024,price,105.01,11,2\n2024,price,1,12,1\n2023,price,1,12,1\n", "", few);
  EXPECT_EQ(a.at("2024,penalty,12,31"), 512.55) << "5 x the mean of 100 and 105.01, in whole fen";
  EXPECT_EQ(a.at("2023,penalty,12,31"), 30'000) << "Order 19: a fine, whatever is missing";
}

// 10,000 t + 1.5 x net sales of 2024 and 2025: the rule is published, the firm is an example.
TEST(RulesOnAHistory, ChinaLimitsWhatIsCarriedOver) {
  const auto a = answers("china-national",
                         "year,variable,value,entity\n2024,net_sales,20000,A\n2025,net_sales,-5000,A\n2025,holdings,40000,A\n"
                         "2024,net_sales,-1,B\n2025,net_sales,0,B\n2025,holdings,9000,B\n", "holding_limit,cancelled", few);
  EXPECT_EQ(a.at("2025,holding_limit,A,12,31"), 32'500);
  EXPECT_EQ(a.at("2025,cancelled,A,12,31"), 7'500);
  EXPECT_EQ(a.at("2025,holding_limit,B,12,31"), 10'000);
  EXPECT_EQ(a.at("2025,cancelled,B,12,31"), 0);
}

TEST(RulesOnAHistory, NamesWhatIsMissing) {
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value,month\n2024,price,95,10\n"), "h.csv: price of 2024-11 is missing; the penalty on 2024-12-31 needs it");
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value,month\n2024,price,95,10\n", "cap"), "answered") << "what nobody asks for needs no input";
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value,entity\n2019,output,5,coal\n"),
            "h.csv:2: the entity \"coal\" is of no class with a benchmark; a class, or NAME/CLASS; classes: coal_above_300, coal_up_to_300, gas, unconventional_coal");
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value\n2019,output,5\n"),
            "h.csv:2: output needs an entity: a class, or NAME/CLASS; classes: coal_above_300, coal_up_to_300, gas, unconventional_coal");
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value,entity\n2019,verified_emissions,5,gas\n"), "h.csv: output of 2019 for gas is missing; the relief of a gap needs it");
  EXPECT_EQ(refusal_of_history("china-national", "year,variable,value,entity\n2019,verified_emissions,5,A/x\n2021,verified_emissions,5,A/x\n"),
            "h.csv: verified_emissions of 2020 for A/x is missing; what is due on 2021-12-31 needs it");
}

}  // namespace
