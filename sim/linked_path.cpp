#include "sim/linked_path.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <fmt/format.h>

#include "sim/cost_flow.hpp"

namespace tantu {

namespace {

/// Which link an edge is; each joins two markets, whichever way units may go.
using Links = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property, boost::property<boost::edge_index_t, std::size_t>>;

/// What a market's units and money are worth in those of its component's first market.
struct Worth {
  double unit = 1, currency = 1;
};

std::vector<Worth> worths(const Links& graph, const std::vector<int>& component, const std::vector<MarketLink>& links) {
  std::vector<Worth> worth(boost::num_vertices(graph));
  class Carry : public boost::default_bfs_visitor {
   public:
    Carry(const std::vector<MarketLink>& links, std::vector<Worth>& worth) : links_(links), worth_(worth) {}
    void tree_edge(const Links::edge_descriptor& e, const Links& graph) {
      const std::size_t a = boost::source(e, graph), b = boost::target(e, graph);
      const MarketLink& link = links_[boost::get(boost::edge_index, graph, e)];
      const bool along = link.from == a;
      worth_[b].unit = worth_[a].unit * (along ? 1 / link.ratio : link.ratio);
      worth_[b].currency = worth_[a].currency * (along ? 1 / link.exchange : link.exchange);
    }

   private:
    const std::vector<MarketLink>& links_;
    std::vector<Worth>& worth_;
  };
  for (std::size_t m = 0; m < worth.size(); ++m)
    if (std::find(component.begin(), component.end(), component[m]) - component.begin() == static_cast<std::ptrdiff_t>(m))
      boost::breadth_first_search(graph, m, boost::visitor(Carry(links, worth)));
  for (std::size_t l = 0; l < links.size(); ++l) {
    const Worth &from = worth[links[l].from], &to = worth[links[l].to];
    if (std::fabs(from.unit / (to.unit * links[l].ratio) - 1) > 1e-9)
      throw std::invalid_argument(fmt::format("linked paths: the ratio of link {}, {:g}, does not agree with the other links between its markets", l, links[l].ratio));
    if (std::fabs(from.currency / (to.currency * links[l].exchange) - 1) > 1e-9)
      throw std::invalid_argument(fmt::format("linked paths: the rate of exchange of link {}, {:g}, does not agree with the other links between its markets", l, links[l].exchange));
  }
  return worth;
}

void check(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links) {
  for (std::size_t l = 0; l < links.size(); ++l) {
    const MarketLink& link = links[l];
    if (link.from >= markets.size() || link.to >= markets.size() || link.from == link.to)
      throw std::invalid_argument(fmt::format("linked paths: link {} joins market {} with {}, of {}", l, link.from, link.to, markets.size()));
    if (!(link.fee >= 0)) throw std::invalid_argument(fmt::format("linked paths: link {} has a fee of {:g}", l, link.fee));
    if (!(link.ratio > 0) || !(link.exchange > 0)) throw std::invalid_argument(fmt::format("linked paths: link {} has a ratio of {:g} and a rate of exchange of {:g}", l, link.ratio, link.exchange));
    const std::size_t n = markets[link.from].periods.size();
    if (link.most.size() > 1 && link.most.size() != n) throw std::invalid_argument(fmt::format("linked paths: link {} has {} quotas for {} periods", l, link.most.size(), n));
  }
}

/// A problem in other units and money.
PathProblem in_worth(const PathProblem& problem, const Worth& m) {
  PathProblem p = problem;
  const double price = m.currency / m.unit;  // of a tonne
  p.bank *= m.unit;
  p.choke *= price;
  for (PathPeriod& y : p.periods) {
    y.need *= m.unit;
    y.supply *= m.unit;
    y.floor *= price;
    y.ceiling *= price;
    y.bank_least *= m.unit;
    y.bank_most *= m.unit;
    for (SupplyTerm& t : y.terms) {
      t.tonnes *= m.unit;
      t.price *= price;
    }
  }
  return p;
}

/// What the terms of a period offer between two prices, as one step at its mean cost.
struct Bin {
  double tonnes = 0, cost = 0;
};
Bin between(const PathPeriod& period, double low, double high) {
  Bin bin;
  for (const SupplyTerm& t : period.terms) {
    const double a = low / t.price, b = high / t.price;
    const double tonnes = t.curve->below(b) - t.curve->below(a);
    bin.tonnes += t.tonnes * tonnes;
    bin.cost += t.tonnes * t.price * (t.curve->cost_below(b) - t.curve->cost_below(a));
  }
  return bin;
}

/// Around the price of a period fine steps, elsewhere coarse ones.
PathProblem narrowed(const PathProblem& problem, const std::vector<double>& prices, double window) {
  constexpr int fine = 10, coarse = 6;
  PathProblem p = problem;
  for (std::size_t y = 0; y < p.periods.size(); ++y) {
    PathPeriod& period = p.periods[y];
    const double top = std::nextafter(std::min(period.ceiling, p.choke), 2 * p.choke);
    const double low = std::clamp(prices[y] - window, 0.0, top), high = std::clamp(prices[y] + window, low, top);
    std::vector<CurveSegment> steps;
    const auto cut = [&](double from, double to, int pieces) {
      for (int i = 0; i < pieces && to > from; ++i) {
        const Bin bin = between(period, from + (to - from) * i / pieces, from + (to - from) * (i + 1) / pieces);
        if (bin.tonnes > 0) steps.push_back({bin.cost / bin.tonnes, bin.cost / bin.tonnes, bin.tonnes});
      }
    };
    cut(0, low, coarse);
    cut(low, high, fine);
    cut(high, top, coarse);
    period.terms.clear();
    if (!steps.empty()) period.terms.push_back({std::make_shared<const CostCurve>(std::move(steps)), 1, 1, 0});
  }
  return p;
}

}  // namespace

namespace {

/// Whether the links join all markets, those alone that carry any number of units for nothing, both ways and in every period.
bool are_one(std::size_t markets, const std::vector<MarketLink>& links) {
  const auto is_open = [](const MarketLink& link) { return link.fee == 0 && std::all_of(link.most.begin(), link.most.end(), [](double t) { return std::isinf(t); }); };
  Links both(markets);
  for (const MarketLink& there : links)
    if (is_open(there) && std::any_of(links.begin(), links.end(), [&](const MarketLink& back) { return back.from == there.to && back.to == there.from && is_open(back); }))
      boost::add_edge(there.from, there.to, 0, both);
  std::vector<int> part(markets);
  return markets > 0 && boost::connected_components(both, part.data()) == 1;
}

/// What each market's units and money are worth in the first one's.
std::vector<Worth> worths_of(std::size_t markets, const std::vector<MarketLink>& links) {
  Links graph(markets);
  for (std::size_t l = 0; l < links.size(); ++l) boost::add_edge(links[l].from, links[l].to, l, graph);
  std::vector<int> component(markets);
  boost::connected_components(graph, component.data());
  return worths(graph, component, links);
}

}  // namespace

std::optional<PathResult> united_path(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links) {
  check(markets, links);
  if (!are_one(markets.size(), links)) return std::nullopt;
  const std::vector<Worth> worth = worths_of(markets.size(), links);
  PathProblem one = markets[0];
  for (std::size_t m = 1; m < markets.size(); ++m) {
    const PathProblem other = in_worth(markets[m], worth[m]);
    if (other.periods.size() != one.periods.size() || other.rate != one.rate)
      throw std::invalid_argument(fmt::format("linked paths: market {} has other periods or another rate of interest than the first", m));
    one.bank += other.bank;
    one.choke = std::min(one.choke, other.choke);
    for (std::size_t y = 0; y < one.periods.size(); ++y) {
      PathPeriod& p = one.periods[y];
      const PathPeriod& q = other.periods[y];
      p.need += q.need;
      p.supply += q.supply;
      p.terms.insert(p.terms.end(), q.terms.begin(), q.terms.end());
      p.ceiling = std::min(p.ceiling, q.ceiling);
      p.floor = std::max(p.floor, q.floor);
      p.bank_least += q.bank_least;
      p.bank_most += q.bank_most;
    }
  }
  // Else one authority would take what another gives, without end.
  for (const PathPeriod& p : one.periods)
    if (p.floor > p.ceiling) return std::nullopt;
  return competitive_path(one);
}

double price_in(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links, std::size_t market, double price_of_first) {
  const std::vector<Worth> worth = worths_of(markets.size(), links);
  return price_of_first * worth[market].unit / worth[market].currency;
}

LinkedPaths linked_paths(const std::vector<PathProblem>& markets, const std::vector<MarketLink>& links, double finest, const LinkedPaths* like) {
  check(markets, links);
  if (like && (like->markets.size() != markets.size() || like->linked.size() != links.size())) like = nullptr;
  Links graph(markets.size());
  for (std::size_t l = 0; l < links.size(); ++l) boost::add_edge(links[l].from, links[l].to, l, graph);
  std::vector<int> component(markets.size());
  const int components = markets.empty() ? 0 : boost::connected_components(graph, component.data());
  const std::vector<Worth> worth = worths(graph, component, links);

  LinkedPaths result;
  result.markets.resize(markets.size());
  result.linked.resize(links.size());
  for (int c = 0; c < components; ++c) {
    std::vector<std::uint32_t> members, place(markets.size());
    for (std::uint32_t m = 0; m < markets.size(); ++m)
      if (component[m] == c) {
        place[m] = static_cast<std::uint32_t>(members.size());
        members.push_back(m);
      }
    if (members.size() == 1) {
      result.markets[members[0]] = competitive_path(markets[members[0]], like ? &like->markets[members[0]] : nullptr);
      continue;
    }
    // Where to begin says the path of one market where all are one, or what is like it, or each market for itself.
    const auto one = members.size() == markets.size() ? united_path(markets, links) : std::nullopt;
    std::vector<PathProblem> problems;
    std::vector<std::vector<double>> prices;
    double window = one ? finest : like ? 0.01 : 1;
    for (const std::uint32_t m : members) {
      problems.push_back(in_worth(markets[m], worth[m]));
      prices.emplace_back();
      if (one) {
        for (const PathResult::Period& r : one->periods) prices.back().push_back(r.price);
        continue;
      }
      if (like) {
        for (const PathResult::Period& r : like->markets[m].periods) prices.back().push_back(r.price * worth[m].currency / worth[m].unit);
        continue;
      }
      for (const PathResult::Period& r : competitive_path(problems.back()).periods) {
        prices.back().push_back(r.price);
        window = std::max(window, r.price);
      }
    }
    std::vector<FlowLink> arcs;
    std::vector<std::size_t> mine;
    for (std::size_t l = 0; l < links.size(); ++l) {
      if (component[links[l].from] != c) continue;
      FlowLink arc{place[links[l].from], place[links[l].to], links[l].most};
      if (arc.most.empty()) arc.most = {std::numeric_limits<double>::infinity()};
      for (double& most : arc.most) most *= worth[links[l].from].unit;
      arc.fee = links[l].fee * worth[links[l].to].currency / worth[links[l].to].unit;
      arcs.push_back(std::move(arc));
      mine.push_back(l);
    }
    // Down to a thousandth of a tick. A window that has missed a price grows again.
    FlowResult flow;
    for (int round = 0; round < 60; ++round) {
      std::vector<PathProblem> steps;
      for (std::size_t m = 0; m < problems.size(); ++m) steps.push_back(narrowed(problems[m], prices[m], window));
      flow = cost_flow(steps, arcs);
      double moved = 0;
      for (std::size_t m = 0; m < problems.size(); ++m)
        for (std::size_t y = 0; y < prices[m].size(); ++y) {
          const double p = flow.markets[m].periods[y].price;
          moved = std::max(moved, std::fabs(p - prices[m][y]));
          prices[m][y] = p;
        }
      if (window <= finest && (!one || moved <= window || round > 0)) break;
      // The path of one market is exact: a window that misses its prices does so because of the steps that it is cut into.
      window = moved > 0.9 * window ? std::max(3 * window, one && round == 0 ? 0.001 : 0.0) : window / 3;
    }
    for (std::size_t k = 0; k < members.size(); ++k) {
      const Worth& to = worth[members[k]];
      PathResult& path = result.markets[members[k]] = flow.markets[k];
      for (PathResult::Period& r : path.periods) {
        r.price *= to.unit / to.currency;
        for (double* tonnes : {&r.bank, &r.supplied, &r.withheld, &r.released, &r.shortage, &r.expired}) *tonnes /= to.unit;
      }
    }
    for (std::size_t l = 0; l < mine.size(); ++l) {
      result.linked[mine[l]] = flow.linked[l];
      for (double& tonnes : result.linked[mine[l]]) tonnes /= worth[links[mine[l]].from].unit;
    }
  }
  return result;
}

std::string linked_paths_one_way(const std::vector<PathProblem>& markets, std::vector<MarketLink>& links, LinkedPaths& paths, double finest) {
  std::string left_out;
  for (;;) {
    try {
      paths = linked_paths(markets, links, finest, &paths);
      return left_out;
    } catch (const std::invalid_argument& reason) {
      if (links.empty()) throw;
      const LinkedPaths apart = linked_paths(markets, {}, finest);
      const std::size_t before = links.size();
      std::erase_if(links, [&](const MarketLink& link) {
        for (std::size_t k = 0; k < markets[link.from].periods.size() && k < markets[link.to].periods.size(); ++k)
          if (apart.markets[link.from].periods[k].price * link.exchange < link.ratio * (apart.markets[link.to].periods[k].price - link.fee)) return false;
        return true;
      });
      if (links.size() < before) continue;
      left_out = reason.what();
      links.clear();
    }
  }
}

}  // namespace tantu
