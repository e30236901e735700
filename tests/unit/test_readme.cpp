// README.zh.md says what README.md says: the same headings by level, the same commands, examples, summary of a run, rows of
// tables and links. Sentences are the translator's; comments in commands may be translated.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/places.hpp"

namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream in(std::filesystem::path(tantu::places::source) / name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string without_comment(std::string line) {
  if (const auto at = line.find(" # "); at != std::string::npos) line.resize(at);
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

/// What must be equal, in order: "##", "    tantu run ...", "| `two-firms`", "(docs/model.md)".
std::vector<std::string> skeleton(const std::vector<std::string>& lines) {
  static const std::regex heading("^(#+) .*"), row(R"(^\| (`[^`]+`).*)"), link(R"(\]\((?!README)([^)]+)\))");
  std::vector<std::string> out;
  bool in_block = false;
  for (const std::string& line : lines) {
    if (line.starts_with("```")) {
      in_block = !in_block;
      out.push_back(line);
    } else if (in_block) {
      out.push_back("    " + without_comment(line));
    } else if (std::smatch m; std::regex_match(line, m, heading)) {
      out.push_back(m[1]);
    } else {
      if (std::smatch r; std::regex_match(line, r, row)) out.push_back("| " + r[1].str());
      // Each language has its own picture of the same run.
      for (std::sregex_iterator l(line.begin(), line.end(), link), end; l != end; ++l)
        out.push_back("(" + std::regex_replace((*l)[1].str(), std::regex("-zh\\.png$"), ".png") + ")");
    }
  }
  return out;
}

TEST(Readme, ChineseSaysWhatTheEnglishSays) {
  const auto english = skeleton(lines_of("README.md")), chinese = skeleton(lines_of("README.zh.md"));
  ASSERT_GT(english.size(), 40u);
  const auto [e, c] = std::mismatch(english.begin(), english.end(), chinese.begin(), chinese.end());
  EXPECT_TRUE(e == english.end() && c == chinese.end())
      << "README.md has    " << (e == english.end() ? "(ended)" : *e) << "\nREADME.zh.md has " << (c == chinese.end() ? "(ended)" : *c)
      << "\nput into README.zh.md what README.md says, in its place";
}

TEST(Readme, BothHaveAPictureThatIsThere) {
  for (const auto& [page, picture] : {std::pair{"README.md", "docs/images/china-national.png"}, std::pair{"README.zh.md", "docs/images/china-national-zh.png"}}) {
    std::string text;
    for (const std::string& line : lines_of(page)) text += line + "\n";
    EXPECT_NE(text.find(std::string("](") + picture + ")"), std::string::npos) << page;
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(tantu::places::source) / picture)) << picture;
  }
}

}  // namespace
