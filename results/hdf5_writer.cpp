#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "results/hdf5_parts.hpp"

namespace tantu {

using namespace hdf5;

namespace {

// A dataset to be written in blocks along its leading axis.
std::shared_ptr<Blocks> make_blocks(File& file, hid_t parent, const std::string& full, std::vector<hsize_t> shape, bool grows,
                                    std::size_t element, hid_t stored, hid_t memory, std::optional<ElementType> filled,
                                    std::size_t rows_per_chunk = 0) {
  auto b = std::make_shared<Blocks>();
  b->file = &file;
  b->full = full;
  b->memory = memory;
  for (std::size_t i = 1; i < shape.size(); ++i) b->row_values *= static_cast<std::size_t>(shape[i]);
  b->row_bytes = b->row_values * element;
  if (grows) shape[0] = 0;
  else b->limit = shape[0];
  b->rows_per_chunk = rows_per_chunk ? rows_per_chunk : std::max<std::size_t>(1, block_chunk / std::max<std::size_t>(1, b->row_bytes));
  if (!grows) b->rows_per_chunk = std::clamp<std::size_t>(b->rows_per_chunk, 1, std::max<std::size_t>(1, shape[0]));
  std::vector<hsize_t> chunk = shape;
  chunk[0] = b->rows_per_chunk;
  b->dataset = file.create_dataset(parent, full, stored, shape, grows, chunk_of(chunk, element), true, filled, false);
  b->shape = std::move(shape);
  file.blocks.push_back(b);
  return b;
}

std::shared_ptr<Blocks> make_growing_axis(File& file, const std::string& group, const std::string& name, ElementType type, const Meaning& m) {
  if (type == ElementType::text) file.misused(joined(group, name), "text cannot be written in blocks");
  const std::string full = joined(group, name);
  auto& g = file.group(group);
  auto b = make_blocks(file, g.id, full, {0}, true, bytes_of(type), file_type(type), memory_type(type), std::nullopt);
  H5Iinc_ref(b->dataset);
  auto& axis = file.make_axis(g, full, Handle(static_cast<hid_t>(b->dataset)), 0);
  axis.growing = b;
  file.write_meaning(b->dataset, full, type, m);
  return b;
}

}  // namespace

void BlockVariable::append(ArrayView rows) {
  auto& b = *blocks_;
  if (!b.file) throw std::logic_error(b.full + ": the file is closed");
  silence();
  if (type_of(rows) == ElementType::text || memory_type(type_of(rows)) != b.memory) b.file->misused(b.full, "values of another type");
  const std::size_t n = size_of(rows);
  if (b.row_values == 0 ? n != 0 : n % b.row_values != 0) b.file->misused(b.full, "values do not make whole rows");
  if (n > 0) b.append(bytes_at(rows), n / b.row_values);
}

std::size_t BlockVariable::rows() const { return blocks_->rows(); }

void ResultTable::append(std::span<const ArrayView> columns) {
  auto& t = *rows_;
  File* file = t.rows->file;
  if (!file) throw std::logic_error(t.full + ": the file is closed");
  silence();
  if (columns.size() != t.columns.size()) file->misused(t.full, "another number of columns");
  const std::size_t n = columns.empty() ? 0 : size_of(columns[0]);
  std::size_t at = 0;
  std::vector<char> packed(n * t.rows->row_bytes);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (type_of(columns[c]) != t.columns[c].type) file->misused(t.full, "values of another type for column " + t.columns[c].name);
    if (size_of(columns[c]) != n) file->misused(t.full, "columns of different length");
    const std::size_t width = bytes_of(t.columns[c].type);
    const char* from = bytes_at(columns[c]);
    for (std::size_t i = 0; i < n; ++i) std::memcpy(packed.data() + i * t.rows->row_bytes + at, from + i * width, width);
    at += width;
  }
  std::vector<std::int64_t> numbers(n);
  for (std::size_t i = 0; i < n; ++i) numbers[i] = static_cast<std::int64_t>(t.rows->rows() + i);
  t.rows->append(packed.data(), n);
  t.index->append(reinterpret_cast<const char*>(numbers.data()), n);
}

std::size_t ResultTable::rows() const { return rows_->rows->rows(); }

void ResultGroup::attribute(const std::string& name, const AttributeValue& value) {
  file_->require_open(joined(path_, name));
  const hid_t g = file_->group(path_).id;
  if (H5Aexists(g, name.c_str()) > 0) file_->misused(path_ + "@" + name, "exists already");
  file_->write_attribute(g, path_, name, value);
}

