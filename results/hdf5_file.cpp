#include "results/hdf5_file.hpp"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "sim/input_error.hpp"

namespace tantu {
namespace {

// --- errors ---------------------------------------------------------------------------------

// HDF5 prints its own traces unless told not to, separately in every thread. And at the end of the
// program it closes what is open once more, which crashes after a close that failed (disk full):
// our handles close themselves.
void silence() {
  static const bool stays = H5dont_atexit() >= 0;
  (void)stays;
  thread_local const bool silent = [] { return H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0; }();
  (void)silent;
}

// The entry of HDF5's error stack that is nearest to the cause; of an operating system error only
// the text of errno, without the time stamp and addresses that HDF5 puts around it.
std::string cause() {
  std::string deepest;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, [](unsigned n, const H5E_error2_t* e, void* text) -> herr_t {
    if (n == 0 && e->desc) *static_cast<std::string*>(text) = e->desc;
    return 0;
  }, &deepest);
  const std::string mark = "error message = '";
  if (const auto at = deepest.find(mark); at != std::string::npos) {
    const auto from = at + mark.size();
    return deepest.substr(from, deepest.find('\'', from) - from);
  }
  return deepest.empty() ? "HDF5 does not say why" : deepest;
}

// --- handles --------------------------------------------------------------------------------

// Closing writes what HDF5 has gathered. Where that fails in a destructor nobody sees it, and HDF5 forgets it: the
// file would open and lie. It is kept here until its file is closed; "" for nothing.
thread_local std::string failed_closing;

class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  Handle(Handle&& o) noexcept : id_(std::exchange(o.id_, -1)) {}
  Handle& operator=(Handle&& o) noexcept { std::swap(id_, o.id_); return *this; }
  ~Handle() { reset(); }
  void reset() {
    if (id_ >= 0 && H5Idec_ref(std::exchange(id_, -1)) < 0 && failed_closing.empty()) failed_closing = cause();
  }
  hid_t give_up() { return std::exchange(id_, -1); }
  operator hid_t() const { return id_; }

 private:
  hid_t id_ = -1;
};

// --- element types --------------------------------------------------------------------------

hid_t memory_type(ElementType t) {
  switch (t) {
    case ElementType::uint8: return H5T_NATIVE_UINT8;
    case ElementType::int32: return H5T_NATIVE_INT32;
    case ElementType::int64: return H5T_NATIVE_INT64;
    case ElementType::float32: return H5T_NATIVE_FLOAT;
    case ElementType::float64: return H5T_NATIVE_DOUBLE;
    case ElementType::text: break;
  }
  throw std::logic_error("text has no fixed HDF5 type");
}

// Little-endian on every machine, so that the bytes do not depend on it.
hid_t file_type(ElementType t) {
  switch (t) {
    case ElementType::uint8: return H5T_STD_U8LE;
    case ElementType::int32: return H5T_STD_I32LE;
    case ElementType::int64: return H5T_STD_I64LE;
    case ElementType::float32: return H5T_IEEE_F32LE;
    case ElementType::float64: return H5T_IEEE_F64LE;
    case ElementType::text: break;
  }
  throw std::logic_error("text has no fixed HDF5 type");
}

std::size_t bytes_of(ElementType t) {
  switch (t) {
    case ElementType::uint8: return 1;
    case ElementType::int32:
    case ElementType::float32: return 4;
    case ElementType::int64:
    case ElementType::float64: return 8;
    case ElementType::text: return sizeof(char*);
  }
  return 0;
}

template <class T>
constexpr ElementType element_type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return ElementType::uint8;
  else if constexpr (std::is_same_v<T, std::int32_t>) return ElementType::int32;
  else if constexpr (std::is_same_v<T, std::int64_t>) return ElementType::int64;
  else if constexpr (std::is_same_v<T, float>) return ElementType::float32;
  else if constexpr (std::is_same_v<T, double>) return ElementType::float64;
  else { static_assert(std::is_same_v<T, std::string>); return ElementType::text; }
}

// Calls f(T{}) with the C++ type of a numeric ElementType.
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

