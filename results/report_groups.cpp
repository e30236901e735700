// The datasets of a result as they stand, thinned where they are long.
#include <algorithm>
#include <cmath>

#include "results/report_parts.hpp"

namespace tantu {

namespace {

constexpr std::size_t most_days = 2600;          ///< ten years of trading days are shown day by day
constexpr std::size_t most_values = 400'000;     ///< of all daily variables of a file
constexpr std::size_t most_in_a_dataset = 20'000;  ///< others than days; what is longer is no table for a reader

enum class Thinned { last, highest, lowest, sum, mean };

/// What one value of several days says, by the variable's name: flows add up, extremes stay extreme, stocks end.
Thinned thinned(std::string_view name) {
  const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
  if (name == "high" || name == "limit_high") return Thinned::highest;
  if (name == "low" || name == "limit_low") return Thinned::lowest;
  if (begins("volume") || begins("turnover") || begins("trades") || begins("orders") || name == "rejected" || name == "arrivals") return Thinned::sum;
  if (name == "spread" || name == "active_accounts") return Thinned::mean;
  return Thinned::last;
}

double of_stretch(std::span<const double> values, Thinned how) {
  double result = std::nan("");
  std::size_t known = 0;
  for (const double x : values) {
    if (std::isnan(x)) continue;
    ++known;
    if (known == 1 || how == Thinned::last) result = x;
    else if (how == Thinned::highest) result = std::max(result, x);
    else if (how == Thinned::lowest) result = std::min(result, x);
    else result += x;
  }
  return how == Thinned::mean && known > 1 ? result / static_cast<double>(known) : result;
}

std::vector<double> thin_rows(const std::vector<double>& values, std::size_t length, std::size_t stride, Thinned how) {
  std::vector<double> out;
  for (std::size_t row = 0; row + length <= values.size(); row += length)
    for (std::size_t first = 0; first < length; first += stride)
      out.push_back(of_stretch(std::span(values).subspan(row + first, std::min(stride, length - first)), how));
  return out;
}

bool is_shown(const std::string& group) {
  return group != "/" && group != "/firms" && group != "/trades" && group != "/orders" && group != "/positions";
}

/// Whole tonnes and counts exactly, all else as the page can show it.
int digits_of(const Variable& v) { return v.type == ElementType::int64 || v.type == ElementType::int32 ? 15 : 7; }

void write_variable(const ResultReader& file, const std::string& group, const Variable& v, std::size_t stride, JsonText& json) {
  json.key(v.name).open('{');
  json.member("units", text_attribute(v.attributes, "units")).member("long_name", text_attribute(v.attributes, "long_name"));
  json.key("axes").values(v.axes);
  json.key("values");
  const std::string path = group + "/" + v.name;
  if (v.type == ElementType::text) {
    json.values(file.read<std::string>(path));
  } else {
    std::vector<double> values = file.read_in_units(path);
    if (stride > 1) values = thin_rows(values, v.shape.back(), stride, thinned(v.name));
    // Ticks times 0.01 are not hundredths to the last bit; 12 digits are.
    json.values(values, v.scale_factor() != 1 ? 12 : digits_of(v));
  }
  json.close('}');
}

}  // namespace

void write_groups(const ResultReader& file, JsonText& json) {
  json.key("groups").open('{');
  for (const std::string& group : file.groups()) {
    if (!is_shown(group)) continue;
    const std::vector<Variable> variables = file.variables(group);
    std::size_t days = 0, daily_values = 0;
    for (const Variable& v : variables)
      if (v.is_axis && v.name == "day") days = v.size();
    for (const Variable& v : variables)
      if (!v.is_axis && !v.axes.empty() && v.axes.back() == "day") daily_values += v.size();
    std::size_t stride = 1;
    if (days > most_days) stride = (days + most_days - 1) / most_days;
    if (daily_values / stride > most_values) stride = (daily_values + most_values - 1) / most_values;
    json.key(group.substr(1)).open('{');
    for (const Variable& v : variables) {
      const bool is_daily = !v.axes.empty() && v.axes.back() == "day" && v.type != ElementType::text;
      if (!v.columns.empty() || (!is_daily && v.name != "day" && v.size() > most_in_a_dataset)) continue;
      write_variable(file, group, v, is_daily || v.name == "day" ? stride : 1, json);
    }
    json.close('}');
  }
  json.close('}');
}

}  // namespace tantu
