// Results in another form: what the tape of a run says, a replay says again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/program_run.hpp"

namespace {

using namespace tantu::tests;
using testing::HasSubstr;
using testing::StartsWith;

/// Runs the scenario with its tape, exports it, replays it.
void expect_same_trades(const Folder& folder, std::vector<std::string> run) {
  run.insert(run.begin(), "run");
  run.insert(run.end(), {"--record", "orders,trades", "-o", "run.h5"});
  ASSERT_EQ(run_tantu(folder.path(), run).err, "");
  const Ended exported = run_tantu(folder.path(), {"export", "run.h5", "--format", "events"});
  ASSERT_EQ(exported.err, "");
  const Ended replayed = run_tantu(folder.path(), {"replay", "run-events/events.csv", "--rules", "run-events/rules.json", "--trades", "again.csv"});
  ASSERT_EQ(replayed.err, "");
  EXPECT_THAT(replayed.out, HasSubstr("rejected     0\n"));
  const std::string recorded = text_of(folder / "run-events/trades.csv");
  EXPECT_EQ(text_of(folder / "again.csv"), recorded);
  EXPECT_GT(std::count(recorded.begin(), recorded.end(), '\n'), 10) << recorded;
}

TEST(Export, TheTapeOfARunReplaysToTheSameTrades) {
  const Folder folder;
  expect_same_trades(folder, {"two-firms"});
  EXPECT_THAT(text_of(folder / "run-events/events.csv"), StartsWith("seq,time,type,order,account,side,price,qty,date,tif,display,other\n1,,D,,,,,,2021-01-01,,,\n2,,L,1,2,sell,24.69,814,2021-01-01,,,\n"));
}

TEST(Export, TheTapeOfAMarketReplaysToTheSameTrades) {
  const Folder folder;
  expect_same_trades(folder, {"china-national", "--set", "sectors.power.firms=200", "--set", "run.last_day=2021-12-31"});
}

TEST(Export, WithWhatAccountsOwnedNobodySellsShort) {
  // What the run covered is covered in the replay, too; with a tenth of it, it is not.
  const Folder folder;
  expect_same_trades(folder, {"china-national", "--set", "sectors.power.firms=200", "--set", "run.last_day=2021-12-31"});
  std::string rules = text_of(folder / "run-events/rules.json");
  rules.insert(rules.find('{') + 1, "\"short_sale\": false, \"resale_same_day\": false, ");
  folder.write("covered.json", rules);
  const auto replay_with = [&](const std::string& positions) {
    return run_tantu(folder.path(), {"replay", "run-events/events.csv", "--rules", "covered.json", "--positions", positions, "--trades", "covered.csv", "--force"});
  };
  const Ended covered = replay_with("run-events/positions.csv");
  EXPECT_EQ(covered.err, "");
  EXPECT_THAT(covered.out, HasSubstr("rejected     0\n"));
  EXPECT_EQ(text_of(folder / "covered.csv"), text_of(folder / "run-events/trades.csv"));

  std::istringstream lines(text_of(folder / "run-events/positions.csv"));
  std::string poor, line;
  for (std::getline(lines, line), poor = line + '\n'; std::getline(lines, line);) {
    const std::size_t from = line.find(',') + 1, to = line.find(',', from);
    poor += line.substr(0, from) + std::to_string(std::stoll(line.substr(from, to - from)) / 10) + line.substr(to) + '\n';
  }
  folder.write("poor.csv", poor);
  EXPECT_THAT(replay_with("poor.csv").out, HasSubstr("more than the account may sell"));
}

TEST(Export, CallsCollarsHaltsAndOrdersOfSeveralDaysReplayToo) {
  const Folder folder;
  expect_same_trades(folder, {"china-national", "--set", "sectors.power.firms=200", "--set", "run.last_day=2021-12-31", "--set", "exchange.order_days=3",
                              "--set", "exchange.timetable=[{\"phase\": \"call\", \"from\": \"09:15\", \"until\": \"09:25\"}, {\"from\": \"09:30\", \"until\": \"11:30\"},"
                              " {\"from\": \"13:00\", \"until\": \"14:50\"}, {\"phase\": \"call\", \"from\": \"14:50\", \"until\": \"15:00\"}]",
                              "--set", "exchange.close_by=call", "--set", "exchange.dynamic_collar=0.01", "--set", "exchange.interruption_minutes=10",
                              "--set", "exchange.halts=[{\"from\": \"10:00\", \"until\": \"10:20\"}]", "--set", "exchange.lot_t=10"});
  EXPECT_NE(text_of(folder / "run-events/trades.csv").find(",33900,"), std::string::npos) << "no trade in an opening call, at 9:25";
}

TEST(Export, TheDrawsOfAListedAgreementAreRepeated) {
  const Folder folder;
  expect_same_trades(folder, {"china-national", "--set", "sectors.power.firms=200", "--set", "run.last_day=2021-12-31", "--set", "exchange.matching=listed_agreement"});
}

TEST(Export, RefusesWhatItCannotUse) {
  const Folder folder;
  ASSERT_EQ(run_tantu(folder.path(), {"run", "two-firms", "-o", "run.h5"}).status, 0);
  const Ended without = run_tantu(folder.path(), {"export", "run.h5", "--format", "events"});
  EXPECT_EQ(without.status, 2);
  EXPECT_EQ(without.err, "run.h5:/orders: is missing: record the run with --record orders,trades\n");
  folder.write("text.h5", "no results");
  EXPECT_EQ(run_tantu(folder.path(), {"export", "text.h5", "--format", "events"}).status, 2);
  EXPECT_FALSE(std::filesystem::exists(folder / "run-events"));
}

}  // namespace