ElementType type_of(const ArrayView& v) {
  return std::visit([](auto s) { return element_type_of<std::remove_const_t<typename decltype(s)::element_type>>(); }, v);
}
std::size_t size_of(const ArrayView& v) {
  return std::visit([](auto s) { return s.size(); }, v);
}
const char* bytes_at(const ArrayView& v) {
  return std::visit([](auto s) { return reinterpret_cast<const char*>(s.data()); }, v);
}
bool is_integer(ElementType t) { return t == ElementType::uint8 || t == ElementType::int32 || t == ElementType::int64; }

Handle variable_text_type() {
  Handle t(H5Tcopy(H5T_C_S1));
  H5Tset_size(t, H5T_VARIABLE);
  H5Tset_cset(t, H5T_CSET_UTF8);
  return t;
}

// --- chunks ---------------------------------------------------------------------------------

constexpr std::size_t largest_chunk = 1 << 20;
constexpr std::size_t block_chunk = 256 << 10;  // along a leading axis written in blocks

// The whole array, halved along its leading axes until it fits 1 MiB.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> shape, std::size_t element) {
  for (auto& n : shape) n = std::max<hsize_t>(n, 1);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    auto bytes = [&] { hsize_t b = element; for (auto n : shape) b *= n; return b; };
    while (bytes() > largest_chunk && shape[axis] > 1) shape[axis] = (shape[axis] + 1) / 2;
  }
  return shape;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}
std::string joined(const std::string& group, const std::string& name) { return group == "/" ? "/" + name : group + "/" + name; }

}  // namespace

std::string hdf5_version() {
  unsigned a = 0, b = 0, c = 0;
  H5get_libversion(&a, &b, &c);
  return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c);
}

// --- writing --------------------------------------------------------------------------------

namespace hdf5 {

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

  [[noreturn]] void failed(const std::string& doing, const std::string& object) const {
    broken = true;
    throw std::runtime_error(path + ": cannot " + doing + " " + object + ": " + cause());
  }
  template <class R>
  R check(R result, const char* doing, const std::string& object) const {
    if (result < 0) failed(doing, object);
    return result;
  }
  [[noreturn]] void misused(const std::string& object, const std::string& what) const {
    throw std::logic_error(path + ": " + object + ": " + what);
  }
  void require_open(const std::string& object) const {
    silence();
    if (!open) misused(object, "the file is closed");
  }

