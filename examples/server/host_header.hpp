#pragma once
#include <string>
#include <string_view>

#include <ftplike/io/asio.hpp>

/// Whether the Host of a request names this machine by an address that no name server gives out. A page of somebody else's
/// whose name was made to lead here (DNS rebinding) comes with that name.
inline bool names_this_machine(std::string_view host) {
  const auto colon = host.rfind(':');
  const bool has_port = colon != host.npos && host.find(']', colon) == host.npos;
  if (has_port) host = host.substr(0, colon);
  if (host == "localhost") return true;
  const bool is_v6 = host.starts_with('[') && host.ends_with(']');
  if (is_v6) host = host.substr(1, host.size() - 2);
  std::error_code error;
  const auto address = asio::ip::make_address(std::string{host}, error);
  return !error && address.is_v6() == is_v6 && address.is_loopback();
}
