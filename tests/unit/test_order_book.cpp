// The order book, one rule at a time, with small books whose answers are worked by hand.
#include "sim/order_book.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

namespace tantu {
namespace {

using Trades = std::vector<std::tuple<std::uint64_t, std::int64_t, std::int64_t>>;  // resting id, price, quantity

// A book with ids, and what traded since the last look.
struct Desk {
  OrderBook book{IdLookup::on};
  Trades tape;
  auto sink() {
    return [this](const Fill& f) { tape.emplace_back(f.resting_id, f.price.count, f.quantity.count); };
  }
  Placement send(std::uint64_t id, Side side, std::int64_t price, std::int64_t quantity, OrderType type = OrderType::limit,
                 std::int64_t display = 0, std::uint32_t account = 0, std::int32_t good_till = good_till_cancelled) {
    tape.clear();
    return book.submit({id, account, side, type, Price{price}, Tonnes{quantity}, Tonnes{display}, good_till}, sink());
  }
  Placement replace(std::uint64_t id, std::int64_t price, std::int64_t quantity) {
    tape.clear();
    return book.replace(id, Price{price}, Tonnes{quantity}, sink());
  }
  std::vector<std::uint64_t> queue(Side side, std::int64_t price) const {
    std::vector<std::uint64_t> ids;
    book.for_each_order(side, Price{price}, [&](const RestingOrder& o) { ids.push_back(o.id); });
    return ids;
  }
};

using Ids = std::vector<std::uint64_t>;
constexpr Side buy = Side::buy, sell = Side::sell;

// Every test of matching runs without a band, with one around all prices, and with one around some.
class OrderBookMatching : public testing::TestWithParam<int> {
 protected:
  OrderBookMatching() {
    if (GetParam() == 1) desk.book.set_band(Price{1}, Price{1000});
    if (GetParam() == 2) desk.book.set_band(Price{100}, Price{101});
  }
  Desk desk;
};
std::string band_name(const testing::TestParamInfo<int>& info) {
  return info.param == 0 ? "NoBand" : info.param == 1 ? "WholeBand" : "NarrowBand";
}
INSTANTIATE_TEST_SUITE_P(Bands, OrderBookMatching, testing::Values(0, 1, 2), band_name);

TEST_P(OrderBookMatching, BestPriceFirstThenOldestAtTheRestingPrice) {
  desk.send(1, sell, 102, 10);
  desk.send(2, sell, 101, 10);
  desk.send(3, sell, 101, 10);
  const Placement p = desk.send(4, buy, 102, 25);
  EXPECT_EQ(desk.tape, (Trades{{2, 101, 10}, {3, 101, 10}, {1, 102, 5}}));
  EXPECT_EQ(p.outcome, Outcome::filled);
  EXPECT_EQ(p.filled, Tonnes{25});
  EXPECT_EQ(desk.book.best_ask(), Price{102});
  EXPECT_EQ(desk.book.level(sell, Price{102}), (PriceLevel{Price{102}, Tonnes{5}, {}, 1}));
}

TEST_P(OrderBookMatching, TheRestOfALimitOrderWaits) {
  desk.send(1, buy, 100, 10);
  const Placement p = desk.send(2, sell, 99, 15);
  EXPECT_EQ(desk.tape, (Trades{{1, 100, 10}}));
  EXPECT_EQ(p.outcome, Outcome::rested);
  EXPECT_EQ(p.open, Tonnes{5});
  EXPECT_EQ(desk.book.best_ask(), Price{99});
  EXPECT_EQ(desk.book.best_bid(), std::nullopt);
}

TEST_P(OrderBookMatching, MarketAndImmediateOrdersNeverRest) {
  desk.send(1, sell, 100, 10);
  desk.send(2, sell, 900, 10);
  EXPECT_EQ(desk.send(3, buy, 500, 30, OrderType::immediate_or_cancel).outcome, Outcome::discarded);
  EXPECT_EQ(desk.tape, (Trades{{1, 100, 10}}));
  EXPECT_EQ(desk.send(4, buy, 0, 30, OrderType::market).outcome, Outcome::discarded);
  EXPECT_EQ(desk.tape, (Trades{{2, 900, 10}}));
  EXPECT_TRUE(desk.book.empty());
}

TEST_P(OrderBookMatching, FillOrKillCountsWhatIsHidden) {
  desk.send(1, sell, 100, 30, OrderType::limit, 10);
  desk.send(2, sell, 101, 5);
  EXPECT_EQ(desk.send(3, buy, 101, 36, OrderType::fill_or_kill).outcome, Outcome::killed);
  EXPECT_TRUE(desk.tape.empty());
  EXPECT_EQ(desk.send(4, buy, 100, 31, OrderType::fill_or_kill).outcome, Outcome::killed);
  EXPECT_EQ(desk.send(5, buy, 101, 35, OrderType::fill_or_kill).outcome, Outcome::filled);
  EXPECT_EQ(desk.tape, (Trades{{1, 100, 10}, {1, 100, 10}, {1, 100, 10}, {2, 101, 5}}));
}

TEST_P(OrderBookMatching, IcebergRenewsBehindTheQueue) {
  desk.send(1, sell, 100, 25, OrderType::limit, 10);
  desk.send(2, sell, 100, 10);
  EXPECT_EQ(desk.book.level(sell, Price{100}), (PriceLevel{Price{100}, Tonnes{20}, Tonnes{15}, 2}));
  desk.send(3, buy, 100, 10);
  EXPECT_EQ(desk.queue(sell, 100), (Ids{2, 1}));
  desk.send(4, buy, 100, 24);  // 10 of order 2, then 10 and 4 of order 1, which shows 10, then 5
  EXPECT_EQ(desk.tape, (Trades{{2, 100, 10}, {1, 100, 10}, {1, 100, 4}}));
  EXPECT_EQ(desk.book.level(sell, Price{100}), (PriceLevel{Price{100}, Tonnes{1}, {}, 1}));
}

TEST_P(OrderBookMatching, ReplaceKeepsPriorityOnlyWhenTheQuantityAloneFalls) {
  for (const std::uint64_t id : {1, 2, 3}) desk.send(id, buy, 100, 10);
  EXPECT_EQ(desk.replace(1, 100, 10).outcome, Outcome::rested);
  EXPECT_EQ(desk.queue(buy, 100), (Ids{1, 2, 3}));
  desk.replace(1, 100, 4);
  EXPECT_EQ(desk.queue(buy, 100), (Ids{1, 2, 3}));
  EXPECT_EQ(desk.book.level(buy, Price{100}).shown, Tonnes{24});
  desk.replace(1, 100, 5);
  EXPECT_EQ(desk.queue(buy, 100), (Ids{2, 3, 1}));
  desk.replace(2, 101, 5);
  EXPECT_EQ(desk.queue(buy, 101), Ids{2});
  desk.replace(2, 100, 5);
  EXPECT_EQ(desk.queue(buy, 100), (Ids{3, 1, 2}));
}

TEST_P(OrderBookMatching, ReplaceMayTradeAndKeepsItsHandle) {
  const OrderHandle handle = desk.send(1, buy, 100, 10).order;
  desk.send(2, sell, 102, 4);
  const Placement p = desk.replace(1, 103, 12);
  EXPECT_EQ(desk.tape, (Trades{{2, 102, 4}}));
  EXPECT_EQ(p.outcome, Outcome::rested);
  EXPECT_EQ(p.order, handle);
  EXPECT_EQ(p.open, Tonnes{8});
  EXPECT_EQ(desk.book.find(handle)->price, Price{103});
}

TEST_P(OrderBookMatching, ReplaceOfAnIcebergTakesFromTheHiddenPartFirst) {
  desk.send(1, buy, 100, 30, OrderType::limit, 10);
  desk.replace(1, 100, 14);
  EXPECT_EQ(desk.book.level(buy, Price{100}), (PriceLevel{Price{100}, Tonnes{10}, Tonnes{4}, 1}));
  desk.replace(1, 100, 6);
  EXPECT_EQ(desk.book.level(buy, Price{100}), (PriceLevel{Price{100}, Tonnes{6}, {}, 1}));
  desk.replace(1, 100, 25);
  EXPECT_EQ(desk.book.level(buy, Price{100}), (PriceLevel{Price{100}, Tonnes{10}, Tonnes{15}, 1}));
}

TEST_P(OrderBookMatching, RefusalsChangeNothing) {
  desk.send(1, buy, 100, 10);
  const OrderBook before = desk.book;
  EXPECT_EQ(desk.send(1, sell, 100, 10).outcome, Outcome::duplicate_id);
  EXPECT_EQ(desk.send(2, sell, 100, 0).outcome, Outcome::bad_quantity);
  EXPECT_EQ(desk.send(2, sell, 100, -5).outcome, Outcome::bad_quantity);
  EXPECT_EQ(desk.send(2, sell, 100, 5, OrderType::limit, -1).outcome, Outcome::bad_quantity);
  EXPECT_EQ(desk.send(2, sell, std::int64_t{1} << 31, 5).outcome, Outcome::bad_price);
  EXPECT_EQ(desk.send(2, sell, -(std::int64_t{1} << 31), 5).outcome, Outcome::bad_price);
  EXPECT_EQ(desk.send(2, sell, std::numeric_limits<std::int64_t>::min(), 5).outcome, Outcome::bad_price);
  EXPECT_EQ(desk.replace(1, 100, 0).outcome, Outcome::bad_quantity);
  EXPECT_EQ(desk.replace(9, 100, 1).outcome, Outcome::unknown_order);
  EXPECT_EQ(desk.book.cancel(std::uint64_t{9}), Outcome::unknown_order);
  EXPECT_TRUE(desk.book == before);
}

TEST_P(OrderBookMatching, AnIdMayBeUsedAgainOnceItsOrderIsGone) {
  desk.send(1, buy, 100, 10);
  EXPECT_EQ(desk.book.cancel(std::uint64_t{1}), Outcome::cancelled);
  EXPECT_EQ(desk.book.cancel(std::uint64_t{1}), Outcome::unknown_order);
  EXPECT_EQ(desk.send(1, buy, 100, 10).outcome, Outcome::rested);
}

TEST_P(OrderBookMatching, AStaleHandleNeverNamesAnotherOrder) {
  const OrderHandle first = desk.send(1, buy, 100, 10).order;
  desk.book.cancel(first);
  const OrderHandle second = desk.send(2, buy, 100, 10).order;
  EXPECT_EQ(first.index, second.index) << "the place in the pool is used again";
  EXPECT_EQ(desk.book.cancel(first), Outcome::unknown_order);
  EXPECT_EQ(desk.book.find(first), std::nullopt);
  EXPECT_TRUE(desk.book.rests(second));
  EXPECT_FALSE(desk.book.rests(OrderHandle{}));
}

TEST_P(OrderBookMatching, ExpiryTakesDayOrdersAndThoseWhoseLastDayHasCome) {
  desk.send(1, buy, 100, 10, OrderType::limit, 0, 0, good_for_day);
  desk.send(2, buy, 100, 10);
  desk.send(3, buy, 101, 10, OrderType::limit, 0, 0, 7);
  desk.send(4, sell, 105, 10, OrderType::limit, 0, 0, 8);
  Ids gone;
  const auto note = [&](const RestingOrder& o) { gone.push_back(o.id); };
  OrderBook copy = desk.book;
  copy.expire_day_orders(note);
  EXPECT_EQ(gone, Ids{1});
  gone.clear();
  desk.book.expire_orders(7, note);
  EXPECT_EQ(gone, (Ids{3, 1}));
  EXPECT_EQ(desk.book.size(), 2u);
}

TEST_P(OrderBookMatching, WalksTheBestLevelsInOrder) {
  std::vector<std::int64_t> seen;
  const auto note = [&](const PriceLevel& l) { seen.push_back(l.price.count); };
  for (const std::int64_t price : {98, 90, 101, 100, 95}) desk.send(static_cast<std::uint64_t>(price), buy, price, 1);
  desk.book.for_each_level(buy, 3, note);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{101, 100, 98}));
  seen.clear();
  desk.book.for_each_level(buy, 99, note);
  EXPECT_EQ(seen, (std::vector<std::int64_t>{101, 100, 98, 95, 90}));
  EXPECT_EQ(desk.book.open_quantity(buy), Tonnes{5});
  EXPECT_EQ(desk.book.open_quantity(sell), Tonnes{0});
}

