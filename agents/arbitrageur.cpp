// Arbitrageur between two markets, or two books of one: buys where allowances are cheap and sells where they are dear. The law
// of one price and its limits: Shleifer, A., Vishny, R. 1997, J. Finance 52:35.
//
// - Over an open link it takes what both books show while that gains more than `cost`, the fees of both exchanges, of the
//   transfer, the exchange ratio and the day's exchange rate included: it buys, transfers, sells, and brings the cash back.
//   Books seldom cross where few come to market, so it also stands ready between them: while their prices differ by more than
//   twice `cost` it bids in the cheap market below, and offers in the dear one above, the middle of both. What it holds, at
//   most `most`, shifts that middle down. It has no obligation, so a quota's shares of firms are not for it.
// - Without a link units do not travel: where one book bids more than the other asks, by more than `cost`, it sells from what
//   it holds there and buys in the other, so that its allowances in both are what limits it.
//
// Prices of the other market count at the day's exchange rate where the scenario has one, else at `rate`.
// Verified by tests/unit/test_arbitrage.cpp.
#include <algorithm>
#include <cmath>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct ArbitrageurParameters {
  TraderMeans means{.allowances = 100'000, .turns = 16};
  std::string other, other_instrument;
  double rate = 1, cost = 0.01;
  std::int64_t order = 5'000, most = 50'000;
};

