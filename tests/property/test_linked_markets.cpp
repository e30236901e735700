// Whatever rules, links, moves and arbitrageurs stand side by side in several markets: no tonne and no cent is made or lost
// in any of them or on the way between them, and no account falls below nothing.
//
// The simulation itself ends a run with an exception on the first day on which a unit, a link or cash does not close
// (Simulation::check_conservation, check_links); here the books are added up once more from the outside.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "sim/state.hpp"
#include "tests/national_market.hpp"
#include "tests/two_markets.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

std::string number(int least, int most, double scale = 1) { return std::to_string(*rc::gen::inRange(least, most) * scale); }
std::string one_of(std::vector<std::string> choices) { return *rc::gen::elementOf(choices); }
bool maybe() { return *rc::gen::inRange(0, 2) > 0; }

std::string any_link() {
  std::string link = R"({"from": "south", "to": "north", "direction": ")" + one_of({"two_way", "one_way"}) + R"(", "firms_share": )" + number(0, 10, 0.1) +
                     R"(, "exchange_ratio": )" + one_of({"0.5", "0.907185", "1", "1.3"}) + R"(, "discount": )" + one_of({"0", "0.1"}) + R"(, "fee_per_t": )" + number(0, 30, 0.1) +
                     R"(, "passes_on": )" + one_of({"true", "false"}) + R"(, "first_day": ")" + one_of({"2021-01-01", "2021-06-01", "2022-02-01"}) + "\"";
  if (maybe()) link += R"(, "last_day": ")" + one_of({"2022-04-15", "2022-09-30"}) + "\"";
  if (maybe()) link += R"(, "quota_mt": )" + number(0, 10, 0.05);
  if (maybe()) link += R"(, "quota_share": )" + number(0, 20, 0.01) + R"(, "quota_of": ")" + one_of({"market", "firm"}) + "\"";
  return link + "}";
}

/// Instruments that either market may have besides its own.
void any_policies(const std::string& market, std::vector<std::string>& changes) {
  const auto add = [&](const std::string& name, const std::string& json) { if (maybe()) changes.push_back("markets." + market + ".policies." + name + "=" + json); };
  add("sale", R"({"kind": "auction", "basis": "volume", "volume_mt": {"2021": )" + number(0, 10, 0.1) + R"(}, "calendar": {"per_year": )" + std::to_string(*rc::gen::inRange(1, 20)) + R"(}, "unsold": ")" +
                  one_of({"cancel", "next", "roll_over"}) + "\"}");
  add("collar", R"({"kind": "price_collar", "floor": {"given": {"2021": )" + number(1, 15) + R"(}}, "ceiling": {"given": {"2021": )" + number(20, 60) + R"(}}, "sale": "exchange"})");
  add("credits", R"({"kind": "offsets", "share": {"2021": )" + number(0, 10, 0.01) + R"(}, "types": {"a": {"price_from": 5, "price_to": 40, "volume_mt": )" + number(0, 20, 0.1) + "}}}");
  add("banking", R"({"kind": "banking", "rule": ")" + one_of({"unlimited", "none", "life", "untraded"}) + "\"}");
  add("credit", R"({"kind": "borrowing", "share_of_gap": 0.5, "share_of_obligation": 0.1})");
}

void expect_books_closed(const Simulation& simulation) {
  std::vector<Cash> abroad(simulation.markets().size());
  for (const Market& market : simulation.markets()) {
    RC_ASSERT(!market.registry.imbalance());
    RC_ASSERT(market.clearing.total() == Cash{});
    for (UnitIndex u = 0; u < market.registry.units().size(); ++u)
      for (Account a = 0; a < market.registry.accounts(); ++a) RC_ASSERT(market.registry.holding(a, u) >= Tonnes{});
  }
  for (std::size_t m = 0; m < simulation.markets().size(); ++m) {
    const Registry& registry = simulation.markets()[m].registry;
    Tonnes sent, received, over_out, over_in;
    for (UnitIndex u = 0; u < registry.units().size(); ++u) {
      sent += registry.totals(u).sent;
      received += registry.totals(u).received;
    }
    for (std::size_t d = 0; d < simulation.links().size(); ++d) {
      const LinkRules& rules = simulation.setup().links[d];
      const LinkBooks& books = simulation.links()[d];
      RC_ASSERT(books.closes(rules));
      if (!rules.moves_firms && books.limit >= Tonnes{}) RC_ASSERT(books.used <= books.limit);
      if (rules.from == m) over_out += books.sent + books.sent_home;
      if (rules.to == m) over_in += books.received + books.received_home;
      Tonnes by_flow;
      for (const LinkFlow& flow : books.flows) by_flow += flow.received;
      RC_ASSERT(by_flow == books.received + books.received_home);
    }
    RC_ASSERT(sent == over_out);
    RC_ASSERT(received == over_in);
    // What seats have moved between themselves is what their accounts say.
    for (const TraderAccount& seat : simulation.trader_accounts(m)) RC_ASSERT(seat.bought >= Tonnes{} && seat.sold >= Tonnes{});
  }
}

RC_GTEST_PROP(LinkedMarkets, CloseTheirBooksWhateverTravels, ()) {
  std::string more;
  if (maybe()) more += R"("links": [)" + any_link() + "],";
  if (maybe())
    more += R"("moves": [{"sector": "cheap", "to": "north", "date": "2022-01-01", "exchange_ratio": )" + one_of({"0", "0.5", "1", "1.7"}) +
            (maybe() ? R"(, "vintage_ratios": {"2021": )" + one_of({"0", "0.3", "1"}) + "}" : "") + "}],";
  std::vector<std::string> changes{"run.seed=" + std::to_string(*rc::gen::inRange(0, 1'000'000))};
  any_policies("north", changes);
  any_policies("south", changes);
  if (maybe())
    changes.push_back(R"(agents.traders={"bridge": {"kind": "arbitrageur", "market": "north", "other": "south", "count": 2, "cash": )" + one_of({"1e5", "1e8"}) + R"(, "allowances": )" + one_of({"0", "50000"}) +
                      R"(, "order": 20000, "most": )" + one_of({"0", "100000"}) + R"(, "cost": )" + one_of({"0", "0.01"}) + R"(, "admitted": ")" + one_of({"2021-01-01", "2021-09-01"}) + R"("}})");
  Sink sink;
  Workers workers;
  Simulation simulation(compose(two_markets(more, changes)));
  live_to_the_end(simulation, sink, workers);
  expect_books_closed(simulation);
}

}  // namespace
