// What firms of linked markets expect: one path for all of them.
//
// From the day on which a link is public, the fundamental price of a market is that of the competitive path of all markets
// that links join to it (sim/linked_path.cpp), over the horizon that all of them see, at the interest of the market that
// looks. What a link may bring counts by its days and what is left of its quota, and what a transfer costs. Where firms of one
// of them are unsure of growth, each of the outlooks has a path, of all markets together, and the price is
// their mean. Each market's rules answer to its path without links. Markets whose allowances die at a date, or that
// settle the years ahead in several instruments, keep the path of their own.
// Verified by tests/unit/test_arbitrage.cpp.
#include <algorithm>
#include <stdexcept>

#include "sim/elementary.hpp"
#include "sim/link_graph.hpp"
#include "sim/linked_path.hpp"
#include "sim/simulation.hpp"

namespace tantu {

namespace {

/// Of prices, currency: a tenth of a tick of the usual cent.
constexpr double finest = 1e-3;

bool is_public(const LinkRules& link, Day today) { return !link.moves_firms && link.announced <= today && today <= link.last_day; }

/// The markets that public links join to `m`, itself among them, ascending.
std::vector<std::uint32_t> joined_to(std::uint32_t m, std::uint32_t count, const std::vector<LinkRules>& links, Day today) {
  std::vector<LinkArc> arcs;
  for (const LinkRules& link : links)
    if (is_public(link, today)) arcs.push_back({link.from, link.to});
  const std::vector<std::int32_t> component = link_components(count, arcs);
  std::vector<std::uint32_t> markets;
  for (std::uint32_t k = 0; k < count; ++k)
    if (component[k] == component[m]) markets.push_back(k);
  return markets;
}

bool same_times(const PathProblem& a, const PathProblem& b) {
  return std::equal(a.periods.begin(), a.periods.end(), b.periods.begin(), b.periods.end(), [](const PathPeriod& x, const PathPeriod& y) { return x.time == y.time; });
}

/// What may still come over a direction in a period of the path that reaches from day `from` to day `until`, units of `to`.
double still_to_come(const LinkRules& link, const LinkBooks& books, Day today, Day from, Day until, double need) {
  if (until <= from) return 0;
  const double days = static_cast<double>(until - from);
  const double open = std::clamp(static_cast<double>(std::min(until, link.last_day + 1) - std::max(from, link.first_day)) / days, 0.0, 1.0);
  if (open <= 0) return 0;
  const int year = year_of(from);
  double most = std::numeric_limits<double>::infinity();
  const double share = days / days_in_year(year);
  if (link.quota) most = static_cast<double>(link.quota->count) * share;
  if (link.quota_share) most = std::min(most, *link.quota_share * need);
  if (year != year_of(today) || books.year != year) return most;
  // Of the running year, what is left.
  if (books.limit >= Tonnes{}) most = static_cast<double>(std::max(Tonnes{}, books.limit - books.used).count);
  if (!books.firm_limit.empty()) {
    Tonnes left;
    for (std::size_t i = 0; i < books.firm_limit.size(); ++i) left += std::max(Tonnes{}, books.firm_limit[i] - books.firm_used[i]);
    most = std::min(most, static_cast<double>(left.count));
  }
  return most;
}

/// The price of a market in the first period of the path of all.
double first_price(const std::vector<PathProblem>& problems, std::vector<MarketLink> links, std::size_t market) {
  try {
    if (const auto one = united_path(problems, links)) return price_in(problems, links, market, one->periods.front().price);
  } catch (const std::invalid_argument&) {
    // Ratios that lose something around a circle: not one market.
  }
  LinkedPaths paths;
  linked_paths_one_way(problems, links, paths, finest);
  return paths.markets[market].periods.front().price;
}

}  // namespace

void Simulation::expect_links(std::size_t m, Day yesterday) {
  const bool is_joined = std::any_of(setup_->links.begin(), setup_->links.end(), [&](const LinkRules& link) { return (link.from == m || link.to == m) && is_public(link, today_); });
  if (!is_joined) return;
  const bool news = std::any_of(setup_->links.begin(), setup_->links.end(), [&](const LinkRules& link) { return is_public(link, today_) && (link.announced > yesterday || yesterday < setup_->first_day); });
  Market& market = markets_[m];
  if (market.board().anchor_age != 0 && !news) return;

  const std::vector<std::uint32_t> members = joined_to(static_cast<std::uint32_t>(m), static_cast<std::uint32_t>(markets_.size()), setup_->links, today_);
  const double interest = market.rules().interest_rate;
  double horizon = setup_->strategies[m]->horizon_years();
  for (const std::uint32_t k : members) horizon = std::min(horizon, setup_->strategies[k]->horizon_years());
  std::vector<PathProblem> problems;
  std::vector<std::uint32_t> whose;
  std::vector<double> outlooks{0};
  std::size_t own = members.size();
  std::vector<std::size_t> place(markets_.size(), members.size());
  for (const std::uint32_t k : members) {
    auto problem = setup_->strategies[k]->expects(view(k, markets_[k].front_listing(), yesterday), markets_[k].outlook, horizon, interest);
    if (!problem || (!problems.empty() && !same_times(*problem, problems.front()))) {
      if (k == m) return;
      continue;
    }
    if (k == m) own = problems.size();
    place[k] = problems.size();
    problems.push_back(std::move(*problem));
    whose.push_back(k);
    if (const std::vector<double> of_market = setup_->strategies[k]->outlooks(); of_market.size() > outlooks.size()) outlooks = of_market;
  }
  if (own == members.size()) return;

  std::vector<MarketLink> links;
  for (std::size_t d = 0; d < links_.size(); ++d) {
    const LinkRules& rules = setup_->links[d];
    if (!is_public(rules, today_) || place[rules.from] == members.size() || place[rules.to] == members.size()) continue;
    MarketLink link{static_cast<std::uint32_t>(place[rules.from]), static_cast<std::uint32_t>(place[rules.to]), {}, rules.accepted.factor(), rate(rules.from, rules.to),
                    to_currency(rules.fee, markets_[rules.to].rules().price_scale)};
    // Periods: what is left of the year, whole years, and what completes the horizon.
    Day from = today_;
    for (std::size_t k = 0; k < problems[link.to].periods.size(); ++k) {
      const int year = year_of(from);
      Day until = first_day_of(year + 1);
      if (k + 1 == problems[link.to].periods.size()) until = std::min(until, today_ + std::max(1, static_cast<int>(nearest(horizon * 365.25))));
      link.most.push_back(still_to_come(rules, links_[d], today_, from, until, problems[link.to].periods[k].need) / link.ratio);
      from = first_day_of(year + 1);
    }
    links.push_back(std::move(link));
  }
  if (links.empty()) return;
  // An outlook is the same everywhere: where one market grows more than expected, all do whose firms are unsure of it.
  std::vector<double> prices;
  const double discount = elementary::pow(1 + interest, problems[own].periods.front().time);
  for (const double deviations : outlooks) {
    std::vector<PathProblem> all;
    for (std::size_t k = 0; k < problems.size(); ++k) all.push_back(setup_->strategies[whose[k]]->at_outlook(problems[k], deviations));
    prices.push_back(first_price(all, links, own) / discount);
  }
  setup_->strategies[m]->expect_linked(view(m, market.front_listing(), yesterday), prices, market.board());
}

}  // namespace tantu
