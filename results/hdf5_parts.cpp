#include "results/hdf5_parts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tantu::hdf5 {

namespace {
constexpr std::size_t largest_chunk = 1 << 20;
}  // namespace

std::vector<hsize_t> chunk_of(std::vector<hsize_t> shape, std::size_t element) {
  for (auto& n : shape) n = std::max<hsize_t>(n, 1);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    auto bytes = [&] { hsize_t b = element; for (auto n : shape) b *= n; return b; };
    while (bytes() > largest_chunk && shape[axis] > 1) shape[axis] = (shape[axis] + 1) / 2;
  }
  return shape;
}

void File::failed(const std::string& doing, const std::string& object) const {
  broken = true;
  throw std::runtime_error(path + ": cannot " + doing + " " + object + ": " + cause());
}

void File::misused(const std::string& object, const std::string& what) const {
  throw std::logic_error(path + ": " + object + ": " + what);
}

void File::require_open(const std::string& object) const {
  silence();
  if (!open) misused(object, "the file is closed");
}

Handle File::creation(hid_t kind) const {
  Handle p(check(H5Pcreate(kind), "prepare", "an object"));
  // No times: equal content gives equal bytes.
  check(H5Pset_obj_track_times(p, 0), "prepare", "an object");
  // netCDF-4 needs the order of creation. Attributes stay in the object's header (32), where the
  // space of a replaced one is cleared; the indexed form would keep its bytes.
  if (kind != H5P_DATATYPE_CREATE) {
    check(H5Pset_attr_creation_order(p, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "prepare", "an object");
    check(H5Pset_attr_phase_change(p, 32, 24), "prepare", "an object");
  }
  if (kind == H5P_GROUP_CREATE || kind == H5P_FILE_CREATE)
    check(H5Pset_link_creation_order(p, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "prepare", "an object");
  return p;
}

void File::create() {
  silence();
  failed_closing.clear();
  Handle fcpl = creation(H5P_FILE_CREATE);
  // Nothing else is set for the file: it would need a superblock extension, which keeps the time.
  Handle fapl(check(H5Pcreate(H5P_FILE_ACCESS), "create", "the file"));
  check(H5Pset_libver_bounds(fapl, H5F_LIBVER_V18, H5F_LIBVER_LATEST), "create", "the file");
  check(H5Pset_fclose_degree(fapl, H5F_CLOSE_STRONG), "create", "the file");
  // OutputFile holds a lock of its own, and network file systems refuse HDF5's.
  check(H5Pset_file_locking(fapl, 0, 1), "create", "the file");
  id = Handle(check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, fcpl, fapl), "create", "the file"));
  groups["/"].id = Handle(check(H5Gopen2(id, "/", H5P_DEFAULT), "open", "/"));
  write_attribute(groups["/"].id, "/", "Conventions", std::string("CF-1.8"));
}

OpenGroup& File::group(const std::string& name) {
  if (auto found = groups.find(name); found != groups.end()) return found->second;
  OpenGroup& parent = group(parent_of(name));
  Handle gcpl = creation(H5P_GROUP_CREATE);
  const std::string leaf = name.substr(name.rfind('/') + 1);
  Handle made(check(H5Gcreate2(parent.id, leaf.c_str(), H5P_DEFAULT, gcpl, H5P_DEFAULT), "create", name));
  OpenGroup& mine = groups[name];
  mine.id = std::move(made);
  return mine;
}

 // Attributes -------------------------------------------------------------------------------

void File::write_raw_attribute(hid_t object, const std::string& object_name, const std::string& name, hid_t stored, hid_t memory,
                         hid_t space, const void* value) const {
  const std::string full = object_name + "@" + name;
  Handle a(check(H5Acreate2(object, name.c_str(), stored, space, H5P_DEFAULT, H5P_DEFAULT), "create", full));
  if (value) check(H5Awrite(a, memory, value), "write", full);
}

void File::write_attribute(hid_t object, const std::string& object_name, const std::string& name, const AttributeValue& value) const {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->find('\0') != std::string::npos) misused(object_name + "@" + name, "text with a NUL character");
    Handle type(H5Tcopy(H5T_C_S1));
    check(H5Tset_size(type, std::max<std::size_t>(text->size(), 1)), "create", object_name + "@" + name);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    // HDF5 has no text of length 0; netCDF writes a null space for it.
    Handle space(H5Screate(text->empty() ? H5S_NULL : H5S_SCALAR));
    write_raw_attribute(object, object_name, name, type, type, space, text->empty() ? nullptr : text->data());
  } else {
    Handle space(H5Screate(H5S_SCALAR));
    if (const auto* whole = std::get_if<std::int64_t>(&value))
      write_raw_attribute(object, object_name, name, H5T_STD_I64LE, H5T_NATIVE_INT64, space, whole);
    else
      write_raw_attribute(object, object_name, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, space, &std::get<double>(value));
  }
}

