#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ftplike/profile.hpp>

/// Where to listen, as the operator said it.
class HostAndPort {
 public:
  HostAndPort(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}
  /// `HOST:PORT`, `HOST`, `[IPV6]:PORT`, `[IPV6]`. **Errors:** `std::invalid_argument`.
  static HostAndPort parse(const std::string& text);
  std::string text() const;

  std::string host;  // an address or a name
  std::uint16_t port;
};

/// What the operator wants of the server.
struct Configuration {
  std::string root = "server/server_storage";
  std::vector<HostAndPort> listen;
  std::optional<ftplike::Rights> guests;  // none: by the rule of wire.md
  unsigned threads = 0;                   // 0: as many as the machine has processors
  bool explain = false;
};
