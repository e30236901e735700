// Offsets with a book of their own: developers sell what their projects yield, firms buy what their limits leave room for,
// the authority takes it at the deadline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "agents/catalog.hpp"
#include "sim/efficiency.hpp"
#include "tests/program_run.hpp"
#include "tests/resuming.hpp"
#include "tests/small_market.hpp"
#include "tests/unit/tiny_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;
using testing::HasSubstr;

/// The preset lived to its end: 10% of an obligation in 2021 and 2022, more than projects yield; 2% from 2023 on, half of it.
struct OffsetMarket {
  OffsetMarket() : simulation(compose(load_scenario("offset-market", {}))), recorder({true, false, true, true, true}) {
    Workers workers;
    live_to_the_end(simulation, recorder, workers);
    simulation.finish();
  }
  const Market& market() const { return simulation.markets()[0]; }
  const FirmStore& firms() const { return simulation.firms(); }
  Simulation simulation;
  Recorder recorder;
};
const OffsetMarket& lived() {
  static const OffsetMarket market;
  return market;
}

double close_of(const DayRow& day) { return to_currency(day.session.close, day.price_scale); }

/// Mean of the days' ratio of what credits and allowances cost, and of what credits cost, from one day to another.
std::pair<double, double> prices_between(Day from, Day until) {
  const auto& days = lived().recorder.instrument_days();
  double ratio = 0, credit = 0, traded = 0;
  for (std::size_t d = 0; d < days[1].size(); ++d) {
    const DayRow &allowances = days[0][d], &credits = days[1][d];
    EXPECT_EQ(allowances.day, credits.day);
    if (credits.day < from || credits.day > until || credits.session.listed == Tonnes{}) continue;
    const double price = to_currency(credits.session.listed_turnover, credits.price_scale) / static_cast<double>(credits.session.listed.count);
    ratio += price / close_of(allowances);
    credit += price;
    traded += 1;
  }
  EXPECT_GT(traded, 50) << "days with trades in credits";
  return {ratio / traded, credit / traded};
}

TEST(OffsetBooks, CreditsCostWhatAnAllowanceDoesUntilTheLimitBinds) {
  // Not binding: firms bid up to an allowance for what there is. Binding: half of the projects are enough, and what is left
  // over of the years before is offered too. The last that is needed costs 4 + 12 / 2 = 10 at most.
  const auto free = prices_between(day_of(2021, 7, 1), day_of(2023, 3, 31)), bound = prices_between(day_of(2023, 9, 1), day_of(2024, 12, 31));
  EXPECT_GT(free.first, 0.8) << "of an allowance, while the limit is wider than supply";
  EXPECT_LT(bound.first, 0.5) << "of an allowance, while supply is twice the limit";
  EXPECT_GT(bound.second, 4.0) << "nobody sells below cost";
  EXPECT_LT(bound.second, 10.0) << "what the last project needed costs";
}

