// How good a market is: spreads, depth, resilience, price impact, efficiency, and what becomes of its orders.
// Watches a run or a replay (sim/market_watch.hpp), in one pass and bounded memory.
//
// Everything is kept as sums that add (QualitySums): the days of a year add up to the year. m is the midpoint of
// the best quotes, D +1 where the buyer came in and -1 where the seller did, p and q price and quantity of a trade.
// Averages over time weigh a state of the book with the seconds that it lasted, without a clock each message alike.
//
//   spread_quoted     ask - bid while both sides are quoted, average over time          (Demsetz 1968, doi:10.2307/1882244)
//   spread_effective  2 D (p - m before the message), average over tonnes     (Blume & Goldstein 1992; Lee 1993, doi:10.1111/j.1540-6261.1993.tb04028.x)
//   spread_realised   2 D (p - m a horizon later, at the close at the latest), average over tonnes: what is left to
//                     those who quoted after the price has moved                  (Huang & Stoll 1996, doi:10.1016/0304-405X(95)00868-N)
//   depth_1, _5, _10  tonnes shown at the best 1, 5, 10 prices, both sides together, average over time
//   resilience        after a message that took at least `large_share` of the five best opposite levels: the share of
//                     the lost depth there that is back a horizon later, in [0, 1]  (Large 2007, doi:10.1016/j.finmar.2006.09.001)
//   kyle_lambda       slope of the change of m on the signed tonnes traded, over stretches of `impact_orders` orders that
//                     traded at once, within a day                                (Kyle 1985, doi:10.2307/1913210)
//   amihud            |ln(close / close before)| over turnover, average over days with trades; the first day from its
//                     first trade to its last                                     (Amihud 2002, doi:10.1016/S1386-4181(01)00024-6)
//   variance_ratio    variance of the log return of m over `ratio_lags` orders that traded, over as many times that over
//                     one, overlapping, within a day; 1 for a random walk            (Lo & MacKinlay 1988, doi:10.1093/rfs/1.1.41)
//   time_at_limit     share of time with the best bid at the upper daily limit or the best ask at the lower one
//   fill_rate         of the tonnes that came to rest or rested when the day began, the share that traded there that day
//   time_to_fill      from coming to rest to the trade, average over the tonnes that traded so (Lo, MacKinlay & Zhang 2002,
//                     doi:10.1016/S0304-405X(02)00134-4); seconds, without a clock messages
//   order_to_trade    orders, cancellations and replacements that were taken, for each trade
//   concentration     sum of the squared shares of accounts in what was bought and sold, in (0, 1]  (Herfindahl, Hirschman)
//
// Trades in calls count as trades, but have no spread and no impact. A measure without an observation is undefined.
// Verified by tests/unit/test_market_quality.cpp (worked by hand).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/account_numbers.hpp"
#include "sim/market_watch.hpp"

namespace tantu {

struct QualityRules {
  Span horizon{300, 20};          ///< of the realised spread and resilience: 5 minutes, without a clock 20 messages
  double large_share = 0.5;       ///< of the depth at five levels that makes a trade large
  std::uint32_t impact_orders = 5;
  std::uint32_t ratio_lags = 5;
};

/// What the measures are made of. Prices in ticks of account.
struct QualitySums {
  double time = 0;                               ///< weight of all states
  double quoted_time = 0, spread = 0;            ///< of those with both sides; spread x weight
  std::array<double, 3> depth{};                 ///< t x weight
  double limit_time = 0;
  double effective = 0, effective_tonnes = 0;    ///< ticks x t
  double realised = 0, realised_tonnes = 0;
  double resilience = 0, large_orders = 0;
  double impacts = 0, flow = 0, change = 0, flow_change = 0, flow_flow = 0;
  double amihud = 0, amihud_days = 0;            ///< per tick of account of turnover
  double returns = 0, return_1 = 0, return_1_squared = 0, returns_long = 0, return_long = 0, return_long_squared = 0;
  double rested = 0, filled = 0, wait = 0;       ///< t, t, t x span
  double messages = 0, trades = 0;
  double traded = 0;                             ///< t, each trade once
  double squared_tonnes = 0, account_tonnes = 0; ///< of concentration: of one period, they do not add
  std::uint32_t lags = 5;
  QualitySums& operator+=(const QualitySums& o);
};

/// One measure: how it is called, read and computed. `value` in units with `price_scale` currency per tick.
struct QualityMeasure {
  std::string_view name, unit, long_name;
  std::optional<double> (*value)(const QualitySums&, double price_scale);
};
std::span<const QualityMeasure> quality_measures();

class MarketQuality final : public Watcher {
 public:
  explicit MarketQuality(const QualityRules& rules = {}) : rules_(rules) {}

  void sent(const OrderRecord&, const Moment&) override;
  void traded(const Trade&, const WatchedOrder*, const Moment&) override;
  void entered(const WatchedOrder&) override;
  void settled(const DepthView&, const Moment&) override;
  void closed(const Moment&) override;

  /// Takes up after a day whose last trade was at `last_close`.
  void resume(Price last_close) { last_close_ = last_close; }

  /// Of the last day that was closed.
  const QualitySums& day() const { return last_day_; }
  /// Of all days so far.
  QualitySums total() const;

 private:
  /// The book between two messages.
  struct State {
    bool known = false;
    Moment since;
    bool quoted = false, at_limit = false;
    std::int64_t middle = 0, spread = 0;          // middle: bid + ask, twice the midpoint
    std::array<double, 3> depth{};                // both sides
    std::array<double, 2> depth_5{};              // by side
  };
  /// Trades of one message that wait for their horizon: sum of 2 D p q, of D q, tonnes.
  struct Pending {
    Moment at;
    double paid = 0, signed_tonnes = 0, tonnes = 0;
  };
  struct LargeTrade {
    bool watched = false;
    Moment at;
    Side side = Side::buy;                        // that was taken from
    double before = 0, after = 0;
  };
  static State state_of(const DepthView& view, const Moment& now);
  void weigh(const Moment& until);
  void look_back(const Moment& now, bool all);
  void order_traded();

  QualityRules rules_;
  QualitySums sums_, last_day_, total_;
  State state_;
  std::int64_t last_middle_ = 0;                  // 0: none yet today
  std::deque<Pending> pending_;
  LargeTrade large_;
  // Trades of the message that is under way.
  double taken_ = 0;
  Side taker_ = Side::buy;
  Moment traded_at_;
  double paid_ = 0;
  // The stretch of orders for price impact, and the midpoints for the variance ratio.
  std::uint32_t stretch_ = 0;
  double stretch_flow_ = 0;
  std::int64_t stretch_from_ = 0;
  std::vector<double> log_middles_;
  // The day and the days before it.
  Price first_trade_, last_trade_, last_close_;
  double turnover_ = 0;
  AccountNumbers accounts_;
  std::vector<double> by_account_, by_account_today_;  // [number], tonnes
};

}  // namespace tantu
