// Long-only fund: keeps a fixed share of its wealth in allowances, whatever they are worth (constant weights: Perold, A.,
// Sharpe, W. 1988, Financ. Anal. J. 44:16). It builds the position over `build_days` and then trades only when the
// share has left a band, back to the middle of it. What it holds is lost to the market until prices rise.
// Numbers of its state: 0 day, 1 days lived, 2: 1 while it goes back to its share.
#include <algorithm>
#include <cmath>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct LongOnlyFundParameters {
  TraderMeans means{.cash = 50e6, .turns = 2};
  double weight = 0.5, band = 0.1, build_days = 60, aggressiveness = 0.005;
  std::int64_t order = 5'000;
};

template <>
const Table& table<LongOnlyFundParameters>() {
  using P = LongOnlyFundParameters;
  static const Table t{
      "long_only_fund",
      "Holds a fixed share of its wealth in allowances.",
      trader_fields<P>({
          field<&P::weight>("weight", "1", in(0, 1), "share of its wealth in allowances"),
          field<&P::band>("band", "1", in(0, 1), "how far the share may drift before it trades"),
          field<&P::build_days>("build_days", "trading days", at_least(1), "over which it buys what it holds"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order"),
          field<&P::aggressiveness>("aggressiveness", "1", in(-0.5, 0.5), "how far beyond the middle it bids, as a share")})};
  return t;
}

namespace {

class LongOnlyFund final : public Trader {
 public:
  using Parameters = LongOnlyFundParameters;
  explicit LongOnlyFund(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::speculator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState& state, TraderDesk& desk) const override {
    const BookView& book = view.book();
    double &days = state.number(1), &returning = state.number(2);
    if (is_new_day(view, state.number(0))) days += 1;
    if (!book.is_continuous()) return;
    const auto price = static_cast<double>(book.close().count);
    const double held = price * static_cast<double>(book.held().count);
    const double wealth = std::max(0.0, static_cast<double>(book.cash().count) + held);
    if (wealth <= 0) return;
    const double ramp = std::min(1.0, days / p_.build_days), share = held / wealth;
    if (ramp < 1 || std::fabs(share - p_.weight) > p_.band) returning = 1;
    if (returning == 0) return;
    const double wanted = std::floor(p_.weight * ramp * wealth / price);
    if (std::fabs(wanted - static_cast<double>(book.held().count)) <= std::max(1.0, 0.01 * wanted)) {
      returning = 0;
      desk.cancel_all(view, 0);
      return;
    }
    if (const auto request = order_towards(book, Tonnes{static_cast<std::int64_t>(wanted)}, Tonnes{p_.order}, p_.aggressiveness)) desk.submit(0, *request);
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind long_only_fund_kind() { return trader_kind_of<LongOnlyFund>("long_only_fund"); }

}  // namespace tantu
