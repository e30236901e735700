// Sectors as a user writes them: how many firms, how large, in which classes and regions, and how their output and
// intensity go; or firms read from a file.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/date.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct ClassParameters {
  double share = 1;
  double size_factor = 1;
  double intensity = 1;
  double intensity_spread = 0;
};

struct SeasonParameters {
  double yearly_amplitude = 0, yearly_peak_day = 15;
  double half_yearly_amplitude = 0, half_yearly_peak_day = 15;
};

struct WeightParameters {
  double weight = 1;
};

struct SectorParameters {
  std::string market;
  std::string activity_unit = "MWh";
  std::string technology;
  std::int64_t firms = 1;
  double emissions_mt = 1;
  double size_spread = 0;
  double truncated_below_t = 0;
  std::int64_t firms_below = 0;
  std::int64_t firms_closing = 0;
  std::optional<Day> closing_from, closing_until;
  std::map<std::string, ClassParameters> classes;
  std::map<std::string, WeightParameters> regions;
  std::map<int, double> output_path;
  double output_growth = 0;
  std::map<int, double> intensity_path;
  SeasonParameters season;
  double product_price = 0, elasticity = 0, pass_through = 1;
};

struct PopulationParameters {
  std::string installations_csv;
};

template <> const Table& table<SectorParameters>();
template <> const Table& table<PopulationParameters>();

}  // namespace tantu
