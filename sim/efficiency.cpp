#include "sim/efficiency.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "sim/elementary.hpp"
#include "sim/outlook.hpp"

namespace tantu {

EfficiencyYear& EfficiencyYear::operator+=(const EfficiencyYear& o) {
  abatement += o.abatement;
  cost += o.cost;
  abatement_least += o.abatement_least;
  cost_least += o.cost_least;
  abatement_alone += o.abatement_alone;
  cost_alone += o.cost_alone;
  shortfall_alone += o.shortfall_alone;
  offsets += o.offsets;
  offset_cost += o.offset_cost;
  offsets_least += o.offsets_least;
  offset_cost_least += o.offset_cost_least;
  return *this;
}

namespace {

/// True where the obligations of `year` have fallen due, interim deadlines apart.
bool settled(const MarketRules& rules, int year, Day today) {
  return std::any_of(rules.cycles.begin(), rules.cycles.end(), [&](const ComplianceCycle& c) { return c.share == 1 && c.settles_from() <= year && year <= c.last_year && c.deadline <= today; });
}

/// What a missing tonne costs a firm that cannot buy: the fine, or where the tonne is owed still, three times the
/// highest competitive price, so that it is never the cheap way out.
double penalty_of(const Market& market, const Yardstick& y, double mean_price) {
  double penalty = 0, highest = 0;
  for (const PathResult::Period& p : y.path.periods) highest = std::max(highest, p.price);
  for (const ComplianceCycle& cycle : market.rules().cycles) {
    const ShortfallTerms terms = market.shortfall_terms(cycle.deadline);
    if (!terms.exists) continue;
    penalty = std::max(penalty, terms.per_tonne + terms.multiple * mean_price + (terms.debt_carried ? 3 * highest : 0.0));
  }
  return penalty > 0 ? penalty : 3 * highest;
}

/// What supply asks for `used` credits, currency per tonne: the types that begin cheaper first, each at the price of its last.
double asked_for(const std::vector<Offer>& offers, double used) {
  std::vector<Offer> types;
  for (const Offer& offer : offers)
    if (offer.source == SupplySource::offsets && offer.tonnes > 0) types.push_back(offer);
  std::stable_sort(types.begin(), types.end(), [](const Offer& a, const Offer& b) { return a.low < b.low; });
  double left = used, cost = 0;
  for (std::size_t i = 0; i < types.size() && left > 0; ++i) {
    const Offer& o = types[i];
    const double part = i + 1 < types.size() ? std::min(left, o.tonnes) : left;  // what came over from other years costs no less than the last
    cost += part * (o.low + (o.high - o.low) * std::min(1.0, part / o.tonnes));
    left -= part;
  }
  return used > 0 ? cost / used : 0;
}

}  // namespace

Efficiency::Efficiency(const Simulation& simulation, std::uint32_t m, Yardstick path)
    : rows_(simulation.markets()[m].rules().rows), yardstick_(std::move(path)) {
  const FirmTraits& traits = simulation.setup().traits;
  const FirmStore& firms = simulation.firms();
  const Market& market = simulation.markets()[m];
  first_year_ = yardstick_.years.empty() ? year_of(simulation.today()) : yardstick_.years.front();
  last_year_ = std::max(first_year_, year_of(simulation.today()));
  const std::uint32_t n = rows_.size();
  market_.resize(years());
  classes_.fill(market_);
  std::vector<std::size_t> sum_of;  // [sector]
  for (const Sector& sector : traits.sectors) {
    sum_of.push_back(sectors_.size());
    if (sector.rows.first >= rows_.first && sector.rows.last <= rows_.last) sectors_.push_back({sector.rows, market_});
  }

  // Quarters by size.
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), rows_.first);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return traits.emissions[a] != traits.emissions[b] ? traits.emissions[a] < traits.emissions[b] : a < b;
  });
  std::vector<std::uint8_t> class_of(n);
  for (std::uint32_t i = 0; i < n; ++i) class_of[order[i] - rows_.first] = static_cast<std::uint8_t>(i * size_classes / n);

  const std::size_t count = std::min(years(), yardstick_.years.size());
  std::vector<double> length(count);
  double mean_price = 0;
  for (std::size_t k = 0; k < count; ++k) {
    growth_.push_back(elementary::pow(1 + yardstick_.problem.rate, yardstick_.problem.periods[k].time - yardstick_.problem.periods[0].time));
    length[k] = k + 1 < yardstick_.starts.size() ? yardstick_.starts[k + 1] - yardstick_.starts[k] : 1;
    mean_price += yardstick_.price(k) / static_cast<double>(count);
  }
  penalty_ = penalty_of(market, yardstick_, mean_price);

  // What each firm is given and owes without abatement, by year.
  std::vector<std::vector<double>> baseline(count, std::vector<double>(n)), gap(count, std::vector<double>(n));
  // What offsets would be of it on the path; empty where there are none.
  std::vector<std::vector<double>> offsets_least(count), offset_cost_least(count);
  std::vector<double> activity(n), allocation(n), obligation(n);
  for (std::size_t k = 0; k < count; ++k) {
    const int year = first_year_ + static_cast<int>(k);
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint32_t row = rows_.first + i;
      const bool counts = (firms.covered[row] || traits.moves_away(row)) && traits.is_member(row, year);
      activity[i] = counts ? firms.year(year).activity[row] : 0;
      baseline[k][i] = counts ? baseline_to_date(traits, firms, row, year) : 0;
    }
    market.allocate(traits, rows_, year, activity.data(), allocation.data());
    market.oblige(traits, rows_, year, baseline[k].data(), allocation.data(), obligation.data());
    double lacked = 0, due = 0;
    for (std::uint32_t i = 0; i < n; ++i) {
      due += obligation[i];
      gap[k][i] = obligation[i] > 0 ? (obligation[i] - allocation[i]) * (k == 0 ? length[0] : 1.0) : 0;
      lacked += std::max(0.0, gap[k][i]);
    }
    // Who cannot trade still has a part of the auctions, and of the offsets.
    const double auctioned = std::min(lacked, yardstick_.supply[k].auctioned + yardstick_.taken(k, SupplySource::auction));
    double offsets = 0, paid = 0;
    if (settled(market.rules(), year, simulation.today()))
      for (const Offer& offer : yardstick_.supply[k].offers)
        if (offer.source == SupplySource::offsets && offer.tonnes > 0) {
          offsets += offer.taken;
          paid += offer.taken * (offer.low + (offer.high - offer.low) * offer.taken / offer.tonnes);
        }
    const bool some = due > 0 && offsets > 0;
    if (some) {
      offsets_least[k].resize(n);
      offset_cost_least[k].resize(n);
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      if (gap[k][i] > 0) gap[k][i] -= auctioned * gap[k][i] / lacked;
      if (!some) continue;
      offsets_least[k][i] = offsets * obligation[i] / due;
      offset_cost_least[k][i] = paid * obligation[i] / due;
      gap[k][i] -= offsets_least[k][i];
    }
  }
  // Offsets are bought after the years they are used for: each counts at their average price. Where they have a book, what
  // is paid above the cost of supply only changes hands, and what has been bought may not be used yet: they count at what
  // supply asks for as many as were used.
  Cash spent{};
  Tonnes used{};
  for (int year = firms.first_year; year <= firms.last_year(); ++year)
    for (std::uint32_t row = rows_.first; row < rows_.last; ++row) {
      spent += firms.year(year).credits_paid[row];
      used += firms.year(year).retired[row];
    }
  std::vector<double> offset_price(count, used > Tonnes{} ? to_currency(spent, market.rules().price_scale) / static_cast<double>(used.count) : 0);
  if (market.trades_offsets())
    for (std::size_t k = 0; k < count; ++k) {
      double tonnes = 0;
      for (std::uint32_t row = rows_.first; row < rows_.last; ++row) tonnes += static_cast<double>(firms.year(first_year_ + static_cast<int>(k)).retired[row].count);
      offset_price[k] = asked_for(yardstick_.supply[k].offers, tonnes);
    }

  std::vector<EfficiencyYear> own;  // of one firm, by year
  const auto work_out = [&](std::uint32_t i) {
    const std::uint32_t row = rows_.first + i;
    own.assign(years(), {});
    for (std::size_t k = 0; k < count; ++k)
      if (!offsets_least[k].empty()) {
        own[k].offsets_least = offsets_least[k][i];
        own[k].offset_cost_least = offset_cost_least[k][i];
      }
    if (!firms.covered[row] && !traits.moves_away(row)) return;
    const FirmOptions options(simulation, row);
    const Sector& sector = traits.sectors[traits.sector[row]];
    double lacking = 0;
    for (std::size_t k = 0; k < count; ++k) lacking += gap[k][i];
    for (std::size_t k = 0; k < count; ++k) {
      const int year = first_year_ + static_cast<int>(k);
      EfficiencyYear& f = own[k];
      f.abatement = baseline[k][i] - emissions_to_date(traits, firms, row, year);
      f.cost = firms.year(year).abatement_cost[row];
      f.offsets = static_cast<double>(firms.year(year).retired[row].count);
      f.offset_cost = offset_price[k] * f.offsets;
      // Before the opening nobody abates, nor before the sector joins.
      baseline[k][i] *= (k == 0 ? length[0] : 1.0) * covered_share(market, sector, k == 0 ? simulation.setup().first_day : first_day_of(year));
      const double tonnes = baseline[k][i];
      const FirmAbatement least = options.at(yardstick_.price(k), year, yardstick_.starts[k], length[k]);
      f.abatement_least = tonnes * least.share;
      f.cost_least = tonnes * least.rate;
    }
    // Alone: one price of the firm's own, rising with interest, at which its years together are covered.
    const auto alone = [&](double price, bool book) {
      double abated = 0;
      for (std::size_t k = 0; k < count; ++k) {
        const double tonnes = baseline[k][i];
        const FirmAbatement a = options.at(std::min(price * growth_[k], penalty_), first_year_ + static_cast<int>(k), yardstick_.starts[k], length[k]);
        abated += tonnes * a.share;
        if (!book) continue;
        EfficiencyYear& f = own[k];
        f.abatement_alone = tonnes * a.share;
        f.cost_alone = tonnes * a.rate;
      }
      return abated;
    };
    double low = 0, high = penalty_;
    if (alone(low, false) < lacking) {
      if (alone(high, false) < lacking) {
        low = high;
      } else {
        for (int step = 0; step < 40; ++step) {
          const double middle = 0.5 * (low + high);
          (alone(middle, false) < lacking ? low : high) = middle;
        }
        low = high;
      }
    }
    double missing = lacking - alone(low, true);
    EfficiencyYear& last = own[count - 1];
    if (missing > 0) {
      last.shortfall_alone = missing;
    } else if (lacking > 0 && missing < 0) {
      // The last step is used in part: what is too much is not done, at its price.
      last.abatement_alone += missing;
      last.cost_alone += missing * std::min(low * growth_[count - 1], penalty_);
    }
  };
  for (std::uint32_t i = 0; i < n; ++i) {
    work_out(i);
    for (std::size_t k = 0; k < years(); ++k) {
      market_[k] += own[k];
      classes_[class_of[i]][k] += own[k];
      sectors_[sum_of[traits.sector[rows_.first + i]]].years[k] += own[k];
    }
  }
}

