#include "scenarios/presets.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "tests/places.hpp"
#include "tests/unit/reader_example.hpp"

namespace {

using namespace tantu;
using namespace reader_example;

constexpr EmbeddedFile files[] = {
    {"china-national.json", R"({"name": "cn", "description": "The national market.", "run": {"seed": 1}, "tags": ["firms.csv"]})"},
    {"firms.csv", "name,mw\n"},
    {"tight.json", R"({"extends": "china-national", "currency": "USD"})"},
    {"loop.json", R"({"extends": "loop"})"},
    {"lost.json", R"({"extends": "china"})"},
};

class Presets : public testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    folder_ = std::filesystem::temp_directory_path() / ("tantu-presets-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "sub");
    std::filesystem::current_path(folder_);
  }
  void TearDown() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  static void write(const std::string& name, const std::string& text) { std::ofstream(name) << text; }
  static Document load(const std::string& name) { return load_document(name, root_table(), files); }
  static std::string refusal_of(const std::string& name) {
    return refusal([&] { read<Root>(load(name)); });
  }
  std::filesystem::path folder_, before_;
};

TEST_F(Presets, AreFoundByName) {
  EXPECT_EQ(load("china-national").root().dump(), R"({"name":"cn","description":"The national market.","run":{"seed":1},"tags":["firms.csv"]})");
  EXPECT_EQ(read<Root>(load("tight")).markets.at("main").currency, "USD");
  EXPECT_EQ(presets(files).size(), 4u);
  EXPECT_EQ(presets(files)[0].name, "china-national");
  EXPECT_EQ(preset_description("tight", files), "The national market.");
}

TEST_F(Presets, SuggestNamesForWhatIsNotThere) {
  EXPECT_EQ(refusal_of("chnia-national"), "chnia-national: no preset and no file of this name; nearest: china-national");
  EXPECT_EQ(refusal_of("xyz"), "xyz: no preset and no file of this name; known: china-national, loop, lost, tight");
  EXPECT_EQ(refusal_of(""), ": no preset and no file of this name; known: china-national, loop, lost, tight");
  EXPECT_EQ(refusal_of("none.json"), "none.json: no such file");
  EXPECT_EQ(refusal_of("china-national.json"), "china-national.json: no such file; there is a preset china-national");
  EXPECT_EQ(refusal_of("./sub"), "./sub: is a folder; a file was expected");
  EXPECT_EQ(refusal_of("loop"), "loop:/extends: a circle: loop, loop");
  EXPECT_EQ(refusal_of("lost"), "lost:/extends: \"china\": no preset of this name; nearest: china-national");
}

TEST_F(Presets, FilesExtendPresetsAndFilesBesideThem) {
  write("sub/base.json", R"({"extends": "china-national", "currency": "EUR", "limit": -1})");
  write("sub/mid.json", R"({"extends": "base.json", "limit": 4})");
  write("my.json", R"({"extends": "sub/mid.json", "exchange": {"daily_limit": 7}})");
  EXPECT_EQ(refusal_of("my.json"), "my.json:/exchange/daily_limit: 7 is not in (0, 1]");
  EXPECT_EQ(refusal_of("sub/base.json"), "sub/base.json:/limit: -1 is not at least 0");
  EXPECT_EQ(load("sub/mid.json").root().dump(),
            R"({"name":"cn","description":"The national market.","run":{"seed":1},"tags":["firms.csv"],"limit":4,"markets":{"main":{"currency":"EUR"}}})");
}

TEST_F(Presets, AFileInTheFolderNeedsNoExtension) {
  write("mine", R"({"extends": "china-national", "limit": 4})");
  EXPECT_EQ(refusal_of("mine"), "accepted");
}

TEST_F(Presets, RefuseChainsThatDoNotEnd) {
  write("a.json", R"({"extends": "sub/../b.json"})");
  write("b.json", R"({"extends": "./a.json"})");
  write("number.json", R"({"extends": 5})");
  write("gone.json", R"({"extends": "gone/x.json"})");
  EXPECT_EQ(refusal_of("a.json"), "b.json:/extends: a circle: a.json, b.json, a.json");
  EXPECT_EQ(refusal_of("number.json"), "number.json:/extends: 5 is not the name of a preset or a file");
  EXPECT_EQ(refusal_of("gone.json"), "gone.json:/extends: \"gone/x.json\": no such file");
  for (int i = 0; i < 20; ++i) write("c" + std::to_string(i) + ".json", R"({"extends": "c)" + std::to_string(i + 1) + R"(.json"})");
  EXPECT_EQ(refusal_of("c0.json"), "c15.json:/extends: a chain of more than 16 scenarios");
  write("list.json", "[1]");
  EXPECT_EQ(refusal_of("list.json"), "list.json: a list is not an object");
}

