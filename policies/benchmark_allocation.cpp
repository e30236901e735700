// Benchmark allocation: output x benchmark x correction, summed over a firm's installations.
//
//   A = sum_k output_k [((1 - n) B + n B_new) F L + h B_heat],  of class_k in the year
//
// on output, never on abated emissions. n is the share of output from new capacity, which gets the advanced
// benchmark B_new; F the correction factors (correction_factors.hpp); L the leakage factor (EU: 1 for listed
// sectors, 0.3 and falling for others; with the border adjustment 0.975 in 2026 down to 0 in 2034); h heat
// delivered with a unit of output. A year without a figure of its own takes the last given one before it.
// A benchmark may follow from an earlier one by a rule (Directive 2003/87/EC, Art. 10a(2)): 1.328 t/t of hot metal,
// improved by 0.2% a year over 15 years, is 1.288 from 2021.
// Under a mass cap all allocations are scaled by one factor: the given uniform correction (EU: 0.9427 in
// 2013 to 0.8244 in 2020), else min(1, cap / expected sum), fixed before the year from expected output.
#include <algorithm>
#include <set>

#include "policies/catalog.hpp"
#include "policies/correction_factors.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

/// How a benchmark follows from an earlier one: reference x (1 - years x rate), the yearly rate within bounds.
struct BenchmarkUpdateParameters {
  double reference = 0;
  std::map<int, double> rate, least, most, years;
  std::int64_t decimals = 3;
};

template <>
const Table& table<BenchmarkUpdateParameters>() {
  using P = BenchmarkUpdateParameters;
  static const Table t{
      "benchmark_update",
      "A benchmark that follows from an earlier one and a yearly rate of improvement: reference x (1 - years x rate).",
      {field<&P::reference>("reference", "t CO2 per unit of output", at_least(0), "the earlier benchmark; 0: no update"),
       field<&P::rate>("rate", "1 per year, by year", in(-1, 1), "yearly improvement that was found; the last given one holds on"),
       field<&P::least>("least", "1 per year, by year", in(0, 1), "lowest rate that is applied (EU: 0.2% for 2021-25, 0.3% for 2026-30)"),
       field<&P::most>("most", "1 per year, by year", in(0, 1), "highest rate that is applied (EU: 1.6%, 2.5%)"),
       field<&P::years>("years", "years, by year", at_least(0), "over how many years (EU: 15, 20)"),
       field<&P::decimals>("decimals", "", in(0, 9), "places to which it is rounded")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.reference > 0 && (p.rate.empty() || p.years.empty())) problems.push_back({p.rate.empty() ? "/rate" : "/years", "is empty; an update needs a rate and the years it runs over"});
        if (p.reference <= 0 && !p.rate.empty()) problems.push_back({"/reference", "is 0; the earlier benchmark is needed"});
        for (const auto& [year, least] : p.least)
          if (const double most = value_in(p.most, year, 1); least > most) problems.push_back({"/least/" + std::to_string(year), "is above most"});
      })};
  return t;
}

struct BenchmarkParameters {
  std::map<int, double> benchmark;
  double correction = 1;
  double air_cooled_share = 0, heat_ratio = 0, heat_coefficient = 0.22;
  std::map<int, double> load;
  double heat_per_output_gj = 0;
  std::map<int, double> heat_benchmark;
  BenchmarkUpdateParameters update;
  std::map<int, double> new_capacity_share, advanced_benchmark;
  std::map<int, double> leakage_factor;
};

