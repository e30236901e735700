#include "scenarios/sweep/sweep.hpp"

#include <fmt/format.h>

#include "scenarios/table_reader.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

template <>
const Table& table<FactorParameters>() {
  using P = FactorParameters;
  static const Table t{"factor", "Something that varies: listed values, named alternatives, or a law.",
      {field<&P::path>("path", "", "path of the scenario, as for --set").required(),
       field<&P::name>("name", "", "name of its coordinate, letters, digits and _; empty: the last part of the path"),
       field<&P::levels>("levels", "", "list of values"),
       field<&P::alternatives>("alternatives", "", "object of values by name, of any kind; null removes what the path names"),
       choice<&P::law>("law", {"levels", "uniform", "log_uniform", "normal", "lognormal", "triangular", "integer"}, "where there are no levels: how values are distributed"),
       field<&P::least>("least", "", "lower end; of normal and lognormal: values below are moved to it"),
       field<&P::most>("most", "", "upper end; of normal and lognormal: values above are moved to it"),
       field<&P::mode>("mode", "", "of triangular"),
       field<&P::mean>("mean", "", "of normal"),
       field<&P::deviation>("deviation", "", above(0), "standard deviation, of normal"),
       field<&P::median>("median", "", above(0), "of lognormal"),
       field<&P::sigma>("sigma", "", above(0), "standard deviation of the logarithm, of lognormal")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        const int given = !p.levels.text.empty() + !p.alternatives.text.empty() + (p.law != FactorLaw::levels);
        if (given == 0) problems.push_back({"", "has no values; give levels, alternatives or a law"});
        if (given > 1) problems.push_back({"", "has more than one of levels, alternatives and law; keep one"});
        const auto needs = [&](const char* key, const std::optional<double>& value) {
          if (!value) problems.push_back({"", fmt::format("its law needs \"{}\"", key)});
        };
        switch (p.law) {
          case FactorLaw::levels: break;
          case FactorLaw::triangular: needs("mode", p.mode); [[fallthrough]];
          case FactorLaw::uniform: case FactorLaw::log_uniform: case FactorLaw::integer: needs("least", p.least); needs("most", p.most); break;
          case FactorLaw::normal: needs("mean", p.mean); needs("deviation", p.deviation); break;
          case FactorLaw::lognormal: needs("median", p.median); needs("sigma", p.sigma); break;
        }
        if (p.least && p.most && *p.most < *p.least) problems.push_back({"/most", fmt::format("{} is below least, {}", *p.most, *p.least)});
        if (p.law == FactorLaw::log_uniform && p.least && *p.least <= 0) problems.push_back({"/least", fmt::format("{} is not above 0, as log_uniform needs", *p.least)});
        if (p.law == FactorLaw::triangular && p.least && p.most && p.mode && (*p.mode < *p.least || *p.mode > *p.most))
          problems.push_back({"/mode", fmt::format("{} is not in [{}, {}]", *p.mode, *p.least, *p.most)});
      })};
  return t;
}

template <>
const Table& table<DesignParameters>() {
  using P = DesignParameters;
  static const Table t{"design", "At which points the factors are tried.",
      {choice<&P::kind>("kind", {"grid", "list", "latin_hypercube", "sobol", "saltelli", "morris", "samples", "attribution"},
                        "every combination; points as listed; stratified in each factor; a Sobol' sequence; Saltelli's scheme for Sobol' indices; Morris' trajectories; points from a CSV; every combination of two policy stacks' instruments"),
       field<&P::points>("points", "", in(0, 1e8), "latin_hypercube, sobol: how many; saltelli: points of each base sample (a power of 2); morris: trajectories"),
       field<&P::seed>("seed", "", "of the design's own draws (latin_hypercube, morris)"),
       field<&P::centred>("centred", "", "latin_hypercube: points in the middle of their strata instead of anywhere in them"),
       field<&P::skip>("skip", "", in(0, 1e9), "sobol, saltelli: leading points of the sequence that are left out"),
       field<&P::second_order>("second_order", "", "saltelli: also what second-order indices need, twice the cross points"),
       field<&P::grid_levels>("grid_levels", "", in(2, 1000), "morris: levels a factor, an even number"),
       field<&P::list>("list", "", "list: points, each an object of values by factor"),
       field<&P::samples_csv>("samples_csv", "", "samples: CSV beside the sweep with a column a factor; the order of its rows is kept"),
       field<&P::to>("to", "", "attribution: the other stack, a patch upon the scenario (RFC 7396); each instrument that differs becomes a factor")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        using enum DesignKind;
        if ((p.kind == latin_hypercube || p.kind == sobol || p.kind == saltelli || p.kind == morris) && p.points == 0)
          problems.push_back({"/points", "is missing; 1 or more"});
        if (p.kind == saltelli && (p.points & (p.points - 1)) != 0) problems.push_back({"/points", fmt::format("{} is not a power of 2", p.points)});
        if (p.kind == morris && p.grid_levels % 2 != 0) problems.push_back({"/grid_levels", fmt::format("{} is not even", p.grid_levels)});
        if (p.kind == list && p.list.text.empty()) problems.push_back({"/list", "is missing; a list of points"});
        if (p.kind == samples && p.samples_csv.empty()) problems.push_back({"/samples_csv", "is missing; the name of a CSV"});
        if (p.kind == attribution && p.to.text.empty()) problems.push_back({"/to", "is missing; what the other stack changes, e.g. {\"policies\": {\"banking\": null}}"});
      })};
  return t;
}

template <>
const Table& table<Sweep>() {
  using P = Sweep;
  static const Table t{"sweep", "A design of experiments over a scenario.",
      {field<&P::name>("name", "", "short name").required(),
       field<&P::description>("description", "", "one line that says what it asks"),
       field<&P::scenario>("scenario", "", "preset, or file beside this one").required(),
       field<&P::set>("set", "", "path=value, applied to the scenario before the factors"),
       field<&P::factors>("factors", "", "what varies; the first one slowest in a grid"),
       field<&P::design>("design", "", "at which points"),
       field<&P::replications>("replications", "", in(1, 1e6), "runs a point, with random numbers common to all points"),
       field<&P::record>("record", "", "daily, firms: besides the summary and the yearly figures")},
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (!is_id(p.name)) problems.push_back({"/name", fmt::format("\"{}\" is not a short name: 1 to 64 bytes without '.', '/' and control characters", shown(p.name))});
        for (std::size_t i = 0; i < p.record.size(); ++i)
          if (p.record[i] != "daily" && p.record[i] != "firms")
            problems.push_back({"/record/" + std::to_string(i), fmt::format("\"{}\" is not one of daily, firms; tapes are for tantu run", shown(p.record[i]))});
        if (p.design.kind == DesignKind::attribution && !p.factors.empty())
          problems.push_back({"/factors", "are made by the design attribution; leave them out"});
      })};
  return t;
}

}  // namespace tantu
