// Relations between agents as graphs: who owns whom, who may call whom, who supplies whom.
//
// Three values, built once and then only read: copy, compare and share them between threads. Firms are named
// by their row (0 .. firms - 1) in the order of the arguments, groups by their number. Boost.Graph does the
// graph algorithms, inside networks.cpp. Functions that take a row, group or sector number throw
// std::out_of_range for one that does not exist.
// Verified by tests/unit/test_networks.cpp: hand-drawn graphs, brute force, and what a new firm may change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/random.hpp"

namespace tantu {

/// The lists of a graph one after the other (compressed sparse rows).
struct Adjacency {
  std::vector<std::size_t> starts{0};  ///< row i is entries[starts[i]] .. entries[starts[i + 1] - 1]
  std::vector<std::uint32_t> entries;

  std::size_t size() const { return starts.size() - 1; }
  std::span<const std::uint32_t> operator[](std::size_t row) const {
    return {entries.data() + starts[row], starts[row + 1] - starts[row]};
  }
  friend bool operator==(const Adjacency&, const Adjacency&) = default;
};

/// Corporate groups: a forest whose leaves are firms. A group may itself belong to a group; the topmost one
/// controls, nets its members' positions and trades for them.
class Ownership {
 public:
  static constexpr std::int32_t independent = -1;

  Ownership() = default;
  /// owner_of_group[g] is the group that owns group g, group_of_firm[f] the group that owns firm f directly;
  /// `independent` where there is none. Throws std::invalid_argument for a group that does not exist and for
  /// groups that own each other in a circle, which the message lists.
  /// `names`, if not empty, are the groups' in messages.
  Ownership(std::span<const std::int32_t> owner_of_group, std::span<const std::int32_t> group_of_firm, std::span<const std::string> names = {});

  std::size_t groups() const { return members_.size(); }
  std::size_t firms() const { return top_of_firm_.size(); }

  /// The controlling group of a firm: the top of its chain of owners, or `independent`.
  std::int32_t group_of(std::size_t firm) const { return top_of_firm_.at(firm); }
  /// group_of() of all firms by row.
  std::span<const std::int32_t> group_of_firms() const { return top_of_firm_; }
  /// The controlling group of a group; itself if nobody owns it.
  std::int32_t top_of(std::size_t group) const { return top_of_group_.at(group); }
  /// Adjacency of all firms that a group owns, directly or through others, ascending. Valid as long as this object.
  std::span<const std::uint32_t> members(std::size_t group) const;

  /// Herfindahl-Hirschman index of `amount` (emissions, holdings, ...; one per firm, not negative) over controlling
  /// groups: the sum of squared shares, in (0, 1]; an independent firm counts as a group of its own. 0 if all
  /// amounts are 0. Times 10,000 it is the scale of competition authorities. Throws std::invalid_argument unless
  /// there is one amount per firm.
  double concentration(std::span<const double> amount) const;

  friend bool operator==(const Ownership&, const Ownership&) = default;

 private:
  std::vector<std::int32_t> top_of_group_;
  std::vector<std::int32_t> top_of_firm_;
  Adjacency members_;
};

struct CounterpartyParameters {
  std::int64_t known_counterparties = 12;
  double same_region_share = 0.5;
  std::int64_t known_group_members = 12;
};

/// Who may call whom: the undirected acquaintance of firms along which blocks are traded and losses spread.
class Counterparties {
 public:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  Counterparties() = default;
  /// Exactly these acquaintances; order and repetition do not matter. Throws std::invalid_argument for a firm that
  /// does not exist or knows itself.
  Counterparties(std::size_t firms, std::span<const Pair> pairs);
  /// Draws an acquaintance. One id (Stream::network's entity, unique), one group (Ownership::group_of or
  /// Ownership::independent) and one region (any number) per firm.
  ///
  /// Each firm chooses known_counterparties / 2 firms outside its group and is chosen by as many on average, so
  /// that known_counterparties is the mean; a choice is among the firms of its region with probability
  /// same_region_share, else among all. In a group of at most known_group_members + 1 all know each other; in a
  /// larger one each chooses known_group_members / 2. A firm that finds too few others makes do with those.
  ///
  /// A choice is a point on a ring on which every firm owns the arcs that end at its eight marks (consistent
  /// hashing: Karger et al. (1997), STOC '97, doi:10.1145/258533.258660). Choices and marks depend on a firm's own
  /// id only: a new firm takes over the choices that fall on its arcs, about known_counterparties / 2 of all there
  /// are, and nearly every other choice stays (a point passed over before may now count, and a group may outgrow
  /// the size at which all know each other). The order of the firms does not matter.
  ///
  /// Throws std::invalid_argument if lengths differ or an id occurs twice.
  Counterparties(RandomKey key, const CounterpartyParameters& parameters, std::span<const std::uint32_t> id_of_firm,
                 std::span<const std::int32_t> group_of_firm, std::span<const std::int32_t> region_of_firm);

