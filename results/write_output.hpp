// A declared output (results/outputs.hpp) over a grid of rows becomes a variable of the dataset.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "results/dataset.hpp"
#include "results/denomination.hpp"
#include "results/outputs.hpp"

namespace tantu {

/// One variable from a grid of rows: [outer][inner], both axes given. `market_at(i)` is the market of row i.
template <class Row, class RowAt, class MarketAt>
void write_output(DatasetGroup& group, const Output<Row>& output, const std::vector<std::string>& axes, std::size_t size, RowAt row_at,
                  const Denomination& in, MarketAt market_at) {
  const bool money = output.stored == Stored::price || output.stored == Stored::cash;
  Meaning meaning = money ? in.money(output.unit, output.long_name) : in.meaning(output.unit, output.long_name);
  const auto fill = [&](auto& values, auto missing_value) {
    for (std::size_t i = 0; i < size; ++i) {
      const Row* row = row_at(i);
      const double x = row ? output.read(*row) : none;
      using T = std::decay_t<decltype(missing_value)>;
      if (x == none) values[i] = missing_value;
      else if constexpr (std::is_integral_v<T>) values[i] = static_cast<T>(nearest(x) * (money ? in.steps(market_at(i)) : 1));
      else values[i] = x;
    }
    group.variable(std::string(output.name), axes, Array(std::move(values)), std::move(meaning));
  };
  switch (output.stored) {
    case Stored::price: {
      std::vector<std::int32_t> values(size);
      return fill(values, missing<std::int32_t>());
    }
    case Stored::count: {
      std::vector<std::int32_t> values(size);
      return fill(values, missing<std::int32_t>());
    }
    case Stored::cash: {
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
