#include "scenarios/table_reader.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_writer.hpp"
#include "tests/unit/reader_example.hpp"

namespace {

using namespace tantu;
using namespace reader_example;
using Json = nlohmann::ordered_json;

constexpr const char* minimal = R"({"name": "n", "run": {"seed": 1}})";

Root read_text_as_root(const std::string& text) { return read<Root>(parse_json(text, "my.json"), Place("my.json")); }

/// The message for the minimal document changed by an RFC 7396 patch (nulls inside lists and scalars stay).
std::string patched_refusal(const std::string& patch) {
  Json json = Json::parse(minimal);
  merge_patch(json, Json::parse(patch));
  return refusal([&] { read_text_as_root(json.dump()); });
}

TEST(TableReader, ReadsEveryTypeOfField) {
  const Root root = read_text_as_root(R"({
    "name": "n",
    "markets": {
      "eu": {"currency": "EUR", "holidays": ["2021-12-25", "2021-01-01"], "exchange": {"daily_limit": 1, "allows_resale": true, "delivery": "next_day"},
             "policies": {"cap": {"reduction": 0.02, "kind": "cap", "start": "2021-07-16", "path": {"2022": 5, "2021": 6.5}},
                          "spring": {"kind": "auction", "rounds": 2.0, "floor_price": null}}},
      "uk": {}
    },
    "measures": [{"name": "switch", "cost": -3}, {"name": "retire"}],
    "sizes": [600, 1000], "weights": [0.25, 1], "tags": ["a", "b"], "limit": 0, "stop": "2024-02-29",
    "run": {"seed": 18446744073709551615}
  })");
  EXPECT_EQ(root.name, "n");
  ASSERT_EQ(root.markets.size(), 2u);
  const Market& eu = root.markets.at("eu");
  EXPECT_EQ(eu.currency, "EUR");
  EXPECT_EQ(eu.holidays, (std::vector<Day>{day_of(2021, 12, 25), day_of(2021, 1, 1)}));
  EXPECT_EQ(eu.exchange.daily_limit, 1);
  EXPECT_TRUE(eu.exchange.allows_resale);
  EXPECT_EQ(eu.exchange.delivery, Delivery::next_day);
  ASSERT_EQ(eu.policies.size(), 2u);
  const auto& cap = *static_cast<const CapParameters*>(eu.policies.at("cap").parameters.get());
  EXPECT_EQ(eu.policies.at("cap").kind, "cap");
  EXPECT_EQ(cap.reduction, 0.02);
  EXPECT_EQ(cap.start, day_of(2021, 7, 16));
  EXPECT_EQ(cap.path, (std::map<int, double>{{2021, 6.5}, {2022, 5}}));
  const auto& spring = *static_cast<const AuctionParameters*>(eu.policies.at("spring").parameters.get());
  EXPECT_EQ(spring.rounds, 2);
  EXPECT_EQ(spring.share, 0.5);
  EXPECT_FALSE(spring.floor_price);
  EXPECT_EQ(root.markets.at("uk").currency, "CNY");
  EXPECT_EQ(root.markets.at("uk").holidays.size(), 1u);
  ASSERT_EQ(root.measures.size(), 2u);
  EXPECT_EQ(root.measures[0].cost, -3);
  EXPECT_EQ(root.sizes, (std::vector<std::int64_t>{600, 1000}));
  EXPECT_EQ(root.weights, (std::vector<double>{0.25, 1}));
  EXPECT_EQ(root.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(root.limit, 0);
  EXPECT_EQ(root.stop, day_of(2024, 2, 29));
  EXPECT_EQ(root.run.seed, 18446744073709551615u);
  EXPECT_EQ(root.run.firms, 10);
}

TEST(TableReader, RefusesInOneLineWithPlaceAndRemedy) {
  const std::pair<const char*, const char*> cases[] = {
      // keys
      {R"({"nmae": 1})", "my.json:/nmae: unknown key; nearest: name"},
      {R"({"Markets": {}})", "my.json:/Markets: unknown key; nearest: markets"},
      {R"({"run": {"threads": 2}})", "my.json:/run/threads: unknown key; known: seed, firms, tolerance"},
      {R"({"a/b~c\n": 2})",
       "my.json:/a~1b~0c\\n: unknown key; known: name, description, markets, measures, sizes, weights, tags, limit, stop, run"},
      {R"({"name": null})", "my.json: \"name\" is required: what it is called"},
      {R"({"run": {"seed": null}})", "my.json:/run: \"seed\" is required: seed of all draws"},
      {R"({"run": null})", "my.json:/run: \"seed\" is required: seed of all draws"},
      {R"({"measures": [{"name": "a"}, {"cost": 1}]})", "my.json:/measures/1: \"name\" is required: what it is called"},
      // types
      {R"([])", "my.json: a list is not an object"},
      {R"({"name": 5})", "my.json:/name: 5 is not a string"},
      {R"({"run": 5})", "my.json:/run: 5 is not an object"},
      {R"({"run": {"firms": "ten"}})", "my.json:/run/firms: \"ten\" is not an integer"},
      {R"({"run": {"firms": 1.5}})", "my.json:/run/firms: 1.5 is not an integer"},
      {R"({"run": {"firms": 1e300}})", "my.json:/run/firms: 1e+300 is not an exact integer; write its digits"},
      {R"({"run": {"firms": 9223372036854775808}})", "my.json:/run/firms: 9223372036854775808 is not at most 9223372036854775807"},
      {R"({"run": {"seed": -1}})", "my.json:/run/seed: -1 is not at least 0"},
      {R"({"run": {"tolerance": true}})", "my.json:/run/tolerance: true is not a number"},
      {R"({"run": {"tolerance": [1]}})", "my.json:/run/tolerance: a list is not a number"},
      {R"({"markets": []})", "my.json:/markets: a list is not an object of objects"},
      {R"({"markets": {"eu": 1}})", "my.json:/markets/eu: 1 is not an object"},
      {R"({"markets": {"a.b": {}}})", "my.json:/markets/a.b: \"a.b\" is not an id: 1 to 64 bytes without '.', '/' and control characters"},
      {R"({"markets": {"": {}}})", "my.json:/markets/: \"\" is not an id: 1 to 64 bytes without '.', '/' and control characters"},
      {R"({"markets": {"eu": {"exchange": {"allows_resale": "no"}}}})", "my.json:/markets/eu/exchange/allows_resale: \"no\" is not true or false"},
      {R"({"markets": {"eu": {"exchange": {"delivery": "later"}}}})",
       "my.json:/markets/eu/exchange/delivery: \"later\" is not one of immediate, next_day"},
      {R"({"measures": {}})", "my.json:/measures: an object is not a list of objects"},
      {R"({"measures": [1]})", "my.json:/measures/0: 1 is not an object"},
      {R"({"sizes": 5})", "my.json:/sizes: 5 is not a list of integers"},
      {R"({"sizes": [1, 2.5]})", "my.json:/sizes/1: 2.5 is not an integer"},
      {R"({"tags": ["a", null]})", "my.json:/tags/1: null is not a string"},
      {R"({"stop": "2021-02-30"})", "my.json:/stop: \"2021-02-30\" is not a date (YYYY-MM-DD)"},
      {R"({"stop": 20210230})", "my.json:/stop: 20210230 is not a date (YYYY-MM-DD)"},
      {R"({"markets": {"eu": {"holidays": ["2021-1-1"]}}})", "my.json:/markets/eu/holidays/0: \"2021-1-1\" is not a date (YYYY-MM-DD)"},
      // ranges
      {R"({"run": {"firms": 0}})", "my.json:/run/firms: 0 is not at least 1"},
      {R"({"run": {"tolerance": 0}})", "my.json:/run/tolerance: 0 is not above 0"},
      {R"({"weights": [0.5, 1.4]})", "my.json:/weights/1: 1.4 is not in [0, 1]"},
      {R"({"sizes": [1001]})", "my.json:/sizes/0: 1001 is not in [0, 1000]"},
      {R"({"limit": -1})", "my.json:/limit: -1 is not at least 0"},
      {R"({"markets": {"eu": {"exchange": {"daily_limit": 0.0}}}})", "my.json:/markets/eu/exchange/daily_limit: 0 is not in (0, 1]"},
      // plug-ins
      {R"({"markets": {"eu": {"policies": {"a": {"share": 1}}}}})", "my.json:/markets/eu/policies/a: \"kind\" is required; known: cap, auction, banking"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "auktion"}}}}})", "my.json:/markets/eu/policies/a/kind: unknown kind \"auktion\"; nearest: auction"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "msr"}}}}})",
       "my.json:/markets/eu/policies/a/kind: unknown kind \"msr\"; known: cap, auction, banking"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": 1}}}}})", "my.json:/markets/eu/policies/a/kind: 1 is not a string"},
      {R"({"markets": {"eu": {"policies": {"auction": {"kind": "auction", "share": 1.4}}}}})",
       "my.json:/markets/eu/policies/auction/share: 1.4 is not in [0, 1]"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "auction", "shard": 1}}}}})", "my.json:/markets/eu/policies/a/shard: unknown key; nearest: share"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "cap"}}}}})", "my.json:/markets/eu/policies/a: \"start\" is required: first day of the rule"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "cap", "start": "2021-01-01", "path": {"21": 1}}}}}})",
       "my.json:/markets/eu/policies/a/path/21: \"21\" is not a year (1600 to 9999)"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "cap", "start": "2021-01-01", "path": {"2021": -1}}}}}})",
       "my.json:/markets/eu/policies/a/path/2021: -1 is not at least 0"},
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "cap", "start": "2021-01-01", "path": 3}}}}})",
       "my.json:/markets/eu/policies/a/path: 3 is not numbers by year, e.g. {\"2021\": 1}"},
      // rules over several fields
      {R"({"markets": {"eu": {"policies": {"a": {"kind": "cap", "start": "2022-01-01"}}}}})",
       "my.json:/markets/eu/policies/a/deadline: 2021-12-31 lies before start, 2022-01-01"},
  };
  for (const auto& [patch, message] : cases) EXPECT_EQ(patched_refusal(patch), message);
  EXPECT_EQ(patched_refusal("{}"), "accepted");
}

