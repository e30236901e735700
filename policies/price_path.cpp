#include "policies/price_path.hpp"

#include <cmath>

namespace tantu {

template <>
const Table& table<PricePathParameters>() {
  using P = PricePathParameters;
  static const Table t{
      "price_path",
      "A price by year that a rule raises: (1 + growth + inflation) times that of the year before.",
      {field<&P::given>("given", "currency per t, by year", at_least(0), "amounts that are given; a year without one follows from the last given one before it; none: no such price"),
       field<&P::growth>("growth", "1 per year, by year", in(-0.5, 2), "growth into a year; the last given one holds on"),
       field<&P::inflation>("inflation", "", "inflation is added to the growth"),
       field<&P::assumed_inflation>("assumed_inflation", "1 per year, by year", in(-0.5, 2), "inflation in a run, into a year; the last given one holds on (tantu rules takes it from the history)"),
       field<&P::decimals>("decimals", "", in(0, 6), "places to which an amount is rounded"),
       field<&P::compound_on_rounded>("compound_on_rounded", "", "growth is on the rounded amount of the year before")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.given.empty() && (!p.growth.empty() || p.inflation)) problems.push_back({"/given", "is empty; at least one year, e.g. {\"2021\": 22}"});
        if (!p.inflation && !p.assumed_inflation.empty()) problems.push_back({"/assumed_inflation", "has no effect without inflation; set it to true"});
      })};
  return t;
}

double value_in(const std::map<int, double>& path, int year, double otherwise) {
  const auto after = path.upper_bound(year);
  return after == path.begin() ? otherwise : std::prev(after)->second;
}

double in_decimals(double x, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  // The hair makes 225.49999999999997, which stands for 225.5, a half.
  return std::floor(x * scale + 0.5 + 1e-7) / scale;
}

std::optional<double> price_in(const PricePathParameters& path, int year, const std::function<double(int)>& inflation) {
  const auto after = path.given.upper_bound(year);
  if (after == path.given.begin()) return std::nullopt;
  const auto& [from, amount] = *std::prev(after);
  const auto decimals = static_cast<int>(path.decimals);
  double price = amount;
  for (int y = from + 1; y <= year; ++y) {
    price *= 1 + value_in(path.growth, y, 0) + (path.inflation ? inflation(y) : 0);
    if (path.compound_on_rounded) price = in_decimals(price, decimals);
  }
  return in_decimals(price, decimals);
}

std::optional<double> price_in(const PricePathParameters& path, int year) {
  return price_in(path, year, [&](int y) { return value_in(path.assumed_inflation, y, 0); });
}

std::optional<double> price_in(const PricePathParameters& path, int year, const HistoryView& history, std::string_view what) {
  return price_in(path, year, [&](int y) { return history.covers(y) ? history.need(Given::inflation, {y}, what) : value_in(path.assumed_inflation, y, 0); });
}

}  // namespace tantu
