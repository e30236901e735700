// A simulation is a value: forked, saved or joined from outside, it goes on with the same bytes. And it
// is a function of its scenario and seed alone: not of threads, not of the moment, not of who else is there.
#include "sim/simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "results/run_file.hpp"
#include "tests/national_market.hpp"
#include "tests/program_run.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

constexpr std::uint64_t other_seed = 4711;

class ASimulation : public testing::Test {
 protected:
  static const std::shared_ptr<const SimulationSetup>& setup() {
    static const auto composed = national_setup(small_national());
    return composed;
  }
  /// The hash of the state after the last day, of a run that nobody touched.
  static std::uint64_t untouched() {
    static const std::uint64_t hash = [] {
      Simulation simulation(setup());
      Sink sink;
      Workers workers;
      live_to_the_end(simulation, sink, workers);
      return state_hash(simulation);
    }();
    return hash;
  }
  Sink sink_;
  Workers workers_;
};

TEST_F(ASimulation, TradesAtAll) {
  Simulation simulation(setup());
  Recorder recorder({});
  live_to_the_end(simulation, recorder, workers_);
  std::int64_t trades = 0;
  for (const DayRow& day : recorder.days()[0]) trades += day.session.listed_trades;
  EXPECT_GT(trades, 50) << "the tests of this file would show little of a market that stands still";
}

TEST_F(ASimulation, GoesOnTheSameWhenRunTwice) {
  Simulation again(setup());
  live_to_the_end(again, sink_, workers_);
  EXPECT_EQ(state_hash(again), untouched()) << "two runs of one setup in one process end in different states";
}

TEST_F(ASimulation, ForkedBetweenDaysBothGoOnAsIfNotForked) {
  for (const Day day : {day_of(2021, 7, 16), day_of(2021, 9, 30), day_of(2021, 12, 15)}) {
    Simulation original(setup());
    live_until(original, day, sink_, workers_);
    Simulation fork = original;
    EXPECT_EQ(state_hash(fork), state_hash(original)) << "a copy of " << to_string(day) << " differs from what it copies";
    live_to_the_end(fork, sink_, workers_);
    live_to_the_end(original, sink_, workers_);
    EXPECT_EQ(state_hash(fork), untouched()) << "the fork of " << to_string(day);
    EXPECT_EQ(state_hash(original), untouched()) << "the original after it was forked on " << to_string(day);
  }
}

TEST_F(ASimulation, ForkedInTheMiddleOfASessionBothGoOnAsIfNotForked) {
  for (const std::uint32_t arrivals : {0u, 1u, 3u, 10u}) {
    Simulation original(setup());
    live_until(original, day_of(2021, 12, 20), sink_, workers_);
    original.begin_day(sink_, workers_);
    original.step(arrivals, sink_);
    Simulation fork = original;
    for (Simulation* simulation : {&fork, &original}) {
      while (simulation->step(1, sink_)) {}
      simulation->end_day(sink_, workers_);
      live_to_the_end(*simulation, sink_, workers_);
    }
    EXPECT_EQ(state_hash(fork), untouched()) << "forked after " << arrivals << " arrivals: the fork";
    EXPECT_EQ(state_hash(original), untouched()) << "forked after " << arrivals << " arrivals: the original";
  }
}

TEST_F(ASimulation, ForkIsIndependentOfWhatItWasCopiedFrom) {
  Simulation original(setup());
  live_until(original, day_of(2021, 11, 1), sink_, workers_);
  Simulation fork = original;
  const std::uint64_t before = state_hash(original);
  live_to_the_end(fork, sink_, workers_);
  EXPECT_EQ(state_hash(original), before) << "a day of the fork changed the original";
  EXPECT_NE(state_hash(fork), before);
}

