// Trades outside the book that firms make of their own accord: one-way sales, and transfers inside a group where an exchange
// has negotiated trades in place of blocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/program_run.hpp"
#include "tests/small_market.hpp"

namespace {

using namespace tantu;
using namespace tantu::tests;

/// Where one-way calls of 5,000 t and more are taken, within 30% of the close before.
std::string with_calls(const std::string& pricing, double probability = 1) {
  return R"({"exchange": {"one_way_least_t": 5000, "one_way_limit": 0.3, "one_way_pricing": ")" + pricing + R"("},
             "agents": {"firms": {"one_way": {"probability": )" + std::to_string(probability) + "}}}}";
}

/// Trades and messages of a day's calls, in order.
struct Call {
  OrderRecord called;
  std::vector<OrderRecord> bids;
  std::vector<Trade> trades;
};
std::vector<Call> calls_of(const SmallRun& run) {
  std::vector<Call> calls;
  std::map<std::pair<std::int32_t, std::uint32_t>, std::size_t> ends;  // day and message at whose end a call trades
  for (const OrderRecord& order : run.recorder.orders()) {
    if (order.rejection != Rejection::none) continue;
    if (order.message == MessageKind::call_bids) calls.push_back({order, {}, {}});
    if (order.message == MessageKind::bid) calls.back().bids.push_back(order);
    if (order.message == MessageKind::end_bids) ends[{order.day, order.sequence}] = calls.size() - 1;
  }
  for (const Trade& trade : run.recorder.trades()) {
    if (trade.kind != TradeKind::one_way) continue;
    const auto end = ends.find({trade.day, trade.sequence});
    EXPECT_NE(end, ends.end()) << "a one-way trade without the end of a call on " << to_string(Day{trade.day});
    if (end != ends.end()) calls[end->second].trades.push_back(trade);
  }
  return calls;
}

TEST(OneWaySales, SellToWhoBidsMostAtTheirOwnPrices) {
  const SmallRun run(with_calls("own_bid"));
  const auto calls = calls_of(run);
  std::size_t sold = 0;
  for (const Call& call : calls) {
    EXPECT_EQ(call.called.side, Side::sell);
    EXPECT_GE(call.called.quantity, Tonnes{5000}) << "the least of a call";
    Tonnes quantity, bid;
    for (const OrderRecord& b : call.bids) {
      EXPECT_GE(b.price, call.called.price) << "nobody bids what the caller would not take";
      EXPECT_NE(b.account, call.called.account);
      bid += b.quantity;
    }
    for (const Trade& trade : call.trades) {
      EXPECT_EQ(trade.seller, call.called.account);
      quantity += trade.quantity;
      const auto own = std::find_if(call.bids.begin(), call.bids.end(), [&](const OrderRecord& b) { return b.order == trade.buy_order; });
      ASSERT_NE(own, call.bids.end());
      EXPECT_EQ(trade.price, own->price) << "each pays its own bid";
      for (const OrderRecord& b : call.bids)
        if (b.price > trade.price) {
          EXPECT_TRUE(std::any_of(call.trades.begin(), call.trades.end(), [&](const Trade& t) { return t.buy_order == b.order; })) << "a higher bid went empty-handed";
        }
    }
    EXPECT_EQ(quantity, std::min(bid, call.called.quantity));
    sold += !call.trades.empty();
  }
  EXPECT_GT(sold, 5u) << "calls that sold, of " << calls.size();
  EXPECT_EQ(run.market().registry.imbalance(), std::nullopt);
}

TEST(OneWaySales, MayClearAtOnePrice) {
  const SmallRun run(with_calls("uniform"));
  std::size_t several = 0;
  for (const Call& call : calls_of(run)) {
    for (const Trade& trade : call.trades) EXPECT_EQ(trade.price, call.trades.back().price) << "all pay the worst accepted bid";
    several += call.trades.size() > 1;
  }
  EXPECT_GT(several, 3u) << "calls with several winners";
}

