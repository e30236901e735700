// Firms that move to another market: what they emit counts in one market or the other, and what they hold goes along.
#include <gtest/gtest.h>

#include "results/recorder.hpp"
#include "results/year_totals.hpp"
#include "tests/two_markets.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// The south's firms join the north in 2022, two of their allowances for one of the north's, nothing for those of 2020.
const std::string moves = R"("moves": [{"sector": "cheap", "to": "north", "date": "2022-01-01", "exchange_ratio": 0, "vintage_ratios": {"2021": 0.5}}],)";
const std::vector<std::string> early_deadline{"markets.south.policies.compliance.cycles.0.verification=2022-02-28", "markets.south.policies.compliance.cycles.0.true_up=2022-02-28",
                                              "markets.south.policies.compliance.cycles.0.deadline=2022-03-31", "initial.markets={\"south\": {\"bank_mt\": {\"2020\": 3}}}"};

struct Moved {
  explicit Moved(const std::string& more = moves) : simulation(compose(two_markets(more, early_deadline))), recorder({}) {}
  void live_until(Day day) {
    Workers workers;
    while (!simulation.finished() && simulation.today() < day) simulation.live_one_day(recorder, workers);
  }
  const MoveRules& move() const { return simulation.setup().moves[0]; }
  const LinkBooks& books(std::size_t k) const { return simulation.links()[move().directions[k]]; }
  Tonnes held(std::uint32_t market, std::uint32_t row) const { return simulation.markets()[market].registry.holding(simulation.markets()[market].account(row)); }
  Tonnes held_of(std::uint32_t market, Rows rows, int vintage) const {
    const Registry& registry = simulation.markets()[market].registry;
    Tonnes sum;
    for (UnitIndex u = 0; u < registry.units().size(); ++u)
      if (registry.units()[u].vintage == vintage)
        for (std::uint32_t row = rows.first; row < rows.last; ++row) sum += registry.holding(simulation.markets()[market].account(row), u);
    return sum;
  }
  Simulation simulation;
  Recorder recorder;
};

TEST(FirmMoves, OutputIsOfOneMarketAtATime) {
  Moved run;
  run.live_until(day_of(2022, 12, 30));
  const FirmStore& firms = run.simulation.firms();
  for (std::uint32_t i = 0; i < run.move().old_rows.size(); ++i) {
    const std::uint32_t before = run.move().old_rows.first + i, after = run.move().new_rows.first + i;
    EXPECT_GT(firms.year(2021).activity[before], 0.5) << "firm " << i << " in the south until the end of 2021";
    EXPECT_EQ(firms.year(2022).activity[before], 0) << "firm " << i << " in the south after it has moved";
    EXPECT_GT(firms.year(2022).activity[after], 0.5) << "firm " << i << " in the north";
    EXPECT_EQ(firm_year(run.simulation, after, 2021).emissions, 0) << "what firm " << i << " emitted in 2021 is the south's";
    EXPECT_EQ(run.simulation.setup().traits.entity[before], run.simulation.setup().traits.entity[after]) << "the same firm, the same draws";
  }
}

TEST(FirmMoves, EmitWhatTheyWouldHaveEmittedWhereTheyWere) {
  // Output does not hang on the market: in the year after the move it is that of firms which have stayed, to the last bit.
  Moved moved, stayed("");
  moved.live_until(day_of(2022, 12, 30));
  stayed.live_until(day_of(2022, 12, 30));
  const Rows there = moved.move().new_rows, home = stayed.simulation.markets()[1].rules().rows;
  ASSERT_EQ(there.size(), home.size());
  for (std::uint32_t i = 0; i < home.size(); ++i)
    EXPECT_DOUBLE_EQ(moved.simulation.firms().year(2022).activity[there.first + i], stayed.simulation.firms().year(2022).activity[home.first + i]) << "firm " << i;
}

