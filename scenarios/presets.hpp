// The scenarios inside the program, and the way from a name to a document.
//
// The files of scenarios/presets (*.json and the *.csv beside them) are embedded when the program is
// built (script/embed.cmake); a preset's name is that of its JSON file without the extension.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/document.hpp"
#include "sim/embedded_file.hpp"
#include "sim/input_error.hpp"
#include "sim/parameters.hpp"

namespace tantu {

/// The embedded files, sorted by name.
std::span<const EmbeddedFile> embedded_files();

struct Preset {
  std::string_view name;  ///< "china-national"
  std::string_view text;  ///< its JSON, as in the repository
};

/// The presets among `files`, sorted by name.
std::vector<Preset> presets(std::span<const EmbeddedFile> files = embedded_files());
/// What the `description` of a preset says, else that of what it extends, else "".
std::string preset_description(std::string_view name, std::span<const EmbeddedFile> files = embedded_files());

/// Loads a preset by name or a file by path, with all that it extends. A name with '/' or ending in ".json" is a
/// path; any other is a preset, or else a file in the current folder. `extends` names a preset or a file, the
/// latter relative to the file in which it stands. Throws InputError: nothing of that name, a syntax error, a
/// circle of `extends`, a chain of more than sixteen.
Document load_document(const std::string& name_or_path, const Table& root, std::span<const EmbeddedFile> files = embedded_files());

/// The same from a text, e.g. one that came over the network: `extends` may name presets only.
Document load_text(std::string_view text, const std::string& name, const Table& root,
                   std::span<const EmbeddedFile> files = embedded_files());

/// A file that a scenario names, e.g. a CSV of installations.
struct Companion {
  std::string name;  ///< for messages
  std::string text;
};

/// Reads the file named `file_name` at `path` of the document, relative to the file or preset in which that
/// name stands. Throws InputError "FILE:POINTER: NAME: ...".
Companion read_companion(const Document& document, const Path& path, const std::string& file_name,
                         std::size_t most = std::size_t{256} << 20, std::span<const EmbeddedFile> files = embedded_files());

}  // namespace tantu
