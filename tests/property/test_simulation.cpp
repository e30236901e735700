// What holds for whatever scenario: random markets, random moments to fork, save and join.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/national_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// A small market of random rules, for a few weeks before its first deadline.
std::vector<std::string> any_market() {
  const int firms = *rc::gen::inRange(1, 60);
  return {"sectors.power.firms=" + std::to_string(firms),
          "sectors.power.emissions_mt=" + std::to_string(2 * firms),
          "sectors.power.firms_below=" + std::to_string(*rc::gen::inRange(0, 3)),
          "sectors.power.firms_closing=" + std::to_string(*rc::gen::inRange(0, 3)),
          "run.first_day=2021-11-" + std::to_string(*rc::gen::inRange(10, 30)),
          "run.last_day=2022-01-31",
          "run.seed=" + std::to_string(*rc::gen::inRange(0, 1'000'000)),
          "exchange.price_limit=" + std::string(*rc::gen::element("0", "0.05", "0.1", "0.5")),
          "exchange.block_least_t=" + std::string(*rc::gen::element("0", "1000", "100000")),
          "exchange.resale_same_day=" + std::string(*rc::gen::element("true", "false")),
          "exchange.reference_without_trade=" + std::string(*rc::gen::element("keep", "quote")),
          "exchange.matching=" + std::string(*rc::gen::element("price_time", "listed_agreement")),
          "exchange.self_trade=" + std::string(*rc::gen::element("allow", "cancel_newest", "cancel_oldest", "cancel_both", "decrement")),
          "exchange.lot_t=" + std::string(*rc::gen::element("1", "10")),
          "exchange.dynamic_collar=" + std::string(*rc::gen::element("0", "0.01")),
          "exchange.fees.taker=" + std::string(*rc::gen::element("0", "0.001")),
          "exchange.timetable=" + std::string(*rc::gen::element("[]", "[{\"phase\": \"call\", \"from\": \"09:00\", \"until\": \"10:00\"}, {\"from\": \"10:00\", \"until\": \"15:00\"}]")),
          "exchange.order_days=" + std::to_string(*rc::gen::inRange(1, 4)),
          "exchange.tick=" + std::string(*rc::gen::element("0.01", "0.05", "1")),
          "policies.banking.rule=" + std::string(*rc::gen::element("unlimited", "none", "net_sales")),
          "policies.true_up.take_back=" + std::string(*rc::gen::element("true", "false"))};
}

/// No trade outside the limits of its day, no tonne or cent lost (the simulation itself throws then).
class Watch final : public Sink {
 public:
  explicit Watch(const Simulation& simulation) : simulation_(simulation) {}
  bool wants_tape() const override { return true; }
  void trade(const Trade& trade) override {
    const Exchange& exchange = simulation_.markets()[0].exchange();
    if (trade.kind != TradeKind::listed || exchange.limit_high() == Price{}) return;
    if (trade.price < exchange.limit_low() || trade.price > exchange.limit_high()) ++outside;
    if (trade.buyer == trade.seller) ++with_itself;
  }
  int outside = 0, with_itself = 0;

 private:
  const Simulation& simulation_;
};

RC_GTEST_PROP(AnyMarket, KeepsItsBooksAndLimitsAndForks, ()) {
  const auto market = any_market();
  const auto setup = national_setup(market);
  Simulation whole(setup);
  Watch watch(whole);
  Workers workers;
  live_to_the_end(whole, watch, workers);
  RC_ASSERT(watch.outside == 0);
  RC_ASSERT(watch.with_itself == 0);

  Sink sink;
  Simulation first(setup);
  live_until(first, setup->first_day + *rc::gen::inRange(0, 60), sink, workers);
  if (!first.finished()) {
    first.begin_day(sink, workers);
    first.step(static_cast<std::uint32_t>(*rc::gen::inRange(0, 20)), sink);
    Simulation fork = first;
    Simulation loaded(setup);
    load_state(loaded, save_state(first));
    for (Simulation* s : {&fork, &loaded}) {
      while (s->step(1, sink)) {}
      s->end_day(sink, workers);
      live_to_the_end(*s, sink, workers);
      RC_ASSERT(state_hash(*s) == state_hash(whole));
    }
  }
}

RC_GTEST_PROP(AnyMarket, ReplaysWhatSomebodySentIntoIt, ()) {
  const auto setup = national_setup(any_market());
  Sink sink;
  Workers workers;
  Simulation joined(setup);
  while (!joined.finished()) {
    joined.begin_day(sink, workers);
    bool more = true;
    for (int guard = 0; more && guard < 3; ++guard) {
      const Market& market = joined.markets()[0];
      const auto account = Market::first_firm_account + static_cast<Account>(*rc::gen::inRange(0u, setup->traits.size()));
      const Price reference = market.exchange().reference();
      const OrderRequest request{*rc::gen::element(Side::buy, Side::sell), Price{reference.count * *rc::gen::inRange(80, 120) / 100}, Tonnes{*rc::gen::inRange(1, 5000)}};
      joined.submit(0, account, request, sink);
      more = joined.step(static_cast<std::uint32_t>(*rc::gen::inRange(1, 5)), sink);
    }
    while (joined.step(1000, sink)) {}
    joined.end_day(sink, workers);
  }
  Simulation replayed(setup);
  replayed.replay_inbox(joined.inbox());
  live_to_the_end(replayed, sink, workers);
  RC_ASSERT(state_hash(replayed) == state_hash(joined));
}

}  // namespace
