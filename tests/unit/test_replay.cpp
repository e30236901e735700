// Recorded order flow through the matching engine: files worked by hand, every message word for word.
#include "scenarios/replay.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "scenarios/decimal.hpp"
#include "scenarios/digits.hpp"
#include "scenarios/exchange_rules.hpp"
#include "sim/input_error.hpp"
#include "tests/folder.hpp"

namespace tantu {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string head = "seq,time,type,order,account,side,price,qty\n";
const std::string trades_head = "seq,time,price,qty,buy_order,sell_order,buy_account,sell_account,aggressor\n";
const std::string book_head = "seq,side,level,price,qty,orders\n";

template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const InputError& e) {
    return e.what();
  }
  return "accepted";
}

class Replay : public testing::Test {
 protected:
  Replay() {
    options.events = put("flow.csv", "");
    options.trades = (folder / "trades.csv").string();
    options.book = (folder / "book.csv").string();
    options.overwrite = Overwrite::allow;
  }
  std::string put(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return (folder / name).string();
  }
  std::string get(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void rules(const std::string& json) { options.rules = put("rules.json", json); }
  /// Replays these lines (with the plain header) and returns the trades without their header.
  std::string trades_of(const std::string& lines) {
    put("flow.csv", head + lines);
    report = replay(options);
    const std::string text = get(options.trades);
    EXPECT_TRUE(text.starts_with(trades_head)) << text;
    return text.substr(trades_head.size());
  }
  std::string book() { return get(options.book).substr(book_head.size()); }
  std::uint64_t rejected(Rejection why) const { return report.counts.rejected[static_cast<std::size_t>(why)]; }
  /// The message without the folder.
  std::string refusal_of(const std::string& text) {
    put("flow.csv", text);
    std::string message = refusal([&] { report = replay(options); });
    const std::string prefix = folder.string() + "/";
    for (std::size_t at; (at = message.find(prefix)) != std::string::npos;) message.erase(at, prefix.size());
    return message;
  }
  const tantu::tests::Folder made;
  const fs::path folder = made.path();
  ReplayOptions options;
  ReplayReport report;
};

TEST_F(Replay, TradesAtThePriceOfTheOrderThatRests) {
  // 1 and 2 offer at 48.50, 1 first. 4 takes up to 48.50: 100 from 1, 20 of the 50 of 2.
  EXPECT_EQ(trades_of("1,34200,L,1,10,sell,48.50,100\n2,34200.5,L,2,11,sell,48.5,50\n3,34201,L,3,12,buy,48.40,30\n"
                      "4,34202.250,I,4,13,buy,48.60,120\n"),
            "4,34202.250,48.50,100,4,1,13,10,buy\n4,34202.250,48.50,20,4,2,13,11,buy\n");
  EXPECT_EQ(book(), "4,buy,1,48.40,30,1\n4,sell,1,48.50,30,1\n");
  EXPECT_EQ(report.counts.events, 4u);
  EXPECT_EQ(report.counts.trades, 2u);
  EXPECT_EQ(report.counts.volume, Tonnes{120});
  EXPECT_EQ(report.resting, 2u);
}

TEST_F(Replay, LimitOrdersRestWithWhatIsLeftAndSellersTradeToo) {
  EXPECT_EQ(trades_of("1,,L,1,,buy,48.50,100\n2,,L,2,,sell,48.40,130\n"), "2,,48.50,100,1,2,,,sell\n");
  EXPECT_EQ(book(), "2,sell,1,48.40,30,1\n");
}

TEST_F(Replay, MarketOrdersTakeAllPricesAndWhatIsLeftGoes) {
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.50,10\n2,,L,2,,sell,60,10\n3,,M,3,,buy,,25\n4,,L,3,,sell,70,1\n"),
            "3,,48.50,10,3,1,,,buy\n3,,60.00,10,3,2,,,buy\n");
  EXPECT_EQ(book(), "4,sell,1,70.00,1,1\n");
}

TEST_F(Replay, FillOrKillFillsWhollyOrNotAtAll) {
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.50,10\n2,,L,2,,sell,48.60,10\n3,,F,3,,buy,48.50,11\n4,,F,4,,buy,48.60,11\n"),
            "4,,48.50,10,4,1,,,buy\n4,,48.60,1,4,2,,,buy\n");
  EXPECT_EQ(report.counts.rejected, decltype(report.counts.rejected){});
}