  Handle creation(hid_t kind) const {
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

  void create() {
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

  OpenGroup& group(const std::string& name) {
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

  void write_raw_attribute(hid_t object, const std::string& object_name, const std::string& name, hid_t stored, hid_t memory,
                           hid_t space, const void* value) const {
    const std::string full = object_name + "@" + name;
    Handle a(check(H5Acreate2(object, name.c_str(), stored, space, H5P_DEFAULT, H5P_DEFAULT), "create", full));
    if (value) check(H5Awrite(a, memory, value), "write", full);
  }

  void write_attribute(hid_t object, const std::string& object_name, const std::string& name, const AttributeValue& value) const {
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

  void write_meaning(hid_t dataset, const std::string& name, ElementType type, const Meaning& m, const std::string& prefix = "") const {
    write_attribute(dataset, name, prefix + "units", m.units);
    write_attribute(dataset, name, prefix + "long_name", m.long_name);
    if (m.scale_factor != 1) {
      if (!is_integer(type)) misused(name, "a scale factor is for integers");
      write_attribute(dataset, name, prefix + "scale_factor", m.scale_factor);
    }
    for (const auto& [key, value] : m.more) write_attribute(dataset, name, prefix + key, value);
  }

  // _FillValue has the type of its variable and, as netCDF writes it, one element in a list.
  void write_fill(hid_t dataset, const std::string& name, ElementType type) const {
    with_number(type, [&](auto t) {
      const auto value = missing<decltype(t)>();
      const hsize_t one = 1;
      Handle space(H5Screate_simple(1, &one, nullptr));
      write_raw_attribute(dataset, name, "_FillValue", file_type(type), memory_type(type), space, &value);
    });
  }

  // Datasets ---------------------------------------------------------------------------------

  Handle create_dataset(hid_t parent, const std::string& full, hid_t stored, const std::vector<hsize_t>& shape, bool grows,
                        const std::vector<hsize_t>& chunk, bool compress, std::optional<ElementType> filled, bool cached = true) const {
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

  Handle write_dataset(hid_t parent, const std::string& full, const ArrayView& values, const std::vector<hsize_t>& shape, bool is_axis) const {
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

  Axis& make_axis(OpenGroup& g, const std::string& full, Handle dataset, hsize_t length) const {
    const std::string name = full.substr(full.rfind('/') + 1);
    check(H5DSset_scale(dataset, name.c_str()), "make an axis of", full);
    Axis& a = g.axes[name];
    a.dataset = std::move(dataset);
    a.length = length;
    return a;
  }

  Axis& axis_of(OpenGroup& g, const std::string& variable, const std::string& axis) const {
    const auto found = g.axes.find(axis);
    if (found == g.axes.end()) misused(variable, "its group has no axis " + axis);
    return found->second;
  }

  void attach(OpenGroup& g, hid_t dataset, const std::string& full, const std::vector<std::string>& axes) const {
    for (std::size_t i = 0; i < axes.size(); ++i)
      check(H5DSattach_scale(dataset, g.axes.at(axes[i]).dataset, static_cast<unsigned>(i)), "attach an axis to", full);
  }

  void close();
  void abandon() noexcept;
  void release() noexcept;
};

// Rows gathered for one chunk of a dataset that is written along its leading axis.
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

  void append(const char* bytes, std::size_t n) {
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

  void extend(hsize_t rows) {
    if (limit || rows <= shape[0]) return;
    shape[0] = rows;
    file->check(H5Dset_extent(dataset, shape.data()), "extend", full);
  }

  void flush() {
    const hsize_t n = row_bytes ? gathered.size() / row_bytes : 0;
    if (n == 0) return;
    write(gathered.data(), n);
    gathered.clear();
  }

  void write(const char* bytes, hsize_t n) {
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
};

struct Rows {
  std::string full;
  std::vector<Column> columns;
  std::shared_ptr<Blocks> rows, index;
};

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

}  // namespace hdf5

namespace {

using hdf5::Blocks;
using hdf5::File;

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
  auto t = std::make_shared<hdf5::Rows>();
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

// --- reading --------------------------------------------------------------------------------

namespace {

[[noreturn]] void damaged(const File& file, const std::string& object, const std::string& what) {
  throw InputError(file.path, object == "/" ? "" : object, what + "; the file is damaged or not a result of tantu");
}

// What a stored type is read as; nothing for what no result holds (references, opaque, 16 bits unsigned...).
std::optional<ElementType> classify(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_INTEGER: {
      const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
      if (size == 1 && !is_signed) return ElementType::uint8;
      if (size < 4 || (size == 4 && is_signed)) return ElementType::int32;
      if (size == 4 || (size == 8 && is_signed)) return ElementType::int64;
      return std::nullopt;
    }
    case H5T_FLOAT:
      if (size <= 4) return ElementType::float32;
      if (size == 8) return ElementType::float64;
      return std::nullopt;
    case H5T_STRING: return ElementType::text;
    default: return std::nullopt;
  }
}

// Deflate shrinks at most 1032 times; what claims to hold more would only exhaust the memory.
void plausible(const File& file, const std::string& object, hsize_t values, std::size_t element) {
  struct stat s {};
  const double file_size = stat(file.path.c_str(), &s) == 0 ? static_cast<double>(s.st_size) : 0;
  // 64 MiB of allowance: values never written take no place.
  if (static_cast<double>(values) * static_cast<double>(element) > 1032 * file_size + (64 << 20))
    damaged(file, object, "claims " + std::to_string(values) + " values, more than a file of its size can hold");
}

std::string trimmed(const char* text, std::size_t size) {
  std::string s(text, size);
  s.resize(std::min(s.size(), s.find('\0')));
  return s;
}

// Text of `n` elements, however it is stored, through a callback that reads into a buffer.
template <class Read>
std::vector<std::string> texts(const File& file, const std::string& object, hid_t type, hid_t space, std::size_t n, Read&& read) {
  std::vector<std::string> out;
  if (n == 0) return out;
  if (H5Tis_variable_str(type) > 0) {
    plausible(file, object, n, sizeof(char*));
    std::vector<char*> pointers(n, nullptr);
    Handle memory(H5Tcopy(type));
    if (read(memory, pointers.data()) < 0) damaged(file, object, "cannot be read: " + cause());
    for (const char* p : pointers) out.emplace_back(p ? p : "");
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, pointers.data());
  } else {
    const std::size_t size = H5Tget_size(type);
    plausible(file, object, n, size);
    std::vector<char> buffer(n * size);
    Handle memory(H5Tcopy(type));
    if (read(memory, buffer.data()) < 0) damaged(file, object, "cannot be read: " + cause());
    for (std::size_t i = 0; i < n; ++i) out.push_back(trimmed(buffer.data() + i * size, size));
  }
  return out;
}

// Attributes that are text or one number; the rest is HDF5's own bookkeeping.
std::map<std::string, AttributeValue> attributes_of(const File& file, hid_t object, const std::string& name) {
  std::map<std::string, AttributeValue> out;
  H5O_info_t info;
  if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0) damaged(file, name, "cannot be read: " + cause());
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    Handle a(H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT));
    if (a < 0) damaged(file, name, "has an unreadable attribute: " + cause());
    const ssize_t length = H5Aget_name(a, 0, nullptr);
    if (length <= 0) damaged(file, name, "has an attribute without a name");
    std::string key(static_cast<std::size_t>(length), '\0');
    H5Aget_name(a, key.size() + 1, key.data());
    Handle type(H5Aget_type(a)), space(H5Aget_space(a));
    const auto kind = classify(type);
    if (!kind || key == "CLASS" || key == "NAME" || key.starts_with("_Netcdf4")) continue;
    const std::string full = name + "@" + key;
    if (H5Sget_simple_extent_type(space) == H5S_NULL) {
      if (*kind == ElementType::text) out[key] = std::string();
      continue;
    }
    if (H5Sget_simple_extent_npoints(space) != 1) continue;
    if (*kind == ElementType::text) {
      out[key] = texts(file, full, type, space, 1, [&](hid_t memory, void* p) { return H5Aread(a, memory, p); }).at(0);
    } else if (is_integer(*kind)) {
      std::int64_t v = 0;
      if (H5Aread(a, H5T_NATIVE_INT64, &v) < 0) damaged(file, full, "cannot be read: " + cause());
      out[key] = v;
    } else {
      double v = 0;
      if (H5Aread(a, H5T_NATIVE_DOUBLE, &v) < 0) damaged(file, full, "cannot be read: " + cause());
      out[key] = v;
    }
  }
  return out;
}

// Names of what a group holds by hard links (others lead out of the file), in order of creation if kept.
std::vector<std::string> members(const File& file, hid_t group, const std::string& path) {
  H5G_info_t info;
  if (H5Gget_info(group, &info) < 0) damaged(file, path, "cannot be read: " + cause());
  Handle gcpl(H5Gget_create_plist(group));
  unsigned order = 0;
  H5Pget_link_creation_order(gcpl, &order);
  const H5_index_t index = (order & H5P_CRT_ORDER_TRACKED) ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME;
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const ssize_t length = H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
    if (length <= 0) damaged(file, path, "has an unreadable link");
    std::string name(static_cast<std::size_t>(length), '\0');
    H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, name.data(), name.size() + 1, H5P_DEFAULT);
    H5L_info_t link;
    if (H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) >= 0 && link.type == H5L_TYPE_HARD) names.push_back(std::move(name));
  }
  return names;
}

