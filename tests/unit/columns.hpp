// Values of a column of firms, written out in a test.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <vector>

#include "sim/firm_store.hpp"

namespace tantu {

/// The first rows of a column.
template <class T>
void set(FirmColumn<T>& column, std::initializer_list<T> values) {
  std::size_t row = 0;
  for (const T& value : values) column[row++] = value;
}

/// The first `rows` of a column.
template <class T>
std::vector<T> values(const FirmColumn<T>& column, std::size_t rows) {
  std::vector<T> all;
  for (std::size_t row = 0; row < rows; ++row) all.push_back(column[row]);
  return all;
}

}  // namespace tantu
