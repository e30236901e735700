// The reference of all parameters as a Markdown page, from the tables.
//
// A section a table: what it is, where it stands in a file, and a row a parameter; the plug-ins of a map
// have a list of their kinds and a section each. The committed page is compared with this one by a test.
#pragma once

#include <string>
#include <string_view>

#include "sim/parameters.hpp"

namespace tantu {

/// `scratch` as for schema_of: a default-constructed object, which is changed.
std::string reference_page(const Table& root, void* scratch, std::string_view title);

template <class Struct>
std::string reference_page(std::string_view title) {
  Struct scratch{};
  return reference_page(table<Struct>(), &scratch, title);
}

}  // namespace tantu
