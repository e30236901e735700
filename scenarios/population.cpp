#include "scenarios/population.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "scenarios/csv_line.hpp"
#include "scenarios/wording.hpp"
#include "sim/elementary.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

/// What a firm's own draws are for; each has a number of its own under Stream::population.
enum Property : std::uint32_t { size_of, class_of, intensity_of, region_of, group_of, closing_of, curve_of, installed_of = 100, cost_of = 200 };

double path_at(const std::map<int, double>& path, int year, double before) {
  auto given = path.upper_bound(year);
  if (given == path.begin()) return path.empty() ? before : given->second;
  return std::prev(given)->second;
}

/// Sectors with what does not depend on their firms; rows are empty.
std::vector<Sector> make_sectors(const Scenario& scenario, PathYears years, std::vector<const SectorParameters*>& parameters) {
  // A market's firms must be neighbours: sectors by market, then by id (maps are sorted), then those that move there.
  std::vector<Sector> sectors;
  const auto add = [&](const std::string& id, const SectorParameters& p, const std::string& entity, const std::string& market) {
    Sector s;
    s.name = id;
    s.entity = stable_id(entity);
    s.activity_unit = p.activity_unit;
    for (const auto& [name, c] : p.classes) {
      (void)c;
      s.classes.push_back(name);
    }
    if (s.classes.empty()) s.classes.push_back("all");
    if (!p.technology.empty()) {
      const TechnologyParameters& t = scenario.technologies.at(p.technology);
      s.technology.name = p.technology;
      for (const MeasureParameters& m : t.measures) {
        const InvestmentParameters& money = behaviour_of(scenario, market).investment;
        const double factor = m.kind == MeasureKind::investment
                                  ? capital_factor(m.capex_share, m.lifetime_years, m.capital_cost.value_or(money.capital_cost), money.reference_capital_cost) : 1;
        s.technology.measures.push_back({m.name, m.kind, m.potential, m.cost_per_t * factor, m.cost_spread, m.cost_spread_absolute,
                                         m.capex_share, m.lifetime_years, m.lead_time_years, m.learning, m.route});
      }
      s.technology.curve = {t.curve.shape, t.curve.price_per_t, t.curve.exponent, t.curve.most};
    }
    for (int y = years.first; y <= years.last; ++y) {
      double output = path_at(p.output_path, y, 1);
      const int last = p.output_path.empty() ? years.first : p.output_path.rbegin()->first;
      if (y > last) output *= elementary::power(1 + p.output_growth, y - last);
      s.activity_path.push_back(output);
      s.intensity_path.push_back(path_at(p.intensity_path, y, 1));
    }
    s.product_price = p.product_price;
    s.elasticity = p.elasticity;
    s.pass_through = p.pass_through;
    s.yearly_amplitude = p.season.yearly_amplitude;
    s.yearly_peak_day = p.season.yearly_peak_day;
    s.half_yearly_amplitude = p.season.half_yearly_amplitude;
    s.half_yearly_peak_day = p.season.half_yearly_peak_day;
    sectors.push_back(std::move(s));
    parameters.push_back(&p);
  };
  for (const auto& [market, unused] : scenario.markets) {
    (void)unused;
    for (const auto& [id, p] : scenario.sectors)
      if (market_of(scenario, p) == market) add(id, p, market + "/" + id, market);
    // The same draws as where they come from: the same firms.
    for (const MoveParameters& move : scenario.moves) {
      if (move.to != market) continue;
      const SectorParameters& p = scenario.sectors.at(move.sector);
      const std::string& home = market_of(scenario, p);
      add(moved_sector(move), p, home + "/" + move.sector, home);
    }
  }
  return sectors;
}

/// The median of a lognormal that, truncated below at `least`, has the mean `mean`.
double median_for_mean(double mean, double sigma, double least) {
  if (sigma <= 0) return mean;
  double low = elementary::log(mean) - 40, high = elementary::log(mean) + 10;
  for (int i = 0; i < 200; ++i) {
    const double mu = 0.5 * (low + high);
    const double a = least > 0 ? (elementary::log(least) - mu) / sigma : -40;
    const double tail = elementary::normal_cdf(-a);
    // E[X | X > L] = exp(mu + s^2/2) Phi(s - a) / Phi(-a)
    const double m = tail < 1e-300 ? least : elementary::exp(mu + sigma * sigma / 2) * elementary::normal_cdf(sigma - a) / tail;
    (m < mean ? low : high) = mu;
  }
  return elementary::exp(0.5 * (low + high));
}

