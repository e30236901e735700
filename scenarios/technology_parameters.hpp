// What firms can do about their emissions, as a user writes it: measures by name and a smooth curve on what is left.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/abatement.hpp"
#include "sim/parameters.hpp"

namespace tantu {

struct MeasureParameters {
  std::string name;
  MeasureKind kind = MeasureKind::operational;
  double potential = 0;
  double cost_per_t = 0;
  double cost_spread = 0;
  double cost_spread_absolute = 0;
  double capex_share = 0;
  double lifetime_years = 20;
  double lead_time_years = 0;
  double learning = 0;
  std::string route;
  std::optional<double> capital_cost;
};

struct CurveParameters {
  CurveShape shape = CurveShape::none;
  double price_per_t = 100;
  double exponent = 2;
  double most = 1;
  double cost_spread = 0;
};

struct TechnologyParameters {
  std::string catalogue;
  double currency_per_usd = 1;
  std::vector<MeasureParameters> measures;
  CurveParameters curve;
};

template <> const Table& table<TechnologyParameters>();

}  // namespace tantu