TEST_F(ASimulation, SavedAndLoadedGoesOnTheSame) {
  for (const Day day : {day_of(2021, 7, 15), day_of(2021, 7, 16), day_of(2021, 10, 8), day_of(2021, 12, 30)}) {
    Simulation original(setup());
    live_until(original, day, sink_, workers_);
    const std::vector<std::byte> saved = save_state(original);
    Simulation loaded(setup());
    load_state(loaded, saved);
    EXPECT_EQ(save_state(loaded), saved) << "loaded and saved again on " << to_string(day) << ", the bytes differ";
    live_to_the_end(loaded, sink_, workers_);
    EXPECT_EQ(state_hash(loaded), untouched()) << "saved on " << to_string(day);
  }
}

TEST_F(ASimulation, SavedInTheMiddleOfASessionGoesOnTheSame) {
  Simulation original(setup());
  live_until(original, day_of(2021, 12, 20), sink_, workers_);
  original.begin_day(sink_, workers_);
  original.step(4, sink_);
  const std::vector<std::byte> saved = save_state(original);
  Simulation loaded(setup());
  load_state(loaded, saved);
  while (loaded.step(1, sink_)) {}
  loaded.end_day(sink_, workers_);
  live_to_the_end(loaded, sink_, workers_);
  EXPECT_EQ(state_hash(loaded), untouched());
}

TEST_F(ASimulation, RefusesASavedStateThatIsCutOffOrTooLong) {
  Simulation original(setup());
  std::vector<std::byte> saved = save_state(original);
  Simulation loaded(setup());
  EXPECT_THROW(load_state(loaded, std::span(saved).first(saved.size() - 1)), std::runtime_error);
  EXPECT_THROW(load_state(loaded, std::span(saved).first(100)), std::runtime_error);
  saved.push_back(std::byte{0});
  EXPECT_THROW(load_state(loaded, saved), std::runtime_error);
}

/// Lives to the end; on four days of December somebody sends orders at several moments of the session.
void live_with_a_stranger(Simulation& simulation, Sink& sink, Workers& workers, std::vector<Rejection>& answers) {
  while (!simulation.finished()) {
    simulation.begin_day(sink, workers);
    if (simulation.today() >= day_of(2021, 12, 20) && simulation.today() <= day_of(2021, 12, 23)) {
      const Market& market = simulation.markets()[0];
      const Price low = market.exchange().limit_low(), high = market.exchange().limit_high();
      const auto send = [&](Account account, Side side, Price price) {
        answers.push_back(simulation.submit(0, account, {side, price, Tonnes{500}}, sink).rejection);
      };
      send(Market::first_firm_account, Side::buy, high);
      simulation.step(3, sink);
      send(Market::first_firm_account + 1, Side::sell, low);
      send(Market::first_firm_account, Side::buy, low);
      send(Market::first_firm_account + 2, Side::buy, high + Price{1});
      simulation.step(1, sink);
      send(Market::first_firm_account + 3, Side::sell, high);
      while (simulation.step(2, sink)) {}
      send(Market::first_firm_account + 4, Side::buy, high);
    } else {
      while (simulation.step(7, sink)) {}
    }
    simulation.end_day(sink, workers);
  }
}

TEST_F(ASimulation, ReplaysOrdersFromOutsideToTheSameState) {
  Simulation joined(setup());
  std::vector<Rejection> answers;
  live_with_a_stranger(joined, sink_, workers_, answers);
  ASSERT_EQ(joined.inbox().size(), answers.size());
  ASSERT_EQ(answers.size(), 24u);
  EXPECT_NE(std::ranges::count(answers, Rejection::none), 0) << "no order of the stranger was accepted; the test shows nothing";
  EXPECT_NE(std::ranges::count(answers, Rejection::none), 24) << "an order above the limit was accepted";
  EXPECT_NE(state_hash(joined), untouched()) << "orders from outside changed nothing";

  Simulation replayed(setup());
  replayed.replay_inbox(joined.inbox());
  live_to_the_end(replayed, sink_, workers_);
  EXPECT_EQ(state_hash(replayed), state_hash(joined));
}