double weight_of(const ClassParameters& c) { return c.share; }
double weight_of(const WeightParameters& w) { return w.weight; }

template <class Weighted>
std::size_t pick(const std::map<std::string, Weighted>& weights, double uniform) {
  double total = 0;
  for (const auto& [name, w] : weights) { (void)name; total += weight_of(w); }
  double reached = 0;
  std::size_t i = 0;
  for (const auto& [name, w] : weights) {
    (void)name;
    reached += weight_of(w) / total;
    if (uniform < reached) return i;
    ++i;
  }
  return weights.size() - 1;
}

/// The rows of a firm in every column that depends on who it is.
void add_firm(FirmTraits& t, std::uint32_t entity, std::uint16_t sector, std::uint16_t region, std::int16_t group, double emissions, Day closing) {
  t.entity.push_back(entity);
  t.sector.push_back(sector);
  t.region.push_back(region);
  t.group.push_back(group);
  t.emissions.push_back(emissions);
  t.closing.push_back(closing);
}

/// Columns of behaviour and costs, sized and, for costs, drawn.
void complete(const Scenario& scenario, RandomKey key, const std::vector<const SectorParameters*>& parameters, FirmTraits& t) {
  const std::size_t n = t.entity.size();
  t.style.resize(n);
  t.tau.resize(n);
  t.caution.resize(n);
  t.opinion.resize(n);
  t.hoard.resize(n);
  t.fundamental_weight.resize(n);
  t.trend_weight.resize(n);
  t.cut.resize(n);
  t.attention.resize(n);
  t.early.resize(n);
  t.curve_scale.assign(n, 1.0);
  for (std::size_t s = 0; s < t.sectors.size(); ++s) {
    Sector& sector = t.sectors[s];
    sector.first_measure = static_cast<std::uint32_t>(t.measure_cost.size());
    const double spread = parameters[s]->technology.empty() ? 0 : scenario.technologies.at(parameters[s]->technology).curve.cost_spread;
    for (std::uint32_t row = sector.rows.first; row < sector.rows.last; ++row) {
      if (spread > 0) t.curve_scale[row] = elementary::exp(spread * draw(key, Stream::population, t.entity[row], 0, curve_of).normal(0));
      for (std::uint32_t j = 0; j < sector.technology.measures.size(); ++j) {
        const Measure& m = sector.technology.measures[j];
        const double z = draw(key, Stream::population, t.entity[row], 0, cost_of + j).normal(0);
        t.measure_cost.push_back(m.cost_spread_absolute > 0 ? m.cost + m.cost_spread_absolute * z : m.cost * elementary::exp(m.cost_spread * z));
        t.log_measure_cost.push_back(t.measure_cost.back() > 0 ? elementary::log(t.measure_cost.back()) : -elementary::infinity);
      }
    }
  }
}

/// Output goes from one row to the other on the day, and with it the years that a market counts.
void place_moves(const Scenario& scenario, FirmTraits& t) {
  if (scenario.moves.empty()) return;
  using Year = std::numeric_limits<std::int32_t>;
  t.opening.assign(t.size(), Day{Year::min()});
  t.member_from.assign(t.size(), Year::min());
  t.member_until.assign(t.size(), Year::max());
  const auto rows = [&](const std::string& id) { return std::find_if(t.sectors.begin(), t.sectors.end(), [&](const Sector& s) { return s.name == id; })->rows; };
  for (const MoveParameters& move : scenario.moves) {
    const Rows before = rows(move.sector), after = rows(moved_sector(move));
    for (std::uint32_t i = 0; i < before.size(); ++i) {
      t.closing[before.first + i] = std::min(t.closing[before.first + i], move.date);
      t.member_until[before.first + i] = year_of(move.date) - 1;
      t.opening[after.first + i] = move.date;
      t.member_from[after.first + i] = year_of(move.date);
    }
  }
}

}  // namespace

std::string moved_sector(const MoveParameters& move) { return move.sector + "@" + move.to; }