TEST_P(OrderBookMatching, ACallCollectsAndThenTradesAtOnePrice) {
  desk.book.collect({1, 0, buy, OrderType::limit, Price{103}, Tonnes{10}, {}});
  desk.book.collect({2, 0, buy, OrderType::limit, Price{101}, Tonnes{10}, {}});
  desk.book.collect({3, 0, sell, OrderType::limit, Price{99}, Tonnes{15}, {}});
  desk.book.collect({4, 0, sell, OrderType::limit, Price{102}, Tonnes{10}, {}});
  desk.book.collect({5, 0, sell, OrderType::limit, Price{101}, Tonnes{3}, {}});
  EXPECT_GT(*desk.book.best_bid(), *desk.book.best_ask()) << "crossed until the auction";
  std::vector<std::tuple<std::uint64_t, std::uint64_t, std::int64_t, std::int64_t>> trades;
  const Tonnes traded = desk.book.uncross(Price{101}, [&](const AuctionFill& f) {
    trades.emplace_back(f.buy.id, f.sell.id, f.price.count, f.quantity.count);
  });
  // At 101 the bids are 20 and the asks 15 + 3.
  EXPECT_EQ(traded, Tonnes{18});
  EXPECT_EQ(trades, (decltype(trades){{1, 3, 101, 10}, {2, 3, 101, 5}, {2, 5, 101, 3}}));
  EXPECT_EQ(desk.book.best_bid(), Price{101});
  EXPECT_EQ(desk.book.best_ask(), Price{102});
}

