// A JSON document as users write it: text, layers, and where each value stands.
//
// Text: UTF-8 (a byte order mark is allowed), RFC 8259 with // and /* */ comments. Duplicate keys,
// integers beyond 64 bits and numbers beyond the range of a double are refused, and so are texts of more
// than document_bytes and nestings deeper than document_depth, before they cost memory.
//
// Layers: a document is built from files, the innermost base first, each applied to what is below it as
// an RFC 7396 merge patch (null deletes), and from values set on the command line. The layers are kept,
// so that a message can name the file in which a wrong value stands.
//
// One market: a file may leave out the level `markets.<id>` (normalise_markets); messages then show
// pointers as the file has them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sim/input_error.hpp"
#include "sim/parameters.hpp"

namespace tantu {

inline constexpr std::size_t document_bytes = std::size_t{16} << 20;
inline constexpr std::size_t document_depth = 64;

/// The keys and list indices that lead from the root of a document to a value.
using Path = std::vector<std::string>;

/// "/policies/cap/a~1b": `~` and `/` escaped (RFC 6901), each token shown() so that it stays on the line.
std::string pointer_text(std::span<const std::string> path);

/// The bytes of a file. Throws InputError, naming it `name`, for one that is missing, a folder, unreadable
/// or longer than `most` bytes; reads at most that many.
std::string read_text(const std::filesystem::path& file, const std::string& name, std::size_t most = document_bytes);

/// Throws InputError "NAME:LINE: ..." or "NAME:POINTER: ...".
nlohmann::ordered_json parse_json(std::string_view text, const std::string& name);

/// RFC 7396. Takes time in proportion to the sizes of both.
void merge_patch(nlohmann::ordered_json& target, const nlohmann::ordered_json& patch);

/// Moves the keys of a single market that stand at the root (`policies`, `calendar`, ...: the fields of the
/// table of `markets` that the root itself does not have) into `markets.<id>`. The id is that of the only
/// market of `base` (the document that this one extends, or null), else "main". Returns the id if something
/// was moved, else "". Does nothing for tables without a mapping `markets`.
/// Throws InputError for a document that has both forms, and where `base` has several markets.
std::string normalise_markets(nlohmann::ordered_json& document, const Table& root, const nlohmann::ordered_json& base,
                              const std::string& name);

/// The fields that a file with one market may write at the root.
std::vector<const Field*> one_market_fields(const Table& root);

/// Where a file that another file names is to be looked for.
struct Neighbourhood {
  bool in_presets = false;
  std::filesystem::path folder;
};

class Document {
 public:
  /// The empty object, without layers.
  Document();
  Document(const Document&);
  Document& operator=(const Document&);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  /// Puts a file on top: normalised to the long form of markets, its `$schema` and `extends` removed, merged.
  /// `name` is how messages call it. Throws InputError.
  void add_file(nlohmann::ordered_json document, const Table& root, const std::string& name, Neighbourhood around);

  /// Sets the value at `path` (long form), whose parents that are missing become objects; `name` is how messages
  /// call it ("--set policies.cap.reduction"). Requires each existing parent to be an object that may have the
  /// key or a list that has the index.
  void set(const Path& path, nlohmann::ordered_json value, const std::string& name);
  /// Removes the key at `path`, if it is there.
  void erase(const Path& path, const std::string& name);

  const nlohmann::ordered_json& root() const;
  /// The outermost file as messages call it; "" without files.
  std::string name() const;

  /// "FILE:POINTER", where FILE is the layer in which the value at `path` stands (or would have to).
  std::string where(std::span<const std::string> path) const;
  /// Whether the values at the two paths come from different layers.
  bool apart(std::span<const std::string> a, std::span<const std::string> b) const;
  /// Where to look for a file whose name stands at `path`: beside the file that names it.
  Neighbourhood around(std::span<const std::string> path) const;

 private:
  struct Layer;
  std::size_t layer_of(std::span<const std::string> path) const;

  std::unique_ptr<nlohmann::ordered_json> root_;
  std::vector<std::shared_ptr<const Layer>> layers_;
};

}  // namespace tantu