const std::string& market_of(const Scenario& scenario, const Sector& sector) {
  if (const auto own = scenario.sectors.find(sector.name); own != scenario.sectors.end()) return market_of(scenario, own->second);
  return std::find_if(scenario.moves.begin(), scenario.moves.end(), [&](const MoveParameters& move) { return moved_sector(move) == sector.name; })->to;
}

FirmTraits synthesise(const Scenario& scenario, RandomKey key, PathYears years) {
  FirmTraits t;
  std::vector<const SectorParameters*> parameters;
  t.sectors = make_sectors(scenario, years, parameters);
  std::map<std::string, std::uint16_t> regions;
  for (const SectorParameters* p : parameters)
    for (const auto& [name, share] : p->regions) { (void)share; regions.emplace(name, 0); }
  if (regions.empty()) regions.emplace("all", 0);
  for (auto& [name, index] : regions) {
    index = static_cast<std::uint16_t>(t.regions.size());
    t.regions.push_back(name);
  }
  for (const auto& [name, group] : scenario.groups) { (void)group; t.groups.push_back(name); }

  for (std::size_t s = 0; s < t.sectors.size(); ++s) {
    Sector& sector = t.sectors[s];
    const SectorParameters& p = *parameters[s];
    sector.rows.first = t.size();
    std::vector<const ClassParameters*> classes;
    static const ClassParameters plain;
    for (const auto& [name, c] : p.classes) { (void)name; classes.push_back(&c); }
    if (classes.empty()) classes.push_back(&plain);
    const auto n = static_cast<std::uint32_t>(p.firms + p.firms_below + p.firms_closing);
    const auto full = static_cast<std::uint32_t>(p.firms);
    const double mean = p.firms > 0 ? p.emissions_mt * 1e6 / static_cast<double>(p.firms) : p.truncated_below_t;
    const double median = median_for_mean(mean, p.size_spread, p.truncated_below_t);

    std::vector<double> tonnes(n), intensity(n);
    std::vector<std::uint16_t> unit_class(n);
    double total = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t entity = sector.entity + i;
      const auto uniform = [&](Property what) { return draw(key, Stream::population, entity, 0, what).uniform(0); };
      unit_class[i] = static_cast<std::uint16_t>(p.classes.empty() ? 0 : pick(p.classes, uniform(class_of)));
      const ClassParameters& c = *classes[unit_class[i]];
      if (i >= full && i < full + static_cast<std::uint32_t>(p.firms_below)) {
        tonnes[i] = p.truncated_below_t * (0.2 + 0.8 * uniform(size_of));
      } else {
        const double drawn = p.size_spread > 0 ? lognormal_above(uniform(size_of), median, p.size_spread, p.truncated_below_t) : mean;
        tonnes[i] = std::max(p.truncated_below_t, drawn * c.size_factor);
        if (i < full) total += tonnes[i] - p.truncated_below_t;
      }
      const double z = std::clamp(draw(key, Stream::population, entity, 0, intensity_of).normal(0), -3.0, 3.0);
      intensity[i] = std::max(0.05 * c.intensity, c.intensity + c.intensity_spread * z);
    }
    // What lies above the threshold is scaled, so that the total is exact and no firm falls below it.
    if (full > 0) {
      const double scale = (p.emissions_mt * 1e6 - p.truncated_below_t * full) / total;
      for (std::uint32_t i = 0; i < n; ++i)
        if (i < full || i >= full + static_cast<std::uint32_t>(p.firms_below))
          tonnes[i] = p.truncated_below_t + (tonnes[i] - p.truncated_below_t) * scale;
    }
    // The class mean, weighted by emissions, is the scenario's: a few very large firms would else move it.
    for (std::size_t c = 0; c < classes.size(); ++c) {
      double weight = 0, sum = 0;
      for (std::uint32_t i = 0; i < full; ++i)
        if (unit_class[i] == c) {
          weight += tonnes[i];
          sum += tonnes[i] * intensity[i];
        }
      if (weight <= 0) continue;
      for (std::uint32_t i = 0; i < n; ++i)
        if (unit_class[i] == c) intensity[i] *= classes[c]->intensity / (sum / weight);
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t entity = sector.entity + i;
      const auto uniform = [&](Property what) { return draw(key, Stream::population, entity, 0, what).uniform(0); };
      std::uint16_t region = 0;
      if (!p.regions.empty()) region = regions.at(std::next(p.regions.begin(), static_cast<std::ptrdiff_t>(pick(p.regions, uniform(region_of))))->first);
      std::int16_t group = -1;
      double reached = 0, drawn = uniform(group_of);
      std::int16_t g = 0;
      for (const auto& [name, owned] : scenario.groups) {
        (void)name;
        if (!owned.market.empty() && owned.market != market_of(scenario, p)) { ++g; continue; }
        reached += owned.share;
        if (drawn < reached) { group = g; break; }
        ++g;
      }
      Day closing = never;
      if (i >= full + static_cast<std::uint32_t>(p.firms_below))
        closing = *p.closing_from + static_cast<int>((*p.closing_until - *p.closing_from) * uniform(closing_of));
      t.installations.push_back({t.size(), unit_class[i], tonnes[i] / intensity[i], intensity[i]});
      t.first_installation.push_back(static_cast<std::uint32_t>(t.installations.size()) - 1);
      add_firm(t, entity, static_cast<std::uint16_t>(s), region, group, tonnes[i], closing);
    }
    sector.rows.last = t.size();
  }
  t.first_installation.push_back(static_cast<std::uint32_t>(t.installations.size()));
  complete(scenario, key, parameters, t);
  place_moves(scenario, t);
  return t;
}