H5I_type_t kind_of(hid_t parent, const std::string& name) {
  Handle object(H5Oopen(parent, name.c_str(), H5P_DEFAULT));
  return object < 0 ? H5I_BADID : H5Iget_type(object);
}

Handle open_group(const File& file, const std::string& path) {
  silence();
  Handle g(H5Gopen2(file.id, path.c_str(), H5P_DEFAULT));
  if (g < 0) throw InputError(file.path, path, "there is no such group");
  return g;
}

Handle open_dataset(const File& file, const std::string& path) {
  silence();
  Handle d(H5Dopen2(file.id, path.c_str(), H5P_DEFAULT));
  if (d < 0) throw InputError(file.path, path, "there is no such variable");
  return d;
}

std::optional<Variable> describe(const File& file, const std::string& path) {
  Handle d = open_dataset(file, path);
  Variable v;
  v.name = path.substr(path.rfind('/') + 1);
  Handle type(H5Dget_type(d)), space(H5Dget_space(d));
  if (type < 0 || space < 0) damaged(file, path, "cannot be read: " + cause());
  v.attributes = attributes_of(file, d, path);
  if (H5Tget_class(type) == H5T_COMPOUND) {
    const int n = H5Tget_nmembers(type);
    for (int i = 0; i < n; ++i) {
      Handle member(H5Tget_member_type(type, static_cast<unsigned>(i)));
      const auto kind = classify(member);
      char* text = H5Tget_member_name(type, static_cast<unsigned>(i));
      Column c{.name = text ? text : ""};
      H5free_memory(text);
      if (!kind || *kind == ElementType::text) continue;
      c.type = *kind;
      auto take = [&](const char* what) -> const AttributeValue* {
        const auto found = v.attributes.find(c.name + "_" + what);
        return found == v.attributes.end() ? nullptr : &found->second;
      };
      if (const auto* u = take("units")) if (auto* s = std::get_if<std::string>(u)) c.meaning.units = *s;
      if (const auto* l = take("long_name")) if (auto* s = std::get_if<std::string>(l)) c.meaning.long_name = *s;
      if (const auto* f = take("scale_factor")) if (auto* x = std::get_if<double>(f)) c.meaning.scale_factor = *x;
      v.columns.push_back(std::move(c));
    }
    if (v.columns.empty()) return std::nullopt;
  } else if (const auto kind = classify(type)) {
    v.type = *kind;
  } else {
    return std::nullopt;
  }
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return std::nullopt;
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0) damaged(file, path, "has no shape");
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank)), limit(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, shape.data(), limit.data());
  hsize_t total = 1;
  for (hsize_t n : shape)
    if (__builtin_mul_overflow(total, n, &total)) damaged(file, path, "has an impossible shape");
  v.shape.assign(shape.begin(), shape.end());
  v.grows = rank > 0 && limit[0] == H5S_UNLIMITED;
  v.is_axis = H5DSis_scale(d) > 0;
  for (int i = 0; i < rank; ++i) {
    std::string axis = v.is_axis ? v.name : "";
    if (!v.is_axis && H5DSget_num_scales(d, static_cast<unsigned>(i)) > 0)
      H5DSiterate_scales(d, static_cast<unsigned>(i), nullptr, [](hid_t, unsigned, hid_t scale, void* out) -> herr_t {
        const ssize_t length = H5Iget_name(scale, nullptr, 0);
        if (length > 0) {
          std::string full(static_cast<std::size_t>(length), '\0');
          H5Iget_name(scale, full.data(), full.size() + 1);
          *static_cast<std::string*>(out) = full.substr(full.rfind('/') + 1);
        }
        return 1;
      }, &axis);
    v.axes.push_back(std::move(axis));
  }
  return v;
}

