#include "results/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "sim/input_error.hpp"

namespace tantu {
namespace fs = std::filesystem;
namespace {

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : fs::path("."); }

bool same_file(int descriptor, const fs::path& path) {
  struct stat open_one {}, named_one {};
  return fstat(descriptor, &open_one) == 0 && stat(path.c_str(), &named_one) == 0 &&
         open_one.st_dev == named_one.st_dev && open_one.st_ino == named_one.st_ino;
}

[[noreturn]] void refuse_name(const fs::path& target, int error) {
  const std::string name = target.string(), folder = folder_of(target).string();
  switch (error) {
    case ENOENT:
      if (std::error_code none; fs::is_directory(folder_of(target), none)) throw InputError(name, "", "no file can be created in the folder " + folder + "; choose another with -o");
      throw InputError(name, "", "the folder " + folder + " does not exist; create it or choose another with -o");
    case ENOTDIR: throw InputError(name, "", folder + " is not a folder; choose another with -o");
    case EACCES:
    case EPERM:
    case EROFS: throw InputError(name, "", "the folder " + folder + " is not writable; choose another with -o");
    case ENAMETOOLONG: throw InputError(name.substr(0, 60) + "...", "", "the name is too long; choose a shorter one with -o");
    case ELOOP: throw InputError(name, "", "the path is a loop of symbolic links; choose another with -o");
    default: throw std::runtime_error(name + ": cannot create it: " + std::strerror(error));
  }
}

}  // namespace

OutputFile::OutputFile(const fs::path& target, Overwrite overwrite, BeforeStep before)
    : target_(target), part_(target.string() + ".part"), overwrite_(overwrite), before_(std::move(before)) {
  const std::string name = target.string();
  if (name.empty()) throw InputError("-o", "", "the name of the output file is empty; give one, e.g. -o out.h5");
  if (name.find('\0') != std::string::npos) throw InputError("-o", "", "the name of the output file holds a NUL character");
  struct stat existing {};
  if (stat(target.c_str(), &existing) == 0) {
    if (S_ISDIR(existing.st_mode)) throw InputError(name, "", "is a folder; give the name of a file in it, e.g. -o " + (target / "out.h5").string());
    if (!S_ISREG(existing.st_mode)) throw InputError(name, "", "is not a regular file; choose another name with -o");
    if (overwrite == Overwrite::refuse) throw InputError(name, "", "exists already; choose another name with -o or overwrite it with --force");
  } else if (errno != ENOENT) {
    refuse_name(target, errno);
  }
  if (!target.has_filename()) throw InputError(name, "", "is the name of a folder; give the name of a file");

  // The lock is taken before the file is emptied: another process may be writing it. A .part that
  // was renamed or removed between open and lock is no longer ours to write, hence the loop.
  for (;;) {
    descriptor_ = open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      if (errno == EISDIR) throw InputError(part_.string(), "", "is a folder, and is needed as a temporary file; remove it or choose another name with -o");
      refuse_name(target, errno);
    }
    // A file system without locks (some network ones) is used without.
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      close(descriptor_);
      throw InputError(name, "", "is being written by another process; wait for it or choose another name with -o");
    }
    if (same_file(descriptor_, part_)) break;
    close(descriptor_);
  }
  if (ftruncate(descriptor_, 0) != 0) {
    const int error = errno;
    unlink(part_.c_str());
    close(descriptor_);
    fail("empty its .part", error);
  }
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  // Removed while still locked: a process that takes the name over must not lose its own .part.
  if (!committed_) unlink(part_.c_str());
  close(descriptor_);
}

void OutputFile::fail(const char* what, int error) const {
  throw std::runtime_error(target_.string() + ": cannot " + what + ": " + std::strerror(error));
}

void OutputFile::write(std::string_view bytes) {
  step(OutputStep::write);
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("write", n < 0 ? errno : EIO);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void OutputFile::commit() {
  if (committed_) throw std::logic_error(target_.string() + ": committed twice");
  // fsync of our descriptor covers what a library wrote through its own: it is one file.
  if (!same_file(descriptor_, part_)) throw std::runtime_error(part_.string() + ": was removed or replaced while it was being written");
  step(OutputStep::sync_file);
  if (fsync(descriptor_) != 0) fail("make it durable", errno);
  step(OutputStep::rename);
  const bool force = overwrite_ == Overwrite::allow;
  int renamed = renameat2(AT_FDCWD, part_.c_str(), AT_FDCWD, target_.c_str(), force ? 0 : RENAME_NOREPLACE);
  if (renamed != 0 && !force && (errno == EINVAL || errno == ENOSYS)) {
    // A file system that cannot refuse atomically: look first.
    struct stat appeared {};
    if (stat(target_.c_str(), &appeared) == 0) fail("rename it", EEXIST);
    renamed = rename(part_.c_str(), target_.c_str());
  }
  if (renamed != 0) fail("rename it", errno);
  committed_ = true;
  step(OutputStep::sync_folder);
  const int folder = open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // A folder one may write to but not list cannot be opened, and then not synced; EINVAL: cannot be synced at all.
  if (folder < 0) return;
  const int error = fsync(folder) != 0 ? errno : 0;
  close(folder);
  if (error != 0 && error != EINVAL) fail("make its name durable", error);
}

void write_file(const fs::path& target, std::string_view bytes, Overwrite overwrite) {
  OutputFile file(target, overwrite);
  file.write(bytes);
  file.commit();
}

}  // namespace tantu
