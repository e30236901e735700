// Three ways to the same prices on random markets: pooling, the taut string, and a minimum-cost flow; the conditions
// of Rubin and Schennach; and what theory says of a market that is made tighter, richer or more patient.
#include "sim/competitive_path.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sim/cost_flow.hpp"
#include "sim/linked_path.hpp"

namespace tantu {
namespace {

double whole(int least, int most) { return static_cast<double>(*rc::gen::inRange(least, most)); }

std::shared_ptr<const CostCurve> any_curve(bool steps) {
  std::vector<CurveSegment> segments;
  for (int k = *rc::gen::inRange(1, 8); k > 0; --k) {
    const double low = whole(1, 8000) / 100, width = steps ? 0 : whole(0, 3000) / 100;
    segments.push_back({low, low + width, whole(1, 150)});
  }
  return std::make_shared<const CostCurve>(segments);
}

std::string described(const PathProblem& problem) {
  std::string text = fmt::format("rate {:g}, bank {:g}, choke {:g}\n", problem.rate, problem.bank, problem.choke);
  for (const PathPeriod& p : problem.periods) {
    text += fmt::format("at {:g} need {:g} supply {:g} floor {:g} ceiling {:g} bank {:g} to {:g}", p.time, p.need, p.supply, p.floor, p.ceiling, p.bank_least, p.bank_most);
    for (const SupplyTerm& t : p.terms) {
      text += fmt::format("; {:g} t, prices times {:g}:", t.tonnes, t.price);
      for (const CostCurve::Point& c : t.curve->points()) text += fmt::format(" {:g}:{:g}-{:g}/{:g}", c.price, c.below, c.above, c.slope);
    }
    text += '\n';
  }
  return text;
}

PathProblem any_problem(bool steps, bool bounded) {
  PathProblem problem;
  problem.rate = whole(0, 12) / 100;
  problem.bank = whole(0, 600);
  problem.choke = 150;
  const int n = *rc::gen::inRange(1, 9);
  double time = 0;
  for (int y = 0; y < n; ++y) {
    PathPeriod p;
    p.time = time;
    time += whole(0, 12) / 6;
    p.need = whole(0, 1000);
    p.supply = whole(0, 1200);
    p.terms = {{any_curve(steps), 1, 1, 0}};
    if (whole(0, 3) == 0) p.bank_least = -whole(0, 150);
    if (bounded && whole(0, 2) == 0) p.bank_most = whole(0, 200);
    if (whole(0, 6) == 0) p.ceiling = whole(4000, 12000) / 100;
    if (whole(0, 6) == 0) p.floor = whole(100, 4000) / 100;
    // Offsets, tiers of a reserve, an auction with a reserve price: further steps at prices of their own.
    if (whole(0, 3) == 0) p.terms.push_back({any_curve(steps), 1, whole(50, 200) / 100, 1});
    problem.periods.push_back(p);
  }
  RC_LOG(described(problem));
  return problem;
}

double tick(double price) { return std::round(price * 100); }

RC_GTEST_PROP(CompetitivePathProperty, PoolingAndTheTautStringAgree, ()) {
  const PathProblem problem = any_problem(*rc::gen::inRange(0, 2) == 0, false);
  const PathResult pooled = pooled_path(problem), taut = taut_path(problem);
  for (std::size_t y = 0; y < problem.periods.size(); ++y)
    RC_ASSERT(std::fabs(pooled.periods[y].price - taut.periods[y].price) <= 1e-9 * (1 + pooled.periods[y].price));
}

RC_GTEST_PROP(CompetitivePathProperty, WhatIsLikeItChangesNothing, ()) {
  const PathProblem before = any_problem(*rc::gen::inRange(0, 2) == 0, *rc::gen::inRange(0, 2) == 0);
  const PathResult like = competitive_path(before);
  PathProblem problem = before;
  // From a little else to something else altogether.
  const double much = *rc::gen::element(0.0, 0.01, 1.0, 100.0);
  for (PathPeriod& p : problem.periods) p.supply = std::max(0.0, p.supply + much * whole(-100, 101) / 100);
  const PathResult alone = competitive_path(problem), found = competitive_path(problem, &like);
  // Prices are unique; a step at the same discounted price in two periods may be used in either.
  for (std::size_t y = 0; y < problem.periods.size(); ++y)
    RC_ASSERT(std::fabs(found.periods[y].price - alone.periods[y].price) <= 1e-9 * (1 + alone.periods[y].price));
}

RC_GTEST_PROP(CompetitivePathProperty, MarketsThatAreOneHaveThePricesOfTheFlow, ()) {
  std::vector<PathProblem> markets{any_problem(false, false), any_problem(false, false)};
  markets[1].rate = markets[0].rate;
  markets[1].periods.resize(markets[0].periods.size(), markets[1].periods.back());
  // Curves without gaps and jumps, so that prices are unique; so many tonnes that whole ones make no difference.
  for (std::size_t m = 0; m < 2; ++m) {
    markets[m].bank *= 1e4;
    for (std::size_t y = 0; y < markets[0].periods.size(); ++y) {
      PathPeriod& p = markets[m].periods[y];
      for (double* tonnes : {&p.need, &p.supply, &p.bank_least}) *tonnes *= 1e4;
      p.time = markets[0].periods[y].time;
      p.floor = 0;
      p.ceiling = 1e9;
      p.terms = {{std::make_shared<const CostCurve>(std::vector<CurveSegment>{{0, 200, whole(100, 1000)}, {0, whole(1, 100), whole(1, 100)}}), 1e4, 1, 0}};
    }
  }
  const double ratio = *rc::gen::element(1.0, 0.5, 1.25), exchange = *rc::gen::element(1.0, 1.5);
  const std::vector<MarketLink> links{{0, 1, {}, ratio, exchange}, {1, 0, {}, 1 / ratio, 1 / exchange}};
  const auto one = united_path(markets, links);
  RC_ASSERT(one.has_value());
  const LinkedPaths flow = linked_paths(markets, links);
  for (std::size_t m = 0; m < 2; ++m)
    for (std::size_t y = 0; y < markets[0].periods.size(); ++y)
      RC_ASSERT(std::fabs(price_in(markets, links, m, one->periods[y].price) - flow.markets[m].periods[y].price) < 0.01);
  RC_ASSERT(!united_path(markets, {links[0]}).has_value());
  std::vector<MarketLink> bounded = links, dear = links;
  bounded[1].most = {5.0};
  dear[0].fee = 1;
  RC_ASSERT(!united_path(markets, bounded).has_value());
  RC_ASSERT(!united_path(markets, dear).has_value());
}

RC_GTEST_PROP(CompetitivePathProperty, AgreesWithTheMinimumCostFlowToTheTick, ()) {
  const PathProblem problem = any_problem(true, *rc::gen::inRange(0, 2) == 0);
  const PathResult path = competitive_path(problem);
  const FlowResult flow = cost_flow({problem});
  double bank = problem.bank;
  for (std::size_t y = 0; y < problem.periods.size(); ++y) {
    const PathResult::Period& r = flow.markets[0].periods[y];
    RC_ASSERT(std::fabs(tick(path.periods[y].price) - tick(r.price)) == 0.0 || std::fabs(path.periods[y].price - r.price) < 1e-4);
    // What flows is what is needed: nothing is made, and what is not sent on was not worth anything.
    bank += problem.periods[y].supply - problem.periods[y].need + r.supplied + r.released + r.shortage - r.withheld;
    if (y + 1 < problem.periods.size()) {
      RC_ASSERT(r.bank <= bank + 1e-6);
      bank = r.bank;
    }
  }
}

RC_GTEST_PROP(CompetitivePathProperty, BanksKeepTheirBoundsAndPricesTheirConditions, ()) {
  const PathProblem problem = any_problem(*rc::gen::inRange(0, 2) == 0, *rc::gen::inRange(0, 2) == 0);
  const PathResult path = competitive_path(problem);
  double bank = problem.bank;
  for (std::size_t y = 0; y < problem.periods.size(); ++y) {
    const PathPeriod& p = problem.periods[y];
    const PathResult::Period& r = path.periods[y];
    bank += p.supply - p.need + r.supplied + r.released + r.shortage - r.withheld - r.expired;
    RC_ASSERT(std::fabs(bank - r.bank) < 1e-6);
    RC_ASSERT(r.bank >= p.bank_least - 1e-6);
    RC_ASSERT(r.bank <= p.bank_most + 1e-6);
    RC_ASSERT(r.supplied >= p.supplied_below(r.price * (1 - 1e-12)) - 1e-6);
    RC_ASSERT(r.supplied <= p.supplied(r.price * (1 + 1e-12)) + 1e-6);
    if (y + 1 == problem.periods.size()) continue;
    const double grown = r.price * std::pow(1 + problem.rate, problem.periods[y + 1].time - p.time), next = path.periods[y + 1].price;
    // Faster than interest only over a full bank, slower only over an empty one.
    if (next > grown * (1 + 1e-9) + 1e-9) RC_ASSERT(r.bank >= p.bank_most - 1e-6);
    if (next < grown * (1 - 1e-9) - 1e-9) RC_ASSERT(r.bank <= p.bank_least + 1e-6);
  }
}

RC_GTEST_PROP(CompetitivePathProperty, ATighterCapNeverLowersAPrice, ()) {
  const PathProblem problem = any_problem(false, *rc::gen::inRange(0, 2) == 0);
  PathProblem tighter = problem;
  const auto y = *rc::gen::inRange<std::size_t>(0, problem.periods.size());
  tighter.periods[y].supply -= whole(1, 300);
  const PathResult before = competitive_path(problem), after = competitive_path(tighter);
  for (std::size_t k = 0; k < problem.periods.size(); ++k) RC_ASSERT(after.periods[k].price >= before.periods[k].price - 1e-9);
}

RC_GTEST_PROP(CompetitivePathProperty, MoreBankingASmootherPath, ()) {
  // The variation of discounted prices does not grow when bounds of the bank are lifted.
  const PathProblem problem = any_problem(false, true);
  PathProblem freer = problem;
  for (PathPeriod& p : freer.periods) {
    p.bank_most += whole(0, 200);
    p.bank_least -= whole(0, 100);
  }
  const auto variation = [&](const PathResult& path) {
    double sum = 0;
    const auto q = [&](std::size_t y) { return path.periods[y].price / std::pow(1 + problem.rate, problem.periods[y].time); };
    for (std::size_t y = 1; y < path.periods.size(); ++y) sum += std::fabs(q(y) - q(y - 1));
    return sum;
  };
  // With the end of the path left out of it: bounds of the last period move its level, not its smoothness.
  freer.periods.back().bank_least = problem.periods.back().bank_least;
  freer.periods.back().bank_most = problem.periods.back().bank_most;
  RC_ASSERT(variation(competitive_path(freer)) <= variation(competitive_path(problem)) + 1e-6);
}

RC_GTEST_PROP(CompetitivePathProperty, APatientMarketStartsDearer, ()) {
  PathProblem problem = any_problem(false, false);
  for (PathPeriod& p : problem.periods) p.ceiling = 1e9;
  PathProblem patient = problem;
  patient.rate = problem.rate / 2;
  RC_ASSERT(competitive_path(patient).periods[0].price >= competitive_path(problem).periods[0].price - 1e-9);
}

RC_GTEST_PROP(CompetitivePathProperty, ACeilingBoundsThePriceAndAFloorHoldsIt, ()) {
  PathProblem problem = any_problem(false, false);
  const double level = whole(500, 9000) / 100;
  for (PathPeriod& p : problem.periods) {
    p.ceiling = level;
    p.floor = 0;
  }
  for (const auto& p : competitive_path(problem).periods) RC_ASSERT(p.price <= level);
  for (PathPeriod& p : problem.periods) {
    p.ceiling = 1e9;
    p.floor = level;
  }
  for (const auto& p : competitive_path(problem).periods) RC_ASSERT(p.price >= level);
}

RC_GTEST_PROP(CompetitivePathProperty, LinkedMarketsShareAPriceUpToTheQuota, ()) {
  PathProblem a = any_problem(true, false), b = any_problem(true, false);
  b.rate = a.rate;
  const std::size_t n = std::min(a.periods.size(), b.periods.size());
  a.periods.resize(n);
  b.periods.resize(n);
  for (std::size_t y = 0; y < n; ++y) b.periods[y].time = a.periods[y].time;
  // Without a quota they are one market.
  PathProblem both = a;
  both.bank += b.bank;
  for (std::size_t y = 0; y < n; ++y) {
    both.periods[y].need += b.periods[y].need;
    both.periods[y].supply += b.periods[y].supply;
    both.periods[y].bank_least += b.periods[y].bank_least;
    both.periods[y].ceiling = std::min(a.periods[y].ceiling, b.periods[y].ceiling);
    for (const SupplyTerm& t : b.periods[y].terms) both.periods[y].terms.push_back(t);
    a.periods[y].floor = b.periods[y].floor = both.periods[y].floor = 0;  // two floors are not one
  }
  const FlowResult linked = cost_flow({a, b}, {{0, 1, {1e9}}, {1, 0, {1e9}}});
  const PathResult one = competitive_path(both);
  for (std::size_t y = 0; y < n; ++y) {
    RC_ASSERT(std::fabs(linked.markets[0].periods[y].price - linked.markets[1].periods[y].price) < 1e-4);
    RC_ASSERT(std::fabs(linked.markets[0].periods[y].price - one.periods[y].price) < 1e-4);
  }
  // With one, the price is higher only where units may not come in any more.
  const double quota = whole(0, 200);
  const FlowResult limited = cost_flow({a, b}, {{0, 1, {quota}}});
  for (std::size_t y = 0; y < n; ++y)
    if (limited.markets[1].periods[y].price > limited.markets[0].periods[y].price + 1e-4) RC_ASSERT(limited.linked[0][y] == quota);
}

RC_GTEST_PROP(LinkedPathsProperty, AgreeWithOneMarketAndWithTheFlowOfTheirSteps, ()) {
  const bool steps = *rc::gen::inRange(0, 2) == 0;
  PathProblem a = any_problem(steps, false), b = any_problem(steps, false);
  b.rate = a.rate;
  const std::size_t n = std::min(a.periods.size(), b.periods.size());
  a.periods.resize(n);
  b.periods.resize(n);
  PathProblem both = a;
  both.bank += b.bank;
  for (std::size_t y = 0; y < n; ++y) {
    a.periods[y].floor = b.periods[y].floor = both.periods[y].floor = 0;  // two floors are not one
    b.periods[y].time = a.periods[y].time;
    both.periods[y].need += b.periods[y].need;
    both.periods[y].supply += b.periods[y].supply;
    both.periods[y].bank_least += b.periods[y].bank_least;
    both.periods[y].ceiling = std::min(a.periods[y].ceiling, b.periods[y].ceiling);
    for (const SupplyTerm& t : b.periods[y].terms) both.periods[y].terms.push_back(t);
  }
  const PathResult one = competitive_path(both);
  const LinkedPaths free = linked_paths({a, b}, {{0, 1}, {1, 0}});
  // A curve that is cut into whole tonnes answers to the tonne; prices follow its slope.
  const double exact = steps ? 1e-4 : 0.6;
  for (std::size_t y = 0; y < n; ++y)
    for (const PathResult& market : free.markets) RC_ASSERT(std::fabs(market.periods[y].price - one.periods[y].price) < exact);
  if (!steps) return;
  const double quota = whole(0, 200);
  const LinkedPaths limited = linked_paths({a, b}, {{0, 1, {quota}}});
  const FlowResult flow = cost_flow({a, b}, {{0, 1, {quota}}});
  for (std::size_t m = 0; m < 2; ++m)
    for (std::size_t y = 0; y < n; ++y) RC_ASSERT(std::fabs(limited.markets[m].periods[y].price - flow.markets[m].periods[y].price) < 1e-4);
}

RC_GTEST_PROP(CostCurveProperty, QuantityPriceAndCostBelongTogether, ()) {
  const auto curve = any_curve(*rc::gen::inRange(0, 2) == 0);
  const double tonnes = curve->total() * whole(1, 1001) / 1000, price = curve->price_of(tonnes);
  RC_ASSERT(curve->below(price) <= tonnes + 1e-9);
  RC_ASSERT(curve->at(price) >= tonnes - 1e-9);
  // The cost is the integral of the marginal cost.
  double sum = 0;
  constexpr int parts = 4000;
  for (int i = 0; i < parts; ++i) sum += curve->price_of(tonnes * (i + 0.5) / parts) * tonnes / parts;
  RC_ASSERT(std::fabs(curve->cost_of(tonnes) - sum) <= 1e-3 * (1 + sum) + 80 * tonnes / parts);
}

}  // namespace
}  // namespace tantu