EfficiencyYear Efficiency::total(Rows rows, int year) const {
  const Rows own{std::max(rows.first, rows_.first), std::min(rows.last, rows_.last)};
  if (own.first >= own.last) return {};
  if (own.first == rows_.first && own.last == rows_.last) return market_[index(year)];
  const auto sector = std::find_if(sectors_.begin(), sectors_.end(), [&](const SectorSum& s) { return s.rows.first == own.first && s.rows.last == own.last; });
  if (sector == sectors_.end()) throw std::logic_error("efficiency: asked for rows that are neither a market's nor a sector's");
  return sector->years[index(year)];
}

double Efficiency::least_cost_of_same(int year) const {
  const auto k = static_cast<std::size_t>(year - first_year_);
  if (k >= yardstick_.years.size()) return 0;
  const PathPeriod& period = yardstick_.problem.periods[k];
  const double tonnes = total(rows_, year).abatement;
  // The price at which the market's curve gives as much, and its cost up to there.
  double low = 0, high = yardstick_.problem.choke;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    double abated = 0;
    for (const SupplyTerm& t : period.terms)
      if (t.kind == static_cast<int>(SupplySource::abatement)) abated += t.tonnes * t.curve->at(middle / t.price);
    (abated < tonnes ? low : high) = middle;
  }
  double cost = 0, below = 0;
  for (const SupplyTerm& t : period.terms) {
    if (t.kind != static_cast<int>(SupplySource::abatement)) continue;
    cost += t.tonnes * t.price * t.curve->cost_below(high / t.price);
    below += t.tonnes * t.curve->below(high / t.price);
  }
  return cost + std::max(0.0, tonnes - below) * high;
}