namespace {

struct InstallationLine {
  std::string firm, sector, region, group, unit_class;
  double activity = 0, intensity = 0;
  Day closing = never;
  std::size_t line = 0;
};

std::vector<InstallationLine> parse(std::string_view csv, const std::string& name) {
  static const std::vector<std::string> required{"firm", "sector", "region", "group", "class", "activity", "intensity"};
  std::vector<InstallationLine> lines;
  std::vector<std::string> header;
  std::size_t number = 0;
  if (csv.starts_with("\xef\xbb\xbf")) csv.remove_prefix(3);  // what spreadsheets write before UTF-8
  for (std::size_t at = 0; at < csv.size();) {
    const std::size_t end = std::min(csv.find('\n', at), csv.size());
    std::string_view text = csv.substr(at, end - at);
    at = end + 1;
    ++number;
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    if (text.size() > 65'536) throw InputError(name, std::to_string(number), "the line is longer than 65,536 characters");
    if (text.find('\0') != text.npos) throw InputError(name, std::to_string(number), "the file is not text");
    if (text.empty()) continue;
    const std::vector<std::string> fields = csv_fields(text, name, number);
    if (header.empty()) {
      header = fields;
      for (std::size_t i = 0; i < required.size(); ++i)
        if (header.size() <= i || header[i] != required[i])
          throw InputError(name, "1", "the header must be firm,sector,region,group,class,activity,intensity and optionally closing");
      if (header.size() > 8 || (header.size() == 8 && header[7] != "closing"))
        throw InputError(name, "1", "the only further column is closing");
      continue;
    }
    if (fields.size() != header.size())
      throw InputError(name, std::to_string(number), fmt::format("has {} fields; {} are expected", fields.size(), header.size()));
    InstallationLine line{fields[0], fields[1], fields[2], fields[3], fields[4], 0, 0, never, number};
    const auto value = [&](std::size_t i) {
      double x = 0;
      const char* last = fields[i].data() + fields[i].size();
      const auto [stop, error] = std::from_chars(fields[i].data(), last, x);
      if (error != std::errc{} || stop != last || !(x > 0) || x > 1e15)
        throw InputError(name, std::to_string(number), fmt::format("{} \"{}\" is not a number above 0", header[i], shown(fields[i], 40)));
      return x;
    };
    line.activity = value(5);
    line.intensity = value(6);
    if (fields.size() == 8 && !fields[7].empty()) {
      const auto day = parse_day(fields[7]);
      if (!day) throw InputError(name, std::to_string(number), fmt::format("closing \"{}\" is not a date like 2021-07-16", shown(fields[7], 40)));
      line.closing = *day;
    }
    if (line.firm.empty()) throw InputError(name, std::to_string(number), "firm is empty");
    lines.push_back(std::move(line));
  }
  if (lines.empty()) throw InputError(name, "", "holds no installation; one line each below the header");
  return lines;
}

}  // namespace

FirmTraits read_installations(const Scenario& scenario, std::string_view csv, const std::string& name, RandomKey key, PathYears years) {
  std::vector<InstallationLine> lines = parse(csv, name);
  FirmTraits t;
  std::vector<const SectorParameters*> parameters;
  t.sectors = make_sectors(scenario, years, parameters);
  std::map<std::string, std::uint16_t> regions, sector_index;
  std::map<std::string, std::int16_t> groups;
  std::vector<std::string> sector_names;
  for (std::size_t s = 0; s < t.sectors.size(); ++s) {
    sector_index[t.sectors[s].name] = static_cast<std::uint16_t>(s);
    sector_names.push_back(t.sectors[s].name);
  }
  struct FirmLines { std::uint16_t sector; std::vector<const InstallationLine*> installations; };
  std::map<std::pair<std::uint16_t, std::string>, FirmLines> firms;
  std::map<std::string, const InstallationLine*> first_line;
  for (const InstallationLine& line : lines) {
    const auto s = sector_index.find(line.sector);
    if (s == sector_index.end())
      throw InputError(name, std::to_string(line.line), fmt::format("sector \"{}\" is not a sector of the scenario; {}", shown(line.sector, 40), suggestion(line.sector, sector_names)));
    const Sector& sector = t.sectors[s->second];
    if (std::find(sector.classes.begin(), sector.classes.end(), line.unit_class) == sector.classes.end())
      throw InputError(name, std::to_string(line.line), fmt::format("class \"{}\" is not a class of sector \"{}\"; {}", shown(line.unit_class, 40), sector.name, suggestion(line.unit_class, sector.classes)));
    const auto [known, is_new] = first_line.emplace(line.firm, &line);
    if (!is_new && (known->second->sector != line.sector || known->second->region != line.region || known->second->group != line.group))
      throw InputError(name, std::to_string(line.line), fmt::format("firm \"{}\" differs in sector, region or group from line {}", shown(line.firm, 40), known->second->line));
    regions.emplace(line.region, 0);
    if (!line.group.empty()) groups.emplace(line.group, 0);
    FirmLines& firm = firms[{s->second, line.firm}];
    firm.sector = s->second;
    firm.installations.push_back(&line);
  }
  for (auto& [region, index] : regions) {
    index = static_cast<std::uint16_t>(t.regions.size());
    t.regions.push_back(region);
  }
  for (auto& [group, index] : groups) {
    index = static_cast<std::int16_t>(t.groups.size());
    t.groups.push_back(group);
  }
  std::size_t sector = 0;
  for (const auto& [id, firm] : firms) {  // sorted by sector, then name
    while (sector < firm.sector) {
      t.sectors[sector].rows.last = t.size();
      t.sectors[++sector].rows.first = t.size();
    }
    double tonnes = 0;
    Day closing{std::numeric_limits<std::int32_t>::min()};
    t.first_installation.push_back(static_cast<std::uint32_t>(t.installations.size()));
    for (const InstallationLine* line : firm.installations) {
      const Sector& s = t.sectors[firm.sector];
      const auto c = std::find(s.classes.begin(), s.classes.end(), line->unit_class) - s.classes.begin();
      t.installations.push_back({t.size(), static_cast<std::uint16_t>(c), line->activity, line->intensity});
      tonnes += line->activity * line->intensity;
      closing = std::max(closing, line->closing);
    }
    const InstallationLine& any = *firm.installations.front();
    t.names.push_back(any.firm);
    // The firm's name keys its draws: neither the order of lines nor another firm matters.
    add_firm(t, stable_id(t.sectors[firm.sector].name + "/" + any.firm), firm.sector, regions.at(any.region),
             any.group.empty() ? std::int16_t{-1} : groups.at(any.group), tonnes, closing);
  }
  t.sectors[sector].rows.last = t.size();
  while (++sector < t.sectors.size()) t.sectors[sector].rows = {t.size(), t.size()};
  for (const Sector& s : t.sectors)
    if (s.rows.size() == 0) throw InputError(name, "", fmt::format("has no installation of sector \"{}\"; add one, or leave the sector out (sectors.{}=null)", s.name, s.name));
  t.first_installation.push_back(static_cast<std::uint32_t>(t.installations.size()));
  complete(scenario, key, parameters, t);
  return t;
}

}  // namespace tantu
