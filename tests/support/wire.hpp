#pragma once
// A client of a few lines that speaks over a real socket, byte for byte as it is told.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

#include "support/process.hpp"

/// One TCP connection. What takes longer than a minute throws `std::system_error`.
class Wire {
 public:
  /// To a port of this machine.
  explicit Wire(std::string_view port, int family = AF_INET)
      : socket_{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const timeval patience{60, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(number);
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(number);
    ipv6.sin6_addr = in6addr_loopback;
    const bool is_v4 = family == AF_INET;
    const auto* const address =
        is_v4 ? reinterpret_cast<const sockaddr*>(&ipv4) : reinterpret_cast<const sockaddr*>(&ipv6);
    const auto size = static_cast<socklen_t>(is_v4 ? sizeof ipv4 : sizeof ipv6);
    if (::connect(socket_.get(), address, size) != 0) fail("connect");
  }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0) fail("send");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// What one recv of `most` bytes gives; nothing at the end.
  std::string receive(std::size_t most = 1024) const {
    std::string room(most, '\0');
    const auto n = ::recv(socket_.get(), room.data(), room.size(), 0);
    if (n < 0) fail("recv");
    room.resize(static_cast<std::size_t>(n));
    return room;
  }
  /// All that comes until the end.
  std::string receive_all() const {
    std::string all;
    for (std::string part = receive(65536); !part.empty(); part = receive(65536)) all += part;
    return all;
  }
  /// The next reply, all its lines, without the last line's end; "(closed)" at the end.
  std::string reply() {
    for (std::string lines;;) {
      const auto end = text_.find("\r\n");
      if (end == text_.npos) {
        const auto more = receive();
        if (more.empty()) return "(closed)";
        text_ += more;
        continue;
      }
      const auto line = text_.substr(0, end);
      text_.erase(0, end + 2);
      lines += line;
      if (line.size() > 3 && line[3] == ' ' && line.find_first_not_of("0123456789") == 3) return lines;
      lines += '\n';
    }
  }
  /// The reply to a command.
  std::string ask(std::string_view command) {
    send(std::string{command} + "\r\n");
    return reply();
  }
  /// No more comes from here.
  void finish() const { ::shutdown(socket_.get(), SHUT_WR); }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

  OwnedDescriptor socket_;
  std::string text_;
};
