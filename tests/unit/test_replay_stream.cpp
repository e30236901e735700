// A replay of what does not fit: a pipe that goes on and on, a file of other bytes. The program as a user meets it.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/program_run.hpp"

namespace {

using namespace tantu::tests;

/// Largest memory in KiB of a replay that reads `blocks` times the same 64 KiB of events from a pipe.
long memory_of(const Folder& folder, int blocks) {
  const std::string pipe = folder / "pipe.csv";
  mkfifo(pipe.c_str(), 0600);
  std::string block;
  while (block.size() < (std::size_t{1} << 16)) block += "1,,L,7,1,sell,48.50,10\n2,,I,8,2,buy,48.50,4\n3,,X,7,,,,\n";
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_WRONLY);
    if (chdir(folder.path().c_str()) != 0 || dup2(nothing, 1) < 0) _exit(125);
    execl(tantu::places::program, tantu::places::program, "replay", "pipe.csv", "--trades", "trades.csv", "--quality", "quality.csv", "--force", nullptr);
    _exit(126);
  }
  {
    std::ofstream out(pipe, std::ios::binary);
    out << "seq,time,type,order,account,side,price,qty\n";
    for (int i = 0; i < blocks; ++i) out << block;
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  std::filesystem::remove(pipe);
  return used.ru_maxrss;
}

TEST(ReplayStream, MemoryGrowsWithWhatRestsNotWithTheFile) {
  const Folder folder;
  const long little = memory_of(folder, 4), much = memory_of(folder, 400);  // 0.25 and 26 MB
  EXPECT_LT(much - little, 4096) << "KiB more for a hundred times the events";
}

TEST(ReplayStream, ABinaryFileIsRefusedInOneLine) {
  const Folder folder;
  std::string bytes = "\x7f" "ELF";
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7919 >> 3);
  folder.write("flow.csv", bytes);
  for (const std::string format : {"tantu", "lobster"}) {
    const Ended ended = run_tantu(folder.path(), {"replay", "flow.csv", "--format", format, "--trades", "trades.csv"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_TRUE(ended.err.starts_with("flow.csv:1: ")) << ended.err;
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    for (const char c : ended.err) EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f')) << static_cast<int>(c);
    EXPECT_FALSE(std::filesystem::exists(folder / "trades.csv"));
  }
}

TEST(ReplayStream, SkipBadCountsEachKindOfBadLine) {
  const Folder folder;
  folder.write("flow.csv",
               "seq,time,type,order,account,side,price,qty\n"
               "1,10,L,1,1,sell,48.50,10\n"
               "2,10,L,2,1,sell,48.50,-5\n"        // negative
               "3,9,L,3,1,sell,48.50,5\n"          // time goes back
               "4,11,Q,4,1,sell,48.50,5\n"         // unknown type
               "5,11,L,5,1,sell\n"                 // too few columns
               "6,11,L,6,1,sell,4x.50,5\n"         // not a number
               "7,12,I,7,2,buy,48.50,4\n"
               "8,13,X,99,,,,\n"                   // rejected: does not rest
               "9,13,L,1,1,sell,48.60,5\n"         // rejected: the id rests
               "10,14,I,8,2,buy,48.");             // cut
  const Ended refused = run_tantu(folder.path(), {"replay", "flow.csv", "--trades", "trades.csv"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.err, "flow.csv:3: qty \"-5\" is negative\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "trades.csv"));
  const Ended skipped = run_tantu(folder.path(), {"replay", "flow.csv", "--skip-bad", "--trades", "trades.csv", "--book", "book.csv"});
  EXPECT_EQ(skipped.status, 0) << skipped.err;
  EXPECT_NE(skipped.out.find("malformed    6 lines left out; line 3: qty \"-5\" is negative"), std::string::npos) << skipped.out;
  EXPECT_NE(skipped.out.find("rejected     2\n"), std::string::npos) << skipped.out;
  EXPECT_EQ(text_of(folder / "trades.csv"), "seq,time,price,qty,buy_order,sell_order,buy_account,sell_account,aggressor\n7,12,48.50,4,7,1,2,1,buy\n");
  EXPECT_EQ(text_of(folder / "book.csv"), "seq,side,level,price,qty,orders\n9,sell,1,48.50,6,1\n");
}

TEST(ReplayStream, QualityAndAlertsAreWritten) {
  const Folder folder;
  folder.write("flow.csv",
               "seq,time,type,order,account,side,price,qty\n"
               "1,10,L,1,1,sell,50.10,100\n2,11,L,2,2,buy,49.90,100\n3,12,I,3,3,buy,50.10,60\n4,13,L,4,5,sell,50.10,10\n5,13,I,5,5,buy,50.10,50\n6,14,X,2,,,,\n");
  const Ended ended = run_tantu(folder.path(), {"replay", "flow.csv", "--quality", "q.csv", "--alerts", "a.csv"});
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_NE(ended.out.find("spread_effective   0.2 currency t-1"), std::string::npos) << ended.out;
  EXPECT_NE(text_of(folder / "q.csv").find("\nspread_effective,currency t-1,0.2\n"), std::string::npos) << text_of(folder / "q.csv");
  // 5 buys the 40 that are left of 1 and then its own 10.
  EXPECT_EQ(text_of(folder / "a.csv"), "date,time,message,kind,account,other,side,qty,value,threshold\n,13.000000000,5,wash,5,5,buy,10,1,0.5\n");
}

}  // namespace