TEST(FirmMoves, HoldingsFollowOnceEarlierYearsAreSettled) {
  Moved run;
  EXPECT_EQ(run.move().settled, day_of(2022, 3, 31)) << "the south's deadline for 2021";
  run.live_until(day_of(2022, 3, 31));
  const Tonnes of_2021 = run.held_of(1, run.move().old_rows, 2021), of_2020 = run.held_of(1, run.move().old_rows, 2020);
  EXPECT_GT(of_2021, Tonnes{}) << "they still hold what they have in the south on the day of the deadline";
  EXPECT_EQ(run.books(0).sent + run.books(1).sent, Tonnes{});
  run.live_until(day_of(2022, 4, 1));
  const LinkBooks &nothing = run.books(0), &halves = run.books(1);
  const auto lapsed = [](const LinkBooks& books) {
    Tonnes sum;
    for (const LinkFlow& flow : books.flows) sum += flow.lapsed;
    return sum;
  };
  EXPECT_EQ(halves.sent + lapsed(halves), of_2021) << "to the tonne";
  EXPECT_EQ(2 * halves.received.count + halves.remainder / 500'000, halves.sent.count) << "two for one; the rest of one is lost and counted";
  EXPECT_EQ(nothing.sent, Tonnes{}) << "nothing is given for 2020";
  EXPECT_EQ(lapsed(nothing), of_2020) << "so it is cancelled";
  for (std::uint32_t row = run.move().old_rows.first; row < run.move().old_rows.last; ++row) {
    EXPECT_EQ(run.held(1, row), Tonnes{}) << "row " << row;
    EXPECT_EQ(run.simulation.markets()[1].clearing.balance(run.simulation.markets()[1].account(row)), Cash{}) << "cash of row " << row << " went along";
    EXPECT_FALSE(run.simulation.firms().covered[row]);
  }
  for (std::uint32_t row = run.move().new_rows.first; row < run.move().new_rows.last; ++row) EXPECT_TRUE(run.simulation.firms().covered[row]);
}

TEST(FirmMoves, WhatGetsNothingIsCancelled) {
  Moved run(R"("moves": [{"sector": "cheap", "to": "north", "date": "2022-01-01", "exchange_ratio": 0}],)");
  run.live_until(day_of(2022, 3, 31));
  Tonnes held, sent, lapsed;
  for (std::uint32_t row = run.move().old_rows.first; row < run.move().old_rows.last; ++row) held += run.held(1, row);
  ASSERT_GT(held, Tonnes{}) << "nothing is left that could lapse";
  run.live_until(day_of(2022, 4, 1));
  for (std::size_t k = 0; k < run.move().directions.size(); ++k) {
    sent += run.books(k).sent;
    for (const LinkFlow& flow : run.books(k).flows) lapsed += flow.lapsed;
  }
  EXPECT_EQ(sent, Tonnes{});
  EXPECT_EQ(lapsed, held) << "all of it, and counted";
  for (std::uint32_t row = run.move().old_rows.first; row < run.move().old_rows.last; ++row) EXPECT_EQ(run.held(1, row), Tonnes{}) << "row " << row;
}

TEST(FirmMoves, OweEachYearInOneMarket) {
  Moved run;
  run.live_until(day_of(2022, 12, 30));
  const FirmStore& firms = run.simulation.firms();
  for (std::uint32_t i = 0; i < run.move().old_rows.size(); ++i) {
    const std::uint32_t before = run.move().old_rows.first + i, after = run.move().new_rows.first + i;
    EXPECT_GT(firms.year(2021).obligation[before], Tonnes{}) << "firm " << i << " owed 2021 in the south";
    EXPECT_EQ(firms.year(2021).surrendered[before] + firms.year(2021).shortfall[before], firms.year(2021).obligation[before]) << "firm " << i;
    EXPECT_LE(firms.year(2021).obligation[after], Tonnes{}) << "firm " << i << " owes nothing for 2021 in the north";
    EXPECT_EQ(firms.year(2022).allocated[before], Tonnes{}) << "firm " << i << " is given nothing for 2022 in the south";
    EXPECT_GT(firms.year(2022).allocated[after], Tonnes{}) << "but in the north";
  }
}

TEST(FirmMoves, AreRefusedWithTheirPlaceAndReason) {
  const auto refusal = [](const std::string& more) -> std::string {
    try {
      compose(two_markets(more));
    } catch (const std::exception& error) {
      return error.what();
    }
    return "nothing is refused";
  };
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheap", "to": "north", "date": "2022-03-01"}],)"), "two.json:/moves/0/date: 2022-03-01 is not a 1 January; obligations are those of years");
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheap", "to": "north", "date": "2031-01-01"}],)"),
            "two.json:/moves/0/date: 2031-01-01 is not within the run, after 2021-01-01 and up to 2022-12-30; firms that are in another market from the beginning belong to a sector of it");
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheep", "to": "north", "date": "2022-01-01"}],)"), R"(two.json:/moves/0/sector: there is no sector "cheep"; nearest: cheap)");
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheap", "to": "nroth", "date": "2022-01-01"}],)"), R"(two.json:/moves/0/to: there is no market "nroth"; nearest: north)");
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheap", "to": "south", "date": "2022-01-01"}],)"), "two.json:/moves/0/to: south is the sector's market already");
  EXPECT_EQ(refusal(R"("moves": [{"sector": "cheap", "to": "north", "date": "2022-01-01"}, {"sector": "cheap", "to": "north", "date": "2022-01-01"}],)"),
            "two.json:/moves/1/sector: cheap moves already, by moves.0");
}

}  // namespace
