#include "sim/output_response.hpp"

#include <algorithm>
#include <vector>

#include "sim/elementary.hpp"
#include "sim/outlook.hpp"

namespace tantu {

double output_factor(double relative_rise, double elasticity) {
  return std::max(0.05, elementary::exp(-elasticity * elementary::log(std::max(0.1, 1 + relative_rise))));
}

double output_factor(const Sector& sector, double unit_cost, double inputs) {
  return output_factor(sector.pass_through * (unit_cost + inputs) / sector.product_price, sector.elasticity);
}

void add_unit_costs(const FirmTraits& traits, const Market& market, int first_year, int year, int rules_of,
                    const std::function<CarbonCharge(const Sector&)>& charge, const std::function<FirmAbatement(std::uint32_t)>& abatement,
                    const std::function<bool(std::uint32_t)>& covered, UnitCosts& into) {
  const Rows rows = market.rules().rows;
  // What a unit more of output brings: the allocation at a hundredth more.
  constexpr double more = 0.01;
  std::vector<double> activity(rows.size()), base(rows.size()), allocation(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const Sector& sector = traits.sectors[traits.sector[rows.first + i]];
    activity[i] = path_at(sector.activity_path, year - first_year);
  }
  market.allocate(traits, rows, rules_of, activity.data(), base.data());
  for (double& a : activity) a += more;
  market.allocate(traits, rows, rules_of, activity.data(), allocation.data());
  for (std::size_t s = 0; s < traits.sectors.size(); ++s) {
    const Sector& sector = traits.sectors[s];
    if (sector.rows.first < rows.first || sector.rows.last > rows.last) continue;
    const CarbonCharge bears = charge(sector);
    double cost = 0, output = 0;
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) {
      double units = 0;
      for (std::uint32_t k = traits.first_installation[row]; k < traits.first_installation[row + 1]; ++k) units += traits.installations[k].activity;
      const double intensity = traits.emissions[row] * path_at(sector.intensity_path, year - first_year) / units;
      const bool takes_part = covered(row);
      const double given = takes_part ? (allocation[row - rows.first] - base[row - rows.first]) / (more * units) : 0;
      const double charged = takes_part ? bears.allowance + bears.tax : bears.tax;
      const FirmAbatement abates = abatement(row);
      into.of_firm[row] = charged * intensity * (1 - abates.share) + abates.rate * intensity - bears.allowance * given;
      cost += units * into.of_firm[row];
      output += units;
    }
    if (output > 0) into.of_sector[s] = cost / output;
  }
}

void review_output(const FirmTraits& traits, FirmStore& firms, const SupplyChain& chain, std::span<const Market> markets, Day today) {
  const bool reacts = std::any_of(traits.sectors.begin(), traits.sectors.end(), output_reacts);
  if (!reacts && chain.links().empty()) return;
  const int year = year_of(today);
  const std::size_t y = static_cast<std::size_t>(year - firms.first_year);
  UnitCosts costs{std::vector<double>(traits.size()), std::vector<double>(traits.sectors.size())};
  for (const Market& market : markets) {
    const int known = std::min(year, market.board().known_year ? market.board().known_year : year);
    add_unit_costs(traits, market, firms.first_year, year, known,
                   [&](const Sector& sector) {
                     const double tax = market.tax(sector, today);
                     return CarbonCharge{market.carbon_price(sector, today) - tax, tax};
                   },
                   [&](std::uint32_t row) { return FirmAbatement{firms.abated_share[row], firms.abatement_rate[row]}; },
                   [&](std::uint32_t row) { return firms.covered[row] != 0; }, costs);
  }
  const std::vector<double> total = chain.links().empty() ? costs.of_sector : chain.propagate(costs.of_sector);
  for (std::size_t s = 0; s < traits.sectors.size(); ++s) {
    const Sector& sector = traits.sectors[s];
    firms.unit_cost_own[y][s] += costs.of_sector[s];
    firms.unit_cost[y][s] += total[s];
    if (!output_reacts(sector)) continue;
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row)
      if (firms.failed_on[row] == never || firms.output_factor[row] > 0)
        firms.output_factor[row] = output_factor(sector, costs.of_firm[row], total[s] - costs.of_sector[s]);
    firms.output_reacts = 1;
  }
  ++firms.unit_cost_reviews[y];
  ++firms.output_reviews;
}

}  // namespace tantu
