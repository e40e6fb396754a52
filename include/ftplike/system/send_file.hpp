#pragma once
// From a file into a socket without a buffer of ours.
#include <cerrno>
#include <cstddef>
#include <cstdint>

#include <ftplike/system/files.hpp>
#include <ftplike/system/sockets.hpp>
#include <ftplike/system/ways.hpp>

#if FTPLIKE_LINUX_WAYS
#include <csignal>
#include <ctime>
#include <sys/sendfile.h>
#endif

namespace ftplike::inline v0_2::detail {

/// Whether the system can. Others have a sendfile, too, but each has its own; a buffer does the same.
inline constexpr bool can_send_files = FTPLIKE_LINUX_WAYS != 0;

#if FTPLIKE_LINUX_WAYS
/// Keeps SIGPIPE from one call on this thread: sendfile has no flag that says so.
class NoBrokenPipe {
 public:
  NoBrokenPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoBrokenPipe(const NoBrokenPipe&) = delete;
  NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;
  ~NoBrokenPipe() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  /// Takes away the signal that the call has raised.
  void forget() {
    if (sigismember(&before_, SIGPIPE) == 1) return;
    const timespec now{};
    while (::sigtimedwait(&pipe_, nullptr, &now) > 0) {}
  }

 private:
  sigset_t pipe_{}, before_{};
};
#endif

/// Sends up to `most` bytes from `position` on, as sendfile(2) does; raises no signal.
inline sys::Count send_file_quietly([[maybe_unused]] NativeSocket socket, [[maybe_unused]] int file,
                                    [[maybe_unused]] std::uint64_t position, [[maybe_unused]] std::size_t most) {
#if FTPLIKE_LINUX_WAYS
  NoBrokenPipe quiet;
  auto offset = static_cast<off_t>(position);
  const auto n = ::sendfile(socket, file, &offset, most);
  if (n < 0 && errno == EPIPE) {
    quiet.forget();
    errno = EPIPE;
  }
  return n;
#else
  errno = ENOSYS;
  return -1;
#endif
}

}  // namespace ftplike::detail