TEST(OffsetBooks, NobodyPaysMoreThanForAnAllowance) {
  const auto& days = lived().recorder.instrument_days();
  std::map<std::int32_t, Price> last;  // close of allowances known in the morning
  for (std::size_t d = 1; d < days[0].size(); ++d) last[days[0][d].day.number] = days[0][d - 1].session.close;
  int trades = 0;
  for (const Trade& trade : lived().recorder.trades()) {
    if (trade.instrument != 1 || !last.contains(trade.day)) continue;
    ++trades;
    ASSERT_LE(trade.price, last[trade.day]) << "on " << to_string(Day{trade.day});
  }
  EXPECT_GT(trades, 10'000);
}

TEST(OffsetBooks, NoFirmSurrendersAboveItsLimit) {
  const FirmStore& firms = lived().firms();
  Tonnes used, most;
  for (int year = 2021; year <= 2023; ++year)
    for (std::uint32_t row = 0; row < 30; ++row) {
      const Tonnes due = firms.year(year).obligation[row], retired = firms.year(year).retired[row];
      const double share = year < 2023 ? 0.1 : 0.02;
      EXPECT_LE(static_cast<double>(retired.count), share * static_cast<double>(due.count)) << "firm " << row << " for " << year;
      if (year < 2023) continue;
      used += retired;
      most += Tonnes{static_cast<std::int64_t>(share * static_cast<double>(due.count))};
    }
  EXPECT_GT(used.count, most.count * 9 / 10) << "where credits are cheap nearly all of the limit is used";
}

TEST(OffsetBooks, EveryCreditIsSomewhere) {
  const Market& market = lived().market();
  EXPECT_EQ(market.registry.imbalance(), std::nullopt);
  EXPECT_EQ(market.clearing.total(), Cash{});
  Tonnes issued, retired, held, sold, resold;
  for (UnitIndex u = 0; u < market.registry.units().size(); ++u)
    if (market.registry.units()[u].type == UnitType::offset) {
      issued += market.registry.totals(u).issued;
      retired += market.registry.totals(u).surrendered;
      for (Account a = 0; a < market.registry.accounts(); ++a) held += market.registry.holding(a, u);
    }
  EXPECT_EQ(issued, retired + held);
  EXPECT_NEAR(static_cast<double>(issued.count), 1.2e6 * (4 - 3 / 365.0), 2) << "1.2 Mt a year from 4 January 2021 to the end of 2024";
  Cash paid;
  Tonnes used;
  for (int year = 2020; year <= 2024; ++year)
    for (std::uint32_t row = 0; row < 30; ++row) {
      used += lived().firms().year(year).retired[row];
      paid += lived().firms().year(year).credits_paid[row];
    }
  EXPECT_EQ(used, retired);
  Cash received;
  for (const TraderAccount& developer : lived().simulation.trader_accounts(0)) received += developer.received;
  EXPECT_EQ(paid, received) << "firms pay the developers, and one another nothing in sum";
}

TEST(OffsetBooks, AreNoPartOfTheVolumeOfAllowances) {
  const auto& r = lived().recorder;
  for (std::size_t d = 0; d < r.days()[0].size(); ++d) EXPECT_EQ(r.days()[0][d].session.listed, r.instrument_days()[0][d].session.listed);
  Tonnes bought, listed;
  for (int year = 2020; year <= 2024; ++year)
    for (std::uint32_t row = 0; row < 30; ++row) bought += lived().firms().year(year).bought[row];
  for (const DayRow& day : r.days()[0]) listed += day.session.listed;
  EXPECT_EQ(bought, listed) << "what firms have bought is allowances";
}

TEST(OffsetBooks, TheOpeningFundamentalAndTheEfficiencyKnowTheirCost) {
  // Offsets at what supply asks for as many: as much as on the path where as many are used.
  const auto all = efficiencies(lived().simulation);
  double used = 0, cost = 0, path = 0;
  for (int year = 2021; year <= 2023; ++year) {
    const EfficiencyYear sum = all[0].total({0, 30}, year);
    used += sum.offsets;
    cost += sum.offset_cost;
    path += sum.offsets_least;
  }
  EXPECT_GT(used, 0.9 * path) << "offsets used in the run and on the path, t";
  EXPECT_LT(used, 1.4 * path) << "more than the path's years yield only by what the first days brought over";
  EXPECT_GT(cost / used, 8.0);
  EXPECT_LT(cost / used, 16.0) << "never above the dearest project";
  const auto efficiency = all[0].allocative_efficiency();
  ASSERT_TRUE(efficiency);
  EXPECT_GT(*efficiency, 0.9);
  EXPECT_LT(*efficiency, 1.02);
}

TEST(OffsetBooks, ARunResumesIdenticallyOnAnyNumberOfThreads) {
  expect_resumes_identically(compose(load_scenario("offset-market", {"run.last_day=2022-06-30"})), day_of(2022, 4, 20));
}

TEST(OffsetBooks, TheTapeOfCreditsReplaysToItsTrades) {
  const Folder folder;
  ASSERT_EQ(run_tantu(folder.path(), {"run", "offset-market", "--set", "run.last_day=2021-12-31", "--record", "orders,trades", "-o", "run.h5"}).status, 0);
  ASSERT_EQ(run_tantu(folder.path(), {"export", "run.h5", "--format", "events", "-o", "flow"}).err, "");
  const Ended replayed = run_tantu(folder.path(), {"replay", "flow/credits/events.csv", "--rules", "flow/credits/rules.json", "--trades", "credits.csv"});
  ASSERT_EQ(replayed.err, "");
  const std::string recorded = text_of(folder / "flow/credits/trades.csv");
  EXPECT_TRUE(text_of(folder / "credits.csv") == recorded) << "trades of the replay differ from those of the run";
  EXPECT_GT(std::count(recorded.begin(), recorded.end(), '\n'), 1000);
}

TEST(OffsetBooks, OthersMayTradeCreditsToo) {
  // A maker quotes around what credits cost, not around what allowances do.
  const SmallRun run(std::string(R"({
    "policies": {"offsets": {"kind": "offsets", "share": {"2021": 0.05}, "types": {"ccer": {"price_from": 4, "price_to": 8, "volume_mt": 2}}}},
    "instruments": {"credits": {"offset": "ccer", "exchange": {"opening_reference": 6}}},
    "agents": {"traders": {"developer": {"kind": "project_developer", "instrument": "credits"},
                           "maker": {"kind": "market_maker", "instrument": "credits", "allowances": 20000, "size": 1000, "most": 20000}}}})"));
  const TraderAccount& maker = run.simulation.trader_accounts(0)[1];
  EXPECT_GT(maker.sold.count, 0);
  double high = 0;
  for (const Trade& trade : run.recorder.trades())
    if (trade.instrument == 1) high = std::max(high, to_currency(trade.price, 0.01));
  EXPECT_LT(high, 14.0) << "an allowance costs about 20";
  EXPECT_EQ(run.market().registry.imbalance(), std::nullopt);
}

// ---- the authority's part, by hand ----

/// Two firms that owe 1,000 and 3,000 t for 2021; types a and b, of which those in `books` have one.
struct WithBooks : TinyMarket {
  explicit WithBooks(const std::string& parameters, const std::vector<std::string>& books) : TinyMarket(2020, 2023, {{{"coal", 1000, 1}}, {{"coal", 3000, 1}}}) {
    rules->participants = 2;  // developer, owners
    rules->traders = 1;
    rules->opening = day_of(2021, 1, 1);
    rules->listings[0].name = "allowances";
    for (std::size_t k = 0; k < books.size(); ++k) {
      ListingRules& book = rules->listings.emplace_back();
      book.offset = books[k];
      book.instrument.type = UnitType::offset;
      book.instrument.origin = static_cast<std::int32_t>(k);
      book.opening_reference = Price{1000};
      book.developers = {first_participant()};
    }
    offset_books = books;
    add("offsets", parameters);
    add("compliance", R"({"cycles": [{"first_year": 2021, "last_year": 2021, "announcement": "2020-01-01", "pre_allocation": "2021-02-01", "verification": "2022-03-31", "true_up": "2022-04-15", "deadline": "2022-04-29"}]})");
    start();
    store.year(2021).verified[0] = Tonnes{1000};
    store.year(2021).verified[1] = Tonnes{3000};
  }
  Account first_participant() const { return Market::first_firm_account + 2 + 1; }  // after the developers' pool
  void buy(std::uint32_t row, std::uint16_t type, std::int64_t tonnes) {
    market.registry.issue(market.account(row), market.registry.unit({UnitType::offset, type, 2021}), Tonnes{tonnes});
  }
  std::int64_t credits(Account account) const { 
    Tonnes sum;
    for (const Tonnes held : market.credits(account)) sum += held;
    return sum.count;
  }
};

TEST(OffsetBooks, CreditsComeToBeAsTheYearPasses) {
  WithBooks m(R"({"share": {"2021": 0.05}, "types": {"a": {"price_from": 10, "price_to": 20, "volume_mt": 0.000365, "stock_mt": 0.0001}}})", {"a"});
  m.announce(day_of(2021, 1, 4));
  EXPECT_EQ(m.credits(m.first_participant()), 4) << "365 t a year, four days";
  m.announce(day_of(2021, 1, 11));
  EXPECT_EQ(m.credits(m.first_participant()), 11);
  m.announce(day_of(2021, 12, 1));
  EXPECT_EQ(m.credits(m.first_participant()), 100) << "the stock has run out";
}

TEST(OffsetBooks, NoneComeToBeForWhichThereIsNoUse) {
  WithBooks m(R"({"share": {"2021": 0.05}, "types": {"a": {"price_from": 10, "price_to": 20, "volume_mt": 0.000365, "usable_until": "2022-01-31"}}})", {"a"});
  m.announce(day_of(2021, 1, 4));
  EXPECT_EQ(m.credits(m.first_participant()), 0) << "the deadline, 29 April 2022, does not take the type";
}

TEST(OffsetBooks, AtTheDeadlineTheLimitIsTakenAndNoMore) {
  WithBooks m(R"({"share": {"2021": 0.05}, "types": {"a": {"price_from": 10, "price_to": 20, "volume_mt": 1}}})", {"a"});
  m.comply(day_of(2022, 4, 15));
  m.buy(0, 0, 80);
  m.buy(1, 0, 20);
  m.give(0, 2021, 1000);
  m.give(1, 2021, 2980);
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{0}) << "not before the deadline";
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).retired[0], Tonnes{50}) << "5% of 1,000 t";
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{20}) << "all that it holds";
  EXPECT_EQ(m.held(0), 50) << "950 of 1,000 allowances were needed";
  EXPECT_EQ(m.store.year(2021).shortfall[1], Tonnes{0});
  EXPECT_EQ(m.credits(m.market.account(0)), 30) << "what is above the limit stays";
  EXPECT_EQ(m.store.year(2022).credits_paid[0], Cash{}) << "nothing is bought at the deadline";
}

