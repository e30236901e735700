#include "scenarios/sweep/blocks.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "sim/input_error.hpp"

namespace tantu {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view magic = "TANTUBL1";

/// Of whole words: everything in a block is padded to them.
std::uint64_t fnv(std::string_view bytes) {
  std::uint64_t hash = 14695981039346656037ull, word = 0;
  for (std::size_t at = 0; at + sizeof word <= bytes.size(); at += sizeof word) {
    std::memcpy(&word, bytes.data() + at, sizeof word);
    hash = (hash ^ word) * 1099511628211ull;
    hash ^= hash >> 32;  // so that the high bits of a word reach the low ones
  }
  return hash;
}

constexpr std::uint64_t padded(std::uint64_t n) { return (n + 7) / 8 * 8; }

void put(std::string& bytes, std::uint64_t n) { bytes.append(reinterpret_cast<const char*>(&n), sizeof n); }

std::string text_of(const fs::path& file) {
  std::error_code none;
  const auto bytes = fs::file_size(file, none);
  if (none) return {};
  std::string text(bytes, '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return text;
}

[[noreturn]] void failed(const fs::path& path, const char* what) {
  throw std::runtime_error(fmt::format("{}: cannot {}: {}", path.string(), what, std::strerror(errno)));
}

std::string block_bytes(const std::vector<RunRecord>& runs) {
  std::map<std::string_view, std::uint64_t> number;
  std::vector<std::string_view> layouts;
  for (const RunRecord& run : runs)
    if (run.layout && number.emplace(*run.layout, layouts.size()).second) layouts.push_back(*run.layout);
  std::size_t values = 0;
  for (const RunRecord& run : runs) values += padded(run.values.size()) + run.error.size() + 40;
  std::string bytes(magic);
  bytes.reserve(values + 64);
  put(bytes, layouts.size());
  put(bytes, runs.size());
  for (const std::string_view layout : layouts) {
    put(bytes, layout.size());
    bytes += layout;
  }
  for (const RunRecord& run : runs) {
    put(bytes, run.run);
    put(bytes, run.failed);
    put(bytes, run.layout ? number.at(*run.layout) : 0);
    put(bytes, run.error.size());
    put(bytes, run.values.size());
  }
  for (const RunRecord& run : runs) bytes += run.error;
  bytes.resize(padded(bytes.size()));
  for (const RunRecord& run : runs) {
    bytes.append(run.values.data(), run.values.size());
    bytes.resize(padded(bytes.size()));
  }
  put(bytes, fnv(bytes));
  return bytes;
}

struct Block {
  std::vector<std::string> layouts;
  std::vector<BlockFolder::Stored> runs;
  std::map<std::size_t, std::string> errors;
};

/// False for bytes that are not a whole block.
bool read_block(const std::string& bytes, Block& block) {
  std::string_view rest = bytes;
  const auto number = [&](std::uint64_t& n) {
    if (rest.size() < sizeof n) return false;
    std::memcpy(&n, rest.data(), sizeof n);
    rest.remove_prefix(sizeof n);
    return true;
  };
  if (!rest.starts_with(magic) || rest.size() < magic.size() + 24 || rest.size() % 8 != 0) return false;
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  if (fnv(rest.substr(0, rest.size() - sizeof sum)) != sum) return false;
  rest.remove_prefix(magic.size());
  std::uint64_t layouts = 0, runs = 0;
  number(layouts);
  number(runs);
  for (std::uint64_t i = 0; i < layouts; ++i) {
    std::uint64_t length = 0;
    if (!number(length) || length > rest.size()) return false;
    block.layouts.emplace_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
  if (runs > rest.size() / 40) return false;
  std::vector<std::uint64_t> errors, lengths;
  for (std::uint64_t i = 0; i < runs; ++i) {
    std::uint64_t run = 0, bad = 0, layout = 0, error = 0, length = 0;
    if (!number(run) || !number(bad) || !number(layout) || !number(error) || !number(length)) return false;
    if (length > 0 && layout >= layouts) return false;
    BlockFolder::Stored stored;
    stored.run = static_cast<std::uint32_t>(run);
    stored.layout = static_cast<std::uint32_t>(layout) & 0x7fffffffu;
    stored.failed = bad != 0;
    block.runs.push_back(stored);
    errors.push_back(error);
    lengths.push_back(length);
  }
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i] > rest.size()) return false;
    if (errors[i] > 0) block.errors[block.runs[i].run] = std::string(rest.substr(0, errors[i]));
    rest.remove_prefix(errors[i]);
  }
  std::uint64_t at = padded(bytes.size() - rest.size());
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    block.runs[i].at = static_cast<std::uint32_t>(at / 8);
    at += padded(lengths[i]);
  }
  return at + sizeof sum == bytes.size();
}

}  // namespace

BlockFolder::BlockFolder(fs::path folder, OutputFile::BeforeStep before) : folder_(std::move(folder)), before_(std::move(before)) {
  std::error_code error;
  fs::create_directory(folder_, error);
  if (error) throw InputError(folder_.string(), "", "cannot be made: " + error.message() + "; choose another place with -o");
  lock_ = ::open((folder_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) throw InputError(folder_.string(), "", std::string("is not writable: ") + std::strerror(errno));
  // A file system without locks (some network ones) is used without.
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(lock_);
    throw InputError(folder_.string(), "", "is being written by another process; wait for it or choose another name with -o");
  }
}