TEST_F(Replay, ValuesBeyondSixtyFourBitsAreRefusedOutsideTheBookAsInIt) {
  // 20,000,000.00 is 2 x 10^9 ticks; 10^12 t of it cost 2 x 10^21, and 64 bits end at 9.2 x 10^18.
  rules(R"({"block_least_t": 1, "negotiated_least_t": 1, "one_way_least_t": 1})");
  put("flow.csv", "seq,time,type,order,account,side,price,qty,other\n1,,B,,10,sell,20000000,1000000000000,11\n2,,N,,10,sell,20000000,1000000000000,11\n"
                  "3,,A,,10,sell,20000000,1000000000000,\n4,,A,,10,sell,0.01,1000000000000,\n5,,O,5,11,buy,20000000,1000000000000,\n"
                  "6,,B,,10,sell,20000000,4000000000,11\n7,,B,,10,sell,20000000,4000000000,11\n");
  report = replay(options);
  EXPECT_EQ(rejected(Rejection::too_dear), 4u) << "events 1, 2, 3 and 5";
  EXPECT_EQ(report.counts.trades, 2u) << "the two blocks, each 8 x 10^18, together beyond 64 bits";
}

TEST_F(Replay, PricesBetweenTicksAreCalledThatInOneWayCalls) {
  rules(R"({"tick": 0.05, "one_way_least_t": 1})");
  trades_of("1,,A,,10,sell,48.02,100\n2,,A,,10,sell,48.0001,100\n3,,A,,10,sell,48.00,100\n4,,O,1,11,buy,48.0001,10\n5,,O,2,11,buy,99000000000000000000,10\n");
  EXPECT_EQ(rejected(Rejection::off_tick), 3u) << "events 1, 2 and 4";
  EXPECT_EQ(rejected(Rejection::price_out_of_range), 1u) << "event 5";
}

TEST_F(Replay, AReplacementKeepsItsPlaceOnlyWhereTheQuantityAloneFalls) {
  // 1 falls to 60 and stays first; 2 rises and goes behind 3; 3 changes nothing and stays.
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.50,100\n2,,L,2,,sell,48.50,100\n3,,L,3,,sell,48.50,100\n"
                      "4,,R,1,,,48.50,60\n5,,R,2,,,,101\n6,,R,3,,sell,48.50,100\n7,,I,9,,buy,48.50,200\n"),
            "7,,48.50,60,9,1,,,buy\n7,,48.50,100,9,3,,,buy\n7,,48.50,40,9,2,,,buy\n");
  EXPECT_EQ(book(), "7,sell,1,48.50,61,1\n");
}

TEST_F(Replay, AReplacementToAPriceThatCrossesTrades) {
  EXPECT_EQ(trades_of("1,,L,1,7,sell,48.50,100\n2,,L,2,8,buy,48.40,30\n3,,R,2,,,48.55,\n"), "3,,48.50,30,2,1,8,7,buy\n");
  EXPECT_EQ(book(), "3,sell,1,48.50,70,1\n");
}

TEST_F(Replay, AnIdMayBeUsedAgainOnceItsOrderIsGone) {
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.50,10\n2,,L,1,,sell,48.40,10\n3,,I,2,,buy,48.50,10\n4,,L,1,,sell,48.30,10\n"
                      "5,,X,1,,,,\n6,,X,1,,,,\n7,,L,1,,sell,48.20,10\n8,,I,18446744073709551614,,buy,49,10\n"),
            "3,,48.50,10,2,1,,,buy\n8,,48.20,10,18446744073709551614,1,,,buy\n");
  EXPECT_EQ(rejected(Rejection::duplicate_id), 1u);   // event 2: the first one rests at 48.50
  EXPECT_EQ(rejected(Rejection::unknown_order), 1u);  // event 6
}

TEST_F(Replay, AnIcebergShowsItsPeakAndGoesToTheBackWithEachRenewal) {
  put("flow.csv", "seq,time,type,order,account,side,price,qty,display,tif\n"
                  "1,,L,1,,sell,48.50,100,30,gtc\n2,,L,2,,sell,48.50,40,,\n3,,I,3,,buy,48.50,80,,day\n");
  report = replay(options);
  // 30 shown of 1, then all 40 of 2, then 10 of the next 30 of 1.
  EXPECT_EQ(get(options.trades), trades_head + "3,,48.50,30,3,1,,,buy\n3,,48.50,40,3,2,,,buy\n3,,48.50,10,3,1,,,buy\n");
  EXPECT_EQ(book(), "3,sell,1,48.50,20,1\n");
}

TEST_F(Replay, ColumnsMayStandInAnyOrderAndLinesMayEndAsInWindows) {
  put("flow.csv", "\xef\xbb\xbfqty,price,side,account,order,type,time,seq\r\n10,48.50,sell,,1,L,,1\r\n4,48.50,buy,5,2,I,34200,2\r\n");
  report = replay(options);
  EXPECT_EQ(get(options.trades), trades_head + "2,34200,48.50,4,2,1,5,,buy\n");
}

