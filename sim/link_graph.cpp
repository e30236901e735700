#include "sim/link_graph.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/bellman_ford_shortest_paths.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>

#include "sim/elementary.hpp"

namespace tantu {

namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS, boost::no_property, boost::property<boost::edge_weight_t, double>>;
constexpr double rounding = 1e-5;  // ratios are whole millionths

Graph graph_of(std::uint32_t markets, const std::vector<LinkArc>& arcs, std::size_t count) {
  Graph graph(markets);
  for (std::size_t i = 0; i < count; ++i) boost::add_edge(arcs[i].from, arcs[i].to, -elementary::log(arcs[i].factor), graph);
  return graph;
}

bool is_mutual(const std::vector<LinkArc>& arcs, const LinkArc& arc) {
  return std::any_of(arcs.begin(), arcs.end(), [&](const LinkArc& back) { return back.from == arc.to && back.to == arc.from; });
}

/// The fewest arcs from a market to another; empty where none lead there.
std::vector<std::uint32_t> way(const Graph& graph, std::uint32_t from, std::uint32_t to) {
  std::vector<std::uint32_t> before(boost::num_vertices(graph));
  for (std::uint32_t v = 0; v < before.size(); ++v) before[v] = v;
  boost::breadth_first_search(graph, from, boost::visitor(boost::make_bfs_visitor(boost::record_predecessors(before.data(), boost::on_tree_edge{}))));
  if (from != to && before[to] == to) return {};
  std::vector<std::uint32_t> markets{to};
  while (markets.back() != from) markets.push_back(before[markets.back()]);
  std::reverse(markets.begin(), markets.end());
  return markets;
}

double product_along(const std::vector<LinkArc>& arcs, const std::vector<std::uint32_t>& markets) {
  double product = 1;
  for (std::size_t i = 1; i < markets.size(); ++i) {
    double best = 0;
    for (const LinkArc& arc : arcs)
      if (arc.from == markets[i - 1] && arc.to == markets[i]) best = std::max(best, arc.factor);
    product *= best;
  }
  return product;
}

}  // namespace

std::vector<std::int32_t> link_components(std::uint32_t markets, const std::vector<LinkArc>& arcs) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(markets);
  for (const LinkArc& arc : arcs) boost::add_edge(arc.from, arc.to, graph);
  std::vector<std::int32_t> component(markets);
  if (markets > 0) boost::connected_components(graph, component.data());
  return component;
}

std::optional<LinkCircle> one_way_circle(std::uint32_t markets, const std::vector<LinkArc>& arcs) {
  // Arc by arc, so that the circle is blamed on the one that closes it.
  for (std::size_t last = 0; last < arcs.size(); ++last) {
    const Graph graph = graph_of(markets, arcs, last + 1);
    for (std::size_t i = 0; i <= last; ++i) {
      if (is_mutual(arcs, arcs[i])) continue;
      const auto back = way(graph, arcs[i].to, arcs[i].from);
      if (back.empty()) continue;
      LinkCircle circle;
      circle.markets = {arcs[i].from};
      circle.markets.insert(circle.markets.end(), back.begin(), back.end());
      circle.product = product_along(arcs, circle.markets);
      circle.arc = last;
      return circle;
    }
  }
  return std::nullopt;
}

std::optional<LinkCircle> multiplying_circle(std::uint32_t markets, const std::vector<LinkArc>& arcs) {
  for (std::size_t last = 0; last < arcs.size(); ++last) {
    const Graph graph = graph_of(markets, arcs, last);
    // The best way back from the end of the last arc to its beginning; circles without it were seen before.
    std::vector<double> distance(markets, 1e9);
    std::vector<std::uint32_t> before(markets);
    for (std::uint32_t v = 0; v < markets; ++v) before[v] = v;
    distance[arcs[last].to] = 0;
    // Without a circle that multiplies Bellman and Ford's sum is finite; a rounding's worth is forgiven each round.
    boost::bellman_ford_shortest_paths(graph, static_cast<int>(markets),
                                       boost::weight_map(boost::get(boost::edge_weight, graph)).distance_map(distance.data()).predecessor_map(before.data())
                                           .distance_compare([](double a, double b) { return a < b - rounding; }));
    if (distance[arcs[last].from] > 1e8) continue;
    const double product = arcs[last].factor * elementary::exp(-distance[arcs[last].from]);
    if (product <= 1 + rounding) continue;
    LinkCircle circle;
    circle.arc = last;
    circle.markets = {arcs[last].from};
    for (std::uint32_t v = before[arcs[last].from]; v != arcs[last].to && circle.markets.size() <= markets; v = before[v]) circle.markets.push_back(v);
    if (arcs[last].from != arcs[last].to) circle.markets.push_back(arcs[last].to);
    circle.markets.push_back(arcs[last].from);
    std::reverse(circle.markets.begin(), circle.markets.end());
    circle.product = product;
    return circle;
  }
  return std::nullopt;
}

}  // namespace tantu
