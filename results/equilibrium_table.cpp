#include "results/equilibrium_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sim/yardstick.hpp"

namespace tantu {

namespace {

struct Column {
  const char* name;
  double (*read)(const Yardstick&, std::size_t period);
};
/// What the CSV has of each year; t and currency per t.
constexpr std::array columns{
    Column{"price", [](const Yardstick& y, std::size_t k) { return y.price(k); }},
    Column{"need", [](const Yardstick& y, std::size_t k) { return y.problem.periods[k].need; }},
    Column{"supply", [](const Yardstick& y, std::size_t k) { return y.problem.periods[k].supply; }},
    Column{"abatement", [](const Yardstick& y, std::size_t k) { return y.taken(k, SupplySource::abatement); }},
    Column{"offsets", [](const Yardstick& y, std::size_t k) { return y.taken(k, SupplySource::offsets); }},
    Column{"auctioned_at_a_price", [](const Yardstick& y, std::size_t k) { return y.taken(k, SupplySource::auction); }},
    Column{"reserve_sold", [](const Yardstick& y, std::size_t k) { return y.taken(k, SupplySource::reserve); }},
    Column{"reserve_action", [](const Yardstick& y, std::size_t k) { return y.supply[k].reserve; }},
    Column{"imported", [](const Yardstick& y, std::size_t k) { return y.imported[k]; }},
    Column{"withheld", [](const Yardstick& y, std::size_t k) { return y.path.periods[k].withheld; }},
    Column{"released", [](const Yardstick& y, std::size_t k) { return y.path.periods[k].released; }},
    Column{"shortage", [](const Yardstick& y, std::size_t k) { return y.path.periods[k].shortage; }},
    Column{"expired", [](const Yardstick& y, std::size_t k) { return y.path.periods[k].expired; }},
    Column{"bank", [](const Yardstick& y, std::size_t k) { return y.path.periods[k].bank; }},
};

struct DisplayUnit {
  double divisor = 1;
  const char* name = "t";
};
DisplayUnit unit_for(double largest) {
  if (largest >= 1e7) return {1e6, "Mt"};
  if (largest >= 1e4) return {1e3, "kt"};
  return {};
}

}  // namespace

std::set<double> lead_times(const Simulation& simulation, const Market& market) {
  std::set<double> years{0};
  for (const Sector& sector : simulation.setup().traits.sectors)
    if (sector.rows.first >= market.rules().rows.first && sector.rows.last <= market.rules().rows.last)
      for (const Measure& m : sector.technology.measures)
        if (m.kind == MeasureKind::investment) years.insert(m.lead_time_years);
  return years;
}

std::string equilibrium_table(const Simulation& simulation) {
  const std::vector<Yardstick> paths = yardsticks(simulation);
  std::string text;
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) {
    const Market& market = simulation.markets()[m];
    const std::string& currency = market.rules().currency;
    const Yardstick& y = paths[m];
    double largest = 0;
    for (const PathPeriod& p : y.problem.periods) largest = std::max(largest, p.need);
    const DisplayUnit unit = unit_for(largest);
    const auto amount = [&](double tonnes) { return fmt::format("{:.1f}", std::fabs(tonnes) < 0.05 * unit.divisor ? 0.0 : tonnes / unit.divisor); };
    if (simulation.markets().size() > 1) text += fmt::format("{}\n", market.rules().name);
    // What comes at a price besides abatement: offsets, auctions with a reserve price, reserves, the authority at a ceiling, less what it takes at a floor.
    const auto other = [&](std::size_t k) {
      const PathResult::Period& r = y.path.periods[k];
      return r.supplied - y.taken(k, SupplySource::abatement) + r.released - r.withheld;
    };
    bool others = false, linked = false;
    for (std::size_t k = 0; k < y.years.size(); ++k) {
      others = others || std::fabs(other(k)) >= 0.5;
      linked = linked || std::fabs(y.imported[k]) >= 0.5;
    }
    const auto line = [&](const auto& year, const std::string& price, const std::string& need, const std::string& supply, const std::string& abatement, const std::string& more, const std::string& imported, const std::string& bank) {
      text += fmt::format("{:>6} {:>10} {:>11} {:>11} {:>11} ", year, price, need, supply, abatement);
      if (others) text += fmt::format("{:>11} ", more);
      if (linked) text += fmt::format("{:>11} ", imported);
      text += fmt::format("{:>11}\n", bank);
    };
    line("year", "price", "need", "supply", "abatement", "at a price", "over links", "bank");
    line("", currency + "/t", unit.name, unit.name, unit.name, unit.name, unit.name, unit.name);
    for (std::size_t k = 0; k < y.years.size(); ++k) {
      const PathPeriod& p = y.problem.periods[k];
      line(y.years[k], fmt::format("{:.2f}", y.price(k)), amount(p.need), amount(p.supply), amount(y.taken(k, SupplySource::abatement)), amount(other(k)), amount(y.imported[k]), amount(y.path.periods[k].bank));
    }
    text += fmt::format("{} {} in the bank at the opening, on {}; interest {:g}% a year\n", amount(y.problem.bank), unit.name, to_string(simulation.setup().first_day), 100 * y.problem.rate);
    text += fmt::format("the anchor of the firms, over their horizon and expectations, opens at {:.2f} {}/t\n", market.board().anchor, currency);
    if (market.board().multiplier_attained)
      text += fmt::format("abatement costs are multiplied by {:.3f}, so that this is the opening price\n", market.board().cost_multiplier);
    double shortage = 0;
    for (const PathResult::Period& r : y.path.periods) shortage = std::max(shortage, r.shortage);
    if (shortage > 0) text += fmt::format("warning: even at {:g} {}/t up to {} {} of a year are missing\n", y.problem.choke, currency, amount(shortage), unit.name);
    if (!y.links_left_out.empty()) text += fmt::format("warning: links are left out: {}\n", y.links_left_out);
    if (y.residual > 0.5) text += fmt::format("warning: what answers to the path (a reserve, offsets, output) does not settle on it; {} {} are left after {} rounds\n", amount(y.residual), unit.name, y.rounds);
  }
  return text;
}

