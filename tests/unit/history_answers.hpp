// What `tantu rules` answers, for tests that hold it against published figures.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/history.hpp"

namespace tantu::tests {

/// The lines of the answers as "year,variable[,entity][,month,day]" -> value.
inline std::map<std::string, double> answers(const std::string& preset, const std::string& history, const std::string& only = "",
                                      const std::vector<std::string>& changes = {}) {
  const LoadedScenario loaded = load_scenario(preset, changes);
  const auto setup = compose(loaded);
  std::vector<std::string> markets;
  for (const auto& rules : setup->markets) markets.push_back(rules->name);
  TextSource source(history);
  const std::string text = answers_csv(answer(*setup, read_history(source, "h.csv", markets), answers_named(only)), answers_named(only), markets.size() > 1);
  std::map<std::string, double> values;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::vector<std::string> field;
    std::istringstream cut(line + ",");
    for (std::string f; std::getline(cut, f, ',');) field.push_back(f);
    std::string key = field[0] + "," + field[1];
    for (const std::size_t i : {3u, 4u, 5u, 6u})
      if (!field[i].empty()) key += "," + field[i];
    values[key] = std::stod(field[2]);
  }
  return values;
}

inline std::string refusal_of_history(const std::string& preset, const std::string& history, const std::string& only = "") {
  try {
    answers(preset, history, only);
  } catch (const InputError& error) {
    return error.what();
  }
  return "answered";
}

}  // namespace tantu::tests
