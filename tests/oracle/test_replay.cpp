// The replay against a slow, obvious reading of the same file: getline, a vector of words a line, prices
// as strings of digits, and the reference book. Same trades file to the byte, same book, same counts of
// rejections and malformed lines, on random files with all types of events, ids used again, icebergs, self-trade
// prevention, daily limits, lots, and (in some) damaged lines.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/replay.hpp"
#include "tests/folder.hpp"
#include "tests/oracle/reference_book.hpp"
#include "tests/random.hpp"

namespace tantu {
namespace {

namespace fs = std::filesystem;

using tests::Random;

// What the rules file says, in hundredths of currency and tonnes; 0 is off.
struct Rules {
  std::string name;
  std::int64_t tick = 1, lot = 1, most = 0, low = 0, high = 0;
  std::optional<Meeting> self_trade{};
  bool market_orders = true;
  std::string json{};
  std::int64_t spread = 60;   // prices lie this far around 48.50
  int damaged = 0;            // percent of lines
  bool icebergs = false;
};

void PrintTo(const Rules& rules, std::ostream* out) { *out << rules.name; }

std::string money(std::int64_t cents) {
  const std::string digits = std::to_string(cents < 0 ? -cents : cents);
  const std::string padded = std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
  return (cents < 0 ? "-" : "") + padded.substr(0, padded.size() - 2) + "." + padded.substr(padded.size() - 2);
}

std::string random_file(Random& random, const Rules& rules, std::int64_t events) {
  std::ostringstream out;
  out << "seq,time,type,order,account,side,price,qty" << (rules.icebergs ? ",display" : "") << '\n';
  std::int64_t time = 34'200'000;
  for (std::int64_t i = 1; i <= events; ++i) {
    time += random.below(30);
    const std::string seconds = random.chance(5) ? "" : std::to_string(time / 1000) + "." + std::to_string(1000 + time % 1000).substr(1);
    const std::int64_t id = 1 + random.below(400);  // few ids: duplicates, cancels of the dead, used again
    const std::string account = random.chance(20) ? "" : std::to_string(random.below(6));
    const std::string side = random.chance(50) ? (random.chance(50) ? "buy" : "B") : (random.chance(50) ? "sell" : "S");
    std::int64_t cents = 4850 + random.below(2 * rules.spread + 1) - rules.spread;
    cents -= random.chance(95) ? cents % rules.tick : 0;
    std::string price = money(cents);
    if (price.ends_with(".00") && random.chance(50)) price.resize(price.size() - 3);
    else if (random.chance(3)) price += "0";
    else if (random.chance(2)) price += "3";
    const std::string qty = std::to_string((random.below(40) + (random.chance(97) ? 1 : 0)) * (random.chance(95) ? rules.lot : 1));
    std::string line = std::to_string(i) + "," + seconds + ",";
    const std::int64_t kind = random.below(100);
    if (kind < 55) line += "L," + std::to_string(id) + "," + account + "," + side + "," + price + "," + qty;
    else if (kind < 60) line += "M," + std::to_string(id) + "," + account + "," + side + ",," + qty;
    else if (kind < 66) line += "I," + std::to_string(id) + "," + account + "," + side + "," + price + "," + qty;
    else if (kind < 71) line += "F," + std::to_string(id) + "," + account + "," + side + "," + price + "," + qty;
    else if (kind < 86) line += "X," + std::to_string(id) + ",,,,";
    else line += "R," + std::to_string(id) + ",,," + (random.chance(40) ? "" : price) + "," + (random.chance(30) ? "" : qty);
    if (rules.icebergs) line += "," + (random.chance(30) ? std::to_string(random.below(15)) : std::string());
    if (random.chance(rules.damaged)) {
      // A byte lost, doubled or changed into another one of those that occur.
      const auto at = static_cast<std::size_t>(random.below(static_cast<std::int64_t>(line.size())));
      const std::string bytes = "0123456789,.-LMIFXRbuyselBS x";
      switch (random.below(3)) {
        case 0: line.erase(at, 1); break;
        case 1: line.insert(at, 1, line[at]); break;
        default: line[at] = bytes[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(bytes.size())))];
      }
    }
    out << line << (random.chance(3) ? "\r\n" : "\n");
  }
  return out.str();
}

struct Result {
  std::string trades, book;
  std::map<std::string, std::uint64_t> rejected;
  std::uint64_t events = 0, malformed = 0;
};

bool all_digits(const std::string& word) { return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos; }

/// Hundredths of a price; "fine" where there are more decimals that are not 0; nullopt: not a number.
struct Cents {
  std::int64_t count = 0;
  bool fine = false;
};
std::optional<Cents> cents_of(std::string word) {
  const bool negative = !word.empty() && word[0] == '-';
  if (negative) word.erase(0, 1);
  const std::size_t point = word.find('.');
  std::string whole = word.substr(0, point), part = point == std::string::npos ? "0" : word.substr(point + 1);
  if (!all_digits(whole) || !all_digits(part)) return std::nullopt;
  while (part.size() < 2) part += '0';
  const bool fine = part.find_first_not_of('0', 2) != std::string::npos;
  const std::int64_t count = std::stoll(whole + part.substr(0, 2));
  return Cents{negative ? -count : count, fine};
}

