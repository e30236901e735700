// What a user gets wrong: one line that says where and what would be right, status 2, nothing written.
//
// A case is what lies in the folder, the words on the command line and the exact message. A message
// that changes on purpose is changed here too: each is a sentence that somebody will read.
#include <gtest/gtest.h>

#include <functional>
#include <iostream>

#include "tests/program_run.hpp"

namespace {

using namespace tantu::tests;

struct Case {
  std::string name;
  std::vector<std::string> words;                              ///< after `tantu`
  std::string message;                                         ///< the whole of standard error, less the line's end
  std::vector<std::pair<std::string, std::string>> files = {}; ///< name, text
  std::function<void(const Folder&)> prepare = nullptr;
};

const std::vector<std::string> run_a{"run", "a.json"};

/// A scenario file that changes the national market.
std::vector<std::pair<std::string, std::string>> national(const std::string& changes) {
  return {{"a.json", R"({"extends": "china-national", )" + changes + "}"}};
}

/// The national market with firms from a file.
std::vector<std::pair<std::string, std::string>> installations(const std::string& csv) {
  return {{"a.json", R"({"extends": "china-national", "population": {"installations_csv": "i.csv"}})"}, {"i.csv", csv}};
}

const std::string csv_header = "firm,sector,region,group,class,activity,intensity\n";

const std::string cycle_2019 = R"("first_year": 2019, "last_year": 2020, "announcement": "2020-12-30", "pre_allocation": "2021-06-30", "verification": "2021-06-30")";

std::vector<Case> cases() {
  return {
      // Keys and values of a scenario.
      {"UnknownKeyAtTheTop", run_a, "?", national(R"("polices": {})")},
      {"UnknownKeyBelow", run_a, "?", national(R"("exchange": {"tik": 0.01})")},
      {"UnknownKeyInAPolicy", run_a, "?", national(R"("policies": {"true_up": {"take_bck": true}})")},
      {"UnknownPolicy", run_a, "?", national(R"("policies": {"x": {"kind": "tru_up"}})")},
      {"PolicyWithoutKind", run_a, "?", national(R"("policies": {"x": {"share": 1}})")},
      {"WrongType", run_a, "?", national(R"("sectors": {"power": {"firms": "many"}})")},
      {"OutOfRange", run_a, "?", national(R"("exchange": {"price_limit": 1.4})")},
      {"NoSuchDay", run_a, "?", national(R"("run": {"last_day": "2021-02-30"})")},
      {"NoName", run_a, "?", {{"a.json", R"({"markets": {"m": {}}, "sectors": {"power": {"firms": 3}}})"}}},
      {"NoMarkets", run_a, "?", {{"a.json", R"({"name": "x", "sectors": {"power": {"firms": 3}}})"}}},
      {"ANameThatIsAPath", run_a, "?", national(R"("name": "a/b")")},
      {"DuplicateKey", run_a, "?", {{"a.json", "{\"extends\": \"china-national\",\n \"run\": {\"seed\": 1},\n \"run\": {\"seed\": 2}}"}}},
      // Files that are no scenario.
      {"MissingFile", {"run", "none.json"}, "?"},
      {"UnknownPreset", {"run", "china-natoinal"}, "?"},
      {"AFolder", {"run", "./d"}, "?", {}, [](const Folder& f) { std::filesystem::create_directory(f / "d"); }},
      {"EmptyFile", run_a, "?", {{"a.json", ""}}},
      {"AList", run_a, "?", {{"a.json", "[]"}}},
      {"TrailingComma", run_a, "?", {{"a.json", "{\"extends\": \"china-national\",\n \"run\": {\"seed\": 1,}}"}}},
      {"CutOff", run_a, "?", {{"a.json", "{\"extends\": \"china-national\""}}},
      {"BinaryGarbage", run_a, "?", {{"a.json", std::string("\x89PNG\r\n\x1a\n\0\0", 10)}}},
      {"DeepBrackets", run_a, "?", {{"a.json", std::string(1 << 20, '[')}}},
      {"SixtyFourMegabytesOfBrackets", run_a, "?", {{"a.json", std::string(64 << 20, '[')}}},
      {"AGigabyte", run_a, "?", {{"a.json", "[[[["}}, [](const Folder& f) { std::filesystem::resize_file(f / "a.json", 1 << 30); }},
      {"ACircle", run_a, "?", {{"a.json", R"({"extends": "b.json"})"}, {"b.json", R"({"extends": "a.json"})"}}},
      {"ExtendsNothing", run_a, "?", {{"a.json", R"({"extends": "china"})"}}},
      // Parts that contradict one another.
      {"LastDayBeforeFirst", run_a, "?", national(R"("run": {"last_day": "2020-01-01"})")},
      {"NoTradingDay", {"run", "china-national", "--set", "run.first_day=2021-10-01", "--set", "run.last_day=2021-10-03"}, "?"},
      {"FirstYearAfterTheFirstObligation", run_a, "?", national(R"("run": {"first_year": 2020})")},
      {"DeadlineBeforeTrueUp", run_a, "?", national(R"("policies": {"compliance": {"cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-08-31"}]}})")},
      {"CyclesOverlap", run_a, "?",
       national(R"("policies": {"compliance": {"cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-12-31"},
        {"first_year": 2020, "last_year": 2021, "announcement": "2020-12-30", "pre_allocation": "2022-06-30", "verification": "2022-06-30", "true_up": "2022-09-30", "deadline": "2022-12-31"}]}})")},
      {"NoCycles", run_a, "?", national(R"("policies": {"compliance": null})")},
      {"TwoPoliciesWithCycles", run_a, "?", national(R"("policies": {"more": {"kind": "compliance", "cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-12-31"}]}})")},
      {"NoFirms", {"run", "china-national", "--set", "sectors.power.firms=0", "--set", "sectors.power.firms_below=0", "--set", "sectors.power.firms_closing=0"}, "?"},
      {"MarketWithoutFirms", run_a, "?", national(R"("markets": {"b": {}}, "sectors": {"power": {"market": "main"}})")},
      {"SectorInAnUnknownMarket", run_a, "?", national(R"("sectors": {"power": {"market": "eu"}})")},
      {"SectorOfUnknownTechnology", run_a, "?", national(R"("sectors": {"power": {"technology": "coal"}})")},
      {"SharesDoNotAddUp", run_a, "?", national(R"("sectors": {"power": {"classes": {"gas": {"share": 0.5}}}})")},
      {"GroupsOwnTooMuch", run_a, "?", national(R"("groups": {"X": {"share": 0.9}})")},
      {"BenchmarkOfAnUnknownClass", run_a, "?", national(R"("policies": {"allocation": {"classes": {"gass": {"benchmark": {"2019": 0.4}}}}})")},
      {"ReliefOfAnUnknownClass", run_a, "?", national(R"("policies": {"gas_gap_relief": {"classes": ["gas", "gass"]}})")},
      {"TooLittleForSoManyFirms", {"run", "china-national", "--set", "sectors.power.emissions_mt=0.1"}, "?"},
      {"TickBetweenTwoSteps", run_a, "?", national(R"("exchange": {"tick": 0.015})")},
      {"PriceBeyondTheBook", {"run", "china-national", "--set", "exchange.opening_reference=1e300"}, "?"},
      {"PriceBelowAStep", run_a, "?", national(R"("initial": {"price": 0.001})")},
      {"BankOfAYearOutside", run_a, "?", national(R"("initial": {"bank_mt": {"1999": 3}})")},
      {"UnknownMeasureInstalled", run_a, "?", national(R"("initial": {"measures": [{"measure": "magic"}]})")},
      // Installations.
      {"NoInstallationsFile", run_a, "?", {{"a.json", R"({"extends": "china-national", "population": {"installations_csv": "i.csv"}})"}}},
      {"InstallationsCutOff", run_a, "?", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4\nB,power,Hebei,,gas,1e6")},
      {"InstallationsWithAnotherHeader", run_a, "?", installations("firm,sektor,region,group,class,activity,intensity\n")},
      {"InstallationsWithHeaderOnly", run_a, "?", installations(csv_header)},
      {"InstallationWithABadNumber", run_a, "?", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4x\n")},
      {"InstallationBelowNothing", run_a, "?", installations(csv_header + "A,power,Hebei,,gas,-1e6,0.4\n")},
      {"InstallationOfAnUnknownSector", run_a, "?", installations(csv_header + "A,steel,Hebei,,gas,1e6,0.4\n")},
      {"InstallationOfAnUnknownClass", run_a, "?", installations(csv_header + "A,power,Hebei,,oil,1e6,0.4\n")},
      {"InstallationsDisagree", run_a, "?", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4\nA,power,Hubei,,gas,1e6,0.4\n")},
      {"InstallationWithAnOpenQuote", run_a, "?", installations(csv_header + "A,power,Hebei,,\"gas,1e6,0.4\n")},
      {"InstallationsWithControlCharacters", run_a, "?", installations(csv_header + "A,power,Hebei,,gas,\x1b[31m1,0.4\n")},
      {"InstallationsThatAreNoText", run_a, "?", installations(std::string("\x1f\x8b\x08\0\0", 5))},
      // The command line.
      {"UnknownPathToSet", {"run", "china-national", "--set", "exchange.tik=1"}, "?"},
      {"SetOutOfRange", {"run", "china-national", "--set", "exchange.price_limit=1.4"}, "?"},
      {"SetWithoutValue", {"run", "china-national", "--set", "exchange.price_limit"}, "?"},
      {"UnknownRecord", {"run", "china-national", "--record", "dayly"}, "?"},
      {"UnknownOption", {"run", "china-national", "--recrd", "daily"}, "?"},
      {"UnknownCommand", {"rnu", "china-national"}, "?"},
      {"NoCommand", {}, "?"},
      {"NoScenario", {"run"}, "?"},
      {"NegativeSeed", {"run", "china-national", "--seed", "-1"}, "?"},
      {"NoThreads", {"run", "china-national", "--threads", "0"}, "?"},
      // Where the results shall go.
      {"OutputInNoFolder", {"run", "china-national", "-o", "nowhere/x.h5"}, "?"},
      {"OutputIsAFolder", {"run", "china-national", "-o", "d"}, "?", {}, [](const Folder& f) { std::filesystem::create_directory(f / "d"); }},
      {"OutputBelowAFile", {"run", "china-national", "-o", "x/y.h5"}, "?", {{"x", ""}}},
      {"OutputOnAReadOnlySystem", {"run", "china-national", "-o", "/proc/x.h5"}, "?"},
      {"OutputExists", {"run", "china-national", "-o", "x.h5"}, "?", {{"x.h5", "mine"}}},
  };
}

class BadInput : public testing::TestWithParam<Case> {};

TEST_P(BadInput, GetsOneLineAndLeavesNothing) {
  const Case& c = GetParam();
  const Folder folder;
  for (const auto& [name, text] : c.files) folder.write(name, text);
  if (c.prepare) c.prepare(folder);
  const auto before = folder.names();

  const Ended ended = run_tantu(folder.path(), c.words);

  std::string command = "tantu";
  for (const std::string& word : c.words) command += " " + word;
  if (getenv("TANTU_SHOW_MESSAGES")) std::cerr << "@@" << c.name << "\t" << ended.err;
  EXPECT_EQ(ended.err, c.message + "\n") << command;
  EXPECT_EQ(ended.status, 2) << command << "\nsays: " << ended.err;
  EXPECT_EQ(ended.out, "") << command;
  EXPECT_EQ(folder.names(), before) << command << " left something behind";
  EXPECT_LT(ended.seconds, 5) << command << " takes long to say no";
}

INSTANTIATE_TEST_SUITE_P(, BadInput, testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });

TEST(BadInputRefusals, AnExistingFileStaysAsItWas) {
  const Folder folder;
  folder.write("x.h5", "mine");
  EXPECT_EQ(run_tantu(folder.path(), {"run", "china-national", "-o", "x.h5"}).status, 2);
  EXPECT_EQ(text_of(folder / "x.h5"), "mine");
}

TEST(BadInputRefusals, ASpreadsheetsByteOrderMarkIsNoMistake) {
  const Folder folder;
  for (const auto& [name, text] : installations("\xef\xbb\xbf" + csv_header + "A,power,Hebei,,gas,1e6,0.4\r\n")) folder.write(name, text);
  const Ended ended = run_tantu(folder.path(), {"validate", "a.json"});
  EXPECT_EQ(ended.status, 0) << ended.err;
}

/// Many firms: composing them takes seconds, and so does a day.
const std::vector<std::string> long_run{"run", "china-national", "--set", "sectors.power.firms=300000", "--set", "sectors.power.emissions_mt=100000", "-o", "x.h5"};

class Interrupt : public testing::TestWithParam<double> {};

TEST_P(Interrupt, StopsWithinASecondAndLeavesNothing) {
  const Folder folder;
  const Ended ended = run_tantu(folder.path(), long_run, GetParam());
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_LT(ended.seconds, 1.5) << "a second is promised; half a second more for a busy machine";
  EXPECT_TRUE(ended.err.starts_with("tantu: interrupted")) << ended.err;
  EXPECT_TRUE(ended.err.ends_with("nothing is written\n")) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(folder.names(), std::set<std::string>{});
}

// While the firms are drawn, while they live through the years before the opening, while they trade.
INSTANTIATE_TEST_SUITE_P(, Interrupt, testing::Values(0.2, 1.5, 4.0), [](const auto& info) { return "After" + std::to_string(static_cast<int>(info.param * 10)) + "Tenths"; });

TEST(InterruptOfALongRun, IsCleanBetweenTwoDays) {
  const Folder folder;
  const Ended ended = run_tantu(folder.path(), {"run", "china-national", "--set", "run.last_day=2060-12-31", "-o", "x.h5"}, 0.5);
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_LT(ended.seconds, 1.5);
  EXPECT_TRUE(ended.err.starts_with("tantu: interrupted")) << ended.err;
  EXPECT_EQ(folder.names(), std::set<std::string>{});
}

}  // namespace
