// A market of a few firms built by hand, with policies as a scenario writes them: small enough to work
// every number of a test on paper.
//
//   TinyMarket m(2019, 2023, {{{"coal", 1000, 0.9}}, {{"gas", 500, 0.4}}});   two firms with one plant each
//   m.add("benchmark_allocation", R"({"classes": {"coal": {"benchmark": {"2019": 0.877}}}})");
//   m.start();
//   m.comply(day_of(2021, 12, 31));
//
// Policies act in the order in which they are added. Whenever effects are booked, conservation of every
// vintage and of cash is checked.
#pragma once

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policies/catalog.hpp"
#include "scenarios/document.hpp"
#include "scenarios/table_reader.hpp"
#include "sim/market.hpp"

namespace tantu {

class TinyMarket {
 public:
  struct Plant {
    std::string unit_class;
    double activity;   ///< output a year
    double intensity;  ///< t per unit of output
  };

  /// Firm i has the plants firms[i]; it emits the sum of activity x intensity in a year of index 1.
  TinyMarket(int first_year, int last_year, const std::vector<std::vector<Plant>>& firms) : rules(std::make_shared<MarketRules>()) {
    const auto n = static_cast<std::uint32_t>(firms.size());
    const auto years = static_cast<std::size_t>(last_year - first_year + 1);
    Sector sector;
    sector.name = "power";
    sector.rows = {0, n};
    sector.activity_path.assign(years, 1.0);
    sector.intensity_path.assign(years, 1.0);
    for (std::uint32_t i = 0; i < n; ++i) {
      traits.first_installation.push_back(static_cast<std::uint32_t>(traits.installations.size()));
      double emissions = 0;
      for (const Plant& plant : firms[i]) {
        const auto known = std::find(sector.classes.begin(), sector.classes.end(), plant.unit_class);
        const auto unit_class = static_cast<std::uint16_t>(known - sector.classes.begin());
        if (known == sector.classes.end()) sector.classes.push_back(plant.unit_class);
        traits.installations.push_back({i, unit_class, plant.activity, plant.intensity});
        emissions += plant.activity * plant.intensity;
      }
      traits.emissions.push_back(emissions);
      traits.entity.push_back(100 + i);
    }
    traits.first_installation.push_back(static_cast<std::uint32_t>(traits.installations.size()));
    traits.sectors.push_back(sector);
    traits.sector.resize(n);
    traits.closing.assign(n, never);
    store.first_year = first_year;
    store.years.resize(years);
    for (FirmYear& year : store.years) year.resize(n);
    store.covered.assign(n, 1);
    store.barred_until.resize(n);
    store.debt.resize(n);
    rules->name = "tiny";
    rules->rows = {0, n};
    rules->listings[0].opening_reference = Price{4800};
    rules->calendar = Calendar(first_day_of(first_year), first_day_of(last_year + 4), {});
  }
  TinyMarket(const TinyMarket&) = delete;  // the policies look at this one's traits

  void add(const std::string& kind, const std::string& parameters = "{}") {
    const PolicyKind* found = find_policy(kind);
    ASSERT_NE(found, nullptr) << "no policy is of kind " << kind;
    const auto object = found->entry.make_parameters();
    read_object(parse_json(parameters, kind), found->entry.table(), object.get(), Place(kind));
    PolicyContext context = context_of(*rules, traits, store.first_year);
    context.offset_books = offset_books;
    rules->policies.push_back({kind, kind, found->make(object.get(), context)});
    for (const ComplianceCycle& cycle : rules->policies.back().policy->cycles()) rules->cycles.push_back(cycle);
  }
  std::vector<std::string> offset_books;  ///< types of offset that have a book, before the policy is added
  void start() { market = Market(rules, store.first_year, store.last_year()); }

  Effects announce(Day day) {
    return live(day, [](const Policy& p, const PolicyView& v, PolicyState& s, Effects& e) { p.announce(v, s, e); });
  }
  Effects comply(Day day) {
    return live(day, [](const Policy& p, const PolicyView& v, PolicyState& s, Effects& e) { p.comply(v, s, e); });
  }
  PolicyView view(Day day, std::int32_t policy = -1) {
    market.board().today = day;
    market.board().next = rules->calendar.first_on_or_after(day + 1);
    return market.policy_view(traits, store, RandomKey{1, 0}, policy);
  }

