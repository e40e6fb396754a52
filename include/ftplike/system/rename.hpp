#pragma once
// Renames that take nothing away.
#include <cerrno>

#include <ftplike/system/files.hpp>
#include <ftplike/system/ways.hpp>

#if FTPLIKE_LINUX_WAYS
#include <sys/syscall.h>
#endif

namespace ftplike::inline v0_2::detail {

/// Renames inside a directory, unless the new name is taken: then false.
inline bool rename_to_free(int directory, const char* from, const char* to) {
#if FTPLIKE_LINUX_WAYS && defined SYS_renameat2
  constexpr unsigned no_replace = 1;
  if (::syscall(SYS_renameat2, directory, from, directory, to, no_replace) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) fail_with(errno);
#endif
#if FTPLIKE_WINDOWS_WAYS
  const int result = sys::rename_at(directory, from, directory, to, false);
#else
  const int result = ::linkat(directory, from, directory, to, 0);
#endif
  if (result != 0) {
    if (errno == EEXIST) return false;
    fail_with(errno);
  }
#if !FTPLIKE_WINDOWS_WAYS
  ::unlinkat(directory, from, 0);
#endif
  return true;
}

}  // namespace ftplike::detail
