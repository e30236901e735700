// The tape of a run as order flow: events.csv in the format of `tantu replay`, the trades as the replay writes them,
// and rules.json with the rules that act while orders match. Messages that the exchange refused are left out, so what it
// checked before (cover, sizes, rates) need not be checked again. Every trading day begins with an event D, so that days
// without orders count. Trades outside the book are events of their own, after the close. positions.csv states what the
// accounts owned, for rules that ask. Where a run has several instruments each has a folder.
#include <algorithm>
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

/// The instrument of each row of a table; a run with one has no such column.
std::vector<std::int32_t> instruments_of_rows(const ResultReader& results, const char* table, std::size_t rows) {
  const auto found = results.find(table);
  const bool has = std::any_of(found->columns.begin(), found->columns.end(), [](const Column& c) { return c.name == "instrument"; });
  return has ? results.read_column<std::int32_t>(table, "instrument") : std::vector<std::int32_t>(rows, 0);
}

constexpr std::string_view type_letters = "LMIF";

/// What a replay has to know to match as the run did.
nlohmann::ordered_json rules_of(const nlohmann::ordered_json& exchange, const nlohmann::ordered_json& scenario, const std::string& market,
                                bool opens_the_run) {
  nlohmann::ordered_json rules;
  for (const char* key : {"opening_reference", "tick", "matching", "self_trade", "order_days", "timetable", "halts", "close_by", "reference_without_trade",
                          "price_limit", "static_collar", "dynamic_collar", "interruption_minutes", "block_least_t", "block_limit", "block_from", "block_until", "negotiated_least_t",
                          "negotiated_limit", "one_way_least_t", "one_way_limit", "one_way_pricing"})
    if (exchange.contains(key)) rules[key] = exchange.at(key);
  // A warm start takes the place of the opening reference.
  if (opens_the_run && scenario.contains("initial")) {
    const auto take = [&](const nlohmann::ordered_json& initial) {
      if (initial.contains("price") && !initial.at("price").is_null()) rules["opening_reference"] = initial.at("price");
    };
    take(scenario.at("initial"));
    if (scenario.at("initial").contains("markets") && scenario.at("initial").at("markets").contains(market)) take(scenario.at("initial").at("markets").at(market));
  }
  return rules;
}

/// The recorded messages and trades of a run, column by column.
struct RecordedTape {
  explicit RecordedTape(const ResultReader& r)
      : day(of_orders<std::int32_t>(r, "day")), price(of_orders<std::int32_t>(r, "price")), account(of_orders<std::int32_t>(r, "account")),
        sequence(of_orders<std::int32_t>(r, "sequence")), message(of_orders<std::uint8_t>(r, "message")), side(of_orders<std::uint8_t>(r, "side")),
        rejection(of_orders<std::uint8_t>(r, "rejection")), type(of_orders<std::uint8_t>(r, "type")), tif(of_orders<std::uint8_t>(r, "time_in_force")),
        quantity(of_orders<std::int64_t>(r, "quantity")), order(of_orders<std::int64_t>(r, "order")), display(of_orders<std::int64_t>(r, "display")),
        time(of_orders<std::int64_t>(r, "time")), kind(of_trades<std::uint8_t>(r, "kind")), aggressor(of_trades<std::uint8_t>(r, "aggressor")),
        traded_at(of_trades<std::int32_t>(r, "price")), buyer(of_trades<std::int32_t>(r, "buyer")), seller(of_trades<std::int32_t>(r, "seller")),
        trade_day(of_trades<std::int32_t>(r, "day")), trade_sequence(of_trades<std::int32_t>(r, "sequence")), traded(of_trades<std::int64_t>(r, "quantity")),
        buy(of_trades<std::int64_t>(r, "buy_order")), sell(of_trades<std::int64_t>(r, "sell_order")), trade_time(of_trades<std::int64_t>(r, "time")) {
    instrument = instruments_of_rows(r, "/orders/orders", order.size());
    trade_instrument = instruments_of_rows(r, "/trades/trades", kind.size());
  }
  std::vector<std::int32_t> day, price, account, sequence;
  std::vector<std::uint8_t> message, side, rejection, type, tif;
  std::vector<std::int64_t> quantity, order, display, time;
  std::vector<std::uint8_t> kind, aggressor;
  std::vector<std::int32_t> traded_at, buyer, seller, trade_day, trade_sequence;
  std::vector<std::int64_t> traded, buy, sell, trade_time;
  std::vector<std::int32_t> instrument, trade_instrument;
};

struct Written {
  std::uint64_t events = 0, trades = 0, refused = 0;
};

