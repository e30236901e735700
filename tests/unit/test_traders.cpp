// Traders without an obligation: they trade by the same exchange as firms, their books close, each kind does what its
// file says, and surveillance tells the manipulators from the rest.
#include "agents/catalog.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// The small market with these traders (the JSON of agents.traders).
nlohmann::json market_with(const std::string& traders, double cap_mt = 18, const std::string& next_allowances = "2022-02-28") {
  auto scenario = small_market();
  scenario["policies"]["compliance"]["cycles"][1]["pre_allocation"] = next_allowances;
  scenario["policies"]["cap"]["path_mt"]["2021"] = cap_mt;
  scenario["agents"]["traders"] = nlohmann::json::parse(traders);
  return scenario;
}

struct TraderRun : SmallRun {
  explicit TraderRun(const std::string& traders, double cap_mt = 18, const std::string& next_allowances = "2022-02-28")
      : SmallRun(market_with(traders, cap_mt, next_allowances)) {}
  const TraderSeat& seat(std::size_t trader, std::size_t n = 0) const { return simulation.setup().traders[trader].seats[n]; }
  const TraderAccount& traded(std::size_t trader, std::size_t n = 0) const {
    return simulation.trader_accounts(0)[seat(trader, n).account - market().first_participant()];
  }
  double gained(std::size_t trader) const { return static_cast<double>(profit(market(), seat(trader), traded(trader)).count) * 0.01; }
  /// Holdings of the trader's first seat day by day.
  std::vector<std::int64_t> positions(std::size_t trader) const {
    std::vector<std::int64_t> held;
    const std::size_t width = simulation.trader_accounts(0).size(), place = seat(trader).account - market().first_participant();
    for (std::size_t d = 0; d < recorder.days()[0].size(); ++d) held.push_back(recorder.seat_days()[0][d * width + place].position.count);
    return held;
  }
  std::map<AlertKind, std::set<std::uint32_t>> accused() const {
    std::map<AlertKind, std::set<std::uint32_t>> found;
    const auto alerts = recorder.alerts();
    for (const Alert& alert : alerts.at(0)) found[alert.kind].insert(alert.account);
    return found;
  }
};

const std::string honest = R"({
  "maker": { "kind": "market_maker", "size": 2000, "most": 20000 },
  "trend": { "kind": "trend_speculator", "most": 50000, "order": 2000 },
  "value": { "kind": "value_speculator", "most": 50000, "order": 2000, "opinion_spread": 0.02 },
  "fund": { "kind": "long_only_fund", "cash": 2e6 },
  "noise": { "kind": "zero_intelligence", "count": 5 } })";

TEST(Traders, AreTenKindsAndAllTrade) {
  std::set<std::string> kinds;
  for (const TraderKind& kind : trader_catalog()) kinds.insert(std::string(kind.entry.kind));
  EXPECT_EQ(kinds.size(), 10u);
  const TraderRun run(honest);
  for (std::size_t t = 0; t < run.simulation.setup().traders.size(); ++t)
    EXPECT_GT(run.traded(t).bought.count + run.traded(t).sold.count, 0) << run.simulation.setup().traders[t].name << " never traded";
}

TEST(Traders, BooksCloseToTheTonneAndTheTick) {
  const TraderRun run(honest);  // each day throws where a tonne or a tick is missing
  Cash all{};
  for (std::size_t t = 0; t < run.simulation.setup().traders.size(); ++t) {
    const TraderSeat& seat = run.seat(t);
    const TraderAccount& traded = run.traded(t);
    const std::string& name = run.simulation.setup().traders[t].name;
    EXPECT_EQ(run.market().clearing.balance(seat.account), seat.cash - traded.paid + traded.received - traded.fees) << "cash of " << name;
    EXPECT_EQ(run.market().registry.holding(seat.account), seat.allowances + traded.bought - traded.sold) << "holdings of " << name;
    EXPECT_GE(run.market().clearing.balance(seat.account), Cash{}) << name << " has no credit";
    all += seat.cash;
  }
  EXPECT_EQ(run.market().clearing.balance(run.market().owners_account()), -all) << "what the owners have put in";
}

