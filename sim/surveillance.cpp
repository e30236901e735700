#include "sim/surveillance.hpp"

#include <algorithm>
#include <set>

#include "sim/elementary.hpp"

namespace tantu {

namespace {

constexpr std::size_t most_prints = std::size_t{1} << 16;

double of(Tonnes t) { return static_cast<double>(t.count); }
double magnitude(double x) { return x < 0 ? -x : x; }

double log_change(Price from, Price to) {
  if (from <= Price{} || to <= Price{}) return 0;
  return elementary::log(static_cast<double>(to.count) / static_cast<double>(from.count));
}

}  // namespace

// ---- spoofing and layering ----

void Surveillance::entered(const WatchedOrder& order) {
  if (order.account != no_account) orders_of(order.account, order.side).push_back({order.id, order.price, order.open, order.entered});
}

void Surveillance::suspect(std::uint32_t account, Side traded_side, Tonnes quantity, const Moment& now) {
  if (std::find(makers_.begin(), makers_.end(), account) != makers_.end()) return;
  const Side side = opposite(traded_side);
  const auto mine = orders_.find(std::uint64_t{account} << 1 | static_cast<std::uint64_t>(side));
  if (mine == orders_.end()) return;
  Tonnes shown;
  std::set<std::int64_t> prices;
  for (const Resting& order : mine->second) {
    if (rules_.spoof_span.passed(order.entered, now)) continue;
    shown += order.open;
    prices.insert(order.price.count);
  }
  const double ratio = of(shown) / of(quantity);
  if (ratio < rules_.spoof_ratio || of(shown) < rules_.spoof_share * of(depth_[static_cast<std::size_t>(side)])) return;
  for (const Suspicion& s : suspicions_)
    if (s.account == account && s.side == side) return;
  suspicions_.push_back({account, side, now, shown, {}, static_cast<std::uint32_t>(prices.size()), ratio});
}

void Surveillance::left(const WatchedOrder& order, const Moment& now) {
  if (order.account == no_account) return;
  const std::uint64_t key = std::uint64_t{order.account} << 1 | static_cast<std::uint64_t>(order.side);
  const auto mine = orders_.find(key);
  if (mine != orders_.end()) {
    const auto found = std::find_if(mine->second.begin(), mine->second.end(), [&](const Resting& r) { return r.id == order.id; });
    if (found != mine->second.end() && (found->open -= order.open) <= Tonnes{}) mine->second.erase(found);
    if (mine->second.empty()) orders_.erase(mine);
  }
  for (auto s = suspicions_.begin(); s != suspicions_.end(); ++s) {
    if (s->account != order.account || s->side != order.side || rules_.spoof_span.passed(s->at, now)) continue;
    s->withdrawn += order.open;
    if (of(s->withdrawn) < 0.9 * of(s->shown)) continue;
    const bool layers = s->prices >= rules_.layering_prices;
    alerts_.push_back({layers ? AlertKind::layering : AlertKind::spoofing, now, s->account, no_account, s->side, s->withdrawn, s->ratio, rules_.spoof_ratio});
    suspicions_.erase(s);
    return;
  }
}

void Surveillance::settled(const BookState& state, const Moment& now) {
  while (!suspicions_.empty() && rules_.spoof_span.passed(suspicions_.front().at, now)) suspicions_.pop_front();
  for (const Side side : {Side::buy, Side::sell}) {
    Tonnes& depth = depth_[static_cast<std::size_t>(side)];
    depth = Tonnes{};
    state.book.for_each_level(side, 10, [&](const PriceLevel& level) { depth += level.shown; });
  }
}

// ---- trades ----

void Surveillance::traded(const Trade& trade, const WatchedOrder* resting, const Moment& now) {
  if (resting && resting->account != no_account) {
    const auto mine = orders_.find(std::uint64_t{resting->account} << 1 | static_cast<std::uint64_t>(resting->side));
    if (mine != orders_.end()) {
      const auto found = std::find_if(mine->second.begin(), mine->second.end(), [&](const Resting& r) { return r.id == resting->id; });
      if (found != mine->second.end() && (found->open -= trade.quantity) <= Tonnes{}) mine->second.erase(found);
      if (mine->second.empty()) orders_.erase(mine);
    }
  }
  if (trade.buyer != no_account && trade.buyer != trade.seller) suspect(trade.buyer, Side::buy, trade.quantity, now);
  if (trade.seller != no_account && trade.buyer != trade.seller) suspect(trade.seller, Side::sell, trade.quantity, now);

  if (trade.buyer != no_account && trade.seller != no_account) {
    if (trade.buyer == trade.seller)
      alerts_.push_back({AlertKind::wash, now, trade.buyer, trade.seller, trade.aggressor, trade.quantity, 1, rules_.wash_share});
    else {
      Edge& edge = edges_[{trade.seller, trade.buyer}];
      edge.quantity += trade.quantity;
      ++edge.trades;
      if (++stretch_ >= rules_.wash_trades) look_at_rings(now);
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

// A ring is looked for among those who come out of the stretch as they went in.
void Surveillance::look_at_rings(const Moment& now) {
  std::map<std::uint32_t, Flow> flows;
  for (const auto& [parties, edge] : edges_) {
    flows[parties.first].sold += edge.quantity;
    flows[parties.second].bought += edge.quantity;
  }
  const auto flat = [&](std::uint32_t account) {
    const Flow& f = flows.at(account);
    return magnitude(of(f.bought - f.sold)) <= rules_.wash_net * of(f.bought + f.sold);
  };
  const auto edge = [&](std::uint32_t seller, std::uint32_t buyer) -> const Edge* {
    const auto found = edges_.find({seller, buyer});
    return found == edges_.end() ? nullptr : &found->second;
  };
  const auto volume = [&](std::uint32_t account) { return of(flows.at(account).bought + flows.at(account).sold); };

  // Groups: what was traded inside, of all that its members traded.
  struct Group {
    Edge inside;
    double all = 0;                       // tonnes bought and sold
    std::uint32_t buys = 0, sells = 0;    // trades in which a member is on this side
    std::pair<std::uint32_t, std::uint32_t> parties;
  };
  std::map<std::uint32_t, Group> groups;
  std::uint32_t trades = 0;
  for (const auto& [parties, e] : edges_) {
    trades += e.trades;
    const auto a = group_of_.find(parties.first), b = group_of_.find(parties.second);
    if (a != group_of_.end()) groups[a->second].all += of(e.quantity), groups[a->second].sells += e.trades;
    if (b != group_of_.end()) groups[b->second].all += of(e.quantity), groups[b->second].buys += e.trades;
    if (a == group_of_.end() || b == group_of_.end() || a->second != b->second) continue;
    Group& g = groups[a->second];
    if (g.inside.trades == 0) g.parties = parties;
    g.inside.quantity += e.quantity;
    g.inside.trades += e.trades;
  }
  for (const auto& [number, g] : groups) {
    if (g.inside.trades < rules_.wash_repeats) continue;
    // The book names nobody: members of a large group meet in it by chance, as often as its shares of the buys and of
    // the sells say, give or take the root of that.
    const double chance = static_cast<double>(g.buys) * static_cast<double>(g.sells) / static_cast<double>(trades);
    const double share = 2 * of(g.inside.quantity) / g.all;
    if (share >= rules_.wash_share && static_cast<double>(g.inside.trades) > chance + rules_.wash_deviations * elementary::sqrt(chance))
      alerts_.push_back({AlertKind::wash, now, g.parties.first, g.parties.second, Side::buy, g.inside.quantity, share, rules_.wash_share});
  }

  for (const auto& [parties, out] : edges_) {
    const auto [a, b] = parties;
    if (a > b || !flat(a) || !flat(b)) continue;
    // A pair: back and forth.
    if (const Edge* back = edge(b, a)) {
      const Tonnes both = out.quantity + back->quantity;
      const double share = std::min(of(both) / volume(a), of(both) / volume(b));
      if (out.trades + back->trades >= rules_.wash_repeats && share >= rules_.wash_share &&
          magnitude(of(out.quantity - back->quantity)) <= rules_.wash_net * of(both))
        alerts_.push_back({AlertKind::wash, now, a, b, Side::buy, both, share, rules_.wash_share});
    }
  }
  // Rings of three, each found once, from its smallest account, in either direction.
  for (const auto& [parties, first] : edges_) {
    const auto [a, b] = parties;
    if (a > b || !flat(a) || !flat(b)) continue;
    for (auto next = edges_.lower_bound({b, 0}); next != edges_.end() && next->first.first == b; ++next) {
      const std::uint32_t c = next->first.second;
      if (c <= a || !flat(c)) continue;
      const Edge* last = edge(c, a);
      if (!last) continue;
      const Tonnes round = std::min({first.quantity, next->second.quantity, last->quantity});
      const double share = 2 * of(round) / std::max({volume(a), volume(b), volume(c)});
      if (first.trades + next->second.trades + last->trades >= rules_.wash_repeats && share >= rules_.wash_share)
        alerts_.push_back({AlertKind::wash, now, a, b, Side::buy, round, share, rules_.wash_share});
    }
  }
  edges_.clear();
  stretch_ = 0;
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
  orders_.clear();
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
