// From a struct of parameters back to JSON, through its Table, and the fingerprint of the result.
//
// write_object is the resolved scenario: every parameter with its value, defaults included, keys in the
// order of the table, ids sorted, nothing left to the order of a file. Reading it gives an equal struct
// and writing that an equal text (verified by tests/unit/test_table_reader.cpp).
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "sim/parameters.hpp"

namespace tantu {

/// Throws std::logic_error for what JSON cannot hold (an infinite number) and for kinds that are in no catalog:
/// mistakes of the program, not of its user.
nlohmann::ordered_json write_object(const Table& table, const void* object);
/// One field of it.
nlohmann::ordered_json write_field(const Field& field, const void* owner);

/// One line without spaces; numbers in the shortest or a near shortest form that reads back to the same bits.
std::string canonical_text(const nlohmann::ordered_json& json);
/// The same for people: indented by two spaces, with a newline at the end.
std::string readable_text(const nlohmann::ordered_json& json);

template <class Struct>
std::string resolved_text(const Struct& object) {
  return canonical_text(write_object(table<Struct>(), &object));
}

/// SHA-256 (FIPS 180-4) as 64 hexadecimal digits. Of a canonical text, it identifies the run.
std::string sha256(std::string_view bytes);

}  // namespace tantu
