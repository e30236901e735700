#include "sim/firm_options.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/elementary.hpp"
#include "sim/outlook.hpp"

namespace tantu {

double usable(double available, double start, double length) {
  return available <= start ? 1 : std::clamp((start + length - available) / length, 0.0, 1.0);
}

FirmOptions::FirmOptions(const Simulation& simulation, std::uint32_t row) {
  const SimulationSetup& setup = simulation.setup();
  const FirmTraits& traits = setup.traits;
  const std::uint16_t s = traits.sector[row];
  const Technology& technology = traits.sectors[s].technology;
  const double scale = simulation.firms().cost_scale[s];
  first_year_ = simulation.firms().first_year;
  const std::uint32_t first = technology.measures.empty() ? 0 : traits.measure_index(row, 0);
  for (std::uint32_t j = 0; j < technology.measures.size(); ++j) {
    const Measure& m = technology.measures[j];
    const MeasureState state = setup.initial_measures[first + j];
    if (state == MeasureState::exhausted) continue;
    const bool built = state == MeasureState::effective;
    options_.push_back({j, traits.measure_cost[first + j] * scale, m.potential, built || m.kind == MeasureKind::operational ? 0.0 : m.lead_time_years, m.learning, built});
  }
  keep_hulls(technology);
  // What is built works first; then the cheapest.
  std::stable_sort(options_.begin(), options_.end(), [](const Option& a, const Option& b) {
    return a.built != b.built ? a.built : !a.built && a.cost < b.cost;
  });
  for (Option& option : options_) {
    option.part *= left_;
    left_ -= option.part;
  }
  if (technology.curve.shape != CurveShape::none) {
    curve_ = &technology.curve;
    curve_scale_ = scale * traits.curve_scale[row];
  }
}

void FirmOptions::keep_hulls(const Technology& technology) {
  const auto route = [&](const Option& o) -> const std::string& { return technology.measures[o.measure].route; };
  for (std::size_t i = 0; i < options_.size(); ++i) {
    if (route(options_[i]).empty() || options_[i].hull) continue;
    // The alternatives by what they abate: from nothing on, each step along the lower convex hull of total costs.
    std::vector<Option> alternatives, rest, hull;
    const std::string name = route(options_[i]);
    for (const Option& o : options_) (route(o) == name ? alternatives : rest).push_back(o);
    const auto built = std::find_if(alternatives.begin(), alternatives.end(), [](const Option& o) { return o.built; });
    if (built != alternatives.end()) alternatives = {*built};
    double part = 0, total = 0;
    while (true) {
      const Option* best = nullptr;
      double best_slope = 0;
      for (const Option& o : alternatives) {
        if (o.part <= part) continue;
        const double slope = (o.part * o.cost - total) / (o.part - part);
        if (!best || slope < best_slope) {
          best = &o;
          best_slope = slope;
        }
      }
      if (!best) break;
      Option step = *best;
      step.cost = best_slope;
      step.part = (best->part - part) / (1 - part);  // of what the steps before it leave
      step.hull = true;
      part = best->part;
      total = best->part * best->cost;
      hull.push_back(step);
    }
    options_ = std::move(rest);
    options_.insert(options_.end(), hull.begin(), hull.end());
    i = static_cast<std::size_t>(-1);  // from the start: places have moved, and this route is done
  }
}

double FirmOptions::cost_in(const Option& option, int year) const {
  return option.learning > 0 ? option.cost * elementary::power(1 - option.learning, year - first_year_) : option.cost;
}

FirmAbatement FirmOptions::at(double price, int year, double start, double length) const {
  FirmAbatement a;
  for (const Option& option : options_) {
    const double cost = cost_in(option, year);
    if (!option.built && cost > price) continue;
    const double part = option.part * usable(option.available, start, length);
    a.share += part;
    a.rate += part * cost;
  }
  if (curve_) {
    const double share = curve_->share_at(price, curve_scale_);
    a.share += left_ * share;
    a.rate += left_ * curve_->cost_of(share, curve_scale_);
  }
  return a;
}

FirmAbatement FirmOptions::least_cost(double share, int year, double start, double length, double* marginal) const {
  // The price at which the firm alone would do it: steps first by their order, a smooth curve by bisection.
  double high = 1e6;
  if (marginal) *marginal = 0;
  FirmAbatement a = at(0, year, start, length);
  if (a.share >= share) return a;
  FirmAbatement most = at(high, year, start, length);
  if (most.share <= share) {
    if (marginal) *marginal = high;
    return most;
  }
  double low = 0;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (at(middle, year, start, length).share < share ? low : high) = middle;
  }
  // The last step is used in part.
  a = at(low, year, start, length);
  a.rate += (share - a.share) * high;
  a.share = share;
  if (marginal) *marginal = high;
  return a;
}

class CurveBuilder {
 public:
  static std::vector<AbatementGroup> groups(const Simulation& simulation, const Market& market) {
    const FirmTraits& traits = simulation.setup().traits;
    std::map<std::tuple<std::uint32_t, double, double>, std::vector<CurveSegment>> segments;
    for (std::uint32_t s = 0; s < traits.sectors.size(); ++s) {
      const Rows rows = traits.sectors[s].rows;
      if (rows.first < market.rules().rows.first || rows.last > market.rules().rows.last) continue;
      // Power and exponential curves of many firms lie on one grid: their sum is one curve.
      const SmoothCurve& smooth = traits.sectors[s].technology.curve;
      for (std::uint32_t row = rows.first; row < rows.last; ++row) {
        if (!takes_part(market, traits, simulation.firms(), row, simulation.today()) || traits.closing[row] <= simulation.setup().first_day) continue;
        const FirmOptions options(simulation, row);
        const double tonnes = traits.emissions[row];
        for (const auto& o : options.options_) {
          const double cost = o.built ? 0 : std::max(0.0, o.cost);
          segments[{s, o.available, o.learning}].push_back({cost, cost, o.part * tonnes});
        }
        if (options.curve_)
          for (const CurveSegment& segment : segments_of(smooth, options.curve_scale_, options.left_ * tonnes, rows.size() > 100 ? 12 : 64))
            segments[{s, 0.0, 0.0}].push_back(segment);
      }
    }
    std::vector<AbatementGroup> list;
    for (auto& [key, parts] : segments)
      list.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::make_shared<const CostCurve>(std::move(parts))});
    return list;
  }
};

std::vector<AbatementGroup> abatement_groups(const Simulation& simulation, const Market& market) { return CurveBuilder::groups(simulation, market); }

CostCurve aggregate_curve(const Simulation& simulation, std::uint32_t m, double years_ahead) {
  std::vector<CurveSegment> segments;
  for (const AbatementGroup& g : abatement_groups(simulation, simulation.markets()[m])) {
    if (g.available > years_ahead) continue;
    const auto points = g.curve->points();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i].above > points[i].below) segments.push_back({points[i].price, points[i].price, points[i].above - points[i].below});
      if (points[i].slope > 0 && i + 1 < points.size())
        segments.push_back({points[i].price, points[i + 1].price, points[i + 1].below - points[i].above});
    }
  }
  return CostCurve(std::move(segments));
}

}  // namespace tantu
