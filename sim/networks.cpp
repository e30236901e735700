#include "sim/networks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/betweenness_centrality.hpp>
#include <boost/graph/clustering_coefficient.hpp>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/exterior_property.hpp>
#include <boost/graph/page_rank.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>
#include <cmath>
#include <map>
#include <stdexcept>

namespace tantu {

namespace {

using Vertex = std::uint32_t;
using Arc = std::pair<Vertex, Vertex>;
using Directed = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property, boost::no_property, Vertex>;
using Undirected = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;

/// Requires sorted arcs.
Directed directed(std::size_t vertices, const std::vector<Arc>& arcs) {
  return Directed(boost::edges_are_sorted, arcs.begin(), arcs.end(), static_cast<Vertex>(vertices));
}

Adjacency rows(std::size_t vertices, const std::vector<Arc>& arcs) {
  const Directed graph = directed(vertices, arcs);
  Adjacency out;
  out.entries.reserve(arcs.size());
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    for (const Vertex w : boost::make_iterator_range(boost::adjacent_vertices(v, graph))) out.entries.push_back(w);
    out.starts.push_back(out.entries.size());
  }
  return out;
}

Undirected undirected(const Adjacency& known) {
  Undirected graph(known.size());
  for (Vertex v = 0; v < known.size(); ++v)
    for (const Vertex w : known[v])
      if (v < w) boost::add_edge(v, w, graph);
  return graph;
}

/// Who knows whom, each acquaintance as an arc both ways: a tenth of the memory of `undirected`, for what asks for neighbours only.
Directed both_ways(const Adjacency& known) {
  std::vector<Arc> arcs;
  arcs.reserve(known.entries.size());
  for (Vertex v = 0; v < known.size(); ++v)
    for (const Vertex w : known[v]) arcs.emplace_back(v, w);
  return directed(known.size(), arcs);
}

/// The component of each vertex, numbered from 0 in the order of their first vertices. Requires that each edge can be passed both ways.
template <class Graph>
std::vector<std::int32_t> components_of(const Graph& graph) {
  std::vector<std::int32_t> component(boost::num_vertices(graph));
  boost::connected_components(graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  return component;
}

/// Vertices of a circle with the first one repeated at the end; empty if there is none. The search starts at the least
/// vertex of a strong component, so that the message does not depend on the order of the input.
std::vector<Vertex> find_circle(const Directed& graph) {
  const auto n = static_cast<Vertex>(boost::num_vertices(graph));
  std::vector<Vertex> component(n);
  boost::strong_components(graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  // Where a component has several vertices, each has a successor inside; alone, only a vertex with a loop has.
  const auto next = [&](Vertex v) {
    for (const Vertex w : boost::make_iterator_range(boost::adjacent_vertices(v, graph)))
      if (component[w] == component[v]) return w;
    return n;
  };
  for (Vertex start = 0; start < n; ++start) {
    if (next(start) == n) continue;
    std::vector<Vertex> path{start};
    for (;;) {
      const Vertex to = next(path.back());
      const auto seen = std::find(path.begin(), path.end(), to);
      if (seen != path.end()) {
        path.erase(path.begin(), seen);
        path.push_back(to);
        return path;
      }
      path.push_back(to);
    }
  }
  return {};
}

/// "power -> aluminium -> power"
template <class Name>
std::string arrows(const std::vector<Vertex>& path, Name name) {
  std::string text;
  for (const Vertex v : path) text += (text.empty() ? "" : " -> ") + name(v);
  return text;
}

}  // namespace

Ownership::Ownership(std::span<const std::int32_t> owner_of_group, std::span<const std::int32_t> group_of_firm, std::span<const std::string> names) {
  const std::size_t groups = owner_of_group.size();
  const auto check = [&](const char* what, std::size_t i, std::int32_t owner) {
    if (owner < independent || (owner >= 0 && static_cast<std::size_t>(owner) >= groups))
      throw std::invalid_argument(fmt::format("ownership: {} {} belongs to group {}, but there are {} groups", what, i, owner, groups));
  };
  std::vector<Arc> arcs;
  for (std::size_t g = 0; g < groups; ++g) {
    check("group", g, owner_of_group[g]);
    if (owner_of_group[g] >= 0) arcs.emplace_back(static_cast<Vertex>(owner_of_group[g]), static_cast<Vertex>(g));
  }
  std::sort(arcs.begin(), arcs.end());
  if (const std::vector<Vertex> circle = find_circle(directed(groups, arcs)); !circle.empty())
    throw std::invalid_argument(
        "ownership: groups " + arrows(circle, [&](Vertex v) { return names.empty() ? std::to_string(v) : names[v]; }) + " own each other in a circle");

  top_of_group_.resize(groups);
  for (std::size_t g = 0; g < groups; ++g) {
    std::size_t top = g;
    while (owner_of_group[top] >= 0) top = static_cast<std::size_t>(owner_of_group[top]);
    top_of_group_[g] = static_cast<std::int32_t>(top);
  }
  std::vector<Arc> owned;
  for (std::size_t f = 0; f < group_of_firm.size(); ++f) {
    check("firm", f, group_of_firm[f]);
    top_of_firm_.push_back(group_of_firm[f] < 0 ? independent : top_of_group_[static_cast<std::size_t>(group_of_firm[f])]);
    for (std::int32_t g = group_of_firm[f]; g >= 0; g = owner_of_group[static_cast<std::size_t>(g)])
      owned.emplace_back(static_cast<Vertex>(g), static_cast<Vertex>(f));
  }
  std::sort(owned.begin(), owned.end());
  members_.starts.reserve(groups + 1);
  std::size_t next = 0;
  for (Vertex g = 0; g < groups; ++g) {
    for (; next < owned.size() && owned[next].first == g; ++next) members_.entries.push_back(owned[next].second);
    members_.starts.push_back(next);
  }
}

std::span<const std::uint32_t> Ownership::members(std::size_t group) const {
  if (group >= groups()) throw std::out_of_range(fmt::format("ownership: there is no group {} of {}", group, groups()));
  return members_[group];
}

double Ownership::concentration(std::span<const double> amount) const {
  if (amount.size() != firms())
    throw std::invalid_argument(fmt::format("ownership: {} amounts for {} firms", amount.size(), firms()));
  std::vector<double> of_group(groups());
  double total = 0.0, squares = 0.0;
  for (std::size_t f = 0; f < firms(); ++f) {
    total += amount[f];
    if (top_of_firm_[f] < 0) squares += amount[f] * amount[f];
    else of_group[static_cast<std::size_t>(top_of_firm_[f])] += amount[f];
  }
  for (const double a : of_group) squares += a * a;
  return total > 0.0 ? squares / (total * total) : 0.0;
}

Counterparties::Counterparties(std::size_t firms, std::span<const Pair> pairs) {
  std::vector<Arc> arcs;
  arcs.reserve(2 * pairs.size());
  for (const auto& [a, b] : pairs) {
    if (a >= firms || b >= firms) throw std::invalid_argument(fmt::format("counterparties: {} - {} among {} firms", a, b, firms));
    if (a == b) throw std::invalid_argument(fmt::format("counterparties: firm {} is its own counterparty", a));
    arcs.emplace_back(a, b);
    arcs.emplace_back(b, a);
  }
  std::sort(arcs.begin(), arcs.end());
  arcs.erase(std::unique(arcs.begin(), arcs.end()), arcs.end());
  known_ = rows(firms, arcs);
}

namespace {

/// A firm's arcs of a ring, each ending at a mark. Marks are the words of the firm's own draws.
class Ring {
 public:
  void add(std::uint32_t mark, std::uint32_t id, Vertex firm) { marks_.push_back({mark, id, firm}); }
  void close() { std::sort(marks_.begin(), marks_.end()); }
  /// The firm on whose arc the point lies. Requires at least one mark.
  Vertex at(std::uint32_t point) const {
    const auto mark = std::lower_bound(marks_.begin(), marks_.end(), Mark{point, 0, 0});
    return (mark == marks_.end() ? marks_.front() : *mark).firm;
  }

 private:
  struct Mark {
    std::uint32_t place, id;  // equal places are told apart by the id, which does not depend on the row
    Vertex firm;
    friend auto operator<=>(const Mark&, const Mark&) = default;
  };
  std::vector<Mark> marks_;
};

// Where the draws of a firm stand in Stream::network (day 0).
constexpr std::uint32_t first_mark = 0, mark_draws = 2, first_choice = 1u << 16, first_group_choice = 1u << 20;

}  // namespace

Counterparties::Counterparties(RandomKey key, const CounterpartyParameters& parameters, std::span<const std::uint32_t> id_of_firm,
                               std::span<const std::int32_t> group_of_firm, std::span<const std::int32_t> region_of_firm) {
  const std::size_t firms = id_of_firm.size();
  if (group_of_firm.size() != firms || region_of_firm.size() != firms)
    throw std::invalid_argument(fmt::format("counterparties: {} ids, {} groups and {} regions", firms, group_of_firm.size(), region_of_firm.size()));
  std::vector<std::uint32_t> ids(id_of_firm.begin(), id_of_firm.end());
  std::sort(ids.begin(), ids.end());
  if (const auto twice = std::adjacent_find(ids.begin(), ids.end()); twice != ids.end())
    throw std::invalid_argument(fmt::format("counterparties: two firms have the id {}", *twice));

  Ring everyone;
  std::map<std::int32_t, Ring> regions, groups;
  std::map<std::int32_t, std::vector<Vertex>> members;
  for (Vertex f = 0; f < firms; ++f) {
    const std::uint32_t id = id_of_firm[f];
    Ring& region = regions[region_of_firm[f]];
    Ring* group = group_of_firm[f] < 0 ? nullptr : &groups[group_of_firm[f]];
    if (group != nullptr) members[group_of_firm[f]].push_back(f);
    for (std::uint32_t n = 0; n < mark_draws; ++n)
      for (const std::uint32_t mark : draw(key, Stream::network, id, 0, first_mark + n).word) {
        everyone.add(mark, id, f);
        region.add(mark, id, f);
        if (group != nullptr) group->add(mark, id, f);
      }
  }
  everyone.close();
  for (auto& entry : regions) entry.second.close();
  for (auto& entry : groups) entry.second.close();

  std::vector<Pair> pairs;
  std::vector<Vertex> chosen;
  // Chooses `half` firms, and half of the time one more where the mean is odd. Points that fall on the firm itself,
  // on one not wanted or on one chosen before are passed over; a firm that keeps missing gives up.
  const auto choose = [&](Vertex f, std::int64_t mean, std::uint32_t first, auto ring_for, auto wanted) {
    const auto odd = static_cast<std::int64_t>(draw(key, Stream::network, id_of_firm[f], 0, first).word[0] >> 31);
    const auto aim = static_cast<std::size_t>(mean / 2 + mean % 2 * odd);
    const auto patience = static_cast<std::uint32_t>(16 + 8 * aim);
    chosen.clear();
    for (std::uint32_t attempt = 1; chosen.size() < aim && attempt <= patience; ++attempt) {
      const Draw d = draw(key, Stream::network, id_of_firm[f], 0, first + attempt);
      const Vertex other = ring_for(d.uniform(1)).at(d.word[0]);
      if (other == f || !wanted(other) || std::find(chosen.begin(), chosen.end(), other) != chosen.end()) continue;
      chosen.push_back(other);
      pairs.emplace_back(f, other);
    }
  };
  for (Vertex f = 0; f < firms; ++f) {
    const std::int32_t group = group_of_firm[f];
    const Ring& region = regions[region_of_firm[f]];
    choose(f, parameters.known_counterparties, first_choice,
           [&](double u) -> const Ring& { return u < parameters.same_region_share ? region : everyone; },
           [&](Vertex other) { return group < 0 || group_of_firm[other] != group; });
    if (group < 0) continue;
    const std::vector<Vertex>& fellows = members[group];
    if (fellows.size() <= static_cast<std::size_t>(parameters.known_group_members) + 1) {
      for (const Vertex other : fellows)
        if (f < other) pairs.emplace_back(f, other);
    } else {
      choose(f, parameters.known_group_members, first_group_choice, [&](double) -> const Ring& { return groups[group]; },
             [](Vertex) { return true; });
    }
  }
  *this = Counterparties(firms, pairs);
}

std::span<const std::uint32_t> Counterparties::neighbours(std::size_t firm) const {
  if (firm >= firms()) throw std::out_of_range(fmt::format("counterparties: there is no firm {} of {}", firm, firms()));
  return known_[firm];
}

bool Counterparties::know_each_other(std::size_t firm, std::size_t other) const {
  const auto known = neighbours(firm);
  if (other >= firms()) throw std::out_of_range(fmt::format("counterparties: there is no firm {} of {}", other, firms()));
  return std::binary_search(known.begin(), known.end(), static_cast<std::uint32_t>(other));
}

std::vector<std::size_t> Counterparties::degree_distribution() const {
  std::vector<std::size_t> count;
  for (std::size_t f = 0; f < firms(); ++f) {
    const std::size_t degree = known_[f].size();
    if (degree >= count.size()) count.resize(degree + 1);
    ++count[degree];
  }
  return count;
}

std::vector<std::int32_t> Counterparties::components() const {
  return components_of(both_ways(known_));
}

double Counterparties::mean_clustering() const {
  if (firms() == 0) return 0.0;
  // Counted both ways, neighbours who know each other are twice as many, and so are those who might.
  const Directed graph = both_ways(known_);
  std::vector<double> clustering(firms());
  const auto map = boost::make_iterator_property_map(clustering.begin(), boost::get(boost::vertex_index, graph));
  return boost::all_clustering_coefficients(graph, map);
}

std::vector<double> Counterparties::betweenness() const {
  std::vector<double> share(firms());
  const Undirected graph = undirected(known_);
  boost::brandes_betweenness_centrality(graph, boost::make_iterator_property_map(share.begin(), boost::get(boost::vertex_index, graph)));
  // Boost sums over unordered pairs of an undirected graph.
  const double n = static_cast<double>(firms());
  if (firms() > 2)
    for (double& s : share) s /= (n - 1.0) * (n - 2.0) / 2.0;
  return share;
}

std::vector<double> Counterparties::centrality() const {
  std::vector<double> rank(firms());
  if (firms() == 0) return rank;
  // An acquaintance leads both ways; a firm that knows nobody keeps what the damping gives it.
  std::vector<Arc> arcs;
  arcs.reserve(known_.entries.size());
  for (Vertex v = 0; v < firms(); ++v)
    for (const Vertex w : known_[v]) arcs.emplace_back(v, w);
  boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS> graph(arcs.begin(), arcs.end(), firms());
  boost::graph::page_rank(graph, boost::make_iterator_property_map(rank.begin(), boost::get(boost::vertex_index, graph)), boost::graph::n_iterations(30), 0.85);
  double sum = 0;
  for (const double r : rank) sum += r;
  for (double& r : rank) r /= sum;
  return rank;
}

SupplyChain::SupplyChain(std::vector<std::string> sectors, std::vector<Link> links) : sectors_(std::move(sectors)), links_(std::move(links)) {
  std::sort(links_.begin(), links_.end(), [](const Link& a, const Link& b) {
    return std::pair(a.buyer, a.supplier) < std::pair(b.buyer, b.supplier);
  });
  std::vector<Arc> arcs;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& l = links_[i];
    if (l.supplier >= sectors_.size() || l.buyer >= sectors_.size())
      throw std::invalid_argument(fmt::format("supply chain: link {} -> {} among {} sectors", l.supplier, l.buyer, sectors_.size()));
    const std::string name = sectors_[l.supplier] + " -> " + sectors_[l.buyer];
    if (!(l.pass_through >= 0.0) || !std::isfinite(l.pass_through))
      throw std::invalid_argument(fmt::format("supply chain: {} passes through {}, but must be finite and not negative", name, l.pass_through));
    if (!(l.input >= 0.0) || !std::isfinite(l.input))
      throw std::invalid_argument(fmt::format("supply chain: {} has input {}, but must be finite and not negative", name, l.input));
    if (i > 0 && links_[i - 1].supplier == l.supplier && links_[i - 1].buyer == l.buyer)
      throw std::invalid_argument(fmt::format("supply chain: {} occurs twice", name));
    arcs.emplace_back(l.supplier, l.buyer);
  }
  std::sort(arcs.begin(), arcs.end());
  const Directed graph = directed(sectors_.size(), arcs);
  if (const std::vector<Vertex> circle = find_circle(graph); !circle.empty())
    throw std::invalid_argument("supply chain: " + arrows(circle, [&](Vertex v) { return sectors_[v]; }) + " is a circle");
  boost::topological_sort(graph, std::back_inserter(order_));
  std::reverse(order_.begin(), order_.end());
  std::size_t next = 0;
  for (std::uint32_t buyer = 0; buyer < sectors_.size(); ++buyer) {
    while (next < links_.size() && links_[next].buyer == buyer) ++next;
    first_link_.push_back(next);
  }
}

std::vector<std::int32_t> SupplyChain::components() const {
  Undirected graph(sectors_.size());
  for (const Link& link : links_) boost::add_edge(link.supplier, link.buyer, graph);
  return components_of(graph);
}

std::vector<double> SupplyChain::propagate(std::span<const double> own) const {
  if (own.size() != sectors_.size())
    throw std::invalid_argument(fmt::format("supply chain: {} costs for {} sectors", own.size(), sectors_.size()));
  std::vector<double> cost(own.begin(), own.end());
  for (const std::uint32_t buyer : order_)
    for (std::size_t i = first_link_[buyer]; i < first_link_[buyer + 1]; ++i)
      cost[buyer] += links_[i].pass_through * links_[i].input * cost[links_[i].supplier];
  return cost;
}

}  // namespace tantu
