// Declared state: copy, save and hash derive from one list of members.
//
// Everything of a simulation that changes lies in structs with a member template
//   template <class Visitor> void visit_state(Visitor& v) { v("holdings", holdings); ... }
// naming each member once. Scalars and structs of integers without unused bytes are stored as their bytes,
// vectors and deques as a length and their elements, other structs by their own visit_state. A saved state is only read by a
// program of the same build for the same scenario (scenarios/ checks both before calling load).
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tantu {

namespace state_detail {
struct Probe {
  template <class T>
  void operator()(std::string_view, T&) {}
};
template <class T, class = void>
struct HasState : std::false_type {};
template <class T>
struct HasState<T, std::void_t<decltype(std::declval<T&>().visit_state(std::declval<Probe&>()))>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsSequence : IsVector<T> {};
template <class T>
struct IsSequence<std::deque<T>> : std::true_type {};
/// May be stored as its bytes: a struct only if there are none between or behind its members, whose values
/// would differ between equal states.
template <class T>
inline constexpr bool is_plain = std::is_trivially_copyable_v<T> && (!std::is_class_v<T> || std::has_unique_object_representations_v<T>);
}  // namespace state_detail

/// Writes a state to bytes.
class StateWriter {
 public:
  template <class T>
  void operator()(std::string_view, T& member) { put(member); }
  std::vector<std::byte> take() && { return std::move(bytes_); }

 private:
  template <class T>
  void put(T& member) {
    if constexpr (state_detail::HasState<T>::value) {
      member.visit_state(*this);
    } else if constexpr (state_detail::IsSequence<T>::value) {
      std::uint64_t size = member.size();
      raw(&size, sizeof size);
      using E = typename T::value_type;
      if constexpr (state_detail::HasState<E>::value || state_detail::IsSequence<E>::value || !state_detail::IsVector<T>::value) {
        for (auto& element : member) put(element);
      } else {
        static_assert(state_detail::is_plain<E>);
        raw(member.data(), member.size() * sizeof(E));
      }
    } else {
      static_assert(state_detail::is_plain<T>);
      raw(&member, sizeof member);
    }
  }
  void raw(const void* from, std::size_t size) {
    const auto* p = static_cast<const std::byte*>(from);
    bytes_.insert(bytes_.end(), p, p + size);
  }
  std::vector<std::byte> bytes_;
};

/// Reads a state back. Throws std::runtime_error where the bytes end early or name an absurd length.
class StateReader {
 public:
  explicit StateReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  void operator()(std::string_view name, T& member) { name_ = name; get(member); }
  bool finished() const { return at_ == bytes_.size(); }

 private:
  template <class T>
  void get(T& member) {
    if constexpr (state_detail::HasState<T>::value) {
      member.visit_state(*this);
    } else if constexpr (state_detail::IsSequence<T>::value) {
      std::uint64_t size = 0;
      raw(&size, sizeof size);
      using E = typename T::value_type;
      if (size > bytes_.size() - at_) fail();
      member.resize(size);
      if constexpr (state_detail::HasState<E>::value || state_detail::IsSequence<E>::value || !state_detail::IsVector<T>::value) {
        for (auto& element : member) get(element);
      } else {
        raw(member.data(), member.size() * sizeof(E));
      }
    } else {
      raw(&member, sizeof member);
    }
  }
  void raw(void* to, std::size_t size) {
    if (size > bytes_.size() - at_) fail();
    if (size) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
  }
  [[noreturn]] void fail() const {
    throw std::runtime_error("the saved state ends early, at " + std::string(name_));
  }
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::string_view name_;
};

/// 64-bit FNV-1a of a state's bytes.
template <class State>
std::uint64_t state_hash(State& state) {
  StateWriter writer;
  state.visit_state(writer);
  std::uint64_t hash = 14695981039346656037ull;
  for (const std::byte b : std::move(writer).take()) hash = (hash ^ static_cast<std::uint64_t>(b)) * 1099511628211ull;
  return hash;
}

}  // namespace tantu
