#include "sim/cost_flow.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/bellman_ford_shortest_paths.hpp>
#include <boost/graph/edge_list.hpp>
#include <boost/graph/successive_shortest_path_nonnegative_weights.hpp>
#include <fmt/format.h>

#include "sim/elementary.hpp"
#include "sim/units.hpp"

namespace tantu {

namespace {

using Whole = std::int64_t;
using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::directedS>;
using Network = boost::adjacency_list<
    boost::vecS, boost::vecS, boost::directedS, boost::no_property,
    boost::property<boost::edge_capacity_t, Whole,
                    boost::property<boost::edge_residual_capacity_t, Whole,
                                    boost::property<boost::edge_reverse_t, Traits::edge_descriptor, boost::property<boost::edge_weight_t, Whole>>>>>;
using Arc = std::pair<std::size_t, std::size_t>;
using Residual = boost::edge_list<std::vector<Arc>::const_iterator>;

/// Costs are whole millionths of a currency unit: fine enough for a tick after decades of discounting.
constexpr double cost_unit = 1e-6;
/// Capacity that never binds; sums of it stay far from the end of 64 bits.
constexpr Whole no_limit = Whole{1} << 50;

Whole capacity(double tonnes) {
  if (!(tonnes < static_cast<double>(no_limit))) return no_limit;
  return std::max<Whole>(0, whole_tonnes(tonnes).count);
}

class Expansion {
 public:
  Expansion(std::size_t nodes) : graph_(nodes) {}

  Traits::edge_descriptor arc(std::size_t from, std::size_t to, Whole most, Whole cost) {
    const auto there = boost::add_edge(from, to, graph_).first, back = boost::add_edge(to, from, graph_).first;
    auto capacities = boost::get(boost::edge_capacity, graph_);
    auto reverses = boost::get(boost::edge_reverse, graph_);
    auto weights = boost::get(boost::edge_weight, graph_);
    capacities[there] = most;
    capacities[back] = 0;
    reverses[there] = back;
    reverses[back] = there;
    weights[there] = cost;
    weights[back] = -cost;
    return there;
  }
  void solve(std::size_t source, std::size_t sink) {
    boost::successive_shortest_path_nonnegative_weights(graph_, source, sink);
  }
  Whole flow(Traits::edge_descriptor arc) const {
    return boost::get(boost::edge_capacity, graph_)[arc] - boost::get(boost::edge_residual_capacity, graph_)[arc];
  }
  double cost() const {
    double sum = 0;
    for (const auto e : boost::make_iterator_range(boost::edges(graph_)))
      if (const Whole f = flow(e); f > 0) sum += static_cast<double>(f) * static_cast<double>(boost::get(boost::edge_weight, graph_)[e]) * cost_unit;
    return sum;
  }
  /// What a unit less at each node would save: the longest way of undoing flow from the node back to the source.
  std::vector<Whole> savings(std::size_t source) const {
    std::vector<Arc> arcs;
    std::vector<Whole> weights;
    for (const auto e : boost::make_iterator_range(boost::edges(graph_)))
      if (boost::get(boost::edge_residual_capacity, graph_)[e] > 0) {
        arcs.emplace_back(boost::target(e, graph_), boost::source(e, graph_));
        weights.push_back(boost::get(boost::edge_weight, graph_)[e]);
      }
    const Residual backwards(arcs.cbegin(), arcs.cend());
    const std::size_t nodes = boost::num_vertices(graph_);
    constexpr Whole unreached = std::numeric_limits<Whole>::max();
    std::vector<Whole> distance(nodes, unreached);
    distance[source] = 0;
    boost::bellman_ford_shortest_paths(
        backwards, nodes,
        boost::distance_map(boost::make_iterator_property_map(distance.begin(), boost::identity_property_map()))
            .weight_map(boost::make_iterator_property_map(weights.cbegin(), boost::get(boost::edge_index, backwards))));
    for (Whole& d : distance) d = d == unreached ? 0 : -d;
    return distance;
  }

 private:
  Network graph_;
};

}  // namespace

CostCurve stepped(const CostCurve& curve, int pieces) {
  std::vector<CurveSegment> steps;
  const auto points = curve.points();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const CostCurve::Point& p = points[i];
    if (p.above > p.below) steps.push_back({p.price, p.price, p.above - p.below});
    if (p.slope <= 0 || i + 1 == points.size()) continue;
    const double width = (points[i + 1].price - p.price) / pieces;
    for (int k = 0; k < pieces; ++k) {
      const double at = p.price + (k + 0.5) * width;
      steps.push_back({at, at, p.slope * width});
    }
  }
  return CostCurve(std::move(steps));
}

