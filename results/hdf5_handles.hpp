// What our use of HDF5 rests on: handles that close themselves, causes of errors, element types. Only results/hdf5_*.cpp
// include this; everybody else sees results/hdf5_file.hpp.
#pragma once

#include <hdf5.h>
#include <hdf5_hl.h>

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "results/hdf5_file.hpp"

namespace tantu::hdf5 {

/// Before the first call of a thread. HDF5 prints its own traces unless told not to, separately in every thread. And at
/// the end of the program it closes what is open once more, which crashes after a close that failed (disk full): our
/// handles close themselves.
void silence();

/// The entry of HDF5's error stack that is nearest to the cause; of an operating system error only the text of errno,
/// without the time stamp and addresses that HDF5 puts around it.
std::string cause();

/// Closing writes what HDF5 has gathered. Where that fails in a destructor nobody sees it, and HDF5 forgets it: the
/// file would open and lie. It is kept here until its file is closed; "" for nothing.
extern thread_local std::string failed_closing;

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

hid_t memory_type(ElementType);
/// Little-endian on every machine, so that the bytes do not depend on it.
hid_t file_type(ElementType);
std::size_t bytes_of(ElementType);
inline bool is_integer(ElementType t) { return t == ElementType::uint8 || t == ElementType::int32 || t == ElementType::int64; }
Handle variable_text_type();

template <class T>
constexpr ElementType element_type_of() {
  if constexpr (std::is_same_v<T, std::uint8_t>) return ElementType::uint8;
  else if constexpr (std::is_same_v<T, std::int32_t>) return ElementType::int32;
  else if constexpr (std::is_same_v<T, std::int64_t>) return ElementType::int64;
  else if constexpr (std::is_same_v<T, float>) return ElementType::float32;
  else if constexpr (std::is_same_v<T, double>) return ElementType::float64;
  else { static_assert(std::is_same_v<T, std::string>); return ElementType::text; }
}

ElementType type_of(const ArrayView&);
std::size_t size_of(const ArrayView&);
const char* bytes_at(const ArrayView&);

/// "/daily" of "/daily/close", "/" of "/daily".
std::string parent_of(const std::string& path);
std::string joined(const std::string& group, const std::string& name);

}  // namespace tantu::hdf5
