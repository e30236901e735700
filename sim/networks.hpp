#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>
#include "sim/random.hpp"
namespace tantu {
class Ownership { public: Ownership()=default; Ownership(const std::vector<std::string>& names, const std::vector<std::int16_t>& group): m(names.size()) { for (std::uint32_t i=0;i<group.size();++i) if (group[i]>=0) m[group[i]].push_back(i);} 
 std::uint32_t groups() const { return m.size(); } std::span<const std::uint32_t> members(std::uint32_t g) const { return m[g]; } std::vector<std::vector<std::uint32_t>> m; };
struct AcquaintanceRules { std::uint32_t known; double same_region; };
class Counterparties { public: Counterparties()=default; Counterparties(RandomKey key, const std::vector<std::uint32_t>& e, const std::vector<std::uint16_t>&, const std::vector<std::int16_t>&, AcquaintanceRules r): m(e.size()) { for (std::uint32_t i=0;i<e.size();++i) for (std::uint32_t k=0;k<r.known;++k) m[i].push_back(integer_below(draw(key, Stream::network, e[i],0,k).word[0], e.size())); }
 std::span<const std::uint32_t> neighbours(std::uint32_t i) const { return m[i]; } std::vector<std::vector<std::uint32_t>> m; };
}
