// The parameter table: what a parameter is, declared once.
//
// A struct of parameters has one Table, a list of Fields (name, member, unit, range, doc). That list
// drives reading and range checks with a JSON pointer, `--set`, the JSON Schema, the resolved
// scenario in the results and the reference page (all in scenarios/, which knows JSON; this file does
// not). Default values are those of the default-constructed struct.
//
//   struct CapParameters { double reduction = 0; Day start; std::map<int, double> path; };
//   template <> const Table& table<CapParameters>() {
//     static const Table t{"cap", "The number of allowances of each year.",
//       {field<&CapParameters::reduction>("reduction", "1", in(0, 1), "yearly reduction as a share"),
//        field<&CapParameters::start>("start", "", "first day of the rule").required()}};
//     return t;
//   }
//
// Supported member types: bool, std::int64_t, std::uint64_t (seeds), double, std::string, Day,
// std::vector of {std::int64_t, double, std::string, Day}, std::map<int, double> (a path by year; keys are years),
// std::optional<double | std::int64_t | Day> (null or absent = none), CanonicalJson (any value), an enum (choices, in order from 0), a
// nested struct that has a table<>(), std::vector<struct>, std::map<std::string, struct> (keys are ids),
// and std::map<std::string, Plugin> (objects whose `kind` picks a table from a catalog).
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/date.hpp"

namespace tantu {

enum class FieldType {
  boolean, integer, unsigned_integer, number, text, date, choice,
  integers, numbers, texts, dates, year_numbers,
  optional_number, optional_integer, optional_date, json,
  object, objects, mapping, plugins,
};

/// Any JSON value, kept as its canonical text; "" for none.
struct CanonicalJson {
  std::string text;
  friend bool operator==(const CanonicalJson&, const CanonicalJson&) = default;
};

struct Range {
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  bool open_below = false;  ///< the least value itself is excluded
};
constexpr Range in(double least, double most) { return {least, most, false}; }
constexpr Range at_least(double least) { return {least, std::numeric_limits<double>::infinity(), false}; }
constexpr Range above(double bound) { return {bound, std::numeric_limits<double>::infinity(), true}; }
constexpr Range anything() { return {}; }

/// A rule over several fields that the range of each cannot express, found broken.
struct Problem {
  std::string place;    ///< JSON pointer below the checked object, e.g. "/deadline"
  std::string message;  ///< what is wrong and what would be right
};

struct Table;
struct KindEntry;

/// How to walk a container of nested structs without knowing its type.
struct Children {
  std::size_t (*size)(const void* container) = nullptr;
  void (*clear)(void* container) = nullptr;
  /// Appends (list) or finds-or-inserts (map; `key` is the id) a default element and returns it.
  void* (*add)(void* container, std::string_view key) = nullptr;
  const void* (*at)(const void* container, std::size_t index) = nullptr;
  std::string (*key)(const void* container, std::size_t index) = nullptr;  ///< maps only
};

struct Field {
  std::string_view name;
  std::string_view unit;  ///< "" where there is none to name, "1" for shares and ratios
  Range range;
  std::string_view doc;
  FieldType type = FieldType::boolean;
  void* (*locate)(void* owner) = nullptr;  ///< the member inside its struct
  const Table& (*table)() = nullptr;       ///< object, objects, mapping: the table of the nested struct
  Children children{};                     ///< objects, mapping
  std::vector<std::string_view> choices{}; ///< choice: the names of the enumerators, in order
  int (*get_choice)(const void* member) = nullptr;
  void (*set_choice)(void* member, int index) = nullptr;
  std::span<const KindEntry> (*catalog)() = nullptr;  ///< plugins
  bool is_required = false;

