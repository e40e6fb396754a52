#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/client/url.hpp>
#include <ftplike/io/bytes.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2::detail {

/// A proxy that passes connections on: `socks5://user:password@host:port` or `http://host:port`.
class Proxy {
 public:
  enum class Kind { socks5, http };

  static std::optional<Proxy> parse(std::string_view text) {
    const auto end = text.find("://");
    if (end == text.npos) return std::nullopt;
    Proxy proxy;
    const auto scheme = text.substr(0, end);
    if (same_word(scheme, "http"))
      proxy.kind = Kind::http;
    else if (!same_word(scheme, "socks5") && !same_word(scheme, "socks5h"))
      return std::nullopt;
    proxy.where.port = proxy.kind == Kind::http ? 8080 : 1080;
    text.remove_prefix(end + 3);
    if (text.ends_with('/')) text.remove_suffix(1);
    if (const auto at = text.rfind('@'); at != text.npos) {
      if (!read_user(text.substr(0, at), proxy.where)) return std::nullopt;
      text.remove_prefix(at + 1);
    }
    if (!read_host(text, proxy.where)) return std::nullopt;
    return proxy;
  }

  Kind kind = Kind::socks5;
  Url where;  // its host, its port, and who we are there
};

/// Fills `room` from a stream, and takes nothing that is behind it.
template <class Stream> awaitable<void> read_exactly(Stream& stream, std::span<std::byte> room) {
  while (!room.empty()) {
    const std::size_t n = co_await stream.read_some(room);
    if (n == 0) throw std::system_error(Errc::peer_lost);
    room = room.subspan(n);
  }
}

/// A word of SOCKS, put together. RFC 1928, RFC 1929.
class SocksMessage {
 public:
  SocksMessage& byte(std::size_t value) {
    bytes_ += static_cast<char>(value);
    return *this;
  }
  /// With its length in front.
  SocksMessage& text(std::string_view value) {
    if (value.size() > 255) throw std::system_error(std::make_error_code(std::errc::invalid_argument));
    bytes_ += static_cast<char>(value.size());
    bytes_ += value;
    return *this;
  }
  /// Names are for the proxy to look up.
  SocksMessage& host(const std::string& name) {
    std::error_code no_literal;
    const Address literal = asio::ip::make_address(name, no_literal);
    if (no_literal) return byte(3).text(name);
    const auto append = [this](const auto& address) {
      for (const auto value : address.to_bytes()) byte(value);
    };
    byte(literal.is_v4() ? 1 : 4);
    if (literal.is_v4())
      append(literal.to_v4());
    else
      append(literal.to_v6());
    return *this;
  }
  std::span<const std::byte> bytes() const { return as_bytes(bytes_); }

 private:
  std::string bytes_;
};

/// What a SOCKS server's refusal means. RFC 1928 §6.
inline std::errc meaning_of_socks(unsigned code) noexcept {
  switch (code) {
    case 2: return std::errc::permission_denied;
    case 3: return std::errc::network_unreachable;
    case 4: return std::errc::host_unreachable;
    case 5: return std::errc::connection_refused;
    case 6: return std::errc::timed_out;
    default: return std::errc::connection_aborted;
  }
}

template <class Stream>
awaitable<void> pass_socks(Stream& stream, const Url& proxy, std::string host, std::uint16_t port) {
  std::array<std::byte, 256> room{};
  const auto number = [&room](std::size_t i) { return std::to_integer<unsigned>(room[i]); };
  const auto part = [&room](std::size_t size) { return std::span{room}.first(size); };
  SocksMessage hello;
  hello.byte(5).byte(proxy.user.empty() ? 1 : 2).byte(0);
  if (!proxy.user.empty()) hello.byte(2);
  co_await stream.write(hello.bytes());
  co_await read_exactly(stream, part(2));
  if (number(0) != 5) throw std::system_error(Errc::bad_reply);
  if (number(1) == 2 && !proxy.user.empty()) {
    SocksMessage login;
    login.byte(1).text(proxy.user).text(proxy.password);
    co_await stream.write(login.bytes());
    co_await read_exactly(stream, part(2));
    if (number(1) != 0) throw std::system_error(std::make_error_code(std::errc::permission_denied));
  } else if (number(1) != 0) {
    throw std::system_error(std::make_error_code(std::errc::permission_denied));
  }
  SocksMessage connect;
  connect.byte(5).byte(1).byte(0).host(host).byte(port >> 8u).byte(port & 255u);
  co_await stream.write(connect.bytes());
  co_await read_exactly(stream, part(5));
  if (number(0) != 5) throw std::system_error(Errc::bad_reply);
  if (number(1) != 0) throw std::system_error(std::make_error_code(meaning_of_socks(number(1))));
  // The address that the proxy took, of which the first byte is here, and its port.
  const unsigned kind = number(3), first = number(4);
  const std::size_t address = kind == 1 ? 4u : kind == 4 ? 16u : first + 1u;
  co_await read_exactly(stream, part(address - 1));
  co_await read_exactly(stream, part(2));
}

/// Base64, RFC 4648 §4.
inline std::string base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto group = text.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0);
    for (std::size_t i = 0; i < 4; ++i) out += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

template <class Stream>
awaitable<void> pass_http(Stream& stream, const Url& proxy, std::string host, std::uint16_t port) {
  constexpr std::size_t most = 16 * 1024;
  if (host.find(':') != host.npos) host = '[' + host + ']';
  const std::string where = host + ':' + std::to_string(port);
  std::string request = "CONNECT " + where + " HTTP/1.1\r\nHost: " + where + "\r\n";
  if (!proxy.user.empty())
    request += "Proxy-Authorization: Basic " + base64(proxy.user + ':' + proxy.password) + "\r\n";
  request += "\r\n";
  co_await stream.write(as_bytes(request));
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    std::array<std::byte, 1> one{};
    co_await read_exactly(stream, one);  // what comes behind the empty line is the server's
    answer += static_cast<char>(one[0]);
    if (answer.size() == most) throw std::system_error(Errc::bad_reply);
  }
  const auto blank = answer.find(' ');
  const auto code = number_in(std::string_view{answer}.substr(std::min(blank, answer.size() - 1) + 1, 3));
  if (!answer.starts_with("HTTP/") || !code) throw std::system_error(Errc::bad_reply);
  if (*code == 407) throw std::system_error(std::make_error_code(std::errc::permission_denied));
  if (*code / 100 != 2) throw std::system_error(std::make_error_code(std::errc::connection_refused));
}

/// Has a proxy at the other end of a stream connect on to a host.
template <class Stream>
awaitable<void> pass_proxy(Stream& stream, const Proxy& proxy, std::string host, std::uint16_t port) {
  return proxy.kind == Proxy::Kind::http ? pass_http(stream, proxy.where, std::move(host), port)
                                         : pass_socks(stream, proxy.where, std::move(host), port);
}

}  // namespace ftplike::detail