TEST_F(Replay, WhatTheExchangeRejectsIsCountedByReasonAndChangesNothing) {
  rules(R"({"tick": 0.05, "lot_t": 10, "listed_most_t": 500, "price_limit": 0.1, "market_orders": false})");
  options.reference_price = "50.00";
  // The limits are 45.00 and 55.00.
  EXPECT_EQ(trades_of("1,,L,1,,sell,55.00,500\n2,,L,2,,sell,55.05,10\n3,,L,3,,buy,44.95,10\n4,,L,4,,buy,48.52,10\n"
                      "5,,L,5,,buy,48.505,10\n6,,L,6,,buy,48.50,15\n7,,L,7,,buy,48.50,510\n8,,M,8,,buy,,10\n"
                      "9,,L,9,,buy,48.50,0\n10,,R,1,,,55.00,510\n11,,R,1,,,56,10\n12,,R,2,,,50,10\n13,,X,2,,,,\n"
                      "14,,L,1,,sell,55.00,10\n15,,L,15,,buy,9999999999999,10\n"), "");
  EXPECT_EQ(book(), "15,sell,1,55.00,500,1\n");
  EXPECT_EQ(rejected(Rejection::outside_limits), 3u);
  EXPECT_EQ(rejected(Rejection::off_tick), 2u);
  EXPECT_EQ(rejected(Rejection::off_lot), 1u);
  EXPECT_EQ(rejected(Rejection::too_large), 2u);
  EXPECT_EQ(rejected(Rejection::market_order), 1u);
  EXPECT_EQ(rejected(Rejection::bad_quantity), 1u);
  EXPECT_EQ(rejected(Rejection::unknown_order), 2u);
  EXPECT_EQ(rejected(Rejection::duplicate_id), 1u);
  EXPECT_EQ(rejected(Rejection::price_out_of_range), 1u);
}

TEST_F(Replay, WithoutRulesThereAreNoLimits) {
  EXPECT_EQ(trades_of("1,,L,1,,sell,0.01,1000000000000\n2,,M,2,,buy,,1000000000000\n"), "2,,0.01,1000000000000,2,1,,,buy\n");
  EXPECT_EQ(trades_of("1,,L,1,,sell,21474836.47,1\n2,,L,2,,buy,21474836.47,1\n"), "2,,21474836.47,1,2,1,,,buy\n");
  EXPECT_EQ(trades_of("1,,L,1,,sell,21474836.48,1\n"), "");
  EXPECT_EQ(rejected(Rejection::price_out_of_range), 1u);
}

TEST_F(Replay, OrdersOfOneAccountDoAsTheRuleSays) {
  // 1 and 3 belong to account 7; 2 to account 8. 3 buys 30 at the price of both.
  const std::string lines = "1,,L,1,7,sell,48.50,20\n2,,L,2,8,sell,48.50,20\n3,,L,3,7,buy,48.50,30\n";
  const auto with = [&](const std::string& mode) {
    rules("{\"self_trade\": \"" + mode + "\"}");
    const std::string trades = trades_of(lines);
    return trades + book();
  };
  EXPECT_EQ(with("allow"), "3,,48.50,20,3,1,7,7,buy\n3,,48.50,10,3,2,7,8,buy\n3,sell,1,48.50,10,1\n");
  EXPECT_EQ(with("cancel_newest"), "3,sell,1,48.50,40,2\n");
  EXPECT_EQ(with("cancel_oldest"), "3,,48.50,20,3,2,7,8,buy\n3,buy,1,48.50,10,1\n");
  EXPECT_EQ(with("cancel_both"), "3,sell,1,48.50,20,1\n");
  EXPECT_EQ(with("decrement"), "3,,48.50,10,3,2,7,8,buy\n3,sell,1,48.50,10,1\n");
  EXPECT_EQ(report.counts.self_trades_prevented, Tonnes{20});
}

TEST_F(Replay, OrdersWithoutAnAccountAreStrangers) {
  rules(R"({"self_trade": "cancel_newest"})");
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.50,20\n2,,L,2,,buy,48.50,20\n"), "2,,48.50,20,2,1,,,buy\n");
}

TEST_F(Replay, WhatIsBoughtTodayIsSoldTomorrow) {
  rules(R"({"resale_same_day": false, "short_sale": false})");
  options.positions = put("positions.csv", "account,allowances\n7,100\n");
  put("flow.csv", "seq,time,type,order,account,side,price,qty,date\n"
                  "1,34200,L,1,7,sell,48.50,60,2021-07-16\n"
                  "2,34201,L,2,7,sell,48.60,41,2021-07-16\n"   // 40 are free
                  "3,34202,I,3,8,buy,48.50,50,2021-07-16\n"
                  "4,34203,L,4,8,sell,48.70,10,2021-07-16\n"   // bought today
                  "5,34204,L,5,,sell,48.70,10,2021-07-16\n"    // whose?
                  "6,34200,L,6,8,sell,48.70,50,2021-07-19\n"   // tomorrow it may
                  "7,34201,X,1,7,,,,2021-07-19\n"
                  "8,34202,L,7,7,sell,48.70,50,2021-07-19\n"   // 100 - 50, nothing offered any more
                  "9,34203,R,7,7,,48.80,51,2021-07-19\n");
  report = replay(options);
  EXPECT_EQ(get(options.trades), trades_head + "3,34202,48.50,50,3,1,8,7,buy\n");
  EXPECT_EQ(book(), "9,sell,1,48.70,100,2\n");
  EXPECT_EQ(rejected(Rejection::not_covered_allowances), 3u);
  EXPECT_EQ(rejected(Rejection::no_account), 1u);
  EXPECT_EQ(report.counts.days, 2u);
}

