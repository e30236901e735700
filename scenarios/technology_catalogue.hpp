// The catalogue of abatement technologies by sector: measures with costs, lead times, lifetimes and how sure each is.
//
// It is the file scenarios/presets/technologies.csv, inside the program; costs in USD per tonne, annualised. A scenario
// takes one by name (`technologies.<id>.catalogue`) and says what a dollar is in its currency; measures of its own
// follow those of the catalogue. The spread of costs over firms comes from the row's low and high cost, taken as the 5%
// and 95% points of a lognormal, or of a normal law where the low cost is not above 0.
// Verified by tests/unit/test_technology_catalogue.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/document.hpp"
#include "scenarios/technology_parameters.hpp"

namespace tantu {

struct Scenario;

/// Names of the catalogue's technologies, in its order.
std::vector<std::string> catalogue_technologies();
/// Measures of a technology with costs x `currency_per_usd`; empty for one that the catalogue does not have.
std::vector<MeasureParameters> catalogue_measures(std::string_view technology, double currency_per_usd);

/// Puts the measures that technologies take from the catalogue before their own. Throws InputError for one that is not
/// in the catalogue and for more measures than a technology may have.
void take_from_catalogue(Scenario& scenario, const Document& document);

}  // namespace tantu
