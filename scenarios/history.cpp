#include "scenarios/history.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "scenarios/wording.hpp"

namespace tantu {

namespace {

enum Column : std::uint8_t { year, variable, value, market, entity, month, day, columns };
constexpr std::array<std::string_view, columns> column_names{"year", "variable", "value", "market", "entity", "month", "day"};
constexpr double most_value = 1e15;

class Reader {
 public:
  Reader(ByteSource& source, const std::string& name, const std::vector<std::string>& markets) : lines_(source), name_(name), markets_(markets) {}

  Histories read(std::size_t most) {
    read_header();
    std::map<std::string, std::vector<HistoryRow>> rows;
    std::set<std::tuple<std::string, Given, HistoryDate, std::string>> seen;
    std::size_t n = 0;
    for (std::string_view line; lines_.next(line);) {
      if (lines_.fault() == LineFault::too_long) refuse(fmt::format("the line is longer than {} bytes", LineReader::longest_line));
      // A last line without an end is whole where a file was written by hand; what is cut does not parse.
      if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
      if (++n > most) refuse(fmt::format("more than {} rows are not read", most));
      cut(line);
      const std::string where = read_market();
      HistoryRow row = read_row();
      if (!seen.insert({where, row.variable, row.when, row.entity}).second)
        refuse(fmt::format("{} of {}{} stands in an earlier line already", shown(field_[variable]), to_string(row.when),
                           row.entity.empty() ? "" : " for " + shown(row.entity)));
      rows[where].push_back(std::move(row));
    }
    if (rows.empty()) throw InputError(name_, "", "has no rows; e.g. 2021,output,1000000");
    Histories histories;
    for (auto& [id, list] : rows) histories.emplace(id, HistoryView(name_, std::move(list)));
    return histories;
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(name_, std::to_string(std::max<std::uint64_t>(lines_.number(), 1)), message);
  }

  /// Fields of a line; quotes may stand around a field, and "" for a quote within it.
  void split(std::string_view line, std::vector<std::string>& fields) const {
    fields.clear();
    for (std::size_t i = 0;; ++i) {
      std::string text;
      if (i < line.size() && line[i] == '"') {
        for (++i;; ++i) {
          if (i >= line.size()) refuse("a quote is not closed");
          if (line[i] != '"') text += line[i];
          else if (i + 1 < line.size() && line[i + 1] == '"') text += line[++i];
          else break;
        }
        ++i;
        if (i < line.size() && line[i] != ',') refuse("a comma was expected behind a closing quote");
      } else {
        const std::size_t comma = std::min(line.find(',', i), line.size());
        text = line.substr(i, comma - i);
        i = comma;
      }
      fields.push_back(std::move(text));
      if (i >= line.size()) return;
    }
  }

  void read_header() {
    std::string_view line;
    if (!lines_.next(line)) throw InputError(name_, "", "is empty; a header year,variable,value was expected");
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    std::vector<std::string> names;
    split(line, names);
    at_.fill(columns_missing);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto known = std::find(column_names.begin(), column_names.end(), names[i]);
      if (known == column_names.end()) {
        static const std::vector<std::string> all(column_names.begin(), column_names.end());
        refuse(fmt::format("\"{}\" is not a column; {}", shown(names[i]), suggestion(names[i], all)));
      }
      std::size_t& place = at_[static_cast<std::size_t>(known - column_names.begin())];
      if (place != columns_missing) refuse(fmt::format("the column {} stands twice", names[i]));
      place = i;
    }
    for (const Column needed : {year, variable, value})
      if (at_[needed] == columns_missing)
        refuse(fmt::format("the header \"{}\" lacks the column {}; year,variable,value[,market][,entity][,month][,day] was expected", shown(line),
                           column_names[needed]));
    wanted_ = names.size();
  }

  void cut(std::string_view line) {
    std::vector<std::string> fields;
    split(line, fields);
    if (fields.size() != wanted_) refuse(fmt::format("has {} columns, not {}", fields.size(), wanted_));
    for (std::size_t c = 0; c < columns; ++c) {
      field_[c].clear();
      if (at_[c] != columns_missing) field_[c] = std::move(fields[at_[c]]);
    }
  }

  std::string read_market() const {
    const std::string& id = field_[market];
    if (id.empty()) {
      if (markets_.size() > 1) refuse(fmt::format("the market is missing; one of {}", listed(markets_)));
      return markets_.front();
    }
    if (std::find(markets_.begin(), markets_.end(), id) == markets_.end())
      refuse(fmt::format("there is no market \"{}\"; {}", shown(id), suggestion(id, markets_)));
    return id;
  }

  int whole(Column column, int least, int most) const {
    const std::string& text = field_[column];
    int n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
      refuse(fmt::format("{} \"{}\" is not a whole number", column_names[column], shown(text)));
    if (n < least || n > most) refuse(fmt::format("{} {} is not in [{}, {}]", column_names[column], n, least, most));
    return n;
  }

