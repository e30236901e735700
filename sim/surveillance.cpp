#include "sim/surveillance.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/elementary.hpp"

namespace tantu {

namespace {

constexpr std::size_t most_prints = std::size_t{1} << 16;

double of(Tonnes t) { return static_cast<double>(t.count); }
double magnitude(double x) { return x < 0 ? -x : x; }

double log_change(Price from, Price to) {
  if (from == to) return 0;
  if (from <= Price{} || to <= Price{}) return 0;
  return elementary::log(static_cast<double>(to.count) / static_cast<double>(from.count));
}

// What was traded between two accounts lies together: by seller, then by buyer.
template <class Edges>
auto from(Edges& edges, std::uint32_t seller, std::uint32_t buyer) {
  return std::lower_bound(edges.begin(), edges.end(), std::tuple{seller, buyer},
                          [](const auto& e, const auto& key) { return std::tuple{e.seller, e.buyer} < key; });
}
template <class Edges>
auto find(const Edges& edges, std::uint32_t seller, std::uint32_t buyer) {
  const auto at = from(edges, seller, buyer);
  return at != edges.end() && at->seller == seller && at->buyer == buyer ? &*at : nullptr;
}
template <class Edges>
void join(Edges& edges) {
  std::sort(edges.begin(), edges.end(), [](const auto& a, const auto& b) { return std::tuple{a.seller, a.buyer} < std::tuple{b.seller, b.buyer}; });
  std::size_t n = 0;
  for (const auto& e : edges) {
    if (n > 0 && edges[n - 1].seller == e.seller && edges[n - 1].buyer == e.buyer) {
      edges[n - 1].quantity += e.quantity;
      edges[n - 1].trades += e.trades;
    } else {
      edges[n++] = e;
    }
  }
  edges.resize(n);
}

}  // namespace

// ---- spoofing and layering ----

void Surveillance::add_account() {
  known_accounts_ = accounts_.size();
  desks_.resize(2 * known_accounts_);
  flows_.resize(known_accounts_);
}

void Surveillance::entered(const WatchedOrder& order) {
  if (order.account == no_account) return;
  Desk& desk = desks_[desk_of(order.account, order.side)];
  if (order.slot >= left_.size()) left_.resize(order.slot + 1);
  left_[order.slot] = {++last_order_, order.open};
  if (desk.orders.size() == desk.orders.capacity() && desk.orders.size() > 2 * desk.resting)
    std::erase_if(desk.orders, [&](const Sent& o) { return left_[o.slot].number != o.number; });
  desk.orders.push_back({last_order_, order.price, order.entered, order.slot});
  ++desk.resting;
  desk.counted += order.open;
}

/// An order has `quantity` less. Those from the days before are not known until the first message of the day.
void Surveillance::take(std::uint32_t of_desk, const WatchedOrder& order, Tonnes quantity, const Moment& now) {
  if (order.slot >= left_.size() || left_[order.slot].number == 0) return;
  Desk& desk = desks_[of_desk];
  if (!rules_.spoof_span.passed(order.entered, now)) desk.counted -= quantity;
  Left& left = left_[order.slot];
  left.open -= quantity;
  if (left.open > Tonnes{}) return;
  left.number = 0;
  --desk.resting;
}

Surveillance::Suspicion* Surveillance::open_suspicion(std::uint32_t desk, const Moment& now) {
  const std::uint64_t number = desks_[desk].suspicion;
  if (number == 0) return nullptr;
  Suspicion& s = suspicions_[number - suspicions_.front().number];
  return rules_.spoof_span.passed(s.at, now) ? nullptr : &s;
}

void Surveillance::suspect(std::uint32_t account, Side traded_side, Tonnes quantity, const Moment& now) {
  const Side side = opposite(traded_side);
  const std::uint32_t d = desk_of(account, side);
  Desk& desk = desks_[d];
  const auto in_proportion = [&](Tonnes shown) {
    return of(shown) / of(quantity) < rules_.spoof_ratio || of(shown) < rules_.spoof_share * of(depth_[static_cast<std::size_t>(side)]);
  };
  if (desk.suspicion != 0 || in_proportion(desk.counted)) return;
  if (std::find(makers_.begin(), makers_.end(), account) != makers_.end()) return;
  Tonnes shown;
  std::vector<Price> prices;
  for (const Sent& order : desk.orders) {
    if (left_[order.slot].number != order.number || rules_.spoof_span.passed(order.entered, now)) continue;
    shown += left_[order.slot].open;
    prices.push_back(order.price);
  }
  desk.counted = shown;
  if (in_proportion(shown)) return;
  std::sort(prices.begin(), prices.end());
  const auto different = static_cast<std::uint32_t>(std::unique(prices.begin(), prices.end()) - prices.begin());
  desk.suspicion = ++last_suspicion_;
  suspicions_.push_back({last_suspicion_, d, now, shown, {}, different, of(shown) / of(quantity)});
}

void Surveillance::left(const WatchedOrder& order, const Moment& now) {
  if (order.account == no_account) return;
  const std::uint32_t desk = desk_of(order.account, order.side);
  take(desk, order, order.open, now);
  Suspicion* const s = open_suspicion(desk, now);
  if (!s) return;
  s->withdrawn += order.open;
  if (of(s->withdrawn) < 0.9 * of(s->shown)) return;
  const bool layers = s->prices >= rules_.layering_prices;
  alerts_.push_back({layers ? AlertKind::layering : AlertKind::spoofing, now, order.account, no_account, order.side, s->withdrawn, s->ratio, rules_.spoof_ratio});
  desks_[desk].suspicion = 0;
  s->desk = none;
}

void Surveillance::settled(const DepthView& view, const Moment& now) {
  for (; !suspicions_.empty(); suspicions_.pop_front()) {
    const Suspicion& s = suspicions_.front();
    if (s.desk == none) continue;
    if (!rules_.spoof_span.passed(s.at, now)) break;
    desks_[s.desk].suspicion = 0;
  }
  depth_ = {view.side(Side::buy).shown(2), view.side(Side::sell).shown(2)};
}

// ---- trades ----

void Surveillance::filled(const WatchedOrder& order, Tonnes quantity, const Moment& now) {
  if (order.account != no_account) take(desk_of(order.account, order.side), order, quantity, now);
}

void Surveillance::traded(const Trade& trade, const WatchedOrder*, const Moment& now) {
  if (trade.buyer != no_account && trade.buyer != trade.seller) suspect(trade.buyer, Side::buy, trade.quantity, now);
  if (trade.seller != no_account && trade.buyer != trade.seller) suspect(trade.seller, Side::sell, trade.quantity, now);

  if (trade.buyer != no_account && trade.seller != no_account) {
    if (trade.buyer == trade.seller)
      alerts_.push_back({AlertKind::wash, now, trade.buyer, trade.seller, trade.aggressor, trade.quantity, 1, rules_.wash_share});
    else {
      const std::uint32_t seller = desk_of(trade.seller, Side::sell) / 2, buyer = desk_of(trade.buyer, Side::buy) / 2;
      deals_.push_back({seller, buyer, trade.quantity});
      flows_[seller].sold += trade.quantity;
      flows_[buyer].bought += trade.quantity;
      if (deals_.size() >= rules_.wash_trades) look_at_rings(now);
    }
  }

  ++day_trades_;
  const Price before = last_price_ == Price{} ? trade.price : last_price_;
  day_moves_ += magnitude(log_change(before, trade.price));
  const std::uint32_t sender = trade.kind == TradeKind::call ? no_account : trade.aggressor == Side::buy ? trade.buyer : trade.seller;
  prints_.push_back({now, sender, trade.aggressor, trade.price, before, trade.quantity});
  last_price_ = trade.price;
  // With a clock what is older than the span at the end is not looked at; without one the last tenth is.
  if (now.has_clock())
    while (prints_.size() > 1 && Span::elapsed(prints_.front().at, now) > rules_.close_span) prints_.pop_front();
  else
    while (prints_.size() > day_trades_ / 10 + 1) prints_.pop_front();
  if (prints_.size() > most_prints) prints_.pop_front();
}

// ---- rings ----

bool Surveillance::is_flat(std::uint32_t number) const {
  const Flow& f = flows_[number];
  return magnitude(of(f.bought - f.sold)) <= rules_.wash_net * of(f.both());
}

// Who comes out of the stretch as he went in, and groups. Other trades are no part of a ring: only these are sorted.
void Surveillance::look_at_rings(const Moment& now) {
  if (!group_of_.empty()) {
    std::vector<Edge> all;
    for (const Deal& deal : deals_) all.push_back({accounts_.name(deal.seller), accounts_.name(deal.buyer), deal.quantity, 1});
    join(all);
    look_at_groups(all, now);
  }
  std::vector<Edge> edges;
  for (const Deal& deal : deals_)
    if (is_flat(deal.seller) && is_flat(deal.buyer))
      edges.push_back({accounts_.name(deal.seller), accounts_.name(deal.buyer), deal.quantity, 1});
  join(edges);
  look_at_pairs(edges, now);
  look_at_circles(edges, now);
  for (const Deal& deal : deals_) flows_[deal.seller] = flows_[deal.buyer] = {};
  deals_.clear();
}

// What was traded inside a group, of all that its members traded.
void Surveillance::look_at_groups(const std::vector<Edge>& edges, const Moment& now) {
  struct Group {
    Tonnes inside;
    std::uint32_t trades = 0;             // inside
    double all = 0;                       // tonnes bought and sold
    std::uint32_t buys = 0, sells = 0;    // trades in which a member is on this side
    std::uint32_t seller = no_account, buyer = no_account;
  };
  std::map<std::uint32_t, Group> groups;
  std::uint32_t trades = 0;
  for (const Edge& e : edges) {
    trades += e.trades;
    const auto a = group_of_.find(e.seller), b = group_of_.find(e.buyer);
    if (a != group_of_.end()) groups[a->second].all += of(e.quantity), groups[a->second].sells += e.trades;
    if (b != group_of_.end()) groups[b->second].all += of(e.quantity), groups[b->second].buys += e.trades;
    if (a == group_of_.end() || b == group_of_.end() || a->second != b->second) continue;
    Group& g = groups[a->second];
    if (g.trades == 0) g.seller = e.seller, g.buyer = e.buyer;
    g.inside += e.quantity;
    g.trades += e.trades;
  }
  for (const auto& [number, g] : groups) {
    if (g.trades < rules_.wash_repeats) continue;
    // The book names nobody: members of a large group meet in it by chance, as often as its shares of the buys and of
    // the sells say, give or take the root of that.
    const double chance = static_cast<double>(g.buys) * static_cast<double>(g.sells) / static_cast<double>(trades);
    const double share = 2 * of(g.inside) / g.all;
    if (share >= rules_.wash_share && static_cast<double>(g.trades) > chance + rules_.wash_deviations * elementary::sqrt(chance))
      alerts_.push_back({AlertKind::wash, now, g.seller, g.buyer, Side::buy, g.inside, share, rules_.wash_share});
  }
}

// Back and forth. Each pair is found once, from its smaller account.
void Surveillance::look_at_pairs(const std::vector<Edge>& edges, const Moment& now) {
  for (const Edge& out : edges) {
    const Edge* const back = out.seller < out.buyer ? find(edges, out.buyer, out.seller) : nullptr;
    if (!back) continue;
    const Tonnes both = out.quantity + back->quantity;
    const double share = std::min(of(both) / volume(out.seller), of(both) / volume(out.buyer));
    if (out.trades + back->trades >= rules_.wash_repeats && share >= rules_.wash_share &&
        magnitude(of(out.quantity - back->quantity)) <= rules_.wash_net * of(both))
      alerts_.push_back({AlertKind::wash, now, out.seller, out.buyer, Side::buy, both, share, rules_.wash_share});
  }
}

// Rings of three, each found once, from its smallest account, in either direction.
void Surveillance::look_at_circles(const std::vector<Edge>& edges, const Moment& now) {
  for (const Edge& first : edges) {
    if (first.seller > first.buyer) continue;
    for (auto next = from(edges, first.buyer, 0); next != edges.end() && next->seller == first.buyer; ++next) {
      if (next->buyer <= first.seller) continue;
      const Edge* const last = find(edges, next->buyer, first.seller);
      if (!last) continue;
      const Tonnes round = std::min({first.quantity, next->quantity, last->quantity});
      const double share = 2 * of(round) / std::max({volume(first.seller), volume(first.buyer), volume(next->buyer)});
      if (first.trades + next->trades + last->trades >= rules_.wash_repeats && share >= rules_.wash_share)
        alerts_.push_back({AlertKind::wash, now, first.seller, first.buyer, Side::buy, round, share, rules_.wash_share});
    }
  }
}

// ---- the close ----

void Surveillance::look_at_close(const Moment& now) {
  while (now.has_clock() && !prints_.empty() && Span::elapsed(prints_.front().at, now) > rules_.close_span) prints_.pop_front();
  if (prints_.size() < rules_.close_trades || day_trades_ < 2 * prints_.size()) return;
  std::map<std::pair<std::uint32_t, Side>, Tonnes> sent;
  Tonnes all;
  for (const Printed& print : prints_) {
    all += print.quantity;
    if (print.account != no_account) sent[{print.account, print.side}] += print.quantity;
  }
  const auto most = std::max_element(sent.begin(), sent.end(), [](const auto& x, const auto& y) { return x.second < y.second; });
  if (most == sent.end()) return;
  const double share = of(most->second) / of(all);
  const double move = log_change(prints_.front().before, prints_.back().price) * (most->first.second == Side::buy ? 1 : -1);
  // So many independent moves of the day's mean size would add up to about this.
  const double usual = day_moves_ / static_cast<double>(day_trades_) * elementary::sqrt(static_cast<double>(prints_.size()));
  if (share >= rules_.close_share && move >= rules_.close_move && move > rules_.close_times * usual)
    alerts_.push_back({AlertKind::closing, now, most->first.first, no_account, most->first.second, most->second, move, rules_.close_move});
}

void Surveillance::closed(const Moment& now) {
  look_at_rings(now);
  look_at_close(now);
  prints_.clear();
  for (Desk& desk : desks_) {
    desk.orders.clear();
    desk.resting = 0;
    desk.counted = {};
    desk.suspicion = 0;
  }
  left_.assign(left_.size(), {});
  suspicions_.clear();
  depth_ = {};
  last_price_ = {};
  day_trades_ = 0;
  day_moves_ = 0;
}

// ---- corners ----

std::vector<Alert> corners(std::span<const DeadlineHolding> holdings, const AlertRules& rules, const Moment& now) {
  // By owner: a group nets inside before it sells.
  struct Owner {
    std::uint32_t account;
    Tonnes spare, bought;
  };
  std::vector<Owner> owners;
  std::map<std::int32_t, std::size_t> group_at;
  for (const DeadlineHolding& h : holdings) {
    std::size_t at = owners.size();
    if (h.group >= 0) at = group_at.try_emplace(h.group, at).first->second;
    if (at == owners.size()) owners.push_back({h.account, {}, {}});
    owners[at].spare += h.held - h.due;
    owners[at].bought += h.bought;
  }
  Tonnes spare, lacking;
  for (const Owner& o : owners) (o.spare > Tonnes{} ? spare : lacking) += o.spare > Tonnes{} ? o.spare : -o.spare;
  std::vector<Alert> alerts;
  for (const Owner& o : owners) {
    if (o.spare <= Tonnes{} || lacking <= spare - o.spare || 2 * of(o.bought) < of(o.spare)) continue;
    const double share = of(o.spare) / of(spare);
    if (share >= rules.corner_share) alerts.push_back({AlertKind::corner, now, o.account, no_account, Side::buy, o.spare, share, rules.corner_share});
  }
  return alerts;
}

}  // namespace tantu
