// Benchmark allocation: output x benchmark x correction, summed over a firm's installations.
//
//   A = sum_k output_k B(class_k, year) F(class_k)
//
// on output, never on abated emissions. A year without a benchmark of its own takes the last given one
// before it. Under a mass cap all allocations are scaled by min(1, cap / expected sum) (a uniform
// correction, fixed before the year from expected output).
#include <algorithm>

#include "policies/catalog.hpp"
#include "sim/history.hpp"

namespace tantu {

struct BenchmarkParameters {
  std::map<int, double> benchmark;
  double correction = 1;
};

template <>
const Table& table<BenchmarkParameters>() {
  static const Table t{
      "benchmark",
      "The benchmark of one class of installations.",
      {field<&BenchmarkParameters::benchmark>("benchmark", "t CO2 per unit of output, by year", at_least(0), "allowances per unit of output").required(),
       field<&BenchmarkParameters::correction>("correction", "1", in(0, 5), "mean correction factor of the class (cooling, heat, load)")},
      check_as<BenchmarkParameters>([](const BenchmarkParameters& p, std::vector<Problem>& problems) {
        if (p.benchmark.empty()) problems.push_back({"/benchmark", "is empty; at least one year, e.g. {\"2019\": 0.877}"});
      })};
  return t;
}

struct BenchmarkAllocationParameters {
  std::map<std::string, BenchmarkParameters> classes;
  double free_share = 1;
};

template <>
const Table& table<BenchmarkAllocationParameters>() {
  static const Table t{
      "benchmark_allocation",
      "Free allowances of output x benchmark, by class of installation.",
      {field<&BenchmarkAllocationParameters::classes>("classes", "", "benchmarks by class, as named in the sectors").required(),
       field<&BenchmarkAllocationParameters::free_share>("free_share", "1", in(0, 1), "share of it that is given away")}};
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
          allocation += installation.activity * at(rule->second.benchmark, year) * rule->second.correction;
        }
        column[row - first_row_] = p.free_share * allocation;
        expected += p.free_share * allocation * sector.activity_path[y];
      }
      if (const auto cap = context.cap(year); cap && expected > *cap)
        for (double& a : column) a *= *cap / expected;
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
      if (row.when != Moment{output_year}) continue;
      const auto rule = rule_of(question.history, row);
      if (rule == p_.classes.end()) continue;
      sum += own[row.entity] = p_.free_share * row.value * at(rule->second.benchmark, year) * rule->second.correction;
    }
    const auto cap = question.cap(year);
    for (const auto& [entity, tonnes] : own) allocations[entity] += cap && sum > *cap ? tonnes * (*cap / sum) : tonnes;
  }

 private:
  std::map<std::string, BenchmarkParameters>::const_iterator rule_of(const HistoryView& history, const HistoryRow& row) const {
    if (row.entity.empty() && p_.classes.size() == 1) return p_.classes.begin();
    const auto rule = p_.classes.find(std::string(class_of(row.entity)));
    if (rule != p_.classes.end()) return rule;
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
  static double at(const std::map<int, double>& path, int year) {
    auto given = path.upper_bound(year);
    return given == path.begin() ? given->second : std::prev(given)->second;
  }
  Parameters p_;
  int first_year_;
  std::uint32_t first_row_;
  std::vector<std::vector<double>> per_activity_;  ///< [year][row]: t per index-year of output
};

}  // namespace

PolicyKind benchmark_allocation_kind() { return policy_kind<BenchmarkAllocation>("benchmark_allocation"); }

}  // namespace tantu
