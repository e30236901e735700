// Coverage: which of the listed firms are in the market.
//
// On the review date a firm leaves if it has closed or if its emissions stayed below the threshold in
// every year considered; what it was given is taken back. (China: 26,000 t CO2e in any year of 2013-2019
// puts a firm on the list; of the 2,225 firms listed in December 2020, 2,162 settled cycle 1.)
//
// A sector may join later: until then its firms see no carbon price, are not given anything and owe nothing
// for years before first_year. (China: cement, steel and aluminium join in 2025 for 2024.) Where joining is
// voluntary only firms that expect to be given at least what they emit come in.
//
// A boundary is the factor from modelled emissions to those that an obligation rests on: below one where the
// obligation covers less than the report, above it where other gases count.
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/history.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct JoinParameters {
  Day from;
  std::int64_t first_year = 1990;
  bool voluntary = false;
};

template <>
const Table& table<JoinParameters>() {
  static const Table t{
      "join",
      "A sector that enters the market after its opening.",
      {field<&JoinParameters::from>("from", "", "day on which it enters").required(),
       field<&JoinParameters::first_year>("first_year", "year", in(1990, 2200), "first year for which its firms have an obligation").required(),
       field<&JoinParameters::voluntary>("voluntary", "", "only firms come in that expect to be given at least what they emit")}};
  return t;
}

struct GasParameters { double kg_per_t = 0, warming = 1; };

