// Trend speculator: holds the more, the further a short average of the log close lies above a long one (a moving-average
// rule: Brock, W., Lakonishok, J., LeBaron, B. 1992, J. Finance 47:1731). It sells what it holds when the trend turns.
//
//   wanted = most clip((short - long) / scale, 0, 1)
//
// Numbers of its state: 0 day, 1 short average, 2 long average, 3 days seen.
#include <algorithm>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"
#include "sim/elementary.hpp"

namespace tantu {

struct TrendSpeculatorParameters {
  TraderMeans means{.turns = 2};
  std::int64_t most = 100'000, order = 5'000;
  double short_days = 5, long_days = 30, scale = 0.05, aggressiveness = 0.01;
};

template <>
const Table& table<TrendSpeculatorParameters>() {
  using P = TrendSpeculatorParameters;
  static const Table t{
      "trend_speculator",
      "Buys what rises and sells when the rise ends.",
      trader_fields<P>({
          field<&P::most>("most", "t", in(1, 1e10), "largest holding"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order"),
          field<&P::short_days>("short_days", "trading days", above(0), "of the short average"),
          field<&P::long_days>("long_days", "trading days", above(0), "of the long average"),
          field<&P::scale>("scale", "1", above(0), "distance of the averages at which it holds `most`"),
          field<&P::aggressiveness>("aggressiveness", "1", in(-0.5, 0.5), "how far beyond the middle it bids, as a share")}),
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.long_days <= p.short_days) problems.push_back({"/long_days", "is not above short_days"});
      })};
  return t;
}

namespace {

class TrendSpeculator final : public Trader {
 public:
  using Parameters = TrendSpeculatorParameters;
  explicit TrendSpeculator(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::speculator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState& state, TraderDesk& desk) const override {
    const BookView& book = view.book();
    double &fast = state.number(1), &slow = state.number(2), &days = state.number(3);
    if (is_new_day(view, state.number(0))) {
      const double now = elementary::log(static_cast<double>(book.close().count));
      if (days == 0) fast = slow = now;
      fast += (now - fast) * std::min(1.0, 1 / p_.short_days);
      slow += (now - slow) * std::min(1.0, 1 / p_.long_days);
      days += 1;
    }
    if (!book.is_continuous()) return;
    const double wanted = static_cast<double>(p_.most) * std::clamp((fast - slow) / p_.scale, 0.0, 1.0);
    if (const auto request = order_towards(book, Tonnes{static_cast<std::int64_t>(wanted)}, Tonnes{p_.order}, p_.aggressiveness)) desk.submit(0, *request);
    else desk.cancel_all(view, 0);
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind trend_speculator_kind() { return trader_kind_of<TrendSpeculator>("trend_speculator"); }

}  // namespace tantu
