// `--set path.to.key=value`: one value of a document, changed on the command line or by a sweep.
//
// Verified by tests/unit/test_overrides.cpp.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "scenarios/document.hpp"
#include "sim/parameters.hpp"

namespace tantu {

/// Sets what `assignment` says, "path.to.key=value". Segments of the path are names of parameters, ids that
/// the document has, years, and indices of lists (from 0), separated by '.'; with a single market the level
/// `markets.<id>` may be left out. The value is taken as JSON if it is JSON, else as a string; for texts, dates
/// and choices that is not JSON strings always as a string. Setting an object replaces it whole, null deletes
/// (and means "none" for optional parameters). A new plug-in needs an object with a `kind`, or its `kind` first.
/// Throws InputError "--set PATH: no such path; nearest: ...". Wrong values are found when the document is
/// read; messages then begin with `--set PATH`.
void apply_override(Document& document, const Table& root, std::string_view assignment);

/// The same for a path and a value that are apart; `origin` is how messages call the place.
void apply_override(Document& document, const Table& root, std::string_view path, std::string_view value, const std::string& origin);

/// All paths that `--set` accepts for this document (ids it has; `<year>` for years), in the order of the tables.
std::vector<std::string> override_paths(const Document& document, const Table& root);

}  // namespace tantu
