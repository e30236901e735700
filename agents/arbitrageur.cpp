// Arbitrageur between two markets: where one bids more than the other asks, by more than `cost`, it sells in the first
// and buys in the second what both show, immediately. Prices of the other market count `rate` of the first one's
// currency. Over a link what it bought then travels to
// where it sold, and the cash back. Without one units do not travel: it sells from what it holds there, so that its allowances
// in both markets are what limits it (the law of one price and its limits: Shleifer, A., Vishny, R. 1997, J. Finance 52:35).
#include <algorithm>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct ArbitrageurParameters {
  TraderMeans means{.allowances = 100'000, .turns = 16};
  std::string other, other_instrument;
  double rate = 1, cost = 0.01;
  std::int64_t order = 5'000;
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
          field<&P::rate>("rate", "1", above(0), "price of the other market's currency in the first one's"),
          field<&P::cost>("cost", "1", in(0, 1), "least gain, as a share of the price, at which it trades"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order")})};
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
    if (!trade(view, desk, 0, 1)) trade(view, desk, 1, 0);
    settle(view, desk, 0, 1);
    settle(view, desk, 1, 0);
  }

 private:
  /// In the first market's currency.
  double value(const TraderView& view, std::size_t seat, Price price) const {
    return static_cast<double>(price.count) * view.books[seat].price_scale() * (seat == 0 ? 1 : p_.rate);
  }

  /// Over a link: what it has bought in one market fills up what it has sold in the other, and the cash comes back.
  static void settle(const TraderView& view, TraderDesk& desk, std::size_t from, std::size_t to) {
    const BookView &has = view.books[from], &lacks = view.books[to];
    const Tonnes spare = has.held() - has.endowment(), missing = lacks.endowment() - lacks.held();
    if (spare <= Tonnes{} || missing <= Tonnes{}) return;
    if (desk.transfer(from, to, std::min(spare, missing)) <= Tonnes{}) return;
    const Cash gained = lacks.cash() - lacks.starting_cash();
    if (gained > Cash{} && has.cash() < has.starting_cash()) desk.remit(to, from, gained);
  }

  bool trade(const TraderView& view, TraderDesk& desk, std::size_t dear, std::size_t cheap) const {
    const BookView &seller = view.books[dear], &buyer = view.books[cheap];
    const auto bid = seller.bid(), ask = buyer.ask();
    if (!bid || !ask || value(view, dear, *bid) <= value(view, cheap, *ask) * (1 + p_.cost)) return false;
    Tonnes quantity = std::min({seller.shown_at_best(Side::buy), buyer.shown_at_best(Side::sell), Tonnes{p_.order}});
    quantity = within_means(seller, Side::sell, *bid, within_means(buyer, Side::buy, *ask, quantity));
    if (quantity <= Tonnes{}) return false;
    OrderRequest sell;
    sell.side = Side::sell;
    sell.price = *bid;
    sell.quantity = quantity;
    sell.type = OrderType::immediate_or_cancel;
    const Tonnes sold = desk.submit(dear, sell).filled;
    if (sold <= Tonnes{}) return false;
    OrderRequest buy = sell;
    buy.side = Side::buy;
    buy.price = *ask;
    buy.quantity = within_means(buyer, Side::buy, *ask, sold);
    if (buy.quantity > Tonnes{}) desk.submit(cheap, buy);
    return true;
  }
  Parameters p_;
};

}  // namespace

TraderKind arbitrageur_kind() { return trader_kind_of<Arbitrageur>("arbitrageur"); }

}  // namespace tantu
