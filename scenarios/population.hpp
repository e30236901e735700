// Who the firms are: drawn from the scenario's sectors, or read from a CSV of installations.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/scenario.hpp"
#include "sim/firm_store.hpp"
#include "sim/random.hpp"

namespace tantu {

/// Years for which output and intensity paths are laid out.
struct PathYears {
  int first = 0, last = 0;
};

/// Id of the sector in which firms that move have their rows in the new market. The rules there may call it by what stands
/// before the first "@".
std::string moved_sector(const MoveParameters& move);
/// The market of a sector of the traits.
const std::string& market_of(const Scenario& scenario, const Sector& sector);

/// Firms of all sectors, sectors in order of (market, id), each market's firms in one run of rows. Every
/// firm draws from its own stream, so that another firm changes none of its properties; sizes are then
/// scaled so that each sector's total is the scenario's. Traits of behaviour are left for agents/.
FirmTraits synthesise(const Scenario& scenario, RandomKey key, PathYears years);

/// The same with firms and installations from CSV text with the header
/// firm,sector,region,group,class,activity,intensity and optionally closing; one line an installation.
/// Throws InputError with `name` and the line number.
FirmTraits read_installations(const Scenario& scenario, std::string_view csv, const std::string& name, RandomKey key, PathYears years);

}  // namespace tantu
