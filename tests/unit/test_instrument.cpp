// An instrument decides which units cover an order and are delivered in its book. Prices in hundredths.
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

TEST(Instruments, TwoPhasesHaveTwoPricesAtOnceAndOffsetsABookOfTheirOwn) {
  // 2007: allowances of the phase that ends are nearly worthless while those of the next one are dear.
  Registry registry(3);
  Clearing clearing(3);
  const UnitIndex first = registry.unit({UnitType::allowance, 0, 2007}), second = registry.unit({UnitType::allowance, 0, 2008}),
                  offset = registry.unit({UnitType::offset, 3, 2006}), other = registry.unit({UnitType::offset, 4, 2006});
  registry.issue(1, first, Tonnes{100});
  registry.issue(1, second, Tonnes{50});
  registry.issue(1, offset, Tonnes{20});
  registry.issue(1, other, Tonnes{5});
  const std::vector<Instrument> instruments = {
      {UnitType::allowance, Instrument::any_origin, 2005, 2007}, {UnitType::allowance, Instrument::any_origin, 2008, 2012}, {UnitType::offset, 3}};
  const ExchangeRules rules = no_rules();
  Listener tape;
  const std::int64_t price[] = {10, 2100, 1700}, held[] = {100, 50, 20};
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    Exchange exchange(3, Price{price[i]}, true, instruments[i]);
    MarketCustody accounts(registry, clearing, 0, exchange.instrument());
    exchange.open(day_of(2007, 6, 1), rules, accounts, &tape);
    EXPECT_EQ(exchange.free(registry, 1, rules), Tonnes{held[i]});
    EXPECT_EQ(exchange.submit(1, {Side::sell, Price{price[i]}, Tonnes{held[i] + 1}}, rules, accounts, &tape).rejection, Rejection::not_covered_allowances)
        << "units of other instruments do not cover it";
    exchange.submit(1, {Side::sell, Price{price[i]}, Tonnes{10}}, rules, accounts, &tape);
    exchange.submit(2, {Side::buy, Price{price[i]}, Tonnes{10}}, rules, accounts, &tape);
    exchange.close(rules, accounts, &tape);
    EXPECT_EQ(exchange.reference(), Price{price[i]});
  }
  EXPECT_EQ(tape.trades, (Trades{{2, 1, 10, 10}, {2, 1, 2100, 10}, {2, 1, 1700, 10}}));
  for (const UnitIndex u : {first, second, offset}) EXPECT_EQ(registry.holding(2, u), Tonnes{10});
  EXPECT_EQ(registry.holding(2, other), Tonnes{});
  EXPECT_EQ(registry.imbalance(), std::nullopt);
  EXPECT_EQ(clearing.total(), Cash{});
  Exchange all(3, Price{2000});
  MarketCustody accounts(registry, clearing, 0, all.instrument());
  EXPECT_EQ(all.free(registry, 1, rules), Tonnes{130}) << "allowances of all vintages, no offsets";
}

}  // namespace
}  // namespace tantu
