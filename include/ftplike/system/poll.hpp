#pragma once
// Waiting for a descriptor, on a thread that may.
#include <ftplike/system/ways.hpp>

#if !FTPLIKE_WINDOWS_WAYS
#include <poll.h>
#endif

namespace ftplike::inline v0_2::detail {

/// Waits until there is something to read, or room to write; a signal may end that early. A descriptor of Windows has been
/// waited for by whoever reads or writes.
inline void wait_until_readable([[maybe_unused]] int descriptor) noexcept {
#if !FTPLIKE_WINDOWS_WAYS
  pollfd ready{descriptor, POLLIN, 0};
  (void)::poll(&ready, 1, -1);
#endif
}
inline void wait_until_writable([[maybe_unused]] int descriptor) noexcept {
#if !FTPLIKE_WINDOWS_WAYS
  pollfd ready{descriptor, POLLOUT, 0};
  (void)::poll(&ready, 1, -1);
#endif
}

}  // namespace ftplike::detail
