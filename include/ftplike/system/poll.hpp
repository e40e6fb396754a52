#pragma once
// Waiting for a descriptor, on a thread that may.
#include <poll.h>

namespace ftplike::inline v0_2::detail {

/// Waits until there is something to read, or room to write; a signal may end that early.
inline void wait_until_readable(int descriptor) noexcept {
  pollfd ready{descriptor, POLLIN, 0};
  (void)::poll(&ready, 1, -1);
}
inline void wait_until_writable(int descriptor) noexcept {
  pollfd ready{descriptor, POLLOUT, 0};
  (void)::poll(&ready, 1, -1);
}

}  // namespace ftplike::detail
