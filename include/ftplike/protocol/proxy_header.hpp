#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <ftplike/protocol/host_port.hpp>

namespace ftplike::inline v0_2 {

/// What a proxy says of the connection that it passes on, before the first byte of the conversation: a header of the
/// PROXY protocol, version 1 (a line) or 2 (binary). Only what a trusted proxy says is to be believed.
class ProxyHeader {
 public:
  /// How far it has come.
  enum class State {
    incomplete,  // more bytes have to come
    complete,
    invalid,  // no such header: the connection is to be closed, as the protocol wants it
  };
  /// Both ends of the connection that the proxy has accepted. An IPv6 address in version 1 is only known to be made of
  /// the right letters.
  struct Ends {
    HostPort client;  // who connected
    HostPort server;  // to whom
  };

  /// More bytes are needed.
  static ProxyHeader incomplete() { return {State::incomplete, 0, std::nullopt}; }
  /// It is no header.
  static ProxyHeader invalid() { return {State::invalid, 0, std::nullopt}; }
  /// A header of `size` bytes; without ends where the proxy speaks for itself.
  static ProxyHeader complete(std::size_t size, std::optional<Ends> ends) {
    return {State::complete, size, std::move(ends)};
  }

  State state;  // how far it has come
  std::size_t size;          // of a complete header, in bytes
  std::optional<Ends> ends;  // none: the proxy speaks for itself, or of something else than TCP

 private:
  ProxyHeader(State its_state, std::size_t its_size, std::optional<Ends> its_ends)
      : state{its_state}, size{its_size}, ends{std::move(its_ends)} {}
};

/// The longest header that is taken; a longer one is invalid.
inline constexpr std::size_t longest_proxy_header = 4096;

namespace detail {

inline constexpr std::string_view proxy_line_begins = "PROXY ";
inline constexpr std::string_view proxy_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// An address as a header of version 1 has it, up to the next space.
inline std::optional<std::string> take_proxy_address(std::string_view& text, bool v6) {
  auto address = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), address.size() + 1));
  if (v6) {
    constexpr std::size_t longest = 45;  // six groups and an IPv4 address
    const bool plausible = address.size() <= longest && std::count(address.begin(), address.end(), ':') >= 2 &&
                           address.find_first_not_of("0123456789abcdefABCDEF:.") == address.npos;
    return plausible ? std::optional{std::string{address}} : std::nullopt;
  }
  const auto octets = take_octets<4>(address, '.');
  return octets && address.empty() ? std::optional{dotted(*octets)} : std::nullopt;
}

inline ProxyHeader parse_proxy_line(std::string_view bytes) {
  constexpr std::size_t longest = 107;  // with its CRLF
  const auto end = bytes.substr(0, longest).find("\r\n");
  if (end == bytes.npos) return bytes.size() < longest ? ProxyHeader::incomplete() : ProxyHeader::invalid();
  auto line = bytes.substr(0, end);
  line.remove_prefix(proxy_line_begins.size());
  const auto size = end + 2;
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return ProxyHeader::complete(size, std::nullopt);
  const bool v6 = line.starts_with("TCP6 ");
  if (!v6 && !line.starts_with("TCP4 ")) return ProxyHeader::invalid();
  line.remove_prefix(5);
  auto client = take_proxy_address(line, v6);
  auto server = take_proxy_address(line, v6);
  const auto client_port = take_number(line, 5, 65535);
  const bool separated = take(line, ' ');
  const auto server_port = take_number(line, 5, 65535);
  if (!client || !server || !client_port || !separated || !server_port || !line.empty()) return ProxyHeader::invalid();
  return ProxyHeader::complete(size, ProxyHeader::Ends{{*std::move(client), static_cast<std::uint16_t>(*client_port)},
                                                       {*std::move(server), static_cast<std::uint16_t>(*server_port)}});
}

/// A number of two bytes, the more significant one first.
inline std::uint16_t big_endian(std::string_view bytes, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  return static_cast<std::uint16_t>(byte(at) << 8 | byte(at + 1));
}

inline std::string binary_address(std::string_view bytes) {
  std::string text;
  if (bytes.size() == 4) {
    for (const char c : bytes)
      text.append(text.empty() ? "" : ".").append(std::to_string(static_cast<unsigned char>(c)));
    return text;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto group = big_endian(bytes, i);
    if (i > 0) text += ':';
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[(group >> shift) & 0xF];
  }
  return text;
}

inline ProxyHeader parse_binary_proxy_header(std::string_view bytes) {
  constexpr std::size_t fixed = 16;
  if (bytes.size() < fixed) return ProxyHeader::incomplete();
  const auto version_and_command = static_cast<unsigned char>(bytes[12]);
  const auto family = static_cast<unsigned char>(bytes[13]);
  const std::size_t size = fixed + big_endian(bytes, 14);
  const unsigned command = version_and_command & 0xFu;
  if (version_and_command >> 4 != 2 || command > 1 || size > longest_proxy_header) return ProxyHeader::invalid();
  if (bytes.size() < size) return ProxyHeader::incomplete();
  const bool tcp4 = family == 0x11;
  const bool tcp6 = family == 0x21;
  if (command == 0 || (!tcp4 && !tcp6)) return ProxyHeader::complete(size, std::nullopt);
  const std::size_t length = tcp4 ? 4 : 16;
  if (size < fixed + 2 * length + 4) return ProxyHeader::invalid();
  const auto ports = fixed + 2 * length;  // what comes after them are extensions, which say nothing to us
  return ProxyHeader::complete(
      size, ProxyHeader::Ends{{binary_address(bytes.substr(fixed, length)), big_endian(bytes, ports)},
                              {binary_address(bytes.substr(fixed + length, length)), big_endian(bytes, ports + 2)}});
}

}  // namespace detail

/// Reads the header at the beginning of what has come over a connection by now.
inline ProxyHeader parse_proxy_header(std::string_view bytes) {
  const auto begins_with = [bytes](std::string_view what) {
    const auto size = std::min(bytes.size(), what.size());
    return bytes.substr(0, size) == what.substr(0, size);
  };
  if (begins_with(detail::proxy_signature)) return detail::parse_binary_proxy_header(bytes);
  if (begins_with(detail::proxy_line_begins)) return detail::parse_proxy_line(bytes);
  return ProxyHeader::invalid();
}

}  // namespace ftplike