template <class To, class From>
bool holds_every() {
  if constexpr (std::is_same_v<To, From>) return true;
  else if constexpr (std::is_same_v<To, double>) return !std::is_same_v<From, std::int64_t>;
  else if constexpr (std::is_same_v<To, float>) return std::is_same_v<From, std::uint8_t>;
  else return std::is_integral_v<From> && sizeof(From) < sizeof(To);
}

// Values as they are stored, rows [first, first + count) of the leading axis.
template <class T>
std::vector<T> stored_values(const File& file, const std::string& path, const Variable& v, std::size_t first, std::size_t count) {
  Handle d = open_dataset(file, path);
  Handle disk(H5Dget_space(d));
  std::vector<hsize_t> from(v.shape.size(), 0), extent(v.shape.begin(), v.shape.end());
  hsize_t n = 1;
  if (!extent.empty()) {
    if (first > extent[0] || count > extent[0] - first)
      throw InputError(file.path, path, "has " + std::to_string(extent[0]) + " rows, not rows " + std::to_string(first) + " to " + std::to_string(first + count));
    from[0] = first;
    extent[0] = count;
    for (hsize_t e : extent) n *= e;
    if (n > 0) H5Sselect_hyperslab(disk, H5S_SELECT_SET, from.data(), nullptr, extent.data(), nullptr);
  }
  std::vector<T> out;
  if (n == 0) return out;
  Handle memory(H5Screate_simple(1, &n, nullptr));
  if constexpr (std::is_same_v<T, std::string>) {
    Handle type(H5Dget_type(d));
    return texts(file, path, type, memory, n, [&](hid_t t, void* p) { return H5Dread(d, t, memory, disk, H5P_DEFAULT, p); });
  } else {
    plausible(file, path, n, sizeof(T));
    out.resize(n);
    if (H5Dread(d, memory_type(element_type_of<T>()), memory, disk, H5P_DEFAULT, out.data()) < 0)
      damaged(file, path, "cannot be read: " + cause());
    return out;
  }
}