/// Writes the events of one instrument's book and the trades that they cause, in the order of a replay.
class FlowOfBook {
 public:
  FlowOfBook(const RecordedTape& tape, std::int32_t instrument, std::vector<std::int32_t> days, PriceText text, const std::filesystem::path& folder, Overwrite overwrite)
      : tape_(tape), instrument_(instrument), days_(std::move(days)), text_(text), events_(folder / "events.csv", overwrite),
        trades_(folder / "trades.csv", overwrite, text.decimals, no_order) {
    for (std::size_t i = 0; i < tape.kind.size(); ++i)
      if (tape.trade_instrument[i] == instrument) left_.push_back(i);
  }

  Written write() {
    rows_.make_room(256);
    rows_.put("seq,time,type,order,account,side,price,qty,date,tif,display,other\n");
    for (std::size_t i = 0; i < tape_.order.size(); ++i) {
      if (tape_.instrument[i] != instrument_) continue;
      begin_days(tape_.day[i]);
      if (static_cast<MessageKind>(tape_.message[i]) == MessageKind::lapse) continue;  // follows from the rules again
      if (static_cast<Rejection>(tape_.rejection[i]) != Rejection::none) {
        ++written_.refused;
        continue;
      }
      write_trades_before(tape_.day[i], tape_.sequence[i], tape_.time[i]);
      write_message(i);
    }
    begin_days(end_of_time);
    end_day(end_of_time);
    flush(0);
    events_.commit();
    trades_.commit();
    return written_;
  }

 private:
  static constexpr std::int32_t end_of_time = std::numeric_limits<std::int32_t>::max();

  void flush(std::size_t most) {
    if (rows_.size() < most) return;
    events_.write(rows_.text());
    rows_.clear();
  }
  static bool is_outside(TradeKind kind) { return kind == TradeKind::block || kind == TradeKind::group || kind == TradeKind::negotiated; }
  TradeKind kind_of(std::size_t i) const { return static_cast<TradeKind>(tape_.kind[i]); }

  void write_trade(std::size_t i) {
    FlowEvent cause;
    cause.sequence = written_.events;
    cause.time = cause_time_;
    const auto number = [](std::int64_t id) { return id <= 0 ? no_order : static_cast<std::uint64_t>(id); };
    trades_.trade(cause, {number(tape_.buy[i]), number(tape_.sell[i]), static_cast<std::uint32_t>(tape_.buyer[i]), static_cast<std::uint32_t>(tape_.seller[i]),
                          static_cast<Side>(tape_.aggressor[i]), text_(tape_.traded_at[i]), Tonnes{tape_.traded[i]}, kind_of(i), tape_.trade_time[i]});
    ++written_.trades;
  }

  void set_time(std::int64_t time) {
    cause_time_.clear();
    if (time >= 0) cause_time_ = fmt::format("{}.{:09}", time / 1'000'000'000, time % 1'000'000'000);
  }

  /// A trade outside the book is an event and its trade.
  void write_outside(std::size_t i) {
    set_time(tape_.trade_time[i]);
    rows_.make_room(512);
    rows_.put(++written_.events).put(',').put(cause_time_).put(kind_of(i) == TradeKind::negotiated ? ",N,," : ",B,,");
    rows_.put(static_cast<std::uint64_t>(tape_.seller[i])).put(",sell,").put_decimal(text_(tape_.traded_at[i]).count, text_.decimals);
    rows_.put(',').put(static_cast<std::uint64_t>(tape_.traded[i])).put(',').put(date_).put(",,,").put(static_cast<std::uint64_t>(tape_.buyer[i])).put('\n');
    write_trade(i);
    flush(std::size_t{1} << 16);
  }

  // Trades before a message were caused by the one that was written last. A withdrawal by the exchange has no number
  // of its own but that of the message before it: where that one has been written, its trades come first.
  void write_trades_before(std::int32_t day, std::int32_t sequence, std::int64_t time) {
    const bool written_already = numbered_day_ == day && numbered_ == sequence;
    for (; next_ < left_.size(); ++next_) {
      const std::size_t i = left_[next_];
      const bool before = tape_.trade_day[i] != day ? tape_.trade_day[i] < day : tape_.trade_sequence[i] < sequence;
      const bool in_time = tape_.trade_day[i] == day && tape_.trade_sequence[i] == sequence &&
                           (written_already || (kind_of(i) == TradeKind::call && tape_.trade_time[i] <= time));
      if (!before && !in_time) break;
      is_outside(kind_of(i)) ? write_outside(i) : write_trade(i);
    }
  }

  // Without a clock a call that ends with the day trades after all events of the day in a replay, so after those outside
  // the book, which in the run came after the close.
  void end_day(std::int32_t before) {
    const std::size_t first = next_;
    while (next_ < left_.size() && tape_.trade_day[left_[next_]] < before) ++next_;
    const auto ends_the_day = [&](std::size_t i) { return kind_of(i) == TradeKind::call && tape_.trade_time[i] < 0; };
    for (std::size_t n = first; n < next_; ++n)
      if (const std::size_t i = left_[n]; !ends_the_day(i)) is_outside(kind_of(i)) ? write_outside(i) : write_trade(i);
    for (std::size_t n = first; n < next_; ++n)
      if (ends_the_day(left_[n])) write_trade(left_[n]);
  }