  std::size_t firms() const { return known_.size(); }
  /// Number of pairs that know each other.
  std::size_t acquaintances() const { return known_.entries.size() / 2; }
  /// Adjacency of the firms that a firm knows, ascending. Valid as long as this object.
  std::span<const std::uint32_t> neighbours(std::size_t firm) const;
  bool know_each_other(std::size_t firm, std::size_t other) const;

  /// How many firms know k others, for k = 0 .. the largest.
  std::vector<std::size_t> degree_distribution() const;
  /// The component of each firm, numbered from 0 in the order of their first firms.
  std::vector<std::int32_t> components() const;
  /// The mean over firms of the share of a firm's acquaintances that know each other (Watts and Strogatz (1998),
  /// doi:10.1038/30918); 0 for a firm that knows fewer than two.
  double mean_clustering() const;
  /// The share of the shortest paths between two others that lead through a firm, summed over pairs and divided by
  /// their number, in [0, 1] (Brandes (2001), doi:10.1080/0022250X.2001.9990249). O(firms x acquaintances):
  /// a second or two for 2,000 firms; meant for reports, not for every day.
  std::vector<double> betweenness() const;

  /// PageRank of each firm, damping 0.85 (Brin and Page (1998), doi:10.1016/S0169-7552(98)00110-X), adding up to one:
  /// O(acquaintances), for every run.
  std::vector<double> centrality() const;

  friend bool operator==(const Counterparties&, const Counterparties&) = default;

 private:
  Adjacency known_;
};

/// Sectors that buy each other's products, without circles: carbon costs travel from supplier to buyer.
class SupplyChain {
 public:
  struct Link {
    std::uint32_t supplier = 0;
    std::uint32_t buyer = 0;
    double pass_through = 1;  ///< share of the supplier's extra cost that its price carries; finite, >= 0
    double input = 1;         ///< units of the supplier's product in one unit of the buyer's; finite, >= 0
    friend bool operator==(const Link&, const Link&) = default;
  };

  SupplyChain() = default;
  /// Throws std::invalid_argument for a sector that does not exist, a number outside its range, two links between
  /// the same sectors, and a circle, which the message names ("power -> aluminium -> power").
  SupplyChain(std::vector<std::string> sectors, std::vector<Link> links);

  std::span<const std::string> sectors() const { return sectors_; }
  /// By buyer, then supplier.
  std::span<const Link> links() const { return links_; }
  /// The component of each sector, numbered from 0 in the order of their first sectors.
  std::vector<std::int32_t> components() const;
  /// Every sector after all its suppliers; the same for the same links in any order.
  std::span<const std::uint32_t> order() const { return order_; }
  /// Cost per unit of product of each sector, including what its suppliers pass on:
  ///   cost_b = own_b + sum over suppliers s of pass_through_sb input_sb cost_s
  /// (the cost-push form of Leontief's price model, without circles solved in one sweep). `own` is in currency per
  /// unit of each sector's product, one per sector; throws std::invalid_argument otherwise.
  std::vector<double> propagate(std::span<const double> own) const;

  friend bool operator==(const SupplyChain&, const SupplyChain&) = default;

 private:
  std::vector<std::string> sectors_;
  std::vector<Link> links_;
  std::vector<std::size_t> first_link_{0};  // of each buyer
  std::vector<std::uint32_t> order_;
};

}  // namespace tantu
