#include "results/hdf5_handles.hpp"

namespace tantu::hdf5 {

thread_local std::string failed_closing;

void silence() {
  static const bool stays = H5dont_atexit() >= 0;
  (void)stays;
  thread_local const bool silent = [] { return H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0; }();
  (void)silent;
}

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

ElementType type_of(const ArrayView& v) {
  return std::visit([](auto s) { return element_type_of<std::remove_const_t<typename decltype(s)::element_type>>(); }, v);
}
std::size_t size_of(const ArrayView& v) {
  return std::visit([](auto s) { return s.size(); }, v);
}
const char* bytes_at(const ArrayView& v) {
  return std::visit([](auto s) { return reinterpret_cast<const char*>(s.data()); }, v);
}

Handle variable_text_type() {
  Handle t(H5Tcopy(H5T_C_S1));
  H5Tset_size(t, H5T_VARIABLE);
  H5Tset_cset(t, H5T_CSET_UTF8);
  return t;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}
std::string joined(const std::string& group, const std::string& name) { return group == "/" ? "/" + name : group + "/" + name; }

}  // namespace tantu::hdf5

namespace tantu {

std::string hdf5_version() {
  unsigned a = 0, b = 0, c = 0;
  H5get_libversion(&a, &b, &c);
  return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c);
}

}  // namespace tantu
