#include "sim/yardstick.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <stdexcept>

#include "sim/elementary.hpp"
#include "sim/linked_path.hpp"
#include "sim/outlook.hpp"

namespace tantu {

namespace {

/// Output of all firms of the market in a year, in index-years: as it was, with the rest of the running year and the
/// years to come on their path, times what the carbon price leaves of it. `factors`: by row of the market; empty where no output reacts.
std::vector<double> output_of(const Simulation& simulation, const Market& market, int year, std::span<const double> factors = {}) {
  const FirmTraits& traits = simulation.setup().traits;
  const FirmStore& firms = simulation.firms();
  const Rows rows = market.rules().rows;
  const double passed = year <= year_of(simulation.today()) ? elapsed_share(simulation.today(), year) : 0;
  std::vector<double> activity(rows.size());
  for (std::uint32_t row = rows.first; row < rows.last; ++row) {
    if (!takes_part(market, traits, firms, row, simulation.today())) continue;
    const double path = path_at(traits.sectors[traits.sector[row]].activity_path, year - firms.first_year);
    const Day rest_from = year <= year_of(simulation.today()) ? simulation.today() + 1 : first_day_of(year);
    const bool works = rest_from < traits.closing[row] && traits.is_open(row, rest_from) && traits.is_member(row, year);
    const double ahead = passed < 1 && works ? (1 - passed) * path * (factors.empty() ? 1.0 : factors[row - rows.first]) : 0;
    activity[row - rows.first] = (passed > 0 && traits.is_member(row, year) ? firms.year(year).activity[row] : 0) + ahead;
  }
  return activity;
}

/// What is assumed of the policies' answers, as numbers that can be damped.
std::vector<double> levels_of(const SupplyOutlook& outlook) {
  std::vector<double> levels;
  for (const SupplyYear& y : outlook.years) {
    levels.push_back(y.auctioned);
    levels.push_back(y.borrowed);
    for (const Offer& offer : y.offers) levels.push_back(offer.tonnes);
  }
  return levels;
}

/// The share that the path uses of what becomes available exactly at a period's price.
double share_used(const PathPeriod& period, const PathResult::Period& r) {
  const double low = r.price * (1 - 4e-16), below = period.supplied_below(low), all = period.supplied(r.price);
  return all > below ? std::clamp((r.supplied - below) / (all - below), 0.0, 1.0) : 1;
}

/// What is left of the output to come at a carbon price, by row of the market, if firms abate at least cost. Suppliers count that are
/// in the same market.
std::vector<double> factors_at(const Simulation& simulation, const Market& market, std::span<const FirmOptions> options, double price, int year, Day first, double start,
                               double length) {
  const SimulationSetup& setup = simulation.setup();
  const FirmTraits& traits = setup.traits;
  const MarketRules& rules = market.rules();
  const int known = rules.cycles.empty() ? year : std::min(year, rules.cycles.back().last_year);
  UnitCosts costs{std::vector<double>(traits.size()), std::vector<double>(traits.sectors.size())};
  const auto charge = [&](const Sector& sector) { return CarbonCharge{market.covers(sector, first) ? price : 0.0, market.tax(sector, first)}; };
  add_unit_costs(traits, market, simulation.firms().first_year, year, known, charge,
                 [&](std::uint32_t row) {
                   const CarbonCharge bears = charge(traits.sectors[traits.sector[row]]);
                   return options[row - rules.rows.first].at(bears.allowance + bears.tax, year, start, length);
                 },
                 [&](std::uint32_t row) { return market.covers(traits.sectors[traits.sector[row]], first); }, costs);
  const std::vector<double> total = setup.supply_chain.links().empty() ? costs.of_sector : setup.supply_chain.propagate(costs.of_sector);
  std::vector<double> factors(rules.rows.size(), 1.0);
  for (std::uint32_t row = rules.rows.first; row < rules.rows.last; ++row) {
    const std::uint16_t s = traits.sector[row];
    if (output_reacts(traits.sectors[s])) factors[row - rules.rows.first] = output_factor(traits.sectors[s], costs.of_firm[row], total[s] - costs.of_sector[s]);
  }
  return factors;
}

/// A market's path while it is being found: the problem without what policies answer, and what they have answered.
class Planning {
 public:
  Planning(const Simulation& simulation, std::uint32_t m);

