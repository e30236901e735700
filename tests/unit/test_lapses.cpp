// What leaves an order untraded is told on the tape. Prices in hundredths.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/unit/session_floor.hpp"

namespace tantu {
namespace {

using namespace tests;

/// (order, quantity) of each lapse that the tape tells.
std::vector<std::pair<std::uint64_t, std::int64_t>> lapses(const Floor& f) {
  std::vector<std::pair<std::uint64_t, std::int64_t>> found;
  for (const OrderRecord& o : f.tape.orders)
    if (o.message == MessageKind::lapse) found.emplace_back(o.order, o.quantity.count);
  return found;
}
using Lapses = std::vector<std::pair<std::uint64_t, std::int64_t>>;

TEST(SessionRules, TheTapeTellsWhatAListedAgreementDoesNotReach) {
  ExchangeRules rules = no_rules();
  rules.matching = Matching::listed_agreement;
  Floor f(rules);
  f.open();
  for (std::int64_t level = 0; level < 6; ++level) f.sell(1, 5000 + level, 10);
  // Of 100 t, 50 trade at the five best prices; a sixth would cross, so that the other 50 cannot rest.
  const OrderAnswer taken = f.order(2, Side::buy, 5100, 100);
  EXPECT_EQ(taken.filled, Tonnes{50});
  EXPECT_EQ(lapses(f), (Lapses{{taken.order, 50}}));
  const OrderAnswer rests = f.order(2, Side::buy, 4900, 30);
  EXPECT_EQ(f.replace(2, rests.order, 5100, 30).open, Tonnes{20}) << "the last 10 t on offer, and the rest waits";
  EXPECT_EQ(lapses(f).size(), 1u) << "what rests does not lapse";
}

TEST(SessionRules, TheTapeTellsWhatIsLostToAnOwnOrder) {
  // An offer of 60 t rests; 100 t are bid by the same account.
  const auto lost = [](SelfTrade rule) {
    ExchangeRules rules = no_rules();
    rules.self_trade = rule;
    Floor f(rules);
    f.open();
    f.sell(1, 5000, 60);   // order 1
    f.order(1, Side::buy, 5000, 100);  // order 2
    return lapses(f);
  };
  EXPECT_EQ(lost(SelfTrade::cancel_newest), (Lapses{{2, 100}}));
  EXPECT_EQ(lost(SelfTrade::cancel_oldest), (Lapses{{1, 60}}));
  EXPECT_EQ(lost(SelfTrade::cancel_both), (Lapses{{1, 60}, {2, 100}}));
  EXPECT_EQ(lost(SelfTrade::decrement), (Lapses{{1, 60}, {2, 60}})) << "40 t rest";
  EXPECT_EQ(lost(SelfTrade::allow), Lapses{});
}

TEST(SessionRules, TheTapeTellsWhatIsLostInACall) {
  ExchangeRules rules = with_timetable({{SessionPhase::call, at(9, 0), at(9, 10)}});
  rules.self_trade = SelfTrade::cancel_newest;
  Floor f(rules);
  f.open();
  f.clock(at(9, 0));
  f.sell(1, 5000, 60);
  f.buy(1, 5000, 100);
  f.clock(at(9, 10));
  EXPECT_EQ(f.tape.trades, Trades{});
  EXPECT_EQ(lapses(f), (Lapses{{2, 60}, {1, 60}}));
}

}  // namespace
}  // namespace tantu
