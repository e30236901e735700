// A sweep ends in the same bytes whatever happens on the way: workers, shards, faults of the disk, kills.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "results/hdf5_file.hpp"
#include "scenarios/sweep/execute.hpp"
#include "tests/program_run.hpp"

namespace tantu {
namespace {

using namespace tests;
using Json = nlohmann::ordered_json;

/// Six days of two firms: runs of a fraction of a millisecond.
std::string tiny_sweep(int replications, const std::string& more = "") {
  return R"({"name": "tiny", "scenario": "two-firms", "set": ["run.last_day=2021-01-08"], "replications": )" + std::to_string(replications) + more + R"(,
    "factors": [{"path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 100, 200]},
                {"path": "policies.banking", "alternatives": {"none": null, "unlimited": {"kind": "banking"}}}]})";
}

SweepOptions options_for(const std::string& output) {
  SweepOptions o;
  o.output = output;
  o.jobs = 2;
  o.program = {"0", "test"};
  return o;
}

/// A clock that runs so fast that every run is a block of its own.
std::function<double()> fast_clock() {
  auto now = std::make_shared<double>(0);
  return [now] { return *now += 10; };
}

std::string bytes_of(const SweepPlan& plan, SweepOptions o) {
  execute(plan, o);
  return text_of(o.output);
}

TEST(SweepThreads, WorkersDoNotChangeAByte) {
  Folder folder;
  const SweepPlan plan = load_sweep_text(tiny_sweep(4), "tiny.json", "");
  std::string one;
  for (const int jobs : {1, 2, 8}) {
    SweepOptions o = options_for(folder / std::to_string(jobs));
    o.jobs = jobs;
    const std::string bytes = bytes_of(plan, o);
    if (jobs == 1) one = bytes;
    EXPECT_FALSE(bytes.empty());
    EXPECT_TRUE(bytes == one) << jobs << " workers";
    EXPECT_FALSE(std::filesystem::exists(folder / (std::to_string(jobs) + ".parts")));
  }
}

TEST(Sweep, ReplicationsShareTheirRandomNumbersAcrossPoints) {
  Folder folder;
  // A factor that cannot matter within a week: all points are then the same, replication by replication.
  SweepOptions o = options_for(folder / "a.h5");
  execute(load_sweep_text(R"({"name": "a", "scenario": "two-firms", "set": ["run.last_day=2021-01-08"], "replications": 3,
    "factors": [{"path": "policies.penalty.per_tonne", "levels": [100, 101]}]})", "a.json", ""), o);
  const std::vector<double> close = ResultReader(o.output).read_in_units("/summary/close");
  ASSERT_EQ(close.size(), 6u);
  for (std::size_t r = 0; r < 3; ++r) EXPECT_EQ(close[r], close[3 + r]);
  EXPECT_NE(close[0], close[1]);
}

TEST(Sweep, ARunOfItIsTheRunOfItsScenario) {
  Folder folder;
  SweepOptions o = options_for(folder / "sweep.h5");
  execute(load_sweep_text(tiny_sweep(2), "tiny.json", ""), o);
  ASSERT_EQ(run_tantu(folder.path(), {"run", "two-firms", "-o", "run.h5", "--set", "run.last_day=2021-01-08", "--set", "policies.penalty.per_tonne=100",
                                      "--set", R"(policies.banking={"kind": "banking"})", "--set", "run.replication=1"}).status, 0);
  const ResultReader sweep(o.output), run(folder / "run.h5");
  // fine 100 (second), banking unlimited (second), replication 1: run (1 * 2 + 1) * 2 + 1.
  for (const std::string group : {"/yearly", "/summary", "/sectors"})
    for (const Variable& v : run.variables(group)) {
      if (v.is_axis) continue;
      const std::vector<double> all = sweep.read_in_units(group + "/" + v.name), one = run.read_in_units(group + "/" + v.name);
      ASSERT_EQ(all.size(), 12 * one.size());
      for (std::size_t i = 0; i < one.size(); ++i) {
        const double x = all[7 * one.size() + i];
        EXPECT_TRUE(x == one[i] || (x != x && one[i] != one[i])) << group << "/" << v.name << ": " << x << " and " << one[i];
      }
    }
}

TEST(Sweep, ConservationHoldsInTheFileAlone) {
  Folder folder;
  SweepOptions o = options_for(folder / "a.h5");
  execute(load_sweep_text(R"({"name": "a", "scenario": "no-banking", "replications": 3, "factors": [{"path": "policies.penalty.per_tonne", "levels": [10, 100]}]})", "a.json", ""), o);
  const ResultReader file(o.output);
  const auto read = [&](const char* name) { return file.read<std::int64_t>(std::string("/yearly/") + name); };
  const auto issued = read("issued"), cancelled = read("cancelled"), expired = read("expired"), surrendered = read("surrendered_for_year"), bank = read("bank");
  const std::size_t years = issued.size() / 6;
  for (std::size_t run = 0; run < 6; ++run) {
    std::int64_t held = 0, last = 0;
    for (std::size_t y = run * years; y < (run + 1) * years; ++y) {
      held += issued[y] - cancelled[y] - expired[y] - surrendered[y];
      if (bank[y] != missing<std::int64_t>()) last = bank[y];
    }
    EXPECT_GT(last + expired[run * years + years - 1] + surrendered[run * years + 1], 0);
    EXPECT_EQ(held, last) << "run " << run;
  }
}

TEST(Sweep, AFailedRunIsRecordedAndTheRestGoesOn) {
  Folder folder;
  SweepOptions o = options_for(folder / "a.h5");
  // No trading day between the two: only the run can find out.
  const SweepPlan plan = load_sweep_text(R"({"name": "a", "scenario": "two-firms",
    "factors": [{"path": "run.last_day", "levels": ["2021-01-08", "2021-01-02", "2021-01-11"]}]})", "a.json", "");
  const SweepReport report = execute(plan, o);
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.first_error, "run 1: last_day = 2021-01-02: there is no trading day between the first and the last day");
  const ResultReader file(o.output);
  EXPECT_EQ(file.read<std::uint8_t>("/runs/failed"), (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_EQ(file.read<std::string>("/runs/error")[1], report.first_error.substr(7));
  const std::vector<std::int32_t> close = file.read<std::int32_t>("/summary/close");
  EXPECT_NE(close[0], missing<std::int32_t>());
  EXPECT_EQ(close[1], missing<std::int32_t>());
  EXPECT_NE(close[2], missing<std::int32_t>());
  SweepOptions fast = options_for(folder / "b.h5");
  fast.keep_going = false;
  fast.jobs = 1;
  EXPECT_THROW(execute(plan, fast), SweepInterrupted);
  EXPECT_FALSE(std::filesystem::exists(fast.output));
}

TEST(Sweep, AxesThatDifferTakeTheUnion) {
  Folder folder;
  SweepOptions o = options_for(folder / "a.h5");
  execute(load_sweep_text(R"({"name": "a", "scenario": "two-firms", "record": ["daily"],
    "factors": [{"path": "run.last_day", "levels": ["2021-01-06", "2022-01-05"]}]})", "a.json", ""), o);
  const ResultReader file(o.output);
  EXPECT_EQ(file.read<std::int32_t>("/yearly/year"), (std::vector<std::int32_t>{2020, 2021, 2022}));
  const auto close = file.read<std::int32_t>("/yearly/close");
  EXPECT_NE(close[1], missing<std::int32_t>());
  EXPECT_EQ(close[2], missing<std::int32_t>());
  EXPECT_NE(close[5], missing<std::int32_t>());
  const auto daily = file.read<std::int32_t>("/daily/close");
  const std::size_t days = daily.size() / 2;
  EXPECT_GT(days, 200u);
  EXPECT_EQ(daily[0], daily[days]);
  EXPECT_EQ(daily[days - 1], missing<std::int32_t>());
  EXPECT_NE(daily[2 * days - 1], missing<std::int32_t>());
}

TEST(Sweep, AnErrorOfTheDiskAtAnyStepLeavesWhatResumeFinishes) {
  Folder folder;
  const SweepPlan plan = load_sweep_text(tiny_sweep(1), "tiny.json", "");
  const std::string whole = bytes_of(plan, options_for(folder / "whole.h5"));
  std::size_t failures = 0;
  for (std::size_t fail_at = 0;; ++fail_at) {
    SweepOptions o = options_for(folder / "a.h5");
    o.seconds = fast_clock();
    auto step = std::make_shared<std::size_t>(0);
    o.before = [&, step](OutputStep) {
      if ((*step)++ == fail_at) throw std::runtime_error("no space left on device");
    };
    bool failed = false;
    try {
      execute(plan, o);
    } catch (const std::runtime_error& error) {
      failed = true;
      EXPECT_STREQ(error.what(), "no space left on device");
    }
    if (!failed) break;
    ++failures;
    // A folder whose fsync fails shows a complete file; otherwise there is none.
    if (std::filesystem::exists(o.output)) EXPECT_TRUE(text_of(o.output) == whole) << "step " << fail_at;
    SweepOptions again = options_for(o.output);
    again.resume = true;
    EXPECT_TRUE(bytes_of(plan, again) == whole) << "resumed after step " << fail_at;
    EXPECT_EQ(folder.names(), (std::set<std::string>{"a.h5", "whole.h5"}));
    std::filesystem::remove(o.output);
  }
  EXPECT_GE(failures, 4 + 6 * 4u + 4u);  // plan, six blocks, dataset: write, fsync, rename, fsync of the folder
}

TEST(Sweep, ADamagedBlockIsComputedAgain) {
  Folder folder;
  const SweepPlan plan = load_sweep_text(tiny_sweep(1), "tiny.json", "");
  const std::string whole = bytes_of(plan, options_for(folder / "whole.h5"));
  SweepOptions o = options_for(folder / "a.h5");
  o.seconds = fast_clock();
  std::size_t runs = 0;
  o.go_on = [&] { return runs < 4; };
  o.jobs = 1;
  o.progress = [&](const SweepProgress& p) { runs = p.done; };
  EXPECT_THROW(execute(plan, o), SweepInterrupted);
  const auto block = folder / "a.h5.parts/block-000002.bin";
  std::string bytes = text_of(block);
  ASSERT_GT(bytes.size(), 100u);
  bytes[bytes.size() / 2] ^= 1;
  folder.write("a.h5.parts/block-000002.bin", bytes);
  SweepOptions again = options_for(o.output);
  again.resume = true;
  EXPECT_EQ(execute(plan, again).computed, 3u);
  EXPECT_TRUE(text_of(o.output) == whole);
}

// --- Kills ----------------------------------------------------------------------------------------

constexpr const char* folder_variable = "TANTU_TEST_SWEEP_FOLDER";

/// What is killed: this program again, in a process of its own.
TEST(SweepWorker, DISABLED_ResumesUntilKilled) {
  const char* folder = std::getenv(folder_variable);
  ASSERT_NE(folder, nullptr);
  if (const char* most = std::getenv("TANTU_TEST_FILE_BYTES")) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{static_cast<rlim_t>(std::atoll(most)), static_cast<rlim_t>(std::atoll(most))};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  SweepOptions o = options_for(std::string(folder) + "/a.h5");
  o.resume = true;
  o.seconds = fast_clock();
  try {
    execute(load_sweep_text(tiny_sweep(100), "tiny.json", ""), o);
  } catch (const std::runtime_error&) {
    _exit(1);
  }
}

pid_t start_worker(const std::string& folder, const std::string& file_bytes = "") {
  const pid_t child = fork();
  if (child != 0) return child;
  setenv(folder_variable, folder.c_str(), 1);
  unsetenv("GTEST_OUTPUT");
  if (!file_bytes.empty()) setenv("TANTU_TEST_FILE_BYTES", file_bytes.c_str(), 1);
  const int nothing = open("/dev/null", O_WRONLY);
  dup2(nothing, 1);
  dup2(nothing, 2);
  execl("/proc/self/exe", "test", "--gtest_also_run_disabled_tests", "--gtest_filter=SweepWorker.DISABLED_ResumesUntilKilled", nullptr);
  _exit(126);
}

TEST(Sweep, FiftyKillsDoNotChangeAByte) {
  Folder folder;
  const SweepPlan plan = load_sweep_text(tiny_sweep(100), "tiny.json", "");
  const std::string whole = bytes_of(plan, options_for(folder / "whole.h5"));
  int kills = 0;
  std::size_t blocks_seen = 0;
  for (std::uint32_t n = 0; kills < 50; ++n) {
    const pid_t worker = start_worker(folder.path());
    const std::uint32_t wait = n * 2654435761u >> 27;  // 0 to 31 ms
    std::this_thread::sleep_for(std::chrono::milliseconds(15 + wait));
    kill(worker, SIGKILL);
    int status = 0;
    waitpid(worker, &status, 0);
    if (WIFSIGNALED(status)) ++kills;
    if (std::filesystem::exists(folder / "a.h5")) {
      EXPECT_TRUE(text_of(folder / "a.h5") == whole) << "after " << kills << " kills";
      std::filesystem::remove(folder / "a.h5");
      std::filesystem::remove_all(folder / "a.h5.parts");
    } else {
      for (const std::string& name : folder.names()) blocks_seen += name.ends_with(".bin");
    }
  }
  EXPECT_GT(blocks_seen, 0u) << "every worker was killed before its first block";
  SweepOptions o = options_for(folder / "a.h5");
  o.resume = true;
  EXPECT_TRUE(bytes_of(plan, o) == whole);
}

TEST(Sweep, AFullDiskAnywhereLeavesWhatResumeFinishes) {
  Folder folder;
  const SweepPlan plan = load_sweep_text(tiny_sweep(100), "tiny.json", "");
  const std::string whole = bytes_of(plan, options_for(folder / "whole.h5"));
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, std::size_t{9000}, whole.size() / 3, whole.size() - 1}) {
    const pid_t worker = start_worker(folder.path(), std::to_string(bytes));
    int status = 0;
    waitpid(worker, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << "limit of " << bytes << ": status " << status;
    EXPECT_FALSE(std::filesystem::exists(folder / "a.h5"));
  }
  SweepOptions o = options_for(folder / "a.h5");
  o.resume = true;
  EXPECT_TRUE(bytes_of(plan, o) == whole);
}

}  // namespace
}  // namespace tantu
