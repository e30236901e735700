#include "scenarios/document.hpp"

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenarios/wording.hpp"
#include "tests/unit/reader_example.hpp"

namespace {

using namespace tantu;
using namespace reader_example;
using Json = nlohmann::ordered_json;

std::string parse_refusal(std::string_view text) {
  return refusal([&] { parse_json(text, "my.json"); });
}

TEST(Document, AllowsCommentsAndAByteOrderMark) {
  const Json json = parse_json("\xEF\xBB\xBF// what it is\n{\"a\": [1, 2.5, /* two */ -3], \"b\": {\"c\": null, \"d\": true}}\n// end", "my.json");
  EXPECT_EQ(json.dump(), R"({"a":[1,2.5,-3],"b":{"c":null,"d":true}})");
  EXPECT_EQ(parse_json("18446744073709551615", "x").get<std::uint64_t>(), 18446744073709551615u);
}

TEST(Document, RefusesBrokenTextInOneLine) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> cases[] = {
      {"", "my.json: is empty; JSON was expected"},
      {"  \n // nothing\n", "my.json:2: unexpected end of input, expected '[', '{', or a literal"},
      {"{\n  \"a\": 1,\n}", "my.json:3: unexpected '}': remove the comma before it"},
      {"[1,\n2, ]", "my.json:2: unexpected ']': remove the comma before it"},
      {"{\"a\": 1\n \"b\": 2}", "my.json:2: unexpected string literal, expected '}'"},
      {"{\"a\": 1", "my.json:1: unexpected end of input, expected '}'"},
      {"{'a': 1}", "my.json:1: invalid literal at '{'', expected string literal"},
      {"{\"a\": yes}", "my.json:1: invalid literal at '\"a\": y'"},
      {"{\"a\": NaN}", "my.json:1: invalid literal at '\"a\": N'"},
      {"{\"a\": 01}", "my.json:1: unexpected number literal, expected '}'"},
      {"{} {}", "my.json:1: unexpected '{', expected end of input"},
      {"{\"a\": \"line\nbreak\"}", "my.json:1: invalid string: control character U+000A (LF) must be escaped to \\u000A or \\n at '\"line<U+000A>'"},
      {"{\"a\": \"\\ud800\"}", "my.json:1: invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF at '\"\\ud800\"'"},
      {"/* open", "my.json:1: invalid comment; missing closing '*/' at '/* open'"},
      {"\xFF\xFE{\0}\0"s, "my.json:1: byte 0xff is not UTF-8 text; JSON was expected"},
      {"{\n\"a\": \"\xC3\x28\"}", "my.json:2: byte 0xc3 is not UTF-8 text; JSON was expected"},
      {"\x7F" "ELF\x02\x01\x01\0"s, "my.json:1: byte 0x00 is not UTF-8 text; JSON was expected"},
      {"{\"a\": [1, {\"b\": 123456789012345678901234}]}", "my.json:/a/1/b: 123456789012345678901234 does not fit 64 bits"},
      {"[[1], -9223372036854775809]", "my.json:/1: -9223372036854775809 does not fit 64 bits"},
      {"{\"a\":\n1e400}", "my.json:2: 1e400 is too large for a number"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(parse_refusal(text), message) << text;
}

TEST(Document, RefusesDuplicateKeysByPointer) {
  EXPECT_EQ(parse_refusal("{\"a\": {\"x\": 1,\n\"x\": 2}}"), "my.json:/a/x: the key stands twice, again on line 2; keep one");
  EXPECT_EQ(parse_refusal("[0, [{\"a/~\": 1,\n\n\"a\\/~\": 2}]]"), "my.json:/1/0/a~1~0: the key stands twice, again on line 3; keep one");
  EXPECT_EQ(parse_refusal("{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}}"), "accepted");
}

TEST(Document, KeepsUserTextOnOneLineOfBoundedLength) {
  EXPECT_EQ(parse_refusal("{\"a\\nb\\u001b\": 1, \"a\\nb\\u001b\": 2}"), "my.json:/a\\nb\\u001b: the key stands twice, again on line 1; keep one");
  EXPECT_EQ(shown("\xE2\x80\xAE\xE7\xA2\xB3\xFF"), "\\u202e\xE7\xA2\xB3\\xff");
  EXPECT_EQ(shown(std::string(1000, 'x'), 5), "xxxxx...");
  EXPECT_EQ(shown("\xE7\xA2\xB3\xE7\xA2\xB3", 5), "\xE7\xA2\xB3...");
  const std::string message = parse_refusal("{\"" + std::string(100000, 'k') + "\" 1}");
  EXPECT_LT(message.size(), 200u);
}

TEST(Document, RefusesDepthAndSizeAtOnce) {
  EXPECT_EQ(parse_refusal(std::string(15 << 20, '[')), "my.json:1: nested deeper than 64 levels");
  EXPECT_EQ(parse_refusal("{\"a\":\n" + std::string(64, '[') + std::string(64, ']') + "}"), "my.json:2: nested deeper than 64 levels");
  EXPECT_EQ(parse_refusal(std::string(64, '[') + std::string(64, ']')), "accepted");
  EXPECT_EQ(parse_refusal(std::string((16 << 20) + 1, '[')), "my.json: is 16777217 bytes long; at most 16777216 are read");
}

TEST(Document, ReadsAMillionKeysInLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 300000; ++i) text += "\"k" + std::to_string(i) + "\": 1,";
  text.back() = '}';
  Json json = parse_json(text, "my.json");
  EXPECT_EQ(json.size(), 300000u);
  merge_patch(json, json);
  EXPECT_EQ(json.size(), 300000u);
}

class DocumentFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("tantu-document-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(DocumentFiles, RefusesWhatIsNoReadableFile) {
  EXPECT_EQ(refusal([&] { read_text(folder_ / "none.json", "none.json"); }), "none.json: no such file");
  EXPECT_EQ(refusal([&] { read_text(folder_, "folder"); }), "folder: is a folder; a file was expected");
  EXPECT_EQ(refusal([&] { read_text("/dev/zero", "/dev/zero"); }), "/dev/zero: is more than 16777216 bytes long; at most 16777216 are read");
}

TEST_F(DocumentFiles, RefusesAGigabyteWithoutReadingIt) {
  const auto file = folder_ / "brackets.json";
  std::ofstream(file) << '[';
  std::filesystem::resize_file(file, std::uintmax_t{1} << 30);
  EXPECT_EQ(refusal([&] { read_text(file, "brackets.json"); }), "brackets.json: is 1073741824 bytes long; at most 16777216 are read");
}

TEST(MergePatch, FollowsTheExamplesOfRfc7396) {
  // Appendix A of the RFC.
  const char* const cases[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [target, patch, result] : cases) {
    Json json = Json::parse(target);
    merge_patch(json, Json::parse(patch));
    EXPECT_EQ(json.dump(), result) << target << " " << patch;
  }
}

std::string normalised(const char* text, const char* base = "null") {
  Json json = Json::parse(text);
  const std::string id = normalise_markets(json, root_table(), Json::parse(base), "my.json");
  return id + json.dump();
}

TEST(OneMarket, MovesTheShortFormIntoTheOnlyMarket) {
  EXPECT_EQ(normalised(R"({"name": "n", "policies": {}, "currency": "EUR"})"),
            R"(main{"name":"n","markets":{"main":{"policies":{},"currency":"EUR"}}})");
  EXPECT_EQ(normalised(R"({"policies": {}})", R"({"markets": {"cn": {}}})"), R"(cn{"markets":{"cn":{"policies":{}}}})");
  EXPECT_EQ(normalised(R"({"name": "n", "markets": {"eu": {}}})"), R"({"name":"n","markets":{"eu":{}}})");
  EXPECT_EQ(normalised(R"({"name": "n"})"), R"({"name":"n"})");
}

TEST(OneMarket, RefusesBothFormsAndAmbiguity) {
  EXPECT_EQ(refusal([] { normalised(R"({"policies": {}, "markets": {}})"); }),
            "my.json:/policies: stands beside /markets; write it inside the market it belongs to");
  EXPECT_EQ(refusal([] { normalised(R"({"policies": {}})", R"({"markets": {"eu": {}, "uk": {}}})"); }),
            "my.json:/policies: the scenario has 2 markets (eu, uk); write it inside one of them, e.g. /markets/eu/policies");
}

TEST(Layers, NameTheFileInWhichAValueStands) {
  Document document;
  const auto add = [&](const char* name, const char* text) { document.add_file(Json::parse(text), root_table(), name, {}); };
  add("base.json", R"({"name": "b", "tags": ["x", "y", "z"], "policies": {"cap": {"kind": "cap", "start": "2021-01-01", "reduction": 0}}})");
  add("middle.json", R"({"extends": "base.json", "policies": {"cap": {"reduction": 0.1}}, "run": {"seed": 1}})");
  add("top.json", R"({"$schema": "s", "markets": {"main": {"currency": "EUR", "policies": {"cap": {"start": null}}}}, "tags": ["a"]})");
  document.set({"markets", "main", "policies", "new", "kind"}, "banking", "--set policies.new.kind");
  document.set({"run"}, Json::parse(R"({"seed": 2})"), "--set run");

  EXPECT_EQ(document.root().dump(),
            R"({"name":"b","tags":["a"],"markets":{"main":{"policies":{"cap":{"kind":"cap","reduction":0.1},"new":{"kind":"banking"}},)"
            R"("currency":"EUR"}},"run":{"seed":2}})");
  EXPECT_EQ(document.where(Path{"name"}), "base.json:/name");
  EXPECT_EQ(document.where(Path{"tags", "0"}), "top.json:/tags/0");
  EXPECT_EQ(document.where(Path{"markets", "main", "policies", "cap", "kind"}), "base.json:/policies/cap/kind");
  EXPECT_EQ(document.where(Path{"markets", "main", "policies", "cap", "reduction"}), "middle.json:/policies/cap/reduction");
  EXPECT_EQ(document.where(Path{"markets", "main", "policies", "cap", "start"}), "top.json:/markets/main/policies/cap/start");
  EXPECT_EQ(document.where(Path{"markets", "main", "policies", "new"}), "--set policies.new.kind");
  EXPECT_EQ(document.where(Path{"run", "seed"}), "--set run:/seed");
  EXPECT_EQ(document.where(Path{"run"}), "--set run");
  EXPECT_EQ(document.where(Path{}), "top.json");
  EXPECT_EQ(document.name(), "top.json");
}

TEST(Layers, ABaseKeepsItsNullsAndCopiesAreApart) {
  Document a;
  a.add_file(Json::parse(R"({"limit": null})"), root_table(), "base.json", {});
  EXPECT_EQ(a.root().dump(), R"({"limit":null})");
  Document b = a;
  b.set({"limit"}, 3, "--set limit");
  EXPECT_EQ(a.root().dump(), R"({"limit":null})");
  EXPECT_EQ(b.root().dump(), R"({"limit":3})");
}

TEST(Wording, SuggestsWhatIsNear) {
  const std::vector<std::string> known{"reduction", "start", "deadline", "path"};
  EXPECT_EQ(suggestion("reductoin", known), "nearest: reduction");
  EXPECT_EQ(suggestion("Start", known), "nearest: start");
  EXPECT_EQ(suggestion("dead", known), "nearest: deadline");
  EXPECT_EQ(suggestion("xyzzy", known), "known: reduction, start, deadline, path");
  EXPECT_EQ(suggestion("x", {}), "none are known");
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ab", "ba"), 1u);
}

}  // namespace
