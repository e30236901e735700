// /curve of a result: the abatement cost curve of `tantu equilibrium --curve`, at its own points.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "results/hdf5_file.hpp"
#include "tests/program_run.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

struct Point { double years, price, tonnes; };

/// market,years_ahead,price,abatement_t,cost of one market.
std::vector<Point> points_of(const std::string& csv) {
  std::vector<Point> points;
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string market, years, price, tonnes;
    std::getline(cells, market, ',');
    std::getline(cells, years, ',');
    std::getline(cells, price, ',');
    std::getline(cells, tonnes, ',');
    points.push_back({std::atof(years.c_str()), std::atof(price.c_str()), std::atof(tonnes.c_str())});
  }
  return points;
}

/// What the points with `years` say at a price; between two of them anything from the lower to the upper.
std::pair<double, double> bounds_at(const std::vector<Point>& points, double years, double price) {
  double low = 0, high = 0;
  for (const Point& p : points) {
    if (p.years != years) continue;
    high = std::max(high, p.tonnes);
    if (p.price <= price * (1 + 1e-9)) low = p.tonnes;
    if (p.price >= price * (1 - 1e-9)) return {low, p.tonnes};
  }
  return {low, high};
}

// Nobody leaves before the end: what is recorded is the curve of the firms that are covered then.
TEST(CurveRecord, IsTheCurveOfTheScenario) {
  const Folder folder;
  const std::vector<std::string> changes{"--set", "sectors.power.firms=40", "--set", "policies.coverage.review=2030-01-01", "--set", "run.last_day=2021-12-31"};
  std::vector<std::string> run{"run", "china-national", "-o", "r.h5"}, equilibrium{"equilibrium", "china-national", "--curve", "c.csv"};
  run.insert(run.end(), changes.begin(), changes.end());
  equilibrium.insert(equilibrium.end(), changes.begin(), changes.end());
  ASSERT_EQ(run_tantu(folder.path(), run).status, 0);
  ASSERT_EQ(run_tantu(folder.path(), equilibrium).status, 0);
  const std::vector<Point> points = points_of(text_of(folder / "c.csv"));
  double longest = 0;
  for (const Point& p : points) longest = std::max(longest, p.years);
  ASSERT_GT(longest, 0) << "the scenario has no investments: nothing is told apart";

  const ResultReader file(folder / "r.h5");
  const auto price = file.read_in_units("/curve/price"), at_once = file.read_in_units("/curve/at_once"), in_time = file.read_in_units("/curve/in_time");
  ASSERT_GT(price.size(), 50u);
  double all = 0;
  for (std::size_t i = 0; i < price.size(); ++i) {
    if (i > 0) { EXPECT_LT(price[i - 1], price[i]) << "point " << i; }
    for (const auto& [years, tonnes] : {std::pair{0.0, at_once[i]}, std::pair{longest, in_time[i]}}) {
      const auto [low, high] = bounds_at(points, years, price[i]);
      EXPECT_GE(tonnes, low * (1 - 1e-9)) << years << " years ahead, at a price of " << price[i];
      EXPECT_LE(tonnes, high * (1 + 1e-9)) << years << " years ahead, at a price of " << price[i];
    }
    EXPECT_LE(at_once[i], in_time[i] * (1 + 1e-12)) << "point " << i;
  }
  for (const Point& p : points)
    if (p.years == longest) all = p.tonnes;
  EXPECT_NEAR(in_time.back(), all, 1e-6 * all) << "the last point is all there is";
}

TEST(CurveRecord, IsLeftOutWhereFirmsAre) {
  const Folder folder;
  ASSERT_EQ(run_tantu(folder.path(), {"run", "two-firms", "-o", "r.h5", "--set", "record.firms=false"}).status, 0);
  EXPECT_FALSE(ResultReader(folder / "r.h5").find("/curve/price"));
}

}  // namespace