Variable described(const File& file, const std::string& path) {
  auto v = describe(file, path);
  if (!v) throw InputError(file.path, path, "holds values of a kind that no result has");
  return *std::move(v);
}

// NaN and the other marks of a missing value change with the type they are read as.
template <class T, class S>
std::vector<T> widened(const std::vector<S>& stored, bool filled) {
  std::vector<T> out(stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i)
    out[i] = filled && stored[i] == missing<S>() ? missing<T>() : static_cast<T>(stored[i]);
  return out;
}

// HDF5 can run out of memory on a damaged file; that is still the file's fault.
template <class F>
auto guarded(const File& file, const std::string& path, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::bad_alloc&) {
    damaged(file, path, "does not fit into memory");
  } catch (const std::length_error&) {
    damaged(file, path, "has an impossible length");
  }
}

void list_groups(const File& file, hid_t group, const std::string& path, int depth, std::set<haddr_t>& seen, std::vector<std::string>& out) {
  H5O_info_t info;
  if (H5Oget_info2(group, &info, H5O_INFO_BASIC) < 0) damaged(file, path, "cannot be read: " + cause());
  // A hard link to an ancestor makes a circle.
  if (!seen.insert(info.addr).second) return;
  if (depth > 32) damaged(file, path, "is nested too deep");
  out.push_back(path);
  for (const auto& name : members(file, group, path)) {
    if (kind_of(group, name) != H5I_GROUP) continue;
    Handle child(H5Gopen2(group, name.c_str(), H5P_DEFAULT));
    if (child < 0) damaged(file, joined(path, name), "cannot be read: " + cause());
    list_groups(file, child, joined(path, name), depth + 1, seen, out);
  }
}

std::uint64_t little_endian(const unsigned char* at, int bytes) {
  std::uint64_t n = 0;
  for (int i = bytes; i-- > 0;) n = n << 8 | at[i];
  return n;
}

// HDF5 1.10.8 copies an object of a global heap (variable-length text, lists of references) by the
// length written beside it, without a look at where the heap ends: one damaged byte there crashes
// the program. So the lengths are checked before it may read: a collection is "GCOL", version 1,
// its size, then objects (index 2, references 2, reserved 4, size 8, content padded to 8 bytes);
// index 0 is what is free. Requires lengths of 8 bytes, which the superblock tells (version 2 and 3,
// the ones we write). Beyond 1 GiB the pass over the file would cost more than it protects.
void check_heaps(const File& file) {
  constexpr std::size_t longest = std::size_t{1} << 30, header = 16;
  const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat s {};
  const bool readable = descriptor >= 0 && fstat(descriptor, &s) == 0;
  const std::size_t size = readable ? static_cast<std::size_t>(s.st_size) : 0;
  void* mapped = size >= 48 && size <= longest ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
  if (descriptor >= 0) ::close(descriptor);
  if (mapped == MAP_FAILED) return;
  const auto* bytes = static_cast<const unsigned char*>(mapped);
  bool sound = true;
  if (bytes[8] >= 2 && bytes[10] == 8) {
    const unsigned char* end = bytes + size;
    const unsigned char mark[8] = {'G', 'C', 'O', 'L', 1, 0, 0, 0};
    for (const unsigned char* at = bytes; sound;) {
      at = static_cast<const unsigned char*>(memmem(at, static_cast<std::size_t>(end - at), mark, sizeof mark));
      if (!at || static_cast<std::size_t>(end - at) < header) break;
      std::uint64_t left = little_endian(at + 8, 8);
      sound = left >= header && left <= static_cast<std::uint64_t>(end - at);
      const unsigned char* object = at + header;
      for (left -= header; sound && left >= header;) {
        const bool is_free = little_endian(object, 2) == 0;
        const std::uint64_t length = little_endian(object + 8, 8);
        sound = length <= left && (!is_free || length >= header);
        if (!sound) break;
        const std::uint64_t taken = is_free ? length : header + (length + 7) / 8 * 8;
        sound = taken <= left;
        if (!sound) break;
        object += taken;
        left -= taken;
      }
      at += sizeof mark;
    }
  }
  munmap(mapped, size);
  if (!sound) damaged(file, "/", "a list of text or references is longer than its place");
}

}  // namespace