  Yardstick& result() { return y_; }
  const Yardstick& result() const { return y_; }
  /// Asks the policies, given the last path if there is one. Returns the largest difference from what was assumed, t.
  double ask();
  /// Moves what is assumed towards the last answer and makes it part of the problem.
  void assume(double damping);
  /// After the last round.
  void keep_supply() { y_.supply = std::move(before_.years); }

 private:
  /// A year of the path, and the part of it that the path begins with.
  struct Span {
    int year;
    Day first;
    double start, share;
  };
  /// Makes `bare_` and `told_`, with output as the assumed prices leave it.
  void begin();
  PathPeriod period(const Span& span, const ExpectedYear& e, std::span<const double> output) const;
  ExpectedYear expected(int year, std::span<const double> output) const;
  /// Moves the assumed prices towards the path's.
  void expect_output(double damping);
  /// Of the firms in a period at a price of the path, index-years by row of the market.
  std::vector<double> output_at(const Span& span, double price) const;
  const Simulation& simulation_;
  const Market& market_;
  Yardstick y_;
  PathProblem bare_;                  ///< without what policies answer
  std::vector<SupplyYear> told_;      ///< what does not depend on the path
  std::vector<Span> spans_;           ///< [period]
  double passed_ = 0;                 ///< of the opening year, before the opening
  std::vector<AbatementGroup> groups_;
  std::vector<FirmOptions> options_;  ///< [row of the market]; empty where no output reacts
  std::vector<double> prices_;        ///< [period] assumed, at which output reacts
  std::vector<double> before_prices_, before_found_;  ///< the same of the round before, and what the path found then
  SupplyOutlook answer_, before_;
  std::vector<double> levels_;        ///< assumed
  bool solved_ = false;
};

Planning::Planning(const Simulation& simulation, std::uint32_t m) : simulation_(simulation), market_(simulation.markets()[m]), groups_(abatement_groups(simulation, market_)) {
  const SimulationSetup& setup = simulation.setup();
  const FirmTraits& traits = setup.traits;
  const Rows rows = market_.rules().rows;
  const int opening = year_of(setup.first_day);
  passed_ = elapsed_share(setup.first_day - 1, opening) * (year_of(setup.first_day - 1) == opening ? 1 : 0);
  double start = 0;
  for (int year = opening; year <= setup.yardstick.last_year; ++year) {
    const double share = year == opening ? 1 - passed_ : 1.0;
    if (share <= 0) continue;
    spans_.push_back({year, year == opening ? setup.first_day : first_day_of(year), start, share});
    y_.years.push_back(year);
    y_.starts.push_back(start);
    start += share;
  }
  prices_.assign(spans_.size(), 0.0);
  const auto reacts = [&](const Sector& sector) { return output_reacts(sector) && sector.rows.first >= rows.first && sector.rows.last <= rows.last; };
  if (std::any_of(traits.sectors.begin(), traits.sectors.end(), reacts))
    for (std::uint32_t row = rows.first; row < rows.last; ++row) options_.emplace_back(simulation, row);
  begin();
}

ExpectedYear Planning::expected(int year, std::span<const double> output) const {
  const MarketRules& rules = market_.rules();
  const int known = rules.cycles.empty() ? year_of(simulation_.setup().first_day) : rules.cycles.back().last_year;
  return expected_year(market_, simulation_.setup().traits, simulation_.firms().first_year, year, known, simulation_.setup().yardstick.expected_cut, output);
}

std::vector<double> Planning::output_at(const Span& span, double price) const {
  if (options_.empty()) return output_of(simulation_, market_, span.year);
  return output_of(simulation_, market_, span.year, factors_at(simulation_, market_, options_, price, span.year, span.first, span.start, span.share));
}

void Planning::begin() {
  const SimulationSetup& setup = simulation_.setup();
  const MarketRules& rules = market_.rules();
  bare_ = {};
  bare_.rate = rules.interest_rate;
  for (const auto& [vintage, tonnes] : rules.initial_bank) {
    (void)vintage;
    bare_.bank += tonnes;
  }
  const int opening = year_of(setup.first_day);
  std::vector<std::pair<int, double>> owed;
  // What years before the opening still owe can be met with allowances alone, and so can the part of the opening year that is over: it has
  // been emitted, and its balance opens the bank.
  for (int year = std::max(first_unsettled_year(rules, setup.first_day), simulation_.firms().first_year); year < opening; ++year) {
    const ExpectedYear e = expected(year, output_of(simulation_, market_, year));
    bare_.bank += e.supply - e.need;
    owed.emplace_back(year, e.need);
  }
  if (passed_ > 0) {
    const ExpectedYear e = expected(opening, output_of(simulation_, market_, opening));
    bare_.bank += (e.supply - e.need) * passed_;
  }
  told_.clear();
  for (std::size_t k = 0; k < spans_.size(); ++k) {
    const Span& span = spans_[k];
    const std::vector<double> output = output_at(span, prices_[k]);
    const ExpectedYear e = expected(span.year, output);
    owed.emplace_back(span.year, e.need);
    bare_.periods.push_back(period(span, e, output));
    bare_.periods.back().bank_least = -due_later(rules, span.year, owed);
    told_.push_back({.year = span.year, .ahead = span.share, .obligation = e.need, .gap = e.gap});
  }
  if (!bare_.periods.empty()) bare_.periods.back().bank_least = 0;  // nobody pays back after the end
}

void Planning::expect_output(double damping) {
  const std::vector<double> at = prices_;
  std::vector<double> found(spans_.size());
  for (std::size_t k = 0; k < spans_.size(); ++k) {
    found[k] = y_.path.periods[k].price;
    // The dearer output is thought to be, the less of it there is and the cheaper the path. Where output answers more than abatement
    // does, half the way is too far: the last two rounds tell how steep the answer is, and how far the two lines meet.
    double step = damping;
    if (!before_prices_.empty() && std::fabs(at[k] - before_prices_[k]) > 1e-9)
      step = std::clamp(1 / (1 - (found[k] - before_found_[k]) / (at[k] - before_prices_[k])), 1.0 / 256, 1.0);
    prices_[k] += step * (found[k] - at[k]);
  }
  before_prices_ = at;
  before_found_ = std::move(found);
}

PathPeriod Planning::period(const Span& span, const ExpectedYear& e, std::span<const double> output) const {
  const FirmTraits& traits = simulation_.setup().traits;
  const FirmStore& firms = simulation_.firms();
  const MarketRules& rules = market_.rules();
  PathPeriod p;
  p.time = span.start + span.share / 2;
  p.need = e.need * span.share;
  p.supply = e.supply * span.share;
  std::vector<double> weight(traits.sectors.size()), level(traits.sectors.size());
  for (std::uint32_t row = rules.rows.first; row < rules.rows.last; ++row) {
    weight[traits.sector[row]] += traits.emissions[row];
    level[traits.sector[row]] += output[row - rules.rows.first] * traits.emissions[row];
  }
  for (const AbatementGroup& g : groups_) {
    const Sector& sector = traits.sectors[g.sector];
    const double works = usable(g.available, span.start, span.share) * covered_share(market_, sector, span.first);
    const double intensity = path_at(sector.intensity_path, span.year - firms.first_year);
    const double tonnes = weight[g.sector] > 0 ? works * span.share * intensity * level[g.sector] / weight[g.sector] : 0;
    if (tonnes > 0)
      p.terms.push_back({g.curve, tonnes, g.learning > 0 ? elementary::power(1 - g.learning, span.year - firms.first_year) : 1.0, static_cast<int>(SupplySource::abatement)});
  }
  for (const ComplianceCycle& cycle : rules.cycles) {
    if (cycle.last_year != span.year) continue;
    const ShortfallTerms terms = market_.shortfall_terms(cycle.deadline);
    if (terms.exists && !terms.debt_carried && terms.per_tonne > 0 && terms.multiple == 0) p.ceiling = std::min(p.ceiling, terms.per_tonne);
    PolicyView view = market_.policy_view(traits, firms, simulation_.setup().key);
    view.today = cycle.deadline;
    double kept = 0;
    bool limited = true;
    for (std::uint32_t row = rules.rows.first; row < rules.rows.last && limited; ++row) {
      const CarryOver carry = market_.carry_over(view, row);
      limited = carry.limited && carry.conversion == cycle.deadline && carry.per_sale == 0;
      kept += carry.limit;
    }
    if (limited) p.bank_most = kept;
  }
  // Prices that the authority backs, as they are in the middle of the period.
  const PriceBounds bounds = market_.price_bounds(span.first + static_cast<int>((first_day_of(span.year + 1) - span.first) / 2));
  p.ceiling = std::min(p.ceiling, bounds.ceiling);
  p.floor = std::min(bounds.floor, p.ceiling);
  return p;
}

double Planning::ask() {
  before_ = std::move(answer_);
  answer_ = {};
  answer_.at_opening = true;
  answer_.circulation = bare_.bank;
  answer_.years = told_;
  if (solved_) {
    answer_.before = &before_;
    for (std::size_t k = 0; k < told_.size(); ++k) {
      const PathPeriod& period = y_.problem.periods[k];
      const PathResult::Period& r = y_.path.periods[k];
      const double share = share_used(period, r), low = r.price * (1 - 4e-16);
      const auto used = [&](const SupplyTerm& t) {
        const double below = t.tonnes * t.curve->below(low / t.price);
        return below + share * (t.tonnes * t.curve->at(r.price / t.price) - below);
      };
      double abated = 0;
      std::size_t next = 0;
      for (const SupplyTerm& t : period.terms) {
        if (t.kind == static_cast<int>(SupplySource::abatement)) {
          abated += used(t);
          continue;
        }
        while (before_.years[k].offers[next].tonnes <= 0) ++next;  // these have no term
        before_.years[k].offers[next++].taken = used(t);
      }
      answer_.years[k].obligation = told_[k].obligation - abated / spans_[k].share;
      answer_.years[k].circulation = r.bank;
    }
  } else {
    for (SupplyYear& year : answer_.years) year.circulation = bare_.bank;
  }
  const Market& market = market_;
  PolicyView view = market.policy_view(simulation_.setup().traits, simulation_.firms(), simulation_.setup().key);
  view.today = simulation_.setup().first_day - 1;
  market.expect(view, answer_);
  const std::vector<double> called = levels_of(answer_);
  if (!solved_) return 0;
  if (called.size() != levels_.size()) throw std::logic_error("yardstick: a policy has changed the number of its offers");
  double residual = 0;
  for (std::size_t i = 0; i < called.size(); ++i) residual = std::max(residual, std::fabs(called[i] - levels_[i]));
  double of_output = 0;
  for (std::size_t k = 0; k < spans_.size() && !options_.empty(); ++k)
    of_output = std::max(of_output, std::fabs(expected(spans_[k].year, output_at(spans_[k], y_.path.periods[k].price)).need - told_[k].obligation) * spans_[k].share);
  return std::max(residual, of_output);
}

void Planning::assume(double damping) {
  const std::vector<double> called = levels_of(answer_);
  if (!solved_) levels_ = called;
  else
    for (std::size_t i = 0; i < called.size(); ++i) levels_[i] += damping * (called[i] - levels_[i]);
  if (solved_ && !options_.empty()) {
    expect_output(damping);
    begin();
  }
  solved_ = true;
  y_.problem = bare_;
  std::size_t at = 0;
  for (std::size_t k = 0; k < told_.size(); ++k) {
    PathPeriod& p = y_.problem.periods[k];
    p.supply += levels_[at++];
    const double borrowed = levels_[at++];
    if (k + 1 < told_.size()) p.bank_least -= borrowed;
    for (Offer& offer : answer_.years[k].offers) {
      offer.tonnes = levels_[at++];
      if (offer.tonnes > 0)
        p.terms.push_back({std::make_shared<const CostCurve>(std::vector<CurveSegment>{{offer.low, offer.high, offer.tonnes}}), 1, 1, static_cast<int>(offer.source)});
    }
  }
}

}  // namespace

double Yardstick::price_of_year(int year) const {
  for (std::size_t k = 0; k < years.size(); ++k)
    if (years[k] >= year) return k == 0 || years[k] == year ? price(k) : -1;
  return -1;
}

double Yardstick::bank_of_year(int year) const {
  for (std::size_t k = 0; k < years.size(); ++k)
    if (years[k] == year) return path.periods[k].bank;
  return 0;
}

double Yardstick::taken(std::size_t k, SupplySource source) const {
  double sum = 0;
  if (source == SupplySource::abatement) {
    sum = path.periods[k].supplied;
    for (const Offer& offer : supply[k].offers) sum -= offer.taken;
  } else {
    for (const Offer& offer : supply[k].offers)
      if (offer.source == source) sum += offer.taken;
  }
  return sum;
}

namespace {

constexpr double tolerance = 0.5;  // t
constexpr int most_rounds = 200;

/// A link, and the period from which on it is public: the first that begins at most half a year before that.
struct KnownLink {
  MarketLink link;
  std::size_t known = 0;
};

/// The links of a scenario over the periods of its markets' paths. Quotas count the units that arrive; money is exchanged
/// at the rate of the opening.
std::vector<KnownLink> links_of(const Simulation& simulation, const std::vector<Planning>& plans) {
  const SimulationSetup& setup = simulation.setup();
  std::vector<KnownLink> links;
  for (const LinkRules& rules : setup.links) {
    if (rules.moves_firms) continue;
    const Yardstick& to = plans[rules.to].result();
    MarketLink link{rules.from, rules.to, {}, rules.accepted.factor(),
                    setup.rates.rate(simulation.markets()[rules.from].rules().currency, simulation.markets()[rules.to].rules().currency, setup.first_day).value_or(1),
                    to_currency(rules.fee, simulation.markets()[rules.to].rules().price_scale)};
    for (std::size_t k = 0; k < to.years.size(); ++k) {
      const int year = to.years[k];
      const Day first = std::max(setup.first_day, first_day_of(year)), end = first_day_of(year + 1);
      const double open = std::clamp(static_cast<double>(std::min(end, rules.last_day + 1) - std::max(first, rules.first_day)) / static_cast<double>(end - first), 0.0, 1.0);
      double most = open > 0 ? std::numeric_limits<double>::infinity() : 0;
      if (open > 0 && rules.quota) most = static_cast<double>(rules.quota->count);
      if (open > 0 && rules.quota_share) most = std::min(most, *rules.quota_share * to.problem.periods[k].need);
      link.most.push_back(most / link.ratio);
    }
    std::size_t known = 0;
    while (known < to.years.size() && rules.announced > setup.first_day && rules.announced > std::max(setup.first_day, first_day_of(to.years[known])) + 182) ++known;
    links.push_back({std::move(link), known});
  }
  return links;
}

/// The paths of linked markets and what they import, with each link from the period on in which it is public: before that
/// nobody reckons with it, and what the banks hold then is what the path begins with that knows of it.
struct JointPaths {
  std::vector<PathResult> markets;
  std::vector<std::vector<double>> imported;  ///< [market][period], t
  std::string left_out;

