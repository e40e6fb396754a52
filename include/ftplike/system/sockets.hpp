#pragma once
// Sockets that do not block, that no child of this process inherits, and that raise no SIGPIPE.
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <ftplike/system/descriptor.hpp>
#include <ftplike/system/ways.hpp>

namespace ftplike::inline v0_2::detail {

/// How to send so that a connection that has gone raises no signal. Where no flag says so, `make_quiet` does.
#ifdef MSG_NOSIGNAL
inline constexpr int no_signal = MSG_NOSIGNAL;
#else
inline constexpr int no_signal = 0;
#endif

/// Gives a socket what Linux's way has from the beginning. A child that another thread starts just before inherits it.
inline bool make_quiet(int socket) noexcept {
  const int flags = ::fcntl(socket, F_GETFL);
  if (flags < 0 || ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0) return false;
#ifdef SO_NOSIGPIPE
  const int yes = 1;
  (void)::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);  // fails if the peer has gone already
#endif
  return ::fcntl(socket, F_SETFD, FD_CLOEXEC) == 0;
}

/// A TCP socket of that family.
inline Descriptor make_socket(int family) {
#if FTPLIKE_LINUX_WAYS
  Descriptor made{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!made) fail_with(errno);
#else
  Descriptor made{::socket(family, SOCK_STREAM, 0)};
  if (!made || !make_quiet(made.get())) fail_with(errno);
#endif
  return made;
}

/// The next connection of a listener, as accept(2) gives it.
inline Descriptor accept_quietly(int listener, sockaddr* remote, socklen_t* size) noexcept {
#if FTPLIKE_LINUX_WAYS
  return Descriptor{::accept4(listener, remote, size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
#else
  Descriptor accepted{::accept(listener, remote, size)};
  if (accepted && !make_quiet(accepted.get())) {
    const int error = errno;
    accepted.close();
    errno = error;
  }
  return accepted;
#endif
}

}  // namespace ftplike::detail