Efficiency::Costs Efficiency::costs(int year) const {
  const auto k = static_cast<std::size_t>(year - first_year_);
  if (k >= yardstick_.years.size()) return {};
  const EfficiencyYear sum = total(rows_, year);
  const double price = yardstick_.price(k);
  // Emissions are baseline less abatement; the baseline is the same on all sides.
  const double discount = 1 / growth_[k];
  const double path_offsets = sum.offset_cost_least - price * sum.offsets_least;
  return {discount * (sum.cost_alone + penalty_ * sum.shortfall_alone + sum.offset_cost_least),
          discount * (sum.cost_alone - price * sum.abatement_alone + penalty_ * sum.shortfall_alone - price * sum.shortfall_alone + path_offsets),
          discount * (sum.cost - price * sum.abatement + sum.offset_cost - price * sum.offsets),
          discount * (sum.cost_least - price * sum.abatement_least + path_offsets)};
}

std::optional<double> Efficiency::ratio(const Costs& c) {
  const double gain = c.alone - c.least;
  if (!(gain > 1e-3 * c.without_trade)) return std::nullopt;
  return (c.alone - c.run) / gain;
}

std::optional<double> Efficiency::allocative_efficiency(int year) const { return ratio(costs(year)); }

std::optional<double> Efficiency::allocative_efficiency() const {
  Costs sum;
  for (int year = first_year_; year <= last_year_; ++year) {
    const Costs c = costs(year);
    sum.without_trade += c.without_trade;
    sum.alone += c.alone;
    sum.run += c.run;
    sum.least += c.least;
  }
  return ratio(sum);
}

std::vector<Efficiency> efficiencies(const Simulation& simulation) {
  std::vector<Efficiency> all;
  std::vector<Yardstick> paths = yardsticks(simulation);
  for (std::uint32_t m = 0; m < paths.size(); ++m) all.emplace_back(simulation, m, std::move(paths[m]));
  return all;
}

}  // namespace tantu