TEST(Traders, AllowancesDieWithTheirVintageInTheirHandsToo) {
  auto scenario = market_with(R"({ "waits": { "kind": "value_speculator", "cash": 0, "allowances": 5000, "band": 1 } })");
  scenario["policies"]["banking"] = {{"kind", "banking"}, {"rule", "none"}};
  const SmallRun run(scenario);
  EXPECT_EQ(run.market().registry.holding(run.market().first_participant()), Tonnes{}) << "of vintage 2021, which died at the deadline of April 2022";
}

TEST(Traders, ATraderWithoutMeansChangesNothing) {
  const TraderRun with(R"({ "poor": { "kind": "zero_intelligence", "count": 3, "cash": 0, "allowances": 0 } })"), without("{}");
  ASSERT_EQ(with.recorder.trades().size(), without.recorder.trades().size());
  for (std::size_t i = 0; i < with.recorder.trades().size(); ++i) {
    const Trade &a = with.recorder.trades()[i], &b = without.recorder.trades()[i];
    ASSERT_TRUE(a.day == b.day && a.buyer == b.buyer && a.seller == b.seller && a.price == b.price && a.quantity == b.quantity)
        << "trade " << i << " on " << to_string(Day{a.day}) << " differs: a trader's draws reach the firms";
  }
}

TEST(Traders, ForkedSavedAndThreadedEndInTheSameState) {
  const auto setup = setup_of(market_with(honest));
  Sink sink;
  Workers workers, two(2);
  Simulation straight(setup), again(setup);
  live_to_the_end(straight, sink, workers);
  live_until(again, day_of(2021, 9, 1), sink, two);
  again.begin_day(sink, two);
  again.step(7, sink);
  const auto bytes = save_state(again);
  Simulation restored(setup);
  load_state(restored, bytes);
  for (Simulation* s : {&again, &restored}) {
    while (s->step(1, sink)) {}
    s->end_day(sink, two);
    live_to_the_end(*s, sink, two);
    EXPECT_EQ(state_hash(*s), state_hash(straight)) << (s == &restored ? "a restored run" : "a stepped run with two threads");
  }
}

TEST(MarketMaker, KeepsItsInventoryInsideItsLimit) {
  const TraderRun run(R"({ "maker": { "kind": "market_maker", "size": 2000, "most": 6000, "allowances": 20000 } })");
  for (const std::int64_t held : run.positions(0)) {
    EXPECT_GE(held, 14000);
    EXPECT_LE(held, 26000);
  }
  EXPECT_GT(run.traded(0).bought.count, 20000) << "it buys";
  EXPECT_GT(run.traded(0).sold.count, 20000) << "and sells";
}

TEST(MarketMaker, LeansAgainstItsInventory) {
  // The more it is averse to risk, the nearer its holdings stay to what it started with.
  const auto wandering = [](const char* aversion) {
    const TraderRun run(std::string(R"({ "maker": { "kind": "market_maker", "size": 1000, "most": 50000, "allowances": 100000, "risk_aversion": )") + aversion + " } }");
    double sum = 0;
    const auto held = run.positions(0);
    for (const std::int64_t h : held) sum += std::fabs(static_cast<double>(h) - 100000);
    return sum / static_cast<double>(held.size());
  };
  EXPECT_LT(wandering("10"), 0.7 * wandering("0.01"));
}

TEST(MarketMaker, NarrowsTheSpread) {
  const auto spread = [](const TraderRun& run) {
    double ticks = 0;
    std::int64_t count = 0;
    for (const DayRow& day : run.recorder.days()[0]) { ticks += day.session.spread_sum; count += day.session.spread_count; }
    return ticks / static_cast<double>(count);
  };
  const TraderRun with(R"({ "maker": { "kind": "market_maker", "size": 5000, "fill_decay": 2000 } })"), without("{}");
  EXPECT_LT(spread(with), 0.9 * spread(without));
}

TEST(TrendSpeculator, HoldsWhenPricesHaveRisenAndNotWhenTheyHaveFallen) {
  const TraderRun run(R"({ "trend": { "kind": "trend_speculator", "most": 50000, "order": 5000, "aggressiveness": 0.05 } })");
  const auto held = run.positions(0);
  const auto& days = run.recorder.days()[0];
  double after_rise = 0, after_fall = 0;
  int rises = 0, falls = 0;
  for (std::size_t d = 30; d < held.size(); ++d) {
    const double change = std::log(double(days[d].session.close.count) / double(days[d - 20].session.close.count));
    if (change > 0.03) { after_rise += double(held[d]); ++rises; }
    if (change < -0.03) { after_fall += double(held[d]); ++falls; }
  }
  ASSERT_GT(rises, 5);
  ASSERT_GT(falls, 5);
  EXPECT_GT(after_rise / rises, 2 * (after_fall / falls) + 1000);
}

