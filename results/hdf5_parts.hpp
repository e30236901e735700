// What an open file of results consists of: its groups and their axes, and the rows that wait for a chunk to be full. Only
// results/hdf5_*.cpp include this; everybody else sees results/hdf5_file.hpp.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "results/hdf5_handles.hpp"

namespace tantu::hdf5 {

struct Axis {
  Handle dataset;
  hsize_t length = 0;
  std::shared_ptr<Blocks> growing;  // null: fixed length
};

struct OpenGroup {
  Handle id;
  std::map<std::string, Axis> axes;
};

struct File {
  std::string path;
  Handle id;
  Storage storage;
  bool open = true;
  mutable bool broken = false;  // a call failed, perhaps because the disk is full
  std::map<std::string, OpenGroup> groups;
  std::vector<std::shared_ptr<Blocks>> blocks;
  std::vector<std::shared_ptr<Rows>> tables;

  ~File() { abandon(); }

  [[noreturn]] void failed(const std::string& doing, const std::string& object) const;
  template <class R>
  R check(R result, const char* doing, const std::string& object) const {
    if (result < 0) failed(doing, object);
    return result;
  }
  [[noreturn]] void misused(const std::string& object, const std::string& what) const;
  void require_open(const std::string& object) const;

  /// Properties with which an object of this kind is made.
  Handle creation(hid_t kind) const;
  void create();
  /// Made with those above it where there is none yet.
  OpenGroup& group(const std::string& name);

  // Attributes -------------------------------------------------------------------------------

  void write_raw_attribute(hid_t object, const std::string& object_name, const std::string& name, hid_t stored, hid_t memory,
                           hid_t space, const void* value) const;
  void write_attribute(hid_t object, const std::string& object_name, const std::string& name, const AttributeValue& value) const;
  void write_meaning(hid_t dataset, const std::string& name, ElementType type, const Meaning& m, const std::string& prefix = "") const;

  /// _FillValue has the type of its variable and, as netCDF writes it, one element in a list.
  void write_fill(hid_t dataset, const std::string& name, ElementType type) const;

  // Datasets ---------------------------------------------------------------------------------

  Handle create_dataset(hid_t parent, const std::string& full, hid_t stored, const std::vector<hsize_t>& shape, bool grows,
                        const std::vector<hsize_t>& chunk, bool compress, std::optional<ElementType> filled, bool cached = true) const;
  Handle write_dataset(hid_t parent, const std::string& full, const ArrayView& values, const std::vector<hsize_t>& shape, bool is_axis) const;
  Axis& make_axis(OpenGroup& g, const std::string& full, Handle dataset, hsize_t length) const;
  Axis& axis_of(OpenGroup& g, const std::string& variable, const std::string& axis) const;
  void attach(OpenGroup& g, hid_t dataset, const std::string& full, const std::vector<std::string>& axes) const;

  void close();
  /// Closes a file that nobody will look at.
  void abandon() noexcept;
  /// Everything that keeps the file open besides `id`.
  void release() noexcept;
};

/// Rows gathered for one chunk of a dataset that is written along its leading axis.
struct Blocks {
  File* file = nullptr;  // null once closed
  Handle dataset;        // of an axis, a second handle
  std::string full;
  hid_t memory = -1;           // of one element
  Handle memory_owned;         // behind `memory` where it is not a predefined type
  std::vector<hsize_t> shape;  // [0]: rows on the disk so far (extent of a growing dataset)
  std::size_t row_values = 1, row_bytes = 0, rows_per_chunk = 1;
  std::optional<hsize_t> limit;  // of a fixed leading axis
  std::shared_ptr<Blocks> axis;  // the growing leading axis, if there is one and this is not it
  hsize_t written = 0;
  std::vector<char> gathered;

  std::size_t rows() const { return static_cast<std::size_t>(written) + (row_bytes ? gathered.size() / row_bytes : 0); }

  void append(const char* bytes, std::size_t n);
  void extend(hsize_t rows);
  void flush();
  void write(const char* bytes, hsize_t n);
};

/// A table.
struct Rows {
  std::string full;
  std::vector<Column> columns;
  std::shared_ptr<Blocks> rows, index;
};

/// Along a leading axis that is written in blocks.
inline constexpr std::size_t block_chunk = 256 << 10;
/// The whole array, halved along its leading axes until it fits 1 MiB.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> shape, std::size_t element);

}  // namespace tantu::hdf5
