#include "scenarios/document.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/wording.hpp"

namespace tantu {

using Json = nlohmann::ordered_json;

std::string pointer_text(std::span<const std::string> path) {
  std::string out;
  for (const std::string& key : path) {
    std::string token;
    for (const char c : key) {
      if (c == '~') token += "~0";
      else if (c == '/') token += "~1";
      else token += c;
    }
    out += '/' + shown(token);
  }
  return out;
}

std::string read_text(const std::filesystem::path& file, const std::string& name, std::size_t most) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) throw InputError(name, "", "no such file");
  if (fs::is_directory(status)) throw InputError(name, "", "is a folder; a file was expected");
  const auto too_long = [&](const std::string& size) {
    return InputError(name, "", fmt::format("is {} bytes long; at most {} are read", size, most));
  };
  if (fs::is_regular_file(status)) {
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error && size > most) throw too_long(fmt::format("{}", size));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"), &std::fclose);
  if (!in) throw InputError(name, "", fmt::format("cannot be read: {}", std::strerror(errno)));
  // A pipe has no size to look at beforehand: read until the end or the limit.
  std::string text;
  char block[1 << 16];
  while (const std::size_t n = std::fread(block, 1, sizeof block, in.get())) {
    if (text.size() + n > most) throw too_long(fmt::format("more than {}", most));
    text.append(block, n);
  }
  if (std::ferror(in.get())) throw InputError(name, "", fmt::format("cannot be read: {}", std::strerror(errno)));
  return text;
}

namespace {

/// Walks the text and leaves behind how far the parser has read, which the SAX interface does not tell.
class Reading {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Reading(const char* at, const char** seen) : at_(at), seen_(seen) {}
  reference operator*() const { return *at_; }
  Reading& operator++() {
    *seen_ = ++at_;
    return *this;
  }
  Reading operator++(int) {
    Reading old = *this;
    ++*this;
    return old;
  }
  friend bool operator==(const Reading& a, const Reading& b) { return a.at_ == b.at_; }
  friend bool operator!=(const Reading& a, const Reading& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char** seen_;
};

/// What is wrong, from nlohmann's "... syntax error while parsing X - WHAT; last read: 'TEXT'; expected Y".
std::string complaint(const std::string& what, std::string_view read) {
  if (const auto at = what.find("number overflow parsing '"); at != std::string::npos) {
    std::string number = what.substr(at + 25);
    if (!number.empty() && number.back() == '\'') number.pop_back();
    return shown(number) + " is too large for a number";
  }
  const auto dash = what.find(" - ");
  std::string rest = dash == std::string::npos ? what : what.substr(dash + 3);
  std::string expected;
  if (const auto at = rest.rfind("; expected "); at != std::string::npos) {
    expected = rest.substr(at + 11);
    rest.erase(at);
  }
  std::string last;
  if (const auto at = rest.find("; last read: '"); at != std::string::npos) {
    last = rest.substr(at + 14);
    if (!last.empty() && last.back() == '\'') last.pop_back();
    rest.erase(at);
  }
  if (rest == "unexpected '}'" || rest == "unexpected ']'") {
    const auto comma = read.substr(0, read.size() - 1).find_last_not_of(" \t\r\n");
    if (comma != std::string_view::npos && read[comma] == ',')
      return fmt::format("{}: remove the comma before it", rest);
  }
  if (!last.empty()) rest += fmt::format(" at '{}'", shown(last, 40));
  if (!expected.empty()) rest += ", expected " + expected;
  return shown(rest, 300);
}

class Builder : public Json::json_sax_t {
 public:
  Builder(const std::string& name, std::string_view text) : name_(name), text_(text), seen_(text.data()) {}

