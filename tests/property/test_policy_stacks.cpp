// Whatever instruments stand side by side: no tonne and no cent is made or lost, no account falls below zero, what
// the pools hold is what the effects say, and neither names nor the order of keys change anything.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/presets.hpp"
#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

std::string number(int least, int most, double scale = 1) { return std::to_string(*rc::gen::inRange(least, most) * scale); }
std::string one_of(std::vector<std::string> choices) { return *rc::gen::elementOf(choices); }

/// Instruments in JSON, by name: each with parameters of its own, absent with a chance.
std::map<std::string, std::string> any_instruments() {
  std::map<std::string, std::string> all;
  const auto maybe = [&](const std::string& name, const std::string& json) { if (*rc::gen::inRange(0, 3) > 0) all[name] = json; };
  all["sale"] = R"({"kind": "auction", "basis": "volume", "volume_mt": {"2021": )" + number(0, 30, 0.1) + R"(}, "calendar": {"per_year": )" + std::to_string(*rc::gen::inRange(1, 30)) +
                R"(}, "kind_of_price": ")" + one_of({"uniform", "pay_as_bid"}) + R"(", "lot_t": )" + one_of({"1", "1000"}) + R"(, "reserve_price": {"given": {"2021": )" + number(1, 50) +
                R"(}}, "confidential": )" + one_of({"true", "false"}) + R"(, "most_covered": )" + one_of({"0", "0.2"}) + R"(, "advance_share": )" + one_of({"0", "0.1"}) +
                R"(, "unsold": ")" + one_of({"cancel", "next", "roll_over", "reintroduce", "reserve", "keep"}) + R"(", "opens_session": )" + one_of({"true", "false"}) + "}";
  if (*rc::gen::inRange(0, 2) > 0) {
    all["cap"] = R"({"basis": "mass", "path_mt": {"2019": )" + number(15, 30) + "}}";
    all["owners"] = R"({"kind": "consignment", "sectors": ["power"], "share": {"2021": )" + number(0, 20, 0.01) + "}}";
  }
  maybe("stability", R"({"kind": "market_stability_reserve", "works_from": "2021-01-01", "stock_mt": 1, "tnac_mt": {"2019": )" + number(0, 20) + R"(, "2020": )" + number(0, 20) +
                         R"(}, "invalidate_above_mt": {"2022": 2}, "forms": [{"from_year": 2017, "intake_above_mt": 5, "release_below_mt": 3, "release_mt": 1}]})");
  maybe("tiers", R"({"kind": "containment_reserve", "yearly": )" + one_of({"true", "false"}) + R"(, "sale": ")" + one_of({"with_auctions", "own_sales"}) +
                     R"(", "tiers": [{"price": {"given": {"2021": )" + number(30, 60) + R"(}}, "volume_mt": {"2021": 0.5}}, {"price": {"given": {"2021": 70}}, "volume_mt": {"2021": 0.5}}],
                     "withhold_below": {"given": {"2021": 40}}, "withhold_share": {"2021": 0.1}})");
  maybe("collar", R"({"kind": "price_collar", "floor": {"given": {"2021": )" + number(20, 50) + R"(}}, "ceiling": {"given": {"2021": )" + number(50, 80) + R"(}}, "sale": ")" +
                      one_of({"exchange", "shortfall"}) + R"(", "bought": ")" + one_of({"cancel", "reserve"}) + R"("})");
  maybe("alarm", R"({"kind": "price_trigger", "days": 10, "price": {"given": {"2021": )" + number(40, 60) + R"(}}, "when": ")" + one_of({"above", "below"}) + R"(", "action": ")" +
                     one_of({"release", "withhold", "sell", "buy"}) + R"(", "volume_mt": 0.2, "stock_mt": 1, "rest_months": 1})");
  maybe("credits", R"({"kind": "offsets", "share": {"2019": )" + number(0, 10, 0.01) + R"(}, "types": {"a": {"price_from": 10, "price_to": 40, "volume_mt": )" + number(0, 30, 0.1) +
                       R"(}, "b": {"price_from": 30, "price_to": 30, "volume_mt": 1, "share": 0.01}}})");
  maybe("advance", R"({"kind": "borrowing", "share_of_gap": 0.5, "share_of_obligation": 0.1})");
  maybe("limit", R"({"kind": "holding_limit", "most_mt": {"2021": 0.5}, "above": ")" + one_of({"report", "cancel"}) + R"("})");
  maybe("tax", R"({"kind": "carbon_tax", "rate": {"given": {"2021": )" + number(0, 50) + R"(}}, "rebate": )" + one_of({"0", "0.5", "1"}) + "}");
  maybe("money", R"({"kind": "revenue", "from": ["auction", "containment", "price_ceiling", "tax", "treasury"], "uses": {"a": {"use": "rebate", "share": 0.3, "by": ")" +
                     one_of({"emissions", "output", "alike"}) + R"("}, "b": {"use": "support", "share": 0.3}}})");
  maybe("verification", R"({"audited": 0.5, "fraud": 0.1, "firm_pays": true})");
  const std::string rule = one_of({"unlimited", "none", "net_sales", "untraded", "life", "net_sales_yearly"});
  maybe("banking", R"({"rule": ")" + rule + R"(", "leavers_years": 1)" + (rule == "net_sales_yearly" ? R"(, "multiples": {"2019": 2})" : "") + "}");
  return all;
}

