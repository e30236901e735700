// A market's past in figures, on which its rules are asked what they would have done, and what they answer.
//
// The history is what regulators and exchanges publish: figures of a year, a month or a day, of the whole
// market or of an entity in it (a class of installations, or NAME/CLASS). It says which years are asked
// about: from its first to its last. What a rule needs from a year among them and does not find is refused
// by name; what it would need from before or after them leaves its answer out.
//
// Units: tonnes; currency per tonne; inflation as a share (0.021), that of a year leading from the prices of
// the year before to its own.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/policy.hpp"

namespace tantu {

enum class Given : std::uint8_t {
  verified_emissions, output, price, settlement_price, auction_bid_volume, auction_sold, inflation, holdings, net_sales, tnac,
};
inline constexpr std::array<std::string_view, 10> given_names{
    "verified_emissions", "output",    "price",    "settlement_price", "auction_bid_volume",
    "auction_sold",       "inflation", "holdings", "net_sales",        "tnac"};

enum class Answer : std::uint8_t {
  cap, free_allocation, pre_allocation, auction_volume, tnac, reserve_intake, reserve_release, reserve_stock, cancelled,
  price_floor, price_ceiling, reserve_price, tier_price, tier_volume, penalty, offset_limit, obligation, surrender_due, holding_limit,
};
inline constexpr std::array<std::string_view, 19> answer_names{
    "cap",       "free_allocation", "pre_allocation", "auction_volume", "tnac",       "reserve_intake", "reserve_release",
    "reserve_stock", "cancelled",   "price_floor",    "price_ceiling",  "reserve_price", "tier_price",  "tier_volume",
    "penalty",   "offset_limit",    "obligation",     "surrender_due",  "holding_limit"};

/// A year, a month of it or a day of that; 0: the whole year, the whole month.
struct HistoryDate {
  int year = 0, month = 0, day = 0;
  friend constexpr auto operator<=>(const HistoryDate&, const HistoryDate&) = default;
};
constexpr HistoryDate moment_of(Day day) { return {year_of(day), static_cast<int>(month_of(day)), static_cast<int>(static_cast<unsigned>(civil(day).day()))}; }
/// "2024", "2024-11", "2024-11-05"
std::string to_string(const HistoryDate& moment);

/// A calendar month, counted: year * 12 + month - 1.
constexpr int month_number(int year, int month) { return year * 12 + month - 1; }

struct HistoryRow {
  Given variable{};
  HistoryDate when;
  std::string entity;       ///< empty: the whole market
  double value = 0;
  std::uint64_t line = 0;   ///< of the file
};

/// The history of one market.
class HistoryView {
 public:
  /// `name` is how messages call the file. Rows of one variable, moment and entity are unique.
  HistoryView(std::string name, std::vector<HistoryRow> rows);

  const std::string& name() const { return name_; }
  int first_year() const { return first_year_; }
  int last_year() const { return last_year_; }
  bool covers(int year) const { return year >= first_year_ && year <= last_year_; }
  bool has(Given variable) const { return !rows(variable).empty(); }
  /// In order of moment, then of entity.
  std::span<const HistoryRow> rows(Given variable) const { return rows_[static_cast<std::size_t>(variable)]; }

  std::optional<double> find(Given variable, HistoryDate when, std::string_view entity = {}) const;
  /// The same, or the InputError "h.csv: inflation of 2023 is missing; WHAT needs it".
  double need(Given variable, HistoryDate when, std::string_view what, std::string_view entity = {}) const;
  /// Of the whole market in a year: the row of the year, or the sum of its months, days or entities.
  std::optional<double> sum(Given variable, int year) const;
  double need_sum(Given variable, int year, std::string_view what) const;
  /// Mean over the months `first` to `last` (month_number): over the days where every month has days; over the months
  /// where each has a row or days; over years where the months are whole years. None where a month has none of these.
  std::optional<double> mean(Given variable, int first, int last) const;
  double need_mean(Given variable, int first, int last, std::string_view what) const;

  [[noreturn]] void refuse_missing(Given variable, const std::string& when, std::string_view what, std::string_view entity = {}) const;
  [[noreturn]] void refuse(const HistoryRow& row, const std::string& message) const;

 private:
  std::string name_;
  std::array<std::vector<HistoryRow>, given_names.size()> rows_;
  int first_year_ = 0, last_year_ = -1;
};

/// The class of an entity: what stands behind its last '/', or the entity itself.
constexpr std::string_view class_of(std::string_view entity) { return entity.substr(entity.rfind('/') + 1); }

class RuleAnswers {
 public:
  struct Key {
    Answer variable{};
    int tier = 1;              ///< 1, 2, 3: of containment tiers
    HistoryDate when;
    std::string entity;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  void put(Answer variable, HistoryDate when, double value, std::string entity = {}, int tier = 1);
  void add(Answer variable, HistoryDate when, double value, std::string entity = {}, int tier = 1);
  std::optional<double> find(Answer variable, HistoryDate when, std::string entity = {}, int tier = 1) const;
  const std::map<Key, double>& all() const { return values_; }

 private:
  std::map<Key, double> values_;
};

/// Free allocations (t, before rounding) by entity.
using Allocations = std::map<std::string, double>;

/// What is asked of a policy: the history, and the stack of which it is a part.
struct RuleQuestion {
  const HistoryView& history;
  std::span<const NamedPolicy> policies;
  std::span<const ComplianceCycle> cycles;
  double price_scale = 0.01;   ///< currency per tick of account
  std::uint32_t wanted = ~std::uint32_t{0};   ///< a bit an answer
  /// What nobody asks for needs no input.
  bool asks(Answer answer) const { return (wanted >> static_cast<unsigned>(answer) & 1) != 0; }
  /// The whole stack's free allocation of `year` for the history's output of `output_year`.
  Allocations allocate(int year, int output_year) const;
  /// The cap of `year` (t); none: no limit on the mass of allowances.
  std::optional<double> cap(int year) const;
};

/// Asks all policies, in order of phase. Free allocations and obligations come first from the pure questions; a policy
/// sees what those before it have answered. Throws InputError for what is missing.
RuleAnswers ask_rules(const RuleQuestion& question);

}  // namespace tantu
