#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// A numeric address and a port, as PORT, EPRT and 227 tell them. What a peer tells is not to be dialled unchecked.
class HostPort {
 public:
  /// A host as it is written, and a port.
  HostPort(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}

  std::string host;  // as it is written; of IPv6 without brackets
  std::uint16_t port;  // of TCP

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// What the argument of an EPSV asks for; `other` is a protocol that nobody has (522). RFC 2428 §3.
enum class EpsvRequest { any, ipv4, ipv6, other, all };

namespace detail {

/// Takes a decimal number of at most `digits` digits and not above `most` off the front of `text`.
inline std::optional<unsigned> take_number(std::string_view& text, std::size_t digits, unsigned most) noexcept {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + std::min(text.size(), digits), value);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || value > most || (size < text.size() && is_digit(text[size]))) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

inline std::optional<std::uint16_t> take_port(std::string_view& text) noexcept {
  const auto port = take_number(text, 5, 65535);
  if (!port || *port == 0) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

inline bool take(std::string_view& text, char expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes `N` octets off the front of `text`, each but the first preceded by `separator`.
template <std::size_t N>
std::optional<std::array<unsigned, N>> take_octets(std::string_view& text, char separator) noexcept {
  std::array<unsigned, N> octets{};
  for (std::size_t i = 0; i < N; ++i) {
    if (i > 0 && !take(text, separator)) return std::nullopt;
    const auto octet = take_number(text, 3, 255);
    if (!octet) return std::nullopt;
    octets[i] = *octet;
  }
  return octets;
}

template <std::size_t N> std::string dotted(const std::array<unsigned, N>& octets) {
  std::string host = std::to_string(octets[0]);
  for (std::size_t i = 1; i < 4; ++i) host.append(1, '.').append(std::to_string(octets[i]));
  return host;
}

/// Takes h1,h2,h3,h4,p1,p2 off the front of `text`.
inline std::optional<HostPort> take_host_port(std::string_view& text) {
  const auto octets = take_octets<6>(text, ',');
  if (!octets) return std::nullopt;
  const auto port = (*octets)[4] * 256 + (*octets)[5];
  if (port == 0) return std::nullopt;
  return HostPort{dotted(*octets), static_cast<std::uint16_t>(port)};
}

}  // namespace detail

/// Reads the argument of a PORT: `h1,h2,h3,h4,p1,p2`. RFC 959 §4.1.2.
inline std::optional<HostPort> parse_port(std::string_view argument) {
  auto result = detail::take_host_port(argument);
  return argument.empty() ? result : std::nullopt;
}

/// `h1,h2,h3,h4,p1,p2` for PORT and for the text of a 227. `address.host` is an IPv4 address with dots.
inline std::string format_port(const HostPort& address) {
  auto text = address.host;
  std::replace(text.begin(), text.end(), '.', ',');
  return text.append(1, ',')
      .append(std::to_string(address.port / 256))
      .append(1, ',')
      .append(std::to_string(address.port % 256));
}

/// Reads the argument of an EPRT: `|1|132.235.1.2|6275|` or `|2|1080::8:800:200C:417A|5282|`, with any delimiter.
///
/// Of a well-formed argument for another protocol (522) the host is empty. An IPv6 address is only known to be made of
/// the right letters. RFC 2428 §2.
inline std::optional<HostPort> parse_eprt(std::string_view argument) {
  if (argument.empty() || argument[0] < '!' || argument[0] > '~') return std::nullopt;
  const char delimiter = argument[0];
  argument.remove_prefix(1);
  const auto protocol = detail::take_number(argument, 5, 65535);
  if (!protocol || !detail::take(argument, delimiter)) return std::nullopt;
  auto host = argument.substr(0, argument.find(delimiter));
  argument.remove_prefix(host.size());
  if (host.empty() || !detail::take(argument, delimiter)) return std::nullopt;
  const auto port = detail::take_port(argument);
  if (!port || argument.size() != 1 || argument[0] != delimiter) return std::nullopt;

  if (*protocol == 1) {
    const auto octets = detail::take_octets<4>(host, '.');
    if (!octets || !host.empty()) return std::nullopt;
    return HostPort{detail::dotted(*octets), *port};
  }
  if (*protocol == 2) {
    constexpr std::size_t longest = 45;  // six groups and an IPv4 address
    const bool plausible = host.size() <= longest && std::count(host.begin(), host.end(), ':') >= 2 &&
                           host.find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
    if (!plausible) return std::nullopt;
    return HostPort{std::string{host}, *port};
  }
  return HostPort{{}, *port};
}

/// `|1|132.235.1.2|6275|`, for EPRT.
inline std::string format_eprt(const HostPort& address) {
  const bool six = address.host.find(':') != std::string::npos;
  return (six ? "|2|" : "|1|") + address.host + '|' + std::to_string(address.port) + '|';
}

/// Reads the argument of an EPSV: none, `1`, `2`, `ALL`.
inline std::optional<EpsvRequest> parse_epsv(std::string_view argument) noexcept {
  if (argument.empty()) return EpsvRequest::any;
  if (same_word(argument, "ALL")) return EpsvRequest::all;
  const auto protocol = detail::take_number(argument, 5, 65535);
  if (!protocol || !argument.empty()) return std::nullopt;
  return *protocol == 1 ? EpsvRequest::ipv4 : *protocol == 2 ? EpsvRequest::ipv6 : EpsvRequest::other;
}

/// Finds the six numbers in the text of a 227, whatever stands around them. RFC 1123 §4.1.2.6.
inline std::optional<HostPort> parse_pasv_reply(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool inside =
        at > 0 && (detail::is_digit(text[at - 1]) || (at > 1 && text[at - 1] == ',' && detail::is_digit(text[at - 2])));
    if (inside || !detail::is_digit(text[at])) continue;
    auto rest = text.substr(at);
    auto found = detail::take_host_port(rest);
    const bool longer = rest.size() > 1 && rest[0] == ',' && detail::is_digit(rest[1]);
    if (found && !longer) return found;
  }
  return std::nullopt;
}

/// Finds the port in the text of a 229: `(|||6446|)`, with any delimiter and without the parentheses too. RFC 2428 §3.
inline std::optional<std::uint16_t> parse_epsv_reply(std::string_view text) noexcept {
  for (; text.size() > 4; text.remove_prefix(1)) {
    const char delimiter = text[0];
    if (delimiter < '!' || delimiter > '~' || detail::is_digit(delimiter)) continue;
    if (text[1] != delimiter || text[2] != delimiter) continue;
    auto rest = text.substr(3);
    const auto port = detail::take_port(rest);
    if (port && rest.starts_with(delimiter)) return port;
  }
  return std::nullopt;
}

/// The port that a server of the ftp-like dialect announces: the last word of its 150.
inline std::optional<std::uint16_t> parse_announced_reply(std::string_view text) noexcept {
  while (text.ends_with(' ')) text.remove_suffix(1);
  text.remove_prefix(text.rfind(' ') + 1);
  const auto port = detail::take_port(text);
  return text.empty() ? port : std::nullopt;
}

}  // namespace ftplike