FlowResult cost_flow(const std::vector<PathProblem>& markets, const std::vector<FlowLink>& links) {
  if (markets.empty()) throw std::invalid_argument("cost flow: no market");
  const std::size_t n = markets[0].periods.size();
  for (std::size_t m = 0; m < markets.size(); ++m) {
    if (markets[m].periods.size() != n || markets[m].rate != markets[0].rate)
      throw std::invalid_argument(fmt::format("cost flow: market {} differs from the first in its periods or its rate of interest", m));
    for (std::size_t y = 0; y < n; ++y)
      if (markets[m].periods[y].time != markets[0].periods[y].time)
        throw std::invalid_argument(fmt::format("cost flow: period {} of market {} is at another time than the first market's", y, m));
  }
  // More than all markets could ever offer at a floor.
  double all = 0;
  for (const PathProblem& market : markets) {
    all += std::max(0.0, market.bank);
    for (const PathPeriod& p : market.periods) all += std::max(0.0, p.supply) + std::fabs(p.bank_least) + p.supplied(market.choke);
  }
  const Whole anything = std::min(no_limit / 4096, capacity(2 * all + 1));
  const double log_growth = elementary::log(1 + markets[0].rate);
  const auto node = [&](std::size_t m, std::size_t y) { return 2 + m * n + y; };
  constexpr std::size_t source = 0, sink = 1;
  Expansion network(2 + markets.size() * n);
  enum class Part { term, ceiling, choke, floor };
  struct Use { Traits::edge_descriptor arc; std::size_t market, period; Part part; };
  std::vector<Use> uses;
  std::vector<std::vector<Traits::edge_descriptor>> banking(markets.size());
  for (std::size_t m = 0; m < markets.size(); ++m) {
    const PathProblem& market = markets[m];
    double least_before = 0;
    for (std::size_t y = 0; y < n; ++y) {
      const PathPeriod& p = market.periods[y];
      const double growth = elementary::exp(log_growth * p.time);
      const auto cost = [&](double price) { return static_cast<Whole>(nearest(price / growth / cost_unit)); };
      double given = p.supply - (p.bank_least - least_before) + (y == 0 ? market.bank : 0), need = p.need;
      least_before = p.bank_least;
      const double top = std::min(p.ceiling, market.choke);
      for (const SupplyTerm& t : p.terms) {
        double before = 0;
        for (const CostCurve::Point& step : t.curve->points()) {
          if (step.slope > 0) throw std::invalid_argument(fmt::format("cost flow: market {} has a curve with a straight piece in period {}; cut it into steps", m, y));
          // Rounded as a sum, so that many small steps do not lose their tonnes.
          const double after = t.tonnes * step.above;
          const Whole tonnes = capacity(after) - capacity(before);
          before = after;
          if (step.price * t.price <= 0) given += static_cast<double>(tonnes);
          else if (step.price * t.price < top && tonnes > 0)
            uses.push_back({network.arc(source, node(m, y), tonnes, cost(step.price * t.price)), m, y, Part::term});
        }
      }
      if (given < 0) {
        need -= given;
        given = 0;
      }
      network.arc(source, node(m, y), capacity(given), 0);
      network.arc(node(m, y), sink, capacity(need) + (p.floor > 0 ? anything : 0), 0);
      if (p.floor > 0) uses.push_back({network.arc(source, node(m, y), anything, cost(p.floor)), m, y, Part::floor});
      uses.push_back({network.arc(source, node(m, y), no_limit, cost(top)), m, y, p.ceiling > market.choke ? Part::choke : Part::ceiling});
      if (y + 1 < n) banking[m].push_back(network.arc(node(m, y), node(m, y + 1), capacity(p.bank_most - p.bank_least), 0));
    }
  }
  std::vector<std::vector<Traits::edge_descriptor>> linking(links.size());
  for (std::size_t l = 0; l < links.size(); ++l) {
    const FlowLink& link = links[l];
    if (link.from >= markets.size() || link.to >= markets.size() || link.from == link.to || (link.most.size() != 1 && link.most.size() != n))
      throw std::invalid_argument(fmt::format("cost flow: link {} joins market {} with {} by {} quotas", l, link.from, link.to, link.most.size()));
    for (std::size_t y = 0; y < n; ++y) {
      const Whole fee = static_cast<Whole>(nearest(link.fee / elementary::exp(log_growth * markets[0].periods[y].time) / cost_unit));
      linking[l].push_back(network.arc(node(link.from, y), node(link.to, y), capacity(link.most[link.most.size() == 1 ? 0 : y]), std::max<Whole>(1, fee)));
    }
  }

  network.solve(source, sink);
  const std::vector<Whole> savings = network.savings(source);
  FlowResult result;
  result.cost = network.cost();
  result.markets.resize(markets.size());
  for (std::size_t m = 0; m < markets.size(); ++m) {
    result.markets[m].periods.resize(n);
    for (std::size_t y = 0; y < n; ++y) {
      PathResult::Period& r = result.markets[m].periods[y];
      r.price = std::max(0.0, static_cast<double>(savings[node(m, y)]) * cost_unit * elementary::exp(log_growth * markets[m].periods[y].time));
      r.bank = markets[m].periods[y].bank_least + (y + 1 < n ? static_cast<double>(network.flow(banking[m][y])) : 0.0);
      if (markets[m].periods[y].floor > 0) r.withheld = static_cast<double>(anything);
    }
  }
  for (const Use& use : uses) {
    PathResult::Period& r = result.markets[use.market].periods[use.period];
    const auto flow = static_cast<double>(network.flow(use.arc));
    switch (use.part) {
      case Part::term: r.supplied += flow; break;
      case Part::ceiling: r.released += flow; break;
      case Part::choke: r.shortage += flow; break;
      case Part::floor: r.withheld -= flow; break;
    }
  }
  for (const auto& arcs : linking) {
    std::vector<double>& tonnes = result.linked.emplace_back();
    for (const auto arc : arcs) tonnes.push_back(static_cast<double>(network.flow(arc)));
  }
  return result;
}

}  // namespace tantu
