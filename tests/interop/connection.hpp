#pragma once
// A TCP connection or listener that does exactly what it is told, each step with a deadline.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "support/process.hpp"

class Connection {
 public:
  explicit Connection(OwnedDescriptor socket) : socket_{std::move(socket)} {}
  /// To a port of 127.0.0.1, from `source`.
  explicit Connection(const std::string& port, const char* source = "127.0.0.1")
      : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    const auto ours = address(source, 0), theirs = address("127.0.0.1", std::stoi(port));
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&ours), sizeof ours) != 0 ||
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs) != 0) {
      throw std::system_error(errno, std::generic_category(), "connect");
    }
  }

  /// All of it, or as much as the peer takes before it closes the connection.
  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      wait(POLLOUT);
      const auto n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno != EAGAIN) return;
      bytes.remove_prefix(n < 0 ? 0 : static_cast<std::size_t>(n));
    }
  }
  /// What one recv gives; empty at the end of the stream or if the peer reset it.
  std::string receive(std::size_t most = 4096) {
    std::string room(most, '\0');
    wait(POLLIN);
    const auto n = ::recv(socket_.get(), room.data(), room.size(), 0);
    room.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return room;
  }
  /// Whether `line` would not wait.
  bool has_line() {
    std::string room(4096, '\0');
    const auto n = ::recv(socket_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (n > 0) text_.append(room, 0, static_cast<std::size_t>(n));
    return n == 0 || text_.find('\n') != text_.npos;
  }
  /// The next line, without its end; what there is at the end of the stream.
  std::string line() {
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      const auto more = receive();
      if (more.empty()) return std::exchange(text_, {});
      text_ += more;
    }
  }
  /// Says a command; gives the last line of its reply.
  std::string ask(const std::string& command) {
    say(command + "\r\n");
    return reply();
  }
  std::string reply() {
    for (;;) {
      auto last = line();
      if (last.size() < 4 || last[3] == ' ') return last;
    }
  }
  /// All up to the end of the stream.
  std::string rest() {
    for (;;) {
      const auto more = receive(64 * 1024);
      if (more.empty()) return std::exchange(text_, {});
      text_ += more;
    }
  }
  void close() { socket_.close(); }
  /// Ends it as a peer does that died: with RST.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.close();
  }
  /// One byte of urgent data, which TCP may carry past what was sent before it.
  void say_urgently(char byte) { (void)!::send(socket_.get(), &byte, 1, MSG_OOB | MSG_NOSIGNAL); }
  /// As much as can be sent without waiting.
  void push(std::string_view bytes) {
    (void)!::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

 private:
  friend class Listener;
  static sockaddr_in address(const char* host, int port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, host, &result.sin_addr);
    return result;
  }
  void wait(short what) const {
    pollfd one{socket_.get(), what, 0};
    constexpr int patience = 30'000;
    if (::poll(&one, 1, patience) <= 0) throw std::runtime_error("the peer was too slow; last heard: " + text_);
  }

  OwnedDescriptor socket_;
  std::string text_;
};

/// A listener on a port of its own.
class Listener {
 public:
  explicit Listener(const char* host = "127.0.0.1") : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    auto where = Connection::address(host, 0);
    socklen_t size = sizeof where;
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&where), size) != 0 ||
        ::listen(socket_.get(), 8) != 0 ||
        ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&where), &size) != 0) {
      throw std::system_error(errno, std::generic_category(), "listen");
    }
    port_ = ntohs(where.sin_port);
  }
  std::uint16_t port() const noexcept { return port_; }
  Connection accept() const {
    pollfd one{socket_.get(), POLLIN, 0};
    constexpr int patience = 30'000;
    if (::poll(&one, 1, patience) <= 0) throw std::runtime_error("nobody connected");
    return Connection{OwnedDescriptor{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)}};
  }
  /// Whether somebody is waiting to be accepted now.
  bool has_visitor() const {
    pollfd one{socket_.get(), POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
  }

 private:
  OwnedDescriptor socket_;
  std::uint16_t port_ = 0;
};
