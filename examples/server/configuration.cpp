#include "configuration.hpp"

#include <stdexcept>

#include <ftplike/protocol/text.hpp>

HostAndPort HostAndPort::parse(const std::string& text) {
  const auto wrong = [&text] { return std::invalid_argument("'" + text + "' is not HOST:PORT"); };
  std::string host = text;
  std::string port = "3456";
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.rfind(':');
  if (bracketed) {
    if (end == std::string::npos) throw wrong();
    host = text.substr(1, end - 1);
    if (end + 1 < text.size() && text[end + 1] != ':') throw wrong();
    if (end + 1 < text.size()) port = text.substr(end + 2);
  } else if (end != std::string::npos) {
    host = text.substr(0, end);
    port = text.substr(end + 1);
    if (host.find(':') != std::string::npos) {
      throw std::invalid_argument("'" + text + "': an IPv6 address goes between brackets, as in [::1]:3456");
    }
  }
  const auto number = ftplike::detail::number_in<std::uint16_t>(port);
  // What is all digits would be taken for an address by the system, but is meant as a port.
  if (host.empty() || !number || host.find_first_not_of("0123456789") == std::string::npos) throw wrong();
  return {host, *number};
}

std::string HostAndPort::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}
