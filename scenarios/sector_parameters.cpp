#include "scenarios/sector_parameters.hpp"

#include <fmt/format.h>

namespace tantu {

template <>
const Table& table<ClassParameters>() {
  using P = ClassParameters;
  static const Table t{"class", "A class of installations within a sector.",
      {field<&P::share>("share", "1", in(0, 1), "of the sector's firms"),
       field<&P::size_factor>("size_factor", "1", above(0), "size of its firms relative to the sector's"),
       field<&P::intensity>("intensity", "t CO2 per unit of output", above(0), "mean emission intensity, weighted by emissions"),
       field<&P::intensity_spread>("intensity_spread", "t CO2 per unit of output", at_least(0), "s.d. over firms")}};
  return t;
}

template <>
const Table& table<SeasonParameters>() {
  using P = SeasonParameters;
  static const Table t{"season", "Seasonality of output, of yearly mean one.",
      {field<&P::yearly_amplitude>("yearly_amplitude", "1", in(0, 0.9), "of the yearly wave"),
       field<&P::yearly_peak_day>("yearly_peak_day", "day of year", in(0, 366), "its peak"),
       field<&P::half_yearly_amplitude>("half_yearly_amplitude", "1", in(0, 0.9), "of the half-yearly wave"),
       field<&P::half_yearly_peak_day>("half_yearly_peak_day", "day of year", in(0, 366), "one of its peaks")}};
  return t;
}

template <>
const Table& table<WeightParameters>() {
  using P = WeightParameters;
  static const Table t{"weight", "A relative weight.",
      {field<&P::weight>("weight", "1", above(0), "chance relative to the others").required()}};
  return t;
}

template <>
const Table& table<SectorParameters>() {
  using P = SectorParameters;
  static const Table t{"sector", "Firms of one trade, drawn from distributions.",
      {field<&P::market>("market", "", "id of the market it is in; may be left out where there is one"),
       field<&P::activity_unit>("activity_unit", "", "unit of output"),
       field<&P::technology>("technology", "", "id of its abatement technology; empty: cannot abate"),
       field<&P::firms>("firms", "", in(0, 1'000'000), "number of firms above truncated_below_t"),
       field<&P::emissions_mt>("emissions_mt", "Mt CO2 per year", above(0), "of all firms above truncated_below_t at output and intensity one"),
       field<&P::size_spread>("size_spread", "1", in(0, 4), "s.d. of the log of firms' emissions"),
       field<&P::truncated_below_t>("truncated_below_t", "t CO2 per year", at_least(0), "no firm counted in `firms` is smaller"),
       field<&P::firms_below>("firms_below", "", in(0, 100'000), "further firms that are smaller"),
       field<&P::firms_closing>("firms_closing", "", in(0, 100'000), "further firms that close"),
       field<&P::closing_from>("closing_from", "", "first day on which they may close"),
       field<&P::closing_until>("closing_until", "", "last day on which they may close"),
       field<&P::classes>("classes", "", "classes of installations"),
       field<&P::regions>("regions", "", "regions by weight"),
       field<&P::output_path>("output_path", "1 by year", at_least(0), "output of a year relative to the baseline"),
       field<&P::output_growth>("output_growth", "1 per year", in(-0.5, 0.5), "growth after the last year of the path"),
       field<&P::intensity_path>("intensity_path", "1 by year", at_least(0), "intensity of a year relative to the baseline; the last given year holds on"),
       field<&P::season>("season", "", "seasonality of output"),
       field<&P::product_price>("product_price", "currency per unit of output", at_least(0), "price of its product without a carbon price; 0: output does not react to carbon costs"),
       field<&P::elasticity>("elasticity", "1", in(0, 10), "of the demand for a firm's product: output falls by this many per cent for each per cent that its price rises"),
       field<&P::pass_through>("pass_through", "1", in(0, 1), "share of carbon costs that the product's price carries")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        double share = 0;
        for (const auto& [name, c] : p.classes) share += c.share;
        if (!p.classes.empty() && (share < 0.999 || share > 1.001))
          problems.push_back({"/classes", fmt::format("shares add up to {:.6g}; they must add up to 1", share)});
        if (p.firms_closing > 0 && (!p.closing_from || !p.closing_until))
          problems.push_back({"/firms_closing", "needs closing_from and closing_until"});
        if (p.closing_from && p.closing_until && *p.closing_until < *p.closing_from)
          problems.push_back({"/closing_until", to_string(*p.closing_until) + " is before closing_from, " + to_string(*p.closing_from)});
        if (p.firms > 0 && p.emissions_mt * 1e6 <= p.truncated_below_t * static_cast<double>(p.firms))
          problems.push_back({"/emissions_mt", "is too little for " + std::to_string(p.firms) + " firms of at least truncated_below_t each"});
        if (p.elasticity > 0 && p.product_price <= 0)
          problems.push_back({"/elasticity", "needs product_price above 0"});
        if (p.firms_below > 0 && p.truncated_below_t <= 0)
          problems.push_back({"/firms_below", "needs truncated_below_t above 0"});
      })};
  return t;
}

template <>
const Table& table<PopulationParameters>() {
  using P = PopulationParameters;
  static const Table t{"population", "Firms read from a file instead of drawn.",
      {field<&P::installations_csv>("installations_csv", "", "CSV beside the scenario: firm,sector,region,group,class,activity,intensity[,closing]; empty: draw them from the sectors")}};
  return t;
}

}  // namespace tantu
