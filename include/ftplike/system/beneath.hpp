#pragma once
// Opening what is beneath a folder by one call, where the system can keep it inside.
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

/// Opens a path as if the folder `root` were the root of the system. Gives none, with the reason in errno: EAGAIN where
/// it would have to wait but may not, ENOSYS where the system cannot.
inline Descriptor open_beneath([[maybe_unused]] int root, [[maybe_unused]] const char* path, [[maybe_unused]] int flags,
                               [[maybe_unused]] Wait wait) noexcept {
#if FTPLIKE_LINUX_WAYS && defined SYS_openat2 && defined RESOLVE_IN_ROOT
  constexpr std::uint64_t cached = 0x20;  // RESOLVE_CACHED, newer than the rest
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (wait == Wait::may_not ? cached : 0);
  return Descriptor{static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how))};
#else
  errno = ENOSYS;
  return {};
#endif
}

}  // namespace ftplike::detail