TEST(OffsetBooks, TypesWithAndWithoutABookShareTheLimit) {
  // Of 150 t that firm 1 may use it holds 100 of a: 50 of b are bought for it on the day after the true-up.
  WithBooks m(R"({"share": {"2021": 0.05}, "types": {"a": {"price_from": 10, "price_to": 20, "volume_mt": 1}, "b": {"price_from": 5, "price_to": 5, "volume_mt": 1}}})", {"a"});
  m.comply(day_of(2022, 4, 15));
  m.buy(1, 0, 100);
  m.give(1, 2021, 3000);
  m.comply(day_of(2022, 4, 18));
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{50});
  m.comply(day_of(2022, 4, 29));
  EXPECT_EQ(m.store.year(2021).retired[1], Tonnes{150});
  EXPECT_EQ(m.credits(m.market.account(1)), 0);
}

TEST(OffsetBooks, RoomIsTheLeastOfAllLimitsLessWhatIsHeld) {
  WithBooks m(R"({"share": {"2021": 0.1}, "origin_share": {"elsewhere": {"share": 0.03}},
    "types": {"a": {"price_from": 1, "price_to": 2, "volume_mt": 1, "origin": "elsewhere", "share": 0.02}, "b": {"price_from": 1, "price_to": 2, "volume_mt": 1, "origin": "elsewhere"},
              "c": {"price_from": 1, "price_to": 2, "volume_mt": 1, "usable_until": "2022-01-01"}}})", {"a", "b", "c"});
  const std::vector<OpenObligation> open{{2021, day_of(2022, 4, 29), 1000, 40}};
  const auto room = [&](std::vector<std::int64_t> held, std::size_t type) {
    std::vector<Tonnes> tonnes;
    for (const std::int64_t t : held) tonnes.push_back(Tonnes{t});
    return m.market.offset_room(open, tonnes, type);
  };
  EXPECT_EQ(room({0, 0, 0}, 0), 20) << "2% of its own";
  EXPECT_EQ(room({0, 15, 0}, 0), 15) << "30 from elsewhere, 15 of them of the other type";
  EXPECT_EQ(room({0, 0, 0}, 1), 30);
  EXPECT_EQ(room({0, 0, 50}, 1), 10) << "100 in all, 40 met already, 50 held of a third type";
  EXPECT_EQ(room({0, 0, 7}, 2), -7) << "the deadline does not take the type";
}