template <>
const Table& table<GasParameters>() {
  static const Table t{
      "gas",
      "A greenhouse gas besides CO2 that obligations count.",
      {field<&GasParameters::kg_per_t>("kg_per_t", "kg per t of modelled emissions", in(0, 1000), "how much of it is emitted").required(),
       field<&GasParameters::warming>("warming", "t CO2e per t", in(1, 30'000), "warming potential over a hundred years (IPCC 2013: N2O 265, CF4 6,630, C2F6 11,100)").required()}};
  return t;
}

struct BoundaryParameters {
  double factor = 1;
  std::map<std::string, GasParameters> gases;
  /// Tonnes CO2e that obligations rest on, for a tonne of modelled emissions.
  double counted() const {
    double sum = factor;
    for (const auto& [name, gas] : gases) sum += gas.kg_per_t / 1000 * gas.warming;
    return sum;
  }
};

template <>
const Table& table<BoundaryParameters>() {
  static const Table t{
      "boundary",
      "What obligations of a sector rest on.",
      {field<&BoundaryParameters::factor>("factor", "1", in(0, 3), "of modelled emissions that obligations rest on: below 1 where less is to be surrendered than reported"),
       field<&BoundaryParameters::gases>("gases", "", "gases that count besides, by name")}};
  return t;
}

struct CoverageParameters {
  double threshold_t = 26'000;
  Day review = day_of(2021, 9, 30);
  std::int64_t first_year = 2019, last_year = 2020;
  std::vector<std::string> outside;
  std::map<std::string, JoinParameters> joins;
  std::map<std::string, BoundaryParameters> boundary;
};

template <>
const Table& table<CoverageParameters>() {
  static const Table t{
      "coverage",
      "Firms below a threshold, or closed, leave the market on a review date; their allowances are taken back.",
      {field<&CoverageParameters::threshold_t>("threshold_t", "t CO2 per year", at_least(0), "a firm with less in every year considered leaves"),
       field<&CoverageParameters::review>("review", "", "date of the review"),
       field<&CoverageParameters::first_year>("first_year", "year", in(1990, 2200), "first year considered"),
       field<&CoverageParameters::last_year>("last_year", "year", in(1990, 2200), "last year considered"),
       field<&CoverageParameters::outside>("outside", "", "sectors that never enter the market: they may be taxed instead"),
       field<&CoverageParameters::joins>("joins", "", "sectors that enter later, by id"),
       field<&CoverageParameters::boundary>("boundary", "", "what obligations rest on, by sector")},
      check_as<CoverageParameters>([](const CoverageParameters& p, std::vector<Problem>& problems) {
        if (p.last_year < p.first_year) problems.push_back({"/last_year", "is before first_year; a year from first_year on"});
      })};
  return t;
}

namespace {

class Coverage final : public Policy {
 public:
  using Parameters = CoverageParameters;
  static constexpr Phase acts_in = Phase::coverage;
  Coverage(const Parameters& p, const PolicyContext& context) : p_(p), allocate_(context.allocate), oblige_(context.oblige), by_sector_(context.traits.sectors.size()) {
    for (const auto& [name, join] : p.joins) {
      const std::size_t s = require_sector(context, name, {"joins", name});
      by_sector_[s].join = &p_.joins.at(name);
      if (join.first_year > year_of(join.from))
        throw ParameterError({"joins", name, "first_year"}, std::to_string(join.first_year) + " is after the sector joins, " + to_string(join.from));
    }
    for (std::size_t i = 0; i < p.outside.size(); ++i) {
      OfSector& s = by_sector_[require_sector(context, p.outside[i], {"outside", std::to_string(i)})];
      if (s.join) throw ParameterError({"joins", p.outside[i]}, "joins a market that outside keeps it out of; keep one");
      s.outside = true;
    }
    for (const auto& [name, boundary] : p.boundary) by_sector_[require_sector(context, name, {"boundary", name})].factor = boundary.counted();
    for (std::size_t s = 0; s < by_sector_.size(); ++s) {
      const Sector& sector = context.traits.sectors[s];
      of_class_.emplace(sector.name, s);
      if (sector.classes != std::vector<std::string>{"all"})  // what a sector without classes has
        for (const std::string& name : sector.classes) of_class_.emplace(name, s);
      const JoinParameters* join = by_sector_[s].join;
      if (!join) continue;
      const auto y = std::clamp<std::ptrdiff_t>(join->first_year - context.first_year, 0, static_cast<std::ptrdiff_t>(sector.activity_path.size()) - 1);
      if (sector.activity_path[static_cast<std::size_t>(y)] <= 0)
        throw ParameterError({"joins", sector.name, "first_year"}, std::to_string(join->first_year) + " is a year without output of the sector (sectors." + sector.name + ".output_path); a sector joins once it exists");
    }
    plain_ = p.joins.empty() && p.boundary.empty() && p.outside.empty();
  }
  Coverage(const Coverage&) = delete;  // by_sector_ points into p_
  Phase phase() const override { return acts_in; }

  bool covers(const Sector& sector, Day day) const override {
    if (std::find(p_.outside.begin(), p_.outside.end(), sector.name) != p_.outside.end()) return false;
    auto join = p_.joins.find(sector.name);
    if (join == p_.joins.end()) join = p_.joins.find(sector.name.substr(0, sector.name.find('@')));
    return join == p_.joins.end() || day >= join->second.from;
  }

  void oblige(const FirmTraits& traits, Rows rows, int year, const double*, const double*, double* obligation) const override {
    if (plain_) return;
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const OfSector& s = by_sector_[traits.sector[rows.first + i]];
      obligation[i] = s.outside || (s.join && year < s.join->first_year) ? 0 : obligation[i] * s.factor;
    }
  }

  /// What is owed for the emissions of an entity: an entity of a sector's class, or NAME/CLASS.
  void evaluate(const RuleQuestion& question, RuleAnswers& answers) const override {
    if (plain_) return;
    for (const HistoryRow& row : question.history.rows(Given::verified_emissions)) {
      if (row.when.month != 0) continue;
      const auto known = of_class_.find(class_of(row.entity));
      if (known == of_class_.end()) continue;
      const OfSector& s = by_sector_[known->second];
      const bool owes = !s.outside && !(s.join && row.when.year < s.join->first_year);
      answers.put(Answer::obligation, row.when, owes ? static_cast<double>(nearest(row.value * s.factor)) : 0, row.entity);
    }
  }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    for (std::size_t s = 0; s < by_sector_.size(); ++s)
      if (by_sector_[s].join && by_sector_[s].join->from > view.opening && view.today >= by_sector_[s].join->from && state.first_time(1 + s))
        admit(view, view.traits.sectors[s], *by_sector_[s].join, effects);
    if (view.today < p_.review || !state.first_time(0)) return;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (!view.firms.covered[row]) continue;
      double most = 0;
      for (int y = std::max(static_cast<int>(p_.first_year), view.firms.first_year); y <= std::min<std::int64_t>(p_.last_year, view.firms.last_year()); ++y)
        most = std::max(most, emissions_to_date(view.traits, view.firms, row, y));
      if (most >= p_.threshold_t && view.traits.closing[row] > p_.review) continue;
      for (int y = view.firms.first_year; y <= view.firms.last_year(); ++y)
        if (const Tonnes given = view.firms.year(y).allocated[row]; given > Tonnes{})
          effects.push_back({Effect::Kind::take_back, row, y, given, {}});
      effects.push_back({Effect::Kind::leave, row, year_of(view.today), {}, {}});
    }
  }

 private:
  struct OfSector {
    const JoinParameters* join = nullptr;
    double factor = 1;
    bool outside = false;
  };

  void admit(const PolicyView& view, const Sector& sector, const JoinParameters& join, Effects& effects) const {
    const int year = std::clamp(static_cast<int>(join.first_year), view.firms.first_year, view.firms.last_year());
    const std::uint32_t n = sector.rows.size();
    std::vector<double> allocation(n), emissions(n), obligation(n);
    // The last full year tells what a firm may expect.
    const FirmYear& past = view.firms.year(std::max(view.firms.first_year, year_of(view.today) - 1));
    if (join.voluntary) {
      allocate_(sector.rows, year, past.activity.data() + sector.rows.first, allocation.data());
      for (std::uint32_t i = 0; i < n; ++i) emissions[i] = emissions_to_date(view.traits, view.firms, sector.rows.first + i, std::max(view.firms.first_year, year_of(view.today) - 1));
      oblige_(sector.rows, year, emissions.data(), allocation.data(), obligation.data());
    }
    for (std::uint32_t i = 0; i < n; ++i)
      if (view.traits.closing[sector.rows.first + i] > view.today && (!join.voluntary || allocation[i] >= obligation[i]))
        effects.push_back({Effect::Kind::join, sector.rows.first + i, year_of(view.today)});
  }

  Parameters p_;
  AllocationRule allocate_;
  ObligationRule oblige_;
  std::vector<OfSector> by_sector_;
  std::map<std::string, std::size_t, std::less<>> of_class_;  ///< index of the sector, by class or by its own name
  bool plain_ = true;
};

}  // namespace

PolicyKind coverage_kind() { return policy_kind<Coverage>("coverage"); }

}  // namespace tantu
