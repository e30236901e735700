// What a run has to say, in memory: groups of labelled axes and variables, and tables. The same value
// becomes a file (write_dataset), a row of a sweep (scenarios/sweep) or arrays of Python.
//
// Group and table mirror ResultFile (results/hdf5_file.hpp), whose words and rules they share: axes belong
// to a group and come before the variables over them; values are in row-major order and are owned here.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "results/hdf5_file.hpp"

namespace tantu {

using Array = std::variant<std::vector<std::uint8_t>, std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<float>,
                           std::vector<double>, std::vector<std::string>>;

ElementType element_type(const Array& values);
std::size_t size_of(const Array& values);
ArrayView view_of(const Array& values);

struct DatasetVariable {
  std::string name;
  std::vector<std::string> axes;  ///< of an axis: its own name
  Array values;
  Meaning meaning;
  bool is_axis = false;
};

class DatasetGroup {
 public:
  explicit DatasetGroup(std::string path) : path_(std::move(path)) {}

  void attribute(const std::string& name, const AttributeValue& value) { attributes_.emplace_back(name, value); }
  void axis(const std::string& name, ArrayView labels, const Meaning&);
  void day_axis(const std::string& name, std::span<const std::int32_t> days_since_1970, const std::string& long_name);
  void variable(const std::string& name, const std::vector<std::string>& axes, ArrayView values, const Meaning&);
  void variable(std::string name, std::vector<std::string> axes, Array values, Meaning);
  /// Its labels count something of this run alone, so that a sweep has no use for it.
  void of_one_run() { is_of_one_run_ = true; }

  const std::string& path() const { return path_; }
  const Attributes& attributes() const { return attributes_; }
  const std::vector<DatasetVariable>& variables() const { return variables_; }  ///< in the order they were made
  const DatasetVariable* find(std::string_view name) const;
  bool is_of_one_run() const { return is_of_one_run_; }

 private:
  std::string path_;
  Attributes attributes_;
  std::vector<DatasetVariable> variables_;
  bool is_of_one_run_ = false;
};

class DatasetTable {
 public:
  DatasetTable(std::string name, std::vector<Column> columns, std::string long_name)
      : name_(std::move(name)), long_name_(std::move(long_name)), columns_(std::move(columns)) {}
  /// Once: one view per column, in order.
  void append(std::span<const ArrayView> values);

  const std::string& name() const { return name_; }
  const std::string& long_name() const { return long_name_; }
  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<Array>& values() const { return values_; }

 private:
  std::string name_, long_name_;
  std::vector<Column> columns_;
  std::vector<Array> values_;
};

class Dataset {
 public:
  Dataset() { groups_.emplace_back("/"); }

  DatasetGroup& root() { return groups_.front(); }
  /// "/daily", made on first use. Valid as long as the dataset.
  DatasetGroup& group(const std::string& path);
  DatasetTable& table(const std::string& name, const std::vector<Column>& columns, const std::string& long_name);

  const std::deque<DatasetGroup>& groups() const { return groups_; }  ///< "/" first
  const std::deque<DatasetTable>& tables() const { return tables_; }
  const DatasetGroup* find(std::string_view path) const;

 private:
  std::deque<DatasetGroup> groups_;
  std::deque<DatasetTable> tables_;
};

/// Writes `path` (give it OutputFile::part()) and closes it. Throws std::runtime_error where the disk fails.
void write_dataset(const std::string& path, const Dataset& dataset, Storage storage);

}  // namespace tantu
