#include "scenarios/schema.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "scenarios/presets.hpp"
#include "scenarios/reference_page.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/table_writer.hpp"
#include "tests/unit/reader_example.hpp"

namespace {

using namespace tantu;
using namespace reader_example;
using Json = nlohmann::ordered_json;

constexpr EmbeddedFile files[] = {{"base.json", R"({"name": "b", "run": {"seed": 1}, "limit": 5, "tags": ["x"],
  "policies": {"cap": {"kind": "cap", "start": "2021-01-01", "path": {"2021": 1}}, "auction": {"kind": "auction"}}})"}};

class Schema : public testing::Test {
 protected:
  Schema() {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const nlohmann::json json = nlohmann::json::parse(schema_text<Root>());
    const valijson::adapters::NlohmannJsonAdapter adapter(json);
    parser.populateSchema(adapter, schema_);
  }
  bool schema_accepts(const std::string& text) const {
    valijson::Validator validator;
    const nlohmann::json json = nlohmann::json::parse(text);
    const valijson::adapters::NlohmannJsonAdapter adapter(json);
    return validator.validate(schema_, adapter, nullptr);
  }
  static std::string reader_says(const std::string& text) {
    return refusal([&] { read<Root>(load_text(text, "my.json", root_table(), files)); });
  }
  void both(bool accept, const std::string& text) const {
    EXPECT_EQ(schema_accepts(text), accept) << "schema: " << text;
    EXPECT_EQ(reader_says(text) == "accepted", accept) << "reader: " << text << "\n" << reader_says(text);
  }
  valijson::Schema schema_;
};

/// A whole file with these members beside the required ones.
std::string whole(const std::string& members) { return R"({"name": "n", "run": {"seed": 1})" + (members.empty() ? "" : ", " + members) + "}"; }
std::string policy(const std::string& members) { return whole(R"("policies": {"p": {)" + members + "}}"); }
std::string patch(const std::string& members) { return R"({"extends": "base")" + (members.empty() ? "" : ", " + members) + "}"; }

TEST_F(Schema, AndReaderAgreeOnWholeFiles) {
  for (const char* good : {
           "", R"("$schema": "s")", R"("limit": null)", R"("limit": 0)", R"("stop": "2024-02-29")", R"("sizes": [0, 1000])", R"("weights": [0, 0.5, 1])",
           R"("tags": [])", R"("measures": [{"name": "m", "cost": -1.5}])", R"("markets": {})", R"("markets": {"eu": {}, "uk": {"currency": "GBP"}})",
           R"("currency": "EUR", "holidays": ["2021-01-01"])", R"("exchange": {"daily_limit": 1, "delivery": "next_day"})", R"("policies": {})"})
    both(true, whole(good));
  for (const char* bad : {
           R"("nmae": 1)", R"("limit": -1)", R"("limit": 1.5)", R"("stop": "2024-2-29")", R"("stop": 5)", R"("sizes": [1001])", R"("sizes": ["a"])",
           R"("sizes": 5)", R"("weights": [1.5])", R"("tags": [1])", R"("tags": null)", R"("measures": [{"cost": 1}])", R"("measures": {})",
           R"("markets": {"a.b": {}})", R"("markets": {"": {}})", R"("markets": {"eu": {"currancy": "EUR"}})", R"("markets": [])",
           R"("markets": {}, "currency": "EUR")", R"("exchange": {"daily_limit": 0})", R"("exchange": {"delivery": "later"})",
           R"("exchange": {"allows_resale": 1})", R"("exchange": null)", R"("holidays": ["2021-13-01"])", R"("policies": [])"})
    both(false, whole(bad));
  both(false, R"({"run": {"seed": 1}})");
  both(false, R"({"name": "n", "run": {}})");
  both(false, R"({"name": "n"})");
  both(false, R"({"name": "n", "run": {"seed": -1}})");
  both(false, R"({"name": "n", "run": {"seed": 1, "firms": 0}})");
  both(false, R"({"name": "n", "run": {"seed": 1, "tolerance": 0}})");
  both(false, R"([])");
}

TEST_F(Schema, AndReaderAgreeOnPlugins) {
  for (const char* good : {R"("kind": "banking")", R"("kind": "cap", "start": "2021-01-01", "path": {"2021": 5.5, "2022": 0})",
                           R"("floor_price": null, "kind": "auction", "rounds": 52)"})
    both(true, policy(good));
  for (const char* bad : {"", R"("kind": "msr")", R"("kind": 1)", R"("kind": "banking", "share": 1)", R"("kind": "cap")",
                          R"("kind": "cap", "start": "2021-01-01", "path": {"21": 5})", R"("kind": "cap", "start": "2021-01-01", "path": {"2021": -5})",
                          R"("kind": "auction", "rounds": 53)", R"("kind": "auction", "floor_price": 0)", R"("kind": "auction", "start": "2021-01-01")"})
    both(false, policy(bad));
}

TEST_F(Schema, AndReaderAgreeOnPatches) {
  for (const char* good : {"", R"("name": "mine")", R"("policies": {"cap": {"reduction": 0.1}})", R"("policies": {"cap": null})",
                           R"("policies": {"auction": {"kind": "banking"}, "new": {"kind": "banking"}})", R"("limit": null, "tags": null)",
                           R"("policies": {"cap": {"path": {"2021": null, "2022": 4}}})", R"("markets": {"main": {"currency": "EUR"}})",
                           R"("run": {"firms": null})", R"("exchange": null)", R"("measures": [{"name": "a"}])"})
    both(true, patch(good));
  for (const char* bad : {R"("nmae": "mine")", R"("policies": {"cap": {"reduction": 1.1}})", R"("policies": {"cap": {"reductoin": 0.1}})",
                          R"("policies": {"cap": {"kind": "none"}})", R"("run": 5)", R"("markets": {}, "policies": {})", R"("measures": [{"cost": 1}])",
                          R"("tags": [null])"})
    both(false, patch(bad));
}

TEST_F(Schema, AcceptsWhatTheWriterWrites) {
  const Root root = read<Root>(load_text(R"({"extends": "base"})", "my.json", root_table(), files));
  both(true, resolved_text(root));
}

TEST_F(Schema, SaysUnitsDefaultsAndMeanings) {
  Root scratch;
  const Json schema = schema_of(root_table(), &scratch);
  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema["definitions"]["kind.auction"]["properties"]["floor_price"].dump(),
            R"json({"type":["number","null"],"exclusiveMinimum":0,"description":"reserve price, none without (CNY/t)","default":10.0})json");
  EXPECT_EQ(schema["definitions"]["exchange"]["properties"]["delivery"].dump(),
            R"({"enum":["immediate","next_day"],"description":"when allowances change hands","default":"immediate"})");
  EXPECT_EQ(schema["definitions"]["run"]["required"].dump(), R"(["seed"])");
}

