// Market maker: quotes both sides around a price that leans against its inventory (Avellaneda, M., Stoikov, S. 2008,
// High-frequency trading in a limit order book, Quant. Finance 8:217). With prices in units of the middle price s,
// inventory q in orders of `size` above the target, the daily s.d. of returns sigma and the horizon T:
//
//   r     = s (1 - q gamma sigma^2 T)                                  reservation price
//   delta = s (gamma sigma^2 T + (2 / gamma) ln(1 + gamma / kappa))    width of the quote
//
// sigma^2 is the average of squared log changes of the close, weight 1/20 a day. s is the middle of the book, half of it the middle
// that it saw before. The inventory lives on over the night, hence T is a constant. Where the exchange obliges market
// makers, the quote is no wider and no smaller than the obligation. A quote stays while it is within `tolerance` of where it
// would be and not half traded: who quotes anew after every trade looks like a spoofer. At `most` above or below its target it stops
// quoting the side that would take it further.
// Numbers of its state: 0 day, 1 sigma^2, 2 s.
#include <algorithm>
#include <cmath>
#include <vector>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"
#include "sim/elementary.hpp"

namespace tantu {

struct MarketMakerParameters {
  TraderMeans means{.allowances = 100'000, .turns = 16};
  std::int64_t size = 5'000, most = 50'000;
  double risk_aversion = 1, fill_decay = 200, horizon_days = 10, initial_volatility = 0.02, tolerance = 0.5;
};

template <>
const Table& table<MarketMakerParameters>() {
  using P = MarketMakerParameters;
  static const Table t{
      "market_maker",
      "Quotes both sides, the lower the more it holds (Avellaneda and Stoikov 2008); under the exchange's obligation for market makers, where there is one.",
      trader_fields<P>({
          field<&P::size>("size", "t", in(1, 1e9), "quoted on either side"),
          field<&P::most>("most", "t", in(1, 1e10), "largest distance of its holdings from what it had at the start"),
          field<&P::risk_aversion>("risk_aversion", "1", in(1e-6, 1e3), "gamma, with prices in units of the middle price and inventory in orders"),
          field<&P::fill_decay>("fill_decay", "1", above(0), "kappa: how fast the chance of a trade falls with the distance from the middle, per share of the price"),
          field<&P::horizon_days>("horizon_days", "trading days", above(0), "T over which inventory is a risk"),
          field<&P::tolerance>("tolerance", "1", in(0, 1), "how far a quote may lie from where it would be, in halves of its width, before it is replaced"),
          field<&P::initial_volatility>("initial_volatility", "1 per trading day", in(0, 1), "sigma before there are closes")})};
  return t;
}

namespace {

class MarketMaker final : public Trader {
 public:
  using Parameters = MarketMakerParameters;
  explicit MarketMaker(const Parameters& p) : p_(p) {}
  bool makes_the_market() const override { return true; }

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    moments.push_back(0);  // there is a quote before the first firm comes
    spread_over_day(view, Stream::market_maker, p_.means.turns - 1, moments);
  }

  void act(const TraderView& view, TraderState& state, TraderDesk& desk) const override {
    const BookView& book = view.book();
    double &variance = state.number(1), &seen = state.number(2);
    if (is_new_day(view, state.number(0))) look_back(book, variance, seen);
    if (!book.is_continuous()) return desk.cancel_all(view, 0);
    const double middle = book.middle();
    if (seen <= 0) seen = middle;
    seen = 0.5 * (seen + middle);

    const double size = static_cast<double>(std::max(p_.size, book.rules().maker_spread > 0 ? book.rules().maker_size.count : 0));
    const double inventory = static_cast<double>((book.held() - book.endowment()).count) / size;
    const double risk = p_.risk_aversion * variance * p_.horizon_days;
    const double fair = seen * std::max(0.1, 1 - inventory * risk);
    double half = 0.5 * risk + elementary::log(1 + p_.risk_aversion / p_.fill_decay) / p_.risk_aversion;
    if (book.rules().maker_spread > 0) half = std::min(half, 0.5 * book.rules().maker_spread);
    const double near = p_.tolerance * half * fair;
    bool keeps[2] = {false, false};
    std::vector<std::uint64_t> stale;
    book.for_each_order([&](const RestingOrder& order) {
      const double wanted = order.side == Side::buy ? fair * (1 - half) : fair * (1 + half);
      const bool stays = std::fabs(static_cast<double>(order.price.count) - wanted) <= near && static_cast<double>(order.shown.count) >= 0.5 * size;
      if (stays) keeps[static_cast<int>(order.side)] = true;
      else stale.push_back(order.id);
    });
    for (const std::uint64_t order : stale) desk.cancel(0, order);
    if (!keeps[0]) quote(book, desk, Side::buy, fair * (1 - half), size);
    if (!keeps[1]) quote(book, desk, Side::sell, fair * (1 + half), size);
  }

 private:
  void look_back(const BookView& book, double& variance, double& seen) const {
    const auto& days = book.prices().days();
    if (variance <= 0) variance = p_.initial_volatility * p_.initial_volatility;
    if (days.size() < 2) return;
    const auto &now = days[days.size() - 1], &before = days[days.size() - 2];
    const double change = elementary::log(static_cast<double>(now.close.count) / static_cast<double>(before.close.count));
    variance += (change * change - variance) / 20;
    seen = static_cast<double>(now.close.count);
  }

  /// Never through the best price of the other side: it waits to be traded with.
  void quote(const BookView& book, TraderDesk& desk, Side side, double at, double size) const {
    const Tonnes off = book.held() - book.endowment();
    if (side == Side::buy ? off.count >= p_.most : off.count <= -p_.most) return;
    const auto tick = static_cast<double>(book.rules().tick.count);
    if (side == Side::buy && book.ask()) at = std::min(at, static_cast<double>(book.ask()->count) - tick);
    if (side == Side::sell && book.bid()) at = std::max(at, static_cast<double>(book.bid()->count) + tick);
    OrderRequest request;
    request.side = side;
    request.price = price_on_tick(book, side, at);
    // Outside the day's limits there is no price that does not cross.
    if (side == Side::buy ? book.ask() && request.price >= *book.ask() : book.bid() && request.price <= *book.bid()) return;
    const std::int64_t room = p_.most - (side == Side::buy ? off.count : -off.count);
    request.quantity = within_means(book, side, request.price, Tonnes{std::min(static_cast<std::int64_t>(size), room)});
    if (request.quantity > Tonnes{}) desk.submit(0, request);
  }
  Parameters p_;
};

}  // namespace

TraderKind market_maker_kind() { return trader_kind_of<MarketMaker>("market_maker"); }

}  // namespace tantu
