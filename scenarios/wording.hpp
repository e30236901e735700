// How messages show what a user wrote, and what he probably meant.
//
// Every piece of user text that enters a message passes through shown(): a message is one line,
// whatever the file held.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace tantu {

/// `text` on one line: control characters, line separators, direction marks and bytes that are not UTF-8
/// are escaped, and what is longer than `most` bytes is cut at a character and ends in "...".
std::string shown(std::string_view text, std::size_t most = 60);

/// A JSON value as in its file, shortened; a list or an object only by its name ("a list", "an object").
std::string shown_value(const nlohmann::ordered_json& value);

/// The length of the well-formed UTF-8 character at the front of `text`, 0 where there is none.
std::size_t utf8_length(std::string_view text);

/// Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string
/// alignment), upper and lower case being the same.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// At most three of `known`, nearest first: those a slip of the keyboard away, or of which `name` is a part.
std::vector<std::string> nearest(std::string_view name, std::span<const std::string> known);

/// "nearest: a, b"; where nothing is near, "known: a, b, c" (at most twelve); "none are known" for an empty list.
std::string suggestion(std::string_view name, std::span<const std::string> known);

/// `names` joined by ", ", at most `most` of them.
std::string listed(std::span<const std::string> names, std::size_t most = 12);

}  // namespace tantu