  void begin_days(std::int32_t to_day) {
    for (; next_day_ < days_.size() && days_[next_day_] <= to_day; ++next_day_) {
      end_day(days_[next_day_]);
      date_ = to_string(Day{days_[next_day_]});
      cause_time_.clear();
      rows_.make_room(256);
      rows_.put(++written_.events).put(",,D,,,,,,").put(date_).put(",,,\n");
    }
  }

  void write_message(std::size_t i) {
    if (days_.empty()) date_ = to_string(Day{tape_.day[i]});
    const auto what = static_cast<MessageKind>(tape_.message[i]);
    if (what != MessageKind::cancel) {
      numbered_day_ = tape_.day[i];
      numbered_ = tape_.sequence[i];
    }
    set_time(tape_.time[i]);
    rows_.make_room(512);
    rows_.put(++written_.events).put(',').put(cause_time_).put(',');
    switch (what) {
      case MessageKind::cancel: rows_.put('X'); break;
      case MessageKind::replace: rows_.put('R'); break;
      case MessageKind::halt: rows_.put('H'); break;
      case MessageKind::resume: rows_.put('G'); break;
      case MessageKind::call_bids: rows_.put('A'); break;
      case MessageKind::bid: rows_.put('O'); break;
      case MessageKind::end_bids: rows_.put('E'); break;
      default: rows_.put(type_letters[tape_.type[i]]); break;
    }
    rows_.put(',');
    if (tape_.order[i] > 0) rows_.put(static_cast<std::uint64_t>(tape_.order[i]));
    rows_.put(',');
    if (tape_.account[i] >= 0) rows_.put(static_cast<std::uint64_t>(tape_.account[i]));
    rows_.put(',');
    const bool is_order = what == MessageKind::order;
    if (is_order || what == MessageKind::call_bids || what == MessageKind::bid) rows_.put(tape_.side[i] == 0 ? "buy" : "sell");
    rows_.put(',');
    const bool priced = what == MessageKind::replace || what == MessageKind::call_bids || what == MessageKind::bid || (is_order && tape_.type[i] != 1);
    if (priced) rows_.put_decimal(text_(tape_.price[i]).count, text_.decimals);
    rows_.put(',');
    if (priced || is_order) rows_.put(static_cast<std::uint64_t>(tape_.quantity[i]));
    rows_.put(',').put(date_).put(',');
    if (is_order && tape_.tif[i] != 0) rows_.put(tape_.tif[i] == 1 ? "day" : "gtc");
    rows_.put(',');
    if (is_order && tape_.display[i] > 0) rows_.put(static_cast<std::uint64_t>(tape_.display[i]));
    rows_.put(",\n");
    flush(std::size_t{1} << 16);
  }

  const RecordedTape& tape_;
  std::int32_t instrument_;
  std::vector<std::int32_t> days_;
  PriceText text_;
  OutputFile events_;
  TradesFile trades_;
  CsvText rows_;
  std::vector<std::size_t> left_;  ///< trades of the instrument
  std::size_t next_ = 0, next_day_ = 0;
  std::string date_, cause_time_;
  std::int32_t numbered_day_ = -1, numbered_ = -1;
  Written written_;
};

/// An instrument as the scenario has it: its market, and its name where the market has several.
struct BookOfRun {
  std::string name, market_id;
  nlohmann::ordered_json market, exchange;
  bool opens_the_run = true;  ///< delivers the vintage of the first day
};

std::vector<BookOfRun> books_of(const nlohmann::ordered_json& scenario) {
  std::vector<BookOfRun> books;
  const auto& markets = scenario.at("markets");
  for (const auto& [id, market] : markets.items()) {
    if (!market.contains("instruments") || market.at("instruments").empty()) {
      books.push_back({id, id, market, market.at("exchange")});
      continue;
    }
    const int first_year = std::stoi(scenario.at("run").at("first_day").get<std::string>());
    std::vector<std::pair<std::pair<bool, std::int64_t>, BookOfRun>> listed;  // allowances by vintage, then offsets
    const auto is_of_offsets = [](const nlohmann::ordered_json& instrument) { return !instrument.at("offset").get_ref<const std::string&>().empty(); };
    const auto& named = market.at("instruments");
    if (std::all_of(named.begin(), named.end(), is_of_offsets))
      books.push_back({markets.size() == 1 ? "allowances" : id + "/allowances", id, market, market.at("exchange")});
    for (const auto& [name, instrument] : market.at("instruments").items()) {
      const auto year = [&, &instrument = instrument](const char* key, std::int64_t otherwise) { return instrument.at(key).is_null() ? otherwise : instrument.at(key).template get<std::int64_t>(); };
      const std::int64_t oldest = year("first_vintage", std::numeric_limits<std::int64_t>::min()), newest = year("last_vintage", std::numeric_limits<std::int64_t>::max());
      listed.push_back({{is_of_offsets(instrument), oldest}, {markets.size() == 1 ? name : id + "/" + name, id, market, instrument.at("exchange"), !is_of_offsets(instrument) && oldest <= first_year && first_year <= newest}});
    }
    std::stable_sort(listed.begin(), listed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [oldest, book] : listed) books.push_back(std::move(book));
  }
  return books;
}

