// Does the order book find the price that theory knows? A static market of firms with linear curves that value
// allowances at their own marginal cost; constrained zero-intelligence traders in double auctions; and whether null,
// naive and rational firms make different markets. docs/model.md, The yardstick.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "agents/zero_intelligence.hpp"
#include "sim/order_book.hpp"
#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

constexpr int seeds = 30;

struct Interval {
  double mean = 0, half = 0;
  double low() const { return mean - half; }
  double high() const { return mean + half; }
};
/// Mean and half width of the 95% interval of the mean.
Interval interval(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (const double v : x) sum += v;
  const double mean = sum / static_cast<double>(x.size());
  for (const double v : x) squares += (v - mean) * (v - mean);
  return {mean, 2.045 * std::sqrt(squares / static_cast<double>(x.size() - 1) / static_cast<double>(x.size()))};
}

/// 200 firms, 20% less allowances than emissions, 120 trading days, orders of five days, no limits, no anchor: the
/// opening price is far from the competitive one.
const char* const static_market = R"({
  "name": "static-market", "description": "Two hundred firms with linear curves.",
  "exchange": { "opening_reference": 40, "price_limit": 0, "block_least_t": 0, "listed_most_t": 0, "resale_same_day": true, "order_days": 5, "reference_without_trade": "quote" },
  "policies": {
    "cap": { "kind": "cap", "basis": "mass", "path_mt": { "2021": 160 } },
    "allocation": { "kind": "historical_allocation" },
    "verification": { "kind": "verification", "error_spread": 0 },
    "pre_allocation": { "kind": "pre_allocation", "share": 1 },
    "true_up": { "kind": "true_up" },
    "compliance": { "kind": "compliance", "cycles": [
      { "first_year": 2021, "last_year": 2021, "announcement": "2020-12-01", "pre_allocation": "2021-01-01", "verification": "2022-03-31", "true_up": "2022-03-31", "deadline": "2022-04-29" } ] },
    "penalty": { "kind": "penalty", "per_tonne": 1000, "debt_carried": false }
  },
  "sectors": { "industry": { "activity_unit": "t", "technology": "linear", "firms": 200, "emissions_mt": 200, "size_spread": 0.8 } },
  "technologies": { "linear": { "curve": { "shape": "linear", "price_per_t": 120, "cost_spread": 0.35 } } },
  "agents": { "firms": {
    "participation": { "attention": 0.3, "size_exponent": 0 },
    "order": { "aggressiveness": 0.03, "gain_scale": 0.01 },
    "value": { "rule": "marginal_cost" },
    "anchor": { "fit_costs_to_opening": false },
    "position": { "caution_most": 0, "hedger_share": 0, "active_share": 0, "early_share": 0 }
  } },
  "shocks": { "sector_spread": 0, "firm_spread": 0 },
  "run": { "first_day": "2021-01-01", "last_day": "2021-06-30", "first_year": 2020, "seed": 1 }
})";

