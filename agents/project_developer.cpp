// Project developer: has the credits of one type of offset issued to it and sells them in their book.
//
// Its projects cost between the two prices of the type's supply, any cost as often as another, and yield evenly over the
// year (policies/offsets.cpp issues what they yield). A credit is offered at what it costs, the cheapest first; where
// buyers bid more it is sold at their bid. What nobody buys at its cost stays with the developer and is offered on.
// The range of costs is cut into `steps` of equal tonnes, each offered at the middle of its costs.
// Numbers of its state: 0..steps-1 tonnes of each step that it holds; steps: credits received so far; steps + 1: sold.
#include <algorithm>
#include <cmath>

#include "agents/catalog.hpp"
#include "agents/order_placement.hpp"

namespace tantu {

struct ProjectDeveloperParameters {
  TraderMeans means{.cash = 0, .turns = 4};
  std::int64_t order = 20'000, steps = 20;
};

template <>
const Table& table<ProjectDeveloperParameters>() {
  using P = ProjectDeveloperParameters;
  static const Table t{
      "project_developer",
      "Sells the credits of an offset type at what its projects cost.",
      trader_fields<P>({
          field<&P::order>("order", "t", in(1, 1e9), "most that it offers at one price at a time"),
          field<&P::steps>("steps", "", in(1, 1000), "prices into which it cuts the range of its costs")})};
  return t;
}

namespace {

class ProjectDeveloper final : public Trader {
 public:
  using Parameters = ProjectDeveloperParameters;
  explicit ProjectDeveloper(const Parameters& p) : p_(p) {}
  bool develops_offsets() const override { return true; }

  void schedule(const TraderView& view, std::vector<double>& moments) const override {
    spread_over_day(view, Stream::speculator, p_.means.turns, moments);
  }

  void act(const TraderView& view, TraderState& state, TraderDesk& desk) const override {
    const BookView& book = view.book();
    const auto steps = static_cast<std::size_t>(p_.steps);
    keep_count(book, state, steps);
    if (!book.is_continuous()) return;
    const OffsetCosts costs = book.offset_costs();
    for (std::size_t j = 0; j < steps; ++j) {
      const double cost = costs.from + (costs.to - costs.from) * (static_cast<double>(j) + 0.5) / static_cast<double>(steps);
      const double ticks = cost / book.price_scale();
      if (ticks > static_cast<double>(book.highest().count)) break;
      const Price price = price_on_tick(book, Side::sell, ticks);
      Tonnes offered{};
      book.for_each_order([&](const RestingOrder& order) { if (order.price == price) offered += order.shown; });
      // Steps whose cost lies below the day's limits share the lowest price.
      const Tonnes wanted{std::min(p_.order, static_cast<std::int64_t>(std::floor(state.number(j) + 1e-6)))};
      if (offered >= wanted) continue;
      OrderRequest request;
      request.side = Side::sell;
      request.price = price;
      request.quantity = within_means(book, Side::sell, price, wanted - offered);
      if (request.quantity > Tonnes{}) desk.submit(0, request);
    }
  }

 private:
  /// What has come in goes to all steps alike; what was sold left the cheapest first, as a book sells.
  static void keep_count(const BookView& book, TraderState& state, std::size_t steps) {
    const auto count = [](Tonnes t) { return static_cast<double>(t.count); };
    const TraderAccount& traded = book.traded();
    const double received = count(book.held() + traded.sold - traded.bought);
    const double fresh = (received - state.number(steps)) / static_cast<double>(steps);
    state.number(steps) = received;
    double sold = count(traded.sold) - state.number(steps + 1);
    state.number(steps + 1) = count(traded.sold);
    for (std::size_t j = 0; j < steps; ++j) {
      const double part = std::min(sold, state.number(j));
      state.number(j) += fresh - part;
      sold -= part;
    }
    // Rounding may have sold a tonne that was counted to a dearer step.
    for (std::size_t j = 0; j < steps && sold > 0; ++j) {
      const double part = std::min(sold, std::max(0.0, state.number(j)));
      state.number(j) -= part;
      sold -= part;
    }
  }
  Parameters p_;
};

}  // namespace

TraderKind project_developer_kind() { return trader_kind_of<ProjectDeveloper>("project_developer"); }

}  // namespace tantu
