#pragma once
// Sockets that do not block, that no child of this process inherits, and that raise no SIGPIPE.
#include <ftplike/system/descriptor.hpp>
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/sockets.hpp>

#if !FTPLIKE_WINDOWS_WAYS
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ftplike::inline v0_2::detail {

using NativeSocket = int;
using SocketDescriptor = Descriptor;

/// Whether the event loop can wait for a listening socket until somebody comes.
inline constexpr bool waits_for_connections = true;

/// How to send so that a connection that has gone raises no signal. Where no flag says so, `make_quiet` does.
#ifdef MSG_NOSIGNAL
inline constexpr int no_signal = MSG_NOSIGNAL;
#else
inline constexpr int no_signal = 0;
#endif

namespace sys {

// None of these waits.
inline ssize_t receive(int socket, void* room, std::size_t size) noexcept { return ::recv(socket, room, size, MSG_DONTWAIT); }
inline ssize_t peek(int socket, void* room, std::size_t size) noexcept {
  return ::recv(socket, room, size, MSG_PEEK | MSG_DONTWAIT);
}
inline ssize_t send(int socket, const void* bytes, std::size_t size) noexcept {
  return ::send(socket, bytes, size, MSG_DONTWAIT | no_signal);
}
inline void end_sending(int socket) noexcept { ::shutdown(socket, SHUT_WR); }
template <class Value> int set_option(int socket, int level, int name, const Value& value) noexcept {
  return ::setsockopt(socket, level, name, &value, sizeof value);
}
inline int option(int socket, int level, int name, int& value) noexcept {
  auto size = static_cast<socklen_t>(sizeof value);
  return ::getsockopt(socket, level, name, &value, &size);
}
/// Also where connections of a listener before are still about to end.
inline int listen_at(int socket, const sockaddr* where, socklen_t size) noexcept {
  const int yes = 1;
  if (set_option(socket, SOL_SOCKET, SO_REUSEADDR, yes) != 0 || ::bind(socket, where, size) != 0) return -1;
  return ::listen(socket, SOMAXCONN);
}

}  // namespace sys

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

/// A TCP socket of that family. **Errors:** `std::system_error`.
inline SocketDescriptor make_socket(int family) {
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
inline SocketDescriptor accept_quietly(int listener, sockaddr* remote, socklen_t* size) noexcept {
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
#endif
