// The JSON Schema (draft 7) of a table, for editors that complete and check while one types.
//
// The table reader is the validator; the schema says the same as far as a schema can (not the rules over
// several fields, not the names of presets). Verified by tests/unit/test_schema.cpp, where both judge the
// same documents. A file with `extends` is a patch: nothing is required of it, and null deletes.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "sim/parameters.hpp"

namespace tantu {

/// `scratch` is a default-constructed object of the struct that `root` describes: it gives the default values
/// and is changed. Throws std::logic_error if a default value is one that JSON cannot hold.
nlohmann::ordered_json schema_of(const Table& root, void* scratch);

/// The text of the schema of a struct.
template <class Struct>
std::string schema_text();

/// Indented, with a newline at the end.
std::string schema_text(const Table& root, void* scratch);

template <class Struct>
std::string schema_text() {
  Struct scratch{};
  return schema_text(table<Struct>(), &scratch);
}

}  // namespace tantu