/// Lives to the end; on a day of December accounts trade outside the book and one of them calls bids.
void live_with_one_way_call(Simulation& simulation, Sink& sink, Workers& workers, std::vector<Rejection>& answers) {
  while (!simulation.finished()) {
    simulation.begin_day(sink, workers);
    if (simulation.today() == day_of(2021, 12, 21)) {
      const Price at = simulation.markets()[0].exchange().reference();
      constexpr Account seller = Market::first_firm_account;
      const Registry& registry = simulation.markets()[0].registry;
      const Tonnes held = registry.holding(seller), held_by_buyer = registry.holding(seller + 1);
      answers.push_back(simulation.trade_outside(0, seller, seller + 1, at, Tonnes{10}, TradeKind::negotiated, sink));
      EXPECT_EQ(registry.holding(seller), held - Tonnes{10});
      EXPECT_EQ(registry.holding(seller + 1), held_by_buyer + Tonnes{10});
      answers.push_back(simulation.trade_outside(0, seller, seller + 1, at, Tonnes{9}, TradeKind::negotiated, sink));
      answers.push_back(simulation.bid(0, seller + 1, at, Tonnes{10}, sink));
      answers.push_back(simulation.call_bids(0, seller, Side::sell, at, Tonnes{30}, sink));
      simulation.step(3, sink);
      answers.push_back(simulation.bid(0, seller + 1, at + Price{1}, Tonnes{20}, sink));
      answers.push_back(simulation.bid(0, seller + 2, at, Tonnes{20}, sink));
      simulation.end_bids(0, sink);
    }
    while (simulation.step(7, sink)) {}
    simulation.end_day(sink, workers);
    if (simulation.today() == day_of(2021, 12, 21)) {
      const SessionTotals& totals = simulation.markets()[0].exchange().totals();
      EXPECT_EQ(totals.negotiated, Tonnes{10});
      EXPECT_EQ(totals.one_way, Tonnes{30}) << "20 t to the better bid, 10 t to the other";
      EXPECT_EQ(totals.one_way_trades, 2);
    }
  }
}

TEST_F(ASimulation, WhatIsTradedOutsideTheBookReplaysFromTheInbox) {
  const auto rules = national_setup(small_national({"exchange.negotiated_least_t=10", "exchange.one_way_least_t=10"}));
  Simulation joined(rules);
  std::vector<Rejection> answers;
  live_with_one_way_call(joined, sink_, workers_, answers);
  EXPECT_EQ(answers, (std::vector{Rejection::none, Rejection::too_small, Rejection::no_one_way_call, Rejection::none, Rejection::none, Rejection::none}));
  EXPECT_EQ(joined.inbox().size(), 7u);
  Simulation replayed(rules);
  replayed.replay_inbox(joined.inbox());
  live_to_the_end(replayed, sink_, workers_);
  EXPECT_EQ(state_hash(replayed), state_hash(joined));
}

TEST_F(ASimulation, AStrangersOrdersStillReplayAfterAFork) {
  Simulation joined(setup());
  std::vector<Rejection> answers;
  live_with_a_stranger(joined, sink_, workers_, answers);
  Simulation replayed(setup());
  replayed.replay_inbox(joined.inbox());
  live_until(replayed, day_of(2021, 12, 21), sink_, workers_);
  Simulation fork = replayed;
  live_to_the_end(fork, sink_, workers_);
  EXPECT_EQ(state_hash(fork), state_hash(joined));
}

/// A run with everything recorded, and its file's bytes.
struct Written {
  std::uint64_t hash = 0;
  std::string bytes;
};

Written write(const std::shared_ptr<const SimulationSetup>& setup, int threads) {
  Simulation simulation(setup);
  Recorder recorder({true, true, true, true});
  Workers workers(threads);
  live_to_the_end(simulation, recorder, workers);
  Written written;
  written.hash = state_hash(simulation);
  simulation.finish();
  const Folder folder;
  write_run((folder / "x.h5").string(), simulation, recorder, {"0", "0", "x", "{}", "0", setup->key.seed, 0}, {});
  written.bytes = text_of(folder / "x.h5");
  return written;
}

/// Enough firms for several blocks of rows, also of those in which the anchor adds up its curve and its bank.
const std::vector<std::string> several_blocks{"sectors.power.firms=5200", "sectors.power.emissions_mt=10800", "run.last_day=2021-12-31"};

