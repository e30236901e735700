// A sweep as a process that may be killed, interrupted, cut into shards or run out of disk: whatever happens, in
// the end lie the same bytes, and until then either nothing or all of them.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <random>

#include "results/hdf5_file.hpp"
#include "results/manifest.hpp"
#include "scenarios/sweep/blocks.hpp"
#include "scenarios/sweep/execute.hpp"
#include "tests/program_run.hpp"

namespace tantu::tests {
namespace {

namespace fs = std::filesystem;

/// Short runs of a small scenario. Some combinations end before they begin, which only their runs find out; years
/// differ between runs.
std::string small_sweep(int replications) {
  return R"({ "name": "s", "scenario": "two-firms", "replications": )" + std::to_string(replications) + R"(,
    "factors": [ { "path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 200] },
                 { "path": "run.last_day", "name": "until", "levels": ["2021-04-30", "2022-01-14"] },
                 { "path": "run.first_day", "name": "since", "levels": ["2021-01-04", "2021-06-01"] } ] })";
}

std::vector<std::string> sweep_words(const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"sweep", "s.json", "-o", "s.h5"};
  words.insert(words.end(), more.begin(), more.end());
  if (std::find(more.begin(), more.end(), "--jobs") == more.end()) words.insert(words.end(), {"--jobs", "2"});
  return words;
}

/// The bytes of a sweep that nothing happened to.
struct Reference {
  explicit Reference(int replications) {
    const Folder folder;
    folder.write("s.json", small_sweep(replications));
    ended = run_tantu(folder.path(), sweep_words());
    bytes = text_of(folder / "s.h5");
    left = folder.names();
  }
  Ended ended;
  std::string bytes;
  std::set<std::string> left;
};

/// Every value of every variable, through whatever files they lie in.
void expect_same_values(const fs::path& file, const fs::path& expected) {
  const ResultReader mine(file.string()), theirs(expected.string());
  ASSERT_EQ(mine.groups(), theirs.groups());
  for (const std::string& group : theirs.groups())
    for (const Variable& v : theirs.variables(group)) {
      const std::string path = (group == "/" ? "" : group) + "/" + v.name;
      ASSERT_TRUE(mine.find(path)) << path << " is missing";
      ASSERT_EQ(mine.find(path)->shape, v.shape) << path;
      if (v.type == ElementType::text) {
        EXPECT_EQ(mine.read<std::string>(path), theirs.read<std::string>(path)) << path;
        continue;
      }
      const std::vector<double> a = mine.read_in_units(path), b = theirs.read_in_units(path);
      for (std::size_t i = 0; i < b.size(); ++i)
        ASSERT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) << path << ": value " << i << " is " << a[i] << ", not " << b[i];
    }
}

/// Not a message of megabytes.
void expect_same_bytes(const fs::path& file, const std::string& expected, const std::string& after) {
  const std::string bytes = text_of(file);
  if (bytes == expected) return;
  std::size_t at = 0;
  while (at < bytes.size() && at < expected.size() && bytes[at] == expected[at]) ++at;
  ADD_FAILURE() << file << " has other bytes after " << after << ": " << bytes.size() << " instead of " << expected.size() << ", first difference at " << at;
}

TEST(Sweep, ARunThatFailsIsRecordedAndTheRestGoesOn) {
  const Reference reference(3);
  EXPECT_EQ(reference.ended.status, 1) << "the status must tell that runs failed; " << reference.ended.err;
  EXPECT_EQ(reference.ended.err, "6 of 24 runs failed; run 3: until = 2021-04-30: 2021-04-30 is before the first day, 2021-06-01\n");
  EXPECT_EQ(reference.left, (std::set<std::string>{"s.json", "s.h5", "s.manifest.json"}));
  const Folder folder;
  std::ofstream(folder / "s.h5", std::ios::binary) << reference.bytes;
  const ResultReader file((folder / "s.h5").string());
  const auto failed = file.read<std::uint8_t>("/runs/failed");
  const auto error = file.read<std::string>("/runs/error");
  const auto close = file.read<std::int32_t>("/yearly/close");
  ASSERT_EQ(failed.size(), 24u);
  const std::size_t years = close.size() / failed.size();
  for (std::size_t i = 0; i < failed.size(); ++i) {
    const bool ends_before_it_begins = i / 3 % 4 == 1;
    EXPECT_EQ(failed[i], ends_before_it_begins) << "run " << i;
    EXPECT_EQ(error[i], ends_before_it_begins ? "until = 2021-04-30: 2021-04-30 is before the first day, 2021-06-01" : "") << "run " << i;
    bool any = false;
    for (std::size_t y = 0; y < years; ++y) any |= close[i * years + y] != missing<std::int32_t>();
    EXPECT_EQ(any, !ends_before_it_begins) << "run " << i << ": a run that failed has no values, every other has some";
  }
}

