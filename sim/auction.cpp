#include "sim/auction.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>

namespace tantu {

namespace {

__extension__ using Wide = __int128;  // lots x lots beyond 64 bits

Tonnes whole_lots(Tonnes t, Tonnes lot) { return Tonnes{t.count / lot.count * lot.count}; }

/// The bids in order of price (highest first), precedence and position, cut to what each bidder may buy.
struct Schedule {
  std::vector<std::uint32_t> order;
  std::vector<Tonnes> wish;  ///< [bid], in whole lots
};

Schedule schedule_of(const AuctionRules& rules, Price least, std::span<const AuctionBid> bids) {
  Schedule s;
  s.wish.resize(bids.size());
  for (std::uint32_t i = 0; i < bids.size(); ++i)
    if (bids[i].price >= least && bids[i].price > Price{} && bids[i].quantity >= rules.lot) s.order.push_back(i);
  std::sort(s.order.begin(), s.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (bids[a].price != bids[b].price) return bids[a].price > bids[b].price;
    return bids[a].order != bids[b].order ? bids[a].order < bids[b].order : a < b;
  });
  std::map<Account, Tonnes> asked;
  for (const std::uint32_t i : s.order) {
    const Tonnes most = bids[i].covered ? rules.most_covered : rules.most_other;
    Tonnes wish = bids[i].quantity;
    if (most > Tonnes{}) {
      Tonnes& sum = asked[bids[i].account];
      wish = std::min(wish, most - sum);
      sum += std::max(wish, Tonnes{});
    }
    s.wish[i] = whole_lots(std::max(wish, Tonnes{}), rules.lot);
  }
  std::erase_if(s.order, [&](std::uint32_t i) { return s.wish[i] == Tonnes{}; });
  return s;
}

Tonnes demanded_at(const Schedule& s, std::span<const AuctionBid> bids, Price price) {
  Tonnes sum{};
  for (const std::uint32_t i : s.order)
    if (bids[i].price >= price) sum += s.wish[i];
  return sum;
}

/// Awards `available` tonnes to the best bids at `least` or more; rations the last price.
std::vector<Tonnes> award(const AuctionRules& rules, const Schedule& s, std::span<const AuctionBid> bids, Price least, Tonnes available) {
  std::vector<Tonnes> given(bids.size());
  for (std::size_t i = 0; i < s.order.size() && available > Tonnes{};) {
    const Price price = bids[s.order[i]].price;
    if (price < least) break;
    std::size_t end = i;
    std::vector<Tonnes> wishes;
    std::vector<std::uint32_t> order;
    Tonnes level{};
    for (; end < s.order.size() && bids[s.order[end]].price == price; ++end) {
      wishes.push_back(s.wish[s.order[end]]);
      order.push_back(bids[s.order[end]].order);
      level += wishes.back();
    }
    if (level <= available || rules.ties == TieRule::pro_rata) {
      const std::vector<Tonnes> shares = ration(available, wishes, order, rules.lot);
      for (std::size_t k = i; k < end; ++k) given[s.order[k]] = shares[k - i];
    } else {
      Tonnes left = available;
      for (std::size_t k = i; k < end; ++k) {
        given[s.order[k]] = whole_lots(std::min(left, s.wish[s.order[k]]), rules.lot);
        left -= given[s.order[k]];
      }
    }
    available -= std::min(available, level);
    i = end;
  }
  return given;
}

}  // namespace

std::vector<Tonnes> ration(Tonnes available, std::span<const Tonnes> wishes, std::span<const std::uint32_t> order, Tonnes lot) {
  std::vector<Tonnes> shares(wishes.size());
  Wide total = 0;
  for (const Tonnes w : wishes) total += w.count / lot.count;
  const std::int64_t lots = static_cast<std::int64_t>(std::min<Wide>(available.count / lot.count, total));
  if (total == 0 || lots <= 0) return shares;
  std::vector<std::size_t> by_remainder(wishes.size());
  std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
  std::vector<Wide> remainder(wishes.size());
  std::int64_t given = 0;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const Wide product = static_cast<Wide>(wishes[i].count / lot.count) * lots;
    const auto share = static_cast<std::int64_t>(product / total);
    remainder[i] = product % total;
    shares[i] = Tonnes{share * lot.count};
    given += share;
  }
  std::sort(by_remainder.begin(), by_remainder.end(), [&](std::size_t a, std::size_t b) {
    if (remainder[a] != remainder[b]) return remainder[a] > remainder[b];
    return order[a] != order[b] ? order[a] < order[b] : a < b;
  });
  for (std::size_t k = 0; given < lots; ++k, ++given) shares[by_remainder[k]] += lot;
  return shares;
}

