#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <ftplike/protocol/error.hpp>
#include <ftplike/protocol/text.hpp>

namespace ftplike::inline v0_2 {

/// How the connections to a server are to be protected. Both ways need a transport with TLS.
enum class Secure {
  no,
  explicit_tls,  // AUTH TLS after the greeting (ftpes://)
  implicit_tls,  // from the first byte on (ftps://)
};

/// Where a server is and who we are there: `ftp://user:password@host:port/path;type=i`. What is between the delimiters
/// may be percent-encoded. A text without a scheme is a host, and perhaps a port and a path. RFC 1738 §3.2.
class Url {
 public:
  Url() = default;
  /// **Errors:** `std::errc::invalid_argument`.
  Url(const std::string& text) : Url{std::string_view{text}} {}  // NOLINT: a text is a URL wherever one is wanted
  /// **Errors:** `std::errc::invalid_argument` if the text is no URL.
  Url(const char* text) : Url{std::string_view{text}} {}         // NOLINT
  /// **Errors:** `std::errc::invalid_argument` if the text is no URL.
  explicit Url(std::string_view text) {
    auto parsed = parse(text);
    if (!parsed) {
      throw std::system_error(std::make_error_code(std::errc::invalid_argument), "not a URL of an FTP server");
    }
    *this = *std::move(parsed);
  }
  /// Of a server, for a session without a login.
  Url(std::string its_host, std::uint16_t its_port) : host{std::move(its_host)}, port{its_port} {}

  /// The URL that a text is; nothing if it is none.
  static std::optional<Url> parse(std::string_view text);

  Secure secure = Secure::no;  // whether TLS is used, and from when on
  std::string user, password;  // empty if they are not given
  std::string host;            // a name or an address, of IPv6 without its brackets
  std::uint16_t port = 21;  // of the control connection; 21, or 990 of ftps://
  std::string path;  // as the server is to be told: not absolute, unless the URL has %2F or a second slash there
  char type = '\0';  // 'i' or 'a' if the URL says so, 'd' for a directory's listing

  /// Whether it means a directory and not a file.
  bool names_directory() const noexcept { return path.empty() || path.ends_with('/') || type == 'd'; }
};

namespace detail {

/// Takes the percent signs out. Nothing if that gives what no command can hold.
inline std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char letter = text[at];
    if (letter == '%') {
      const auto value = number_in(text.substr(at + 1, 2), 16);
      if (!value || at + 2 >= text.size()) return std::nullopt;
      letter = static_cast<char>(*value);
      at += 2;
    }
    if (letter == '\0' || letter == '\r' || letter == '\n') return std::nullopt;
    out += letter;
  }
  return out;
}

/// Takes `host`, `host:port`, `[::1]` or `[::1]:port` apart. An IPv6 address without brackets has no port behind it.
inline bool read_host(std::string_view text, Url& url) {
  std::string_view host = text, port;
  bool has_port = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return false;
    host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    has_port = rest.starts_with(':');
    if (!rest.empty() && !has_port) return false;
    if (has_port) port = rest.substr(1);
  } else if (const auto colon = text.find(':'); colon != text.npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  }
  if (has_port && !port.empty()) {
    const auto number = number_in(port);
    if (!number || *number == 0 || *number > 65535) return false;
    url.port = static_cast<std::uint16_t>(*number);
  }
  const auto decoded = percent_decoded(host);
  if (!decoded || decoded->empty()) return false;
  url.host = *decoded;
  return true;
}

inline bool read_user(std::string_view text, Url& url) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password = percent_decoded(colon == text.npos ? std::string_view{} : text.substr(colon + 1));
  if (!user || !password) return false;
  url.user = *user;
  url.password = *password;
  return true;
}

}  // namespace detail

inline std::optional<Url> Url::parse(std::string_view text) {
  Url url;
  if (const auto end = text.find("://"); end != text.npos) {
    const auto scheme = text.substr(0, end);
    if (same_word(scheme, "ftps")) {
      url.secure = Secure::implicit_tls;
      url.port = 990;
    } else if (same_word(scheme, "ftpes")) {
      url.secure = Secure::explicit_tls;
    } else if (!same_word(scheme, "ftp")) {
      return std::nullopt;
    }
    text.remove_prefix(end + 3);
  }
  auto authority = text.substr(0, text.find('/'));
  auto path = text.substr(authority.size());
  if (const auto at = authority.rfind('@'); at != authority.npos) {
    if (!detail::read_user(authority.substr(0, at), url)) return std::nullopt;
    authority.remove_prefix(at + 1);
  }
  if (!detail::read_host(authority, url)) return std::nullopt;

  if (const auto type = path.rfind(";type="); type != path.npos && type + 7 == path.size()) {
    url.type = static_cast<char>(path.back() | 0x20);
    if (url.type != 'i' && url.type != 'a' && url.type != 'd') return std::nullopt;
    path = path.substr(0, type);
  }
  const auto decoded = detail::percent_decoded(path.substr(path.empty() ? 0 : 1));
  if (!decoded) return std::nullopt;
  url.path = *decoded;
  return url;
}

}  // namespace ftplike