TEST(Sweep, FailFastStopsAndKeepsWhatIsFinished) {
  const Folder folder;
  folder.write("s.json", small_sweep(3));
  const Ended ended = run_tantu(folder.path(), sweep_words({"--jobs", "1", "--fail-fast"}));
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.err, "tantu: a run failed after 4 of 24 runs, which are kept; go on with --resume\n");
  EXPECT_FALSE(fs::exists(folder / "s.h5"));
  const Reference reference(3);
  run_tantu(folder.path(), sweep_words({"--resume"}));
  expect_same_bytes(folder / "s.h5", reference.bytes, "--fail-fast and --resume");
}

TEST(SweepThreads, TheNumberOfWorkersChangesNoByte) {
  const Reference reference(20);
  for (const char* jobs : {"1", "2", "8"}) {
    const Folder folder;
    folder.write("s.json", small_sweep(20));
    run_tantu(folder.path(), {"sweep", "s.json", "-o", "s.h5", "--jobs", jobs, "--save-every", "0.01"});
    expect_same_bytes(folder / "s.h5", reference.bytes, std::string("--jobs ") + jobs);
  }
}

class Shards : public testing::TestWithParam<int> {};

TEST_P(Shards, MergedHaveTheBytesOfTheSweepInOneGo) {
  const int n = GetParam();
  const Reference reference(3);
  const Folder folder;
  folder.write("s.json", small_sweep(3));
  std::vector<std::string> merge{"merge", "s.h5", "--standalone"};
  for (int i = n; i >= 1; --i) {  // in no order
    const std::string shard = "part-" + std::to_string(i) + ".h5", which = std::to_string(i) + "/" + std::to_string(n);
    const Ended ended = run_tantu(folder.path(), {"sweep", "s.json", "-o", shard, "--shard", which});
    ASSERT_TRUE(fs::exists(folder / shard)) << ended.err;
    merge.push_back(shard);
  }
  const Ended merged = run_tantu(folder.path(), merge);
  EXPECT_EQ(merged.status, 1) << "runs failed; " << merged.err;
  expect_same_bytes(folder / "s.h5", reference.bytes, "merging " + std::to_string(n) + " shards");
}

// One; even and uneven parts; a shard whose runs all fail (of 8); more shards than runs, some empty.
INSTANTIATE_TEST_SUITE_P(, Shards, testing::Values(1, 2, 5, 8, 30), [](const auto& info) { return "Of" + std::to_string(info.param); });

// Days and sectors that other shards do not have, before, between and after their own.
TEST(ShardsOfOtherAxes, AreReadThroughLabelByLabel) {
  const Folder folder;
  folder.write("s.json", R"({ "name": "s", "scenario": "two-firms", "record": ["daily"],
    "factors": [ { "path": "run.last_day", "name": "until", "levels": ["2021-02-26", "2022-01-14"] },
                 { "path": "run.first_day", "name": "since", "levels": ["2021-02-01", "2021-01-04"] },
                 { "path": "sectors.a", "alternatives": { "without": null, "with": { "activity_unit": "t", "technology": "dear", "firms": 1, "emissions_mt": 1 } } } ] })");
  const Ended whole = run_tantu(folder.path(), sweep_words());
  ASSERT_EQ(whole.status, 0) << whole.err;
  std::vector<std::string> merge{"merge", "through.h5"};
  for (int i = 1; i <= 8; ++i) {
    merge.push_back("part-" + std::to_string(i) + ".h5");
    ASSERT_EQ(run_tantu(folder.path(), {"sweep", "s.json", "-o", merge.back(), "--shard", std::to_string(i) + "/8"}).status, 0);
  }
  const Ended merged = run_tantu(folder.path(), merge);
  ASSERT_EQ(merged.status, 0) << merged.err;
  expect_same_values(folder / "through.h5", folder / "s.h5");
}