/// Price of the last ten days with trades over the competitive one, and the share of the gain from trade.
void expect_convergence(const char* name, const std::vector<std::string>& changes) {
  double sum = 0, worst_efficiency = 1, farthest = 0;
  std::string table = "\nseed   price    p*   efficiency\n";
  for (int seed = 1; seed <= seeds; ++seed) {
    std::vector<std::string> settings = changes;
    settings.push_back("run.seed=" + std::to_string(seed));
    const auto setup = compose(load_scenario_text(static_market, "static-market", settings));
    Simulation simulation(setup);
    Recorder recorder({});
    Workers workers;
    for (int day = 0; day < 120 && !simulation.finished(); ++day) simulation.live_one_day(recorder, workers);
    const FirmTraits& traits = setup->traits;
    const Market& market = simulation.markets()[0];
    // p* = (sum u - A) / sum (u / c): firm i abates the share p / c_i of its emissions.
    double emitted = 0, held = 0, flat = 0;
    std::vector<double> c(traits.size());
    for (std::uint32_t i = 0; i < traits.size(); ++i) {
      c[i] = traits.sectors[0].technology.curve.price * traits.curve_scale[i];
      emitted += traits.emissions[i];
      held += static_cast<double>(market.registry.holding(market.account(i)).count);
      flat += traits.emissions[i] / c[i];
    }
    const double competitive = (emitted - held) / flat;
    double alone = 0, least = 0, realised = 0;
    const double all = 1 - held / emitted;
    for (std::uint32_t i = 0; i < traits.size(); ++i) {
      const double u = traits.emissions[i];
      const auto cost = [&](double share) { return u * c[i] * share * share / 2; };
      ASSERT_LT(competitive, c[i]) << "not an interior solution";
      alone += cost(all);
      least += cost(competitive / c[i]);
      realised += cost(1 - static_cast<double>(market.registry.holding(market.account(i)).count) / u);
    }
    Tonnes volume{};
    Cash turnover{};
    const auto& days = recorder.days()[0];
    int traded = 0;
    for (std::size_t d = days.size(); d-- > 0 && traded < 10;) {
      if (days[d].session.listed == Tonnes{}) continue;  // a market that has found its allocation rests
      ++traded;
      volume += days[d].session.listed;
      turnover += days[d].session.listed_turnover;
    }
    ASSERT_EQ(traded, 10) << "seed " << seed;
    const double price = 0.01 * static_cast<double>(turnover.count) / static_cast<double>(volume.count);
    const double efficiency = (alone - realised) / (alone - least);
    sum += price / competitive;
    farthest = std::max(farthest, std::fabs(price / competitive - 1));
    worst_efficiency = std::min(worst_efficiency, efficiency);
    table += fmt::format("{:4} {:7.3f} {:7.3f} {:9.5f}\n", seed, price, competitive, efficiency);
    EXPECT_NEAR(price / competitive, 1, 0.03) << "seed " << seed;
    EXPECT_GT(efficiency, 0.97) << "seed " << seed;
  }
  EXPECT_NEAR(sum / seeds, 1, 0.01) << table;
  std::printf("%s: mean price / p* %.4f, farthest seed %.4f, least efficiency %.5f\n", name, sum / seeds, farthest, worst_efficiency);
}

TEST(StaticMarket, FindsTheCompetitivePriceAndAllocation) { expect_convergence("own marginal cost", {}); }

TEST(StaticMarket, TheAnchorHasNoPartInIt) {
  expect_convergence("own marginal cost, anchor without weight",
                     {"agents.firms.value.fundamentalist_weight=0", "agents.firms.value.trend_fundamental_weight=0", "agents.firms.value.taker_weight=0"});
}


/// A double auction after Gode and Sunder (1993): six buyers with values and six sellers with costs for four units each,
/// one unit at a time; a trader drawn at random shouts a random price that does not lose. Returns the share of the
/// largest possible surplus that is realised.
double zero_intelligence_efficiency(const std::vector<int>& values, const std::vector<int>& costs, RandomKey key, int period) {
  constexpr std::uint32_t traders = 12, units = 4;
  std::vector<int> v = values, k = costs;
  std::sort(v.rbegin(), v.rend());
  std::sort(k.begin(), k.end());
  double most = 0;
  for (std::size_t i = 0; i < v.size(); ++i) most += std::max(0, v[i] - k[i]);
  // Unit j of trader i: values fall and costs rise with j.
  const auto limit = [&](std::uint32_t trader, std::uint32_t unit) { return trader < 6 ? v[unit * 6 + trader] : k[unit * 6 + trader - 6]; };
  OrderBook book;
  std::vector<std::uint32_t> done(traders, 0);
  std::vector<OrderHandle> resting(traders);
  double surplus = 0;
  std::uint64_t id = 0;
  for (std::uint32_t shout = 0; shout < 4000; ++shout) {
    const Draw d = draw(key, Stream::player, shout, period);
    const std::uint32_t trader = integer_below(d.word[0], traders);
    if (done[trader] == units) continue;
    const bool buying = trader < 6;
    const double price = zero_intelligence_price(buying, limit(trader, done[trader]), 1, 200, d.uniform(1));
    if (resting[trader] && book.rests(resting[trader])) book.cancel(resting[trader]);
    const NewOrder order{++id, trader, buying ? Side::buy : Side::sell, OrderType::limit,
                         Price{static_cast<std::int64_t>(buying ? std::floor(price) : std::ceil(price))}, Tonnes{1}, Tonnes{}, 0};
    const Placement placed = book.submit(order, [&](const Fill& fill) {
      const std::uint32_t buyer = buying ? trader : fill.resting_account, seller = buying ? fill.resting_account : trader;
      surplus += limit(buyer, done[buyer]) - limit(seller, done[seller]);
      ++done[buyer];
      ++done[seller];
    });
    if (placed.outcome == Outcome::rested) resting[trader] = placed.order;
  }
  return surplus / most;
}