Result read_slowly(const std::string& text, const Rules& rules) {
  Result result;
  reference::Book book(1000);
  // Strangers, the orders without an account, must not be taken for one account: each gets its own number.
  book.self_trade = rules.self_trade;
  std::uint32_t stranger = 1'000'000;
  std::istringstream in(text);
  std::ostringstream trades;
  trades << "seq,time,price,qty,buy_order,sell_order,buy_account,sell_account,aggressor\n";
  std::string line;
  std::getline(in, line);
  const std::size_t columns = rules.icebergs ? 9 : 8;
  double last_time = -1;
  std::string last_seq = "0";
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> word(1);
    for (const char c : line) {
      if (c == ',') word.emplace_back();
      else word.back() += c;
    }
    const auto is_well_formed = [&] {
      if (word.size() != columns || !all_digits(word[0])) return false;
      if (!word[1].empty()) {
        const std::size_t point = word[1].find('.');
        if (!all_digits(word[1].substr(0, point)) || (point != std::string::npos && !all_digits(word[1].substr(point + 1)))) return false;
        const double time = std::stod(word[1]);
        if (time < last_time || time >= 86401) return false;
      }
      if (word[2].size() != 1 || std::string("LMIFXR").find(word[2]) == std::string::npos || !all_digits(word[3])) return false;
      if (!word[4].empty() && (!all_digits(word[4]) || std::stoull(word[4]) >= 0xffffffffu)) return false;
      const bool is_new = word[2] != "X" && word[2] != "R";
      if (word[5].empty() ? is_new : !std::set<std::string>{"buy", "sell", "B", "S"}.contains(word[5])) return false;
      if (word[6].empty() ? is_new && word[2] != "M" : !cents_of(word[6])) return false;
      if (word[7].empty() ? is_new : !all_digits(word[7])) return false;
      return columns == 8 || word[8].empty() || all_digits(word[8]);
    };
    if (!is_well_formed()) {
      ++result.malformed;
      continue;
    }
    if (!word[1].empty()) last_time = std::stod(word[1]);
    last_seq = std::to_string(std::stoull(word[0]));
    ++result.events;

    const std::uint64_t id = std::stoull(word[3]);
    const auto reject = [&](const std::string& why) { ++result.rejected[why]; };
    const auto report = [&](const reference::Trade& t) {
      const bool buying = t.incoming_side == Side::buy;
      const auto account = [](std::uint32_t a) { return a >= 1'000'000 ? std::string() : std::to_string(a); };
      trades << last_seq << ',' << word[1] << ',' << money(t.price.count) << ',' << t.quantity << ','
             << (buying ? t.incoming_id : t.resting_id) << ',' << (buying ? t.resting_id : t.incoming_id) << ','
             << account(buying ? t.incoming_account : t.resting_account) << ','
             << account(buying ? t.resting_account : t.incoming_account) << ',' << (buying ? "buy" : "sell") << '\n';
    };
    const auto wrong_quantity = [&](std::int64_t quantity) -> std::string {
      if (quantity <= 0) return "quantity not above zero";
      if (quantity % rules.lot != 0) return "not a multiple of the lot";
      if (rules.most > 0 && quantity > rules.most) return "larger than a listed order may be";
      return "";
    };
    const auto wrong_price = [&](Cents price) -> std::string {
      if (price.fine || (std::abs(price.count) < (std::int64_t{1} << 31) && price.count % rules.tick != 0)) return "not on the tick";
      if (std::abs(price.count) >= (std::int64_t{1} << 31)) return "price beyond what the book can hold";
      if (rules.high > 0 && (price.count < rules.low || price.count > rules.high)) return "outside the price limits";
      return "";
    };

    if (word[2] == "X") {
      if (book.cancel(id) == Outcome::unknown_order) reject("no order with this id rests");
    } else if (word[2] == "R") {
      if (!book.ids.contains(id)) {
        reject("no order with this id rests");
        continue;
      }
      const reference::Order& order = *book.ids.at(id);
      const std::int64_t quantity = word[7].empty() ? order.open() : std::stoll(word[7]);
      const Cents price = word[6].empty() ? Cents{order.price.count} : *cents_of(word[6]);
      if (const std::string why = wrong_quantity(quantity); !why.empty()) reject(why);
      else if (const std::string what = word[6].empty() ? "" : wrong_price(price); !what.empty()) reject(what);
      else book.replace(id, Price{price.count}, Tonnes{quantity}, report);
    } else {
      NewOrder order{id, word[4].empty() ? stranger++ : static_cast<std::uint32_t>(std::stoul(word[4])),
                     word[5] == "buy" || word[5] == "B" ? Side::buy : Side::sell,
                     static_cast<OrderType>(std::string("LMIF").find(word[2])), {}, Tonnes{std::stoll(word[7])}, {}, good_till_cancelled};
      if (columns == 9 && !word[8].empty()) order.display = Tonnes{std::stoll(word[8])};
      if (word[2] == "M" && !rules.market_orders) {
        reject("market orders are not allowed");
        continue;
      }
      if (const std::string why = wrong_quantity(order.quantity.count); !why.empty()) {
        reject(why);
        continue;
      }
      if (word[2] != "M") {
        const Cents price = *cents_of(word[6]);
        if (const std::string why = wrong_price(price); !why.empty()) {
          reject(why);
          continue;
        }
        order.price = Price{price.count};
      }
      if (book.submit(order, report).outcome == Outcome::duplicate_id) reject("an order with this id rests already");
    }
  }
  result.trades = trades.str();
  std::ostringstream rows;
  rows << "seq,side,level,price,qty,orders\n";
  const auto list = [&](const auto& side, const char* name) {
    int level = 0;
    for (const auto& [price, queue] : side) {
      std::int64_t shown = 0;
      for (const reference::Order& order : queue) shown += order.shown;
      rows << last_seq << ',' << name << ',' << ++level << ',' << money(price.count) << ',' << shown << ',' << queue.size() << '\n';
    }
  };
  list(book.bids, "buy");
  list(book.asks, "sell");
  result.book = rows.str();
  return result;
}

