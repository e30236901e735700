#include "results/summary.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "results/year_totals.hpp"

namespace tantu {

namespace {

/// Amounts in the largest unit that keeps them readable: a teaching market has tonnes, a nation megatonnes.
struct DisplayUnit {
  double divisor;
  const char* name;
};
DisplayUnit unit_for(double largest, UnitMeasure measure) {
  const bool tonnes = measure == UnitMeasure::tonne;
  if (largest >= 1e7) return {1e6, tonnes ? "Mt" : "M sh tn"};
  if (largest >= 1e4) return {1e3, tonnes ? "kt" : "k sh tn"};
  return {1, tonnes ? "t" : "sh tn"};
}

}  // namespace

std::string summary_table(const Simulation& simulation, const Recorder& recorder, const std::vector<Efficiency>& measured) {
  std::string text;
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) {
    const Market& market = simulation.markets()[m];
    const std::vector<DayRow>& days = recorder.days()[m];
    const std::vector<YearTotals> years = market_years(simulation, m, days);
    double largest = 0;
    for (const YearTotals& y : years) largest = std::max(largest, y.emissions);
    const DisplayUnit unit = unit_for(largest, market.rules().measure);
    const auto amount = [&](double tonnes) {
      const double x = tonnes / unit.divisor;
      return fmt::format("{:.{}f}", x, std::abs(x) >= 1000 || unit.divisor == 1 ? 0 : 1);
    };
    const std::string price = market.rules().currency + (market.rules().measure == UnitMeasure::tonne ? "/t" : "/sh tn");
    if (simulation.markets().size() > 1) text += fmt::format("{}\n", market.rules().name);
    text += fmt::format("{:>6} {:>9} {:>9} {:>9} {:>10} {:>11} {:>10} {:>9} {:>8} {:>11}\n", "year", "close", "average", "volume",
                        "2 months*", "emissions", "abated", "bank", "trades", "compliance");
    text += fmt::format("{:>6} {:>9} {:>9} {:>9} {:>10} {:>11} {:>10} {:>9} {:>8} {:>11}\n", "", price, price, unit.name, "%",
                        unit.name, unit.name, unit.name, "", "%");
    for (const YearTotals& y : years) {
      if (y.trading_days == 0) continue;
      const double scale = y.price_scale;
      text += fmt::format("{:>6} {:>9.2f} {:>9} {:>9} {:>10} {:>11} {:>10} {:>9} {:>8} {:>11}\n", y.year, to_currency(y.close, scale),
                          y.volume() > Tonnes{} ? fmt::format("{:.2f}", to_currency(average_price(y.turnover, y.volume()), scale)) : "-",
                          amount(static_cast<double>(y.volume().count)),
                          y.deadline_share < 0 ? "-" : fmt::format("{:.1f}", 100 * y.deadline_share), amount(y.emissions),
                          amount(y.baseline - y.emissions), amount(static_cast<double>(y.bank.count)), y.trades,
                          y.settled && y.due > Tonnes{} ? fmt::format("{:.2f}", 100 * (1 - static_cast<double>(y.missing.count) / static_cast<double>(y.due.count))) : "-");
    }
    text += "* share of the year's volume in the two months that end with a compliance deadline\n";
    const MarketBoard& board = market.board();
    if (const auto efficiency = measured[m].allocative_efficiency())
      text += fmt::format("{:.1f}% of the gain from trade is realised: abatement against the competitive path (efficiency in the results)\n", 100 * *efficiency);
    if (board.multiplier_attained)
      text += fmt::format("abatement costs are multiplied by {:.3f}, so that the fundamental price at the opening is the opening price\n", board.cost_multiplier);
    std::int64_t quiet = 0, longest = 0;
    for (const DayRow& day : days) {
      quiet += day.session.listed == Tonnes{};
      longest = std::max<std::int64_t>(longest, day.days_without_trade);
    }
    const bool keeps = market.rules().listings[market.front_listing()].exchange.reference_without_trade == ReferenceWithoutTrade::keep;
    if (longest >= 20)
      text += fmt::format("warning: {} of {} days had no listed trade, {} of them in a row; with reference_without_trade \"{}\" {}\n", quiet,
                          days.size(), longest, keeps ? "keep" : "quote",
                          keeps
                              ? "the price limits stand still meanwhile" : "the price follows the quotes");
  }
  return text;
}

}  // namespace tantu
