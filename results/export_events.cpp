// The tape of a run as order flow: events.csv in the format of `tantu replay`, the listed trades as the replay
// writes them, and rules.json with the rules that act while orders match. Orders that the exchange refused are
// left out, so what it checked before (limits, cover, sizes) need not be checked again.
#include <cmath>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/csv_text.hpp"
#include "results/export.hpp"
#include "results/flow_files.hpp"
#include "sim/date.hpp"
#include "sim/exchange.hpp"
#include "sim/input_error.hpp"

namespace tantu {

namespace {

/// From ticks of account to the decimals that a replay with this tick keeps.
struct PriceText {
  int decimals = 2;
  std::int64_t multiply = 1, divide = 1;
  Price operator()(std::int64_t ticks) const { return Price{ticks * multiply / divide}; }
};

PriceText price_text(double scale, double tick, const std::string& name) {
  int tens = 0;
  double in_scale = scale;
  for (; in_scale < 0.5 && tens < 9; ++tens) in_scale *= 10;
  if (std::abs(in_scale - 1) > 1e-9)
    throw InputError(name, "/orders", fmt::format("prices in units of {} have no exact decimals", scale));
  PriceText text;
  double units = tick * 100;
  for (; std::abs(units - std::round(units)) > 1e-9 * units && text.decimals < 8; ++text.decimals) units *= 10;
  for (int i = tens; i < text.decimals; ++i) text.multiply *= 10;
  for (int i = text.decimals; i < tens; ++i) text.divide *= 10;
  return text;
}

struct RecordedOrders {
  std::vector<std::int32_t> day, price, account;
  std::vector<std::uint8_t> cancel, side, rejection;
  std::vector<std::int64_t> quantity, order;
};

RecordedOrders read_orders(const ResultReader& results) {
  const std::string orders = "/orders/orders";
  return {results.read_column<std::int32_t>(orders, "day"), results.read_column<std::int32_t>(orders, "price"),
          results.read_column<std::int32_t>(orders, "account"), results.read_column<std::uint8_t>(orders, "cancel"),
          results.read_column<std::uint8_t>(orders, "side"), results.read_column<std::uint8_t>(orders, "rejection"),
          results.read_column<std::int64_t>(orders, "quantity"), results.read_column<std::int64_t>(orders, "order")};
}

}  // namespace

std::string export_events(const ExportTask& task) {
  const ResultReader& results = task.results;
  for (const char* group : {"orders", "trades"})
    if (!results.find(fmt::format("/{0}/{0}", group)))
      throw InputError(task.name, fmt::format("/{}", group), "is missing: record the run with --record orders,trades");
  const auto attributes = results.attributes();
  const auto scenario = nlohmann::ordered_json::parse(std::get<std::string>(attributes.at("scenario")));
  const auto& markets = scenario.at("markets");
  if (markets.size() != 1)
    throw InputError(task.name, "/orders", fmt::format("is the tape of {} markets; order flow is that of one", markets.size()));
  const auto& market = *markets.begin();
  const auto& exchange = market.at("exchange");
  const PriceText text = price_text(market.at("unit").at("price_scale").get<double>(), exchange.at("tick").get<double>(), task.name);
  const bool for_the_day = exchange.at("order_days").get<double>() == 1;

  std::error_code failure;
  std::filesystem::create_directory(task.target, failure);
  if (failure || !std::filesystem::is_directory(task.target))
    throw InputError(task.target.string(), "", "this folder cannot be made; choose another with -o");

  OutputFile events(task.target / "events.csv", task.overwrite);
  CsvText rows;
  std::uint64_t written = 0, refused = 0;
  const auto flush = [&](std::size_t most) {
    if (rows.size() < most) return;
    events.write(rows.text());
    rows.clear();
  };
  rows.make_room(256);
  rows.put("seq,time,type,order,account,side,price,qty,date,tif\n");

  const RecordedOrders tape = read_orders(results);
  std::unordered_map<std::int64_t, std::uint64_t> sent;  // order to the event that sent it
  std::int32_t day = -1;
  std::string date;
  for (std::size_t i = 0; i < tape.order.size(); ++i) {
    if (static_cast<Rejection>(tape.rejection[i]) != Rejection::none) {
      ++refused;
      continue;
    }
    if (tape.day[i] != day) date = to_string(Day{day = tape.day[i]});
    rows.make_room(256);
    rows.put(++written).put(tape.cancel[i] ? ",,X," : ",,L,").put(static_cast<std::uint64_t>(tape.order[i])).put(',');
    rows.put(static_cast<std::uint64_t>(tape.account[i])).put(',');
    if (tape.cancel[i]) {
      rows.put(",,");
    } else {
      sent.emplace(tape.order[i], written);
      rows.put(tape.side[i] == 0 ? "buy," : "sell,").put_decimal(text(tape.price[i]).count, text.decimals).put(',');
      rows.put(static_cast<std::uint64_t>(tape.quantity[i]));
    }
    rows.put(',').put(date).put(for_the_day && !tape.cancel[i] ? ",day\n" : ",\n");
    flush(std::size_t{1} << 16);
  }
  flush(0);

  const std::string table = "/trades/trades";
  const auto kind = results.read_column<std::uint8_t>(table, "kind");
  const auto aggressor = results.read_column<std::uint8_t>(table, "aggressor");
  const auto price = results.read_column<std::int32_t>(table, "price"), buyer = results.read_column<std::int32_t>(table, "buyer"),
             seller = results.read_column<std::int32_t>(table, "seller");
  const auto quantity = results.read_column<std::int64_t>(table, "quantity"), buy = results.read_column<std::int64_t>(table, "buy_order"),
             sell = results.read_column<std::int64_t>(table, "sell_order");
  TradesFile trades(task.target / "trades.csv", task.overwrite, text.decimals, no_order);
  std::uint64_t listed = 0;
  for (std::size_t i = 0; i < kind.size(); ++i) {
    if (static_cast<TradeKind>(kind[i]) != TradeKind::listed) continue;
    FlowEvent cause;
    cause.sequence = sent.at(aggressor[i] == 0 ? buy[i] : sell[i]);
    trades.trade(cause, {static_cast<std::uint64_t>(buy[i]), static_cast<std::uint64_t>(sell[i]), static_cast<std::uint32_t>(buyer[i]),
                         static_cast<std::uint32_t>(seller[i]), static_cast<Side>(aggressor[i]), text(price[i]), Tonnes{quantity[i]}});
    ++listed;
  }
  nlohmann::ordered_json rules;
  for (const char* key : {"tick", "matching", "self_trade"}) rules[key] = exchange.at(key);
  events.commit();
  trades.commit();
  write_file(task.target / "rules.json", rules.dump(2) + "\n", task.overwrite);
  const std::string folder = task.target.string();
  return fmt::format("{} events and {} trades in {}; {} refused orders left out\n"
                     "tantu replay {}/events.csv --rules {}/rules.json --trades again.csv gives {}/trades.csv again\n",
                     written, listed, folder, refused, folder, folder, folder);
}

}  // namespace tantu
