// Carbon tax: a price on the emissions of some sectors, in place of the market or on top of it.
//
// Firms see the rate in what abatement is worth, day by day. It is paid for a year's emissions on the first
// trading day of the next, into the account `tax`; a share is paid back in proportion to baseline output
// and emissions, so that it changes no decision. For sectors that are not in the market see `coverage`
// (joins); with market and tax in one run the two can be compared.
#include <algorithm>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/operation.hpp"

namespace tantu {

struct CarbonTaxParameters {
  PricePathParameters rate;
  std::vector<std::string> sectors;
  Day from = day_of(1990, 1, 1), until = day_of(2200, 12, 31);
  double rebate = 0;
  double free_t = 0;
};

template <>
const Table& table<CarbonTaxParameters>() {
  using P = CarbonTaxParameters;
  static const Table t{
      "carbon_tax",
      "A tax on emissions, in place of the market or on top of it.",
      {field<&P::rate>("rate", "", "currency per tonne, by year").required(),
       field<&P::sectors>("sectors", "", "sectors that pay; empty: all"),
       field<&P::from>("from", "", "first day"), field<&P::until>("until", "", "last day"),
       field<&P::rebate>("rebate", "1", in(0, 1), "share of the revenue that is paid back to these sectors, in proportion to baseline emissions"),
       field<&P::free_t>("free_t", "t per year", at_least(0), "emissions of a firm that are free of tax")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.until < p.from) problems.push_back({"/until", to_string(p.until) + " is before from, " + to_string(p.from)});
      })};
  return t;
}

namespace {

constexpr SeriesName series_names[] = {
    {"tax_rate", "currency t-1", "rate of the year"},
    {"tax_revenue", "currency", "paid for the year before"},
    {"tax_rebate", "currency", "paid back of it"},
};

class CarbonTax final : public Policy {
 public:
  using Parameters = CarbonTaxParameters;
  static constexpr Phase acts_in = Phase::tax;
  CarbonTax(const Parameters& p, const PolicyContext& context) : p_(p), pool_(context.pool("tax")), scale_(context.price_scale), applies_(context.traits.sectors.size(), p.sectors.empty() ? 1 : 0) {
    for (std::size_t i = 0; i < p.sectors.size(); ++i) applies_[require_sector(context, p.sectors[i], {"sectors", std::to_string(i)})] = 1;
    for (const Sector& sector : context.traits.sectors)
      if (applies_[static_cast<std::size_t>(&sector - context.traits.sectors.data())]) taxed_.push_back(sector.name);
  }
  Phase phase() const override { return acts_in; }
  std::span<const SeriesName> series() const override { return series_names; }

  double tax(const Sector& sector, Day day) const override {
    if (day < p_.from || day > p_.until || std::find(taxed_.begin(), taxed_.end(), sector.name) == taxed_.end()) return 0;
    return price_in(p_.rate, year_of(day)).value_or(0);
  }

  void announce(const PolicyView& view, PolicyState& state, Effects& effects) const override {
    const int year = year_of(view.today), opening = year_of(view.opening);
    if (!state.first_time(static_cast<std::size_t>(year - opening))) return;
    state.report(0, view.today, price_in(p_.rate, year).value_or(0));
    if (year == opening) return;
    const int past = year - 1;
    // The part of the past year in which it was levied: from the opening, between from and until.
    const Day first = std::max({p_.from, first_day_of(past), view.opening}), last = std::min(p_.until, day_of(past, 12, 31));
    const double part = last < first ? 0 : static_cast<double>(last - first + 1) / days_in_year(past);
    const double rate = price_in(p_.rate, past).value_or(0) / scale_;
    Cash revenue{};
    double weight = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (!applies_[view.traits.sector[row]]) continue;
      const double base = std::max(0.0, emissions_to_date(view.traits, view.firms, row, past) - p_.free_t) * part;
      const Cash due{nearest(rate * static_cast<double>(whole_tonnes(base).count))};
      weight += view.traits.emissions[row];
      if (due <= Cash{}) continue;
      Effect e{Effect::Kind::tax, row, past, whole_tonnes(base), due};
      e.to = pool_;
      effects.push_back(e);
      revenue += due;
    }
    if (revenue == Cash{}) return;
    state.report(1, view.today, to_currency(revenue, scale_));
    if (p_.rebate <= 0) return;
    const double back = p_.rebate * static_cast<double>(revenue.count);
    double upto = 0;
    std::int64_t given = 0;
    for (std::uint32_t row = view.rows.first; row < view.rows.last; ++row) {
      if (!applies_[view.traits.sector[row]]) continue;
      upto += view.traits.emissions[row];
      const auto now = static_cast<std::int64_t>(std::min(back, back * (upto / weight)));
      Effect e{Effect::Kind::spend, row, year, {}, Cash{now - given}};
      e.from = pool_;
      if (e.cash > Cash{}) effects.push_back(e);
      given = std::max(given, now);
    }
    state.report(2, view.today, to_currency(Cash{given}, scale_));
  }

 private:
  Parameters p_;
  Pool pool_;
  double scale_;
  std::vector<std::uint8_t> applies_;
  std::vector<std::string> taxed_;
};

}  // namespace

PolicyKind carbon_tax_kind() { return policy_kind<CarbonTax>("carbon_tax"); }

}  // namespace tantu
