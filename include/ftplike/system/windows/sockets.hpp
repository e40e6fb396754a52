#pragma once
// Sockets of Windows, with the errors of POSIX in errno.
#include <ftplike/system/ways.hpp>
#include <ftplike/system/windows/text.hpp>

#if FTPLIKE_WINDOWS_WAYS
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>
#include <ws2tcpip.h>

namespace ftplike::inline v0_2::detail {

using NativeSocket = SOCKET;

/// A socket that closes itself.
class SocketDescriptor {
 public:
  SocketDescriptor() = default;
  explicit SocketDescriptor(SOCKET number) noexcept : number_{number} {}
  SocketDescriptor(SocketDescriptor&& other) noexcept : number_{other.release()} {}
  SocketDescriptor& operator=(SocketDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~SocketDescriptor() { close(); }
  SOCKET get() const noexcept { return number_; }
  SOCKET release() noexcept { return std::exchange(number_, INVALID_SOCKET); }
  void close() noexcept {
    if (*this) ::closesocket(release());
  }
  explicit operator bool() const noexcept { return number_ != INVALID_SOCKET; }

 private:
  SOCKET number_ = INVALID_SOCKET;
};

/// Asio cannot wait for a listening socket of Windows: it accepts by itself.
inline constexpr bool waits_for_connections = false;

namespace sys {

/// What a call of Winsock's gave; where it failed, with the reason in errno.
template <class Number> std::ptrdiff_t result_of_socket(Number result) noexcept {
  if (result < 0) errno = errno_of_socket(::WSAGetLastError());
  return result;
}
inline int piece_to_send(std::size_t size) noexcept { return static_cast<int>(std::min<std::size_t>(size, 1U << 30)); }

// None of these waits: `make_quiet` has seen to that.
inline std::ptrdiff_t receive(SOCKET socket, void* room, std::size_t size) noexcept {
  return result_of_socket(::recv(socket, static_cast<char*>(room), piece_to_send(size), 0));
}
inline std::ptrdiff_t peek(SOCKET socket, void* room, std::size_t size) noexcept {
  return result_of_socket(::recv(socket, static_cast<char*>(room), piece_to_send(size), MSG_PEEK));
}
inline std::ptrdiff_t send(SOCKET socket, const void* bytes, std::size_t size) noexcept {
  return result_of_socket(::send(socket, static_cast<const char*>(bytes), piece_to_send(size), 0));
}
inline void end_sending(SOCKET socket) noexcept { ::shutdown(socket, SD_SEND); }
template <class Value> std::ptrdiff_t set_option(SOCKET socket, int level, int name, const Value& value) noexcept {
  return result_of_socket(::setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value));
}
inline std::ptrdiff_t option(SOCKET socket, int level, int name, int& value) noexcept {
  int size = sizeof value;
  return result_of_socket(::getsockopt(socket, level, name, reinterpret_cast<char*>(&value), &size));
}
/// Nobody else may listen at the same address: what SO_REUSEADDR would let anybody do.
inline std::ptrdiff_t listen_at(SOCKET socket, const sockaddr* where, socklen_t size) noexcept {
  const int yes = 1;
  if (set_option(socket, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, yes) != 0) return -1;
  if (const auto result = result_of_socket(::bind(socket, where, size)); result != 0) return result;
  return result_of_socket(::listen(socket, SOMAXCONN));
}

}  // namespace sys

/// Whether a socket could be kept from blocking, and from being a child's.
inline bool make_quiet(SOCKET socket) noexcept {
  u_long yes = 1;
  const bool is_done = ::SetHandleInformation(reinterpret_cast<HANDLE>(socket), HANDLE_FLAG_INHERIT, 0) != 0;
  return sys::result_of_socket(::ioctlsocket(socket, static_cast<long>(FIONBIO), &yes)) == 0 && is_done;
}

/// A TCP socket of that family. **Errors:** `std::system_error`.
inline SocketDescriptor make_socket(int family) {
  SocketDescriptor made{::WSASocketW(family, SOCK_STREAM, 0, nullptr, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)};
  if (!made || !make_quiet(made.get())) throw std::system_error(::WSAGetLastError(), windows_category());
  return made;
}

/// Where Asio accepts by itself, nobody calls it.
inline SocketDescriptor accept_quietly(SOCKET, sockaddr*, socklen_t*) noexcept {
  errno = ENOSYS;
  return {};
}

}  // namespace ftplike::detail
#endif
