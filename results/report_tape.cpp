// What the tapes of a result show: who sold to whom, and how deep the book was.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <set>

#include "results/report_parts.hpp"

namespace tantu {

namespace {

constexpr std::int32_t accounts_before_firms = 2;  ///< the treasury and the regulator (docs/file-formats.md, Results)
constexpr std::size_t price_rows = 72;             ///< of the heatmap
constexpr std::size_t day_columns = 260;
constexpr std::size_t most_names = 60;             ///< a matrix of more is no picture

/// A way to sort firms: by sector, group or region; who has none comes last.
struct Sorting {
  std::string by;
  std::vector<std::string> names;
  std::vector<int> of_firm;
};

std::optional<Sorting> sorting(const ResultReader& file, const std::string& by, std::size_t firms) {
  const auto variable = file.find("/firms/" + by);
  const auto codes = read_values(file, "/firms/" + by, firms);
  if (!variable || !codes) return std::nullopt;
  Sorting s{by, names_of_codes(*variable), {}};
  const int none = static_cast<int>(s.names.size());
  for (const double code : *codes) s.of_firm.push_back(code >= 0 && code < none ? static_cast<int>(code) : none);
  if (std::find(s.of_firm.begin(), s.of_firm.end(), none) != s.of_firm.end()) s.names.push_back("");
  return s;
}

void write_flows(const ResultReader& file, const std::vector<std::int32_t>& buyer, const std::vector<std::int32_t>& seller,
                 const std::vector<std::int64_t>& quantity, JsonText& json) {
  const auto label = file.find("/firms/firm");
  json.key("flows").open('[');
  for (const char* by : {"sector", "group", "region"}) {
    if (!label) break;
    auto s = sorting(file, by, label->size());
    if (!s || s->names.empty() || s->names.size() > most_names) continue;
    const auto place = [&](std::int32_t account) {
      const std::int64_t row = std::int64_t{account} - accounts_before_firms;
      return row >= 0 && row < static_cast<std::int64_t>(s->of_firm.size()) ? static_cast<std::size_t>(s->of_firm[static_cast<std::size_t>(row)]) : s->names.size();
    };
    const std::size_t n = s->names.size() + 1;  // the last: accounts that are no firm's
    std::vector<double> tonnes(n * n);
    for (std::size_t i = 0; i < buyer.size(); ++i) tonnes[place(seller[i]) * n + place(buyer[i])] += static_cast<double>(quantity[i]);
    json.open('{').member("by", by).key("names").values(s->names).key("tonnes").values(tonnes, 15).close('}');
  }
  json.close(']');
}

struct Rest {
  std::int32_t price = 0;
  std::int64_t open = 0;
  bool sells = false;
  std::int64_t until = 0;  ///< last session in which it rests
};

/// What rests at the close of each session: sent and accepted, less traded, less withdrawn and lapsed, as long as orders live.
class Depth {
 public:
  void order(std::int64_t id, const Rest& rest) { resting_[id] = rest; }
  void replace(std::int64_t id, std::int32_t price, std::int64_t quantity) {
    if (const auto at = resting_.find(id); at != resting_.end()) at->second.price = price, at->second.open = quantity;
  }
  /// By a trade, or untraded.
  void lessen(std::int64_t id, std::int64_t quantity) {
    const auto at = resting_.find(id);
    if (at != resting_.end() && (at->second.open -= quantity) <= 0) resting_.erase(at);
  }
  void withdraw(std::int64_t id) { resting_.erase(id); }
  /// What rests outside a session's limits leaves when it opens.
  void limit(std::int32_t low, std::int32_t high) {
    std::erase_if(resting_, [&](const auto& entry) { return entry.second.price < low || entry.second.price > high; });
  }
  template <class Visit>
  void close(std::int64_t session, Visit visit) {
    for (const auto& [id, rest] : resting_) visit(rest);
    std::erase_if(resting_, [&](const auto& entry) { return entry.second.until <= session; });
  }