TEST_F(Replay, BuyersPayWithCashAndCreditAndSellersUseTheirCashAtOnce) {
  rules(R"({"credit": 10})");
  options.positions = put("positions.csv", "account,allowances,cash\n7,0,90.00\n8,0,0\n");
  // 7 has 90 + 10: 2 t at 48.50 cost 97. Then 3.00 are left; 8 sold for 97 and may buy for 107.
  EXPECT_EQ(trades_of("1,,L,1,8,sell,48.50,2\n2,,L,2,7,buy,33.34,3\n3,,L,3,7,buy,48.50,2\n4,,L,4,7,buy,3.01,1\n"
                      "5,,L,5,7,buy,3.00,1\n6,,L,6,8,buy,53.50,2\n7,,L,7,9,sell,53.60,2\n8,,M,8,7,buy,,1\n"),
            "3,,48.50,2,3,1,7,8,buy\n");
  EXPECT_EQ(rejected(Rejection::not_covered_cash), 3u);  // 2 (100.02), 4, 8
  EXPECT_EQ(book(), "8,buy,1,53.50,2,1\n8,buy,2,3.00,1,1\n8,sell,1,53.60,2,1\n");
}

TEST_F(Replay, TheNextDaysLimitsFollowTheAverageOfTheTrades) {
  rules(R"({"price_limit": 0.1, "opening_reference": 48.00, "order_days": 2})");
  put("flow.csv", "seq,time,type,order,account,side,price,qty,date,tif\n"
                  "1,,L,1,,sell,52.80,10,2021-07-16,\n"  // upper limit 52.80
                  "2,,L,2,,buy,43.19,10,2021-07-16,\n"   // below the lower one, 43.20
                  "3,,L,3,,buy,43.20,10,2021-07-16,\n"
                  "4,,L,4,,buy,50.00,30,2021-07-16,day\n"
                  "5,,I,5,,sell,50.00,20,2021-07-16,\n"
                  // Reference 50.00, limits 45.00 to 55.00: 3 leaves, 4 was for the day.
                  "6,,L,6,,sell,55.00,10,2021-07-19,\n"
                  "7,,L,7,,sell,55.01,10,2021-07-19,\n"
                  // A day without a trade keeps the reference; 1 has rested two days, 6 rests on.
                  "8,,L,8,,buy,45.00,10,2021-07-20,\n");
  report = replay(options);
  EXPECT_EQ(get(options.trades), trades_head + "5,,50.00,20,4,5,,,sell\n");
  EXPECT_EQ(rejected(Rejection::outside_limits), 2u);
  EXPECT_EQ(book(), "8,buy,1,45.00,10,1\n8,sell,1,55.00,10,1\n");
}

TEST_F(Replay, AListedAgreementReachesFivePricesAndDrawsItsCounterparty) {
  rules(R"({"matching": "listed_agreement"})");
  std::string lines, trades;
  for (int i = 1; i <= 6; ++i) lines += std::to_string(i) + ",,L," + std::to_string(i) + ",,sell,48.5" + std::to_string(i) + ",10\n";
  for (int i = 1; i <= 5; ++i) trades += "7,,48.5" + std::to_string(i) + ",10,7," + std::to_string(i) + ",,,buy\n";
  EXPECT_EQ(trades_of(lines + "7,,I,7,,buy,49.00,100\n"), trades);
  EXPECT_EQ(book(), "7,sell,1,48.56,10,1\n");

  // Eight orders at one price, taken one by one: not in the order of time, and the same again with the same seed.
  lines.clear();
  for (int i = 1; i <= 8; ++i) lines += std::to_string(i) + ",,L," + std::to_string(i) + ",,sell,48.50,10\n";
  lines += "9,,I,9,,buy,48.50,80\n";
  const std::string first = trades_of(lines);
  EXPECT_EQ(report.counts.trades, 8u);
  EXPECT_EQ(trades_of(lines), first);
  options.seed = 2;
  EXPECT_NE(trades_of(lines), first);
  rules("{}");
  EXPECT_NE(trades_of(lines), first);
}

