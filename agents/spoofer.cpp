// Spoofer (stress): shows bids that it does not mean to trade so as to sell dearer, and withdraws them as soon as it has
// sold (Regulation (EU) 596/2014, article 12(2)(c); Delegated Regulation (EU) 2016/522, annex II, indicators of
// layering and spoofing). Each round has two turns: it places `ratio` times what it wants to sell, split over `prices`
// prices below the best bid, and offers at the best ask; shortly after, firms having come in between, it sells into the
// bids of others what is left and withdraws everything. What it has sold it buys back passively in between.
#include <algorithm>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct SpooferParameters {
  TraderMeans means{.cash = 100e6, .allowances = 100'000, .turns = 4};
  std::int64_t order = 1'000, prices = 1;
  double ratio = 20, pause = 0.02;
};

template <>
const Table& table<SpooferParameters>() {
  using P = SpooferParameters;
  static const Table t{
      "spoofer",
      "Stress: shows large bids, sells, withdraws the bids.",
      trader_fields<P>({
          field<&P::order>("order", "t", in(1, 1e9), "what it means to sell in a round"),
          field<&P::ratio>("ratio", "1", in(1, 1e4), "bids shown, of what it means to sell"),
          field<&P::prices>("prices", "", in(1, 20), "prices over which they are spread; three or more are layering"),
          field<&P::pause>("pause", "1", in(0, 0.2), "share of the day's arrivals between showing and withdrawing")})};
  return t;
}

namespace {

class Spoofer final : public Trader {
 public:
  using Parameters = SpooferParameters;
  explicit Spoofer(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    std::vector<double> rounds;
    spread_over_day(view, Stream::manipulator, p_.means.turns, rounds);
    double last = 0;
    for (const double at : rounds) {
      moments.push_back(std::max(at, last));
      last = moments.back() + p_.pause;
      moments.push_back(last);
    }
  }

  void act(const TraderView& view, TraderState&, TraderDesk& desk) const override {
    const BookView& book = view.book();
    if (!book.is_continuous()) return desk.cancel_all(view, 0);
    if (view.turn % 2 == 0) show(view, book, desk);
    else take(view, book, desk);
  }

 private:
  void show(const TraderView& view, const BookView& book, TraderDesk& desk) const {
    desk.cancel_all(view, 0);
    const auto bid = book.bid();
    if (!bid) return;
    if (const auto ask = book.ask()) send(book, desk, Side::sell, *ask, Tonnes{p_.order}, OrderType::limit);
    const Tonnes each{static_cast<std::int64_t>(p_.ratio * static_cast<double>(p_.order) / static_cast<double>(p_.prices))};
    for (std::int64_t k = 1; k <= p_.prices; ++k) send(book, desk, Side::buy, *bid - book.rules().tick * k, each, OrderType::limit);
  }

  void take(const TraderView& view, const BookView& book, TraderDesk& desk) const {
    Tonnes left;
    std::vector<std::uint64_t> offers, shown;
    book.for_each_order([&](const RestingOrder& order) {
      (order.side == Side::sell ? offers : shown).push_back(order.id);
      if (order.side == Side::sell) left += order.shown;
    });
    for (const std::uint64_t order : offers) desk.cancel(0, order);
    // Its own bids lie below the best one; no more than that one is sold, or it would meet them.
    if (left > Tonnes{} && book.bid() && !shown.empty())
      send(book, desk, Side::sell, *book.bid(), std::min(left, book.shown_at_best(Side::buy)), OrderType::immediate_or_cancel);
    for (const std::uint64_t order : shown) desk.cancel(0, order);
    // Buys back below the middle what it has sold.
    if (const auto request = order_towards(book, book.endowment(), Tonnes{p_.order}, -0.002); request && request->side == Side::buy) desk.submit(0, *request);
    (void)view;
  }

  static void send(const BookView& book, TraderDesk& desk, Side side, Price price, Tonnes quantity, OrderType type) {
    if (price < book.lowest() || price > book.highest()) return;
    OrderRequest request;
    request.side = side;
    request.price = price;
    request.type = type;
    request.quantity = within_means(book, side, price, quantity);
    if (request.quantity > Tonnes{}) desk.submit(0, request);
  }
  Parameters p_;
};

}  // namespace

TraderKind spoofer_kind() { return trader_kind_of<Spoofer>("spoofer"); }

}  // namespace tantu
