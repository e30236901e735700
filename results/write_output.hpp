// A declared output (results/outputs.hpp) over a grid of rows becomes a variable of the dataset.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "results/dataset.hpp"
#include "results/outputs.hpp"

namespace tantu {

inline std::string in_currency(std::string_view unit, const std::string& currency) {
  std::string text(unit);
  if (const auto at = text.find("currency"); at != text.npos) text.replace(at, 8, currency);
  return text;
}

/// One variable from a grid of rows: [outer][inner], both axes given.
template <class Row, class RowAt>
void write_output(DatasetGroup& group, const Output<Row>& output, const std::vector<std::string>& axes, std::size_t size, RowAt row_at,
                  const std::string& currency, double scale) {
  Meaning meaning{in_currency(output.unit, currency), std::string(output.long_name)};
  const auto fill = [&](auto& values, auto missing_value) {
    for (std::size_t i = 0; i < size; ++i) {
      const Row* row = row_at(i);
      const double x = row ? output.read(*row) : none;
      using T = std::decay_t<decltype(missing_value)>;
      if (x == none) values[i] = missing_value;
      else if constexpr (std::is_integral_v<T>) values[i] = static_cast<T>(nearest(x));
      else values[i] = x;
    }
    group.variable(std::string(output.name), axes, std::span<const std::decay_t<decltype(missing_value)>>(values), meaning);
  };
  switch (output.stored) {
    case Stored::price: {
      meaning.scale_factor = scale;
      std::vector<std::int32_t> values(size);
      return fill(values, missing<std::int32_t>());
    }
    case Stored::count: {
      std::vector<std::int32_t> values(size);
      return fill(values, missing<std::int32_t>());
    }
    case Stored::cash: {
      meaning.scale_factor = scale;
      std::vector<std::int64_t> values(size);
      return fill(values, missing<std::int64_t>());
    }
    case Stored::tonnes: {
      std::vector<std::int64_t> values(size);
      return fill(values, missing<std::int64_t>());
    }
    case Stored::number: {
      std::vector<double> values(size);
      return fill(values, missing<double>());
    }
  }
}

}  // namespace tantu
