// A file that is either complete under its final name or not there.
//
// Bytes go to NAME.part beside NAME; commit() makes them durable and gives them their name: fsync
// of the file, rename, fsync of the folder. Without commit() the .part is removed; after kill -9
// it stays, and the next OutputFile of that name takes it over. A lock on the .part keeps two
// processes from writing the same file.
//
// Errors. InputError when the name cannot be used ("out.h5: exists already; ..."); std::runtime_error
// when the work fails later (disk full, a file that appeared meanwhile).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tantu {

enum class Overwrite { refuse, allow };

/// The steps after which a crash could leave something behind, in their order.
enum class OutputStep { write, sync_file, rename, sync_folder };

class OutputFile {
 public:
  /// Called before each step; it may throw, for tests of failure (an error of the disk at that step).
  using BeforeStep = std::function<void(OutputStep)>;

  explicit OutputFile(const std::filesystem::path& target, Overwrite = Overwrite::refuse, BeforeStep = {});
  /// Removes the .part unless commit() has succeeded.
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// The empty file to write to, for a library that opens files itself (and closes before commit()).
  const std::filesystem::path& part() const { return part_; }
  const std::filesystem::path& target() const { return target_; }

  /// Appends bytes, for text that we write ourselves.
  void write(std::string_view bytes);

  /// Makes the file durable and visible under its name. With Overwrite::refuse a file that appeared
  /// since the constructor is not replaced. After a failure nothing new is visible, except that a
  /// folder whose fsync failed shows a complete file that may be gone after a loss of power.
  void commit();

 private:
  void step(OutputStep s) const { if (before_) before_(s); }
  [[noreturn]] void fail(const char* what, int error) const;

  std::filesystem::path target_, part_;
  Overwrite overwrite_;
  BeforeStep before_;
  int descriptor_ = -1;
  bool committed_ = false;
};

/// Writes a whole text file that way.
void write_file(const std::filesystem::path& target, std::string_view bytes, Overwrite);

}  // namespace tantu