TEST(OneWaySales, BidIsWhatTheFirmCanUse) {
  // What a firm has won it does not buy again in the same session: nobody's purchases of a day exceed what it bid for.
  const SmallRun run(with_calls("own_bid"));
  std::map<std::pair<std::int32_t, Account>, Tonnes> bid, bought;  // bid in the day's first call, when all was still needed
  for (const Call& call : calls_of(run))
    for (const OrderRecord& b : call.bids) bid.emplace(std::pair(b.day, b.account), b.quantity);
  for (const Trade& trade : run.recorder.trades()) bought[{trade.day, trade.buyer}] += trade.quantity;
  for (const auto& [who, tonnes] : bid) {
    if (!bought.contains(who)) continue;
    EXPECT_LE(bought[who], tonnes) << "account " << who.second << " on " << to_string(Day{who.first});
  }
}

TEST(OneWaySales, AreOffUnlessAskedFor) {
  EXPECT_TRUE(calls_of(SmallRun(with_calls("own_bid", 0))).empty());
  EXPECT_TRUE(calls_of(SmallRun(std::string(R"({"agents": {"firms": {"one_way": {"probability": 1}}}})"))).empty()) << "the exchange takes no calls";
}

TEST(OneWaySales, TheTapeReplaysToTheirTrades) {
  const Folder folder;
  const auto scenario = small_market(with_calls("own_bid"));
  std::ofstream(folder / "small.json") << scenario.dump();
  ASSERT_EQ(run_tantu(folder.path(), {"run", "small.json", "--record", "orders,trades", "-o", "run.h5"}).status, 0);
  ASSERT_EQ(run_tantu(folder.path(), {"export", "run.h5", "--format", "events", "-o", "flow"}).err, "");
  ASSERT_EQ(run_tantu(folder.path(), {"replay", "flow/events.csv", "--rules", "flow/rules.json", "--trades", "again.csv"}).err, "");
  const std::string recorded = text_of(folder / "flow/trades.csv");
  const std::string events = text_of(folder / "flow/events.csv");
  EXPECT_NE(events.find(",A,,"), std::string::npos) << "calls are on the tape";
  EXPECT_TRUE(text_of(folder / "again.csv") == recorded) << "trades of the replay differ from those of the run";
}

TEST(Groups, TransferByTheKindOfTradeThatTheExchangeHas) {
  const auto kinds = [](const std::string& exchange) {
    const SmallRun run(R"({"exchange": )" + exchange + R"(, "groups": {"one": {"share": 0.5}, "other": {"share": 0.5}}, "agents": {"firms": {"group": {"chance": 0.5, "share": 1}, "block": {"probability": 0}}}})");
    std::map<TradeKind, std::int64_t> volume;
    for (const Trade& trade : run.recorder.trades()) {
      volume[trade.kind] += trade.quantity.count;
      if (trade.kind != TradeKind::group && trade.kind != TradeKind::negotiated) continue;
      const auto& owner = run.traits().group;
      EXPECT_EQ(owner[run.market().row(trade.buyer)], owner[run.market().row(trade.seller)]) << "both sides are of one group";
    }
    return volume;
  };
  auto blocks = kinds(R"({"block_least_t": 1000, "block_limit": 0.3, "negotiated_least_t": 100, "negotiated_limit": 0.1})");
  EXPECT_GT(blocks[TradeKind::group], 0) << "where there is a block market they are part of it";
  EXPECT_EQ(blocks[TradeKind::negotiated], 0);
  auto negotiated = kinds(R"({"block_least_t": 0, "negotiated_least_t": 100, "negotiated_limit": 0.1})");
  EXPECT_GT(negotiated[TradeKind::negotiated], 0) << "where there is none they are negotiated trades";
  EXPECT_EQ(negotiated[TradeKind::group], 0);
  auto neither = kinds(R"({"block_least_t": 0})");
  EXPECT_EQ(neither[TradeKind::negotiated] + neither[TradeKind::group], 0);
}

}  // namespace
