// A history from CSV: what is read, what is refused and how, and averages over months.
#include "scenarios/history.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace tantu;

const std::vector<std::string> one{"main"};
const std::vector<std::string> two{"east", "west"};

Histories read(const std::string& text, const std::vector<std::string>& markets = one) {
  TextSource source(text, 7);
  return read_history(source, "h.csv", markets, 1000);
}

/// What the reader says of a text; "read" if nothing.
std::string refusal(const std::string& text, const std::vector<std::string>& markets = one) {
  try {
    read(text, markets);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

const std::string head = "year,variable,value,entity,month,day\n";

TEST(History, ReadsTheLongForm) {
  const Histories h = read("\xef\xbb\xbf" "month,value,variable,year,entity\r\n"
                           ",1000,output,2019,\"a, b/coal\"\r\n"
                           "11,95.5,price,2024,\n\n"
                           ",0.021,inflation,2024,");
  const HistoryView& v = h.at("main");
  EXPECT_EQ(v.first_year(), 2019);
  EXPECT_EQ(v.last_year(), 2024);
  EXPECT_EQ(v.find(Given::output, {2019}, "a, b/coal"), 1000);
  EXPECT_EQ(v.find(Given::price, {2024, 11}), 95.5);
  EXPECT_EQ(v.find(Given::inflation, {2024}), 0.021);
  EXPECT_EQ(v.find(Given::output, {2019}), std::nullopt);
  EXPECT_EQ(class_of("a, b/coal"), "coal");
  EXPECT_EQ(class_of("coal"), "coal");
}

TEST(History, KeepsMarketsApart) {
  const Histories h = read("year,variable,value,market\n2019,price,5,east\n2020,price,6,west\n", two);
  EXPECT_EQ(h.at("east").last_year(), 2019);
  EXPECT_EQ(h.at("west").find(Given::price, {2020}), 6);
}

TEST(History, RefusesWhatItCannotReadAndSaysWhere) {
  EXPECT_EQ(refusal(""), "h.csv: is empty; a header year,variable,value was expected");
  EXPECT_EQ(refusal("year,variable,value\n"), "h.csv: has no rows; e.g. 2021,output,1000000");
  EXPECT_EQ(refusal("year,variable\n"), "h.csv:1: the header \"year,variable\" lacks the column value; year,variable,value[,market][,entity][,month][,day] was expected");
  EXPECT_EQ(refusal("year,variabel,value\n"), "h.csv:1: \"variabel\" is not a column; nearest: variable");
  EXPECT_EQ(refusal("year,variable,value,year\n"), "h.csv:1: the column year stands twice");
  EXPECT_EQ(refusal(head + "2019,output,5\n"), "h.csv:2: has 3 columns, not 6");
  EXPECT_EQ(refusal(head + "twenty,output,5,,,\n"), "h.csv:2: year \"twenty\" is not a whole number");
  EXPECT_EQ(refusal(head + "20190,output,5,,,\n"), "h.csv:2: year 20190 is not in [1600, 9999]");
  EXPECT_EQ(refusal(head + "2019,outptu,5,,,\n"), "h.csv:2: \"outptu\" is not a variable of a history; nearest: output");
  EXPECT_EQ(refusal(head + "2019,output,5t,,,\n"), "h.csv:2: value \"5t\" is not a number");
  EXPECT_EQ(refusal(head + "2019,output,nan,,,\n"), "h.csv:2: value \"nan\" is not a number");
  EXPECT_EQ(refusal(head + "2019,output,1e300,,,\n"), "h.csv:2: value \"1e300\" is too large");
  EXPECT_EQ(refusal(head + "2019,output,-5,,,\n"), "h.csv:2: output -5 is negative");
  EXPECT_EQ(refusal(head + "2019,inflation,21,,,\n"), "h.csv:2: inflation 21 is not in (-1, 10]; a share was expected, e.g. 0.021 for 2.1%");
  EXPECT_EQ(refusal(head + "2019,price,5,,13,\n"), "h.csv:2: month 13 is not in [1, 12]");
  EXPECT_EQ(refusal(head + "2019,price,5,,2,29\n"), "h.csv:2: there is no day 2019-02-29");
  EXPECT_EQ(refusal(head + "2019,price,5,,,1\n"), "h.csv:2: a day is given without its month");
  EXPECT_EQ(refusal(head + "2019,price,5,,,\n2019,price,6,,,\n"), "h.csv:3: price of 2019 stands in an earlier line already");
  EXPECT_EQ(refusal(head + "2019,price,5,\"a,,\n"), "h.csv:2: a quote is not closed");
  EXPECT_EQ(refusal("year,variable,value,market\n2019,price,5,west\n"), "h.csv:2: there is no market \"west\"; known: main");
  EXPECT_EQ(refusal("year,variable,value\n2019,price,5\n", two), "h.csv:2: the market is missing; one of east, west");
  EXPECT_EQ(refusal(head + "2019,price,5," + std::string(5000, 'a') + ",,\n"), "h.csv:2: the line is longer than 4096 bytes");
}

TEST(History, MangledTextsAreReadOrRefusedInOneShortLine) {
  const std::string text = head + "2019,output,1000,\"a\"\"b/coal\",,\n2019,price,48.5,,7,16\n2020,inflation,-0.01,,,\n";
  std::uint32_t state = 1;
  const auto next = [&](std::size_t below) { return (state = state * 1664525u + 1013904223u, (state >> 8) % below); };
  int accepted = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string mangled = text;
    for (std::size_t n = next(3) + 1; n > 0; --n) {
      const std::size_t at = next(mangled.size()), to = next(mangled.size());
      if (next(2) == 0) mangled[at] = static_cast<char>(next(256));
      else mangled.insert(at, mangled.substr(to, next(20)));
    }
    const std::string said = refusal(mangled);
    accepted += said == "read";
    EXPECT_EQ(said.find_first_of("\n\r\x1b"), std::string::npos) << said;
    EXPECT_LT(said.size(), 500u) << said;
  }
  EXPECT_GT(accepted, 0);
}

TEST(History, MeansTakeDaysThenMonthsThenYears) {
  const HistoryView v = read("year,variable,value,month,day\n"
                             "2023,price,10,11,1\n2023,price,20,11,2\n2023,price,60,12,1\n"  // days: mean of three
                             "2024,price,40,1,\n2024,price,70,2,\n"                            // months
                             "2020,price,5,,\n2021,price,7,,\n").at("main");                 // years
  EXPECT_EQ(v.mean(Given::price, month_number(2023, 11), month_number(2023, 12)), 30);
  EXPECT_EQ(v.mean(Given::price, month_number(2023, 12), month_number(2024, 2)), (60 + 40 + 70) / 3.0);
  EXPECT_EQ(v.mean(Given::price, month_number(2020, 1), month_number(2021, 12)), 6);
  EXPECT_EQ(v.mean(Given::price, month_number(2020, 6), month_number(2021, 5)), std::nullopt) << "part of a year is not its mean";
  EXPECT_EQ(v.mean(Given::price, month_number(2024, 1), month_number(2024, 3)), std::nullopt);
  try {
    v.need_mean(Given::price, month_number(2024, 1), month_number(2024, 3), "the ceiling");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "h.csv: price of 2024-01 to 2024-03 is missing; the ceiling needs it");
  }
}

TEST(History, AnswersAreCsvInTheLongForm) {
  RuleAnswers answers;
  answers.put(Answer::tier_price, {2021}, 53.2, "", 2);
  answers.put(Answer::tier_price, {2021}, 41.4);
  answers.put(Answer::cap, {2021}, 1571583007);
  answers.put(Answer::surrender_due, {2021, 12, 31}, 3, "a,b");
  EXPECT_EQ(answers_csv({{"main", answers}}, answers_named("tier_price,surrender_due"), false),
            "year,variable,value,market,entity,month,day\n2021,tier_price,41.4,,,,\n2021,tier_price_2,53.2,,,,\n2021,surrender_due,3,,\"a,b\",12,31\n");
  EXPECT_EQ(answers_csv({{"main", answers}}, answers_named("cap"), true), "year,variable,value,market,entity,month,day\n2021,cap,1571583007,main,,,\n");
}

}  // namespace