template <>
const Table& table<BenchmarkParameters>() {
  static const Table t{
      "benchmark",
      "The benchmark of one class of installations.",
      {field<&BenchmarkParameters::benchmark>("benchmark", "t CO2 per unit of output, by year", at_least(0), "allowances per unit of output").required(),
       field<&BenchmarkParameters::update>("update", "", "takes the place of benchmark from its first rate on"),
       field<&BenchmarkParameters::correction>("correction", "1", in(0, 5), "mean correction factor of the class besides those below"),
       field<&BenchmarkParameters::air_cooled_share>("air_cooled_share", "1", in(0, 1), "share of output from air-cooled units, which get 5% more"),
       field<&BenchmarkParameters::heat_ratio>("heat_ratio", "1", in(0, 1), "share of energy delivered as heat; lowers the benchmark of electricity by heat_coefficient x heat_ratio"),
       field<&BenchmarkParameters::heat_coefficient>("heat_coefficient", "1", in(0, 1), "0.22 for coal, 0.6 for gas"),
       field<&BenchmarkParameters::load>("load", "1, by year", in(0, 1), "mean load; below 0.85 the benchmark is raised; empty: no correction"),
       field<&BenchmarkParameters::heat_per_output_gj>("heat_per_output_gj", "GJ per unit of output", at_least(0), "heat delivered with a unit of output"),
       field<&BenchmarkParameters::heat_benchmark>("heat_benchmark", "t CO2 per GJ, by year", at_least(0), "allowances for heat"),
       field<&BenchmarkParameters::new_capacity_share>("new_capacity_share", "1, by year", in(0, 1), "share of output from new capacity"),
       field<&BenchmarkParameters::advanced_benchmark>("advanced_benchmark", "t CO2 per unit of output, by year", at_least(0), "benchmark of new capacity"),
       field<&BenchmarkParameters::leakage_factor>("leakage_factor", "1, by year", in(0, 1), "share of the benchmark that is given: exposure to leakage, border adjustment")},
      check_as<BenchmarkParameters>([](const BenchmarkParameters& p, std::vector<Problem>& problems) {
        if (p.benchmark.empty()) problems.push_back({"/benchmark", "is empty; at least one year, e.g. {\"2019\": 0.877}"});
        if (p.heat_per_output_gj > 0 && p.heat_benchmark.empty()) problems.push_back({"/heat_benchmark", "is empty; heat_per_output_gj needs at least one year"});
        if (!p.new_capacity_share.empty() && p.advanced_benchmark.empty()) problems.push_back({"/advanced_benchmark", "is empty; new_capacity_share needs at least one year"});
      })};
  return t;
}

struct BenchmarkAllocationParameters {
  std::map<std::string, BenchmarkParameters> classes;
  double free_share = 1;
  std::map<int, double> uniform_correction;
};

template <>
const Table& table<BenchmarkAllocationParameters>() {
  static const Table t{
      "benchmark_allocation",
      "Free allowances of output x benchmark, by class of installation.",
      {field<&BenchmarkAllocationParameters::classes>("classes", "", "benchmarks by class, as named in the sectors").required(),
       field<&BenchmarkAllocationParameters::free_share>("free_share", "1", in(0, 1), "share of it that is given away"),
       field<&BenchmarkAllocationParameters::uniform_correction>("uniform_correction", "1, by year", in(0, 1), "factor on all allocations; empty: what a mass cap leaves of them")}};
  return t;
}

namespace {

class BenchmarkAllocation final : public Policy {
 public:
  using Parameters = BenchmarkAllocationParameters;
  static constexpr Phase acts_in = Phase::allocation;

  BenchmarkAllocation(const Parameters& p, const PolicyContext& context) : p_(p), first_year_(context.first_year), first_row_(context.rows.first) {
    for (const auto& [name, benchmark] : p.classes) {
      (void)benchmark;
      require_class(context, name, {"classes", name});
    }
    const FirmTraits& traits = context.traits;
    check_classes(p, context);
    // Other instruments may give to classes without a benchmark.
    for (const Sector& sector : traits.sectors)
      for (const std::string& name : sector.classes)
        if (!p.classes.contains(name)) elsewhere_.insert(name);
    const std::size_t years = traits.sectors.empty() ? 0 : traits.sectors.front().activity_path.size();
    per_activity_.resize(years);
    for (std::size_t y = 0; y < years; ++y) {
      const int year = first_year_ + static_cast<int>(y);
      std::vector<double>& column = per_activity_[y];
      column.resize(context.rows.size());
      double expected = 0;
      for (std::uint32_t row = context.rows.first; row < context.rows.last; ++row) {
        const Sector& sector = traits.sectors[traits.sector[row]];
        double allocation = 0;
        for (std::uint32_t k = traits.first_installation[row]; k < traits.first_installation[row + 1]; ++k) {
          const Installation& installation = traits.installations[k];
          const auto rule = p.classes.find(sector.classes[installation.unit_class]);
          if (rule == p.classes.end()) continue;
          allocation += installation.activity * per_output(rule->second, year);
        }
        column[row - first_row_] = p.free_share * allocation;
        expected += p.free_share * allocation * sector.activity_path[y];
      }
      if (const double factor = correction(context.cap(year), year, expected); factor != 1)
        for (double& a : column) a *= factor;
    }
  }
  Phase phase() const override { return acts_in; }

