// The documentation says what is there: pages that the program writes are current, files, anchors and
// parameters that the pages name exist, and what the program has is named where a reader looks for it.
// (Links between pages and the rows of the glossary: test_architecture.cpp.)
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "policies/catalog.hpp"
#include "scenarios/presets.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/table_writer.hpp"
#include "sim/exchange.hpp"
#include "tests/places.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path source = tantu::places::source;

std::string text_of(const fs::path& page) {
  std::ifstream in(source / page, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// README.md and docs/*.md.
std::vector<fs::path> pages() {
  std::vector<fs::path> list{"README.md"};
  for (const auto& entry : fs::directory_iterator(source / "docs"))
    if (entry.path().extension() == ".md") list.push_back(fs::relative(entry.path(), source));
  std::sort(list.begin(), list.end());
  return list;
}

/// What `tantu WORDS` prints on standard output.
std::string output_of(const std::string& words) {
  const std::string command = std::string(tantu::places::program) + " " + words;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) text.append(buffer.data(), n);
  return text;
}

void expect_current(const fs::path& page, const std::string& words) {
  const auto committed = lines_of(text_of(page)), printed = lines_of(output_of(words));
  if (committed == printed) return;
  std::size_t i = 0;
  while (i < committed.size() && i < printed.size() && committed[i] == printed[i]) ++i;
  ADD_FAILURE() << page.string() << ":" << i + 1 << ": differs from what `tantu " << words << "` prints\n"
                << "  page:    " << (i < committed.size() ? committed[i] : "(ends)") << "\n"
                << "  program: " << (i < printed.size() ? printed[i] : "(ends)") << "\n"
                << "renew it with script/docs and commit it";
}

TEST(Docs, ScenarioReferenceIsWhatTheProgramPrints) { expect_current("docs/scenario-reference.md", "schema --as reference"); }

TEST(Docs, OutputsAreWhatTheProgramPrints) { expect_current("docs/outputs.md", "schema --as outputs"); }

/// `sim/firm_store.hpp`, `script/docs --run` and the like between backquotes, in a page's prose and tables. Folders
/// do not count: one for tests that nobody has written yet is not there.
std::vector<std::string> paths_in(const std::string& text) {
  static const std::regex path(
      R"(`(script/[\w-]+|(?:sim|agents|policies|results|scenarios|cli|tests|script|docs)/[\w./-]*\.\w+)(?![\w*/])[^`]*`)");
  std::vector<std::string> paths;
  for (std::sregex_iterator m(text.begin(), text.end(), path), end; m != end; ++m) paths.push_back((*m)[1]);
  return paths;
}

TEST(Docs, FilesThatPagesNameExist) {
  for (const fs::path& page : pages()) {
    bool in_block = false;  // examples between fences may name what a reader is to write
    const auto lines = lines_of(text_of(page));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].starts_with("```")) in_block = !in_block;
      if (in_block) continue;
      for (const std::string& path : paths_in(lines[i]))
        if (!fs::exists(source / path))
          ADD_FAILURE() << page.string() << ":" << i + 1 << ": there is no file " << path;
    }
  }
}

/// The name by which a heading is linked: lower case, dashes for spaces, without punctuation.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (c == ' ') anchor += '-';
    else if (std::isalnum(u) || c == '-' || c == '_' || u >= 0x80) anchor += static_cast<char>(std::tolower(u));
  }
  return anchor;
}

// `Suite.Name` in the table of instruments is a test that there is, so that a reader finds what holds a rule.
TEST(Docs, TestsThatTheRulesNameExist) {
  std::set<std::string> there;
  for (const auto& entry : fs::recursive_directory_iterator(source / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = text_of(fs::relative(entry.path(), source));
    static const std::regex declared(R"(TEST(?:_F|_P)?\((\w+), (\w+)\))");
    for (std::sregex_iterator it(text.begin(), text.end(), declared), end; it != end; ++it) there.insert((*it)[1].str() + '.' + (*it)[2].str());
  }
  const std::string page = text_of("docs/rules.md");
  static const std::regex named(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
  int count = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), named), end; it != end; ++it, ++count)
    EXPECT_TRUE(there.contains((*it)[1].str())) << "docs/rules.md names the test " << (*it)[1].str() << ", which there is not";
  EXPECT_GT(count, 40);
}