TEST(TableReader, NullIsNoneOnlyWhereAValueIsOptional) {
  EXPECT_FALSE(read_text_as_root(R"({"name": "n", "run": {"seed": 1}, "limit": null, "stop": null})").limit);
  EXPECT_EQ(refusal([] { read_text_as_root(R"({"name": null})"); }), "my.json:/name: null is not a string");
}

TEST(TableReader, TellsWhoSetTheKindThatAKeyDoesNotFit) {
  Document document;
  document.add_file(Json::parse(R"({"name": "n", "policies": {"p": {"kind": "auction", "rounds": 4}}, "run": {"seed": 1}})"), root_table(), "base.json", {});
  document.add_file(Json::parse(R"({"policies": {"p": {"kind": "banking"}}})"), root_table(), "my.json", {});
  EXPECT_EQ(refusal([&] { read<Root>(document); }),
            "base.json:/policies/p/rounds: unknown key; known: kind; the kind was set elsewhere (my.json:/policies/p/kind): set this key to null there");
}

TEST(TableReader, TellsTheFileOfACrossFieldProblem) {
  Document document;
  document.add_file(Json::parse(R"({"name": "n", "policies": {"cap": {"kind": "cap", "start": "2022-01-01", "deadline": "2022-12-31"}}, "run": {"seed": 1}})"),
                    root_table(), "base.json", {});
  document.add_file(Json::parse(R"({"policies": {"cap": {"deadline": "2021-12-31"}}})"), root_table(), "my.json", {});
  EXPECT_EQ(refusal([&] { read<Root>(document); }), "my.json:/policies/cap/deadline: 2021-12-31 lies before start, 2022-01-01");
}