TEST_F(Replay, ARuleWhoseInputIsAbsentNamesIt) {
  const auto refusal_with = [&](const std::string& json) {
    rules(json);
    return refusal_of(head);
  };
  EXPECT_EQ(refusal_with(R"({"price_limit": 0.1})"), "rules.json:/price_limit: needs a reference price: give --reference-price or opening_reference");
  EXPECT_EQ(refusal_with(R"({"short_sale": false})"), "rules.json:/short_sale: needs what the accounts hold: give --positions");
  EXPECT_EQ(refusal_with(R"({"resale_same_day": false})"), "rules.json:/resale_same_day: needs what the accounts hold: give --positions");
  EXPECT_EQ(refusal_with(R"({"credit": 0})"), "rules.json:/credit: needs what the accounts hold: give --positions");
  options.positions = put("positions.csv", "account,allowances\n1,5\n");
  EXPECT_EQ(refusal_with(R"({"credit": 0})"), "positions.csv:1: the header has no column cash, which the rule credit needs");
  put("positions.csv", "account,allowances\n1,5\n1,6\n");
  EXPECT_EQ(refusal_with("{}"), "positions.csv:3: account 1 stands in an earlier line already");
  put("positions.csv", "account,allowances\n1,-5\n");
  EXPECT_EQ(refusal_with("{}"), "positions.csv:2: allowances \"-5\" is negative");
  options.positions.clear();
  options.reference_price = "48.123";
  EXPECT_EQ(refusal_with("{}"), "--reference-price: 48.123 has more than 2 decimals");
  options.reference_price = "-1";
  EXPECT_EQ(refusal_with("{}"), "--reference-price: -1 is not a price above 0");
  options.reference_price.clear();
  EXPECT_THAT(refusal_with(R"({"tik": 0.1})"), HasSubstr("rules.json:/tik: "));
  EXPECT_EQ(refusal_with("[]"), "rules.json: a list is not an object");
  EXPECT_EQ(refusal_with(R"({"tick": 0.0123456789})"), "rules.json:/tick: 0.0123456789 has more than 8 decimals");
}

TEST_F(Replay, AFinerTickKeepsItsDecimals) {
  rules(R"({"tick": 0.0005})");
  EXPECT_EQ(trades_of("1,,L,1,,sell,48.5005,10\n2,,L,2,,buy,48.5007,10\n3,,I,2,,buy,48.51,10\n"), "3,,48.5005,10,2,1,,,buy\n");
  EXPECT_EQ(rejected(Rejection::off_tick), 1u);
}

TEST_F(Replay, MalformedLinesAreRefusedWithTheirNumber) {
  const std::string good = "1,34200,L,1,,sell,48.50,100\n";
  const std::pair<const char*, const char*> cases[] = {
      {"2,34201,L,2,,sell,48.50", "has 7 columns, not 8"},
      {"2,34201,L,2,,sell,48.50,100,", "has 9 columns, not 8"},
      {"", "is empty"},
      {",34201,L,2,,sell,48.50,100", "seq is missing"},
      {"two,34201,L,2,,sell,48.50,100", "seq \"two\" is not a whole number from 0 to 18446744073709551615"},
      {"2,noon,L,2,,sell,48.50,100", "time \"noon\" is not a number"},
      {"2,-1,L,2,,sell,48.50,100", "time \"-1\" is not in seconds after midnight, 0 to 86400"},
      {"2,1626400000,L,2,,sell,48.50,100", "time \"1626400000\" is not in seconds after midnight, 0 to 86400"},
      {"2,34199.999,L,2,,sell,48.50,100", "time \"34199.999\" goes back: an earlier line has 34200.000000000"},
      {"2,34201,Z,2,,sell,48.50,100", "type \"Z\" is not one of L, M, I, F, X, R, B, N, A, O, E, H, G, D"},
      {"2,34201,LL,2,,sell,48.50,100", "type \"LL\" is not one of L, M, I, F, X, R, B, N, A, O, E, H, G, D"},
      {"2,34201,,2,,sell,48.50,100", "type \"\" is not one of L, M, I, F, X, R, B, N, A, O, E, H, G, D"},
      {"2,34201,X,,,,,", "order is missing"},
      {"2,34201,X,-2,,,,", "order \"-2\" is not a whole number from 0 to 18446744073709551614"},
      {"2,34201,X,18446744073709551615,,,,", "order \"18446744073709551615\" is not a whole number from 0 to 18446744073709551614"},
      {"2,34201,L,2,4294967295,sell,48.50,100", "account \"4294967295\" is not a whole number from 0 to 4294967294"},
      {"2,34201,L,2,,sel,48.50,100", "side \"sel\" is not buy or sell"},
      {"2,34201,L,2,,,48.50,100", "side is missing"},
      {"2,34201,L,2,,sell,,100", "price is missing"},
      {"2,34201,L,2,,sell,48.5x,100", "price \"48.5x\" is not a number"},
      {"2,34201,L,2,,sell,48.,100", "price \"48.\" is not a number"},
      {"2,34201,L,2,,sell,.5,100", "price \".5\" is not a number"},
      {"2,34201,L,2,,sell,-,100", "price \"-\" is not a number"},
      {"2,34201,L,2,,sell,4 8,100", "price \"4 8\" is not a number"},
      {"2,34201,L,2,,sell,1e2,100", "price \"1e2\" is not a number"},
      {"2,34201,L,2,,sell,48.50,", "qty is missing"},
      {"2,34201,L,2,,sell,48.50,-5", "qty \"-5\" is negative"},
      {"2,34201,L,2,,sell,48.50,1.5", "qty \"1.5\" is not a whole number"},
      {"2,34201,L,2,,sell,48.50,ten", "qty \"ten\" is not a number"},
      {"2,34201,L,2,,sell,48.50,1000000000001", "qty \"1000000000001\" is more than 1000000000000 tonnes"},
      {"2,34201,R,1,,,48.50,-5", "qty \"-5\" is negative"},
      {"2,34201,L,2,,sell,48.50,\x01\xff", "qty \"\\u0001\\xff\" is not a number"},
  };
  for (const auto& [line, message] : cases) {
    EXPECT_EQ(refusal_of(head + good + line + "\n3,34202,X,1,,,,\n"), std::string("flow.csv:3: ") + message);
    EXPECT_FALSE(fs::exists(options.trades)) << line;
    EXPECT_FALSE(fs::exists(options.book)) << line;

    options.bad_lines = BadLines::skip;
    EXPECT_EQ(refusal_of(head + good + line + "\n3,34200,X,1,,,,\n"), "accepted");
    EXPECT_EQ(report.malformed, 1u);
    EXPECT_EQ(report.first_malformed, std::string("line 3: ") + message);
    EXPECT_EQ(report.counts.events, 2u);
    EXPECT_EQ(report.resting, 0u) << line;
    options.bad_lines = BadLines::refuse;
    fs::remove(options.trades);
    fs::remove(options.book);
  }
}

