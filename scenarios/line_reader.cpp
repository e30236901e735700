#include "scenarios/line_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "scenarios/wording.hpp"

namespace tantu {

FileSource::FileSource(const std::filesystem::path& file) : name_(shown(file.string(), 300)) {
  if (file.native().find('\0') != std::string::npos) throw InputError(name_, "", "the name holds a NUL character");
  descriptor_ = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) {
    if (errno == ENOENT) throw InputError(name_, "", "no such file");
    throw InputError(name_, "", std::string("cannot be read: ") + std::strerror(errno));
  }
  struct stat status {};
  if (fstat(descriptor_, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(descriptor_);
    throw InputError(name_, "", "is a folder; a file was expected");
  }
}

FileSource::~FileSource() { close(descriptor_); }

std::size_t FileSource::read(char* to, std::size_t most) {
  for (;;) {
    const ssize_t n = ::read(descriptor_, to, most);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) throw std::runtime_error(name_ + ": cannot be read: " + std::strerror(errno));
  }
}

std::size_t TextSource::read(char* to, std::size_t most) {
  const std::size_t n = std::min({most, piece_, text_.size()});
  std::copy_n(text_.data(), n, to);
  text_.remove_prefix(n);
  return n;
}

LineReader::LineReader(ByteSource& source)
    : source_(source), buffer_((std::size_t{1} << 18) + 2 * margin), at_(buffer_.data() + margin), filled_(at_) {}

// Moves what is left to the front and reads on behind it. Requires room.
void LineReader::refill() {
  const auto left = static_cast<std::size_t>(filled_ - at_);
  char* const front = buffer_.data() + margin;
  std::memmove(front, at_, left);
  at_ = front;
  const std::size_t n = source_.read(front + left, buffer_.size() - 2 * margin - left);
  filled_ = at_ + left + n;
  ended_ = n == 0;
}

bool LineReader::next_beyond(std::string_view& line) {
  while (!ended_ && static_cast<std::size_t>(filled_ - at_) <= longest_line) {
    refill();
    if (next_here(line)) return true;
  }
  if (at_ == filled_) return false;
  ++number_;
  const auto length = static_cast<std::size_t>(filled_ - at_);
  if (length <= longest_line) {
    fault_ = LineFault::cut;
    line = {at_, length};
    at_ = filled_;
    return true;
  }
  // Drop the line up to its end, wherever that is.
  const char* end = nullptr;
  while ((end = static_cast<const char*>(std::memchr(at_, '\n', static_cast<std::size_t>(filled_ - at_)))) == nullptr && !ended_) {
    at_ = filled_;
    refill();
  }
  at_ = end == nullptr ? filled_ : end + 1;
  line = {};
  fault_ = LineFault::too_long;
  return true;
}

}  // namespace tantu
