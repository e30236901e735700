#include "scenarios/saved_state.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "scenarios/table_writer.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"
#include "sim/state.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::string_view magic = "TANTUST1";
constexpr std::size_t most_bytes = std::size_t{8} << 30;

void put(std::string& bytes, std::string_view part) {
  const std::uint64_t n = part.size();
  bytes.append(reinterpret_cast<const char*>(&n), sizeof n);
  bytes += part;
}

bool take(std::string_view& rest, std::string_view& part) {
  std::uint64_t n = 0;
  if (rest.size() < sizeof n) return false;
  std::memcpy(&n, rest.data(), sizeof n);
  rest.remove_prefix(sizeof n);
  if (n > rest.size()) return false;
  part = rest.substr(0, n);
  rest.remove_prefix(n);
  return true;
}

std::string program_text(const ProgramVersion& program) { return program.version + " (" + program.commit + ")"; }

/// The parts of a scenario that may change from a day on: what is left must be equal.
Json fixed_part(const LoadedScenario& loaded) {
  Json json = write_object(table<Scenario>(), &loaded.scenario);
  for (const char* key : {"name", "description", "sources", "record"}) json.erase(key);
  json["run"].erase("last_day");
  json["run"].erase("replication");
  for (auto& market : json["markets"]) {
    market.erase("policies");
    market.erase("exchange");
  }
  return json;
}

/// The first place at which two documents differ, as a path of --set.
std::string first_difference(const Json& a, const Json& b, const std::string& path = "") {
  if (a == b) return "";
  if (a.is_object() && b.is_object()) {
    for (const auto& item : a.items()) {
      const std::string here = path.empty() ? item.key() : path + "." + item.key();
      if (!b.contains(item.key())) return here;
      if (const std::string deeper = first_difference(item.value(), b.at(item.key()), here); !deeper.empty()) return deeper;
    }
    for (const auto& item : b.items())
      if (!a.contains(item.key())) return path.empty() ? item.key() : path + "." + item.key();
  }
  return path;
}

/// Fits a state that was saved under one set of rules to another, member by member.
class Refit {
 public:
  Refit(const SimulationSetup& before, const SimulationSetup& after, bool rules_changed) : before_(before), after_(after), rules_changed_(rules_changed) {}

  template <class T>
  void operator()(std::string_view, T&) {}
  void operator()(std::string_view, FirmStore& firms) {
    const std::size_t old = firms.years.size(), years = static_cast<std::size_t>(after_.last_year - after_.first_year + 1);
    if (years <= old) return;
    firms.years.resize(years);
    for (std::size_t y = old; y < years; ++y) firms.years[y].resize(after_.traits.size());
    firms.abated_by_measure.resize(years, std::vector<double>(firms.abated_by_measure.front().size()));
  }
  void operator()(std::string_view, std::vector<Market>& markets) {
    if (!rules_changed_) return;
    for (std::size_t m = 0; m < markets.size(); ++m) {
      Market& market = markets[m];
      const auto &was = before_.markets[m]->policies, &is = after_.markets[m]->policies;
      std::vector<std::int32_t> place(was.size(), -1);
      std::vector<PolicyState> states(is.size());
      for (std::size_t i = 0; i < was.size(); ++i)
        for (std::size_t j = 0; j < is.size(); ++j)
          if (was[i].instance == is[j].instance && was[i].kind == is[j].kind) {
            place[i] = static_cast<std::int32_t>(j);
            states[j] = market.policy_states[i];
          }
      market.policy_states = std::move(states);
      std::erase_if(market.moved, [&](const Moved& moved) { return place[static_cast<std::size_t>(moved.policy)] < 0; });
      for (Moved& moved : market.moved) moved.policy = place[static_cast<std::size_t>(moved.policy)];
      // What is expected of the years ahead is worked out anew, and the anchor with it.
      market.outlook = {};
      market.outlook.covered = -1;
      for (Listing& listing : market.listings) listing.board.due = market.rules().cycles.empty() ? -1 : 0;
    }
  }

 private:
  const SimulationSetup &before_, &after_;
  bool rules_changed_;
};

