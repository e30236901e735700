// Positions of many firms worked out side by side are those of each firm alone, bit for bit: on a processor with wide
// registers that also compares the code for them with the plain code.
#include "agents/position.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

/// The small national market in the rush before its first deadline, where hedgers look two years ahead.
struct Autumn {
  Autumn() {
    NoSink sink;
    Workers workers;
    live_until(simulation, day_of(2021, 11, 30), sink, workers);
    position.hedge_ahead = {0.8, 0.5};
  }
  StrategyView view() const {
    const SimulationSetup& s = simulation.setup();
    return {simulation.markets()[0], s.traits, simulation.firms(), s.counterparties, s.ownership, s.key, simulation.today(), simulation.today() - 1};
  }
  struct NoSink final : Sink {};
  Simulation simulation{national_setup(small_national())};
  PositionParameters position;
};

TEST(Positions, OfManyFirmsAreThoseOfEachAlone) {
  const Autumn market;
  const PositionModel model{market.position, ValueParameters{}};
  const StrategyView view = market.view();
  const DayFacts facts = model.day_facts(view);
  const Rows rows{0, static_cast<std::uint32_t>(Positions::most)};
  const BlockDues dues(view, facts, market.position, rows);
  Positions all;
  all.size = rows.size();
  for (std::uint32_t row = 0; row < rows.last; ++row) {
    all.row[row] = row;
    all.urgency[row] = model.urgency_of(facts, view.traits.tau[row], view.traits.early[row] != 0);
  }
  const FirmTraits& t = view.traits;
  model.values_of(facts, all.size, {t.fundamental_weight.data(), t.opinion.data(), t.trend_weight.data(), view.firms.value_noise.data()}, all.value.data());
  model.balance(view, facts, &dues, all);
  model.assess(view, facts, all);
  int needs = 0, hedgers = 0;
  for (std::uint32_t row = 0; row < rows.last; ++row) {
    SCOPED_TRACE("firm " + std::to_string(row));
    const Balance balance = model.balance(view, facts, row);
    const Position alone = model.assess(view, facts, row, balance), beside = all.position(row);
    EXPECT_EQ(bits(beside.net), bits(alone.net));
    EXPECT_EQ(bits(beside.need), bits(alone.need));
    EXPECT_EQ(bits(beside.surplus), bits(alone.surplus));
    EXPECT_EQ(bits(beside.urgency), bits(alone.urgency));
    EXPECT_EQ(bits(beside.value), bits(alone.value));
    EXPECT_EQ(bits(beside.value), bits(model.value_of(view, facts, row)));
    EXPECT_EQ(bits(beside.buy_at), bits(alone.buy_at));
    EXPECT_EQ(bits(beside.sell_at), bits(alone.sell_at));
    EXPECT_EQ(bits(beside.bank_buy), bits(alone.bank_buy));
    needs += alone.need > 0;
    hedgers += t.style[row] == Style::hedger;
  }
  EXPECT_GT(needs, 10) << "the day was chosen for firms in need";
  EXPECT_GT(hedgers, 5);
}

}  // namespace
