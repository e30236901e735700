// Accounts that others named, numbered in the order in which they are first seen, so that what is known of them can
// lie in columns. Names are any 32-bit numbers but no_account; small ones are found by subtraction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sim/order.hpp"

namespace tantu {

class AccountNumbers {
 public:
  /// The number of the account; the next free one where it is seen for the first time. Requires name != no_account.
  std::uint32_t of(std::uint32_t name) {
    if (name < small_.size() && small_[name] != unknown) [[likely]] return small_[name];
    return add(name);
  }
  std::uint32_t name(std::uint32_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  static constexpr std::uint32_t unknown = no_account;
  static constexpr std::uint32_t small = 1 << 20;
  std::uint32_t add(std::uint32_t name);
  std::vector<std::uint32_t> names_;   // [number]
  std::vector<std::uint32_t> small_;   // [name]
  std::unordered_map<std::uint32_t, std::uint32_t> large_;
};

}  // namespace tantu