  HistoryRow read_row() const {
    HistoryRow row;
    row.line = lines_.number();
    row.when.year = whole(year, 1600, 9999);
    if (!field_[month].empty()) row.when.month = whole(month, 1, 12);
    if (!field_[day].empty()) {
      row.when.day = whole(day, 1, 31);
      if (row.when.month == 0) refuse("a day is given without its month");
      if (!parse_day(fmt::format("{:04}-{:02}-{:02}", row.when.year, row.when.month, row.when.day)))
        refuse(fmt::format("there is no day {}", to_string(row.when)));
    }
    const auto known = std::find(given_names.begin(), given_names.end(), field_[variable]);
    if (known == given_names.end()) {
      static const std::vector<std::string> all(given_names.begin(), given_names.end());
      refuse(fmt::format("\"{}\" is not a variable of a history; {}", shown(field_[variable]), suggestion(field_[variable], all)));
    }
    row.variable = static_cast<Given>(known - given_names.begin());
    row.entity = field_[entity];
    if (shown(row.entity, 256) != row.entity) refuse(fmt::format("the entity \"{}\" is longer than 256 bytes or holds control characters", shown(row.entity)));
    const std::string& text = field_[value];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), row.value);
    if (error == std::errc::invalid_argument || end != text.data() + text.size() || !std::isfinite(row.value))
      refuse(fmt::format("value \"{}\" is not a number", shown(text)));
    if (error != std::errc{} || std::abs(row.value) > most_value) refuse(fmt::format("value \"{}\" is too large", shown(text)));
    const bool signed_value = row.variable == Given::inflation || row.variable == Given::net_sales || row.variable == Given::tnac || row.variable == Given::holdings;
    if (row.value < 0 && !signed_value) refuse(fmt::format("{} {} is negative", field_[variable], text));
    if (row.variable == Given::inflation && (row.value <= -1 || row.value > 10))
      refuse(fmt::format("inflation {} is not in (-1, 10]; a share was expected, e.g. 0.021 for 2.1%", text));
    return row;
  }

  static constexpr std::size_t columns_missing = ~std::size_t{0};
  LineReader lines_;
  const std::string& name_;
  const std::vector<std::string>& markets_;
  std::array<std::size_t, columns> at_{};
  std::array<std::string, columns> field_;
  std::size_t wanted_ = 0;
};

/// Whole numbers without a point, others in the shortest form that reads back to the same number.
std::string number(double x) {
  if (std::abs(x) < 9e15 && x == std::floor(x)) return fmt::format("{}", static_cast<std::int64_t>(x));
  return fmt::format("{}", x);
}

/// A field that holds a comma or a quote stands in quotes.
std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

}  // namespace

Histories read_history(ByteSource& source, const std::string& name, const std::vector<std::string>& markets, std::size_t most) {
  return Reader(source, name, markets).read(most);
}

std::vector<MarketAnswers> answer(const SimulationSetup& setup, const Histories& histories, std::uint32_t wanted) {
  std::vector<MarketAnswers> answers;
  for (const auto& rules : setup.markets) {
    const auto history = histories.find(rules->name);
    if (history == histories.end()) continue;
    answers.push_back({rules->name, ask_rules({history->second, rules->policies, rules->cycles, rules->price_scale, wanted})});
  }
  return answers;
}

std::string answers_csv(const std::vector<MarketAnswers>& answers, std::uint32_t wanted, bool name_markets) {
  std::string text = "year,variable,value,market,entity,month,day\n";
  for (const MarketAnswers& market : answers)
    for (const auto& [key, value] : market.answers.all()) {
      if ((wanted >> static_cast<unsigned>(key.variable) & 1) == 0) continue;
      const std::string_view name = answer_names[static_cast<std::size_t>(key.variable)];
      text += fmt::format("{},{}{},{},{},{},{},{}\n", key.when.year, name, key.tier == 1 ? "" : fmt::format("_{}", key.tier), number(value),
                          name_markets ? quoted(market.market) : "", quoted(key.entity), key.when.month ? std::to_string(key.when.month) : "",
                          key.when.day ? std::to_string(key.when.day) : "");
    }
  return text;
}

std::uint32_t answers_named(std::string_view words) {
  static const std::vector<std::string> all(answer_names.begin(), answer_names.end());
  if (words.empty()) return ~std::uint32_t{0};
  std::uint32_t wanted = 0;
  while (!words.empty()) {
    const std::size_t comma = std::min(words.find(','), words.size());
    const std::string name(words.substr(0, comma));
    const auto known = std::find(all.begin(), all.end(), name);
    if (known == all.end()) throw InputError(fmt::format("tantu rules: --only: \"{}\" is not an answer; {}", shown(name), suggestion(name, all)));
    wanted |= std::uint32_t{1} << (known - all.begin());
    words.remove_prefix(std::min(comma + 1, words.size()));
  }
  return wanted;
}

}  // namespace tantu