std::string scenario(const std::map<std::string, std::string>& instruments, const std::string& prefix, int seed) {
  std::string policies;
  for (const auto& [name, json] : instruments) {
    // What the preset has keeps its name.
    const bool known = name == "verification" || name == "banking" || name == "cap";
    policies += (policies.empty() ? "" : ", ") + ("\"" + (known ? "" : prefix) + name + "\": " + json);
  }
  return R"({"$schema": "x", "extends": "china-national", "name": "stack", "policies": {)" + policies +
         R"(}, "sectors": {"power": {"firms": 12, "firms_below": 2, "firms_closing": 1, "emissions_mt": 24}}, "run": {"last_day": "2022-03-31", "seed": )" + std::to_string(seed) + "}}";
}

void expect_books_closed(const Simulation& simulation) {
  const Market& market = simulation.markets()[0];
  RC_ASSERT(!market.registry.imbalance());
  RC_ASSERT(market.clearing.total() == Cash{});
  for (UnitIndex u = 0; u < market.registry.units().size(); ++u)
    for (Account a = 0; a < market.registry.accounts(); ++a) RC_ASSERT(market.registry.holding(a, u) >= Tonnes{});
  // Pools: what the effects brought in less what they took out.
  std::map<std::uint16_t, std::int64_t> balance;
  for (const Moved& m : market.moved) {
    const bool cash_only = m.kind == Effect::Kind::transfer || m.kind == Effect::Kind::spend || m.kind == Effect::Kind::tax || m.kind == Effect::Kind::fine ||
                           m.kind == Effect::Kind::credit;
    if (cash_only) continue;
    if (m.to) balance[m.to] += m.tonnes.count;
    if (m.from) balance[m.from] -= m.tonnes.count;
  }
  for (std::size_t k = 0; k < market.rules().pools.size(); ++k) {
    const auto pool = static_cast<std::uint16_t>(first_named_pool + k);
    RC_ASSERT(market.registry.holding(market.account(Pool{pool})).count == balance[static_cast<std::uint16_t>(pool + 1)]);
  }
}

RC_GTEST_PROP(PolicyStacks, CloseTheirBooksWhateverTheyAreCalled, ()) {
  const auto instruments = any_instruments();
  const int seed = *rc::gen::inRange(0, 1'000'000);
  Sink sink;
  Workers workers;
  Simulation one(compose(load_scenario_text(scenario(instruments, "", seed), "one")));
  live_to_the_end(one, sink, workers);
  expect_books_closed(one);
  // The names decide the order of keys; the order of action is that of phases.
  Simulation other(compose(load_scenario_text(scenario(instruments, "zz_", seed), "other")));
  live_to_the_end(other, sink, workers);
  RC_ASSERT(state_hash(one) == state_hash(other));
}

/// The same document with the members of each object in any order.
nlohmann::ordered_json reordered(const nlohmann::ordered_json& json) {
  if (json.is_array()) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const auto& element : json) all.push_back(reordered(element));
    return all;
  }
  if (!json.is_object()) return json;
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  for (std::size_t k = keys.size(); k > 1; --k) std::swap(keys[k - 1], keys[*rc::gen::inRange<std::size_t>(0, k)]);
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const std::string& key : keys) all[key] = reordered(json.at(key));
  return all;
}

RC_GTEST_PROP(PolicyStacks, KeysInAnyOrderAreTheSameRun, ()) {
  const auto preset = *rc::gen::elementOf(std::vector<std::string>{"eu-ets", "california-quebec", "rggi", "k-ets", "nz-ets", "uk-ets", "tokyo"});
  const auto all = presets();
  const auto at = std::find_if(all.begin(), all.end(), [&](const Preset& p) { return p.name == preset; });
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(at->text, nullptr, true, true);
  for (auto& [name, sector] : document["sectors"].items()) sector["firms"] = 3;
  const Day first = *parse_day(document["run"]["first_day"].get<std::string>());
  document["run"]["last_day"] = to_string(first + 250);
  const auto hash_of = [&](const nlohmann::ordered_json& json) {
    Sink sink;
    Workers workers;
    Simulation run(compose(load_scenario_text(json.dump(), "keys")));
    live_to_the_end(run, sink, workers);
    return state_hash(run);
  };
  RC_ASSERT(hash_of(document) == hash_of(reordered(document)));
}

}  // namespace
