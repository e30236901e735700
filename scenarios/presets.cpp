#include "scenarios/presets.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/table_reader.hpp"
#include "scenarios/unite.hpp"
#include "scenarios/wording.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view extension = ".json";
constexpr std::size_t longest_chain = 16;

const EmbeddedFile* find_file(std::string_view name, std::span<const EmbeddedFile> files) {
  const auto at = std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& f) { return f.name == name; });
  return at == files.end() ? nullptr : &*at;
}

const EmbeddedFile* find_preset(std::string_view name, std::span<const EmbeddedFile> files) {
  return find_file(std::string(name) + std::string(extension), files);
}

std::vector<std::string> preset_names(std::span<const EmbeddedFile> files) {
  std::vector<std::string> names;
  for (const Preset& p : presets(files)) names.emplace_back(p.name);
  return names;
}

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos || name.ends_with(extension); }

bool is_there(const fs::path& file) {
  std::error_code error;
  return fs::exists(file, error);
}

/// A document's text and what identifies it, so that a circle is noticed under whatever names it is closed.
struct Source {
  std::string name;
  std::string identity;
  Neighbourhood around;
  std::string text;
};

Source of_preset(const EmbeddedFile& file) {
  const std::string name(file.name.substr(0, file.name.size() - extension.size()));
  return {name, "preset " + name, {true, {}}, std::string(file.text)};
}

Source of_file(const fs::path& file) {
  const std::string name = shown(file.string(), 300);
  std::string text = read_text(file, name);
  std::error_code error;
  return {name, "file " + fs::weakly_canonical(file, error).string(), {false, file.parent_path()}, std::move(text)};
}

std::string none_found(const std::string& name, std::span<const EmbeddedFile> files) {
  return fmt::format("no preset and no file of this name; {}", suggestion(name, preset_names(files)));
}

/// The scenario that `from` names at `place`.
Source find_extended(const std::string& wanted, const Source& from, const std::string& place, bool may_open_files, std::span<const EmbeddedFile> files) {
  const auto refuse = [&](const std::string& message) -> InputError { return InputError(from.name, place, message); };
  const std::string quoted = '"' + shown(wanted) + '"';
  if (!is_path(wanted))
    if (const EmbeddedFile* preset = find_preset(wanted, files)) return of_preset(*preset);
  if (from.around.in_presets) {
    if (const EmbeddedFile* file = find_file(wanted, files); file && wanted.ends_with(extension)) return of_preset(*file);
    throw refuse(fmt::format("{}: no preset of this name; {}", quoted, suggestion(wanted, preset_names(files))));
  }
  if (!may_open_files) throw refuse(fmt::format("{}: no preset of this name; {}", quoted, suggestion(wanted, preset_names(files))));
  const fs::path file = (from.around.folder / wanted).lexically_normal();
  if (!is_there(file)) {
    if (is_path(wanted)) throw refuse(fmt::format("{}: no such file", quoted));
    throw refuse(fmt::format("{}: {}", quoted, none_found(wanted, files)));
  }
  return of_file(file);
}

Document load(Source source, bool may_open_files, const Table& root, std::span<const EmbeddedFile> files, std::vector<std::string> uniting = {});

/// Puts the scenarios that a file unites below the file itself. `uniting`: who is being united already, outermost first.
void add_united(Document& document, const Json& unite, const Source& source, bool may_open_files, const Table& root,
                std::span<const EmbeddedFile> files, std::vector<std::string> uniting) {
  if (unite.is_object() && unite.empty()) throw InputError(source.name, "/unite", "is empty; at least one scenario");
  if (!unite.is_object()) throw InputError(source.name, "/unite", shown_value(unite) + " is not an object of scenarios by market");
  if (const Json& below = document.root(); below.contains("markets"))
    throw InputError(source.name, "/unite", "stands beside markets of what this extends; unite that one as well");
  uniting.push_back(source.identity);
  std::vector<Json> documents;
  std::vector<UnitedScenario> scenarios;
  std::vector<Neighbourhood> around;
  std::vector<std::string> places;
  for (const auto& [market, wanted] : unite.items()) {
    const Path path{"unite", market};
    if (!is_id(market)) throw InputError(source.name, "/unite", fmt::format("\"{}\" is not an id: 1 to 64 bytes without '.', '/' and control characters", shown(market)));
    if (!wanted.is_string()) throw InputError(source.name, pointer_text(path), shown_value(wanted) + " is not the name of a preset or a file");
    Source part = find_extended(wanted.get<std::string>(), source, pointer_text(path), may_open_files, files);
    if (std::find(uniting.begin(), uniting.end(), part.identity) != uniting.end())
      throw InputError(source.name, pointer_text(path), part.name + " unites itself in a circle");
    scenarios.push_back({market, part.name});
    around.push_back(part.around);
    places.push_back(source.name + ":" + pointer_text(path));
    documents.push_back(load(std::move(part), may_open_files, root, files, uniting).root());
  }
  std::vector<Json> parts = united_parts(std::move(documents), scenarios, places);
  for (std::size_t i = 0; i < parts.size(); ++i) document.add_file(std::move(parts[i]), root, scenarios[i].name, around[i]);
}