TEST_F(Replay, AFileThatWasCutIsRefused) {
  EXPECT_EQ(refusal_of(head + "1,,L,1,,sell,48.50,100"), "flow.csv:2: the file ends in the middle of the line: it has no line break");
  EXPECT_EQ(refusal_of(head + "1,,L,1,,sell,48.50,100\n2,,L,2"), "flow.csv:3: the file ends in the middle of the line: it has no line break");
  EXPECT_EQ(refusal_of(head.substr(0, head.size() - 1)), "flow.csv:1: the file ends in the middle of the line: it has no line break");
  EXPECT_EQ(refusal_of(head + std::string(5000, '1') + "\n"), "flow.csv:2: is longer than 4096 characters");
  EXPECT_EQ(refusal_of(head + std::string(300000, '1')), "flow.csv:2: is longer than 4096 characters");
  options.bad_lines = BadLines::skip;
  EXPECT_EQ(refusal_of(head + std::string(700000, '1') + "\n1,,L,1,,sell,48.50,100\n2,,L,2"), "accepted");
  EXPECT_EQ(report.malformed, 2u);
  EXPECT_EQ(report.counts.events, 1u);
}

TEST_F(Replay, HeadersAreRefusedAlsoWithSkipBad) {
  options.bad_lines = BadLines::skip;
  EXPECT_EQ(refusal_of(""), "flow.csv:1: the file is empty; the header seq,time,type,order,account,side,price,qty was expected");
  EXPECT_EQ(refusal_of("1,,L,1,,sell,48.50,100\n"),
            "flow.csv:1: the header has a column \"1\"; seq,time,type,order,account,side,price,qty[,date][,display][,tif][,other] was expected");
  EXPECT_EQ(refusal_of("seq,time,type,order,account,side,price\n"),
            "flow.csv:1: the header has no column qty; seq,time,type,order,account,side,price,qty was expected");
  EXPECT_EQ(refusal_of("seq,time,type,order,account,side,price,qty,qty\n"), "flow.csv:1: the header has the column qty twice");
  EXPECT_THAT(refusal_of(std::string("\x7f" "ELF\0\0\0\n", 8)), HasSubstr("flow.csv:1: the header has a column "));
}

TEST_F(Replay, OptionalColumnsAreChecked) {
  const std::string wide = "seq,time,type,order,account,side,price,qty,date,display,tif\n";
  EXPECT_EQ(refusal_of(wide + "1,,L,1,,sell,48.50,100,2021-02-30,,\n"), "flow.csv:2: date \"2021-02-30\" is not a day like 2021-07-16");
  EXPECT_EQ(refusal_of(wide + "1,9,L,1,,sell,48.50,100,2021-07-17,,\n2,9,L,1,,sell,48.50,100,2021-07-16,,\n"),
            "flow.csv:3: date 2021-07-16 goes back: an earlier line has 2021-07-17");
  EXPECT_EQ(refusal_of(wide + "1,9,L,1,,sell,48.50,100,2021-07-16,-1,\n"), "flow.csv:2: display \"-1\" is negative");
  EXPECT_EQ(refusal_of(wide + "1,9,L,1,,sell,48.50,100,2021-07-16,,week\n"), "flow.csv:2: tif \"week\" is not day or gtc");
  // A malformed line moves neither the day nor the time: the third one goes back behind the first.
  options.bad_lines = BadLines::skip;
  EXPECT_EQ(refusal_of(wide + "1,9,L,1,,sell,48.50,100,2021-07-16,,\n2,1,Z,2,,sell,48.50,100,2021-07-17,,\n"
                              "3,5,L,3,,sell,48.50,100,2021-07-16,,\n4,9,L,4,,sell,48.50,100,2021-07-16,,\n"), "accepted");
  EXPECT_EQ(report.malformed, 2u);
  EXPECT_EQ(report.counts.events, 2u);
}