TEST(ValueSpeculator, BuysBelowTheAnchorAndPullsThePriceTowardsIt) {
  const auto distance = [](const TraderRun& run) {
    double sum = 0;
    const auto& days = run.recorder.days()[0];
    for (const DayRow& day : days) sum += std::fabs(std::log(day.anchor / (double(day.session.close.count) * day.price_scale)));
    return sum / static_cast<double>(days.size());
  };
  const TraderRun with(R"({ "value": { "kind": "value_speculator", "count": 10, "cash": 1e8, "most": 500000, "order": 20000, "opinion_spread": 0, "band": 0.01, "allowances": 50000 } })");
  const TraderRun without("{}");
  EXPECT_LT(distance(with), distance(without));
}

TEST(LongOnlyFund, HoldsItsShareOfWealth) {
  const TraderRun run(R"({ "fund": { "kind": "long_only_fund", "cash": 2e6, "weight": 0.5, "band": 0.05, "build_days": 20 } })");
  const double price = double(run.market().board().close.count) * 0.01;
  const double held = price * double(run.market().registry.holding(run.seat(0).account).count);
  const double cash = double(run.market().clearing.balance(run.seat(0).account).count) * 0.01;
  EXPECT_NEAR(held / (held + cash), 0.5, 0.1);
}

TEST(Arbitrageur, BringsTwoMarketsTogether) {
  const auto gap = [](const std::string& traders) {
    // The same market twice; in b the cap is tighter.
    auto scenario = market_with(traders), one = small_market();
    scenario["markets"] = {{"a", {{"exchange", one["exchange"]}, {"policies", one["policies"]}}}, {"b", {{"exchange", one["exchange"]}, {"policies", one["policies"]}}}};
    scenario["markets"]["b"]["policies"]["cap"]["path_mt"]["2021"] = 17.6;
    scenario["sectors"] = {{"one", one["sectors"]["works"]}, {"two", one["sectors"]["works"]}};
    scenario["sectors"]["one"]["market"] = "a";
    scenario["sectors"]["two"]["market"] = "b";
    scenario.erase("exchange");
    scenario.erase("policies");
    const SmallRun run(scenario);
    double sum = 0;
    const auto& days = run.recorder.days();
    for (std::size_t d = 0; d < days[0].size(); ++d)
      sum += std::fabs(std::log(double(days[0][d].session.close.count) / double(days[1][d].session.close.count)));
    return sum / double(days[0].size());
  };
  // The same means in both runs; in one the gain at which it trades is out of reach.
  const std::string arbitrageur = R"({ "arb": { "kind": "arbitrageur", "market": "a", "other": "b", "cash": 1e9, "allowances": 400000, "order": 20000, "turns": 40, "cost": )";
  EXPECT_LT(gap(arbitrageur + "0.01 } }"), 0.7 * gap(arbitrageur + "1 } }"));
}

TEST(Traders, AreRefusedBeforeTheyAreAdmitted) {
  TraderRun run(R"({ "fund": { "kind": "long_only_fund", "cash": 1e6, "admitted": "2021-09-01" } })");
  const Account fund = run.seat(0).account;
  std::int64_t refused = 0, taken = 0;
  Day first{0};
  for (const OrderRecord& order : run.recorder.orders()) {
    if (order.account != fund || order.message != MessageKind::order || order.rejection != Rejection::none) continue;
    if (taken++ == 0) first = Day{order.day};
  }
  refused = run.traded(0).refused;
  EXPECT_GT(refused, 0) << "it sent orders before the day, and the exchange refused them";
  EXPECT_GE(first, day_of(2021, 9, 1)) << "the first order that was taken came on " << to_string(first);
  EXPECT_GT(run.traded(0).bought, Tonnes{}) << "afterwards it buys";
}

