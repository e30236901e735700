// libFuzzer target: any bytes as an order flow. The first byte chooses the format, what is done with malformed
// lines, in how small pieces the file arrives and the rules; the rest is the file. Whatever it holds, reading
// ends with events or an InputError, and what the session makes of it keeps the book consistent: quantity is
// conserved and the book is not crossed.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "scenarios/order_flow_reader.hpp"
#include "sim/market_quality.hpp"
#include "sim/matching_session.hpp"
#include "sim/surveillance.hpp"

namespace {

using namespace tantu;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Volume final : TradeListener {
  std::int64_t traded = 0;
  void trade(const FlowEvent& cause, const FlowTrade& trade) override {
    require(trade.quantity > Tonnes{});
    require(cause.kind != EventKind::cancel && cause.kind != EventKind::reduce);
    traded += trade.quantity.count;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = bytes[0];
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  ExchangeRules rules = open_rules();
  SessionInputs inputs;
  if (choice & 8) rules.self_trade = static_cast<SelfTrade>(choice >> 6 & 3);
  if (choice & 16) rules.matching = Matching::listed_agreement;
  if (choice & 32) {
    rules.price_limit = 0.1;
    inputs.reference = Price{4850};
    rules.resale_same_day = rules.short_sale = false;
    rules.order_days = 2;
    for (std::uint32_t account = 0; account < 10; ++account) inputs.statements.push_back({Statement::before_all, account, Tonnes{1000}, {}});
  }
  TextSource source(text, choice & 4 ? 7 : std::size_t{1} << 20);
  try {
    OrderFlowReader reader(source, "fuzz", choice & 1 ? FlowFormat::lobster : FlowFormat::tantu, 2,
                           choice & 2 ? BadLines::skip : BadLines::refuse);
    MatchingSession session(rules, inputs);
    MarketQuality quality;
    Surveillance surveillance;
    MarketWatch watch({&quality, &surveillance});
    if ((choice & 0x48) == 0x40) session.watch(&watch);
    Volume volume;
    for (auto events = reader.next(); !events.empty(); events = reader.next())
      for (const FlowEvent& event : events) {
        session.apply(event, &volume);
        const OrderBook& book = session.book();
        require(!book.best_bid() || !book.best_ask() || *book.best_bid() < *book.best_ask());
      }
    require(volume.traded == session.counts().volume.count);
    if ((choice & 0x48) == 0x40) {
      require(watch.size() == session.book().size());
      session.finish(nullptr);
      for (const QualityMeasure& measure : quality_measures())
        if (const auto value = measure.value(quality.total(), 0.01)) require(*value == *value);
    }
    std::size_t orders = 0;
    session.book().for_each([&](const RestingOrder& order) {
      ++orders;
      require(order.shown > Tonnes{} && order.hidden >= Tonnes{});
      require(session.book().find(order.id).has_value());
    });
    require(orders == session.book().size());
  } catch (const InputError&) {
  }
  return 0;
}
