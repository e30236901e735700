#include "scenarios/sweep/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/document.hpp"
#include "scenarios/sweep/designs.hpp"
#include "scenarios/sweep/sensitivity.hpp"
#include "scenarios/sweep/sweep.hpp"
#include "scenarios/table_reader.hpp"
#include "scenarios/wording.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

constexpr std::size_t most_points = 50;

/// Five significant digits; large ones whole.
std::string shown_number(double x) {
  if (!std::isfinite(x)) return "-";
  const double size = std::fabs(x);
  if (size >= 1e5) return fmt::format("{:.0f}", x);
  if (size != 0 && size < 1e-3) return fmt::format("{:.2e}", x);
  return fmt::format("{:.5g}", x);
}

std::vector<double> finite(const std::vector<double>& x) {
  std::vector<double> out;
  for (const double v : x)
    if (std::isfinite(v)) out.push_back(v);
  return out;
}

bool several_markets(const Sample& s) {
  std::set<std::string> markets;
  for (const auto& [outcome, values] : s.values) markets.insert(outcome.market);
  return markets.size() > 1;
}

std::string setting_text(const Sample& s, std::size_t run) {
  std::string text;
  for (std::size_t f = 0; f < s.factors.size(); ++f) text += (f ? ", " : "") + s.factors[f] + "=" + s.settings[run][f];
  return text.empty() ? "all runs" : text;
}

/// Runs by design point, in the order in which points come.
std::vector<std::vector<std::size_t>> runs_by_point(const Sample& s) {
  std::map<std::vector<std::string>, std::size_t> known;
  std::vector<std::vector<std::size_t>> out;
  for (std::size_t i = 0; i < s.runs(); ++i) {
    const auto [at, fresh] = known.emplace(s.settings[i], out.size());
    if (fresh) out.emplace_back();
    out[at->second].push_back(i);
  }
  return out;
}

std::vector<std::string> statistics_row(const std::vector<double>& x, const Bootstrap& bootstrap) {
  const Interval in = bootstrap_mean(x, bootstrap);
  const std::vector<double> s = sorted(x);
  return {std::to_string(x.size()), shown_number(mean(x)), shown_number(in.low), shown_number(in.high), shown_number(standard_deviation(x)),
          shown_number(quantile(s, 0.05)), shown_number(quantile(s, 0.25)), shown_number(quantile(s, 0.5)), shown_number(quantile(s, 0.75)), shown_number(quantile(s, 0.95))};
}

class Comparison {
 public:
  explicit Comparison(const CompareOptions& options) : o_(options), percent_(fmt::format("{:.0f}%", 100 * options.bootstrap.level)) {}

  void one(const Sample& s) {
    const auto points = runs_by_point(s);
    const bool listed = points.size() > 1 && points.size() <= most_points;
    ComparedTable all = statistics_table(points.size() > 1 ? "All runs" : "Means");
    for (const auto& [outcome, values] : s.values) add(all, outcome, s, values, "");
    tables_.push_back(std::move(all));
    price_bands(s);
    price_bounds(s, listed ? points : std::vector<std::vector<std::size_t>>{});
    if (listed) {
      ComparedTable means = statistics_table("Means by point");
      means.columns.insert(means.columns.begin(), "point");
      for (const auto& runs : points)
        for (const auto& [outcome, values] : s.values) add(means, outcome, s, picked(values, runs), setting_text(s, runs.front()));
      tables_.push_back(std::move(means));
      differences_within(s, points);
    }
    by_design(s, points);
  }