std::string equilibrium_csv(const Simulation& simulation) {
  const std::vector<Yardstick> paths = yardsticks(simulation);
  std::string text = "year,variable,value,market\n";
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) {
    const Yardstick& y = paths[m];
    for (std::size_t k = 0; k < y.years.size(); ++k)
      for (const Column& c : columns) text += fmt::format("{},{},{:.10g},{}\n", y.years[k], c.name, c.read(y, k), simulation.markets()[m].rules().name);
  }
  return text;
}

std::string curve_table(const Simulation& simulation) {
  std::string text;
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) {
    const Market& market = simulation.markets()[m];
    const double longest = *lead_times(simulation, market).rbegin();
    const CostCurve now = aggregate_curve(simulation, m, 0), later = aggregate_curve(simulation, m, longest);
    const DisplayUnit unit = unit_for(later.total());
    if (simulation.markets().size() > 1) text += fmt::format("{}\n", market.rules().name);
    text += fmt::format("{:>12} {:>14} {:>14}\n{:>12} {:>14} {:>14}\n", "price", "at once", fmt::format("in {:g} years", longest), market.rules().currency + "/t",
                        std::string(unit.name) + " a year", std::string(unit.name) + " a year");
    for (int i = 1; i <= 20 && later.total() > 0; ++i) {
      const double price = later.price_of(later.total() * i / 20);
      text += fmt::format("{:>12.2f} {:>14.2f} {:>14.2f}\n", price, now.at(price) / unit.divisor, later.at(price) / unit.divisor);
    }
    if (later.total() <= 0) text += "nobody can abate\n";
  }
  return text;
}

std::string curve_csv(const Simulation& simulation) {
  std::string text = "market,years_ahead,price,abatement_t,cost\n";
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m)
    for (const double years : lead_times(simulation, simulation.markets()[m])) {
      const CostCurve curve = aggregate_curve(simulation, m, years);
      for (const CostCurve::Point& p : curve.points())
        text += fmt::format("{},{:g},{:.10g},{:.10g},{:.10g}\n", simulation.markets()[m].rules().name, years, p.price, p.above, p.cost_below + (p.above - p.below) * p.price);
    }
  return text;
}

}  // namespace tantu
