// A text file of any length, line by line, in one buffer of fixed size. `margin` bytes before and behind each
// line can be read, whatever they hold.
//
// Lines end in \n or \r\n, which are not part of what is returned. A line longer than `longest_line` and a last
// line without an end (a file that was cut) are returned with the fault named; reading can go on after them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sim/input_error.hpp"

namespace tantu {

/// Where bytes come from.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills at most `most` bytes; 0 at the end. Throws std::runtime_error where reading fails.
  virtual std::size_t read(char* to, std::size_t most) = 0;
};

/// A file or a pipe. The constructor throws InputError for one that is missing, a folder or unreadable.
class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& file);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  std::size_t read(char* to, std::size_t most) override;

 private:
  std::string name_;
  int descriptor_ = -1;
};

/// A text in memory, which must outlive it. `piece` bytes are given at a time, for tests.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text, std::size_t piece = std::size_t{1} << 20) : text_(text), piece_(piece) {}
  std::size_t read(char* to, std::size_t most) override;

 private:
  std::string_view text_;
  std::size_t piece_;
};

enum class LineFault : std::uint8_t { none, cut, too_long };

class LineReader {
 public:
  static constexpr std::size_t longest_line = 4096;
  static constexpr std::size_t margin = 16;

  explicit LineReader(ByteSource& source);

  /// The next line; false at the end. Valid until next() is called again; where next_here() is called instead,
  /// until that has answered false.
  bool next(std::string_view& line) { return next_here(line) || next_beyond(line); }
  /// The same if the whole line is in the buffer already, so that earlier lines stay where they are.
  bool next_here(std::string_view& line) {
    const char* end = static_cast<const char*>(__builtin_memchr(at_, '\n', static_cast<std::size_t>(filled_ - at_)));
    if (end == nullptr) [[unlikely]] return false;
    const auto length = static_cast<std::size_t>(end - at_);
    fault_ = length > longest_line ? LineFault::too_long : LineFault::none;
    line = {at_, length - (length > 0 && end[-1] == '\r')};
    at_ = end + 1;
    ++number_;
    return true;
  }
  /// Number of the line returned last, from 1.
  std::uint64_t number() const { return number_; }
  /// What is wrong with the line returned last.
  LineFault fault() const { return fault_; }

 private:
  bool next_beyond(std::string_view& line);
  void refill();

  ByteSource& source_;
  std::vector<char> buffer_;
  const char* at_;
  const char* filled_;
  std::uint64_t number_ = 0;
  LineFault fault_ = LineFault::none;
  bool ended_ = false;
};

}  // namespace tantu
