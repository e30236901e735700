// A sweep as a user writes it (sweep.json): a base scenario, the factors that vary, the design that says at
// which points, and how often each point is repeated. Plain structs with their tables; what becomes of them
// is in plan.hpp. The file is JSON with comments; docs/sweeps.md explains it by examples.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/parameters.hpp"

namespace tantu {

enum class FactorLaw { levels, uniform, log_uniform, normal, lognormal, triangular, integer };

/// One thing that varies: values listed, named alternatives, or a law.
struct FactorParameters {
  std::string path;        ///< as for --set
  std::string name;        ///< of its coordinate; empty: the last part of the path
  CanonicalJson levels;         ///< a list of values
  CanonicalJson alternatives;   ///< an object: name -> value; null removes what the path names
  FactorLaw law = FactorLaw::levels;
  std::optional<double> least, most, mode, mean, deviation, median, sigma;
};

enum class DesignKind { grid, list, latin_hypercube, sobol, saltelli, morris, samples, attribution };

struct DesignParameters {
  DesignKind kind = DesignKind::grid;
  std::int64_t points = 0;
  std::uint64_t seed = 1;
  bool centred = false;
  std::int64_t skip = 0;
  bool second_order = false;
  std::int64_t grid_levels = 4;
  CanonicalJson list;
  std::string samples_csv;
  CanonicalJson to;
};

struct Sweep {
  std::string name, description;
  std::string scenario;
  std::vector<std::string> set;
  std::vector<FactorParameters> factors;
  DesignParameters design;
  std::int64_t replications = 1;
  std::vector<std::string> record;
};

template <> const Table& table<Sweep>();

}  // namespace tantu
