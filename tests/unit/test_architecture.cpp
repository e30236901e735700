// The house keeps its shape: who may include whom, what must not occur where, and that the links of
// the documentation lead somewhere. A finding says file, line and reason. docs/design.md, section 1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/places.hpp"

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path source = tantu::places::source;

struct SourceFile {
  std::string path;  ///< relative to the sources, e.g. "sim/order_book.cpp"
  std::vector<std::string> lines;
  std::string room() const { return path.substr(0, path.find('/')); }
  bool is_header() const { return path.ends_with(".hpp"); }
};

/// "sim/a.cpp:17: reason", appended for each finding.
using Findings = std::vector<std::string>;

void find(Findings& findings, const SourceFile& file, std::size_t line, const std::string& reason) {
  findings.push_back(file.path + ":" + std::to_string(line + 1) + ": " + reason);
}

std::vector<std::string> lines_of(std::istream& in) {
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

SourceFile file(std::string path, const std::string& text) {
  std::istringstream in(text);
  return {std::move(path), lines_of(in)};
}

std::vector<SourceFile> files_of(const std::string& room) {
  std::vector<SourceFile> files;
  if (!fs::exists(source / room)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(source / room)) {
    const auto extension = entry.path().extension();
    if (extension != ".hpp" && extension != ".cpp") continue;
    std::ifstream in(entry.path());
    files.push_back({fs::relative(entry.path(), source).generic_string(), lines_of(in)});
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

/// The lines with comments and the contents of literals blanked. `#include "..."` keeps its name.
std::vector<std::string> code_of(const SourceFile& f) {
  std::vector<std::string> code = f.lines;
  bool in_comment = false;
  std::string raw_end;  // of the raw literal that is open, e.g. )"
  for (std::string& line : code) {
    if (!in_comment && raw_end.empty() && line.starts_with("#include")) {
      if (const auto comment = line.find("//"); comment != std::string::npos) line.resize(comment);
      continue;
    }
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (in_comment) {
        if (line.compare(i, 2, "*/") == 0) in_comment = false, line[i + 1] = ' ';
        line[i] = ' ';
      } else if (!raw_end.empty()) {
        if (line.compare(i, raw_end.size(), raw_end) == 0) {
          i += raw_end.size() - 1;
          raw_end.clear();
        } else {
          line[i] = ' ';
        }
      } else if (line.compare(i, 2, "//") == 0) {
        line.resize(i);
      } else if (line.compare(i, 2, "/*") == 0) {
        in_comment = true;
        line[i] = ' ';
      } else if (line.compare(i, 2, "R\"") == 0) {
        const std::size_t open = line.find('(', i);
        if (open == std::string::npos) break;
        raw_end = line.substr(i + 2, open - i - 2).append("\"");
        raw_end.insert(raw_end.begin(), ')');
        i = open;
      } else if (line[i] == '"' ||
                 (line[i] == '\'' && (i == 0 || !std::isalnum(static_cast<unsigned char>(line[i - 1]))))) {
        const char quote = line[i];
        for (++i; i < line.size() && line[i] != quote; ++i) {
          if (line[i] == '\\' && i + 1 < line.size()) line[i++] = ' ';
          line[i] = ' ';
        }
      }
    }
  }
  return code;
}

// --- Who may include whom -------------------------------------------------------------------------

/// What a room may include: rooms of ours, and prefixes of foreign headers beside the standard library.
struct Room {
  std::string_view name;
  std::set<std::string_view> rooms;
  std::vector<std::string_view> foreign;
};

const std::vector<Room> house = {
    {"sim", {"sim"}, {"boost/", "tbb/", "oneapi/tbb/", "fmt/", "Random123/", "emmintrin.h", "immintrin.h"}},
    {"agents", {"sim", "agents"}, {"boost/", "fmt/"}},
    {"policies", {"sim", "policies"}, {"boost/", "fmt/"}},
    {"results", {"sim", "results"}, {"boost/", "tbb/", "oneapi/tbb/", "fmt/", "hdf5", "H5", "nlohmann/", "POSIX"}},
    {"scenarios",
     {"sim", "agents", "policies", "results", "scenarios"},
     {"boost/", "tbb/", "oneapi/tbb/", "fmt/", "nlohmann/", "POSIX", "emmintrin.h"}},
    {"cli", {"sim", "agents", "policies", "results", "scenarios", "cli"}, {"fmt/", "nlohmann/", "CLI/", "POSIX"}},
};

const std::set<std::string_view> posix = {"unistd.h",    "fcntl.h",    "signal.h",    "sys/stat.h",    "sys/file.h",
                                          "sys/types.h", "sys/mman.h", "sys/ioctl.h", "sys/resource.h"};

Findings check_includes(const SourceFile& f) {
  Findings findings;
  const auto room = std::ranges::find(house, f.room(), &Room::name);
  if (room == house.end())
    return {f.path + ":1: no rule for this folder; add it to the house in test_architecture.cpp"};
  static const std::regex include(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  static const std::regex standard("[a-z_0-9]+");
  const auto code = code_of(f);
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::smatch m;
    if (!std::regex_search(code[i], m, include)) continue;
    const std::string name = m[2];
    const bool ours = m[1] == "\"";
    if (ours) {
      const std::string from = name.substr(0, name.find('/'));
      if (from == name)
        find(findings, f, i, name + ": headers of ours are named by their folder, \"" + f.room() + "/" + name + "\"");
      else if (!room->rooms.contains(from))
        find(findings, f, i, f.room() + " may not know " + from + " (" + name + ")");
      if (f.room() == "cli" && (name.starts_with("sim/order_book") ||
                                ((from == "policies" || from == "agents") && !name.ends_with("/catalog.hpp"))))
        find(findings, f, i, "a thin main asks scenarios and results, not " + name);
      continue;
    }
    if (std::regex_match(name, standard)) continue;
    const bool may = std::ranges::any_of(
        room->foreign, [&](std::string_view p) { return p == "POSIX" ? posix.contains(name) : name.starts_with(p); });
    if (!may) find(findings, f, i, f.room() + " may not know <" + name + ">");
    if ((name.starts_with("hdf5") || name.starts_with("H5")) && !f.path.starts_with("results/hdf5_") && may)
      find(findings, f, i, "HDF5 is known to results/hdf5_*.cpp only");
    if (name.starts_with("nlohmann/") && f.is_header() && name != "nlohmann/json_fwd.hpp" && may)
      find(findings, f, i, "headers name JSON by <nlohmann/json_fwd.hpp>; <" + name + "> belongs in a .cpp");
    if (name.starts_with("nlohmann/") && f.is_header() && f.room() == "results")
      find(findings, f, i, "results keeps JSON inside its .cpp files");
  }
  return findings;
}

// --- What must not occur --------------------------------------------------------------------------

struct Ban {
  std::string_view name;
  std::regex pattern;
  std::string reason;
};

/// What would make a result depend on the machine, the library or the moment.
const std::vector<Ban> bans = {
    {"distribution",
     std::regex(
         R"(\b(std::)?(uniform_int|uniform_real|normal|lognormal|bernoulli|binomial|geometric|negative_binomial|poisson|exponential|gamma|weibull|extreme_value|chi_squared|cauchy|fisher_f|student_t|discrete|piecewise_constant|piecewise_linear)_distribution\b)"),
     "distributions of the standard library differ between libraries; draw with sim/random"},
    {"generator",
     std::regex(
         R"(\bstd::(mt19937(_64)?|minstd_rand0?|default_random_engine|random_device|ranlux\w+|knuth_b|shuffle|sample)\b|(^|[^\w.>:])s?rand(om)?\s*\()"),
     "every draw is keyed; draw with sim/random"},
    {"elementary",
     std::regex(
         R"((std::|[^\w.>:]::|^::|(^|[^\w.>:]))(exp|exp2|expm1|log|log2|log10|log1p|pow|cbrt|hypot|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|erf|erfc|tgamma|lgamma)f?\s*\()"),
     "elementary functions of the C library differ between processors in the last bit; use sim/elementary"},
    {"clock",
     std::regex(
         R"(\b(system_clock|steady_clock|high_resolution_clock|getenv|gettimeofday|localtime|gmtime)\b|(^|[^\w.>:])(std::)?time\s*\(\s*(NULL|nullptr|0)?\s*\))"),
     "no date, time or setting from the environment in the model"},
    {"unordered float sum", std::regex(R"(\b(std::execution::|tbb::parallel_reduce\b|std::reduce\b))"),
     "sums in parallel use tbb::parallel_deterministic_reduce with a simple_partitioner and a stated grain"},
};

Findings check_bans(const SourceFile& f) {
  Findings findings;
  const bool home = f.path.starts_with("sim/elementary.");
  const auto code = code_of(f);
  for (std::size_t i = 0; i < code.size(); ++i)
    for (const Ban& ban : bans)
      if (!(home && ban.name == "elementary") && std::regex_search(code[i], ban.pattern))
        find(findings, f, i, ban.reason);
  return findings;
}

Findings check_manners(const SourceFile& f) {
  Findings findings;
  if (f.is_header()) {
    if (std::ranges::find(f.lines, "#pragma once") == f.lines.end()) find(findings, f, 0, "a header has #pragma once");
    if (f.lines.empty() || !(f.lines[0].starts_with("//") || f.lines[0].starts_with("/*")))
      find(findings, f, 0, "a header begins with a comment that says what it is");
  }
  static const std::regex postponed(std::string(R"(\b(TO)") + R"(DO|FIX)" + R"(ME|X)" + R"(XX)\b)");
  for (std::size_t i = 0; i < f.lines.size(); ++i)
    if (std::regex_search(f.lines[i], postponed))
      find(findings, f, i, "what remains to be done is an issue, not a comment");
  return findings;
}

constexpr std::size_t longest_main = 250;

Findings check_thin(const SourceFile& f) {
  Findings findings;
  if (f.lines.size() > longest_main)
    find(findings, f, longest_main,
         "a thin main stays below " + std::to_string(longest_main) +
             " lines; what it does belongs in scenarios or results");
  static const std::regex simulation(R"(\b(OrderBook|Registry|FirmStore)\b)");
  const auto code = code_of(f);
  for (std::size_t i = 0; i < code.size(); ++i)
    if (std::regex_search(code[i], simulation))
      find(findings, f, i, "a thin main lets the days pass; it does not reach into the market");
  return findings;
}

/// Types that other files could name, each with its namespace: two of one name are undefined behaviour, and the
/// linker keeps either one's constructor without a word. Types of a nameless namespace are nobody else's.
Findings check_one_home(const std::vector<SourceFile>& files) {
  static const std::regex opens(R"(^(inline )?namespace(\s+([\w:]+))?\s*\{)");
  static const std::regex type(R"(^(struct|class|enum class|enum struct|enum|union)\s+(\w+)(\s+final)?\s*(:[^:].*)?\{)");
  Findings findings;
  std::map<std::string, std::string> homes;
  for (const SourceFile& f : files) {
    const auto code = code_of(f);
    std::vector<std::string> inside;
    for (std::size_t i = 0; i < code.size(); ++i) {
      std::smatch found;
      if (std::regex_search(code[i], found, opens)) {
        if (code[i].find('}') == std::string::npos) inside.push_back(found[3]);
      } else if (code[i].starts_with("}") && f.lines[i].find("// namespace") != std::string::npos) {
        if (!inside.empty()) inside.pop_back();
      } else if (std::regex_search(code[i], found, type) && std::ranges::find(inside, "") == inside.end()) {
        std::string name;
        for (const std::string& space : inside) name += space + "::";
        name += found[2];
        // Each test is a program of its own.
        const bool test = f.path.starts_with("tests/") && !f.is_header();
        const std::string room = test ? f.path.substr(0, f.path.find('/', 6)) + " " : "";
        const std::string here = f.path + ":" + std::to_string(i + 1);
        if (const auto [home, fresh] = homes.try_emplace(room + name, here); !fresh)
          find(findings, f, i, name + " is the name of a type in " + home->second + " as well");
      }
    }
  }
  return findings;
}

template <class Check>
void expect_none(const std::vector<std::string>& rooms, Check check) {
  std::size_t checked = 0;
  for (const std::string& room : rooms)
    for (const SourceFile& f : files_of(room)) {
      ++checked;
      for (const std::string& finding : check(f)) ADD_FAILURE() << finding;
    }
  EXPECT_GT(checked, 0u) << "no sources found below " << source;
}

TEST(Architecture, IncludesPointOneWay) {
  expect_none({"sim", "agents", "policies", "results", "scenarios", "cli"}, check_includes);
}

TEST(Architecture, ModelDependsOnNothingButItsInput) {
  expect_none({"sim", "agents", "policies", "scenarios"}, check_bans);
}

TEST(Architecture, FilesHaveManners) {
  expect_none({"sim", "agents", "policies", "results", "scenarios", "cli", "tests"}, check_manners);
}

TEST(Architecture, MainsAreThin) { expect_none({"cli"}, check_thin); }

TEST(Architecture, ATypeHasOneHome) {
  std::vector<SourceFile> all;
  for (const char* room : {"sim", "agents", "policies", "results", "scenarios", "cli", "python", "tests"})
    std::ranges::move(files_of(room), std::back_inserter(all));
  ASSERT_GT(all.size(), 100u) << "no sources found below " << source;
  for (const std::string& finding : check_one_home(all)) ADD_FAILURE() << finding;
}

// --- The checks notice what they are for ----------------------------------------------------------

TEST(ArchitectureChecks, Includes) {
  EXPECT_THAT(
      check_includes(
          file("sim/a.cpp",
               "#include \"sim/b.hpp\"\n#include <vector>\n#include <fmt/format.h>\n#include <Random123/philox.h>\n")),
      IsEmpty());
  EXPECT_THAT(check_includes(file("sim/a.cpp", "// x\n#include \"agents/firm.hpp\"\n")),
              ElementsAre("sim/a.cpp:2: sim may not know agents (agents/firm.hpp)"));
  EXPECT_THAT(check_includes(file("sim/a.hpp", "#include <nlohmann/json_fwd.hpp>\n")),
              ElementsAre(HasSubstr("sim may not know <nlohmann/json_fwd.hpp>")));
  EXPECT_THAT(check_includes(file("agents/a.cpp", "#include \"policies/catalog.hpp\"\n")),
              ElementsAre(HasSubstr("may not know policies")));
  EXPECT_THAT(check_includes(file("policies/a.cpp", "#  include <nlohmann/json.hpp>\n")),
              ElementsAre(HasSubstr("may not know")));
  EXPECT_THAT(check_includes(file("results/hdf5_reader.cpp", "#include <hdf5.h>\n#include <unistd.h>\n")), IsEmpty());
  EXPECT_THAT(check_includes(file("results/summary.cpp", "#include <hdf5.h>\n")),
              ElementsAre(HasSubstr("results/hdf5_*.cpp only")));
  EXPECT_THAT(check_includes(file("results/a.hpp", "#include <nlohmann/json_fwd.hpp>\n")),
              ElementsAre(HasSubstr("inside its .cpp")));
  EXPECT_THAT(check_includes(file("scenarios/a.hpp", "#include <nlohmann/json_fwd.hpp>\n")), IsEmpty());
  EXPECT_THAT(check_includes(file("scenarios/a.hpp", "#include <nlohmann/json.hpp>\n")),
              ElementsAre(HasSubstr("json_fwd")));
  EXPECT_THAT(check_includes(file("scenarios/a.cpp", "#include <hdf5.h>\n")),
              ElementsAre(HasSubstr("scenarios may not know <hdf5.h>")));
  EXPECT_THAT(check_includes(file("cli/run.cpp", "#include \"scenarios/compose.hpp\"\n#include <CLI/CLI.hpp>\n")),
              IsEmpty());
  EXPECT_THAT(check_includes(file("cli/run.cpp", "#include \"sim/order_book.hpp\"\n")),
              ElementsAre(HasSubstr("thin main")));
  EXPECT_THAT(check_includes(file("cli/run.cpp", "#include \"policies/cap.hpp\"\n")),
              ElementsAre(HasSubstr("thin main")));
  EXPECT_THAT(check_includes(file("sim/a.cpp", "#include \"b.hpp\"\n")),
              ElementsAre(HasSubstr("named by their folder")));
  EXPECT_THAT(check_includes(file("sim/a.cpp", "// #include \"cli/main.hpp\"\n/*\n#include <hdf5.h>\n*/\n")),
              IsEmpty());
}

TEST(ArchitectureChecks, OneHome) {
  const SourceFile a = file("sim/a.hpp", "namespace tantu {\nstruct Moment {\n};\n}  // namespace tantu\n");
  EXPECT_THAT(check_one_home({a, file("sim/b.hpp", "namespace tantu {\nnamespace b {\nstruct Moment {};\n}  // namespace b\n}  // namespace tantu\n")}), IsEmpty());
  EXPECT_THAT(check_one_home({a, file("sim/b.cpp", "namespace tantu {\nnamespace {\nstruct Moment {};\n}  // namespace\n}  // namespace tantu\n")}), IsEmpty());
  EXPECT_THAT(check_one_home({a, file("sim/b.hpp", "namespace tantu {\nstruct Moment;\nvoid f(struct Moment);\n}  // namespace tantu\n")}), IsEmpty());
  EXPECT_THAT(check_one_home({a, file("sim/b.cpp", "namespace tantu {\nnamespace {\n}  // namespace\nenum class Moment : int { x };\n}  // namespace tantu\n")}),
              ElementsAre("sim/b.cpp:4: tantu::Moment is the name of a type in sim/a.hpp:2 as well"));
}

TEST(ArchitectureChecks, Bans) {
  const auto banned = [](const std::string& line) { return !check_bans(file("sim/a.cpp", line)).empty(); };
  for (const char* line :
       {"double y = std::exp(x);", "y = exp(x);", "y = ::log(x);", "y = 2*pow(x, 2);", "y = std::powf(x, 2);",
        "return log1p (x);", "std::normal_distribution<double> d;", "std::mt19937_64 g;", "int r = rand();",
        "std::random_device device;", "std::shuffle(a, b, g);", "auto t = std::chrono::system_clock::now();",
        "auto t = time(nullptr);", "const char* s = getenv(\"SEED\");", "x = tbb::parallel_reduce(range, 0.0, f, g);"})
    EXPECT_TRUE(banned(line)) << line;
  for (const char* line : {"y = elementary::exp(x);", "y = tantu::elementary::pow(x, 2);", "y = std::sqrt(x);",
                           "f(\"V = P exp(x)\");", "// exp(x) of the C library", "y = x.exp(); z = p->log(m);",
                           "expect(1); blog(2); logs(3);", "const int n = 1'000'000; g('e');", "u = draw.uniform(0);",
                           "x = tbb::parallel_deterministic_reduce(range, 0.0, f, g);", "grand(1); operand(2);"})
    EXPECT_FALSE(banned(line)) << line;
  EXPECT_THAT(check_bans(file("sim/elementary.hpp", "constexpr double exp(double x) { return pow(e, x); }")),
              IsEmpty());
  EXPECT_THAT(check_bans(file("sim/a.cpp", "a\nauto s = R\"(\nexp(1)\n)\"; y = exp(2);\n")),
              ElementsAre(HasSubstr("sim/a.cpp:4: elementary")));
  EXPECT_THAT(check_bans(file("sim/a.cpp", "/* exp(1)\n exp(2) */ y = 1;\n")), IsEmpty());
}

TEST(ArchitectureChecks, Manners) {
  EXPECT_THAT(check_manners(file("sim/a.hpp", "// A noun.\n#pragma once\n")), IsEmpty());
  EXPECT_THAT(check_manners(file("sim/a.hpp", "#pragma once\n")), ElementsAre(HasSubstr("begins with a comment")));
  EXPECT_THAT(check_manners(file("sim/a.hpp", "// A noun.\n")), ElementsAre(HasSubstr("#pragma once")));
  EXPECT_THAT(check_manners(file("sim/a.cpp", std::string("int a;\n// TO") + "DO: later\n")),
              ElementsAre(HasSubstr("sim/a.cpp:2: ")));
  EXPECT_THAT(check_thin(file("cli/a.cpp", std::string(longest_main, '\n'))), IsEmpty());
  EXPECT_THAT(check_thin(file("cli/a.cpp", std::string(longest_main + 1, '\n'))), ElementsAre(HasSubstr("thin main")));
  EXPECT_THAT(check_thin(file("cli/a.cpp", "simulation.market(0).registry = Registry{};\n")),
              ElementsAre(HasSubstr("does not reach")));
}

// --- The documentation's links lead somewhere -----------------------------------------------------

/// Links of a page to files of ours: [text](path#anchor), without those to the web or within the page.
std::vector<std::pair<std::size_t, std::string>> links_of(const SourceFile& page) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  std::vector<std::pair<std::size_t, std::string>> links;
  for (std::size_t i = 0; i < page.lines.size(); ++i)
    for (std::sregex_iterator m(page.lines[i].begin(), page.lines[i].end(), link), end; m != end; ++m) {
      std::string target = (*m)[1];
      if (target.find("://") != std::string::npos || target.starts_with("#") || target.starts_with("mailto:")) continue;
      links.emplace_back(i, target.substr(0, target.find('#')));
    }
  return links;
}

/// The files that a cell of the glossary names: links, and paths between backquotes.
std::vector<std::string> homes_of(const std::string& cell) {
  static const std::regex home(R"(\]\(([^)#\s]+)[^)]*\)|`([\w./-]+)`)");
  std::vector<std::string> homes;
  for (std::sregex_iterator m(cell.begin(), cell.end(), home), end; m != end; ++m) {
    const std::string path = (*m)[1].matched ? (*m)[1] : (*m)[2];
    if (path.find('.') != std::string::npos || path.find('/') != std::string::npos) homes.push_back(path);
  }
  return homes;
}

std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream in(row.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(" \r") - first + 1));
  }
  while (!cells.empty() && cells.back().empty()) cells.pop_back();
  return cells;
}

