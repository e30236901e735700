#include "scenarios/sweep/factor_values.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "scenarios/csv_line.hpp"
#include "scenarios/wording.hpp"
#include "sim/elementary.hpp"
#include "sim/input_error.hpp"

namespace tantu {

double law_value(const FactorParameters& f, double u, bool at_ends) {
  const auto bounded = [&](double x) { return std::clamp(x, f.least.value_or(x), f.most.value_or(x)); };
  const double inner = at_ends ? 0.005 + 0.99 * u : u;
  switch (f.law) {
    case FactorLaw::uniform: return *f.least + u * (*f.most - *f.least);
    case FactorLaw::log_uniform: {
      const double low = elementary::log(*f.least), high = elementary::log(*f.most);
      return std::clamp(elementary::exp(low + u * (high - low)), *f.least, *f.most);
    }
    case FactorLaw::integer: return std::min(std::floor(*f.least + u * (std::floor(*f.most) - *f.least + 1)), std::floor(*f.most));
    case FactorLaw::normal: return bounded(*f.mean + *f.deviation * elementary::normal_quantile(inner));
    case FactorLaw::lognormal: return bounded(*f.median * elementary::exp(*f.sigma * elementary::normal_quantile(inner)));
    case FactorLaw::triangular: {
      const double a = *f.least, b = *f.most, c = *f.mode;
      if (b == a) return a;
      return u < (c - a) / (b - a) ? a + std::sqrt(u * (b - a) * (c - a)) : b - std::sqrt((1 - u) * (b - a) * (b - c));
    }
    case FactorLaw::levels: break;
  }
  throw std::logic_error("a factor of levels has no law");
}

namespace {
std::string trimmed(std::string_view cell) {
  constexpr std::string_view space = " \t\r";
  const std::size_t first = cell.find_first_not_of(space);
  return first == cell.npos ? std::string() : std::string(cell.substr(first, cell.find_last_not_of(space) + 1 - first));
}
}  // namespace

Samples parse_samples(const std::string& text, const std::string& name) {
  Samples samples{name, {}, {}, {}};
  std::size_t line_number = 0;
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line_number;
    const std::string place = std::to_string(line_number);
    if (trimmed(line).empty()) continue;
    std::vector<std::string> cells = csv_fields(trimmed(line), name, line_number);
    for (std::string& cell : cells) cell = trimmed(cell);
    if (samples.columns.empty()) {
      samples.columns = std::move(cells);
      for (std::size_t i = 0; i < samples.columns.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
          if (samples.columns[i] == samples.columns[j]) throw InputError(name, place, fmt::format("two columns are called \"{}\"", shown(samples.columns[i])));
      continue;
    }
    if (cells.size() != samples.columns.size())
      throw InputError(name, place, fmt::format("has {} cell{} where the header has {}", cells.size(), cells.size() == 1 ? "" : "s", samples.columns.size()));
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::string lower = cells[i];
      for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      if (lower.empty() || lower == "nan" || lower == "inf" || lower == "-inf" || lower == "+inf")
        throw InputError(name, place, fmt::format("column {}: \"{}\" is not a value", shown(samples.columns[i]), shown(cells[i])));
    }
    samples.rows.push_back(std::move(cells));
    samples.lines.push_back(line_number);
  }
  if (samples.columns.empty()) throw InputError(name, "", "is empty; a header of factors was expected");
  if (samples.rows.empty()) throw InputError(name, "", "has a header and no samples");
  return samples;
}

}  // namespace tantu