TEST_F(Replay, TheBookIsWrittenEverySoManyEvents) {
  options.book_every = 2;
  options.book_depth = 1;
  trades_of("10,,L,1,,sell,48.50,100\n20,,L,2,,sell,48.60,100\n30,,L,3,,buy,48.40,5\n40,,X,1,,,,\n50,,X,2,,,,\n");
  EXPECT_EQ(book(), "20,sell,1,48.50,100,1\n40,buy,1,48.40,5,1\n40,sell,1,48.60,100,1\n");
}

TEST_F(Replay, ARecordedBookIsComparedLineByLine) {
  const std::string lines = "1,,L,1,,sell,48.50,100\n2,,L,2,,buy,48.40,7\n";
  options.compare_book = put("recorded.csv", book_head + "2,buy,1,48.4,7,1\n2,sell,1,48.50,100,1\n");
  trades_of(lines);
  EXPECT_EQ(report.compared, 2u);
  EXPECT_EQ(report.first_difference, "");
  put("recorded.csv", book_head + "2,buy,1,48.40,7,1\n2,sell,1,48.50,99,1\n");
  trades_of(lines);
  EXPECT_EQ(report.first_difference, options.compare_book + ":3: is \"2,sell,1,48.50,99,1\"; the replay has \"2,sell,1,48.50,100,1\"");
  put("recorded.csv", book_head + "2,buy,1,48.40,7,1\n");
  trades_of(lines);
  EXPECT_EQ(report.first_difference, options.compare_book + ":2: the file ends after this line; the replay goes on with \"2,sell,1,48.50,100,1\"");
  put("recorded.csv", book_head + "2,buy,1,48.40,7,1\n2,sell,1,48.50,100,1\n3,sell,1,1,1,1\n");
  trades_of(lines);
  EXPECT_EQ(report.first_difference, options.compare_book + ":4: is \"3,sell,1,1,1,1\"; the replay has no more lines");
}

TEST_F(Replay, LobsterMessagesAreOrdersAndTheirEnds) {
  options.format = FlowFormat::lobster;
  // 11 sells 100 at 585.33; 30 are withdrawn; 20 executed; a hidden execution; a halt during which 12 is refused;
  // 11's rest deleted; 13 stays.
  put("flow.csv", "34200.017459617,1,11,100,5853300,-1\n34200.1,2,11,30,5853300,-1\n34200.2,4,11,20,5853300,-1\n"
                  "34200.3,5,0,1,5853200,1\n34200.4,7,0,0,-1,-1\n34200.5,1,12,5,5853200,1\n34200.6,7,0,0,1,-1\n"
                  "34200.7,3,11,50,5853300,-1\n34200.8,1,13,18,5853000,1\n");
  report = replay(options);
  EXPECT_EQ(get(options.trades), trades_head + "3,34200.2,585.33,20,,11,,,buy\n");
  EXPECT_EQ(book(), "9,buy,1,585.30,18,1\n");
  EXPECT_EQ(report.skipped, 1u);
  EXPECT_EQ(rejected(Rejection::halted), 1u);
}

TEST_F(Replay, ALobsterBookSeedsAndIsCompared) {
  options.format = FlowFormat::lobster;
  put("flow.csv", "34200,1,11,10,5853300,-1\n34201,3,7,60,5853300,-1\n34202,4,8,40,5853300,-1\n34203,1,12,5,5853100,1\n");
  // Row 1: 100 at 585.33, of which 10 are order 11; 200 at 585.30. Then 60 go, 40 trade, and a bid comes.
  const std::string recorded = "5853300,100,5853000,200\n5853300,40,5853000,200\n9999999999,0,5853000,200\n9999999999,0,5853100,5\n";
  options.compare_book = put("recorded.csv", recorded);
  report = replay(options);
  EXPECT_EQ(report.first_difference, "");
  EXPECT_EQ(report.compared, 3u);
  EXPECT_EQ(get(options.trades), trades_head + "3,34202,585.33,40,,,,,buy\n");
  put("recorded.csv", "5853300,100,5853000,200\n5853300,41,5853000,200\n9999999999,0,5853000,200\n9999999999,0,5853100,5\n");
  report = replay(options);
  EXPECT_EQ(report.first_difference, options.compare_book + ":2: ask level 1 is 41 at 585.33; the replay has 40 at 585.33");
  EXPECT_EQ(report.differing, 1u);
}

