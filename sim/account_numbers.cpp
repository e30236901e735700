#include "sim/account_numbers.hpp"

namespace tantu {

std::uint32_t AccountNumbers::add(std::uint32_t name) {
  const auto next = static_cast<std::uint32_t>(names_.size());
  if (name < small) {
    if (name >= small_.size()) small_.resize(name + 1, unknown);
    small_[name] = next;
  } else if (const auto [known, fresh] = large_.try_emplace(name, next); !fresh) {
    return known->second;
  }
  names_.push_back(name);
  return next;
}

}  // namespace tantu