std::size_t Variable::size() const {
  std::size_t n = 1;
  for (std::size_t e : shape) n *= e;
  return n;
}

double Variable::scale_factor() const {
  const auto found = attributes.find("scale_factor");
  if (found == attributes.end()) return 1;
  if (const auto* x = std::get_if<double>(&found->second)) return *x;
  if (const auto* i = std::get_if<std::int64_t>(&found->second)) return static_cast<double>(*i);
  return 1;
}

ResultReader::ResultReader(const std::string& path) : file_(std::make_unique<File>()) {
  silence();
  file_->path = path;
  file_->open = false;  // for writing
  struct stat s {};
  if (stat(path.c_str(), &s) != 0) throw InputError(path, "", errno == ENOENT || errno == ENOTDIR ? std::string("does not exist") : std::string(std::strerror(errno)));
  if (S_ISDIR(s.st_mode)) throw InputError(path, "", "is a folder; give the name of a result file (.h5)");
  if (!S_ISREG(s.st_mode)) throw InputError(path, "", "is not a regular file; give the name of a result file (.h5)");
  if (access(path.c_str(), R_OK) != 0) throw InputError(path, "", "cannot be read: " + std::string(std::strerror(errno)));
  if (H5Fis_hdf5(path.c_str()) <= 0) throw InputError(path, "", "is not an HDF5 file; give a result of tantu run or tantu sweep");
  check_heaps(*file_);
  Handle fapl(H5Pcreate(H5P_FILE_ACCESS));
  H5Pset_fclose_degree(fapl, H5F_CLOSE_STRONG);
  H5Pset_file_locking(fapl, 0, 1);
  file_->id = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, fapl));
  if (file_->id < 0) throw InputError(path, "", "is damaged or was not written to its end: " + cause());
}
ResultReader::~ResultReader() = default;
ResultReader::ResultReader(ResultReader&&) noexcept = default;
ResultReader& ResultReader::operator=(ResultReader&&) noexcept = default;

std::vector<std::string> ResultReader::groups() const {
  std::vector<std::string> out;
  std::set<haddr_t> seen;
  list_groups(*file_, open_group(*file_, "/"), "/", 0, seen, out);
  return out;
}

std::map<std::string, AttributeValue> ResultReader::attributes(const std::string& group) const {
  return guarded(*file_, group, [&] { return attributes_of(*file_, open_group(*file_, group), group); });
}

std::vector<Variable> ResultReader::variables(const std::string& group) const {
  Handle g = open_group(*file_, group);
  return guarded(*file_, group, [&] {
    std::vector<Variable> out;
    for (const auto& name : members(*file_, g, group)) {
      const auto kind = kind_of(g, name);
      if (kind == H5I_BADID) damaged(*file_, joined(group, name), "cannot be read: " + cause());
      if (kind != H5I_DATASET) continue;
      if (auto v = describe(*file_, joined(group, name))) out.push_back(*std::move(v));
    }
    return out;
  });
}