bool exists(const fs::path& page, const std::string& target) {
  return fs::exists((source / page.parent_path() / target).lexically_normal()) || fs::exists(source / target);
}

/// Rows are `term | meaning | file`; every row has its three cells and a file that exists.
Findings check_glossary(const SourceFile& page, std::size_t& terms) {
  Findings findings;
  bool in_table = false;
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const std::string& line = page.lines[i];
    if (!line.starts_with("|")) {
      in_table = false;
      continue;
    }
    const auto cells = cells_of(line);
    if (!in_table) {
      in_table = true;
      continue;
    }  // the heading
    if (line.find_first_not_of("|-: \r") == std::string::npos) continue;
    ++terms;
    if (cells.size() != 3 || std::ranges::any_of(cells, &std::string::empty)) {
      find(findings, page, i, "a row is term | meaning | file");
      continue;
    }
    const auto homes = homes_of(cells[2]);
    if (homes.empty()) find(findings, page, i, cells[0] + " has no file that is its home");
    for (const std::string& home : homes)
      if (!exists(page.path, home)) find(findings, page, i, cells[0] + ": there is no file " + home);
  }
  return findings;
}

SourceFile page(const std::string& path) {
  std::ifstream in(source / path);
  return {path, lines_of(in)};
}

TEST(Documentation, LinksLeadToFiles) {
  std::vector<std::string> pages;
  for (const auto& folder : {source, source / "docs"})
    if (fs::exists(folder))
      for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".md") pages.push_back(fs::relative(entry.path(), source).generic_string());
  for (const std::string& path : pages) {
    const SourceFile p = page(path);
    for (const auto& [line, target] : links_of(p))
      if (!fs::exists(source / fs::path(path).parent_path() / target))
        ADD_FAILURE() << path << ":" << line + 1 << ": there is no file " << target;
  }
}