void ResultGroup::axis(const std::string& name, ArrayView labels, const Meaning& m) {
  const std::string full = joined(path_, name);
  file_->require_open(full);
  auto& g = file_->group(path_);
  Handle d = file_->write_dataset(g.id, full, labels, {size_of(labels)}, true);
  auto& a = file_->make_axis(g, full, std::move(d), size_of(labels));
  file_->write_meaning(a.dataset, full, type_of(labels), m);
}

void ResultGroup::day_axis(const std::string& name, std::span<const std::int32_t> days, const std::string& long_name) {
  axis(name, days, {.units = "days since 1970-01-01", .long_name = long_name,
                    .more = {{"standard_name", std::string("time")}, {"calendar", std::string("standard")}, {"axis", std::string("T")}}});
}

BlockVariable ResultGroup::growing_axis(const std::string& name, ElementType type, const Meaning& m) {
  file_->require_open(joined(path_, name));
  return BlockVariable(make_growing_axis(*file_, path_, name, type, m));
}

void ResultGroup::variable(const std::string& name, const std::vector<std::string>& axes, ArrayView values, const Meaning& m) {
  const std::string full = joined(path_, name);
  file_->require_open(full);
  auto& g = file_->group(path_);
  std::vector<hsize_t> shape;
  hsize_t expected = 1;
  for (const auto& axis : axes) {
    auto& a = file_->axis_of(g, full, axis);
    if (a.growing) file_->misused(full, "axis " + axis + " grows; write it in blocks");
    shape.push_back(a.length);
    expected *= a.length;
  }
  if (expected != size_of(values))
    file_->misused(full, std::to_string(size_of(values)) + " values where its axes make " + std::to_string(expected));
  const ElementType type = type_of(values);
  Handle d = file_->write_dataset(g.id, full, values, shape, false);
  file_->attach(g, d, full, axes);
  file_->write_meaning(d, full, type, m);
  if (type != ElementType::text) file_->write_fill(d, full, type);
}

BlockVariable ResultGroup::blocks(const std::string& name, const std::vector<std::string>& axes, ElementType type, const Meaning& m,
                                  std::size_t chunk) {
  const std::string full = joined(path_, name);
  file_->require_open(full);
  if (type == ElementType::text) file_->misused(full, "text cannot be written in blocks");
  if (axes.empty()) file_->misused(full, "has no leading axis");
  auto& g = file_->group(path_);
  std::vector<hsize_t> shape;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    auto& a = file_->axis_of(g, full, axes[i]);
    if (a.growing && i > 0) file_->misused(full, "only its first axis may grow");
    shape.push_back(a.length);
  }
  const auto growing = file_->axis_of(g, full, axes[0]).growing;
  auto b = make_blocks(*file_, g.id, full, shape, growing != nullptr, bytes_of(type), file_type(type), memory_type(type), type, chunk);
  b->axis = growing;
  file_->attach(g, b->dataset, full, axes);
  file_->write_meaning(b->dataset, full, type, m);
  file_->write_fill(b->dataset, full, type);
  return BlockVariable(b);
}

void ResultGroup::virtual_variable(const std::string& name, const std::vector<std::string>& axes, ElementType type, const Meaning& m,
                                   std::span<const VirtualSource> sources) {
  const std::string full = joined(path_, name);
  file_->require_open(full);
  if (type == ElementType::text) file_->misused(full, "text cannot be virtual");
  auto& g = file_->group(path_);
  std::vector<hsize_t> shape;
  for (const auto& axis : axes) shape.push_back(file_->axis_of(g, full, axis).length);
  Handle whole(file_->check(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), "create", full));
  Handle dcpl = file_->creation(H5P_DATASET_CREATE);
  with_number(type, [&](auto t) {
    const auto value = missing<decltype(t)>();
    file_->check(H5Pset_fill_value(dcpl, memory_type(type), &value), "create", full);
  });
  const bool empty = std::find(shape.begin(), shape.end(), hsize_t{0}) != shape.end();
  for (const VirtualSource& source : sources) {
    if (empty) break;
    if (source.places.size() + 1 != shape.size()) file_->misused(full, "a source with other axes");
    // HDF5 maps boxes: an axis falls into stretches in which neighbours in the file are neighbours in the whole.
    struct Stretch { hsize_t there, here, count; };
    std::vector<std::vector<Stretch>> stretches{{{0, source.first, source.count}}};
    std::vector<hsize_t> there{source.count};
    for (const std::vector<std::size_t>& places : source.places) {
      std::vector<Stretch>& along = stretches.emplace_back();
      for (std::size_t i = 0; i < places.size(); ++i)
        if (!along.empty() && along.back().here + along.back().count == places[i]) ++along.back().count;
        else along.push_back({i, places[i], 1});
      there.push_back(places.size());
    }
    if (std::find(there.begin(), there.end(), hsize_t{0}) != there.end()) continue;
    Handle part(file_->check(H5Screate_simple(static_cast<int>(there.size()), there.data(), nullptr), "create", full));
    std::vector<std::size_t> box(stretches.size(), 0);
    for (bool more = true; more;) {
      std::vector<hsize_t> from, to, count;
      for (std::size_t d = 0; d < box.size(); ++d) {
        from.push_back(stretches[d][box[d]].there);
        to.push_back(stretches[d][box[d]].here);
        count.push_back(stretches[d][box[d]].count);
      }
      file_->check(H5Sselect_hyperslab(part, H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr), "create", full);
      file_->check(H5Sselect_hyperslab(whole, H5S_SELECT_SET, to.data(), nullptr, count.data(), nullptr), "create", full);
      file_->check(H5Pset_virtual(dcpl, whole, source.file.c_str(), full.c_str(), part), "create", full);
      more = false;
      for (std::size_t d = box.size(); d-- > 0 && !more;) {
        more = ++box[d] < stretches[d].size();
        if (!more) box[d] = 0;
      }
    }
  }
  H5Sselect_all(whole);
  const std::string leaf = full.substr(full.rfind('/') + 1);
  Handle d(file_->check(H5Dcreate2(g.id, leaf.c_str(), file_type(type), whole, H5P_DEFAULT, dcpl, H5P_DEFAULT), "create", full));
  file_->attach(g, d, full, axes);
  file_->write_meaning(d, full, type, m);
  file_->write_fill(d, full, type);
}