AuctionResult clear_auction(std::span<const SupplyStep> supply, const AuctionRules& rules, std::span<const AuctionBid> bids) {
  if (rules.lot <= Tonnes{}) throw std::invalid_argument("an auction's lot is not above zero");
  for (std::size_t k = 1; k < supply.size(); ++k)
    if (supply[k].from < supply[k - 1].from) throw std::invalid_argument("an auction's supply steps are not in order of price");
  AuctionResult result;
  result.sold_of_step.resize(supply.size());
  for (const SupplyStep& step : supply) result.offered += step.quantity;
  if (supply.empty()) return result;
  const Schedule s = schedule_of(rules, supply[0].from, bids);
  result.demanded = demanded_at(s, bids, supply[0].from);
  std::set<Account> bidders;
  for (const std::uint32_t i : s.order) bidders.insert(bids[i].account);
  result.bidders = static_cast<std::uint32_t>(bidders.size());
  if (rules.all_or_nothing && result.demanded < whole_lots(supply[0].quantity, rules.lot)) {
    result.declined = true;
    return result;
  }

  if (rules.kind == AuctionKind::fixed_price) {
    std::vector<Tonnes> left = s.wish;
    for (std::uint32_t k = 0; k < supply.size(); ++k) {
      std::vector<Tonnes> wishes;
      std::vector<std::uint32_t> order, who;
      for (const std::uint32_t i : s.order)
        if (bids[i].price >= supply[k].from) {
          wishes.push_back(left[i]);
          order.push_back(bids[i].order);
          who.push_back(i);
        }
      const std::vector<Tonnes> shares = ration(supply[k].quantity, wishes, order, rules.lot);
      for (std::size_t j = 0; j < who.size(); ++j) {
        if (shares[j] == Tonnes{}) continue;
        left[who[j]] -= shares[j];
        result.awards.push_back({who[j], k, shares[j], supply[k].from});
      }
    }
  } else {
    // S_k in whole lots: what is less than a lot waits for the next step.
    std::vector<Tonnes> upto(supply.size());
    Tonnes sum{};
    for (std::size_t k = 0; k < supply.size(); ++k) upto[k] = whole_lots(sum += supply[k].quantity, rules.lot);
    std::size_t last = 0;
    for (std::size_t k = 1; k < supply.size(); ++k)
      if (demanded_at(s, bids, supply[k].from) > upto[k - 1]) last = k;
    const Tonnes demand = demanded_at(s, bids, supply[last].from), available = std::min(demand, upto[last]);
    const std::vector<Tonnes> given = award(rules, s, bids, supply[last].from, available);
    Price clearing = supply[last].from;
    if (demand >= upto[last])
      for (const std::uint32_t i : s.order)
        if (given[i] > Tonnes{}) clearing = bids[i].price;
    if (rules.confidential > clearing) {
      result.declined = true;
      return result;
    }
    // The cheapest step goes to the best bids; who gets which step changes no price.
    std::uint32_t step = 0;
    Tonnes of_step = supply[0].quantity;
    for (const std::uint32_t i : s.order) {
      Tonnes rest = given[i];
      const Price price = rules.kind == AuctionKind::uniform ? clearing : bids[i].price;
      while (rest > Tonnes{}) {
        while (of_step == Tonnes{}) of_step = supply[++step].quantity;
        const Tonnes part = std::min(rest, of_step);
        result.awards.push_back({i, step, part, price});
        rest -= part;
        of_step -= part;
      }
    }
    if (rules.kind == AuctionKind::uniform) result.price = clearing;
  }

  std::set<Account> winners;
  for (const Award& a : result.awards) {
    winners.insert(bids[a.bid].account);
    result.sold += a.quantity;
    result.sold_of_step[a.step] += a.quantity;
    result.revenue += a.price * a.quantity;
    if (result.marginal == Price{} || a.price < result.marginal) result.marginal = a.price;
  }
  result.winners = static_cast<std::uint32_t>(winners.size());
  if (result.sold == Tonnes{}) result.price = Price{};
  else if (rules.kind != AuctionKind::uniform) result.price = average_price(result.revenue, result.sold);
  return result;
}

}  // namespace tantu