  const char** seen() { return &seen_; }
  Json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool v) override { return add(v); }
  bool number_integer(number_integer_t v) override { return add(v); }
  bool number_unsigned(number_unsigned_t v) override { return add(v); }
  bool number_float(number_float_t v, const string_t& text) override {
    // Integers that do not fit come as floating point; to go on would round them silently.
    if (text.find_first_of(".eE") == std::string::npos)
      throw InputError(name_, pointer_text(here()), shown(text) + " does not fit 64 bits");
    return add(v);
  }
  bool string(string_t& v) override { return add(std::move(v)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool key(string_t& v) override {
    Open& o = open_.back();
    o.key = std::move(v);
    if (!o.keys.insert(o.key).second)
      throw InputError(name_, pointer_text(here()), fmt::format("the key stands twice, again on line {}; keep one", line()));
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    const std::string_view read = text_.substr(0, static_cast<std::size_t>(seen_ - text_.data()));
    throw InputError(name_, fmt::format("{}", line()), complaint(error.what(), read));
  }

 private:
  struct Open {
    Json* node;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  std::size_t line() const { return 1 + static_cast<std::size_t>(std::count(text_.data(), seen_ - (seen_ > text_.data()), '\n')); }

  Path here() const {
    Path path;
    for (std::size_t i = 0; i < open_.size(); ++i) {
      // The element being read is in every list but the innermost already.
      const Json& node = *open_[i].node;
      path.push_back(node.is_array() ? std::to_string(node.size() - (i + 1 < open_.size())) : open_[i].key);
    }
    return path;
  }
  Json* append(Json&& v) {
    if (open_.empty()) {
      root_ = std::move(v);
      return &root_;
    }
    Json& parent = *open_.back().node;
    if (parent.is_array()) {
      parent.push_back(std::move(v));
      return &parent.back();
    }
    // Past the map's own insertion, which would compare with every key again: they are known to differ.
    Json::object_t::Container& members = parent.get_ref<Json::object_t&>();
    members.emplace_back(open_.back().key, std::move(v));
    return &members.back().second;
  }
  bool add(Json&& v) {
    append(std::move(v));
    return true;
  }
  bool open(Json&& v) {
    if (open_.size() == document_depth)
      throw InputError(name_, fmt::format("{}", line()), fmt::format("nested deeper than {} levels", document_depth));
    // A parent does not grow while one of its children is open, so the pointer stays good.
    Json* node = append(std::move(v));
    open_.push_back({node, {}, {}});
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& name_;
  std::string_view text_;
  const char* seen_;
  Json root_;
  std::vector<Open> open_;
};

}  // namespace

Json parse_json(std::string_view text, const std::string& name) {
  if (text.size() > document_bytes)
    throw InputError(name, "", fmt::format("is {} bytes long; at most {} are read", text.size(), document_bytes));
  if (text.empty()) throw InputError(name, "", "is empty; JSON was expected");
  std::size_t line = 1;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0 || text[i] == '\0')
      throw InputError(name, fmt::format("{}", line), fmt::format("byte 0x{:02x} is not UTF-8 text; JSON was expected", static_cast<unsigned char>(text[i])));
    line += text[i] == '\n';
    i += length;
  }
  Builder builder(name, text);
  const Reading begin(text.data(), builder.seen()), end(text.data() + text.size(), builder.seen());
  Json::sax_parse(begin, end, &builder, Json::input_format_t::json, /*strict=*/true, /*ignore_comments=*/true);
  return builder.take();
}

void merge_patch(Json& target, const Json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = Json::object();
  std::unordered_map<std::string_view, const Json*> changes;
  for (const auto& [key, value] : patch.get_ref<const Json::object_t&>()) changes.emplace(key, &value);
  Json::object_t merged;
  Json::object_t::Container& members = merged;
  for (auto& [key, value] : target.get_ref<Json::object_t&>()) {
    const auto change = changes.find(key);
    if (change == changes.end()) {
      members.emplace_back(key, std::move(value));
      continue;
    }
    if (!change->second->is_null()) {
      merge_patch(value, *change->second);
      members.emplace_back(key, std::move(value));
    }
    changes.erase(change);
  }
  for (const auto& [key, value] : patch.get_ref<const Json::object_t&>()) {
    if (value.is_null() || !changes.contains(key)) continue;
    Json fresh;
    merge_patch(fresh, value);
    members.emplace_back(key, std::move(fresh));
  }
  target = std::move(merged);
}

namespace {

const Field* markets_field(const Table& root) {
  for (const Field& f : root.fields)
    if (f.name == "markets" && f.type == FieldType::mapping) return &f;
  return nullptr;
}

}  // namespace

std::vector<const Field*> one_market_fields(const Table& root) {
  std::vector<const Field*> out;
  const Field* markets = markets_field(root);
  if (!markets) return out;
  for (const Field& f : markets->table().fields) {
    const bool of_root = std::any_of(root.fields.begin(), root.fields.end(), [&](const Field& r) { return r.name == f.name; });
    if (!of_root) out.push_back(&f);
  }
  return out;
}

std::string normalise_markets(Json& document, const Table& root, const Json& base, const std::string& name) {
  if (!document.is_object()) return "";
  const std::vector<const Field*> fields = one_market_fields(root);
  const auto is_short = [&](std::string_view key) {
    return std::any_of(fields.begin(), fields.end(), [&](const Field* f) { return f->name == key; });
  };
  const auto first = std::find_if(document.items().begin(), document.items().end(), [&](const auto& item) { return is_short(item.key()); });
  if (first == document.items().end()) return "";
  const Path place{first.key()};

  if (document.contains("markets"))
    throw InputError(name, pointer_text(place), "stands beside /markets; write it inside the market it belongs to");
  std::string id = "main";
  if (base.is_object() && base.contains("markets") && base.at("markets").is_object()) {
    const Json& markets = base.at("markets");
    if (markets.size() > 1) {
      std::vector<std::string> ids;
      for (const auto& item : markets.items()) ids.push_back(item.key());
      throw InputError(name, pointer_text(place),
                       fmt::format("the scenario has {} markets ({}); write it inside one of them, e.g. /markets/{}{}",
                                   ids.size(), listed(ids), shown(ids.front()), pointer_text(place)));
    }
    if (markets.size() == 1) id = markets.items().begin().key();
  }
  Json kept = Json::object(), market = Json::object();
  for (auto& [key, value] : document.get_ref<Json::object_t&>()) (is_short(key) ? market : kept)[key] = std::move(value);
  kept["markets"] = Json::object();
  kept["markets"][id] = std::move(market);
  document = std::move(kept);
  return id;
}

struct Document::Layer {
  std::string name;
  Json document;             ///< what the layer holds at `path`; null where it deletes
  Path path;                 ///< empty for files
  std::string short_market;  ///< the id of the market whose level the file left out, else ""
  Neighbourhood around;
};

Document::Document() : root_(std::make_unique<Json>(Json::object())) {}
Document::Document(const Document& other) : root_(std::make_unique<Json>(*other.root_)), layers_(other.layers_) {}
Document& Document::operator=(const Document& other) {
  *this = Document(other);
  return *this;
}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

const Json& Document::root() const { return *root_; }

std::string Document::name() const {
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    if ((*layer)->path.empty()) return (*layer)->name;
  return "";
}

void Document::add_file(Json document, const Table& root, const std::string& name, Neighbourhood around) {
  if (!document.is_object()) throw InputError(name, "", shown_value(document) + " is not an object");
  document.erase("$schema");
  document.erase("extends");
  document.erase("unite");
  Layer layer{name, std::move(document), {}, "", std::move(around)};
  layer.short_market = normalise_markets(layer.document, root, *root_, name);
  // The innermost file is no patch: a null in it is a value (an optional parameter that has none).
  if (layers_.empty()) *root_ = layer.document;
  else merge_patch(*root_, layer.document);
  layers_.push_back(std::make_shared<const Layer>(std::move(layer)));
}

namespace {

Json* child(Json& node, const std::string& key, bool make) {
  if (node.is_array()) return &node.at(std::stoul(key));
  if (!node.is_object()) {
    if (!make) return nullptr;
    node = Json::object();
  }
  if (!make && !node.contains(key)) return nullptr;
  return &node[key];
}

}  // namespace

void Document::set(const Path& path, Json value, const std::string& name) {
  Json* node = root_.get();
  for (const std::string& key : path) node = child(*node, key, true);
  *node = value;
  layers_.push_back(std::make_shared<const Layer>(Layer{name, std::move(value), path, "", {}}));
}

void Document::erase(const Path& path, const std::string& name) {
  Json* node = root_.get();
  for (std::size_t i = 0; i + 1 < path.size() && node; ++i) node = child(*node, path[i], false);
  if (node && node->is_object()) node->erase(path.back());
  layers_.push_back(std::make_shared<const Layer>(Layer{name, nullptr, path, "", {}}));
}

std::size_t Document::layer_of(std::span<const std::string> path) const {
  // The layer that leads furthest towards the place; among equals the outermost, which has the last word.
  std::size_t best = layers_.empty() ? 0 : layers_.size() - 1, best_score = 0;
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const Layer& layer = *layers_[i];
    const std::size_t common = static_cast<std::size_t>(
        std::mismatch(path.begin(), path.end(), layer.path.begin(), layer.path.end()).first - path.begin());
    if (common < layer.path.size()) {
      // A value set below the place made the objects above it, unless a file has them already.
      if (common == path.size() && 2 * common > best_score + 1) best = i, best_score = 2 * common;
      continue;
    }
    if (!layer.path.empty()) {
      if (2 * path.size() + 1 > best_score) best = i;
      return best;
    }
    const Json* node = &layer.document;
    std::size_t depth = 0;
    bool is_below_hidden = false;
    for (; depth < path.size(); ++depth) {
      const std::string& key = path[depth];
      if (node->is_object()) {
        const auto member = node->find(key);
        if (member == node->end()) break;
        node = &*member;
      } else {
        // What is not an object replaces all that the layers below have here.
        is_below_hidden = true;
        if (!node->is_array() || key.empty() || key.size() > 9 || key.find_first_not_of("0123456789") != std::string::npos) break;
        const std::size_t index = std::stoul(key);
        if (index >= node->size()) break;
        node = &(*node)[index];
      }
    }
    if (2 * depth + 1 > best_score) best = i, best_score = 2 * depth + 1;
    if (is_below_hidden || depth == path.size()) return best;
  }
  return best;
}

std::string Document::where(std::span<const std::string> path) const {
  if (layers_.empty()) return pointer_text(path);
  const Layer& layer = *layers_[layer_of(path)];
  std::span<const std::string> rest = path;
  if (!layer.path.empty()) {
    if (rest.size() <= layer.path.size()) return layer.name;
    rest = rest.subspan(layer.path.size());
  } else if (!layer.short_market.empty() && rest.size() > 2 && rest[0] == "markets" && rest[1] == layer.short_market) {
    rest = rest.subspan(2);
  }
  return rest.empty() ? layer.name : layer.name + ":" + pointer_text(rest);
}

bool Document::apart(std::span<const std::string> a, std::span<const std::string> b) const {
  return layer_of(a) != layer_of(b);
}

Neighbourhood Document::around(std::span<const std::string> path) const {
  return layers_.empty() ? Neighbourhood{} : layers_[layer_of(path)]->around;
}

}  // namespace tantu
