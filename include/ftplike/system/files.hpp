#pragma once
// What every caller of the system's calls for files includes, and where they differ between systems.
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <ftplike/system/descriptor.hpp>
#include <ftplike/system/ways.hpp>

namespace ftplike::inline v0_2::detail {

/// To pass through a directory needs no right to read it, where the system can tell these apart.
#if FTPLIKE_LINUX_WAYS
inline constexpr int directory_only = O_PATH | O_DIRECTORY | O_CLOEXEC;
#elif defined O_SEARCH
inline constexpr int directory_only = O_SEARCH | O_DIRECTORY | O_CLOEXEC;
#else
inline constexpr int directory_only = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif
/// Opening must not wait for the other end of a FIFO, nor make a terminal ours.
inline constexpr int quietly = O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// When the contents of a file have changed.
inline timespec time_of_change(const struct stat& status) noexcept {
#ifdef __APPLE__
  return status.st_mtimespec;
#else
  return status.st_mtim;
#endif
}

inline bool is_same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Makes a file of its own for the X at the end of `name`, which no child of this process inherits.
inline int make_temporary(std::string& name) noexcept {
#if FTPLIKE_LINUX_WAYS
  return ::mkostemp(name.data(), O_CLOEXEC);
#else
  const int made = ::mkstemp(name.data());
  if (made >= 0) (void)::fcntl(made, F_SETFD, FD_CLOEXEC);
  return made;
#endif
}

}  // namespace ftplike::detail
