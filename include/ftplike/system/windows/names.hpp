#pragma once
// Which names a file of Windows can have, so that each is one file and none is anything else. No header of Windows is
// needed: it is tested everywhere.
#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace ftplike::inline v0_2::detail {

inline constexpr char to_upper_ascii(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Whether two texts differ in the case of ASCII letters at most.
inline constexpr bool is_same_in_ascii(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_upper_ascii(x) == to_upper_ascii(y); });
}

/// Whether a name is a device's to programs that do not ask for files as we do, whatever its extension is: "nul.txt" is
/// NUL.
inline constexpr bool is_device_of_windows(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> devices{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
  name = name.substr(0, name.find('.'));
  while (name.ends_with(' ')) name.remove_suffix(1);
  for (const auto device : devices) {
    if (is_same_in_ascii(name, device)) return true;
  }
  if (!is_same_in_ascii(name.substr(0, 3), "COM") && !is_same_in_ascii(name.substr(0, 3), "LPT")) return false;
  const auto number = name.substr(3);  // also ¹, ² and ³
  const bool is_digit = number.size() == 1 && number[0] >= '0' && number[0] <= '9';
  return is_digit || number == "\xC2\xB9" || number == "\xC2\xB2" || number == "\xC2\xB3";
}

/// Whether a text is UTF-8 (RFC 3629): shortest forms, no surrogates, nothing beyond U+10FFFF.
inline constexpr bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char lead = at(i);
    const std::size_t more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 4;
    if (more == 4 || text.size() - i <= more) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return false;
    }
    if (more >= 2) {
      const unsigned char second = at(i + 1);
      const bool is_too_long = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
      const bool is_none = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
      if (is_too_long || is_none) return false;
    }
    i += more + 1;
  }
  return true;
}

/// Whether a file of Windows can have this name, and no other program takes it for something else: one component
/// without a drive, a stream or a wildcard, no device, no dot and no blank at its end, in UTF-8.
inline constexpr bool is_name_of_windows(std::string_view name) noexcept {
  const auto is_forbidden = [](char c) {
    constexpr std::string_view forbidden = "\\/:*?\"<>|";
    return static_cast<unsigned char>(c) < 0x20 || forbidden.find(c) != forbidden.npos;
  };
  return !name.empty() && name.back() != '.' && name.back() != ' ' && std::none_of(name.begin(), name.end(), is_forbidden) &&
         !is_device_of_windows(name) && is_utf8(name);
}

}  // namespace ftplike::detail