TEST(Traders, AreAdmittedToOrdersFromOutsideToo) {
  Simulation simulation(setup_of(market_with(R"({ "fund": { "kind": "long_only_fund", "admitted": "2021-03-02" } })")));
  Sink sink;
  Workers workers;
  OrderRequest order{Side::buy, Price{2000}, Tonnes{10}};
  const Account fund = simulation.setup().traders[0].seats[0].account, firm = simulation.markets()[0].account(0);
  simulation.begin_day(sink, workers);
  ASSERT_EQ(simulation.today(), day_of(2021, 3, 1));
  EXPECT_EQ(simulation.submit(0, fund, order, sink).rejection, Rejection::not_admitted);
  EXPECT_EQ(simulation.submit(0, firm, order, sink).rejection, Rejection::none) << "a firm is in the market from the beginning";
  simulation.end_day(sink, workers);
  simulation.begin_day(sink, workers);
  EXPECT_EQ(simulation.submit(0, fund, order, sink).rejection, Rejection::none) << "on its day";
}

TEST(Surveillance, IsSilentOnHonestTradersInARun) {
  const TraderRun run(honest);
  const Account first = run.market().first_participant();
  const auto alerts = run.recorder.alerts();
  ASSERT_EQ(alerts.size(), 1u);
  for (const Alert& alert : alerts[0])
    for (const std::uint32_t account : {alert.account, alert.other})
      if (account != no_account && account >= first && account - first < run.market().rules().traders)
        ADD_FAILURE() << alert_names[static_cast<std::size_t>(alert.kind)] << " by " << run.simulation.setup().traders[account - first].name << " on "
                      << to_string(Day{alert.at.day});
}

TEST(Surveillance, SeesASpooferInARun) {
  const TraderRun run(R"({ "spoofer": { "kind": "spoofer", "order": 500 } })");
  EXPECT_TRUE(run.accused()[AlertKind::spoofing].contains(run.seat(0).account));
}

TEST(Surveillance, SeesLayeringInARun) {
  const TraderRun run(R"({ "spoofer": { "kind": "spoofer", "order": 500, "prices": 4 } })");
  EXPECT_TRUE(run.accused()[AlertKind::layering].contains(run.seat(0).account));
}

TEST(Surveillance, SeesWashTradesInARun) {
  for (const char* accounts : {"2", "3"}) {
    const TraderRun run(std::string(R"({ "wash": { "kind": "wash_trader", "turns": 16, "accounts": )") + accounts + " } }");
    EXPECT_TRUE(run.accused()[AlertKind::wash].contains(run.seat(0).account)) << accounts << " accounts";
    EXPECT_EQ(run.traded(0).paid.count > 0, true);
  }
}

TEST(Surveillance, SeesACornerInARun) {
  const auto accused = [](const std::string& next_allowances) {
    const TraderRun run(R"({ "corner": { "kind": "corner", "order": 20000, "premium": 0, "days_before": 100, "turns": 20 } })", 17, next_allowances);
    const auto found = run.accused();
    const auto corners = found.find(AlertKind::corner);
    return corners != found.end() && corners->second.contains(run.seat(0).account);
  };
  EXPECT_TRUE(accused("2022-06-15"));
  EXPECT_FALSE(accused("2022-02-28")) << "with the next year's allowances nobody needs those of the corner";
}

TEST(Traders, AreRefusedWithPlaceAndReason) {
  const auto refusal = [](const std::string& traders) { return refusal_of(market_with(traders)); };
  EXPECT_EQ(refusal(R"({ "x": { "kind": "market_maker", "market": "mian" } })"),
            "small.json:/agents/traders/x: there is no market \"mian\"; nearest: main");
  EXPECT_EQ(refusal(R"({ "x": { "kind": "arbitrageur", "other": "main" } })"),
            "small.json:/agents/traders/x: \"other\" is its own market, \"main\"; name a second one");
  EXPECT_EQ(refusal(R"({ "x": { "kind": "corner", "squeeze_days": 70 } })"), "small.json:/agents/traders/x/squeeze_days: is not below days_before");
  EXPECT_EQ(refusal(R"({ "x": { "kind": "trend_speculator", "long_days": 2 } })"), "small.json:/agents/traders/x/long_days: is not above short_days");
}

}  // namespace
