// One HDF5 file of results that opens in xarray, h5py, netCDF4, pandas, R and Julia with labelled
// axes and no code of ours. Knows HDF5 and nothing about markets; only results/hdf5_*.cpp include hdf5.h.
//
// Format. Groups hold axes and variables.
//   axis      1-d dataset that is an HDF5 dimension scale (a netCDF coordinate variable). Axes
//             belong to a group: readers show only the group they open, so an axis of an ancestor
//             would leave the variables of a child without labels. No _FillValue (CF).
//   variable  0-d or n-d dataset with one axis of its own group per dimension; `units`,
//             `long_name`, `_FillValue` (numbers), `scale_factor` (integers, where it is not 1).
//   table     1-d compound dataset in a group of its own, with an axis `row`; the units of a
//             column are the attribute `COLUMN_units` of the dataset, and so on.
// Root attribute Conventions = "CF-1.8". Text is UTF-8: fixed length in attributes, variable length
// in datasets (netCDF4 misreads fixed-length text there). Yes/no is uint8.
// Datasets are chunked, shuffled and gzipped; a dataset of up to 1 MiB is one chunk.
//
// Bytes. The file is a function of the calls made, their order and the gzip level: no times, no
// addresses, no leftovers of memory (tests/unit/test_hdf5_file.cpp: EqualCallsGiveEqualBytes).
//
// Errors. Writing throws std::runtime_error "FILE: cannot WHAT OBJECT: why" when the disk or HDF5
// fails and std::logic_error when the caller does (unknown axis, wrong number of values, a name
// twice). Reading throws InputError "FILE: ...": the file is then the user's.
//
// Threads. Debian's HDF5 serialises every call behind one lock; one thread at a time per file here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tantu {

enum class ElementType { uint8, int32, int64, float32, float64, text };

/// Calls f(T{}) with the C++ type of a numeric ElementType.
template <class F>
decltype(auto) with_number(ElementType t, F&& f) {
  switch (t) {
    case ElementType::uint8: return f(std::uint8_t{});
    case ElementType::int32: return f(std::int32_t{});
    case ElementType::int64: return f(std::int64_t{});
    case ElementType::float32: return f(float{});
    case ElementType::float64: return f(double{});
    case ElementType::text: break;
  }
  throw std::logic_error("text is not a number");
}

/// Values in row-major order (the last axis varies fastest); the caller keeps them alive.
using ArrayView = std::variant<std::span<const std::uint8_t>, std::span<const std::int32_t>, std::span<const std::int64_t>,
                               std::span<const float>, std::span<const double>, std::span<const std::string>>;

/// What stands for "no value" in a variable, and what `_FillValue` says: NaN, the most negative
/// integer, 255.
template <class T>
constexpr T missing() {
  if constexpr (std::numeric_limits<T>::has_quiet_NaN) return std::numeric_limits<T>::quiet_NaN();
  else if constexpr (std::numeric_limits<T>::is_signed) return std::numeric_limits<T>::min();
  else return std::numeric_limits<T>::max();
}

using AttributeValue = std::variant<std::string, std::int64_t, double>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

/// What a variable or a column means. Stored integer x scale_factor = value in `units`.
struct Meaning {
  std::string units;       ///< as UDUNITS spells them where it can: "1", "t", "CNY t-1"
  std::string long_name;   ///< for the axis of a plot
  double scale_factor = 1; ///< integers only
  Attributes more = {};    ///< further attributes, e.g. {"comment", "..."}
  bool operator==(const Meaning&) const = default;
};

/// Settings of speed: they change bytes on the disk, never a value.
struct Storage {
  int gzip = 4;  ///< 0 (none) to 9
};

/// "1.10.8"
std::string hdf5_version();

namespace hdf5 {  // what the handles below point to; results/hdf5_parts.hpp
struct File;
struct Blocks;
struct Rows;
}  // namespace hdf5

/// A variable (or axis) written block by block along its leading axis, for results that come one
/// run at a time. Rows are gathered until a chunk is full (64 KiB to 1 MiB), so single rows are
/// cheap and memory is one chunk per variable. Valid until the file is closed.
class BlockVariable {
 public:
  /// Appends whole rows: the number of values is a multiple of the size of a row. Throws
  /// std::logic_error beyond the end of a leading axis of fixed length.
  void append(ArrayView rows);
  /// Rows appended so far.
  std::size_t rows() const;

 private:
  friend class ResultGroup;
  explicit BlockVariable(std::shared_ptr<hdf5::Blocks> b) : blocks_(std::move(b)) {}
  std::shared_ptr<hdf5::Blocks> blocks_;
};

struct Column {
  std::string name;
  ElementType type = ElementType::int64;  ///< not text
  Meaning meaning = {};
};

/// A tape: rows of columns, appended in blocks and written a chunk at a time. Valid until the file
/// is closed.
class ResultTable {
 public:
  /// One view per column, in order, all of the same length and of the column's type.
  void append(std::span<const ArrayView> columns);
  std::size_t rows() const;

