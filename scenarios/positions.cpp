#include "scenarios/positions.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "scenarios/decimal.hpp"
#include "scenarios/line_reader.hpp"
#include "scenarios/wording.hpp"
#include "sim/order_flow.hpp"

namespace tantu {

namespace {

enum Column : std::size_t { account, allowances, cash, date, group, maker, columns };
constexpr std::array<std::string_view, columns> names{"account", "allowances", "cash", "date", "group", "maker"};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t comma = std::min(line.find(','), line.size());
    words.push_back(line.substr(0, comma));
    if (comma == line.size()) return words;
    line.remove_prefix(comma + 1);
  }
}

}  // namespace

void read_positions(const std::string& file, int decimals, bool needs_cash, SessionInputs& inputs) {
  constexpr std::int64_t most_tonnes = 1'000'000'000'000;
  FileSource source(file);
  LineReader lines(source);
  const std::string name = shown(file, 300);
  const auto refuse = [&](const std::string& message) { throw InputError(name, std::to_string(std::max<std::uint64_t>(lines.number(), 1)), message); };

  std::string_view line;
  const bool there = lines.next(line);
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  std::array<std::size_t, columns> position;
  position.fill(columns);
  const std::vector<std::string_view> header = words_of(line);
  bool well_formed = there && header.size() >= 2 && header[0] == names[account] && header[1] == names[allowances];
  for (std::size_t i = 0; well_formed && i < header.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), header[i]);
    well_formed = found != names.end() && position[static_cast<std::size_t>(found - names.begin())] == columns;
    if (well_formed) position[static_cast<std::size_t>(found - names.begin())] = i;
  }
  if (!well_formed)
    refuse(fmt::format("the header is \"{}\"; account,allowances[,cash][,date][,group][,maker] was expected", shown(line)));
  if (needs_cash && position[cash] == columns) refuse("the header has no column cash, which the rule credit needs");

  std::set<std::pair<std::int32_t, std::uint32_t>> seen;
  while (lines.next(line)) {
    if (lines.fault() != LineFault::none) refuse("the line is too long or has no line break at its end");
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != header.size()) refuse(fmt::format("has {} columns, not {}", words.size(), header.size()));
    const auto field = [&](Column column) { return position[column] == columns ? std::string_view() : words[position[column]]; };
    const auto number = [&](Column column, int places) {
      const Decimal read = parse_decimal(field(column), places);
      if (read.fault == DecimalFault::not_a_number) refuse(fmt::format("{} \"{}\" is not a number", names[column], shown(field(column))));
      if (read.fault != DecimalFault::none)
        refuse(fmt::format("{} \"{}\" has more than {} decimals or is too large", names[column], shown(field(column)), places));
      if (column != cash && read.count < 0) refuse(fmt::format("{} \"{}\" is negative", names[column], shown(field(column))));
      return read.count;
    };
    const std::int64_t who = number(account, 0), held = number(allowances, 0);
    if (who >= no_account) refuse(fmt::format("account \"{}\" is not below {}", shown(field(account)), no_account));
    if (held > most_tonnes) refuse(fmt::format("allowances \"{}\" are more than {} tonnes", shown(field(allowances)), most_tonnes));
    Statement statement;
    statement.account = static_cast<std::uint32_t>(who);
    statement.allowances = Tonnes{held};
    if (position[cash] != columns) statement.cash = Cash{number(cash, decimals)};
    if (!field(date).empty()) {
      const auto day = parse_day(field(date));
      if (!day) refuse(fmt::format("date \"{}\" is not a day like 2021-07-16", shown(field(date))));
      statement.day = day->number;
    }
    if (!seen.emplace(statement.day, statement.account).second) refuse(fmt::format("account {} stands in an earlier line already", who));
    if (!field(group).empty()) {
      const std::int64_t of = number(group, 0);
      if (of >= 1'000'000) refuse(fmt::format("group \"{}\" is not below 1000000", shown(field(group))));
      const auto [known, fresh] = inputs.group_of.try_emplace(statement.account, static_cast<std::uint32_t>(of));
      if (!fresh && known->second != static_cast<std::uint32_t>(of)) refuse(fmt::format("account {} is in another group in an earlier line", who));
    }
    if (!field(maker).empty() && field(maker) != "0") {
      if (field(maker) != "1") refuse(fmt::format("maker \"{}\" is not 0 or 1", shown(field(maker))));
      inputs.makers.push_back(statement.account);
    }
    inputs.statements.push_back(statement);
  }
  std::stable_sort(inputs.statements.begin(), inputs.statements.end(), [](const Statement& a, const Statement& b) { return a.day < b.day; });
}

}  // namespace tantu
