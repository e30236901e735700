// A disk that fails at a moment of the test's choice, loaded in front of the C library (LD_PRELOAD).
//
//   FAILING_DISK        only files below this folder count
//   FAILING_DISK_AT     the number of the operation that fails, from 1
//   FAILING_DISK_HOW    error: that one returns ENOSPC (writes) or EIO
//                       kill:  the process dies there; of a write, half has reached the file
//   FAILING_DISK_LOG    a file that gets a letter for each operation: w write, p pwrite, t truncate, s sync, r rename
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long seen;

static int is_below(const char* path) {
  const char* folder = getenv("FAILING_DISK");
  return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_ours(int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t n = readlink(link, path, sizeof path - 1);
  if (n <= 0) return 0;
  path[n] = '\0';
  return is_below(path);
}

// 0: go on; 1: return an error. Does not return where the process dies, unless it has half a write to do first.
enum { go_on, fail, die };
static int verdict(char letter) {
  const char *log = getenv("FAILING_DISK_LOG"), *at = getenv("FAILING_DISK_AT"), *how = getenv("FAILING_DISK_HOW");
  if (log) {
    const int descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    syscall(SYS_write, descriptor, &letter, 1);
    close(descriptor);
  }
  if (atomic_fetch_add(&seen, 1) + 1 != (at ? atol(at) : 0)) return go_on;
  return how && strcmp(how, "kill") == 0 ? die : fail;
}

__attribute__((noreturn)) static void now_dies(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int failed(int error) {
  errno = error;
  return -1;
}

ssize_t write(int descriptor, const void* bytes, size_t n) {
  if (is_ours(descriptor)) switch (verdict('w')) {
      case fail: return failed(ENOSPC);
      case die: syscall(SYS_write, descriptor, bytes, n / 2); now_dies();
    }
  return syscall(SYS_write, descriptor, bytes, n);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t n, off64_t at) {
  if (is_ours(descriptor)) switch (verdict('p')) {
      case fail: return failed(ENOSPC);
      case die: syscall(SYS_pwrite64, descriptor, bytes, n / 2, at); now_dies();
    }
  return syscall(SYS_pwrite64, descriptor, bytes, n, at);
}
ssize_t pwrite(int descriptor, const void* bytes, size_t n, off_t at) { return pwrite64(descriptor, bytes, n, at); }

static int simple(char letter, int counts, int error) {
  if (counts) switch (verdict(letter)) {
      case fail: return failed(error);
      case die: now_dies();
    }
  return 0;
}

int ftruncate64(int descriptor, off64_t length) { return simple('t', is_ours(descriptor), EIO) ? -1 : (int)syscall(SYS_ftruncate, descriptor, length); }
int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }
int fsync(int descriptor) { return simple('s', is_ours(descriptor), EIO) ? -1 : (int)syscall(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return fsync(descriptor); }

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  return simple('r', is_below(from), EIO) ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}
int rename(const char* from, const char* to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
