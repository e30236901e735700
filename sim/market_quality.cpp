#include "sim/market_quality.hpp"

#include <algorithm>
#include <utility>

#include "sim/elementary.hpp"
#include "sim/order.hpp"

namespace tantu {

namespace {

constexpr std::size_t most_pending = std::size_t{1} << 16;

std::optional<double> ratio(double a, double b) { return b > 0 ? std::optional{a / b} : std::nullopt; }

std::optional<double> in_currency(double a, double b, double scale) { return b > 0 ? std::optional{a / b * scale} : std::nullopt; }

std::optional<double> slope(const QualitySums& s, double scale) {
  const double spread = s.flow_flow - s.flow * s.flow / std::max(s.impacts, 1.0);
  if (s.impacts < 2 || spread <= 0) return std::nullopt;
  return (s.flow_change - s.flow * s.change / s.impacts) / spread * scale;
}

std::optional<double> variance_ratio(const QualitySums& s, double) {
  if (s.returns < 2 || s.returns_long < 1) return std::nullopt;
  const double mean = s.return_1 / s.returns, lags = s.lags;
  const double one = s.return_1_squared / s.returns - mean * mean;
  const double many = s.return_long_squared / s.returns_long - 2 * lags * mean * s.return_long / s.returns_long + lags * lags * mean * mean;
  if (one <= 0) return std::nullopt;
  return many / (lags * one);
}

}  // namespace

QualitySums& QualitySums::operator+=(const QualitySums& o) {
  time += o.time; quoted_time += o.quoted_time; spread += o.spread; limit_time += o.limit_time;
  for (std::size_t i = 0; i < depth.size(); ++i) depth[i] += o.depth[i];
  effective += o.effective; effective_tonnes += o.effective_tonnes; realised += o.realised; realised_tonnes += o.realised_tonnes;
  resilience += o.resilience; large_orders += o.large_orders;
  impacts += o.impacts; flow += o.flow; change += o.change; flow_change += o.flow_change; flow_flow += o.flow_flow;
  amihud += o.amihud; amihud_days += o.amihud_days;
  returns += o.returns; return_1 += o.return_1; return_1_squared += o.return_1_squared;
  returns_long += o.returns_long; return_long += o.return_long; return_long_squared += o.return_long_squared;
  rested += o.rested; filled += o.filled; wait += o.wait; messages += o.messages; trades += o.trades; traded += o.traded;
  lags = o.lags;
  return *this;
}

std::span<const QualityMeasure> quality_measures() {
  using S = const QualitySums&;
  static constexpr std::array measures{
      QualityMeasure{"spread_quoted", "currency t-1", "quoted spread while both sides are quoted, average over time", [](S s, double k) { return in_currency(s.spread, s.quoted_time, k); }},
      QualityMeasure{"spread_effective", "currency t-1", "effective spread: twice the distance of trades from the midpoint before, by volume", [](S s, double k) { return in_currency(s.effective, s.effective_tonnes, k); }},
      QualityMeasure{"spread_realised", "currency t-1", "realised spread: twice the distance of trades from the midpoint a horizon later, by volume", [](S s, double k) { return in_currency(s.realised, s.realised_tonnes, k); }},
      QualityMeasure{"depth_1", "t", "tonnes shown at the best price of both sides, average over time", [](S s, double) { return ratio(s.depth[0], s.time); }},
      QualityMeasure{"depth_5", "t", "tonnes shown at the best 5 prices of both sides, average over time", [](S s, double) { return ratio(s.depth[1], s.time); }},
      QualityMeasure{"depth_10", "t", "tonnes shown at the best 10 prices of both sides, average over time", [](S s, double) { return ratio(s.depth[2], s.time); }},
      QualityMeasure{"resilience", "1", "share of the depth taken by a large order that is back a horizon later", [](S s, double) { return ratio(s.resilience, s.large_orders); }},
      QualityMeasure{"kyle_lambda", "currency t-2", "price impact: change of the midpoint for each tonne of signed volume", slope},
      QualityMeasure{"amihud", "currency-1", "illiquidity: absolute daily return over turnover", [](S s, double k) { return in_currency(s.amihud, s.amihud_days, 1 / k); }},
      QualityMeasure{"variance_ratio", "1", "variance ratio of midpoint returns over several orders that traded; 1: random walk", variance_ratio},
      QualityMeasure{"time_at_limit", "1", "share of time with the best bid at the upper limit or the best ask at the lower", [](S s, double) { return ratio(s.limit_time, s.time); }},
      QualityMeasure{"fill_rate", "1", "share of the tonnes that came to rest which traded there", [](S s, double) { return ratio(s.filled, s.rested); }},
      QualityMeasure{"time_to_fill", "s", "from coming to rest to the trade, by volume; messages where there is no clock", [](S s, double) { return ratio(s.wait, s.filled); }},
      QualityMeasure{"order_to_trade", "1", "orders, cancellations and replacements for each trade", [](S s, double) { return ratio(s.messages, s.trades); }},
      QualityMeasure{"concentration", "1", "sum of the squared shares of accounts in the tonnes bought and sold in the book (HHI)", [](S s, double) { return ratio(s.squared_tonnes, s.account_tonnes * s.account_tonnes); }},
  };
  return measures;
}

void MarketQuality::sent(const OrderRecord&, const Moment&) {
  sums_.messages += 1;
}

void MarketQuality::traded(const Trade& trade, const WatchedOrder* resting, const Moment& now) {
  const double q = static_cast<double>(trade.quantity.count), p = static_cast<double>(trade.price.count);
  sums_.trades += 1;
  sums_.traded += q;
  turnover_ += p * q;
  last_trade_ = trade.price;
  if (first_trade_ == Price{}) first_trade_ = trade.price;
  for (const std::uint32_t account : {trade.buyer, trade.seller}) {
    if (account == no_account) continue;
    const std::uint32_t number = accounts_.of(account);
    if (number >= by_account_today_.size()) by_account_today_.resize(number + 1);
    by_account_today_[number] += q;
  }
  if (resting) {
    sums_.filled += q;
    sums_.wait += q * Span::elapsed(resting->entered, now);
  }
  if (trade.kind != TradeKind::listed) return;
  taken_ += q;
  taker_ = trade.aggressor;
  paid_ += 2 * p * q;
  traded_at_ = now;
}

void MarketQuality::entered(const WatchedOrder& order) { sums_.rested += static_cast<double>(order.open.count); }

MarketQuality::State MarketQuality::state_of(const DepthView& view, const Moment& now) {
  State state;
  state.known = true;
  state.since = now;
  const auto bid = view.side(Side::buy).best(), ask = view.side(Side::sell).best();
  state.quoted = bid && ask;
  if (state.quoted) {
    state.middle = bid->count + ask->count;
    state.spread = ask->count - bid->count;
  }
  state.at_limit = view.limit_high != Price{} && ((bid && *bid == view.limit_high) || (ask && *ask == view.limit_low));
  for (const Side side : {Side::buy, Side::sell}) {
    const SideView& seen = view.side(side);
    for (std::size_t i = 0; i < SideView::levels.size(); ++i) state.depth[i] += static_cast<double>(seen.shown(i).count);
    state.depth_5[static_cast<std::size_t>(side)] = static_cast<double>(seen.shown(1).count);
  }
  return state;
}

// The state that has lasted until now counts with its duration.
void MarketQuality::weigh(const Moment& until) {
  if (!state_.known) return;
  const double weight = Span::elapsed(state_.since, until);
  sums_.time += weight;
  if (state_.quoted) {
    sums_.quoted_time += weight;
    sums_.spread += weight * static_cast<double>(state_.spread);
  }
  for (std::size_t i = 0; i < state_.depth.size(); ++i) sums_.depth[i] += weight * state_.depth[i];
  if (state_.at_limit) sums_.limit_time += weight;
}

// What has waited for its horizon is held against the book as it was until now; at the close, all of it.
void MarketQuality::look_back(const Moment& now, bool all) {
  while (!pending_.empty() && (all || rules_.horizon.passed(pending_.front().at, now))) {
    const Pending& p = pending_.front();
    if (last_middle_ != 0) {
      sums_.realised += p.paid - p.signed_tonnes * static_cast<double>(last_middle_);
      sums_.realised_tonnes += p.tonnes;
    }
    pending_.pop_front();
  }
  if (large_.watched && (all || rules_.horizon.passed(large_.at, now))) {
    const double back = (state_.depth_5[static_cast<std::size_t>(large_.side)] - large_.after) / (large_.before - large_.after);
    sums_.resilience += std::clamp(back, 0.0, 1.0);
    sums_.large_orders += 1;
    large_.watched = false;
  }
}

/// After a message that traded: `state_` is still the book before it.
void MarketQuality::order_traded() {
  const double sign = taker_ == Side::buy ? 1 : -1;
  if (state_.quoted) {
    sums_.effective += sign * paid_ - sign * taken_ * static_cast<double>(state_.middle);
    sums_.effective_tonnes += taken_;
  }
  if (pending_.size() >= most_pending) {
    // Neighbours share the later one's horizon from here on.
    std::deque<Pending> half;
    for (std::size_t i = 0; i + 1 < pending_.size(); i += 2)
      half.push_back({pending_[i + 1].at, pending_[i].paid + pending_[i + 1].paid,
                      pending_[i].signed_tonnes + pending_[i + 1].signed_tonnes, pending_[i].tonnes + pending_[i + 1].tonnes});
    if (pending_.size() % 2 == 1) half.push_back(pending_.back());
    pending_.swap(half);
  }
  pending_.push_back({traded_at_, sign * paid_, sign * taken_, taken_});
  if (stretch_ == 0) stretch_from_ = last_middle_;
  stretch_flow_ += sign * taken_;
  ++stretch_;
}

void MarketQuality::settled(const DepthView& view, const Moment& now) {
  look_back(now, false);
  weigh(now);
  if (taken_ == 0 && !view.changed && state_.known) {
    state_.since = now;
    return;
  }
  const State next = state_of(view, now);
  if (taken_ > 0) {
    order_traded();
    const auto hit = static_cast<std::size_t>(opposite(taker_));
    if (!large_.watched && taken_ >= rules_.large_share * state_.depth_5[hit] && state_.depth_5[hit] > next.depth_5[hit])
      large_ = {true, traded_at_, opposite(taker_), state_.depth_5[hit], next.depth_5[hit]};
  }
  state_ = next;
  if (next.quoted) last_middle_ = next.middle;
  if (taken_ > 0) {
    if (stretch_ >= rules_.impact_orders) {
      if (stretch_from_ != 0) {
        const double change = 0.5 * static_cast<double>(last_middle_ - stretch_from_);
        sums_.impacts += 1;
        sums_.flow += stretch_flow_;
        sums_.change += change;
        sums_.flow_change += stretch_flow_ * change;
        sums_.flow_flow += stretch_flow_ * stretch_flow_;
      }
      stretch_ = 0;
      stretch_flow_ = 0;
    }
    if (next.quoted && next.middle > 0) {
      log_middles_.push_back(elementary::log(0.5 * static_cast<double>(next.middle)));
      const std::size_t n = log_middles_.size();
      if (n > 1) {
        const double r = log_middles_[n - 1] - log_middles_[n - 2];
        sums_.returns += 1;
        sums_.return_1 += r;
        sums_.return_1_squared += r * r;
      }
      if (n > rules_.ratio_lags) {
        const double r = log_middles_[n - 1] - log_middles_[n - 1 - rules_.ratio_lags];
        sums_.returns_long += 1;
        sums_.return_long += r;
        sums_.return_long_squared += r * r;
        log_middles_.erase(log_middles_.begin());
      }
    }
  }
  taken_ = paid_ = 0;
}

void MarketQuality::closed(const Moment& now) {
  // Without a clock the last state of the day counts as one message, like the others.
  Moment end = now;
  if (!end.has_clock()) ++end.message;
  weigh(end);
  look_back(now, true);
  sums_.lags = rules_.ratio_lags;
  if (turnover_ > 0) {
    const Price from = last_close_ == Price{} ? first_trade_ : last_close_;
    if (from > Price{} && last_trade_ > Price{}) {
      const double r = elementary::log(static_cast<double>(last_trade_.count) / static_cast<double>(from.count));
      sums_.amihud += (r < 0 ? -r : r) / turnover_;
      sums_.amihud_days += 1;
    }
    last_close_ = last_trade_;
  }
  by_account_.resize(by_account_today_.size());
  for (std::size_t number = 0; number < by_account_today_.size(); ++number) {
    const double tonnes = std::exchange(by_account_today_[number], 0.0);
    sums_.squared_tonnes += tonnes * tonnes;
    sums_.account_tonnes += tonnes;
    by_account_[number] += tonnes;
  }
  total_ += sums_;
  last_day_ = sums_;
  sums_ = {};
  state_ = {};
  last_middle_ = 0;
  pending_.clear();
  stretch_ = 0;
  stretch_flow_ = 0;
  log_middles_.clear();
  first_trade_ = Price{};
  turnover_ = 0;
}

QualitySums MarketQuality::total() const {
  QualitySums all = total_;
  all.squared_tonnes = all.account_tonnes = 0;
  for (const double tonnes : by_account_) {
    all.squared_tonnes += tonnes * tonnes;
    all.account_tonnes += tonnes;
  }
  return all;
}

}  // namespace tantu
