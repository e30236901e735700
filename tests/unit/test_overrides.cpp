#include "scenarios/overrides.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "tests/unit/reader_example.hpp"

namespace {

using namespace tantu;
using namespace reader_example;
using Json = nlohmann::ordered_json;

Document one_market() {
  Document document;
  document.add_file(Json::parse(R"({"name": "n", "run": {"seed": 1}, "tags": ["x", "y"], "measures": [{"name": "m"}],
    "policies": {"cap": {"kind": "cap", "start": "2021-01-01", "path": {"2021": 1}}, "auction": {"kind": "auction"}}})"),
                    root_table(), "my.json", {});
  return document;
}
Document two_markets() {
  Document document;
  document.add_file(Json::parse(R"({"name": "n", "run": {"seed": 1}, "markets": {"eu": {}, "uk": {}}})"), root_table(), "my.json", {});
  return document;
}

/// The value at `pointer` after the assignments, as JSON.
std::string after(std::initializer_list<const char*> assignments, const char* pointer, Document document = one_market()) {
  for (const char* a : assignments) apply_override(document, root_table(), a);
  read<Root>(document);
  const Json::json_pointer p(pointer);
  return document.root().contains(p) ? document.root().at(p).dump() : "absent";
}
std::string refusal_of(std::initializer_list<const char*> assignments, Document document = one_market()) {
  return refusal([&] {
    for (const char* a : assignments) apply_override(document, root_table(), a);
    read<Root>(document);
  });
}

TEST(Overrides, SetValuesAtAnyPath) {
  EXPECT_EQ(after({"run.seed=7"}, "/run/seed"), "7");
  EXPECT_EQ(after({"run.firms=2e1"}, "/run/firms"), "20.0");
  EXPECT_EQ(after({"policies.cap.reduction=0.02"}, "/markets/main/policies/cap/reduction"), "0.02");
  EXPECT_EQ(after({"markets.main.policies.cap.reduction=0.02"}, "/markets/main/policies/cap/reduction"), "0.02");
  EXPECT_EQ(after({"exchange.daily_limit=0.2"}, "/markets/main/exchange/daily_limit"), "0.2");
  EXPECT_EQ(after({"exchange.delivery=next_day"}, "/markets/main/exchange/delivery"), "\"next_day\"");
  EXPECT_EQ(after({"policies.cap.path.2030=5100"}, "/markets/main/policies/cap/path"), R"({"2021":1,"2030":5100})");
  EXPECT_EQ(after({"policies.cap.path.2021=null"}, "/markets/main/policies/cap/path"), "{}");
  EXPECT_EQ(after({"policies.cap.start=2021-03-01"}, "/markets/main/policies/cap/start"), "\"2021-03-01\"");
  EXPECT_EQ(after({"policies.cap.start=\"2021-03-01\""}, "/markets/main/policies/cap/start"), "\"2021-03-01\"");
  EXPECT_EQ(after({"name=2021"}, "/name"), "\"2021\"");
  EXPECT_EQ(after({"name=a=b"}, "/name"), "\"a=b\"");
  EXPECT_EQ(after({"tags.1=true"}, "/tags"), R"(["x","true"])");
  EXPECT_EQ(after({"measures.0.cost=-2"}, "/measures/0/cost"), "-2");
  EXPECT_EQ(after({"stop=2022-01-01", "stop=null"}, "/stop"), "null");
  EXPECT_EQ(after({"sizes=[1, 2]"}, "/sizes"), "[1,2]");
  EXPECT_EQ(after({"run={\"seed\": 3}"}, "/run"), R"({"seed":3})");
  EXPECT_EQ(after({"policies.auction=null"}, "/markets/main/policies/auction"), "absent");
  EXPECT_EQ(after({"run.firms=5", "run.firms=6"}, "/run/firms"), "6");
}

TEST(Overrides, NewPluginsNeedAKind) {
  EXPECT_EQ(after({"policies.bank={\"kind\": \"banking\"}"}, "/markets/main/policies/bank/kind"), "\"banking\"");
  EXPECT_EQ(after({"policies.late.kind=auction", "policies.late.share=1"}, "/markets/main/policies/late"), R"({"kind":"auction","share":1})");
  EXPECT_EQ(refusal_of({"policies.late={}"}), "--set policies.late: \"kind\" is required; known: cap, auction, banking");
  EXPECT_EQ(refusal_of({"policies.late.kind=cap"}), "--set policies.late.kind: \"start\" is required: first day of the rule");
  EXPECT_EQ(refusal_of({"policies.late.kind=bankng"}), "--set policies.late.kind: unknown kind \"bankng\"; nearest: banking");
}

