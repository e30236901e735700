// A history of figures from CSV, and what a scenario's rules answer to it: the whole of `tantu rules` but its words.
// docs/rules.md has the format in prose.
//
// Long form with header `year,variable,value` and, in any order, the optional columns market, entity, month and
// day. Lines that cannot be read and rows that stand twice end the reading with the InputError "h.csv:17: ...".
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/compose.hpp"
#include "scenarios/line_reader.hpp"
#include "sim/history.hpp"

namespace tantu {

/// A history by market. Rows without a market belong to the only one there is.
using Histories = std::map<std::string, HistoryView>;

/// `name` is how messages call the file; `markets` are the ids of the scenario. At most `most` rows are read.
Histories read_history(ByteSource& source, const std::string& name, const std::vector<std::string>& markets, std::size_t most = 5'000'000);

struct MarketAnswers {
  std::string market;
  RuleAnswers answers;
};
/// Asks the rules of every market that has rows in the history, in order of its id. `wanted`: a bit an answer.
std::vector<MarketAnswers> answer(const SimulationSetup& setup, const Histories& histories, std::uint32_t wanted);

/// CSV year,variable,value,market,entity,month,day, variables in the order of sim/history.hpp, each in order of
/// time, then of entity. The market is named where the scenario has several.
std::string answers_csv(const std::vector<MarketAnswers>& answers, std::uint32_t wanted, bool name_markets);

/// The answers named in `words` (separated by commas), a bit each; all for none. InputError "tantu rules: ..." for
/// unknown ones.
std::uint32_t answers_named(std::string_view words);

}  // namespace tantu