// ---- what is refused ----

nlohmann::json with_book(const std::string& patch) {
  auto scenario = small_market(R"({
    "policies": {"offsets": {"kind": "offsets", "share": {"2021": 0.05}, "types": {"ccer": {"price_from": 10, "price_to": 20, "volume_mt": 1}}}},
    "instruments": {"credits": {"offset": "ccer", "exchange": {"opening_reference": 15}}},
    "agents": {"traders": {"developer": {"kind": "project_developer", "instrument": "credits"}}}})");
  scenario.merge_patch(nlohmann::json::parse(patch));
  return scenario;
}

TEST(OffsetBooks, RefusesWhatCannotBe) {
  EXPECT_EQ(refusal_of(with_book("{}")), "nothing");
  EXPECT_THAT(refusal_of(with_book(R"({"instruments": {"credits": {"offset": "cer"}}})")), HasSubstr("/instruments/credits/offset: \"cer\" is no type of \"offsets\"; nearest: ccer"));
  EXPECT_THAT(refusal_of(with_book(R"({"policies": {"offsets": null}})")), HasSubstr("/instruments/credits/offset: \"ccer\" is no type of offset: the market has no policy of the kind \"offsets\"; add one"));
  EXPECT_THAT(refusal_of(with_book(R"({"agents": {"traders": null}})")), HasSubstr("/instruments/credits: has nobody who sells its credits; add a trader of the kind \"project_developer\""));
  EXPECT_THAT(refusal_of(with_book(R"({"instruments": {"credits": {"exchange": null}}})")), HasSubstr("/instruments/credits/exchange: has no opening_reference; give what a credit costs"));
  EXPECT_THAT(refusal_of(with_book(R"({"instruments": {"credits": {"first_vintage": 2021}}})")), HasSubstr("/instruments/credits/first_vintage: is of allowances"));
  EXPECT_THAT(refusal_of(with_book(R"({"instruments": {"more": {"offset": "ccer", "exchange": {"opening_reference": 15}}}})")),
              HasSubstr("/instruments/more: delivers offsets of the type \"ccer\", as \"credits\" does; keep one"));
  EXPECT_THAT(refusal_of(with_book(R"({"agents": {"traders": {"developer": {"instrument": ""}}}})")), HasSubstr("/agents/traders/developer: \"allowances\" is a book of allowances; name an instrument of offsets"));
  EXPECT_THAT(refusal_of(with_book(R"({"policies": {"more": {"kind": "offsets", "share": {"2021": 0.01}, "types": {"x": {"price_from": 10, "price_to": 20, "volume_mt": 1}}}}})")),
              HasSubstr("/policies/offsets: is a second policy with offsets beside \"more\" in a market that trades them; put their types into one"));
  EXPECT_THAT(refusal_of(with_book(R"({"policies": {"offsets": {"origin_share": {"here": {"share": 0.01}}, "types": {"ccer": {"origin": "here"}, "x": {"price_from": 10, "price_to": 20, "volume_mt": 1, "origin": "here"}}}}})")),
              HasSubstr("/policies/offsets/types/x: has no book, but \"ccer\" of the same origin_share has one"));
}

}  // namespace