TEST(ReferencePage, HasASectionForEachTableAndKind) {
  const std::string page = reference_page<Root>("Scenario reference");
  using testing::HasSubstr;
  EXPECT_THAT(page, testing::StartsWith("# Scenario reference\n"));
  EXPECT_THAT(page, HasSubstr("| `limit` | integer or null | t | at least 0 | none | holding limit |\n"));
  EXPECT_THAT(page, HasSubstr("| `markets` | [market](#market) by id |  |  | empty | the markets by id |\n"));
  EXPECT_THAT(page, HasSubstr("\n## exchange\n\nThe trading session.\n\nAt `markets.<id>.exchange`, or with a single market `exchange`.\n"));
  EXPECT_THAT(page, HasSubstr("| `delivery` | one of `immediate`, `next_day` |  |  | `immediate` | when allowances change hands |\n"));
  EXPECT_THAT(page, HasSubstr("\n## kinds of policies\n\nthe rules of the market\n\n| kind | meaning |\n|---|---|\n| [cap](#policies-cap) |"));
  EXPECT_THAT(page, HasSubstr("\n## policies auction\n\nSells allowances.\n\nAt `markets.<id>.policies.<id>`, or with a single market `policies.<id>`, "
                              "with `\"kind\": \"auction\"`.\n\n| name | type | unit | range | default | meaning |\n|---|---|---|---|---|---|\n"
                              "| `share` | number | 1 | in [0, 1] | `0.5` | share of the cap that is sold |\n"));
  EXPECT_THAT(page, HasSubstr("\n## policies banking\n\nAllowances keep.\n\nAt `markets.<id>.policies.<id>`, or with a single market `policies.<id>`, "
                              "with `\"kind\": \"banking\"`.\n\nNo parameters.\n"));
  EXPECT_THAT(page, HasSubstr("| `seed` | integer |  |  | required | seed of all draws |\n"));
}

}  // namespace
