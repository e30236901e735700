#include "sim/output_response.hpp"

#include <algorithm>
#include <vector>

#include "sim/elementary.hpp"
#include "sim/outlook.hpp"

namespace tantu {

double output_factor(double relative_rise, double elasticity) {
  return std::max(0.05, elementary::exp(-elasticity * elementary::log(std::max(0.1, 1 + relative_rise))));
}

void review_output(const FirmTraits& traits, FirmStore& firms, const SupplyChain& chain, std::span<const Market> markets, Day today) {
  const bool reacts = std::any_of(traits.sectors.begin(), traits.sectors.end(), [](const Sector& s) { return s.product_price > 0 && s.elasticity > 0; });
  if (!reacts && chain.links().empty()) return;
  const int year = year_of(today);
  const std::size_t y = static_cast<std::size_t>(year - firms.first_year);
  std::vector<double> unit_cost(traits.size()), sector_cost(traits.sectors.size());
  for (const Market& market : markets) {
    const Rows rows = market.rules().rows;
    const int known = std::min(year, market.board().known_year ? market.board().known_year : year);
    // What a unit more of output brings: the allocation at a hundredth more.
    constexpr double more = 0.01;
    std::vector<double> activity(rows.size()), base(rows.size()), allocation(rows.size());
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      const Sector& sector = traits.sectors[traits.sector[rows.first + i]];
      activity[i] = path_at(sector.activity_path, year - firms.first_year);
    }
    market.allocate(traits, rows, known, activity.data(), base.data());
    for (double& a : activity) a += more;
    market.allocate(traits, rows, known, activity.data(), allocation.data());
    for (std::size_t s = 0; s < traits.sectors.size(); ++s) {
      const Sector& sector = traits.sectors[s];
      if (sector.rows.first < rows.first || sector.rows.last > rows.last) continue;
      const double tax = market.tax(sector, today), price = market.carbon_price(sector, today);
      double cost = 0, output = 0;
      for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) {
        double units = 0;
        for (std::uint32_t k = traits.first_installation[row]; k < traits.first_installation[row + 1]; ++k) units += traits.installations[k].activity;
        const double intensity = traits.emissions[row] * path_at(sector.intensity_path, year - firms.first_year) / units;
        const double given = firms.covered[row] ? (allocation[row - rows.first] - base[row - rows.first]) / (more * units) : 0;
        const double charged = firms.covered[row] ? price : tax;
        unit_cost[row] = charged * intensity * (1 - firms.abated_share[row]) + firms.abatement_rate[row] * intensity - (price - tax) * given;
        cost += units * unit_cost[row];
        output += units;
      }
      if (output > 0) sector_cost[s] = cost / output;
    }
  }
  const std::vector<double> total = chain.links().empty() ? sector_cost : chain.propagate(sector_cost);
  for (std::size_t s = 0; s < traits.sectors.size(); ++s) {
    const Sector& sector = traits.sectors[s];
    firms.unit_cost_own[y][s] += sector_cost[s];
    firms.unit_cost[y][s] += total[s];
    if (sector.product_price <= 0 || sector.elasticity <= 0) continue;
    const double inputs = total[s] - sector_cost[s];
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row)
      if (firms.failed_on[row] == never || firms.output_factor[row] > 0)
        firms.output_factor[row] = output_factor(sector.pass_through * (unit_cost[row] + inputs) / sector.product_price, sector.elasticity);
    firms.output_reacts = 1;
  }
  ++firms.unit_cost_reviews[y];
  ++firms.output_reviews;
}

}  // namespace tantu