TEST(SimulationThreads, OneTwoAndEightThreadsGiveTheSameBytes) {
  std::vector<std::string> changes = several_blocks;
  changes.push_back("run.first_day=2021-11-15");
  const auto setup = national_setup(changes);
  const Written one = write(setup, 1);
  for (const int threads : {2, 8}) {
    const Written several = write(setup, threads);
    EXPECT_EQ(several.hash, one.hash) << threads << " threads end in another state than one";
    EXPECT_TRUE(several.bytes == one.bytes) << threads << " threads write another file than one";
  }
}

TEST(SimulationThreads, WhatIsKeptWithinADayChangesNothing) {
  // A simulation that was loaded has neither what its firms have worked out in the morning nor the next day's words; what it has
  // worked out before is of another day.
  std::vector<std::string> changes = several_blocks;
  changes.insert(changes.end(), {"run.first_day=2021-12-13", "agents.firms.block.probability=1"});
  const auto setup = national_setup(changes);
  Sink sink;
  Workers two(2), one;
  Simulation kept(setup), on_its_first_day(setup);
  on_its_first_day.begin_day(sink, one);
  Tonnes in_blocks;
  while (!kept.finished()) {
    kept.begin_day(sink, two);
    Simulation loaded = on_its_first_day;
    load_state(loaded, save_state(kept));
    for (Simulation* s : {&kept, &loaded}) {
      while (s->step(1000, sink)) {}
      s->end_day(sink, s == &kept ? two : one);
    }
    in_blocks += kept.markets()[0].exchange().totals().block;
    ASSERT_EQ(state_hash(loaded), state_hash(kept)) << "on " << to_string(kept.today());
  }
  EXPECT_GT(in_blocks, Tonnes{0}) << "nobody traded in the block market, where what firms have worked out counts";
}

TEST(SimulationRuns, OfOneSeedAreEqualByteForByteAndOfAnotherAreNot) {
  const Folder folder;
  const auto run = [&](const std::string& name, const std::string& seed) {
    std::vector<std::string> words{"run", "china-national", "-o", name, "--seed", seed, "--record", "trades,orders"};
    for (const std::string& change : small_national()) { words.push_back("--set"); words.push_back(change); }
    const Ended ended = run_tantu(folder.path(), words);
    EXPECT_EQ(ended.status, 0) << ended.err;
    return text_of(folder / name);
  };
  const std::string one = run("a.h5", "1");
  EXPECT_TRUE(run("b.h5", "1") == one) << "two runs of one seed give different files";
  EXPECT_FALSE(run("c.h5", "2") == one) << "another seed gives the same file";
  EXPECT_EQ(folder.names(), (std::set<std::string>{"a.h5", "a.manifest.json", "b.h5", "b.manifest.json", "c.h5", "c.manifest.json"}));
}

TEST(SimulationSeeds, AnotherSeedIsAnotherHistory) {
  std::vector<std::string> changes = small_national();
  changes.push_back("run.seed=" + std::to_string(other_seed));
  Simulation one(national_setup(small_national())), other(national_setup(changes));
  Sink sink;
  Workers workers;
  live_to_the_end(one, sink, workers);
  live_to_the_end(other, sink, workers);
  EXPECT_NE(state_hash(one), state_hash(other));
}

/// The national market with firms of this list instead of drawn ones.
std::shared_ptr<const SimulationSetup> setup_of(const std::vector<std::string>& lines) {
  const Folder folder;
  folder.write("a.json", R"({"extends": "china-national", "population": {"installations_csv": "i.csv"}, "run": {"last_day": "2021-08-31"}})");
  std::string csv = "firm,sector,region,group,class,activity,intensity\n";
  for (const std::string& line : lines) csv += line + "\n";
  folder.write("i.csv", csv);
  return compose(load_scenario((folder / "a.json").string()));
}

