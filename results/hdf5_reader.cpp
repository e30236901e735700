#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <set>

#include "results/hdf5_parts.hpp"
#include "sim/input_error.hpp"

namespace tantu {

using namespace hdf5;

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