ResultFile::ResultFile(const std::string& path, Storage storage) : file_(std::make_shared<File>()) {
  if (storage.gzip < 0 || storage.gzip > 9) throw std::logic_error("gzip level " + std::to_string(storage.gzip) + " is not in 0..9");
  file_->path = path;
  file_->storage = storage;
  file_->create();
}
ResultFile::~ResultFile() { if (file_) file_->abandon(); }
ResultFile::ResultFile(ResultFile&&) noexcept = default;
ResultFile& ResultFile::operator=(ResultFile&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

ResultGroup ResultFile::root() { return ResultGroup(file_, "/"); }

ResultGroup ResultFile::group(const std::string& path) {
  file_->require_open(path);
  if (path.empty() || path[0] != '/' || (path.size() > 1 && path.back() == '/') || path.find("//") != std::string::npos)
    file_->misused(path, "is not a path like /daily");
  file_->group(path);
  return ResultGroup(file_, path);
}

ResultTable ResultFile::table(const std::string& name, const std::vector<Column>& columns, const std::string& long_name) {
  const std::string group = "/" + name, full = joined(group, name);
  file_->require_open(full);
  if (columns.empty()) file_->misused(full, "has no columns");
  auto& g = file_->group(group);
  auto t = std::make_shared<Rows>();
  t->full = full;
  t->columns = columns;
  t->index = make_growing_axis(*file_, group, "row", ElementType::int64, {.units = "1", .long_name = "row of the table"});
  std::size_t width = 0, at = 0;
  for (const auto& c : columns) {
    if (c.type == ElementType::text) file_->misused(full, "column " + c.name + " is text");
    width += bytes_of(c.type);
  }
  Handle stored(H5Tcreate(H5T_COMPOUND, width)), memory(H5Tcreate(H5T_COMPOUND, width));
  for (const auto& c : columns) {
    file_->check(H5Tinsert(stored, c.name.c_str(), at, file_type(c.type)), "make column", full + ":" + c.name);
    file_->check(H5Tinsert(memory, c.name.c_str(), at, memory_type(c.type)), "make column", full + ":" + c.name);
    at += bytes_of(c.type);
  }
  // netCDF reads a compound only if its type has a name.
  Handle tcpl = file_->creation(H5P_DATATYPE_CREATE);
  const std::string type_name = name + "_row";
  file_->check(H5Tcommit2(g.id, type_name.c_str(), stored, H5P_DEFAULT, tcpl, H5P_DEFAULT), "create", joined(group, type_name));
  t->rows = make_blocks(*file_, g.id, full, {0}, true, width, stored, memory, std::nullopt);
  t->rows->memory_owned = std::move(memory);
  t->rows->axis = t->index;
  file_->attach(g, t->rows->dataset, full, {"row"});
  file_->write_attribute(t->rows->dataset, full, "units", std::string("1"));
  file_->write_attribute(t->rows->dataset, full, "long_name", long_name);
  for (const auto& c : columns) file_->write_meaning(t->rows->dataset, full, c.type, c.meaning, c.name + "_");
  file_->tables.push_back(t);
  return ResultTable(t);
}

void ResultFile::close() { file_->close(); }

}  // namespace tantu
