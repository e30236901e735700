// What compliance cost whom: the firms of a result by sector and size.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "results/report_parts.hpp"

namespace tantu {

namespace {

/// A firm over all years of the run.
struct FirmTotals {
  double baseline = 0;  ///< emissions of the baseline year: its size
  double emissions = 0, abatement = 0, allocation = 0, obligation = 0, surrendered = 0, shortfall = 0;
  double abatement_cost = 0, paid = 0, received = 0, fines = 0, bought = 0, sold = 0;
  int sector = 0;
  double net_cost() const { return abatement_cost + paid - received + fines; }
};

constexpr int size_classes = 4;  ///< quarters of the firms, by emissions of the baseline year
constexpr std::size_t least_for_classes = 8;
constexpr std::size_t bins = 48;

std::vector<double> sorted(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

/// Nearest rank.
double quantile(const std::vector<double>& sorted_values, double share) {
  const auto last = static_cast<double>(sorted_values.size() - 1);
  return sorted_values[static_cast<std::size_t>(std::floor(share * last + 0.5))];
}

std::vector<bool> years_with_trading(const ResultReader& file, std::size_t years) {
  std::vector<bool> lived(years, true);
  const auto axis = file.find("/yearly/trading_days");
  if (!axis || axis->shape.size() != 2 || axis->shape[1] != years) return lived;
  const std::vector<double> days = file.read_in_units("/yearly/trading_days");
  for (std::size_t y = 0; y < years; ++y) {
    lived[y] = false;
    for (std::size_t m = 0; m < axis->shape[0]; ++m) lived[y] = lived[y] || days[m * years + y] > 0;
  }
  return lived;
}

void write_cell(int sector, int size, std::span<const FirmTotals* const> firms, JsonText& json) {
  FirmTotals sum;
  std::int64_t obliged = 0, in_full = 0, winners = 0;
  for (const FirmTotals* f : firms) {
    for (auto member : {&FirmTotals::baseline, &FirmTotals::emissions, &FirmTotals::abatement, &FirmTotals::allocation, &FirmTotals::obligation,
                        &FirmTotals::surrendered, &FirmTotals::shortfall, &FirmTotals::abatement_cost, &FirmTotals::paid, &FirmTotals::received,
                        &FirmTotals::fines, &FirmTotals::bought, &FirmTotals::sold})
      sum.*member += f->*member;
    if (f->obligation > 0) ++obliged, in_full += f->shortfall == 0;
    winners += f->net_cost() < 0;
  }
  json.open('{').member("sector", sector).member("size", size).member("firms", static_cast<std::int64_t>(firms.size()));
  json.member("obliged", obliged).member("in_full", in_full).member("winners", winners);
  json.member("emissions", sum.emissions).member("abatement", sum.abatement).member("allocation", sum.allocation);
  json.member("obligation", sum.obligation).member("shortfall", sum.shortfall);
  json.member("abatement_cost", sum.abatement_cost).member("paid", sum.paid).member("received", sum.received).member("fines", sum.fines);
  json.member("bought", sum.bought).member("sold", sum.sold);
  json.close('}');
}

void write_distribution(const std::vector<FirmTotals>& firms, JsonText& json) {
  std::vector<double> costs, weights;
  for (const FirmTotals& f : firms) {
    if (f.emissions <= 0) continue;
    costs.push_back(f.net_cost() / f.emissions);
    weights.push_back(f.emissions);
  }
  json.key("distribution").open('{').member("firms", static_cast<std::int64_t>(costs.size()));
  if (!costs.empty()) {
    const std::vector<double> order = sorted(costs);
    json.key("quantiles").open('[');
    for (const double q : {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}) json.open('[').value(q).value(quantile(order, q)).close(']');
    json.close(']');
    // The outer hundredths are counted in the outer bins: a bin for one firm at 3,000 would hide all others.
    const double low = quantile(order, 0.01), high = quantile(order, 0.99), width = std::max((high - low) / bins, 1e-9);
    std::array<double, bins> count{}, emissions{};
    for (std::size_t i = 0; i < costs.size(); ++i) {
      const auto bin = static_cast<std::size_t>(std::clamp(std::floor((costs[i] - low) / width), 0.0, static_cast<double>(bins - 1)));
      count[bin] += 1;
      emissions[bin] += weights[i];
    }
    json.member("from", low).member("width", width).member("least", order.front()).member("most", order.back());
    json.key("counts").values(count).key("emissions").values(emissions);
  }
  json.close('}');
}

}  // namespace

void write_firms(const ResultReader& file, JsonText& json) {
  const auto label = file.find("/firms/firm"), year_axis = file.find("/firms/year"), sector_variable = file.find("/firms/sector");
  if (!label || !year_axis || !sector_variable || label->size() == 0) return;
  const std::size_t n = label->size(), years = year_axis->size();
  std::vector<FirmTotals> firms(n);
  // Emissions of the years with trading only: those before it stand in the file for what they made due, and cost nothing.
  const std::vector<bool> lived = years_with_trading(file, years);
  const auto sum_years = [&](const char* name, double FirmTotals::*member) {
    const auto values = read_values(file, std::string("/firms/") + name, n * years);
    if (!values) return false;
    const bool lived_only = member == &FirmTotals::emissions;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t y = 0; y < years; ++y)
        if (const double x = (*values)[i * years + y]; !std::isnan(x) && (!lived_only || lived[y])) firms[i].*member += x;
    return true;
  };
  const std::array<std::pair<const char*, double FirmTotals::*>, 12> columns{{{"emissions", &FirmTotals::emissions},
      {"abatement", &FirmTotals::abatement}, {"allocation_final", &FirmTotals::allocation}, {"obligation", &FirmTotals::obligation},
      {"surrendered", &FirmTotals::surrendered}, {"shortfall", &FirmTotals::shortfall}, {"abatement_cost", &FirmTotals::abatement_cost},
      {"paid", &FirmTotals::paid}, {"received", &FirmTotals::received}, {"fines", &FirmTotals::fines}, {"bought", &FirmTotals::bought},
      {"sold", &FirmTotals::sold}}};
  for (const auto& [name, member] : columns)
    if (!sum_years(name, member)) return;
  const auto baseline = read_values(file, "/firms/emissions_of_baseline_year", n), sector = read_values(file, "/firms/sector", n);
  if (!baseline || !sector) return;
  for (std::size_t i = 0; i < n; ++i) {
    firms[i].baseline = (*baseline)[i];
    firms[i].sector = std::isnan((*sector)[i]) ? -1 : static_cast<int>((*sector)[i]);
  }

  std::vector<double> sizes;
  for (const FirmTotals& f : firms) sizes.push_back(f.baseline);
  sizes = sorted(sizes);
  const int classes = n < least_for_classes ? 1 : size_classes;
  std::vector<double> bounds;  // upper bounds of all classes but the last
  for (int c = 1; c < classes; ++c) bounds.push_back(quantile(sizes, static_cast<double>(c) / classes));
  const auto class_of = [&](double size) { return static_cast<int>(std::lower_bound(bounds.begin(), bounds.end(), size) - bounds.begin()); };

  std::vector<std::string> names = names_of_codes(*sector_variable);
  json.key("firms").open('{').member("count", static_cast<std::int64_t>(n)).key("sectors").values(names);
  json.key("size_bounds").values(bounds).key("cells").open('[');
  for (int s = 0; s < static_cast<int>(names.size()); ++s)
    for (int c = 0; c < classes; ++c) {
      std::vector<const FirmTotals*> members;
      for (const FirmTotals& f : firms)
        if (f.sector == s && class_of(f.baseline) == c) members.push_back(&f);
      if (!members.empty()) write_cell(s, c, members, json);
    }
  json.close(']');
  write_distribution(firms, json);
  json.close('}');
}

}  // namespace tantu
