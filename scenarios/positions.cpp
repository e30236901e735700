#include "scenarios/positions.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenarios/decimal.hpp"
#include "scenarios/line_reader.hpp"
#include "scenarios/wording.hpp"
#include "sim/order_flow.hpp"

namespace tantu {

std::unordered_map<std::uint32_t, Means> read_positions(const std::string& file, int decimals, bool needs_cash) {
  constexpr std::array<std::string_view, 3> names{"account", "allowances", "cash"};
  constexpr std::int64_t most_tonnes = 1'000'000'000'000;
  FileSource source(file);
  LineReader lines(source);
  const std::string name = shown(file, 300);
  const auto refuse = [&](const std::string& message) { throw InputError(name, std::to_string(std::max<std::uint64_t>(lines.number(), 1)), message); };

  std::string_view line;
  const bool there = lines.next(line);
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  const bool has_cash = line == "account,allowances,cash";
  if (!there || (!has_cash && line != "account,allowances"))
    refuse(fmt::format("the header is \"{}\"; account,allowances[,cash] was expected", shown(line)));
  if (needs_cash && !has_cash) refuse("the header has no column cash, which the rule credit needs");

  std::unordered_map<std::uint32_t, Means> means;
  const std::size_t wanted = has_cash ? 3 : 2;
  while (lines.next(line)) {
    if (lines.fault() != LineFault::none) refuse("the line is too long or has no line break at its end");
    std::array<std::string_view, 3> field;
    std::size_t n = 0;
    for (std::string_view rest = line;; ++n) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (n < field.size()) field[n] = rest.substr(0, comma);
      if (comma == rest.size()) break;
      rest.remove_prefix(comma + 1);
    }
    if (n + 1 != wanted) refuse(fmt::format("has {} columns, not {}", n + 1, wanted));
    const Decimal account = parse_decimal(field[0], 0), allowances = parse_decimal(field[1], 0);
    const Decimal cash = has_cash ? parse_decimal(field[2], decimals) : Decimal{};
    const std::array<const Decimal*, 3> read{&account, &allowances, &cash};
    for (std::size_t i = 0; i < wanted; ++i) {
      if (read[i]->fault == DecimalFault::not_a_number) refuse(fmt::format("{} \"{}\" is not a number", names[i], shown(field[i])));
      if (read[i]->fault != DecimalFault::none)
        refuse(fmt::format("{} \"{}\" has more than {} decimals or is too large", names[i], shown(field[i]), i == 2 ? decimals : 0));
      if (i < 2 && read[i]->count < 0) refuse(fmt::format("{} \"{}\" is negative", names[i], shown(field[i])));
    }
    if (account.count >= no_account) refuse(fmt::format("account \"{}\" is not below {}", shown(field[0]), no_account));
    if (allowances.count > most_tonnes) refuse(fmt::format("allowances \"{}\" are more than {} tonnes", shown(field[1]), most_tonnes));
    if (!means.try_emplace(static_cast<std::uint32_t>(account.count), Means{Tonnes{allowances.count}, Cash{cash.count}}).second)
      refuse(fmt::format("account {} stands in an earlier line already", account.count));
  }
  return means;
}

}  // namespace tantu
