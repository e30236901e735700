// What carbon costs a unit of output, along the supply chain, and how output answers.
//
// Per unit of the firm's output, with P the carbon price that the sector bears (allowance and tax), e its intensity, a its
// abated share, c its abatement cost per unit, s the free allocation that one unit more brings:
//
//   own    k = P e (1 - a) + c - P_allowance s
//   inputs m = sum over suppliers of pass_through x input x (cost of a unit of theirs)          (SupplyChain::propagate)
//   output = (1 + sigma (k + m) / product_price)^(-elasticity)     of what it would be without a carbon price
//
// sigma is the share that the product's price carries, the firm facing a demand of constant elasticity for its own
// product (Dixit, A., Stiglitz, J. 1977, Am. Econ. Rev. 67:297). Allocation by output lowers k and keeps output up, a lump
// sum does not (Montgomery 1972; Fischer, C., Fox, A. 2007, Land Econ. 83:575). Reviewed on the first trading day of a month, at
// the last close; before the opening the factor is one.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sim/market.hpp"
#include "sim/networks.hpp"

namespace tantu {

/// Renews the factors of all firms whose sector has a product price and an elasticity, and adds this review's mean cost of
/// a unit to the year's sums. Nothing where no sector reacts and there is no supply chain. Serial.
void review_output(const FirmTraits& traits, FirmStore& firms, const SupplyChain& chain, std::span<const Market> markets, Day today);

/// The factor for a relative rise of the product's price; at least a twentieth of the output stays.
double output_factor(double relative_rise, double elasticity);

/// True for a sector whose output answers to a carbon price.
inline bool output_reacts(const Sector& sector) { return sector.product_price > 0 && sector.elasticity > 0; }

/// What a sector bears for a tonne, currency.
struct CarbonCharge {
  double allowance = 0, tax = 0;  ///< no allowance where the sector is not covered
};
/// What a firm does about its emissions: the share that it abates, and what that costs per tonne before it.
struct FirmAbatement {
  double share = 0, rate = 0;
};
/// What carbon costs a unit of output, by firm, and by sector the mean weighted by output.
struct UnitCosts {
  std::vector<double> of_firm, of_sector;
};
/// Sets those of a market's rows and sectors in a year whose rules are those of `rules_of`.
void add_unit_costs(const FirmTraits& traits, const Market& market, int first_year, int year, int rules_of,
                    const std::function<CarbonCharge(const Sector&)>& charge, const std::function<FirmAbatement(std::uint32_t row)>& abatement,
                    const std::function<bool(std::uint32_t row)>& covered, UnitCosts& into);
/// The factor of a firm: `inputs`, what suppliers pass on, per unit.
double output_factor(const Sector& sector, double unit_cost, double inputs);

}  // namespace tantu
