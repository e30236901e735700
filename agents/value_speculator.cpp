// Value speculator: holds the more, the further the price lies below the fundamental anchor F as it judges it
// (fundamentalists: Chiarella, C., He, X.-Z. 2001, Quant. Finance 1:509). No order within `band` of its value.
//
//   V = F exp(opinion)                                 opinion ~ N(0, opinion_spread), fixed
//   wanted = most clip(ln(V / P) / scale, 0, 1)
#include <algorithm>
#include <cmath>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"
#include "sim/elementary.hpp"

namespace tantu {

struct ValueSpeculatorParameters {
  TraderMeans means{.turns = 2};
  std::int64_t most = 100'000, order = 5'000;
  double scale = 0.3, band = 0.05, opinion_spread = 0.1, aggressiveness = 0.005;
};

template <>
const Table& table<ValueSpeculatorParameters>() {
  using P = ValueSpeculatorParameters;
  static const Table t{
      "value_speculator",
      "Buys below the fundamental anchor and sells above it.",
      trader_fields<P>({
          field<&P::most>("most", "t", in(1, 1e10), "largest holding"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order"),
          field<&P::scale>("scale", "1", above(0), "log distance of the price below its value at which it holds `most`"),
          field<&P::band>("band", "1", in(0, 1), "log distance within which it does nothing"),
          field<&P::opinion_spread>("opinion_spread", "1", in(0, 2), "s.d. of the log of its value around F"),
          field<&P::aggressiveness>("aggressiveness", "1", in(-0.5, 0.5), "how far beyond the middle it bids, as a share")})};
  return t;
}

namespace {

class ValueSpeculator final : public Trader {
 public:
  using Parameters = ValueSpeculatorParameters;
  explicit ValueSpeculator(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::speculator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState&, TraderDesk& desk) const override {
    const BookView& book = view.book();
    if (!book.is_continuous()) return;
    const double opinion = p_.opinion_spread * draw(view.key, Stream::speculator, view.entity, 0).normal(0);
    const double cheap = elementary::log(book.anchor() / static_cast<double>(book.close().count)) + opinion;
    if (std::fabs(cheap) < p_.band) return;
    const double wanted = static_cast<double>(p_.most) * std::clamp(cheap / p_.scale, 0.0, 1.0);
    if (const auto request = order_towards(book, Tonnes{static_cast<std::int64_t>(wanted)}, Tonnes{p_.order}, p_.aggressiveness)) desk.submit(0, *request);
    else desk.cancel_all(view, 0);
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind value_speculator_kind() { return trader_kind_of<ValueSpeculator>("value_speculator"); }

}  // namespace tantu