TEST(Documentation, GlossaryKnowsTheHomeOfEachTerm) {
  if (!fs::exists(source / "docs/glossary.md")) GTEST_SKIP() << "there is no glossary yet";
  std::size_t terms = 0;
  for (const std::string& finding : check_glossary(page("docs/glossary.md"), terms)) ADD_FAILURE() << finding;
  EXPECT_GT(terms, 0u) << "docs/glossary.md has no table term | meaning | file";
}

TEST(DocumentationChecks, Glossary) {
  std::size_t terms = 0;
  const std::string head = "| term | meaning | file |\n|---|---|---|\n";
  EXPECT_THAT(
      check_glossary(
          file("docs/glossary.md",
               head +
                   "| allowance 配额 | one tonne | [units](../sim/units.hpp#x) |\n| day | a day | `sim/date.hpp` |\n"),
          terms),
      IsEmpty());
  EXPECT_EQ(terms, 2u);
  EXPECT_THAT(check_glossary(file("docs/glossary.md", head + "| vintage | a year | `sim/nothing.hpp` |\n"), terms),
              ElementsAre("docs/glossary.md:3: vintage: there is no file sim/nothing.hpp"));
  EXPECT_THAT(check_glossary(file("docs/glossary.md", head + "| vintage | a year | somewhere |\n"), terms),
              ElementsAre(HasSubstr("no file that is its home")));
  EXPECT_THAT(check_glossary(file("docs/glossary.md", head + "| vintage | a year |\n"), terms),
              ElementsAre(HasSubstr("a row is")));
}

}  // namespace
