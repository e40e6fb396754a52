#pragma once
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace ftplike::inline v0_2 {

/// An ASCII letter in lower case, everything else as it is, in whatever locale.
constexpr char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
/// An ASCII letter in upper case, everything else as it is, in whatever locale.
constexpr char to_upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// A text with its ASCII letters in lower case.
inline std::string to_lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = to_lower(c);
  return out;
}
/// A text with its ASCII letters in upper case.
inline std::string to_upper(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = to_upper(c);
  return out;
}

/// Whether `text` is `word`, whatever the case of their ASCII letters.
constexpr bool same_word(std::string_view text, std::string_view word) noexcept {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return to_lower(a) == to_lower(b); });
}

/// The value of a text that is a number in this base and nothing else: no sign in front of an unsigned one, no blank,
/// nothing behind it. None if it is something else, or more than a `Number` holds.
template <class Number = unsigned> std::optional<Number> number_in(std::string_view text, int base = 10) noexcept {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A number of bytes as people write it: "1500", or with a K, M, G or T behind it, in either case, for powers of 1024. None
/// if it is something else, or more than 64 bits hold.
inline std::optional<std::uint64_t> bytes_in(std::string_view text) noexcept {
  constexpr std::string_view units = "KMGTkmgt";
  const auto unit = text.empty() ? units.npos : units.find(text.back());
  if (unit != units.npos) text.remove_suffix(1);
  const auto shift = unit == units.npos ? 0 : 10 * (unit % 4 + 1);
  const auto number = number_in<std::uint64_t>(text);
  if (!number || *number > ~std::uint64_t{0} >> shift) return std::nullopt;
  return *number << shift;
}

namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::string_view without_leading_blanks(std::string_view text) noexcept {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  return text;
}
constexpr std::string_view without_trailing_blanks(std::string_view text) noexcept {
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace detail

}  // namespace ftplike