// Own orders: 1 (account 7) ahead of 2 (account 8) at one price, a buy of 15 by account 7 comes in.
struct SelfTradeCase {
  const char* name;
  Meeting meeting;
  Outcome outcome;
  Trades trades;
  Trades withdrawn;  // id, price, quantity lost
  Ids left;
};
class SelfTrade : public testing::TestWithParam<SelfTradeCase> {};
TEST_P(SelfTrade, Happens) {
  const SelfTradeCase& c = GetParam();
  Desk desk;
  desk.send(1, sell, 100, 10, OrderType::limit, 0, 7);
  desk.send(2, sell, 100, 10, OrderType::limit, 0, 8);
  desk.tape.clear();
  Trades withdrawn;
  SelfTradeRule rule(c.meeting, [&](const RestingOrder& o, Tonnes lost) { withdrawn.emplace_back(o.id, o.price.count, lost.count); });
  const Placement p = desk.book.submit({3, 7, buy, OrderType::immediate_or_cancel, Price{100}, Tonnes{15}, {}}, desk.sink(), rule);
  EXPECT_EQ(p.outcome, c.outcome);
  EXPECT_EQ(desk.tape, c.trades);
  EXPECT_EQ(withdrawn, c.withdrawn);
  EXPECT_EQ(desk.queue(sell, 100), c.left);
}
INSTANTIATE_TEST_SUITE_P(Modes, SelfTrade, testing::Values(
    SelfTradeCase{"CancelNewest", Meeting::withdraw_incoming, Outcome::self_trade, {}, {}, {1, 2}},
    SelfTradeCase{"CancelOldest", Meeting::withdraw_resting, Outcome::discarded, {{2, 100, 10}}, {{1, 100, 10}}, {}},
    SelfTradeCase{"CancelBoth", Meeting::withdraw_both, Outcome::self_trade, {}, {{1, 100, 10}}, {2}},
    SelfTradeCase{"Decrement", Meeting::decrement, Outcome::filled, {{2, 100, 5}}, {{1, 100, 10}}, {2}}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(OrderBookListedAgreement, PicksWithinALevelAndReachesFiveLevels) {
  Desk desk;
  for (std::uint64_t id = 1; id <= 3; ++id) desk.send(id, sell, 100, 10);
  for (std::int64_t price = 101; price <= 106; ++price) desk.send(static_cast<std::uint64_t>(price), sell, price, 1);
  desk.tape.clear();
  const auto youngest = [](Price, std::uint32_t orders) { return orders - 1; };
  ListedAgreementRule rule(youngest);
  const Placement p = desk.book.submit({9, 0, buy, OrderType::limit, Price{110}, Tonnes{50}, {}}, desk.sink(), rule);
  EXPECT_EQ(desk.tape, (Trades{{3, 100, 10}, {2, 100, 10}, {1, 100, 10}, {101, 101, 1}, {102, 102, 1}, {103, 103, 1}, {104, 104, 1}}));
  EXPECT_EQ(p.outcome, Outcome::discarded) << "what still crosses beyond the five prices does not rest";
  EXPECT_EQ(desk.book.best_ask(), Price{105});
  EXPECT_EQ(desk.book.best_bid(), std::nullopt);
}

TEST(OrderBookBand, MovesOrdersAndAsksAboutThoseOutside) {
  Desk desk;
  desk.book.set_band(Price{90}, Price{110});
  const OrderHandle inside = desk.send(1, buy, 95, 10).order;
  const OrderHandle kept = desk.send(2, buy, 91, 10).order;
  desk.send(3, sell, 109, 10);
  Ids asked;
  desk.book.set_band(Price{94}, Price{104}, [&](const RestingOrder& o) {
    asked.push_back(o.id);
    return o.id == 3 ? OutsideBand::cancel : OutsideBand::keep;
  });
  EXPECT_EQ(asked, (Ids{2, 3}));
  EXPECT_TRUE(desk.book.rests(inside));
  EXPECT_EQ(desk.book.find(kept)->price, Price{91});
  EXPECT_EQ(desk.book.best_ask(), std::nullopt);
  desk.send(4, sell, 90, 15);
  EXPECT_EQ(desk.tape, (Trades{{1, 95, 10}, {2, 91, 5}})) << "from the array into the tree";
  EXPECT_THROW(desk.book.set_band(Price{5}, Price{4}), std::invalid_argument);
  EXPECT_THROW(desk.book.set_band(Price{0}, Price{std::int64_t{1} << 31}), std::invalid_argument);
  EXPECT_THROW(desk.book.set_band(Price{1}, Price{0}), std::invalid_argument);
  desk.book.set_band(Price{0}, Price{(std::int64_t{1} << 31) - 1});  // too wide for an array: the tree serves it
  desk.book.clear_band();
  EXPECT_EQ(desk.book.best_bid(), Price{91});
}

TEST(OrderBookIds, AnyIdsAndNoIds) {
  Desk desk;
  const Ids ids = {0, 1, 8, std::uint64_t{1} << 32, std::uint64_t{1} << 35, std::uint64_t{1} << 63, ~std::uint64_t{0}};
  for (const std::uint64_t id : ids) EXPECT_EQ(desk.send(id, buy, 100, 1).outcome, Outcome::rested);
  for (const std::uint64_t id : ids) EXPECT_EQ(desk.book.find(id)->id, id);
  for (const std::uint64_t id : ids) EXPECT_EQ(desk.book.cancel(id), Outcome::cancelled);
  OrderBook blind;
  const auto nothing = [](const Fill&) {};
  const NewOrder order{1, 0, buy, OrderType::limit, Price{100}, Tonnes{1}, {}};
  const OrderHandle first = blind.submit(order, nothing).order, second = blind.submit(order, nothing).order;
  EXPECT_NE(first, second) << "without lookup an id is only carried";
  EXPECT_EQ(blind.cancel(std::uint64_t{1}), Outcome::unknown_order);
  EXPECT_EQ(blind.cancel(first), Outcome::cancelled);
}

// Strides that put many ids into few lines of a careless table: the time would show it, not the result.
TEST(OrderBookIds, StridesAreServed) {
  for (const int shift : {0, 3, 6, 16, 29, 32, 35, 40, 48}) {
    OrderBook book(IdLookup::on);
    for (std::uint64_t n = 0; n < 20000; ++n) book.submit({n << shift, 0, buy, OrderType::limit, Price{1}, Tonnes{1}, {}}, [](const Fill&) {});
    for (std::uint64_t n = 0; n < 20000; n += 2) book.cancel(n << shift);
    EXPECT_EQ(book.size(), 10000u);
    for (std::uint64_t n = 1; n < 20000; n += 2) ASSERT_TRUE(book.find(n << shift)) << n << " << " << shift;
  }
}

// Saves and restores through visit_state alone: the book is nothing but what it shows.
struct Saver {
  std::map<std::string, std::vector<std::vector<char>>>& out;
  template <class T>
  void operator()(const char* name, const T& member) {
    static_assert(std::is_trivially_copyable_v<T>);
    const char* bytes = reinterpret_cast<const char*>(&member);
    out[name].emplace_back(bytes, bytes + sizeof member);
  }
  template <class T>
  void operator()(const char* name, const std::vector<T>& member) {
    static_assert(std::has_unique_object_representations_v<T>, "padding would make the hash of a book random");
    const char* bytes = reinterpret_cast<const char*>(member.data());
    out[name].emplace_back(bytes, bytes + member.size() * sizeof(T));
  }
};
struct Loader {
  std::map<std::string, std::vector<std::vector<char>>>& in;
  std::map<std::string, std::size_t> next;
  const std::vector<char>& take(const char* name) { return in.at(name).at(next[name]++); }
  template <class T>
  void operator()(const char* name, T& member) { std::memcpy(&member, take(name).data(), sizeof member); }
  template <class T>
  void operator()(const char* name, std::vector<T>& member) {
    const std::vector<char>& bytes = take(name);
    member.resize(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(member.data(), bytes.data(), bytes.size());
  }
};

TEST(OrderBookValue, RestoresFromWhatItShowsAndGoesOnAlike) {
  Desk desk;
  desk.book.set_band(Price{90}, Price{110});
  for (std::uint64_t id = 1; id <= 300; ++id)
    desk.send(id, id % 2 ? buy : sell, 60 + static_cast<std::int64_t>(id * 37 % 80), 5 + static_cast<std::int64_t>(id % 9), OrderType::limit, id % 5 ? 0 : 2);
  // Some gaps in the pool, so that there is a free list to restore.
  Ids resting;
  desk.book.for_each([&](const RestingOrder& o) { resting.push_back(o.id); });
  for (std::size_t i = 0; i < resting.size(); i += 3) desk.book.cancel(resting[i]);
  std::map<std::string, std::vector<std::vector<char>>> saved;
  const OrderBook& shown = desk.book;
  shown.visit_state(Saver{saved});
  OrderBook restored;
  restored.visit_state(Loader{saved, {}});
  EXPECT_TRUE(restored == desk.book);
  Desk other{restored, {}};
  for (std::uint64_t id = 301; id <= 400; ++id) {
    desk.send(id, id % 2 ? buy : sell, 100, 17);
    other.send(id, id % 2 ? buy : sell, 100, 17);
    EXPECT_EQ(desk.tape, other.tape);
  }
  EXPECT_TRUE(other.book == desk.book);
  EXPECT_FALSE(restored == desk.book);
}

// Where each column of the book lies in memory: moves when a column allocates.
struct Columns {
  std::vector<const void*>& at;
  template <class T>
  void operator()(const char*, const T&) {}
  template <class T>
  void operator()(const char*, const std::vector<T>& member) { at.push_back(member.data()); }
};

TEST(OrderBookMemory, NothingIsAllocatedWithinTheReserve) {
  Desk desk;
  desk.book.reserve(500);
  desk.book.set_band(Price{1}, Price{1000});
  std::vector<const void*> before, after;
  desk.book.visit_state(Columns{before});
  std::uint64_t state = 3;
  for (std::uint64_t id = 1; id <= 20000; ++id) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    desk.send(id, state >> 63 ? buy : sell, 1 + static_cast<std::int64_t>(state >> 33) % 1000, 1 + static_cast<std::int64_t>(state >> 50 & 7));
    if (id > 400) desk.book.cancel(id - 400);
  }
  desk.book.visit_state(Columns{after});
  EXPECT_EQ(before, after);
}

TEST(OccupiedLevels, FindsTheNextMemberAcrossWordsAndTiers) {
  for (const std::uint32_t size : {1u, 63u, 64u, 65u, 4096u, 4097u, 300000u}) {
    OccupiedLevels levels;
    levels.reset(size);
    std::set<std::uint32_t> expected;
    std::uint64_t state = size;
    for (int step = 0; step < 3000; ++step) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const auto i = static_cast<std::uint32_t>((state >> 33) % size);
      if (state >> 62 == 0) { levels.insert(i); expected.insert(i); } else { levels.erase(i); expected.erase(i); }
      const auto from = static_cast<std::uint32_t>((state >> 13) % size);
      const auto found = expected.lower_bound(from);
      ASSERT_EQ(levels.at_or_after(from), found == expected.end() ? OccupiedLevels::none : *found) << "size " << size << " step " << step;
    }
  }
}

TEST(SparseLadder, FindsTheNextKeyAnywhere) {
  SparseLadder ladder;
  std::map<std::uint32_t, std::uint32_t> expected;
  std::uint64_t state = 1;
  for (std::uint32_t step = 0; step < 20000; ++step) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    std::uint32_t key = static_cast<std::uint32_t>(state >> 32) >> (state >> 20 & 31);
    if (state >> 30 & 1) key = ~key;  // also close to the upper end
    if (expected.contains(key)) {
      ASSERT_EQ(ladder.find(key), expected[key]);
      ladder.erase(key);
      expected.erase(key);
    } else {
      ASSERT_EQ(ladder.find(key), SparseLadder::none);
      ladder.insert(key, step);
      expected[key] = step;
    }
    const std::uint32_t from = key ^ static_cast<std::uint32_t>(state >> 5 & 255);
    const auto next = expected.lower_bound(from);
    const SparseLadder::Entry found = ladder.at_or_after(from);
    ASSERT_EQ(found.value, next == expected.end() ? SparseLadder::none : next->second) << step;
    if (next != expected.end()) { ASSERT_EQ(found.key, next->first); }
  }
  EXPECT_FALSE(ladder.empty());
  for (const auto& [key, value] : expected) ladder.erase(key);
  EXPECT_TRUE(ladder.empty());
}

}  // namespace
}  // namespace tantu
