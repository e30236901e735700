// Whole or absent: a file appears under its name only when complete, whatever goes wrong before.
#include "results/output_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "results/hdf5_file.hpp"
#include "results/manifest.hpp"
#include "sim/input_error.hpp"
#include "tests/folder.hpp"

namespace tantu {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class OutputFileTest : public testing::Test {
 protected:
  void put(const fs::path& p, const std::string& text) { std::ofstream(p) << text; }
  std::string get(const fs::path& p) {
    std::ifstream in(p);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const tantu::tests::Folder made;
  const fs::path folder = made.path(), target = folder / "out.h5", part = folder / "out.h5.part";
};

std::string refusal(const fs::path& path, Overwrite overwrite = Overwrite::refuse) {
  try {
    OutputFile file(path, overwrite);
  } catch (const InputError& e) {
    return e.what();
  }
  return "accepted";
}

TEST_F(OutputFileTest, AppearsOnlyOnCommit) {
  {
    OutputFile file(target);
    EXPECT_EQ(file.part(), part);
    file.write("hello ");
    file.write("world");
    EXPECT_FALSE(fs::exists(target));
    EXPECT_TRUE(fs::exists(part));
    file.commit();
    EXPECT_THROW(file.commit(), std::logic_error);
  }
  EXPECT_EQ(get(target), "hello world");
  EXPECT_FALSE(fs::exists(part));
}

TEST_F(OutputFileTest, WithoutCommitNothingIsLeft) {
  { OutputFile file(target); file.write("half"); }
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(OutputFileTest, KeepsWhatAKilledProcessLeftFromMixingIn) {
  put(part, std::string(10'000, 'x'));
  { OutputFile file(target); file.write("new"); file.commit(); }
  EXPECT_EQ(get(target), "new");
}

TEST_F(OutputFileTest, RefusesAnExistingFileUnlessForced) {
  put(target, "old");
  EXPECT_EQ(refusal(target), target.string() + ": exists already; choose another name with -o or overwrite it with --force");
  EXPECT_EQ(get(target), "old");
  { OutputFile file(target, Overwrite::allow); file.write("half"); }
  EXPECT_EQ(get(target), "old");
  { OutputFile file(target, Overwrite::allow); file.write("new"); file.commit(); }
  EXPECT_EQ(get(target), "new");
}

TEST_F(OutputFileTest, DoesNotReplaceAFileThatAppearedMeanwhile) {
  {
    OutputFile file(target);
    put(target, "theirs");
    EXPECT_THROW(file.commit(), std::runtime_error);
  }
  EXPECT_EQ(get(target), "theirs");
  EXPECT_FALSE(fs::exists(part));
}

TEST_F(OutputFileTest, OneWriterAtATime) {
  OutputFile first(target);
  first.write("first");
  EXPECT_THAT(refusal(target), HasSubstr("is being written by another process"));
  first.commit();
  EXPECT_EQ(get(target), "first");
}

TEST_F(OutputFileTest, BadNames) {
  EXPECT_THAT(refusal(""), HasSubstr("name of the output file is empty"));
  EXPECT_THAT(refusal(folder), HasSubstr("is a folder; give the name of a file in it"));
  EXPECT_THAT(refusal(folder, Overwrite::allow), HasSubstr("is a folder"));
  EXPECT_THAT(refusal(folder / "sub/out.h5"), HasSubstr("the folder " + (folder / "sub").string() + " does not exist"));
  EXPECT_THAT(refusal(folder / "sub/"), HasSubstr("is the name of a folder"));
  EXPECT_THAT(refusal(folder / std::string(252, 'n')), HasSubstr("the name is too long"));  // with .part
  EXPECT_THAT(refusal(folder / std::string(5'000, 'n')), HasSubstr("the name is too long"));
  put(target, "");
  EXPECT_THAT(refusal(target / "out.h5"), HasSubstr("is not a folder"));
  EXPECT_THAT(refusal("/dev/null", Overwrite::allow), HasSubstr("is not a regular file"));
  fs::create_directory(folder / "a.h5.part");
  EXPECT_THAT(refusal(folder / "a.h5"), HasSubstr("is a folder"));
}

TEST_F(OutputFileTest, UnwritableFolder) {
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  // Permissions do not bind root: act as nobody.
  const bool root = geteuid() == 0;
  if (root) { ASSERT_EQ(seteuid(65534), 0); }
  const auto message = refusal(target);
  if (root) { ASSERT_EQ(seteuid(0), 0); }
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_THAT(message, HasSubstr("the folder " + folder.string() + " is not writable"));
}

TEST_F(OutputFileTest, AFaultAtAnyStepLeavesTheOldFileOrTheNewOne) {
  for (const auto fault : {OutputStep::write, OutputStep::sync_file, OutputStep::rename, OutputStep::sync_folder}) {
    put(target, "old");
    bool happened = false;
    try {
      OutputFile file(target, Overwrite::allow, [&](OutputStep s) { if (s == fault) throw std::runtime_error("fault"); });
      file.write("new");
      file.commit();
    } catch (const std::runtime_error& e) {
      happened = std::string(e.what()) == "fault";
    }
    EXPECT_TRUE(happened);
    EXPECT_EQ(get(target), fault == OutputStep::sync_folder ? "new" : "old");
    EXPECT_FALSE(fs::exists(part));
  }
}

// A limit on the size of files stands for a full disk; in a child, which also must end normally.
TEST_F(OutputFileTest, FullDiskLeavesNothing) {
  for (const bool hdf5 : {false, true}) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{20'000, 20'000};
      setrlimit(RLIMIT_FSIZE, &limit);
      std::string message;
      try {
        OutputFile file(target);
        if (hdf5) {
          ResultFile results(file.part().string(), {.gzip = 0});
          results.root().axis("x", std::vector<std::int64_t>(10'000), {"1", "x"});
          results.close();
        } else {
          file.write(std::string(30'000, 'x'));
        }
        file.commit();
      } catch (const InputError&) {
        exit(4);
      } catch (const std::runtime_error& e) {
        message = e.what();
      }
      exit(message.find("File too large") != std::string::npos ? 0 : 3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(fs::is_empty(folder));
  }
}

TEST_F(OutputFileTest, ManifestTellsTheMoment) {
  put(target, "12345");
  using namespace std::chrono;
  const system_clock::time_point start{sys_days{year{2026} / 2 / 3}};
  Manifest m{.dataset = target, .program_version = "0.1.0", .git_commit = "abc", .command_line = {"tantu", "run", "\xff"},
             .started = start, .finished = start + milliseconds(1500), .threads = 2, .gzip = 4};
  write_manifest(m);
  const auto j = nlohmann::json::parse(get(folder / "out.manifest.json"));
  EXPECT_EQ(j["schema_version"], manifest_schema_version);
  EXPECT_EQ(j["dataset"]["file"], "out.h5");
  EXPECT_EQ(j["dataset"]["bytes"], 5);
  EXPECT_EQ(j["started"], "2026-02-03T00:00:00Z");
  EXPECT_EQ(j["finished"], "2026-02-03T00:00:01Z");
  EXPECT_EQ(j["duration_seconds"], 1.5);
  EXPECT_EQ(j["command_line"].size(), 3u);
  EXPECT_EQ(j["libraries"]["hdf5"], hdf5_version());
  for (const char* name : {"tbb", "boost", "compiler"}) EXPECT_FALSE(j["libraries"][name].get<std::string>().empty());
  write_manifest(m);  // again: replaced
  m.more = {{"host", "x"}};
  EXPECT_THROW(write_manifest(m), std::logic_error);
  EXPECT_EQ(manifest_path("a/sweep"), fs::path("a/sweep.manifest.json"));
  EXPECT_EQ(manifest_path("a.b.h5"), fs::path("a.b.manifest.json"));
  m.dataset = folder / "none.h5";
  EXPECT_THROW(write_manifest(m), std::runtime_error);
}

}  // namespace
}  // namespace tantu