std::optional<Variable> ResultReader::find(const std::string& path) const {
  silence();
  // H5Lexists fails where an ancestor is missing: look at one level at a time.
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string upto = path.substr(0, slash);
    if (upto.empty() || upto == "/" || H5Lexists(file_->id, upto.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
    if (slash == std::string::npos) break;
  }
  if (kind_of(file_->id, path) != H5I_DATASET) return std::nullopt;
  return guarded(*file_, path, [&] { return describe(*file_, path); });
}

template <class T>
std::vector<T> ResultReader::read(const std::string& path, std::size_t first, std::size_t count) const {
  return guarded(*file_, path, [&]() -> std::vector<T> {
    const Variable v = described(*file_, path);
    if (!v.columns.empty()) throw InputError(file_->path, path, "is a table; read its columns");
    if constexpr (std::is_same_v<T, std::string>) {
      if (v.type != ElementType::text) throw InputError(file_->path, path, "holds numbers where text is expected");
      return stored_values<T>(*file_, path, v, first, count);
    } else {
      if (v.type == ElementType::text) throw InputError(file_->path, path, "holds text where numbers are expected");
      return with_number(v.type, [&](auto s) -> std::vector<T> {
        using S = decltype(s);
        if constexpr (std::is_same_v<S, T>) {
          return stored_values<T>(*file_, path, v, first, count);
        } else {
          if (!holds_every<T, S>()) throw InputError(file_->path, path, "holds numbers of a wider type than expected");
          return widened<T>(stored_values<S>(*file_, path, v, first, count), v.attributes.contains("_FillValue"));
        }
      });
    }
  });
}

template <class T>
std::vector<T> ResultReader::read(const std::string& path) const {
  const Variable v = guarded(*file_, path, [&] { return described(*file_, path); });
  return read<T>(path, 0, v.shape.empty() ? 1 : v.shape[0]);
}

std::vector<double> ResultReader::read_in_units(const std::string& path) const {
  return guarded(*file_, path, [&]() -> std::vector<double> {
    const Variable v = described(*file_, path);
    if (v.type == ElementType::text || !v.columns.empty()) throw InputError(file_->path, path, "holds no numbers");
    return with_number(v.type, [&](auto s) {
      using S = decltype(s);
      auto out = widened<double>(stored_values<S>(*file_, path, v, 0, v.shape.empty() ? 1 : v.shape[0]), v.attributes.contains("_FillValue"));
      if (const double scale = v.scale_factor(); scale != 1)
        for (double& x : out) x *= scale;
      return out;
    });
  });
}

template <class T>
std::vector<T> ResultReader::read_column(const std::string& table, const std::string& column) const {
  return guarded(*file_, table, [&]() -> std::vector<T> {
    const Variable v = described(*file_, table);
    const auto found = std::find_if(v.columns.begin(), v.columns.end(), [&](const Column& c) { return c.name == column; });
    if (found == v.columns.end()) throw InputError(file_->path, table, "has no column " + column);
    return with_number(found->type, [&](auto s) -> std::vector<T> {
      using S = decltype(s);
      if (!holds_every<T, S>()) throw InputError(file_->path, table + ":" + column, "holds numbers of a wider type than expected");
      // A compound of the one column that is wanted.
      Handle memory(H5Tcreate(H5T_COMPOUND, sizeof(S)));
      H5Tinsert(memory, column.c_str(), 0, memory_type(found->type));
      Handle d = open_dataset(*file_, table);
      plausible(*file_, table, v.size(), sizeof(S));
      std::vector<S> out(v.size());
      if (!out.empty() && H5Dread(d, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()) < 0)
        damaged(*file_, table, "cannot be read: " + cause());
      if constexpr (std::is_same_v<S, T>) return out;
      else return widened<T>(out, false);
    });
  });
}

#define TANTU_READS(T)                                                                                    \
  template std::vector<T> ResultReader::read<T>(const std::string&) const;                                \
  template std::vector<T> ResultReader::read<T>(const std::string&, std::size_t, std::size_t) const;
#define TANTU_READS_NUMBERS(T) \
  TANTU_READS(T)               \
  template std::vector<T> ResultReader::read_column<T>(const std::string&, const std::string&) const;
TANTU_READS(std::string)
TANTU_READS_NUMBERS(std::uint8_t)
TANTU_READS_NUMBERS(std::int32_t)
TANTU_READS_NUMBERS(std::int64_t)
TANTU_READS_NUMBERS(float)
TANTU_READS_NUMBERS(double)
#undef TANTU_READS_NUMBERS
#undef TANTU_READS

}  // namespace tantu
