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

#include <span>

#include "sim/market.hpp"
#include "sim/networks.hpp"

namespace tantu {

/// Renews the factors of all firms whose sector has a product price and an elasticity, and adds this review's mean cost of
/// a unit to the year's sums. Nothing where no sector reacts and there is no supply chain. Serial.
void review_output(const FirmTraits& traits, FirmStore& firms, const SupplyChain& chain, std::span<const Market> markets, Day today);

/// The factor for a relative rise of the product's price; at least a twentieth of the output stays.
double output_factor(double relative_rise, double elasticity);

}  // namespace tantu