TEST(SweepInterrupted, CtrlCKeepsFinishedRunsAndResumeGoesOn) {
  const Reference reference(60);
  const Folder folder;
  folder.write("s.json", small_sweep(60));
  const Ended ended = run_tantu(folder.path(), sweep_words(), Fate{.signal_after = 0.05, .once = [&](pid_t) { return fs::exists(folder / "s.h5.parts/plan.json"); }});
  ASSERT_EQ(ended.status, 1) << "it was over before the interrupt, or ended otherwise: " << ended.out << ended.err;
  EXPECT_TRUE(ended.err.starts_with("tantu: interrupted after ")) << ended.err;
  EXPECT_FALSE(fs::exists(folder / "s.h5"));
  const Ended refused = run_tantu(folder.path(), sweep_words());
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err, "s.h5: an unfinished sweep lies in s.h5.parts; finish it with --resume or start over with --force\n");
  const Ended resumed = run_tantu(folder.path(), sweep_words({"--resume"}));
  expect_same_bytes(folder / "s.h5", reference.bytes, "Ctrl-C and --resume");
  EXPECT_EQ(folder.names(), reference.left);
  // "tantu: interrupted after N of 480 runs" and "s: 480 runs, M computed now": none twice.
  const int kept = std::stoi(ended.err.substr(std::string("tantu: interrupted after ").size()));
  const int computed = std::stoi(resumed.out.substr(resumed.out.find("runs, ") + 6));
  EXPECT_EQ(kept + computed, 480) << ended.err << resumed.out;
}

// A run that does not ask for long (so many firms) cannot keep the finished ones from being safe.
TEST(SweepInterrupted, WithinASecondWhateverTheRunsDo) {
  const Folder folder;
  folder.write("s.json", R"({ "name": "s", "scenario": "china-national", "set": ["run.last_day=2021-07-19", "sectors.power.emissions_mt=600000"],
    "factors": [ { "path": "sectors.power.firms", "name": "number_of_firms", "levels": [1063, 300000] } ] })");
  const Ended ended = run_tantu(folder.path(), sweep_words({"--jobs", "1", "--save-every", "600"}),
                                Fate{.signal_after = 0.1, .once = [](pid_t sweep) { return resident_bytes(sweep) > std::size_t{100} << 20; }});  // the second run has begun
  EXPECT_EQ(ended.status, 1) << ended.out << ended.err;
  EXPECT_LT(ended.seconds, 30) << "the second run asks for minutes";
  EXPECT_TRUE(ended.err == "tantu: interrupted; finished runs are kept; go on with --resume\n" || ended.err.starts_with("tantu: interrupted after 1 of 2 runs")) << ended.err;
  EXPECT_TRUE(fs::exists(folder / "s.h5.parts/block-000001.bin")) << "the first run was finished; " << ended.err;
}

TEST(SweepKilled, FiftyTimesAtRandomMomentsEndsInTheSameBytes) {
  const Reference reference(30);
  const Folder folder;
  folder.write("s.json", small_sweep(30));
  std::mt19937 random(20211116);
  std::uniform_real_distribution<double> moment(0.005, 0.25);
  int kills = 0, ends = 0;
  while (kills < 50) {
    ASSERT_LT(ends, 200) << "the sweep is over before it can be killed: " << kills << " kills";
    const Ended ended = run_tantu(folder.path(), sweep_words({ends > 0 && !fs::exists(folder / "s.h5.parts") ? "--force" : "--resume", "--save-every", "0.02"}),
                                  Fate{.signal_after = moment(random), .signal = SIGKILL});
    if (ended.status == 128 + SIGKILL) {
      ++kills;
      if (fs::exists(folder / "s.h5")) expect_same_bytes(folder / "s.h5", reference.bytes, "kill " + std::to_string(kills));
      continue;
    }
    ++ends;
    ASSERT_EQ(ended.status, 1) << ended.out << ended.err;
    expect_same_bytes(folder / "s.h5", reference.bytes, std::to_string(kills) + " kills");
  }
  run_tantu(folder.path(), sweep_words({"--resume"}));
  expect_same_bytes(folder / "s.h5", reference.bytes, "fifty kills");
  EXPECT_EQ(folder.names(), reference.left) << "nothing is left behind";
}

