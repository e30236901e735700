// Price levels that may lie anywhere, for a book without a band and for prices beyond it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace tantu {

/// A sorted map from 32-bit key to 32-bit value: a radix tree of six digits of six bits, its nodes in
/// a pool. For prices that may lie anywhere: no key costs more than six steps, whatever else is there.
class SparseLadder {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Entry {
    std::uint32_t key = 0;
    std::uint32_t value = none;
  };
  SparseLadder() : nodes_(1) {}
  bool empty() const { return nodes_[0].mask == 0; }
  /// The value under `key`, or none.
  std::uint32_t find(std::uint32_t key) const;
  /// Requires that `key` is absent. May allocate.
  void insert(std::uint32_t key, std::uint32_t value);
  /// Requires that `key` is present. Does not allocate.
  void erase(std::uint32_t key);
  /// The entry with the smallest key >= `key`; value none if there is none.
  Entry at_or_after(std::uint32_t key) const;
  friend bool operator==(const SparseLadder&, const SparseLadder&) = default;
  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& v) {
    v("nodes", self.nodes_);
    v("free_node", self.free_node_);
  }

 private:
  struct Node {
    std::uint64_t mask = 0;                  // which digits have a child
    std::array<std::uint32_t, 64> child{};   // index of a node, or in the last digit a value
    friend bool operator==(const Node&, const Node&) = default;
  };
  static constexpr int depth = 6;
  static constexpr std::uint32_t digit(std::uint32_t key, int level) { return key >> (6 * (depth - 1 - level)) & 63; }
  std::vector<Node> nodes_;
  std::uint32_t free_node_ = 0;  // list through child[0]; 0, the root, ends it
};

}  // namespace tantu