TEST(Overrides, MarketsMayBeAddedWholeOrByTheShortForm) {
  EXPECT_EQ(after({"markets.uk={\"currency\": \"GBP\"}"}, "/markets/uk/currency"), "\"GBP\"");
  Document bare;
  bare.add_file(Json::parse(R"({"name": "n", "run": {"seed": 1}})"), root_table(), "my.json", {});
  EXPECT_EQ(after({"currency=EUR"}, "/markets", bare), R"({"main":{"currency":"EUR"}})");
  EXPECT_EQ(after({"markets.uk.currency=GBP"}, "/markets/uk/currency", two_markets()), "\"GBP\"");
  EXPECT_EQ(refusal_of({"currency=GBP"}, two_markets()),
            "--set currency: the scenario has 2 markets; write markets.eu.currency or markets.uk.currency");
  EXPECT_EQ(refusal_of({"markets.us.currency=USD"}, two_markets()),
            "--set markets.us.currency: no such path; nearest: markets.uk.currency, markets.eu.currency");
}

TEST(Overrides, RefusePathsThatDoNotExist) {
  EXPECT_EQ(refusal_of({"policies.cap.reductoin=1"}), "--set policies.cap.reductoin: no such path; nearest: policies.cap.reduction");
  EXPECT_EQ(refusal_of({"reduction=0.1"}), "--set reduction: no such path; nearest: policies.cap.reduction");
  EXPECT_EQ(refusal_of({"markets.main.policies.cap.redution=1"}),
            "--set markets.main.policies.cap.redution: no such path; nearest: markets.main.policies.cap.reduction");
  EXPECT_EQ(refusal_of({"run.threads=1"}), "--set run.threads: no such path; known: run.seed, run.firms, run.tolerance");
  EXPECT_EQ(refusal_of({"run.seed.x=1"}), "--set run.seed.x: no such path; nearest: run.seed");
  EXPECT_EQ(refusal_of({"policies.cap.path.soon=1"}), "--set policies.cap.path.soon: no such path; nearest: policies.cap.path, policies.cap.path.<year>");
  EXPECT_EQ(refusal_of({"tags.2=z"}), "--set tags.2: no such path; nearest: tags");
  EXPECT_EQ(refusal_of({"run..seed=1"}), "--set run..seed: no such path; nearest: run.seed");
  EXPECT_EQ(refusal_of({"policies.new.share=1"}), "--set policies.new.share: no such path; nearest: policies.auction.share");
  EXPECT_EQ(refusal_of({"xyzzy=1"}),
            "--set xyzzy: no such path; known: name, description, markets, currency, holidays, exchange, policies, measures, sizes, weights, tags, limit, stop, run");
  EXPECT_EQ(refusal_of({"run.seed"}), "--set run.seed: a path and a value were expected, e.g. --set run.seed=1");
  EXPECT_EQ(refusal_of({"=1"}), "--set =1: a path and a value were expected, e.g. --set run.seed=1");
  EXPECT_EQ(refusal_of({"extends=x"}), "--set extends: belongs into a file and cannot be set");
}

TEST(Overrides, WrongValuesNameTheOverride) {
  EXPECT_EQ(refusal_of({"policies.cap.reduction=1.4"}), "--set policies.cap.reduction: 1.4 is not in [0, 1]");
  EXPECT_EQ(refusal_of({"policies.cap.reduction=lots"}), "--set policies.cap.reduction: \"lots\" is not a number");
  EXPECT_EQ(refusal_of({"policies.cap.deadline=2020-01-01"}), "--set policies.cap.deadline: 2020-01-01 lies before start, 2021-01-01");
  EXPECT_EQ(refusal_of({"run={\"seed\": 1, \"fims\": 2}"}), "--set run:/fims: unknown key; nearest: firms");
  EXPECT_EQ(refusal_of({"run={\"seed\": 1,}"}), "--set run:1: unexpected '}': remove the comma before it");
  EXPECT_EQ(refusal_of({"run.seed=null"}), "my.json:/run: \"seed\" is required: seed of all draws");
  EXPECT_EQ(refusal_of({"tags.0=null"}), "accepted");
  EXPECT_EQ(refusal_of({"name=\xFF"}), "--set name: \\xff is not UTF-8 text");
}

TEST(Overrides, ADocumentThatIsWrongOnTheWayIsToldAbout) {
  Document document;
  document.add_file(Json::parse(R"({"name": "n", "run": 5, "policies": "none"})"), root_table(), "my.json", {});
  EXPECT_EQ(refusal_of({"run.seed=1"}, document), "my.json:/run: 5 is not an object");
  EXPECT_EQ(refusal_of({"policies.cap.kind=cap"}, document), "my.json:/policies: \"none\" is not an object");
}

TEST(Overrides, ListThePathsThereAre) {
  using testing::IsSupersetOf;
  EXPECT_THAT(override_paths(one_market(), root_table()),
              IsSupersetOf({"name", "run.seed", "measures.0.cost", "policies.cap.path.<year>", "policies.cap.kind", "exchange.delivery"}));
  EXPECT_THAT(override_paths(two_markets(), root_table()), IsSupersetOf({"markets.eu.currency", "markets.uk.policies"}));
}

}  // namespace
