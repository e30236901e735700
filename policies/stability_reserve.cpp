#include "policies/stability_reserve.hpp"

#include <algorithm>
#include <set>

#include "policies/catalog.hpp"
#include "policies/price_path.hpp"
#include "sim/history.hpp"

namespace tantu {

template <>
const Table& table<ReserveFormParameters>() {
  using P = ReserveFormParameters;
  static const Table t{
      "reserve_form",
      "The rule of a reserve from a year on: what is withheld or released for how many allowances in circulation (TNAC).",
      {field<&P::from_year>("from_year", "year", in(1990, 2200), "first year whose TNAC it applies to").required(),
       field<&P::intake_rate>("intake_rate", "1", in(0, 1), "share of the TNAC that is withheld over twelve months"),
       field<&P::intake_above_mt>("intake_above_mt", "Mt", at_least(0), "TNAC above which allowances are withheld"),
       field<&P::buffer_to_mt>("buffer_to_mt", "Mt", at_least(0), "up to this TNAC only what exceeds intake_above_mt is withheld; 0: no buffer zone"),
       field<&P::release_below_mt>("release_below_mt", "Mt", at_least(0), "TNAC below which allowances are released"),
       field<&P::release_mt>("release_mt", "Mt", at_least(0), "what is released over twelve months")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.release_below_mt > p.intake_above_mt) problems.push_back({"/release_below_mt", "is above intake_above_mt; at most that"});
        if (p.buffer_to_mt > 0 && p.buffer_to_mt < p.intake_above_mt) problems.push_back({"/buffer_to_mt", "is below intake_above_mt; at least that, or 0 for no buffer zone"});
      })};
  return t;
}

ReserveMonths reserve_months(int tnac_year, int works_from) {
  const int september = month_number(tnac_year + 1, 9);
  return {std::max(september, works_from), september + 11};
}

Tonnes reserve_intake(const ReserveFormParameters& form, Tonnes tnac, int months) {
  if (months <= 0) return {};
  const auto t = static_cast<double>(tnac.count);
  if (t <= form.intake_above_mt * 1e6) return {};
  const double year = form.buffer_to_mt > 0 && t <= form.buffer_to_mt * 1e6 ? t - form.intake_above_mt * 1e6 : form.intake_rate * t;
  return whole_tonnes(year * months / 12);
}

Tonnes reserve_release(const ReserveFormParameters& form, Tonnes tnac, Tonnes stock, int months) {
  if (months <= 0 || static_cast<double>(tnac.count) >= form.release_below_mt * 1e6) return {};
  return std::min(stock, whole_tonnes(form.release_mt * 1e6 * months / 12));
}

Tonnes month_share(Tonnes total, int i, int months) {
  const auto up_to = [&](std::int64_t n) { return (2 * total.count * n + months) / (2 * months); };
  return Tonnes{up_to(i + 1) - up_to(i)};
}

}  // namespace tantu