/// The same setup under other random numbers: who the firms are stays.
std::shared_ptr<const SimulationSetup> with_replication(std::shared_ptr<const SimulationSetup> setup, std::uint32_t replication) {
  auto* copy = new SimulationSetup(*setup);
  copy->key.replication = replication;
  // Its policies look at the firms of the original, which therefore lives as long.
  return {copy, [setup](const SimulationSetup* p) { delete p; }};
}

}  // namespace

void save_past(const std::string& path, const LoadedScenario& loaded, Simulation& simulation, const Recorder& recorder,
               const ProgramVersion& program, Overwrite overwrite) {
  Json header = {{"program", program_text(program)}, {"day", to_string(simulation.today())}, {"scenario_sha256", loaded.hash},
                 {"scenario", Json::parse(loaded.resolved)}, {"companion_name", loaded.companion_name}};
  const std::vector<std::byte> state = save_state(simulation);
  std::string bytes(magic);
  put(bytes, header.dump());
  put(bytes, loaded.companion);
  put(bytes, {reinterpret_cast<const char*>(state.data()), state.size()});
  put(bytes, recorder.saved());
  put(bytes, sha256(bytes));
  OutputFile file(path, overwrite);
  file.write(bytes);
  file.commit();
}

SavedPast::SavedPast(const std::string& path, const ProgramVersion& program) : path_(path) {
  const std::string bytes = read_text(path, shown(path, 300), most_bytes);
  std::string_view rest = bytes, header, companion, state, recorded, sum;
  if (!rest.starts_with(magic)) throw InputError(path, "", "is not a saved state; tantu run --until DATE --save-state FILE makes one");
  rest.remove_prefix(magic.size());
  const bool whole = take(rest, header) && take(rest, companion) && take(rest, state) && take(rest, recorded);
  const std::size_t length = bytes.size() - rest.size();
  if (!whole || !take(rest, sum) || !rest.empty() || sum != sha256(std::string_view(bytes).substr(0, length))) throw InputError(path, "", "is damaged or was not written to its end");
  const Json json = Json::parse(header);
  if (json.at("program") != program_text(program))
    throw InputError(path, "", fmt::format("was written by tantu {}, this is {}; a state is read only by the build that wrote it", shown(json.at("program").get<std::string>()), program_text(program)));
  hash_ = sum;
  loaded_.resolved = json.at("scenario").dump();
  loaded_.hash = json.at("scenario_sha256");
  loaded_.companion = companion;
  loaded_.companion_name = json.at("companion_name");
  loaded_.scenario = read<Scenario>(json.at("scenario"), Place(path_));
  setup_ = compose(loaded_);
  state_ = state;
  recorded_ = recorded;
  day_ = *parse_day(json.at("day").get<std::string>());
}

Simulation SavedPast::go_on(const LoadedScenario& loaded, Recorder& recorder) const {
  const std::string difference = first_difference(fixed_part(loaded_), fixed_part(loaded));
  if (!difference.empty())
    throw InputError(path_, "", fmt::format("its past had another \"{}\"; from a saved state only policies, exchange rules, run.last_day and run.replication may change", difference));
  if (loaded.companion != loaded_.companion) throw InputError(path_, "", "its past had other firms in " + loaded_.companion_name);
  if (loaded.scenario.run.last_day <= day_) throw InputError(path_, "", fmt::format("is of {}, and the run ends on {}; set run.last_day after it", to_string(day_), to_string(loaded.scenario.run.last_day)));
  std::shared_ptr<const SimulationSetup> setup;
  if (loaded.scenario.run.replication == loaded_.scenario.run.replication) {
    setup = compose(loaded);
  } else {
    LoadedScenario same = loaded;
    same.scenario.run.replication = loaded_.scenario.run.replication;
    setup = with_replication(compose(same), static_cast<std::uint32_t>(loaded.scenario.run.replication));
  }
  Json before = write_object(table<Scenario>(), &loaded_.scenario), after = write_object(table<Scenario>(), &loaded.scenario);
  const bool rules_changed = before.at("markets") != after.at("markets");
  Simulation simulation(setup);
  load_state(simulation, {reinterpret_cast<const std::byte*>(state_.data()), state_.size()});
  Refit refit(*setup_, *setup, rules_changed);
  simulation.visit_state(refit);
  recorder.restore(recorded_, path_);
  return simulation;
}

}  // namespace tantu