void File::write_meaning(hid_t dataset, const std::string& name, ElementType type, const Meaning& m, const std::string& prefix) const {
  write_attribute(dataset, name, prefix + "units", m.units);
  write_attribute(dataset, name, prefix + "long_name", m.long_name);
  if (m.scale_factor != 1) {
    if (!is_integer(type)) misused(name, "a scale factor is for integers");
    write_attribute(dataset, name, prefix + "scale_factor", m.scale_factor);
  }
  for (const auto& [key, value] : m.more) write_attribute(dataset, name, prefix + key, value);
}

 // _FillValue has the type of its variable and, as netCDF writes it, one element in a list.
void File::write_fill(hid_t dataset, const std::string& name, ElementType type) const {
  with_number(type, [&](auto t) {
    const auto value = missing<decltype(t)>();
    const hsize_t one = 1;
    Handle space(H5Screate_simple(1, &one, nullptr));
    write_raw_attribute(dataset, name, "_FillValue", file_type(type), memory_type(type), space, &value);
  });
}

 // Datasets ---------------------------------------------------------------------------------

Handle File::create_dataset(hid_t parent, const std::string& full, hid_t stored, const std::vector<hsize_t>& shape, bool grows,
                      const std::vector<hsize_t>& chunk, bool compress, std::optional<ElementType> filled, bool cached) const {
  Handle dcpl = creation(H5P_DATASET_CREATE);
  Handle dapl(H5Pcreate(H5P_DATASET_ACCESS));
  std::vector<hsize_t> limit = shape;
  if (grows) limit[0] = H5S_UNLIMITED;
  const bool empty = std::find(shape.begin(), shape.end(), hsize_t{0}) != shape.end();
  // A chunk may not exceed a fixed shape, so what is empty for good is contiguous.
  if (!shape.empty() && (grows || !empty)) {
    check(H5Pset_chunk(dcpl, static_cast<int>(chunk.size()), chunk.data()), "create", full);
    if (compress && storage.gzip > 0) {
      check(H5Pset_shuffle(dcpl), "create", full);
      check(H5Pset_deflate(dcpl, static_cast<unsigned>(storage.gzip)), "create", full);
    }
    // What is written as whole chunks, or once: a second copy in HDF5 would be waste.
    if (!cached) check(H5Pset_chunk_cache(dapl, 0, 0, 1.0), "create", full);
  }
  if (filled)
    with_number(*filled, [&](auto t) {
      const auto value = missing<decltype(t)>();
      check(H5Pset_fill_value(dcpl, memory_type(*filled), &value), "create", full);
    });
  Handle space(shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), limit.data()));
  check(static_cast<hid_t>(space), "create", full);
  const std::string leaf = full.substr(full.rfind('/') + 1);
  if (leaf.empty()) misused(full, "has no name");
  if (H5Lexists(parent, leaf.c_str(), H5P_DEFAULT) > 0) misused(full, "exists already");
  return Handle(check(H5Dcreate2(parent, leaf.c_str(), stored, space, H5P_DEFAULT, dcpl, dapl), "create", full));
}