  void find(const std::vector<PathProblem>& problems, const std::vector<KnownLink>& links);

 private:
  std::map<std::size_t, LinkedPaths> from_;  ///< by first period, for the next round to begin with
};

void JointPaths::find(const std::vector<PathProblem>& problems, const std::vector<KnownLink>& links) {
  std::set<std::size_t> news{0};
  std::size_t periods = 0;
  for (const PathProblem& p : problems) periods = std::max(periods, p.periods.size());
  for (const KnownLink& l : links)
    if (l.known < periods) news.insert(l.known);
  markets.assign(problems.size(), {});
  imported.assign(problems.size(), std::vector<double>(periods));
  for (auto from = news.begin(); from != news.end(); ++from) {
    const std::size_t until = std::next(from) == news.end() ? periods : *std::next(from);
    std::vector<PathProblem> rest = problems;
    for (std::size_t m = 0; m < rest.size() && *from > 0; ++m) {
      rest[m].bank = markets[m].periods[*from - 1].bank;
      rest[m].periods.erase(rest[m].periods.begin(), rest[m].periods.begin() + static_cast<std::ptrdiff_t>(*from));
    }
    std::vector<MarketLink> open;
    for (const KnownLink& l : links) {
      if (l.known > *from) continue;
      open.push_back(l.link);
      if (l.link.most.size() > 1) open.back().most.erase(open.back().most.begin(), open.back().most.begin() + static_cast<std::ptrdiff_t>(*from));
    }
    LinkedPaths& found = from_[*from];
    if (const std::string reason = linked_paths_one_way(rest, open, found); !reason.empty()) left_out = reason;
    for (std::size_t m = 0; m < problems.size(); ++m) {
      const auto& path = found.markets[m].periods;
      for (std::size_t k = *from; k < until && k - *from < path.size(); ++k) markets[m].periods.push_back(path[k - *from]);
    }
    for (std::size_t l = 0; l < open.size(); ++l)
      for (std::size_t k = *from; k < until; ++k) {
        imported[open[l].to][k] += open[l].ratio * found.linked[l][k - *from];
        imported[open[l].from][k] -= found.linked[l][k - *from];
      }
  }
}

}  // namespace

std::vector<Yardstick> yardsticks(const Simulation& simulation) {
  std::vector<Planning> plans;
  plans.reserve(simulation.markets().size());
  for (std::uint32_t m = 0; m < simulation.markets().size(); ++m) plans.emplace_back(simulation, m);
  for (Planning& plan : plans) {
    plan.ask();
    plan.assume(1);
  }
  const std::vector<KnownLink> links = links_of(simulation, plans);  // quotas may be shares of what the problems need
  // All markets move together: over a link what one answers changes the other's path.
  JointPaths joint;
  for (int round = 1;; ++round) {
    std::vector<PathProblem> problems;
    for (const Planning& plan : plans) problems.push_back(plan.result().problem);
    joint.find(problems, links);
    double residual = 0;
    for (std::size_t m = 0; m < plans.size(); ++m) {
      Yardstick& y = plans[m].result();
      y.path = joint.markets[m];
      y.rounds = round;
      y.imported = joint.imported[m];
      y.links_left_out = joint.left_out;
      y.residual = plans[m].ask();
      residual = std::max(residual, y.residual);
    }
    if (residual <= tolerance || round >= most_rounds) break;
    for (Planning& plan : plans) plan.assume(0.5);
  }
  std::vector<Yardstick> list;
  for (Planning& plan : plans) {
    plan.keep_supply();
    list.push_back(std::move(plan.result()));
  }
  return list;
}

Yardstick yardstick(const Simulation& simulation, std::uint32_t m) { return std::move(yardsticks(simulation)[m]); }

}  // namespace tantu
