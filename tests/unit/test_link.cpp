// Links between markets: what converts, what a quota admits, what firms with accounts in both markets do, and what is
// refused. Whole runs are those of tests/two_markets.hpp.
#include "sim/link.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "results/recorder.hpp"
#include "results/run_file.hpp"
#include "sim/link_graph.hpp"
#include "sim/state.hpp"
#include "tests/two_markets.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

// ---- conversion ----

TEST(Link, ConvertsWholeUnitsAndCountsWhatIsLost) {
  // A short ton is 0.907185 t in whole millionths.
  const Conversion tonnes = Conversion::of_ratio(0.90718474);
  EXPECT_EQ(tonnes.numerator, 907'185);
  EXPECT_EQ(tonnes.of(Tonnes{1000}), Tonnes{907}) << "907.185 t, rounded down";
  EXPECT_EQ(tonnes.remainder(Tonnes{1000}), 185'000) << "0.185 of a tonne, in millionths";
  EXPECT_EQ(tonnes.most(Tonnes{907}), Tonnes{1000}) << "1000 short tons are 907 whole tonnes, 1001 are 908";
  EXPECT_EQ(tonnes.inverse().of(Tonnes{907'185}), Tonnes{1'000'000}) << "what comes home is what left";
  EXPECT_EQ(tonnes.of(Tonnes{0}), Tonnes{0});
}

TEST(Link, SendsAsManyAsTheRoomAdmitsAndNotOneMore) {
  for (const double ratio : {0.1, 0.8, 0.907185, 1.0, 1.102311, 3.0})
    for (std::int64_t room = 0; room < 50; ++room) {
      const Conversion c = Conversion::of_ratio(ratio);
      const Tonnes most = c.most(Tonnes{room});
      EXPECT_LE(c.of(most), Tonnes{room}) << "ratio " << ratio << ", room " << room;
      EXPECT_GT(c.of(most + Tonnes{1}), Tonnes{room}) << "ratio " << ratio << ", room " << room << ": one more would fit";
    }
}

// ---- runs with links ----

std::string link(const std::string& more = "") { return R"("links": [{"from": "south", "to": "north", "firms_share": 0.5)" + (more.empty() ? "" : ", " + more) + "}],"; }

struct Lived {
  explicit Lived(const std::string& more, const std::vector<std::string>& changes = {}) : simulation(compose(two_markets(more, changes))), recorder({}) {
    Workers workers;
    while (!simulation.finished()) simulation.live_one_day(recorder, workers);
    simulation.finish();
  }
  /// Received over a direction in a year, units that come home left out.
  std::int64_t brought(std::size_t direction, int year) const {
    std::int64_t sum = 0;
    for (const LinkFlow& flow : simulation.links()[direction].flows)
      if (flow.year == year) sum += (flow.received - flow.home).count;
    return sum;
  }
  /// Mean close of the last `days` days.
  double close(std::size_t market, std::size_t days = 60) const {
    const auto& rows = recorder.days()[market];
    double sum = 0;
    for (std::size_t i = rows.size() - days; i < rows.size(); ++i) sum += to_currency(rows[i].session.close, rows[i].price_scale);
    return sum / static_cast<double>(days);
  }
  Simulation simulation;
  Recorder recorder;
};

TEST(Link, CarriesAllowancesFromTheCheapMarketToTheDearOne) {
  const Lived run(link());
  EXPECT_GT(run.brought(0, 2021) + run.brought(0, 2022), 20'000) << "south to north: firms of both have accounts in the other, and the north lacks what the south has";
  EXPECT_LT(run.brought(1, 2021) + run.brought(1, 2022), 5'000) << "north to south: nobody sends many allowances to where they are cheaper";
  // They keep their origin, and serve like the north's own.
  const Registry& north = run.simulation.markets()[0].registry;
  Tonnes from_south, surrendered;
  for (UnitIndex u = 0; u < north.units().size(); ++u) {
    if (north.units()[u].origin == 0) { EXPECT_EQ(north.totals(u).received, Tonnes{}) << "the north's own units did not come over the link"; }
    if (north.units()[u].origin != foreign_origin(1)) continue;
    from_south += north.totals(u).received;
    surrendered += north.totals(u).surrendered;
    EXPECT_EQ(north.totals(u).issued, Tonnes{}) << "only the south issues its units";
  }
  EXPECT_EQ(from_south, run.simulation.links()[0].received);
  EXPECT_GT(surrendered, Tonnes{}) << "some were surrendered in the north";
}

TEST(Link, BringsPricesNearerToEachOther) {
  const Lived alone(""), linked(link());
  EXPECT_GT(alone.close(0) - alone.close(1), 12) << "without a link the north is near 30 EUR/t, the south near 10";
  EXPECT_LT(linked.close(0) - linked.close(1), 0.95 * (alone.close(0) - alone.close(1))) << "north " << linked.close(0) << ", south " << linked.close(1);
}

TEST(Link, CarriesNothingWhereNobodyHasTwoAccounts) {
  const Lived run(R"("links": [{"from": "south", "to": "north", "firms_share": 0}],)");
  EXPECT_EQ(run.simulation.links()[0].sent + run.simulation.links()[1].sent, Tonnes{});
}

TEST(Link, ChangesNothingBeforeItIsPublic) {
  const Lived run(R"("links": [{"from": "south", "to": "north", "firms_share": 0, "announced": "2022-02-01", "first_day": "2022-06-01"}],)"), alone("");
  for (const std::size_t market : {0u, 1u})
    for (std::size_t d = 0; d < run.recorder.days()[market].size(); ++d) {
      const DayRow &here = run.recorder.days()[market][d], &there = alone.recorder.days()[market][d];
      if (here.day < day_of(2022, 2, 1)) { ASSERT_EQ(here.session.close, there.session.close) << "market " << market << " on " << to_string(here.day); }
      if (here.day == day_of(2022, 2, 1)) { EXPECT_NE(here.anchor, there.anchor) << "from this day on firms reckon with it"; }
    }
}

TEST(Link, OpensAndClosesOnItsDays) {
  // Half a year is too short for a price that moves from quote to quote where the south's buyers bid no more than it costs them to
  // abate: nothing would be brought, and the test would show nothing.
  const Lived run(link(R"("first_day": "2021-07-01", "last_day": "2021-12-31")"), {"agents.firms.position.own_abatement=false"});
  EXPECT_GT(run.brought(0, 2021), 0);
  EXPECT_EQ(run.brought(0, 2022), 0);
  for (const DayRow& day : run.recorder.days()[0]) {
    if (day.day < day_of(2021, 7, 1)) { EXPECT_EQ(day.received, Tonnes{}) << to_string(day.day); }
  }
}

TEST(Link, OneWayCarriesNothingBack) {
  const Lived run(link(R"("direction": "one_way")"), {"markets.north.exchange.opening_reference=5", "technologies.dear.curve.price_per_t=10"});
  ASSERT_EQ(run.simulation.links().size(), 1u) << "the other direction does not exist";
  EXPECT_LT(run.close(0), run.close(1)) << "the north is the cheap one here; the test shows nothing otherwise";
  EXPECT_LT(run.brought(0, 2022), 20'000) << "nobody sends allowances to where they are cheaper";
}

TEST(Link, QuotaIsUsedUpAndNeverExceeded) {
  const Lived run(link(R"("quota_mt": 0.05)"));
  for (const int year : {2021, 2022}) EXPECT_LE(run.brought(0, year), 50'000) << year;
  EXPECT_EQ(run.brought(0, 2021), 50'000) << "to the tonne: the south is cheaper all year";
  EXPECT_EQ(run.brought(0, 2022), 50'000) << "a new year has a quota of its own";
}

TEST(Link, AShareIsOfTheObligationsThatWereFinal) {
  const Lived run(link(R"("quota_share": 0.002)"));
  // In 2021 no obligation is final yet: 0.2% of 20 firms' 10 Mt a year. In 2022 those of 2021 are only final in March.
  EXPECT_EQ(run.simulation.links()[0].limit, Tonnes{20'000});
  EXPECT_EQ(run.brought(0, 2021), 20'000);
}

TEST(Link, AFirmsShareIsItsOwn) {
  const Lived run(link(R"("quota_share": 0.02, "quota_of": "firm")"));
  const LinkBooks& books = run.simulation.links()[0];
  const Rows rows = run.simulation.markets()[0].rules().rows;
  Tonnes used;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(books.firm_limit[i], whole_tonnes(0.02 * run.simulation.setup().traits.emissions[rows.first + i])) << "firm " << i;
    EXPECT_LE(books.firm_used[i], books.firm_limit[i]) << "firm " << i;
    used += books.firm_used[i];
  }
  EXPECT_EQ(used, books.used) << "nobody but firms of the north uses their share";
  EXPECT_GT(used, Tonnes{});
}

TEST(Link, BetweenMeasuresAndCurrenciesLosesNothingUncounted) {
  // The south counts short tons and francs; check_links throws after a day on which anything is missing.
  const Lived run(R"("exchange_rates": [{"of": "EUR", "in": "CHF", "path": [{"from": "2021-01-01", "rate": 1.08}, {"from": "2021-06-01", "rate": 0.95}]}],)" + link(R"("fee_per_t": 0.01)"),
                  {"markets.south.currency=CHF", "markets.south.unit.measure=short_ton"});
  const LinkBooks& books = run.simulation.links()[0];
  EXPECT_GT(books.sent, Tonnes{100'000});
  EXPECT_GT(books.remainder, 0) << "fractions of tonnes have been lost and counted";
  EXPECT_EQ(books.sent.count * 907'185, books.received.count * 1'000'000 + books.remainder);
  EXPECT_TRUE(books.closes(run.simulation.setup().links[0]));
  Cash fees;
  for (const LinkFlow& flow : books.flows) fees += flow.fees;
  EXPECT_EQ(fees, Cash{books.received.count}) << "a cent a tonne received";
  for (const Market& market : run.simulation.markets()) EXPECT_EQ(market.clearing.total(), Cash{}) << market.rules().name << ": cash in " << market.rules().currency;
}

TEST(Link, ReportsWhoMovedHowMuch) {
  const Lived run(link());
  const Dataset file = run_dataset(run.simulation, run.recorder, {});
  const auto& links = *file.find("/links");
  const auto& by = std::get<std::vector<std::string>>(links.find("by")->values);
  const auto& received = std::get<std::vector<std::int64_t>>(links.find("received")->values);
  const auto& value = std::get<std::vector<std::int64_t>>(links.find("value")->values);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < by.size(); ++i) {
    EXPECT_TRUE(by[i] == "dear" || by[i] == "cheap") << by[i] << " is no sector of the run";
    EXPECT_GT(value[i], 0);
    sum += received[i];
  }
  EXPECT_EQ(sum, (run.simulation.links()[0].received + run.simulation.links()[0].received_home + run.simulation.links()[1].received + run.simulation.links()[1].received_home).count);
  // Every day closes with what came and went.
  for (std::size_t m = 0; m < 2; ++m)
    for (const DayRow& day : run.recorder.days()[m])
      ASSERT_EQ(day.issued + day.received, day.bank + day.pools + day.surrendered + day.cancelled + day.expired + day.sent) << m << " on " << to_string(day.day);
}

TEST(Link, IsPartOfTheState) {
  const auto setup = compose(two_markets(link(), {"run.last_day=2021-06-30"}));
  Simulation original(setup);
  Sink sink;
  Workers workers;
  while (original.today() < day_of(2021, 3, 31)) original.live_one_day(sink, workers);
  Simulation loaded(setup);
  load_state(loaded, save_state(original));
  while (!original.finished()) original.live_one_day(sink, workers);
  while (!loaded.finished()) loaded.live_one_day(sink, workers);
  EXPECT_EQ(state_hash(original), state_hash(loaded)) << "quotas used or flows are lost on the way through a saved state";
}

// ---- circles ----

TEST(LinkGraph, FindsWhatWouldComeBackOverOneWayLinks) {
  EXPECT_FALSE(one_way_circle(3, {{0, 1}, {1, 2}})) << "a chain";
  EXPECT_FALSE(one_way_circle(2, {{0, 1}, {1, 0}})) << "markets that accept each other";
  EXPECT_FALSE(one_way_circle(3, {{0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 0}, {0, 2}})) << "three that all accept each other";
  const auto circle = one_way_circle(3, {{0, 1}, {1, 2}, {2, 0}});
  ASSERT_TRUE(circle);
  EXPECT_EQ(circle->markets, (std::vector<std::uint32_t>{0, 1, 2, 0}));
  EXPECT_EQ(circle->arc, 2u) << "the last link closes it";
  EXPECT_TRUE(one_way_circle(3, {{0, 1}, {1, 2}, {2, 1}, {2, 0}})) << "a two-way link on the way does not help";
}

TEST(LinkGraph, FindsRatiosThatMultiply) {
  EXPECT_FALSE(multiplying_circle(2, {{0, 1, 0.907185}, {1, 0, 1.102311}})) << "the rounding of a ratio and its inverse";
  EXPECT_FALSE(multiplying_circle(2, {{0, 1, 0.9}, {1, 0, 0.9}})) << "discounts";
  const auto circle = multiplying_circle(2, {{0, 1, 1.5}, {1, 0, 0.8}});
  ASSERT_TRUE(circle);
  EXPECT_NEAR(circle->product, 1.2, 1e-12);
  const auto three = multiplying_circle(3, {{0, 1, 1}, {1, 0, 1}, {1, 2, 1}, {2, 1, 1}, {2, 0, 1.1}, {0, 2, 0.9}});
  ASSERT_TRUE(three);
  EXPECT_EQ(three->markets, (std::vector<std::uint32_t>{2, 0, 1, 2}));
}

// ---- what is refused ----

std::string refusal_of(const std::string& links, const std::vector<std::string>& changes = {}) {
  try {
    compose(two_markets(links, changes));
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing is refused";
}

TEST(Link, IsRefusedWithItsPlaceAndReason) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"from": "soth", "to": "north"})", R"(two.json:/links/0/from: there is no market "soth"; nearest: south, north)"},
      {R"({"from": "south", "to": "south"})", "two.json:/links/0/to: is south itself; a market accepts its own allowances without a link"},
      {R"({"from": "south", "to": "north", "first_day": "2022-01-01", "last_day": "2021-01-01"})", "two.json:/links/0/last_day: 2021-01-01 is before the first day, 2022-01-01"},
      {R"({"from": "south", "to": "north", "quota_of": "firm"})", R"(two.json:/links/0/quota_of: "firm" needs a quota_share)"},
      {R"({"from": "south", "to": "north", "discount": 1})", "two.json:/links/0/discount: 1 is not in [0, 0.99]"},
      {R"({"from": "south", "to": "north"}, {"from": "north", "to": "south", "direction": "one_way"})",
       "two.json:/links/1: carries allowances from north to south on days on which links.0 does; end one before the other begins"},
      {R"({"from": "south", "to": "north", "direction": "one_way", "exchange_ratio": 2}, {"from": "north", "to": "south", "direction": "one_way", "exchange_ratio": 0.6})",
       "two.json:/links/1/exchange_ratio: makes 1.2 allowances of one on the way north -> south -> north; ratios around a circle must not multiply to more than 1"},
  };
  for (const auto& [links, message] : cases) EXPECT_EQ(refusal_of(R"("links": [)" + links + "],"), message);
  EXPECT_EQ(refusal_of(R"("links": [{"from": "south", "to": "north"}],)", {"markets.south.currency=CHF"}),
            "two.json:/links/0: leads from south to north, and no exchange_rates connect CHF with EUR");
}

TEST(Link, ThatClosesACircleIsRefused) {
  const std::string third = R"("links": [{"from": "south", "to": "north", "direction": "one_way"}, {"from": "north", "to": "west", "direction": "one_way"}, {"from": "west", "to": "south", "direction": "one_way"}],)";
  EXPECT_EQ(refusal_of(third, {R"(markets.west={"currency": "EUR"})"}),
            "two.json:/links/2: closes a circle, south -> north -> west -> south, by which allowances come back over one-way links; leave one of them out or make them two_way");
}

}  // namespace