TEST(SimulationPopulation, AnotherFirmChangesNobodyElsesDraws) {
  std::vector<std::string> lines;
  for (int i = 0; i < 40; ++i)
    lines.push_back("Firm " + std::to_string(i) + ",power,Hebei," + (i % 3 ? "" : "Huaneng") + ",coal_up_to_300," + std::to_string(100'000 * (1 + i)) + ",0.9");
  const auto before = setup_of(lines);
  // One that sorts first, so that every row moves; and the lines in another order.
  std::reverse(lines.begin(), lines.end());
  lines.push_back("A newcomer,power,Shanxi,,coal_above_300,5e6,0.8");
  const auto after = setup_of(lines);
  ASSERT_EQ(after->traits.size(), before->traits.size() + 1);

  Simulation old_run(before), new_run(after);
  Sink sink;
  Workers workers;
  for (int day = 0; day < 10; ++day) {
    old_run.live_one_day(sink, workers);
    new_run.live_one_day(sink, workers);
  }
  const FirmTraits &a = before->traits, &b = after->traits;
  std::map<std::string, std::uint32_t> row_of;
  for (std::uint32_t i = 0; i < b.size(); ++i) row_of[b.names[i]] = i;
  for (std::uint32_t i = 0; i < a.size(); ++i) {
    const std::uint32_t j = row_of.at(a.names[i]);
    const auto expect_same = [&](const char* trait, auto x, auto y) { EXPECT_EQ(x, y) << trait << " of " << a.names[i] << " changes with a newcomer"; };
    expect_same("entity", a.entity[i], b.entity[j]);
    expect_same("style", a.style[i], b.style[j]);
    expect_same("emissions", a.emissions[i], b.emissions[j]);
    expect_same("tau", a.tau[i], b.tau[j]);
    expect_same("caution", a.caution[i], b.caution[j]);
    expect_same("opinion", a.opinion[i], b.opinion[j]);
    expect_same("hoard", a.hoard[i], b.hoard[j]);
    expect_same("attention", a.attention[i], b.attention[j]);
    expect_same("early", a.early[i], b.early[j]);
    expect_same("cut", a.cut[i], b.cut[j]);
    for (std::uint32_t m = 0; m < a.sectors[0].technology.measures.size(); ++m)
      expect_same("cost of a measure", a.measure_cost[a.measure_index(i, m)], b.measure_cost[b.measure_index(j, m)]);
    expect_same("output shock", old_run.firms().shock[i], new_run.firms().shock[j]);
    expect_same("noise of the value", old_run.firms().value_noise[i], new_run.firms().value_noise[j]);
    expect_same("output of 2021", old_run.firms().year(2021).activity[i], new_run.firms().year(2021).activity[j]);
  }
}

/// Volume by month of 2021.
std::map<unsigned, std::int64_t> months_of(const std::vector<std::string>& changes) {
  Simulation simulation(national_setup(changes));
  Recorder recorder({});
  Workers workers;
  live_to_the_end(simulation, recorder, workers);
  std::map<unsigned, std::int64_t> months;
  for (const DayRow& day : recorder.days()[0])
    months[month_of(day.day)] += (day.session.listed + day.session.block + day.session.group).count;
  return months;
}

unsigned peak(const std::map<unsigned, std::int64_t>& months) {
  return std::ranges::max_element(months, {}, [](const auto& m) { return m.second; })->first;
}

std::string shown_months(const std::map<unsigned, std::int64_t>& months) {
  std::string text;
  for (const auto& [month, tonnes] : months) text += "\n  month " + std::to_string(month) + ": " + std::to_string(tonnes) + " t";
  return text;
}

TEST(SimulationDeadline, ShiftedShiftsThePeakOfTheVolume) {
  const auto real = months_of(small_national());
  EXPECT_EQ(peak(real), 12u) << "with the deadline at the end of December:" << shown_months(real);
  const auto shifted = months_of(small_national({"policies.compliance.cycles.0.deadline=2021-11-30", "policies.compliance.cycles.0.early=2021-11-15"}));
  EXPECT_EQ(peak(shifted), 11u) << "with the deadline at the end of November:" << shown_months(shifted);
}

}  // namespace