 private:
  std::map<std::int64_t, Rest> resting_;
};

// What stands in the column `message` (results/run_file.cpp).
constexpr std::uint8_t new_order = 0, withdrawal = 1, replacement = 2, lapse = 11;
// In `type` and `time_in_force`: other types than limit orders never rest.
constexpr std::uint8_t limit_order = 0, for_the_day = 1, until_cancelled = 2;

void write_depth(const ResultReader& file, const Variable& orders, std::int64_t order_days, JsonText& json) {
  const auto day = file.read_column<std::int32_t>("/orders/orders", "day");
  const auto message = file.read_column<std::uint8_t>("/orders/orders", "message");
  const auto side = file.read_column<std::uint8_t>("/orders/orders", "side");
  const auto rejection = file.read_column<std::uint8_t>("/orders/orders", "rejection");
  const auto price = file.read_column<std::int32_t>("/orders/orders", "price");
  const auto quantity = file.read_column<std::int64_t>("/orders/orders", "quantity");
  const auto id = file.read_column<std::int64_t>("/orders/orders", "order");
  const auto type = file.read_column<std::uint8_t>("/orders/orders", "type");
  const auto in_force = file.read_column<std::uint8_t>("/orders/orders", "time_in_force");
  const auto number = file.read_column<std::int32_t>("/orders/orders", "sequence");
  const auto traded_number = file.read_column<std::int32_t>("/trades/trades", "sequence");
  const auto traded_day = file.read_column<std::int32_t>("/trades/trades", "day");
  const auto traded = file.read_column<std::int64_t>("/trades/trades", "quantity");
  const auto buy = file.read_column<std::int64_t>("/trades/trades", "buy_order");
  const auto sell = file.read_column<std::int64_t>("/trades/trades", "sell_order");
  double scale = 1;
  for (const Column& c : orders.columns)
    if (c.name == "price") scale = c.meaning.scale_factor;
  if (day.empty()) return;

  std::vector<std::int32_t> accepted;
  for (std::size_t i = 0; i < day.size(); ++i)
    if (rejection[i] == 0 && message[i] == new_order && price[i] > 0) accepted.push_back(price[i]);
  if (accepted.empty()) return;
  std::sort(accepted.begin(), accepted.end());
  // A stray quote far from all others must not press the picture into a line.
  const std::int32_t low = accepted[accepted.size() / 500], high = accepted[accepted.size() - 1 - accepted.size() / 500];
  const std::int32_t height = std::max<std::int32_t>((high - low) / static_cast<std::int32_t>(price_rows) + 1, 1);
  const std::int32_t first = day.front(), last = std::max(day.back(), first);
  const std::int32_t width = (last - first) / static_cast<std::int32_t>(day_columns) + 1;
  const auto columns = static_cast<std::size_t>((last - first) / width + 1), rows = static_cast<std::size_t>((high - low) / height + 1);
  std::vector<double> bids(columns * rows), asks(columns * rows), sessions(columns), bid_total, ask_total;

  Depth depth;
  // Sessions without an order count as well: what rests from before is there.
  std::set<std::int32_t> sessions_on(day.begin(), day.end());
  std::map<std::int32_t, std::pair<std::int32_t, std::int32_t>> limits;
  if (const auto days = file.find("/daily/day"), band = file.find("/daily/limit_low"); days && band && days->size() == band->size()) {
    const auto trading_days = file.read<std::int32_t>("/daily/day"), lows = file.read<std::int32_t>("/daily/limit_low"), highs = file.read<std::int32_t>("/daily/limit_high");
    for (std::size_t k = 0; k < trading_days.size(); ++k) {
      sessions_on.insert(trading_days[k]);
      if (lows[k] != missing<std::int32_t>()) limits[trading_days[k]] = {lows[k], highs[k]};
    }
  }
  std::size_t i = 0, t = 0;
  std::int64_t session = 0;
  // A trade carries the number of the message after which it happened; a replacement names what is left then.
  const auto trades_until = [&](std::int32_t today, std::int32_t message_number) {
    for (; t < traded_day.size() && (traded_day[t] < today || (traded_day[t] == today && traded_number[t] < message_number)); ++t) {
      depth.lessen(buy[t], traded[t]);
      depth.lessen(sell[t], traded[t]);
    }
  };
  for (const std::int32_t today : sessions_on) {
    if (const auto band = limits.find(today); band != limits.end()) depth.limit(band->second.first, band->second.second);
    for (; i < day.size() && day[i] == today; ++i) {
      trades_until(today, number[i]);
      if (rejection[i] != 0) continue;
      if (message[i] == withdrawal) depth.withdraw(id[i]);
      else if (message[i] == lapse) depth.lessen(id[i], quantity[i]);
      else if (message[i] == replacement) depth.replace(id[i], price[i], quantity[i]);
      else if (message[i] == new_order && type[i] == limit_order) {
        const bool for_ever = in_force[i] == until_cancelled || (in_force[i] != for_the_day && order_days <= 0);
        const std::int64_t until = for_ever ? std::numeric_limits<std::int64_t>::max() : in_force[i] == for_the_day ? session : session + order_days - 1;
        depth.order(id[i], {price[i], quantity[i], side[i] == 1, until});
      }
    }
    trades_until(today, std::numeric_limits<std::int32_t>::max());
    const auto column = static_cast<std::size_t>(std::clamp((today - first) / width, 0, static_cast<std::int32_t>(columns - 1)));
    sessions[column] += 1;
    double bid = 0, ask = 0;
    depth.close(session, [&](const Rest& rest) {
      (rest.sells ? ask : bid) += static_cast<double>(rest.open);
      if (rest.price < low || rest.price > high) return;
      const auto row = static_cast<std::size_t>((rest.price - low) / height);
      (rest.sells ? asks : bids)[column * rows + row] += static_cast<double>(rest.open);
    });
    bid_total.push_back(bid);
    ask_total.push_back(ask);
    ++session;
  }
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t r = 0; r < rows; ++r)
      for (auto* side_of : {&bids, &asks}) (*side_of)[c * rows + r] /= std::max(sessions[c], 1.0);

  json.key("depth").open('{').member("first_day", first).member("days", width).member("columns", columns).member("rows", rows);
  json.member("lowest", low * scale).member("height", height * scale);
  json.key("bids").values(bids, 4).key("asks").values(asks, 4);
  double bid_sum = 0, ask_sum = 0;
  for (std::size_t i = 0; i < bid_total.size(); ++i) bid_sum += bid_total[i], ask_sum += ask_total[i];
  json.member("mean_bids", bid_sum / static_cast<double>(bid_total.size())).member("mean_asks", ask_sum / static_cast<double>(ask_total.size()));
  json.close('}');
}

}  // namespace

void write_tape(const ResultReader& file, std::int64_t order_days, JsonText& json) {
  const auto trades = file.find("/trades/trades"), orders = file.find("/orders/orders");
  if (!trades || trades->columns.empty()) return;
  json.key("tape").open('{').member("trades", static_cast<std::int64_t>(trades->size()));
  // With several markets the tape does not say whose account it is.
  const auto market = file.find("/yearly/market");
  if (market && market->size() == 1)
    write_flows(file, file.read_column<std::int32_t>("/trades/trades", "buyer"), file.read_column<std::int32_t>("/trades/trades", "seller"),
                file.read_column<std::int64_t>("/trades/trades", "quantity"), json);
  if (orders && !orders->columns.empty() && market && market->size() == 1) write_depth(file, *orders, order_days, json);
  json.close('}');
}

}  // namespace tantu
