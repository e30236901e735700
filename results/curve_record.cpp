#include "results/curve_record.hpp"

#include <algorithm>
#include <vector>

#include "results/equilibrium_table.hpp"
#include "sim/yardstick.hpp"

namespace tantu {

namespace {

constexpr int points_seen = 160, points_beyond = 40;

/// The prices at which the curve is kept, rising.
std::vector<double> kept_prices(const CostCurve& curve, double highest) {
  std::vector<double> prices;
  if (curve.total() <= 0) return prices;
  const double seen = curve.at(3 * highest);
  for (int i = 0; i <= points_seen && seen > 0; ++i) prices.push_back(curve.price_of(seen * i / points_seen));
  for (int i = 1; i <= points_beyond; ++i) prices.push_back(curve.price_of(seen + (curve.total() - seen) * i / points_beyond));
  std::sort(prices.begin(), prices.end());
  prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
  return prices;
}

}  // namespace

void write_curve(DatasetGroup& group, const Simulation& simulation, std::span<const std::string> market_names, std::span<const double> highest,
                 const Denomination& in) {
  const std::size_t markets = simulation.markets().size();
  struct OfMarket { CostCurve now, later; std::vector<double> prices; };
  std::vector<OfMarket> curves;
  std::size_t points = 0;
  for (std::uint32_t m = 0; m < markets; ++m) {
    OfMarket c{aggregate_curve(simulation, m, 0), aggregate_curve(simulation, m, *lead_times(simulation, simulation.markets()[m]).rbegin()), {}};
    c.prices = kept_prices(c.later, highest[m]);
    points = std::max(points, c.prices.size());
    curves.push_back(std::move(c));
  }
  std::vector<double> price(markets * points, missing<double>()), at_once(price), in_time(price);
  for (std::size_t m = 0; m < markets; ++m)
    for (std::size_t i = 0; i < curves[m].prices.size(); ++i) {
      const double p = curves[m].prices[i];
      price[m * points + i] = p;
      at_once[m * points + i] = curves[m].now.at(p);
      in_time[m * points + i] = curves[m].later.at(p);
    }
  std::vector<std::int32_t> label(points);
  for (std::size_t i = 0; i < points; ++i) label[i] = static_cast<std::int32_t>(i);
  group.of_one_run();
  group.axis("market", std::vector<std::string>(market_names.begin(), market_names.end()), {"", "market"});
  group.axis("point", std::span<const std::int32_t>(label), {"", "number of the point, prices rising"});
  const std::vector<std::string> axes{"market", "point"};
  group.variable("price", axes, std::span<const double>(price), in.meaning("currency t-1", "price"));
  group.variable("at_once", axes, std::span<const double>(at_once), in.meaning("t", "what all firms could abate in a year of baseline output at this price or less, with what can be used at once"));
  group.variable("in_time", axes, std::span<const double>(in_time), in.meaning("t", "the same with all that can be built, after the longest lead time"));
}

}  // namespace tantu
