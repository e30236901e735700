// What a user gets wrong: one line that says where and what would be right, status 2, nothing written.
//
// A case is what lies in the folder, the words on the command line and the exact message. A message
// that changes on purpose is changed here too: each is a sentence that somebody will read.
#include "tests/bad_input.hpp"

namespace {

using namespace tantu::tests;

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
      {"UnknownKeyAtTheTop", run_a, "a.json:/polices: unknown key; nearest: policies", national(R"("polices": {})")},
      {"UnknownKeyBelow", run_a, "a.json:/exchange/tik: unknown key; nearest: tick", national(R"("exchange": {"tik": 0.01})")},
      {"UnknownKeyInAPolicy", run_a, "a.json:/policies/true_up/take_bck: unknown key; nearest: take_back; the kind was set elsewhere (china-national:/policies/true_up/kind): set this key to null there", national(R"("policies": {"true_up": {"take_bck": true}})")},
      {"UnknownPolicy", run_a, R"(a.json:/policies/x/kind: unknown kind "tru_up"; nearest: true_up)", national(R"("policies": {"x": {"kind": "tru_up"}})")},
      {"PolicyWithoutKind", run_a, R"(a.json:/policies/x: "kind" is required; known: coverage, cap, benchmark_allocation, historical_allocation, historical_intensity_allocation, regional_quota, gap_relief, carbon_tax, verification, pre_allocation, true_up, bounded_allocation, market_stability_reserve, price_trigger, auction, consignment, containment_reserve, price_collar, borrowing, offsets, compliance, penalty, insolvency, banking, holding_limit, revenue)", national(R"("policies": {"x": {"share": 1}})")},
      {"WrongType", run_a, R"(a.json:/sectors/power/firms: "many" is not an integer)", national(R"("sectors": {"power": {"firms": "many"}})")},
      {"OutOfRange", run_a, "a.json:/exchange/price_limit: 1.4 is not in [0, 0.99]", national(R"("exchange": {"price_limit": 1.4})")},
      {"NoSuchDay", run_a, R"(a.json:/run/last_day: "2021-02-30" is not a date (YYYY-MM-DD))", national(R"("run": {"last_day": "2021-02-30"})")},
      {"NoName", run_a, R"(a.json: "name" is required: short name)", {{"a.json", R"({"markets": {"m": {}}, "sectors": {"power": {"firms": 3}}})"}}},
      {"NoMarkets", run_a, R"(a.json: "markets" is required: markets by id; a file with one market may leave out this level)", {{"a.json", R"({"name": "x", "sectors": {"power": {"firms": 3}}})"}}},
      {"ANameThatIsAPath", run_a, R"(a.json:/name: "a/b" is not a short name: 1 to 64 bytes without '.', '/' and control characters)", national(R"("name": "a/b")")},
      {"DuplicateKey", run_a, "a.json:/run: the key stands twice, again on line 3; keep one", {{"a.json", "{\"extends\": \"china-national\",\n \"run\": {\"seed\": 1},\n \"run\": {\"seed\": 2}}"}}},
      // Files that are no scenario.
      {"MissingFile", {"run", "none.json"}, "none.json: no such file"},
      {"UnknownPreset", {"run", "china-natoinal"}, "china-natoinal: no preset and no file of this name; nearest: china-national"},
      {"AFolder", {"run", "./d"}, "./d: is a folder; a file was expected", {}, [](const Folder& f) { std::filesystem::create_directory(f / "d"); }},
      {"EmptyFile", run_a, "a.json: is empty; JSON was expected", {{"a.json", ""}}},
      {"AList", run_a, "a.json: a list is not an object", {{"a.json", "[]"}}},
      {"TrailingComma", run_a, "a.json:2: unexpected '}': remove the comma before it", {{"a.json", "{\"extends\": \"china-national\",\n \"run\": {\"seed\": 1,}}"}}},
      {"CutOff", run_a, "a.json:1: unexpected end of input, expected '}'", {{"a.json", "{\"extends\": \"china-national\""}}},
      {"BinaryGarbage", run_a, "a.json:1: byte 0x89 is not UTF-8 text; JSON was expected", {{"a.json", std::string("\x89PNG\r\n\x1a\n\0\0", 10)}}},
      {"DeepBrackets", run_a, "a.json:1: nested deeper than 64 levels", {{"a.json", std::string(1 << 20, '[')}}},
      {"SixtyFourMegabytesOfBrackets", run_a, "a.json: is 67108864 bytes long; at most 16777216 are read", {{"a.json", std::string(64 << 20, '[')}}},
      {"AGigabyte", run_a, "a.json: is 1073741824 bytes long; at most 16777216 are read", {{"a.json", "[[[["}}, [](const Folder& f) { std::filesystem::resize_file(f / "a.json", 1 << 30); }},
      {"ACircle", run_a, "b.json:/extends: a circle: a.json, b.json, a.json", {{"a.json", R"({"extends": "b.json"})"}, {"b.json", R"({"extends": "a.json"})"}}},
      {"ExtendsNothing", run_a, R"(a.json:/extends: "china": no preset and no file of this name; nearest: china-expansion, china-national, china-national-ccer)", {{"a.json", R"({"extends": "china"})"}}},
      // Parts that contradict one another.
      {"LastDayBeforeFirst", run_a, "a.json:/run/last_day: 2020-01-01 is before the first day, 2021-07-16", national(R"("run": {"last_day": "2020-01-01"})")},
      {"NoTradingDay", {"run", "china-national", "--set", "run.first_day=2021-10-01", "--set", "run.last_day=2021-10-03"}, "--set run.last_day: there is no trading day between the first and the last day"},
      {"FirstYearAfterTheFirstObligation", run_a, "a.json:/run/first_year: 2020 is after 2019, the first year that is settled in the run; 2019 or earlier", national(R"("run": {"first_year": 2020})")},
      {"DeadlineBeforeTrueUp", run_a, "a.json:/policies/compliance/cycles/0/deadline: 2021-08-31 is before the true-up, 2021-09-30", national(R"("policies": {"compliance": {"cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-08-31"}]}})")},
      {"CyclesOverlap", run_a, "a.json:/policies/compliance/cycles/1/first_year: 2020 does not follow the cycle before it; 2021",
       national(R"("policies": {"compliance": {"cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-12-31"},
        {"first_year": 2020, "last_year": 2021, "announcement": "2020-12-30", "pre_allocation": "2022-06-30", "verification": "2022-06-30", "true_up": "2022-09-30", "deadline": "2022-12-31"}]}})")},
      {"NoCycles", run_a, R"(a.json:/policies: have no compliance cycles; add a policy of the kind "compliance")", national(R"("policies": {"compliance": null})")},
      {"TwoPoliciesWithCycles", run_a, "a.json:/policies/more: is a second policy with compliance cycles; keep one", national(R"("policies": {"more": {"kind": "compliance", "cycles": [{)" + cycle_2019 + R"(, "true_up": "2021-09-30", "deadline": "2021-12-31"}]}})")},
      {"NoFirms", {"run", "china-national", "--set", "sectors.power.firms=0", "--set", "sectors.power.firms_below=0", "--set", "sectors.power.firms_closing=0"}, "--set sectors.power.firms: is 0: the sector is empty; give it firms or leave it out"},
      {"MarketWithoutFirms", run_a, "a.json:/markets/b: has no firms; give it a sector with firms (sectors.<id>.market)", national(R"("markets": {"b": {}}, "sectors": {"power": {"market": "main"}})")},
      {"SectorInAnUnknownMarket", run_a, R"(a.json:/sectors/power/market: there is no market "eu"; known: main)", national(R"("sectors": {"power": {"market": "eu"}})")},
      {"SectorOfUnknownTechnology", run_a, R"(a.json:/sectors/power/technology: there is no technology "coal"; nearest: coal_and_gas_power)", national(R"("sectors": {"power": {"technology": "coal"}})")},
      {"SharesDoNotAddUp", run_a, "a.json:/sectors/power/classes: shares add up to 1.45; they must add up to 1", national(R"("sectors": {"power": {"classes": {"gas": {"share": 0.5}}}})")},
      {"PotentialAboveOne", run_a, "a.json:/technologies/x/measures/0/potential: 1.2 is not in [0, 1]", national(R"("technologies": {"x": {"measures": [{"name": "m", "potential": 1.2, "cost_per_t": 10}]}})")},
      {"LifetimeBelowZero", run_a, "a.json:/technologies/x/measures/0/lifetime_years: -5 is not above 0", national(R"("technologies": {"x": {"measures": [{"name": "m", "potential": 0.2, "cost_per_t": 10, "lifetime_years": -5}]}})")},
      {"MeasureOfTheSameName", run_a, "a.json:/technologies/x/measures/1/name: stands twice; results tell measures apart by their names", national(R"("technologies": {"x": {"measures": [{"name": "m", "potential": 0.2, "cost_per_t": 10}, {"name": "m", "potential": 0.1, "cost_per_t": 20}]}})")},
      {"CurveThatFalls", run_a, "a.json:/technologies/x/curve/price_per_t: -50 is not above 0", national(R"("technologies": {"x": {"curve": {"shape": "linear", "price_per_t": -50}}})")},
      {"CurveThatFallsFromInfinity", run_a, "a.json:/technologies/x/curve/exponent: -2 is not above 0", national(R"("technologies": {"x": {"curve": {"shape": "power", "exponent": -2}}})")},
      {"AnEmptySector", run_a, "a.json:/sectors/glass/firms: is 0: the sector is empty; give it firms or leave it out", national(R"("sectors": {"glass": {"firms": 0}})")},
      {"SupplyChainInACircle", run_a, "a.json:/network/supply_chain: supply chain: power -> power is a circle", national(R"("network": {"supply_chain": [{"supplier": "power", "buyer": "power", "input": 1}]})")},
      {"OwnershipInACircle", run_a, "a.json:/groups: ownership: groups X -> Y -> X own each other in a circle", national(R"("groups": {"X": {"share": 0.01, "owner": "Y"}, "Y": {"share": 0.01, "owner": "X"}})")},
      {"GroupsOwnTooMuch", run_a, "a.json:/groups: own more than all firms; shares must add up to at most 1", national(R"("groups": {"X": {"share": 0.9}})")},
      {"BenchmarkOfAnUnknownClass", run_a, "a.json:/policies/allocation/classes/gass: is not a class of the market's sectors; known: coal_above_300, coal_up_to_300, gas, unconventional_coal", national(R"("policies": {"allocation": {"classes": {"gass": {"benchmark": {"2019": 0.4}}}}})")},
      {"ReliefOfAnUnknownClass", run_a, "a.json:/policies/gas_gap_relief/classes/1: is not a class of the market's sectors; known: coal_above_300, coal_up_to_300, gas, unconventional_coal", national(R"("policies": {"gas_gap_relief": {"classes": ["gas", "gass"]}})")},
      {"TooLittleForSoManyFirms", {"run", "china-national", "--set", "sectors.power.emissions_mt=0.1"}, "--set sectors.power.emissions_mt: is too little for 2162 firms of at least truncated_below_t each"},
      {"BlockHoursWithoutAClock", run_a, "a.json:/exchange/block_until: needs a clock: give a timetable", national(R"("exchange": {"block_from": "13:00", "block_until": "15:00"})")},
      {"BlockHoursThatEndTooEarly", run_a, "a.json:/exchange/block_until: leaves out the end of the timetable, when a run trades blocks; none would be traded",
       national(R"("exchange": {"block_from": "13:00", "block_until": "14:00", "timetable": [{"from": "09:30", "until": "15:00"}]})")},
      {"BlockHoursWithoutAnEnd", run_a, "a.json:/exchange/block_until: is missing; block hours have a beginning and an end", national(R"("exchange": {"block_from": "13:00"})")},
      {"TickBetweenTwoSteps", run_a, "a.json:/exchange/tick: 0.015 is not a multiple of the unit's price_scale, 0.01", national(R"("exchange": {"tick": 0.015})")},
      {"PriceBeyondTheBook", {"run", "china-national", "--set", "exchange.opening_reference=1e300"}, "--set exchange.opening_reference: 1e+300 is above 10737418.24, the highest price in steps of 0.01"},
      {"PriceBelowAStep", run_a, "a.json:/initial/price: 0.001 is less than one price step, 0.01", national(R"("initial": {"price": 0.001})")},
      {"BankOfAYearOutside", run_a, "a.json:/initial/bank_mt/1999: is not a year of the run, 2018 to 2025", national(R"("initial": {"bank_mt": {"1999": 3}})")},
      {"UnknownMeasureInstalled", run_a, R"(a.json:/initial/measures/0/measure: no technology has a measure "magic"; known: operational efficiency, merit order within the group, turbine and flexibility retrofit, biomass co-firing, carbon capture, ammonia co-firing)", national(R"("initial": {"measures": [{"measure": "magic"}]})")},
      // Installations.
      {"NoInstallationsFile", run_a, "a.json:/population/installations_csv: i.csv: no such file", {{"a.json", R"({"extends": "china-national", "population": {"installations_csv": "i.csv"}})"}}},
      {"InstallationsCutOff", run_a, "i.csv:3: has 6 fields; 7 are expected", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4\nB,power,Hebei,,gas,1e6")},
      {"InstallationsWithAnotherHeader", run_a, "i.csv:1: the header must be firm,sector,region,group,class,activity,intensity and optionally closing", installations("firm,sektor,region,group,class,activity,intensity\n")},
      {"InstallationsWithHeaderOnly", run_a, "i.csv: holds no installation; one line each below the header", installations(csv_header)},
      {"InstallationWithABadNumber", run_a, R"(i.csv:2: intensity "0.4x" is not a number above 0)", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4x\n")},
      {"InstallationBelowNothing", run_a, R"(i.csv:2: activity "-1e6" is not a number above 0)", installations(csv_header + "A,power,Hebei,,gas,-1e6,0.4\n")},
      {"InstallationOfAnUnknownSector", run_a, R"(i.csv:2: sector "steel" is not a sector of the scenario; known: power)", installations(csv_header + "A,steel,Hebei,,gas,1e6,0.4\n")},
      {"InstallationOfAnUnknownClass", run_a, R"(i.csv:2: class "oil" is not a class of sector "power"; known: coal_above_300, coal_up_to_300, gas, unconventional_coal)", installations(csv_header + "A,power,Hebei,,oil,1e6,0.4\n")},
      {"InstallationsDisagree", run_a, R"(i.csv:3: firm "A" differs in sector, region or group from line 2)", installations(csv_header + "A,power,Hebei,,gas,1e6,0.4\nA,power,Hubei,,gas,1e6,0.4\n")},
      {"InstallationWithAnOpenQuote", run_a, "i.csv:2: a quote is opened and not closed on this line", installations(csv_header + "A,power,Hebei,,\"gas,1e6,0.4\n")},
      {"InstallationsWithControlCharacters", run_a, R"(i.csv:2: activity "\u001b[31m1" is not a number above 0)", installations(csv_header + "A,power,Hebei,,gas,\x1b[31m1,0.4\n")},
      {"InstallationsThatAreNoText", run_a, "i.csv:1: the file is not text", installations(std::string("\x1f\x8b\x08\0\0", 5))},
      // The command line.
      {"UnknownPathToSet", {"run", "china-national", "--set", "exchange.tik=1"}, "--set exchange.tik: no such path; nearest: exchange.tick"},
      {"SetOutOfRange", {"run", "china-national", "--set", "exchange.price_limit=1.4"}, "--set exchange.price_limit: 1.4 is not in [0, 0.99]"},
      {"SetWithoutValue", {"run", "china-national", "--set", "exchange.price_limit"}, "--set exchange.price_limit: a path and a value were expected, e.g. --set run.seed=1"},
      {"UnknownRecord", {"run", "china-national", "--record", "dayly"}, R"(--record: "dayly" is not one of daily, firms, trades, orders, quality)"},
      {"UnknownOption", {"run", "china-national", "--recrd", "daily"}, R"(tantu run: "--recrd" is not an option; nearest: --record)"},
      {"UnknownCommand", {"rnu", "china-national"}, R"(tantu: "rnu" is not a command; nearest: run)"},
      {"NoCommand", {}, "tantu: a command was expected, e.g. tantu run china-national; see tantu --help"},
      {"NoScenario", {"run"}, "tantu run: SCENARIO is required; see tantu run --help"},
      {"NegativeSeed", {"run", "china-national", "--seed", "-1"}, R"(tantu run: --seed: "-1" is not a whole number from 0 to 18446744073709551615; see tantu run --help)"},
      {"NoThreads", {"run", "china-national", "--threads", "0"}, "tantu run: --threads: Value 0 not in range 1 to 1024; see tantu run --help"},
      // Where the results shall go.
      {"OutputInNoFolder", {"run", "china-national", "-o", "nowhere/x.h5"}, "nowhere/x.h5: the folder nowhere does not exist; create it or choose another with -o"},
      {"OutputIsAFolder", {"run", "china-national", "-o", "d"}, "d: is a folder; give the name of a file in it, e.g. -o d/out.h5", {}, [](const Folder& f) { std::filesystem::create_directory(f / "d"); }},
      {"OutputBelowAFile", {"run", "china-national", "-o", "x/y.h5"}, "x/y.h5: x is not a folder; choose another with -o", {{"x", ""}}},
      {"OutputOnAReadOnlySystem", {"run", "china-national", "-o", "/proc/x.h5"}, "/proc/x.h5: no file can be created in the folder /proc; choose another with -o"},
      {"OutputExists", {"run", "china-national", "-o", "x.h5"}, "x.h5: exists already; choose another name with -o or overwrite it with --force", {{"x.h5", "mine"}}},
  };
}

class BadInput : public testing::TestWithParam<Case> {};

TEST_P(BadInput, GetsOneLineAndLeavesNothing) { expect_refusal(GetParam()); }

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
const std::vector<std::string> long_run{"run", "china-national", "--set", "sectors.power.firms=100000", "--set", "sectors.power.emissions_mt=200000", "-o", "x.h5"};

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
INSTANTIATE_TEST_SUITE_P(, Interrupt, testing::Values(0.2, 1.0, 2.5), [](const auto& info) { return "After" + std::to_string(static_cast<int>(info.param * 10)) + "Tenths"; });

TEST(InterruptOfALongRun, IsCleanBetweenTwoDays) {
  const Folder folder;
  const Ended ended = run_tantu(folder.path(), {"run", "china-national", "--set", "run.last_day=2060-12-31", "-o", "x.h5"}, 0.5);
  EXPECT_EQ(ended.status, 1) << ended.err;
  EXPECT_LT(ended.seconds, 1.5);
  EXPECT_TRUE(ended.err.starts_with("tantu: interrupted")) << ended.err;
  EXPECT_EQ(folder.names(), std::set<std::string>{});
}

}  // namespace