/// The days on which the book was open: those with a close.
std::vector<std::int32_t> days_of(const ResultReader& results, std::size_t book, std::size_t books) {
  if (!results.find("/daily/day")) return {};
  const auto days = results.read<std::int32_t>("/daily/day");
  const auto close = results.read<std::int32_t>(results.find("/instruments/close") ? "/instruments/close" : "/daily/close");
  if (close.size() != books * days.size()) return days;
  std::vector<std::int32_t> open;
  for (std::size_t d = 0; d < days.size(); ++d)
    if (close[book * days.size() + d] != missing<std::int32_t>()) open.push_back(days[d]);
  return open;
}

/// What the accounts of a book owned, as `tantu replay --positions` reads it.
std::string positions_of(const ResultReader& results, std::int32_t instrument, PriceText text) {
  const auto read = [&]<class T>(const char* column, T) { return results.read_column<T>("/positions/positions", column); };
  const auto day = read("day", std::int32_t{}), account = read("account", std::int32_t{});
  const auto allowances = read("allowances", std::int64_t{}), cash = read("cash", std::int64_t{});
  const auto of = instruments_of_rows(results, "/positions/positions", day.size());
  CsvText rows;
  rows.make_room(64);
  rows.put("account,allowances,cash,date\n");
  for (std::size_t i = 0; i < day.size(); ++i) {
    if (of[i] != instrument) continue;
    rows.make_room(128);
    rows.put(static_cast<std::uint64_t>(account[i])).put(',').put(static_cast<std::uint64_t>(allowances[i])).put(',');
    rows.put_decimal(text(cash[i]).count, text.decimals).put(',').put(to_string(Day{day[i]})).put('\n');
  }
  return std::string(rows.text());
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure || !std::filesystem::is_directory(folder)) throw InputError(folder.string(), "", "this folder cannot be made; choose another with -o");
}

}  // namespace

std::string export_events(const ExportTask& task) {
  const ResultReader& results = task.results;
  for (const char* group : {"orders", "positions", "trades"})
    if (!results.find(fmt::format("/{0}/{0}", group)))
      throw InputError(task.name, fmt::format("/{}", group), "is missing: record the run with --record orders,trades");
  const auto attributes = results.attributes();
  const auto scenario = nlohmann::ordered_json::parse(std::get<std::string>(attributes.at("scenario")));
  const std::vector<BookOfRun> books = books_of(scenario);
  const RecordedTape tape(results);
  std::string words;
  for (std::size_t n = 0; n < books.size(); ++n) {
    const nlohmann::ordered_json& exchange = books[n].exchange;
    const PriceText text = price_text(books[n].market.at("unit").at("price_scale").get<double>(), exchange.at("tick").get<double>(), task.name);
    const std::filesystem::path folder = books.size() == 1 ? task.target : task.target / books[n].name;
    make_folder(folder);
    const Written written = FlowOfBook(tape, static_cast<std::int32_t>(n), days_of(results, n, books.size()), text, folder, task.overwrite).write();
    write_file(folder / "rules.json", rules_of(exchange, scenario, books[n].market_id, books[n].opens_the_run).dump(2) + "\n", task.overwrite);
    write_file(folder / "positions.csv", positions_of(results, static_cast<std::int32_t>(n), text), task.overwrite);
    const std::string place = folder.string();
    // A listed agreement draws; the draws of a run hang on its seed and replication.
    std::string key;
    if (exchange.contains("matching") && exchange.at("matching") == "listed_agreement")
      key = fmt::format(" --seed {} --replication {}", scenario.at("run").at("seed").get<std::uint64_t>(), scenario.at("run").at("replication").get<std::uint64_t>());
    words += fmt::format("{} events and {} trades in {}; {} refused messages left out\n"
                         "tantu replay {}/events.csv --rules {}/rules.json{} --trades again.csv gives {}/trades.csv again\n",
                         written.events, written.trades, place, written.refused, place, place, key, place);
  }
  return words;
}

}  // namespace tantu
