#pragma once
// Opening what is beneath a folder by one call, where the system can keep it inside; and without a wait for a disk, where the
// system can tell.
#include <cerrno>
#include <cstdint>

#include <ftplike/system/descriptor.hpp>
#include <ftplike/system/ways.hpp>

#if FTPLIKE_LINUX_WAYS && __has_include(<linux/openat2.h>)
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

namespace ftplike::inline v0_2::detail {

enum class Wait { may, may_not };  // for a disk

#if FTPLIKE_LINUX_WAYS && defined SYS_openat2 && defined RESOLVE_IN_ROOT
inline constexpr std::uint64_t resolve_cached = 0x20;  // RESOLVE_CACHED, newer than the rest

inline Descriptor open_resolved(int folder, const char* path, int flags, std::uint64_t resolve) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve;
  return Descriptor{static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how))};
}
#endif

/// Opens a path as if the folder `root` were the root of the system. Gives none, with the reason in errno: EAGAIN where
/// it would have to wait but may not, ENOSYS where the system cannot.
inline Descriptor open_beneath([[maybe_unused]] int root, [[maybe_unused]] const char* path, [[maybe_unused]] int flags,
                               [[maybe_unused]] Wait wait) noexcept {
#if FTPLIKE_LINUX_WAYS && defined SYS_openat2 && defined RESOLVE_IN_ROOT
  return open_resolved(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (wait == Wait::may_not ? resolve_cached : 0));
#else
  errno = ENOSYS;
  return {};
#endif
}

/// Opens a path of this process's system without a wait for the folders on the way. Gives none where it would have to
/// wait, where the system cannot tell, and for any error.
inline Descriptor open_if_cached([[maybe_unused]] const char* path, [[maybe_unused]] int flags) noexcept {
#if FTPLIKE_LINUX_WAYS && defined SYS_openat2 && defined RESOLVE_IN_ROOT
  return open_resolved(AT_FDCWD, path, flags, resolve_cached);
#else
  return {};
#endif
}

}  // namespace ftplike::detail
