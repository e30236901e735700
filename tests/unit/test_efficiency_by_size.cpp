// Who abates too much and who too little, by size of firm, with numbers worked by hand.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "results/hdf5_file.hpp"
#include "results/run_file.hpp"
#include "sim/efficiency.hpp"
#include "tests/folder.hpp"
#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

// Eight firms, two of each size: 0.5, 1, 2 and 4 Mt a year, output without shocks. All have MAC = 100 a, so that at a price p
// they abate p% of what they emit. A collar holds the price at 20, give or take a cent, which is the competitive price too. The
// second size pays a tax of 10 a tonne besides and abates as at 30. Sectors are not in the order of sizes, so that nothing but
// the size can tell them apart.
SmallRun taxed_second_size() {
  return SmallRun{std::string(R"({
    "sectors": { "works": null,
      "a": { "activity_unit": "t", "technology": "works", "firms": 2, "emissions_mt": 8, "size_spread": 0 },
      "b": { "activity_unit": "t", "technology": "works", "firms": 2, "emissions_mt": 1, "size_spread": 0 },
      "c": { "activity_unit": "t", "technology": "works", "firms": 2, "emissions_mt": 2, "size_spread": 0 },
      "d": { "activity_unit": "t", "technology": "works", "firms": 2, "emissions_mt": 4, "size_spread": 0 } },
    "technologies": { "works": { "curve": { "shape": "linear", "price_per_t": 100, "cost_spread": 0 } } },
    "shocks": { "sector_spread": 0, "firm_spread": 0 },
    "policies": { "cap": { "path_mt": { "2021": 12 } },
      "collar": { "kind": "price_collar", "floor": { "given": { "2021": 19.99 } }, "ceiling": { "given": { "2021": 20.01 } } },
      "tax": { "kind": "carbon_tax", "sectors": ["c"], "rate": { "given": { "2020": 10 } } } } })")};
}

TEST(EfficiencyBySize, TellsWhichQuarterDoesTooMuch) {
  const SmallRun run = taxed_second_size();
  const Efficiency efficiency(run.simulation, 0);
  // The market opens on 1 March 2021: 306 of 365 days. Of the two smallest, 1 Mt x 306 / 365 x 20% = 167,671 t; of the
  // second quarter 2 Mt x 306 / 365 x 30% = 503,014 t where 20%, 335,342 t, would do; then 670,685 and 1,341,370 t.
  const std::array<double, 4> done{167'671, 503'014, 670'685, 1'341'370}, least{167'671, 335'342, 670'685, 1'341'370};
  // What a tonne costs: half of the price up to which is abated, 20 x 20% / 2 = 2 CNY of each tonne emitted, 30 x 30% / 2 = 4.5.
  const std::array<double, 4> cost{1'676'712, 7'545'205, 6'706'849, 13'413'699}, cost_least{1'676'712, 3'353'425, 6'706'849, 13'413'699};
  for (std::size_t q = 0; q < size_classes; ++q) {
    const EfficiencyYear e = efficiency.size_class(q, 2021);
    EXPECT_NEAR(e.abatement, done[q], 0.002 * done[q]) << "quarter " << q;
    EXPECT_NEAR(e.abatement_least, least[q], 0.002 * least[q]) << "quarter " << q;
    EXPECT_NEAR(e.cost, cost[q], 0.004 * cost[q]) << "quarter " << q;
    EXPECT_NEAR(e.cost_least, cost_least[q], 0.004 * cost_least[q]) << "quarter " << q;
  }

  const Folder folder;
  write_run((folder / "a.h5").string(), run.simulation, run.recorder, {"0", "0", "x", "{}", "0", 5, 0}, {});
  const ResultReader file((folder / "a.h5").string());
  EXPECT_EQ(file.read<std::string>("/summary/size"), (std::vector<std::string>{"smallest quarter", "second", "third", "largest quarter"}));
  const auto years = file.read<std::int32_t>("/summary/year");
  const auto by_size = file.read_in_units("/summary/abatement_by_size"), by_size_least = file.read_in_units("/summary/abatement_by_size_least_cost");
  ASSERT_EQ(by_size.size(), size_classes * years.size());
  ASSERT_EQ(years[1], 2021);
  for (std::size_t q = 0; q < size_classes; ++q) {
    EXPECT_TRUE(std::isnan(by_size[q * years.size()])) << "in 2020 nobody trades";
    EXPECT_NEAR(by_size[q * years.size() + 1], done[q], 0.002 * done[q]) << "quarter " << q;
    EXPECT_NEAR(by_size_least[q * years.size() + 1], least[q], 0.002 * least[q]) << "quarter " << q;
  }
}

}  // namespace