  void against(const Sample& a, const Sample& b) {
    ComparedTable t{fmt::format("{} less {}", b.name, a.name), "", difference_columns(a.name, b.name), {}};
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < a.runs(); ++i) known[a.pair[i]] = i;
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t i = 0; i < b.runs(); ++i)
      if (const auto at = known.find(b.pair[i]); at != known.end()) pairs.emplace_back(at->second, i);
    if (pairs.empty()) throw InputError(fmt::format("{}: no run has the factors, seed and replication of one of {}", b.name, a.name));
    if (pairs.size() < b.runs()) t.note = fmt::format("{} of {} runs of {} have a partner", pairs.size(), b.runs(), b.name);
    for (const auto& [outcome, values] : b.values) {
      const auto other = a.values.find(outcome);
      if (other == a.values.end()) continue;
      std::vector<double> x, y;
      for (const auto& [i, j] : pairs)
        if (std::isfinite(other->second[i]) && std::isfinite(values[j])) x.push_back(other->second[i]), y.push_back(values[j]);
      if (!x.empty()) t.rows.push_back(difference_row(outcome.name(several_markets(b)), outcome.units, x, y));
    }
    tables_.push_back(std::move(t));
  }

  std::vector<ComparedTable> take() { return std::move(tables_); }

 private:
  static std::vector<double> picked(const std::vector<double>& values, const std::vector<std::size_t>& runs) {
    std::vector<double> out;
    for (const std::size_t i : runs) out.push_back(values[i]);
    return out;
  }

  ComparedTable statistics_table(const std::string& title) const {
    return {title, percent_ + " bootstrap intervals of the mean", {"outcome", "unit", "runs", "mean", "mean_low", "mean_high", "sd", "q05", "q25", "q50", "q75", "q95"}, {}};
  }

  void add(ComparedTable& t, const RunOutcome& outcome, const Sample& s, const std::vector<double>& values, const std::string& point) const {
    const std::vector<double> x = finite(values);
    if (x.empty()) return;
    std::vector<std::string> row;
    if (!point.empty()) row.push_back(point);
    row.push_back(outcome.name(several_markets(s)));
    row.push_back(outcome.units);
    for (std::string& cell : statistics_row(x, o_.bootstrap)) row.push_back(std::move(cell));
    t.rows.push_back(std::move(row));
  }

  std::vector<std::string> difference_columns(const std::string& a, const std::string& b) const {
    return {"outcome", "unit", "pairs", a, b, "difference", "low", "high", "share_above"};
  }

  std::vector<std::string> difference_row(const std::string& name, const std::string& units, const std::vector<double>& x, const std::vector<double>& y) const {
    std::vector<double> d(x.size());
    double above = 0;
    for (std::size_t i = 0; i < x.size(); ++i) d[i] = y[i] - x[i], above += d[i] > 0;
    const Interval in = bootstrap_mean(d, o_.bootstrap);
    return {name, units, std::to_string(d.size()), shown_number(mean(x)), shown_number(mean(y)), shown_number(mean(d)), shown_number(in.low), shown_number(in.high),
            shown_number(above / static_cast<double>(d.size()))};
  }

  /// Each point against the first, pairs by replication.
  void differences_within(const Sample& s, const std::vector<std::vector<std::size_t>>& points) {
    ComparedTable t{"Differences from " + setting_text(s, points[0].front()), percent_ + " bootstrap intervals; pairs of runs with the same random numbers",
                    difference_columns("first", "point_mean"), {}};
    t.columns.insert(t.columns.begin(), "point");
    for (std::size_t p = 1; p < points.size(); ++p)
      for (const auto& [outcome, values] : s.values) {
        std::vector<double> x, y;
        for (std::size_t r = 0; r < std::min(points[0].size(), points[p].size()); ++r)
          if (std::isfinite(values[points[0][r]]) && std::isfinite(values[points[p][r]])) x.push_back(values[points[0][r]]), y.push_back(values[points[p][r]]);
        if (x.empty()) continue;
        auto row = difference_row(outcome.name(several_markets(s)), outcome.units, x, y);
        row.insert(row.begin(), setting_text(s, points[p].front()));
        t.rows.push_back(std::move(row));
      }
    tables_.push_back(std::move(t));
  }

  /// How often the year's close sits at the floor, between, at the ceiling.
  void price_bands(const Sample& s) {
    if (!o_.floor && !o_.ceiling) return;
    ComparedTable t{"Where the price sits", "shares of runs by the last close of the year", {"year", "runs", "at_floor", "inside", "at_ceiling"}, {}};
    for (const auto& [outcome, values] : s.values) {
      if (outcome.variable != "close" || outcome.year == 0) continue;
      const std::vector<double> x = finite(values);
      if (x.empty()) continue;
      double low = 0, high = 0;
      for (const double v : x) {
        if (o_.floor && v <= *o_.floor * (1 + 1e-9)) ++low;
        else if (o_.ceiling && v >= *o_.ceiling * (1 - 1e-9)) ++high;
      }
      const double n = static_cast<double>(x.size());
      t.rows.push_back({(several_markets(s) ? outcome.market + " " : std::string()) + std::to_string(outcome.year), std::to_string(x.size()), shown_number(low / n),
                        shown_number((n - low - high) / n), shown_number(high / n)});
    }
    tables_.push_back(std::move(t));
  }

  /// The same from the rules' own bounds: the probability that a day closes at the floor, inside, at the ceiling.
  void price_bounds(const Sample& s, const std::vector<std::vector<std::size_t>>& points) {
    ComparedTable t{"Where the price sits between the bounds of the rules", percent_ + " bootstrap intervals of the share of days",
                    {"year", "point", "runs", "at_floor", "at_floor_low", "at_floor_high", "inside", "at_ceiling", "at_ceiling_low", "at_ceiling_high"}, {}};
    std::vector<std::size_t> all(s.runs());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    for (const auto& [outcome, floors] : s.values) {
      if (outcome.variable != "share_at_floor") continue;
      RunOutcome other = outcome;
      other.variable = "share_at_ceiling";
      const auto ceilings = s.values.find(other);
      if (ceilings == s.values.end()) continue;
      const auto row = [&, &outcome = outcome, &floors = floors](const std::string& point, const std::vector<std::size_t>& runs) {
        const std::vector<double> low = finite(picked(floors, runs)), high = finite(picked(ceilings->second, runs));
        if (low.empty()) return;
        const Interval low_in = bootstrap_mean(low, o_.bootstrap), high_in = bootstrap_mean(high, o_.bootstrap);
        t.rows.push_back({(several_markets(s) ? outcome.market + " " : std::string()) + std::to_string(outcome.year), point, std::to_string(low.size()),
                          shown_number(mean(low)), shown_number(low_in.low), shown_number(low_in.high), shown_number(1 - mean(low) - mean(high)),
                          shown_number(mean(high)), shown_number(high_in.low), shown_number(high_in.high)});
      };
      if (points.empty()) row("all runs", all);
      for (const auto& runs : points) row(setting_text(s, runs.front()), runs);
    }
    if (!t.rows.empty()) tables_.push_back(std::move(t));
  }

  void by_design(const Sample& s, const std::vector<std::vector<std::size_t>>& points) {
    if (s.sweep.empty()) return;
    const Sweep sweep = read<Sweep>(parse_json(s.sweep, s.name), Place(s.name));
    const std::size_t k = s.factors.size();
    const bool whole = s.first_run == 0 && s.runs() == s.points * s.replications;
    if (!whole) return;
    if (sweep.design.kind == DesignKind::saltelli) {
      ComparedTable t{"Sobol' indices", percent_ + " bootstrap intervals; means over replications", {"outcome", "factor", "first", "first_low", "first_high", "total", "total_low", "total_high"}, {}};
      for (const auto& [outcome, values] : s.values) {
        const std::vector<double> y = by_point(s, values);
        if (finite(y).empty()) continue;
        const SobolIndices x = sobol_indices(y, k, sweep.design.second_order, o_.bootstrap);
        for (std::size_t f = 0; f < k; ++f)
          t.rows.push_back({outcome.name(several_markets(s)), s.factors[f], shown_number(x.first[f]), shown_number(x.first_in[f].low), shown_number(x.first_in[f].high),
                            shown_number(x.total[f]), shown_number(x.total_in[f].low), shown_number(x.total_in[f].high)});
      }
      tables_.push_back(std::move(t));
    } else if (sweep.design.kind == DesignKind::morris) {
      ComparedTable t{"Morris measures", percent_ + " bootstrap intervals; effects per range of the factor", {"outcome", "factor", "mu_star", "low", "high", "mu", "sigma"}, {}};
      const std::vector<double> unit = morris(static_cast<std::size_t>(sweep.design.points), k, static_cast<std::size_t>(sweep.design.grid_levels), sweep.design.seed);
      for (const auto& [outcome, values] : s.values) {
        const std::vector<double> y = by_point(s, values);
        if (finite(y).empty()) continue;
        const MorrisMeasures x = morris_measures(y, unit, k, o_.bootstrap);
        for (std::size_t f = 0; f < k; ++f)
          t.rows.push_back({outcome.name(several_markets(s)), s.factors[f], shown_number(x.size[f]), shown_number(x.size_in[f].low), shown_number(x.size_in[f].high),
                            shown_number(x.mean[f]), shown_number(x.deviation[f])});
      }
      tables_.push_back(std::move(t));
    } else if ((sweep.design.kind == DesignKind::grid || sweep.design.kind == DesignKind::attribution) && k > 1 && points.size() == std::size_t{1} << k) {
      attribution(s);
    }
  }

  static std::vector<double> by_point(const Sample& s, const std::vector<double>& values) {
    std::vector<double> out;
    for (std::size_t p = 0; p < s.points; ++p) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(p * s.replications);
      out.push_back(mean(finite(std::vector<double>(from, from + static_cast<std::ptrdiff_t>(s.replications)))));
    }
    return out;
  }

  /// A grid of two values a factor holds every sub-stack: shares of the difference between its two corners.
  void attribution(const Sample& s) {
    const std::size_t k = s.factors.size(), sets = std::size_t{1} << k;
    ComparedTable t{"Attribution from " + setting_text(s, 0) + " to " + setting_text(s, s.runs() - 1), percent_ + " bootstrap intervals over replications; Shapley shares of the difference",
                    {"outcome", "unit", "factor", "share", "low", "high"}, {}};
    // The first factor is the slowest: point p has bit f of its set in place k - 1 - f.
    const auto set_of = [&](std::size_t point) {
      std::size_t set = 0;
      for (std::size_t f = 0; f < k; ++f) set |= (point >> (k - 1 - f) & 1) << f;
      return set;
    };
    for (const auto& [outcome, values] : s.values) {
      if (finite(values).empty()) continue;
      std::vector<std::vector<double>> by_set(sets, std::vector<double>(s.replications));
      for (std::size_t p = 0; p < sets; ++p)
        for (std::size_t r = 0; r < s.replications; ++r) by_set[set_of(p)][r] = values[p * s.replications + r];
      const auto shares = [&](std::span<const std::uint32_t> rows) {
        std::vector<double> v(sets, 0.0);
        for (std::size_t set = 0; set < sets; ++set)
          for (const std::uint32_t r : rows) v[set] += by_set[set][r] / static_cast<double>(rows.size());
        return shapley(v, k);
      };
      std::vector<std::uint32_t> all(s.replications);
      for (std::uint32_t r = 0; r < all.size(); ++r) all[r] = r;
      const std::vector<double> share = shares(all);
      const std::string name = outcome.name(several_markets(s));
      double total = 0;
      for (std::size_t f = 0; f < k; ++f) {
        const Interval in = bootstrap(s.replications, [&](auto rows) { return shares(rows)[f]; }, o_.bootstrap);
        t.rows.push_back({name, outcome.units, s.factors[f], shown_number(share[f]), shown_number(in.low), shown_number(in.high)});
        total += share[f];
      }
      t.rows.push_back({name, outcome.units, "all together", shown_number(total), "", ""});
    }
    tables_.push_back(std::move(t));
  }

  const CompareOptions& o_;
  std::string percent_;
  std::vector<ComparedTable> tables_;
};

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text == "-" ? "" : text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace

std::vector<ComparedTable> compare(const std::vector<std::string>& files, const CompareOptions& options) {
  const std::vector<Sample> samples = read_samples_of(files, options.variables.empty() ? headline_variables() : options.variables);
  Comparison comparison(options);
  if (samples.size() == 1) comparison.one(samples[0]);
  for (std::size_t i = 1; i < samples.size(); ++i) comparison.against(samples[0], samples[i]);
  return comparison.take();
}

std::string text_of(const std::vector<ComparedTable>& tables) {
  std::string out;
  for (const ComparedTable& t : tables) {
    out += (out.empty() ? "" : "\n") + t.title + (t.note.empty() ? "" : " (" + t.note + ")") + "\n";
    std::vector<std::size_t> width;
    const auto measure = [&](const std::vector<std::string>& row) {
      width.resize(std::max(width.size(), row.size()));
      for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
    };
    measure(t.columns);
    for (const auto& row : t.rows) measure(row);
    const auto line = [&](const std::vector<std::string>& row) {
      std::string text;
      for (std::size_t c = 0; c < row.size(); ++c) {
        const bool is_name = c == 0 || t.columns[c] == "unit" || t.columns[c] == "point" || t.columns[c] == "outcome" || t.columns[c] == "factor";
        text += "  " + (is_name ? fmt::format("{:<{}}", row[c], width[c]) : fmt::format("{:>{}}", row[c], width[c]));
      }
      text.erase(text.find_last_not_of(' ') + 1);
      return text + "\n";
    };
    out += line(t.columns);
    for (const auto& row : t.rows) out += line(row);
  }
  return out;
}

std::string csv_of(const std::vector<ComparedTable>& tables) {
  std::vector<std::string> columns;
  for (const ComparedTable& t : tables)
    for (const std::string& c : t.columns)
      if (std::find(columns.begin(), columns.end(), c) == columns.end()) columns.push_back(c);
  std::string out("table");
  for (const std::string& c : columns) out.append(",").append(csv_cell(c));
  out += "\n";
  for (const ComparedTable& t : tables)
    for (const auto& row : t.rows) {
      out += csv_cell(t.title);
      for (const std::string& c : columns) {
        const auto at = std::find(t.columns.begin(), t.columns.end(), c);
        out += ",";
        if (at != t.columns.end()) out += csv_cell(row[static_cast<std::size_t>(at - t.columns.begin())]);
      }
      out += "\n";
    }
  return out;
}

}  // namespace tantu
