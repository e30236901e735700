// Corner (stress): buys into a deadline until those who are short cannot do without it, then offers at a multiple of the
// price (Kyle, A. S. 1984, A theory of futures market manipulations; Allen, F., Litov, L., Mei, J. 2006, Large investors,
// price manipulation, and limits to arbitrage, Rev. Finance 10:645). It buys from `days_before` to `squeeze_days` trading
// days before the deadline, paying up to `premium` above the price; then it offers what it holds at `squeeze` times the
// last close, at most the day's upper limit.
#include <algorithm>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct CornerParameters {
  TraderMeans means{.cash = 1e9, .turns = 8};
  std::int64_t most = 10'000'000, order = 50'000, days_before = 60, squeeze_days = 5;
  double premium = 0.02, squeeze = 1.5;
};

template <>
const Table& table<CornerParameters>() {
  using P = CornerParameters;
  static const Table t{
      "corner",
      "Stress: buys into a deadline what others will need, then asks a multiple.",
      trader_fields<P>({
          field<&P::most>("most", "t", in(1, 1e10), "largest holding"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order"),
          field<&P::days_before>("days_before", "trading days", in(1, 1000), "before the deadline when it begins to buy"),
          field<&P::squeeze_days>("squeeze_days", "trading days", in(0, 1000), "before the deadline when it begins to offer"),
          field<&P::premium>("premium", "1", in(0, 1), "above the middle that it pays at most"),
          field<&P::squeeze>("squeeze", "1", in(1, 100), "what it asks, of the last close")}),
      check_as<P>([](const P& p, std::vector<Problem>& problems) {
        if (p.squeeze_days >= p.days_before) problems.push_back({"/squeeze_days", "is not below days_before"});
      })};
  return t;
}

namespace {

class Corner final : public Trader {
 public:
  using Parameters = CornerParameters;
  explicit Corner(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::manipulator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState&, TraderDesk& desk) const override {
    const BookView& book = view.book();
    const int days = book.days_to_deadline();
    if (!book.is_continuous()) return;
    if (days < 0 || days > p_.days_before) {
      // Between deadlines it gets rid of what it could not sell.
      if (const auto request = order_towards(book, book.endowment(), Tonnes{p_.order}, 0.0)) desk.submit(0, *request);
    } else if (days > p_.squeeze_days) {
      if (const auto request = order_towards(book, Tonnes{p_.most}, Tonnes{p_.order}, p_.premium)) desk.submit(0, *request);
    } else {
      OrderRequest request;
      request.side = Side::sell;
      request.replaces = true;
      request.price = price_on_tick(book, Side::sell, p_.squeeze * static_cast<double>(book.close().count));
      request.quantity = within_means(book, Side::sell, request.price, Tonnes{p_.order});
      if (request.quantity > Tonnes{}) desk.submit(0, request);
    }
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind corner_kind() { return trader_kind_of<Corner>("corner"); }

}  // namespace tantu