TEST(TableWriter, WritesEveryParameterAndReadsBackEqual) {
  const std::string text = resolved_text(read_text_as_root(R"({"run": {"tolerance": 0.1, "seed": 7}, "name": "n",
    "markets": {"uk": {}, "eu": {"policies": {"z": {"kind": "banking"}, "a": {"start": "2021-07-16", "kind": "cap", "path": {"2022": 5}}}}}})"));
  EXPECT_EQ(text,
            R"({"name":"n","description":"","markets":{)"
            R"("eu":{"currency":"CNY","holidays":["2021-10-01"],"exchange":{"daily_limit":0.1,"allows_resale":false,"delivery":"immediate"},)"
            R"("policies":{"a":{"kind":"cap","reduction":0.0,"start":"2021-07-16","deadline":"2021-12-31","path":{"2022":5.0}},"z":{"kind":"banking"}}},)"
            R"("uk":{"currency":"CNY","holidays":["2021-10-01"],"exchange":{"daily_limit":0.1,"allows_resale":false,"delivery":"immediate"},"policies":{}}},)"
            R"("measures":[],"sizes":[],"weights":[],"tags":[],"limit":null,"stop":null,"run":{"seed":7,"firms":10,"tolerance":0.1}})");
  EXPECT_EQ(resolved_text(read_text_as_root(text)), text);
}

TEST(TableWriter, KeepsTheBitsOfNumbers) {
  for (const double x : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 123456789.123456789, 9007199254740993.0, 1e22}) {
    Root root;
    root.run.tolerance = x;
    EXPECT_EQ(read_text_as_root(resolved_text(root)).run.tolerance, x);
  }
}

TEST(TableWriter, RefusesWhatJsonCannotHold) {
  Root root;
  root.run.tolerance = std::numeric_limits<double>::infinity();
  EXPECT_THROW(resolved_text(root), std::logic_error);
}

TEST(Sha256, GivesTheKnownAnswersOfTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