// What is computed again: what the workers held (a run in hand and a few finished in the queue) and one block.
TEST(SweepKilled, NoMoreThanABlockIsComputedAgain) {
  const Folder folder;
  // No run fails: a record of one that did is so short that a block holds dozens.
  folder.write("s.json", R"({ "name": "s", "scenario": "two-firms", "set": ["run.last_day=2021-04-30"], "replications": 60,
    "factors": [ { "path": "policies.penalty.per_tonne", "name": "fine", "levels": [50, 100, 150, 200] } ] })");
  const SweepPlan plan = load_sweep((folder / "s.json").string());
  struct Shared { std::atomic<std::size_t> taken; };
  auto* shared = static_cast<Shared*>(mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  SweepOptions options;
  options.output = (folder / "s.h5").string();
  options.jobs = 2;
  options.save_every = 1e9;
  constexpr std::size_t runs_per_block = 5;
  options.block_bytes = runs_per_block * 1000;  // a run has about 1.3 kB; five at most fit
  std::mt19937 random(7);
  for (int kill_number = 0; kill_number < 8; ++kill_number) {
    shared->taken = 0;
    options.resume = kill_number > 0;
    const pid_t child = fork();
    if (child == 0) {
      options.progress = [&](const SweepProgress& p) { shared->taken = p.before + p.done; };
      try {
        execute(plan, options);
      } catch (...) {
        _exit(3);
      }
      _exit(0);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(20'000 + random() % 80'000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 3) << "the sweep failed instead of being killed";
    if (fs::exists(options.output)) break;
    BlockFolder blocks(options.output + ".parts", {});
    const std::size_t durable = blocks.find().runs.size();
    EXPECT_LE(shared->taken, durable + runs_per_block) << "kill " << kill_number << ": " << shared->taken << " runs were taken, " << durable << " are safe";
  }
  munmap(shared, sizeof(Shared));
}

TEST(SweepDisk, ThatIsFullEndsInOneLineAndResumeFinishes) {
  const Reference reference(3);
  const Folder folder;
  folder.write("s.json", small_sweep(3));
  // 0: the plan of the folder; then blocks; then, when all runs are safe, the dataset.
  for (const rlim_t bytes : {250, 3'000, 20'000, 300'000}) {
    const Ended ended = run_tantu(folder.path(), sweep_words({"--resume", "--save-every", "0"}), Fate{.prepare = [bytes] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{bytes, bytes};
      setrlimit(RLIMIT_FSIZE, &limit);
    }});
    EXPECT_EQ(ended.status, 1) << "at " << bytes << " bytes: " << ended.out << ended.err;
    EXPECT_TRUE(ended.err.find("File too large") != std::string::npos && ended.err.find('\n') == ended.err.size() - 1) << "at " << bytes << " bytes: " << ended.err;
    EXPECT_FALSE(fs::exists(folder / "s.h5")) << "at " << bytes << " bytes";
  }
  run_tantu(folder.path(), sweep_words({"--resume"}));
  expect_same_bytes(folder / "s.h5", reference.bytes, "full disks");
}

TEST(SweepDisk, OfAFewKilobytesFillsUpAndIsMadeLarger) {
  const Folder folder;
  const fs::path disk = folder / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=100k") != 0) GTEST_SKIP() << "only root can mount a small disk: " << std::strerror(errno);
  const Reference reference(3);
  std::ofstream(disk / "s.json") << small_sweep(3);
  for (const char* size : {"size=100k", "size=200k", "size=300k"}) {
    EXPECT_EQ(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, size), 0);
    const Ended ended = run_tantu(disk, sweep_words({"--resume", "--save-every", "0"}));
    EXPECT_EQ(ended.status, 1) << size;
    EXPECT_NE(ended.err.find("No space left on device"), std::string::npos) << size << ": " << ended.err;
    EXPECT_FALSE(fs::exists(disk / "s.h5")) << size;
  }
  EXPECT_EQ(mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  run_tantu(disk, sweep_words({"--resume"}));
  expect_same_bytes(disk / "s.h5", reference.bytes, "a disk that filled up");
  umount(disk.c_str());
}

/// Every operation on the disk fails once; operations on the dataset (hundreds of `p`) one in `stride`.
void fail_everywhere(const std::string& how, std::size_t stride) {
  if (std::string(places::failing_disk).empty()) GTEST_SKIP() << "the sanitizers cannot be combined with a preloaded library";
  const std::vector<std::string> words{"sweep", "s.json", "-o", "s.h5", "--jobs", "1", "--save-every", "0", "--resume"};
  const Reference reference(1);
  const auto fate = [&](const Folder& folder, std::size_t at, const std::string& log) {
    Fate fate;
    fate.environment = {{"LD_PRELOAD", places::failing_disk}, {"FAILING_DISK", fs::canonical(folder.path()).string()}, {"FAILING_DISK_AT", std::to_string(at)}, {"FAILING_DISK_HOW", how}};
    if (!log.empty()) fate.environment.emplace_back("FAILING_DISK_LOG", log);
    return fate;
  };
  std::string operations;
  {
    const Folder folder, logs;
    folder.write("s.json", small_sweep(1));
    // Names of files: relative ones are below the folder as well, which the disk cannot tell.
    run_tantu(folder.path(), {"sweep", (folder / "s.json").string(), "-o", (folder / "s.h5").string(), "--jobs", "1", "--save-every", "0"}, fate(folder, 0, (logs / "log").string()));
    operations = text_of(logs / "log");
    expect_same_bytes(folder / "s.h5", reference.bytes, "a disk that only counts");
  }
  ASSERT_GT(std::count(operations.begin(), operations.end(), 'p'), 50) << operations;
  ASSERT_GT(std::count(operations.begin(), operations.end(), 'r'), 8) << operations;
  ASSERT_GT(std::count(operations.begin(), operations.end(), 's'), 16) << operations;
  for (std::size_t at = 1; at <= operations.size(); ++at) {
    if (operations[at - 1] == 'p' && at % stride != 0) continue;
    const std::string where = how + " at operation " + std::to_string(at) + " of " + std::to_string(operations.size()) + " (" + operations[at - 1] + ")";
    const Folder folder;
    folder.write("s.json", small_sweep(1));
    const std::vector<std::string> absolute{"sweep", (folder / "s.json").string(), "-o", (folder / "s.h5").string(), "--jobs", "1", "--save-every", "0", "--resume"};
    const Ended ended = run_tantu(folder.path(), absolute, fate(folder, at, ""));
    EXPECT_EQ(ended.status, how == "kill" ? 128 + SIGKILL : 1) << where << ": " << ended.out << ended.err;
    if (how != "kill") {
      EXPECT_TRUE(ended.err.starts_with("tantu: ") && ended.err.find('\n') == ended.err.size() - 1) << where << " is to be told in one line: " << ended.err;
      EXPECT_FALSE(fs::exists(folder / "s.h5.part")) << where << " leaves a dataset that is half written";
    }
    if (fs::exists(folder / "s.h5")) expect_same_bytes(folder / "s.h5", reference.bytes, where);
    if (fs::exists(folder / "s.manifest.json")) {
      EXPECT_TRUE(fs::exists(folder / "s.h5")) << where << ": a manifest without its dataset";
    }
    const Ended resumed = run_tantu(folder.path(), absolute);
    EXPECT_EQ(resumed.status, 1) << where << ", resumed: " << resumed.out << resumed.err;
    expect_same_bytes(folder / "s.h5", reference.bytes, where + " and --resume");
    EXPECT_EQ(folder.names(), reference.left) << where << " and --resume leaves something behind";
    if (testing::Test::HasFailure()) return;  // one is enough to look at
  }
}

TEST(SweepDisk, MayFailAtEveryWriteSyncAndRename) { fail_everywhere("error", 1); }
TEST(SweepDisk, MayDieAtEveryWriteSyncAndRename) { fail_everywhere("kill", 11); }

}  // namespace
}  // namespace tantu::tests
