#include "sim/exchange.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "sim/bounded_cash.hpp"

namespace tantu {

Price lower_limit(Price reference, double share, Price tick) {
  const double exact = static_cast<double>(reference.count) * (1 - share);
  // The tolerance undoes the rounding of the product, not of the regulation: 48.00 x 0.90 is 43.20.
  auto ticks = static_cast<std::int64_t>(std::ceil(exact / static_cast<double>(tick.count) - 1e-9));
  return Price{std::max<std::int64_t>(ticks, 1) * tick.count};
}

Price upper_limit(Price reference, double share, Price tick) {
  const double exact = static_cast<double>(reference.count) * (1 + share);
  const auto ticks = static_cast<std::int64_t>(std::floor(exact / static_cast<double>(tick.count) + 1e-9));
  return Price{std::max<std::int64_t>(ticks, 1) * tick.count};
}

Cash Fees::of(Cash value, Tonnes quantity, bool resting) const {
  __extension__ typedef __int128 Wide;
  constexpr std::int64_t parts = 1'000'000'000;
  const Wide exact = Wide{value.count} * (resting ? maker : taker) + Wide{quantity.count} * per_tonne;
  const auto rounded_half_up = [](auto doubled) {
    const auto quotient = doubled / (2 * parts);
    return static_cast<std::int64_t>(doubled % (2 * parts) < 0 ? quotient - 1 : quotient);
  };
  // A division of 128 bits takes ten times as long as one of 64.
  const Wide doubled = 2 * exact + parts;
  const auto narrow = static_cast<std::int64_t>(doubled);
  const Cash fee{narrow == doubled ? rounded_half_up(narrow) : rounded_half_up(doubled)};
  return least > Cash{} ? std::max(least, fee) : fee;
}

void SessionTotals::add_activity(const SessionTotals& o) {
  listed += o.listed; block += o.block; group += o.group;
  listed_turnover += o.listed_turnover; block_turnover += o.block_turnover; group_turnover += o.group_turnover;
  listed_trades += o.listed_trades; block_trades += o.block_trades; group_trades += o.group_trades;
  orders += o.orders; rejected += o.rejected; active_accounts += o.active_accounts; trades_at_limit += o.trades_at_limit;
  call += o.call; negotiated += o.negotiated; one_way += o.one_way;
  negotiated_turnover += o.negotiated_turnover; one_way_turnover += o.one_way_turnover;
  negotiated_trades += o.negotiated_trades; one_way_trades += o.one_way_trades;
  halts += o.halts; interruptions += o.interruptions; messages += o.messages;
  self_trades_prevented += o.self_trades_prevented;
  fees += o.fees;
  maker_present += o.maker_present; maker_time += o.maker_time;
}

Exchange::Exchange(std::uint32_t accounts, Price opening_reference, bool keeps_accounts, const Instrument& instrument, std::uint32_t number)
    : instrument_(instrument),
      number_(number),
      reference_(opening_reference),
      session_reference_(opening_reference),
      static_reference_(opening_reference),
      keeps_accounts_(keeps_accounts),
      standing_(accounts),
      own_(accounts) {
  // In a run every account's orders are listed: an order may replace all the others.
  for (Standing& s : standing_) s.listed = 1;
}

Account Exchange::open_account() {
  standing_.emplace_back();
  own_.emplace_back();
  return static_cast<Account>(standing_.size() - 1);
}

void Exchange::appoint_maker(Account account) {
  Standing& s = standing_[account];
  if (s.maker != no_group) return;
  s.maker = static_cast<std::uint32_t>(makers_.size());
  s.listed = 1;
  makers_.push_back({account, 0, 0, 0});
}

void Exchange::join_group(Account account, std::uint32_t group) {
  if (group_members_.size() <= group) {
    group_members_.resize(group + 1);
    group_bidding_.resize(group + 1);
  }
  standing_[account].group = group;
  group_members_[group].push_back(account);
}

void Exchange::touch(Account account) {
  Standing& s = standing_[account];
  if (s.active_on == today_) return;
  s.active_on = today_;
  touched_.push_back(account);
  ++totals_.active_accounts;
}

void Exchange::see(Account account, const Custody& custody, Tape* tape) {
  Standing& s = standing_[account];
  if (s.seen_on == session_) return;
  s.seen_on = session_;
  s.messages = s.trades = 0;
  if (tape && tape->hears_orders) tape->position({today_, account, custody.allowances(account), custody.balance(account), number_});
}

void Exchange::freeze(Account account, Side side, Price price, Tonnes quantity, Custody& custody) {
  Standing& s = standing_[account];
  if (side == Side::sell) {
    s.selling += quantity;
  } else {
    s.bidding += quantity;
    if (s.group != no_group) group_bidding_[s.group] += quantity;
    custody.freeze(account, price * quantity);
  }
  if (s.maker != no_group) makers_changed_ = true;
}

void Exchange::list(Account account, OrderHandle handle) {
  if (standing_[account].listed == 0) return;
  std::vector<OrderHandle>& own = own_[account];
  // Names of orders that are gone are dropped whenever the list has doubled; by its size, since its capacity is no part of a
  // state and would make one that was loaded go on with other bytes.
  if (own.size() >= 8 && std::has_single_bit(own.size())) std::erase_if(own, [&](OrderHandle old) { return !book_.rests(old); });
  own.push_back(handle);
}

void Exchange::settle(Trade& trade, bool buyer_rests, bool seller_rests, const ExchangeRules& rules, Custody& custody) {
  if (rules.fees.any()) {
    const Cash value = trade.price * trade.quantity;
    trade.buyer_fee = rules.fees.of(value, trade.quantity, buyer_rests);
    trade.seller_fee = rules.fees.of(value, trade.quantity, seller_rests);
    totals_.fees += trade.buyer_fee + trade.seller_fee;
  }
  custody.settle({trade.buyer, trade.seller, trade.price, trade.quantity, trade.buyer_fee, trade.seller_fee});
  standing_[trade.buyer].bought_today += trade.quantity;
  ++standing_[trade.buyer].trades;
  ++standing_[trade.seller].trades;
}

void Exchange::count_listed(const Trade& trade, const ExchangeRules& rules) {
  if (totals_.listed_trades == 0) totals_.open = totals_.high = totals_.low = trade.price;
  totals_.high = std::max(totals_.high, trade.price);
  totals_.low = std::min(totals_.low, trade.price);
  totals_.last = trade.price;
  totals_.listed += trade.quantity;
  const Wide value = Wide{trade.price.count} * trade.quantity.count;
  turnover_ += value;
  if (turnover_ <= std::numeric_limits<std::int64_t>::max()) totals_.listed_turnover = Cash{static_cast<std::int64_t>(turnover_)};
  ++totals_.listed_trades;
  if (rules.price_limit > 0 && (trade.price == totals_.limit_low || trade.price == totals_.limit_high)) ++totals_.trades_at_limit;
}

Price Exchange::band_low(const ExchangeRules& rules, double share) const {
  return share > 0 ? lower_limit(session_reference_, share, rules.tick) : rules.tick;
}

Price Exchange::band_high(const ExchangeRules& rules, double share) const {
  return share > 0 ? upper_limit(session_reference_, share, rules.tick)
                   : Price{std::numeric_limits<std::int32_t>::max() / rules.tick.count * rules.tick.count};
}

Rejection Exchange::trade_block(Account seller, Account buyer, Price price, Tonnes quantity, TradeKind kind,
                                const ExchangeRules& rules, Custody& custody, Tape* tape) {
  ++sequence_;
  const bool negotiated = kind == TradeKind::negotiated;
  const Tonnes least = negotiated ? rules.negotiated_least : rules.block_least;
  const double band = negotiated ? rules.negotiated_limit : rules.block_limit;
  if (quantity <= Tonnes{}) return Rejection::bad_quantity;
  if (least == Tonnes{}) return Rejection::not_taken;
  if (!negotiated && rules.block_until > 0 && now_ != no_time && (now_ < rules.block_from || now_ > rules.block_until)) return Rejection::not_open;
  if (quantity < least) return Rejection::too_small;
  if (price.count % rules.tick.count != 0) return Rejection::off_tick;
  if (price < band_low(rules, band) || price > band_high(rules, band)) return Rejection::outside_limits;
  if (seller == buyer) return Rejection::same_account;
  const auto value = value_of(price, quantity);
  if (!value) return Rejection::too_dear;
  Trade trade{today_, sequence_, kind, Side::sell, buyer, seller, 0, 0, price, quantity, now_, {}, {}, number_};
  if (keeps_accounts_) {
    if (seller == no_account || buyer == no_account) return Rejection::no_account;
    if (const Rejection why = check_means(seller, Side::sell, price, quantity, {}, {}, rules, custody); why != Rejection::none) return why;
    if (const Rejection why = check_means(buyer, Side::buy, price, quantity, {}, {}, rules, custody); why != Rejection::none) return why;
    see(seller, custody, tape);
    see(buyer, custody, tape);
    touch(seller);
    touch(buyer);
    settle(trade, false, false, rules, custody);
  }
  if (kind == TradeKind::group) {
    totals_.group += quantity;
    totals_.group_turnover = saturated_sum(totals_.group_turnover, *value);
    ++totals_.group_trades;
  } else if (negotiated) {
    totals_.negotiated += quantity;
    totals_.negotiated_turnover = saturated_sum(totals_.negotiated_turnover, *value);
    ++totals_.negotiated_trades;
  } else {
    totals_.block += quantity;
    totals_.block_turnover = saturated_sum(totals_.block_turnover, *value);
    ++totals_.block_trades;
  }
  if (tape) tape->trade(trade);
  return Rejection::none;
}

}  // namespace tantu