  void allocate(const FirmTraits&, Rows rows, int year, const double* activity, double* allocation) const override {
    const auto y = std::clamp<std::ptrdiff_t>(year - first_year_, 0, static_cast<std::ptrdiff_t>(per_activity_.size()) - 1);
    const double* column = per_activity_[static_cast<std::size_t>(y)].data() + (rows.first - first_row_);
    for (std::uint32_t i = 0; i < rows.size(); ++i) allocation[i] += activity[i] * column[i];
  }

  /// An entity is a class or NAME/CLASS; the history is taken to have all that share a mass cap.
  void allocate_on(const RuleQuestion& question, int year, int output_year, Allocations& allocations) const override {
    Allocations own;
    double sum = 0;
    for (const HistoryRow& row : question.history.rows(Given::output)) {
      if (row.when != HistoryDate{output_year}) continue;
      const auto rule = rule_of(question.history, row);
      if (rule == p_.classes.end()) continue;
      sum += own[row.entity] = p_.free_share * row.value * per_output(rule->second, year);
    }
    const double factor = correction(question.cap(year), year, sum);
    for (const auto& [entity, tonnes] : own) allocations[entity] += tonnes * factor;
  }

 private:
  std::map<std::string, BenchmarkParameters>::const_iterator rule_of(const HistoryView& history, const HistoryRow& row) const {
    if (row.entity.empty() && p_.classes.size() == 1) return p_.classes.begin();
    const auto rule = p_.classes.find(std::string(class_of(row.entity)));
    if (rule != p_.classes.end() || elsewhere_.contains(class_of(row.entity))) return rule;
    std::string known;
    for (const auto& named : p_.classes) known += (known.empty() ? "" : ", ") + named.first;
    if (row.entity.empty()) history.refuse(row, "output needs an entity: a class, or NAME/CLASS; classes: " + known);
    history.refuse(row, "the entity \"" + row.entity + "\" is of no class with a benchmark; a class, or NAME/CLASS; classes: " + known);
  }
  /// A sector is allocated to by benchmark in all of its classes or in none.
  static void check_classes(const Parameters& p, const PolicyContext& context) {
    for (const Sector& sector : context.traits.sectors) {
      if (sector.rows.first < context.rows.first || sector.rows.last > context.rows.last) continue;
      const std::string* without = nullptr;
      bool any = false;
      for (const std::string& name : sector.classes) {
        if (p.classes.contains(name)) any = true;
        else without = &name;
      }
      if (any && without)
        throw ParameterError({"classes"}, "class \"" + *without + "\" of sector \"" + sector.name + "\" has no benchmark; add it to classes");
    }
  }
  static double at(const std::map<int, double>& path, int year) { return value_in(path, year, path.begin()->second); }
  static double benchmark_of(const BenchmarkParameters& p, int year) {
    const BenchmarkUpdateParameters& u = p.update;
    if (u.reference <= 0 || year < u.rate.begin()->first) return at(p.benchmark, year);
    const double rate = std::clamp(value_in(u.rate, year, 0), value_in(u.least, year, -1), std::max(value_in(u.least, year, -1), value_in(u.most, year, 1)));
    return in_decimals(u.reference * (1 - value_in(u.years, year, 0) * rate), static_cast<int>(u.decimals));
  }
  static double per_output(const BenchmarkParameters& p, int year) {
    const double n = value_in(p.new_capacity_share, year, 0);
    const double benchmark = n > 0 ? (1 - n) * benchmark_of(p, year) + n * at(p.advanced_benchmark, year) : benchmark_of(p, year);
    const double factors = p.correction * cooling_factor(p.air_cooled_share) * heat_factor(p.heat_coefficient, p.heat_ratio) *
                           (p.load.empty() ? 1 : load_factor(at(p.load, year)));
    const double heat = p.heat_per_output_gj > 0 ? p.heat_per_output_gj * at(p.heat_benchmark, year) : 0;
    return benchmark * factors * value_in(p.leakage_factor, year, 1) + heat;
  }
  /// The uniform factor of `year` on allocations that add up to `sum`.
  double correction(std::optional<double> cap, int year, double sum) const {
    if (!p_.uniform_correction.empty()) return value_in(p_.uniform_correction, year, 1);
    return cap && sum > *cap ? *cap / sum : 1;
  }
  Parameters p_;
  int first_year_;
  std::uint32_t first_row_;
  std::set<std::string, std::less<>> elsewhere_;   ///< classes of the sectors without a benchmark here
  std::vector<std::vector<double>> per_activity_;  ///< [year][row]: t per index-year of output
};

}  // namespace

PolicyKind benchmark_allocation_kind() { return policy_kind<BenchmarkAllocation>("benchmark_allocation"); }

}  // namespace tantu
