// Zero-intelligence trader: the null model beside firms with reasons. At each turn it comes with a chance, tosses for a
// side and names a price at random that does not lose against a value of its own for the day (agents/zero_intelligence.hpp).
#include "agents/zero_intelligence.hpp"

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"
#include "sim/elementary.hpp"

namespace tantu {

struct ZeroIntelligenceParameters {
  TraderMeans means{.allowances = 10'000, .turns = 4};
  double chance = 0.25, value_spread = 0.05, range = 0.1;
  std::int64_t order = 1'000;
};

template <>
const Table& table<ZeroIntelligenceParameters>() {
  using P = ZeroIntelligenceParameters;
  static const Table t{
      "zero_intelligence",
      "Orders at random prices that do not lose against a random value of the day (Gode and Sunder 1993).",
      trader_fields<P>({
          field<&P::chance>("chance", "1", in(0, 1), "that it sends an order at a turn"),
          field<&P::value_spread>("value_spread", "1", in(0, 2), "s.d. of the log of its value of the day around the last close"),
          field<&P::range>("range", "1", in(0, 0.99), "lowest bid and highest offer, as shares below and above the last close"),
          field<&P::order>("order", "t", in(1, 1e9), "largest order")})};
  return t;
}

namespace {

class ZeroIntelligence final : public Trader {
 public:
  using Parameters = ZeroIntelligenceParameters;
  explicit ZeroIntelligence(const Parameters& p) : p_(p) {}

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::speculator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState&, TraderDesk& desk) const override {
    const BookView& book = view.book();
    if (!book.is_continuous()) return;
    const Draw chance = draw(view.key, Stream::speculator, view.entity, view.today.number, view.turn + 1);
    if (chance.uniform(0) >= p_.chance) return;
    const auto close = static_cast<double>(book.close().count);
    const double value = close * elementary::exp(p_.value_spread * draw(view.key, Stream::speculator, view.entity, view.today.number).normal(0));
    OrderRequest request;
    request.side = chance.uniform(1) < 0.5 ? Side::buy : Side::sell;
    request.replaces = true;
    const bool buying = request.side == Side::buy;
    request.price = price_on_tick(book, request.side, zero_intelligence_price(buying, value, close * (1 - p_.range), close * (1 + p_.range), chance.uniform(2)));
    const auto wanted = 1 + static_cast<std::int64_t>(integer_below(chance.word[3], static_cast<std::uint32_t>(p_.order)));
    request.quantity = within_means(book, request.side, request.price, Tonnes{wanted});
    if (request.quantity > Tonnes{}) desk.submit(0, request);
  }

 private:
  Parameters p_;
};

}  // namespace

TraderKind zero_intelligence_kind() { return trader_kind_of<ZeroIntelligence>("zero_intelligence"); }

}  // namespace tantu
