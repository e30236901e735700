// Every command works on a scenario of several markets, with the program as a user starts it.
#include <gtest/gtest.h>

#include "tests/program_run.hpp"

namespace {

using namespace tantu::tests;

const std::vector<std::string> short_run{"--set", "run.last_day=2021-03-31", "--set", "markets.south.currency=CHF", "--set", "markets.south.unit.measure=short_ton",
                                         "--set", R"(exchange_rates=[{"of": "EUR", "in": "CHF", "path": [{"from": "2021-01-01", "rate": 1.08}]}])"};

std::vector<std::string> with(std::vector<std::string> words) {
  words.insert(words.end(), short_run.begin(), short_run.end());
  return words;
}

TEST(CommandsOnSeveralMarkets, RunReportAndExport) {
  const Folder folder;
  const Ended run = run_tantu(folder.path(), with({"run", "link-two-markets", "-o", "a.h5"}));
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("CHF/sh tn"), std::string::npos) << run.out;
  const Ended report = run_tantu(folder.path(), {"report", "a.h5", "-o", "a.html"});
  EXPECT_EQ(report.status, 0) << report.err;
  const Ended csv = run_tantu(folder.path(), {"export", "a.h5", "--format", "csv", "-o", "csv"});
  EXPECT_EQ(csv.status, 0) << csv.err;
  EXPECT_NE(text_of(folder / "csv/daily.csv").find("south"), std::string::npos) << "the market is a column";
  const Ended iamc = run_tantu(folder.path(), {"export", "a.h5", "--format", "iamc", "-o", "i.csv"});
  EXPECT_EQ(iamc.status, 0) << iamc.err;
  const std::string text = text_of(folder / "i.csv");
  EXPECT_NE(text.find("north,Price|Carbon,EUR/t CO2"), std::string::npos) << text;
  EXPECT_NE(text.find("south,Price|Carbon,CHF/t CO2"), std::string::npos) << text;
  EXPECT_NE(text.find("south,Emissions|CO2|Cheap"), std::string::npos) << "a sector's region is its market\n" << text;
}

TEST(CommandsOnSeveralMarkets, EquilibriumRulesAndSweep) {
  const Folder folder;
  const Ended equilibrium = run_tantu(folder.path(), {"equilibrium", "link-two-markets"});
  EXPECT_EQ(equilibrium.status, 0) << equilibrium.err;
  EXPECT_NE(equilibrium.out.find("south"), std::string::npos) << equilibrium.out;
  std::string history = "year,variable,value,market,entity\n";
  for (const char* year : {"2021", "2022", "2023", "2024"})
    for (const char* market : {"north", "south"}) history += std::string(year) + ",verified_emissions,100," + market + ",a\n";
  folder.write("h.csv", history);
  const Ended rules = run_tantu(folder.path(), {"rules", "link-two-markets", "--history", "h.csv"});
  EXPECT_EQ(rules.status, 0) << rules.err;
  EXPECT_NE(rules.out.find("2021,cap,8000000,south"), std::string::npos) << rules.out;
  folder.write("a.json", R"({"extends": "link-two-markets", "name": "short", "run": {"last_day": "2021-02-26"}})");
  folder.write("s.json", R"({"scenario": "a.json", "name": "s", "factors": [{"path": "links.0.firms_share", "levels": [0, 0.5]}], "replications": 1})");
  const Ended sweep = run_tantu(folder.path(), {"sweep", "s.json", "-o", "s.h5"});
  EXPECT_EQ(sweep.status, 0) << sweep.err;
}

}  // namespace