  Field required() && { is_required = true; return std::move(*this); }
  const void* locate_const(const void* owner) const { return locate(const_cast<void*>(owner)); }
};

struct Table {
  std::string_view name;
  std::string_view doc;
  std::vector<Field> fields;
  /// Rules over several fields; appends what is broken. May be null.
  void (*check)(const void* object, std::vector<Problem>& problems) = nullptr;
};

/// Specialised beside each struct of parameters.
template <class Struct>
const Table& table();

/// An object of a scenario whose `kind` says which plug-in it configures.
struct Plugin {
  std::string kind;
  std::shared_ptr<void> parameters;  ///< an object of the kind's parameter struct
};

/// What a catalog says of a kind to the reader of scenarios.
struct KindEntry {
  std::string_view kind;
  const Table& (*table)();
  std::shared_ptr<void> (*make_parameters)();  ///< a default-constructed parameter struct
};

template <class Parameters>
KindEntry kind_entry(std::string_view kind) {
  return {kind, [] () -> const Table& { return table<Parameters>(); },
          [] () -> std::shared_ptr<void> { return std::make_shared<Parameters>(); }};
}

namespace parameters_detail {

template <class T>
struct MemberOf;
template <class S, class M>
struct MemberOf<M S::*> {
  using Struct = S;
  using Member = M;
};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type { using Element = T; };
template <class T>
struct IsIdMap : std::false_type {};
template <class T>
struct IsIdMap<std::map<std::string, T>> : std::true_type { using Element = T; };

template <class M>
void describe(Field& f) {
  if constexpr (std::is_same_v<M, bool>) f.type = FieldType::boolean;
  else if constexpr (std::is_same_v<M, std::uint64_t>) f.type = FieldType::unsigned_integer;
  else if constexpr (std::is_same_v<M, std::int64_t>) f.type = FieldType::integer;
  else if constexpr (std::is_same_v<M, double>) f.type = FieldType::number;
  else if constexpr (std::is_same_v<M, std::string>) f.type = FieldType::text;
  else if constexpr (std::is_same_v<M, Day>) f.type = FieldType::date;
  else if constexpr (std::is_same_v<M, std::vector<std::int64_t>>) f.type = FieldType::integers;
  else if constexpr (std::is_same_v<M, std::vector<double>>) f.type = FieldType::numbers;
  else if constexpr (std::is_same_v<M, std::vector<std::string>>) f.type = FieldType::texts;
  else if constexpr (std::is_same_v<M, std::vector<Day>>) f.type = FieldType::dates;
  else if constexpr (std::is_same_v<M, std::map<int, double>>) f.type = FieldType::year_numbers;
  else if constexpr (std::is_same_v<M, std::optional<double>>) f.type = FieldType::optional_number;
  else if constexpr (std::is_same_v<M, std::optional<std::int64_t>>) f.type = FieldType::optional_integer;
  else if constexpr (std::is_same_v<M, std::optional<Day>>) f.type = FieldType::optional_date;
  else if constexpr (std::is_same_v<M, CanonicalJson>) f.type = FieldType::json;
  else if constexpr (std::is_same_v<M, std::map<std::string, Plugin>>) f.type = FieldType::plugins;
  else if constexpr (std::is_enum_v<M>) {
    f.type = FieldType::choice;
    f.get_choice = [](const void* m) { return static_cast<int>(*static_cast<const M*>(m)); };
    f.set_choice = [](void* m, int i) { *static_cast<M*>(m) = static_cast<M>(i); };
  } else if constexpr (IsVector<M>::value) {
    using E = typename IsVector<M>::Element;
    f.type = FieldType::objects;
    f.table = [] () -> const Table& { return table<E>(); };
    f.children = {[](const void* c) { return static_cast<const M*>(c)->size(); },
                  [](void* c) { static_cast<M*>(c)->clear(); },
                  [](void* c, std::string_view) -> void* { return &static_cast<M*>(c)->emplace_back(); },
                  [](const void* c, std::size_t i) -> const void* { return &(*static_cast<const M*>(c))[i]; },
                  nullptr};
  } else if constexpr (IsIdMap<M>::value) {
    using E = typename IsIdMap<M>::Element;
    f.type = FieldType::mapping;
    f.table = [] () -> const Table& { return table<E>(); };
    f.children = {[](const void* c) { return static_cast<const M*>(c)->size(); },
                  [](void* c) { static_cast<M*>(c)->clear(); },
                  [](void* c, std::string_view k) -> void* { return &(*static_cast<M*>(c))[std::string(k)]; },
                  [](const void* c, std::size_t i) -> const void* { return &std::next(static_cast<const M*>(c)->begin(), static_cast<std::ptrdiff_t>(i))->second; },
                  [](const void* c, std::size_t i) { return std::next(static_cast<const M*>(c)->begin(), static_cast<std::ptrdiff_t>(i))->first; }};
  } else {
    f.type = FieldType::object;
    f.table = [] () -> const Table& { return table<M>(); };
  }
}

}  // namespace parameters_detail

/// Declares the parameter held by `Member`. Ranges apply to numbers, and to each element of lists and paths.
template <auto Member>
Field field(std::string_view name, std::string_view unit, Range range, std::string_view doc) {
  using Parts = parameters_detail::MemberOf<decltype(Member)>;
  Field f;
  f.name = name;
  f.unit = unit;
  f.range = range;
  f.doc = doc;
  f.locate = [](void* owner) -> void* { return &(static_cast<typename Parts::Struct*>(owner)->*Member); };
  parameters_detail::describe<typename Parts::Member>(f);
  return f;
}
template <auto Member>
Field field(std::string_view name, std::string_view unit, std::string_view doc) {
  return field<Member>(name, unit, anything(), doc);
}
/// A parameter that lies inside a member of the struct, as if it were the struct's own.
template <auto Outer, auto Inner>
Field field_within(std::string_view name, std::string_view unit, Range range, std::string_view doc) {
  Field f = field<Inner>(name, unit, range, doc);
  f.locate = [](void* owner) -> void* {
    using Struct = typename parameters_detail::MemberOf<decltype(Outer)>::Struct;
    return &(static_cast<Struct*>(owner)->*Outer.*Inner);
  };
  return f;
}
/// An enumeration: `names` are the enumerators' names in order from 0.
template <auto Member>
Field choice(std::string_view name, std::vector<std::string_view> names, std::string_view doc) {
  Field f = field<Member>(name, "", anything(), doc);
  f.choices = std::move(names);
  return f;
}
/// A map of plug-ins; `catalog` lists the kinds there are.
template <auto Member>
Field plugins(std::string_view name, std::span<const KindEntry> (*catalog)(), std::string_view doc) {
  Field f = field<Member>(name, "", anything(), doc);
  f.catalog = catalog;
  return f;
}

/// The rules over several fields of a struct, in the form that Table::check wants: `rule` is a lambda
/// without captures, called as void(const Struct&, std::vector<Problem>&).
template <class Struct, class Rule>
auto check_as(Rule) {
  return +[](const void* object, std::vector<Problem>& problems) { Rule{}(*static_cast<const Struct*>(object), problems); };
}

}  // namespace tantu
