#pragma once
// Reading only what needs no disk.
#include <cerrno>
#include <cstddef>
#include <span>

#include <ftplike/system/files.hpp>
#include <ftplike/system/ways.hpp>

#if FTPLIKE_LINUX_WAYS
#include <sys/uio.h>
#endif

namespace ftplike::inline v0_2::detail {

/// Whether the system can tell what is in memory, if the file system can.
#if FTPLIKE_LINUX_WAYS && defined RWF_NOWAIT
inline constexpr bool tells_resident = true;
#else
inline constexpr bool tells_resident = false;
#endif

/// Reads at `offset`, or at the descriptor's position for -1, what is in memory already. Gives -1 where that would wait
/// for the disk, or the system never tells (EAGAIN), or the file system does not, as those in memory (EOPNOTSUPP).
inline sys::Count read_resident([[maybe_unused]] int file, [[maybe_unused]] std::span<std::byte> room,
                                [[maybe_unused]] sys::Offset offset) noexcept {
#if FTPLIKE_LINUX_WAYS && defined RWF_NOWAIT
  const iovec part{room.data(), room.size()};
  return ::preadv2(file, &part, 1, offset, RWF_NOWAIT);
#else
  errno = EAGAIN;
  return -1;
#endif
}

}  // namespace ftplike::detail