BlockFolder::~BlockFolder() {
  if (lock_ >= 0) ::close(lock_);
}

std::string BlockFolder::plan() const { return text_of(folder_ / "plan.json"); }

void BlockFolder::write_plan(const std::string& text) {
  OutputFile file(folder_ / "plan.json", Overwrite::allow, before_);
  file.write(text);
  file.commit();
}

void BlockFolder::write(const std::vector<RunRecord>& runs) {
  OutputFile file(folder_ / fmt::format("block-{:06}.bin", next_), Overwrite::allow, before_);
  file.write(block_bytes(runs));
  file.commit();
  ++next_;
}

void BlockFolder::clear() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored))
    if (entry.path().filename() != "lock") fs::remove(entry.path(), ignored);
  next_ = 1;
}

void BlockFolder::remove() {
  clear();
  std::error_code ignored;
  fs::remove(folder_ / "lock", ignored);
  fs::remove(folder_, ignored);
}

BlockFolder::Found BlockFolder::find(std::size_t most) {
  Found found;
  found.runs.reserve(most);
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error))
    if (entry.path().extension() == ".bin") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::map<std::string, std::uint32_t> layouts;
  for (const fs::path& file : files) {
    Block block;
    if (!read_block(text_of(file), block)) {
      std::error_code ignored;
      fs::remove(file, ignored);
      continue;
    }
    std::vector<std::uint32_t> number;
    for (const std::string& layout : block.layouts) {
      const auto [at, fresh] = layouts.emplace(layout, found.layouts.size());
      if (fresh) found.layouts.push_back(layout);
      number.push_back(at->second);
    }
    for (Stored stored : block.runs) {
      stored.block = static_cast<std::uint32_t>(found.blocks.size());
      if (!number.empty()) stored.layout = number[stored.layout] & 0x7fffffffu;
      found.runs.push_back(stored);
    }
    found.errors.merge(block.errors);
    found.blocks.push_back(file);
    const std::string stem = file.stem().string();
    next_ = std::max<std::uint64_t>(next_, std::strtoull(stem.c_str() + stem.rfind('-') + 1, nullptr, 10) + 1);
  }
  // Without the second array of a stable sort: of a run in two blocks the first one is kept.
  std::sort(found.runs.begin(), found.runs.end(), [](const Stored& a, const Stored& b) { return a.run != b.run ? a.run < b.run : a.block < b.block; });
  found.runs.erase(std::unique(found.runs.begin(), found.runs.end(), [](const Stored& a, const Stored& b) { return a.run == b.run; }), found.runs.end());
  return found;
}

BlockValues::BlockValues(const BlockFolder::Found& found) : found_(found) {
  // In the order in which runs have them, so that the result does not depend on who finished first.
  std::vector<Layout> layouts;
  for (const std::string& layout : found.layouts) layouts.push_back(decode(layout));
  std::vector<char> seen(layouts.size());
  bool first = true;
  for (const BlockFolder::Stored& stored : found.runs) {
    if (stored.failed || seen[stored.layout]) continue;
    seen[stored.layout] = 1;
    layout_ = first ? layouts[stored.layout] : unite(layout_, layouts[stored.layout]);
    first = false;
  }
  spreads_.resize(layouts.size());
  for (const Layout& layout : layouts) bytes_.push_back(layout.bytes);
  for (std::size_t i = 0; i < layouts.size(); ++i)
    if (seen[i]) spreads_[i].emplace(layouts[i], layout_);
  missing_ = missing_values(layout_);
}

BlockValues::~BlockValues() {
  for (const auto& [block, descriptor] : open_) ::close(descriptor);
}

int BlockValues::open_block(std::uint32_t block) {
  const auto known = std::find_if(open_.begin(), open_.end(), [&](const auto& o) { return o.first == block; });
  if (known != open_.end()) {
    open_.splice(open_.begin(), open_, known);
    return open_.front().second;
  }
  const int descriptor = ::open(found_.blocks[block].c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) failed(found_.blocks[block], "read it");
  open_.emplace_front(block, descriptor);
  if (open_.size() > 64) {
    ::close(open_.back().second);
    open_.pop_back();
  }
  return descriptor;
}

void BlockValues::read(std::size_t first, std::size_t count, char* to) {
  for (std::size_t i = first; i < first + count; ++i, to += layout_.bytes) {
    const BlockFolder::Stored& stored = found_.runs[i];
    if (stored.failed) {
      std::copy(missing_.begin(), missing_.end(), to);
      continue;
    }
    const std::size_t bytes = bytes_[stored.layout];
    row_.resize(bytes);
    const int descriptor = open_block(stored.block);
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t n = pread(descriptor, row_.data() + done, bytes - done, static_cast<off_t>(std::uint64_t{stored.at} * 8 + done));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) failed(found_.blocks[stored.block], "read it");
      done += static_cast<std::size_t>(n);
    }
    (*spreads_[stored.layout])(row_.data(), to);
  }
}

}  // namespace tantu
