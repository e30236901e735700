// A past that is simulated once: going on from it without changes gives the bytes of a run that never stopped, and
// rules that change act from then on and not before.
#include <gtest/gtest.h>

#include <map>

#include "results/hdf5_file.hpp"
#include "tests/program_run.hpp"

namespace tantu::tests {
namespace {

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

void done(const Folder& folder, const std::vector<std::string>& words) {
  const Ended ended = run_tantu(folder.path(), words);
  ASSERT_EQ(ended.status, 0) << words[0] << " " << words[1] << ": " << ended.err;
}

struct Past {
  std::string name, scenario;
  std::vector<std::string> set;
  std::string until;
};
void PrintTo(const Past& p, std::ostream* out) { *out << p.name; }

const std::vector<std::string> small_national{"--set", "sectors.power.firms=150", "--set", "sectors.power.firms_below=5", "--set", "sectors.power.firms_closing=5",
                                              "--set", "sectors.power.emissions_mt=312", "--set", "run.last_day=2022-03-31"};

class CommonPast : public testing::TestWithParam<Past> {};

TEST_P(CommonPast, WithoutChangesGivesTheBytesOfARunThatNeverStopped) {
  const Past& p = GetParam();
  const Folder folder;
  const std::vector<std::string> record{"--record", "daily,firms,trades,orders,quality"};
  done(folder, std::vector<std::string>{"run", p.scenario, "-o", "whole.h5"} + p.set + record);
  done(folder, std::vector<std::string>{"run", p.scenario, "--until", p.until, "--save-state", "past.state"} + p.set + record);
  done(folder, std::vector<std::string>{"run", p.scenario, "--from-state", "past.state", "-o", "rest.h5"} + p.set + record);
  EXPECT_TRUE(text_of(folder / "whole.h5") == text_of(folder / "rest.h5")) << p.scenario << " until " << p.until << ": h5diff says where they differ";
}

// The first day, between, the day of a deadline, a day without trading, a day before the last.
INSTANTIATE_TEST_SUITE_P(, CommonPast, testing::Values(
    Past{"NationalFirstDay", "china-national", small_national, "2021-07-16"}, Past{"NationalBeforeTheDeadline", "china-national", small_national, "2021-12-14"},
    Past{"NationalOnTheDeadline", "china-national", small_national, "2021-12-31"}, Past{"NationalOnASunday", "china-national", small_national, "2022-01-09"},
    Past{"TwoFirmsLate", "two-firms", {}, "2023-12-27"}, Past{"GuangdongWithAuctions", "guangdong", {"--set", "run.last_day=2022-09-30"}, "2022-06-30"}),
    [](const auto& info) { return info.param.name; });

/// The closes of days, by number since 1970.
std::map<std::int32_t, std::int32_t> closes(const std::filesystem::path& path) {
  const ResultReader file(path.string());
  const auto days = file.read<std::int32_t>("/daily/day"), close = file.read<std::int32_t>("/daily/close");
  std::map<std::int32_t, std::int32_t> out;
  for (std::size_t i = 0; i < days.size(); ++i) out[days[i]] = close[i];
  return out;
}

TEST(CommonPastWithOtherRules, ActsFromThenOnAndNotBefore) {
  const Folder folder;
  done(folder, {"run", "two-firms", "-o", "whole.h5", "--record", "daily"});
  done(folder, {"run", "two-firms", "--until", "2022-06-30", "--save-state", "past.state", "--record", "daily"});
  // One instrument changed, one added, one removed.
  const std::vector<std::pair<std::string, std::string>> changes{{"a tenth of the fine", "policies.penalty.per_tonne=10"}, {"a floor of 40", R"(policies.collar={"kind":"price_collar","floor":{"given":{"2022":40}}})"}, {"no true-up", "policies.true_up=null"}};
  const auto before = closes(folder / "whole.h5");
  const std::int32_t last = 19173;  // 2022-06-30
  for (const auto& [what, set] : changes) {
    const Ended ended = run_tantu(folder.path(), {"run", "two-firms", "--from-state", "past.state", "--set", set, "-o", "changed.h5", "--force", "--record", "daily"});
    ASSERT_EQ(ended.status, 0) << what << ": " << ended.err;
    const auto after = closes(folder / "changed.h5");
    EXPECT_EQ(before.size(), after.size()) << what;
    int differ = 0;
    for (const auto& [day, close] : before) {
      if (day <= last) {
        EXPECT_EQ(after.at(day), close) << what << " reaches back to day " << day;
      } else {
        differ += after.at(day) != close;
      }
    }
    if (what == "a floor of 40" || what == "a tenth of the fine") {
      EXPECT_GT(differ, 0) << what << " changes nothing";
    }
    const ResultReader file((folder / "changed.h5").string());
    EXPECT_TRUE(file.attributes().contains("past_scenario_sha256")) << what << ": the file does not say that its past had other rules";
    // Nothing is lost on the way over.
    const auto issued = file.read<std::int64_t>("/daily/issued"), bank = file.read<std::int64_t>("/daily/bank"), surrendered = file.read<std::int64_t>("/daily/surrendered"),
               cancelled = file.read<std::int64_t>("/daily/cancelled"), expired = file.read<std::int64_t>("/daily/expired");
    for (std::size_t i = 0; i < issued.size(); ++i) ASSERT_EQ(issued[i], bank[i] + surrendered[i] + cancelled[i] + expired[i]) << what << ", row " << i;
  }
}

// A policy's memory goes with its name: what is put before it in the catalog's order does not take it over.
TEST(CommonPastWithOtherRules, MovementsStayWithTheirInstrument) {
  const Folder folder;
  done(folder, {"run", "two-firms", "--until", "2022-06-30", "--save-state", "past.state"});
  done(folder, {"run", "two-firms", "--from-state", "past.state", "--set", R"(policies.collar={"kind":"price_collar","floor":{"given":{"2022":1}}})", "-o", "added.h5"});
  done(folder, {"run", "two-firms", "-o", "whole.h5"});
  const auto moved = [&](const char* name) {
    const ResultReader file((folder / name).string());
    std::map<std::string, std::int64_t> sum;
    const auto instrument = file.read<std::string>("/rules/instrument");
    const auto tonnes = file.read<std::int64_t>("/rules/tonnes");
    for (std::size_t i = 0; i < instrument.size(); ++i) sum[instrument[i]] += tonnes[i];
    return sum;
  };
  auto added = moved("added.h5");
  added.erase("collar");  // far below the price: it stands there and does nothing
  EXPECT_EQ(added, moved("whole.h5"));
}

TEST(CommonPastOfASweep, EveryRunGoesOnFromIt) {
  const Folder folder;
  done(folder, {"run", "two-firms", "--until", "2022-06-30", "--save-state", "past.state"});
  folder.write("s.json", R"({"name": "s", "scenario": "two-firms", "replications": 2, "factors": [{"path": "policies.penalty.per_tonne", "name": "fine", "levels": [100, 10]}]})");
  done(folder, {"sweep", "s.json", "--from-state", "past.state"});
  done(folder, {"run", "two-firms", "-o", "whole.h5"});
  const ResultReader sweep((folder / "s.h5").string()), whole((folder / "whole.h5").string());
  const auto years = sweep.read<std::int32_t>("/yearly/year");
  const auto close = sweep.read<std::int32_t>("/yearly/close"), one = whole.read<std::int32_t>("/yearly/close");
  ASSERT_EQ(close.size(), 4 * years.size());
  for (std::size_t y = 0; y < years.size(); ++y) {
    EXPECT_EQ(close[y], one[y]) << "run 0 changes nothing, and differs in " << years[y];
    for (std::size_t r = 1; r < 4; ++r) {
      if (years[y] <= 2021) {
        EXPECT_EQ(close[r * years.size() + y], one[y]) << "run " << r << " has another past in " << years[y];
      }
    }
  }
  EXPECT_NE(close[years.size() + years.size() - 1], close[years.size() - 1]) << "replications are all the same";
}

TEST(CommonPastRefuses, WhatCannotBeItsFuture) {
  const Folder folder;
  done(folder, {"run", "two-firms", "--until", "2022-06-30", "--save-state", "past.state"});
  const auto refused = [&](const std::vector<std::string>& more) { return run_tantu(folder.path(), std::vector<std::string>{"run", "two-firms", "-o", "x.h5"} + more); };
  const std::string from = "past.state";
  Ended ended = refused({"--from-state", from, "--set", "sectors.cheap.firms=2"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.err, "past.state: its past had another \"sectors.cheap.firms\"; from a saved state only policies, exchange rules, run.last_day and run.replication may change\n");
  ended = refused({"--from-state", from, "--set", "run.last_day=2022-06-01"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.err, "past.state: is of 2022-06-30, and the run ends on 2022-06-01; set run.last_day after it\n");
  std::string bytes = text_of(folder / "past.state");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.write("damaged.state", bytes);
  folder.write("cut.state", bytes.substr(0, bytes.size() / 2));
  for (const char* name : {"damaged.state", "cut.state"}) {
    ended = refused({"--from-state", name});
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.err, std::string(name) + ": is damaged or was not written to its end\n");
  }
  ended = refused({"--until", "2025-01-01", "--save-state", "y.state"});
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.err, "--until: 2025-01-01 is not in the run, 2021-01-01 to the day before 2023-12-29\n");
  EXPECT_EQ(folder.names(), (std::set<std::string>{"past.state", "damaged.state", "cut.state"}));
}

}  // namespace
}  // namespace tantu::tests