TEST(Docs, AnchorsLeadToHeadings) {
  std::map<std::string, std::set<std::string>> anchors;
  for (const fs::path& page : pages())
    for (const std::string& line : lines_of(text_of(page)))
      if (line.starts_with("#")) anchors[page.string()].insert(anchor_of(line.substr(line.find_first_not_of("# "))));
  static const std::regex link(R"(\]\(([^)\s#:]*)#([^)\s]+)\))");
  for (const fs::path& page : pages()) {
    const auto lines = lines_of(text_of(page));
    for (std::size_t i = 0; i < lines.size(); ++i)
      for (std::sregex_iterator m(lines[i].begin(), lines[i].end(), link), end; m != end; ++m) {
        const std::string target = (*m)[1].length() == 0 ? page.string() : (page.parent_path() / (*m)[1].str()).lexically_normal().string();
        if (!target.ends_with(".md")) continue;
        if (!anchors[target].contains((*m)[2]))
          ADD_FAILURE() << page.string() << ":" << i + 1 << ": " << target << " has no heading for #" << (*m)[2];
      }
  }
}

/// Whether a table of the page has a row that begins with `name`.
bool has_row(const std::string& page, std::string_view name) { return page.find(fmt::format("\n| `{}` | ", name)) != std::string::npos; }

TEST(Docs, ModelDescribesEachPolicy) {
  const std::string model = text_of("docs/model.md");
  for (const tantu::PolicyKind& kind : tantu::policy_catalog())
    EXPECT_TRUE(has_row(model, kind.entry.kind))
        << "docs/model.md: the table under \"Rules\" has no row | `" << kind.entry.kind << "` | phase | what it does |";
}

TEST(Docs, ReadmeNamesEachPreset) {
  const std::string readme = text_of("README.md");
  for (const tantu::Preset& preset : tantu::presets())
    EXPECT_TRUE(has_row(readme, preset.name))
        << "README.md: the table under \"Presets\" has no row | `" << preset.name << "` | what it is |";
}

TEST(Docs, FileFormatsExplainEachRejection) {
  const std::string page = text_of("docs/file-formats.md");
  for (std::size_t code = 1; code < tantu::rejection_names.size(); ++code)
    EXPECT_NE(page.find(fmt::format("{} {}", code, tantu::rejection_names[code])), std::string::npos)
        << "docs/file-formats.md: the codes under \"Tapes\" lack \"" << code << " " << tantu::rejection_names[code] << "\"";
}

/// The rows "| `path.of.parameter` | default |" of docs/model.md, by line.
struct DocumentedDefault {
  std::size_t line;
  std::string path, value;
};
std::vector<DocumentedDefault> documented_defaults() {
  static const std::regex row(R"(\| `((agents|shocks|network)\.[\w.]+)` \| (\S+) \|)");
  std::vector<DocumentedDefault> list;
  const auto lines = lines_of(text_of("docs/model.md"));
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (std::smatch m; std::regex_match(lines[i], m, row)) list.push_back({i + 1, m[1], m[3]});
  return list;
}

nlohmann::json::json_pointer pointer_of(std::string path) {
  std::replace(path.begin(), path.end(), '.', '/');
  return nlohmann::json::json_pointer("/" + path);
}

TEST(Docs, ModelGivesTheDefaultsOfBehaviour) {
  const auto defaults = nlohmann::json::parse(tantu::resolved_text(tantu::Scenario{}));
  std::set<std::string> documented;
  for (const DocumentedDefault& row : documented_defaults()) {
    documented.insert(row.path);
    const auto at = pointer_of(row.path);
    if (!defaults.contains(at)) {
      ADD_FAILURE() << "docs/model.md:" << row.line << ": there is no parameter " << row.path;
      continue;
    }
    EXPECT_EQ(nlohmann::json::parse(row.value), defaults.at(at)) << "docs/model.md:" << row.line << ": " << row.path;
  }
  for (const auto& [group, parameters] : defaults.at("agents").at("firms").items())
    for (const auto& [name, value] : parameters.items()) {
      const std::string path = "agents.firms." + group + "." + name;
      EXPECT_TRUE(documented.contains(path)) << "docs/model.md has no row | `" << path << "` | " << value << " |";
    }
}

}  // namespace