Document load(Source source, bool may_open_files, const Table& root, std::span<const EmbeddedFile> files, std::vector<std::string> uniting) {
  struct Link {
    Source source;
    Json json;
  };
  std::vector<Link> chain;  // outermost first
  for (;;) {
    Json json = parse_json(source.text, source.name);
    source.text.clear();
    if (!json.is_object()) throw InputError(source.name, "", shown_value(json) + " is not an object");
    const auto extends = json.find("extends");
    std::optional<std::string> wanted;
    if (extends != json.end()) {
      if (!extends->is_string()) throw InputError(source.name, "/extends", shown_value(*extends) + " is not the name of a preset or a file");
      wanted = extends->get<std::string>();
    }
    chain.push_back({std::move(source), std::move(json)});
    if (!wanted) break;
    if (chain.size() == longest_chain)
      throw InputError(chain.back().source.name, "/extends", fmt::format("a chain of more than {} scenarios", longest_chain));
    source = find_extended(*wanted, chain.back().source, "/extends", may_open_files, files);
    for (const Link& link : chain) {
      if (link.source.identity != source.identity) continue;
      std::string way;
      for (const Link& l : chain) way += l.source.name + ", ";
      throw InputError(chain.back().source.name, "/extends", fmt::format("a circle: {}{}", way, source.name));
    }
  }
  Document document;
  for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
    if (link->json.contains("unite")) add_united(document, Json(link->json.at("unite")), link->source, may_open_files, root, files, uniting);
    document.add_file(std::move(link->json), root, link->source.name, link->source.around);
  }
  return document;
}

}  // namespace

std::vector<Preset> presets(std::span<const EmbeddedFile> files) {
  std::vector<Preset> out;
  for (const EmbeddedFile& f : files)
    if (f.name.ends_with(extension)) out.push_back({f.name.substr(0, f.name.size() - extension.size()), f.text});
  std::sort(out.begin(), out.end(), [](const Preset& a, const Preset& b) { return a.name < b.name; });
  return out;
}

std::string preset_description(std::string_view name, std::span<const EmbeddedFile> files) {
  // Only the files' own words: that a line describes a preset must not depend on whether the rest of it is valid.
  const EmbeddedFile* file = find_preset(name, files);
  for (std::size_t depth = 0; file && depth < longest_chain; ++depth) {
    const Json json = parse_json(std::string(file->text), std::string(file->name));
    if (!json.is_object()) return "";
    if (const auto own = json.find("description"); own != json.end()) return own->is_string() ? own->get<std::string>() : "";
    const auto extends = json.find("extends");
    if (extends == json.end() || !extends->is_string()) return "";
    file = find_preset(extends->get<std::string>(), files);
  }
  return "";
}

Document load_document(const std::string& name_or_path, const Table& root, std::span<const EmbeddedFile> files) {
  if (!is_path(name_or_path)) {
    if (const EmbeddedFile* preset = find_preset(name_or_path, files)) return load(of_preset(*preset), true, root, files);
    if (name_or_path.empty() || !is_there(name_or_path)) throw InputError(shown(name_or_path, 300), "", none_found(name_or_path, files));
  } else if (!is_there(name_or_path)) {
    std::string message = "no such file";
    const std::string stem = fs::path(name_or_path).stem().string();
    if (find_preset(stem, files)) message += "; there is a preset " + stem;
    throw InputError(shown(name_or_path, 300), "", message);
  }
  return load(of_file(name_or_path), true, root, files);
}

Document load_text(std::string_view text, const std::string& name, const Table& root, std::span<const EmbeddedFile> files) {
  return load({name, "", {false, {}}, std::string(text)}, false, root, files);
}

Companion read_companion(const Document& document, const Path& path, const std::string& file_name, std::size_t most,
                         std::span<const EmbeddedFile> files) {
  const Neighbourhood around = document.around(path);
  if (around.in_presets) {
    if (const EmbeddedFile* file = find_file(file_name, files)) return {std::string(file->name), std::string(file->text)};
    throw InputError(document.where(path) + ": \"" + shown(file_name) + "\": no such file among the presets");
  }
  const fs::path file = (around.folder / file_name).lexically_normal();
  const std::string name = shown(file.string(), 300);
  try {
    return {name, read_text(file, name, most)};
  } catch (const InputError& e) {
    throw InputError(document.where(path) + ": " + e.what());
  }
}

}  // namespace tantu