TEST_F(Presets, TextsFromElsewhereOpenNoFiles) {
  write("secret.json", "{}");
  EXPECT_EQ(refusal([] { load_text(R"({"extends": "secret.json"})", "text", root_table(), files); }),
            "text:/extends: \"secret.json\": no preset of this name; known: china-national, loop, lost, tight");
  EXPECT_EQ(refusal([] { load_text(R"({"extends": "china-national"})", "text", root_table(), files); }), "accepted");
}

TEST_F(Presets, CompanionsLieBesideTheFileThatNamesThem) {
  const Path place{"tags", "0"};
  EXPECT_EQ(read_companion(load("tight"), place, "firms.csv", 1000, files).text, "name,mw\n");
  write("sub/firms.csv", "mine\n");
  write("sub/my.json", R"({"extends": "china-national", "tags": ["firms.csv"]})");
  const Companion companion = read_companion(load("sub/my.json"), place, "firms.csv", 1000, files);
  EXPECT_EQ(companion.name, "sub/firms.csv");
  EXPECT_EQ(companion.text, "mine\n");
  // Named by the preset, although a file extends it.
  write("sub/other.json", R"({"extends": "china-national"})");
  EXPECT_EQ(read_companion(load("sub/other.json"), place, "firms.csv", 1000, files).text, "name,mw\n");
  EXPECT_EQ(refusal([&] { read_companion(load("sub/my.json"), place, "gone.csv", 1000, files); }), "sub/my.json:/tags/0: sub/gone.csv: no such file");
  EXPECT_EQ(refusal([&] { read_companion(load("sub/my.json"), place, "firms.csv", 3, files); }),
            "sub/my.json:/tags/0: sub/firms.csv: is 5 bytes long; at most 3 are read");
  EXPECT_EQ(refusal([&] { read_companion(load("tight"), place, "gone.csv", 1000, files); }),
            "china-national:/tags/0: \"gone.csv\": no such file among the presets");
}

TEST_F(Presets, MangledTextsAreReadOrRefusedInOneShortLine) {
  const std::string text = R"({"extends": "china-national", "limit": 4, "stop": "2024-02-29", "sizes": [1, 2], // sizes
    "measures": [{"name": "m", "cost": -1e3}], "exchange": {"daily_limit": 0.1, "allows_resale": true, "delivery": "next_day"},
    "policies": {"a": {"kind": "cap", "start": "2021-01-01", "path": {"2021": 5}}, "b": {"kind": "auction", "floor_price": null}}})";
  std::uint32_t state = 1;
  const auto next = [&](std::size_t below) { return (state = state * 1664525u + 1013904223u, (state >> 8) % below); };
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string mangled = text;
    for (std::size_t n = next(3) + 1; n > 0 && !mangled.empty(); --n) {
      const std::size_t at = next(mangled.size()), to = next(mangled.size());
      switch (next(5)) {
        case 0: mangled[at] = static_cast<char>(next(256)); break;
        case 1: mangled.erase(at, next(8)); break;
        case 2: mangled.insert(at, mangled.substr(to, next(20))); break;
        case 3: mangled[at] = mangled[to]; break;
        default: mangled.resize(at + 1); break;
      }
    }
    const std::string said = refusal([&] { read<Root>(load_text(mangled, "my.json", root_table(), files)); });
    accepted += said == "accepted";
    EXPECT_EQ(said.find_first_of("\n\r\x1b"), std::string::npos) << said;
    EXPECT_LT(said.size(), 500u) << said;
  }
  EXPECT_GT(accepted, 0);
}

TEST(EmbeddedFiles, AreThoseOfTheFolderByteForByte) {
  const std::filesystem::path folder = std::string(places::source) + "/scenarios/presets";
  std::vector<std::string> names;
  if (std::filesystem::exists(folder))
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".json" || entry.path().extension() == ".csv") names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  ASSERT_EQ(embedded_files().size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(embedded_files()[i].name, names[i]);
    std::ifstream in(folder / names[i], std::ios::binary);
    EXPECT_EQ(embedded_files()[i].text, std::string(std::istreambuf_iterator<char>(in), {})) << names[i];
  }
}

}  // namespace
