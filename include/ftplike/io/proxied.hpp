#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <system_error>

#include <ftplike/io/transport.hpp>
#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/proxy_header.hpp>

namespace ftplike::inline v0_2 {

/// Reads what a proxy says, by the PROXY protocol, at the beginning of a connection that it passes on, `at_once` bytes
/// at a time. What was read beyond that goes to `rest`: nothing if that is one byte.
///
/// **Errors:** `Errc::bad_introduction` if the connection does not begin with that, `Errc::peer_lost` if it ends before.
template <Stream S>
awaitable<ProxyHeader> read_proxy_header(S& stream, std::string& rest, std::size_t at_once = 512) {
  std::array<std::byte, 512> room;
  for (;;) {
    const auto part = std::span{room}.first(at_once);
    const std::size_t n = co_await stream.read_some(part);
    rest.append(as_text(part.first(n)));
    ProxyHeader header = parse_proxy_header(rest);
    if (header.state == ProxyHeader::State::invalid) throw std::system_error(Errc::bad_introduction);
    if (n == 0) throw std::system_error(Errc::peer_lost);
    if (header.state == ProxyHeader::State::incomplete) continue;
    rest.erase(0, header.size);
    co_return header;
  }
}

/// An end of a connection that a proxy names.
///
/// **Errors:** of the address.
inline Endpoint endpoint_of(const HostPort& named) { return {asio::ip::make_address(named.host), named.port}; }

}  // namespace ftplike
