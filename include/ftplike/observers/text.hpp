#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <ftplike/io/asio.hpp>
#include <ftplike/io/securable.hpp>

namespace ftplike::inline v0_2 {

/// A character of a text, and how many bytes it takes there.
struct CodePoint {
  char32_t value;  // U+FFFD if the bytes are no UTF-8; then one byte is taken
  std::size_t size;  // how many bytes of the text it takes
};

/// The first character of a text, which must not be empty, read as UTF-8.
inline CodePoint first_code_point(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {U'\uFFFD', 1};
  char32_t value = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {U'\uFFFD', 1};
    value = (value << 6) | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[size] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {U'\uFFFD', 1};
  return {value, size};
}

/// Whether a terminal would do something else with a character than show it: controls, and what changes the direction
/// of writing.
constexpr bool commands_a_terminal(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// What a peer sent as it may be shown on one line: what is no UTF-8 or commands the terminal becomes '?'.
inline std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    const bool shown = !commands_a_terminal(next.value) && (next.size > 1 || next.value < 0x80);
    if (shown)
      result += text.substr(0, next.size);
    else
      result += '?';
    text.remove_prefix(next.size);
  }
  return result;
}

namespace detail {

/// The columns that a terminal gives a character: 2 for the wide ones of East Asia and for pictures.
constexpr std::size_t columns_of(char32_t c) noexcept {
  if ((c >= 0x300 && c < 0x370) || c == 0x200B || c == 0x200C || c == 0x200D || (c >= 0xFE00 && c < 0xFE10)) return 0;
  const bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7A4) ||
                    (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) ||
                    (c >= 0xFFE0 && c < 0xFFE7) || (c >= 0x1F300 && c < 0x1FB00) || (c >= 0x20000 && c < 0x3FFFE);
  return wide ? 2 : 1;
}

/// The columns that a terminal gives a text that `printable` gave.
inline std::size_t columns_of(std::string_view text) noexcept {
  std::size_t columns = 0;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    columns += columns_of(next.value);
    text.remove_prefix(next.size);
  }
  return columns;
}

/// The beginning of a text that `printable` gave, with "…" at its end if that is not all of it.
inline std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  std::string result;
  std::size_t used = 1;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    used += columns_of(next.value);
    if (used > columns) break;
    result += text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  return result + "…";
}

/// `192.0.2.7:51234`, `[2001:db8::1]:21`.
inline std::string text_of(const Endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

/// Permission bits as people write them: `0644`.
inline std::string octal(unsigned mode) {
  std::string digits = "0000";
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, mode >>= 3) *digit = static_cast<char>('0' + (mode & 7));
  return digits;
}

/// `TLSv1.3, TLS_AES_256_GCM_SHA384, resumed`.
inline std::string text_of(const TlsDetails& tls) {
  std::string text = tls.version + ", " + tls.cipher;
  if (tls.resumed) text += ", resumed";
  if (tls.keys_logged) text += ", KEYS ARE WRITTEN DOWN";
  return text;
}

}  // namespace detail

}  // namespace ftplike
