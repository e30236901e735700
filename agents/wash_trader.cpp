// Wash trader (stress): trades between its own accounts to make a market look busy (Regulation (EU) 596/2014, article
// 12(1)(a); the trading rules of each Chinese exchange forbid it). At each turn one of its accounts offers inside the
// spread and the next one takes it; the accounts take turns, so that in the end nobody's position has changed. Inside a
// spread of one tick there is no price that others would not meet: it waits.
// Numbers of its state: 0 how many times it has traded.
#include <algorithm>
#include <cmath>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct WashTraderParameters {
  TraderMeans means{.allowances = 10'000, .turns = 8};
  std::int64_t accounts = 2, order = 1'000;
};

template <>
const Table& table<WashTraderParameters>() {
  using P = WashTraderParameters;
  static const Table t{
      "wash_trader",
      "Stress: trades between accounts of its own.",
      trader_fields<P>({
          field<&P::accounts>("accounts", "", in(2, 3), "its accounts; each has the cash and allowances"),
          field<&P::order>("order", "t", in(1, 1e9), "quantity of a trade")})};
  return t;
}

namespace {

class WashTrader final : public Trader {
 public:
  using Parameters = WashTraderParameters;
  explicit WashTrader(const Parameters& p) : p_(p) {}
  std::vector<SeatWish> seats(const SeatWish& first) const override { return std::vector<SeatWish>(static_cast<std::size_t>(p_.accounts), first); }

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::manipulator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState& state, TraderDesk& desk) const override {
    const BookView& book = view.book();
    if (!book.is_continuous()) return;
    const std::int64_t tick = book.rules().tick.count;
    const auto bid = book.bid(), ask = book.ask();
    const Price at{std::llround(book.middle() / static_cast<double>(tick)) * tick};
    if ((bid && at <= *bid) || (ask && at >= *ask) || at < book.lowest() || at > book.highest()) return;
    const auto n = static_cast<std::size_t>(p_.accounts);
    const std::size_t seller = static_cast<std::size_t>(state.number(0)) % n, buyer = (seller + 1) % n;
    OrderRequest offer;
    offer.side = Side::sell;
    offer.price = at;
    offer.quantity = within_means(view.books[seller], Side::sell, at, within_means(view.books[buyer], Side::buy, at, Tonnes{p_.order}));
    state.number(0) += 1;
    if (offer.quantity <= Tonnes{}) return;
    if (desk.submit(seller, offer).open != offer.quantity) return;
    OrderRequest bid_for_it = offer;
    bid_for_it.side = Side::buy;
    bid_for_it.type = OrderType::immediate_or_cancel;
    desk.submit(buyer, bid_for_it);
    desk.cancel_all(view, seller);
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind wash_trader_kind() { return trader_kind_of<WashTrader>("wash_trader"); }

}  // namespace tantu