 private:
  friend class ResultFile;
  explicit ResultTable(std::shared_ptr<hdf5::Rows> r) : rows_(std::move(r)) {}
  std::shared_ptr<hdf5::Rows> rows_;
};

/// A file that holds rows of a virtual variable under the same path.
struct VirtualSource {
  std::string file;              ///< relative to the folder of the file that refers to it
  std::size_t first = 0, count = 0;  ///< its rows along the leading axis of the whole
  /// For each further axis of the whole, where the file's labels lie on it; what no label of a file covers is missing.
  std::vector<std::vector<std::size_t>> places;
};

/// A group of an open ResultFile; a cheap handle, valid until the file is closed.
class ResultGroup {
 public:
  void attribute(const std::string& name, const AttributeValue& value);

  /// An axis and its labels. Length 0 is fine.
  void axis(const std::string& name, ArrayView labels, const Meaning&);
  /// CF time axis: days since 1970-01-01, calendar standard.
  void day_axis(const std::string& name, std::span<const std::int32_t> days_since_1970, const std::string& long_name);
  /// A leading axis that grows with its labels (HDF5 and netCDF: unlimited), e.g. `run`.
  BlockVariable growing_axis(const std::string& name, ElementType, const Meaning&);

  /// One value per combination of the axes' labels; no axes: one value.
  void variable(const std::string& name, const std::vector<std::string>& axes, ArrayView values, const Meaning&);
  /// The same, written along the first axis in blocks; rows never written read as missing. The
  /// first axis has a fixed length or grows; the others are fixed. Not for text. `chunk`: rows a chunk where
  /// the caller gives rows in such numbers, else as many as fill 256 KiB; whole chunks that are appended are not copied.
  BlockVariable blocks(const std::string& name, const std::vector<std::string>& axes, ElementType, const Meaning&, std::size_t chunk = 0);

  /// The same without values of its own: they are read from the sources, and read as missing where one is not there.
  void virtual_variable(const std::string& name, const std::vector<std::string>& axes, ElementType, const Meaning&, std::span<const VirtualSource>);

 private:
  friend class ResultFile;
  ResultGroup(std::shared_ptr<hdf5::File> f, std::string path) : file_(std::move(f)), path_(std::move(path)) {}
  std::shared_ptr<hdf5::File> file_;
  std::string path_;
};

/// Creates `path` (an existing file is emptied: give it OutputFile::part()).
class ResultFile {
 public:
  explicit ResultFile(const std::string& path, Storage = {});
  /// Closes without a word; an error is lost, so call close() for a file that counts.
  ~ResultFile();
  ResultFile(ResultFile&&) noexcept;
  ResultFile& operator=(ResultFile&&) noexcept;

  ResultGroup root();
  /// "/daily", made on first use with what is above it.
  ResultGroup group(const std::string& path);
  /// Table NAME in the group of its own "/NAME".
  ResultTable table(const std::string& name, const std::vector<Column>& columns, const std::string& long_name);

  /// Writes what is gathered and closes. Nothing may be written after it. It does not reach the
  /// disk for sure before OutputFile::commit().
  void close();

 private:
  std::shared_ptr<hdf5::File> file_;
};

/// What is known of a variable, axis or table before it is read.
struct Variable {
  std::string name;                 ///< inside its group
  ElementType type = ElementType::float64;
  bool is_axis = false;
  bool grows = false;               ///< leading axis unlimited
  std::vector<std::string> axes;    ///< "" where a dimension has no scale
  std::vector<std::size_t> shape;
  std::map<std::string, AttributeValue> attributes;
  std::vector<Column> columns;      ///< of a table, else empty

  std::size_t size() const;         ///< number of values; of a table, rows
  double scale_factor() const;      ///< 1 if there is none
};

/// Reads a file of results. Anything else (text, truncated, hostile sizes, cycles) is an InputError.
class ResultReader {
 public:
  explicit ResultReader(const std::string& path);
  ~ResultReader();
  ResultReader(ResultReader&&) noexcept;
  ResultReader& operator=(ResultReader&&) noexcept;

  /// "/" first, then children in the order they were made.
  std::vector<std::string> groups() const;
  std::map<std::string, AttributeValue> attributes(const std::string& group = "/") const;
  /// Axes, variables and tables of a group in the order they were made.
  std::vector<Variable> variables(const std::string& group) const;
  /// By full path ("/daily/close"); nothing if there is none.
  std::optional<Variable> find(const std::string& path) const;

  /// All values of "/daily/close", or `count` rows from `first` along the leading axis. T is the
  /// stored type or a wider one that holds each of its values; std::string for text.
  template <class T>
  std::vector<T> read(const std::string& path) const;
  template <class T>
  std::vector<T> read(const std::string& path, std::size_t first, std::size_t count) const;
  /// In units: scale factor applied, missing as NaN.
  std::vector<double> read_in_units(const std::string& path) const;
  /// One column of a table.
  template <class T>
  std::vector<T> read_column(const std::string& table, const std::string& column) const;

 private:
  std::unique_ptr<hdf5::File> file_;
};

}  // namespace tantu
