// The tape of a run as order flow: events.csv in the format of `tantu replay`, the trades in the book and in calls as
// the replay writes them, and rules.json with the rules that act while orders match. Messages that the exchange
// refused are left out, so what it checked before (cover, sizes, rates) need not be checked again. Every trading day
// begins with an event D, so that days without orders count. Block trades are no part of it.
#include <cmath>
#include <limits>
#include <string_view>
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

/// A column of the recorded messages and one of the trades.
template <class T>
std::vector<T> of_orders(const ResultReader& results, const char* column) { return results.read_column<T>("/orders/orders", column); }
template <class T>
std::vector<T> of_trades(const ResultReader& results, const char* column) { return results.read_column<T>("/trades/trades", column); }

constexpr std::string_view type_letters = "LMIF";

/// What a replay has to know to match as the run did.
nlohmann::ordered_json rules_of(const nlohmann::ordered_json& exchange, const nlohmann::ordered_json& scenario) {
  nlohmann::ordered_json rules;
  for (const char* key : {"opening_reference", "tick", "matching", "self_trade", "order_days", "timetable", "halts", "close_by", "reference_without_trade",
                          "price_limit", "static_collar", "dynamic_collar", "interruption_minutes", "one_way_least_t", "one_way_limit", "one_way_pricing"})
    if (exchange.contains(key)) rules[key] = exchange.at(key);
  // A warm start takes the place of the opening reference.
  if (scenario.contains("initial")) {
    const auto take = [&](const nlohmann::ordered_json& initial) {
      if (initial.contains("price") && !initial.at("price").is_null()) rules["opening_reference"] = initial.at("price");
    };
    take(scenario.at("initial"));
    if (scenario.at("initial").contains("markets"))
      for (const auto& own : scenario.at("initial").at("markets")) take(own);
  }
  return rules;
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
  rows.put("seq,time,type,order,account,side,price,qty,date,tif,display\n");

  const auto day = of_orders<std::int32_t>(results, "day"), price = of_orders<std::int32_t>(results, "price"),
             account = of_orders<std::int32_t>(results, "account"), sequence = of_orders<std::int32_t>(results, "sequence");
  const auto message = of_orders<std::uint8_t>(results, "message"), side = of_orders<std::uint8_t>(results, "side"),
             rejection = of_orders<std::uint8_t>(results, "rejection"), type = of_orders<std::uint8_t>(results, "type"),
             tif = of_orders<std::uint8_t>(results, "time_in_force");
  const auto quantity = of_orders<std::int64_t>(results, "quantity"), order = of_orders<std::int64_t>(results, "order"),
             display = of_orders<std::int64_t>(results, "display"), time = of_orders<std::int64_t>(results, "time");

  const auto kind = of_trades<std::uint8_t>(results, "kind"), aggressor = of_trades<std::uint8_t>(results, "aggressor");
  const auto traded_at = of_trades<std::int32_t>(results, "price"), buyer = of_trades<std::int32_t>(results, "buyer"),
             seller = of_trades<std::int32_t>(results, "seller"), trade_day = of_trades<std::int32_t>(results, "day"),
             trade_sequence = of_trades<std::int32_t>(results, "sequence");
  const auto traded = of_trades<std::int64_t>(results, "quantity"), buy = of_trades<std::int64_t>(results, "buy_order"),
             sell = of_trades<std::int64_t>(results, "sell_order"), trade_time = of_trades<std::int64_t>(results, "time");
  TradesFile trades(task.target / "trades.csv", task.overwrite, text.decimals, no_order);
  std::uint64_t listed = 0;
  std::size_t next_trade = 0;
  const auto before = [](std::int32_t a_day, std::int32_t a_sequence, std::int32_t b_day, std::int32_t b_sequence) {
    return a_day != b_day ? a_day < b_day : a_sequence < b_sequence;
  };
  // Trades before a message were caused by the one that was written last. A withdrawal by the exchange has no number
  // of its own but that of the message before it: where that one has been written, its trades come first.
  std::string cause_time;
  std::int32_t numbered_day = -1, numbered = -1;
  const auto write_trades_before = [&](std::int32_t to_day, std::int32_t to_sequence, std::int64_t to_time) {
    const bool written_already = numbered_day == to_day && numbered == to_sequence;
    const auto is_before = [&](std::size_t i) {
      return before(trade_day[i], trade_sequence[i], to_day, to_sequence) ||
             (trade_day[i] == to_day && trade_sequence[i] == to_sequence &&
              (written_already || (static_cast<TradeKind>(kind[i]) == TradeKind::call && trade_time[i] <= to_time)));
    };
    for (; next_trade < kind.size() && is_before(next_trade); ++next_trade) {
      const std::size_t i = next_trade;
      const auto what = static_cast<TradeKind>(kind[i]);
      if (what != TradeKind::listed && what != TradeKind::call && what != TradeKind::one_way) continue;
      FlowEvent cause;
      cause.sequence = written;
      cause.time = cause_time;
      const auto number = [](std::int64_t id) { return id <= 0 ? no_order : static_cast<std::uint64_t>(id); };
      trades.trade(cause, {number(buy[i]), number(sell[i]), static_cast<std::uint32_t>(buyer[i]), static_cast<std::uint32_t>(seller[i]),
                           static_cast<Side>(aggressor[i]), text(traded_at[i]), Tonnes{traded[i]}, what, trade_time[i]});
      ++listed;
    }
  };

  std::vector<std::int32_t> days;
  if (results.find("/daily/day")) days = results.read<std::int32_t>("/daily/day");
  std::size_t next_day = 0;
  std::string date;
  const auto begin_days = [&](std::int32_t to_day) {
    for (; next_day < days.size() && days[next_day] <= to_day; ++next_day) {
      write_trades_before(days[next_day], 0, no_time);
      date = to_string(Day{days[next_day]});
      cause_time.clear();
      rows.make_room(256);
      rows.put(++written).put(",,D,,,,,,").put(date).put(",,\n");
    }
  };
  for (std::size_t i = 0; i < order.size(); ++i) {
    begin_days(day[i]);
    if (static_cast<Rejection>(rejection[i]) != Rejection::none) {
      ++refused;
      continue;
    }
    write_trades_before(day[i], sequence[i], time[i]);
    if (days.empty()) date = to_string(Day{day[i]});
    const auto what = static_cast<MessageKind>(message[i]);
    if (what != MessageKind::cancel) {
      numbered_day = day[i];
      numbered = sequence[i];
    }
    cause_time.clear();
    if (time[i] >= 0) cause_time = fmt::format("{}.{:09}", time[i] / 1'000'000'000, time[i] % 1'000'000'000);
    rows.make_room(512);
    rows.put(++written).put(',').put(cause_time).put(',');
    switch (what) {
      case MessageKind::cancel: rows.put('X'); break;
      case MessageKind::replace: rows.put('R'); break;
      case MessageKind::halt: rows.put('H'); break;
      case MessageKind::resume: rows.put('G'); break;
      case MessageKind::call_bids: rows.put('A'); break;
      case MessageKind::bid: rows.put('O'); break;
      case MessageKind::end_bids: rows.put('E'); break;
      default: rows.put(type_letters[type[i]]); break;
    }
    rows.put(',');
    if (order[i] > 0) rows.put(static_cast<std::uint64_t>(order[i]));
    rows.put(',');
    if (account[i] >= 0) rows.put(static_cast<std::uint64_t>(account[i]));
    rows.put(',');
    const bool is_order = what == MessageKind::order;
    if (is_order || what == MessageKind::call_bids || what == MessageKind::bid) rows.put(side[i] == 0 ? "buy" : "sell");
    rows.put(',');
    const bool priced = what == MessageKind::replace || what == MessageKind::call_bids || what == MessageKind::bid || (is_order && type[i] != 1);
    if (priced) rows.put_decimal(text(price[i]).count, text.decimals);
    rows.put(',');
    if (priced || is_order) rows.put(static_cast<std::uint64_t>(quantity[i]));
    rows.put(',').put(date).put(',');
    if (is_order && tif[i] != 0) rows.put(tif[i] == 1 ? "day" : "gtc");
    rows.put(',');
    if (is_order && display[i] > 0) rows.put(static_cast<std::uint64_t>(display[i]));
    rows.put('\n');
    flush(std::size_t{1} << 16);
  }
  begin_days(std::numeric_limits<std::int32_t>::max());
  write_trades_before(std::numeric_limits<std::int32_t>::max(), 0, no_time);
  flush(0);

  const nlohmann::ordered_json rules = rules_of(exchange, scenario);
  events.commit();
  trades.commit();
  write_file(task.target / "rules.json", rules.dump(2) + "\n", task.overwrite);
  const std::string folder = task.target.string();
  // A listed agreement draws; the draws of a run hang on its seed and replication.
  std::string key;
  if (exchange.contains("matching") && exchange.at("matching") == "listed_agreement")
    key = fmt::format(" --seed {} --replication {}", scenario.at("run").at("seed").get<std::uint64_t>(), scenario.at("run").at("replication").get<std::uint64_t>());
  return fmt::format("{} events and {} trades in {}; {} refused messages left out\n"
                     "tantu replay {}/events.csv --rules {}/rules.json{} --trades again.csv gives {}/trades.csv again\n",
                     written, listed, folder, refused, folder, folder, key, folder);
}

}  // namespace tantu