std::string first_difference(const std::string& a, const std::string& b) {
  std::istringstream x(a), y(b);
  std::string p, q;
  for (int line = 1;; ++line) {
    const bool more_a = static_cast<bool>(std::getline(x, p)), more_b = static_cast<bool>(std::getline(y, q));
    if (!more_a && !more_b) return "none";
    if (more_a != more_b || p != q)
      return "line " + std::to_string(line) + ": replay \"" + (more_a ? p : "-") + "\", slow reading \"" + (more_b ? q : "-") + "\"";
  }
}

std::string get(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ReplayOracle : public testing::TestWithParam<Rules> {};

TEST_P(ReplayOracle, ReadsTheSameFileToTheSameTradesAndBook) {
  const Rules& rules = GetParam();
  const tests::Folder folder;
  std::uint64_t traded = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random(seed);
    const std::string text = random_file(random, rules, 6000);
    std::ofstream(folder / "flow.csv", std::ios::binary) << text;
    std::ofstream(folder / "rules.json") << rules.json;
    ReplayOptions options;
    options.events = (folder / "flow.csv").string();
    if (!rules.json.empty()) options.rules = (folder / "rules.json").string();
    options.trades = (folder / "trades.csv").string();
    options.book = (folder / "book.csv").string();
    options.overwrite = Overwrite::allow;
    if (rules.damaged > 0) options.bad_lines = BadLines::skip;
    const ReplayReport report = replay(options);
    const Result slow = read_slowly(text, rules);
    const std::string where = rules.name + ", seed " + std::to_string(seed);
    ASSERT_EQ(first_difference(get(options.trades), slow.trades), "none") << where;
    ASSERT_EQ(first_difference(get(options.book), slow.book), "none") << where;
    EXPECT_EQ(report.malformed, slow.malformed) << where << ", the first: " << report.first_malformed;
    EXPECT_EQ(report.counts.events, slow.events) << where;
    std::map<std::string, std::uint64_t> rejected;
    for (std::size_t why = 0; why < rejection_names.size(); ++why)
      if (report.counts.rejected[why] > 0) rejected[std::string(rejection_names[why])] = report.counts.rejected[why];
    EXPECT_EQ(rejected, slow.rejected) << where;
    traded += report.counts.trades;
  }
  EXPECT_GT(traded, 1000u);
}

Rules guarded(std::string name, Meeting meeting, const std::string& word) {
  Rules rules{.name = std::move(name)};
  rules.self_trade = meeting;
  rules.json = "{\"self_trade\": \"" + word + "\"}";
  return rules;
}

INSTANTIATE_TEST_SUITE_P(
    Flows, ReplayOracle,
    testing::Values(Rules{.name = "Plain"}, Rules{.name = "Wide", .spread = 4000}, Rules{.name = "OnePrice", .spread = 0},
                    Rules{.name = "Icebergs", .icebergs = true}, Rules{.name = "Damaged", .damaged = 30, .icebergs = true},
                    Rules{.name = "Limits", .tick = 5, .lot = 10, .most = 300, .low = 4365, .high = 5335, .market_orders = false,
                          .json = R"({"tick": 0.05, "lot_t": 10, "listed_most_t": 300, "price_limit": 0.1, "opening_reference": 48.50, "market_orders": false})",
                          .spread = 600},
                    guarded("CancelNewest", Meeting::withdraw_incoming, "cancel_newest"),
                    guarded("CancelOldest", Meeting::withdraw_resting, "cancel_oldest"),
                    guarded("CancelBoth", Meeting::withdraw_both, "cancel_both"),
                    guarded("Decrement", Meeting::decrement, "decrement")),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace tantu
