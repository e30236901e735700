// Instruments of one market: vintages that have a book, a price and rules of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/compose.hpp"
#include "tests/national_market.hpp"
#include "tests/program_run.hpp"
#include "tests/resuming.hpp"
#include "tests/unit/tiny_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;
using testing::HasSubstr;

struct TwoPhases {
  TwoPhases() : simulation(compose(load_scenario("two-phases", {}))), recorder({true, false, true, true}) {
    Workers workers;
    live_to_the_end(simulation, recorder, workers);
  }
  const std::vector<DayRow>& days(std::size_t instrument) const { return recorder.instrument_days()[instrument]; }
  static double close(const DayRow& day) { return to_currency(day.session.close, day.price_scale); }
  Simulation simulation;
  Recorder recorder;
};

const TwoPhases& two_phases() {
  static const TwoPhases lived;
  return lived;
}

TEST(Listings, TwoPhasesHaveTwoPricesOnTheSameDays) {
  const auto &first = two_phases().days(0), &second = two_phases().days(1);
  ASSERT_FALSE(first.empty());
  ASSERT_FALSE(second.empty());
  EXPECT_EQ(to_string(second.front().day), "2007-01-02") << "trading of the second phase begins";
  EXPECT_EQ(to_string(first.back().day), "2008-04-30") << "trading of the first phase ends";
  int compared = 0;
  Tonnes traded[2];
  for (const DayRow& a : first)
    for (const DayRow& b : second)
      if (a.day == b.day) {
        traded[0] += a.session.listed;
        traded[1] += b.session.listed;
        if (year_of(a.day) == 2007 && month_of(a.day) < 12) continue;
        ++compared;
        EXPECT_LT(TwoPhases::close(a), 1.0) << "a phase with 4% too much that cannot be kept is worth nothing near its end, on " << to_string(a.day);
        EXPECT_GT(TwoPhases::close(b), 8.0) << "a phase with 10% too little has a price, on " << to_string(b.day);
      }
  EXPECT_GT(compared, 80) << "days on which both are traded";
  EXPECT_GT(traded[0].count, 10'000) << "in the book of the first phase while both are open";
  EXPECT_GT(traded[1].count, 1000) << "in the book of the second";
}

TEST(Listings, EveryTonneTradesInTheBookOfItsVintage) {
  // What the first book has moved are units of the first phase: no firm holds more of a phase than it was given and bought of it.
  const TwoPhases& t = two_phases();
  Tonnes volume[2];
  for (const Trade& trade : t.recorder.trades()) {
    ASSERT_LT(trade.instrument, 2u);
    volume[trade.instrument] += trade.quantity;
  }
  for (std::size_t n = 0; n < 2; ++n) {
    Tonnes daily;
    for (const DayRow& day : t.days(n)) daily += day.session.listed + day.session.block + day.session.group;
    EXPECT_EQ(volume[n], daily) << "volume on the tape and in the days of instrument " << n;
  }
  Tonnes both;
  for (const DayRow& day : t.recorder.days()[0]) both += day.session.listed + day.session.block + day.session.group;
  EXPECT_EQ(both, volume[0] + volume[1]) << "the market's days count the volume of all its instruments";
}

TEST(Listings, WhatIsLeftOfAPhaseDiesAtItsEndAndNotAtTheDeadlinesWithin) {
  const auto& first = two_phases().days(0);
  for (const DayRow& day : first) {
    if (day.day == day_of(2007, 5, 2)) {
      EXPECT_EQ(day.expired, Tonnes{}) << "allowances of 2006 are kept for 2007";
    }
    if (day.day == day_of(2008, 4, 30)) {
      EXPECT_GT(day.expired.count, 500'000) << "about 4% of two years are left over";
      EXPECT_EQ(day.bank, Tonnes{}) << "and nothing outlives the phase";
    }
  }
  for (const DayRow& day : two_phases().days(1)) EXPECT_EQ(day.expired, Tonnes{}) << "of the second phase, on " << to_string(day.day);
}

TEST(Listings, TheFrontIsTheInstrumentOfTheYear) {
  for (const DayRow& day : two_phases().recorder.days()[0]) {
    const auto& rows = two_phases().days(year_of(day.day) <= 2007 ? 0 : 1);
    for (const DayRow& row : rows) {
      if (row.day == day.day) {
        EXPECT_EQ(row.session.close, day.session.close) << to_string(day.day);
      }
    }
  }
}

TEST(Listings, ARunWithSeveralBooksResumesIdenticallyOnAnyNumberOfThreads) {
  expect_resumes_identically(compose(load_scenario("two-phases", {"run.last_day=2008-06-30"})), day_of(2007, 6, 1));
}

/// Two instruments, vintages up to 2020 and from 2021 on, and two firms.
struct TwoBooks : TinyMarket {
  TwoBooks() : TinyMarket(2020, 2022, {{{"a", 100, 1}}, {{"a", 100, 1}}}) {
    rules->listings.resize(2);
    rules->listings[0].name = "old";
    rules->listings[0].instrument.last_vintage = 2020;
    rules->listings[1].name = "new";
    rules->listings[1].instrument.first_vintage = 2021;
    for (ListingRules& l : rules->listings) {
      l.opening_reference = Price{4800};
      l.exchange.price_limit = 0;
    }
    start();
    for (std::uint32_t k = 0; k < 2; ++k) {
      MarketCustody custody = market.custody(k);
      market.listings[k].exchange.open(day_of(2021, 1, 4), rules->listings[k].exchange, custody, nullptr);
    }
  }
  OrderAnswer send(std::uint32_t listing, std::uint32_t row, Side side, std::int64_t price, std::int64_t tonnes) {
    MarketCustody custody = market.custody(listing);
    return market.listings[listing].exchange.submit(market.account(row), {side, Price{price}, Tonnes{tonnes}}, rules->listings[listing].exchange, custody, nullptr);
  }
};

TEST(Listings, ABookDeliversItsOwnVintagesAndNoOthers) {
  TwoBooks m;
  m.give(0, 2020, 100);
  m.give(0, 2021, 70);
  EXPECT_EQ(m.send(0, 0, Side::sell, 100, 101).rejection, Rejection::not_covered_allowances) << "it holds 100 t of the old vintages, 70 t of the new";
  EXPECT_EQ(m.send(1, 0, Side::sell, 2000, 71).rejection, Rejection::not_covered_allowances);
  EXPECT_EQ(m.send(0, 0, Side::sell, 100, 100).rejection, Rejection::none);
  EXPECT_EQ(m.send(1, 0, Side::sell, 2000, 70).rejection, Rejection::none) << "what it offers in the old book is free in the new one";
  EXPECT_EQ(m.send(0, 1, Side::buy, 100, 40).filled, Tonnes{40});
  EXPECT_EQ(m.send(1, 1, Side::buy, 2000, 30).filled, Tonnes{30});
  EXPECT_EQ(m.held(1, 2020), 40);
  EXPECT_EQ(m.held(1, 2021), 30);
  EXPECT_EQ(m.market.clearing.balance(m.market.account(1)), Cash{-(40 * 100 + 30 * 2000)});
  m.expect_conserved("trades in two books");
}

TEST(Listings, AnInstrumentHasTheRulesOfItsMarketAndItsOwn) {
  const auto setup = compose(load_scenario("two-phases", {"exchange.lot_t=10", "exchange.fees={\"taker\": 0.001}", "instruments.second-phase.exchange.lot_t=100",
                                                          "instruments.second-phase.exchange.fees.maker=0.0005"}));
  const auto& listings = setup->markets[0]->listings;
  ASSERT_EQ(listings.size(), 2u);
  EXPECT_EQ(listings[0].name, "first-phase");
  EXPECT_EQ(listings[0].exchange.lot, Tonnes{10});
  EXPECT_EQ(listings[0].opening_reference, Price{1000});
  EXPECT_EQ(listings[1].exchange.lot, Tonnes{100});
  EXPECT_EQ(listings[1].opening_reference, Price{1500});
  EXPECT_EQ(listings[1].exchange.fees.taker, 1'000'000) << "in parts of 10^9, as the market's";
  EXPECT_EQ(listings[1].exchange.fees.maker, 500'000) << "its own";
  EXPECT_TRUE(listings[1].exchange.resale_same_day) << "as the market's";
}

std::string refusal_of(const std::vector<std::string>& changes) {
  try {
    compose(load_scenario("two-phases", changes));
  } catch (const InputError& e) {
    return e.what();
  }
  return "nothing was refused";
}

TEST(Listings, RefusesInstrumentsThatCannotBe) {
  EXPECT_THAT(refusal_of({"instruments.second-phase.first_vintage=2007"}),
              HasSubstr("/instruments/second-phase: delivers vintages that \"first-phase\" delivers too; give both first_vintage and last_vintage, apart from each other"));
  EXPECT_THAT(refusal_of({"instruments.first-phase.last_vintage=2005"}), HasSubstr("instruments.first-phase.last_vintage: is before first_vintage"));
  EXPECT_THAT(refusal_of({"instruments.first-phase.until=2005-01-01", "instruments.first-phase.from=2006-01-02"}),
              HasSubstr("instruments.first-phase.until: 2005-01-01 is before `from`, 2006-01-02"));
  EXPECT_THAT(refusal_of({"instruments.second-phase.exchange.tick=0.015"}),
              HasSubstr("two-phases:/instruments/second-phase/exchange:/tick: 0.015 is not a multiple of the unit's price_scale, 0.01"));
  EXPECT_THAT(refusal_of({"instruments.second-phase.exchange.short_sale=true"}), HasSubstr("two-phases:/instruments/second-phase/exchange:/short_sale: a run delivers at once"));
}

/// A small national market lived through its first weeks.
std::string refusal_of_national(const std::vector<std::string>& changes) {
  try {
    national_setup(small_national(changes));
  } catch (const InputError& e) {
    return e.what();
  }
  return "nothing was refused";
}

TEST(Listings, MakersAreAppointedByName) {
  const auto setup = national_setup(small_national({"exchange.maker.spread=0.05", "exchange.maker.accounts=[\"power-3\", \"power-150\"]"}));
  Simulation simulation(setup);
  Recorder recorder({true, false, true, true});
  Workers workers;
  live_until(simulation, day_of(2021, 8, 31), recorder, workers);
  const auto& makers = simulation.markets()[0].exchange().makers();
  ASSERT_EQ(makers.size(), 2u);
  EXPECT_EQ(makers[0].account, simulation.markets()[0].account(2)) << "the third firm of the sector";
  EXPECT_EQ(makers[1].account, simulation.markets()[0].account(149));
  EXPECT_GT(makers[0].total, 20) << "messages while the book traded";
  EXPECT_LT(makers[0].present, makers[0].total) << "a firm that quotes one side at a time meets nothing";
  EXPECT_THAT(refusal_of_national({"exchange.maker.spread=0.05", "exchange.maker.accounts=[\"power-3\", \"power-0\"]"}),
              HasSubstr("exchange.maker.accounts:/1: \"power-0\" is no firm of this market; firms are called as in population.installations_csv, else SECTOR-N with N from 1"));
  EXPECT_THAT(refusal_of_national({"exchange.maker.accounts=[\"power-3\"]"}), HasSubstr("/exchange/maker/spread: is 0, which obliges nobody"));
}

TEST(Listings, FirmsOfOneGroupShareItsLimit) {
  // What a group of firms may hold and bid for together: the bids of its members beyond are refused, and no others.
  const std::vector<std::string> changes{"groups={\"all\": {\"share\": 0.5}}", "run.last_day=2021-12-31"};
  auto limited = changes;
  limited.push_back("exchange.group_limit_t=1000");
  Recorder free_of_it({true, false, false, true}), under_it({true, false, false, true});
  Workers workers;
  Simulation before(national_setup(small_national(changes))), after(national_setup(small_national(limited)));
  live_until(before, day_of(2021, 10, 29), free_of_it, workers);
  live_until(after, day_of(2021, 10, 29), under_it, workers);
  const auto refused = [](const Recorder& recorder, const Simulation& simulation, bool in_group) {
    std::size_t n = 0;
    for (const OrderRecord& order : recorder.orders())
      if (order.rejection == Rejection::group_limit &&
          (simulation.setup().traits.group[simulation.markets()[0].row(order.account)] >= 0) == in_group) ++n;
    return n;
  };
  EXPECT_EQ(refused(free_of_it, before, true), 0u);
  EXPECT_GT(refused(under_it, after, true), 0u) << "a group that holds more than 1,000 t may bid for nothing";
  EXPECT_EQ(refused(under_it, after, false), 0u) << "independent firms have no group";
}

TEST(Listings, TheTapeOfEachBookReplaysToItsTrades) {
  const Folder folder;
  ASSERT_EQ(run_tantu(folder.path(), {"run", "two-phases", "--record", "orders,trades", "-o", "run.h5"}).err, "");
  ASSERT_EQ(run_tantu(folder.path(), {"export", "run.h5", "--format", "events", "-o", "flow"}).err, "");
  for (const std::string book : {"first-phase", "second-phase"}) {
    const Ended replayed = run_tantu(folder.path(), {"replay", "flow/" + book + "/events.csv", "--rules", "flow/" + book + "/rules.json", "--trades", book + ".csv"});
    ASSERT_EQ(replayed.err, "");
    const std::string recorded = text_of(folder / ("flow/" + book + "/trades.csv"));
    EXPECT_EQ(text_of(folder / (book + ".csv")), recorded) << book;
    EXPECT_GT(std::count(recorded.begin(), recorded.end(), '\n'), 10) << book;
  }
}

}  // namespace
