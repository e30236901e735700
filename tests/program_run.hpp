// The program as a user meets it: started in a folder of its own, with its words, streams and status.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/folder.hpp"
#include "tests/places.hpp"

namespace tantu::tests {

struct Ended {
  int status = -1;       ///< exit status; 128 + signal where it was killed by one
  std::string out, err;
  double seconds = 0;    ///< of the whole process, or after the signal where there is one
};

/// Bytes of memory that a process has in hand.
inline std::size_t resident_bytes(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// What may happen to a process.
struct Fate {
  std::optional<double> signal_after = std::nullopt;  ///< seconds
  std::function<bool(pid_t)> once = [](pid_t) { return true; };  ///< from when on the seconds count: a busy machine may start the program late
  int signal = SIGINT;
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::function<void()> prepare = [] {};  ///< called in the child, e.g. to set limits
};

/// Runs tantu with `words` in `folder`, at most five minutes, which no test needs that has a processor.
inline Ended run_tantu(const std::filesystem::path& folder, const std::vector<std::string>& words, const Fate& fate) {
  using Clock = std::chrono::steady_clock;
  Folder streams;
  const std::string out = streams / "out", err = streams / "err";
  std::vector<std::string> all{places::program};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  auto began = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDONLY), o = open(out.c_str(), O_WRONLY | O_CREAT, 0600), e = open(err.c_str(), O_WRONLY | O_CREAT, 0600);
    for (const auto& [name, value] : fate.environment) setenv(name.c_str(), value.c_str(), 1);
    fate.prepare();
    if (chdir(folder.c_str()) != 0 || dup2(nothing, 0) < 0 || dup2(o, 1) < 0 || dup2(e, 2) < 0) _exit(125);
    execv(argv[0], argv.data());
    _exit(126);
  }
  const auto since = [&] { return std::chrono::duration<double>(Clock::now() - began).count(); };
  Ended ended;
  int status = 0;
  bool interrupted = false, counting = false;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (!counting && fate.signal_after && fate.once(child)) {
      counting = true;
      began = Clock::now();
    }
    if (counting && !interrupted && since() >= *fate.signal_after) {
      kill(child, fate.signal);
      interrupted = true;
      began = Clock::now();
    }
    if (since() > 300) kill(child, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ended.seconds = since();
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ended.out = text_of(out);
  ended.err = text_of(err);
  return ended;
}

/// `interrupt_after`: seconds after which it gets SIGINT.
inline Ended run_tantu(const std::filesystem::path& folder, const std::vector<std::string>& words, std::optional<double> interrupt_after = std::nullopt) {
  return run_tantu(folder, words, Fate{.signal_after = interrupt_after});
}

}  // namespace tantu::tests
