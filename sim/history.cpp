#include "sim/history.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "sim/input_error.hpp"

namespace tantu {

std::string to_string(const HistoryDate& moment) {
  if (moment.month == 0) return fmt::format("{}", moment.year);
  if (moment.day == 0) return fmt::format("{}-{:02}", moment.year, moment.month);
  return fmt::format("{}-{:02}-{:02}", moment.year, moment.month, moment.day);
}

HistoryView::HistoryView(std::string name, std::vector<HistoryRow> rows) : name_(std::move(name)) {
  for (HistoryRow& row : rows) {
    if (last_year_ < first_year_) first_year_ = last_year_ = row.when.year;
    first_year_ = std::min(first_year_, row.when.year);
    last_year_ = std::max(last_year_, row.when.year);
    rows_[static_cast<std::size_t>(row.variable)].push_back(std::move(row));
  }
  for (std::vector<HistoryRow>& list : rows_)
    std::sort(list.begin(), list.end(), [](const HistoryRow& a, const HistoryRow& b) { return std::tie(a.when, a.entity) < std::tie(b.when, b.entity); });
}

std::optional<double> HistoryView::find(Given variable, HistoryDate when, std::string_view entity) const {
  const auto list = rows(variable);
  const auto at = std::lower_bound(list.begin(), list.end(), std::tie(when, entity),
                                   [](const HistoryRow& row, const auto& key) { return std::tuple<const HistoryDate&, std::string_view>(row.when, row.entity) < key; });
  if (at == list.end() || at->when != when || at->entity != entity) return std::nullopt;
  return at->value;
}

double HistoryView::need(Given variable, HistoryDate when, std::string_view what, std::string_view entity) const {
  if (const auto value = find(variable, when, entity)) return *value;
  refuse_missing(variable, to_string(when), what, entity);
}

std::optional<double> HistoryView::sum(Given variable, int year) const {
  if (const auto value = find(variable, {year})) return *value;
  double total = 0;
  bool any = false;
  for (const HistoryRow& row : rows(variable))
    if (row.when.year == year) {
      total += row.value;
      any = true;
    }
  return any ? std::optional(total) : std::nullopt;
}

double HistoryView::need_sum(Given variable, int year, std::string_view what) const {
  if (const auto value = sum(variable, year)) return *value;
  refuse_missing(variable, std::to_string(year), what);
}

std::optional<double> HistoryView::mean(Given variable, int first, int last) const {
  double days = 0, day_sum = 0, month_sum = 0;
  bool all_days = true, all_months = true;
  for (int month = first; month <= last; ++month) {
    double n = 0, of_days = 0;
    std::optional<double> whole;
    for (const HistoryRow& row : rows(variable)) {
      if (row.when.month == 0 || !row.entity.empty() || month_number(row.when.year, row.when.month) != month) continue;
      if (row.when.day == 0) whole = row.value;
      else ++n, of_days += row.value;
    }
    if (n > 0) days += n, day_sum += of_days;
    else all_days = false;
    if (whole || n > 0) month_sum += whole ? *whole : of_days / n;
    else all_months = false;
  }
  if (all_days && days > 0) return day_sum / days;
  if (all_months) return month_sum / (last - first + 1);
  if (first % 12 != 0 || last % 12 != 11) return std::nullopt;
  double years = 0;
  for (int year = first / 12; year <= last / 12; ++year) {
    const auto value = find(variable, {year});
    if (!value) return std::nullopt;
    years += *value;
  }
  return years * 12 / (last - first + 1);
}

double HistoryView::need_mean(Given variable, int first, int last, std::string_view what) const {
  if (const auto value = mean(variable, first, last)) return *value;
  const auto month = [](int number) { return to_string(HistoryDate{number / 12, number % 12 + 1}); };
  refuse_missing(variable, first == last ? month(first) : fmt::format("{} to {}", month(first), month(last)), what);
}

void HistoryView::refuse_missing(Given variable, const std::string& when, std::string_view what, std::string_view entity) const {
  throw InputError(fmt::format("{}: {} of {}{}{} is missing; {} needs it", name_, given_names[static_cast<std::size_t>(variable)], when,
                               entity.empty() ? "" : " for ", entity, what));
}

void HistoryView::refuse(const HistoryRow& row, const std::string& message) const {
  throw InputError(name_, std::to_string(row.line), message);
}

void RuleAnswers::put(Answer variable, HistoryDate when, double value, std::string entity, int tier) {
  values_[Key{variable, tier, when, std::move(entity)}] = value;
}

void RuleAnswers::add(Answer variable, HistoryDate when, double value, std::string entity, int tier) {
  values_[Key{variable, tier, when, std::move(entity)}] += value;
}

std::optional<double> RuleAnswers::find(Answer variable, HistoryDate when, std::string entity, int tier) const {
  const auto at = values_.find(Key{variable, tier, when, std::move(entity)});
  return at == values_.end() ? std::nullopt : std::optional(at->second);
}

Allocations RuleQuestion::allocate(int year, int output_year) const {
  Allocations allocations;
  for (const NamedPolicy& policy : policies) policy.policy->allocate_on(*this, year, output_year, allocations);
  return allocations;
}

std::optional<double> RuleQuestion::cap(int year) const {
  for (const NamedPolicy& policy : policies)
    if (const auto cap = policy.policy->cap(year)) return cap;
  return std::nullopt;
}

RuleAnswers ask_rules(const RuleQuestion& question) {
  RuleAnswers answers;
  const HistoryView& history = question.history;
  for (int year = history.first_year(); year <= history.last_year(); ++year) {
    const auto cap = question.cap(year);
    if (cap) answers.put(Answer::cap, {year}, static_cast<double>(nearest(*cap)));
    const Allocations allocations = question.allocate(year, year);
    double total = 0;
    for (const auto& [entity, tonnes] : allocations) {
      const auto rounded = static_cast<double>(nearest(tonnes));
      total += rounded;
      answers.put(Answer::free_allocation, {year}, rounded, entity);
    }
    if (allocations.empty()) continue;
    answers.put(Answer::free_allocation, {year}, total);
    // Without a cap on the mass, benchmarks times output are the cap.
    if (!cap) answers.put(Answer::cap, {year}, total);
  }
  for (const HistoryRow& row : history.rows(Given::verified_emissions)) {
    if (row.when.month != 0) continue;
    answers.put(Answer::obligation, row.when, static_cast<double>(nearest(row.value)), row.entity);
  }
  for (const NamedPolicy& policy : question.policies) policy.policy->evaluate(question, answers);
  return answers;
}

}  // namespace tantu
