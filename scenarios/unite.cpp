#include "scenarios/unite.hpp"

#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

const Json& part_of(const Json& document, const char* key) {
  static const Json nothing = Json::object();
  const auto part = document.find(key);
  return part != document.end() && part->is_object() ? *part : nothing;
}

/// How often each id of a part stands in the documents.
std::map<std::string, int> counted(const std::vector<Json>& documents, const char* key) {
  std::map<std::string, int> count;
  for (const Json& document : documents)
    for (const auto& item : part_of(document, key).items()) ++count[item.key()];
  return count;
}

}  // namespace

std::vector<Json> united_parts(std::vector<Json> documents, const std::vector<UnitedScenario>& scenarios, const std::vector<std::string>& places) {
  const std::map<std::string, int> sectors = counted(documents, "sectors"), technologies = counted(documents, "technologies"), groups = counted(documents, "groups");
  std::vector<Json> parts;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Json& document = documents[i];
    const std::string& market = scenarios[i].market;
    const auto refuse = [&](const std::string& message) { return InputError(places[i] + ": " + scenarios[i].name + " " + message); };
    const Json& markets = part_of(document, "markets");
    if (markets.size() != 1) throw refuse(fmt::format("has {} markets; scenarios of one market can be united", markets.size()));
    if (const Json& population = part_of(document, "population"); population.contains("installations_csv") && population.at("installations_csv") != "")
      throw refuse("reads its firms from a file; scenarios with sectors can be united");
    const auto renamed = [&](const std::map<std::string, int>& count, const std::string& id) { return count.at(id) > 1 ? id + "@" + market : id; };

    Json part = Json::object();
    if (i == 0)
      for (const char* key : {"network", "shocks", "run", "record"})
        if (document.contains(key)) part[key] = document.at(key);
    part["markets"] = {{market, markets.begin().value()}};
    for (const auto& [id, sector] : part_of(document, "sectors").items()) {
      Json s = sector;
      s["market"] = market;
      const std::string own = renamed(sectors, id);
      if (const auto technology = s.find("technology"); technology != s.end() && technology->is_string() && technologies.contains(technology->get<std::string>()))
        *technology = renamed(technologies, technology->get<std::string>());
      part["sectors"][own] = std::move(s);
    }
    for (const auto& [id, technology] : part_of(document, "technologies").items()) part["technologies"][renamed(technologies, id)] = technology;
    for (const auto& [id, group] : part_of(document, "groups").items()) {
      Json g = group;
      g["market"] = market;
      part["groups"][renamed(groups, id)] = std::move(g);
    }
    const Json& agents = part_of(document, "agents");
    if (agents.contains("firms")) part["agents"]["markets"][market]["firms"] = agents.at("firms");
    if (agents.contains("traders"))
      for (const auto& [id, trader] : agents.at("traders").items()) {
        Json t = trader;
        t["market"] = market;
        part["agents"]["traders"][id + "@" + market] = std::move(t);
      }
    const Json& initial = part_of(document, "initial");
    for (const char* key : {"bank_mt", "price"})
      if (initial.contains(key)) part["initial"]["markets"][market][key] = initial.at(key);
    parts.push_back(std::move(part));
  }
  // Lists are replaced as a whole by a later layer: the last part has all of them.
  Json sources = Json::array(), measures = Json::array();
  for (const Json& document : documents) {
    if (document.contains("sources")) sources.insert(sources.end(), document.at("sources").begin(), document.at("sources").end());
    const Json& initial = part_of(document, "initial");
    if (initial.contains("measures")) measures.insert(measures.end(), initial.at("measures").begin(), initial.at("measures").end());
  }
  if (!parts.empty() && !sources.empty()) parts.back()["sources"] = std::move(sources);
  if (!parts.empty() && !measures.empty()) parts.back()["initial"]["measures"] = std::move(measures);
  return parts;
}

}  // namespace tantu