TEST_F(Replay, MalformedLobsterMessagesAreRefused) {
  options.format = FlowFormat::lobster;
  const std::pair<const char*, const char*> cases[] = {
      {"34200,1,11,10,5853300\n", "has 5 columns, not 6"},
      {"34200,8,11,10,5853300,1\n", "type \"8\" is not one of 1 to 7"},
      {"34200,1,0,10,5853300,1\n", "order id \"0\" is not above 0"},
      {"34200,1,a,10,5853300,1\n", "order id \"a\" is not a whole number below 10^17"},
      {"34200,1,11,-10,5853300,1\n", "size \"-10\" is negative"},
      {"34200,1,11,10,58533.5,1\n", "price \"58533.5\" is not a whole number"},
      {"34200,1,11,10,5853300,0\n", "direction \"0\" is not 1 or -1"},
      {"34200,7,0,0,5,-1\n", "price \"5\" of a halt is not -1, 0 or 1"},
      {",1,11,10,5853300,1\n", "time is missing"},
  };
  for (const auto& [line, message] : cases) EXPECT_EQ(refusal_of(line), std::string("flow.csv:1: ") + message);
}

TEST_F(Replay, FilesAreThereOrNamed) {
  options.events = (folder / "lost.csv").string();
  EXPECT_EQ(refusal([&] { replay(options); }), options.events + ": no such file");
  options.events = folder.string();
  EXPECT_EQ(refusal([&] { replay(options); }), folder.string() + ": is a folder; a file was expected");
  options.events = put("flow.csv", head);
  options.overwrite = Overwrite::refuse;
  put("trades.csv", "old");
  EXPECT_THAT(refusal([&] { replay(options); }), HasSubstr("trades.csv: exists already"));
  EXPECT_EQ(get(options.trades), "old");
}

TEST_F(Replay, StopsWhenInterruptedAndLeavesNothing) {
  put("flow.csv", head + "1,,L,1,,sell,48.50,100\n");
  EXPECT_THROW(replay(options, [] { return true; }), std::runtime_error);
  EXPECT_FALSE(fs::exists(options.trades));
  EXPECT_FALSE(fs::exists(options.trades + ".part"));
}

TEST(Decimal, IsExact) {
  const auto count = [](std::string_view text, int decimals) { return parse_decimal(text, decimals).count; };
  EXPECT_EQ(count("48.5", 2), 4850);
  EXPECT_EQ(count("-0.07", 2), -7);
  EXPECT_EQ(count("007", 0), 7);
  EXPECT_EQ(count("1.2300", 2), 123);
  EXPECT_EQ(count("99999999999999999", 0), 99999999999999999);
  EXPECT_EQ(parse_decimal("1.234", 2).fault, DecimalFault::too_fine);
  EXPECT_EQ(parse_decimal("100000000000000000", 0).fault, DecimalFault::too_large);
  EXPECT_EQ(parse_decimal("1000000000000000", 2).fault, DecimalFault::too_large);
  EXPECT_EQ(parse_decimal("999999999999999999999999999", 2).fault, DecimalFault::too_large);
  for (const char* text : {"", "-", ".", "1.", ".1", "+1", "1..2", "1.2.3", " 1", "1 ", "0x1", "--1", "1,0"})
    EXPECT_EQ(parse_decimal(text, 2).fault, DecimalFault::not_a_number) << text;
}

TEST(Digits, ShortNumbersAreReadWhateverStandsAround) {
  const std::string around = "9999999999999999";
  for (const char* digits : {"0", "7", "42", "100", "9999", "12345", "654321", "7654321", "87654321"}) {
    const std::string text = around + digits + around;
    EXPECT_EQ(short_number(std::string_view(text).substr(around.size(), std::string_view(digits).size())), std::stoull(digits));
  }
  for (const std::string bad : {"", "123456789", "1x", "x1", "1.2", "-1", "1234567/", ":2345678", "\xff"}) {
    const std::string text = around + bad + around;
    EXPECT_EQ(short_number(std::string_view(text).substr(around.size(), bad.size())), no_digits) << bad;
  }
}

TEST(Digits, LinesAreCutAtEveryComma) {
  for (std::size_t length = 0; length < 70; ++length)
    for (std::size_t step = 1; step < 20; ++step) {
      std::string text(16 + length + 16, ',');
      std::size_t commas = 0;
      for (std::size_t i = 0; i < length; ++i) commas += (text[16 + i] = i % step == step - 1 ? ',' : 'x') == ',';
      std::string_view field[80];
      const std::string_view line = std::string_view(text).substr(16, length);
      ASSERT_EQ(split_at_commas(line, field, 80), commas + 1) << length << ' ' << step;
      std::string joined(field[0]);
      for (std::size_t i = 1; i <= commas; ++i) joined += "," + std::string(field[i]);
      ASSERT_EQ(joined, line);
    }
}

}  // namespace
}  // namespace tantu
