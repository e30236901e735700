// What a user gets wrong: what lies in the folder, the words on the command line, and the exact message.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <iostream>
#include <regex>

#include "tests/program_run.hpp"

namespace tantu::tests {

struct Case {
  std::string name;
  std::vector<std::string> words;                              ///< after `tantu`
  std::string message;                                         ///< the whole of standard error, less the line's end
  std::vector<std::pair<std::string, std::string>> files = {}; ///< name, text
  std::function<void(const Folder&)> prepare = nullptr;
};

inline void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

/// One line, status 2, nothing left behind.
inline void expect_refusal(const Case& c) {
  const Folder folder;
  for (const auto& [name, text] : c.files) folder.write(name, text);
  if (c.prepare) c.prepare(folder);
  const auto before = folder.names();

  const Ended ended = run_tantu(folder.path(), c.words);

  std::string command = "tantu";
  for (const std::string& word : c.words) command += " " + word;
  if (getenv("TANTU_SHOW_MESSAGES")) std::cerr << "@@" << c.name << "\t" << ended.err;
  EXPECT_EQ(std::regex_replace(ended.err, std::regex("has [0-9]+ bytes"), "has BYTES bytes"), c.message + "\n") << command;
  EXPECT_EQ(ended.status, 2) << command << "\nsays: " << ended.err;
  EXPECT_EQ(ended.out, "") << command;
  EXPECT_EQ(folder.names(), before) << command << " left something behind";
  EXPECT_LT(ended.seconds, 5) << command << " takes long to say no";
}

}  // namespace tantu::tests