TEST(ZeroIntelligence, ConstrainedTradersRealiseNearlyAllOfTheSurplus) {
  // Five markets: steep and flat curves on both sides, and one side flat (schedules of the kind of Gode and Sunder's).
  const auto line = [](int from, int to) {
    std::vector<int> list;
    for (int i = 0; i < 24; ++i) list.push_back(from + (to - from) * i / 23);
    return list;
  };
  const std::vector<std::pair<std::vector<int>, std::vector<int>>> markets{
      {line(130, 30), line(30, 130)}, {line(110, 60), line(40, 90)}, {line(160, 40), line(60, 110)}, {line(120, 70), line(20, 140)}, {line(150, 20), line(75, 85)}};
  double sum = 0;
  std::string table;
  for (std::size_t m = 0; m < markets.size(); ++m) {
    double mean = 0;
    for (int period = 0; period < seeds; ++period)
      mean += zero_intelligence_efficiency(markets[m].first, markets[m].second, {7, static_cast<std::uint32_t>(m)}, period) / seeds;
    table += fmt::format(" {:.4f}", mean);
    sum += mean / static_cast<double>(markets.size());
  }
  EXPECT_GE(sum, 0.97) << "by market:" << table;
  EXPECT_LE(sum, 1.0);
}

/// Daily s.d. of log returns of closes of a small national market until the end of 2021, a figure a seed.
std::vector<double> volatility(const std::vector<std::string>& behaviour) {
  std::vector<double> deviations;
  for (int seed = 1; seed <= seeds; ++seed) {
    std::vector<std::string> changes = behaviour;
    changes.push_back("run.seed=" + std::to_string(seed));
    Simulation simulation(national_setup(small_national(changes)));
    Recorder recorder({});
    Workers workers;
    live_to_the_end(simulation, recorder, workers);
    const auto& days = recorder.days()[0];
    std::vector<double> returns;
    for (std::size_t d = 1; d < days.size(); ++d)
      returns.push_back(std::log(static_cast<double>(days[d].session.close.count) / static_cast<double>(days[d - 1].session.close.count)));
    double mean = 0, squares = 0;
    for (const double r : returns) mean += r / static_cast<double>(returns.size());
    for (const double r : returns) squares += (r - mean) * (r - mean);
    deviations.push_back(std::sqrt(squares / static_cast<double>(returns.size() - 1)));
  }
  return deviations;
}

TEST(Mixtures, NullNaiveAndRationalFirmsMakeDifferentMarkets) {
  const std::map<std::string, Interval> markets{
      {"null", interval(volatility({"agents.firms.value.rule=zero_intelligence"}))},
      {"naive", interval(volatility({"agents.firms.value.fundamentalist_share=0", "agents.firms.value.trend_share=0.3"}))},
      {"rational", interval(volatility({"agents.firms.value.fundamentalist_share=1", "agents.firms.value.trend_share=0", "agents.firms.value.opinion_spread=0.02"}))}};
  std::string table;
  for (const auto& [name, i] : markets) table += fmt::format("\n{:9} {:.4f} to {:.4f} a day", name, i.low(), i.high());
  for (auto a = markets.begin(); a != markets.end(); ++a)
    for (auto b = std::next(a); b != markets.end(); ++b)
      EXPECT_TRUE(a->second.high() < b->second.low() || b->second.high() < a->second.low()) << a->first << " and " << b->first << table;
  std::printf("%s\n", table.c_str());
}

}  // namespace