template <>
const Table& table<ArbitrageurParameters>() {
  using P = ArbitrageurParameters;
  static const Table t{
      "arbitrageur",
      "Sells where allowances are dearer and buys where they are cheaper, in two markets at once.",
      trader_fields<P>({
          field<&P::other>("other", "", "id of the second market; the first is `market`").required(),
          field<&P::other_instrument>("other_instrument", "", "name of the second market's instrument, which may be another one of the same market; empty: its first one"),
          field<&P::rate>("rate", "1", above(0), "price of the other market's currency in the first one's, where no exchange_rates connect them"),
          field<&P::cost>("cost", "1", in(0, 1), "least gain, as a share of the price, at which it trades"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order"),
          field<&P::most>("most", "t", in(0, 1e10), "most that it buys ahead over a link, beside what it had at the start; 0: it only trades what both books show")})};
  return t;
}

namespace {

class Arbitrageur final : public Trader {
 public:
  using Parameters = ArbitrageurParameters;
  explicit Arbitrageur(const Parameters& p) : p_(p) {}
  std::vector<SeatWish> seats(const SeatWish& first) const override { return {first, {p_.other, p_.other_instrument}}; }

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::arbitrageur, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState&, TraderDesk& desk) const override {
    for (const BookView& book : view.books)
      if (book.today() != view.today || !book.is_continuous()) return;
    if (view.links.empty()) {
      if (!trade(view, desk, 0, 1)) trade(view, desk, 1, 0);
      return;
    }
    for (std::size_t seat = 0; seat < view.books.size(); ++seat) desk.cancel_all(view, seat);
    for (const SeatLink& link : view.links) {
      bring_back(view, desk, link);
      Tonnes room = link.room;
      carry(view, desk, link, room);
      stand_between(view, desk, link, room);
    }
  }

 private:
  /// In the first market's currency.
  double value(const TraderView& view, std::size_t seat, double ticks) const {
    const double rate = view.rates[seat] > 0 ? view.rates[seat] : p_.rate;
    return ticks * view.books[seat].price_scale() * (seat == 0 ? 1 : rate);
  }
  double ticks(const TraderView& view, std::size_t seat, double value_in_first) const { return value_in_first / value(view, seat, 1); }
  static double paying(const BookView& book, double ticks) { return ticks * (1 + share(book)) + fixed(book); }
  static double keeping(const BookView& book, double ticks) { return ticks * (1 - share(book)) - fixed(book); }
  static double share(const BookView& book) { return static_cast<double>(book.rules().fees.taker) * 1e-9; }
  static double fixed(const BookView& book) { return static_cast<double>(book.rules().fees.per_tonne) * 1e-9; }

  /// What a unit of `to` costs when it is bought in `from` at a price.
  double delivered(const TraderView& view, const SeatLink& link, double ticks_in_from) const {
    return value(view, link.from, paying(view.books[link.from], ticks_in_from)) / link.factor + value(view, link.to, link.fee);
  }

  /// Buys, transfers and sells while the books cross; what it holds already goes first.
  void carry(const TraderView& view, TraderDesk& desk, const SeatLink& link, Tonnes& room) const {
    constexpr int prices = 8;
    const BookView &from = view.books[link.from], &to = view.books[link.to];
    for (int n = 0; n < prices; ++n) {
      const auto bid = to.bid(), ask = from.ask();
      if (!bid) return;
      const double gain = value(view, link.to, keeping(to, static_cast<double>(bid->count)));
      Tonnes ready;
      const Tonnes wanted = in_lots(to, std::min(to.shown_at_best(Side::buy), Tonnes{p_.order}));
      if (gain > value(view, link.to, to.middle()) * (1 - p_.cost)) ready = in_lots(to, std::min(wanted, spare(to)));
      if (ready <= Tonnes{}) {
        const Tonnes brought = units_for(link, std::min(wanted, room));
        Tonnes sent;
        if (gain > delivered(view, link, from.middle()) * (1 + p_.cost)) sent = std::min(spare(from), brought);
        if (sent <= Tonnes{} && ask && gain > delivered(view, link, static_cast<double>(ask->count)) * (1 + p_.cost))
          sent = take(desk, link.from, Side::buy, *ask, within_means(from, Side::buy, *ask, std::min(brought, from.shown_at_best(Side::sell))));
        if (sent <= Tonnes{}) return;
        const Tonnes received = desk.transfer(link, sent);
        room -= std::min(room, received);
        ready = in_lots(to, std::min(wanted, received));
      }
      if (take(desk, link.to, Side::sell, *bid, ready) <= Tonnes{}) return;
      bring_back(view, desk, link);
    }
  }

  /// Bids in `from` and offers in `to` around the middle of their prices, while these are apart.
  void stand_between(const TraderView& view, TraderDesk& desk, const SeatLink& link, Tonnes room) const {
    const BookView &from = view.books[link.from], &to = view.books[link.to];
    const double low = delivered(view, link, from.middle()), high = value(view, link.to, keeping(to, to.middle()));
    if (p_.most == 0 || high <= low * (1 + 2 * p_.cost)) return;
    const double held = static_cast<double>((spare(from) + spare(to)).count) / static_cast<double>(p_.most);
    const double middle = 0.5 * (low + high) * (1 - p_.cost * std::min(held, 1.0));
    if (const Tonnes here = std::min(spare(from), units_for(link, room)); here > Tonnes{}) room -= std::min(room, desk.transfer(link, here));
    rest(to, desk, link.to, Side::sell, ticks(view, link.to, middle * (1 + p_.cost)), std::min(spare(to), Tonnes{p_.order}));
    // What it holds on this side is on its way already: beyond the quota there is nothing to buy for.
    const Tonnes more = std::min({Tonnes{p_.order}, units_for(link, room), Tonnes{p_.most} - spare(from) - spare(to)});
    const double worth = (middle * (1 - p_.cost) - value(view, link.to, link.fee)) * link.factor;
    rest(from, desk, link.from, Side::buy, (ticks(view, link.from, worth) - fixed(from)) / (1 + share(from)), more);
  }

  /// An order that waits: never through the other side of the book.
  static void rest(const BookView& book, TraderDesk& desk, std::size_t seat, Side side, double at, Tonnes quantity) {
    const auto tick = static_cast<double>(book.rules().tick.count);
    const auto bid = book.bid(), ask = book.ask();
    if (side == Side::buy && ask) at = std::min(at, static_cast<double>(ask->count) - tick);
    if (side == Side::sell && bid) at = std::max(at, static_cast<double>(bid->count) + tick);
    OrderRequest request;
    request.side = side;
    request.price = price_on_tick(book, side, at);
    if (request.price <= Price{} || (side == Side::buy ? ask && request.price >= *ask : bid && request.price <= *bid)) return;
    request.quantity = within_means(book, side, request.price, quantity);
    if (request.quantity > Tonnes{}) desk.submit(seat, request);
  }

  static Tonnes take(TraderDesk& desk, std::size_t seat, Side side, Price price, Tonnes quantity) {
    if (quantity <= Tonnes{}) return {};
    OrderRequest request;
    request.side = side;
    request.price = price;
    request.quantity = quantity;
    request.type = OrderType::immediate_or_cancel;
    return desk.submit(seat, request).filled;
  }

  static Tonnes in_lots(const BookView& book, Tonnes t) { return t - Tonnes{t.count % book.rules().lot.count}; }
  /// The most units of `from` that become at most so many of `to`.
  static Tonnes units_for(const SeatLink& link, Tonnes received) {
    return Tonnes{static_cast<std::int64_t>(std::floor(static_cast<double>(std::min(received, Tonnes{1'000'000'000'000}).count) / link.factor))};
  }
  /// What it may deliver beyond what it had at the start.
  static Tonnes spare(const BookView& book) { return std::max(Tonnes{}, std::min(book.free(), book.held() - book.endowment())); }

  /// What was earned in `to` pays for what was bought in `from`.
  static void bring_back(const TraderView& view, TraderDesk& desk, const SeatLink& link) {
    const BookView &from = view.books[link.from], &to = view.books[link.to];
    const Cash earned = to.cash() - to.starting_cash(), missing = from.starting_cash() - from.cash();
    if (earned <= Cash{} || missing <= Cash{}) return;
    const double rate = view.rates[link.to] / view.rates[link.from] * to.price_scale() / from.price_scale();
    desk.remit(link.to, link.from, std::min(earned, Cash{static_cast<std::int64_t>(std::ceil(static_cast<double>(missing.count) / rate))}));
  }

  bool trade(const TraderView& view, TraderDesk& desk, std::size_t dear, std::size_t cheap) const {
    const BookView &seller = view.books[dear], &buyer = view.books[cheap];
    const auto bid = seller.bid(), ask = buyer.ask();
    if (!bid || !ask || value(view, dear, static_cast<double>(bid->count)) <= value(view, cheap, static_cast<double>(ask->count)) * (1 + p_.cost)) return false;
    Tonnes quantity = std::min({seller.shown_at_best(Side::buy), buyer.shown_at_best(Side::sell), Tonnes{p_.order}});
    quantity = within_means(seller, Side::sell, *bid, within_means(buyer, Side::buy, *ask, quantity));
    const Tonnes sold = take(desk, dear, Side::sell, *bid, quantity);
    if (sold <= Tonnes{}) return false;
    take(desk, cheap, Side::buy, *ask, within_means(buyer, Side::buy, *ask, sold));
    return true;
  }
  Parameters p_;
};

}  // namespace

TraderKind arbitrageur_kind() { return trader_kind_of<Arbitrageur>("arbitrageur"); }

}  // namespace tantu