  std::vector<double> allocation(int year, const std::vector<double>& activity) const {
    std::vector<double> result(activity.size());
    market.allocate(traits, rules->rows, year, activity.data(), result.data());
    return result;
  }
  std::vector<double> obligation(int year, const std::vector<double>& emissions, const std::vector<double>& given) const {
    std::vector<double> result(emissions.size());
    market.oblige(traits, rules->rows, year, emissions.data(), given.data(), result.data());
    return result;
  }
  UnitIndex unit(int vintage) { return market.registry.unit({UnitType::allowance, 0, vintage}); }
  void give(std::uint32_t row, int vintage, std::int64_t tonnes) { market.registry.issue(market.account(row), unit(vintage), Tonnes{tonnes}); }
  std::int64_t held(std::uint32_t row) const { return market.registry.holding(market.account(row)).count; }
  std::int64_t held(std::uint32_t row, int vintage) { return market.registry.holding(market.account(row), unit(vintage)).count; }
  Pool pool(std::string_view name) const { return pool_of(rules->pools, name); }
  std::int64_t stock(std::string_view name) const { return market.registry.holding(market.account(pool(name))).count; }
  std::int64_t cash(std::string_view name) const { return market.clearing.balance(market.account(pool(name))).count; }
  std::int64_t balance(std::uint32_t row) const { return market.clearing.balance(market.account(row)).count; }
  Cash treasury() const { return market.clearing.balance(Market::treasury); }
  /// Every trading day from `from` to `until` closes at one price.
  void closes(Day from, Day until, std::int64_t ticks, std::int64_t volume = 100) {
    for (Day day = rules->calendar.first_on_or_after(from); day <= until; day = rules->calendar.next(day)) market.prices.add(day, Price{ticks}, Tonnes{volume});
  }
  /// The values that the policies of a kind have reported in a series.
  std::vector<double> reported(std::string_view kind, std::string_view series) const {
    std::vector<double> values;
    for (std::size_t p = 0; p < rules->policies.size(); ++p) {
      if (rules->policies[p].kind != kind) continue;
      const auto names = rules->policies[p].policy->series();
      for (const PolicyState::Point& point : market.policy_states[p].points)
        if (names[static_cast<std::size_t>(point.series)].name == series) values.push_back(point.value);
    }
    return values;
  }
  void expect_conserved(const std::string& after) const {
    const auto unit = market.registry.imbalance();
    EXPECT_FALSE(unit) << "allowances of vintage " << market.registry.units()[*unit].vintage << " are not conserved after " << after;
    EXPECT_EQ(market.clearing.total(), Cash{}) << "cash is not conserved after " << after;
  }

  FirmTraits traits;
  FirmStore store;
  std::shared_ptr<MarketRules> rules;
  Market market;

 private:
  template <class Act>
  Effects live(Day day, Act act) {
    Effects all;
    for (std::size_t p = 0; p < rules->policies.size(); ++p) {
      Effects effects;
      act(*rules->policies[p].policy, view(day, static_cast<std::int32_t>(p)), market.policy_states[p], effects);
      market.book(static_cast<std::int32_t>(p), effects, traits, store, nullptr);
      expect_conserved(rules->policies[p].kind + " on " + to_string(day));
      all.insert(all.end(), effects.begin(), effects.end());
    }
    return all;
  }
};

/// The tonnes of the effects of one kind on one firm, added up; of one year where it is given.
inline std::int64_t tonnes_of(const Effects& effects, Effect::Kind kind, std::uint32_t row, std::optional<int> year = {}) {
  std::int64_t sum = 0;
  for (const Effect& e : effects)
    if (e.kind == kind && e.row == row && (!year || e.year == *year)) sum += e.tonnes.count;
  return sum;
}

/// A number for each firm.
inline void expect_near(const std::vector<double>& got, const std::vector<double>& want, const std::string& what) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (std::size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(got[i], want[i], 1e-9) << what << ", firm " << i;
}

}  // namespace tantu