Handle File::write_dataset(hid_t parent, const std::string& full, const ArrayView& values, const std::vector<hsize_t>& shape, bool is_axis) const {
  const ElementType type = type_of(values);
  const auto chunk = chunk_of(shape, bytes_of(type));
  if (type == ElementType::text) {
    const auto strings = std::get<std::span<const std::string>>(values);
    std::vector<const char*> pointers;
    for (const auto& s : strings) {
      if (s.find('\0') != std::string::npos) misused(full, "text with a NUL character");
      pointers.push_back(s.c_str());
    }
    Handle text = variable_text_type();
    // Only the references would be compressed, not the text behind them.
    Handle d = create_dataset(parent, full, text, shape, false, chunk, false, std::nullopt);
    if (!strings.empty()) check(H5Dwrite(d, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "write", full);
    return d;
  }
  Handle d = create_dataset(parent, full, file_type(type), shape, false, chunk, true, is_axis ? std::nullopt : std::optional(type), false);
  if (size_of(values) > 0) check(H5Dwrite(d, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes_at(values)), "write", full);
  return d;
}

Axis& File::make_axis(OpenGroup& g, const std::string& full, Handle dataset, hsize_t length) const {
  const std::string name = full.substr(full.rfind('/') + 1);
  check(H5DSset_scale(dataset, name.c_str()), "make an axis of", full);
  Axis& a = g.axes[name];
  a.dataset = std::move(dataset);
  a.length = length;
  return a;
}

Axis& File::axis_of(OpenGroup& g, const std::string& variable, const std::string& axis) const {
  const auto found = g.axes.find(axis);
  if (found == g.axes.end()) misused(variable, "its group has no axis " + axis);
  return found->second;
}

void File::attach(OpenGroup& g, hid_t dataset, const std::string& full, const std::vector<std::string>& axes) const {
  for (std::size_t i = 0; i < axes.size(); ++i)
    check(H5DSattach_scale(dataset, g.axes.at(axes[i]).dataset, static_cast<unsigned>(i)), "attach an axis to", full);
}

void Blocks::append(const char* bytes, std::size_t n) {
  if (limit && rows() + n > *limit) file->misused(full, "more rows than its leading axis has");
  if (row_bytes == 0) { written += n; return; }
  if (gathered.empty())
    for (; n >= rows_per_chunk; n -= rows_per_chunk, bytes += rows_per_chunk * row_bytes) write(bytes, rows_per_chunk);
  // The last rows of a fixed axis need not wait for more.
  if (limit && gathered.empty() && n > 0 && written + n == *limit) return write(bytes, n);
  while (n > 0) {
    const std::size_t room = rows_per_chunk - gathered.size() / row_bytes;
    const std::size_t take = std::min(room, n);
    gathered.insert(gathered.end(), bytes, bytes + take * row_bytes);
    bytes += take * row_bytes;
    n -= take;
    if (gathered.size() / row_bytes == rows_per_chunk) flush();
  }
}

void Blocks::extend(hsize_t rows) {
  if (limit || rows <= shape[0]) return;
  shape[0] = rows;
  file->check(H5Dset_extent(dataset, shape.data()), "extend", full);
}

void Blocks::flush() {
  const hsize_t n = row_bytes ? gathered.size() / row_bytes : 0;
  if (n == 0) return;
  write(gathered.data(), n);
  gathered.clear();
}

void Blocks::write(const char* bytes, hsize_t n) {
  extend(written + n);
  Handle disk(file->check(H5Dget_space(dataset), "write", full));
  std::vector<hsize_t> from(shape.size(), 0), count = shape;
  from[0] = written;
  count[0] = n;
  file->check(H5Sselect_hyperslab(disk, H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr), "write", full);
  Handle rows(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr));
  file->check(H5Dwrite(dataset, memory, rows, disk, H5P_DEFAULT, bytes), "write", full);
  written += n;
}

void File::close() {
  require_open("/");
  for (auto& b : blocks) b->flush();
  for (auto& b : blocks) {
    if (!b->axis) continue;
    if (b->written > b->axis->written) misused(b->full, "more rows than its leading axis has");
    b->extend(b->axis->written);
  }
  check(H5Fflush(id, H5F_SCOPE_LOCAL), "flush", "the file");
  release();
  if (!failed_closing.empty()) {
    broken = true;
    throw std::runtime_error(path + ": cannot write the file: " + std::exchange(failed_closing, {}));
  }
  if (H5Fclose(id.give_up()) < 0) failed("close", "the file");
}

// Everything that keeps the file open besides `id`.
void File::release() noexcept {
  open = false;
  for (auto& b : blocks) {
    b->dataset.reset();
    b->memory_owned.reset();
    b->file = nullptr;
  }
  blocks.clear();
  tables.clear();
  groups.clear();
}

// Closes a file that nobody will look at. After a failure, what HDF5 still wants to write goes
// nowhere: on a full disk it would fail again and keep hold of the file and its place.
void File::abandon() noexcept {
  if (id < 0) return;
  silence();
  void* driver = nullptr;
  if (broken && H5Fget_vfd_handle(id, H5P_DEFAULT, &driver) >= 0 && driver) {
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere >= 0) {
      dup2(nowhere, *static_cast<int*>(driver));
      ::close(nowhere);
    }
  }
  release();
  H5Fclose(id.give_up());
}

}  // namespace tantu::hdf5
