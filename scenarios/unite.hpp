// Several scenarios of one market each, put side by side as one with several markets:
//
//   "unite": { "national": "china-national", "guangdong": "guangdong" }
//
// takes each one's market under the id that is given here, and with it what belongs to it: sectors, technologies,
// behaviour, groups, warm start and sources. Ids that two of them have get the market's behind them ("cement@guangdong");
// the rules of a market may go on calling a sector by what stands before "@". What is of the run as a whole (shocks, network, days,
// seed, what is recorded) is that of the first.
// Verified by tests/unit/test_unite.cpp.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tantu {

struct UnitedScenario {
  std::string market;    ///< id that it gets
  std::string name;      ///< preset or file, for messages
};

/// The documents (long form, complete) as parts of one: the same number, in the same order. Throws InputError at
/// `place` ("FILE:/unite/ID") for one that has no or several markets or reads its firms from a file.
std::vector<nlohmann::ordered_json> united_parts(std::vector<nlohmann::ordered_json> documents, const std::vector<UnitedScenario>& scenarios,
                                                 const std::vector<std::string>& places);

}  // namespace tantu
