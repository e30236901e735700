// A text file of any length, line by line, in one buffer of fixed size.
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

  explicit LineReader(ByteSource& source);

  /// The next line; false at the end. Valid until a call at a time when line_is_here() is false.
  bool next(std::string_view& line) {
    const char* end = static_cast<const char*>(__builtin_memchr(at_, '\n', static_cast<std::size_t>(filled_ - at_)));
    if (end == nullptr) [[unlikely]] return next_beyond(line);
    const auto length = static_cast<std::size_t>(end - at_);
    if (length > longest_line) [[unlikely]] fault_ = LineFault::too_long;
    else fault_ = LineFault::none;
    line = {at_, length - (length > 0 && end[-1] == '\r')};
    at_ = end + 1;
    ++number_;
    return true;
  }
  /// Whether the whole next line is in the buffer: next() then leaves earlier lines where they are.
  bool line_is_here() const { return __builtin_memchr(at_, '\n', static_cast<std::size_t>(filled_ - at_)) != nullptr; }
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
